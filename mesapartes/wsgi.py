"""WSGI entry point: the one that serves pages and the API."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesapartes.settings")
os.environ.setdefault("MESA_PROCESO", "web")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
