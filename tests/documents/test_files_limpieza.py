"""Cleaning removes the forgotten and the orphan, never what a row names."""

import os
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from documents import tasks
from documents.files import constants as c
from documents.files import espera, limpieza
from documents.files.almacen import obtener_almacen, ruta_de, ruta_miniatura, ruta_texto
from documents.models import ArchivoEnEspera
from documents.tasks import procesar_archivo_adjunto
from tests.documents import files_util as u

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def carpeta(almacen):
    return almacen


def envejecer(carpeta, horas=49):
    antes = time.time() - horas * 3600
    for archivo in carpeta.rglob("*"):
        if archivo.is_file():
            os.utime(archivo, (antes, antes))
    ArchivoEnEspera.objects.update(creado_en=timezone.now() - timedelta(hours=horas))


def quedan(carpeta):
    return {x.relative_to(carpeta).as_posix() for x in carpeta.rglob("*") if x.is_file()}


def poner(contenido=None):
    return espera.poner_en_espera(
        usuario=u.usuario(), subida=u.subida(contenido or u.pdf()), para=c.PRINCIPAL
    )


def escribir(carpeta, ruta, datos=b"x"):
    (carpeta / ruta).parent.mkdir(parents=True, exist_ok=True)
    (carpeta / ruta).write_bytes(datos)


def escenario(carpeta):
    """Old: an attached file with thumbnail, a staged one, orphans of every kind, a foreign file."""
    persona, documento, puesto = u.usuario(), u.nuevo_documento(), None
    puesto = espera.poner_en_espera(usuario=persona, subida=u.subida(u.pdf()), para=c.PRINCIPAL)
    with transaction.atomic():
        adjunto = espera.adjuntar_en_espera(documento=documento, ids=[puesto.pk], usuario=persona)[0]
    procesar_archivo_adjunto(adjunto.pk)
    vencido = poner()
    for ruta in (ruta_de("a" * 64), ruta_miniatura("b" * 64), ruta_texto("c" * 64)):
        escribir(carpeta, ruta)
    escribir(carpeta, "espera/cortada.parte")
    escribir(carpeta, "reportes/informe.xlsx")
    envejecer(carpeta)
    return adjunto, vencido


def test_only_the_named_and_the_foreign_stay(carpeta):
    adjunto, _ = escenario(carpeta)
    assert tasks.limpiar_espera() == {"filas": 1, "archivos": 4, "temporales": 1}
    adjunto.refresh_from_db()
    assert quedan(carpeta) == {adjunto.ruta, adjunto.miniatura, "reportes/informe.xlsx"}
    assert not ArchivoEnEspera.objects.exists()


def test_simulating_counts_the_same_and_removes_nothing(carpeta, capsys):
    escenario(carpeta)
    antes = quedan(carpeta)
    call_command("limpiar_espera", simular=True)
    salida = capsys.readouterr().out
    assert quedan(carpeta) == antes and ArchivoEnEspera.objects.count() == 1
    assert "Se retirarían: 1 en espera, 4 contenidos sin registro" in salida and "1 restos" in salida
    call_command("limpiar_espera")
    assert "Retirados: 1 en espera, 4 contenidos sin registro" in capsys.readouterr().out


def test_what_is_younger_stays(carpeta):
    puesto = poner()
    escribir(carpeta, ruta_de("a" * 64))
    escribir(carpeta, "espera/cortada.parte")
    envejecer(carpeta, 47)
    antes = quedan(carpeta)
    call_command("limpiar_espera", verbosity=0)
    assert quedan(carpeta) == antes and ArchivoEnEspera.objects.filter(pk=puesto.pk).exists()


def test_content_shared_by_an_old_and_a_new_upload_stays(carpeta):
    contenido = u.pdf()
    poner(contenido)
    envejecer(carpeta)
    nuevo = poner(contenido)
    envejecer_archivo = carpeta / nuevo.ruta
    os.utime(envejecer_archivo, (0, 0))
    call_command("limpiar_espera", verbosity=0)
    assert quedan(carpeta) == {nuevo.ruta}
    assert list(ArchivoEnEspera.objects.all()) == [nuevo]


def test_a_row_born_between_the_look_and_the_removal_saves_its_bytes(carpeta, monkeypatch):
    contenido = u.pdf()
    puesto = poner(contenido)
    ArchivoEnEspera.objects.all().delete()
    envejecer(carpeta)
    real = limpieza._huerfanas

    def y_entonces_alguien_sube(rutas, sin_contar):
        halladas = real(rutas, sin_contar)
        assert halladas == [puesto.ruta]
        poner(contenido)
        os.utime(carpeta / puesto.ruta, (0, 0))
        return halladas

    monkeypatch.setattr(limpieza, "_huerfanas", y_entonces_alguien_sube)
    assert limpieza.limpiar_espera().archivos == 0
    assert obtener_almacen().peso(puesto.ruta) == len(contenido)


def test_hours_must_be_at_least_one():
    with pytest.raises(CommandError):
        call_command("limpiar_espera", horas=0)
