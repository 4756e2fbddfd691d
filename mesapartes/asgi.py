"""ASGI entry point, for hosts that offer nothing else; WSGI is several times faster here."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesapartes.settings")
os.environ.setdefault("MESA_PROCESO", "web")

from django.core.asgi import get_asgi_application  # noqa: E402

application = get_asgi_application()
