"""Charts: rows in, one <svg role="img"> out, the same string on the page and in the PDF.

Each tells its numbers in <title> and <desc>; colour is never the only code: hatches and dots are paths of a pattern,
which print as drawn. Presentation attributes only, text of 13 units or more, axes from zero. Pure functions.
"""

from collections import namedtuple
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from core.texto import miles

# One pair of bars: the day (or the first of a group) as the axis writes it, and in words.
Dia = namedtuple("Dia", "corto largo ingresados atendidos")
# One bar with its pieces. `nombre` is cut to fit; the description has it whole.
Area = namedtuple("Area", "nombre en_plazo por_vencer vencidos sin_plazo")
# One column; `alerta` paints it red and hatched.
Columna = namedtuple("Columna", "nombre cantidad alerta", defaults=(False,))

TINTA, SUAVE, LINEA, BORDE = "#1B1F24", "#4A5260", "#D5DAE1", "#7C8694"
AZUL, CLARO, VERDE, VERDE_L = "#0B4A82", "#BFD4E8", "#1B6B3A", "#E3F3E8"
AMBAR, AMBAR_L, ROJO, BLANCO = "#7A4B00", "#FFF1D0", "#A81B1B", "#FFFFFF"
LETRAS_DE_NOMBRE = 25
MAXIMO_DE_ROTULOS = 8


def barras_dia(dias, *, clave, titulo="Ingresados y atendidos por día", primera="Ingresados"):
    """Two bars for each day: what came in, plain, and what was attended, hatched.

    Args: dias a list of Dia; clave makes the ids unique in the page.
    """
    ancho, alto, izquierda, base, arriba = 700, 236, 44, 208, 10
    tope, paso = escala(max((max(d.ingresados, d.atendidos) for d in dias), default=0))
    piezas = [
        _patron(
            f"{clave}-raya",
            6,
            VERDE_L,
            mark_safe(
                f'<path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke="{VERDE}" stroke-width="1.4" fill="none"/>'
            ),
        )
    ]
    for valor in range(0, tope + 1, paso):
        y = base - (base - arriba) * valor / tope
        piezas.append(_linea(izquierda, ancho - 6, y, BORDE if valor == 0 else LINEA))
        piezas.append(_texto(izquierda - 6, y + 4, miles(valor), ancla="end", color=SUAVE))
    if dias:
        celda = (ancho - 6 - izquierda) / len(dias)
        barra = min(celda * 0.36, 24)
        cada = max(1, ceil(len(dias) / MAXIMO_DE_ROTULOS))
        for n, dia in enumerate(dias):
            medio = izquierda + celda * (n + 0.5)
            for valor, x, relleno, trazo in (
                (dia.ingresados, medio - barra - 0.5, AZUL, AZUL),
                (dia.atendidos, medio + 0.5, f"url(#{clave}-raya)", VERDE),
            ):
                largo = (base - arriba) * valor / tope
                if valor:
                    piezas.append(_barra(x, base - largo, barra, largo, relleno, trazo))
            if n % cada == 0:
                piezas.append(_texto(medio, base + 20, dia.corto, ancla="middle", color=SUAVE))
    ingresados, atendidos = sum(d.ingresados for d in dias), sum(d.atendidos for d in dias)
    frase = "Sin días en el periodo."
    if dias:
        frase = (
            f"Del {dias[0].largo} al {dias[-1].largo}: {miles(ingresados)} {primera.lower()} y "
            f"{miles(atendidos)} atendidos. "
            + "; ".join(f"{d.largo}: {miles(d.ingresados)} y {miles(d.atendidos)}" for d in dias)
            + "."
        )
    return _svg(clave, ancho, alto, titulo, frase, piezas)


def barras_area(areas, *, clave, titulo="Pendientes por área y plazo"):
    """One bar for each area, in pieces by where the clock stands, with its total and the overdue ones in words."""
    ancho, alto_fila, izquierda = 430, 31, 166
    alto = alto_fila * max(len(areas), 1) + 6
    rotulos = [
        miles(_total(area)) + (f" · {miles(area.vencidos)} venc." if area.vencidos else "") for area in areas
    ]
    derecha = 14 + 7.4 * max(map(len, rotulos), default=0)  # room for the longest of them
    mayor = max((_total(a) for a in areas), default=0) or 1
    piezas = [
        _patron(f"{clave}-punto", 4, AMBAR_L, format_html('<circle cx="2" cy="2" r="1.1" fill="{}"/>', AMBAR))
    ]
    rellenos = (
        ("en_plazo", CLARO, AZUL),
        ("sin_plazo", BLANCO, BORDE),
        ("por_vencer", f"url(#{clave}-punto)", AMBAR),
        ("vencidos", ROJO, ROJO),
    )
    for n, (area, rotulo) in enumerate(zip(areas, rotulos, strict=True)):
        y, x = n * alto_fila + 5, izquierda
        piezas.append(_texto(izquierda - 8, y + 15, recortar(area.nombre), ancla="end"))
        for campo, relleno, trazo in rellenos:
            cantidad = getattr(area, campo)
            if cantidad:
                largo = max((ancho - izquierda - derecha) * cantidad / mayor, 1.5)
                piezas.append(_barra(x, y, largo, 20, relleno, trazo))
                x += largo + 1
        piezas.append(_texto(x + 5, y + 15, rotulo))
    frase = "; ".join(
        f"{a.nombre}: {miles(a.en_plazo)} en plazo, {miles(a.por_vencer)} por vencer, {miles(a.vencidos)} vencidos"
        + (f", {miles(a.sin_plazo)} sin plazo" if a.sin_plazo else "")
        for a in areas
    )
    return _svg(clave, ancho, alto, titulo, f"{frase or 'Sin pendientes'}.", piezas)


def columnas_edad(columnas, *, clave, titulo="Antigüedad de los pendientes, en días hábiles"):
    """One column for each group of ageing, its number on top; the alarming one is red and hatched."""
    ancho, alto, base, arriba = 430, 150, 122, 22
    mayor = max((c.cantidad for c in columnas), default=0) or 1
    piezas = [
        _patron(
            f"{clave}-alerta",
            6,
            ROJO,
            mark_safe(
                f'<path d="M-1 5L1 7M0 0L6 6M5 -1L7 1" stroke="{BLANCO}" stroke-width="1" fill="none"/>'
            ),
        )
    ]
    celda = ancho / max(len(columnas), 1)
    barra = min(celda * 0.68, 58)
    for n, columna in enumerate(columnas):
        medio, largo = celda * (n + 0.5), (base - arriba) * columna.cantidad / mayor
        if columna.cantidad:
            relleno, trazo = (f"url(#{clave}-alerta)", ROJO) if columna.alerta else (AZUL, AZUL)
            piezas.append(_barra(medio - barra / 2, base - largo, barra, largo, relleno, trazo))
        piezas.append(
            _texto(
                medio, base - largo - 6, miles(columna.cantidad), ancla="middle", grosor="650", tamanio="13.5"
            )
        )
        piezas.append(_texto(medio, base + 18, columna.nombre, ancla="middle", color=SUAVE))
    piezas.append(_linea(0, ancho, base + 0.5, BORDE))
    frase = ", ".join(f"{c.nombre}: {miles(c.cantidad)}" for c in columnas)
    return _svg(clave, ancho, alto, titulo, f"{frase or 'Sin pendientes'}.", piezas)


def escala(mayor):
    """(top of the axis, step): at most five round steps that hold the largest value, both whole numbers."""
    if mayor <= 0:
        return 1, 1
    crudo = mayor / 4
    base = 10 ** floor(log10(crudo)) if crudo >= 1 else 1
    paso = next(int(base * m) for m in (1, 2, 5, 10) if base * m >= crudo)
    return paso * ceil(mayor / paso), paso


def recortar(nombre, largo=LETRAS_DE_NOMBRE):
    """The name, cut after a whole word that says something, with an ellipsis, to fit beside its bar."""
    if len(nombre) <= largo:
        return nombre
    palabras = nombre[:largo].split(" ")[:-1] if nombre[largo - 1] != " " else nombre[:largo].split()
    while len(palabras) > 1 and len(palabras[-1]) < 4:
        palabras.pop()
    corto = " ".join(palabras)
    return (corto if len(corto) > largo // 3 else nombre[: largo - 1]).rstrip(" ,") + "…"


def _total(area):
    return area.en_plazo + area.por_vencer + area.vencidos + area.sin_plazo


def _n(valor):
    return f"{valor:.1f}".removesuffix(".0")


def _svg(clave, ancho, alto, titulo, frase, piezas):
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="graf" viewBox="0 0 {0} {1}" role="img" '
        'font-family="Noto Sans, Liberation Sans, Arial, sans-serif" '
        'aria-labelledby="{2}-t {2}-d"><title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>',
        ancho,
        alto,
        clave,
        titulo,
        frase,
        format_html_join("", "{}", ((p,) for p in piezas)),
    )


def _patron(clave, lado, fondo, dibujo):
    return format_html(
        '<defs><pattern id="{}" width="{}" height="{}" patternUnits="userSpaceOnUse">'
        '<rect width="{}" height="{}" fill="{}"/>{}</pattern></defs>',
        clave,
        lado,
        lado,
        lado,
        lado,
        fondo,
        dibujo,
    )


def _barra(x, y, ancho, alto, relleno, trazo):
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width=".8"/>',
        *map(_n, (x, y, ancho, alto)),
        relleno,
        trazo,
    )


def _linea(desde, hasta, y, color):
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>', *map(_n, (desde, hasta, y, y)), color
    )


def _texto(x, y, texto, *, ancla="start", color=TINTA, grosor="400", tamanio="13"):
    return format_html(
        '<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{}" fill="{}">{}</text>',
        _n(x),
        _n(y),
        tamanio,
        grosor,
        ancla,
        color,
        texto,
    )
