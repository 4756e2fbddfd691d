"""Every situation of a document x every act x every role, through the doors: only what the law and the roles allow.

The tables in `estados_tabla` are written by hand, never read from the code: a transition or a power added by mistake
fails here.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory

from core.errors import Conflicto, DatosInvalidos, Prohibido
from core.models import Evento
from derivations.constants import TRANSICIONES as PASOS_DERIVACION
from derivations.models import Derivacion
from derivations.services import atender_derivacion
from derivations.views.actos import Acusar, Asignar, Atender, Devolver, Recibir, Recuperar
from derivations.views.derivar import Derivar
from documents.constants import TRANSICIONES as PASOS_DOCUMENTO
from documents.files.espera import poner_en_espera
from documents.models import ArchivoEnEspera, Documento, Observacion
from documents.permissions import documento_visible_o_404, exigir
from documents.services import archivar_documento, observar_documento
from documents.views import acciones
from organization.calendar import hoy_lima
from organization.models import Feriado
from tests.documents.files_util import pdf, subida
from tests.estados_situaciones import SITUACIONES, devuelto, restaurado
from tests.estados_tabla import ACTOS, DERIVACION, DOCUMENTO, ROLES, esperado
from tests.factories import make_derivada, make_documento, make_oficina

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("tabla", "pasos"), [(DOCUMENTO, PASOS_DOCUMENTO), (DERIVACION, PASOS_DERIVACION)])
def test_the_table_of_transitions_is_the_one_of_the_domain(tabla, pasos):
    assert {str(desde): {str(h) for h in hacia} for desde, hacia in pasos.items()} == {
        desde: set(hacia.split()) for desde, hacia in tabla.items()
    }


# --- the doors, without their templates ---------------------------------------------------------------------------

CAMPOS = {
    "observar": {"faltantes": ["SOAT vigente"]},
    "subsanar": {"detalle": "trajo el SOAT"},
    "no-presentado": {},
    "suspender": {"motivo": "Espera al titular", "base_legal": "art. 136", "sustento": ""},
    "reanudar": {"detalle": ""},
    "recalcular": {"motivo": "DS de feriado"},
    "archivar": {"clasificacion": "", "ubicacion_fisica": "A-1", "observaciones": ""},
    "restaurar": {"motivo": "Apelación"},
    "reabrir": {"motivo": "Apelación"},
    "anular": {"motivo": "Duplicado"},
    "editar": {"motivo": "Error de tipeo"},
    "adjuntar": {"clase": "ANEXO", "detalle": ""},
    "nota": {"texto": "Llamar al titular"},
    "acceso": {},
    "recibir": {"folios": 46, "observaciones": ""},
    "devolver": {"motivo": "No corresponde"},
    "recuperar": {"motivo": "Área equivocada"},
    "atender": {"resultado": "PROCEDENTE", "observaciones": "", "sin_respuesta_motivo": "se entregó"},
    "acusar": {},
    "derivar": {
        "instrucciones": "Atender",
        "copias": [],
        "plazo_interno_dias": None,
        "es_urgente": False,
        "con_original": True,
        "folios": None,
    },
    "asignar": {},
}
DE_DOCUMENTO = {v.nombre: v for v in acciones._ACTOS}
DE_DERIVACION = {v.nombre: v for v in (Recibir, Devolver, Recuperar, Asignar, Atender, Acusar, Derivar)}


def intentar(o, usuario, acto, s, archivo):
    """What the door of an act does between the request and the template."""
    request = RequestFactory().post("/")
    request.user = usuario
    datos = dict(CAMPOS[acto])
    if acto in DE_DOCUMENTO:
        vista = DE_DOCUMENTO[acto]()
        vista.setup(request, pk=s.documento_id)
        vista.documento = documento_visible_o_404(
            usuario, s.documento_id
        )  # the joins are only for the template
        vista.ids = [archivo(usuario)] if acto == "adjuntar" else []
        if acto == "archivar":
            datos["serie"] = o.serie_documental
        if acto == "acceso":
            datos["persona"] = o.luis
        exigir(vista.permitido(), usuario=usuario, accion=acto, documento=vista.documento)
        form = SimpleNamespace(cleaned_data=datos, cambios=lambda: {"asunto": "Otro asunto"})
        return vista.ejecutar(form)
    vista = DE_DERIVACION[acto]()
    vista.setup(request)
    vista.cargar(s.documento_id if acto == "derivar" else s.derivacion_id)
    exigir(vista.permitido(), usuario=usuario, accion=acto, documento=vista.documento)
    vista.comprobar()
    if acto == "derivar":
        datos["area_destino"] = o.caminos
    if acto == "asignar":
        datos["persona"] = o.ana
    return vista.hacer(datos)


def estado_de(error):
    return 404 if isinstance(error, Http404) else error.estado_http


# What belongs to a document and an act may touch.
HIJAS = (
    "derivaciones",
    "pausas",
    "archivamientos",
    "notas",
    "archivos",
    "accesos",
    "presencias",
    "requisitos",
)


def rapida(documento_id):
    """The row and its trace, enough where the door closed before any service."""
    return {
        "documento": Documento.objects.values().get(pk=documento_id),
        "eventos": list(
            Evento.objects.filter(documento_id=documento_id)
            .exclude(tipo="acceso_denegado")
            .order_by("secuencia")
            .values("tipo", "hash")
        ),
    }


def foto(documento_id):
    """Everything of the document, as stored."""
    documento = Documento.objects.get(pk=documento_id)
    return {
        **rapida(documento_id),
        **{hija: list(getattr(documento, hija).order_by("pk").values()) for hija in HIJAS},
        "observacion": list(Observacion.objects.filter(documento=documento).values()),
    }


ABIERTA_SEGUN_ESTADO = {"DERIVADO": ["PENDIENTE"], "EN_PROCESO": ["RECIBIDO"], "SUSPENDIDO": ["RECIBIDO"]}

DE_UNA_VEZ = ("PENDIENTE", "DERIVADA")  # what came back is received by the act of sending it on


def comprobar_coherencia(antes, despues):
    """A done act wrote its event, moved only along the tables, and left one owner or none as its state says."""
    assert len(despues["eventos"]) > len(antes["eventos"])
    desde, hacia = antes["documento"]["estado"], despues["documento"]["estado"]
    assert desde == hacia or hacia in DOCUMENTO[desde]
    previas = {d["id"]: d["estado"] for d in antes["derivaciones"]}
    for fila in despues["derivaciones"]:
        previa = previas.get(fila["id"])
        paso = (previa, fila["estado"])
        assert previa in (None, fila["estado"]) or paso[1] in DERIVACION[previa].split() or paso == DE_UNA_VEZ
    abiertas = [
        d["estado"]
        for d in despues["derivaciones"]
        if not d["es_copia"] and d["estado"] in ("PENDIENTE", "RECIBIDO")
    ]
    assert abiertas == ABIERTA_SEGUN_ESTADO.get(hacia, [])
    assert len([p for p in despues["pausas"] if p["hasta"] is None]) == (hacia in ("OBSERVADO", "SUSPENDIDO"))


class Deshacer(Exception):
    """Ends an attempt: the next one finds the situation as it was."""


@pytest.fixture(scope="module")
def un_pdf():
    return pdf(marca="respuesta")


@pytest.mark.parametrize("nombre", SITUACIONES)
def test_only_the_paths_of_the_domain_succeed(nombre, un_pdf):
    o = make_oficina()
    s = SITUACIONES[nombre](o)
    # A holiday declared after the term was computed: from now on recalculating moves it.
    dia = hoy_lima() + timedelta(days=1)
    for n in range(9):
        Feriado.objects.create(
            fecha=dia + timedelta(days=n), nombre="Duelo", tipo="REGIONAL", fuente_legal="DS", ambito=""
        )
    subido = poner_en_espera(usuario=o.jefa, subida=subida(un_pdf), para="principal")

    def archivo(usuario):
        fila = ArchivoEnEspera.objects.get(pk=subido.pk)
        fila.pk, fila._state.adding, fila.usuario = ArchivoEnEspera().pk, True, usuario
        fila.save()
        return str(fila.pk)

    fallas = []
    antes = foto(s.documento_id)
    for acto in ACTOS:
        if s.derivacion_id is None and acto in DE_DERIVACION and acto != "derivar":
            continue
        for rol, quien in ROLES.items():
            resultado, estado = esperado(acto, nombre, rol, s)
            hubo = ""
            try:
                with transaction.atomic():
                    try:
                        with transaction.atomic():  # the request's
                            intentar(o, getattr(o, quien), acto, s, archivo)
                        hubo = "bien"
                    except (Http404, Conflicto, Prohibido, DatosInvalidos) as error:
                        hubo = estado_de(error)
                    despues = rapida(s.documento_id) if hubo in (403, 404) else foto(s.documento_id)
                    if hubo == "bien":
                        comprobar_coherencia(antes, despues)
                        final = despues["documento"]["estado"]
                        if final != (estado or antes["documento"]["estado"]):
                            hubo = f"bien, pero queda {final}"
                    elif any(despues[parte] != antes[parte] for parte in despues):
                        hubo = f"{hubo}, pero cambió algo"
                    raise Deshacer
            except Deshacer:
                pass
            except Exception as error:  # noqa: BLE001 every failure of the matrix is listed, not only the first
                hubo = repr(error)[:200]
            if hubo != resultado:
                fallas.append(f"{acto} como {rol}: se esperaba {resultado}, fue {hubo}")
    assert not fallas, "\n".join(fallas)


def test_a_return_is_in_the_tray_of_who_sent_it():
    """DOMAIN 1.3: a rejected derivation that is in nobody's tray."""
    o = make_oficina()
    s = devuelto(o)
    assert Derivacion.objects.por_recibir([o.mesa.pk]).filter(documento=s.documento_id).count() == 1
    assert not Derivacion.objects.por_recibir([o.transportes.pk]).filter(documento=s.documento_id).exists()


def test_the_archive_can_be_done_twice_after_a_restore():
    """DOMAIN 1.3: archive that cannot be done twice after a restore."""
    o = make_oficina()
    s = restaurado(o)
    abierta = Derivacion.objects.abiertas().get(documento=s.documento_id)
    atender_derivacion(
        derivacion_id=abierta.pk, resultado="PROCEDENTE", sin_respuesta_motivo="se entregó", actor=o.ana
    )
    archivar_documento(documento_id=s.documento_id, serie=o.serie_documental, actor=o.jefa)
    documento = Documento.objects.get(pk=s.documento_id)
    assert documento.estado == "ARCHIVADO"
    assert documento.archivamientos.count() == 2
    assert documento.archivamientos.filter(restaurado_en=None).count() == 1


def test_attending_before_receiving_is_refused_and_keeps_the_reception_time():
    """DOMAIN 1.3: attending from PENDIENTE and losing the reception time."""
    o = make_oficina()
    derivacion = make_derivada(o)
    with pytest.raises(Conflicto, match="aún no ha sido recibido"):
        atender_derivacion(
            derivacion_id=derivacion.pk, resultado="PROCEDENTE", sin_respuesta_motivo="x", actor=o.ana
        )
    derivacion.refresh_from_db()
    assert (derivacion.estado, derivacion.fecha_recepcion, derivacion.fecha_atencion) == (
        "PENDIENTE",
        None,
        None,
    )


def test_the_correction_keeps_the_date_of_presentation():
    o = make_oficina()
    documento = make_documento(o)
    antes = Documento.objects.get(pk=documento.pk)
    observar_documento(documento_id=documento.pk, faltantes=["SOAT"], actor=o.ventanilla)
    acciones.services.subsanar_documento(documento_id=documento.pk, detalle="trajo", actor=o.ventanilla)
    despues = Documento.objects.get(pk=documento.pk)
    assert despues.estado == "REGISTRADO"
    assert despues.fecha_presentacion == antes.fecha_presentacion
    assert despues.fecha_legal == antes.fecha_legal
    assert despues.fecha_limite >= antes.fecha_limite
    assert isinstance(despues.fecha_limite, date)
