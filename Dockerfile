# The bot in a container, for a machine without a GPU or with one. docs/hosting.md tells the rest; compose.yaml runs it.
#
#   docker build -t pentimento .                       on the CPU (the last stage is what one gets)
#   docker build -t pentimento --target gpu .          on a GPU of Intel or AMD, by Vulkan
#   docker build -t pentimento --target cuda .         on one of NVIDIA, by CUDA; gigabytes
#
#   docker run -p 127.0.0.1:8080:8080 -v pentimento:/data pentimento                      (a sandbox to try it in)
#   docker run -v pentimento:/data --env-file .env pentimento                             (with an account)
#   docker run --user "$(id -u):$(id -g)" -v "$PWD:/pictures" -w /pictures \
#     pentimento render --content … --style …                                             (one picture)

# What the bot needs to run, and nothing that is for developers only.
FROM node:22-bookworm-slim AS packages
# Only for better-sqlite3, on machines for which it has no binary ready.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Of all install scripts only this one is wanted. ONNX Runtime also brings what it needs on other systems: 220 MB.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && npm rebuild better-sqlite3 \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32
# Nobody else needs them, but here one cannot add them: for a queue in PostgreSQL (1 MB), and for pictures in S3 (22 MB).
RUN mkdir others \
  && npm install --prefix others --ignore-scripts --no-audit --no-fund $(node -p "['pg', '@aws-sdk/client-s3'].map((name) => name + '@' + require('./package.json').peerDependencies[name]).join(' ')") \
  && cp -R -n others/node_modules/. node_modules \
  && rm -rf others

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

# The program, as it lies in each of the images below.
FROM scratch AS program
COPY package.json .env.example /app/
COPY config/default.yaml /app/config/
COPY models /app/models
COPY data /app/data
COPY --from=packages /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist

# ONNX Runtime's library for CUDA is too large for npm; its own script fetches it from NuGet.
FROM packages AS cuda-packages
RUN node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12 \
  && rm -f node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_tensorrt.so

# CUDA 12 and cuDNN 9 are what that library was built for.
FROM nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 AS cuda
ENV NODE_ENV=production PENTIMENTO_DATA=/data PENTIMENTO_MODELS=/models PENTIMENTO_HOST=0.0.0.0 PENTIMENTO_PORT=8080
WORKDIR /app
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=program /app /app
COPY --from=cuda-packages /app/node_modules/onnxruntime-node /app/node_modules/onnxruntime-node
RUN mkdir /data /models && chown 1000:1000 /data /models
USER 1000:1000
VOLUME ["/data", "/models"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PENTIMENTO_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["bot"]

FROM node:22-bookworm-slim AS cpu
ENV NODE_ENV=production PENTIMENTO_DATA=/data PENTIMENTO_MODELS=/models PENTIMENTO_HOST=0.0.0.0 PENTIMENTO_PORT=8080
WORKDIR /app
COPY --from=program /app /app
# The number of the user "node", and of most people who have a machine to themselves: files that they share need no more.
RUN mkdir /data /models && chown 1000:1000 /data /models
USER 1000:1000
VOLUME ["/data", "/models"]
EXPOSE 8080
# Only the bot serves this; a render is over before it is asked for the first time.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PENTIMENTO_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Ends within 8 seconds of it (src/commands/bot.ts), and puts a picture under way back into the queue.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["bot"]

FROM cpu AS gpu
USER 0:0
RUN apt-get update \
  && apt-get install -y --no-install-recommends libvulkan1 mesa-vulkan-drivers \
  && rm -rf /var/lib/apt/lists/*
# Mesa keeps what it has compiled; the image's own disk may be read-only.
ENV XDG_CACHE_HOME=/tmp
USER 1000:1000

# What "docker build" without a target makes.
FROM cpu
