"""Refusals of the file services; each says what happened and how to mend it."""

from core.errors import DatosInvalidos, ErrorDeNegocio
from documents.files.constants import RECHAZOS


class ArchivoRechazado(DatosInvalidos):
    """The file cannot be accepted; `motivo` is a key of RECHAZOS."""

    codigo = "archivo_rechazado"

    def __init__(self, *, motivo="", mensaje=None, **extra):
        texto = mensaje or RECHAZOS[motivo] % extra
        self.motivo = motivo
        super().__init__(campos={"archivos": [texto]}, mensaje=texto, motivo=motivo, **extra)


class VariosRechazados(ArchivoRechazado):
    """Several files of one form were refused; `campos` holds one text for each."""

    codigo = "archivos_rechazados"

    def __init__(self, *, textos):
        super().__init__(mensaje=" ".join(textos))
        self.campos = {"archivos": list(textos)}


class ArchivoNoDisponible(ArchivoRechazado):
    """A staged file expired, was used, belongs to someone else, or lost its bytes: the same text for all."""

    codigo = "archivo_no_disponible"

    def __init__(self, **extra):
        super().__init__(
            mensaje="Un archivo adjunto ya no está disponible (venció o ya se usó). Hay que volver a adjuntarlo.",
            **extra,
        )


class ArchivoRepetido(ArchivoRechazado):
    """The same content was attached twice in one form."""

    codigo = "archivo_repetido"

    def __init__(self, *, nombre, otro):
        super().__init__(
            mensaje=f"«{nombre}» y «{otro}» son el mismo archivo. Hay que quitar uno de los dos.",
            nombre=nombre,
            otro=otro,
        )


class DemasiadosPrincipales(ArchivoRechazado):
    """A document has one principal file."""

    codigo = "demasiados_principales"

    def __init__(self, **extra):
        super().__init__(
            mensaje="El documento ya tiene un archivo principal. Hay que adjuntar este como anexo.", **extra
        )


class DemasiadosEnEspera(ArchivoRechazado):
    """One person keeps too many staged files."""

    codigo = "demasiados_en_espera"

    def __init__(self, **extra):
        super().__init__(
            mensaje="Hay demasiados archivos sin registrar. Hay que registrar o quitar algunos antes de subir más.",
            **extra,
        )


class SinEspacio(ErrorDeNegocio):
    """The disk is full; nothing was stored."""

    codigo = "sin_espacio"
    estado_http = 507
    mensaje = (
        "El servidor no tiene espacio para guardar el archivo; no se guardó nada. "
        "Hay que avisar a soporte y volver a adjuntarlo después."
    )
