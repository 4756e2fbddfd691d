"""The one form of the citizen's look-up."""

from django import forms


class ConsultaForm(forms.Form):
    """Number and key as printed on the receipt."""

    numero = forms.CharField(
        label="Número de expediente",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        help_text="Está en tu cargo, por ejemplo EXP-2026-004182.",
        error_messages={"required": "Escribe el número de tu cargo, por ejemplo EXP-2026-004182."},
    )
    clave = forms.CharField(
        label="Clave",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text="Diez caracteres, por ejemplo K7Q2-M9XD-4T.",
        error_messages={"required": "Escribe la clave de tu cargo: diez caracteres, como K7Q2-M9XD-4T."},
    )


class ClaveForm(forms.Form):
    """Only the key, on the page reached by the QR."""

    clave = ConsultaForm.base_fields["clave"]
