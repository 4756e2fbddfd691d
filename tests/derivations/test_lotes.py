"""The same act on many rows: asked once, told row by row, with the failed still chosen."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Evento
from derivations.constants import Estado
from derivations.models import Derivacion, HojaRemision
from derivations.services import atender_derivacion, recibir_derivacion
from derivations.services.lotes import MAX_LOTE
from documents.models import Documento
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def o():
    return make_oficina()


def como(usuario):
    client = Client()
    client.force_login(usuario)
    return client


def lote(client, accion, bandeja, filas, confirmado=True, headers=None, **datos):
    cuerpo = {"bandeja": bandeja, "ids": [getattr(f, "pk", f) for f in filas], **datos}
    if confirmado:
        cuerpo["confirmado"] = "1"
    return client.post(reverse("derivations:lote", args=[accion]), cuerpo, headers=headers or {})


def estados():
    return sorted(Derivacion.objects.principales().values_list("estado", flat=True))


def test_receive_asks_once_and_receives_all(o):
    filas = [make_derivada(o) for _ in range(3)]
    client = como(o.ana)
    pregunta = lote(client, "recibir", "por-recibir", filas, confirmado=False, headers=HTMX)
    texto = pregunta.content.decode()
    assert pregunta.status_code == 200 and "Recibir 3 documentos" in texto and "138 folios" in texto
    assert estados() == [Estado.PENDIENTE] * 3
    respuesta = lote(client, "recibir", "por-recibir", filas, headers=HTMX)
    assert respuesta["HX-Redirect"] == reverse("derivations:bandeja", args=["por-recibir"])
    assert estados() == [Estado.RECIBIDO] * 3
    assert "3 recibidos." in client.get(respuesta["HX-Redirect"]).content.decode()


def test_one_that_somebody_received_before_is_told_and_stays_chosen(o):
    colega = make_usuario("colega", area=o.transportes)
    filas = [make_derivada(o) for _ in range(3)]
    recibir_derivacion(derivacion_id=filas[1].pk, actor=colega)
    respuesta = lote(como(o.ana), "recibir", "por-recibir", filas)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert "2 recibidos, 1 no: " in texto and "ya fue recibido por Colega Prueba" in texto
    assert f"?elegidos={filas[1].pk}" in texto
    assert estados() == [Estado.RECIBIDO] * 3


def test_the_mixed_result_refreshes_the_list_behind_the_dialog(o):
    filas = [make_derivada(o), make_recibida(o)]
    respuesta = lote(como(o.ana), "recibir", "por-recibir", filas, headers=HTMX)
    assert "mesa:lista" in respuesta["HX-Trigger"]
    assert "<html" not in respuesta.content.decode()


def test_a_single_row_goes_to_its_own_form(o):
    fila, documento = make_derivada(o), make_documento(o, area_sugerida=o.legal)
    respuesta = lote(como(o.ana), "recibir", "por-recibir", [fila], confirmado=False)
    assert respuesta.status_code == 302
    assert respuesta["Location"].startswith(reverse("derivations:recibir", args=[fila.pk]))
    respuesta = lote(como(o.ventanilla), "derivar", "por-derivar", [documento], confirmado=False)
    assert respuesta["Location"].startswith(reverse("derivations:derivar", args=[documento.pk]))
    recibida = make_recibida(o)
    respuesta = lote(como(o.ana), "derivar", "en-proceso", [recibida], confirmado=False)
    assert respuesta["Location"].startswith(reverse("derivations:derivar", args=[recibida.documento_id]))


def test_derive_many_from_the_window_and_print_their_slip(o):
    documentos = [make_documento(o, area_sugerida=o.legal, instruccion_prevista="Opinión") for _ in range(2)]
    perdido = make_documento(o)
    make_derivada(o, documento=perdido, destino=o.caminos)
    client = como(o.ventanilla)
    pregunta = lote(client, "derivar", "por-derivar", documentos, confirmado=False).content.decode()
    assert 'value="Asesoría Jurídica (AJ)"' in pregunta and "Opinión</textarea>" in pregunta
    respuesta = lote(
        client,
        "derivar",
        "por-derivar",
        [*documentos, perdido],
        area_destino=o.legal.pk,
        instrucciones="Opinión",
        con_original="on",
    )
    texto = respuesta.content.decode()
    assert "2 derivados, 1 no: " in texto and "ya fue derivado a Caminos por Rosmery" in texto
    nuevas = Derivacion.objects.filter(area_destino=o.legal)
    assert nuevas.count() == 2 and all(d.con_original for d in nuevas)
    hoja = client.post(reverse("derivations:remision"), {"ids": ",".join(str(d.pk) for d in nuevas)})
    assert hoja.status_code == 302 and len(HojaRemision.objects.get().datos["filas"]) == 2


def test_derive_many_keeps_what_was_typed(o):
    filas = [make_recibida(o), make_recibida(o)]
    respuesta = lote(como(o.ana), "derivar", "en-proceso", filas, instrucciones="Opinión", headers=HTMX)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 422
    assert "Elige el área que responde." in texto and "Opinión</textarea>" in texto
    assert all(f'name="ids" value="{f.pk}"' in texto for f in filas)


def test_assign_many_to_a_person_of_the_area(o):
    filas = [make_recibida(o), make_recibida(o)]
    lote(como(o.jefa), "asignar", "en-proceso", filas, persona=o.ana.pk)
    assert set(Derivacion.objects.values_list("asignado_a", flat=True)) == {o.ana.pk}


def test_assign_of_two_areas_at_once_offers_nobody(o):
    filas = [make_recibida(o), make_recibida(o, destino=o.legal, actor=o.luis)]
    client = como(o.jefa)
    assert "varias áreas" in lote(client, "asignar", "en-proceso", filas, confirmado=False).content.decode()
    assert lote(client, "asignar", "en-proceso", filas, persona=o.ana.pk).status_code == 422


def test_rows_without_permission_are_told_and_recorded(o):
    fila, otra = make_recibida(o), make_recibida(o)
    respuesta = lote(como(o.ana), "asignar", "en-proceso", [fila, otra], persona=o.ana.pk)
    assert "Tu rol no permite asignar este documento" in respuesta.content.decode()
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.ana).count() == 2
    assert not Derivacion.objects.filter(asignado_a__isnull=False).exists()


def test_rows_of_other_areas_are_not_found_and_tell_nothing(o):
    suya, ajena = make_derivada(o), make_derivada(o, destino=o.caminos)
    texto = lote(como(o.ana), "recibir", "por-recibir", [suya, ajena]).content.decode()
    assert "1 recibido, 1 no" in texto and "No encontramos ese documento" in texto
    assert ajena.documento.numero_expediente not in texto
    assert Derivacion.objects.get(pk=ajena.pk).estado == Estado.PENDIENTE


def test_attend_many_without_document(o):
    filas = [make_recibida(o), make_recibida(o)]
    lote(
        como(o.ana), "atender", "en-proceso", filas, resultado="CONOCIMIENTO", sin_respuesta_motivo="informa"
    )
    assert estados() == [Estado.ATENDIDO] * 2


def test_acknowledge_many_copies_at_once(o):
    for _ in range(2):
        make_derivada(o, copias=[o.legal])
    copias = list(Derivacion.objects.copias())
    client = como(o.luis)
    respuesta = lote(client, "acusar", "copias", copias, confirmado=False, headers=HTMX)
    assert "2 copias acusadas." in client.get(respuesta["HX-Redirect"]).content.decode()
    assert set(Derivacion.objects.copias().values_list("estado", flat=True)) == {Estado.RECIBIDO}


def test_recall_many(o):
    filas = [make_derivada(o), make_derivada(o), make_recibida(o)]
    texto = lote(como(o.ventanilla), "recuperar", "enviados", filas).content.decode()
    assert "2 envíos anulados, 1 no: " in texto and "ya fue recibido por Ana" in texto


def test_archive_from_attended_by_the_supervisor_only(o):
    filas = [make_recibida(o), make_recibida(o)]
    for fila in filas:
        atender_derivacion(
            derivacion_id=fila.pk, resultado="CONOCIMIENTO", sin_respuesta_motivo="x", actor=o.ana
        )
    datos = {"serie": o.serie_documental.pk, "ubicacion_fisica": "Archivador 14"}
    assert "Tu rol no permite" in lote(como(o.ana), "archivar", "atendidos", filas, **datos).content.decode()
    sin_serie = lote(como(o.jefa), "archivar", "atendidos", filas)
    assert sin_serie.status_code == 422 and "Elige la serie documental." in sin_serie.content.decode()
    lote(como(o.jefa), "archivar", "atendidos", filas, **datos)
    assert set(Documento.objects.values_list("estado", "ubicacion_fisica")) == {
        ("ARCHIVADO", "Archivador 14")
    }


def test_the_whole_view_is_taken_with_its_filters(o):
    urgentes = [make_derivada(o, es_urgente=True) for _ in range(2)]
    make_derivada(o)
    respuesta = lote(
        como(o.ana), "recibir", "por-recibir", urgentes[:1], toda_la_vista="f=urgentes", confirmado=False
    )
    assert "Recibir 2 documentos" in respuesta.content.decode()


@pytest.mark.parametrize(("cuantas", "pasa"), [(MAX_LOTE, True), (MAX_LOTE + 1, False)])
def test_limit_of_a_batch(o, cuantas, pasa):
    client = como(o.ana)
    respuesta = lote(
        client, "recibir", "por-recibir", range(1_000_000, 1_000_000 + cuantas), confirmado=False
    )
    if pasa:
        assert respuesta.status_code == 200
    else:
        assert f"Se eligen hasta {MAX_LOTE} documentos" in client.get(respuesta["Location"]).content.decode()


def test_nothing_chosen_comes_back_with_a_message(o):
    client = como(o.ana)
    respuesta = lote(client, "recibir", "por-recibir", [])
    assert "Elige al menos un documento" in client.get(respuesta["Location"]).content.decode()


@pytest.mark.parametrize(
    ("accion", "bandeja"), [("archivar", "por-recibir"), ("nada", "por-recibir"), ("recibir", "inventada")]
)
def test_acts_a_tray_does_not_allow_are_404(o, accion, bandeja):
    assert lote(como(o.ana), accion, bandeja, [1]).status_code == 404


def test_batches_are_posted(o):
    assert como(o.ana).get(reverse("derivations:lote", args=["recibir"])).status_code == 405


def test_strange_ids_are_ignored(o):
    fila, otra = make_derivada(o), make_derivada(o)
    ids = [fila.pk, "abc", "-1", "9" * 30, otra.pk, fila.pk]
    lote(como(o.ana), "recibir", "por-recibir", ids)
    assert estados() == [Estado.RECIBIDO] * 2
