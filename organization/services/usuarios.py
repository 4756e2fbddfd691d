"""Users: created, corrected, given a password, deactivated; never deleted."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos, NoExiste
from core.events import registrar_evento
from organization.constants import P
from organization.errors import SobreUnoMismo, SoloSuperusuario
from organization.models import Usuario
from organization.services.comun import (
    exigir_permiso,
    exigir_quien_administre,
    guardar_fila,
    poner,
    retrato,
    turno_de_poderes,
)

CAMPOS = ("username", "first_name", "last_name", "email", "cargo", "telefono", "ventanilla", "is_superuser")


@transaction.atomic
def guardar_usuario(*, actor, usuario=None, clave=None, ip=None, **campos):
    """Creates a user, or corrects the one given.

    Args: campos among CAMPOS; clave only when creating (without one the user cannot enter yet).
    Raises: Prohibido; SoloSuperusuario when either side of the change is a superuser and the actor is not;
        DatosInvalidos, field by field.
    Writes: Usuario, Evento usuario_creado or usuario_cambiado.
    """
    exigir_permiso(actor, P.USUARIOS)
    if ajenos := campos.keys() - set(CAMPOS):
        raise TypeError(f"Usuario has no writable field {', '.join(sorted(ajenos))}.")
    nuevo = usuario is None
    fila = Usuario() if nuevo else _bloquear(usuario.pk, actor)
    antes = retrato(fila, CAMPOS)
    poner(fila, campos)
    if fila.is_superuser != antes["is_superuser"]:
        turno_de_poderes()
        _exigir_superusuario(actor)
    parecido = Usuario.objects.filter(username__iexact=fila.username).exclude(pk=fila.pk)
    if parecido.exists():
        raise DatosInvalidos(campos={"username": ["Ya hay un usuario con ese nombre de usuario."]})
    if nuevo:
        _poner_clave(fila, clave)
    guardar_fila(fila, sin_revisar=("password",))
    if antes["is_superuser"] and not fila.is_superuser:
        exigir_quien_administre()
    despues = retrato(fila, CAMPOS)
    if nuevo or antes != despues:
        _registrar("creado" if nuevo else "cambiado", fila, actor, ip, None if nuevo else antes, despues)
    return fila


@transaction.atomic
def cambiar_clave(*, usuario_id, clave, actor, ip=None):
    """Gives a user a new password; their open sessions end.

    Raises: Prohibido, SoloSuperusuario, DatosInvalidos when the password is weak.
    """
    exigir_permiso(actor, P.USUARIOS)
    fila = _bloquear(usuario_id, actor)
    _poner_clave(fila, clave)
    fila.save(update_fields=["password"])
    _registrar("clave_cambiada", fila, actor, ip)
    return fila


@transaction.atomic
def desactivar_usuario(*, usuario_id, actor, ip=None):
    """Closes the door to a user and ends their sessions; all they did stays. Twice is the same as once.

    Raises: Prohibido, SobreUnoMismo, SoloSuperusuario, SinAdministrador.
    """
    return _activar(usuario_id, False, actor, ip)


@transaction.atomic
def reactivar_usuario(*, usuario_id, actor, ip=None):
    """Opens the door again, with the roles the user had.

    Raises: Prohibido, SobreUnoMismo, SoloSuperusuario.
    """
    return _activar(usuario_id, True, actor, ip)


def _activar(usuario_id, activo, actor, ip):
    exigir_permiso(actor, P.USUARIOS)
    turno_de_poderes()
    fila = _bloquear(usuario_id, actor)
    if actor is not None and fila.pk == actor.pk:
        raise SobreUnoMismo()
    if fila.is_active == activo:
        return fila
    fila.is_active = activo
    fila.save(update_fields=["is_active"])
    if not activo:
        _cerrar_sesiones(fila.pk)
        exigir_quien_administre()
    acto = "reactivado" if activo else "desactivado"
    _registrar(acto, fila, actor, ip, {"activo": not activo}, {"activo": activo})
    return fila


def _bloquear(usuario_id, actor):
    """The user's row under lock, when the actor may touch it."""
    fila = Usuario.objects.select_for_update(of=("self",)).filter(pk=usuario_id).first()
    if fila is None:
        raise NoExiste()
    if fila.is_superuser:
        _exigir_superusuario(actor)
    return fila


def _exigir_superusuario(actor):
    if actor is not None and not actor.is_superuser:
        raise SoloSuperusuario()


def _poner_clave(fila, clave):
    """Sets a password that passes the validators; None leaves the user without one.

    Raises: DatosInvalidos.
    """
    if clave is None:
        fila.set_unusable_password()
        return
    try:
        validate_password(clave, fila)
    except ValidationError as error:
        raise DatosInvalidos(campos={"clave1": error.messages}) from error
    fila.set_password(clave)


def _cerrar_sesiones(usuario_id):
    """Deletes the user's sessions, so that a later reactivation does not revive an old cookie."""
    vivas = Session.objects.filter(expire_date__gt=timezone.now())
    suyas = [s.pk for s in vivas.iterator() if s.get_decoded().get("_auth_user_id") == str(usuario_id)]
    Session.objects.filter(pk__in=suyas).delete()


def _registrar(acto, fila, actor, ip, antes=None, despues=None):
    registrar_evento(
        tipo=f"usuario_{acto}",
        actor=actor,
        antes=antes,
        despues=despues,
        detalle={"id": fila.pk, "usuario": fila.username},
        ip=ip,
    )
