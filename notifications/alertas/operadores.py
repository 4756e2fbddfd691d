"""Faults that operators must know of: told once when they begin and once when they end, by the sweeper itself.

The sweeper sends these mails because the workers may be what has stopped; it never spends more than ten seconds on
it. When the mail server does not answer either, the notice in the system and `manage.py salud` still say it.
Source: docs/operacion.md, Alerts to operators.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import health
from core.constants import EstadoTarea, titulo_de
from core.direcciones import direccion, molde
from core.models import Tarea
from core.rondas import cada
from core.texto import cuenta, fecha_hora
from notifications import salud
from notifications.alertas.personas import con_permiso
from notifications.constants import Tipo
from notifications.correo.expreso import enviar_ya
from notifications.models import Correo, Falla
from notifications.services import notificar
from organization.constants import P
from organization.models import Usuario

registro = logging.getLogger("notifications.operadores")

# A fault that ends sooner is not told; a queue works off its delay as it should, if it is let.
GRACIA = {"cola": timedelta(minutes=5)}
GRACIA_USUAL = timedelta(seconds=60)
ENTRE_CORREOS = timedelta(minutes=10)
CERROJO = 0x4D51
TAREAS = "tareas"


@dataclass(frozen=True)
class Vigilada:
    """One part of the system: how a fault of it is told, and its end."""

    falla: str
    bien: str
    que_hacer: str


PARTES = {
    "trabajador": Vigilada(
        "Los trabajadores no responden",
        "Los trabajadores responden de nuevo",
        "Las tareas esperan en la base de datos; nada se pierde. Revisa el servicio de trabajadores "
        "(manage.py trabajar) y su registro.",
    ),
    "redis": Vigilada(
        "Redis no responde",
        "Redis responde de nuevo",
        "El sistema sigue sin cache y las tareas esperan en la base de datos. Revisa el servicio de Redis.",
    ),
    "cola": Vigilada(
        "La cola de tareas está atrasada",
        "La cola de tareas está al día",
        "Hay tareas listas que nadie toma. Mira cuántas hay y cuáles están en curso.",
    ),
    "correo": Vigilada(
        "El servidor de correo no acepta los envíos",
        "El servidor de correo acepta los envíos de nuevo",
        "Los correos esperan y se reintentan durante un día. Revisa EMAIL_URL y el servidor.",
    ),
}


def revisar():
    """{part: detail of its fault, or None when it is well}. Pure reads."""
    revisiones = health.revisar(["redis", "trabajador", "cola"])[1]
    partes = {}
    for nombre, revision in revisiones.items():
        if revision["estado"] == health.SIN_DATO:
            continue
        partes[nombre] = _detalle(nombre, revision) if revision["estado"] == health.MAL else None
    partes["correo"] = salud.atascado()
    return partes


def _detalle(nombre, revision):
    if nombre == "trabajador":
        hace = revision.get("latido_hace_segundos")
        return "Sin ningún latido." if hace is None else f"Último latido hace {hace // 60} min."
    if nombre == "cola":
        minutos = revision.get("mas_antigua_segundos", 0) // 60
        return f"Tareas listas: {revision.get('listas', 0)}; la más antigua espera hace {minutos} min."
    return "No acepta conexiones."


def vigilar():
    """Look once, write what is new, and send it. Returns: the counts of what was told.

    Writes: Falla, Notificacion, Correo.
    """
    dichas = {"fallas": 0, "recuperaciones": 0, "tareas": 0}
    abiertas = {f.clave: f for f in Falla.objects.filter(hasta__isnull=True)}
    for clave, detalle in revisar().items():
        falla = abiertas.get(clave)
        if detalle is not None:
            dichas["fallas"] += _sigue(clave, falla, detalle)
        elif falla is not None:
            dichas["recuperaciones"] += _termina(falla)
    dichas["tareas"] = decir_fallidas()
    enviar_ya()
    return dichas


ronda = cada(15)(vigilar)


def _sigue(clave, falla, detalle):
    """Note a fault; tell it when it has lasted. Two sweepers: only the one that marks the row tells."""
    ahora = timezone.now()
    if falla is None:
        try:
            with transaction.atomic():
                Falla.objects.create(clave=clave, detalle=detalle[:500], desde=ahora)
        except IntegrityError:
            registro.debug("Otro barrido anotó la falla %s.", clave)
        return 0
    if falla.avisada_en is not None or ahora - falla.desde < GRACIA.get(clave, GRACIA_USUAL):
        return 0
    with transaction.atomic():
        if not Falla.objects.filter(pk=falla.pk, avisada_en=None, hasta=None).update(
            avisada_en=ahora, detalle=detalle[:500]
        ):
            return 0
        parte = PARTES[clave]
        _decir(
            f"falla:{falla.pk}:inicio",
            parte.falla,
            urgente=True,
            parrafos=[f"{parte.falla} desde el {fecha_hora(falla.desde)}. {detalle}", parte.que_hacer],
        )
    return 1


def _termina(falla):
    """Close a fault; tell its end when its beginning was told."""
    ahora = timezone.now()
    with transaction.atomic():
        if not Falla.objects.filter(pk=falla.pk, hasta=None).update(hasta=ahora):
            return 0
        if falla.avisada_en is None:
            Falla.objects.filter(pk=falla.pk).delete()
            return 0
        parte = PARTES[falla.clave]
        minutos = max(1, round((ahora - falla.desde).total_seconds() / 60))
        _decir(
            f"falla:{falla.pk}:fin",
            parte.bien,
            parrafos=[
                f"{parte.bien}. La falla duró {cuenta(minutos, 'minuto')}, desde el {fecha_hora(falla.desde)}."
            ],
        )
    return 1


def decir_fallidas():
    """Tell of the tasks that failed since the last time, together, at most once in ten minutes.

    Returns: how many. Writes: one Falla, closed, that remembers up to when it told.
    """
    ahora = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CERROJO])
            if not cursor.fetchone()[0]:
                return 0
        ultima = Falla.objects.filter(clave=TAREAS).order_by("-pk").first()
        if ultima and ultima.avisada_en > ahora - ENTRE_CORREOS:
            return 0
        desde = ultima.hasta if ultima else ahora - timedelta(hours=1)
        hasta = ahora - timedelta(seconds=5)  # later ends may still be uncommitted
        filas = Tarea.objects.filter(
            estado=EstadoTarea.FALLIDA, terminada_en__gt=desde, terminada_en__lte=hasta
        ).order_by("-terminada_en")
        fallidas = list(filas[:20])
        if not fallidas:
            return 0
        total = filas.count()
        falla = Falla.objects.create(
            clave=TAREAS, detalle=cuenta(total, "tarea"), desde=desde, hasta=hasta, avisada_en=ahora
        )
        pagina = molde("admin:core_tarea_change")
        titulo = (
            f"{total} tareas fallaron" if total > 1 else f"Falló una tarea: {titulo_de(fallidas[0].funcion)}"
        )
        _decir(
            f"falla:{falla.pk}:tareas",
            titulo,
            parrafos=[
                f"Entre el {fecha_hora(desde)} y el {fecha_hora(hasta)}. Míralas y reintenta las que puedan."
            ],
            listas=[["Tareas", [[_linea(t), pagina(t.pk)] for t in fallidas]]],
        )
    return total


def _linea(tarea):
    error = (tarea.error or "").splitlines()
    return (
        f"{titulo_de(tarea.funcion)} n.º {tarea.pk}, {fecha_hora(tarea.terminada_en)}: {(error or [''])[0]}"[
            :200
        ]
    )


def _decir(clave, titulo, *, parrafos, listas=(), urgente=False):
    """Write the notice of each operator, by the channels each chose, and a mail to each address of the setting."""
    enlace = direccion("admin:core_tarea_changelist")
    contenido = {
        "titulo": titulo,
        "parrafos": parrafos,
        "listas": list(listas),
        "enlace": enlace,
        "boton": "Abrir las tareas",
        "urgente": urgente,
    }
    quienes = con_permiso(P.TAREAS)
    notificar(
        usuarios=quienes,
        tipo=Tipo.OPERACION,
        texto=titulo,
        enlace=enlace,
        clave=clave,
        urgente=urgente,
        contenido=contenido,
    )
    suyas = set(Usuario.objects.filter(pk__in=quienes).values_list("email", flat=True))
    Correo.objects.bulk_create(
        [
            Correo(
                para=para,
                tipo=Tipo.OPERACION,
                clave=f"{clave}:{para.lower()}"[:160],
                asunto=f"{'Urgente: ' if urgente else ''}{titulo}"[:200],
                contenido=contenido,
            )
            for para in dict.fromkeys(settings.OPERADORES_CORREO)
            if para not in suyas
        ],
        ignore_conflicts=True,
    )
