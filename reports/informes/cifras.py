"""Figures by area and by type: those of the screen, from the same function."""

from reports.estadisticas import obtener_estadisticas
from reports.informes.base import Columna
from reports.informes.periodicos import InformeDeCifras

_AHORA = (
    ("abiertos", "Abiertos"),
    ("por_derivar", "Por derivar"),
    ("por_recibir", "Por recibir"),
    ("en_proceso", "En proceso"),
    ("en_pausa", "En pausa"),
    ("vencidos", "Vencidos"),
    ("por_vencer", "Por vencer"),
    ("vencidos_con_silencio", "Vencidos con silencio"),
)
_PERIODO = (
    ("registrados", "Registrados"),
    ("recibidos", "Recibidos"),
    ("atendidos", "Atendidos"),
    ("atendidos_tarde", "Atendidos tarde"),
)


class PorArea(InformeDeCifras):
    codigo = "por-area"
    titulo = "Documentos por área"
    descripcion = "Lo que cada área tiene ahora, y lo que recibió y atendió en un periodo."

    def columnas(self, filtros):
        return [
            Columna("sigla", "Sigla", 10),
            Columna("area", "Área", 36),
            Columna("documentos", "Documentos", 12, "entero"),
            *(Columna(clave, titulo, 11, "entero") for clave, titulo in (*_AHORA, *_PERIODO)),
            Columna("a_tiempo", "A tiempo, de los que tienen plazo", 14, "porcentaje"),
        ]

    def filas_de(self, ambito, filtros):
        return [
            (
                fila["sigla"],
                fila["nombre"],
                fila["documentos"],
                *(fila["ahora"][clave] for clave, _ in _AHORA),
                *(fila["periodo"][clave] for clave, _ in _PERIODO),
                _parte(fila["periodo"]["en_plazo_pct"]),
            )
            for fila in self.pedir(obtener_estadisticas, ambito, filtros)["por_area"]
        ]

    def resumen(self, ambito, filtros):
        cifras = self.pedir(obtener_estadisticas, ambito, filtros)
        return [(titulo, cifras["ahora"][clave]) for clave, titulo in _AHORA] + [
            (f"{titulo} en el periodo", cifras["periodo"][clave]) for clave, titulo in _PERIODO
        ]


class PorTipo(InformeDeCifras):
    codigo = "por-tipo"
    titulo = "Documentos por tipo"
    descripcion = "Cuántos documentos hay de cada tipo, y cuántos se registraron en un periodo."
    apaisado = False

    def columnas(self, filtros):
        return [
            Columna("codigo", "Código", 10),
            Columna("tipo", "Tipo", 44),
            Columna("documentos", "Documentos", 14, "entero"),
            Columna("registrados", "Registrados", 14, "entero"),
        ]

    def filas_de(self, ambito, filtros):
        cifras = self.pedir(obtener_estadisticas, ambito, filtros)
        tipos = {fila["tipo"]: [fila["nombre"], fila["cantidad"], 0] for fila in cifras["por_tipo"]}
        for fila in cifras["registrados_por_tipo"]:
            tipos.setdefault(fila["tipo"], [fila["nombre"], 0, 0])[2] = fila["cantidad"]
        orden = sorted(tipos.items(), key=lambda par: (-par[1][1], -par[1][2], par[0]))
        return [(codigo, *valores) for codigo, valores in orden]

    def resumen(self, ambito, filtros):
        cifras = self.pedir(obtener_estadisticas, ambito, filtros)
        return [
            ("Documentos", sum(fila["cantidad"] for fila in cifras["por_tipo"])),
            ("Registrados en el periodo", cifras["periodo"]["registrados"]),
        ]


def _parte(por_ciento):
    """A per cent as a fraction; None stays."""
    return None if por_ciento is None else por_ciento / 100
