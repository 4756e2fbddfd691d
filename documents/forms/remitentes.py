"""The form of a person's contact data."""

from django import forms

from documents.models import Remitente

CAMPOS = ("tipo_identidad", "numero", "nombre", "correo", "telefono", "direccion")


class RemitenteForm(forms.Form):
    """Corrects a person; the number and the name are judged by the service, in its own words.

    Not a ModelForm: that would answer with the constraints of the table before the service is asked.
    """

    def __init__(self, *args, persona, **kwargs):
        super().__init__(*args, initial={c: getattr(persona, c) for c in CAMPOS}, **kwargs)
        self.fields |= forms.fields_for_model(Remitente, CAMPOS)
        self.fields["nombre"].required = False
        self.fields["correo"].error_messages["invalid"] = (
            "Escribe el correo completo, por ejemplo nombre@correo.pe."
        )
        for campo in self.fields.values():
            campo.widget.attrs["autocomplete"] = "off"
