"""Statistics of the moment: what there is, what came in and what was finished, exact and without counting rows."""

from collections import Counter, defaultdict
from datetime import timedelta

from django.utils import timezone

from derivations.bandejas import Hoy
from documents.constants import (
    ESTADOS_ABIERTOS,
    ESTADOS_EN_PAUSA,
    ESTADOS_QUE_CORREN,
    Canal,
    Estado,
    Prioridad,
    Silencio,
)
from documents.models import TipoDocumento
from organization.calendar import hoy_lima
from reports import lecturas as l
from reports.cache import figuras_en_cache
from reports.constants import TRAMOS_ANTIGUEDAD
from reports.disparadores import SIN_PLAZO
from reports.periodo import Periodo
from reports.permissions import ambito_de, areas_de


def obtener_estadisticas(usuario, desde=None, hasta=None, areas=None, *, ip=None):
    """Figures of the areas whose reports the user sees; of the whole entity for who sees every document.

    Args: desde and hasta are local dates, both inside; by default the last 30 days. areas narrows it (ids).
    Returns: a plain dict, ready for JSON; docs/api.md says what each figure counts. `ahora` is the moment,
        whatever the period; `periodo` what happened in it; por_estado, por_tipo, por_prioridad and the `documentos`
        of por_area are of all documents, or with desde or hasta of those received in the period.
    Raises: AccionProhibida (403), DatosInvalidos (422).
    """
    ambito = ambito_de(usuario, areas, ip=ip)
    return leer_estadisticas(ambito, Periodo.leer(hoy_lima(), desde, hasta))


def leer_estadisticas(ambito, periodo):
    """The same for areas that the caller has already been allowed."""
    return figuras_en_cache("obtener_estadisticas", ambito, periodo, _calcular)


def _calcular(ambito, periodo):
    hoy = Hoy.leer()
    cortes = cortes_de_antiguedad(hoy)
    antes = periodo.anterior
    filas = defaultdict(list)
    for fila in l.leer_figuras(
        areas=ambito,
        hoy=hoy.fecha,
        holgado=hoy.holgado,
        cortes=cortes,
        desde=periodo.desde,
        hasta=periodo.hasta,
        antes_desde=antes.desde,
        antes_hasta=antes.hasta,
    ):
        filas[fila.que].append(fila)
    existencia = {(f.area, f.clase): f.n for f in filas[l.EXISTENCIA_AREA]}
    reparto = _reparto(ambito, periodo, filas, existencia)
    por_area = _por_area(ambito, filas, existencia, reparto["area"])
    ahora = _sumar([fila["ahora"] for fila in por_area])
    registrados = sum(f.n for f in filas[l.REGISTRO_AREA])
    recibidos = sum(f.n for f in filas[l.RECEPCION_AREA])
    tipos = {pk: nombres for pk, *nombres in TipoDocumento.objects.values_list("pk", "codigo", "nombre")}
    return {
        "calculado_en": timezone.localtime().isoformat(timespec="seconds"),
        "hoy": hoy.fecha.isoformat(),
        "desde": periodo.desde.isoformat(),
        "hasta": periodo.hasta.isoformat(),
        "todas_las_areas": ambito is None,
        "ahora": ahora,
        "periodo": {
            # inside the whole entity a movement between two areas brings nothing in
            "ingresados": registrados if ambito is None else registrados + recibidos,
            "registrados": registrados,
            "recibidos": recibidos,
            **_atenciones(filas[l.ATENCION_AREA]),
        },
        "periodo_anterior": {
            "desde": antes.desde.isoformat(),
            "hasta": antes.hasta.isoformat(),
            **_atenciones(filas[l.ATENCION_ANTES]),
        },
        "en_el_dia": {
            "registrados": sum(f.n for f in filas[l.REGISTRO_HOY]),
            "recibidos": sum(f.n or 0 for f in filas[l.RECEPCION_HOY]),
            "atendidos": sum(f.n or 0 for f in filas[l.ATENCION_HOY]),
            "por_canal": _nombrar({f.clase: f.n for f in filas[l.REGISTRO_HOY]}, Canal),
        },
        "silencio_positivo": {
            "vencidos": ahora["vencidos_con_silencio"],
            "por_vencer": ahora["por_vencer_con_silencio"],
            "por_dia": [
                {"dia": f.dia.isoformat(), "cantidad": f.n}
                for f in sorted(filas[l.SILENCIO_DIA], key=lambda f: f.dia)
                if f.n
            ],
        },
        "por_estado": _nombrar(reparto["estado"], Estado),
        "por_prioridad": _nombrar(reparto["prioridad"], Prioridad),
        "por_tipo": [
            {"tipo": codigo, "nombre": nombre, "cantidad": reparto["tipo"][pk]}
            for pk, (codigo, nombre) in tipos.items()
            if reparto["tipo"].get(pk)
        ],
        "por_area": por_area,
        "por_dia": _por_dia(periodo, filas),
        "registrados_por_tipo": [
            {"tipo": tipos[f.tipo][0], "nombre": tipos[f.tipo][1], "cantidad": f.n}
            for f in sorted(filas[l.REGISTRO_TIPO], key=lambda f: -f.n)
            if f.n
        ],
        "registrados_por_canal": _nombrar({f.clase: f.n for f in filas[l.CANAL]}, Canal),
        "antiguedad": _antiguedad(filas[l.EN_AREA], ahora["abiertos"]),
    }


def _atenciones(filas):
    """Attended, late, without a term; on time and its per cent are of those with a term (None when none has)."""
    atendidos = sum(f.n for f in filas)
    tarde = sum(f.otro for f in filas)
    sin_plazo = sum(f.n for f in filas if f.clase == SIN_PLAZO)
    con_plazo = atendidos - sin_plazo
    return {
        "atendidos": atendidos,
        "atendidos_tarde": tarde,
        "atendidos_sin_plazo": sin_plazo,
        "atendidos_en_plazo": con_plazo - tarde,
        "en_plazo_pct": round(100 * (con_plazo - tarde) / con_plazo, 1) if con_plazo else None,
    }


def cortes_de_antiguedad(hoy):
    """First day of each group of ageing, the oldest group first: days that are at most n working days ago."""
    cortes, dia, habiles = [], hoy.fecha, 0
    for tope in TRAMOS_ANTIGUEDAD:
        while True:
            habiles += hoy.calendario.es_habil(dia)
            if habiles > tope:
                habiles -= 1
                break
            dia -= timedelta(days=1)
        cortes.append(dia)
    return cortes[::-1]


def _reparto(ambito, periodo, filas, existencia):
    """{"estado": {code: n}, "tipo": ..., "prioridad": ..., "area": ...} of all documents, or of the period's."""
    if not periodo.pedido:
        estados, de_area = Counter(), Counter()
        for (area, estado), n in existencia.items():
            estados[estado] += n
            de_area[area] += n
        return {
            "estado": estados,
            "area": de_area,
            "tipo": {f.tipo: f.n for f in filas[l.EXISTENCIA_TIPO]},
            "prioridad": {f.clase: f.n for f in filas[l.EXISTENCIA_PRIORIDAD]},
        }
    sumas = {"area": Counter(), "estado": Counter(), "tipo": Counter(), "prioridad": Counter()}
    for area, estado, tipo, prioridad, n in l.leer_cohorte(
        areas=ambito, inicio=periodo.inicio, fin=periodo.fin
    ):
        for nombre, valor in (("area", area), ("estado", estado), ("tipo", tipo), ("prioridad", prioridad)):
            sumas[nombre][valor] += n
    return sumas


def _nombrar(cuentas, opciones):
    """Counts in the order of the choices, without the empty ones."""
    return [
        {"codigo": opcion.value, "nombre": opcion.label, "cantidad": cuentas[opcion.value]}
        for opcion in opciones
        if cuentas.get(opcion.value)
    ]


def _por_area(ambito, filas, existencia, documentos):
    """One row for each area that counts something, by name."""
    pronto, futuro, con_plazo = Counter(), Counter(), Counter()
    silencio = defaultdict(Counter)
    for f in filas[l.CON_PLAZO]:
        con_plazo[f.area] += f.n
        silencio[f.area]["con_plazo"] += f.n * (f.clase == Silencio.POSITIVO)
    for f in filas[l.PLAZO]:
        pronto[f.area] += f.n
        futuro[f.area] += f.otro
        silencio[f.area]["pronto"] += f.n * (f.clase == Silencio.POSITIVO)
        silencio[f.area]["futuro"] += f.otro * (f.clase == Silencio.POSITIVO)
    registrados = {f.area: f.n for f in filas[l.REGISTRO_AREA]}
    recibidos = {f.area: f.n for f in filas[l.RECEPCION_AREA]}
    atendidos = defaultdict(list)
    for f in filas[l.ATENCION_AREA]:
        atendidos[f.area].append(f)
    salida = []
    for pk, sigla, nombre in areas_de(ambito).values_list("pk", "sigla", "nombre"):
        estados = {e: existencia.get((pk, e.value), 0) for e in Estado}
        corren = sum(estados[e] for e in ESTADOS_QUE_CORREN)
        fila = {
            "area": pk,
            "sigla": sigla,
            "nombre": nombre,
            "documentos": documentos.get(pk, 0),
            "ahora": {
                "documentos": sum(estados.values()),
                "abiertos": sum(estados[e] for e in ESTADOS_ABIERTOS),
                "por_derivar": estados[Estado.REGISTRADO],
                "por_recibir": estados[Estado.DERIVADO],
                "en_proceso": estados[Estado.EN_PROCESO],
                "en_pausa": sum(estados[e] for e in ESTADOS_EN_PAUSA),
                "por_archivar": estados[Estado.ATENDIDO],
                "vencidos": con_plazo[pk] - futuro[pk],
                "por_vencer": pronto[pk],
                "en_plazo": futuro[pk] - pronto[pk],
                "sin_plazo": corren - con_plazo[pk],
                "vencidos_con_silencio": silencio[pk]["con_plazo"] - silencio[pk]["futuro"],
                "por_vencer_con_silencio": silencio[pk]["pronto"],
            },
            "periodo": {
                "registrados": registrados.get(pk, 0),
                "recibidos": recibidos.get(pk, 0),
                **_atenciones(atendidos[pk]),
            },
        }
        if any(fila["ahora"].values()) or any(fila["periodo"].values()) or fila["documentos"]:
            salida.append(fila)
    return salida


_VACIO = (
    "documentos abiertos por_derivar por_recibir en_proceso en_pausa por_archivar vencidos por_vencer en_plazo "
    "sin_plazo vencidos_con_silencio por_vencer_con_silencio"
).split()


def _sumar(filas):
    return {nombre: sum(fila[nombre] for fila in filas) for nombre in _VACIO}


def _por_dia(periodo, filas):
    """Every day of the period, also those when nothing happened."""
    registrados = {f.dia: f.n for f in filas[l.REGISTRO_DIA]}
    recibidos = {f.dia: f.n for f in filas[l.RECEPCION_DIA]}
    atendidos = {f.dia: f.n for f in filas[l.ATENCION_DIA]}
    return [
        {
            "dia": dia.isoformat(),
            "registrados": registrados.get(dia, 0),
            "recibidos": recibidos.get(dia, 0),
            "atendidos": atendidos.get(dia, 0),
        }
        for dia in periodo.dias
    ]


def _antiguedad(filas, abiertos):
    """Open documents by working days in their area, the newest first; the last group is what no other holds."""
    cuentas = Counter()
    for fila in filas:
        cuentas[fila.tipo] += fila.n
    grupos, desde = [], 0
    for n, hasta in enumerate(TRAMOS_ANTIGUEDAD):
        cantidad = cuentas[len(TRAMOS_ANTIGUEDAD) - n]
        grupos.append({"desde_dias": desde, "hasta_dias": hasta, "cantidad": cantidad})
        desde = hasta + 1
    resto = abiertos - sum(grupo["cantidad"] for grupo in grupos)
    return [*grupos, {"desde_dias": desde, "hasta_dias": None, "cantidad": resto}]
