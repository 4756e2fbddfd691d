"""The table of trays: what each lists, for whom, in which order, what may be done at once and what it says empty."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q

from derivations.constants import Estado, Motivo
from derivations.models import Derivacion
from derivations.querysets import en_marcha
from documents.busqueda import por_texto
from documents.constants import Estado as EstadoDocumento
from documents.constants import Prioridad
from documents.models import Documento
from documents.vencimiento import primer_dia_holgado
from organization.calendar import cargar_calendario, hoy_lima
from organization.constants import P

TOPE = 1000
TOPE_DE_LECTURA = 20_000  # rows of one tray read to count its pills; what is beyond is "más de"
POR_VENCIMIENTO = [("fecha_limite_atencion", "asc"), ("pk", "asc")]
ATENDIDO_ULTIMO = [("documento__fecha_atencion", "desc"), ("documento", "desc"), ("pk", "desc")]
POR_VENCIMIENTO_DOCUMENTO = [("fecha_limite", "asc"), ("pk", "asc")]


@dataclass(frozen=True)
class Hoy:
    """The day, the calendar read once, and the first day that is no longer "due soon"."""

    fecha: object
    calendario: object
    holgado: object

    @classmethod
    def leer(cls):
        fecha = hoy_lima()
        calendario = cargar_calendario(fecha, date.min)
        return cls(fecha, calendario, primer_dia_holgado(fecha, calendario))


@dataclass(frozen=True)
class Bandeja:
    """One tray. `consulta(areas, hoy)` gives its rows; `areas` are those where the user holds `permiso`."""

    nombre: str
    titulo: str
    de: str  # "derivacion" or "documento"
    permiso: str
    consulta: Callable
    orden: list
    pastillas: tuple
    lote: tuple
    vacio: tuple  # icon, title, text
    frase: str
    columna: str = "Viene de"
    recibido: str = "Recibido"
    campo_fecha: str = "fecha_derivacion"
    siguiente: str = "en-proceso"

    @property
    def es_de_documentos(self):
        return self.de == "documento"

    def filas(self, usuario, areas, hoy):
        """Rows of the tray that this user may see, without order."""
        consulta = self.consulta(areas, hoy)
        if self.es_de_documentos:
            return sin_reserva_ajena(consulta, usuario)
        return consulta.sin_reserva_ajena(usuario)


def sin_reserva_ajena(documentos, usuario):
    """Drops reserved documents where the user is not named."""
    accesos = apps.get_model("documents", "AccesoReservado").objects
    nombrado = Exists(accesos.filter(documento=OuterRef("pk"), usuario=usuario.pk))
    return documentos.filter(Q(reservado=False) | nombrado)


def _abiertas(areas):
    """Open principal ones whose clock runs."""
    return Derivacion.objects.principales().abiertas().filter(area_destino__in=areas).con_reloj()


def _por_vencer(areas, hoy):
    return _abiertas(areas).filter(
        fecha_limite_atencion__gte=hoy.fecha, fecha_limite_atencion__lt=hoy.holgado
    )


def _vencidos(areas, hoy):
    return _abiertas(areas).filter(fecha_limite_atencion__lt=hoy.fecha)


def _atendidos(areas, hoy):
    """Attended ones still out of the archive; of a reopened document only its last attention.

    Few documents wait for the archive and many were attended: the place and the instant of the document let an
    index start from the few, in order.
    """
    reabierta = Derivacion.objects.principales().filter(padre=OuterRef("pk"), motivo=Motivo.REAPERTURA)
    return (
        Derivacion.objects.principales()
        .filter(area_destino__in=areas, estado=Estado.ATENDIDO)
        .filter(documento__estado=EstadoDocumento.ATENDIDO, documento__area_actual__in=areas)
        .filter(~Exists(reabierta))
    )


_RELOJ = ("vencidos", "por-vencer", "urgentes")
_TODAS = (
    Bandeja(
        nombre="por-derivar",
        titulo="Por derivar",
        de="documento",
        permiso=P.DERIVAR,
        consulta=lambda areas, hoy: Documento.objects.por_derivar(areas),
        orden=POR_VENCIMIENTO_DOCUMENTO,
        pastillas=("mios", *_RELOJ),
        lote=("derivar",),
        vacio=(
            "derivar",
            "Todo está derivado",
            "Lo que se registre aparecerá aquí hasta que salga a su área.",
        ),
        frase="por derivar",
        columna="Área prevista",
        recibido="Registrado",
        campo_fecha="fecha_recepcion",
        siguiente="observados",
    ),
    Bandeja(
        nombre="observados",
        titulo="Observados",
        de="documento",
        permiso=P.DOCUMENTO_VER,
        consulta=lambda areas, hoy: Documento.objects.filter(
            estado=EstadoDocumento.OBSERVADO, area_actual__in=areas
        ),
        orden=[("en_area_desde", "asc"), ("pk", "asc")],
        pastillas=("mios", "urgentes"),
        lote=(),
        vacio=("bandera", "Nada observado", "Aquí esperan los documentos a los que les falta algo."),
        frase="por subsanar",
        columna="Subsana hasta",
        recibido="Registrado",
        campo_fecha="fecha_recepcion",
        siguiente="por-derivar",
    ),
    Bandeja(
        nombre="por-recibir",
        titulo="Por recibir",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=lambda areas, hoy: Derivacion.objects.por_recibir(areas),
        orden=POR_VENCIMIENTO,
        pastillas=_RELOJ,
        lote=("recibir",),
        vacio=("bandeja", "Estás al día", "Avisaremos aquí cuando llegue algo nuevo."),
        frase="por recibir",
        recibido="Enviado",
    ),
    Bandeja(
        nombre="en-proceso",
        titulo="En proceso",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=lambda areas, hoy: Derivacion.objects.en_proceso(areas),
        orden=POR_VENCIMIENTO,
        pastillas=("mios", "sin-asignar", *_RELOJ),
        lote=("derivar", "asignar", "atender"),
        vacio=("bandeja", "Nada en proceso", "Lo que recibas aparecerá aquí."),
        frase="de tu área",
        campo_fecha="fecha_recepcion",
        siguiente="por-recibir",
    ),
    Bandeja(
        nombre="por-vencer",
        titulo="Por vencer",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=_por_vencer,
        orden=POR_VENCIMIENTO,
        pastillas=("mios", "sin-asignar", "urgentes"),
        lote=("derivar", "asignar", "atender"),
        vacio=("tri", "Nada por vencer", "Ningún plazo de tu área termina en los próximos días hábiles."),
        frase="por vencer",
    ),
    Bandeja(
        nombre="vencidos",
        titulo="Vencidos",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=_vencidos,
        orden=POR_VENCIMIENTO,
        pastillas=("mios", "sin-asignar", "urgentes"),
        lote=("derivar", "asignar", "atender"),
        vacio=("oct", "Nada vencido", "Ningún plazo de tu área ha vencido."),
        frase="con el plazo vencido",
    ),
    Bandeja(
        nombre="copias",
        titulo="Copias",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=lambda areas, hoy: Derivacion.objects.copias_por_acusar(areas),
        orden=[("fecha_derivacion", "asc"), ("pk", "asc")],
        pastillas=("urgentes",),
        lote=("acusar",),
        vacio=("copia", "Sin copias por leer", "Las copias solo informan: se acusa recibo y no corre plazo."),
        frase="en copia, por acusar recibo",
        recibido="Enviado",
    ),
    Bandeja(
        nombre="enviados",
        titulo="Enviados",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=lambda areas, hoy: Derivacion.objects.enviadas(areas),
        orden=[("fecha_derivacion", "desc"), ("pk", "desc")],
        pastillas=("mios", *_RELOJ),
        lote=("recuperar", "remision"),
        vacio=("deriv2", "Todo lo enviado fue recibido", "Un envío se puede anular hasta que lo reciban."),
        frase="enviados, aún sin recibir",
        columna="Va a",
        recibido="Enviado",
    ),
    Bandeja(
        nombre="atendidos",
        titulo="Atendidos",
        de="derivacion",
        permiso=P.DOCUMENTO_VER,
        consulta=_atendidos,
        orden=ATENDIDO_ULTIMO,
        pastillas=("mios", "urgentes"),
        lote=("archivar",),
        vacio=("atender", "Nada por archivar", "Lo atendido espera aquí hasta que se archive."),
        frase="atendidos, por archivar",
        recibido="Atendido",
        campo_fecha="fecha_atencion",
    ),
)
BANDEJAS = {bandeja.nombre: bandeja for bandeja in _TODAS}


# Filters


def _pastillas(bandeja, usuario, hoy):
    """name -> condition of every pill a tray may show."""
    if bandeja.es_de_documentos:
        limite, urgente, corre = "fecha_limite", Q(prioridad=Prioridad.URGENTE), Q()
        mios = Q(usuario_registro=usuario)
    else:
        limite, urgente, corre = "fecha_limite_atencion", Q(es_urgente=True), Q(en_marcha())
        mios = {
            "enviados": Q(usuario_deriva=usuario),
            "atendidos": Q(usuario_atiende=usuario),
        }.get(bandeja.nombre, Q(asignado_a=usuario))
    return {
        "mios": mios,
        "sin-asignar": Q(asignado_a__isnull=True),
        "vencidos": corre & Q(**{f"{limite}__lt": hoy.fecha}),
        "por-vencer": corre & Q(**{f"{limite}__gte": hoy.fecha, f"{limite}__lt": hoy.holgado}),
        "urgentes": urgente,
    }


@dataclass(frozen=True)
class Filtros:
    """The filters of a tray, read from the query string; unknown values are ignored."""

    f: str = ""
    area: int | None = None
    tipo: int | None = None
    q: str = ""
    orden: str = ""

    @classmethod
    def leer(cls, datos, bandeja, areas):
        def entero(nombre):
            valor = datos.get(nombre, "")
            return int(valor) if valor.isascii() and valor.isdigit() and len(valor) < 10 else None

        f, area = datos.get("f", ""), entero("area")
        orden = datos.get("orden", "")
        return cls(
            f=f if f in bandeja.pastillas else "",
            area=area if area in areas else None,
            tipo=entero("tipo"),
            q=" ".join(datos.get("q", "").replace("\0", "").split())[:100],
            orden=orden if orden.lstrip("-") in _ORDENES else "",
        )

    @property
    def hay(self):
        """True when something narrows the tray."""
        return bool(self.f or self.area or self.tipo or self.q)

    def aplicar_base(self, bandeja, consulta):
        """Narrows by area, kind and words; the pills count what is left."""
        prefijo = "" if bandeja.es_de_documentos else "documento__"
        if self.area:
            campo = {"enviados": "area_origen"}.get(bandeja.nombre, "area_destino")
            consulta = consulta.filter(**{"area_actual" if bandeja.es_de_documentos else campo: self.area})
        if self.tipo:
            consulta = consulta.filter(**{f"{prefijo}tipo_documento": self.tipo})
        if self.q:
            hallados = por_texto(Documento.objects.all(), self.q)
            consulta = consulta.filter(
                **{"pk__in" if bandeja.es_de_documentos else "documento__in": hallados.values("pk")}
            )
        return consulta

    def orden_de(self, bandeja):
        """The keyset order of the list."""
        if not self.orden:
            return bandeja.orden
        sentido = "desc" if self.orden.startswith("-") else "asc"
        columna = self.orden.lstrip("-")
        prefijo = "" if bandeja.es_de_documentos else "documento__"
        if columna == "expediente":
            return [(f"{prefijo}anio", sentido), (f"{prefijo}numero", sentido), ("pk", sentido)]
        if columna == "recibido" and bandeja.orden is ATENDIDO_ULTIMO:
            return [(ruta, sentido) for ruta, _ in ATENDIDO_ULTIMO]
        if columna == "recibido":
            return [(bandeja.campo_fecha, sentido), ("pk", sentido)]
        limite = "fecha_limite" if bandeja.es_de_documentos else "fecha_limite_atencion"
        return [(limite, sentido), ("pk", sentido)]


_ORDENES = ("plazo", "expediente", "recibido")


def filtrar(bandeja, filtros, usuario, areas, hoy):
    """(base rows without the pill, rows with it)."""
    base = filtros.aplicar_base(bandeja, bandeja.filas(usuario, areas, hoy))
    if not filtros.f:
        return base, base
    return base, base.filter(_pastillas(bandeja, usuario, hoy)[filtros.f])


def contar(bandeja, base, usuario, hoy):
    """{"": rows of the tray, pill: rows with it} as (count, whether there are more), in one query.

    Each count stops at TOPE; beyond TOPE_DE_LECTURA rows read, those of the pills are at least so many.
    """
    tabla = _pastillas(bandeja, usuario, hoy)
    marcas = {f"es_{n}": tabla[nombre] for n, nombre in enumerate(bandeja.pastillas)}
    filas = base.order_by().annotate(**marcas).values(*marcas)[:TOPE_DE_LECTURA]
    cuentas = filas.aggregate(
        todas=Count("*"), **{f"n_{marca}": Count("pk", filter=Q(**{marca: True})) for marca in marcas}
    )
    todas = cuentas["todas"]
    conteos = {"": (min(todas, TOPE), todas > TOPE)}
    for marca, nombre in zip(marcas, bandeja.pastillas, strict=True):
        n = cuentas[f"n_{marca}"]
        conteos[nombre] = (min(n, TOPE), n > TOPE or (n > 0 and todas >= TOPE_DE_LECTURA))
    return conteos


def ordenar(consulta, orden):
    """The rows in a tray's order."""
    return consulta.order_by(*[ruta if sentido == "asc" else f"-{ruta}" for ruta, sentido in orden])
