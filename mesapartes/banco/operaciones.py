"""What is measured: each operation with its requests, its target and the floor it is compared with."""

import json
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from django.urls import Resolver404, resolve, reverse

from mesapartes.banco.carga import Pedidos
from mesapartes.banco.muestras import CLAVE_CSRF


@dataclass(frozen=True)
class Operacion:
    """One row of the report.

    meta: (p50 of one client, p95 of eight, requests a second of eight) or None where there is no target; meta_cache
    is the p50 of one client when the answer is kept, if it differs.
    suelo: name of the bare SQL that does the same work. temple: part of the runs without cache and without Redis.
    """

    clave: str
    nombre: str
    pedidos: Pedidos
    rol: str = "grande"
    meta: tuple = (None, None, None)
    meta_cache: float | None = None
    suelo: str = ""
    temple: bool = False
    frio: bool = False
    clientes: tuple = (1, 8)
    falta: str = ""  # why it cannot be measured in this version
    segundos: float | None = None
    extra: dict = field(default_factory=dict)


# Fields of a registration with its own number; the key and the subject are new in each request.
def cuerpo_de_registro(tipo):
    """JSON body of POST /api/v1/documentos/ with the marks that the load script replaces."""
    datos = {
        "llave": "{llave}",
        "remitente": {"tipo_identidad": "DNI", "numero": "40417852", "nombre": "Rosa Quispe Mamani"},
        "tipo_documento": tipo,
        "asunto": "Solicita autorización de ruta Puno - Juliaca para la unidad {n}, con los requisitos completos",
        "numero_folios": 3,
    }
    return json.dumps(datos, ensure_ascii=False)


def operaciones(m):
    """Every operation, in the order of the report. Args: Muestras."""
    api, lista = reverse("api:documentos"), "?limite=100"
    buscar, sugerir = reverse("documents:buscar"), reverse("documents:remitente-sugerencias")
    detalle = [reverse("api:documento", args=[pk]) for pk in m.ids]
    ficha = [reverse("documents:detalle", args=[pk]) for pk in m.ids]
    bandeja = reverse("derivations:bandeja", args=["en-proceso"])
    fila, opcion, vacia = '"numero_expediente":', 'role="option"', "</html>"
    filtros = [
        api + "?" + urlencode({"tipo_documento": t, "desde": d, "hasta": h, "limite": 100})
        for t, d, h in m.filtros
    ]
    todas = [
        Operacion("lista", "Lista de 100, API, área más grande", _get(m, [api + lista], marca=fila),
                  meta=(8, 60, 250), meta_cache=4, suelo="lista", temple=True, frio=True),
        Operacion("lista_mediana", "Lista de 100, API, área mediana",
                  _get(m, [api + lista], rol="mediana", marca=fila), rol="mediana",
                  meta=(8, 60, 250), meta_cache=4, suelo="lista", temple=True),
        Operacion("lista_honda", "Página 500 de 100, API",
                  _get(m, [f"{api}{lista}&cursor={quote(m.cursor)}"], marca=fila),
                  meta=(8, 60, None), suelo="lista_honda", temple=True),
        Operacion("detalle", "Detalle, API, documentos al azar", _get(m, detalle, marca='"codigo_interno":'),
                  meta=(8, 50, None), meta_cache=4, suelo="detalle", temple=True, frio=True),
        _de_reportes(m, "estadisticas", "Estadísticas, API", "estadisticas", [], marca='"ahora"',
                     meta=(15, 40, None), meta_cache=4, suelo="contar", temple=True, frio=True),
        _de_reportes(m, "estadisticas_mes", "Estadísticas de un mes, API", "estadisticas", m.meses, marca='"ahora"',
                     meta=(15, 40, None), meta_cache=4, suelo="contar", temple=True),
        _de_reportes(m, "metricas", "Tiempos de atención de un mes, API", "metricas", m.meses, marca="{", temple=True),
        Operacion("filtro", "Filtro por tipo y fechas, 100, API", _get(m, filtros, marca=fila),
                  meta=(8, 60, None), suelo="filtro", temple=True),
        Operacion("buscar_frecuente", "Búsqueda, una palabra frecuente, 50 más nuevos, API",
                  _get(m, _q(api, [(p,) for p in m.frecuentes], "limite"), marca=fila),
                  meta=(12, 80, None), suelo="buscar_frecuente", temple=True, frio=True),
        Operacion("buscar_rara", "Búsqueda, una palabra rara, 50 más nuevos, API",
                  _get(m, _q(api, [(p,) for p in m.raras], "limite"), marca=fila),
                  meta=(12, 80, None), suelo="buscar_rara", temple=True),
        Operacion("buscar_dos", "Búsqueda, dos palabras, 50 más nuevos, API",
                  _get(m, _q(api, m.parejas, "limite"), marca=fila),
                  meta=(25, 150, None), suelo="buscar_dos", temple=True),
        Operacion("pagina_buscar", "Página de búsqueda, una palabra, 50 filas",
                  _get(m, _q(buscar, [(p,) for p in m.frecuentes[:6] + m.raras[:18]], "filas"), marca="data-lista"),
                  frio=True),
        Operacion("pagina_buscar_dos", "Página de búsqueda, dos palabras, 50 filas",
                  _get(m, _q(buscar, m.parejas, "filas"), marca="data-lista")),
        Operacion("sugerir_remitente", "Remitentes al escribir",
                  _get(m, [f"{sugerir}?{urlencode({'q': c})}" for c in m.comienzos], rol="mesa", marca=opcion),
                  rol="mesa",
                  meta=(8, 40, None), suelo="sugerir"),
        Operacion("sugerir_documento", "Sugerencias de la caja de búsqueda",
                  _get(m, [f"{reverse('documents:sugerencias')}?{urlencode({'q': c})}" for c in m.comienzos],
                       marca=opcion)),
        Operacion("bandeja", "Bandeja En proceso, 50 filas", _get(m, [f"{bandeja}?filas=50"], marca=vacia),
                  meta=(20, 150, None), suelo="bandeja", temple=True, frio=True),
        Operacion("bandeja_mediana", "Bandeja En proceso, 50 filas, área mediana",
                  _get(m, [f"{bandeja}?filas=50"], rol="mediana", marca=vacia), rol="mediana",
                  meta=(20, 150, None), suelo="bandeja"),
        Operacion("enviados", "Bandeja Enviados, 50 filas",
                  _get(m, [reverse("derivations:bandeja", args=["enviados"]) + "?filas=50"], marca=vacia)),
        Operacion("por_derivar", "Bandeja Por derivar de la mesa de partes, 50 filas",
                  _get(m, [reverse("derivations:bandeja", args=["por-derivar"]) + "?filas=50"], rol="mesa",
                       marca=vacia), rol="mesa"),
        Operacion("contadores", "Contadores del menú", _get(m, [reverse("derivations:contadores")])),
        Operacion("ficha", "Página del expediente", _get(m, ficha, marca=vacia), frio=True),
        Operacion("seguimiento", "Seguimiento público",
                  _get(m, [reverse("portal:seguir", args=[t]) for t in m.tokens], rol="", marca="estado-pub"), rol="",
                  meta=(8, None, None), suelo="seguimiento", temple=True, frio=True),
        Operacion("entrar", "Página de entrada", _get(m, [reverse("entrar")], rol="", marca=vacia), rol="",
                  frio=True),
        Operacion("admin_lista", "Administración, lista de documentos",
                  _get(m, [reverse("admin:documents_documento_changelist")], rol="admin", marca=vacia),
                  rol="admin"),
        Operacion("registrar", "Registrar un documento con su número, API",
                  Pedidos(rutas=[api], galletas=m.galletas["mesa"], metodo="POST", estado=201,
                          cuerpo=cuerpo_de_registro(m.tipo), marca=fila,
                          cabeceras={"Content-Type": "application/json", "X-CSRFToken": CLAVE_CSRF}),
                  rol="mesa", meta=(25, 150, 60), suelo="registrar"),
        Operacion("cargo_primera", "Cargo en PDF, primera vez",
                  _get(m, _cargos(m.sin_imprimir), rol="mesa", marca="%PDF-", una_vez=True), rol="mesa",
                  meta=(400, None, None), clientes=(1,)),
        Operacion("cargo_otra", "Cargo en PDF, otra vez",
                  _get(m, _cargos(m.impresos), rol="mesa", marca="%PDF-"), rol="mesa",
                  meta=(5, None, None), clientes=(1,)),
    ]  # fmt: skip
    seguimiento = next(op for op in todas if op.clave == "seguimiento")
    ritmo = replace(
        seguimiento, clave="seguimiento_50", nombre="Seguimiento público, 50 por segundo fijos", clientes=(8,),
        pedidos=replace(seguimiento.pedidos, ritmo=50.0), meta=(None, 50, None), temple=False, frio=False,
    )  # fmt: skip
    todas.insert(todas.index(seguimiento) + 1, ritmo)
    return todas


def _get(m, rutas, *, rol="grande", **mas):
    return Pedidos(rutas=rutas, galletas=m.galletas[rol] if rol else [""], **mas)


def _q(base, grupos, cuantos):
    return [f"{base}?{urlencode({'q': ' '.join(palabras).lower(), cuantos: 50})}" for palabras in grupos]


def _cargos(ids):
    return [reverse("documents:cargo-pdf", args=[pk]) for pk in ids]


def _de_reportes(m, clave, nombre, que, periodos, *, marca, **mas):
    """A figure of the reports, asked by the chief of the largest area; or the note that this version has none."""
    ruta, falta = f"/api/v1/{que}/", ""
    try:
        resolve(ruta)
    except Resolver404:
        falta = "esta versión no tiene esa dirección"
    rutas = [f"{ruta}?{urlencode({'desde': d, 'hasta': h})}" for d, h in periodos] or [ruta]
    return Operacion(
        clave, nombre, _get(m, rutas, rol="jefatura", marca=marca), rol="jefatura", falta=falta, **mas
    )


def elegir(todas, claves):
    """The operations of these keys, in the order of the report.

    Raises: ValueError, in Spanish, for a key that does not exist.
    """
    if not claves:
        return todas
    hay = {op.clave for op in todas}
    if sobran := [clave for clave in claves if clave not in hay]:
        raise ValueError(
            f"No existe la operación {', '.join(sobran)}; hay: {', '.join(op.clave for op in todas)}."
        )
    return [op for op in todas if op.clave in claves]
