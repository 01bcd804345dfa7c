# Targets: `falsafa` (the default: API and worker) and `worker-booknlp` (a worker with BookNLP).
#   docker build -t falsafa .
#   docker build -t falsafa-worker-booknlp --target worker-booknlp .
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PIP_ROOT_USER_ACTION=ignore
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /app
# What is installed changes seldom, so it is a layer of its own.
COPY pyproject.toml uv.lock README.md LICENSE NOTICE ./
RUN uv sync --frozen --no-dev --no-install-project
COPY domain domain
COPY application application
COPY adapters adapters
COPY bootstrap bootstrap
RUN uv sync --frozen --no-dev --no-editable

FROM ${BASE} AS base
RUN groupadd --gid 10001 falsafa \
    && useradd --uid 10001 --gid falsafa --no-create-home --home-dir /tmp --shell /usr/sbin/nologin falsafa \
    && install --directory --owner=falsafa --group=falsafa /data /prompts
ENV PATH=/app/.venv/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1 \
    FALSAFA_DATA_DIR=/data \
    SYSTEM_PROMPT_STORAGE_PATH=/prompts \
    FALSAFA_HOST=0.0.0.0 \
    FALSAFA_PORT=8001 \
    FALSAFA_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/prompts"]

FROM build AS build-booknlp
# The CPU build of PyTorch: the default one brings gigabytes for GPUs.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN uv export --frozen --no-dev --no-emit-project --extra booknlp --prune torch --no-hashes -o /tmp/requirements.txt \
    && uv pip install --python .venv --index "${TORCH_INDEX}" torch==2.13.0 \
    && uv pip install --no-deps --python .venv --requirements /tmp/requirements.txt

FROM base AS worker-booknlp
COPY --from=build-booknlp /app/.venv /app/.venv
ENV CHARACTER_EXTRACTOR=booknlp FALSAFA_WORKER_PORT=8002
EXPOSE 8002
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8002/health', timeout=4)"]
CMD ["falsafa", "worker"]

FROM base AS falsafa
COPY --from=build /app/.venv /app/.venv
EXPOSE 8001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/health', timeout=4)"]
CMD ["falsafa", "serve"]
