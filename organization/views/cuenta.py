"""My account: window, density, shortcuts, password."""

from django.contrib.auth.views import PasswordChangeView
from django.urls import path, reverse_lazy

from core.pages import ir_a, responder
from organization.forms import CuentaForm
from organization.models import Usuario
from organization.services import guardar_cuenta


def cuenta(request):
    """Shows and saves the person's own settings."""
    usuario = Usuario.objects.select_related("ventanilla").get(pk=request.user.pk)
    form = CuentaForm(request.POST or None, instance=usuario)
    if request.method == "POST" and form.is_valid():
        guardar_cuenta(usuario=usuario, actor=request.user, **form.cleaned_data)
        return ir_a(request, reverse_lazy("organization:cuenta"), "Cuenta guardada.")
    return responder(
        request,
        "organization/cuenta.html",
        "organization/_cuenta.html",
        {"form": form, "alcance": request.user.alcance},
        status=422 if form.errors else 200,
    )


class CambiarClave(PasswordChangeView):
    """Changes the person's own password."""

    template_name = "registration/clave.html"
    success_url = reverse_lazy("organization:cuenta")


urlpatterns = [
    path("", cuenta, name="cuenta"),
    path("clave/", CambiarClave.as_view(), name="clave"),
]
