"""Every situation of a document x every act x every role, through the doors: only what the law and the roles allow.

The tables below are written by hand from DOMAIN 3.5 (states) and the roles' powers (REQUIREMENTS R7), never read from
the code: a transition or a power added by mistake fails here.
"""

from dataclasses import dataclass
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
from derivations.services import (
    acusar_copia,
    anular_derivacion,
    atender_derivacion,
    rechazar_derivacion,
)
from derivations.views.actos import Acusar, Asignar, Atender, Devolver, Recibir, Recuperar
from derivations.views.derivar import Derivar
from documents.constants import TRANSICIONES as PASOS_DOCUMENTO
from documents.files.espera import poner_en_espera
from documents.models import ArchivoEnEspera, Documento, Observacion
from documents.permissions import documento_visible_o_404, exigir
from documents.services import (
    anular_documento,
    archivar_documento,
    observar_documento,
    restaurar_documento,
    suspender_plazo,
    tener_por_no_presentado,
)
from documents.views import acciones
from organization.calendar import hoy_lima
from organization.models import Feriado
from tests.documents.files_util import pdf, subida
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db

# --- DOMAIN 3.5, by hand ---------------------------------------------------------------------------------------

DOCUMENTO = {
    "PRESENTADO": "REGISTRADO OBSERVADO ANULADO",
    "REGISTRADO": "DERIVADO OBSERVADO ANULADO",
    "OBSERVADO": "REGISTRADO NO_PRESENTADO ANULADO",
    "NO_PRESENTADO": "",
    "DERIVADO": "EN_PROCESO REGISTRADO ANULADO",
    "EN_PROCESO": "DERIVADO ATENDIDO SUSPENDIDO ANULADO",
    "SUSPENDIDO": "EN_PROCESO ANULADO",
    "ATENDIDO": "ARCHIVADO EN_PROCESO",
    "ARCHIVADO": "EN_PROCESO",
    "ANULADO": "",
}
DERIVACION = {
    "PENDIENTE": "RECIBIDO RECHAZADO ANULADA",
    "RECIBIDO": "DERIVADA ATENDIDO ANULADA",
    "DERIVADA": "RECIBIDO",
    "ATENDIDO": "",
    "RECHAZADO": "",
    "ANULADA": "",
}


@pytest.mark.parametrize(("tabla", "pasos"), [(DOCUMENTO, PASOS_DOCUMENTO), (DERIVACION, PASOS_DERIVACION)])
def test_the_table_of_transitions_is_the_one_of_the_domain(tabla, pasos):
    assert {str(desde): {str(h) for h in hacia} for desde, hacia in pasos.items()} == {
        desde: set(hacia.split()) for desde, hacia in tabla.items()
    }


# --- situations ------------------------------------------------------------------------------------------------


@dataclass
class Situacion:
    """A document, the derivation the acts aim at, and where each of its ends is."""

    documento_id: int
    derivacion_id: int | None = None
    aqui: str = "mesa"
    origen: str = ""
    destino: str = ""
    abierta: bool = False  # the derivation is the open principal one
    visibles: str = "operador supervisor consulta admin"


def _de_mesa(documento):
    return Situacion(documento.pk)


def _en_area(derivacion, **over):
    datos = {
        "aqui": "area",
        "origen": "mesa",
        "destino": "area",
        "abierta": True,
        "visibles": "operador area supervisor consulta admin",
    } | over
    return Situacion(derivacion.documento_id, derivacion.pk, **datos)


def presentado(o):
    documento = make_documento(o)
    Documento.objects.filter(pk=documento.pk).update(estado="PRESENTADO")  # the virtual desk's, not built yet
    return _de_mesa(documento)


def registrado(o):
    return _de_mesa(make_documento(o))


def observado(o):
    return _de_mesa(make_documento(o, faltantes=["SOAT vigente"]))


def observado_vencido(o):
    documento = make_documento(o, faltantes=["SOAT vigente"])
    Observacion.objects.filter(documento=documento).update(vence_el=hoy_lima() - timedelta(days=1))
    return _de_mesa(documento)


def no_presentado(o):
    situacion = observado_vencido(o)
    tener_por_no_presentado(documento_id=situacion.documento_id)
    return situacion


def anulado(o):
    return _de_mesa(anular_documento(documento_id=make_documento(o).pk, motivo="Duplicado", actor=o.jefa))


def derivado(o):
    return _en_area(make_derivada(o))


def retirado(o):
    derivacion = make_derivada(o)
    anular_derivacion(derivacion_id=derivacion.pk, actor=o.ventanilla)
    return _en_area(derivacion, aqui="mesa", abierta=False)


def devuelto(o):
    vuelta = rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo="No corresponde", actor=o.ana)
    return _en_area(vuelta, aqui="mesa", origen="area", destino="mesa")


def en_proceso(o):
    return _en_area(make_recibida(o))


def suspendido(o):
    situacion = en_proceso(o)
    suspender_plazo(documento_id=situacion.documento_id, motivo="x", base_legal="y", actor=o.ana)
    return situacion


def atendido(o):
    derivacion = make_recibida(o)
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="PROCEDENTE", sin_respuesta_motivo="se entregó", actor=o.ana
    )
    return _en_area(derivacion, abierta=False)


def archivado(o):
    situacion = atendido(o)
    archivar_documento(documento_id=situacion.documento_id, serie=o.serie_documental, actor=o.jefa)
    return situacion


def restaurado(o):
    situacion = archivado(o)
    restaurar_documento(documento_id=situacion.documento_id, motivo="Apelación", actor=o.jefa)
    nueva = Derivacion.objects.abiertas().get(documento=situacion.documento_id)
    return _en_area(nueva, origen="area")


def anulado_en_area(o):
    situacion = en_proceso(o)
    anular_documento(documento_id=situacion.documento_id, motivo="Duplicado", actor=o.jefa)
    situacion.abierta = False
    return situacion


def copia_pendiente(o):
    principal = make_derivada(o, copias=[o.legal])
    copia = Derivacion.objects.get(documento=principal.documento_id, es_copia=True)
    return _en_area(copia, destino="legal", visibles="operador area otra supervisor consulta admin")


def copia_acusada(o):
    situacion = copia_pendiente(o)
    acusar_copia(derivacion_id=situacion.derivacion_id, actor=o.luis)
    return situacion


SITUACIONES = {
    f.__name__: f
    for f in (
        presentado, registrado, observado, observado_vencido, no_presentado, anulado, retirado, derivado, devuelto,
        en_proceso, suspendido, atendido, archivado, restaurado, anulado_en_area, copia_pendiente, copia_acusada,
    )
}  # fmt: skip
ABIERTAS = (
    "presentado registrado observado observado_vencido retirado derivado devuelto en_proceso suspendido restaurado "
    "copia_pendiente copia_acusada"
)

# --- roles, by hand --------------------------------------------------------------------------------------------

ROLES = {
    "operador": "ventanilla",
    "area": "ana",
    "otra": "luis",
    "ajena": "eva",
    "supervisor": "jefa",
    "consulta": "lector",
    "admin": "admin",
}
LUGAR_DE = {"operador": "mesa", "area": "area", "otra": "legal", "ajena": "caminos"}
DE_AREA = "adjuntar nota suspender reanudar derivar recibir devolver recuperar atender acusar"
PODERES = {
    "operador": "observar subsanar no-presentado editar recalcular adjuntar nota "
    "derivar recibir devolver recuperar acusar",
    "area": DE_AREA,
    "otra": DE_AREA,
    "ajena": DE_AREA,
    "supervisor": f"{DE_AREA} observar subsanar no-presentado editar recalcular archivar restaurar reabrir anular "
    "asignar",
    "consulta": "",
    "admin": "",
}

# --- acts, by hand: in which situations each works, where it leaves the document, what it answers elsewhere -------

ACTOS = {
    "observar": ({"presentado": "OBSERVADO", "registrado": "OBSERVADO", "retirado": "OBSERVADO"}, 409),
    "subsanar": ({"observado": "REGISTRADO"}, 409),
    "no-presentado": ({"observado_vencido": "NO_PRESENTADO"}, 409),
    "suspender": ({"en_proceso": "SUSPENDIDO", "restaurado": "SUSPENDIDO"}, 409),
    "reanudar": ({"suspendido": "EN_PROCESO"}, 409),
    "recalcular": (
        dict.fromkeys(
            "presentado registrado retirado derivado devuelto en_proceso restaurado copia_pendiente "
            "copia_acusada".split(),
            "",
        ),
        409,
    ),
    "archivar": ({"atendido": "ARCHIVADO"}, 409),
    "restaurar": ({"archivado": "EN_PROCESO"}, 409),
    "reabrir": ({"atendido": "EN_PROCESO"}, 409),
    "anular": (dict.fromkeys(ABIERTAS.split(), "ANULADO"), 409),
    "editar": (dict.fromkeys([*ABIERTAS.split(), "atendido"], ""), 422),
    "adjuntar": (dict.fromkeys([*ABIERTAS.split(), "atendido"], ""), 422),
    "nota": (dict.fromkeys(SITUACIONES, ""), None),
    "acceso": ({}, 403),  # none of these documents is reserved
    "derivar": (
        {
            "registrado": "DERIVADO",
            "retirado": "DERIVADO",
            "devuelto": "DERIVADO",
            "en_proceso": "DERIVADO",
            "restaurado": "DERIVADO",
        },
        409,
    ),
    "recibir": ({"derivado": "EN_PROCESO", "devuelto": "EN_PROCESO"}, 409),
    "devolver": ({"derivado": ""}, 409),
    "recuperar": ({"derivado": "REGISTRADO"}, 409),
    "asignar": ({"en_proceso": "", "suspendido": "", "restaurado": ""}, 409),
    "atender": ({"en_proceso": "ATENDIDO", "restaurado": "ATENDIDO"}, 409),
    "acusar": ({"copia_pendiente": ""}, 409),
}
EN_DESTINO = "recibir devolver asignar atender acusar".split()
SIN_LUGAR = ("nota",)


def esperado(acto, nombre, rol, s):
    """(status or "bien", state after) an act must give; "bien" means done."""
    if rol not in s.visibles.split():
        return 404, None
    if acto not in PODERES[rol].split():
        return 403, None
    pasos, negado = ACTOS[acto]
    if rol != "supervisor" and acto not in SIN_LUGAR:  # who heads the upper area acts in all of them
        lugar = LUGAR_DE[rol]
        if acto == "derivar":
            tiene = s.destino if s.abierta and nombre not in ("copia_pendiente", "copia_acusada") else s.aqui
            tuvo = s.origen if s.abierta else s.aqui
            if lugar not in (tiene, tuvo):
                return 403, None
            if lugar != tiene:
                return 409, None
        else:
            lugares = {s.aqui}
            if acto in EN_DESTINO:
                lugares = {s.destino}
            elif acto == "recuperar":
                lugares = {s.origen}
            elif acto == "adjuntar":
                lugares = {s.aqui, "mesa"}  # the window may scan late
            if lugar not in lugares:
                return 403, None
    return ("bien", pasos[nombre]) if nombre in pasos else (negado, None)


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
            usuario, s.documento_id, consulta=Documento.objects.para_detalle()
        )
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
