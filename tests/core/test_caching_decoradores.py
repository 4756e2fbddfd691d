"""The cache as decorator of functions, of views and of the API."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from core import caching
from tests.core.cuenta_util import Cuenta, subir

vivo = pytest.mark.django_db(transaction=True)


# Decorator of functions


@vivo
def test_decorated_function_takes_its_arguments_as_key():
    veces = []

    @caching.con_cache(grupo="obtener_estadisticas", generaciones=lambda area, dia=None: [f"area:{area}"])
    def contar(area, dia=None):
        veces.append((area, dia))
        return len(veces)

    assert [contar(1), contar(area=1), contar(1, dia=None), contar(2)] == [1, 1, 1, 2]
    subir("area:1")
    assert [contar(1), contar(2)] == [3, 2]
    assert contar.sin_cache(1) == 4
    assert contar.__name__ == "contar"


@vivo
def test_decorator_with_a_key_of_its_own():
    @caching.con_cache(grupo="calcular_metricas", generaciones=["documentos"], clave=lambda caja: caja.pk)
    def medir(caja):
        return caja.valor

    assert medir(SimpleNamespace(pk=1, valor="a")) == "a"
    assert medir(SimpleNamespace(pk=1, valor="b")) == "a"
    assert medir(SimpleNamespace(pk=2, valor="b")) == "b"


# Decorator of views


def persona(pk, areas):
    return SimpleNamespace(
        pk=pk,
        is_authenticated=True,
        alcance=SimpleNamespace(total=False, por_area={a: frozenset({"documento.ver"}) for a in areas}),
    )


def pedir(vista, usuario, url="/x/?b=1&a=2", metodo="get", **kwargs):
    request = getattr(RequestFactory(), metodo)(url)
    request.user = usuario
    return vista(request, **kwargs)


@pytest.fixture
def vista():
    """A kept view that says how often it ran."""
    cuenta = Cuenta()

    @caching.respuesta_en_cache(
        grupo="obtener_documento", generaciones=lambda request, pk=0: [caching.grupo_documento(pk)]
    )
    def ver(request, pk=0):
        respuesta = HttpResponse(f"{request.user.pk}-{cuenta()}", content_type="text/plain")
        respuesta["Content-Disposition"] = "inline"
        return respuesta

    return ver


@vivo
def test_an_answer_belongs_to_one_user_with_their_areas(vista):
    ana, luis = persona(1, [1]), persona(2, [1])
    assert pedir(vista, ana).content == b"1-1"
    otra_vez = pedir(vista, ana)
    assert otra_vez.content == b"1-1"
    assert otra_vez["Content-Type"] == "text/plain" and otra_vez["Content-Disposition"] == "inline"
    assert pedir(vista, ana, "/x/?a=2&b=1").content == b"1-1"  # same question in another order
    assert pedir(vista, luis).content == b"2-2"
    assert pedir(vista, persona(1, [1, 3])).content == b"1-3"
    assert pedir(vista, ana, "/x/?a=3").content == b"1-4"
    for grupo in ("catalogos", "usuario:1", "doc:0"):
        antes = pedir(vista, ana).content
        subir("usuario:2")
        assert pedir(vista, ana).content == antes
        subir(grupo)
        assert pedir(vista, ana).content != antes
    with pytest.raises(ImproperlyConfigured):
        pedir(vista, SimpleNamespace(is_authenticated=False))


@vivo
@pytest.mark.parametrize("estado,galleta", [(404, False), (302, False), (200, True)])
def test_refusals_and_answers_with_cookies_are_not_kept(estado, galleta):
    cuenta = Cuenta()

    @caching.respuesta_en_cache(grupo="obtener_documento", generaciones=["documentos"])
    def ver(request):
        respuesta = HttpResponse(str(cuenta()), status=estado)
        if galleta:
            respuesta.set_cookie("a", "b")
        return respuesta

    ana = persona(1, [1])
    assert [pedir(ver, ana).content, pedir(ver, ana).content] == [b"1", b"2"]


@vivo
def test_a_post_is_never_kept(vista):
    ana = persona(1, [1])
    assert [pedir(vista, ana, metodo="post").content for _ in range(2)] == [b"1-1", b"1-2"]


@vivo
def test_api_answers_are_kept_once_rendered():
    from rest_framework.response import Response
    from rest_framework.views import APIView

    cuenta = Cuenta()

    class Vista(APIView):
        authentication_classes = []

        @caching.respuesta_en_cache(grupo="listar_documentos", generaciones=["documentos"])
        def get(self, request):
            return Response({"n": cuenta(), "dia": dt.date(2026, 11, 24)})

    def pedir_api():
        request = RequestFactory().get("/api/x/")
        from rest_framework.test import force_authenticate

        force_authenticate(request, persona(1, [1]))
        respuesta = Vista.as_view(permission_classes=[])(request)
        return (respuesta.render() if hasattr(respuesta, "render") else respuesta).content

    primera = pedir_api()
    assert b'"n":1' in primera and b"2026-11-24" in primera
    assert pedir_api() == primera
    subir("documentos")
    assert b'"n":2' in pedir_api()
