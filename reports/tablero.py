"""The dashboard: figures, charts and tables of some areas and days, the same for the page and for paper."""

from collections import namedtuple
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.texto import cuenta, fecha_num, miles
from derivations.bandejas import Hoy
from documents.constants import ESTADOS_EN_PAUSA, Atencion, Canal, Estado, Plazo
from documents.vencimiento import umbral_dias
from organization.models import Area
from reports import graficos
from reports.constants import AREAS_EN_GRAFICO, BARRAS_MAXIMAS, DIAS_DE_ALARMA
from reports.enlaces import Enlaces
from reports.estadisticas import cortes_de_antiguedad, leer_estadisticas
from reports.metricas import leer_metricas
from reports.silencio import por_aprobar

PLAZOS = {
    Plazo.EN_PLAZO: "en_plazo",
    Plazo.POR_VENCER: "por_vencer",
    Plazo.VENCIDO: "vencidos",
    Plazo.SIN_PLAZO: "sin_plazo",
}
CANALES = {Canal.WEB: "por web", Canal.INTEGRACION: "de otras entidades", Canal.COURIER: "por courier"}


# What comes in: its name, picture and count, and a function from some days to the list of it.
Entrada = namedtuple("Entrada", "titulo icono campo ir")
# A number of a table, the name of its column and, when some list sums to it, its address.
Celda = namedtuple("Celda", "rotulo valor url", defaults=("",))


@dataclass(frozen=True)
class Figura:
    """One figure: what it says, what it counts, and the list that sums to it."""

    clave: str
    titulo: str
    icono: str
    familia: str
    cantidad: int
    detalle: str
    url: str
    escrito: str = ""  # what it shows, when that is not the count

    @property
    def valor(self):
        return self.escrito or miles(self.cantidad)


def leer_tablero(usuario, ambito, form, *, hoy=None, por_silencio=6):
    """What the dashboard shows.

    Args: ambito is of the areas that the viewer may see; form a FiltrosDeTablero read for them;
        por_silencio how many of what silence would approve are listed.
    Returns: dict for templates/reports/tablero.html and impresos/tablero.html.
    """
    hoy = hoy or Hoy.leer()
    area, periodo = form.valor("area"), form.rango
    ambito = frozenset([area.pk]) if area else ambito
    datos, metricas = leer_estadisticas(ambito, periodo), leer_metricas(ambito, periodo)
    enlaces = Enlaces(ambito)
    entrada = _entrada(ambito, enlaces)
    grupos = agrupar(datos["por_dia"], hoy.calendario, entrada.campo)
    por_semanas = bool(grupos and grupos[0]["dias"] > 1)
    titulo_dias = f"{entrada.titulo} y atendidos por {'semana' if por_semanas else 'día'}"
    return {
        "figuras": _figuras(datos, enlaces, entrada, periodo),
        "entra": entrada.titulo,
        "titulo_dias": titulo_dias,
        "grafico_dias": graficos.barras_dia(
            [_barra(grupo) for grupo in grupos],
            clave="g-dias",
            titulo=titulo_dias,
            primera=entrada.titulo,
        ),
        "tabla_dias": [_fila_de_dias(grupo, enlaces, entrada) for grupo in grupos],
        "por_semanas": por_semanas,
        "grafico_areas": graficos.barras_area(_areas_del_grafico(datos), clave="g-areas"),
        "areas_fuera": max(len([f for f in datos["por_area"] if _pendientes(f)]) - AREAS_EN_GRAFICO, 0),
        "tabla_areas": _tabla_de_areas(datos, enlaces),
        "tabla_atencion": _tabla_de_atencion(datos, metricas, enlaces, periodo),
        **_antiguedad(datos, enlaces, hoy),
        "silencio": {
            "filas": por_aprobar(usuario, ambito, hoy, cuantas=por_silencio),
            "total": datos["silencio_positivo"]["por_vencer"],
            "url": enlaces.silencio_del_dia(Plazo.POR_VENCER),
            "vencidos": datos["silencio_positivo"]["vencidos"],
            "url_vencidos": enlaces.silencio_del_dia(Plazo.VENCIDO),
        },
        "calculado_en": datetime.fromisoformat(datos["calculado_en"]),
        "periodo": periodo,
        "umbral": umbral_dias(),
    }


def _entrada(ambito, enlaces):
    """Of areas that register, what they register: moving inside brings nothing in. Of the others, what they receive."""
    if ambito is None or Area.objects.filter(pk__in=ambito, es_mesa_de_partes=True).exists():
        return Entrada("Ingresados", "sello", "registrados", enlaces.registrados)
    return Entrada("Recibidos", "recibir", "recibidos", enlaces.recibidos)


def _figuras(datos, enlaces, entrada, periodo):
    ahora, dia, hoy = datos["ahora"], datos["en_el_dia"], datos["hoy"]
    del_periodo, antes = datos["periodo"], datos["periodo_anterior"]
    por_canal = _por_canal(dia["por_canal"]) if entrada.campo == "registrados" else "por derivación"
    en_plazo = (
        f"{miles(del_periodo['atendidos_en_plazo'])} de "
        f"{miles(del_periodo['atendidos'] - del_periodo['atendidos_sin_plazo'])}"
    )
    if antes["en_plazo_pct"] is not None:
        en_plazo += f"; antes {porcentaje(antes['en_plazo_pct'])}"

    return [
        Figura(
            "ingresados",
            f"{entrada.titulo} hoy",
            entrada.icono,
            "az",
            dia[entrada.campo],
            por_canal,
            entrada.ir(hoy, hoy),
        ),
        *(
            Figura(
                clave, titulo, icono, familia, ahora[campo], _en_areas(datos, campo), enlaces.estados(estado)
            )
            for clave, titulo, icono, familia, campo, estado in (
                ("sin_recibir", "Sin recibir", "recibir", "", "por_recibir", Estado.DERIVADO),
                ("en_proceso", "En proceso", "medio", "az", "en_proceso", Estado.EN_PROCESO),
            )
        ),
        *(
            Figura(
                campo, titulo, icono, familia, ahora[campo], _con_silencio(ahora, campo), enlaces.plazo(plazo)
            )
            for campo, titulo, icono, familia, plazo in (
                ("por_vencer", f"Vencen en {cuenta(umbral_dias(), 'día')}", "tri", "am", Plazo.POR_VENCER),
                ("vencidos", "Vencidos", "oct", "ro", Plazo.VENCIDO),
            )
        ),
        Figura(
            "en_plazo",
            "Atendidos en plazo",
            "atender",
            "vd",
            del_periodo["atendidos_en_plazo"],
            en_plazo,
            enlaces.atendidos(periodo.desde, periodo.hasta, atencion=Atencion.EN_PLAZO),
            porcentaje(del_periodo["en_plazo_pct"]),
        ),
    ]


def porcentaje(valor):
    """ "92 %", "66,7 %", or a dash when there is nothing to divide."""
    return "–" if valor is None else f"{valor:g} %".replace(".", ",").replace(" ", "\u202f")


def _por_canal(por_canal):
    partes = [
        f"{miles(canal['cantidad'])} {CANALES[canal['codigo']]}"
        for canal in por_canal
        if canal["codigo"] in CANALES
    ]
    return ", ".join(partes) or "por ventanilla"


def _en_areas(datos, campo):
    return f"en {cuenta(sum(1 for fila in datos['por_area'] if fila['ahora'][campo]), 'área')}"


def _con_silencio(ahora, campo):
    return f"{miles(ahora[f'{campo}_con_silencio'])} con silencio positivo"


# Charts and tables


def agrupar(por_dia, calendario, entra):
    """The days to draw, in order: working days and those when something happened, or weeks when they are many."""
    dias = [
        {
            "desde": date.fromisoformat(d["dia"]),
            "hasta": date.fromisoformat(d["dia"]),
            "entra": d[entra],
            "atendidos": d["atendidos"],
            "dias": 1,
        }
        for d in por_dia
    ]
    con_algo = [d for d in dias if d["entra"] or d["atendidos"] or calendario.es_habil(d["desde"])]
    if len(con_algo) <= BARRAS_MAXIMAS:
        return con_algo
    semanas = {}
    for d in dias:
        lunes = d["desde"] - timedelta(days=d["desde"].weekday())
        semana = semanas.setdefault(lunes, d | {"entra": 0, "atendidos": 0, "dias": 7})
        semana["hasta"] = d["hasta"]
        semana["entra"] += d["entra"]
        semana["atendidos"] += d["atendidos"]
    return list(semanas.values())


def _barra(grupo):
    largo = fecha_num(grupo["desde"])
    if grupo["desde"] != grupo["hasta"]:
        largo += f" a {fecha_num(grupo['hasta'])}"
    return graficos.Dia(f"{grupo['desde']:%d/%m}", largo, grupo["entra"], grupo["atendidos"])


def _fila_de_dias(grupo, enlaces, entrada):
    desde, hasta = grupo["desde"], grupo["hasta"]
    return {
        "desde": desde,
        "hasta": hasta,
        "celdas": [
            _celda(entrada.titulo, grupo["entra"], entrada.ir(desde, hasta)),
            _celda("Atendidos", grupo["atendidos"], enlaces.atendidos(desde, hasta)),
        ],
    }


def _pendientes(fila):
    ahora = fila["ahora"]
    return ahora["vencidos"] + ahora["por_vencer"] + ahora["en_plazo"] + ahora["sin_plazo"]


def _areas_del_grafico(datos):
    """The areas with most to do, the largest first."""
    filas = sorted((f for f in datos["por_area"] if _pendientes(f)), key=_pendientes, reverse=True)
    return [
        graficos.Area(
            fila["nombre"], *(fila["ahora"][n] for n in ("en_plazo", "por_vencer", "vencidos", "sin_plazo"))
        )
        for fila in filas[:AREAS_EN_GRAFICO]
    ]


def _tabla_de_areas(datos, enlaces):
    """What each area has now, by state and by where the clock stands."""
    return [
        {
            "nombre": fila["nombre"],
            "celdas": [
                _celda("Por derivar", ahora["por_derivar"], enlaces.estados(Estado.REGISTRADO, area=pk)),
                _celda("Por recibir", ahora["por_recibir"], enlaces.estados(Estado.DERIVADO, area=pk)),
                _celda("En proceso", ahora["en_proceso"], enlaces.estados(Estado.EN_PROCESO, area=pk)),
                _celda("En pausa", ahora["en_pausa"], enlaces.estados(*ESTADOS_EN_PAUSA, area=pk)),
                *(
                    _celda(plazo.label, ahora[campo], enlaces.plazo(plazo, area=pk))
                    for plazo, campo in PLAZOS.items()
                ),
            ],
        }
        for fila in datos["por_area"]
        for pk, ahora in [(fila["area"], fila["ahora"])]
        if any(ahora.values())
    ]


def _tabla_de_atencion(datos, metricas, enlaces, periodo):
    """What each area attended in the period, and how long it took."""
    tiempos = {fila["area"]: fila for fila in metricas["por_area"]}
    filas = []
    for fila in datos["por_area"]:
        pk, pasado = fila["area"], fila["periodo"]
        tiempo = tiempos.get(pk)
        if not pasado["atendidos"] and tiempo is None:
            continue

        def ir(atencion=None, pk=pk):
            return enlaces.atendidos(periodo.desde, periodo.hasta, atencion=atencion, area=pk)

        filas.append(
            {
                "nombre": fila["nombre"],
                "celdas": [
                    _celda("Atendidos", pasado["atendidos"], ir()),
                    _celda("En plazo", pasado["atendidos_en_plazo"], ir(Atencion.EN_PLAZO)),
                    _celda("Fuera de plazo", pasado["atendidos_tarde"], ir(Atencion.TARDE)),
                    Celda("En plazo (%)", porcentaje(pasado["en_plazo_pct"])),
                    *_horas(tiempo),
                ],
            }
        )
    return filas


def _horas(tiempo):
    """Mean, median and ninetieth percentile, in working hours."""
    nombres = (("Media (h)", "media_horas"), ("Mediana (h)", "mediana_horas"), ("90 % en (h)", "p90_horas"))
    return [Celda(rotulo, horas(tiempo and tiempo[campo])) for rotulo, campo in nombres]


def _antiguedad(datos, enlaces, hoy):
    """Chart and table of ageing; each group is some days of arrival in the area."""
    cortes = cortes_de_antiguedad(hoy)[::-1]
    columnas, filas, hasta = [], [], None
    for n, grupo in enumerate(datos["antiguedad"]):
        corte = cortes[n] if n < len(cortes) else None
        ultimo = grupo["hasta_dias"] is None
        nombre = (
            f"más de {grupo['desde_dias'] - 1}"
            if ultimo
            else f"{grupo['desde_dias']} a {grupo['hasta_dias']}"
        )
        url = enlaces.abiertos(llegado_desde=corte, llegado_hasta=hasta)
        columnas.append(graficos.Columna(nombre, grupo["cantidad"], grupo["desde_dias"] > DIAS_DE_ALARMA))
        filas.append({"nombre": nombre, "celdas": [_celda("Pendientes", grupo["cantidad"], url)]})
        hasta = corte - timedelta(days=1) if corte else None
    return {"grafico_edad": graficos.columnas_edad(columnas, clave="g-edad"), "tabla_edad": filas}


def horas(valor):
    """ "7,25", or a dash."""
    return "–" if valor is None else f"{valor:.1f}".replace(".", ",")


def _celda(rotulo, cantidad, url):
    return Celda(rotulo, miles(cantidad), url if cantidad else "")
