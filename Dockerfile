# Builds nisba (with BuildKit) and ships the one binary. The root file system may be read-only: only /data and /tmp are written.
#   docker build --build-arg NISBA_COMMIT="$(git rev-parse --short=12 HEAD)" -t nisba .

FROM rust:1.95-bookworm AS builder
WORKDIR /src
COPY . .
# The commit that `nisba --version` and /health state; the build context has no .git.
ARG NISBA_COMMIT=unknown
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    NISBA_COMMIT="$NISBA_COMMIT" cargo build --release --locked --bin nisba \
    && cp target/release/nisba /usr/local/bin/nisba

FROM debian:bookworm-slim
# Certificate authorities, for sinks behind TLS. The version is the distribution's: the newest is the right one.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 65532 nisba \
    && useradd --uid 65532 --gid 65532 --home-dir /data --no-create-home --shell /usr/sbin/nologin nisba \
    && install --directory --owner=65532 --group=65532 --mode=0750 /data
COPY --from=builder /usr/local/bin/nisba /usr/local/bin/nisba

LABEL org.opencontainers.image.title="nisba" \
      org.opencontainers.image.description="Translation-aware document ingestion: one identity for every spelling of a person" \
      org.opencontainers.image.licenses="Apache-2.0"

ENV NISBA_STORE_DIR=/data \
    NISBA_SERVER_BIND=0.0.0.0:8430 \
    NISBA_LOG_FORMAT=json \
    NISBA_AUTH_KEYS_FILE=/run/secrets/nisba_keys

WORKDIR /data
USER 65532:65532
VOLUME /data
EXPOSE 8430
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["nisba", "health"]
ENTRYPOINT ["nisba"]
CMD ["serve"]
