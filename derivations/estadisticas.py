"""What PostgreSQL must know about derivations and cannot guess.

Almost every received row is an acknowledged copy and almost every principal one is closed. Without these
statistics the planner expects ten times the open principal rows and counts a tray by walking every document.
"""

SQL_ESTADISTICAS = (
    "CREATE STATISTICS IF NOT EXISTS derivacion_estado_copia (mcv) "
    "ON estado, es_copia FROM derivations_derivacion"
)
SQL_ESTADISTICAS_REVERSO = "DROP STATISTICS IF EXISTS derivacion_estado_copia"
