"""Arithmetic of the bench: percentiles, ratios, growth."""

import math
from statistics import median

TOPE_CRECIMIENTO = {
    "lista": 1.3,
    "detalle": 1.3,
    "seguimiento": 1.3,
    "registrar": 1.3,
    "buscar_frecuente": 3.0,
    "buscar_rara": 3.0,
    "buscar_dos": 3.0,
    "estadisticas": 3.0,
}


def percentil(ordenados, p):
    """The smallest value that at least p % of the sorted values do not exceed (nearest rank); None without values."""
    if not ordenados:
        return None
    return ordenados[max(0, math.ceil(len(ordenados) * p / 100) - 1)]


def resumir(latencias_ms, segundos):
    """{"n", "p50", "p95", "p99", "max", "rps"} of a run; milliseconds. Empty runs have n 0 and no percentiles."""
    orden = sorted(latencias_ms)
    return {
        "n": len(orden),
        "p50": redondo(percentil(orden, 50)),
        "p95": redondo(percentil(orden, 95)),
        "p99": redondo(percentil(orden, 99)),
        "max": redondo(orden[-1]) if orden else None,
        "rps": round(len(orden) / segundos, 1) if segundos else 0.0,
    }


def redondo(ms):
    """Milliseconds with the digits that mean something: three significant, at most three decimals."""
    if ms is None:
        return None
    return round(ms, 3) if ms < 1 else round(ms, 2) if ms < 10 else round(ms, 1)


def razon(valor, base):
    """valor / base, or None when one of them is missing or the base is zero."""
    if valor is None or not base:
        return None
    return round(valor / base, 2)


def mediana(valores):
    """The median, or None without values."""
    return median(valores) if valores else None


def de_un_cliente(entrada, operacion, modo="normal"):
    """p50 with one client of an operation in the figures of a size, or None."""
    return (entrada.get("operaciones", {}).get(operacion, {}).get(modo, {}).get("1") or {}).get("p50")


def multiplo(entrada, operacion):
    """The p50 of one client as a multiple of the bare SQL of the same run, or None."""
    suelo = entrada.get("operaciones", {}).get(operacion, {}).get("suelo")
    base = entrada.get("suelo", {}).get("sql", {}).get(suelo, {}).get("p50")
    return razon(de_un_cliente(entrada, operacion), base)


def crecimientos(chica, grande):
    """How the p50 of one client grows between two sizes.

    Args: entries of the JSON, the smaller first. Uncached figures when both have them, else the normal ones.
    Returns: [{"operacion", "modo", "antes", "despues", "razon", "tope", "cumple"}] of what both measured.
    """
    filas = []
    for operacion, tope in TOPE_CRECIMIENTO.items():
        for modo in ("sin_cache", "normal"):
            antes, despues = (de_un_cliente(e, operacion, modo) for e in (chica, grande))
            veces = razon(despues, antes)
            if veces is not None:
                filas.append(
                    {
                        "operacion": operacion,
                        "modo": modo,
                        "antes": antes,
                        "despues": despues,
                        "razon": veces,
                        "tope": tope,
                        "cumple": veces <= tope,
                    }
                )
                break
    return filas


def comparacion(antes, ahora):
    """Before and after of each operation that both entries measured, in the order of the new one.

    Returns: [{"operacion", "clientes", "antes": p50, "ahora": p50, "veces", and antes_ and ahora_ of "p95", "rps" and
        "x"}]; `veces` > 1 is faster; x is the multiple of the floor of its own run, one client.
    """
    filas = []
    for operacion, modos in ahora.get("operaciones", {}).items():
        for clientes in ("1", "8"):
            nuevo = modos.get("normal", {}).get(clientes)
            viejo = antes.get("operaciones", {}).get(operacion, {}).get("normal", {}).get(clientes)
            if not nuevo or not viejo or nuevo.get("p50") is None or viejo.get("p50") is None:
                continue
            filas.append(
                {
                    "operacion": operacion,
                    "clientes": clientes,
                    "antes": viejo["p50"],
                    "ahora": nuevo["p50"],
                    "veces": razon(viejo["p50"], nuevo["p50"]),
                    "antes_p95": viejo["p95"],
                    "ahora_p95": nuevo["p95"],
                    "antes_rps": viejo["rps"],
                    "ahora_rps": nuevo["rps"],
                    "antes_x": multiplo(antes, operacion) if clientes == "1" else None,
                    "ahora_x": multiplo(ahora, operacion) if clientes == "1" else None,
                }
            )
    return filas
