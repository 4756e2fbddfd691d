"""Loads the volume: one transaction, so an interruption leaves the database and its indexes as they were."""

import datetime as dt
import os
import random
import time
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from core.caching import sin_disparadores
from core.db.disparadores import disparadores_aparte
from core.errors import Conflicto
from core.events import registrar_evento
from documents.constants import SERIE_EXPEDIENTES
from documents.models import Correlativo, Documento, FichaBusqueda, Remitente, SerieNumeracion
from mesapartes.datos import palabras
from mesapartes.datos.catalogos import cargar_catalogos
from mesapartes.datos.volumen import columnas as t
from mesapartes.datos.volumen.copia import texto
from mesapartes.datos.volumen.indices import apartar, reponer
from mesapartes.datos.volumen.oficina import guardar_papeles, leer_contexto, preparar_oficina, reservar_ids
from mesapartes.datos.volumen.procesos import lotes_hechos
from mesapartes.datos.volumen.recorrido import POR_DOCUMENTO
from mesapartes.datos.volumen.ritmo import lotes, repartir, vida_media
from organization.models import Membresia, Usuario
from reports.services import recalcular_cifras
from reports.services import sin_disparadores as sin_cifras

APARTAR_DESDE = 30_000  # fewer rows go in faster with their indexes in place
LOTE_DE_FICHAS = 10_000
REMITENTES_POR_DOCUMENTO = 0.12


class HayDocumentos(Conflicto):
    codigo = "hay_documentos"
    mensaje = "La base ya tiene documentos: el volumen se carga en una base aparte."


@dataclass
class Resumen:
    """What was loaded, and whom to measure as. segundos is {stage: seconds}."""

    documentos: int
    remitentes: int
    filas: dict = field(default_factory=dict)
    segundos: dict = field(default_factory=dict)
    usuario_grande: str = ""
    usuario_mediano: str = ""


def _sin_avance(etapa, hechos, total):
    """Default progress: silence."""


def generar_volumen(
    *, documentos, semilla=1, anios=10, agregar=False, procesos=None, sin_indices=None, avance=_sin_avance
):
    """Loads documents of the last years with their derivations, events, receipts and files, by COPY.

    Args: procesos that generate besides this one (default: one less than the processors, at most two).
        sin_indices drops and makes again the secondary indexes; default: when there are many documents.
        avance(stage, done, total).
    Returns: Resumen.
    Raises: HayDocumentos without `agregar`; IntegrityError when a row broke a rule, and nothing is kept then.
    Writes: every table in TABLAS, senders, people and areas up to the workload's, Correlativo, one event. Holds
        the tables against other writers until it ends, and against readers too once the indexes are aside.
    """
    habia = Documento.objects.count()
    if habia and not agregar:
        raise HayDocumentos()
    if procesos is None:
        procesos = 0 if documentos < 10_000 else max(1, min(2, (os.cpu_count() or 1) - 1))
    reloj = _Cronometro()
    with transaction.atomic():
        cargar_catalogos()
        preparar_oficina(semilla)
        contexto, planes, cuantos_por_anio = _planear(documentos, semilla, anios)
        resumen = Resumen(documentos, len(contexto.remitentes))
        resumen.usuario_grande, resumen.usuario_mediano = _a_quien_medir(contexto)
        reloj.etapa(resumen, "preparar")
        if sin_indices is None:  # making them again reads what was there before too
            sin_indices = documentos >= max(APARTAR_DESDE, habia // 4)
        with connection.cursor() as cursor:
            nombres = [tabla.nombre for tabla in t.TABLAS.values()]
            ordenes = apartar(cursor, nombres) if sin_indices else []
            ordenes_ficha = apartar(cursor, [FichaBusqueda._meta.db_table]) if sin_indices else []
            with (
                sin_disparadores(cursor, nombres),
                disparadores_aparte(cursor, nombres, "fichar%"),
                sin_cifras(cursor),
            ):
                _copiar(cursor, contexto, planes, procesos, resumen, avance)
            reloj.etapa(resumen, "copiar")
            reponer(cursor, ordenes, lambda n, total: avance("índices y restricciones", n, total))
            _fichar(cursor, contexto.primer_documento, documentos, avance)
            reponer(cursor, ordenes_ficha)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            reloj.etapa(resumen, "índices")
        avance("cifras", 0, 1)
        recalcular_cifras()
        avance("cifras", 1, 1)
        reloj.etapa(resumen, "cifras")
        _fijar_correlativos(contexto, cuantos_por_anio)
        registrar_evento(
            tipo="volumen_generado",
            detalle={"documentos": documentos, "semilla": semilla, "filas": resumen.filas},
        )
    _asear(nombres, avance)
    reloj.etapa(resumen, "estadísticas")
    return resumen


def _fichar(cursor, primero, cuantos, avance):
    """Fills the search index, which the triggers put aside did not."""
    for desde in range(primero, primero + cuantos, LOTE_DE_FICHAS):
        hasta = min(desde + LOTE_DE_FICHAS, primero + cuantos)
        cursor.execute(
            "SELECT documents_fichar(ARRAY(SELECT generate_series(%s::bigint, %s)))", [desde, hasta - 1]
        )
        avance("búsqueda", hasta - primero, cuantos)


class _Cronometro:
    def __init__(self):
        self.desde = time.monotonic()

    def etapa(self, resumen, nombre):
        ahora = time.monotonic()
        resumen.segundos[nombre], self.desde = ahora - self.desde, ahora


def _planear(documentos, semilla, anios):
    """(context, batches, {year: documents}): everything that is decided before the first row."""
    ahora = timezone.localtime()
    hasta = ahora.date() if ahora.hour >= 17 else ahora.date() - dt.timedelta(days=1)
    desde = dt.date(hasta.year - anios, hasta.month, min(hasta.day, 28)) + dt.timedelta(days=1)
    contexto = leer_contexto(semilla, desde=desde, hasta=hasta)
    dias = [dt.date.fromordinal(n) for n in contexto.habiles[: contexto.fin + 1]]
    cuentas = repartir(documentos, dias)
    contexto.vida_media = vida_media(cuentas)
    serie = SerieNumeracion.objects.get(codigo=SERIE_EXPEDIENTES)
    _cerrar_el_paso()
    ultimos = dict(Correlativo.objects.filter(serie=serie).values_list("anio", "ultimo"))
    contexto.ya_numerados = sum(ultimos.values())
    planes = lotes(dias, cuentas, ultimos)
    contexto.papeles = guardar_papeles(semilla, contexto.entidad["entidad"])
    contexto.primer_documento = reservar_ids(Documento._meta.db_table, documentos)
    contexto.primera_derivacion = reservar_ids(t.TABLAS[t.DERIVACION].nombre, documentos * POR_DOCUMENTO)
    contexto.primer_archivo = reservar_ids(t.TABLAS[t.ARCHIVO].nombre, documentos * 3)
    _remitentes(contexto, max(50, int(documentos * REMITENTES_POR_DOCUMENTO)))
    return contexto, planes, ultimos


def _cerrar_el_paso():
    """Keeps other writers out until the end; numbers first, as a registration does, so that none waits in a ring."""
    nombres = [Correlativo._meta.db_table, *(tabla.nombre for tabla in t.TABLAS.values())]
    with connection.cursor() as cursor:
        for nombre in nombres:
            cursor.execute(f'LOCK TABLE "{nombre}" IN EXCLUSIVE MODE')


def _remitentes(contexto, cuantos):
    """Creates the senders and leaves in the context what a document repeats of them."""
    azar = random.Random(f"{contexto.semilla}:remitentes")
    usados = frozenset(Remitente.objects.exclude(numero="").values_list("tipo_identidad", "numero"))
    contexto.primer_remitente = reservar_ids(Remitente._meta.db_table, cuantos)
    creado = dt.datetime.fromordinal(contexto.habiles[0]).isoformat() + "Z"
    campos, lineas = ("tipo_identidad", "numero", "nombre", "correo", "telefono", "direccion"), []
    with connection.cursor() as cursor, cursor.copy(t.REMITENTE.orden) as copia:
        for n, fila in enumerate(
            palabras.remitentes(azar, cuantos, usados=usados), contexto.primer_remitente
        ):
            lineas.append("\t".join([str(n), *(texto(fila[c]) for c in campos), creado, creado]))
            contexto.remitentes.append((fila["nombre"], f"{fila['tipo_identidad']} {fila['numero']}"))
            if len(lineas) == 5_000:
                copia.write(t.REMITENTE.bytes_de(lineas))
                lineas.clear()
        copia.write(t.REMITENTE.bytes_de(lineas))
    contexto.entidades = max(1, min(150, cuantos // 12))


def _copiar(cursor, contexto, planes, procesos, resumen, avance):
    """Streams every batch into the database, in the order of time."""
    ordenes = {etiqueta: tabla.orden for etiqueta, tabla in t.TABLAS.items()}
    tamanios = [sum(tramo.cuantos for tramo in plan.tramos) for plan in planes]
    hechos = 0
    for lote, cuantos in zip(lotes_hechos(contexto, planes, procesos=procesos), tamanios, strict=True):
        for etiqueta, contenido in lote:
            if contenido:
                with cursor.copy(ordenes[etiqueta]) as copia:
                    copia.write(contenido)
                resumen.filas[etiqueta] = resumen.filas.get(etiqueta, 0) + cursor.rowcount
        hechos += cuantos
        avance("documentos", hechos, resumen.documentos)


def _fijar_correlativos(contexto, ultimos):
    """So that the next registration of each year takes the next number."""
    for anio, ultimo in ultimos.items():
        Correlativo.objects.update_or_create(
            serie_id=contexto.serie[0], anio=anio, defaults={"ultimo": ultimo}
        )


def _a_quien_medir(contexto):
    """User names of an area user of the largest area and of a middle one."""

    def de(area):
        membresia = Membresia.objects.filter(
            area_id=area.id, rol__codigo="usuario_area", usuario__is_active=True
        ).select_related("usuario").order_by("-usuario__username").first()  # fmt: skip
        return membresia.usuario.username if membresia else Usuario.objects.get(pk=area.jefe).username

    medianas = [a for n, a in enumerate(contexto.areas) if n not in (contexto.mesa, contexto.grande)]
    return de(contexto.areas[contexto.grande]), de(medianas[len(medianas) // 2])


def _asear(nombres, avance):
    """Fresh statistics, and the visibility map that index-only scans need; inside a transaction only the first."""
    orden = "ANALYZE"
    if not connection.in_atomic_block:
        # Its small default ring of buffers would write the same pages to the log again and again.
        orden = (
            "VACUUM (ANALYZE, BUFFER_USAGE_LIMIT '128MB')"
            if connection.pg_version >= 160_000
            else "VACUUM (ANALYZE)"
        )
    tablas = [*nombres, Remitente._meta.db_table, FichaBusqueda._meta.db_table]
    with connection.cursor() as cursor:
        for n, nombre in enumerate(tablas, 1):
            cursor.execute(f'{orden} "{nombre}"')
            avance("estadísticas", n, len(tablas))
