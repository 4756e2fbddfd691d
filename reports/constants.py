"""What is counted, the limits of what may be asked, and the states of a report."""

from django.db import models


class Medida(models.IntegerChoices):
    """One kind of maintained figure; its key is the columns named here, the others are empty."""

    EXISTENCIA = (
        1,
        "documentos por área, tipo, estado y prioridad",
    )  # area_actual, tipo, clase=estado, prioridad
    PLAZO = 2, "abiertos con plazo por área y fecha límite"  # area_actual, dia=fecha_limite, clase=silencio
    CON_PLAZO = (
        3,
        "abiertos con plazo por área",
    )  # the sum of PLAZO over every day: overdue = this - not overdue
    EN_AREA = 4, "abiertos por área y día desde el que están en ella"  # area_actual, dia
    REGISTRO = 5, "registrados por día, mesa de partes y tipo"  # area_registro, dia, tipo
    CANAL = 6, "registrados por día, mesa de partes y canal"  # area_registro, dia, clase=canal
    ATENCION = (
        7,
        "atendidos por día y área",
    )  # area_actual, dia, clase=without a term; tarde: after their last day
    RECEPCION = 8, "recibidos por derivación, por día y área"  # area_destino, dia


DIAS_POR_DEFECTO = 30
DIAS_MAXIMOS = 366
# Working days in the area at which each group of ageing ends; the last group has no end.
TRAMOS_ANTIGUEDAD = (2, 5, 10, 20, 30)

CERROJO_CIFRAS = 0x4D500001  # advisory lock of who moves figures
CERROJO_REPORTES = 0x4D52  # class of the advisory locks of who asks for a report
DIFERENCIAS_MOSTRADAS = 50

DIAS_HABILES_DEL_TABLERO = 20
BARRAS_MAXIMAS = 45  # beyond, a chart by day groups its days by weeks
AREAS_EN_GRAFICO = 12  # the table has every one
DIAS_DE_ALARMA = 30  # working days in an area beyond which ageing is shown as alarming


class EstadoReporte(models.TextChoices):
    PEDIDO = "PEDIDO", "En preparación"
    LISTO = "LISTO", "Listo"
    FALLIDO = "FALLIDO", "No se pudo generar"
    CANCELADO = "CANCELADO", "Cancelado"
    VENCIDO = "VENCIDO", "Retirado"


class Formato(models.TextChoices):
    EXCEL = "xlsx", "Excel"
    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"


class Evento:
    """Event types this app writes."""

    LISTO = "reporte_listo"
    FALLIDO = "reporte_fallido"


TAREA_DE = {
    Formato.EXCEL: "reports.tasks.generar_reporte_excel",
    Formato.CSV: "reports.tasks.generar_reporte_excel",
    Formato.PDF: "reports.tasks.generar_reporte_pdf",
}
MIME_DE = {
    Formato.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Formato.CSV: "text/csv; charset=utf-8",
    Formato.PDF: "application/pdf",
}
ESCRITOR_DE = {
    Formato.EXCEL: "reports.escritores.excel.escribir",
    Formato.CSV: "reports.escritores.csv.escribir",
    Formato.PDF: "reports.escritores.pdf.escribir",
}
