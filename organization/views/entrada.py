"""Entry: who comes in, and a trace of who could not."""

from django.contrib.auth.views import LoginView
from django.db import transaction

from core.events import registrar_evento
from core.red import ip_de


class Entrar(LoginView):
    """The log-in page. A refused attempt and an entry are events; a person already inside goes on."""

    template_name = "registration/entrar.html"
    redirect_authenticated_user = True

    def form_valid(self, form):
        respuesta = super().form_valid(form)
        with transaction.atomic():
            registrar_evento(tipo="sesion_iniciada", actor=self.request.user, ip=ip_de(self.request))
        return respuesta

    def form_invalid(self, form):
        if self.request.method == "POST" and not form.errors.get("username"):
            with transaction.atomic():
                registrar_evento(
                    tipo="sesion_denegada",
                    detalle={"usuario": (form.data.get("username") or "")[:150]},
                    ip=ip_de(self.request),
                )
        respuesta = super().form_invalid(form)
        respuesta.status_code = 422
        return respuesta
