"""Refusals of the organisation."""

from core.errors import Conflicto, DatosInvalidos, Prohibido


class SobreUnoMismo(Prohibido):
    codigo = "sobre_uno_mismo"
    mensaje = "Nadie cambia sus propios roles, encargaturas ni su propio acceso: debe hacerlo otra persona."


class SoloSuperusuario(Prohibido):
    codigo = "solo_superusuario"
    mensaje = "Solo un superusuario crea, cambia o desactiva a otro superusuario."


class SinAdministrador(Conflicto):
    codigo = "sin_administrador"
    mensaje = "Alguien debe poder entrar a la administración y administrar usuarios: este cambio no dejaría a nadie."


class PermisosDelAdministrador(DatosInvalidos):
    codigo = "permisos_del_administrador"


class EncargaturaCruzada(DatosInvalidos):
    codigo = "encargatura_cruzada"


class EncargaturaEmpezada(Conflicto):
    codigo = "encargatura_empezada"
    mensaje = "La encargatura de %(usuario)s en %(area)s ya empezó: no se borra, se acorta su fecha final."


class RolDelSistema(Conflicto):
    codigo = "rol_del_sistema"
    mensaje = (
        "El rol %(rol)s es parte del sistema: sus permisos se cambian, pero no se borra ni cambia de código."
    )


class AreaConAreas(DatosInvalidos):
    codigo = "area_con_areas"


class AreaEnCirculo(DatosInvalidos):
    codigo = "area_en_circulo"
