"""The record's page and the page that explains its term."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Evento
from documents.constants import Estado, EstadoProceso
from documents.files.espera import poner_en_espera
from documents.models import ArchivoAdjunto, Documento, PausaPlazo
from documents.presentacion import (
    MAXIMO_DE_CELDAS,
    celdas_de,
    dias_de_pausa,
    dias_hasta,
    poner_plazos,
    reloj_de,
    titulo_de,
)
from documents.services import agregar_nota, dar_acceso, observar_documento, suspender_plazo
from organization.calendar import cargar_calendario, hoy_lima
from tests.documents.files_util import pdf, subida
from tests.factories import make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def ver(client):
    def _ver(usuario, documento, nombre="detalle", **datos):
        client.force_login(usuario)
        encabezados = datos.pop("headers", None)
        url = reverse(f"documents:{nombre}", args=[getattr(documento, "pk", documento)])
        return client.get(url, datos, headers=encabezados)

    return _ver


def archivo(o, nombre="solicitud.pdf", usuario=None, paginas=1):
    return str(
        poner_en_espera(
            usuario=usuario or o.ventanilla, subida=subida(pdf(paginas), nombre), para="principal"
        ).pk
    )


class TestWhoSees:
    def test_an_area_sees_what_is_or_was_there(self, o, ver):
        derivacion = make_recibida(o)
        assert ver(o.ana, derivacion.documento).status_code == 200
        assert ver(o.ventanilla, derivacion.documento).status_code == 200
        assert ver(o.lector, derivacion.documento).status_code == 200

    @pytest.mark.parametrize("nombre", ["detalle", "plazo"])
    def test_an_outsider_gets_404_and_leaves_a_trace(self, o, ver, nombre):
        documento = make_recibida(o).documento
        respuesta = ver(o.eva, documento, nombre)
        assert respuesta.status_code == 404
        assert documento.asunto not in respuesta.content.decode()
        denegado = Evento.objects.get(tipo="acceso_denegado")
        assert (denegado.documento_id, denegado.actor) == (documento.pk, o.eva)

    @pytest.mark.parametrize("pk", [999_999, 10**18, 10**25])
    def test_an_unknown_number_is_404_without_trace(self, o, ver, pk):
        assert ver(o.ana, pk).status_code == 404
        assert not Evento.objects.filter(tipo="acceso_denegado").exists()

    def test_a_reserved_one_is_for_the_named_only(self, o, ver):
        documento = make_documento(o, tipo_documento=o.denuncia)
        for ajeno in (o.jefa, o.lector, o.admin, o.ana):
            assert ver(ajeno, documento).status_code == 404
        assert ver(o.ventanilla, documento).status_code == 200
        dar_acceso(documento_id=documento.pk, usuarios=[o.jefa], actor=o.ventanilla)
        texto = ver(o.jefa, documento).content.decode()
        assert "Reservado" in texto and "Rosmery Prueba" in texto

    def test_each_opening_of_a_reserved_one_is_recorded(self, o, ver):
        documento, publico = make_documento(o, tipo_documento=o.denuncia), make_documento(o)
        ver(o.ventanilla, documento)
        ver(o.ventanilla, documento)
        ver(o.ventanilla, publico)
        vistos = Evento.objects.filter(tipo="reservado_visto")
        assert [(v.documento_id, v.actor) for v in vistos] == [(documento.pk, o.ventanilla)] * 2

    def test_anonymous_goes_to_the_log_in(self, o, client):
        respuesta = client.get(reverse("documents:detalle", args=[make_documento(o).pk]))
        assert respuesta.status_code == 302 and "/entrar/" in respuesta["Location"]


class TestPage:
    def test_it_says_what_matters(self, o, ver):
        documento = make_documento(
            o, procedimiento=o.procedimiento, ubicacion_fisica="Archivador 14", etiquetas=["rutas"]
        )
        texto = ver(o.ventanilla, documento).content.decode()
        for dicho in (
            documento.numero_expediente,
            "Registrado",
            "Quedan 10 d",
            "Quedan 10 días hábiles",
            "Original en Archivador 14",
            "rutas",
            "TR-07, silencio positivo",
            "Falta digitalizar",
            documento.codigo_interno,
            "SOAT vigente" if documento.requisitos.exists() else "Notas internas",
        ):
            assert dicho in texto, dicho
        assert texto.count("<h1>") == 1
        assert not re.search(r'\sstyle="|\son\w+="|<script>', texto)

    def test_the_citizens_key_and_token_are_never_on_the_page(self, o, ver):
        documento = make_documento(o)
        texto = ver(o.ventanilla, documento).content.decode()
        assert documento.clave not in texto and documento.codigo_qr not in texto

    def test_what_people_wrote_is_escaped(self, o, ver):
        documento = make_documento(o, asunto="<script>alert(1)</script>", etiquetas=["<b>x"])
        agregar_nota(documento_id=documento.pk, texto="<img src=x>", actor=o.ventanilla)
        texto = ver(o.ventanilla, documento).content.decode()
        assert "<script>alert" not in texto and "<img src=x>" not in texto and "<b>x" not in texto

    def test_forbidden_acts_are_absent_and_impossible_ones_explained(self, o, ver):
        documento = make_recibida(o).documento
        de_area = ver(o.ana, documento).content.decode()
        assert "Suspender plazo" in de_area
        assert "Anular expediente" not in de_area and "Archivar" not in de_area
        supervisora = ver(o.jefa, documento).content.decode()
        assert "Anular expediente" in supervisora
        assert "Se archiva lo atendido; ahora está en proceso." in supervisora
        consulta = ver(o.lector, documento).content.decode()
        botones = consulta.split('class="acc"')[1].split("</form>")[0]
        assert "Seguir" in botones and "#dialogo" not in botones and "Guardar nota" not in consulta

    def test_only_windows_and_supervisors_print_the_receipt(self, o, ver):
        documento = make_recibida(o).documento
        cargo = reverse("documents:cargo", args=[documento.pk])
        assert cargo in ver(o.ventanilla, documento).content.decode()
        assert cargo not in ver(o.ana, documento).content.decode()

    def test_observed_shows_what_is_missing_and_until_when(self, o, ver):
        documento = make_documento(o)
        observacion = observar_documento(
            documento_id=documento.pk, faltantes=["Pago de derecho"], actor=o.ventanilla
        )
        texto = ver(o.ventanilla, documento).content.decode()
        assert "Pago de derecho" in texto and f"{observacion.vence_el:%d/%m/%Y}" in texto
        assert "En pausa" in texto and "por subsanar (art. 136)" in texto

    def test_related_records_show_only_when_visible(self, o, ver):
        padre = make_recibida(o).documento
        make_documento(o, expediente_relacionado=padre, asunto="Escrito ampliatorio del mismo")
        make_documento(o, expediente_relacionado=padre, tipo_documento=o.denuncia, asunto="Secreto ajeno")
        assert "Escrito ampliatorio del mismo" in ver(o.ventanilla, padre).content.decode()
        texto = ver(o.lector, padre).content.decode()
        assert "Escrito ampliatorio del mismo" in texto and "Secreto ajeno" not in texto
        assert "Escrito ampliatorio del mismo" not in ver(o.ana, padre).content.decode()

    def test_another_reader_is_named(self, o, ver):
        documento = make_recibida(o).documento
        assert "abierto" not in ver(o.ana, documento).content.decode()
        assert "Ana Prueba también lo tiene abierto" in ver(o.jefa, documento).content.decode()

    def test_the_cost_does_not_grow_with_notes_and_files(self, o, ver, django_assert_max_num_queries):
        documento = make_documento(o, archivos=[archivo(o)])
        agregar_nota(documento_id=documento.pk, texto="Nota", actor=o.ventanilla)
        ver(o.ventanilla, documento)
        with django_assert_max_num_queries(60) as pocas:
            ver(o.ventanilla, documento)
        otro = make_documento(o, archivos=[archivo(o, f"{n}.pdf") for n in range(6)])
        for n in range(15):
            agregar_nota(documento_id=otro.pk, texto=f"Nota {n}", actor=o.ventanilla)
        with django_assert_max_num_queries(60) as muchas:
            ver(o.ventanilla, otro)
        assert len(muchas) == len(pocas)


class TestFiles:
    def test_tabs_viewer_and_fragment(self, o, ver):
        documento = make_documento(o, archivos=[archivo(o, "uno.pdf"), archivo(o, "dos.pdf")])
        uno, dos = documento.archivos.all()
        texto = ver(o.ventanilla, documento).content.decode()
        assert f'<iframe src="{reverse("documents:archivo-ver", args=[uno.pk])}' in texto
        assert "sandbox" not in texto and "Expediente de 2 documentos" in texto
        trozo = ver(o.ventanilla, documento, archivo=dos.pk, headers={"HX-Request": "true"})
        cuerpo = trozo.content.decode()
        assert cuerpo.lstrip().startswith("<section") and "HX-Request" in trozo["Vary"]
        assert reverse("documents:archivo-ver", args=[dos.pk]) in cuerpo

    def test_an_unknown_tab_shows_the_main_file(self, o, ver):
        documento = make_documento(o, archivos=[archivo(o)])
        otro = make_documento(o, archivos=[archivo(o, "ajeno.pdf")])
        texto = ver(o.ventanilla, documento, archivo=otro.archivos.get().pk).content.decode()
        assert "ajeno.pdf" not in texto and "solicitud.pdf" in texto

    @pytest.mark.parametrize(
        ("cambios", "dicho", "se_abre"),
        [
            ({}, "En revisión", True),
            ({"estado_proceso": EstadoProceso.LISTO}, "Descargar", True),
            (
                {"estado_proceso": EstadoProceso.CON_PROBLEMA, "problema": "No se pudo leer."},
                "Con problema: No se pudo leer.",
                True,
            ),
            ({"en_cuarentena": True, "problema": "Virus hallado."}, "En cuarentena", False),
            (
                {"estado_proceso": EstadoProceso.LISTO, "problema": "Pide contraseña."},
                "Pide contraseña.",
                True,
            ),
        ],
    )
    def test_each_file_says_its_state(self, o, ver, cambios, dicho, se_abre):
        documento = make_documento(o, archivos=[archivo(o)])
        ArchivoAdjunto.objects.filter(documento=documento).update(**cambios)
        texto = ver(o.ventanilla, documento).content.decode()
        assert dicho in texto
        descarga = reverse("documents:archivo-descargar", args=[documento.archivos.get().pk])
        assert (descarga in texto) is se_abre

    def test_without_files_there_is_a_place_to_drop_them_for_who_may(self, o, ver):
        documento = make_recibida(o).documento
        assert "data-suelta" in ver(o.ana, documento).content.decode()
        consulta = ver(o.lector, documento).content.decode()
        assert "Falta digitalizar" in consulta and "data-suelta" not in consulta


class TestOrigin:
    def test_a_tray_gives_breadcrumb_and_neighbours(self, o, ver):
        documentos = [make_documento(o) for _ in range(3)]
        bandeja = reverse("derivations:bandeja", args=["por-derivar"])
        respuesta = ver(o.ventanilla, documentos[1], desde=bandeja)
        texto = respuesta.content.decode()
        assert f'<a href="{bandeja}" data-tecla="Esc">Por derivar</a>' in texto
        vecinos = {respuesta.context["anterior"], respuesta.context["siguiente"]}
        assert vecinos == {documentos[0].pk, documentos[2].pk}
        assert 'data-tecla="J"' in texto and 'data-tecla="K"' in texto
        primero = ver(o.ventanilla, respuesta.context["anterior"], desde=bandeja)
        assert primero.context["anterior"] is None

    def test_search_results_give_neighbours_too(self, o, ver):
        documentos = [make_documento(o) for _ in range(2)]
        respuesta = ver(o.ventanilla, documentos[0], desde="/buscar/?q=habilitacion")
        assert respuesta.context["anterior"] == documentos[1].pk
        assert respuesta.context["lista_nombre"] == "Buscar"

    @pytest.mark.parametrize(
        "desde",
        [
            "https://malo.example/",
            "//malo.example",
            "javascript:alert(1)",
            "/no-existe/",
            "x" * 3000,
            "/salud/",
        ],
    )
    def test_a_foreign_origin_is_ignored(self, o, ver, desde):
        respuesta = ver(o.ventanilla, make_documento(o), desde=desde)
        assert respuesta.status_code == 200 and respuesta.context["desde"] == ""
        assert "malo.example" not in respuesta.content.decode()


class TestTerm:
    def test_the_page_counts_day_by_day(self, o, ver):
        documento = make_documento(o, procedimiento=o.procedimiento)
        respuesta = ver(o.ventanilla, documento, "plazo")
        dias = respuesta.context["dias"]
        assert [d["n"] for d in dias if d["cuenta"]] == list(range(1, 11))
        assert dias[-1]["fecha_iso"] == documento.fecha_limite.isoformat()
        assert "art. 145" in respuesta.content.decode()

    def test_without_term_it_says_so(self, o, ver):
        documento = make_documento(o, tipo_documento=o.informativo)
        assert "Sin plazo legal" in ver(o.ventanilla, documento, "plazo").content.decode()
        texto = ver(o.ventanilla, documento).content.decode()
        assert "Sin plazo" in texto and "¿Por qué esta fecha?" not in texto

    def test_a_suspended_term_shows_the_provisional_count(self, o, ver):
        documento = make_recibida(o).documento
        suspender_plazo(
            documento_id=documento.pk, motivo="Informe de otra", base_legal="art. 137", actor=o.ana
        )
        texto = ver(o.ana, documento, "plazo").content.decode()
        assert "se reanuda hoy" in texto and "Informe de otra" in texto

    @pytest.mark.parametrize(
        ("dias", "dicho"),
        [
            (8, "Quedan 8 días hábiles"),
            (1, "Queda 1 día hábil"),
            (0, "Vence hoy"),
            (-1, "Vencido hace 1 día hábil"),
            (-20, "Vencido hace 20 días hábiles"),
        ],
    )
    def test_words(self, dias, dicho):
        assert titulo_de(dias) == dicho

    def test_overdue_counts_at_once_even_over_a_weekend(self, o):
        viernes = hoy_lima()
        while viernes.weekday() != 4:
            viernes += timedelta(days=1)
        calendario = cargar_calendario(viernes)
        assert dias_hasta(viernes, hoy=viernes, calendario=calendario) == 0
        assert dias_hasta(viernes, hoy=viernes + timedelta(days=1), calendario=calendario) == -1

    def test_strip_marks_passed_today_paused_and_to_go(self, o):
        calendario = cargar_calendario(hoy_lima())
        hoy = hoy_lima()
        dias = calendario.habiles(hoy - timedelta(days=10), hoy + timedelta(days=10))
        pasos = [
            {"fecha": d.isoformat(), "cuenta": i != 1, "clase": "pausa" if i == 1 else "habil"}
            for i, d in enumerate(dias)
        ]
        celdas = celdas_de(pasos, hoy=hoy, calendario=calendario)
        assert celdas[:2] == ["g", "p"] and celdas[-1] == ""
        assert celdas.count("h") == (1 if calendario.es_habil(hoy) else 0)
        largo = celdas_de(pasos * 50, hoy=hoy, calendario=calendario)
        assert len(largo) <= MAXIMO_DE_CELDAS

    def test_finished_ones_tell_how_they_ended(self, o):
        documento = make_documento(o)
        Documento.objects.filter(pk=documento.pk).update(
            estado=Estado.ATENDIDO, fecha_atencion=timezone.now()
        )
        documento.refresh_from_db()
        assert reloj_de(documento).titulo == "Atendido en plazo"
        documento.fecha_limite = hoy_lima() - timedelta(days=9)
        assert reloj_de(documento).titulo == "Atendido fuera de plazo"
        documento.estado = Estado.ANULADO
        assert "no corre plazo" in reloj_de(documento).titulo

    def test_pauses_in_words(self):
        hoy = hoy_lima().replace(month=6, day=10)
        assert dias_de_pausa(PausaPlazo(desde=hoy, hasta=hoy)) == "10/06"
        assert dias_de_pausa(PausaPlazo(desde=hoy, hasta=hoy.replace(day=11))) == "10 y 11/06"
        assert dias_de_pausa(PausaPlazo(desde=hoy, hasta=hoy.replace(day=20))) == "del 10/06 al 20/06"
        assert dias_de_pausa(PausaPlazo(desde=hoy)) == "desde el 10/06"

    def test_one_calendar_serves_a_whole_list(self, o, django_assert_num_queries):
        documentos = [make_documento(o) for _ in range(3)]
        with django_assert_num_queries(1):
            poner_plazos(documentos)
        assert all(d.dias_restantes == 30 for d in documentos)
