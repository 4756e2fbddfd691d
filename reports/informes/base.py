"""What every report is: its filters, its columns, its rows and its figures, all read from one snapshot."""

import uuid
from abc import ABC, abstractmethod
from collections import namedtuple
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.module_loading import import_string

from core.texto import fecha_num
from documents.forms.busqueda import FormularioDeFiltros
from documents.permissions import ve_identidad
from organization.constants import P
from organization.models import Entidad
from reports.constants import ESCRITOR_DE
from reports.permissions import ambito_de

TROZO = 2000  # rows brought at once: what bounds the memory of a report

# tipo: texto, entero, fecha, instante, horas, porcentaje (a fraction: 0.5 is 50 %) or si_no. ancho: in characters.
Columna = namedtuple("Columna", "clave titulo ancho tipo", defaults=("texto",))


@dataclass(frozen=True)
class Ambito:
    """Who asks, and what that person may see at the moment of reading.

    areas: ids of those whose reports the person sees, or None for the whole entity.
    """

    usuario: object
    areas: frozenset | None
    instante: datetime

    @classmethod
    def de(cls, usuario, *, ip=None):
        """The scope of a person now. Raises: AccionProhibida (403) without the permission."""
        return cls(usuario, ambito_de(usuario, ip=ip), timezone.now())

    def identidad_entera(self):
        """Function (area that has the document now) -> whether its identity numbers are shown whole."""
        if ve_identidad(self.usuario):
            return lambda area: True
        areas = self.usuario.alcance.areas_con(P.DOCUMENTO_VER)
        return lambda area: area in areas


@dataclass
class Lectura:
    """What a writer puts on paper; total, resumen and filas tell of the same instant.

    filas may be walked once; each row is a tuple of values in the order of the columns: str, int, float, date,
    aware datetime, bool or None.
    """

    total: int
    resumen: list
    filas: Iterator


class Informe(ABC):
    """Base of the catalogue: one subclass for each report. `filtros` is always a valid form of `filtros()`."""

    codigo = titulo = descripcion = ""
    formatos = ()

    def filtros(self):
        """Class of the form of its filters: a FormularioDeFiltros."""
        return FormularioDeFiltros

    def formulario(self, usuario, datos=None):
        """The form for a person. Args: datos a QueryDict, or what `datos_de` kept; None for an empty form."""
        if isinstance(datos, dict) and not isinstance(datos, QueryDict):
            guardados, datos = datos, QueryDict(mutable=True)
            for nombre, valor in guardados.items():
                datos.setlist(nombre, [str(v) for v in (valor if isinstance(valor, list) else [valor])])
        form = self.filtros()(datos)
        form.leido = {}
        form.preparar(usuario)
        return form

    def datos_de(self, form):
        """What was asked, as plain JSON that `formulario` reads back: {field: [texts]}, without the empty ones."""
        crudos = form.data
        salida = {}
        for nombre in sorted(form.fields):
            if valores := [v for v in crudos.getlist(form.add_prefix(nombre)) if v != ""]:
                salida[nombre] = valores
        return salida

    def permitido(self, usuario):
        """Whether the person may ask for this report."""
        return usuario.tiene_permiso(P.REPORTES)

    def filtros_en_palabras(self, filtros):
        """[(name, value)] of the filters in use, as a person reads them."""
        return [(str(campo.label), texto) for campo in filtros if (texto := _en_palabras(filtros, campo))]

    @abstractmethod
    def escribir(self, formato, ambito, filtros, *, destino, autor, avance):
        """Writes the report in one of its formats.

        Args: destino a binary file; autor the name of who asked; avance(done, total), called often, may stop it.
        Returns: how many rows it has.
        """


def una_vez(filtros, nombre, hacer):
    """What hacer() gives, worked out once for each form: the rows and the figures of a reading are the same."""
    if nombre not in filtros.leido:
        filtros.leido[nombre] = hacer()
    return filtros.leido[nombre]


class InformeDeFilas(Informe):
    """Base of those that are columns and rows: each format has one writer for all of them."""

    formatos = ("xlsx", "pdf", "csv")
    apaisado = True  # the paper lies on its side

    @abstractmethod
    def columnas(self, filtros):
        """List of Columna."""

    @abstractmethod
    def contar(self, ambito, filtros):
        """How many rows `filas` gives."""

    @abstractmethod
    def filas(self, ambito, filtros):
        """Iterator of the rows, with bounded memory (`recorrer`)."""

    def resumen(self, ambito, filtros):
        """[(text, value)] of the figures shown above the rows."""
        return []

    def leer(self, ambito, filtros):
        """The Lectura of one snapshot. The database keeps the rows: no transaction is open while they are written."""
        sola = not connection.in_atomic_block
        with transaction.atomic():
            if sola:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            total = self.contar(ambito, filtros)
            resumen = self.resumen(ambito, filtros)
            filas = iter(self.filas(ambito, filtros))
            primera = next(filas, None)  # opens the cursor inside the snapshot
        return Lectura(total, resumen, _con_primera(primera, filas))

    def escribir(self, formato, ambito, filtros, **opciones):
        return import_string(ESCRITOR_DE[formato])(self, ambito, filtros, **opciones)


def _con_primera(primera, filas):
    if primera is not None:
        yield primera
    yield from filas


def recorrer(consulta, *, trozo=TROZO):
    """Yields the tuples of a values_list() queryset from a cursor that outlives its transaction.

    The server keeps the rows as they were when the first was asked for; only `trozo` are here at a time.
    """
    try:
        sql, parametros = consulta.query.sql_with_params()
    except EmptyResultSet:
        return
    yield from recorrer_sql(sql, parametros, trozo=trozo)


def recorrer_sql(sql, parametros=None, *, trozo=TROZO):
    """As `recorrer`, for a statement."""
    nombre = f"informe_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"DECLARE {nombre} NO SCROLL CURSOR WITH HOLD FOR {sql}", parametros)
        try:
            filas = [()] * trozo
            while len(filas) == trozo:
                cursor.execute(f"FETCH FORWARD {trozo} FROM {nombre}")
                filas = cursor.fetchall()
                yield from filas
        finally:
            # Inside a transaction that fails it goes with it, and a statement more would fail too.
            if not connection.in_atomic_block:
                with suppress(DatabaseError):
                    cursor.execute(f"CLOSE {nombre}")


def cabecera(informe, ambito, filtros, autor):
    """[(name, value)] that every format prints: entity, report, filters in words, author and time."""
    entidad = Entidad.objects.first()
    filas = [("Entidad", getattr(entidad, "nombre", "")), ("Reporte", informe.titulo)]
    filas += informe.filtros_en_palabras(filtros) or [("Filtros", "Ninguno")]
    return [*filas, ("Generado por", autor), ("Generado el", ambito.instante)]


def _en_palabras(form, campo):
    """The value of a field in words, or "" when it filters nothing."""
    valor = form.cleaned_data.get(campo.name)
    if valor is None or valor == "" or valor is False or (hasattr(valor, "__len__") and not len(valor)):
        return ""
    if valor is True:
        return "Sí"
    if isinstance(valor, date):
        return fecha_num(valor)
    if isinstance(campo.field, forms.ModelMultipleChoiceField):
        return ", ".join(str(v) for v in valor)
    if isinstance(campo.field, forms.MultipleChoiceField):
        opciones = dict(campo.field.choices)
        return ", ".join(str(opciones.get(v, v)) for v in valor)
    if isinstance(campo.field, forms.ChoiceField) and not isinstance(campo.field, forms.ModelChoiceField):
        return str(dict(campo.field.choices).get(valor, valor))
    return str(valor)
