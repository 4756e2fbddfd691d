"""Refusals of the documents app."""

from core.errors import Conflicto, DatosInvalidos, NoExiste, Prohibido


class DocumentoNoExiste(NoExiste):
    codigo = "documento_no_encontrado"
    mensaje = "No encontramos ese documento."


class TransicionInvalida(Conflicto):
    codigo = "transicion_invalida"
    mensaje = "El documento %(numero)s está %(desde)s: no puede pasar a %(hacia)s."


class AccionProhibida(Prohibido):
    codigo = "accion_prohibida"
    mensaje = "Tu rol no permite %(accion)s. El intento quedó registrado."


class YaNoEstaAqui(Conflicto):
    codigo = "ya_no_esta_aqui"
    mensaje = "%(numero)s pasó a %(area)s: lo movió %(quien)s el %(cuando)s. Ya no está en tu área."


class FaltaMotivo(DatosInvalidos):
    codigo = "falta_motivo"


class YaObservado(Conflicto):
    codigo = "ya_observado"
    mensaje = "El documento %(numero)s ya fue observado: la ley permite observar una sola vez (art. 136)."


class PlazoDeSubsanacionVencido(Conflicto):
    codigo = "subsanacion_vencida"
    mensaje = "El plazo para subsanar %(numero)s venció el %(vence)s."


class PlazoDeSubsanacionVigente(Conflicto):
    codigo = "subsanacion_vigente"
    mensaje = "Aún puede subsanar %(numero)s hasta el %(vence)s."


class ReservadoSinPersona(DatosInvalidos):
    codigo = "reservado_sin_persona"


class ExternoYaRegistrado(Conflicto):
    codigo = "externo_ya_registrado"
    mensaje = "El documento %(id_externo)s de %(origen)s ya está registrado como %(numero)s."
