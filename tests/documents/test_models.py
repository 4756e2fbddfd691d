"""Every named constraint of documents: the database refuses what breaks it, and the model words it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from documents.models import (
    AccesoReservado,
    Archivamiento,
    ArchivoAdjunto,
    ArchivoEnEspera,
    Categoria,
    Correlativo,
    Nota,
    PausaPlazo,
    PresenciaArea,
    ReglaArea,
    Remitente,
)
from tests.factories import make_documento, make_oficina
from tests.restricciones import comprobar, con, nombres_de, otra

pytestmark = pytest.mark.django_db


def _gemelo(o, **over):
    """A document not saved yet, with a number and codes of its own."""
    documento = make_documento(o)
    documento.refresh_from_db()
    propio = {
        "numero": 77,
        "numero_expediente": "EXP-2026-000077",
        "codigo_interno": "MP2600000770",
        "codigo_qr": "Z" * 26,
        "llave_registro": None,
    }
    return otra(documento, **(propio | over))


def _externo_repetido(o):
    make_documento(o, origen_externo="PIDE", id_externo="0000000001")
    return _gemelo(o, origen_externo="PIDE", id_externo="0000000001")


def _su_relacionado(o):
    documento = make_documento(o)
    return con(documento, expediente_relacionado=documento)


def _archivamiento_doble(o):
    datos = {"documento": make_documento(o), "serie": o.serie_documental, "archivado_en": timezone.now()}
    Archivamiento.objects.create(**datos)
    return Archivamiento(**datos)


def _archivo(o, **over):
    datos = {
        "documento": make_documento(o),
        "nombre": "a.pdf",
        "tipo_mime": "application/pdf",
        "peso_bytes": 1,
        "hash_archivo": "a" * 64,
        "ruta": "aa/aa",
    }
    return ArchivoAdjunto(**(datos | over))


def _dos_principales(o):
    uno = _archivo(o, es_principal=True)
    uno.save()
    return otra(uno, hash_archivo="b" * 64)


def _en_espera(o, **over):
    datos = {"nombre": "a.pdf", "tipo_mime": "application/pdf", "peso_bytes": 1, "hash_archivo": "a" * 64}
    return ArchivoEnEspera(ruta="aa/aa", **(datos | over))


def _guardada(fila):
    fila.save()
    return otra(fila)


def _dos_pausas(o):
    datos = {"documento": make_documento(o), "motivo": "por subsanar", "base_legal": "art. 136"}
    PausaPlazo.objects.create(desde=date(2026, 11, 18), **datos)
    return PausaPlazo(desde=date(2026, 11, 19), **datos)


FILAS = {
    "documento_numero_unico": (
        lambda o: _gemelo(o, numero=1, anio=timezone.localdate().year),
        "Ese número ya fue dado en la serie y el año.",
    ),
    "documento_externo_unico": (_externo_repetido, "Ese documento externo ya está registrado."),
    "documento_folios_positivos": (
        lambda o: _gemelo(o, numero_folios=0),
        "Escribe los folios, por ejemplo 46: un documento tiene al menos uno.",
    ),
    "documento_asunto_escrito": (lambda o: _gemelo(o, asunto=""), "Escribe el asunto."),
    "documento_estado_conocido": (lambda o: _gemelo(o, estado="PERDIDO"), "El estado no existe."),
    "documento_prioridad_conocida": (lambda o: _gemelo(o, prioridad="YA"), "La prioridad no existe."),
    "documento_externo_completo": (
        lambda o: _gemelo(o, id_externo="77", origen_externo=""),
        "Un identificador externo necesita su origen.",
    ),
    "documento_no_es_su_relacionado": (
        _su_relacionado,
        "Un expediente no puede relacionarse consigo mismo.",
    ),
    "documento_presentado_antes_de_recibido": (
        lambda o: _gemelo(o, fecha_presentacion=timezone.now() + timedelta(hours=1)),
        "La recepción no puede ser anterior a la presentación.",
    ),
    "presenciaarea_unica": (
        lambda o: PresenciaArea(documento=make_documento(o), area=o.mesa),
        "El área ya consta en el documento.",
    ),
    "accesoreservado_unico": (
        lambda o: AccesoReservado(documento=make_documento(o, reservado=True), usuario=o.ventanilla),
        "Esa persona ya puede ver el documento.",
    ),
    "archivamiento_vigente_unico": (_archivamiento_doble, "El documento ya está en el archivo."),
    "archivoenespera_con_dueno": (_en_espera, "Un archivo en espera es de alguien."),
    "archivoadjunto_un_principal": (_dos_principales, "El documento ya tiene un archivo principal."),
    "archivoadjunto_hash_sha256": (
        lambda o: _archivo(o, hash_archivo="A" * 64),
        "La huella del archivo no es un SHA-256.",
    ),
    "categoria_unica_por_tipo": (
        lambda o: _guardada(Categoria(tipo_documento=o.sol, nombre="Vehículos")),
        "Ese tipo ya tiene una categoría con ese nombre.",
    ),
    "reglaarea_con_condicion": (
        lambda o: ReglaArea(area=o.legal),
        "Una regla necesita al menos una condición: tipo, categoría o palabras.",
    ),
    "correlativo_unico": (
        lambda o: _guardada(Correlativo(serie=o.serie, anio=1999)),
        "Ya hay un correlativo para esa serie y ese año.",
    ),
    "remitente_identidad_unica": (
        lambda o: Remitente(tipo_identidad="RUC", numero=o.remitente.numero, nombre="Otra"),
        "Ya hay un remitente con ese documento.",
    ),
    "remitente_numero_segun_tipo": (
        lambda o: Remitente(tipo_identidad="DNI", numero="123", nombre="Otra"),
        "El número no corresponde al tipo de documento de identidad.",
    ),
    "remitente_con_nombre": (
        lambda o: Remitente(tipo_identidad="DNI", numero="41234567"),
        "Escribe el nombre o la razón social.",
    ),
    "nota_con_texto": (lambda o: Nota(documento=make_documento(o), autor=o.ana), "Escribe la nota."),
    "pausaplazo_una_abierta": (_dos_pausas, "El plazo ya está en pausa."),
    "pausaplazo_fechas_en_orden": (
        lambda o: PausaPlazo(
            documento=make_documento(o),
            desde=date(2026, 11, 18),
            hasta=date(2026, 11, 17),
            motivo="x",
            base_legal="y",
        ),
        "La pausa no puede terminar antes de empezar.",
    ),
}


@pytest.mark.parametrize("nombre", sorted(nombres_de("documents") | set(FILAS)))
def test_a_broken_constraint_is_refused_by_name_and_in_spanish(nombre):
    assert nombre in FILAS, f"{nombre} needs a row in FILAS"
    hacer, mensaje = FILAS[nombre]
    comprobar(nombre, hacer(make_oficina()), mensaje)


IDENTIDADES = [
    ("DNI", "41234567", True),
    ("DNI", "4123456", False),
    ("DNI", "412345678", False),
    ("RUC", "20448310290", True),
    ("RUC", "30448310290", False),
    ("RUC", "2044831029", False),
    ("CE", "001234567", True),
    ("CE", "0012345678AB", True),
    ("CE", "00123456", False),
    ("CE", "0012345678ABC", False),
    ("PAS", "AB123", True),
    ("PAS", "AB12", False),
    ("PTP", "001234567", True),
    ("PTP", "0012345678", False),
    ("SIN", "", True),
    ("SIN", "1", False),
    ("XXX", "1", False),
]


@pytest.mark.parametrize(("tipo", "numero", "cabe"), IDENTIDADES)
def test_both_ends_of_each_identity_number(tipo, numero, cabe):
    fila = Remitente(tipo_identidad=tipo, numero=numero, nombre="Quispe Mamani, Juan")
    if cabe:
        fila.save()
    elif len(numero) > 12:
        with pytest.raises(Exception, match="varying"):
            fila.save()
    else:
        comprobar(
            "remitente_numero_segun_tipo", fila, "El número no corresponde al tipo de documento de identidad."
        )


def test_restored_archives_and_closed_pauses_may_repeat():
    o = make_oficina()
    datos = {"documento": make_documento(o), "serie": o.serie_documental, "archivado_en": timezone.now()}
    Archivamiento.objects.create(restaurado_en=timezone.now(), **datos)
    Archivamiento.objects.create(restaurado_en=timezone.now(), **datos)
    Archivamiento.objects.create(**datos)
    pausa = {"documento": datos["documento"], "motivo": "x", "base_legal": "y", "desde": date(2026, 11, 18)}
    PausaPlazo.objects.create(hasta=date(2026, 11, 18), **pausa)
    PausaPlazo.objects.create(**pausa)
