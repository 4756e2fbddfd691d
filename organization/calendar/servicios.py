"""Writers of the office's days. A change rules the next computation at once and touches no stored term."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from core.errors import DatosInvalidos, NoExiste, Prohibido
from core.events import registrar_evento
from organization.calendar.datos import cortes_iniciales, feriados_iniciales, jornadas_iniciales
from organization.constants import P
from organization.models import CorteDigital, Feriado, Jornada, Suspension
from organization.permissions import alcance_de


def guardar_feriado(*, actor, pk=None, ip=None, **campos):
    """Creates or changes a day of the office.

    Args: campos are fields of Feriado (fecha, nombre, tipo, ambito, fuente_legal, computable, activo); only
        those given change. actor None is the system itself; pk None creates.
    Raises: Prohibido, NoExiste, DatosInvalidos (field by field).
    Writes: the row, and event `feriado_creado` or `feriado_cambiado`. No stored term moves.
    """
    return _guardar(Feriado, "feriado", "o", actor, pk, ip, campos)


def guardar_suspension(*, actor, pk=None, ip=None, **campos):
    """Creates or changes a suspension of work; like `guardar_feriado`."""
    return _guardar(Suspension, "suspension", "a", actor, pk, ip, campos)


def guardar_jornada(*, actor, pk=None, ip=None, **campos):
    """Creates or changes a working week; like `guardar_feriado`."""
    return _guardar(Jornada, "jornada", "a", actor, pk, ip, campos)


def guardar_corte(*, actor, pk=None, ip=None, **campos):
    """Creates or changes a digital cut-off; like `guardar_feriado`."""
    return _guardar(CorteDigital, "corte_digital", "o", actor, pk, ip, campos)


def retirar_feriado(*, actor, pk, ip=None):
    """Takes a day of the office out of force, keeping its row; twice is the same as once."""
    return _guardar(Feriado, "feriado", "o", actor, pk, ip, {"activo": False})


def retirar_suspension(*, actor, pk, ip=None):
    """Takes a suspension out of force, keeping its row; twice is the same as once."""
    return _guardar(Suspension, "suspension", "a", actor, pk, ip, {"activa": False})


@transaction.atomic
def _guardar(modelo, nombre, genero, actor, pk, ip, campos):
    if actor is not None and not alcance_de(actor).tiene(P.CATALOGO):
        raise Prohibido(accion=f"{nombre}_guardar")
    permitidos = {f.name for f in modelo._meta.concrete_fields if not f.primary_key}
    if ajenos := campos.keys() - permitidos:
        raise TypeError(f"{modelo.__name__} has no field {', '.join(sorted(ajenos))}.")
    if pk is None:
        fila, antes = modelo(), None
    else:
        fila = modelo.objects.select_for_update().filter(pk=pk).first()
        if fila is None:
            raise NoExiste()
        antes = model_to_dict(fila)
    for campo, valor in campos.items():
        setattr(fila, campo, valor.strip() if isinstance(valor, str) else valor)
    try:
        fila.full_clean()
        with transaction.atomic():
            fila.save()
    except ValidationError as error:
        raise DatosInvalidos.de_validacion(error) from error
    except IntegrityError as error:  # somebody else saved the same day in between
        raise DatosInvalidos(campos={"__all__": "Ya hay una fila igual: cargue otra vez la lista"}) from error
    despues = model_to_dict(fila)
    if antes != despues:
        participio = ("cread" if antes is None else "cambiad") + genero
        registrar_evento(
            tipo=f"{nombre}_{participio}",
            actor=actor,
            antes=antes,
            despues=despues,
            ip=ip,
            detalle={"objeto": modelo.__name__, "pk": fila.pk},
        )
    return fila


@transaction.atomic
def cargar_iniciales(*, sede_puno="", actor=None):
    """Adds the rows of `datos` that are missing; never changes one that the office edited.

    Returns: dict model name -> rows added.
    Writes: Feriado, Jornada and CorteDigital rows, and one event `calendario_cargado` when any was added.
    """
    lotes = (
        (Feriado, feriados_iniciales(sede_puno=sede_puno), ("fecha", "ambito")),
        (Jornada, jornadas_iniciales(), ("vigente_desde", "ambito")),
        (CorteDigital, cortes_iniciales(), ("vigente_desde",)),
    )
    nuevas = {}
    for modelo, filas, clave in lotes:
        existentes = set(modelo.objects.values_list(*clave))
        faltan = [modelo(**f) for f in filas if tuple(f[c] for c in clave) not in existentes]
        modelo.objects.bulk_create(faltan, ignore_conflicts=True)
        nuevas[modelo.__name__] = len(faltan)
    if any(nuevas.values()):
        registrar_evento(tipo="calendario_cargado", actor=actor, detalle=nuevas)
    return nuevas
