"""Rows, panels and movement sentences as plain objects, so that templates ask nothing of the database."""

from dataclasses import dataclass

from django.utils.http import urlencode

from core.texto import fecha as fecha_texto
from core.texto import fecha_corta
from derivations.constants import Motivo
from documents.constants import ESTADOS_EN_PAUSA, Prioridad


@dataclass(frozen=True)
class Fila:
    """One row of a tray."""

    pk: int
    documento_id: int
    numero: str
    expediente: str
    asunto: str
    remitente: str
    tipo: str
    folios: int
    urgente: bool
    reservado: bool
    devuelto: bool
    dias_restantes: int | None
    en_pausa: bool
    estado: str
    origen: str
    instruccion: str
    cuando: object
    asignado: str = ""


def dias_restantes(fecha_limite, hoy):
    """Working days left; negative as soon as the day has passed, even over a weekend. None without a term."""
    if fecha_limite is None:
        return None
    dias = hoy.calendario.dias_habiles_entre(hoy.fecha, fecha_limite)
    return min(dias, -1) if fecha_limite < hoy.fecha else dias


def fila_de(bandeja, cosa, hoy):
    """The row of a Derivacion or a Documento, from its joined columns."""
    return (
        _de_documento(bandeja, cosa, hoy) if bandeja.es_de_documentos else _de_derivacion(bandeja, cosa, hoy)
    )


def _comun(documento):
    return {
        "documento_id": documento.pk,
        "numero": documento.numero_corto,
        "expediente": documento.numero_expediente,
        "asunto": documento.asunto,
        "remitente": documento.remitente_nombre,
        "tipo": documento.tipo_documento.nombre,
        "reservado": documento.reservado,
        "en_pausa": documento.estado in ESTADOS_EN_PAUSA,
    }


def _de_documento(bandeja, documento, hoy):
    if bandeja.nombre == "observados":
        observacion = getattr(documento, "observacion", None)
        origen = fecha_texto(observacion.vence_el) if observacion else ""
        detalle = "; ".join(observacion.faltantes) if observacion else ""
    else:
        sugerida = documento.area_sugerida
        origen = sugerida.nombre if sugerida else "Sin área prevista"
        detalle = documento.instruccion_prevista
    return Fila(
        pk=documento.pk,
        folios=documento.numero_folios,
        urgente=documento.prioridad == Prioridad.URGENTE,
        devuelto=False,
        dias_restantes=dias_restantes(documento.fecha_limite, hoy),
        estado="",
        origen=origen,
        instruccion=detalle,
        cuando=documento.fecha_recepcion,
        asignado=documento.asignado_a.nombre_completo if documento.asignado_a else "",
        **_comun(documento),
    )


def _de_derivacion(bandeja, derivacion, hoy):
    documento = derivacion.documento
    sin_reloj = derivacion.es_copia or bandeja.nombre == "atendidos"
    area = derivacion.area_destino if bandeja.nombre == "enviados" else derivacion.area_origen
    return Fila(
        pk=derivacion.pk,
        folios=derivacion.folios_recibidos or derivacion.folios,
        urgente=derivacion.es_urgente or documento.prioridad == Prioridad.URGENTE,
        devuelto=derivacion.motivo == Motivo.DEVOLUCION,
        dias_restantes=None if sin_reloj else dias_restantes(derivacion.fecha_limite_atencion, hoy),
        estado="ATENDIDO" if bandeja.nombre == "atendidos" else "",
        origen=area.nombre,
        instruccion=derivacion.instrucciones,
        cuando=getattr(derivacion, bandeja.campo_fecha),
        asignado=derivacion.asignado_a.nombre_completo if derivacion.asignado_a else "",
        **_comun(documento),
    )


def carga(pendientes, vencidos):
    """ "23 pendientes, 1 vencido", as shown beside an area or a person."""
    texto = "Sin pendientes" if not pendientes else f"{pendientes} pendiente{'' if pendientes == 1 else 's'}"
    if vencidos:
        texto += f", {vencidos} vencido{'' if vencidos == 1 else 's'}"
    return texto


def con_parametros(url, **parametros):
    """The address with these parameters added, empty ones left out."""
    limpios = {clave: valor for clave, valor in parametros.items() if valor not in (None, "")}
    if not limpios:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(limpios)}"


def frase_de_plazo(fecha_limite, hoy):
    """ "vie 04/12/2026, quedan 8 días hábiles"."""
    if fecha_limite is None:
        return "Sin plazo"
    dias = dias_restantes(fecha_limite, hoy)
    if dias < 0:
        resto = f"venció hace {-dias} día{'' if dias == -1 else 's'} hábil{'' if dias == -1 else 'es'}"
    elif dias == 0:
        resto = "vence hoy"
    else:
        resto = f"queda{'' if dias == 1 else 'n'} {dias} día{'' if dias == 1 else 's'} hábil{'' if dias == 1 else 'es'}"
    return f"{fecha_texto(fecha_limite)}, {resto}"


def corta(fecha):
    """ "vie 27/11"."""
    return fecha_corta(fecha)
