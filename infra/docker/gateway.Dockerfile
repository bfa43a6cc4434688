# syntax=docker/dockerfile:1
# The gateway: the data plane and, with GATEWAY_ROLES=control, the management API.
# Build from the repository's top folder: docker build --file infra/docker/gateway.Dockerfile .

FROM node:24-bookworm-slim AS tools
# The versions are those of package.json; a test holds them equal.
RUN npm install --global pnpm@12.21.0 turbo@2.11.11
ENV TURBO_TELEMETRY_DISABLED=1
WORKDIR /app

# Leaves only this app and the packages it needs, so that a change elsewhere does not rebuild it.
FROM tools AS pruned
COPY . .
RUN turbo prune @turnpike/gateway --docker

FROM tools AS built
COPY --from=pruned /app/out/json/ ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile
COPY --from=pruned /app/out/full/ ./
COPY tsconfig.base.json ./
COPY prisma ./prisma
RUN turbo run build --filter=@turnpike/gateway
# Compilers and test tools stay behind; sources too, since only built files run.
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store \
    rm -rf node_modules apps/*/node_modules packages/*/node_modules .turbo \
 && pnpm install --prod --frozen-lockfile \
 && find apps packages -mindepth 2 -maxdepth 2 \( -name src -o -name .turbo -o -name scripts \) -exec rm -rf {} +

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=built /app ./
# Usage records that are not in Postgres yet; mount a volume here that outlives the container.
RUN mkdir -p /var/lib/turnpike/spool && chown -R node:node /var/lib/turnpike
ENV GATEWAY_HOST=0.0.0.0 CONTROL_HOST=0.0.0.0 SPOOL_DIR=/var/lib/turnpike/spool
VOLUME /var/lib/turnpike/spool
USER node
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "const port = process.env.GATEWAY_ROLES === 'control' ? (process.env.CONTROL_PORT ?? 8081) : (process.env.GATEWAY_PORT ?? 8080); fetch('http://127.0.0.1:' + port + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "apps/gateway/dist/main.js"]
