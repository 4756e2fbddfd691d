"""Refusals of the rules, and what may go wrong while talking to another system.

A refusal (ErrorDeNegocio) answers a person. A Falla ends one attempt; its text is stored and read by people, so it
never carries a credential nor the text of a library.
"""

from core.errors import Conflicto, DatosInvalidos, ErrorDeNegocio


class IntegracionInactiva(Conflicto):
    """An inactive connection sends nothing."""

    codigo = "integracion_inactiva"
    mensaje = "La integración «%(nombre)s» no está activa."


class TipoSinConector(Conflicto):
    """No connector speaks this kind of integration yet."""

    codigo = "integracion_sin_conector"
    mensaje = "Las integraciones de tipo «%(tipo)s» no envían documentos."


class DocumentoNoEnviable(Conflicto):
    """Only a registered document in force leaves for another entity."""

    codigo = "documento_no_enviable"
    mensaje = "El documento %(numero)s está %(estado)s: no se envía a otra entidad."


class EnvioNoReintentable(Conflicto):
    """Only a sending that ended badly starts again."""

    codigo = "envio_no_reintentable"
    mensaje = "El envío está %(estado)s; no se puede reintentar."


class EnvioSinRemoto(Conflicto):
    """There is nothing to ask about before the other side gave its identifier."""

    codigo = "envio_sin_remoto"
    mensaje = "El documento aún no llegó a la otra entidad: no hay estado que consultar."


class CredencialInvalida(DatosInvalidos):
    """The credential cannot travel in a header as it is."""

    codigo = "credencial_invalida"


class CredencialIlegible(ErrorDeNegocio):
    """What is stored was encrypted under a key that is no longer in ENCRYPTION_KEY."""

    codigo = "credencial_ilegible"
    mensaje = (
        "La credencial de «%(nombre)s» se guardó con otra clave de cifrado y no se puede leer: agrega la clave "
        "anterior a ENCRYPTION_KEY o escribe la credencial otra vez."
    )


class Falla(Exception):
    """One attempt failed.

    texto is for people. definitiva: no later attempt can mend it. rechazo: the other side refused the document.
    de_conexion: the partner is to blame, and the breaker counts it. espera: seconds the partner asked to wait.
    """

    definitiva = rechazo = False
    de_conexion = True

    def __init__(self, texto, *, estado_http=None, espera=None):
        super().__init__(texto)
        self.texto, self.estado_http, self.espera = texto, estado_http, espera


class FallaPropia(Falla):
    """Ours or of one document, perhaps mended soon (a file under review); it says nothing against the partner."""

    de_conexion = False


class FallaDefinitiva(Falla):
    """Ours, and only a person mends it: a damaged file, a document that was annulled meanwhile."""

    definitiva, de_conexion = True, False


class Rechazo(Falla):
    """The other side refuses this document."""

    definitiva = rechazo = True
    de_conexion = False


class DireccionProhibida(Falla):
    """The address leads, or resolves, to where the product does not call."""
