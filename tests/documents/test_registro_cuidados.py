"""What must never go wrong at the window: the wrong sender, a lost file, a paper registered twice."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import Evento
from documents.files.espera import poner_en_espera
from documents.identidad import digito_ruc
from documents.models import ArchivoEnEspera, Borrador, Documento, Remitente
from documents.services import guardar_borrador
from organization.models import Usuario
from tests.concurrency_util import a_la_vez
from tests.documents.test_api import pdf
from tests.documents.test_registro_pagina import URL, datos, texto
from tests.factories import make_documento, make_oficina, make_remitente

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def clerk(o):
    cliente = Client()
    cliente.force_login(o.ventanilla)
    return cliente


def otro_pdf(nombre):
    """A PDF of its own content: a comment after the end makes each name another file."""
    original = pdf()
    return SimpleUploadedFile(nombre, original.read() + f"% {nombre}\n".encode(), "application/pdf")


def ruc_de(diez):
    return diez + digito_ruc(diez)


def test_a_number_typed_later_is_believed_over_the_person_found_before(o, clerk):
    """The first eight digits of a RUC may be somebody's DNI; the card of that person came while typing."""
    vecina = make_remitente(tipo_identidad="DNI", numero=o.remitente.numero[:8], nombre="Vecina Homónima")
    respuesta = clerk.post(
        reverse("documents:remitente-buscar"), {"doc": o.remitente.numero, "remitente": vecina.pk}
    )
    assert o.remitente.nombre in texto(respuesta)
    clerk.post(URL, datos(o, remitente=str(vecina.pk)))
    assert Documento.objects.get().remitente == o.remitente


def test_a_natural_persons_ruc_is_not_their_dni(o, clerk):
    persona = make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Yeny Pari Ticona")
    ruc = ruc_de("1001318842")
    clerk.post(URL, datos(o, doc=ruc, remitente=str(persona.pk), nombre="Yeny Pari, bodega"))
    assert Documento.objects.get().remitente.numero == ruc


def test_someone_without_document_does_not_stay_under_a_number(o, clerk):
    anciana = make_remitente(tipo_identidad="SIN", numero="", nombre="Anciana de Acora")
    clerk.post(URL, datos(o, remitente=str(anciana.pk)))
    assert Documento.objects.get().remitente == o.remitente


@pytest.mark.parametrize("escrito", ["", "Anciana de Acora"])
def test_someone_without_document_chosen_by_name_stays(o, clerk, escrito):
    anciana = make_remitente(tipo_identidad="SIN", numero="", nombre="Anciana de Acora")
    clerk.post(URL, datos(o, doc=escrito, remitente=str(anciana.pk)))
    assert Documento.objects.get().remitente == anciana


@pytest.mark.parametrize("doc", ["0131884", "013188421", "2044831029", "204483102900"])
def test_digits_in_the_wrong_quantity_are_a_slip(o, clerk, doc):
    respuesta = clerk.post(URL, datos(o, doc=doc, nombre="Quien sea"))
    if len(doc) == 9:  # a CE
        assert respuesta.status_code == 302
        return
    assert respuesta.status_code == 422
    assert f"Un DNI tiene 8 dígitos y un RUC 11; escribiste {len(doc)}." in texto(respuesta)
    assert not Remitente.objects.filter(numero=doc).exists()


def test_a_passport_of_digits_is_taken_when_its_kind_is_chosen(o, clerk):
    respuesta = clerk.post(URL, datos(o, doc="1234567", tipo_identidad="PAS", nombre="John Smith"))
    assert respuesta.status_code == 302
    assert Remitente.objects.get(numero="1234567").tipo_identidad == "PAS"


def test_a_refused_registration_creates_no_person(o, clerk):
    respuesta = clerk.post(
        URL, datos(o, doc="45678912", nombre="Nadie Aún", accion="observar", faltantes=" ")
    )
    assert respuesta.status_code == 422
    assert not Remitente.objects.filter(numero="45678912").exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_person_without_document(o):
    cuerpo = datos(o, doc="", sin_documento="1", nombre="Anciana de Acora")

    def pulsar():
        cliente = Client()
        cliente.force_login(Usuario.objects.get(pk=o.ventanilla.pk))
        return cliente.post(URL, cuerpo)["Location"]

    assert len(set(a_la_vez(pulsar, pulsar))) == 1
    assert Documento.objects.count() == Remitente.objects.filter(nombre="Anciana de Acora").count() == 1


def espera(o, usuario=None):
    return poner_en_espera(usuario=usuario or o.ventanilla, subida=otro_pdf("escaner.pdf"), para="principal")


def test_a_second_press_after_the_files_were_used_goes_to_the_first_document(o, clerk):
    cuerpo = datos(o, adjunto_ids=[str(espera(o).pk)])
    primero = clerk.post(URL, cuerpo)
    segundo = clerk.post(URL, cuerpo | {"folios": ""})  # even when the form itself would no longer pass
    assert primero["Location"] == segundo["Location"]
    assert Documento.objects.count() == 1


def test_the_key_of_another_person_opens_nothing_of_theirs(o, clerk):
    ajeno = make_documento(o, llave=uuid.uuid4(), actor=o.jefa)
    respuesta = clerk.post(URL, datos(o, llave=str(ajeno.llave_registro), folios=""))
    assert respuesta.status_code == 422


def test_a_file_no_longer_staged_is_told_not_forgotten(o, clerk):
    puesto = espera(o)
    ArchivoEnEspera.objects.all().delete()
    respuesta = clerk.post(URL, datos(o, adjunto_ids=[str(puesto.pk)]))
    assert respuesta.status_code == 422
    assert "Vuelve a adjuntarlo" in texto(respuesta)
    assert not Documento.objects.exists()


def test_the_file_of_another_person_cannot_be_taken(o, clerk):
    ajeno = espera(o, o.ana)
    assert clerk.post(URL, datos(o, adjunto_ids=[str(ajeno.pk)])).status_code == 422
    assert ArchivoEnEspera.objects.filter(pk=ajeno.pk).exists()


def test_looking_a_person_up_keeps_the_files(o, clerk):
    puesto = espera(o)
    respuesta = clerk.post(
        URL, datos(o, accion="buscar", adjunto_ids=[str(puesto.pk)], archivos=[otro_pdf("otro.pdf")])
    )
    assert respuesta.status_code == 200
    assert "escaner.pdf" in texto(respuesta) and "otro.pdf" in texto(respuesta)


def test_the_recovered_draft_brings_its_files(o, clerk):
    clerk.post(reverse("documents:borrador"), datos(o, adjunto_ids=[str(espera(o).pk)]))
    assert "escaner.pdf" in texto(clerk.get(f"{URL}?borrador"))


def test_a_draft_that_arrives_late_does_not_come_back(o, clerk):
    cuerpo = datos(o)
    clerk.post(URL, cuerpo)
    clerk.post(reverse("documents:borrador"), cuerpo)
    assert not Borrador.objects.exists()


@pytest.mark.parametrize("basura", ["abc", "²", "9" * 30, "-1", "1;drop"])
def test_rubbish_in_the_address_breaks_nothing(o, clerk, basura):
    campos = {c: basura for c in ("tipo", "categoria", "remitente", "plazo_dias", "adjunto_ids", "llave")}
    for nombre in ("registrar-lateral", "remitente-buscar"):
        assert clerk.get(reverse(f"documents:{nombre}"), campos).status_code == 200
        assert clerk.post(reverse(f"documents:{nombre}"), campos).status_code == 200
    assert clerk.get(URL, {"remitente": basura}).status_code == 200
    assert clerk.post(URL, datos(o, **campos, elegir_remitente=basura)).status_code == 422
    guardar_borrador(usuario=o.ventanilla, datos=campos | {"requisitos": ["x"], "adjunto_ids": ["x"]})
    assert clerk.get(f"{URL}?borrador").status_code == 200


@pytest.mark.parametrize(
    ("escrito", "nombre", "folios"),
    [
        ("SOAT 4", "SOAT", 4),
        ("SOAT, 4 folios", "SOAT", 4),
        ("Tarjeta de propiedad (2)", "Tarjeta de propiedad", 2),
        ("Voucher", "Voucher", None),
        ("Anexo 1", "Anexo 1", None),
        ("anexo n° 2", "anexo n° 2", None),
    ],
)
def test_lines_of_annexes_are_read_as_written(o, clerk, escrito, nombre, folios):
    clerk.post(URL, datos(o, detalle_anexos=escrito))
    documento = Documento.objects.get()
    assert documento.detalle_anexos == [{"nombre": nombre, "folios": folios}]
    assert documento.numero_anexos == 1


def test_more_annexes_listed_than_counted_is_refused(o, clerk):
    cuerpo = datos(o, anexos="1", detalle_anexos="SOAT 4\nCITV 1")
    respuesta = clerk.post(URL, cuerpo)
    assert "Detallaste 2 anexos y escribiste 1" in texto(respuesta)
    assert clerk.post(URL, cuerpo | {"anexos": "2"}).status_code == 302


@pytest.mark.parametrize(("folios", "estado"), [("1", 302), ("100000", 302), ("0", 422), ("100001", 422)])
def test_both_ends_of_the_folios(o, clerk, folios, estado):
    assert clerk.post(URL, datos(o, folios=folios)).status_code == estado


@pytest.mark.parametrize(("dias", "estado"), [("1", 302), ("1000", 302), ("0", 422), ("1001", 422)])
def test_both_ends_of_the_term(o, clerk, dias, estado):
    assert clerk.post(URL, datos(o, plazo_dias=dias)).status_code == estado


def test_a_superuser_without_area_registers_in_the_mesa_de_partes(o):
    jefa = Usuario.objects.create_superuser("raiz", password="x")
    cliente = Client()
    cliente.force_login(jefa)
    assert cliente.post(URL, datos(o)).status_code == 302
    assert Documento.objects.get().area_registro == o.mesa


def test_opening_the_receipt_page_of_a_reserved_paper_leaves_a_trace(o, clerk):
    documento = make_documento(o, reservado=True)
    clerk.get(reverse("documents:registrado", args=[documento.pk]))
    assert Evento.objects.filter(tipo="reservado_visto", documento_id=documento.pk).count() == 1


def test_the_rail_knows_one_requirement_from_several(o, clerk):
    url = reverse("documents:registrar-lateral")
    ids = [str(r.pk) for r in o.procedimiento.requisitos.all()]
    base = {"tipo": o.sol.pk, "procedimiento": "TR-07"}
    assert "Faltan 3 requisitos." in texto(clerk.post(url, base))
    assert "Falta 1 requisito." in texto(clerk.post(url, base | {"requisitos": ids[:2]}))
    assert "Falta" not in texto(clerk.post(url, base | {"requisitos": ids}))


def test_the_rail_tells_where_an_empty_area_goes(o, clerk):
    url = reverse("documents:registrar-lateral")
    base = {"tipo": o.sol.pk, "procedimiento": "TR-07"}
    assert "(vacía: va a TPC, por TR-07)" in texto(clerk.post(url, base))
    assert "(sugerida TPC, por TR-07)" in texto(clerk.post(url, base | {"area": "AJ"}))


def test_a_name_nobody_has_can_go_without_document(o, clerk):
    url = reverse("documents:remitente-buscar")
    assert "Nadie tiene ese nombre" in texto(clerk.post(url, {"doc": "Zoila Quispe"}))
    cuerpo = texto(clerk.post(url, {"doc": "Zoila Quispe", "sin_documento": "1"}))
    assert 'name="nombre" value="Zoila Quispe"' in cuerpo
