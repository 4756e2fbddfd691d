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


def dias_restantes(fecha_limite, hoy):
    """Working days left; negative as soon as the day has passed, even over a weekend. None without a term."""
    if fecha_limite is None:
        return None
    dias = hoy.calendario.dias_habiles_entre(hoy.fecha, fecha_limite)
    return min(dias, -1) if fecha_limite < hoy.fecha else dias


def fila_de(bandeja, datos, hoy):
    """The row of a tray from its columns (`derivations.bandejas.columnas`)."""
    return (
        _de_documento(bandeja, datos, hoy)
        if bandeja.es_de_documentos
        else _de_derivacion(bandeja, datos, hoy)
    )


def _comun(datos, prefijo):
    return {
        "pk": datos["pk"],
        "numero": f"{datos[f'{prefijo}anio']}-{datos[f'{prefijo}numero']:06d}",
        "expediente": datos[f"{prefijo}numero_expediente"],
        "asunto": datos[f"{prefijo}asunto"],
        "remitente": datos[f"{prefijo}remitente_nombre"],
        "tipo": datos[f"{prefijo}tipo_documento__nombre"],
        "reservado": datos[f"{prefijo}reservado"],
        "en_pausa": datos[f"{prefijo}estado"] in ESTADOS_EN_PAUSA,
    }


def _de_documento(bandeja, datos, hoy):
    if bandeja.nombre == "observados":
        vence_el = datos["observacion__vence_el"]
        origen = fecha_texto(vence_el) if vence_el else ""
        detalle = "; ".join(datos["observacion__faltantes"] or ())
    else:
        origen = datos["area_sugerida__nombre"] or "Sin área prevista"
        detalle = datos["instruccion_prevista"]
    return Fila(
        documento_id=datos["pk"],
        folios=datos["numero_folios"],
        urgente=datos["prioridad"] == Prioridad.URGENTE,
        devuelto=False,
        dias_restantes=dias_restantes(datos["fecha_limite"], hoy),
        estado="",
        origen=origen,
        instruccion=detalle,
        cuando=datos["fecha_recepcion"],
        **_comun(datos, ""),
    )


def _de_derivacion(bandeja, datos, hoy):
    sin_reloj = datos["es_copia"] or bandeja.nombre == "atendidos"
    area = "area_destino__nombre" if bandeja.nombre == "enviados" else "area_origen__nombre"
    return Fila(
        documento_id=datos["documento_id"],
        folios=datos["folios_recibidos"] or datos["folios"],
        urgente=datos["es_urgente"] or datos["documento__prioridad"] == Prioridad.URGENTE,
        devuelto=datos["motivo"] == Motivo.DEVOLUCION,
        dias_restantes=None if sin_reloj else dias_restantes(datos["fecha_limite_atencion"], hoy),
        estado="ATENDIDO" if bandeja.nombre == "atendidos" else "",
        origen=datos[area],
        instruccion=datos["instrucciones"],
        cuando=datos[bandeja.campo_fecha],
        **_comun(datos, "documento__"),
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
