"""The frame around every staff page: menu by role, who is working and where."""

from django.utils.functional import SimpleLazyObject

from core.direcciones import direccion
from core.health import situacion
from derivations.models import VistaGuardada
from notifications.campana import campana_de
from organization.constants import P
from organization.models import Entidad


def marco(request):
    """Context processor; nothing is read until a template uses it."""
    return {"marco": SimpleLazyObject(lambda: construir(request))}


def construir(request):
    """The frame's data. Returns: dict, see templates/base.html; empty menu for strangers."""
    entidad = Entidad.objects.first()
    base = {
        "entidad": {
            "nombre": getattr(entidad, "nombre", ""),
            "sigla": getattr(entidad, "sigla", ""),
            "telefono": getattr(entidad, "telefono", ""),
            "direccion": getattr(entidad, "direccion", ""),
            "horario_texto": getattr(entidad, "horario", ""),
        }
    }
    usuario = getattr(request, "user", None)
    if usuario is None or not usuario.is_authenticated:
        return base | {"menu": [], "densidad": "comoda", "atajos": True}
    alcance = usuario.alcance
    areas = alcance.areas_propias
    return base | {
        "menu": [grupo for grupo in _grupos(request, usuario) if grupo["enlaces"]],
        "usuario_nombre": usuario.nombre_completo,
        "usuario_area": ", ".join(a.sigla for a in areas)
        if len(areas) > 1
        else (areas[0].nombre if areas else ""),
        "puede_registrar": usuario.tiene_permiso(P.DOCUMENTO_REGISTRAR),
        "areas": areas,
        "densidad": usuario.densidad,
        "atajos": usuario.atajos_activos,
        "encargos": alcance.encargos,
        "pie": situacion,  # called where it is shown
        "campana": campana_de(request),
    }


def _grupos(request, usuario):
    """Menu groups with their links, only what the user may use."""
    actual = request.path

    def enlace(texto, ruta, icono, *args, contador=None):
        url = direccion(ruta, *args)
        return {"texto": texto, "url": url, "icono": icono, "actual": actual == url, "contador": contador}

    def bandeja(texto, nombre, icono):
        return enlace(texto, "derivations:bandeja", icono, nombre, contador=nombre)

    puede = usuario.tiene_permiso
    ventanilla = []
    if puede(P.DOCUMENTO_REGISTRAR):
        ventanilla = [
            enlace("Registrar", "documents:registrar", "mas"),
            bandeja("Por derivar", "por-derivar", "derivar"),
            bandeja("Observados", "observados", "bandera"),
        ]
    trabajo = []
    if puede(P.RECIBIR):
        trabajo = [
            bandeja("Por recibir", "por-recibir", "recibir"),
            bandeja("En proceso", "en-proceso", "bandeja"),
            bandeja("Por vencer", "por-vencer", "tri"),
            bandeja("Vencidos", "vencidos", "oct"),
            bandeja("Copias", "copias", "copia"),
            bandeja("Enviados", "enviados", "deriv2"),
        ]
    vistas = [
        {
            "texto": v.nombre,
            "url": f"{direccion('derivations:bandeja', v.bandeja)}?{v.parametros}",
            "icono": "ojo",
            "actual": False,
            "contador": None,
        }
        for v in VistaGuardada.objects.filter(usuario=usuario)[:12]
    ]
    consulta = [enlace("Buscar", "documents:buscar", "buscar")]
    if puede(P.DOCUMENTO_ARCHIVAR):
        consulta.append(bandeja("Atendidos", "atendidos", "atender"))
    consulta.append(enlace("Archivo", "documents:archivo", "caja"))
    consulta.append(enlace("Procesos", "procesos", "medio"))
    if puede(P.REPORTES):
        consulta.append(enlace("Tablero", "reports:tablero", "graf"))
        consulta.append(enlace("Reportes", "reports:lista", "bajar"))
    if puede(P.ADMIN):
        consulta.append(enlace("Administración", "admin:index", "persona"))
    areas = usuario.alcance.areas_propias
    return [
        {"titulo": "Ventanilla", "enlaces": ventanilla},
        {"titulo": areas[0].nombre if len(areas) == 1 else "Mis áreas", "enlaces": trabajo},
        {"titulo": "Mis vistas", "enlaces": vistas},
        {"titulo": "Consulta", "enlaces": consulta},
    ]
