# syntax=docker/dockerfile:1
# The sandbox provider: first runs and test keys.
# Build from the repository's top folder: docker build --file infra/docker/sandbox.Dockerfile .

FROM node:24-bookworm-slim AS tools
# The versions are those of package.json; a test holds them equal.
RUN npm install --global pnpm@12.21.0 turbo@2.11.11
ENV TURBO_TELEMETRY_DISABLED=1
WORKDIR /app

# Leaves only this app and the packages it needs, so that a change elsewhere does not rebuild it.
FROM tools AS pruned
COPY . .
RUN turbo prune @turnpike/sandbox --docker

FROM tools AS built
COPY --from=pruned /app/out/json/ ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile
COPY --from=pruned /app/out/full/ ./
COPY tsconfig.base.json ./
COPY prisma ./prisma
RUN turbo run build --filter=@turnpike/sandbox
# Compilers and test tools stay behind; sources too, since only built files run.
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store \
    rm -rf node_modules packages/*/node_modules .turbo \
 && pnpm install --prod --frozen-lockfile \
 && find packages -mindepth 2 -maxdepth 2 \( -name src -o -name .turbo -o -name scripts \) -exec rm -rf {} +

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=built /app ./
ENV HOST=0.0.0.0 PORT=4010
USER node
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "require('node:net').connect(Number(process.env.PORT ?? 4010), '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "packages/sandbox/dist/main.js"]
