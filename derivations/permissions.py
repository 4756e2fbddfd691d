"""Who may do what with a derivation; doors call these, services do not."""

from derivations.constants import Estado, Motivo
from derivations.errors import DerivacionNoExiste
from derivations.models import Derivacion
from documents.constants import Estado as EstadoDocumento
from documents.permissions import documento_visible_o_404
from organization.constants import P


def derivacion_visible_o_404(usuario, pk, *, ip=None):
    """(derivacion, documento) when the user may see the document; else 404, recorded when it exists."""
    derivacion = (
        Derivacion.objects.select_related("area_origen", "area_destino", "asignado_a").filter(pk=pk).first()
    )
    if derivacion is None:
        raise DerivacionNoExiste()
    documento = documento_visible_o_404(usuario, derivacion.documento_id, ip=ip)
    derivacion.documento = documento
    return derivacion, documento


def abiertas_de(documento, usuario):
    """(open principal derivation, pending copy of one of the user's areas) of a document, in one query."""
    areas = usuario.alcance.areas_con(P.RECIBIR)
    abierta = copia = None
    abiertas = Derivacion.objects.abiertas().filter(documento=documento)
    for derivacion in abiertas.select_related("area_origen", "area_destino", "usuario_deriva", "asignado_a"):
        derivacion.documento = documento
        if not derivacion.es_copia:
            abierta = derivacion
        elif derivacion.estado == Estado.PENDIENTE and derivacion.area_destino_id in areas:
            copia = derivacion
    return abierta, copia


def puede_derivar(usuario, documento, abierta=None):
    """In the area that has it: registered here, in process here, or returned to here.

    Args: abierta is the open principal derivation, when there is one.
    """
    if documento.estado == EstadoDocumento.REGISTRADO:
        return usuario.tiene_permiso(P.DERIVAR, documento.area_actual_id)
    return abierta is not None and usuario.tiene_permiso(P.DERIVAR, abierta.area_destino_id)


def pudo_derivar(usuario, documento, abierta):
    """Held it in an area that already sent or closed it: not forbidden, only late; the answer says what happened."""
    area_id = documento.area_actual_id if abierta is None else abierta.area_origen_id
    return usuario.tiene_permiso(P.DERIVAR, area_id)


def puede_recibir(usuario, derivacion):
    return usuario.tiene_permiso(P.RECIBIR, derivacion.area_destino_id)


def puede_atender(usuario, derivacion):
    return usuario.tiene_permiso(P.ATENDER, derivacion.area_destino_id)


def puede_asignar(usuario, derivacion):
    return usuario.tiene_permiso(P.ASIGNAR, derivacion.area_destino_id)


def puede_recuperar(usuario, derivacion):
    return usuario.tiene_permiso(P.RECUPERAR, derivacion.area_origen_id)


def actos_posibles(usuario, documento, abierta, copia=None):
    """The derivation acts this user may do now, in the order of the screen.

    Returns: list of names among recibir, atender, derivar, asignar, devolver, recuperar, acusar.
    """
    actos = []
    if abierta is not None and abierta.estado == Estado.PENDIENTE:
        if puede_recibir(usuario, abierta):
            actos += ["recibir"] if abierta.motivo == Motivo.DEVOLUCION else ["recibir", "devolver"]
        if abierta.motivo != Motivo.DEVOLUCION and puede_recuperar(usuario, abierta):
            actos.append("recuperar")
        if abierta.motivo == Motivo.DEVOLUCION and puede_derivar(usuario, documento, abierta):
            actos.append("derivar")
    elif documento.estado == EstadoDocumento.REGISTRADO:
        if puede_derivar(usuario, documento):
            actos.append("derivar")
    elif abierta is not None and documento.estado == EstadoDocumento.EN_PROCESO:
        if puede_atender(usuario, abierta):
            actos.append("atender")
        if puede_derivar(usuario, documento, abierta):
            actos.append("derivar")
        if puede_asignar(usuario, abierta):
            actos.append("asignar")
    if copia is not None and copia.estado == Estado.PENDIENTE and puede_recibir(usuario, copia):
        actos.append("acusar")
    return actos
