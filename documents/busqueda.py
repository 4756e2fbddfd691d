"""Search over the index table: the newest first, in windows of time, whatever the words.

A frequent word fills a page from the last two months and nothing older is read; a rare one is gathered whole by one
index; two frequent words that never meet are intersected inside it. The windows are branches of one statement, run in
order until the page is full. Source: docs/adr/0004-busqueda.md.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.pages import Conteo, contar_hasta, paginar, tramo
from documents import claves
from documents.funciones import ConsultaEs, Resuelta
from documents.models import Documento, FichaBusqueda, Remitente
from documents.querysets import numeros_de_identidad

RECIENTE = [("fecha_recepcion", "desc"), ("pk", "desc")]
_CONTEO = (
    "select case when (select count(*) from ({}) as u) > %s then %s else (select count(*) from ({}) as t) end"
)
_IDENTIDAD = re.compile(r"\d{8}|\d{11}", re.ASCII)
_ANIOS = (0, 1)  # years of the second window, counted from the last one of the first
_MAXIMO_RESUELTAS = 2000
_resueltas = {}


@dataclass(frozen=True)
class Busqueda:
    """What is sought among the documents that a user may see.

    consulta is a tsquery or None; remitentes, tipos narrow by key; desde and hasta (not included) by instant; otros
    is a queryset of documents with the other conditions, or None; documentos says what to read of those found.
    de_una_vez asks without windows: beginnings of words are gathered whole, and each window would do it again.
    """

    usuario: object
    consulta: object = None
    remitentes: tuple | None = None
    tipos: tuple | None = None
    desde: datetime | None = None
    hasta: datetime | None = None
    de_una_vez: bool = False
    otros: QuerySet | None = field(default=None, compare=False)
    documentos: QuerySet | None = field(default=None, compare=False)
    model = Documento

    def con(self, **cambios):
        """The same search with other parts."""
        return replace(self, **cambios)

    def y(self, *, consulta=None, remitentes=None):
        """The same search narrowed by another condition of words or senders."""
        if consulta is not None and self.consulta is not None:
            consulta = self.consulta & consulta
        if remitentes is not None and self.remitentes is not None:
            remitentes = tuple(set(remitentes) & set(self.remitentes))
        return self.con(
            consulta=self.consulta if consulta is None else consulta,
            remitentes=self.remitentes if remitentes is None else remitentes,
        )

    def de_texto(self, texto, *, abierta=False):
        """The same search for what one box says: an identity number, words, or both."""
        personas = personas_de_numero(texto)
        if personas is not None:
            return self.con(remitentes=tuple(personas))
        sueltas = texto.split()
        for suelta in sueltas:
            # "44556677 licencia": a whole identity number among words is a person when we know it
            if len(sueltas) > 1 and _IDENTIDAD.fullmatch(suelta) and (personas := personas_de_numero(suelta)):
                resto = " ".join(p for p in sueltas if p != suelta)
                return self.con(
                    remitentes=tuple(personas),
                    consulta=ConsultaEs(resto, abierta=abierta),
                    de_una_vez=abierta,
                )
        return self.con(consulta=ConsultaEs(texto, abierta=abierta), de_una_vez=abierta)

    def fichas(self):
        """The index rows found, without order."""
        qs = FichaBusqueda.objects.visibles_para(self.usuario)
        if self.remitentes is not None:
            qs = qs.filter(claves__overlap=[claves.clave_remitente(pk) for pk in self.remitentes])
        if self.tipos is not None:
            qs = qs.filter(claves__overlap=[claves.clave_tipo(pk) for pk in self.tipos])
        if self.consulta is not None:
            consulta, dice_algo = resolver(self.consulta)
            qs = qs.filter(palabras=consulta) if dice_algo else qs.none()
        if self.desde:
            qs = qs.filter(fecha_recepcion__gte=self.desde)
        if self.hasta:
            qs = qs.filter(fecha_recepcion__lt=self.hasta)
        if self.otros is not None and self.otros.query.where:
            qs = qs.filter(documento__in=self.otros.order_by().values("pk"))
        return qs

    def primeros(self, cuantos):
        """The newest documents found."""
        return self.tramo(RECIENTE, None, cuantos)

    def paginar(self, request, orden=RECIENTE, tamanio=25):
        """One Pagina of what is found."""
        return paginar(self, request, orden, tamanio)

    def tramo(self, orden, valores, cuantas):
        """First documents in an order after some values, for `core.pages.paginar`; read by the rule of visibility."""
        if orden[0][0] == "fecha_recepcion":
            pks = self._por_ventanas(orden[0][1], valores, cuantas)
        else:
            ajeno = [(ruta if ruta == "pk" else f"documento__{ruta}", sentido) for ruta, sentido in orden]
            campos = [
                (Documento._meta.pk if r == "pk" else Documento._meta.get_field(r), True) for r, _ in orden
            ]
            filas = tramo(self.fichas().values_list("pk"), ajeno, campos, valores, cuantas)
            pks = [pk for (pk,) in filas]
        if not pks:
            return []
        leer = Documento.objects.para_lista() if self.documentos is None else self.documentos
        por_pk = {_pk(fila): fila for fila in leer.visibles_para(self.usuario).filter(pk__in=pks).order_by()}
        return [por_pk[pk] for pk in pks if pk in por_pk]

    def todos(self):
        """Every document found, as a queryset without order; read by the rule of visibility."""
        leer = Documento.objects.all() if self.documentos is None else self.documentos
        return leer.visibles_para(self.usuario).filter(pk__in=self.fichas().order_by().values("documento"))

    def contar(self, tope=1000):
        """The Conteo of what is found. The last two years first: frequent words need no more to pass the ceiling."""
        todas = self.fichas().order_by()
        anio = (self.hasta or timezone.now()).astimezone(UTC).year
        ultimas = todas.filter(claves__overlap=[claves.clave_anio(anio), claves.clave_anio(anio - 1)])
        try:
            (sql1, params1), (sql2, params2) = (
                qs.values("pk")[: tope + 1].query.sql_with_params() for qs in (ultimas, todas)
            )
        except EmptyResultSet:
            return Conteo(0)
        with connection.cursor() as cursor:
            # Both texts are the ORM's own; the second one only runs when the first falls short.
            cursor.execute(_CONTEO.format(sql1, sql2), [*params1, tope, tope + 1, *params2])
            total = cursor.fetchone()[0]
        return Conteo(min(total, tope), total > tope)

    def _por_ventanas(self, sentido, valores, cuantas):
        """Ids in order of date, one window after the other until there are enough."""
        qs, corte = self.fichas(), valores and valores[0]
        if sentido == "desc":
            qs, signo = qs.order_by("-fecha_recepcion", "-pk"), "lt"
            tramos = _hacia_atras(min((i for i in (corte, self.hasta) if i), default=None))
        else:
            qs, signo = qs.order_by("fecha_recepcion", "pk"), "gt"
            desde = max((i for i in (corte, self.desde) if i), default=None)
            tramos = _hacia_adelante(desde or _primera_fecha())
        if self.de_una_vez:
            tramos = [(None, None, None)]
        if valores:
            despues = Q(**{f"fecha_recepcion__{signo}": corte}) | Q(
                **{"fecha_recepcion": corte, f"pk__{signo}": valores[1]}
            )
            qs = qs.filter(despues)
        ramas = [self._rama(qs, *t).values_list("pk", flat=True)[:cuantas] for t in tramos if self._toca(*t)]
        if len(ramas) > 1:
            return list(ramas[0].union(*ramas[1:], all=True)[:cuantas])
        return list(ramas[0]) if ramas else []

    def _toca(self, llaves, desde, hasta):
        """Whether the window holds some instant that is sought."""
        return not (self.desde and hasta and hasta <= self.desde) and not (
            self.hasta and desde and desde >= self.hasta
        )

    @staticmethod
    def _rama(qs, llaves, desde, hasta):
        if desde:
            qs = qs.filter(fecha_recepcion__gte=desde)
        if hasta:
            qs = qs.filter(fecha_recepcion__lt=hasta)
        return qs.filter(claves__overlap=llaves) if llaves else qs


@dataclass(frozen=True)
class Listado:
    """A list without words, with the ways of a search: read by the indexes of the documents."""

    documentos: QuerySet

    def todos(self):
        return self.documentos

    def paginar(self, request, orden=RECIENTE, tamanio=25):
        return paginar(self.documentos, request, orden, tamanio)

    def contar(self, tope=1000):
        return contar_hasta(self.documentos, tope)


def numerados(documentos, texto):
    """Ids of the documents that a number, a scan or a token names."""
    for hallados in (documentos.con_token(texto), documentos.con_numero(texto)):
        pks = list(hallados.order_by().values_list("pk", flat=True)[:200])
        if pks:
            return pks
    return []


def personas_de_numero(texto):
    """Ids of the senders with that identity number; None when the text is not one, but words."""
    numeros = numeros_de_identidad(texto)
    if not numeros:
        return None
    pks = list(Remitente.objects.filter(numero__in=numeros).order_by().values_list("pk", flat=True))
    return pks if pks or _solo_cifras(texto) else None


def por_texto(documentos, texto):
    """Documents that the one box finds: by number or scan, identity, or words; the first that has something."""
    pks = numerados(documentos, texto)
    if pks:
        return documentos.filter(pk__in=pks)
    personas = personas_de_numero(texto)
    if personas is not None:
        return documentos.filter(remitente__in=personas)
    return documentos.con_palabras(texto)


def resolver(consulta):
    """The tsquery of an expression, made once: the functions are IMMUTABLE, and every window would make it again."""
    query = FichaBusqueda.objects.all().query
    sql, params = query.get_compiler(connection=connection).compile(consulta.resolve_expression(query))
    llave = (sql, tuple(params))
    texto = _resueltas.get(llave)
    if texto is None:
        with connection.cursor() as cursor:
            cursor.execute(f"select ({sql})::text", params)
            texto = cursor.fetchone()[0]
        if len(_resueltas) >= _MAXIMO_RESUELTAS:
            _resueltas.clear()
        _resueltas[llave] = texto
    return Resuelta(texto), bool(texto)


def hay_que_buscar(texto):
    """False when no word of the text can be searched: only signs, or words like "de"."""
    return resolver(ConsultaEs(texto))[1]


def _hacia_atras(limite):
    """Windows (keys, from, until) that go back in time from an instant, or from now."""
    mes = claves.mes_de(limite or timezone.now())
    primero = claves.inicio_de_mes(mes - 1)
    # A clock ahead of ours may have dated something in the next month.
    tramos = [([claves.clave_mes(m) for m in range(mes - 1, mes + (1 if limite else 3))], primero, None)]
    anios = [claves.inicio_de_mes(mes - 2).year - n for n in _ANIOS]
    comienzo = datetime(anios[-1], 1, 1, tzinfo=UTC)
    tramos.append(([claves.clave_anio(a) for a in anios], comienzo, primero))
    return [*tramos, (None, None, comienzo)]


def _hacia_adelante(limite):
    """Windows that go forward in time from an instant."""
    mes = claves.mes_de(limite)
    fin = claves.inicio_de_mes(mes + 2)
    tramos = [([claves.clave_mes(mes), claves.clave_mes(mes + 1)], None, fin)]
    anios = [fin.year + n for n in _ANIOS]
    final = datetime(anios[-1] + 1, 1, 1, tzinfo=UTC)
    tramos.append(([claves.clave_anio(a) for a in anios], fin, final))
    return [*tramos, (None, final, None)]


def _primera_fecha():
    """When the oldest document came, or now."""
    fechas = Documento.objects.order_by("fecha_recepcion", "pk").values_list("fecha_recepcion", flat=True)
    return fechas.first() or timezone.now()


def _pk(fila):
    if isinstance(fila, dict):
        return fila["id"] if "id" in fila else fila["pk"]
    return fila.pk


def _solo_cifras(texto):
    return re.sub(r"[\s.\-]", "", texto).isdigit()
