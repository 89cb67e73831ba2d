# Two stages: the toolchain builds a binary with Swift's libraries inside it; a small image runs it.

ARG SWIFT_VERSION=6.3

FROM swift:${SWIFT_VERSION}-bookworm AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libpq-dev librabbitmq-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --product perdure --static-swift-stdlib \
    && install -D -s "$(swift build -c release --static-swift-stdlib --show-bin-path)/perdure" /out/perdure

FROM debian:bookworm-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libpq5 librabbitmq4 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin perdure
COPY --from=build /out/perdure /usr/local/bin/perdure
WORKDIR /app
COPY config config
COPY db db
USER perdure
ENTRYPOINT ["perdure"]
CMD ["serve"]
# Ends with 0 only when the database answers.
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=6 CMD ["perdure", "list", "--limit", "1"]
