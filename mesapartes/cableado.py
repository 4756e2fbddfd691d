"""The wiring: what lower rooms reach of the upper ones, by dotted name. Part of the settings."""

# What the sweep does besides (core.rondas): each time, and once a day from that hour of Lima.
BARRIDO_RONDAS = [
    "reports.services.acumular_cifras",
    "reports.services.vencer_reportes",
    "notifications.rondas.correos",
    "notifications.alertas.plazos.ronda",
    "notifications.alertas.operadores.ronda",
    "integrations.services.despachar_envios",
]
TAREAS_DIARIAS = {
    "documents.tasks.limpiar_espera": 1,
    "notifications.tasks.purgar_notificaciones": 2,
    "reports.tasks.verificar_cifras": 3,
    "core.tasks.compactar_generaciones": 4,
    "core.tasks.purgar": 4,
}

# What a task is called for people, and who is told when one ends otherwise than HECHA (core.desenlaces).
TAREAS_TITULOS = {
    "core.tasks.compactar_generaciones": "Mantenimiento de la cache",
    "core.tasks.purgar": "Retiro de tareas antiguas",
    "core.tasks.probar": "Prueba de los trabajadores",
    "documents.tasks.limpiar_espera": "Retiro de archivos olvidados",
    "documents.tasks.procesar_archivo_adjunto": "Revisión de un archivo adjunto",
    "integrations.tasks.sincronizar_documento_externo": "Envío a otra entidad",
    "notifications.tasks.avisar_plazos": "Avisos de plazos",
    "notifications.tasks.enviar_correos": "Envío de correos",
    "notifications.tasks.enviar_notificaciones_masivas": "Envío masivo de avisos",
    "notifications.tasks.enviar_resumenes": "Resumen diario a jefaturas",
    "notifications.tasks.purgar_notificaciones": "Limpieza de notificaciones",
    "reports.tasks.generar_reporte_excel": "Reporte en Excel o CSV",
    "reports.tasks.generar_reporte_pdf": "Reporte en PDF",
    "reports.tasks.verificar_cifras": "Verificación de las cifras",
}
TAREAS_AL_TERMINAR = {
    "integrations.tasks.sincronizar_documento_externo": "integrations.services.al_terminar_tarea",
    "notifications.tasks.enviar_notificaciones_masivas": "notifications.correo.masivo.al_terminar_mal",
    "reports.tasks.generar_reporte_excel": "reports.services.al_terminar",
    "reports.tasks.generar_reporte_pdf": "reports.services.al_terminar",
}

# What /salud/ and manage.py salud look at besides, without stopping anything (core.health).
SALUD_REVISIONES = {"correo": "notifications.salud.revisar_correo"}

# What else changes, in the same transaction, when an event happens (core.reacciones): first what moves other rows,
# then who is told.
_AVISAR = "notifications.reacciones.de_documento"
REACCIONES = {
    "documento_registrado": ["notifications.correo.ciudadanos.al_registrar"],
    "documento_observado": ["notifications.correo.ciudadanos.al_observar", _AVISAR],
    "documento_subsanado": [_AVISAR],
    "documento_no_presentado": [_AVISAR],
    "documento_derivado": ["notifications.correo.ciudadanos.al_derivar", _AVISAR],
    "envio_anulado": ["notifications.correo.ciudadanos.al_anular_envio", _AVISAR],
    "documento_recibido": [_AVISAR],
    "documento_devuelto": [_AVISAR],
    "documento_asignado": [_AVISAR],
    "documento_atendido": ["notifications.correo.ciudadanos.al_atender", _AVISAR],
    "documento_anulado": ["derivations.reacciones.cerrar_abiertas", _AVISAR],
    "documento_reabierto": ["derivations.reacciones.devolver_al_area", _AVISAR],
    "documento_restaurado": ["derivations.reacciones.devolver_al_area", _AVISAR],
    "documento_archivado": [_AVISAR],
    "documento_editado": ["derivations.reacciones.mover_limites"],
    "archivo_adjuntado": [_AVISAR],
    "plazo_suspendido": [_AVISAR],
    "plazo_reanudado": ["derivations.reacciones.mover_limites", _AVISAR],
    "plazo_recalculado": ["derivations.reacciones.mover_limites", _AVISAR],
    "integracion_agotada": ["integrations.reacciones.avisar_agotada"],
    "area_desactivada": ["derivations.reacciones.negar_area_ocupada"],
    "encargatura_creada": ["notifications.reacciones.de_encargatura"],
    "encargatura_cambiada": ["notifications.reacciones.de_encargatura"],
    "reporte_listo": ["notifications.reacciones.de_reporte"],
    "reporte_fallido": ["notifications.reacciones.de_reporte"],
}
