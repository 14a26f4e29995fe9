# The service in one image: no development dependencies, no root, data in a volume, health on the operations port.
# docker build -t ecluse . && docker run --init -p 8080:8080 -v ecluse-data:/var/lib/ecluse ecluse

FROM node:24-trixie-slim AS packages
# sqlite3 has prebuilt binaries for common systems; elsewhere it compiles, which wants these three.
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM packages AS build
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-trixie-slim
ENV NODE_ENV=production \
    ECLUSE_DATA_DIR=/var/lib/ecluse \
    ECLUSE_HOST=0.0.0.0 \
    ECLUSE_OPERATIONS_HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY openapi ./openapi
COPY identifiers ./identifiers
COPY policies ./policies
COPY audit ./audit
COPY matching ./matching
COPY connectors ./connectors
COPY server ./server
RUN install -d -o node -g node -m 0700 /var/lib/ecluse
USER node
VOLUME /var/lib/ecluse
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9090/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "server/main.ts", "serve"]
