"""Reads of documents and senders. Scope first: every door starts with `visibles_para`."""

import re

from django.apps import apps
from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value

from documents.constants import ESTADOS_ABIERTOS, Estado
from documents.funciones import NormEs
from organization.constants import P

_NUMERO = re.compile(r"^(?:[A-Z]{1,10}-)?(?:(\d{4})-)?(\d{1,9})$")


class DocumentoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """The one visibility rule: what is or was in the user's areas; reserved only when named.

        A reserved document is seen by the persons named in `AccesoReservado` and nobody else.
        Source: ARCHITECTURE 2; REQUIREMENTS R7.
        """
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        accesos = apps.get_model("documents", "AccesoReservado").objects
        nombrado = Exists(accesos.filter(documento=OuterRef("pk"), usuario=usuario.pk))
        if usuario.tiene_permiso(P.DOCUMENTO_VER_TODO):
            return self.filter(Q(reservado=False) | nombrado)
        areas = usuario.alcance.areas_con(P.DOCUMENTO_VER)
        presencias = apps.get_model("documents", "PresenciaArea").objects
        en_area = Exists(presencias.filter(documento=OuterRef("pk"), area__in=areas))
        return self.filter((Q(reservado=False) & en_area) | (Q(reservado=True) & nombrado))

    def abiertos(self):
        """Documents somebody still has to act on."""
        return self.filter(estado__in=ESTADOS_ABIERTOS)

    def vencidos(self, hoy):
        """Open documents whose last day is before the given local date."""
        return self.abiertos().filter(fecha_limite__lt=hoy)

    def por_derivar(self, areas):
        """Registered documents waiting in the given mesa de partes areas."""
        return self.filter(estado=Estado.REGISTRADO, area_actual__in=areas)

    def bloquear(self, pk):
        """The document row under lock; decide only on what this returns."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def para_lista(self):
        """Joins the columns of a list row."""
        return self.select_related("tipo_documento", "area_actual", "asignado_a")

    def para_detalle(self):
        """Joins everything the detail page names."""
        return self.select_related(
            "tipo_documento",
            "categoria",
            "procedimiento",
            "remitente",
            "usuario_registro",
            "ventanilla",
            "area_registro",
            "area_actual",
            "area_sugerida",
            "asignado_a",
            "expediente_relacionado",
        )

    def con_numero(self, texto):
        """Documents whose number is written in any usual way: 4182, 2026-4182, EXP-2026-004182, MP…"""
        limpio = re.sub(r"\s+", "", texto).upper().replace("'", "-").replace("/", "-")
        exacto = Q(numero_expediente=limpio) | Q(codigo_interno=limpio)
        partes = _NUMERO.match(limpio)
        if partes and int(partes[2]) < 2**31:
            por_partes = Q(numero=int(partes[2]))
            if partes[1]:
                por_partes &= Q(anio=int(partes[1]))
            exacto |= por_partes
        return self.filter(exacto)

    def con_palabras(self, texto):
        """Documents whose subject or sender holds every word, blind to accents and endings."""
        consulta = SearchQuery(NormEs(Value(texto)), config="spanish", search_type="websearch") | SearchQuery(
            NormEs(Value(texto)), config="simple", search_type="websearch"
        )
        return self.filter(palabras=consulta)


class RemitenteQuerySet(models.QuerySet):
    def por_numero(self, numero):
        """Senders with that identity number."""
        return self.filter(numero=numero).exclude(numero="")

    def parecidos(self, texto):
        """Senders whose name holds every word by its beginning; best (prefix of the name) first."""
        palabras = re.findall(r"\w+", texto)[:6]
        if not palabras:
            return self.none()
        prefijos = " & ".join(f"{palabra}:*" for palabra in palabras)
        consulta = SearchQuery(NormEs(Value(prefijos)), config="simple", search_type="raw")
        return self.filter(palabras=consulta).order_by(F("nombre"), "pk")
