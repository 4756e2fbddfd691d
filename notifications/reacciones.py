"""Who is told when something happens to a document, in the transaction of the change.

Named by string in settings.REACCIONES, one entry for each event of `_HECHOS`. The person who acts is never told of
it; the followers are told of every movement; who may not see the document is told nothing (services.entregar).
A batch of fifty documents writes fifty notices: each opens its own record and is read by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from core.direcciones import direccion, molde
from core.texto import fecha_num
from derivations.constants import Evento as EventoDerivacion
from derivations.models import Derivacion
from documents.constants import ClaseArchivo, Estado
from documents.constants import Evento as EventoDocumento
from documents.models import Documento
from notifications.constants import Tipo
from notifications.models import Seguimiento
from notifications.services import Aviso, entregar
from organization.constants import P
from organization.permissions import personas_de


@dataclass(frozen=True)
class Grupo:
    """Some people and the kind of notice that this makes for them. frase replaces the one of the event."""

    tipo: Tipo
    personas: Iterable = ()
    frase: str = ""
    urgente: bool = False


@dataclass
class Hecho:
    """An event of a document with what its readers need."""

    documento: Documento
    detalle: dict = field(default_factory=dict)
    despues: dict = field(default_factory=dict)

    def del_area(self):
        """Who receives papers in the area that has it."""
        area = self.documento.area_actual_id
        return personas_de([area], P.RECIBIR)[area]

    def quien_lo_tiene(self):
        """The person it is assigned to, else the area."""
        return {self.documento.asignado_a_id} if self.documento.asignado_a_id else self.del_area()

    @property
    def registrador(self):
        return {self.documento.usuario_registro_id} - {None}


def _derivado(h):
    """The areas it goes to, the one that answers first."""
    destino, copias = h.documento.area_actual_id, []
    if h.detalle.get("copias"):
        envio = Derivacion.objects.filter(padre=h.detalle["derivacion_id"], es_copia=True)
        copias = list(envio.values_list("area_destino_id", flat=True))
    personas = personas_de([destino, *copias], P.RECIBIR)
    urgente = bool(h.detalle.get("urgente"))
    origen = h.detalle.get("origen", "")
    yield Grupo(
        Tipo.URGENTE if urgente else Tipo.DERIVADO, personas[destino], f"llegó de {origen}", urgente=urgente
    )
    for area in copias:
        yield Grupo(Tipo.COPIA, personas[area], f"llegó en copia de {origen}")


def _devuelto(h):
    yield Grupo(Tipo.DEVUELTO, h.del_area())


def _envio_anulado(h):
    """Whoever was going to receive it."""
    envio = Derivacion.objects.filter(pk=h.detalle["derivacion_id"])
    area = envio.values_list("area_destino_id", flat=True).get()
    yield Grupo(Tipo.ENVIO_ANULADO, personas_de([area], P.RECIBIR)[area])


def _asignado(h):
    yield Grupo(Tipo.ASIGNADO, {h.documento.asignado_a_id}, "te fue asignado")


def _observado(h):
    yield Grupo(Tipo.OBSERVADO, h.registrador | h.del_area())


def _atendido(h):
    """Who registered it and who sent it to the area that answered."""
    envio = Derivacion.objects.filter(pk=h.detalle["derivacion_id"])
    remite = set(envio.values_list("usuario_deriva_id", flat=True)) - {None}
    yield Grupo(Tipo.ATENDIDO, h.registrador | remite)


def _reabierto(h):
    yield Grupo(Tipo.REABIERTO, h.quien_lo_tiene() | h.del_area())


def _anulado(h):
    yield Grupo(Tipo.ANULADO, h.del_area())


def _plazo(h):
    yield Grupo(Tipo.PLAZO, h.quien_lo_tiene())


def _escrito(h):
    """Papers added where it is being worked on; the scan of what waits at the window and the answer are no news."""
    if h.documento.estado != Estado.REGISTRADO and h.detalle.get("clase") != ClaseArchivo.RESPUESTA:
        yield Grupo(Tipo.ESCRITO, h.quien_lo_tiene())


# event -> (what is said of the document, who is told besides the followers)
_HECHOS = {
    EventoDerivacion.DERIVADO: ("derivado a {detalle[destino]}", _derivado),
    EventoDerivacion.RECIBIDO: ("recibido en {detalle[area]}", None),
    EventoDerivacion.DEVUELTO: ("devuelto a {despues[area]}", _devuelto),
    EventoDerivacion.ENVIO_ANULADO: ("vuelve a {despues[area]}: se anuló el envío", _envio_anulado),
    EventoDerivacion.ASIGNADO: ("asignado a {despues[asignado]}", _asignado),
    EventoDerivacion.ATENDIDO: ("atendido en {detalle[area]}", _atendido),
    EventoDocumento.OBSERVADO: ("observado", _observado),
    EventoDocumento.SUBSANADO: ("subsanado", _observado),
    EventoDocumento.NO_PRESENTADO: ("tenido por no presentado", _observado),
    EventoDocumento.SUSPENDIDO: ("con el plazo suspendido", _plazo),
    EventoDocumento.REANUDADO: ("con el plazo reanudado", _plazo),
    EventoDocumento.RECALCULADO: ("con el plazo recalculado", _plazo),
    EventoDocumento.ARCHIVO_ADJUNTO: ("con un archivo añadido", _escrito),
    EventoDocumento.ARCHIVADO: ("archivado", None),
    EventoDocumento.RESTAURADO: ("restaurado del archivo", _reabierto),
    EventoDocumento.REABIERTO: ("reabierto", _reabierto),
    EventoDocumento.ANULADO: ("anulado", _anulado),
}


def de_documento(*, evento, documento_id, actor):
    """Tells the people an event of a document concerns, and its followers. Source: REQUIREMENTS R8."""
    frase, grupos_de = _HECHOS[evento.tipo]
    documento = _leer(documento_id)
    hecho = Hecho(documento, evento.detalle or {}, evento.despues or {})
    frase = frase.format(detalle=hecho.detalle, despues=hecho.despues)
    grupos = list(grupos_de(hecho)) if grupos_de else []
    grupos.append(Grupo(Tipo.SEGUIDO, set(documento.seguidores)))
    enlace, clave = molde("documents:detalle")(documento_id), f"evento:{evento.pk}"
    avisos = [
        Aviso(
            usuario_id=usuario,
            tipo=grupo.tipo,
            texto=_texto(documento, grupo.frase or frase, actor),
            enlace=enlace,
            clave=clave,
            urgente=grupo.urgente,
            asunto_correo=f"{documento.numero_expediente} {grupo.frase or frase}",
        )
        for grupo in grupos
        for usuario in grupo.personas
        if actor is None or usuario != actor.pk
    ]
    if avisos:
        entregar(avisos, documento_id=documento_id)


def _leer(documento_id):
    """What the notices need of the document, with the ids of its followers, in one query."""
    quienes = Seguimiento.objects.filter(documento=OuterRef("pk")).order_by().values("usuario_id")
    campos = ("numero_expediente", "anio", "numero", "asunto", "reservado", "estado", "area_actual")
    return (
        Documento.objects.only(*campos, "asignado_a", "usuario_registro")
        .annotate(seguidores=ArraySubquery(quienes))
        .get(pk=documento_id)
    )


def _texto(documento, frase, actor):
    """One line: number, what happened, by whom, and the subject unless it is reserved."""
    quien = f" por {actor.nombre_completo}" if actor is not None and frase.startswith("te ") else ""
    asunto = "documento reservado" if documento.reservado else documento.asunto
    return f"{documento.numero_corto} {frase}{quien}: {asunto}"


def de_reporte(*, evento, documento_id, actor):
    """Tells who asked for a report that it is ready, or that it could not be made."""
    detalle = evento.detalle or {}
    listo = evento.tipo == "reporte_listo"
    titulo = detalle.get("titulo", "")
    entregar(
        [
            Aviso(
                usuario_id=detalle["usuario"],
                tipo=Tipo.REPORTE,
                texto=f"Tu reporte está listo: {titulo}"
                if listo
                else f"No se pudo generar tu reporte: {titulo}",
                enlace=direccion("reports:lista", falta="/"),
                clave=f"{evento.tipo}:{detalle.get('reporte')}",
            )
        ]
    )


def de_encargatura(*, evento, documento_id, actor):
    """Tells a person that they are, or are no longer as they were, in charge of an area."""
    cambio = evento.despues or {}
    nueva = evento.tipo == "encargatura_creada"
    desde, hasta = (fecha_num(date.fromisoformat(cambio[c])) for c in ("desde", "hasta"))
    entregar(
        [
            Aviso(
                usuario_id=evento.detalle["id"],
                tipo=Tipo.ENCARGATURA,
                texto=f"{'Te encargan' if nueva else 'Cambió tu encargo de'} {cambio['area']}, del {desde} al {hasta}",
                enlace=direccion("organization:cuenta"),
                clave=f"evento:{evento.pk}",
            )
        ]
    )
