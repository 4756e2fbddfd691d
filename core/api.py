"""One shape for every refusal of the API, and the base of its views."""

import logging

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ErrorDeDjango
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView, set_rollback

from core.errors import DatosInvalidos, ErrorDeNegocio, NoExiste, Prohibido

registro = logging.getLogger("core.api")

CODIGOS = {
    "not_authenticated": "no_autenticado",
    "authentication_failed": "credencial_invalida",
    "permission_denied": "prohibido",
    "not_found": "no_existe",
    "method_not_allowed": "metodo_no_permitido",
    "not_acceptable": "formato_no_disponible",
    "unsupported_media_type": "tipo_de_contenido_no_admitido",
    "parse_error": "cuerpo_ilegible",
    "throttled": "demasiadas_solicitudes",
    "invalid": "datos_invalidos",
    "error": "error",
}
MENSAJES = {
    "no_autenticado": "Falta identificarse.",
    "credencial_invalida": "La credencial no es válida o ya no está vigente.",
    "prohibido": Prohibido.mensaje,
    "no_existe": NoExiste.mensaje,
    "datos_invalidos": DatosInvalidos.mensaje,
    "cuerpo_ilegible": "El cuerpo de la solicitud no se puede leer.",
}


def error_en_json(*, codigo, mensaje, detalles=()):
    """Return the body of a refusal: {"error": {"code", "message", "details": [{"field", "message"}]}}."""
    return {"error": {"code": codigo, "message": str(mensaje), "details": list(detalles)}}


def lista_de(pagina, como=lambda fila: fila):
    """Return the answer of a list by cursor: each row as `como` tells it, and what follows and goes before."""
    return Response(
        {
            "resultados": [como(fila) for fila in pagina],
            "siguiente": pagina.siguiente,
            "anterior": pagina.anterior,
        }
    )


def aplanar(datos, campo=""):
    """Return the nested errors of a serializer as [{"field": "anexos.0.folios", "message"}]."""
    if isinstance(datos, dict):
        return [
            hoja
            for clave, valor in datos.items()
            for hoja in aplanar(
                valor, campo if clave == "non_field_errors" else f"{campo}.{clave}".strip(".")
            )
        ]
    if isinstance(datos, list | tuple):
        return [
            hoja
            for indice, valor in enumerate(datos)
            for hoja in aplanar(valor, f"{campo}.{indice}".strip(".") if isinstance(valor, dict) else campo)
        ]
    return [{"field": campo, "message": str(datos)}]


def manejar_error(exc, context):
    """Answer any refusal raised in an API view; what is not a refusal goes on to be an error 500.

    Source: REST_FRAMEWORK["EXCEPTION_HANDLER"].
    """
    cabeceras = {}
    if isinstance(exc, ErrorDeDjango):
        exc = DatosInvalidos.de_validacion(exc)
    elif isinstance(exc, Http404):
        exc = NoExiste()
    elif isinstance(exc, PermissionDenied):
        exc = Prohibido()

    if isinstance(exc, ErrorDeNegocio):
        estado, cuerpo = exc.estado_http, error_en_json(codigo=exc.codigo, mensaje=exc, detalles=exc.detalles)
    elif isinstance(exc, exceptions.ValidationError):
        estado = status.HTTP_422_UNPROCESSABLE_ENTITY
        cuerpo = error_en_json(
            codigo="datos_invalidos", mensaje=DatosInvalidos.mensaje, detalles=aplanar(exc.detail)
        )
    elif isinstance(exc, exceptions.APIException):
        estado, cuerpo = exc.status_code, _de_drf(exc)
        if getattr(exc, "auth_header", None):
            cabeceras["WWW-Authenticate"] = exc.auth_header
        if getattr(exc, "wait", None):
            cabeceras["Retry-After"] = str(int(exc.wait) + 1)
    elif isinstance(exc, OperationalError) and getattr(exc.__cause__, "sqlstate", None) in (
        "40P01",
        "40001",
        "55P03",
    ):
        registro.warning("La base de datos rechazó la espera: %s", exc)
        estado, cabeceras["Retry-After"] = status.HTTP_503_SERVICE_UNAVAILABLE, "1"
        cuerpo = error_en_json(codigo="ocupado", mensaje="El registro está ocupado. Inténtalo otra vez.")
    else:
        return None
    set_rollback()
    return Response(cuerpo, status=estado, headers=cabeceras)


def _de_drf(exc):
    codigo = exc.get_codes()
    codigo = CODIGOS.get(codigo, codigo) if isinstance(codigo, str) else "error"
    if isinstance(exc.detail, dict | list):
        mensaje = MENSAJES.get(codigo, exc.default_detail)
        return error_en_json(codigo=codigo, mensaje=mensaje, detalles=aplanar(exc.detail))
    # A detail written by the view says more than the general text.
    mensaje = MENSAJES.get(codigo) if str(exc.detail) == str(exc.default_detail) else None
    return error_en_json(codigo=codigo, mensaje=mensaje or exc.detail)


class VistaApi(APIView):
    """Base of the API's acts: reads the input with a plain serializer, leaves refusals to manejar_error."""

    def leer(self, serializador, **opciones):
        """Return the validated input as a dict.

        Args: serializador class of a plain Serializer; opciones such as partial=True.
        Raises: rest_framework ValidationError, answered as 422.
        """
        entrada = serializador(
            data=self.request.data, context={"request": self.request, "view": self}, **opciones
        )
        entrada.is_valid(raise_exception=True)
        return entrada.validated_data

    @property
    def ip(self):
        """The caller's address, believing as many proxies as REST_FRAMEWORK NUM_PROXIES says."""
        return BaseThrottle().get_ident(self.request)
