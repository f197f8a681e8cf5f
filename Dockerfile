# The production image: no tools of development, no root, nothing to write but /data.
FROM python:3.13-slim AS build
RUN python -m venv /opt/abonent && pip install --no-cache-dir uv
WORKDIR /build
COPY requirements.lock pyproject.toml README.md CHANGELOG.md LICENSE NOTICE ./
# Of the lock only what the program itself needs; a line that is not in the lock stops the build.
RUN uv pip compile --quiet --universal --no-header --no-annotate --generate-hashes \
      --python-version 3.11 --constraints requirements.lock --output-file production.lock \
      pyproject.toml \
 && ! grep --line-regexp --fixed-strings --invert-match --file requirements.lock production.lock \
 && uv pip install --python /opt/abonent/bin/python --require-hashes --only-binary :all: \
      --requirement production.lock
COPY src src
RUN uv pip install --python /opt/abonent/bin/python --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data abonent \
 && install -d -o abonent -g abonent -m 0700 /data
COPY --from=build /opt/abonent /opt/abonent
ENV PATH=/opt/abonent/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ABONENT_DATA=/data
USER abonent
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "abonent.config.wsgi:application", "--no-control-socket", \
     "--config", "python:abonent.config.warming", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--timeout", "60", "--graceful-timeout", "20"]
