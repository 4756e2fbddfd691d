"""Refusals of derivations; each says who did what and when, so that the loser of a race knows."""

from core.errors import Conflicto, DatosInvalidos, NoExiste


class DerivacionNoExiste(NoExiste):
    codigo = "derivacion_no_encontrada"
    mensaje = "No encontramos ese envío."


class DerivacionAbierta(Conflicto):
    codigo = "derivacion_abierta"
    mensaje = "El documento %(numero)s ya está %(donde)s."


class YaActuado(Conflicto):
    codigo = "ya_actuado"
    mensaje = "%(que)s."


class NoSeDeriva(Conflicto):
    codigo = "derivacion_no_permitida"
    mensaje = "El documento %(numero)s está %(estado)s: no se puede derivar."


class DestinoInvalido(DatosInvalidos):
    codigo = "destino_invalido"


class PersonaFueraDelArea(DatosInvalidos):
    codigo = "persona_fuera_del_area"


class EsCopia(Conflicto):
    codigo = "es_copia"
    mensaje = "Lo tuyo es una copia de %(numero)s: solo se acusa recibo."


class NoEsCopia(Conflicto):
    codigo = "no_es_copia"
    mensaje = "%(numero)s es el documento principal: recíbelo en vez de acusar recibo."


class JefeSinNombrar(DatosInvalidos):
    codigo = "area_sin_jefe"


class AreaOcupada(Conflicto):
    codigo = "area_ocupada"
    mensaje = (
        "No se desactiva %(area)s: tiene %(tiene)s documentos abiertos y %(vienen)s derivaciones por atender. "
        "Atiéndelos o derívalos antes."
    )
