# One image a process. docker build --target jobs -t rekindle/jobs:0.1.0 . (credits, events, processing, worker, gateway)

FROM node:22-bookworm-slim AS pages
WORKDIR /src
COPY proto proto
COPY web web
RUN cd web && npm ci --no-audit --no-fund && npm run generate && npm run build

FROM maven:3.9-eclipse-temurin-25 AS java
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/m2 MAVEN_OPTS=-Dmaven.repo.local=/m2 deploy/collect-jars.sh

FROM eclipse-temurin:25-jre AS process
RUN useradd --system --uid 10001 --home-dir /var/lib/rekindle --create-home rekindle
USER rekindle
WORKDIR /var/lib/rekindle
ENV JAVA_TOOL_OPTIONS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+ExitOnOutOfMemoryError" \
    REKINDLE_HEALTH_HOST=0.0.0.0 REKINDLE_HEALTH_PORT=9090
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD curl -fsS http://127.0.0.1:9090/health/ready || exit 1

FROM process AS service
ENV REKINDLE_RPC_HOST=0.0.0.0 REKINDLE_RPC_PORT=9000
EXPOSE 9000 9090

FROM service AS jobs
COPY --from=java /src/services/jobs/target/image /app
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-cp", "/app/*", "dev.rekindle.jobs.JobsMain"]

FROM service AS credits
COPY --from=java /src/services/credits/target/image /app
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-cp", "/app/*", "dev.rekindle.credits.CreditsMain"]

FROM service AS events
COPY --from=java /src/services/events/target/image /app
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-cp", "/app/*", "dev.rekindle.events.EventsMain"]

FROM service AS processing
COPY --from=java /src/services/processing/target/image /app
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-cp", "/app/*", "dev.rekindle.processing.ProcessingMain"]

# Pictures lie outside the heap, so a worker gets a quarter of its memory as heap.
FROM process AS worker
# FFmpeg's programs are linked against these, although nothing here has a screen or a loudspeaker.
USER root
RUN apt-get update && apt-get install -y --no-install-recommends libxcb1 libxcb-shm0 libxcb-shape0 libxcb-xfixes0 \
    libasound2t64 libpulse0 && rm -rf /var/lib/apt/lists/*
USER rekindle
COPY --from=java /src/services/processing/target/image /app
ENV REKINDLE_WORKER_FOLDER=/var/lib/rekindle/work MALLOC_ARENA_MAX=2 OPENBLAS_NUM_THREADS=1
EXPOSE 9090
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=25", "-cp", "/app/*", "dev.rekindle.processing.worker.WorkerMain"]

FROM process AS gateway
COPY --from=java /src/gateway/target/image /app
COPY --from=pages /src/web/dist /pages
ENV REKINDLE_HTTP_HOST=0.0.0.0 REKINDLE_HTTP_PORT=8080 REKINDLE_WEB_ROOT=/pages
EXPOSE 8080 9090
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-cp", "/app/*", "dev.rekindle.gateway.GatewayMain"]
