# The bot on a CPU.
#
#   docker build -t pentimento .
#   docker run -p 127.0.0.1:8080:8080 -v pentimento:/data pentimento                      (a sandbox to try it in)
#   docker run -v pentimento:/data --env-file .env pentimento                             (with an account)
#   docker run --user "$(id -u):$(id -g)" -v "$PWD:/pictures" -w /pictures \
#     pentimento render --content … --style …                                             (one picture)

FROM node:22-bookworm-slim AS build
# Only for better-sqlite3, on machines for which it has no binary ready.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
# "npm ci" also compiles src/ to dist/ (the script "prepare").
RUN npm ci --no-audit --no-fund \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production PENTIMENTO_DATA=/data PENTIMENTO_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/config config
COPY --from=build /app/models models
COPY --from=build /app/data data
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
# Only the bot serves this; a render is over before it is asked for the first time.
HEALTHCHECK --interval=30s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PENTIMENTO_PORT || 8080}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["bot"]
