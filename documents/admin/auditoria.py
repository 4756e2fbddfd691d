"""The audit trail, which also keeps the reserve: what a reserved document's events say is for the named."""

from django.contrib import admin

from core.admin import EventoAdmin
from core.models import Evento
from documents.models import Documento

RESERVADO = "Reservado: lo ven solo las personas nombradas en el documento."

admin.site.unregister(Evento)


@admin.register(Evento)
class EventoConReservaAdmin(EventoAdmin):
    """Everybody who audits sees that an event happened; its contents follow the document's reserve."""

    date_hierarchy = None

    def get_object(self, request, object_id, from_field=None):
        evento = super().get_object(request, object_id, from_field)
        if evento is not None and evento.documento_id:
            reservado = Documento.objects.filter(pk=evento.documento_id, reservado=True)
            if reservado.exists() and not reservado.visibles_para(request.user).exists():
                evento.antes = evento.despues = None
                evento.detalle = {"aviso": RESERVADO}
        return evento
