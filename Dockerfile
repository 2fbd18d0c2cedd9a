# The image: `docker build -t commentsvc .` It runs as an unprivileged user, writes only to /data and /tmp, and needs
# no other server. For several processors: `docker buildx build --platform linux/amd64,linux/arm64 .`
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/commentsvc \
    && /opt/commentsvc/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY commentsvc commentsvc
COPY migrations migrations
COPY static static
RUN /opt/commentsvc/bin/pip install --no-cache-dir --no-deps . \
    && /opt/commentsvc/bin/pip check \
    && /opt/commentsvc/bin/pip uninstall --yes pip

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="commentsvc" \
      org.opencontainers.image.description="Self-hosted comments for any page" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 commentsvc \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin commentsvc \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/commentsvc /opt/commentsvc
ENV PATH=/opt/commentsvc/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=5000
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=1s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["commentsvc"]
CMD ["run"]
