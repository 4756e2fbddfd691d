"""The pieces the document's page shows, the sheets, and what every page of derivations keeps."""

import re

import pytest
from django.template import Context, Template
from django.urls import reverse

from core.models import Evento
from derivations.movimientos import FRASES, movimientos_de
from derivations.services import rechazar_derivacion, recibir_derivacion
from documents.constants import Evento as EventoDocumento
from documents.services import agregar_nota
from tests.derivations.paginas_util import HTMX, acto, como
from tests.factories import make_derivada, make_documento, make_recibida

pytestmark = pytest.mark.django_db


def mostrar(fuente, **contexto):
    return Template("{% load derivations_tags %}" + fuente).render(Context(contexto))


class TestPiezas:
    def test_buttons_follow_state_and_role(self, o):
        def de(documento, usuario):
            texto = mostrar("{% actos documento usuario %}", documento=documento, usuario=usuario)
            return re.findall(r'<a class="btn (pri|peligro)?" href="[^"]*/(\w+)/"', texto)

        documento = make_documento(o)
        assert de(documento, o.ventanilla) == [("pri", "derivar")]
        assert de(documento, o.lector) == []
        make_derivada(o, documento=documento, copias=[o.legal])
        documento.refresh_from_db()
        assert de(documento, o.ana) == [("pri", "recibir"), ("", "devolver")]
        assert de(documento, o.ventanilla) == [("pri", "recuperar")]
        assert de(documento, o.luis) == [("pri", "acusar")]
        recibir_derivacion(derivacion_id=documento.derivaciones.principales().get().pk, actor=o.ana)
        documento.refresh_from_db()
        assert de(documento, o.ana) == [("pri", "atender"), ("", "derivar")]
        assert de(documento, o.ventanilla) == []
        assert [n for _, n in de(documento, o.jefa)] == ["atender", "derivar", "asignar", "acusar"]

    def test_who_has_it_in_words(self, o):
        documento = make_documento(o)
        assert "Lo tiene <b>Mesa de Partes</b>, sin asignar" in mostrar("{% quien_lo_tiene d %}", d=documento)
        derivacion = make_derivada(o, documento=documento)
        documento.refresh_from_db()
        en_camino = mostrar("{% quien_lo_tiene d %}", d=documento)
        assert (
            "En camino de <b>Mesa de Partes</b> a <b>Transporte" in en_camino
            and "aún no lo recibe" in en_camino
        )
        rechazar_derivacion(derivacion_id=derivacion.pk, motivo="no", actor=o.ana)
        documento.refresh_from_db()
        assert "Devuelto por <b>Transporte" in mostrar("{% quien_lo_tiene d %}", d=documento)

    def test_history_reads_newest_first_with_quotes_and_names(self, o):
        derivacion = make_derivada(o, copias=[o.legal])
        recibir_derivacion(
            derivacion_id=derivacion.pk, folios=45, observaciones="falta la hoja 12", actor=o.ana
        )
        texto = mostrar("{% movimientos d %}", d=derivacion.documento)
        orden = [texto.index(f"<b>{t}</b>") for t in ("Recibido", "Derivado", "Registrado")]
        assert orden == sorted(orden)
        assert " con 45 folios; se enviaron 46" in texto and "falta la hoja 12" in texto
        assert "a Transporte de Pasajeros y Carga, con copia a Asesoría Jurídica" in texto
        assert "Evaluar requisitos del TUPA" in texto and "Rosmery Prueba, Mesa de Partes" in texto

    def test_history_costs_one_query_and_brings_twenty(self, o, django_assert_num_queries):
        documento = make_documento(o)
        for n in range(25):
            agregar_nota(documento_id=documento.pk, texto=f"nota {n}", actor=o.ana)
        with django_assert_num_queries(1):
            lineas, hay_mas = movimientos_de(documento.pk)
        assert len(lineas) == 20 and hay_mas
        client = como(o.ventanilla)
        ruta = reverse("derivations:movimientos", args=[documento.pk])
        resto = client.get(f"{ruta}?antes={lineas[-1].secuencia}", headers=HTMX).content.decode()
        assert "nota 4" in resto and "nota 5<" not in resto and "Ver anteriores" not in resto
        assert (
            "<h1>Movimientos anteriores"
            in client.get(f"{ruta}?antes={lineas[-1].secuencia}").content.decode()
        )
        assert como(o.luis).get(ruta).status_code == 404

    def test_every_event_has_its_sentence(self):
        from derivations.constants import Evento as EventoDerivacion
        from integrations.constants import Evento as EventoIntegracion

        tipos = {
            valor
            for clase in (EventoDocumento, EventoDerivacion, EventoIntegracion)
            for nombre, valor in vars(clase).items()
            if nombre.isupper() and not nombre.startswith("CREDENCIAL")  # of a connection, not of a document
        }
        assert tipos - set(FRASES) == set()

    @pytest.mark.parametrize("tipo", [*FRASES, "algo_nuevo"])
    def test_a_bare_event_still_reads(self, tipo):
        from derivations.movimientos import movimiento

        linea = movimiento(Evento(tipo=tipo, secuencia=1, documento_id=1))
        assert linea.frase and "None" not in linea.frase and linea.quien == "Sistema"


class TestHojas:
    def test_slip_from_the_sent_tray(self, o):
        fila = make_derivada(o)
        client = como(o.ventanilla)
        respuesta = client.post(reverse("derivations:remision"), {"ids": [fila.pk]}, follow=True)
        texto = respuesta.content.decode()
        assert respuesta.status_code == 200
        assert "HR-" in texto and fila.documento.numero_expediente in texto
        pdf = client.get(respuesta.redirect_chain[-1][0] + "hoja.pdf")
        assert pdf.content.startswith(b"%PDF") and pdf["Content-Type"] == "application/pdf"
        assert "HR-" in client.get(reverse("derivations:remisiones")).content.decode()

    def test_two_destinations_show_a_list_with_both(self, o):
        filas = [make_derivada(o), make_derivada(o, destino=o.legal)]
        respuesta = como(o.ventanilla).post(
            reverse("derivations:remision"), {"ids": [f.pk for f in filas]}, follow=True
        )
        assert respuesta.content.decode().count("Nueva</span>") == 2

    def test_empty_choice_comes_back_with_a_message(self, o):
        respuesta = como(o.ventanilla).post(reverse("derivations:remision"), {}, follow=True)
        assert "Elige al menos un documento" in respuesta.content.decode()

    def test_nobody_prints_the_slip_of_another_area(self, o):
        fila = make_derivada(o)
        assert como(o.ana).post(reverse("derivations:remision"), {"ids": [fila.pk]}).status_code == 403
        respuesta = como(o.ventanilla).post(reverse("derivations:remision"), {"ids": [fila.pk]})
        assert como(o.eva).get(respuesta["Location"]).status_code == 404
        assert como(o.ana).get(respuesta["Location"]).status_code == 200

    def test_movement_sheet_from_the_events(self, o):
        derivacion = make_recibida(o)
        ruta = reverse("derivations:hoja-ruta", args=[derivacion.documento_id])
        texto = como(o.ana).get(f"{ruta}?formato=html").content.decode()
        orden = [texto.index(t) for t in ("Registrado", "Derivado", "Recibido")]
        assert orden == sorted(orden)
        assert como(o.ana).get(ruta).content.startswith(b"%PDF")
        assert como(o.eva).get(ruta).status_code == 404


def test_anonymous_is_sent_to_the_entry(client, o):
    for nombre in ("lector", "contadores", "remisiones"):
        assert client.get(reverse(f"derivations:{nombre}")).status_code == 302


def test_pages_have_one_heading_labels_and_no_inline_code(o):
    documento, derivacion = make_documento(o), make_recibida(o)
    paginas = [
        como(o.ventanilla).get(acto("derivar", documento.pk)),
        como(o.ana).get(acto("atender", derivacion.pk)),
        como(o.jefa).get(acto("asignar", derivacion.pk)),
        como(o.ana).get(reverse("derivations:bandeja", args=["en-proceso"])),
        como(o.ana).get(reverse("derivations:lector")),
        como(o.ventanilla).get(reverse("derivations:remisiones")),
    ]
    for respuesta in paginas:
        texto = respuesta.content.decode()
        assert respuesta.status_code == 200
        assert len(re.findall(r"<h1[ >]", texto)) == 1
        assert not re.search(r'\s(style|on[a-z]+)="', texto)
        etiquetas = set(re.findall(r'<label[^>]* for="([^"]+)"', texto))
        for marca in re.findall(r"<(?:input|select|textarea)\b[^>]*>", texto):
            if 'type="hidden"' in marca or 'type="checkbox"' in marca:
                continue
            assert re.search(r'\sid="([^"]+)"', marca)[1] in etiquetas, marca
