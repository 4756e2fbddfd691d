"""Who may see a task and act on it: whoever asked for it, and the operators."""

from core.errors import NoExiste
from core.models import Tarea

OPERAR_TAREAS = "tarea.administrar"


def tarea_o_404(usuario, tarea_id):
    """Return the task if the person asked for it or operates the tasks.

    Raises: NoExiste, the same for what is not there and for what is somebody else's.
    """
    tarea = Tarea.objects.filter(pk=tarea_id).first() if tarea_id < 2**63 else None
    if tarea is None or (tarea.solicitada_por_id != usuario.pk and not usuario.tiene_permiso(OPERAR_TAREAS)):
        raise NoExiste(mensaje="El proceso no existe.")
    return tarea
