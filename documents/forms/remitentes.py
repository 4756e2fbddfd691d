"""The form of a person's contact data."""

from django import forms

from documents.models import Remitente


class RemitenteForm(forms.ModelForm):
    """Corrects a person; the service checks the number against its kind."""

    class Meta:
        model = Remitente
        fields = ["tipo_identidad", "numero", "nombre", "correo", "telefono", "direccion"]

    def validate_constraints(self):
        """The service says it with its own words."""

    def validate_unique(self):
        """The service says it with its own words."""
