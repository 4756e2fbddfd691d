"""Removes what nobody will use: forgotten uploads, and bytes that no row names."""

import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from documents.files.almacen import RUTA, candado, obtener_almacen
from documents.files.constants import HORAS_EN_ESPERA
from documents.models import ArchivoAdjunto, ArchivoEnEspera

LOTE = 500


@dataclass
class Limpieza:
    """What was removed, or would be."""

    filas: int = 0
    archivos: int = 0
    temporales: int = 0
    bytes_libres: int = 0


def limpiar_espera(*, horas=HORAS_EN_ESPERA, simular=False):
    """Removes staged rows, orphan contents and leftovers older than `horas`.

    Returns: Limpieza.
    Writes: each orphan is checked again and removed under its content's lock, so an upload of the same content
        at that moment keeps its bytes. A file named by any row is never removed.
    """
    resultado = Limpieza()
    limite = timezone.now() - timedelta(hours=horas)
    antes_de = time.time() - horas * 3600
    almacen = obtener_almacen()
    retiradas = set() if simular else None
    resultado.filas = _retirar_filas(limite, retiradas)
    for lote in _lotes(almacen.listar()):
        for ruta in _huerfanas(lote, sin_contar=retiradas or ()):
            peso = _borrar_si_huerfana(almacen, ruta, antes_de, simular, retiradas or ())
            if peso is not None:
                resultado.archivos += 1
                resultado.bytes_libres += peso
    for temporal in almacen.temporales_viejos(antes_de):
        resultado.temporales += 1
        if not simular:
            temporal.unlink(missing_ok=True)
    return resultado


def _retirar_filas(limite, retiradas):
    """Deletes expired staged rows nobody is using; when simulating, only collects their ids."""
    if retiradas is not None:
        retiradas.update(ArchivoEnEspera.objects.filter(creado_en__lt=limite).values_list("pk", flat=True))
        return len(retiradas)
    total = 0
    while True:
        with transaction.atomic():
            viejas = ArchivoEnEspera.objects.filter(creado_en__lt=limite).select_for_update(skip_locked=True)
            ids = list(viejas.values_list("pk", flat=True)[:LOTE])
            ArchivoEnEspera.objects.filter(pk__in=ids).delete()
        total += len(ids)
        if len(ids) < LOTE:
            return total


def _lotes(rutas):
    rutas = iter(rutas)
    while lote := list(islice(rutas, LOTE)):
        yield lote


def _huerfanas(rutas, sin_contar):
    """Paths whose content no row names, in a batch: one query for each table."""
    por_ruta = {ruta: RUTA.match(ruta)[1] for ruta in rutas}
    nombradas = _nombradas(set(por_ruta.values()), sin_contar)
    return [ruta for ruta, huella in por_ruta.items() if huella not in nombradas]


def _nombradas(huellas, sin_contar):
    """Contents that some row names. Staged first: one that is attached in between is then seen attached."""
    espera = ArchivoEnEspera.objects.filter(hash_archivo__in=huellas).exclude(pk__in=sin_contar)
    nombradas = set(espera.values_list("hash_archivo", flat=True))
    nombradas |= set(
        ArchivoAdjunto.objects.filter(hash_archivo__in=huellas).values_list("hash_archivo", flat=True)
    )
    return nombradas


def _borrar_si_huerfana(almacen, ruta, antes_de, simular, sin_contar):
    """Size of the removed file, or None when it stays."""
    huella = RUTA.match(ruta)[1]
    with transaction.atomic():
        candado(huella)
        modificado = almacen.modificado(ruta)
        if modificado is None or modificado >= antes_de or _nombradas({huella}, sin_contar):
            return None
        peso = almacen.peso(ruta) or 0
        if not simular:
            almacen.borrar(ruta)
        return peso
