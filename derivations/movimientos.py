"""The history of a document in sentences: one per event, with its icon, who, where, when and what was said."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery

from core.models import Evento as Hecho
from core.texto import cuenta
from core.texto import fecha as fecha_texto
from derivations.constants import Evento
from documents.constants import Canal
from documents.constants import Evento as EventoDocumento
from organization.models import Area

POR_PAGINA = 20
# readings and refusals belong to the audit, not to the history people follow
FUERA = (
    EventoDocumento.ARCHIVO_VISTO,
    EventoDocumento.VISTO,
    EventoDocumento.ACCESO_DENEGADO,
    "archivo_descargado",
)
FORMATOS = {
    "a5": "cargo",
    "2x": "cargo, dos por hoja",
    "ticket": "cargo en ticket",
    "etiqueta": "etiqueta",
    "etiqueta_chica": "etiqueta chica",
}


@dataclass(frozen=True)
class Movimiento:
    """One line of the history."""

    secuencia: int
    tipo: str
    icono: str
    hecho: str
    resto: str
    cita: str
    cuando: object
    quien: str
    area: str

    @property
    def frase(self):
        """The sentence as plain text."""
        return f"{self.hecho}{self.resto}"


def movimientos_de(documento_id, *, antes_de=None, limite=POR_PAGINA, ascendente=False):
    """The history of a document in one query, newest first unless `ascendente`.

    Args: antes_de is the sequence of the last line already shown; limite None gives all.
    Returns: (list of Movimiento, whether there are older ones).
    """
    hechos = (
        Hecho.objects.filter(documento_id=documento_id)
        .exclude(tipo__in=FUERA)
        .select_related("actor")
        .annotate(area=Subquery(Area.objects.filter(pk=OuterRef("area_id")).values("nombre")))
        .defer("hash", "hash_anterior", "ip")
    )
    if antes_de:
        hechos = hechos.filter(secuencia__lt=antes_de)
    hechos = hechos.order_by("secuencia" if ascendente else "-secuencia")
    filas = list(hechos if limite is None else hechos[: limite + 1])
    hay_mas = limite is not None and len(filas) > limite
    filas = filas if limite is None else filas[:limite]
    return [movimiento(f, f.area or "") for f in filas], hay_mas


def movimiento(hecho, area=""):
    """The line of one event; an unknown type is shown by its own name, never hidden."""
    receta = FRASES.get(hecho.tipo)
    dicho = {clave: (getattr(hecho, clave) or {}) for clave in ("antes", "despues", "detalle")}
    if receta is None:
        icono, titulo, resto, cita = "guion", hecho.tipo.replace("_", " ").capitalize(), "", ""
    else:
        icono, titulo, redactar = receta
        resto, cita = redactar(dicho["detalle"], dicho["despues"], dicho["antes"])
    return Movimiento(
        secuencia=hecho.secuencia,
        tipo=hecho.tipo,
        icono=icono,
        hecho=titulo,
        resto=resto,
        cita=cita,
        cuando=hecho.ocurrido_en,
        quien=hecho.actor.nombre_completo if hecho.actor else "Sistema",
        area=area,
    )


def _lista(cosas):
    """ "a, b y c"."""
    cosas = [str(c) for c in cosas or () if c]
    return cosas[0] if len(cosas) == 1 else f"{', '.join(cosas[:-1])} y {cosas[-1]}" if cosas else ""


def _fecha(iso):
    """ "vie 04/12/2026" from its ISO text."""
    try:
        return fecha_texto(date.fromisoformat(str(iso)[:10]))
    except ValueError:
        return str(iso or "")


def _con(antes, valor, despues=""):
    return f"{antes}{valor}{despues}" if valor else ""


def _registrado(d, despues, antes):
    canal = dict(Canal.choices).get(d.get("canal"), "")
    lugar = _con(" en ", d.get("ventanilla")) or _con(" por ", canal.lower())
    archivos = d.get("archivos") or 0
    return f"{lugar}{_con(', ', archivos and cuenta(archivos, 'archivo'))}", ""


def _derivado(d, despues, antes):
    copias = _con(", con copia a ", _lista(d.get("copias")))
    limite = _con(". Responde hasta ", d.get("limite") and _fecha(d["limite"]))
    urgente = ", urgente" if d.get("urgente") else ""
    return f" a {d.get('destino', '')}{copias}{urgente}{limite}", d.get("instruccion", "")


def _recibido(d, despues, antes):
    folios, enviados = d.get("folios") or 0, d.get("folios_enviados") or 0
    if folios == enviados:
        return f", {cuenta(folios, 'folio')} conforme{'' if folios == 1 else 's'}", d.get("observaciones", "")
    return f" con {cuenta(folios, 'folio')}; se enviaron {enviados}", d.get("observaciones", "")


def _devuelto(d, despues, antes):
    return f" a {despues.get('area', 'quien lo envió')}", d.get("motivo", "")


def _envio_anulado(d, despues, antes):
    return f": ya no va a {antes.get('area', 'su destino')}", d.get("motivo", "")


def _asignado(d, despues, antes):
    return f" a {despues.get('asignado', '')}{_con(', antes ', antes.get('asignado'))}", ""


def _atendido(d, despues, antes):
    respuestas = _con(", con ", _lista(d.get("respuestas")))
    cita = " ".join(t for t in (d.get("observaciones"), _con("Sin documento: ", d.get("sin_respuesta"))) if t)
    return f"{_con(': ', (d.get('resultado') or '').lower())}{respuestas}", cita


def _observado(d, despues, antes):
    hasta = _con(". Puede subsanar hasta ", d.get("vence_el") and _fecha(d["vence_el"]))
    return f": falta {_lista(d.get('faltantes'))}{hasta}", ""


def _vence(d, despues, antes):
    """The new last day, with what was said."""
    limite = despues.get("fecha_limite")
    return _con(". Vence ", limite and _fecha(limite)), d.get("motivo") or d.get("detalle") or ""


def _suspendido(d, despues, antes):
    return _con(", ", d.get("base_legal")), d.get("motivo", "")


def _editado(d, despues, antes):
    campos = _lista(c.replace("_", " ").replace("numero folios", "folios") for c in despues)
    return _con(": ", campos), d.get("motivo", "")


def _archivado(d, despues, antes):
    hasta = _con(", hasta ", d.get("conservar_hasta") and _fecha(d["conservar_hasta"]))
    return f"{_con(' en la serie ', d.get('serie'))}{_con(', ', d.get('ubicacion'))}{hasta}", ""


def _adjunto(d, despues, antes):
    nombres = _lista(a.get("nombre") for a in despues.get("archivos") or () if isinstance(a, dict))
    return _con(": ", nombres), d.get("detalle", "")


def _impreso(d, despues, antes):
    que = FORMATOS.get(d.get("formato"), "cargo")
    n = d.get("n") or 0
    return f": {que}{f', reimpresión {n - 1}' if n > 1 else ''}", ""


def _acusada(d, despues, antes):
    return _con(" por ", d.get("area")), ""


def _hoja(d, despues, antes):
    return f" {d.get('hoja', '')}{_con(' para ', d.get('destino'))}", ""


def _personas(d, despues, antes):
    return _con(" a ", _lista(d.get("personas")) or d.get("persona")), ""


def _denegado(d, despues, antes):
    return _con(": ", d.get("accion")), ""


def _motivo(d, despues, antes):
    return "", d.get("motivo") or d.get("detalle") or d.get("texto") or ""


def _a_otra_entidad(d, despues, antes):
    return _con(" a ", despues.get("integracion")), d.get("error") or d.get("motivo") or ""


def _nada(d, despues, antes):
    return "", ""


# type -> (icon, bold words, what writes the rest and the quote)
FRASES = {
    EventoDocumento.REGISTRADO: ("sello", "Registrado", _registrado),
    EventoDocumento.EDITADO: ("ajustes", "Corregido", _editado),
    EventoDocumento.OBSERVADO: ("bandera", "Observado", _observado),
    EventoDocumento.SUBSANADO: ("atender", "Subsanó", _vence),
    EventoDocumento.NO_PRESENTADO: ("cerrar", "Se tuvo por no presentado", _nada),
    EventoDocumento.SUSPENDIDO: ("pausa", "Plazo suspendido", _suspendido),
    EventoDocumento.REANUDADO: ("reloj", "Plazo reanudado", _vence),
    EventoDocumento.RECALCULADO: ("reloj", "Plazo recalculado", _vence),
    EventoDocumento.ARCHIVADO: ("caja", "Archivado", _archivado),
    EventoDocumento.RESTAURADO: ("volver", "Restaurado del archivo", _motivo),
    EventoDocumento.REABIERTO: ("volver", "Reabierto", _motivo),
    EventoDocumento.ANULADO: ("cerrar", "Anulado", _motivo),
    EventoDocumento.NOTA: ("ojo", "Nota interna", _motivo),
    EventoDocumento.ARCHIVO_ADJUNTO: ("clip", "Archivos añadidos", _adjunto),
    EventoDocumento.ARCHIVO_VISTO: ("ojo", "Archivo visto", _nada),
    EventoDocumento.ARCHIVO_DANADO: ("oct", "Archivo dañado", _motivo),
    EventoDocumento.VISTO: ("ojo", "Documento reservado visto", _nada),
    EventoDocumento.CARGO_IMPRESO: ("imprimir", "Impreso", _impreso),
    EventoDocumento.ACCESO_DADO: ("cand", "Acceso dado", _personas),
    EventoDocumento.ACCESO_RETIRADO: ("cand", "Acceso retirado", _personas),
    EventoDocumento.ACCESO_DENEGADO: ("cand", "Intento sin permiso", _denegado),
    EventoDocumento.REMITENTE_CREADO: ("persona", "Remitente registrado", _nada),
    EventoDocumento.REMITENTE_EDITADO: ("persona", "Remitente corregido", _nada),
    "archivo_descargado": ("bajar", "Archivo descargado", _nada),
    "archivo_cuarentena": ("oct", "Archivo en cuarentena", _motivo),
    Evento.DERIVADO: ("derivar", "Derivado", _derivado),
    Evento.RECIBIDO: ("recibir", "Recibido", _recibido),
    Evento.DEVUELTO: ("volver", "Devuelto", _devuelto),
    Evento.ENVIO_ANULADO: ("cerrar", "Envío anulado", _envio_anulado),
    Evento.ASIGNADO: ("persona", "Asignado", _asignado),
    Evento.ATENDIDO: ("atender", "Atendido", _atendido),
    Evento.COPIA_ACUSADA: ("copia", "Copia recibida", _acusada),
    Evento.DERIVACION_CERRADA: ("cerrar", "Envío cerrado", _motivo),
    Evento.DERIVACION_REABIERTA: ("medio", "De nuevo en proceso", _nada),
    Evento.REMISION_IMPRESA: ("imprimir", "Hoja de remisión", _hoja),
    "sincronizacion_pedida": ("medio", "Envío a otra entidad pedido", _a_otra_entidad),
    "sincronizacion_enviada": ("derivar", "Enviado a otra entidad", _a_otra_entidad),
    "sincronizacion_confirmada": ("recibir", "Confirmado por otra entidad", _a_otra_entidad),
    "sincronizacion_reintentada": ("medio", "Envío a otra entidad reintentado", _a_otra_entidad),
    "sincronizacion_detenida": ("cerrar", "Envío a otra entidad detenido", _a_otra_entidad),
    "integracion_agotada": ("oct", "No llegó a otra entidad", _a_otra_entidad),
}
