"""The receipt: its facts, frozen at issue, and each printing counted."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.events import registrar_evento
from documents.codes import formatear_clave
from documents.constants import Evento
from documents.models import Cargo
from organization.calendar import fecha_corta
from organization.models import Entidad


def url_de_seguimiento(codigo_qr):
    """The citizen's tracking address."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}/c/{codigo_qr}"


def datos_de_cargo(documento, *, observacion=None, entidad=None):
    """Everything art. 35.2 asks of the receipt, as display-ready values.

    Args: documento with its relations; observacion None or {"faltantes", "vence": date}; entidad when already read.
    Returns: dict stored in Cargo.datos; nothing of it changes later.
    Source: TUO Ley 27444 arts. 35.2, 125, 136; UI 8.
    """
    entidad = entidad or leer_entidad()
    presentado = timezone.localtime(documento.fecha_presentacion)
    sede = documento.area_registro.sede
    recibio = (
        documento.usuario_registro.nombre_completo if documento.usuario_registro else "Mesa de partes virtual"
    )
    if documento.ventanilla:
        recibio = f"{recibio}, {documento.ventanilla.nombre.lower()}"
    firmante = documento.firmante_nombre
    if firmante and documento.firmante_documento:
        firmante = f"{firmante}, DNI {documento.firmante_documento}"
    fecha_documento = f" del {documento.fecha_documento:%d/%m/%Y}" if documento.fecha_documento else ""
    plazo = f"{documento.plazo_dias} días hábiles" if documento.plazo_dias is not None else "Sin plazo"
    if documento.fecha_limite and not observacion:
        plazo = f"{plazo}, vence el {fecha_corta(documento.fecha_limite)}"
    return {
        "entidad": entidad.nombre,
        "sigla": entidad.sigla,
        "sede": sede.nombre,
        "lugar": ", ".join(p for p in (sede.direccion or entidad.direccion, entidad.lugar) if p),
        "expediente": documento.numero_expediente,
        "presentado_en": f"{presentado:%d/%m/%Y %H:%M:%S}",
        "fecha_legal": f"{documento.fecha_legal:%d/%m/%Y}",
        "mismo_dia": presentado.date() == documento.fecha_legal,
        "remitente": documento.remitente_nombre,
        "remitente_documento": documento.remitente.identidad,
        "firmante": firmante,
        "documento": f"{documento.tipo_documento.nombre} {documento.numero_documento_externo}{fecha_documento}",
        "asunto": documento.asunto,
        "folios": documento.numero_folios,
        "numero_anexos": documento.numero_anexos,
        "anexos": documento.detalle_anexos,
        "procedimiento": str(documento.procedimiento) if documento.procedimiento else "",
        "plazo": plazo,
        "silencio": documento.get_silencio_display() if documento.silencio else "",
        "destino": documento.area_sugerida.nombre if documento.area_sugerida else "Por definir",
        "recibio": recibio,
        "clave": formatear_clave(documento.clave),
        "url": url_de_seguimiento(documento.codigo_qr),
        "url_corta": f"{settings.PUBLIC_BASE_URL.split('://')[-1].rstrip('/')}/consulta",
        "codigo_interno": documento.codigo_interno,
        "observacion": observacion_impresa(observacion),
    }


def leer_entidad():
    """The office that receives, as it is written on what it prints."""
    return Entidad.objects.first() or Entidad(nombre="Entidad sin configurar", sigla="")


def observacion_impresa(observacion):
    """The observation block of the receipt, or None."""
    if not observacion:
        return None
    return {
        "faltantes": list(observacion["faltantes"]),
        "vence": fecha_corta(observacion["vence"]),
        "base_legal": "art. 136, TUO Ley 27444",
    }


@transaction.atomic
def registrar_impresion(*, documento_id, formato, actor, ip=None):
    """Counts one printing of the receipt and says whether it is a reprint.

    Returns: (datos, reimpresion) with reimpresion None the first time, else {"n", "fecha"}.
    Writes: Cargo.impresiones, Evento. Labels are not receipts and do not count.
    """
    cargo = Cargo.objects.select_for_update(of=("self",)).get(documento_id=documento_id)
    ahora = timezone.localtime()
    es_etiqueta = formato.startswith("etiqueta")
    if not es_etiqueta:
        Cargo.objects.filter(pk=cargo.pk).update(impresiones=F("impresiones") + 1)
    registrar_evento(
        tipo=Evento.CARGO_IMPRESO,
        documento_id=documento_id,
        actor=actor,
        ip=ip,
        detalle={"formato": formato, "n": cargo.impresiones + (0 if es_etiqueta else 1)},
    )
    reimpresion = None
    if cargo.impresiones and not es_etiqueta:
        reimpresion = {"n": cargo.impresiones, "fecha": f"{ahora:%d/%m/%Y %H:%M:%S}"}
    return cargo.datos, reimpresion
