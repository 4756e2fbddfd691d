"""The wiring: what lower rooms reach of the upper ones, by dotted name. Part of the settings."""

# What the sweep does besides (core.rondas): each time, and once a day from that hour of Lima.
BARRIDO_RONDAS = ["reports.services.acumular_cifras", "reports.services.vencer_reportes"]
TAREAS_DIARIAS = {"reports.tasks.verificar_cifras": 3, "core.tasks.compactar_generaciones": 4}

# What a task is called for people, and who is told when one ends otherwise than HECHA (core.desenlaces).
TAREAS_TITULOS = {
    "core.tasks.compactar_generaciones": "Mantenimiento de la cache",
    "documents.tasks.procesar_archivo_adjunto": "Revisión de un archivo adjunto",
    "reports.tasks.generar_reporte_excel": "Reporte en Excel o CSV",
    "reports.tasks.generar_reporte_pdf": "Reporte en PDF",
    "reports.tasks.verificar_cifras": "Verificación de las cifras",
}
TAREAS_AL_TERMINAR = {
    "reports.tasks.generar_reporte_excel": "reports.services.al_terminar",
    "reports.tasks.generar_reporte_pdf": "reports.services.al_terminar",
}

# What else changes, in the same transaction, when an event happens (core.reacciones).
REACCIONES = {
    "documento_anulado": ["derivations.reacciones.cerrar_abiertas"],
    "documento_reabierto": ["derivations.reacciones.devolver_al_area"],
    "documento_restaurado": ["derivations.reacciones.devolver_al_area"],
    "documento_editado": ["derivations.reacciones.mover_limites"],
    "plazo_reanudado": ["derivations.reacciones.mover_limites"],
    "plazo_recalculado": ["derivations.reacciones.mover_limites"],
    "area_desactivada": ["derivations.reacciones.negar_area_ocupada"],
}
