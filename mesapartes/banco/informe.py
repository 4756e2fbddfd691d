"""Writes docs/rendimiento.md from the figures: everything between its two marks is generated, the rest is by hand."""

import json
from pathlib import Path

from core.texto import miles
from mesapartes.banco import reportes, tareas
from mesapartes.banco.cifras import comparacion, crecimientos, razon

INICIO, FIN = "<!-- medido: inicio -->", "<!-- medido: fin -->"
PRINCIPAL = "1000000"  # the size of the targets
CABECERA = """# Rendimiento

Lo que va entre las dos marcas lo escribe `script/bench`; el resto, a mano.

"""
NOTAS = """
## Cambios que valieron la pena

Antes y después de cada uno, con su costo.

## Metas que no se alcanzan

"""
MODOS = {
    "sin_cache": "Caché apagada",
    "redis_detenido": "Redis detenido",
    "redis_colgado": "Redis colgado",
}
MODO_DE_MEDIR = """Con `wrk` por HTTP en la misma máquina, contra el servidor de producción (granian, 2 procesos de
4 hilos), con sesiones de usuarios de área; solo la administración se mide con un superusuario. Cada respuesta se
comprueba, estado y contenido, y las que fallan se cuentan. La latencia es la de cada petición, sin corregir; p50, p95 y
p99 en milisegundos. El suelo es el mismo trabajo en SQL suelto por psycopg sobre las mismas tablas, en la misma
corrida: «× suelo» es nuestra p50 con un cliente entre la del suelo, y aguanta mejor que el tiempo una máquina ocupada;
«× vacía», entre la de una vista vacía con nuestro middleware y una sesión. Las consultas por petición y su tiempo en la
base se cuentan aparte, dentro de un proceso: con la caché vacía y, tras la barra, al repetir la petición."""


def ms(valor):
    """A time as text, or a dash."""
    if valor is None:
        return "–"
    return (
        f"{valor:.0f}"
        if valor >= 100
        else f"{valor:.1f}"
        if valor >= 10
        else f"{valor:.2f}".rstrip("0").rstrip(".")
    )


def mb(n):
    return f"{n / 2**20:,.0f}".replace(",", " ")


def veces(valor):
    return "–" if valor is None else f"{valor:.0f}×" if valor >= 10 else f"{valor:.1f}×"


def tabla(cabeza, filas):
    """A Markdown table; the first column to the left, the others to the right. Empty without rows."""
    if not filas:
        return []
    lineas = ["| " + " | ".join(cabeza) + " |", "|" + "|".join(["---"] + ["---:"] * (len(cabeza) - 1)) + "|"]
    return [*lineas, *("| " + " | ".join(str(celda) for celda in fila) + " |" for fila in filas), ""]


def _de(fila, modo, clientes, campo):
    return ((fila.get(modo) or {}).get(str(clientes)) or {}).get(campo)


def _con_meta(valor, meta, *, menos=True):
    """The figure with its mark: reached or not. Without a target, the figure alone."""
    if valor is None or meta is None:
        return ms(valor)
    cumple = valor <= meta if menos else valor >= meta
    return f"{ms(valor)} {'✓' if cumple else '✗'}"


def _par(valor, meta, *, menos=True):
    """Two cells: the figure with its mark, and the target."""
    return [_con_meta(valor, meta, menos=menos), "" if meta is None else f"{meta:g}"]


def metas(entrada):
    """Rows of the operations that have a target: figure and target, side by side."""
    filas = []
    for fila in entrada["operaciones"].values():
        p50, p95, rps = fila["meta"]
        if (p50, p95, rps) == (None, None, None) or "normal" not in fila:
            continue
        cacheada = fila.get("meta_cache") or p50
        filas.append(
            [
                fila["nombre"],
                *_par(_de(fila, "normal", 1, "p50"), cacheada),
                *_par(_de(fila, "sin_cache", 1, "p50"), p50 if "sin_cache" in fila else None),
                *_par(_de(fila, "normal", 8, "p95"), p95),
                *_par(_de(fila, "normal", 8, "rps"), rps, menos=False),
            ]
        )
    cabeza = ["Operación"]
    for campo in ("p50, 1 cliente", "p50, 1, sin caché", "p95, 8 clientes", "por segundo, 8"):
        cabeza += [campo, "meta"]
    return tabla(cabeza, filas)


def completa(entrada):
    """Rows of every operation with 1 and 8 clients."""
    filas, sql = [], entrada["suelo"].get("sql", {})
    vacia = _de(entrada["suelo"].get("vistas", {}), "django_usuario", 1, "p50")
    for fila in entrada["operaciones"].values():
        if fila.get("falta"):
            filas.append([fila["nombre"], f"no se midió: {fila['falta']}", *[""] * 12])
            continue
        suelo = sql.get(fila["suelo"], {}).get("p50")
        celdas = [fila["nombre"]]
        for clientes in (1, 8):
            celdas += [ms(_de(fila, "normal", clientes, campo)) for campo in ("p50", "p95", "p99", "rps")]
        interno = fila.get("interno", {})
        celdas += [
            veces(razon(_de(fila, "normal", 1, "p50"), suelo)),
            veces(razon(_de(fila, "normal", 1, "p50"), vacia)),
            f"{interno.get('consultas', '–')} / {interno.get('consultas_repetida', '–')}",
            f"{ms(interno.get('bd_ms'))} / {ms(interno.get('bd_ms_repetida'))}",
            errores_de(fila),
        ]
        filas.append(celdas)
    cabeza = [
        "Operación",
        "1: p50",
        "p95",
        "p99",
        "por s",
        "8: p50",
        "p95",
        "p99",
        "por s",
        "× suelo",
        "× vacía",
        "consultas",
    ]
    return tabla([*cabeza, "ms en la base", "errores"], filas)


def errores_de(fila):
    """Errors of every run of an operation: a number, or the reason it was not measured."""
    if fila.get("error"):
        return fila["error"][:80].replace("|", " ")
    return sum(
        (medida or {}).get("errores", 0)
        for modo in ("normal", *MODOS)
        for medida in (fila.get(modo) or {}).values()
    )


def suelo(entrada):
    filas = [
        [f"SQL: {nombre}", ms(f["p50"]), ms(f["p95"]), ms(f["rps"]), "", ""]
        for nombre, f in entrada["suelo"].get("sql", {}).items()
    ]
    for vista in entrada["suelo"].get("vistas", {}).values():
        uno, ocho = vista.get("1") or {}, vista.get("8") or {}
        filas.append(
            [
                vista["nombre"],
                *(ms(uno.get(c)) for c in ("p50", "p95", "rps")),
                ms(ocho.get("p95")),
                ms(ocho.get("rps")),
            ]
        )
    return tabla(["Suelo", "1: p50", "p95", "por s", "8: p95", "por s"], filas)


def modos(entrada):
    """How the operations stand the cache off, and Redis stopped or hung."""
    usados = [m for m in MODOS if any(m in f for f in entrada["operaciones"].values())]
    filas = []
    for fila in entrada["operaciones"].values():
        if not any(m in fila for m in usados):
            continue
        celdas = [fila["nombre"], ms(_de(fila, "normal", 1, "p50"))]
        for modo in usados:
            celdas.append(f"{ms(_de(fila, modo, 1, 'p50'))} ({ms(_de(fila, modo, 1, 'p95'))})")
        if "sin_cache" in usados:
            celdas.append(f"{ms(_de(fila, 'sin_cache', 8, 'p95'))}, {ms(_de(fila, 'sin_cache', 8, 'rps'))}/s")
        filas.append(celdas)
    cabeza = ["p50 (p95), 1 cliente", "Normal", *(MODOS[m] for m in usados)]
    if "sin_cache" in usados:
        cabeza.append("Caché apagada, 8: p95")
    return tabla(cabeza, filas) if usados else []


def frio(entrada):
    filas = [[f["nombre"], ms(f["frio_ms"])] for f in entrada["operaciones"].values() if "frio_ms" in f]
    if not filas:
        return []
    que = "Primera respuesta del servidor recién arrancado, con Redis vacío"
    que += ":" if entrada.get("compartido") else " y sin nada en los búferes de PostgreSQL:"
    return [que, "", *tabla(["En frío", "ms"], filas)]


def procesos_de(filas):
    return ", ".join(f"{f['rss_mb']} ({f['pss_mb']})" for f in filas)


def recursos(entrada):
    """Memory, start, sizes."""
    lineas = []
    if memoria := entrada.get("memoria"):
        lineas.append(
            f"- Memoria de cada proceso web, RSS (PSS) en MB: {procesos_de(memoria['antes'])} antes y "
            f"{procesos_de(memoria['despues'])} después de {miles(memoria['peticiones'])} peticiones mezcladas. "
            "Meta: menos de 180, sin crecer."
        )
    if trabajador := entrada.get("trabajador"):
        lineas.append(
            f"- Memoria de los procesos de tareas, RSS (PSS) en MB: {procesos_de(trabajador)}. "
            "Meta: menos de 250 cada uno."
        )
    if entrada.get("arranque_s") is not None:
        lineas.append(
            f"- Segundo arranque de `script/server` hasta la primera página: {entrada['arranque_s']} s. Meta: 6 s."
        )
    if entrada.get("generar_s"):
        lineas.append(f"- Generar el volumen tomó {miles(entrada['generar_s'])} s.")
    if tamanios := entrada.get("tamanios"):
        por_documento = tamanios["base"] / max(entrada["documentos"], 1)
        lineas.append(
            f"- La base ocupa {mb(tamanios['base'])} MB: {por_documento / 1024:.1f} KB por documento."
        )
    return [*lineas, ""] if lineas else []


def tamanios_de(entrada):
    datos = entrada.get("tamanios")
    if not datos:
        return []
    filas = [
        [f"`{t['tabla']}`", miles(t["filas"]), mb(t["datos"]), mb(t["indices"])] for t in datos["tablas"]
    ]
    indices = [[f"`{i['indice']}`", f"`{i['tabla']}`", mb(i["bytes"])] for i in datos["indices"][:20]]
    return [
        *tabla(["Tabla", "filas", "datos, MB", "índices, MB"], filas),
        *tabla(["Índice", "tabla", "MB"], indices),
    ]


def comparada(entrada):
    """Before and after, when the run was given an older JSON."""
    antes = entrada.get("antes")
    if not antes:
        return []
    filas = [
        [
            entrada["operaciones"][f["operacion"]]["nombre"],
            f["clientes"],
            veces(f["veces"]),
            *(ms(f[f"{cuando}{campo}"]) for campo in ("", "_p95", "_rps") for cuando in ("antes", "ahora")),
            *(veces(f[f"{cuando}_x"]) for cuando in ("antes", "ahora")),
        ]
        for f in comparacion(antes, entrada)
    ]
    carga = f"carga media {antes.get('carga_inicial', '–')}"
    intro = f"Antes: {antes.get('fecha', '')}, confirmación {antes.get('commit', '')}, {carga}."
    cabeza = ["Operación", "clientes", "más rápida"]
    cabeza += [
        f"{campo} {cuando}" for campo in ("p50", "p95", "por s", "× suelo") for cuando in ("antes", "ahora")
    ]
    return ["### Antes y después", "", intro, "", *tabla(cabeza, filas)]


def crecimiento(volumenes):
    """How the figures grow from each size to the next."""
    orden, lineas = sorted(volumenes, key=int), []
    for chica, grande in zip(orden, orden[1:], strict=False):
        filas = [
            [
                volumenes[grande]["operaciones"][f["operacion"]]["nombre"],
                "sin caché" if f["modo"] == "sin_cache" else "normal",
                *(ms(f[cuando]) for cuando in ("antes", "despues")),
                f"{f['razon']:.2f} {'✓' if f['cumple'] else '✗'}",
                f["tope"],
            ]
            for f in crecimientos(volumenes[chica], volumenes[grande])
        ]
        cabeza = [f"De {miles(chica)} a {miles(grande)}", "modo", "p50 antes", "p50 después", "razón", "tope"]
        lineas += tabla(cabeza, filas)
    return ["## Crecimiento", "", *lineas] if lineas else []


def seccion(nombre, entrada, *, entera):
    """One size: everything, or only its main tables."""
    maquina = entrada["maquina"]
    programas = ", ".join(f"{programa} {numero}" for programa, numero in entrada["versiones"].items())
    carga = f"{entrada.get('carga_inicial', '–')} al empezar y {entrada.get('carga_final', '–')} al terminar"
    lineas = [
        f"## {miles(nombre)} documentos",
        "",
        f"{entrada['fecha']}, confirmación {entrada['commit']}. {maquina['procesador']}, {maquina['nucleos']} núcleos, "
        f"{maquina['memoria_gb']} GB, {maquina['sistema']}. {programas}. Carga media: {carga}. "
        f"{ms(entrada['segundos'])} s por medición.",
        "",
    ]
    areas = entrada["areas"]
    lineas += [
        f"Área más grande: {miles(areas['grande'][2])} documentos; mediana: {miles(areas['mediana'][2])}.",
        "",
    ]
    for nota in entrada.get("notas", []):
        lineas += [f"Nota: {nota}", ""]
    for fallo in entrada.get("fallos", []):
        lineas += [f"No se midió: {fallo}", ""]
    lineas += ["### Metas", "", *metas(entrada), "### Todas las operaciones", "", *completa(entrada)]
    for titulo, parte in (
        ("Suelo", suelo),
        ("Sin caché y sin Redis", modos),
        ("En frío", frio),
        ("Reportes", lambda entrada: tabla(*reportes.tabla_de(entrada))),
        ("Tareas", lambda entrada: tabla(*tareas.tabla_de(entrada)) + tareas.nota_de(entrada)),
        ("Memoria, arranque y tamaño", recursos),
    ):
        if cuerpo := parte(entrada):
            lineas += [f"### {titulo}", "", *cuerpo]
    lineas += comparada(entrada)
    if entera:
        lineas += tamanios_de(entrada)
    return lineas


def generado(datos):
    """The generated part, without its marks."""
    volumenes = datos["volumenes"]
    orden = sorted(volumenes, key=lambda n: (n != PRINCIPAL, -int(n)))
    lineas = [
        "## Cómo se mide",
        "",
        "`script/bench --documentos 1000000` (ayuda: `script/bench --help`).",
        "",
        MODO_DE_MEDIR,
        "",
    ]
    for n, nombre in enumerate(orden):
        lineas += seccion(nombre, volumenes[nombre], entera=n == 0)
    return "\n".join([*lineas, *crecimiento(volumenes)]).rstrip() + "\n"


def leer(archivo):
    """The figures kept beside the report; empty ones when there are none."""
    try:
        datos = json.loads(Path(archivo).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"formato": 1, "volumenes": {}}
    return datos


def insertar(texto, nuevo):
    """The document with its generated part replaced; what was written by hand stays."""
    if INICIO in texto and FIN in texto:
        antes, _, resto = texto.partition(INICIO)
        return f"{antes}{INICIO}\n{nuevo}{FIN}{resto.partition(FIN)[2]}"
    return f"{texto or CABECERA}{INICIO}\n{nuevo}{FIN}\n{NOTAS if not texto else ''}"


def planes_en_texto(planes, *, documentos, fecha, commit):
    """The plans of the hot queries as one text."""
    lineas = [
        "Planes de las consultas más lentas de cada operación, por EXPLAIN (ANALYZE, BUFFERS).",
        f"{miles(documentos)} documentos, {fecha}, confirmación {commit}.",
        "",
    ]
    for plan in planes:
        lineas += [
            f"== {plan['nombre']} ({plan['operacion']})",
            "",
            plan["veredicto"],
            "",
            plan["sql"],
            "",
            plan["plan"],
            "",
        ]
    return "\n".join(lineas)


def escribir(salida, datos):
    """Writes the report and its JSON beside it; each file is replaced at once."""
    salida = Path(salida)
    salida.parent.mkdir(parents=True, exist_ok=True)
    texto = salida.read_text(encoding="utf-8") if salida.exists() else ""
    for archivo, contenido in (
        (salida.with_suffix(".json"), json.dumps(datos, ensure_ascii=False, indent=1) + "\n"),
        (salida, insertar(texto, generado(datos))),
    ):
        temporal = archivo.with_name(f".{archivo.name}.nuevo")
        temporal.write_text(contenido, encoding="utf-8")
        temporal.replace(archivo)
