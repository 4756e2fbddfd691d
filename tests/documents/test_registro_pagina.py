"""The registration screen through its forms, without JavaScript."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Evento
from derivations.services import derivar_documento
from documents.models import (
    ArchivoAdjunto,
    ArchivoEnEspera,
    Borrador,
    Categoria,
    Documento,
    ReglaArea,
    Remitente,
    TipoDocumento,
)
from tests.documents.test_api import pdf
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida, make_remitente

URL = "/registrar/"


pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def clerk(o):
    cliente = Client()
    cliente.force_login(o.ventanilla)
    return cliente


def datos(o, **over):
    return {
        "llave": str(uuid.uuid4()),
        "doc": o.remitente.numero,
        "tipo": o.sol.pk,
        "numero": "S/N",
        "fecha": "20/11/2026",
        "folios": "46",
        "anexos": "0",
        "asunto": "Solicito constancia",
        "prioridad": "NORMAL",
        "accion": "registrar",
    } | over


def texto(respuesta):
    return respuesta.content.decode()


def test_the_screen_opens_with_its_usual_values(clerk):
    cuerpo = texto(clerk.get(URL))
    assert 'value="S/N"' in cuerpo
    assert "Registrar e imprimir cargo" in cuerpo
    assert 'name="folios" value' not in cuerpo


def test_the_types_most_used_at_the_window_come_first(o, clerk):
    def grupos():
        return clerk.get(URL).context["form"].fields["tipo"].choices

    assert [t[0] for t in grupos()] == list(TipoDocumento.objects.values_list("pk", flat=True))
    for tipo in (o.queja, o.oficio, o.oficio):
        make_documento(o, tipo_documento=tipo)
    viejos = [make_documento(o, tipo_documento=o.denuncia).pk for _ in range(3)]
    hace_mucho = timezone.now() - timedelta(days=31)
    Documento.objects.filter(pk__in=viejos).update(fecha_presentacion=hace_mucho, fecha_recepcion=hace_mucho)
    make_documento(o, tipo_documento=o.sol, actor=o.jefa)
    (_, usados), (_, demas) = grupos()
    assert [t[0] for t in usados] == [o.oficio.pk, o.queja.pk]
    assert {t[0] for t in demas} == {o.sol.pk, o.denuncia.pk, o.informativo.pk}
    assert clerk.post(URL, datos(o, tipo=o.queja.pk)).status_code == 302


def test_a_known_person_is_registered_and_the_receipt_page_follows(o, clerk):
    respuesta = clerk.post(URL, datos(o))
    documento = Documento.objects.get()
    assert respuesta.status_code == 302
    assert respuesta.url == reverse("documents:registrado", kwargs={"pk": documento.pk})
    pagina = texto(clerk.get(respuesta.url))
    assert documento.numero_expediente in pagina
    assert "data-imprimir-auto" in pagina
    assert documento.remitente == o.remitente
    assert documento.ventanilla == o.ventanilla1


def test_a_new_dni_is_created_in_the_same_act(o, clerk):
    clerk.post(URL, datos(o, doc="01318842", nombre="Grimaldo Ccallo Flores", correo="g@correo.pe"))
    persona = Remitente.objects.get(numero="01318842")
    assert (persona.tipo_identidad, persona.nombre, persona.correo) == (
        "DNI",
        "Grimaldo Ccallo Flores",
        "g@correo.pe",
    )
    assert Documento.objects.get().correo_avisos == "g@correo.pe"


def test_a_person_without_document_gives_only_a_name(o, clerk):
    clerk.post(URL, datos(o, doc="", sin_documento="1", nombre="Quien denuncia"))
    assert Documento.objects.get().remitente.tipo_identidad == "SIN"


@pytest.mark.parametrize(
    ("cambio", "mensaje"),
    [
        ({"folios": ""}, "Escribe los folios, por ejemplo 46"),
        ({"folios": "0"}, "Escribe los folios, por ejemplo 46"),
        ({"folios": "tres"}, "Escribe los folios, por ejemplo 46"),
        ({"asunto": "  "}, "Escribe el asunto"),
        ({"asunto": "a" * 501}, "el máximo es 500"),
        ({"doc": ""}, "Escribe el DNI, RUC o CE"),
        ({"doc": "1234567"}, "pasaporte" and "nombre"),
        ({"doc": "20448310291"}, "último dígito del RUC"),
        ({"doc": "30448310290"}, "empieza con 10, 15, 16, 17 o 20"),
        ({"doc": "01318842"}, "primera vez que viene"),
        ({"fecha": "31/02/2026"}, "no es una fecha"),
        ({"fecha": "01/01/2099"}, "posterior a hoy"),
        ({"area": "ZZZ"}, "No hay un área activa"),
        ({"procedimiento": "XX-99"}, "No hay un procedimiento"),
        ({"relacionado": "EXP-1999-000001"}, "No encontramos el expediente"),
        ({"correo": "no es correo"}, "Escribe el correo completo"),
        ({"plazo_dias": "0"}, "Escribe los días hábiles"),
    ],
)
def test_a_mistake_says_how_to_mend_it_and_loses_nothing(o, clerk, cambio, mensaje):
    respuesta = clerk.post(URL, datos(o, observaciones="lo que escribí") | cambio)
    assert respuesta.status_code == 422
    cuerpo = texto(respuesta)
    assert mensaje in cuerpo
    assert "<title>Error:" in cuerpo
    assert "lo que escribí" in cuerpo
    for valor in cambio.values():
        assert valor.strip() in cuerpo
    assert not Documento.objects.exists()


@pytest.mark.parametrize(("asunto", "estado"), [("a" * 500, 302), ("a", 302)])
def test_both_ends_of_the_subject(o, clerk, asunto, estado):
    assert clerk.post(URL, datos(o, asunto=asunto)).status_code == estado


def test_the_procedure_fills_subject_area_instruction_and_term(o, clerk):
    clerk.post(URL, datos(o, procedimiento="TR-07", asunto=""))
    documento = Documento.objects.get()
    assert documento.asunto == "Habilitación vehicular por incremento"
    assert documento.area_sugerida == o.transportes
    assert documento.instruccion_prevista == "Evaluar requisitos del TUPA"
    assert documento.plazo_dias == 10
    assert documento.requisitos.count() == 3


def test_the_whole_text_of_the_procedure_box_is_understood(o, clerk):
    clerk.post(URL, datos(o, procedimiento=str(o.procedimiento)))
    assert Documento.objects.get().procedimiento == o.procedimiento


def test_with_observation_notes_what_is_missing(o, clerk):
    primero = o.procedimiento.requisitos.first()
    clerk.post(
        URL,
        datos(
            o, procedimiento="TR-07", requisitos=[primero.pk], accion="observar", faltantes="Copia del DNI"
        ),
    )
    documento = Documento.objects.get()
    assert documento.estado == "OBSERVADO"
    assert documento.observacion.faltantes == ["SOAT vigente", "Pago por derecho de trámite", "Copia del DNI"]
    assert documento.cargo.datos["observacion"]["faltantes"] == documento.observacion.faltantes


def test_observing_without_anything_missing_is_refused(o, clerk):
    respuesta = clerk.post(URL, datos(o, accion="observar"))
    assert respuesta.status_code == 422
    assert "Escribe qué falta" in texto(respuesta)
    assert not Documento.objects.exists()


def test_a_rule_suggests_the_area_and_the_clerk_may_change_it(o, clerk):
    ReglaArea.objects.create(palabras="liberación, internamiento", area=o.legal)
    clerk.post(URL, datos(o, asunto="LIBERACION de vehículo"))
    clerk.post(URL, datos(o, asunto="Liberación de vehículo", area="Caminos (DC)"))
    areas = list(Documento.objects.order_by("numero").values_list("area_sugerida__sigla", flat=True))
    assert areas == ["AJ", "DC"]


def test_files_posted_with_the_form_are_attached_the_first_as_main(o, clerk):
    uno, otro = pdf(), pdf()
    otro.seek(0)
    otro = type(otro)("anexo.pdf", uno.read() + b"\n% otro", "application/pdf")
    uno.seek(0)
    clerk.post(URL, datos(o) | {"archivos": [uno, otro]})
    archivos = list(ArchivoAdjunto.objects.order_by("orden"))
    assert [a.es_principal for a in archivos] == [True, False]
    assert not ArchivoEnEspera.objects.exists()


def test_a_staged_file_survives_a_mistake_in_the_form(o, clerk):
    respuesta = clerk.post(URL, datos(o, folios="") | {"archivos": [pdf()]})
    assert respuesta.status_code == 422
    en_espera = ArchivoEnEspera.objects.get()
    assert str(en_espera.pk) in texto(respuesta)
    clerk.post(URL, datos(o, adjunto_ids=[str(en_espera.pk)]))
    assert Documento.objects.get().archivos.get().es_principal


def test_a_refused_file_says_why_and_keeps_the_form(o, clerk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    malo = SimpleUploadedFile("virus.pdf", b"<html><script>", "application/pdf")
    respuesta = clerk.post(URL, datos(o, asunto="Lo escrito") | {"archivos": [malo]})
    assert respuesta.status_code == 422
    assert "virus" in texto(respuesta) and "Lo escrito" in texto(respuesta)
    assert not Documento.objects.exists()


def test_a_category_of_another_type_is_refused(o, clerk):
    ajena = Categoria.objects.create(tipo_documento=o.oficio, nombre="Circular")
    respuesta = clerk.post(URL, datos(o, categoria=ajena.pk))
    assert "no es de Solicitud" in texto(respuesta)


def test_tags_annexes_and_related_are_kept(o, clerk):
    otro = make_documento(o)
    clerk.post(
        URL,
        datos(
            o,
            etiquetas="Urgente, ruta , urgente",
            detalle_anexos="SOAT 4\nCITV",
            relacionado=str(otro.numero),
        ),
    )
    documento = Documento.objects.exclude(pk=otro.pk).get()
    assert documento.etiquetas == ["urgente", "ruta"]
    assert documento.detalle_anexos == [{"nombre": "SOAT", "folios": 4}, {"nombre": "CITV", "folios": None}]
    assert documento.numero_anexos == 2
    assert documento.expediente_relacionado == otro


def test_the_same_key_gives_the_same_document(o, clerk):
    mismos = datos(o)
    assert clerk.post(URL, mismos).url == clerk.post(URL, mismos).url
    assert Documento.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_press_at_the_same_time_registers_once(o):
    mismos, urls = datos(o), []

    def pulsar():
        cliente = Client()
        cliente.force_login(o.ventanilla)
        urls.append(cliente.post(URL, mismos).url)
        connection.close()

    hilos = [threading.Thread(target=pulsar) for _ in range(4)]
    [h.start() for h in hilos]
    [h.join() for h in hilos]
    assert len(set(urls)) == 1 and len(urls) == 4
    assert Documento.objects.count() == 1


def test_the_search_button_finds_the_person_without_scripts(o, clerk):
    respuesta = clerk.post(URL, datos(o, accion="buscar", asunto="No se pierde"))
    assert respuesta.status_code == 200
    assert o.remitente.nombre in texto(respuesta) and "No se pierde" in texto(respuesta)
    assert not Documento.objects.exists()


def test_a_person_is_found_by_name_and_chosen(o, clerk):
    respuesta = clerk.post(URL, datos(o, accion="buscar", doc="virgen copac"))
    assert f'value="{o.remitente.pk}"' in texto(respuesta)
    elegido = clerk.post(
        URL, datos(o, doc="virgen copac") | {"elegir_remitente": o.remitente.pk, "accion": ""}
    )
    assert "Remitente encontrado" in texto(elegido)


def test_the_look_up_fragment_knows_and_does_not_know(o, clerk):
    url = reverse("documents:remitente-buscar")
    assert o.remitente.nombre in texto(clerk.get(url, {"doc": o.remitente.numero}))
    assert "primera vez que viene" in texto(clerk.get(url, {"doc": "01318842"}))


def test_the_rail_warns_of_a_duplicate_and_never_stops(o, clerk):
    ya = make_documento(o, asunto="Habilitación vehicular ruta Puno Juliaca")
    url = reverse("documents:registrar-lateral")
    cuerpo = texto(
        clerk.get(
            url,
            {
                "doc": o.remitente.numero,
                "tipo": o.sol.pk,
                "asunto": "habilitacion vehicular ruta puno juliaca",
            },
        )
    )
    assert ya.numero_expediente in cuerpo
    assert clerk.post(URL, datos(o, asunto=ya.asunto)).status_code == 302


def test_the_draft_is_kept_offered_and_forgotten_when_registered(o, clerk):
    clerk.post(reverse("documents:borrador"), datos(o, asunto="A medias"))
    assert Borrador.objects.get(usuario=o.ventanilla).datos["asunto"] == "A medias"
    assert "Recuperarlo" in texto(clerk.get(URL))
    assert "A medias" in texto(clerk.get(URL + "?borrador"))
    clerk.post(URL, datos(o))
    assert not Borrador.objects.exists()


def test_the_draft_can_be_discarded(o, clerk):
    clerk.post(reverse("documents:borrador"), datos(o))
    clerk.post(reverse("documents:borrador"), {"accion": "descartar"})
    assert not Borrador.objects.exists()


def test_who_may_not_register_is_refused_and_recorded(o, client):
    client.force_login(o.ana)
    assert client.get(URL).status_code == 403
    assert client.post(URL, datos(o)).status_code == 403
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.ana).count() == 2


def test_repeating_the_sender_brings_the_person_back(o, clerk):
    make_documento(o)
    assert o.remitente.nombre in texto(clerk.get(URL + "?repetir"))


def test_a_reserved_document_is_seen_only_by_who_is_named(o, clerk):
    clerk.post(URL, datos(o, tipo=o.denuncia.pk, personas=[o.luis.pk]))
    documento = Documento.objects.get()
    assert documento.reservado
    assert set(documento.accesos.values_list("usuario__username", flat=True)) == {"ventanilla", "luis"}


def test_opening_the_receipt_page_again_registers_and_prints_nothing(o, clerk):
    documento = make_documento(o)
    url = reverse("documents:registrado", kwargs={"pk": documento.pk})
    clerk.get(url)
    clerk.get(reverse("documents:cargo-pdf", kwargs={"pk": documento.pk}))
    assert "data-imprimir-auto" not in texto(clerk.get(url))
    assert Documento.objects.count() == 1


def test_the_second_printing_says_it_is_a_reprint(o, clerk):
    documento = make_documento(o)
    url = reverse("documents:cargo", kwargs={"pk": documento.pk})
    assert "REIMPRESIÓN" not in texto(clerk.get(url))
    assert "REIMPRESIÓN 1" in texto(clerk.get(url))


def test_an_area_user_may_not_print_the_receipt(o, client):
    documento = make_recibida(o).documento
    client.force_login(o.ana)
    assert client.get(reverse("documents:cargo-pdf", kwargs={"pk": documento.pk})).status_code == 403


def test_an_unknown_format_is_refused(o, clerk):
    documento = make_documento(o)
    respuesta = clerk.get(reverse("documents:cargo-pdf", kwargs={"pk": documento.pk}), {"formato": "rollo"})
    assert respuesta.status_code == 422
    assert documento.cargo.impresiones == 0


def test_the_persons_page_lists_only_visible_papers(o, clerk, client):
    make_documento(o)
    url = reverse("documents:remitente", kwargs={"pk": o.remitente.pk})
    assert "EXP" in texto(clerk.get(url)) or "2026" in texto(clerk.get(url))
    client.force_login(o.eva)
    assert client.get(url).status_code == 403


def test_the_number_of_a_person_is_veiled_for_who_does_not_have_their_paper(o, client):
    persona = make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
    papel = make_documento(o, remitente=persona, firmante_nombre="Quien firma", firmante_documento="45678912")
    make_recibida(o, documento=papel)
    paginas = [
        reverse("documents:remitente", args=[persona.pk]),
        reverse("documents:detalle", args=[papel.pk]),
        f"{reverse('documents:buscar')}?persona={persona.pk}",
        f"{reverse('documents:sugerencias')}?q=yeny",
    ]

    def numeros(usuario):
        client.force_login(usuario)
        todas = [texto(client.get(url)) for url in paginas]
        assert all(("01318842" in t) != ("DNI ••••8842" in t) for t in todas)
        assert ("45678912" in todas[1]) != ("••••8912" in todas[1])
        return ["01318842" in t for t in todas]

    assert numeros(o.ventanilla) == numeros(o.lector) == numeros(o.jefa) == [True] * 4
    assert numeros(o.ana) == [True, True, False, False]  # her area has it now
    derivar_documento(
        documento_id=papel.pk, area_destino=o.legal, instrucciones="Opinar", actor=o.ana, folios=46
    )
    assert numeros(o.ana) == [False] * 4
    assert numeros(o.luis) == [True, True, False, False]
    client.force_login(o.ana)
    assert persona.nombre in texto(client.get(reverse("documents:buscar"), {"q": "01318842"}))


def test_the_number_of_a_person_is_whole_though_the_paper_of_the_area_is_far_down_the_list(o, client):
    persona = make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
    papel = make_recibida(o, documento=make_documento(o, remitente=persona)).documento
    for _ in range(26):
        make_derivada(
            o, documento=make_documento(o, remitente=persona), destino=o.legal, copias=[o.transportes]
        )
    client.force_login(o.ana)
    url = reverse("documents:remitente", args=[persona.pk])
    assert "01318842" in texto(client.get(url))
    derivar_documento(
        documento_id=papel.pk, area_destino=o.legal, instrucciones="Opinar", actor=o.ana, folios=46
    )
    assert "01318842" not in texto(client.get(url))


def test_the_number_of_a_company_is_public(o, client):
    papel = make_recibida(o).documento
    derivar_documento(
        documento_id=papel.pk, area_destino=o.legal, instrucciones="Opinar", actor=o.ana, folios=46
    )
    client.force_login(o.ana)
    assert o.remitente.numero in texto(client.get(reverse("documents:remitente", args=[o.remitente.pk])))


def test_a_corrected_person_keeps_before_and_after(o, clerk):
    url = reverse("documents:remitente-editar", kwargs={"pk": o.remitente.pk})
    nuevos = {"tipo_identidad": "RUC", "numero": o.remitente.numero, "nombre": "Otro nombre S.A.C."}
    assert clerk.post(url, nuevos).status_code == 302
    evento = Evento.objects.get(tipo="remitente_editado")
    assert evento.antes["nombre"] == o.remitente.nombre and evento.despues["nombre"] == "Otro nombre S.A.C."
    malo = clerk.post(url, nuevos | {"numero": "20448310291"})
    assert malo.status_code == 422 and "último dígito" in texto(malo)
