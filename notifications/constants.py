"""Kinds of notification, the channels each takes unless the person says otherwise, and states of a mail."""

from django.db import models


class Tipo(models.TextChoices):
    """What a person may be told of; the label is the row of the preferences page."""

    URGENTE = "urgente", "Llega un documento urgente a mi área"
    DERIVADO = "derivado", "Llega un documento a mi área"
    COPIA = "copia", "Llega una copia a mi área"
    DEVUELTO = "devuelto", "Devuelven un documento que mi área envió"
    ENVIO_ANULADO = "envio_anulado", "Anulan un envío antes de que mi área lo reciba"
    ASIGNADO = "asignado", "Me asignan un documento"
    OBSERVADO = "observado", "Observan, subsanan o tienen por no presentado lo registrado"
    ATENDIDO = "atendido", "Atienden lo que registré o derivé"
    REABIERTO = "reabierto", "Reabren o restauran un documento de mi área"
    ANULADO = "anulado", "Anulan un documento de mi área"
    PLAZO = "plazo", "Suspenden, reanudan o recalculan el plazo"
    ESCRITO = "escrito", "Añaden un archivo a un documento que tengo"
    SEGUIDO = "seguido", "Se mueve un documento que sigo"
    POR_VENCER = "por_vencer", "Un documento que tengo está por vencer"
    VENCIDO = "vencido", "Un documento que tengo venció"
    RESUMEN = "resumen", "Resumen diario de vencidos de mi área"
    REPORTE = "reporte", "Mi reporte está listo o no se pudo generar"
    ENCARGATURA = "encargatura", "Me encargan una jefatura"
    OPERACION = "operacion", "Fallas del sistema (operadores)"
    AVISO = "aviso", "Avisos generales de la entidad"


SISTEMA, CORREO = "sistema", "correo"
# (in the system, by mail) of each kind while the person has not chosen.
POR_DEFECTO = dict.fromkeys(Tipo, (True, False)) | {
    Tipo.URGENTE: (True, True),
    Tipo.POR_VENCER: (True, True),
    Tipo.VENCIDO: (True, True),
    Tipo.RESUMEN: (True, True),
    Tipo.ENCARGATURA: (True, True),
    Tipo.OPERACION: (True, True),
}
# An urgent document is always shown in the system: a person may refuse its mail, not its notice.
SIEMPRE_EN_SISTEMA = frozenset({Tipo.URGENTE})

TAREA_ENVIAR_CORREOS = "notifications.tasks.enviar_correos"
LOTE = 1000  # rows of one INSERT, and of one DELETE of the purge
TOPE_SIN_LEER = 100  # the bell counts up to here: 99+


class EstadoCorreo(models.TextChoices):
    PENDIENTE = "PENDIENTE", "Pendiente"
    ENVIANDO = "ENVIANDO", "Enviándose"
    ENVIADO = "ENVIADO", "Enviado"
    FALLIDO = "FALLIDO", "Fallido"
    DUDOSO = "DUDOSO", "Dudoso: quizá salió"
    REBOTADO = "REBOTADO", "Rebotado"


UMBRALES_DE_PLAZO = (3, 2, 1, 0)  # working days left; 0 is the day after the last one


class EstadoEnvio(models.TextChoices):
    PREPARADO = "PREPARADO", "Sin confirmar"
    EN_CURSO = "EN_CURSO", "Enviándose"
    TERMINADO = "TERMINADO", "Terminado"
    DETENIDO = "DETENIDO", "Detenido"


class Destino(models.TextChoices):
    PERSONAS = "PERSONAS", "Personas que presentaron documentos"
    USUARIOS = "USUARIOS", "Usuarios del sistema"
