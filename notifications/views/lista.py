"""The person's notices: list, open, mark as read."""

from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from core.pages import ir_a, paginar, responder
from core.texto import cuenta
from notifications.lectura import ORDEN, VISTAS, notificaciones_de, tapar
from notifications.services import leer_notificacion, leer_todas


@require_safe
def lista(request):
    """The notices, unread urgent ones first; `?ver=` chooses."""
    vista = request.GET.get("ver", "todas")
    vista = vista if vista in VISTAS else "todas"
    pagina = paginar(notificaciones_de(request.user, vista), request, orden=ORDEN)
    tapar(pagina.filas, request.user)
    ctx = {"pagina": pagina, "vista": vista, "vistas": VISTAS.items()}
    return responder(request, "notifications/lista.html", "notifications/_lista.html", ctx)


@require_safe
def ir(request, pk):
    """Opens what a notice is about, and marks it as read; whether it may still be seen, its own page says."""
    return HttpResponseRedirect(leer_notificacion(pk=pk, usuario=request.user).enlace)


@require_POST
def leer(request, pk):
    """Marks one as read and comes back to the list."""
    leer_notificacion(pk=pk, usuario=request.user)
    return ir_a(request, _de_vuelta(request))


@require_POST
def todas(request):
    """Marks as read what the list had shown; what came after stays unread."""
    hasta = request.POST.get("hasta", "")
    n = leer_todas(usuario=request.user, hasta=int(hasta) if hasta.isdecimal() and len(hasta) < 19 else None)
    return ir_a(request, _de_vuelta(request), f"{cuenta(n, 'notificación leída', 'notificaciones leídas')}.")


def _de_vuelta(request):
    vista = request.POST.get("ver", "")
    return f"{reverse('notifications:lista')}{f'?ver={vista}' if vista in VISTAS else ''}"


urlpatterns = [
    path("", lista, name="lista"),
    path("<int:pk>/", ir, name="ir"),
    path("<int:pk>/leer/", leer, name="leer"),
    path("leer/", todas, name="leer-todas"),
]
