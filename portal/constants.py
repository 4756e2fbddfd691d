"""Limits of the public pages and their plain words."""

from datetime import timedelta

from documents.constants import Estado

# Failures per address: far above a person's mistakes, far below a search of keys (50 bits).
MAX_FALLOS = 10
VENTANA = timedelta(minutes=10)
SESION_CLAVES = "portal_claves"
MAX_CLAVES_EN_SESION = 20

# State -> (icon, title, sentence). Source: UI 5.10, 11.
PALABRAS = {
    Estado.PRESENTADO: ("web", "Presentado por internet", "Mesa de Partes lo revisará y le dará número."),
    Estado.REGISTRADO: ("sello", "Recibido en Mesa de Partes", "Hoy mismo se envía al área que responde."),
    Estado.OBSERVADO: ("bandera", "Falta completar un requisito", "Acércate con lo que falta para que siga."),
    Estado.NO_PRESENTADO: ("vacio", "Se tuvo por no presentado", "Puedes presentarlo de nuevo, completo."),
    Estado.DERIVADO: ("derivar", "Enviado al área que responde", "El área aún no confirma que lo recibió."),
    Estado.EN_PROCESO: ("medio", "En evaluación", ""),
    Estado.SUSPENDIDO: ("pausa", "En pausa", "El plazo no corre mientras se espera un dato de fuera."),
    Estado.ATENDIDO: ("atender", "Atendido", "Ya hay respuesta. Recógela en Mesa de Partes con tu cargo."),
    Estado.ARCHIVADO: ("caja", "Terminado", "El trámite terminó y está en el archivo."),
    Estado.ANULADO: ("vacio", "Anulado", "Consulta en Mesa de Partes."),
}

# Event -> (icon, words); events without a row here are never shown to the public.
RECORRIDO = {
    "documento_registrado": ("sello", "Recibido en Mesa de Partes"),
    "documento_observado": ("bandera", "Se pidió completar un requisito"),
    "documento_subsanado": ("atender", "Completaste el requisito observado"),
    "documento_no_presentado": ("vacio", "Se tuvo por no presentado"),
    "documento_derivado": ("derivar", "Enviado al área"),
    "documento_recibido": ("medio", "En evaluación"),
    "documento_devuelto": ("derivar", "Enviado a otra área"),
    "plazo_suspendido": ("pausa", "En pausa"),
    "plazo_reanudado": ("reloj", "Sigue su curso"),
    "documento_atendido": ("atender", "Atendido"),
    "documento_reabierto": ("medio", "Se volvió a evaluar"),
    "documento_restaurado": ("medio", "Se volvió a evaluar"),
    "documento_archivado": ("caja", "Terminado"),
    "documento_anulado": ("vacio", "Anulado"),
}
