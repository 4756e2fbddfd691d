"""Forms of a person's own account."""

from django import forms

from organization.models import Usuario, Ventanilla


class CuentaForm(forms.ModelForm):
    """What each person sets for themselves."""

    class Meta:
        model = Usuario
        fields = ["ventanilla", "densidad", "atajos_activos", "email", "telefono"]
        labels = {"email": "Correo", "atajos_activos": "Usar atajos de una letra en listas y expedientes"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        areas = self.instance.membresias.values("area")
        ventanillas = Ventanilla.objects.filter(activa=True, area__in=areas)
        if ventanillas:
            self.fields["ventanilla"].queryset = ventanillas
        else:
            del self.fields["ventanilla"]
