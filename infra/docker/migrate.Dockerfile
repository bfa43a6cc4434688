# syntax=docker/dockerfile:1
# Runs once before a new version starts: migrations, logins of the database roles, the model catalogue.
# Build from the repository's top folder: docker build --file infra/docker/migrate.Dockerfile .

FROM node:24-bookworm-slim AS tools
# The versions are those of package.json; a test holds them equal.
RUN npm install --global pnpm@12.21.0 turbo@2.11.11
ENV TURBO_TELEMETRY_DISABLED=1
WORKDIR /app

FROM tools AS pruned
COPY . .
RUN turbo prune @turnpike/seed --docker

# Node runs these sources as they are; only the database client is generated.
FROM tools AS built
COPY --from=pruned /app/out/json/ ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile
COPY --from=pruned /app/out/full/ ./
RUN turbo run generate --filter=@turnpike/db
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store \
    rm -rf node_modules packages/*/node_modules prisma/node_modules .turbo \
 && pnpm install --prod --frozen-lockfile

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=built /app ./
USER node
# It ends by itself: its exit code is its health.
HEALTHCHECK NONE
CMD ["sh", "-c", "node --conditions=@turnpike/source packages/db/src/main.ts migrate && exec node --conditions=@turnpike/source prisma/seed.ts"]
