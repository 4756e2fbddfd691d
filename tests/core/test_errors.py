"""Refusals: their texts, and how the API words them."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ErrorDeDjango
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions, serializers

from core.api import VistaApi, manejar_error
from core.errors import Conflicto, DatosInvalidos, ErrorDeNegocio, NoExiste, Prohibido


class DerivacionAbierta(Conflicto):
    codigo = "derivacion_abierta"
    mensaje = "El documento %(numero)s ya tiene una derivación abierta."


def test_text_is_filled_and_extra_is_kept():
    error = DerivacionAbierta(numero="EXP-2026-000001")
    assert str(error) == "El documento EXP-2026-000001 ya tiene una derivación abierta."
    assert (error.codigo, error.estado_http, error.extra) == (
        "derivacion_abierta",
        409,
        {"numero": "EXP-2026-000001"},
    )


def test_given_text_is_taken_literally():
    assert str(ErrorDeNegocio(mensaje="al 100% %(x)s")) == "al 100% %(x)s"


@pytest.mark.parametrize(
    ("clase", "estado"), [(Prohibido, 403), (NoExiste, 404), (DatosInvalidos, 422), (Conflicto, 409)]
)
def test_families_have_their_status(clase, estado):
    assert clase().estado_http == estado
    assert isinstance(clase(), ErrorDeNegocio)


def test_field_errors_become_lists_and_details():
    error = DatosInvalidos(campos={"folios": "Al menos uno.", "__all__": ["Faltan datos."]})
    assert error.campos == {"folios": ["Al menos uno."], "__all__": ["Faltan datos."]}
    assert error.detalles == [
        {"field": "folios", "message": "Al menos uno."},
        {"field": "", "message": "Faltan datos."},
    ]


def test_django_validation_is_translated():
    error = DatosInvalidos.de_validacion(ErrorDeDjango({"asunto": ["Este campo es obligatorio."]}))
    assert error.campos == {"asunto": ["Este campo es obligatorio."]}
    assert DatosInvalidos.de_validacion(ErrorDeDjango("Mal.")).campos == {"__all__": ["Mal."]}


class _Caida(OperationalError):
    pass


def _interbloqueo():
    error = OperationalError("deadlock detected")
    error.__cause__ = type("Causa", (Exception,), {"sqlstate": "40P01"})()
    return error


@pytest.mark.parametrize(
    ("error", "estado", "codigo"),
    [
        (DerivacionAbierta(numero="X"), 409, "derivacion_abierta"),
        (ErrorDeDjango({"asunto": ["Falta."]}), 422, "datos_invalidos"),
        (exceptions.ValidationError({"anexos": [{"folios": ["Mal."]}]}), 422, "datos_invalidos"),
        (exceptions.ParseError(), 400, "cuerpo_ilegible"),
        (exceptions.NotAuthenticated(), 401, "no_autenticado"),
        (exceptions.AuthenticationFailed(), 401, "credencial_invalida"),
        (exceptions.PermissionDenied(), 403, "prohibido"),
        (PermissionDenied(), 403, "prohibido"),
        (Http404(), 404, "no_existe"),
        (exceptions.NotFound(), 404, "no_existe"),
        (exceptions.MethodNotAllowed("PUT"), 405, "metodo_no_permitido"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "tipo_de_contenido_no_admitido"),
        (exceptions.Throttled(wait=12), 429, "demasiadas_solicitudes"),
        (_interbloqueo(), 503, "ocupado"),
    ],
)
def test_every_refusal_has_the_one_shape(error, estado, codigo):
    respuesta = manejar_error(error, {})
    assert respuesta.status_code == estado
    assert set(respuesta.data) == {"error"}
    assert set(respuesta.data["error"]) == {"code", "message", "details"}
    assert respuesta.data["error"]["code"] == codigo
    assert respuesta.data["error"]["message"]
    json.dumps(respuesta.data)


def test_nested_fields_are_flattened():
    error = exceptions.ValidationError(
        {"anexos": [{}, {"folios": ["Mal."]}], "asunto": ["Falta."], "non_field_errors": ["Todo mal."]}
    )
    assert manejar_error(error, {}).data["error"]["details"] == [
        {"field": "anexos.1.folios", "message": "Mal."},
        {"field": "asunto", "message": "Falta."},
        {"field": "", "message": "Todo mal."},
    ]


def test_waiting_time_is_told():
    assert manejar_error(exceptions.Throttled(wait=12), {})["Retry-After"] == "13"


def test_unexpected_error_is_not_dressed_up():
    assert manejar_error(ZeroDivisionError(), {}) is None
    assert manejar_error(_Caida("connection lost"), {}) is None


class _Entrada(serializers.Serializer):
    folios = serializers.IntegerField(min_value=1)


class _Vista(VistaApi):
    authentication_classes = permission_classes = ()

    def post(self, request):
        raise DatosInvalidos(campos={"folios": f"{self.leer(_Entrada)['folios']} desde {self.ip}"})


@pytest.mark.parametrize(
    ("cuerpo", "estado", "campo"),
    [("{", 400, None), ('{"folios": 0}', 422, "folios"), ('{"folios": 3}', 422, "folios")],
)
def test_base_view_reads_and_refuses(cuerpo, estado, campo):
    peticion = RequestFactory().post("/", cuerpo, content_type="application/json", REMOTE_ADDR="10.1.2.3")
    respuesta = _Vista.as_view()(peticion)
    assert respuesta.status_code == estado
    detalles = respuesta.data["error"]["details"]
    assert [d["field"] for d in detalles] == ([campo] if campo else [])
    if "3" in cuerpo:
        assert detalles[0]["message"] == "3 desde 10.1.2.3"
