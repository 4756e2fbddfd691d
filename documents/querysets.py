"""Reads of documents and senders. Scope first: every door starts with `visibles_para`."""

import re

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Collate
from django.utils import timezone

from documents.claves import clave_remitente, claves_de
from documents.codes import codigo_qr_de_lectura, es_codigo_interno, normalizar_codigo
from documents.constants import ESTADOS_ABIERTOS, Estado
from documents.funciones import ConsultaConPeso, ConsultaEs, NormEs
from documents.identidad import digito_ruc, limpiar_numero
from organization.constants import P

_NUMERO = re.compile(
    r"^(?P<prefijo>[A-Z]{1,10}[.:°º#-]*(?:N[.°º:#-]*)?|#)?(?P<uno>\d{1,9})(?:-(?P<dos>\d{1,9}))?$", re.ASCII
)
# Words before a number that still mean an expediente; "ABC-123" is a plate, not number 123.
_SOLO_NUMERO = re.compile(r"(?:EXPEDIENTE|EXPTE|EXP)?[.:°º#-]*(?:N|NRO|NUM)?[.:°º#-]*")
_PALABRA = re.compile(r"[^\W_]+")
MAXIMO_PALABRAS = 12  # as consulta_es takes; more ask nothing else of a subject


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
        # The second condition adds nothing but keeps the planner from reading a whole area into a hash for
        # the sake of one page: it does not know how soon a page is full.
        en_area = Exists(
            presencias.filter(documento=OuterRef("pk"), documento__lte=OuterRef("pk"), area__in=areas)
        )
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

    def sin_lo_pesado(self):
        """Leaves out the columns that only the steps of the term need."""
        return self.defer("plazo_pasos", "detalle_anexos", "tiene_anexos")

    def solo_para_abrir(self):
        """Enough to know that a document may be seen, and whether its reading is an event."""
        return self.only("pk", "reservado", "area_actual_id")

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
            "observacion",
        )

    def con_satelites(self):
        """Says of each document which rows it has around (`hay_notas`…), so that a page asks only for those."""

        def de(modelo, campo="documento"):
            modelo = apps.get_model("documents", modelo)
            return Exists(modelo.objects.filter(**{campo: OuterRef("pk")}).order_by())

        return self.annotate(
            hay_pausas=de("PausaPlazo"),
            hay_requisitos=de("RequisitoDocumento"),
            hay_archivos=de("ArchivoAdjunto"),
            hay_notas=de("Nota"),
            hay_relacionados=de("Documento", "expediente_relacionado"),
        )

    def con_numero(self, texto):
        """Documents whose number is written in any usual way: 4182, 2026-4182, 4182-2026, EXP-2026-004182, MP…"""
        limpio = normalizar_codigo(texto).replace("/", "-")
        if not any(signo.isdigit() for signo in limpio):
            return self.none()
        if es_codigo_interno(limpio):
            return self.filter(codigo_interno=limpio)
        exacto = Q(numero_expediente=limpio)
        partes = _NUMERO.match(limpio)
        if partes:
            prefijo, uno, dos = partes["prefijo"], partes["uno"], partes["dos"]
            propio = not prefijo or self._es_prefijo_propio(prefijo)
            if dos and propio:
                if _es_anio(uno):
                    exacto |= self._de_numero(int(dos), [int(uno)])
                if _es_anio(dos):
                    exacto |= self._de_numero(int(uno), [int(dos)])
            elif not dos and (not prefijo or _SOLO_NUMERO.fullmatch(prefijo)):
                exacto |= self._de_numero(int(uno), range(1990, timezone.localdate().year + 2))
        return self.filter(exacto)

    @staticmethod
    def _es_prefijo_propio(prefijo):
        """Whether a number with two parts is ours: EXP, N° or what a series begins with; Oficio 123-2026 is not."""
        if _SOLO_NUMERO.fullmatch(prefijo):
            return True
        mascaras = apps.get_model("documents", "SerieNumeracion").objects.values_list("mascara", flat=True)
        letras = re.match("[A-Z]*", prefijo).group()
        return letras in {re.match("[A-Z]*", mascara.upper()).group() for mascara in mascaras}

    @staticmethod
    def _de_numero(numero, anios):
        """Condition on the number; names series and years so that the unique index serves it."""
        if numero >= 2**31:
            return Q(pk__in=[])
        # Plain values, not a subquery: inside an OR the planner would read the whole table.
        series = list(apps.get_model("documents", "SerieNumeracion").objects.values_list("pk", flat=True))
        return Q(serie__in=series, anio__in=list(anios), numero=numero)

    def con_token(self, texto):
        """The document of a citizen's QR, as read by a reader or pasted."""
        token = codigo_qr_de_lectura(texto)
        return self.filter(codigo_qr=token) if token else self.none()

    def con_palabras(self, texto, *, comienzo=False):
        """Documents whose subject, sender, type or number of paper hold every word, blind to accents and endings.

        For a condition inside another query; a list of the newest ones is read by documents.busqueda.
        """
        if not palabras_de(texto):
            return self.none()
        return self.filter(ficha__palabras=ConsultaEs(texto, abierta=comienzo))

    def con_remitente(self, texto):
        """Documents of a sender: identity number, or words of the name by their beginnings."""
        numeros = numeros_de_identidad(texto)
        if numeros:
            return self.filter(remitente__numero__in=numeros)
        return self.filter(ficha__palabras=ConsultaConPeso(texto, "A")) if palabras_de(texto) else self.none()

    def con_asunto(self, texto):
        """Documents whose subject holds every word."""
        return self.filter(ficha__palabras=ConsultaConPeso(texto, "B")) if palabras_de(texto) else self.none()

    def con_etiqueta(self, etiqueta):
        """Documents that carry the tag."""
        return self.filter(etiquetas__contains=[" ".join(etiqueta.split()).lower()])


class FichaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """The rule of visibility as the index holds it. What is shown is read again by Documento.visibles_para."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self.filter(claves__overlap=claves_de(usuario))


def palabras_de(texto):
    """The words of a search; signs are not words."""
    return _PALABRA.findall(texto or "")


def numeros_de_identidad(texto):
    """Identity numbers a text may be: itself, and DNI and RUC of the same natural person; [] when none.

    Names with digits are not taken: without letters, or 9 to 12 characters with at least five digits.
    """
    numero = limpiar_numero(texto)
    if re.fullmatch(r"\d{8}", numero):
        diez = f"10{numero}"
        return [numero, diez + digito_ruc(diez)]
    if re.fullmatch(r"\d{11}", numero):
        return [numero, numero[2:10]] if numero.startswith("10") else [numero]
    if re.fullmatch(r"[0-9A-Z]{9,12}", numero) and sum(c.isdigit() for c in numero) >= 5:
        return [numero]
    return []


def _es_anio(texto):
    return len(texto) == 4 and 1990 <= int(texto) <= 2100


class RemitenteQuerySet(models.QuerySet):
    def por_numero(self, numero):
        """Senders with that identity number."""
        return self.filter(numero=numero).exclude(numero="")

    def parecidos(self, texto):
        """Senders whose name holds every word by its beginning, by name."""
        if not palabras_de(texto):
            return self.none()
        return self.filter(palabras=ConsultaConPeso(texto, "N")).order_by(F("nombre"), "pk")

    def que_empiezan(self, texto):
        """Senders whose name begins with the text, by name, in the order of one index; none for a blank text."""
        if not palabras_de(texto):
            return self.none()
        inicio = NormEs(Value(texto))
        return (
            self.alias(_norm=Collate(NormEs("nombre"), "C"))
            .filter(_norm__startswith=inicio)
            .order_by("_norm", "pk")
        )

    def por_comienzo_de_numero(self, numero):
        """Senders whose identity number begins so, by number."""
        return (
            self.exclude(numero="")
            .alias(_numero=Collate("numero", "C"))
            .filter(_numero__startswith=numero)
            .order_by("_numero", "pk")
        )

    def primeros(self, texto, cuantos):
        """The first senders for a text being typed: by number; else the name that begins so, then by its words."""
        texto = texto.strip()
        numero = limpiar_numero(texto)
        if re.fullmatch(r"\d{4,}", numero):
            return list(self.por_comienzo_de_numero(numero)[:cuantos])
        hallados = list(self.que_empiezan(texto)[:cuantos])
        if len(hallados) < cuantos and len(texto) > 1:
            ya = [persona.pk for persona in hallados]
            hallados += self.parecidos(texto).exclude(pk__in=ya)[: cuantos - len(hallados)]
        return hallados

    def visibles_para(self, usuario):
        """Senders of at least one document that the user may see: names nobody may see are not offered."""
        fichas = apps.get_model("documents", "FichaBusqueda").objects.visibles_para(usuario)
        clave = Func(
            clave_remitente(OuterRef("pk")),
            template="ARRAY[%(expressions)s]",
            output_field=ArrayField(models.BigIntegerField()),
        )
        return self.filter(Exists(fichas.filter(claves__overlap=clave)))


class ProcedimientoQuerySet(models.QuerySet):
    def que_dicen(self, texto):
        """Procedures whose code or name holds every word of the text, blind to accents; all when it is empty."""
        filtro = self.annotate(_nombre=NormEs("nombre"))
        for palabra in texto.split()[:6]:
            filtro = filtro.filter(Q(codigo__icontains=palabra) | Q(_nombre__contains=NormEs(Value(palabra))))
        return filtro
