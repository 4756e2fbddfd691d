"""Alerts of terms: at 3, 2 and 1 working days and when overdue, each once for each document, day and threshold.

Both clocks count: the day the area must answer and the legal day of the document; when they are one day, one alert.
What was missed while nothing ran is told by its nearest threshold alone. A moved day is a new day, with its own
alerts. Source: REQUIREMENTS R3.7, R8.2.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from core.direcciones import molde
from core.jobs import encolar, progreso_actual
from core.rondas import cada
from core.texto import cuenta, fecha
from documents.constants import ESTADOS_ABIERTOS, ESTADOS_EN_PAUSA, Prioridad
from notifications.alertas.personas import jefes_de
from notifications.constants import Tipo
from notifications.horario import en_horario, rango_de_limites, umbral_de
from notifications.models import Correo
from notifications.services import notificar
from organization.calendar import cargar_calendario, hoy_lima
from organization.constants import P
from organization.permissions import personas_de

LOTE = 100
TAREA_AVISAR_PLAZOS = "notifications.tasks.avisar_plazos"

_SQL = """
WITH umbrales AS (
    SELECT * FROM unnest(%(fechas)s::date[], %(umbrales)s::int[]) AS u(fecha, umbral)
), plazos AS (
    SELECT d.documento_id, d.fecha_limite_atencion AS fecha, d.area_destino_id AS area_id, d.asignado_a_id,
           true AS con_area
      FROM derivations_derivacion d
     WHERE NOT d.es_copia AND d.estado IN ('PENDIENTE', 'RECIBIDO')
       AND d.fecha_limite_atencion BETWEEN %(primera)s AND %(ultima)s
    UNION ALL
    SELECT d.id, d.fecha_limite, d.area_actual_id, d.asignado_a_id, d.estado <> 'REGISTRADO'
      FROM documents_documento d
     WHERE d.fecha_limite BETWEEN %(primera)s AND %(ultima)s AND d.estado = ANY(%(abiertos)s)
)
SELECT DISTINCT ON (p.fecha, p.documento_id)
       p.documento_id, p.fecha, u.umbral, p.area_id, p.asignado_a_id, p.con_area,
       d.numero_expediente, d.asunto, d.reservado, d.prioridad
  FROM plazos p
  JOIN umbrales u ON u.fecha = p.fecha
  JOIN documents_documento d ON d.id = p.documento_id
 WHERE d.estado <> ALL(%(pausados)s)
   AND NOT EXISTS (SELECT 1 FROM notifications_avisoplazo a
                    WHERE a.documento_id = p.documento_id AND a.fecha_limite = p.fecha AND a.umbral <= u.umbral)
 ORDER BY p.fecha, p.documento_id
 LIMIT %(tope)s
"""


@dataclass(frozen=True)
class PorAvisar:
    """A term whose threshold nobody has been told of."""

    documento_id: int
    fecha: date
    umbral: int
    area_id: int
    asignado_id: int | None
    con_area: bool
    numero: str
    asunto: str
    reservado: bool
    prioridad: str


def por_avisar(hoy=None, *, calendario=None, tope=LOTE):
    """The terms to tell of today, nearest first, at most `tope`."""
    hoy = hoy or hoy_lima()
    calendario = calendario or cargar_calendario(hoy - timedelta(days=40))
    primera, ultima = rango_de_limites(hoy, calendario=calendario)
    dias = [primera + timedelta(days=n) for n in range((ultima - primera).days + 1)]
    umbrales = {dia: umbral_de(dia, hoy, calendario=calendario) for dia in dias}
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "fechas": list(umbrales),
                "umbrales": list(umbrales.values()),
                "primera": primera,
                "ultima": ultima,
                "abiertos": [e.value for e in ESTADOS_ABIERTOS],
                "pausados": [e.value for e in ESTADOS_EN_PAUSA],
                "tope": tope,
            },
        )
        return [PorAvisar(*fila) for fila in cursor.fetchall()]


@cada(300)
def ronda():
    """Look, in working hours, whether a term calls for an alert; then ask for the task."""
    if en_horario() and por_avisar(tope=1):
        with transaction.atomic():
            encolar(funcion=TAREA_AVISAR_PLAZOS, clave="plazos", max_intentos=3)


def avisar_plazos():
    """Tell everything due now, in batches. Returns: {"avisados": n}. Writes: AvisoPlazo, Notificacion, Correo."""
    avisados = 0
    while en_horario():
        hechos = _avisar_lote()
        if not hechos:
            break
        avisados += hechos
        progreso_actual(0, cuenta(avisados, "plazo avisado", "plazos avisados"))
    return {"avisados": avisados}


@transaction.atomic
def _avisar_lote():
    """Tell one batch; two runs at once wait for each other's rows and tell each term once."""
    hoy = hoy_lima()
    plazos = por_avisar(hoy)
    if not plazos:
        return 0
    nuevos = _anotar(plazos)
    plazos = [p for p in plazos if (p.documento_id, p.fecha, p.umbral) in nuevos]
    areas = {p.area_id for p in plazos}
    jefes, atienden, derivan = (
        jefes_de(areas, hoy),
        personas_de(areas, P.ATENDER),
        personas_de(areas, P.DERIVAR),
    )
    enlace, claves = molde("documents:detalle"), defaultdict(list)
    for plazo in plazos:
        quienes = _quienes(plazo, jefes, atienden, derivan)
        clave = f"plazo:{plazo.documento_id}:{plazo.fecha:%Y%m%d}:{plazo.umbral}"
        notificar(
            usuarios=quienes,
            tipo=Tipo.POR_VENCER if plazo.umbral else Tipo.VENCIDO,
            texto=frase(plazo, hoy),
            enlace=enlace(plazo.documento_id),
            clave=clave,
            documento=plazo.documento_id,
            urgente=plazo.prioridad == Prioridad.URGENTE,
            asunto_correo=frase(plazo, hoy, corta=True),
        )
        for usuario in quienes:
            claves[usuario].append(f"{clave}:{usuario}")
    _juntar(claves, hoy)
    return len(nuevos)


def _anotar(plazos):
    """Remember the alerts. Returns: the set of (document, day, threshold) that are new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_avisoplazo (documento_id, fecha_limite, umbral, avisado_en)"
            " SELECT *, %s FROM unnest(%s::bigint[], %s::date[], %s::int[]) AS p(documento, fecha, umbral)"
            " ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING documento_id, fecha_limite, umbral",
            [
                timezone.now(),
                [p.documento_id for p in plazos],
                [p.fecha for p in plazos],
                [p.umbral for p in plazos],
            ],
        )
        return set(cursor.fetchall())


def _quienes(plazo, jefes, atienden, derivan):
    """Who has it: the person it was given to, else those of the area and its chief; overdue, the chief too."""
    jefatura = jefes.get(plazo.area_id, [])
    if plazo.asignado_id:
        return sorted({plazo.asignado_id, *(jefatura if plazo.umbral == 0 else ())})
    gente = (atienden if plazo.con_area else derivan).get(plazo.area_id, [])
    return sorted({*gente, *jefatura})


def frase(plazo, hoy, *, corta=False):
    """One sentence with the number and the day; a reserved document is named without its subject."""
    if plazo.umbral == 0:
        texto = f"{plazo.numero} venció el {fecha(plazo.fecha)}"
    elif plazo.fecha == hoy:
        texto = f"{plazo.numero} vence hoy"
    else:
        dias = cuenta(plazo.umbral, "día hábil", "días hábiles")
        texto = f"{plazo.numero} vence en {dias}, el {fecha(plazo.fecha)}"
    return texto if corta or plazo.reservado else f"{texto}: {plazo.asunto}"


def _juntar(claves, hoy):
    """Make one mail of those that one person would get at once; the notices in the system stay one by one."""
    for _, suyas in sorted(claves.items()):
        if len(suyas) < 2:
            continue
        correos = list(Correo.objects.filter(clave__in=suyas).order_by("pk"))
        if len(correos) < 2:
            continue
        primero, resto = correos[0], correos[1:]
        vencidos = sum(c.tipo == Tipo.VENCIDO for c in correos)
        partes = [
            cuenta(vencidos, "vencido") if vencidos else "",
            cuenta(len(correos) - vencidos, "por vencer", "por vencer") if len(correos) > vencidos else "",
        ]
        titulo = f"Plazos de tus documentos: {' y '.join(p for p in partes if p)}"
        listas = [
            [nombre, [[c.texto, c.contenido["enlace"]] for c in correos if c.tipo == tipo]]
            for nombre, tipo in (("Vencidos", Tipo.VENCIDO), ("Por vencer", Tipo.POR_VENCER))
        ]
        primero.asunto, primero.texto = f"{titulo} ({fecha(hoy)})", ""
        primero.contenido = {
            "titulo": titulo,
            "parrafos": ["Estos documentos te necesitan. Abre cada uno desde su enlace."],
            "listas": listas,
        }
        primero.documento = None
        primero.save(update_fields=["asunto", "texto", "contenido", "documento"])
        Correo.objects.filter(pk__in=[c.pk for c in resto]).delete()
