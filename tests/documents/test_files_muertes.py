"""A kill at any step leaves no row without bytes, no number without its files, and no bytes for ever."""

import hashlib
import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.models import Evento, Tarea
from documents.files import constants as c
from documents.files import espera
from documents.files.errores import ArchivoNoDisponible
from documents.files.limpieza import limpiar_espera
from documents.models import ArchivoAdjunto, ArchivoEnEspera, Documento
from documents.tasks import procesar_archivo_adjunto
from tests.concurrency_util import a_la_vez
from tests.documents import files_util as u

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def carpeta(almacen):
    return almacen


@pytest.fixture
def matar(carpeta, criadero):
    """Runs an act in another process that kills itself at a step."""

    def hacer(acto, paso, argumento=""):
        base = connection.settings_dict["NAME"]
        codigo, _, quejas = criadero.correr(
            "tests.documents.files_muere", base, str(carpeta), acto, paso, str(argumento)
        )
        assert codigo == -signal.SIGKILL, quejas[-2000:]

    return hacer


def archivos_en(carpeta):
    return {x.relative_to(carpeta).as_posix() for x in carpeta.rglob("*") if x.is_file()}


def envejecer(carpeta):
    for archivo in carpeta.rglob("*"):
        if archivo.is_file():
            os.utime(archivo, (time.time() - 49 * 3600,) * 2)
    ArchivoEnEspera.objects.update(creado_en=timezone.now() - timedelta(hours=49))


def comprobar_filas(carpeta):
    """Every row has its whole bytes."""
    for fila in [*ArchivoEnEspera.objects.all(), *ArchivoAdjunto.objects.all()]:
        assert hashlib.sha256((carpeta / fila.ruta).read_bytes()).hexdigest() == fila.hash_archivo


@pytest.mark.parametrize(
    ("paso", "filas"),
    [
        ("a media copia", 0),
        ("copiado", 0),
        ("examinado", 0),
        ("renombrado", 0),
        ("colocado", 0),
        ("fila sin confirmar", 0),
        ("confirmada", 1),
    ],
)
def test_killed_while_uploading(carpeta, matar, paso, filas):
    persona = u.usuario()
    matar("subir", paso, persona.pk)
    assert ArchivoEnEspera.objects.count() == filas
    comprobar_filas(carpeta)
    # the same person tries again and succeeds, whatever was left behind
    espera.poner_en_espera(usuario=persona, subida=u.subida(u.pdf(marca="fija")), para=c.PRINCIPAL)
    comprobar_filas(carpeta)
    envejecer(carpeta)
    limpiar_espera()
    assert archivos_en(carpeta) == set()


@pytest.mark.parametrize(
    "paso", ["primer archivo", "ultimo archivo", "adjuntados sin confirmar", "confirmado"]
)
def test_killed_while_registering(carpeta, matar, paso):
    persona = u.usuario()
    for numero in range(2):
        espera.poner_en_espera(usuario=persona, subida=u.subida(u.pdf(), f"{numero}.pdf"), para=c.ANEXO)
    matar("registrar", paso, persona.pk)
    comprobar_filas(carpeta)
    if paso == "confirmado":
        documento = Documento.objects.get()
        assert documento.archivos.count() == 2 and not ArchivoEnEspera.objects.exists()
        assert Tarea.objects.filter(documento_id=documento.pk, estado="PENDIENTE").count() >= 2
    else:
        assert not Documento.objects.exists() and not ArchivoAdjunto.objects.exists()
        ids = [e.pk for e in ArchivoEnEspera.objects.all()]
        assert u.nuevo_documento(actor=persona, archivos=ids).archivos.count() == 2
    envejecer(carpeta)
    limpiar_espera()
    assert archivos_en(carpeta) == set(ArchivoAdjunto.objects.values_list("ruta", flat=True))


def adjunto():
    persona = u.usuario()
    puesto = espera.poner_en_espera(usuario=persona, subida=u.subida(u.pdf()), para=c.PRINCIPAL)
    documento = u.nuevo_documento(actor=persona)
    with transaction.atomic():
        return espera.adjuntar_en_espera(documento=documento, ids=[puesto.pk], usuario=persona)[0]


@pytest.mark.parametrize("paso", ["miniatura guardada", "confirmado"])
def test_killed_while_processing(carpeta, matar, paso):
    archivo = adjunto()
    matar("procesar", paso, archivo.pk)
    procesar_archivo_adjunto(archivo.pk)
    archivo.refresh_from_db()
    assert archivo.estado_proceso == "LISTO" and (carpeta / archivo.miniatura).is_file()
    envejecer(carpeta)
    limpiar_espera()
    assert archivos_en(carpeta) == {archivo.ruta, archivo.miniatura}


def test_killed_while_telling_of_damage(carpeta, matar):
    archivo = adjunto()
    (carpeta / archivo.ruta).write_bytes(b"otra cosa")
    matar("procesar", "evento sin confirmar", archivo.pk)
    archivo.refresh_from_db()
    assert archivo.estado_proceso == "PENDIENTE" and not Evento.objects.filter(tipo="archivo_danado").exists()
    procesar_archivo_adjunto(archivo.pk)
    assert Evento.objects.filter(tipo="archivo_danado").count() == 1


@pytest.mark.parametrize("paso", ["filas retiradas", "primer contenido"])
def test_killed_while_cleaning(carpeta, matar, paso):
    archivo = adjunto()
    for _ in range(2):
        espera.poner_en_espera(usuario=u.usuario(), subida=u.subida(u.pdf()), para=c.PRINCIPAL)
    envejecer(carpeta)
    matar("limpiar", paso)
    comprobar_filas(carpeta)
    limpiar_espera()
    assert archivos_en(carpeta) == {archivo.ruta}
    comprobar_filas(carpeta)


def test_two_forms_with_the_same_staged_file_only_one_gets_it():
    persona, documentos = u.usuario(), [u.nuevo_documento(), u.nuevo_documento()]
    puesto = espera.poner_en_espera(usuario=persona, subida=u.subida(u.pdf()), para=c.PRINCIPAL)

    def adjuntar(documento):
        try:
            with transaction.atomic():
                espera.adjuntar_en_espera(documento=documento, ids=[puesto.pk], usuario=persona)
        except ArchivoNoDisponible:
            return "ya no"
        return "bien"

    resultados = a_la_vez(*(lambda d=d: adjuntar(d) for d in documentos))
    assert sorted(resultados) == ["bien", "ya no"] and ArchivoAdjunto.objects.count() == 1
