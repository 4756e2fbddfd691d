"""Every address x every role: one table; an address without a row fails. Written from the roles, then compared.

Columns: nobody entered, the window (operador_mesa), ana of transportes which has the document, luis of another
area, jefa (supervisora of the area above), lector (consulta), admin (administradora).
POST rows send an empty form: 422 means the door was open and the form incomplete; 302 that it was done.
"""

import copy

import pytest
from django.db import transaction
from django.test import Client

from core.models import Evento
from tests.puertas import ROLES, direcciones, make_mundo, url_de

pytestmark = pytest.mark.django_db

# address | key | GET | POST      ("-" = not tried: the method does not exist there, which the 405 test checks)
TODOS = "302 200 200 200 200 200 200"
DETALLE = "302 200 200 404 200 200 200"
TABLA = """
inicio | | 302 302 302 302 302 302 302 | -
entrar | | 200 302 302 302 302 302 302 | 422 302 302 302 302 302 302
salir | | 302 405 405 405 405 405 405 | 302 302 302 302 302 302 302
salud | | 503 503 503 503 503 503 503 | -
salud-vivo | | 200 200 200 200 200 200 200 | -
procesos | | TODOS | -
procesos-pie | | TODOS | -
procesos-cancelar | espera | - | 302 404 302 404 404 404 302
procesos-reintentar | fallida | - | 302 404 302 404 404 404 302
organization:cuenta | | TODOS | -
organization:clave | | TODOS | -
documents:registrar | | 302 200 403 403 403 403 403 | 302 422 403 403 403 403 403
documents:borrador | | 302 405 405 405 405 405 405 | 302 200 403 403 403 403 403
documents:remitente-buscar | | 302 200 403 403 403 403 403 | -
documents:registrar-lateral | | 302 200 403 403 403 403 403 | -
documents:area-sugerencias | | 302 200 403 403 403 403 403 | -
documents:procedimiento-sugerencias | | 302 200 403 403 403 403 403 | -
documents:reimprimir | | 302 302 403 403 403 403 403 | -
documents:registrado | reg | 302 200 404 404 200 200 200 | -
documents:remitente-sugerencias | | 302 200 403 403 200 403 403 | -
documents:remitente | rem | 302 200 200 403 200 200 200 | -
documents:remitente-editar | rem | 302 200 403 403 200 403 403 | 302 422 403 403 422 403 403
documents:detalle | pro | DETALLE | -
documents:detalle#en ventanilla | reg | 302 200 404 404 200 200 200 | -
documents:detalle#reservado | res | 302 200 200 404 404 404 404 | -
documents:plazo | pro | DETALLE | -
documents:plazo#reservado | res | 302 200 200 404 404 404 404 | -
documents:editar | reg | 302 200 404 404 200 403 403 | 302 422 404 404 422 403 403
documents:editar#en el area | pro | 302 409 403 404 200 403 403 | 302 409 403 404 422 403 403
documents:nota | pro | 302 200 200 404 200 403 403 | 302 422 422 404 422 403 403
documents:adjuntar | pro | 302 200 200 404 200 403 403 | 302 422 422 404 422 403 403
documents:observar | reg | 302 200 404 404 200 403 403 | 302 422 404 404 422 403 403
documents:observar#tarde | pro | 302 409 403 404 409 403 403 | 302 409 403 404 422 403 403
documents:subsanar | obs | 302 200 404 404 200 403 403 | 302 422 404 404 422 403 403
documents:no-presentado | tar | 302 200 404 404 200 403 403 | 302 302 404 404 302 403 403
documents:no-presentado#en plazo | obs | 302 409 404 404 409 403 403 | 302 409 404 404 409 403 403
documents:suspender | pro | 302 403 200 404 200 403 403 | 302 403 422 404 422 403 403
documents:reanudar | sus | 302 403 200 404 200 403 403 | 302 403 302 404 302 403 403
documents:recalcular | reg | 302 409 404 404 409 403 403 | 302 422 404 404 422 403 403
documents:archivar | ate | 302 403 403 404 200 403 403 | 302 403 403 404 422 403 403
documents:restaurar | arc | 302 403 403 404 200 403 403 | 302 403 403 404 422 403 403
documents:reabrir | ate | 302 403 403 404 200 403 403 | 302 403 403 404 422 403 403
documents:anular | pro | 302 403 403 404 200 403 403 | 302 403 403 404 422 403 403
documents:acceso | res | 302 200 403 404 404 404 404 | 302 422 403 404 404 404 404
documents:buscar | | TODOS | -
documents:sugerencias | | TODOS | -
documents:archivo | | TODOS | -
documents:cargo | pro | 302 200 403 404 200 403 403 | -
documents:cargo-pdf | pro | 302 200 403 404 200 403 403 | -
documents:archivo-subir | | - | 302 422 422 422 422 403 403
documents:archivo-quitar | esp | - | 302 404 200 404 404 404 404
documents:archivo-ver | adj | DETALLE | -
documents:archivo-descargar | adj | DETALLE | -
documents:archivo-miniatura | adj | 302 404 404 404 404 404 404 | -
derivations:contadores | | TODOS | -
derivations:vista-guardar | | - | 302 404 404 404 404 404 404
derivations:vista-borrar | vista | - | 302 404 302 404 404 404 404
derivations:bandeja | =por-recibir | TODOS | -
derivations:bandeja#mesa | =por-derivar | 302 200 200 200 200 403 403 | -
derivations:panel | en-proceso:rec | DETALLE | -
derivations:area-destinos | | TODOS | -
derivations:plazo-interno | pro | DETALLE | -
derivations:derivar | reg | 302 200 404 404 200 403 403 | 302 422 404 404 422 403 403
derivations:derivar#del area | pro | 302 409 200 404 200 403 403 | 302 409 422 404 422 403 403
derivations:derivar#devuelto | dev | 302 200 409 404 200 403 403 | 302 422 409 404 422 403 403
derivations:recibir | pen | 302 403 200 404 200 403 403 | 302 403 422 404 422 403 403
derivations:recibir#recibido | rec | 302 403 409 404 409 403 403 | 302 403 409 404 409 403 403
derivations:devolver | pen | 302 403 200 404 200 403 403 | 302 403 422 404 422 403 403
derivations:recuperar | pen | 302 200 403 404 200 403 403 | 302 302 403 404 302 403 403
derivations:asignar | rec | 302 403 403 404 200 403 403 | 302 403 403 404 422 403 403
derivations:atender | rec | 302 403 200 404 200 403 403 | 302 403 422 404 422 403 403
derivations:acusar | cop | 302 403 200 404 200 403 403 | 302 403 302 404 302 403 403
derivations:lote | =recibir | - | 302 404 404 404 404 404 404
derivations:lector | | 302 200 200 200 200 403 403 | 302 422 422 422 422 403 403
derivations:lector-hoja | | 302 404 404 404 404 404 404 | -
derivations:remisiones | | TODOS | -
derivations:remision | | - | 302 302 302 302 302 302 302
derivations:remision-ver | hoja | 302 200 200 404 200 404 404 | -
derivations:remision-pdf | hoja | 302 200 200 404 200 404 404 | -
derivations:hoja-ruta | pro | DETALLE | -
derivations:movimientos | pro | DETALLE | -
derivations:movimientos#reservado | res | 302 200 200 404 404 404 404 | -
reports:tablero | | 302 403 403 403 200 200 200 | -
reports:recibidos | | 302 403 403 403 200 200 200 | -
notifications:pulso | | 403 403 403 403 403 403 403 | -
notifications:lista | | TODOS | -
notifications:ir | avi | 302 404 302 404 404 404 404 | -
notifications:aviso | mas | 302 404 200 404 404 404 404 | -
notifications:leer | avi | - | 302 404 302 404 404 404 404
notifications:leer-todas | | - | 302 302 302 302 302 302 302
notifications:preferencias | | TODOS | 302 302 302 302 302 302 302
notifications:seguidos | | TODOS | -
notifications:seguir | pro | - | 302 302 302 404 302 302 302
notifications:seguir#reservado | res | - | 302 302 302 404 404 404 404
portal:inicio | | 200 200 200 200 200 200 200 | -
portal:consultar | | 200 200 200 200 200 200 200 | 422 422 422 422 422 422 422
portal:seguir | token | 200 200 200 200 200 200 200 | 422 422 422 422 422 422 422
portal:cargo | token | 302 302 302 302 302 302 302 | -
api:documentos | | 403 200 200 200 200 200 200 | 403 422 403 403 403 403 403
api:documento | pro | 403 200 200 404 200 200 200 | -
api:documento#reservado | res | 403 200 200 404 404 404 404 | -
api:documento-historial | pro | 403 200 200 404 200 200 200 | -
api:documento-archivos | pro | - | 403 422 422 404 422 403 403
api:documento-comprobante | pro | 403 200 403 404 200 403 403 | -
api:documento-qr | pro | 403 200 403 404 200 403 403 | -
api:documento-archivar | ate | - | 403 403 403 404 422 403 403
api:documento-restaurar | arc | - | 403 403 403 404 422 403 403
api:documento-por-numero | numero | 403 200 200 404 200 200 200 | -
api:derivaciones | | - | 403 422 422 422 422 422 422
api:derivaciones-masiva | | - | 403 422 422 422 422 422 422
api:derivaciones-de-documento | pro | 403 200 200 404 200 200 200 | -
api:derivaciones-de-area | =TPC | 403 404 200 404 200 404 404 | -
api:derivacion | rec | 403 200 200 404 200 200 200 | -
api:derivacion-recibir | pen | - | 403 403 200 404 200 403 403
api:derivacion-devolver | pen | - | 403 403 422 404 422 403 403
api:derivacion-recuperar | pen | - | 403 200 403 404 200 403 403
api:derivacion-atender | rec | - | 403 403 422 404 422 403 403
api:derivacion-reasignar | rec | - | 403 403 403 404 422 403 403
api:derivacion-acusar | cop | - | 403 403 200 404 200 403 403
api:notificaciones | | 403 200 200 200 200 200 200 | -
api:notificacion-leer | avi | - | 403 404 200 404 404 404 404
api:notificaciones-marcar-todas | | - | 403 200 200 200 200 200 200
api:notificaciones-resumen | | 403 200 200 200 200 200 200 | -
api:notificaciones-configuracion | | 403 200 200 200 200 200 200 | -
api:estadisticas | | 403 403 403 403 200 200 200 | -
api:metricas | | 403 403 403 403 200 200 200 | -
api:tareas | | 403 200 200 200 200 200 200 | -
api:tarea | espera | 403 404 200 404 404 404 200 | -
api:tarea-cancelar | espera | - | 403 404 202 404 404 404 202
api:tarea-reintentar | fallida | - | 403 404 202 404 404 404 202
api:reportes | | 403 403 403 403 200 200 200 | 403 403 403 403 422 422 422
api:reporte | rep | 403 403 403 403 404 404 200 | -
api:reporte-descargar | rep | 403 403 403 403 404 404 410 | -
api:reporte-cancelar | rep | - | 403 403 403 403 404 404 202
reports:lista | | 302 403 403 403 200 200 200 | -
reports:pedir | =documentos | 302 403 403 403 200 200 200 | 302 403 403 403 422 422 422
reports:descargar | rep | 302 404 404 404 404 404 410 | -
reports:cancelar | rep | - | 302 404 404 404 404 404 302
reports:reintentar | rep | - | 302 404 404 404 404 404 409
"""
FIJAS = {"TODOS": TODOS, "DETALLE": DETALLE}


def leer():
    """(address, key, {"get": statuses, "post": statuses}) of each row."""
    for linea in TABLA.strip().splitlines():
        nombre, de, get, post = (parte.strip() for parte in linea.split("|"))
        yield nombre, de, {"get": FIJAS.get(get, get), "post": FIJAS.get(post, post)}


FILAS = list(leer())


def test_every_address_has_a_row():
    assert {nombre.split("#")[0] for nombre, *_ in FILAS} == set(direcciones())


class _Deshacer(Exception):
    pass


def pedir(cliente, metodo, url):
    """The status of a request whose writes and cookies are undone."""
    galletas = copy.deepcopy(cliente.cookies)
    try:
        with transaction.atomic():
            estado = getattr(cliente, metodo)(url).status_code
            raise _Deshacer
    except _Deshacer:
        return estado
    finally:
        cliente.cookies = galletas


@pytest.fixture
def mundo(almacen):
    return make_mundo()


@pytest.fixture
def clientes(mundo):
    """A browser for each role, entered once."""
    todos = {}
    for rol in ROLES:
        todos[rol] = Client(raise_request_exception=False)
        if rol != "anonimo":
            todos[rol].force_login(getattr(mundo.o, rol))
    return todos


def test_each_role_gets_what_the_table_says(mundo, clientes):
    fallas = []
    for nombre, de, esperados in FILAS:
        url = url_de(nombre, mundo, de)
        for metodo, codigos in esperados.items():
            if codigos == "-":
                continue
            for rol, esperado in zip(ROLES, codigos.split(), strict=True):
                hubo = pedir(clientes[rol], metodo, url)
                if hubo != int(esperado):
                    fallas.append(f"{metodo.upper()} {nombre} como {rol}: se esperaba {esperado}, fue {hubo}")
    assert not fallas, "\n".join(fallas)


def test_refusals_of_people_who_entered_are_recorded(mundo, clientes):
    """R7.5: a door closed by role or by visibility leaves the attempt in the trace, with who and what."""
    for nombre, de, rol in (
        ("documents:anular", "pro", "ventanilla"),
        ("documents:detalle", "pro", "luis"),
        ("documents:detalle", "res", "jefa"),
        ("documents:registrar", "", "ana"),
        ("derivations:recibir", "pen", "lector"),
        ("api:documento-archivar", "ate", "ana"),
        ("documents:archivo-descargar", "adj", "luis"),
    ):
        antes = Evento.objects.filter(tipo="acceso_denegado").count()
        metodo = "post" if nombre.startswith("api:") else "get"
        getattr(clientes[rol], metodo)(url_de(nombre, mundo, de))
        nuevos = Evento.objects.filter(tipo="acceso_denegado").order_by("pk")[antes:]
        assert [e.actor for e in nuevos] == [getattr(mundo.o, rol)], nombre
        assert nuevos[0].detalle["accion"]


def test_no_address_changes_anything_by_get(mundo, clientes):
    """Only POST writes: opening every address leaves documents, derivations and views as they were."""
    from derivations.models import Derivacion, VistaGuardada
    from documents.models import Documento

    def todo():
        return [list(m.objects.order_by("pk").values()) for m in (Documento, Derivacion, VistaGuardada)]

    antes = todo()
    for nombre, de, _ in FILAS:
        clientes["jefa"].get(url_de(nombre, mundo, de))
    assert todo() == antes


def test_acts_need_the_token_of_the_form(mundo):
    """A POST without CSRF token is refused before any door."""
    cliente = Client(enforce_csrf_checks=True)
    cliente.force_login(mundo.o.jefa)
    for nombre, de, esperados in FILAS:
        if esperados["post"] != "-":
            assert cliente.post(url_de(nombre, mundo, de)).status_code == 403, nombre
