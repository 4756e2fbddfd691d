"""Finds the indexes that the frequent shapes of query would need, from how the planner would serve them now.

The shapes hold no values, so each is planned for any value (EXPLAIN GENERIC_PLAN). What a scan reads before its
filter is the planner's estimate of its index condition alone; what it shows is the real mean of rows.
"""

import json
import re

from django.db import connection, transaction
from django.db.utils import Error as ErrorDeBase

from core.db import catalogo
from core.db.estadisticas import formas
from core.db.formas import LARGO_FORMA, con_parametros
from core.db.medidor import sin_medir
from core.db.planes import LECTURA_DE_CUENTA, LECTURA_LIBRE, VECES_DE_MAS, nodos, tamanios

MEDIA_MINIMA_MS = 2.0  # a shape quicker than this lacks nothing
FORMAS = 60
_EXPLICABLES = ("SELECT", "WITH", "UPDATE", "DELETE", "(SELECT")
_COMPARACION = re.compile(
    r'(?:"?\w+"?\.)?\(?"?(?P<columna>[a-z_]\w*)"?\)?(?:::[a-z ]+)?\s*'
    r"(?P<signo>= ANY|=|<=|>=|<|>|@@|@>|&&|IS NULL)(?:\s|$|\))"
)
_BOOLEANA = re.compile(r'NOT (?:"?\w+"?\.)?"?([a-z_]\w*)"?(?=\)| |$)')
_CONDICIONES = ("Index Cond", "Recheck Cond", "Filter")
_GIN = {"@@", "@>", "&&"}


def plan_generico(forma):
    """The plan of a shape for any value; None when it cannot be planned so."""
    if len(forma) >= LARGO_FORMA or not forma.startswith(_EXPLICABLES):
        return None
    texto, _ = con_parametros(forma.replace("%%", "%"))
    return _explicar(texto)


def _explicar(texto):
    try:
        with sin_medir(connection), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 5000")
            cursor.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {texto}")
            (crudo,) = cursor.fetchone()
    except ErrorDeBase:
        return None
    return (json.loads(crudo) if isinstance(crudo, str) else crudo)[0]["Plan"]


def faltantes(indices, *, grande, limite=FORMAS):
    """[dict] of indexes to create, the shapes that need them with them, costliest first."""
    halladas = {}
    for forma in formas(orden="total", limite=limite):
        if forma["media_ms"] < MEDIA_MINIMA_MS or forma["veces"] < 2:
            continue
        plan = plan_generico(forma["forma"])
        if plan is None:
            continue
        for nodo, _ in nodos(plan):
            pedido = _que_pide(nodo, forma, indices, grande)
            if pedido:
                clave = (pedido["tabla"], tuple(pedido["columnas"]))
                halladas.setdefault(clave, pedido | {"formas": []})["formas"].append(forma)
    return sorted(halladas.values(), key=lambda h: -sum(f["total_ms"] for f in h["formas"]))


def _que_pide(nodo, forma, indices, grande):
    """The index that one scan of a plan lacks, or None."""
    tabla, filtro = nodo.get("Relation Name"), nodo.get("Filter", "")
    filas = tamanios([tabla]).get(tabla, 0) if tabla else 0
    if filas < grande or not filtro or " OR " in filtro or "SubPlan" in filtro:
        return None
    leidas = filas if nodo["Node Type"] == "Seq Scan" else _leidas(nodo, tabla)
    libre = LECTURA_DE_CUENTA if "COUNT(" in forma["forma"] else LECTURA_LIBRE
    if leidas is None or leidas <= max(libre, VECES_DE_MAS * forma["filas_medias"]):
        return None
    condicion = " AND ".join(nodo.get(parte, "") for parte in _CONDICIONES)
    columnas, gin = columnas_de_condicion(condicion, catalogo.columnas_de(tabla))
    if not columnas or _servido(tabla, columnas, indices):
        return None
    nombre = f"{tabla.partition('_')[2] or tabla}_{'_'.join(columnas)}_idx"[:60]
    citar = connection.ops.quote_name
    usando = " USING gin" if gin else ""
    lista = ", ".join(map(citar, columnas))
    return {
        "tabla": tabla,
        "columnas": columnas,
        "lee": leidas,
        "muestra": forma["filas_medias"],
        "motivo": "lee la tabla entera"
        if nodo["Node Type"] == "Seq Scan"
        else f"usa {nodo.get('Index Name', 'otro')}",
        "sql": f"CREATE INDEX CONCURRENTLY {citar(nombre)} ON {citar(tabla)}{usando} ({lista});",
    }


def _leidas(nodo, tabla):
    """Rows that the index condition of a scan lets through, by the planner's estimate; None when it cannot be asked."""
    condicion = nodo.get("Index Cond") or nodo.get("Recheck Cond")
    if not condicion:
        return None
    citar = connection.ops.quote_name
    plan = _explicar(
        f"SELECT 1 FROM {citar(tabla)} AS {citar(nodo.get('Alias', tabla))} WHERE {condicion}"  # noqa: S608
    )
    return plan["Plan Rows"] if plan else None


def columnas_de_condicion(condicion, existentes):
    """(columns of an index, whether it is one for words): those compared for equality first, one range last."""
    iguales, rangos, gin = [], [], []
    for hallada in _COMPARACION.finditer(condicion):
        columna, signo = hallada["columna"], hallada["signo"]
        destino = gin if signo in _GIN else iguales if signo in ("=", "= ANY", "IS NULL") else rangos
        if columna in existentes and columna not in destino:
            destino.append(columna)
    iguales += [c for c in _BOOLEANA.findall(condicion) if c in existentes and c not in iguales]
    if gin and not iguales:
        return gin[:1], True
    return iguales[:3] + [c for c in rangos if c not in iguales][:1], False


def _servido(tabla, columnas, indices):
    """Whether a whole index of the table already leads with those columns, in any order."""
    return any(
        i["tabla"] == tabla
        and i["valido"]
        and not i["predicado"]
        and set(i["columnas"][: len(columnas)]) >= set(columnas)
        for i in indices
    )
