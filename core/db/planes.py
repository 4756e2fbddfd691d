"""Explains a statement: its plan, what it read against what it shows, and a verdict in plain words."""

import json
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import Error as ErrorDeBase

from core.db.medidor import sin_medir

BIEN, AVISO, MAL = "bien", "aviso", "mal"
TABLA_GRANDE = 10_000  # rows from which reading a whole table is bad
LECTURA_LIBRE = 2_000  # rows that any query may read
VECES_DE_MAS = 10  # rows read for each one shown; also how far an estimate may be
LECTURA_DE_CUENTA = 10_000  # rows that a count may read: every count of a page has a ceiling below this
_LECTURAS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan", "Sample Scan"}
_FRENAN = {"Sort", "Aggregate", "Hash", "WindowAgg", "SetOp"}


@dataclass
class Explicacion:
    """The plan of one statement and what was found in it. Times in ms, None without ANALYZE."""

    sql: str
    plan: dict = field(default_factory=dict)
    nivel: str = BIEN
    hallazgos: list = field(default_factory=list)  # (level, text)
    indices: list = field(default_factory=list)  # "index (table)"
    leidas: int = 0
    mostradas: int = 0
    mayor_lectura: int = 0
    tiempo_ms: float | None = None
    bloques: dict = field(default_factory=dict)
    veces: int = 1
    analizada: bool = False

    def hallar(self, nivel, texto):
        self.hallazgos.append((nivel, texto))
        orden = (BIEN, AVISO, MAL)
        self.nivel = max(self.nivel, nivel, key=orden.index)

    def como_dict(self):
        return {
            "sql": self.sql,
            "nivel": self.nivel,
            "hallazgos": [{"nivel": nivel, "texto": texto} for nivel, texto in self.hallazgos],
            "indices": self.indices,
            "filas_leidas": self.leidas,
            "filas_mostradas": self.mostradas,
            "tiempo_ms": self.tiempo_ms,
            "bloques": self.bloques,
            "veces": self.veces,
            "plan": self.plan,
        }


def explicar(sql, params=None, *, analizar=False, buffers=False, espera_ms=30_000, grande=TABLA_GRANDE):
    """The Explicacion of one SELECT. With `analizar` it runs, in a transaction that only reads and is undone.

    Args: espera_ms after which the run is cut; grande rows from which a table counts as big.
    """
    opciones = ["FORMAT JSON"]
    if analizar:
        opciones += ["ANALYZE", "BUFFERS" if buffers else "BUFFERS OFF"]
    hecha = Explicacion(sql=sql, analizada=analizar)
    try:
        with sin_medir(connection), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
            cursor.execute(f"SET LOCAL statement_timeout = {int(espera_ms)}")
            cursor.execute(f"EXPLAIN ({', '.join(opciones)}) {sql}", params)
            (crudo,) = cursor.fetchone()
            transaction.set_rollback(True)
    except ErrorDeBase as error:
        texto = str(error).strip().splitlines()[0]
        cortada = getattr(error.__cause__, "sqlstate", "") == "57014"
        hecha.hallar(
            MAL, f"pasó de {espera_ms} ms y se cortó" if cortada else f"no se pudo explicar: {texto}"
        )
        return hecha
    (raiz,) = json.loads(crudo) if isinstance(crudo, str) else crudo
    hecha.plan = raiz["Plan"]
    hecha.tiempo_ms = raiz.get("Execution Time")
    juzgar(hecha, raiz, tamanios(_tablas(hecha.plan)), grande)
    return hecha


def nodos(plan, padres=()):
    """(node, its ancestors, nearest first) of a plan, from the top."""
    yield plan, padres
    for hijo in plan.get("Plans", ()):
        yield from nodos(hijo, (plan, *padres))


def tamanios(tablas):
    """Table name -> rows that the planner believes it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = ANY(%s)"
            " AND relkind IN ('r', 'p', 'm')",
            [list(tablas)],
        )
        return dict(cursor.fetchall())


def _tablas(plan):
    return {nodo["Relation Name"] for nodo, _ in nodos(plan) if "Relation Name" in nodo}


def _filas(nodo, campo="Actual Rows"):
    return nodo.get(campo, 0) * nodo.get("Actual Loops", 1)


def leidas_por(nodo):
    """Rows that a scan took from its table or index, those it threw away included; estimated without ANALYZE."""
    if "Actual Rows" not in nodo:
        return nodo["Plan Rows"]
    return sum(
        _filas(nodo, c) for c in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    )


def juzgar(hecha, raiz, filas_de, grande):
    """Fill an Explicacion with what its plan says."""
    plan, medida = hecha.plan, hecha.analizada
    hecha.mostradas = round(_filas(plan) if medida else plan["Plan Rows"])
    for nodo, padres in nodos(plan):
        if medida and not nodo.get("Actual Loops"):
            continue  # never run
        if "Index Name" in nodo:
            tabla = nodo.get("Relation Name") or next(
                (p["Relation Name"] for p in padres if "Relation Name" in p), "?"
            )
            texto = f"{nodo['Index Name']} ({tabla})"
            if texto not in hecha.indices:
                hecha.indices.append(texto)
        if nodo["Node Type"] in _LECTURAS and "Relation Name" in nodo:
            leidas = round(leidas_por(nodo))
            hecha.leidas += leidas
            hecha.mayor_lectura = max(hecha.mayor_lectura, leidas)
            _mirar_lectura(hecha, nodo, padres, leidas, filas_de, grande)
        _mirar_disco(hecha, nodo)
    _mirar_proporcion(hecha)
    if medida:
        _mirar_estimaciones(hecha)
        _mirar_tiempo(hecha, raiz)


def _mirar_lectura(hecha, nodo, padres, leidas, filas_de, grande):
    tabla = nodo["Relation Name"]
    if nodo["Node Type"] == "Seq Scan" and filas_de.get(tabla, 0) >= grande:
        if hecha.analizada and leidas <= LECTURA_LIBRE:
            hecha.hallar(AVISO, f"lee {tabla} sin índice, y se detiene a las {_n(leidas)} filas")
        elif not hecha.analizada and "Filter" not in nodo and _se_detiene(padres):
            hecha.hallar(AVISO, f"lee {tabla} sin índice, hasta completar la página")
        else:
            filtro = f"; filtra por {nodo['Filter']}" if "Filter" in nodo else ""
            hecha.hallar(MAL, f"lee entera {tabla} ({_n(filas_de[tabla])} filas){filtro}")
    if nodo.get("Lossy Heap Blocks"):
        hecha.hallar(AVISO, f"el mapa de bits de {tabla} no cabe en work_mem y relee filas")
    if _filas(nodo, "Heap Fetches") > LECTURA_LIBRE:
        hecha.hallar(
            AVISO, f"{nodo['Index Name']} vuelve a la tabla por cada fila: hace falta VACUUM de {tabla}"
        )


def _mirar_disco(hecha, nodo):
    if nodo.get("Sort Space Type") == "Disk":
        hecha.hallar(MAL, f"ordena en disco ({_n(nodo.get('Sort Space Used', 0))} kB): no cabe en work_mem")
    if nodo.get("Hash Batches", 1) > 1:
        hecha.hallar(AVISO, f"reparte en disco una tabla de dispersión ({nodo['Hash Batches']} tandas)")


def _mirar_proporcion(hecha):
    """Rows of the table read most against rows shown; for a count, against what a count may read."""
    resume = any(nodo["Node Type"] == "Aggregate" for nodo, _ in nodos(hecha.plan))
    libre = LECTURA_DE_CUENTA if resume else LECTURA_LIBRE
    tope = max(libre, VECES_DE_MAS * hecha.mostradas)
    if hecha.analizada and hecha.mayor_lectura > tope:
        para = "contar o sumar" if resume else f"mostrar {_n(hecha.mostradas)}"
        hecha.hallar(MAL, f"lee {_n(hecha.mayor_lectura)} filas de una tabla para {para}")


def _se_detiene(padres):
    """Whether a Limit above makes this node stop early."""
    for padre in padres:
        if padre["Node Type"] == "Limit":
            return True
        if padre["Node Type"] in _FRENAN:
            return False
    return False


def _mirar_estimaciones(hecha):
    peor, donde = 1, None
    for nodo, padres in nodos(hecha.plan):
        if not nodo.get("Actual Loops"):
            continue
        reales, estimadas = nodo["Actual Rows"], nodo["Plan Rows"]
        corto = _se_detiene(padres) or nodo["Node Type"] == "Limit" or "Semi" in nodo.get("Join Type", "")
        if reales < estimadas and (corto or any("Join" in p["Node Type"] for p in padres)):
            continue  # stopped because nobody needed more
        veces = max(reales, 1) / max(estimadas, 1)
        veces = max(veces, 1 / veces)
        if max(reales, estimadas) * nodo["Actual Loops"] >= LECTURA_LIBRE and veces > max(peor, VECES_DE_MAS):
            peor, donde = veces, nodo
    if donde:
        hecha.hallar(
            AVISO,
            f"estimó {_n(donde['Plan Rows'])} filas y fueron {_n(donde['Actual Rows'])} en "
            f"{nombre_de(donde)}: quizá falta ANALYZE o estadística de esas columnas",
        )


def _mirar_tiempo(hecha, raiz):
    hecha.bloques = {
        clave: hecha.plan[nombre]
        for clave, nombre in (
            ("en_memoria", "Shared Hit Blocks"),
            ("leidos", "Shared Read Blocks"),
            ("temporales", "Temp Written Blocks"),
        )
        if nombre in hecha.plan
    }
    umbral = settings.CONSULTA_LENTA_MS
    if umbral and hecha.tiempo_ms > umbral:
        hecha.hallar(MAL, f"tarda {hecha.tiempo_ms:.0f} ms; el umbral es {umbral} ms")
    compilar = raiz.get("JIT", {}).get("Timing", {}).get("Total", 0)
    if compilar > max(10, hecha.tiempo_ms / 5):
        hecha.hallar(AVISO, f"pasa {compilar:.0f} ms compilando (JIT)")


def _n(numero):
    return f"{round(numero):,}".replace(",", " ")


def nombre_de(nodo):
    """How a node of the plan is called, with its index and table."""
    partes = [nodo["Node Type"]]
    if "Join Type" in nodo and nodo["Join Type"] != "Inner":
        partes.append(nodo["Join Type"])
    if "Index Name" in nodo:
        partes.append(nodo["Index Name"])
    if "Relation Name" in nodo:
        alias = nodo.get("Alias", "")
        partes.append(nodo["Relation Name"] + (f" {alias}" if alias != nodo["Relation Name"] else ""))
    return " ".join(partes)


def arbol(hecha):
    """Lines of the plan, indented: node, rows (estimated), rows thrown away, time, blocks, conditions."""
    lineas = []
    for nodo, padres in nodos(hecha.plan) if hecha.plan else ():
        if hecha.analizada:
            loops = nodo.get("Actual Loops", 0)
            datos = [f"{_n(nodo.get('Actual Rows', 0))} filas (estimó {_n(nodo['Plan Rows'])})"]
            if loops != 1:
                datos.append(f"{_n(loops)} veces" if loops else "no hizo falta")
            if nodo.get("Rows Removed by Filter"):
                datos.append(f"descarta {_n(nodo['Rows Removed by Filter'])}")
            datos.append(f"{nodo.get('Actual Total Time', 0) * max(loops, 1):.2f} ms")
            if "Shared Hit Blocks" in nodo:
                datos.append(f"{_n(nodo['Shared Hit Blocks'])}+{_n(nodo['Shared Read Blocks'])} bloques")
        else:
            datos = [f"{_n(nodo['Plan Rows'])} filas estimadas", f"costo {nodo['Total Cost']:.0f}"]
        sangria = "  " * len(padres)
        rotulo = f"[{nodo['Subplan Name']}] " if "Subplan Name" in nodo else ""
        lineas.append(f"{sangria}{rotulo}{nombre_de(nodo)}: {', '.join(datos)}")
        for clave in ("Index Cond", "Recheck Cond", "Filter", "Sort Key", "Hash Cond"):
            if clave in nodo:
                valor = nodo[clave]
                texto = ", ".join(valor) if isinstance(valor, list) else valor
                lineas.append(f"{sangria}    {clave}: {texto[:300]}")
    return lineas
