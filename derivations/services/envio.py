"""Send a document to an area, and call it back before it is received."""

from django.db import transaction
from django.utils import timezone

from core.events import registrar_evento
from derivations.constants import MAX_COPIAS, Estado, Evento, Motivo
from derivations.errors import DestinoInvalido, JefeSinNombrar, NoSeDeriva, YaActuado
from derivations.models import Derivacion
from derivations.services.estado import (
    bloquear,
    cambiar_estado,
    limite_de_atencion,
    lo_que_paso,
    siguiente_movimiento,
)
from documents.constants import Estado as EstadoDocumento
from documents.constants import Prioridad
from documents.services import cambiar_estado as cambiar_estado_documento
from documents.services import dar_acceso, marcar_presencia
from documents.services.estado import bloquear as bloquear_documento
from documents.services.estado import exigir_motivo


@transaction.atomic
def derivar_documento(
    *,
    documento_id,
    area_destino,
    instrucciones,
    actor,
    copias=(),
    plazo_interno_dias=None,
    es_urgente=False,
    con_original=True,
    folios=None,
    requiere_respuesta=True,
    desde=None,
):
    """Sends a document to one principal area and any copies.

    Args: plazo_interno_dias in working days from today. folios defaults to the document's. desde is the id of
        the area the sender believed to have it: when it moved meanwhile, nothing is sent.
    Returns: the principal Derivacion, PENDIENTE.
    Raises: DestinoInvalido (422), FaltaMotivo (422, no instruction), NoSeDeriva or YaActuado (409).
    Writes: Derivacion rows, document state and place, presence, access of the chief when reserved, Evento.
    Source: REQUIREMENTS R3.1, R3.2; DOMAIN 3.5.
    """
    exigir_motivo(instrucciones, campo="instrucciones", mensaje="Escribe la instrucción para el área.")
    instrucciones = instrucciones.strip()[:500]
    documento = bloquear_documento(documento_id)
    ahora = timezone.now()
    padre, origen = _quien_lo_tiene(documento, actor=actor, ahora=ahora)
    if desde is not None and origen.pk != desde:
        raise YaActuado(que=f"{documento.numero_expediente} ya pasó a {origen.nombre}")
    copias = _validar_destinos(origen=origen, destino=area_destino, copias=copias)
    if padre is not None:
        cambiar_estado(padre, hacia=Estado.DERIVADA, fecha_cierre=ahora)
    urgente = es_urgente or documento.prioridad == Prioridad.URGENTE
    comun = {
        "documento": documento,
        "area_origen": origen,
        "usuario_deriva": actor,
        "instrucciones": instrucciones,
        "fecha_derivacion": ahora,
        "es_urgente": urgente,
        "folios": folios or documento.numero_folios,
    }
    numero = siguiente_movimiento(documento)
    principal = Derivacion.objects.create(
        numero_derivacion=numero,
        padre=padre,
        area_destino=area_destino,
        plazo_interno_dias=plazo_interno_dias,
        fecha_limite_atencion=limite_de_atencion(
            fecha_limite=documento.fecha_limite,
            plazo_interno_dias=plazo_interno_dias,
            desde=timezone.localdate(ahora),
        ),
        requiere_respuesta=requiere_respuesta,
        con_original=con_original,
        **comun,
    )
    Derivacion.objects.bulk_create(
        [
            Derivacion(
                numero_derivacion=numero + n,
                padre=principal,
                area_destino=area,
                es_copia=True,
                requiere_respuesta=False,
                con_original=False,
                **comun,
            )
            for n, area in enumerate(copias, 1)
        ]
    )
    cambiar_estado_documento(
        documento,
        hacia=EstadoDocumento.DERIVADO,
        area_actual=area_destino,
        asignado_a=None,
        en_area_desde=ahora,
    )
    marcar_presencia(
        documento_id=documento.pk, area_ids=[origen.pk, area_destino.pk, *(a.pk for a in copias)]
    )
    if documento.reservado:
        _nombrar_jefes(documento, [area_destino, *copias], actor=actor)
    registrar_evento(
        tipo=Evento.DERIVADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=origen.pk,
        despues={"estado": documento.estado, "area": area_destino.nombre},
        detalle={
            "derivacion_id": principal.pk,
            "origen": origen.nombre,
            "destino": area_destino.nombre,
            "copias": [a.nombre for a in copias],
            "instruccion": instrucciones,
            "folios": principal.folios,
            "urgente": urgente,
            "limite": principal.fecha_limite_atencion,
        },
    )
    return principal


def _quien_lo_tiene(documento, *, actor, ahora):
    """(open principal derivation or None, area that sends) of a locked document.

    A paper that came back is received by the act of sending it on.
    Raises: NoSeDeriva, YaActuado.
    """
    abierta = (
        Derivacion.objects.principales()
        .abiertas()
        .filter(documento=documento)
        .select_for_update(of=("self",))
        .select_related("area_destino")
        .first()
    )
    if documento.estado == EstadoDocumento.REGISTRADO:
        return None, documento.area_actual
    if abierta is not None:
        abierta.documento = documento
        if documento.estado == EstadoDocumento.EN_PROCESO:
            return abierta, abierta.area_destino
        if documento.estado == EstadoDocumento.DERIVADO and abierta.motivo == Motivo.DEVOLUCION:
            cambiar_estado(abierta, hacia=Estado.RECIBIDO, usuario_recibe=actor, fecha_recepcion=ahora)
            cambiar_estado_documento(documento, hacia=EstadoDocumento.EN_PROCESO)
            return abierta, abierta.area_destino
        if documento.estado == EstadoDocumento.DERIVADO:
            raise YaActuado(
                que=f"{documento.numero_expediente} ya fue derivado a {abierta.area_destino.nombre} por "
                f"{abierta.usuario_deriva.nombre_completo if abierta.usuario_deriva else 'el sistema'} el "
                f"{timezone.localtime(abierta.fecha_derivacion):%d/%m/%Y a las %H:%M}"
            )
    raise NoSeDeriva(numero=documento.numero_expediente, estado=documento.get_estado_display().lower())


def _validar_destinos(*, origen, destino, copias):
    """The copies without repeats; refuses impossible destinations.

    Raises: DestinoInvalido.
    """
    errores = {}
    if destino is None:
        errores["area_destino"] = ["Elige el área que responde."]
    elif destino.pk == origen.pk:
        errores["area_destino"] = [f"El documento ya está en {origen.nombre}: elige otra área."]
    elif not destino.activa:
        errores["area_destino"] = [f"{destino.nombre} ya no está activa: elige otra área."]
    elif not destino.recibe_externos:
        errores["area_destino"] = [f"{destino.nombre} no recibe documentos externos: elige otra área."]
    limpias = list(dict.fromkeys(a for a in copias if a is not None))
    if destino is not None and any(a.pk == destino.pk for a in limpias):
        errores["copias"] = [f"{destino.nombre} ya es el área que responde: quítala de las copias."]
    elif any(not a.activa for a in limpias):
        errores["copias"] = ["Una de las áreas en copia ya no está activa."]
    elif any(a.pk == origen.pk for a in limpias):
        errores["copias"] = [f"{origen.nombre} es quien envía: quítala de las copias."]
    elif len(limpias) > MAX_COPIAS:
        errores["copias"] = [f"Se envían hasta {MAX_COPIAS} copias a la vez."]
    if errores:
        raise DestinoInvalido(campos=errores)
    return limpias


def _nombrar_jefes(documento, areas, *, actor):
    """Names the chief of each destination of a reserved document; without a chief nobody could open it.

    Raises: JefeSinNombrar.
    """
    sin_jefe = [a.nombre for a in areas if a.jefe is None or not a.jefe.is_active]
    if sin_jefe:
        raise JefeSinNombrar(
            campos={
                "area_destino": [
                    f"El documento es reservado y {', '.join(sin_jefe)} no tiene jefe activo que pueda verlo: "
                    "nombra al jefe del área o elige otra."
                ]
            }
        )
    hoy = timezone.localdate()
    encargados = [e.usuario for a in areas for e in a.encargaturas.vigentes(hoy).select_related("usuario")]
    dar_acceso(documento_id=documento.pk, usuarios=[*(a.jefe for a in areas), *encargados], actor=actor)


@transaction.atomic
def anular_derivacion(*, derivacion_id, actor, motivo=""):
    """Calls back a sending before its reception: the paper is again in the sender's tray.

    Pending copies of the same sending are called back too.
    Raises: YaActuado when it was already received, returned or called back.
    """
    documento, derivacion = bloquear(derivacion_id)
    if derivacion.es_copia or derivacion.motivo == Motivo.DEVOLUCION or derivacion.estado != Estado.PENDIENTE:
        raise YaActuado(que=_por_que_no_se_anula(derivacion))
    ahora = timezone.now()
    cambiar_estado(
        derivacion, hacia=Estado.ANULADA, fecha_cierre=ahora, motivo_anulacion=(motivo or "").strip()[:300]
    )
    for copia in derivacion.hijas.copias().filter(estado=Estado.PENDIENTE).select_for_update(of=("self",)):
        cambiar_estado(copia, hacia=Estado.ANULADA, fecha_cierre=ahora, motivo_anulacion="se anuló el envío")
    if derivacion.padre_id:
        padre = Derivacion.objects.bloquear(derivacion.padre_id)
        padre.documento = documento
        cambiar_estado(padre, hacia=Estado.RECIBIDO, fecha_cierre=None)
        hacia, asignado = EstadoDocumento.EN_PROCESO, padre.asignado_a
    else:
        hacia, asignado = EstadoDocumento.REGISTRADO, None
    cambiar_estado_documento(
        documento, hacia=hacia, area_actual=derivacion.area_origen, asignado_a=asignado, en_area_desde=ahora
    )
    registrar_evento(
        tipo=Evento.ENVIO_ANULADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=derivacion.area_origen_id,
        antes={"estado": EstadoDocumento.DERIVADO, "area": derivacion.area_destino.nombre},
        despues={"estado": documento.estado, "area": derivacion.area_origen.nombre},
        detalle={"derivacion_id": derivacion.pk, "motivo": derivacion.motivo_anulacion},
    )
    return derivacion


def _por_que_no_se_anula(derivacion):
    """Why a sending cannot be called back."""
    if derivacion.es_copia:
        return "Las copias se anulan junto con su envío principal"
    if derivacion.estado == Estado.PENDIENTE:
        return "Una devolución no se anula: recíbela y vuelve a derivar"
    return lo_que_paso(derivacion)
