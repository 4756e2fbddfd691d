"""Finds the place in the product's code that asked for a query: function, template and view."""

import os
import sys
from pathlib import Path

from django.conf import settings

RAIZ = str(Path(settings.BASE_DIR)) + os.sep
# Not an answer to "who asked": this package, the frame's own layers, and what is installed under the same folder.
_AJENOS = tuple(
    RAIZ + parte
    for parte in (
        f"core{os.sep}db{os.sep}",
        f"core{os.sep}middleware.py",
        f"core{os.sep}pages.py",
        f"core{os.sep}caching",
        "manage.py",
    )
)
_INSTALADOS = (f"{os.sep}site-packages{os.sep}", f"{os.sep}.venv{os.sep}", f"{os.sep}dist-packages{os.sep}")
_PLANTILLA = os.path.join("django", "template", "base.py")
_PUERTA = os.path.join("django", "core", "handlers", "base.py")
_CAPA = (f"django{os.sep}db{os.sep}", f"psycopg{os.sep}", "contextlib.py", f"core{os.sep}db{os.sep}")
MAXIMO_MARCOS = 200


def es_propio(archivo):
    """Whether a file is the product's and can be the place that asked."""
    return archivo.startswith(RAIZ) and not archivo.startswith(_AJENOS) and not _instalado(archivo)


def _instalado(archivo):
    return any(parte in archivo for parte in _INSTALADOS)


def lugar_que_pide(marco=None):
    """Text such as "derivations/views/bandejas.py:103 contexto · plantilla x.html:12 · vista derivations:bandeja".

    Holds no value of the request: a path may carry a citizen's key. Parts that are not known are left out; when
    none is, the innermost place outside the database layer, of whichever package.
    """
    marco = marco or sys._getframe(1)
    codigo = plantilla = vista = afuera = ""
    for _ in range(MAXIMO_MARCOS):
        if marco is None:
            break
        archivo = marco.f_code.co_filename
        if not codigo and es_propio(archivo):
            codigo = f"{archivo[len(RAIZ) :]}:{marco.f_lineno} {marco.f_code.co_qualname}"
        elif archivo.endswith(_PLANTILLA):
            plantilla = plantilla or _plantilla_de(marco)
        elif archivo.endswith(_PUERTA):
            if marco.f_code.co_name == "_get_response":
                vista = _vista_de(marco)
                break
        elif not afuera and not any(capa in archivo for capa in _CAPA):
            partes = archivo.split(os.sep)
            afuera = f"{'/'.join(partes[-3:])}:{marco.f_lineno} {marco.f_code.co_name}"
        marco = marco.f_back
    partes = [codigo, plantilla and f"plantilla {plantilla}", vista and f"vista {vista}"]
    return " · ".join(parte for parte in partes if parte) or afuera


def _plantilla_de(marco):
    """File and line of the template's node that a frame of Django's is drawing, or ""."""
    if marco.f_code.co_name != "render_annotated":
        return ""
    nodo = marco.f_locals.get("self")
    origen, token = getattr(nodo, "origin", None), getattr(nodo, "token", None)
    nombre = getattr(origen, "template_name", None) or getattr(origen, "name", "")
    return f"{nombre}:{getattr(token, 'lineno', 0)}" if nombre else ""


def _vista_de(marco):
    hallada = getattr(marco.f_locals.get("request"), "resolver_match", None)
    return hallada.view_name if hallada else ""
