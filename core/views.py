"""Answers when something cannot be done: error pages for people, short notices for fragments."""

import logging
import uuid

from django.http import HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import requires_csrf_token

from core.errors import NoExiste, Prohibido
from core.pages import es_fragmento

registro = logging.getLogger("core.paginas")

PLANTILLAS = {403: "403.html", 404: "404.html"}


def _pagina(request, plantilla, ctx, status):
    """Return the error page inside the frame that fits the visitor, or the notice alone for htmx."""
    if es_fragmento(request):
        ctx = {"nivel": "ro", "icono": "oct", **ctx, "alerta": True}
        respuesta = HttpResponse(render_to_string("_aviso.html", ctx, request), status=status)
    else:
        usuario = getattr(request, "user", None)
        dentro = bool(usuario and usuario.is_authenticated)
        ctx = {"marco_de_error": "base.html" if dentro else "publico.html", **ctx}
        respuesta = HttpResponse(render_to_string(plantilla, ctx, request), status=status)
    patch_vary_headers(respuesta, ["HX-Request"])
    return respuesta


def responder_error(request, error):
    """Return the page or fragment of a refusal that reached the door unanswered.

    Args: error an ErrorDeNegocio. 422 shows its field texts in a list.
    """
    plantilla = PLANTILLAS.get(error.estado_http, "409.html")
    textos = [texto for lista in (getattr(error, "campos", None) or {}).values() for texto in lista]
    ctx = {"error": error, "texto": str(error), "textos": textos}
    return _pagina(request, plantilla, ctx, error.estado_http)


@requires_csrf_token
def prohibido(request, exception=None):
    """Answer 403: the person is known, the act is not allowed."""
    texto = str(exception) if isinstance(exception, Prohibido) else "No tienes permiso para ver esta página."
    return _pagina(request, "403.html", {"texto": texto}, 403)


@requires_csrf_token
def no_encontrado(request, exception=None):
    """Answer 404, with the same words for what does not exist and for what may not be seen."""
    texto = str(exception) if isinstance(exception, NoExiste) else "No encontramos lo que buscas."
    return _pagina(request, "404.html", {"texto": texto}, 404)


@requires_csrf_token
def solicitud_mala(request, exception=None):
    """Answer 400: the request cannot be read."""
    texto = "La solicitud no se entiende. Vuelve a la página anterior y envíala otra vez."
    return _pagina(request, "409.html", {"texto": texto, "titulo": "No se pudo leer la solicitud"}, 400)


@requires_csrf_token
def error_interno(request):
    """Answer 500 with a code for support; uses no database and no context processor."""
    codigo = uuid.uuid4().hex[:8].upper()
    registro.error("Error 500, código %s, en %s %s", codigo, request.method, request.path)
    ctx = {"codigo": codigo}
    try:
        if es_fragmento(request):
            texto = f"No se pudo completar. Nada quedó a medias. Código para soporte: {codigo}."
            ctx = {"nivel": "ro", "icono": "oct", "alerta": True, "texto": texto}
            html = render_to_string("_aviso.html", ctx)
        else:
            html = render_to_string("500.html", ctx)
    except (TemplateDoesNotExist, ValueError):  # static manifest missing: still say the code
        html = (
            f"<!doctype html><html lang=es-PE><title>Error</title><p>No se pudo completar. Código {codigo}."
        )
    return HttpResponse(html, status=500)


def csrf_fallida(request, reason=""):
    """Answer 403 when the form's token is old or missing, and say how to go on."""
    texto = "La página estuvo abierta mucho tiempo. Recárgala y envía otra vez; tu borrador se conserva."
    return _pagina(request, "csrf.html", {"texto": texto}, 403)
