"""Mass sendings: one notice to many, written in batches under a key for each person, so that it can go on anywhere.

What was written is not written again and what was sent is not sent again: a run after a crash, a cancel or a
second press of the button only does what is missing.
"""

import time

from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from core.errors import DatosInvalidos, NoExiste
from core.events import registrar_evento
from core.jobs import Reintentar, cancelar_tarea, encolar, progreso_actual
from core.models import Tarea
from core.texto import miles
from documents.models import Documento
from notifications.constants import Destino, EstadoCorreo, EstadoEnvio, Tipo
from notifications.correo.envio import CORRIDA, enviar_pendientes
from notifications.correo.tipos import MASIVO
from notifications.errors import EnvioNoCorresponde
from notifications.models import Correo, DireccionRebotada, EnvioMasivo
from notifications.services import notificar
from organization.models import Usuario

TAREA_ENVIO_MASIVO = "notifications.tasks.enviar_notificaciones_masivas"
LOTE = 500
ENVIO_PEDIDO, ENVIO_DETENIDO = "envio_masivo_pedido", "envio_masivo_detenido"


def clave_de(envio_id):
    """The name of a sending in the keys of its task, notices and mails."""
    return f"masivo:{envio_id}"


# Whom it is for


def documentos_de(filtro):
    """The documents that a filter of persons names, only those with an address for notices.

    Args: filtro has any of estados, tipo, procedimiento, area (ids), desde, hasta (ISO dates of reception),
        etiqueta, numeros (identity numbers of the senders), hasta_id (last document when it was asked).
    """
    filas = Documento.objects.exclude(correo_avisos="")
    if filtro.get("hasta_id"):
        filas = filas.filter(pk__lte=filtro["hasta_id"])
    if filtro.get("estados"):
        filas = filas.filter(estado__in=filtro["estados"])
    for clave, campo in (
        ("tipo", "tipo_documento"),
        ("procedimiento", "procedimiento"),
        ("area", "area_actual"),
    ):
        if filtro.get(clave):
            filas = filas.filter(**{campo: filtro[clave]})
    if filtro.get("desde"):
        filas = filas.filter(fecha_legal__gte=filtro["desde"])
    if filtro.get("hasta"):
        filas = filas.filter(fecha_legal__lte=filtro["hasta"])
    if filtro.get("etiqueta"):
        filas = filas.con_etiqueta(filtro["etiqueta"])
    if filtro.get("numeros"):
        filas = filas.filter(remitente__numero__in=filtro["numeros"])
    return filas.order_by()


def usuarios_de(filtro):
    """The active users that a filter names: areas and roles (ids), one in the other when both; all when neither."""
    campos = {"areas": "membresias__area__in", "roles": "membresias__rol__in"}
    condiciones = {campo: filtro[clave] for clave, campo in campos.items() if filtro.get(clave)}
    return Usuario.objects.filter(is_active=True, **condiciones).order_by().distinct()


def contar(*, destino, filtro):
    """{"personas", "rebotadas"}: how many it reaches, and how many of their addresses are struck off."""
    if destino == Destino.USUARIOS:
        filas = usuarios_de(filtro)
        return {"personas": filas.count(), "rebotadas": _con_rebote(filas, "email").count()}
    filas = documentos_de(filtro)
    cuenta = filas.aggregate(n=Count("remitente", distinct=True))["n"]
    rebotadas = _con_rebote(filas, "correo_avisos").aggregate(n=Count("remitente", distinct=True))["n"]
    return {"personas": cuenta, "rebotadas": rebotadas}


def _con_rebote(filas, campo):
    rebotadas = DireccionRebotada.objects.values_list(Lower("correo"))
    return filas.alias(_direccion=Lower(campo)).filter(_direccion__in=rebotadas)


# Asking, stopping, going on


@transaction.atomic
def preparar_envio(*, titulo, texto, destino, filtro, actor):
    """Keep a notice and whom it is for, without sending it. Returns: EnvioMasivo with its count.

    Raises: DatosInvalidos without text or without anybody to send it to.
    """
    titulo, texto = " ".join((titulo or "").split()), (texto or "").strip()
    errores = {}
    if not titulo or len(titulo) > 150:
        errores["titulo"] = ["Escribe el título, de hasta 150 letras."]
    if not texto or len(texto) > 5000:
        errores["texto"] = ["Escribe el texto, de hasta 5000 letras."]
    if destino not in Destino.values:
        errores["destino"] = ["Elige para quiénes es."]
    if errores:
        raise DatosInvalidos(campos=errores)
    if destino == Destino.PERSONAS:
        filtro = {**filtro, "hasta_id": Documento.objects.aggregate(n=Max("pk"))["n"] or 0}
    personas = contar(destino=destino, filtro=filtro)["personas"]
    if not personas:
        raise DatosInvalidos(campos={"__all__": ["Nadie cumple esas condiciones: cámbialas."]})
    return EnvioMasivo.objects.create(
        titulo=titulo, texto=texto, destino=destino, filtro=filtro, total=personas, pedido_por=actor
    )


@transaction.atomic
def confirmar_envio(*, envio_id, actor):
    """Send a prepared notice, or go on with a stopped one.

    Raises: NoExiste, EnvioNoCorresponde. Writes: EnvioMasivo, Tarea, Evento.
    """
    envio = _bloquear(envio_id)
    if envio.estado not in (EstadoEnvio.PREPARADO, EstadoEnvio.DETENIDO):
        raise EnvioNoCorresponde(estado=envio.get_estado_display().lower(), accion="enviar")
    tarea = encolar(
        funcion=TAREA_ENVIO_MASIVO,
        args={"envio_id": envio.pk},
        clave=clave_de(envio.pk),
        solicitada_por=actor,
        max_intentos=50,
    )
    envio.estado, envio.tarea_id, envio.terminado_en = EstadoEnvio.EN_CURSO, tarea.pk, None
    envio.save(update_fields=["estado", "tarea_id", "terminado_en"])
    registrar_evento(
        tipo=ENVIO_PEDIDO,
        actor=actor,
        detalle={"envio": envio.pk, "titulo": envio.titulo, "personas": envio.total, "filtro": envio.filtro},
    )
    return envio


def detener_envio(*, envio_id, actor):
    """Stop a sending under way; what did not go out is not sent. Raises: NoExiste, EnvioNoCorresponde."""
    with transaction.atomic():
        envio = _bloquear(envio_id)
        if envio.estado != EstadoEnvio.EN_CURSO:
            raise EnvioNoCorresponde(estado=envio.get_estado_display().lower(), accion="detener")
        viva = Tarea.objects.vivas().filter(pk=envio.tarea_id).exists()
        if viva:
            cancelar_tarea(tarea_id=envio.tarea_id, actor=actor)
        registrar_evento(
            tipo=ENVIO_DETENIDO, actor=actor, detalle={"envio": envio.pk, "titulo": envio.titulo}
        )
        if not viva:
            _dejar(envio)
    return envio


def al_terminar_mal(*, tarea_id, estado, args):
    """What a cancelled or failed run leaves: the sending stopped, with nothing waiting to go out."""
    envio = EnvioMasivo.objects.select_for_update().filter(pk=args.get("envio_id")).first()
    if envio and envio.estado == EstadoEnvio.EN_CURSO and envio.tarea_id == tarea_id:
        _dejar(envio)


def _dejar(envio):
    Correo.objects.filter(masivo=envio, estado=EstadoCorreo.PENDIENTE).delete()
    envio.estado, envio.terminado_en = EstadoEnvio.DETENIDO, timezone.now()
    envio.save(update_fields=["estado", "terminado_en"])


def _bloquear(envio_id):
    envio = EnvioMasivo.objects.select_for_update(of=("self",)).filter(pk=envio_id).first()
    if envio is None:
        raise NoExiste()
    return envio


def estado_de(envio):
    """{state of mail: how many} of a sending, and "sin_escribir": persons without a mail."""
    filas = Correo.objects.filter(masivo=envio).order_by().values_list("estado").annotate(n=Count("pk"))
    cuenta = dict.fromkeys(EstadoCorreo.values, 0) | dict(filas)
    return cuenta | {"sin_escribir": max(0, envio.total - sum(cuenta.values()))}


# The work


def enviar(*, envio_id):
    """Write what is missing and send what is due. Returns: the counts of this run.

    Raises: Reintentar after some twenty minutes, to go on in another run.
    """
    envio = EnvioMasivo.objects.filter(pk=envio_id).first()
    if envio is None or envio.estado != EstadoEnvio.EN_CURSO:
        return {"enviados": 0}
    inicio = time.monotonic()
    (_escribir_personas if envio.destino == Destino.PERSONAS else _escribir_usuarios)(envio)
    total = Correo.objects.filter(masivo=envio).count() or 1
    hechos = total - Correo.objects.filter(masivo=envio, estado=EstadoCorreo.PENDIENTE).count()

    def avance(cuenta):
        n = hechos + sum(cuenta[c] for c in ("enviados", "rebotados", "fallidos", "postergados", "dudosos"))
        progreso_actual(10 + 89 * min(n, total) // total, f"{miles(n)} de {miles(total)} correos")
        if time.monotonic() - inicio > CORRIDA - 60:
            raise Reintentar("Sigue en otra corrida.", segundos=1)

    hecho = enviar_pendientes(solo=Q(masivo=envio.pk), avance=avance)
    EnvioMasivo.objects.filter(pk=envio.pk, estado=EstadoEnvio.EN_CURSO).update(
        estado=EstadoEnvio.TERMINADO, terminado_en=timezone.now()
    )
    return hecho


def _escribir_personas(envio):
    """Write the mails that are missing, 500 persons at a time, each batch committed."""
    ultimo, escritos = 0, 0
    filas = documentos_de(envio.filtro).order_by("remitente", "-pk").distinct("remitente")
    while lote := list(
        filas.filter(remitente__gt=ultimo).values_list("remitente", "correo_avisos", "pk")[:LOTE]
    ):
        Correo.objects.bulk_create(
            [
                Correo(
                    para=para,
                    remitente_id=remitente,
                    documento_id=documento,
                    tipo=MASIVO,
                    clave=f"{clave_de(envio.pk)}:p{remitente}",
                    asunto=envio.titulo,
                    masivo=envio,
                )
                for remitente, para, documento in lote
            ],
            ignore_conflicts=True,
        )
        ultimo, escritos = lote[-1][0], escritos + len(lote)
        progreso_actual(
            10 * min(escritos, envio.total) // max(envio.total, 1), f"{miles(escritos)} preparados"
        )


def _escribir_usuarios(envio):
    """Tell the users that are missing, in the system and by mail as each chose, 500 at a time."""
    ultimo, escritos = 0, 0
    filas = usuarios_de(envio.filtro).order_by("pk")
    while lote := list(filas.filter(pk__gt=ultimo).values_list("pk", flat=True)[:LOTE]):
        clave = clave_de(envio.pk)
        with transaction.atomic():
            notificar(
                usuarios=lote,
                tipo=Tipo.AVISO,
                texto=envio.titulo,
                enlace=reverse("notifications:aviso", args=[envio.pk]),
                clave=clave,
                asunto_correo=envio.titulo,
            )
            Correo.objects.filter(clave__in=[f"{clave}:{pk}" for pk in lote]).update(
                tipo=MASIVO, masivo=envio
            )
        ultimo, escritos = lote[-1], escritos + len(lote)
        progreso_actual(10 * min(escritos, envio.total) // max(envio.total, 1), f"{miles(escritos)} avisados")
