"""Forms of the administration of integrations."""

from django import forms

from core.panel.actos import FormularioDeActo
from integrations.constants import Autenticacion


class CredencialForm(FormularioDeActo):
    """How a connection identifies itself. What is stored is never shown again."""

    autenticacion = forms.ChoiceField(label="Autenticación", choices=Autenticacion)
    usuario = forms.CharField(
        label="Usuario", max_length=100, required=False, help_text="Solo para usuario y contraseña."
    )
    secreto = forms.CharField(
        label="Clave, token o contraseña",
        max_length=2000,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Se guarda cifrada y no se vuelve a mostrar.",
    )

    def preparar(self):
        if self.obj is not None:
            self.fields["autenticacion"].initial = self.obj.autenticacion
