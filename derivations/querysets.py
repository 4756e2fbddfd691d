"""Reads of derivations: the trays."""

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from derivations.constants import ESTADOS_ABIERTOS, Estado
from documents.constants import ESTADOS_EN_PAUSA
from organization.constants import P


def en_marcha():
    """Condition on a derivation: its document is not paused."""
    documentos = apps.get_model("documents", "Documento").objects
    return ~Exists(documentos.filter(pk=OuterRef("documento_id"), estado__in=ESTADOS_EN_PAUSA).order_by())


class DerivacionQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Derivations of documents the user may see."""
        documentos = apps.get_model("documents", "Documento").objects
        return self.filter(Exists(documentos.visibles_para(usuario).filter(pk=OuterRef("documento_id"))))

    def sin_reserva_ajena(self, usuario):
        """Drops reserved documents where the user is not named; cheap when the area already limits.

        Asked by its negation, so that the few reserved documents are looked up in their own small index and the
        wide row of each document is not read.
        """
        accesos = apps.get_model("documents", "AccesoReservado").objects
        nombrado = Exists(accesos.filter(documento=OuterRef("pk"), usuario=usuario.pk))
        documentos = apps.get_model("documents", "Documento").objects
        return self.filter(
            ~Exists(documentos.filter(~nombrado, pk=OuterRef("documento_id"), reservado=True).order_by())
        )

    def con_reloj(self):
        """Those whose clock runs: of a paused document nothing is due; asked like `sin_reserva_ajena`."""
        return self.filter(en_marcha())

    def principales(self):
        """Derivations that own the clock."""
        return self.filter(es_copia=False)

    def copias(self):
        """Derivations that only inform."""
        return self.filter(es_copia=True)

    def abiertas(self):
        """Pending or received ones."""
        return self.filter(estado__in=ESTADOS_ABIERTOS)

    def por_recibir(self, areas):
        """Principal ones sent to the areas and not received yet."""
        return self.principales().filter(area_destino__in=areas, estado=Estado.PENDIENTE)

    def en_proceso(self, areas):
        """Principal ones the areas hold."""
        return self.principales().filter(area_destino__in=areas, estado=Estado.RECIBIDO)

    def copias_por_acusar(self, areas):
        """Copies the areas have not acknowledged."""
        return self.copias().filter(area_destino__in=areas, estado=Estado.PENDIENTE)

    def enviadas(self, areas):
        """Principal ones the areas sent and that can still be recalled."""
        return self.principales().filter(area_origen__in=areas, estado=Estado.PENDIENTE)

    def en_areas_de(self, usuario):
        """Principal open ones in any area where the user may see documents."""
        return self.principales().filter(area_destino__in=usuario.alcance.areas_con(P.DOCUMENTO_VER))

    def bloquear(self, pk):
        """The derivation row under lock; lock its document first."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def para_api(self):
        """Joins what the API says of a derivation, and no more: each join multiplies the work of the planner."""
        return self.select_related("documento", "area_origen", "area_destino", "asignado_a").defer(
            "documento__plazo_pasos", "documento__detalle_anexos", "documento__tiene_anexos"
        )

    def para_bandeja(self):
        """Joins the columns of a tray row."""
        return self.select_related(
            "documento", "documento__tipo_documento", "area_origen", "area_destino", "asignado_a"
        )
