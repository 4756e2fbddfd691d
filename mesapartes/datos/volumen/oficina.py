"""The office that holds the volume: its people, and everything the generator needs as plain data."""

import datetime as dt
import itertools
import random
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from core.errors import Conflicto
from documents.constants import SERIE_EXPEDIENTES
from documents.files.almacen import candado, huella_de, obtener_almacen, ruta_de
from documents.models import Procedimiento, SerieDocumental, SerieNumeracion, TipoDocumento
from mesapartes.datos import palabras
from mesapartes.datos.demo import papeles
from organization.calendar import cargar_calendario
from organization.calendar.calendario import Datos
from organization.constants import CodigoRol
from organization.models import Area, Entidad, Membresia, Rol, Usuario

AREAS, USUARIOS = 40, 150
# The twelve types of the workload, or the first twelve of an office with its own.
TIPOS = ("SOL", "OFI", "OFI-M", "CAR", "SAIP", "DES", "REC-RE", "REC-AP", "QJA", "DEN", "CONF", "INV")
GRANDE = "TPC"
_ZONAS = "Azángaro Ayaviri Ilave Huancané Lampa Macusani Sandia Yunguyo Juli Putina Moho Desaguadero".split()
_UNIDADES = (
    "Tecnologías de la Información",
    "Imagen Institucional",
    "Ejecución Coactiva",
    "Sanciones",
    "Concesiones",
)


class SinMesaDePartes(Conflicto):
    codigo = "sin_mesa_de_partes"
    mensaje = "Ninguna área activa es mesa de partes: márcala en la administración y vuelve a intentarlo."


@dataclass(frozen=True)
class AreaPlana:
    """An area, without the database. personas: [(id, full name)], the chief first."""

    id: int
    nombre: str
    jefe: int
    personas: tuple


@dataclass(frozen=True)
class Clase:
    """What a document may be: a type, perhaps with a procedure. area is an index into the areas, or None: any."""

    clave: str
    peso: float
    tipo_id: int
    tipo_codigo: str
    tipo_nombre: str
    procedimiento_id: int | None
    procedimiento: str
    area: int | None
    plazo: int | None
    regla: str
    silencio: str
    silencio_nombre: str
    reservado: bool
    instruccion: str


@dataclass
class Contexto:
    """Plain data that travels to the generating processes."""

    semilla: int
    habiles: list = field(default_factory=list)  # working days as ordinals, past the end too
    fin: int = 0  # index of the last day with life
    vida_media: float = 0.0
    serie: tuple = ()  # (id, mask, sede of the codes)
    clases: list = field(default_factory=list)
    areas: list = field(default_factory=list)
    mesa: int = 0
    grande: int = 0
    operadores: list = field(default_factory=list)  # (id, name, window id or None, window name)
    entidad: dict = field(default_factory=dict)
    url: str = ""
    series_archivo: list = field(default_factory=list)  # (id, text, years, permanent)
    papeles: list = field(default_factory=list)  # (hash, path, bytes, pages)
    remitentes: list = field(default_factory=list)  # (name, printed identity)
    ya_numerados: int = (
        0  # numbers given before, so that a second load with one seed is not the first one again
    )
    entidades: int = 0  # how many of the first senders are public offices
    primer_remitente: int = 0
    primer_documento: int = 0
    primera_derivacion: int = 0
    primer_archivo: int = 0
    calendario: Datos = field(default_factory=Datos)


def preparar_oficina(semilla):
    """Brings the office to 40 active areas and 150 people, each area with a chief. Returns: number of people made.

    The people enter as vol001, vol002…, with the password of the demonstration.
    Raises: SinMesaDePartes.
    """
    mesa = Area.objects.activas().filter(es_mesa_de_partes=True).select_related("sede").first()
    if mesa is None:
        raise SinMesaDePartes()
    sede = mesa.sede
    padre = Area.objects.filter(padre=None).first()
    nombres = [f"Oficina Zonal {z}" for z in _ZONAS] + [f"Unidad de {u}" for u in _UNIDADES]
    nombres += [f"Unidad Desconcentrada {n}" for n in range(1, AREAS)]
    hay = set(Area.objects.values_list("nombre", flat=True))
    faltan = AREAS - Area.objects.activas().count()
    nuevas = [nombre for nombre in nombres if nombre not in hay][: max(0, faltan)]
    Area.objects.bulk_create(
        Area(sigla=f"VOL-{n:02d}", codigo=f"90.{n:02d}", nombre=nombre, padre=padre, sede=sede)
        for n, nombre in enumerate(nuevas, 1 + Area.objects.filter(sigla__startswith="VOL-").count())
    )
    return _gente(random.Random(f"{semilla}:gente"))


def _gente(azar):
    hay = Usuario.objects.count()
    ya = Usuario.objects.filter(username__startswith="vol").count()
    clave, roles = make_password(settings.DEMO_PASSWORD), {r.codigo: r for r in Rol.objects.all()}
    nuevos = []
    for n in range(ya + 1, ya + 1 + max(0, USUARIOS - hay)):
        pila, *apellidos = (nombre := palabras.persona(azar)).split(" ")
        pila = " ".join([pila, *apellidos[:-2]])
        nuevos.append(
            Usuario(
                username=f"vol{n:03d}",
                first_name=pila,
                last_name=" ".join(nombre.split(" ")[-2:]),
                password=clave,
            )
        )
    Usuario.objects.bulk_create(nuevos)
    areas = list(Area.objects.activas().order_by("-es_mesa_de_partes", "pk"))
    vueltas = itertools.chain([areas[0]] * 4, itertools.cycle(areas))
    membresias, con_jefe = [], {a.pk for a in areas if a.jefe_id}
    for usuario, area in zip(nuevos, vueltas, strict=False):
        rol = CodigoRol.OPERADOR_MESA if area.es_mesa_de_partes else CodigoRol.USUARIO_AREA
        if area.pk not in con_jefe and not area.es_mesa_de_partes:
            rol, area.jefe = CodigoRol.SUPERVISOR, usuario
            con_jefe.add(area.pk)
        membresias.append(Membresia(usuario=usuario, area=area, rol=roles[rol.value]))
    Membresia.objects.bulk_create(membresias)
    Area.objects.bulk_update([a for a in areas if a.jefe_id], ["jefe"])
    return len(nuevos)


def leer_contexto(semilla, *, desde, hasta):
    """The office as plain data. Args: the days between which documents enter, dates."""
    contexto = Contexto(semilla=semilla, url=settings.PUBLIC_BASE_URL)
    calendario = cargar_calendario(desde, hasta)
    contexto.calendario = calendario.datos
    dias = calendario.habiles(desde, hasta + dt.timedelta(days=120))
    contexto.habiles = [dia.toordinal() for dia in dias]
    contexto.fin = sum(dia <= hasta for dia in dias) - 1
    serie = SerieNumeracion.objects.select_related("sede").get(codigo=SERIE_EXPEDIENTES)
    contexto.serie = (serie.pk, serie.mascara, serie.sede.codigo if serie.sede_id else "0")
    _leer_areas(contexto)
    _leer_clases(contexto)
    entidad = Entidad.objects.first() or Entidad(nombre="Entidad sin configurar", sigla="")
    mesa = Area.objects.select_related("sede").get(pk=contexto.areas[contexto.mesa].id)
    contexto.entidad = {
        "entidad": entidad.nombre,
        "sigla": entidad.sigla,
        "sede": mesa.sede.nombre,
        "lugar": ", ".join(p for p in (mesa.sede.direccion or entidad.direccion, entidad.lugar) if p),
    }
    contexto.series_archivo = [
        (s.pk, str(s), s.retencion_gestion + s.retencion_central, s.valor == "PERMANENTE")
        for s in SerieDocumental.objects.filter(activa=True)
    ]
    return contexto


def _leer_areas(contexto):
    personas = {}
    miembros = Membresia.objects.filter(usuario__is_active=True).select_related("usuario__ventanilla")
    for m in miembros.order_by("pk"):
        personas.setdefault(m.area_id, []).append(m.usuario)
    for n, area in enumerate(Area.objects.activas().select_related("jefe").order_by("pk")):
        gente = personas.get(area.pk, [])
        jefe = area.jefe or (gente[0] if gente else Usuario.objects.order_by("pk").first())
        lista = dict.fromkeys([(jefe.pk, jefe.nombre_completo), *((u.pk, u.nombre_completo) for u in gente)])
        contexto.areas.append(AreaPlana(area.pk, area.nombre, jefe.pk, tuple(lista)))
        if area.es_mesa_de_partes and not contexto.operadores:
            contexto.mesa = n
            contexto.operadores = [
                (u.pk, u.nombre_completo, u.ventanilla_id, u.ventanilla.nombre if u.ventanilla else "")
                for u in gente or [jefe]
            ]
        if area.sigla == GRANDE:
            contexto.grande = n
    if contexto.grande == contexto.mesa:
        contexto.grande = 1 if contexto.mesa == 0 else 0


def _leer_clases(contexto):
    """Procedures and types with their weight, so that the largest area gets 12 % of what enters."""
    tipos = list(TipoDocumento.objects.filter(activo=True, codigo__in=TIPOS))
    tipos = tipos or list(TipoDocumento.objects.filter(activo=True)[:12])
    por_id, lugar = {t.pk: t for t in tipos}, {a.id: n for n, a in enumerate(contexto.areas)}
    procedimientos = [
        p
        for p in Procedimiento.objects.filter(activo=True)
        if p.tipo_documento_id in por_id and p.area_id in lugar
    ]
    por_area = {}
    for p in procedimientos:
        if lugar[p.area_id] != contexto.mesa:
            por_area.setdefault(lugar[p.area_id], []).append(p)
    for area, grupo in por_area.items():
        peso = 0.12 if area == contexto.grande else 0.2 / max(1, len(por_area) - 1)
        contexto.clases += [_clase(p.tipo_documento, p, area, peso / len(grupo)) for p in grupo]
    if contexto.grande not in por_area:
        contexto.clases.append(_clase(tipos[0], None, contexto.grande, 0.12))
    resto = 1 - sum(c.peso for c in contexto.clases)
    pesos = {"OFI": 30, "SOL": 18, "CAR": 14, "CONF": 10, "OFI-M": 6, "DES": 6, "INV": 5, "SAIP": 4, "DEN": 3}
    suma = sum(pesos.get(t.codigo, 2) for t in tipos)
    contexto.clases += [_clase(t, None, None, resto * pesos.get(t.codigo, 2) / suma) for t in tipos]


def _clase(tipo, procedimiento, area, peso):
    fuente = procedimiento if procedimiento and procedimiento.plazo_dias is not None else tipo
    dias = fuente.plazo_dias
    nombre = f"del TUPA {procedimiento.codigo}" if fuente is procedimiento else f"para {tipo.nombre.lower()}"
    base = f" ({fuente.base_legal})" if fuente.base_legal else ""
    return Clase(
        clave=procedimiento.codigo if procedimiento else tipo.codigo,
        peso=peso,
        tipo_id=tipo.pk,
        tipo_codigo=tipo.codigo,
        tipo_nombre=tipo.nombre,
        procedimiento_id=procedimiento.pk if procedimiento else None,
        procedimiento=str(procedimiento) if procedimiento else "",
        area=area,
        plazo=dias,
        regla="" if dias is None else f"{dias} días hábiles {nombre}{base}",
        silencio=(procedimiento or tipo).silencio,
        silencio_nombre=(procedimiento or tipo).get_silencio_display()
        if (procedimiento or tipo).silencio
        else "",
        reservado=tipo.es_reservado,
        instruccion=procedimiento.instruccion if procedimiento else "",
    )


def guardar_papeles(semilla, entidad, cuantos=12):
    """Stores a few real PDF files that many documents will share. Returns: [(hash, path, bytes, pages)]."""
    azar, almacen, filas = random.Random(f"{semilla}:papeles"), obtener_almacen(), []
    for n in range(cuantos):
        contenido = papeles.escrito(
            titulo="Solicitud",
            asunto=palabras.asunto(azar, palabras.uno_de(azar, list(palabras.ASUNTOS))),
            remitente=palabras.persona(azar),
            identidad="documento de identidad",
            lugar_y_fecha="Puno",
            entidad=entidad,
            folios=n * 4,
        )
        with almacen.temporal() as temporal:
            temporal.write_bytes(contenido)
            with temporal.open("rb") as archivo:
                huella = huella_de(archivo)
            almacen.adelantar(temporal, ruta_de(huella))
            candado(huella)
            almacen.colocar(temporal, ruta_de(huella))
        filas.append((huella, ruta_de(huella), len(contenido), min(4, 1 + n * 4 // 12)))
    return filas


def reservar_ids(tabla, cuantos):
    """Takes so many ids of a table from its sequence. Returns: the first one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [tabla])
        secuencia = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(%s)", [secuencia])
        primero = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, %s)", [secuencia, primero + cuantos - 1])
    return primero
