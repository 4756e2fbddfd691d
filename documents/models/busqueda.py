"""The search index: of each document its words, who may see it and when it came, in one narrow table."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from documents.querysets import FichaQuerySet


class FichaBusqueda(models.Model):
    """What the search reads of a document. Written only by triggers, from the document, its areas and named persons.

    claves holds who may see it, sender, type, year and month (see documents.claves); palabras the name as A, the
    subject as B, and type and number of the paper as C. Source: docs/adr/0004-busqueda.md.
    """

    documento = models.OneToOneField(
        "documents.Documento", models.CASCADE, primary_key=True, related_name="ficha"
    )
    fecha_recepcion = models.DateTimeField()
    claves = ArrayField(models.BigIntegerField())
    palabras = SearchVectorField()

    objects = FichaQuerySet.as_manager()

    class Meta:
        verbose_name = "ficha de búsqueda"
        verbose_name_plural = "fichas de búsqueda"
        indexes = [
            # Keys first: the scan of the words then skips what is not theirs. Without the pending list, which
            # every search would have to read.
            GinIndex(fields=["claves", "palabras"], name="fichabusqueda_todo", fastupdate=False)
        ]

    def __str__(self):
        return f"Ficha de {self.documento_id}"
