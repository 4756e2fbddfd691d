"""Powers: roles with their permissions, who holds which role in which area, and acting chiefs.

A change is in force at the next request of whoever it reaches. Nobody, superusers apart, changes the powers of
their own account; editing the permissions of a role one holds is allowed and stays in the trace.
"""

from django.db import transaction

from core.errors import DatosInvalidos, NoExiste
from core.events import registrar_evento
from organization.calendar import hoy_lima
from organization.constants import CodigoRol, P
from organization.errors import (
    EncargaturaCruzada,
    EncargaturaEmpezada,
    PermisosDelAdministrador,
    RolDelSistema,
    SobreUnoMismo,
)
from organization.models import Encargatura, Membresia, Rol
from organization.services.comun import (
    exigir_permiso,
    exigir_quien_administre,
    guardar_fila,
    poner,
    retrato,
    turno_de_poderes,
)

_ENCARGATURA = ("usuario", "area", "desde", "hasta", "sustento")
FIJOS_DEL_ADMINISTRADOR = {P.USUARIOS, P.ADMIN}


@transaction.atomic
def guardar_membresia(*, actor, usuario, area, rol, membresia=None, ip=None):
    """Gives a user a role in an area, or changes the one given.

    Raises: Prohibido, SobreUnoMismo, SinAdministrador, DatosInvalidos (second role in the area, closed area).
    Writes: Membresia, Evento membresia_creada or membresia_cambiada.
    """
    _exigir_sobre_otro(actor, usuario)
    turno_de_poderes()
    nueva = membresia is None
    fila = Membresia() if nueva else _bloquear(Membresia, membresia.pk)
    antes = None if nueva else retrato(fila, ("area", "rol"))
    cambia_de_area = nueva or fila.area_id != area.pk
    poner(fila, {"usuario": usuario, "area": area, "rol": rol})
    if cambia_de_area and not area.activa:
        raise DatosInvalidos(campos={"area": [f"{area} está desactivada: elige otra área."]})
    guardar_fila(fila)
    exigir_quien_administre()
    despues = retrato(fila, ("area", "rol"))
    if antes != despues:
        _registrar(f"membresia_{'creada' if nueva else 'cambiada'}", usuario, actor, ip, antes, despues)
    return fila


@transaction.atomic
def retirar_membresia(*, actor, membresia, ip=None):
    """Takes a user out of an area; what they did there stays.

    Raises: Prohibido, SobreUnoMismo, SinAdministrador.
    """
    _exigir_sobre_otro(actor, membresia.usuario)
    turno_de_poderes()
    fila = _bloquear(Membresia, membresia.pk)
    antes = retrato(fila, ("area", "rol"))
    fila.delete()
    exigir_quien_administre()
    _registrar("membresia_retirada", membresia.usuario, actor, ip, antes, None)


@transaction.atomic
def guardar_encargatura(*, actor, usuario, area, desde, hasta, sustento, encargatura=None, ip=None):
    """Names an acting chief between two dates, both included, or corrects the one given.

    Raises: Prohibido, SobreUnoMismo, DatosInvalidos; EncargaturaCruzada when the area has another one in
        those days.
    Writes: Encargatura, Evento encargatura_creada or encargatura_cambiada.
    """
    _exigir_sobre_otro(actor, usuario)
    nueva = encargatura is None
    turno_de_poderes()
    fila = Encargatura() if nueva else _bloquear(Encargatura, encargatura.pk)
    antes = None if nueva else retrato(fila, _ENCARGATURA)
    poner(
        fila, {"usuario": usuario, "area": area, "desde": desde, "hasta": hasta, "sustento": sustento or ""}
    )
    if not usuario.is_active:
        raise DatosInvalidos(campos={"usuario": [f"{usuario} está desactivado."]})
    otra = (
        Encargatura.objects.filter(area=area, desde__lte=hasta, hasta__gte=desde)
        .exclude(pk=fila.pk)
        .select_related("usuario")
        .first()
    )
    if otra:
        raise EncargaturaCruzada(
            campos={
                "desde": [
                    f"{otra.usuario} ya está a cargo de {area} del {otra.desde:%d/%m/%Y} al {otra.hasta:%d/%m/%Y}."
                ]
            }
        )
    guardar_fila(fila)
    despues = retrato(fila, _ENCARGATURA)
    if antes != despues:
        _registrar(f"encargatura_{'creada' if nueva else 'cambiada'}", usuario, actor, ip, antes, despues)
    return fila


@transaction.atomic
def retirar_encargatura(*, actor, encargatura, ip=None):
    """Deletes an appointment that has not begun; one that began is history and only its end may change.

    Raises: Prohibido, SobreUnoMismo, EncargaturaEmpezada.
    """
    _exigir_sobre_otro(actor, encargatura.usuario)
    fila = _bloquear(Encargatura, encargatura.pk)
    if fila.desde <= hoy_lima():
        raise EncargaturaEmpezada(usuario=str(fila.usuario), area=str(fila.area))
    antes = retrato(fila, _ENCARGATURA)
    fila.delete()
    _registrar("encargatura_retirada", encargatura.usuario, actor, ip, antes, None)


@transaction.atomic
def guardar_rol(*, actor, codigo, nombre, permisos, rol=None, ip=None):
    """Creates a role, or changes the one given with its whole set of permissions.

    Args: permisos iterable of Permiso.
    Raises: Prohibido, RolDelSistema, PermisosDelAdministrador, SinAdministrador, DatosInvalidos.
    Writes: Rol, its permissions, Evento rol_creado or rol_cambiado.
    """
    exigir_permiso(actor, P.USUARIOS)
    turno_de_poderes()
    nuevo = rol is None
    fila = Rol() if nuevo else _bloquear(Rol, rol.pk)
    antes = None if nuevo else _retrato_de_rol(fila)
    if not nuevo and fila.codigo in CodigoRol.values and codigo != fila.codigo:
        raise RolDelSistema(rol=fila.nombre)
    codigos = {permiso.pk for permiso in permisos}
    faltan = FIJOS_DEL_ADMINISTRADOR - codigos
    if codigo == CodigoRol.ADMINISTRADOR and faltan:
        raise PermisosDelAdministrador(
            campos={"permisos": [f"El administrador conserva siempre: {', '.join(sorted(faltan))}."]}
        )
    poner(fila, {"codigo": codigo, "nombre": nombre})
    guardar_fila(fila)
    fila.permisos.set(codigos)
    exigir_quien_administre()
    despues = _retrato_de_rol(fila)
    if antes != despues:
        registrar_evento(
            tipo=f"rol_{'creado' if nuevo else 'cambiado'}",
            actor=actor,
            antes=antes,
            despues=despues,
            detalle={"id": fila.pk, "rol": fila.nombre},
            ip=ip,
        )
    return fila


@transaction.atomic
def borrar_rol(*, actor, rol, ip=None):
    """Deletes a role of the office's own that nobody holds.

    Raises: Prohibido, RolDelSistema; ProtectedError when somebody holds it.
    """
    exigir_permiso(actor, P.USUARIOS)
    fila = _bloquear(Rol, rol.pk)
    if fila.codigo in CodigoRol.values:
        raise RolDelSistema(rol=fila.nombre)
    pk, antes = fila.pk, _retrato_de_rol(fila)
    fila.delete()
    registrar_evento(
        tipo="rol_borrado", actor=actor, antes=antes, detalle={"id": pk, "rol": antes["nombre"]}, ip=ip
    )


def _retrato_de_rol(rol):
    permisos = sorted(rol.permisos.values_list("pk", flat=True))
    return {"codigo": rol.codigo, "nombre": rol.nombre, "permisos": permisos}


def _exigir_sobre_otro(actor, usuario):
    exigir_permiso(actor, P.USUARIOS)
    if actor is not None and actor.pk == usuario.pk and not actor.is_superuser:
        raise SobreUnoMismo()


def _bloquear(modelo, pk):
    fila = modelo.objects.select_for_update().filter(pk=pk).first()
    if fila is None:
        raise NoExiste()
    return fila


def _registrar(tipo, usuario, actor, ip, antes, despues):
    registrar_evento(
        tipo=tipo,
        actor=actor,
        antes=antes,
        despues=despues,
        detalle={"id": usuario.pk, "usuario": usuario.username},
        ip=ip,
    )
