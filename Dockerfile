FROM node:22-slim AS build
WORKDIR /src
COPY .npmrc package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json tsconfig.json LICENSE ./
COPY packages packages
COPY tooling tooling
COPY apps apps
# What is installed here is what the build needs, and stays so.
ENV npm_config_verify_deps_before_run=false
RUN npx -y pnpm@10.34.9 install --frozen-lockfile --filter "flowmeta..." --filter flowmeta-monorepo
RUN npx -y pnpm@10.34.9 --filter "flowmeta..." run build
RUN npx -y pnpm@10.34.9 --filter flowmeta deploy --legacy --prod /app

FROM node:22-slim
ENV NODE_ENV=production
COPY --from=build /app /app
COPY deploy/docker/healthcheck.mjs /app/healthcheck.mjs
# Where a state file may be, whoever the container runs as.
RUN ln -s /app/bin/flowmeta.mjs /usr/local/bin/flowmeta && mkdir -p /var/lib/flowmeta && chmod 1777 /var/lib/flowmeta
# The user "node" of the base image; a number, so that Kubernetes can tell that it is not root.
USER 1000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "/app/healthcheck.mjs"]
ENTRYPOINT ["flowmeta"]
CMD ["--help"]
