"""Loads what a new office needs to work; adds what is missing and never touches what is there."""

from dataclasses import dataclass, field

from django.db import connection, transaction

from core.events import registrar_evento
from derivations.models import TextoFrecuente
from documents.models import (
    Categoria,
    Procedimiento,
    ReglaArea,
    RequisitoProcedimiento,
    SerieDocumental,
    SerieNumeracion,
    TipoDocumento,
)
from mesapartes.datos import tablas
from organization.calendar.servicios import cargar_iniciales
from organization.constants import NOMBRES_DE_PERMISO, PERMISOS_INICIALES
from organization.models import Area, Entidad, Permiso, Rol, Sede, Ventanilla

CERROJO = 7_301  # one loader at a time, also from two machines that start together


@dataclass
class Informe:
    """What a load added and what it found already there, by the plural name of each catalogue."""

    agregado: dict = field(default_factory=dict)
    intacto: dict = field(default_factory=dict)

    def anotar(self, nombre, agregado, intacto):
        self.agregado[nombre] = self.agregado.get(nombre, 0) + agregado
        self.intacto[nombre] = self.intacto.get(nombre, 0) + intacto

    @property
    def total(self):
        return sum(self.agregado.values())


@transaction.atomic
def cargar_catalogos():
    """Adds the missing rows of every catalogue; safe to repeat and to run from two places at once.

    A row that exists is left as the office has it. Permissions join a role, categories a type and requirements
    a procedure only when that role, type or procedure is created here. Areas, routing rules and canned texts
    are loaded only into an office without any; procedures only where their area exists.
    Returns: Informe.
    Writes: the rows, and one event `catalogos_cargados` when any was added.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CERROJO])
    informe = Informe()
    _roles(informe)
    _oficina(informe)
    _tipos(informe)
    _procedimientos(informe)
    _reglas(informe)
    _por_codigo(
        informe,
        "series documentales",
        SerieDocumental,
        ("codigo", "nombre", "retencion_gestion", "retencion_central", "valor"),
        tablas.SERIES,
    )
    _por_codigo(
        informe,
        "series de números",
        SerieNumeracion,
        ("codigo", "nombre", "mascara"),
        tablas.SERIES_DE_NUMEROS,
    )
    hay = TextoFrecuente.objects.count()
    if not hay:
        TextoFrecuente.objects.bulk_create(
            TextoFrecuente(texto=texto, orden=n) for n, texto in enumerate(tablas.TEXTOS_FRECUENTES, 1)
        )
    informe.anotar("textos frecuentes", 0 if hay else len(tablas.TEXTOS_FRECUENTES), hay)
    nuevas = cargar_iniciales()
    informe.anotar("días y jornadas del calendario", sum(nuevas.values()), 0)
    if informe.total:
        registrar_evento(
            tipo="catalogos_cargados", detalle={nombre: n for nombre, n in informe.agregado.items() if n}
        )
    return informe


def _por_codigo(informe, nombre, modelo, campos, filas):
    """Adds the rows whose code is not there. Returns: {code: row} of those added."""
    hay = set(modelo.objects.values_list("codigo", flat=True))
    nuevas = [modelo(**dict(zip(campos, fila, strict=True))) for fila in filas if fila[0] not in hay]
    modelo.objects.bulk_create(nuevas)
    informe.anotar(nombre, len(nuevas), len(hay))
    return {fila.codigo: fila for fila in nuevas}


def _roles(informe):
    hay = set(Permiso.objects.values_list("codigo", flat=True))
    nuevos = [Permiso(codigo=c, nombre=n) for c, n in NOMBRES_DE_PERMISO.items() if c not in hay]
    Permiso.objects.bulk_create(nuevos)
    informe.anotar("permisos", len(nuevos), len(hay))
    creados = 0
    for codigo, permisos in PERMISOS_INICIALES.items():
        rol, creado = Rol.objects.get_or_create(codigo=codigo.value, defaults={"nombre": codigo.label})
        if creado:
            rol.permisos.set(permisos)
        creados += creado
    informe.anotar("roles", creados, len(PERMISOS_INICIALES) - creados)


def _oficina(informe):
    entidades = Entidad.objects.count()
    if not entidades:
        Entidad.objects.create(**tablas.ENTIDAD)
    informe.anotar("entidad", 0 if entidades else 1, entidades)
    sedes = Sede.objects.count()
    if not sedes:
        Sede.objects.create(**tablas.SEDE)
    informe.anotar("sedes", 0 if sedes else 1, sedes)
    areas = Area.objects.count()
    if areas:
        informe.anotar("áreas", 0, areas)
        return
    sede, por_sigla = Sede.objects.order_by("codigo").first(), {}
    for sigla, codigo, nombre, padre in tablas.AREAS:
        por_sigla[sigla] = Area.objects.create(
            sigla=sigla,
            codigo=codigo,
            nombre=nombre,
            padre=por_sigla.get(padre),
            sede=sede,
            es_mesa_de_partes=sigla == tablas.MESA,
        )
    Ventanilla.objects.bulk_create(
        Ventanilla(nombre=nombre, area=por_sigla[tablas.MESA]) for nombre in tablas.VENTANILLAS
    )
    informe.anotar("áreas", len(por_sigla), 0)
    informe.anotar("ventanillas", len(tablas.VENTANILLAS), 0)


def _tipos(informe):
    campos = ("codigo", "nombre", "plazo_dias", "base_legal", "es_interno", "es_reservado")
    filas = [fila[:-1] for fila in tablas.TIPOS]
    nuevos = _por_codigo(informe, "tipos de documento", TipoDocumento, campos, filas)
    for n, fila in enumerate(tablas.TIPOS, 1):
        if fila[0] in nuevos:
            nuevos[fila[0]].orden = n * 10
    TipoDocumento.objects.bulk_update(nuevos.values(), ["orden"])
    categorias = [
        Categoria(tipo_documento=nuevos[fila[0]], nombre=nombre)
        for fila in tablas.TIPOS
        if fila[0] in nuevos
        for nombre in fila[-1]
    ]
    Categoria.objects.bulk_create(categorias)
    informe.anotar("categorías", len(categorias), 0)


def _procedimientos(informe):
    areas, tipos = _ids(Area, "sigla"), _ids(TipoDocumento, "codigo")
    hay = set(Procedimiento.objects.values_list("codigo", flat=True))
    nuevos, requisitos = [], []
    for codigo, nombre, tipo, area, dias, silencio, instruccion, base, textos in tablas.PROCEDIMIENTOS:
        if codigo in hay or area not in areas or tipo not in tipos:
            continue
        procedimiento = Procedimiento(
            codigo=codigo,
            nombre=nombre,
            tipo_documento_id=tipos[tipo],
            area_id=areas[area],
            plazo_dias=dias,
            silencio=silencio,
            asunto_modelo=nombre,
            instruccion=instruccion,
            base_legal=base,
        )
        nuevos.append(procedimiento)
        requisitos += [
            RequisitoProcedimiento(procedimiento=procedimiento, orden=n, texto=texto)
            for n, texto in enumerate(textos, 1)
        ]
    Procedimiento.objects.bulk_create(nuevos)
    RequisitoProcedimiento.objects.bulk_create(requisitos)
    informe.anotar("procedimientos", len(nuevos), len(hay))
    informe.anotar("requisitos", len(requisitos), 0)


def _reglas(informe):
    hay = ReglaArea.objects.count()
    nuevas = []
    if not hay:
        areas, tipos = _ids(Area, "sigla"), _ids(TipoDocumento, "codigo")
        nuevas = [
            ReglaArea(orden=n * 10, tipo_documento_id=tipos.get(tipo), palabras=palabras, area_id=areas[area])
            for n, (tipo, palabras, area) in enumerate(tablas.REGLAS, 1)
            if area in areas and (palabras or tipo in tipos)
        ]
        ReglaArea.objects.bulk_create(nuevas)
    informe.anotar("reglas de área sugerida", len(nuevas), hay)


def _ids(modelo, campo):
    """{value of the field: key}."""
    return dict(modelo.objects.values_list(campo, "pk"))
