"""The slow checks of an attached file: its bytes, threats, pages, thumbnail and text."""

from pathlib import Path

from django.db import transaction

from core.events import registrar_evento
from core.jobs import Reintentar, progreso_actual
from documents.constants import EstadoProceso, Evento
from documents.files import aislado, antivirus
from documents.files import constants as c
from documents.files.almacen import guardar_derivado, huella_de, obtener_almacen, ruta_miniatura, ruta_texto
from documents.models import ArchivoAdjunto

SEGUNDOS_EXAMEN = 60
SEGUNDOS_DERIVADO = 60
EVENTO_INFECTADO = "archivo_infectado"


def procesar_archivo(*, archivo_id, forzar=False):
    """Checks one attached file and leaves it LISTO or CON_PROBLEMA; safe to run twice.

    Returns: {"estado", "paginas", "problema"}, or {"estado": ""} when the file is gone.
    Raises: Reintentar when the antivirus is configured and gives no verdict.
    Writes: the file's state, its thumbnail and text in the store, and events archivo_danado or archivo_infectado.
        No transaction is open while it reads.
    """
    archivo = ArchivoAdjunto.objects.filter(pk=archivo_id).first()
    if archivo is None:
        return {"estado": ""}
    if archivo.estado_proceso == EstadoProceso.PENDIENTE or forzar:
        archivo = _guardar(archivo_id, **_revisar(archivo))
    return {"estado": archivo.estado_proceso, "paginas": archivo.paginas, "problema": archivo.problema}


def texto_de(archivo):
    """Text of a PDF kept when it was processed, or an empty string."""
    try:
        with obtener_almacen().abrir(ruta_texto(archivo.hash_archivo)) as guardado:
            return guardado.read().decode("utf-8", "replace")
    except (FileNotFoundError, OSError):
        return ""


def _revisar(archivo):
    """Everything that must be read from the bytes.

    Returns: fields for `_guardar`, with `evento` when one must be written.
    """
    almacen = obtener_almacen()
    try:
        with almacen.en_disco(archivo.ruta) as ruta:
            with open(ruta, "rb") as contenido:
                if huella_de(contenido) != archivo.hash_archivo:
                    return _cuarentena(c.PROBLEMA_DANADO, Evento.ARCHIVO_DANADO)
            progreso_actual(30, "Huella comprobada")
            if antivirus.activo():
                virus = _amenaza(ruta)
                if virus:
                    return _cuarentena(c.PROBLEMA_INFECTADO % {"virus": virus}, EVENTO_INFECTADO)
            progreso_actual(50, "Revisando el contenido")
            return _examinar(almacen, archivo, ruta)
    except FileNotFoundError:
        return _cuarentena(c.PROBLEMA_FALTA, Evento.ARCHIVO_DANADO)


def _cuarentena(problema, evento):
    return {
        "estado_proceso": EstadoProceso.CON_PROBLEMA,
        "problema": problema,
        "en_cuarentena": True,
        "evento": evento,
    }


def _amenaza(ruta):
    try:
        with open(ruta, "rb") as contenido:
            return antivirus.revisar(contenido)
    except antivirus.AntivirusNoResponde as error:
        raise Reintentar(str(error), segundos=60) from error


def _examinar(almacen, archivo, ruta):
    """Pages, thumbnail and text; a file that cannot be read inside stays available, with its problem told."""
    informe = aislado.examinar(ruta, segundos=SEGUNDOS_EXAMEN)
    if informe.agotado or informe.rechazo:
        return {
            "estado_proceso": EstadoProceso.CON_PROBLEMA,
            "problema": c.PROBLEMA_ILEGIBLE,
            "en_cuarentena": False,
        }
    campos = {
        "estado_proceso": EstadoProceso.LISTO,
        "tipo_mime": informe.tipo,
        "paginas": informe.paginas,
        "problema": informe.aviso,
        "en_cuarentena": False,
        "miniatura": "",
    }
    if informe.aviso:  # locked or malformed: nothing can be drawn from it
        return campos
    with almacen.temporal() as miniatura, almacen.temporal() as texto:
        hecho = aislado.derivar(
            ruta, tipo=informe.tipo, miniatura=miniatura, texto=texto, segundos=SEGUNDOS_DERIVADO
        )
        for nombre, destino, guardado in (
            ("miniatura", ruta_miniatura(archivo.hash_archivo), miniatura),
            ("texto", ruta_texto(archivo.hash_archivo), texto),
        ):
            if hecho[nombre]:
                guardar_derivado(almacen, Path(guardado), destino)
        if hecho["miniatura"]:
            campos["miniatura"] = ruta_miniatura(archivo.hash_archivo)
    return campos


@transaction.atomic
def _guardar(archivo_id, *, evento=None, **campos):
    """Writes the result once; the event only when the problem is new."""
    archivo = ArchivoAdjunto.objects.select_for_update(of=("self",)).get(pk=archivo_id)
    nuevo = not (archivo.en_cuarentena and archivo.problema == campos["problema"])
    for campo, valor in campos.items():
        setattr(archivo, campo, valor)
    archivo.save(update_fields=list(campos))
    if evento and nuevo:
        registrar_evento(
            tipo=evento,
            documento_id=archivo.documento_id,
            detalle={"archivo_id": archivo.pk, "nombre": archivo.nombre, "problema": archivo.problema},
        )
    return archivo
