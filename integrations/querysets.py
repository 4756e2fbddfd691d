"""Sentences for reading connections and sendings."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from core.models import Tarea
from documents.models import AccesoReservado
from integrations.constants import CLAVE_DE_TAREA


class VisiblesPorDocumento(models.QuerySet):
    def visibles_para(self, usuario):
        """Without the rows of reserved documents where this person is not named."""
        nombrado = AccesoReservado.objects.filter(documento=OuterRef("documento_id"), usuario=usuario)
        return self.filter(Q(documento=None) | Q(documento__reservado=False) | Exists(nombrado))


class EnvioQuerySet(VisiblesPorDocumento):
    def bloquear(self, pk):
        """The row, locked until the transaction ends; None when there is none."""
        return self.select_for_update(of=("self",)).filter(pk=pk).first()

    def debidos(self, *, ahora):
        """What has to be tried or asked by now, and no live task is already for it; the longest due first.

        A partner on pause is left alone until its pause ends.
        """
        en_cola = Tarea.objects.vivas().filter(
            clave=Concat(Value(CLAVE_DE_TAREA), Cast(OuterRef("pk"), models.CharField()))
        )
        return (
            self.filter(proximo_intento_en__lte=ahora, integracion__activa=True)
            .filter(Q(integracion__pausada_hasta=None) | Q(integracion__pausada_hasta__lte=ahora))
            .exclude(Exists(en_cola))
            .order_by("proximo_intento_en")
        )
