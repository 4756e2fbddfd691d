"""Where a request comes from, behind as many proxies as the office says it has."""

from django.conf import settings


def ip_de(request):
    """The client's address: the entry of X-Forwarded-For that our own outermost proxy wrote, else the peer's.

    settings.MESA_PROXIES is how many proxies stand in front; with 0 the header is never believed.
    """
    saltos = getattr(settings, "MESA_PROXIES", 0)
    if saltos > 0:
        cadena = [p.strip() for p in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if p.strip()]
        if len(cadena) >= saltos:
            return cadena[-saltos]
    return request.META.get("REMOTE_ADDR") or None
