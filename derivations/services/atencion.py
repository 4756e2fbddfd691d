"""Assign to a person, attend with an answer, acknowledge a copy."""

from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from derivations.constants import Estado, Evento, Resultado
from derivations.errors import EsCopia, NoEsCopia, PersonaFueraDelArea, YaActuado
from derivations.services.estado import bloquear, cambiar_estado, lo_que_paso
from documents.constants import ClaseArchivo
from documents.constants import Estado as EstadoDocumento
from documents.services import adjuntar_archivos, dar_acceso
from documents.services import cambiar_estado as cambiar_estado_documento


@transaction.atomic
def asignar_derivacion(*, derivacion_id, persona, actor):
    """Gives a received document to a person of the area; again gives it to another.

    Raises: YaActuado when the area does not hold it, PersonaFueraDelArea.
    """
    documento, derivacion = bloquear(derivacion_id)
    if derivacion.es_copia:
        raise EsCopia(numero=documento.numero_expediente)
    if derivacion.estado != Estado.RECIBIDO:
        raise YaActuado(que=lo_que_paso(derivacion))
    if persona is None:
        raise PersonaFueraDelArea(campos={"persona": ["Elige a la persona que lo atenderá."]})
    if not persona.is_active or not persona.membresias.filter(area=derivacion.area_destino_id).exists():
        raise PersonaFueraDelArea(
            campos={"persona": [f"{persona.nombre_completo} no trabaja en {derivacion.area_destino.nombre}."]}
        )
    antes = derivacion.asignado_a
    derivacion.asignado_a = persona
    derivacion.save(update_fields=["asignado_a"])
    documento.asignado_a = persona
    documento.save(update_fields=["asignado_a", "actualizado_en"])
    if documento.reservado:
        dar_acceso(documento_id=documento.pk, usuarios=[persona], actor=actor)
    registrar_evento(
        tipo=Evento.ASIGNADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=derivacion.area_destino_id,
        antes={"asignado": antes.nombre_completo if antes else ""},
        despues={"asignado": persona.nombre_completo},
        detalle={"derivacion_id": derivacion.pk},
    )
    return derivacion


@transaction.atomic
def atender_derivacion(
    *, derivacion_id, resultado, actor, observaciones="", archivos=(), sin_respuesta_motivo=""
):
    """Finishes the work of the area that answers; the document becomes attended.

    Args: archivos are staged ids of the answer; without them sin_respuesta_motivo says why.
    Raises: YaActuado (not received yet, or already attended), EsCopia, DatosInvalidos.
    Writes: Derivacion, answer files, document state, Evento.
    Source: REQUIREMENTS R3.8; DOMAIN 3.5.
    """
    documento, derivacion = bloquear(derivacion_id)
    if derivacion.es_copia:
        raise EsCopia(numero=documento.numero_expediente)
    if derivacion.estado != Estado.RECIBIDO:
        raise YaActuado(que=lo_que_paso(derivacion))
    observaciones, sin_motivo = (observaciones or "").strip(), (sin_respuesta_motivo or "").strip()
    errores = {}
    if resultado not in Resultado.values:
        errores["resultado"] = ["Elige el resultado."]
    if derivacion.requiere_respuesta and not archivos and not sin_motivo:
        errores["archivos"] = ["Adjunta el documento de respuesta o escribe por qué no lleva."]
    if errores:
        raise DatosInvalidos(campos=errores)
    ahora = timezone.now()
    cambiar_estado(
        derivacion,
        hacia=Estado.ATENDIDO,
        usuario_atiende=actor,
        fecha_atencion=ahora,
        fecha_cierre=ahora,
        resultado=resultado,
        observaciones="\n".join(t for t in (derivacion.observaciones, observaciones) if t),
        sin_respuesta_motivo="" if archivos else sin_motivo[:300],
    )
    respuestas = []
    if archivos:
        respuestas = adjuntar_archivos(
            documento_id=documento.pk, ids=archivos, actor=actor, clase=ClaseArchivo.RESPUESTA
        )
        derivacion.respuestas.add(*respuestas)
    cambiar_estado_documento(documento, hacia=EstadoDocumento.ATENDIDO, fecha_atencion=ahora)
    registrar_evento(
        tipo=Evento.ATENDIDO,
        documento_id=documento.pk,
        actor=actor,
        area_id=derivacion.area_destino_id,
        antes={"estado": EstadoDocumento.EN_PROCESO},
        despues={"estado": documento.estado},
        detalle={
            "derivacion_id": derivacion.pk,
            "area": derivacion.area_destino.nombre,
            "resultado": derivacion.get_resultado_display(),
            "observaciones": observaciones,
            "respuestas": [a.nombre for a in respuestas],
            "sin_respuesta": derivacion.sin_respuesta_motivo,
        },
    )
    return derivacion


@transaction.atomic
def acusar_copia(*, derivacion_id, actor):
    """Acknowledges a copy; it changes nothing of the document.

    Raises: NoEsCopia, YaActuado.
    """
    documento, derivacion = bloquear(derivacion_id)
    if not derivacion.es_copia:
        raise NoEsCopia(numero=documento.numero_expediente)
    ahora = timezone.now()
    cambiar_estado(
        derivacion, hacia=Estado.RECIBIDO, usuario_recibe=actor, fecha_recepcion=ahora, fecha_cierre=ahora
    )
    registrar_evento(
        tipo=Evento.COPIA_ACUSADA,
        documento_id=documento.pk,
        actor=actor,
        area_id=derivacion.area_destino_id,
        detalle={"derivacion_id": derivacion.pk, "area": derivacion.area_destino.nombre},
    )
    return derivacion
