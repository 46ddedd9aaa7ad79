# Handoff as an image. Written against the documentation; no image was built where this was written. `npm run test:full` does what these
# lines say in a folder and starts the service from there (test/integration/read-only-root.test.ts).

# Debian, not Alpine: the embedded PostgreSQL needs glibc.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools/node24 tools/node24
# The image brings Node 24 itself, so the pinned runtime among the development packages stays out.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

# The admin page is built once, with packages that the service does not need.
FROM node:24-slim AS page
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY tools tools
RUN npm ci --ignore-scripts
COPY web web
# The page takes the API's types and some words from the service.
COPY src src
RUN node tools/build-page.ts

FROM node:24-slim
ENV NODE_ENV=production DATA_DIR=/data PORT=3000
WORKDIR /app
RUN mkdir /data && chown node:node /data
# All of it belongs to root: the service can change neither its code nor its packages.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=page /app/web/dist web/dist
COPY package.json ./
COPY src src
COPY jobs jobs
COPY mappings mappings
USER node
# Holds the embedded PostgreSQL where DATABASE_URL is unset. Everything else may be mounted read-only.
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts", "start"]
