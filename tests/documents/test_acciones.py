"""Every act on a document through its door: who may, when it is refused and why, and where it leads."""

import pytest
from django.urls import reverse

from documents.actos import ACTOS, acciones_de
from documents.models import Documento
from documents.services import archivar_documento
from organization.constants import CodigoRol
from tests.documents.acciones_util import archivada, atendida, en_proceso, evento, observada, suspendida
from tests.factories import make_derivada, make_documento, make_recibida, make_usuario

pytestmark = pytest.mark.django_db

REGISTRADA = make_documento

# act -> (makes the document, who may, who sees it but may not, valid data)
TABLA = {
    "editar": (REGISTRADA, "ventanilla", "lector", None),
    "nota": (REGISTRADA, "ventanilla", "lector", {"texto": "Llamar mañana"}),
    "adjuntar": (en_proceso, "ana", "lector", None),
    "observar": (REGISTRADA, "ventanilla", "lector", {"otros": "Falta el pago"}),
    "subsanar": (observada, "ventanilla", "lector", {"detalle": "Trajo el recibo"}),
    "no-presentado": (observada, "ventanilla", "lector", {}),
    "suspender": (en_proceso, "ana", "lector", {"motivo": "Informe", "base_legal": "art. 137"}),
    "reanudar": (suspendida, "ana", "lector", {}),
    "recalcular": (REGISTRADA, "ventanilla", "lector", {"motivo": "Nuevo feriado"}),
    "archivar": (atendida, "jefa", "ana", None),
    "restaurar": (archivada, "jefa", "ana", {"motivo": "Nuevo pedido"}),
    "reabrir": (atendida, "jefa", "ana", {"motivo": "Nuevo pedido"}),
    "anular": (en_proceso, "jefa", "ana", {"motivo": "Duplicado", "cifras": "0001"}),
}


def test_the_table_covers_every_act():
    assert set(TABLA) | {"acceso"} == set(ACTOS)


class TestEveryAct:
    @pytest.mark.parametrize("nombre", [n for n in TABLA if n not in ("no-presentado", "recalcular")])
    def test_page_and_dialog_share_the_form(self, o, hacer, nombre):
        hacedor, quien, _, _ = TABLA[nombre]
        documento = hacedor(o)
        pagina = hacer.ver(getattr(o, quien), nombre, documento)
        dialogo = hacer.ver(getattr(o, quien), nombre, documento, headers={"HX-Request": "true"})
        assert (pagina.status_code, dialogo.status_code) == (200, 200)
        cuerpo, trozo = pagina.content.decode(), dialogo.content.decode()
        assert cuerpo.count("<h1>") == 1 and "<html" in cuerpo
        assert trozo.lstrip().startswith("<form") and 'hx-target="#dialogo"' in trozo
        for texto in (cuerpo, trozo):
            assert "csrfmiddlewaretoken" in texto and documento.numero_expediente in texto
            assert ' style="' not in texto

    @pytest.mark.parametrize("nombre", TABLA)
    @pytest.mark.parametrize("metodo", ["get", "post"])
    def test_who_may_not_is_refused_and_recorded(self, o, hacer, nombre, metodo):
        hacedor, _, ajeno, datos = TABLA[nombre]
        documento = hacedor(o)
        antes = Documento.objects.get(pk=documento.pk).estado
        usuario = getattr(o, ajeno)
        respuesta = (
            hacer.ver(usuario, nombre, documento)
            if metodo == "get"
            else hacer(usuario, nombre, documento, datos)
        )
        assert respuesta.status_code == 403
        assert "El intento quedó registrado" in respuesta.content.decode()
        denegado = evento(documento, "acceso_denegado")
        assert denegado.actor == usuario and denegado.detalle["accion"] == ACTOS[nombre].accion
        assert Documento.objects.get(pk=documento.pk).estado == antes

    @pytest.mark.parametrize("nombre", [*TABLA, "acceso"])
    def test_outsiders_get_404(self, o, hacer, nombre):
        documento = make_documento(o)
        assert hacer(o.eva, nombre, documento, {"motivo": "x"}).status_code == 404
        assert evento(documento, "acceso_denegado").actor == o.eva

    @pytest.mark.parametrize(
        ("nombre", "hacedor", "quien"),
        [
            ("subsanar", REGISTRADA, "ventanilla"),
            ("reanudar", en_proceso, "ana"),
            ("suspender", suspendida, "ana"),
            ("archivar", en_proceso, "jefa"),
            ("archivar", archivada, "jefa"),
            ("restaurar", atendida, "jefa"),
            ("reabrir", archivada, "jefa"),
            ("reabrir", en_proceso, "jefa"),
            ("anular", atendida, "jefa"),
            ("observar", observada, "ventanilla"),
            ("no-presentado", observada, "ventanilla"),
            ("recalcular", REGISTRADA, "ventanilla"),
            ("editar", archivada, "jefa"),
            ("adjuntar", archivada, "jefa"),
        ],
    )
    def test_impossible_now_is_409_and_says_why(self, o, hacer, nombre, hacedor, quien):
        documento = hacedor(o)
        respuesta = hacer.ver(getattr(o, quien), nombre, documento)
        assert respuesta.status_code == 409
        motivo = respuesta.context["impedimento"]
        assert motivo and motivo.endswith(".") and motivo in respuesta.content.decode()
        assert "data-enviando" not in respuesta.content.decode()

    def test_a_late_post_is_409_and_names_who_was_first(self, o, hacer):
        documento = atendida(o)
        archivar_documento(documento_id=documento.pk, serie=o.serie_documental, actor=o.jefa)
        respuesta = hacer.htmx(
            o.jefa, "archivar", documento, {"serie": o.serie_documental.pk, "clasificacion": "Lo escrito"}
        )
        texto = respuesta.content.decode()
        assert respuesta.status_code == 409
        assert "no puede pasar a archivado" in texto and "Jefa Prueba" in texto and "Lo escrito" in texto

    @pytest.mark.parametrize(
        ("nombre", "datos"),
        [
            ("editar", {"asunto": "Lo escrito", "motivo": "Lo dijo mal"}),
            ("observar", {"otros": "Lo escrito"}),
        ],
    )
    def test_who_had_it_when_the_form_was_opened_is_told_who_moved_it(self, o, hacer, nombre, datos):
        documento = make_documento(o)
        assert hacer.ver(o.ventanilla, nombre, documento).status_code == 200
        make_derivada(o, documento=documento, actor=o.jefa)
        respuesta = hacer.htmx(o.ventanilla, nombre, documento, datos)
        texto = respuesta.content.decode()
        assert respuesta.status_code == 409
        assert "pasó a Transporte de Pasajeros y Carga: lo movió Jefa Prueba el" in texto
        assert "Lo escrito" in texto
        respuesta = hacer.ver(o.ventanilla, nombre, documento)
        assert respuesta.status_code == 409 and "Jefa Prueba" in respuesta.context["impedimento"]
        assert evento(documento, "acceso_denegado") is None
        assert Documento.objects.get(pk=documento.pk).asunto == documento.asunto

    def test_who_only_had_a_copy_is_no_latecomer(self, o, hacer):
        documento = make_derivada(o, destino=o.caminos, copias=[o.transportes]).documento
        copiado = make_usuario("supervisor", area=o.transportes, rol=CodigoRol.SUPERVISOR)
        assert hacer(copiado, "editar", documento, {"motivo": "x"}).status_code == 403
        assert evento(documento, "acceso_denegado").actor == copiado


class TestReasons:
    @pytest.mark.parametrize("nombre", ["restaurar", "reabrir", "anular", "suspender", "editar"])
    @pytest.mark.parametrize("motivo", ["", "   "])
    def test_a_reason_is_required(self, o, hacer, nombre, motivo):
        hacedor, quien, _, datos = TABLA[nombre]
        documento = hacedor(o)
        respuesta = hacer(getattr(o, quien), nombre, documento, {**(datos or {}), "motivo": motivo})
        assert respuesta.status_code == 422
        assert "Escribe" in respuesta.content.decode()
        assert "<title>Error:" in respuesta.content.decode()

    @pytest.mark.parametrize(("largo", "estado"), [(300, 302), (301, 422)])
    def test_both_ends_of_its_length(self, o, hacer, largo, estado):
        documento = atendida(o)
        respuesta = hacer(o.jefa, "reabrir", documento, {"motivo": "m" * largo})
        assert respuesta.status_code == estado
        if estado == 422:
            assert "m" * largo in respuesta.content.decode()
            assert "301 caracteres" in respuesta.content.decode()

    def test_a_nul_byte_is_refused_kindly(self, o, hacer):
        assert hacer(o.ventanilla, "nota", make_documento(o), {"texto": "a\x00b"}).status_code == 422


def test_success_in_a_dialog_redirects_the_page(o, hacer):
    documento = make_documento(o)
    respuesta = hacer.htmx(
        o.ventanilla, "nota", documento, {"texto": "Hola", "volver": "/bandejas/por-derivar/"}
    )
    assert respuesta["HX-Redirect"].startswith(reverse("documents:detalle", args=[documento.pk]))
    assert "desde=%2Fbandejas" in respuesta["HX-Redirect"]


def test_an_act_never_goes_back_to_a_foreign_site(o, hacer):
    respuesta = hacer(
        o.ventanilla, "nota", make_documento(o), {"texto": "Hola", "desde": "https://malo.example/"}
    )
    assert "malo" not in respuesta["Location"]


def test_every_state_offers_its_natural_act(o):
    casos = [
        (make_documento(o), o.ventanilla, "observar"),
        (observada(o), o.ventanilla, "subsanar"),
        (make_recibida(o).documento, o.ana, "suspender"),
        (suspendida(o), o.ana, "reanudar"),
        (atendida(o), o.jefa, "archivar"),
        (archivada(o), o.jefa, "restaurar"),
    ]
    for documento, usuario, esperado in casos:
        principales, _ = acciones_de(usuario, Documento.objects.get(pk=documento.pk))
        assert esperado in [a.nombre for a in principales], esperado
