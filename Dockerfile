# The bot in a container. `docker compose up -d --build` uses it; docs/operating.md explains how.

ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python3 -m venv /opt/feed-relay
# The packages come first, so that a change of the code does not install them again.
COPY requirements.lock ./
RUN /opt/feed-relay/bin/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY bot ./bot
RUN /opt/feed-relay/bin/pip install --quiet --no-deps --no-build-isolation . \
    && /opt/feed-relay/bin/python -m compileall -q /opt/feed-relay/lib \
    && /opt/feed-relay/bin/pip uninstall --quiet --yes hatchling editables packaging pathspec pluggy tomlkit trove-classifiers pip

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="feed-relay" \
    org.opencontainers.image.description="A self-hosted Discord bot that relays blogs" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="0.1.0"
RUN groupadd --gid 10001 feed-relay \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin feed-relay \
    && install --directory --owner 10001 --group 10001 --mode 700 /data
COPY --from=build /opt/feed-relay /opt/feed-relay
ENV PATH=/opt/feed-relay/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FEED_RELAY_CONFIG=/etc/feed-relay/config.toml \
    FEED_RELAY_STORE__PATH=/data/feed-relay.db \
    FEED_RELAY_HTTP__HOST=0.0.0.0 \
    FEED_RELAY_HTTP__PORT=8099
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8099
# Live, not ready: an outage of Discord or of the network is no reason to start the bot again.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen('http://127.0.0.1:' + os.environ['FEED_RELAY_HTTP__PORT'] + '/healthz', timeout=8)"]
ENTRYPOINT ["feed-relay"]
CMD ["run"]
