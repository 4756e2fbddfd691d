"""Uploads: staged safely while a form is open, then attached with their document in one transaction."""

import hashlib
import os
import unicodedata
import uuid
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Max

from core.errors import FueraDeTransaccion
from core.jobs import encolar
from documents.constants import ClaseArchivo
from documents.files import aislado, deteccion
from documents.files import constants as c
from documents.files.almacen import TROZO, candado, disco, obtener_almacen, ruta_de
from documents.files.errores import (
    ArchivoNoDisponible,
    ArchivoRechazado,
    ArchivoRepetido,
    DemasiadosEnEspera,
    DemasiadosPrincipales,
    VariosRechazados,
)
from documents.files.limites import limite_de_clase, limites, peso_legible
from documents.models import ArchivoAdjunto, ArchivoEnEspera

SEGUNDOS_AL_SUBIR = 10
LARGO_NOMBRE = 200


def poner_en_espera(*, usuario, subida, para, dueno="", tipos=None):
    """Stores an upload and registers it as waiting for its form.

    Args: subida is an UploadedFile; para is "principal" or "anexo" and chooses the limit; usuario None needs
        dueno, the secret of a citizen's draft; tipos restricts the accepted types (SOLO_PDF), None is all.
    Returns: ArchivoEnEspera, its `aviso` set when the file deserves a second look.
    Raises: ArchivoRechazado with the reason and how to mend it, DemasiadosEnEspera, SinEspacio.
    Writes: the bytes first, under a name made from them, then one row. A kill in between leaves bytes
        without a row, which limpiar_espera removes; never a row without bytes.
    """
    if _de(usuario, dueno).count() >= c.MAXIMO_EN_ESPERA:
        raise DemasiadosEnEspera()
    nombre = limpiar_nombre(subida.name)
    limite = limites()[para]
    if subida.size is not None:
        _exigir_peso(nombre, subida.size, limite)
    almacen = obtener_almacen()
    with almacen.temporal() as temporal:
        huella, peso = _copiar(subida, temporal, nombre, limite)
        informe = _revisar(temporal, nombre, tipos)
        ruta = ruta_de(huella)
        almacen.adelantar(temporal, ruta)
        with transaction.atomic():
            candado(huella)
            almacen.colocar(temporal, ruta)
            return ArchivoEnEspera.objects.create(
                usuario=usuario,
                dueno="" if usuario else dueno,
                nombre=con_extension(nombre, informe.tipo),
                tipo_mime=informe.tipo,
                peso_bytes=peso,
                hash_archivo=huella,
                ruta=ruta,
                aviso=informe.aviso,
            )


def poner_varios_en_espera(*, usuario, subidas, para, dueno="", tipos=None):
    """Stages the files posted with the form itself: all of them, or none.

    Returns: list of ArchivoEnEspera in the order given.
    Raises: VariosRechazados naming each refused file; SinEspacio.
    """
    puestos, textos = [], []
    try:
        for subida in subidas:
            try:
                puestos.append(
                    poner_en_espera(usuario=usuario, subida=subida, para=para, dueno=dueno, tipos=tipos)
                )
            except ArchivoRechazado as error:
                textos.append(str(error))
    except BaseException:
        _de(usuario, dueno).filter(pk__in=[p.pk for p in puestos]).delete()
        raise
    if textos:
        _de(usuario, dueno).filter(pk__in=[p.pk for p in puestos]).delete()
        raise VariosRechazados(textos=textos)
    return puestos


def en_espera_de(*, usuario, ids=(), dueno=""):
    """Own staged rows among `ids`, in that order; unknown and foreign ids are left out."""
    filas = {f.pk: f for f in _de(usuario, dueno).filter(pk__in=_uuids(ids, estricto=False))}
    return [filas[pk] for pk in _uuids(ids, estricto=False) if pk in filas]


@transaction.atomic
def quitar_de_espera(*, id, usuario, dueno=""):
    """Forgets one staged file; its bytes go with the next cleaning.

    Returns: False when there was no such file of this person.
    """
    return bool(_de(usuario, dueno).filter(pk__in=_uuids([id], estricto=False)).delete()[0])


def adjuntar_en_espera(*, documento, ids, usuario, clases=ClaseArchivo.ANEXO, dueno="", folios=None):
    """Turns staged files into files of a document, inside the caller's transaction.

    Args: the caller holds the document's row; clases is one class for all or {id: clase} (others are
        ANEXO); folios is {id: int}.
    Returns: list of ArchivoAdjunto in the order of ids; `aviso_repetido` (not stored) tells which of them the
        document already had.
    Raises: ArchivoNoDisponible, ArchivoRepetido, DemasiadosPrincipales, ArchivoRechazado (over its limit).
    Writes: locks and deletes the staged rows, one row and one task for each file. The caller writes the event.
    """
    if not transaction.get_connection().in_atomic_block:
        raise FueraDeTransaccion("adjuntar_en_espera se llama dentro de la transacción del documento.")
    ids = _uuids(ids)
    if not ids:
        return []
    bloqueadas = _de(usuario, dueno).filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    filas = {fila.pk: fila for fila in bloqueadas}
    if len(filas) != len(set(ids)) or len(set(ids)) != len(ids):
        raise ArchivoNoDisponible()
    filas = [filas[pk] for pk in ids]
    clases = _clases(filas, clases)
    folios = {uuid.UUID(str(k)): v for k, v in (folios or {}).items()}
    _exigir_bytes(filas)
    _sin_repetidos(filas)
    for fila in filas:
        _exigir_peso(fila.nombre, fila.peso_bytes, limite_de_clase(clases[fila.pk]))
    _elegir_principal(documento, filas, clases)
    ya_estaban = dict(documento.archivos.values_list("hash_archivo", "nombre"))
    orden = documento.archivos.aggregate(ultimo=Max("orden"))["ultimo"] or 0
    adjuntos = []
    for posicion, fila in enumerate(filas, start=orden + 1):
        adjunto = ArchivoAdjunto.objects.create(
            documento=documento,
            clase=clases[fila.pk],
            nombre=fila.nombre,
            tipo_mime=fila.tipo_mime,
            peso_bytes=fila.peso_bytes,
            hash_archivo=fila.hash_archivo,
            ruta=fila.ruta,
            es_principal=clases[fila.pk] == ClaseArchivo.PRINCIPAL,
            orden=posicion,
            folios=folios.get(fila.pk),
            problema=fila.aviso,
            subido_por=usuario,
        )
        anterior = ya_estaban.get(fila.hash_archivo)
        adjunto.aviso_repetido = (
            f"«{fila.nombre}» ya estaba en el documento como «{anterior}»." if anterior else ""
        )
        encolar(
            funcion="documents.tasks.procesar_archivo_adjunto",
            args={"archivo_id": adjunto.pk},
            clave=f"archivo:{adjunto.pk}",
            documento_id=documento.pk,
            solicitada_por=usuario,
        )
        adjuntos.append(adjunto)
    ArchivoEnEspera.objects.filter(pk__in=ids).delete()
    return adjuntos


# --- names -------------------------------------------------------------------------------------------------


def limpiar_nombre(nombre):
    """A name fit to keep and show: no folders, control or direction characters, at most 200 letters."""
    nombre = unicodedata.normalize("NFC", str(nombre or "")).replace("\\", "/")
    nombre = "".join(x for x in PurePosixPath(nombre).name if unicodedata.category(x)[0] != "C")
    nombre = " ".join(nombre.split()).strip(" .")
    if len(nombre) > LARGO_NOMBRE:
        base, punto, extension = nombre.rpartition(".")
        corta = punto and len(extension) <= 5
        nombre = (
            base[: LARGO_NOMBRE - len(extension) - 1] + "." + extension if corta else nombre[:LARGO_NOMBRE]
        )
    return nombre or "archivo"


def con_extension(nombre, tipo):
    """The name with the extension of what the file really is."""
    extensiones = c.TIPOS[tipo].extensiones
    while True:
        base, punto, actual = nombre.rpartition(".")
        if punto and actual.lower() in extensiones:
            return nombre
        if not (base and actual.lower() in c.EXTENSIONES_CONOCIDAS):
            return f"{nombre[: LARGO_NOMBRE - len(extensiones[0]) - 1]}.{extensiones[0]}"
        nombre = base


# --- steps -------------------------------------------------------------------------------------------------


def _de(usuario, dueno):
    """Staged rows of one person: a user's own, or those of a citizen's draft."""
    if usuario is not None:
        return ArchivoEnEspera.objects.filter(usuario=usuario)
    if not dueno:
        raise ValueError("Un archivo en espera es de un usuario o de un borrador.")
    return ArchivoEnEspera.objects.filter(usuario=None, dueno=dueno)


def _uuids(ids, *, estricto=True):
    """Ids as UUIDs, in order. Raises: ArchivoNoDisponible for anything else, when strict."""
    resultado = []
    for valor in ids:
        try:
            resultado.append(valor if isinstance(valor, uuid.UUID) else uuid.UUID(str(valor)))
        except ValueError as error:
            if estricto:
                raise ArchivoNoDisponible() from error
    return resultado


def _copiar(subida, temporal, nombre, limite):
    """Streams the upload to disk and syncs it.

    Returns: (SHA-256 in hexadecimal, bytes written).
    Raises: ArchivoRechazado when it is empty or grows over the limit, whatever the client said; SinEspacio.
    """
    sha, peso = hashlib.sha256(), 0
    with disco(), open(temporal, "wb") as destino:
        for trozo in subida.chunks(TROZO):
            peso += len(trozo)
            _exigir_peso(nombre, peso, limite)
            sha.update(trozo)
            destino.write(trozo)
        destino.flush()
        os.fsync(destino.fileno())
    _exigir_peso(nombre, peso, limite)
    return sha.hexdigest(), peso


def _exigir_peso(nombre, peso, limite):
    if peso == 0:
        raise ArchivoRechazado(motivo="vacio", nombre=nombre)
    if peso > limite:
        raise ArchivoRechazado(
            motivo="exceso", nombre=nombre, peso=peso_legible(peso), limite=peso_legible(limite)
        )


def _revisar(temporal, nombre, tipos):
    """What the staged file is. A file that its reader could not finish is taken with a warning.

    Source: TUO Ley 27444 art. 135: reception may not refuse, so only what is surely no document is refused.
    """
    with open(temporal, "rb") as archivo:
        cabecera = archivo.read(deteccion.CABECERA)
    try:
        familia = deteccion.por_cabecera(cabecera)
    except deteccion.Rechazo as error:
        raise ArchivoRechazado(motivo=str(error), nombre=nombre) from error
    informe = aislado.examinar(temporal, segundos=SEGUNDOS_AL_SUBIR)
    if informe.agotado:
        tipo = c.PDF if familia == "pdf" else deteccion.tipo_de_imagen(cabecera)
        if not tipo or familia not in ("pdf", "imagen"):
            raise ArchivoRechazado(motivo="danado", nombre=nombre)
        informe = aislado.Informe(tipo=tipo, aviso=c.AVISO_SIN_REVISAR)
    if informe.rechazo:
        raise ArchivoRechazado(motivo=informe.rechazo, nombre=nombre)
    if tipos is not None and informe.tipo not in tipos:
        raise ArchivoRechazado(motivo="no_es_pdf" if tipos == c.SOLO_PDF else "tipo", nombre=nombre)
    return informe


def _clases(filas, clases):
    """{row id: class}, every class known."""
    if isinstance(clases, str):
        resultado = dict.fromkeys((f.pk for f in filas), str(clases))
    else:
        pedidas = {uuid.UUID(str(k)): str(v) for k, v in clases.items()}
        resultado = {f.pk: pedidas.get(f.pk, ClaseArchivo.ANEXO.value) for f in filas}
    if not set(resultado.values()) <= set(ClaseArchivo.values):
        raise ArchivoRechazado(mensaje="La clase de un archivo no es válida.")
    return resultado


def _exigir_bytes(filas):
    almacen = obtener_almacen()
    for fila in filas:
        if almacen.peso(fila.ruta) != fila.peso_bytes:
            raise ArchivoNoDisponible(nombre=fila.nombre)


def _sin_repetidos(filas):
    vistos = {}
    for fila in filas:
        otro = vistos.setdefault(fila.hash_archivo, fila)
        if otro is not fila:
            raise ArchivoRepetido(nombre=fila.nombre, otro=otro.nombre)


def _elegir_principal(documento, filas, clases):
    """Leaves one PRINCIPAL: the one named, or the first annex of a document that has none."""
    principales = [f for f in filas if clases[f.pk] == ClaseArchivo.PRINCIPAL]
    tiene = documento.archivos.filter(es_principal=True).exists()
    if len(principales) + tiene > 1:
        raise DemasiadosPrincipales()
    if not principales and not tiene:
        primero = next((f for f in filas if clases[f.pk] == ClaseArchivo.ANEXO), None)
        if primero is not None:
            clases[primero.pk] = ClaseArchivo.PRINCIPAL.value
