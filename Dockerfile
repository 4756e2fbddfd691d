# Mesa de Partes: one image for the web, the worker and the sweeper.
FROM python:3.13-slim AS paquetes
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.txt

FROM python:3.13-slim
# Pango and HarfBuzz draw the PDF files; Liberation is the printed letter, DejaVu has the signs it lacks.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fonts-liberation fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 mesa \
    && useradd --uid 10001 --gid mesa --home-dir /app --no-create-home --shell /usr/sbin/nologin mesa
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=mesapartes.settings MESA_VAR=/datos STATIC_ROOT=/app/estaticos
COPY --from=paquetes /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Static files need no secret: these two keys live only in this line. /datos is the only place written to.
RUN SECRET_KEY=solo-para-construir ENCRYPTION_KEY=Y29uc3RydWlyY29uc3RydWlyY29uc3RydWlyY29uc3Q= \
    python manage.py collectstatic --noinput --verbosity 0 --skip-checks \
    && python -m compileall -q /app \
    && mkdir -p /datos/tmp /datos/archivos && chown -R mesa:mesa /datos
USER mesa
VOLUME /datos
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10", "mesapartes.wsgi:application"]
