# One image for every service; docker-compose.yml says which one runs.
FROM python:3.11-slim-bookworm

# Packages first, by hash: they change less often than the code.
WORKDIR /opt/wardline
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY shared ./shared
COPY services ./services
COPY ops ./ops
COPY wardline ./wardline
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

# Each volume is mounted over one of these and takes its owner from it.
RUN useradd --system --uid 10001 --home-dir /var/lib/wardline wardline \
 && for home in /var/lib/wardline /hand-out/intake /hand-out/triage /hand-out/notify /hand-out/desk \
    /hand-out/custodian /run/wardline; do \
      mkdir -p "$home" && chown 10001:10001 "$home" && chmod 700 "$home"; done
WORKDIR /var/lib/wardline
USER 10001
ENV WARDLINE_HOME=/var/lib/wardline PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
