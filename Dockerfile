# One image for every service; `command` chooses which (see docker-compose.yml).
ARG NODE_IMAGE=node:24-bookworm-slim

# The manifests alone, so that the packages are installed again only when one of them changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund

FROM dependencies AS build
ENV NX_DAEMON=false
COPY . .
RUN node tools/setup.mjs

FROM dependencies AS production-dependencies
RUN npm prune --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production TANDEM_MODE=production
WORKDIR /app
# A volume mounted here belongs to the user the services run as.
RUN mkdir -p /run/tandem /var/lib/tandem/storage && chown node:node /run/tandem /var/lib/tandem/storage
COPY --from=production-dependencies /app/node_modules ./node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/libs ./libs
COPY --from=build /app/tools ./tools
COPY --from=build /app/apps ./apps
USER node
CMD ["node", "apps/storefront/dist/main.js"]
