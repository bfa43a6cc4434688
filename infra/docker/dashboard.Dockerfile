# syntax=docker/dockerfile:1
# The dashboard: Next's standalone server, which carries its own dependencies.
# Build from the repository's top folder: docker build --file infra/docker/dashboard.Dockerfile .

FROM node:24-bookworm-slim AS tools
# The versions are those of package.json; a test holds them equal.
RUN npm install --global pnpm@12.21.0 turbo@2.11.11
ENV TURBO_TELEMETRY_DISABLED=1 NEXT_TELEMETRY_DISABLED=1
WORKDIR /app

# Leaves only this app and the packages it needs, so that a change elsewhere does not rebuild it.
FROM tools AS pruned
COPY . .
RUN turbo prune @turnpike/dashboard --docker

FROM tools AS built
COPY --from=pruned /app/out/json/ ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile
COPY --from=pruned /app/out/full/ ./
COPY tsconfig.base.json ./
COPY prisma ./prisma
RUN turbo run build --filter=@turnpike/dashboard

FROM node:24-bookworm-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=built /app/apps/dashboard/.next/standalone ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT ?? 3000) + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/dashboard/server.js"]
