"""What clerks type finds first what they mean, among hundreds of subjects that share its words."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse

from documents.codes import codigo_interno
from documents.identidad import digito_ruc
from documents.models import Documento, PresenciaArea
from mesapartes.datos import palabras
from tests.factories import make_documento, make_oficina, make_remitente

pytestmark = pytest.mark.django_db


def _ruc(n, diez=None):
    diez = diez or f"20601234{n:02d}"
    return diez + digito_ruc(diez)


RUC_PERSONA, RUC_PERLA = _ruc(0, "1044556677"), _ruc(1)
PERSONAS = {
    "ñahui": ("DNI", "44556677", "María Elena Quispe Ñahui"),
    "nunez": ("DNI", "41223344", "José Núñez Peña"),
    "nina": ("DNI", "42334455", "Rosa Quispe Mamani"),
    "perla": ("RUC", _ruc(1), "Empresa de Transportes Perla del Lago Taraco S.A.C."),
    "rapido": ("RUC", _ruc(2), "Transportes El Rápido del Sur S.R.L."),
    "ugel": ("RUC", _ruc(3), "UGEL Melgar"),
    "muni": ("RUC", _ruc(4), "Municipalidad Distrital de Ácora"),
    "colegio": ("RUC", _ruc(5), "I.E.S. Gran Unidad Escolar San Carlos"),
    "comunic": ("RUC", _ruc(6), "Comunicaciones Andinas E.I.R.L."),
}
# key: (type, number of the paper, person, subject)
PAPELES = {
    "habilita": (
        "sol",
        "S/N",
        "perla",
        "Habilitación vehicular por incremento de flota, placa V1A-234",
    ),
    "sustitu": (
        "sol",
        "S/N",
        "rapido",
        "Habilitación vehicular por sustitución de la unidad de placa ABC-123",
    ),
    "tarjeta": ("sol", "S/N", "ñahui", "Duplicado de la tarjeta única de circulación por pérdida"),
    "licencia": ("sol", "S/N", "nunez", "Recategorización de licencia de conducir a la categoría A-IIIc"),
    "licencia2": ("sol", "S/N", "nina", "Revalidación de licencia de conducir, categoría A-IIb"),
    "interes": ("sol", "S/N", "nina", "Pago de intereses legales y beneficios sociales según sentencia"),
    "oficio": (
        "oficio",
        "OFICIO N° 0123-2026-UGEL-M",
        "ugel",
        "Solicita apoyo con maquinaria para la losa deportiva",
    ),
    "oficio2": ("oficio", "124-2026", "ugel", "Invitación a la ceremonia por el aniversario institucional"),
    "carta": (
        "oficio",
        "Carta 045-2025/MDA",
        "muni",
        "Remite el expediente técnico del puente de Chancachi",
    ),
    "notifica": ("oficio", "S/N", "muni", "Se notificó la resolución directoral que declara la nulidad"),
    "remite": (
        "oficio",
        "S/N",
        "colegio",
        "El director remitió la relación de estudiantes para el paseo al Cusco",
    ),
    "valoriza": (
        "sol",
        "S/N",
        "comunic",
        "Pago de la valorización n.º 7 por S/ 14,980.50 del contrato 696-2025-GR",
    ),
    "queja": (
        "sol",
        "S/N",
        "ñahui",
        "Queja por defecto de tramitación: demora injustificada al entregar mi tarjeta",
    ),
    "acceso": (
        "sol",
        "S/N",
        "nunez",
        "Acceso a la información pública: copia de las actas de control de 2024",
    ),
    "papeleta": (
        "sol",
        "S/N",
        "rapido",
        "Descargo contra el acta de control D-004512 impuesta en el km 79+000",
    ),
    "camion": (
        "sol",
        "S/N",
        "nina",
        "Internamiento de camiones en el depósito oficial, liberación del vehículo",
    ),
    "pais": ("oficio", "S/N", "ugel", "Pasantía en otros países para docentes de inglés"),
    "yunguyo": ("sol", "S/N", "muni", "Mantenimiento rutinario del camino vecinal Yunguyo - Copani"),
}
PREGUNTAS = [
    # numbers of ours
    ("4182", "habilita"),
    ("2026-4182", "habilita"),
    ("4182-2026", "habilita"),
    ("EXP-2026-004182", "habilita"),
    ("exp 2026/4182", "habilita"),
    ("Exp. N° 4182-2026", "habilita"),
    ("mp 26 0 004182 x", "habilita"),
    # numbers of the paper, plates, amounts
    ("Oficio 123-2026", "oficio"),
    ("oficio n° 0123 ugel", "oficio"),
    ("OFICIO Nº 124-2026", "oficio2"),
    ("carta 45-2025", "carta"),
    ("V1A-234", "habilita"),
    ("v1a 234", "habilita"),
    ("V1A234", "habilita"),
    ("abc123", "sustitu"),
    ("14980.50", "valoriza"),
    ("14,980.50", "valoriza"),
    ("contrato 696-2025-GR", "valoriza"),
    ("acta D-4512", "papeleta"),
    ("km 79+000", "papeleta"),
    # identity
    ("44556677 queja", "queja"),
    (RUC_PERLA, "habilita"),
    (f"{RUC_PERLA[:2]}-{RUC_PERLA[2:10]}-{RUC_PERLA[10]}", "habilita"),
    (RUC_PERSONA, "queja"),
    # names: no accents, any order, without the company's kind, with it, unfinished
    ("nunez pena", "acceso"),
    ("NÚÑEZ José", "acceso"),
    ("quispe nahui", "queja"),
    ("ñahui maria", "queja"),
    ("transportes perla del lago", "habilita"),
    ("perla del lago sac", "habilita"),
    ("Perla del Lago S. A. C.", "habilita"),
    ("rapido del sur srl", "papeleta"),
    ("municipalidad acora", "yunguyo"),
    ("ies san carlos", "remite"),
    ("perl lag tarac", "habilita"),
    # subjects: no accents, plurals, other endings, phrases, spacing
    ("habilitacion vehicular incremento flota", "habilita"),
    ("HABILITACIONES VEHICULARES SUSTITUCIÓN rapido", "sustitu"),
    ("tarjetas unicas circulacion duplicado ñahui", "tarjeta"),
    ("licencia  de   conducir aiiic nuñez", "licencia"),
    ("licencia a iii c peña", "licencia"),
    ("interes legal", "interes"),
    ("intereses legales", "interes"),
    ("notificar nulidad", "notifica"),
    ("notificacion de la nulidad", "notifica"),
    ("notifíquese nulidad", "notifica"),
    ("remitir relacion de estudiantes", "remite"),
    ("camion deposito", "camion"),
    ("pais ingles", "pais"),
    ("quejas tramitacion nahui", "queja"),
    ("Queja por defecto de tramitación: demora injustificada al entregar mi tarjeta", "queja"),
    ("copia de actas de control 2024", "acceso"),
    ("yunguyo-copani", "yunguyo"),
    ("comunicaciones andinas", "valoriza"),
    ("oficio ugel maquinaria", "oficio"),
]


@pytest.fixture
def o():
    return make_oficina()


@pytest.fixture
def papeles(o):
    """The papers written above, oldest first, under 260 newer generated ones."""
    personas = {
        clave: make_remitente(tipo_identidad=tipo, numero=numero, nombre=nombre)
        for clave, (tipo, numero, nombre) in PERSONAS.items()
    }
    azar = random.Random(7)
    clases = list(palabras.ASUNTOS)
    filas = [
        {"tipo_documento": getattr(o, tipo), "numero_documento_externo": numero, "asunto": asunto}
        | {"remitente": personas[persona], "remitente_nombre": personas[persona].nombre}
        for tipo, numero, persona, asunto in PAPELES.values()
    ]
    filas += [
        {"asunto": palabras.asunto(azar, clases[n % len(clases)]), "remitente": o.remitente}
        | {"remitente_nombre": palabras.persona(azar) if n % 3 else palabras.empresa(azar)}
        | {"numero_documento_externo": f"{n:03d}-2025", "tipo_documento": o.oficio if n % 2 else o.sol}
        for n in range(260)
    ]
    molde = make_documento(o, asunto="Molde")
    comunes = {
        campo.attname: getattr(molde, campo.attname)
        for campo in Documento._meta.concrete_fields
        if not campo.generated and not campo.primary_key
    }
    desde = molde.fecha_recepcion - timedelta(days=400)
    documentos = []
    for n, fila in enumerate(filas):
        fecha = desde + timedelta(days=n)
        base = comunes | {
            "fecha_recepcion": fecha,
            "fecha_presentacion": fecha,
            "numero": 4182 + n,
            "anio": 2026,
        }
        base |= {"codigo_interno": codigo_interno(2026, "0", 4182 + n), "llave_registro": None}
        base |= {"numero_expediente": f"EXP-2026-{4182 + n:06d}", "codigo_qr": f"{n:026d}"}
        for campo in fila:
            base.pop(f"{campo}_id", None)
        documentos.append(Documento(**base | fila))
    Documento.objects.bulk_create(documentos)
    PresenciaArea.objects.bulk_create(PresenciaArea(documento=d, area=o.mesa) for d in documentos)
    return {clave: documento.pk for clave, documento in zip(PAPELES, documentos, strict=False)}


def primero(client, texto):
    """Id of the first result of the page, also where it goes straight to the record; None without results."""
    respuesta = client.get(reverse("documents:buscar"), {"q": texto})
    if respuesta.status_code == 302:
        return int(respuesta["Location"].rstrip("/").rsplit("/", 1)[-1])
    return next((d.pk for d in respuesta.context["pagina"]), None)


def test_each_question_finds_first_what_is_meant(o, client, papeles):
    client.force_login(o.lector)
    por_pk = {pk: clave for clave, pk in papeles.items()}
    fallas = []
    for texto, clave in PREGUNTAS:
        hallado = primero(client, texto)
        if por_pk.get(hallado, hallado) != clave:
            otro = por_pk.get(hallado) or Documento.objects.filter(pk=hallado).first()
            fallas.append(f"{texto!r}: {clave}, not {otro} {getattr(otro, 'asunto', '')}")
    assert not fallas, "\n".join(fallas)


@pytest.mark.parametrize(
    ("escribiendo", "clave"),
    [
        ("habilitacion vehicular sustituci", "sustitu"),
        ("duplicado de la tarj", "tarjeta"),
        ("revalidaci", "licencia2"),
        ("chancach", "carta"),
        ("oficio 123", "oficio"),
        ("intereses leg", "interes"),
    ],
)
def test_a_word_being_typed_already_finds_it(o, client, papeles, escribiendo, clave):
    client.force_login(o.lector)
    respuesta = client.get(reverse("documents:sugerencias"), {"q": escribiendo})
    assert papeles[clave] in [d.pk for d in respuesta.context["documentos"]]


@pytest.mark.parametrize(
    "texto", ["de", "de la", "y", "!!!", "((((", "& | ! :*", "<->", "%", "_", "\\", "'", "🙂"]
)
def test_what_cannot_be_searched_says_what_to_write(o, client, papeles, texto):
    client.force_login(o.lector)
    cuerpo = client.get(reverse("documents:buscar"), {"q": texto}).content.decode()
    assert "no basta para buscar" in cuerpo
    assert "Escribe un nombre, una palabra del asunto, un número, un DNI o un RUC." in cuerpo


@pytest.mark.parametrize(
    ("texto", "dicho"), [("x" * 201, "200"), ("a\x00b", "nul"), ("habilitación\x00", "nul")]
)
def test_what_is_refused_says_why(o, client, texto, dicho):
    client.force_login(o.lector)
    respuesta = client.get(reverse("documents:buscar"), {"q": texto})
    assert respuesta.status_code == 200
    assert dicho in str(respuesta.context["form"].errors["q"]).lower()


@pytest.mark.parametrize(
    "texto",
    [
        "licencia' OR '1'='1",
        "'; DROP TABLE documents_documento; --",
        "licencia & !conducir",
        "licencia <-> conducir:*",
        "!licencia",
        "licencia:A | zzzz",
        '"licencia',
        "licencia) UNION SELECT 1",
    ],
)
def test_operators_and_sql_are_only_words_and_signs(o, client, papeles, texto):
    client.force_login(o.lector)
    respuesta = client.get(reverse("documents:buscar"), {"q": texto})
    assert respuesta.status_code == 200
    sugeridas = client.get(reverse("documents:sugerencias"), {"q": texto})
    assert sugeridas.status_code == 200
    assert Documento.objects.count() == len(PAPELES) + 261


def test_too_many_words_are_told(o, client, papeles):
    client.force_login(o.lector)
    muchas = "queja por defecto de tramitación demora entrega tarjeta " + " ".join(
        f"sobra{n}" for n in range(9)
    )
    cuerpo = client.get(reverse("documents:buscar"), {"q": muchas}).content.decode()
    assert "No hay resultados" in cuerpo and "12 primeras palabras" in cuerpo
    repetidas = client.get(reverse("documents:buscar"), {"q": "tarjeta " * 24})
    assert repetidas.context["pagina"] and "12 primeras" not in repetidas.content.decode()
