"""The printed delivery slip that walks with the papers."""

from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from core.texto import fecha_hora_num
from derivations.constants import Evento
from derivations.models import Derivacion, HojaRemision
from documents.models import SerieNumeracion
from documents.services import siguiente_numero
from organization.models import Entidad

SERIE_REMISION = "HR"


@transaction.atomic
def emitir_hoja_remision(*, derivaciones, actor):
    """Numbers and freezes one slip per (origin, destination) of the given derivations.

    Args: ids of Derivacion. Returns: list of HojaRemision, by destination.
    Raises: DatosInvalidos without rows.
    Writes: HojaRemision, Correlativo, one Evento per document.
    """
    filas = list(
        Derivacion.objects.filter(pk__in=derivaciones)
        .select_related("documento", "area_origen", "area_destino")
        .order_by("area_destino__nombre", "documento__anio", "documento__numero")
    )
    if not filas:
        raise DatosInvalidos(campos={"__all__": ["Elige al menos un documento para la hoja de remisión."]})
    ahora = timezone.localtime()
    entidad = Entidad.objects.first()
    serie, _ = SerieNumeracion.objects.get_or_create(
        codigo=SERIE_REMISION, defaults={"nombre": "Hojas de remisión", "mascara": "HR-{anio}-{numero:05d}"}
    )
    grupos = {}
    for fila in filas:
        grupos.setdefault((fila.area_origen, fila.area_destino), []).append(fila)
    hojas = []
    for (origen, destino), grupo in grupos.items():
        numero = siguiente_numero(serie=serie, anio=ahora.year)
        datos = {
            "entidad": entidad.nombre if entidad else "",
            "origen": origen.nombre,
            "destino": destino.nombre,
            "numero": serie.formatear(anio=ahora.year, numero=numero),
            "fecha": fecha_hora_num(ahora),
            "autor": actor.nombre_completo,
            "filas": [_fila(d) for d in grupo],
            "total_folios": sum(d.folios for d in grupo),
        }
        hojas.append(
            HojaRemision.objects.create(
                numero=numero,
                anio=ahora.year,
                area_origen=origen,
                area_destino=destino,
                emitida_por=actor,
                emitida_en=ahora,
                datos=datos,
            )
        )
        for d in grupo:
            registrar_evento(
                tipo=Evento.REMISION_IMPRESA,
                documento_id=d.documento_id,
                actor=actor,
                area_id=origen.pk,
                detalle={"hoja": datos["numero"], "destino": destino.nombre},
            )
    return hojas


def _fila(derivacion):
    """One row of the slip; it walks through corridors, so a reserved document shows only its number."""
    documento = derivacion.documento
    return {
        "expediente": documento.numero_expediente,
        "codigo_interno": documento.codigo_interno,
        "remitente": "" if documento.reservado else documento.remitente_nombre,
        "asunto": "Reservado" if documento.reservado else documento.asunto,
        "folios": derivacion.folios,
        "va": "Copia" if derivacion.es_copia else ("Original" if derivacion.con_original else "Sin original"),
        "instruccion": "" if documento.reservado else derivacion.instrucciones,
    }
