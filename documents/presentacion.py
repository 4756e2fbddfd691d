"""The legal clock in words and as a strip of days, the same for the detail, the lists and the citizen."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from core.texto import cuenta, fecha, fecha_num
from documents.constants import ESTADOS_EN_PAUSA, Estado
from organization.calendar import cargar_calendario, fecha_corta, hoy_lima, sumar_dias_habiles

MAXIMO_DE_CELDAS = 80
LEYENDAS = {"g": ("l-azul", "Corrido"), "h": ("l-tinta", "Hoy"), "": ("l-vacio", "Por correr")}
SIN_CURSO = (Estado.ANULADO, Estado.NO_PRESENTADO)
TERMINADOS = (Estado.ATENDIDO, Estado.ARCHIVADO)


@dataclass(frozen=True)
class Reloj:
    """What the page says of a term.

    dias: working days left, negative when overdue, None without a running term.
    celdas: one class per working day: p paused, g passed, h today, "" to go. leyenda: (class, text) pairs.
    """

    titulo: str
    dias: int | None = None
    en_pausa: bool = False
    vence: date | None = None
    regla: str = ""
    nota: str = ""
    celdas: list = field(default_factory=list)
    resumen: str = ""
    leyenda: list = field(default_factory=list)


def poner_plazos(documentos, *, hoy=None, calendario=None):
    """Sets `dias_restantes` and `en_pausa` on each document, from one calendar. Returns the documents."""
    documentos = list(documentos)
    hoy = hoy or hoy_lima()
    limites = [d.fecha_limite for d in documentos if d.fecha_limite]
    calendario = calendario or cargar_calendario(hoy, min(limites, default=hoy))
    for documento in documentos:
        documento.dias_restantes = dias_hasta(documento.fecha_limite, hoy=hoy, calendario=calendario)
        documento.en_pausa = documento.estado in ESTADOS_EN_PAUSA
    return documentos


def dias_hasta(limite, *, hoy, calendario):
    """Working days left, None without a term; negative as soon as the day passed, even over a weekend."""
    if limite is None:
        return None
    dias = calendario.dias_habiles_entre(hoy, limite)
    return min(dias, -1) if limite < hoy else dias


def reloj_de(documento, *, pausas=None, hoy=None, calendario=None):
    """The Reloj of a document.

    Args: pausas are its PausaPlazo rows, when already read. An open pause shows where the term would end if
        it were lifted today; nothing is stored.
    """
    hoy = hoy or hoy_lima()
    if documento.estado in SIN_CURSO:
        return Reloj(titulo=f"{documento.get_estado_display()}: no corre plazo", regla=documento.plazo_regla)
    if documento.fecha_limite is None:
        return Reloj(titulo="Sin plazo legal", nota="Este tipo de documento no tiene plazo de respuesta.")
    calendario = calendario or cargar_calendario(min(documento.fecha_legal, hoy), documento.fecha_limite)
    pausas = list(documento.pausas.all()) if pausas is None else list(pausas)
    if documento.estado in TERMINADOS:
        return _terminado(documento, calendario)
    en_pausa = documento.estado in ESTADOS_EN_PAUSA
    pasos, vence, nota = documento.plazo_pasos, documento.fecha_limite, ""
    if en_pausa and documento.plazo_dias is not None:
        provisional = sumar_dias_habiles(
            documento.fecha_legal,
            documento.plazo_dias,
            calendario=calendario,
            pausas=[(p.desde, p.hasta, p.motivo, p.base_legal) for p in pausas],
            hoy=hoy,
        )
        pasos = provisional.pasos
        nota = f"Si se reanuda hoy, vence el {fecha_corta(provisional.vence_el)}."
    dias = dias_hasta(vence, hoy=hoy, calendario=calendario)
    celdas = celdas_de(pasos, hoy=hoy, calendario=calendario)
    return Reloj(
        titulo="En pausa" if en_pausa else titulo_de(dias),
        dias=dias,
        en_pausa=en_pausa,
        vence=vence,
        regla=documento.plazo_regla or cuenta(documento.plazo_dias or 0, "día hábil", "días hábiles"),
        nota=nota,
        celdas=celdas,
        resumen=resumen_de(celdas, dias),
        leyenda=leyenda_de(celdas, pausas),
    )


def titulo_de(dias):
    """Working days left, in words."""
    if dias < 0:
        return f"Vencido hace {cuenta(-dias, 'día hábil', 'días hábiles')}"
    if dias == 0:
        return "Vence hoy"
    return "Queda 1 día hábil" if dias == 1 else f"Quedan {cuenta(dias, 'día hábil', 'días hábiles')}"


def _terminado(documento, calendario):
    """The clock of an attended document: how it ended against its last day."""
    vence, nota = documento.fecha_limite, ""
    if documento.fecha_atencion:
        dia = timezone.localdate(documento.fecha_atencion)
        diferencia = calendario.dias_habiles_entre(dia, vence)
        if dia > vence:
            tarde = cuenta(max(-diferencia, 1), "día hábil", "días hábiles")
            nota = f"Atendido el {fecha(dia)}, {tarde} después de vencer."
        elif diferencia == 0:
            nota = f"Atendido el {fecha(dia)}, el último día."
        else:
            antes = cuenta(diferencia, "día hábil", "días hábiles")
            nota = f"Atendido el {fecha(dia)}, {antes} antes de vencer."
    titulo = "Atendido"
    if nota:
        titulo = "Atendido fuera de plazo" if dia > vence else "Atendido en plazo"
    return Reloj(titulo=titulo, vence=vence, regla=documento.plazo_regla, nota=nota)


def celdas_de(pasos, *, hoy, calendario):
    """The strip: paused and counted working days in order; a very long term is thinned to fit."""
    celdas = []
    for paso in pasos:
        dia = date.fromisoformat(paso["fecha"])
        if paso.get("clase") == "pausa":
            if calendario.es_habil(dia):
                celdas.append("p")
        elif paso["cuenta"]:
            celdas.append("g" if dia < hoy else "h" if dia == hoy else "")
    if len(celdas) <= MAXIMO_DE_CELDAS:
        return celdas
    paso = -(-len(celdas) // MAXIMO_DE_CELDAS)
    grupos = [celdas[i : i + paso] for i in range(0, len(celdas), paso)]
    return ["h" if "h" in grupo else grupo[0] for grupo in grupos]


def resumen_de(celdas, dias):
    """The strip in words, for who does not see it."""
    pausados, corridos = celdas.count("p"), celdas.count("g")
    partes = []
    if pausados:
        partes.append(f"{cuenta(pausados, 'día', 'días')} en pausa")
    partes.append(f"{cuenta(corridos, 'día corrido', 'días corridos')}")
    if "h" in celdas:
        partes.append(f"hoy es el día {corridos + 1}")
    partes.append(titulo_de(dias).lower())
    return ", ".join(partes)


def leyenda_de(celdas, pausas):
    """(class, text) of each kind of day in the strip, pauses with their days and reason."""
    leyenda = [("l-azul", "Corrido")] if "g" in celdas else []
    leyenda += [("l-pausa", f"En pausa: {texto_de_pausa(p)}") for p in pausas]
    return leyenda + [LEYENDAS[clase] for clase in ("h", "") if clase in celdas]


def texto_de_pausa(pausa):
    """Days, reason and basis, e.g. "19 y 20/11, por subsanar (art. 136)"."""
    base = pausa.base_legal.split(",")[0].strip()
    return f"{dias_de_pausa(pausa)}, {pausa.motivo}" + (f" ({base})" if base else "")


def dias_de_pausa(pausa):
    """The paused stretch, as short as it can be said."""
    desde, hasta = pausa.desde, pausa.hasta
    if hasta is None:
        return f"desde el {_dia(desde)}"
    if hasta == desde:
        return _dia(desde)
    if hasta - desde == timedelta(days=1) and hasta.month == desde.month:
        return f"{desde.day} y {_dia(hasta)}"
    return f"del {_dia(desde)} al {_dia(hasta)}"


def _dia(dia):
    """Day and month; the year too when it is another."""
    return f"{dia:%d/%m}" if dia.year == hoy_lima().year else fecha_num(dia)
