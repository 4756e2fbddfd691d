"""The screens whose queries `manage.py explicar` explains: each name opens its own door (core.db.pantallas)."""

PANTALLAS_USUARIO = "derivations.pantallas.usuario_tipico"
PANTALLAS = {
    **{
        f"bandeja-{nombre.replace('_', '-')}": f"derivations.pantallas.{nombre}"
        for nombre in (
            *("por_derivar", "observados", "por_recibir", "en_proceso", "por_vencer", "vencidos"),
            *("copias", "enviados", "atendidos"),
        )
    },
    "contadores": "derivations.pantallas.contadores",
    "panel": "derivations.pantallas.panel",
    "detalle": "documents.pantallas.detalle",
    "movimientos": "derivations.pantallas.movimientos",
    "registrar": "documents.pantallas.registrar",
    "remitentes": "documents.pantallas.remitentes",
    "buscar-una-palabra": "documents.pantallas.buscar_una_palabra",
    "buscar-dos-palabras": "documents.pantallas.buscar_dos_palabras",
    "buscar-numero": "documents.pantallas.buscar_numero",
    "buscar-remitente": "documents.pantallas.buscar_remitente",
    "buscar-filtro": "documents.pantallas.buscar_filtro",
    "sugerencias": "documents.pantallas.sugerencias",
    "archivo": "documents.pantallas.archivo",
    "api-lista": "documents.pantallas.api_lista",
    "api-lista-profunda": "documents.pantallas.api_lista_profunda",
    "api-filtro": "documents.pantallas.api_filtro",
    "api-busqueda": "documents.pantallas.api_busqueda",
    "api-detalle": "documents.pantallas.api_detalle",
    "api-historial": "documents.pantallas.api_historial",
    "api-derivaciones": "derivations.pantallas.api_documento",
    "api-area": "derivations.pantallas.api_area",
    "estadisticas": "reports.pantallas.estadisticas",
    "metricas": "reports.pantallas.metricas",
    "tablero": "reports.pantallas.tablero",
    "tablero-recibidos": "reports.pantallas.recibidos",
    "tablero-vencidos": "reports.pantallas.lista_de_vencidos",
    "tablero-atendidos": "reports.pantallas.lista_de_atendidos",
    "seguimiento": "portal.pantallas.seguimiento",
}
