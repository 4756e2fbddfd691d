"""Refusals of the business rules; every door maps them once."""


class ErrorDeNegocio(Exception):
    """A refused fact, with a stable code, an HTTP status and a Spanish text for the user.

    Args: any keyword; all are kept in `extra` and fill the %(x)s places of `mensaje`. The keyword `mensaje`
        replaces the class's text (taken literally, no filling).
    """

    codigo = "regla"
    estado_http = 409
    mensaje = "La operación no está permitida."

    def __init__(self, *, mensaje=None, **extra):
        self.extra = extra
        if mensaje is None:
            mensaje = self.mensaje % extra
        super().__init__(mensaje)

    def __str__(self):
        return str(self.args[0])

    @property
    def detalles(self):
        """Return the field problems as [{"field", "message"}], empty unless the error is about fields."""
        return []


class Prohibido(ErrorDeNegocio):
    """The actor may not do this."""

    codigo = "prohibido"
    estado_http = 403
    mensaje = "No tiene permiso para realizar esta acción."


class NoExiste(ErrorDeNegocio):
    """The thing does not exist, or is not visible to the one who asks."""

    codigo = "no_existe"
    estado_http = 404
    mensaje = "No se encontró lo solicitado."


class DatosInvalidos(ErrorDeNegocio):
    """The data given cannot be accepted; `campos` says what is wrong, field by field.

    Args: campos maps a field name to a text or a list of texts; "__all__" is for the form as a whole.
    """

    codigo = "datos_invalidos"
    estado_http = 422
    mensaje = "Revisa los datos ingresados."

    def __init__(self, *, campos=None, mensaje=None, **extra):
        self.campos = {
            nombre: [str(textos)]
            if isinstance(textos, str) or not hasattr(textos, "__iter__")
            else [str(t) for t in textos]
            for nombre, textos in (campos or {}).items()
        }
        super().__init__(mensaje=mensaje, **extra)

    @classmethod
    def de_validacion(cls, error, **extra):
        """Build the refusal from a Django ValidationError (form, full_clean or a single text)."""
        if hasattr(error, "error_dict"):
            campos = {nombre: list(textos) for nombre, textos in error.message_dict.items()}
        else:
            campos = {"__all__": list(error.messages)}
        return cls(campos=campos, **extra)

    @property
    def detalles(self):
        return [
            {"field": "" if nombre == "__all__" else nombre, "message": texto}
            for nombre, textos in self.campos.items()
            for texto in textos
        ]


class Conflicto(ErrorDeNegocio):
    """The record changed, or its state no longer allows the act."""

    codigo = "conflicto"
    estado_http = 409
    mensaje = "El registro cambió mientras lo editaba. Vuelve a cargarlo e inténtalo otra vez."


class FueraDeTransaccion(RuntimeError):
    """A writer that must share the caller's transaction was called without one (a programming error)."""
