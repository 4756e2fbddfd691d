"""What the trays show, as plain data: read by few narrow queries, and kept while nothing of it changes."""

from dataclasses import asdict, dataclass
from types import SimpleNamespace

from core.caching import clave_de_usuario, en_cache, grupo_usuario, grupos_de_lista
from core.pages import Conteo, Pagina, con_enlaces, contar_varios, paginar, tamanio_de
from derivations import presentacion as ver
from derivations.bandejas import BANDEJAS, TOPE, Filtros, Hoy, contar, filtrar
from derivations.constants import Estado
from derivations.models import Derivacion
from documents.models import ArchivoAdjunto, Documento, TipoDocumento
from documents.vencimiento import umbral_dias
from organization.constants import P
from organization.models import Area

GRUPO = "listar_documentos"
MAXIMO_DE_ARCHIVOS = 6
PASTILLAS = {
    "": ("Todos", ""),
    "mios": ("Míos", ""),
    "sin-asignar": ("Sin asignar", ""),
    "vencidos": ("Vencidos", "oct"),
    "por-vencer": ("Por vencer", "tri"),
    "urgentes": ("Urgentes", ""),
}


@dataclass(frozen=True)
class Pastilla:
    """One filter pill with its capped count."""

    nombre: str
    texto: str
    icono: str
    conteo: object
    actual: bool


@dataclass(frozen=True)
class Leida:
    """One page of a tray."""

    filtros: Filtros
    pagina: Pagina
    pastillas: list
    tipos: list
    areas: list
    panel: dict | None
    ultima_entrada: object


def leer_bandeja(request, bandeja, areas):
    """The page of a tray that the address asks for. Returns: Leida."""
    usuario = request.user
    filtros = Filtros.leer(request.GET, bandeja, areas)
    datos = en_cache(
        grupo=GRUPO,
        clave=[
            "bandeja",
            bandeja.nombre,
            clave_de_usuario(usuario),
            asdict(filtros),
            request.GET.get("cursor", "")[:2000],
            tamanio_de(request),
            umbral_dias(),
        ],
        generaciones=_generaciones(usuario, areas),
        producir=lambda: _leer(request, bandeja, areas, filtros),
    )
    pagina = Pagina(
        [ver.Fila(**fila) for fila in datos["filas"]],
        siguiente=datos["siguiente"],
        anterior=datos["anterior"],
        tamanio=datos["tamanio"],
    )
    return Leida(
        filtros=filtros,
        pagina=con_enlaces(pagina, request),
        pastillas=[
            Pastilla(nombre, *PASTILLAS[nombre], Conteo(*conteo), filtros.f == nombre)
            for nombre, conteo in datos["conteos"].items()
        ],
        tipos=datos["tipos"],
        areas=datos["areas"],
        panel=datos["panel"],
        ultima_entrada=datos["ultima_entrada"],
    )


def _generaciones(usuario, areas):
    return [*grupos_de_lista(areas), grupo_usuario(usuario.pk)]


def _leer(request, bandeja, areas, filtros):
    usuario, hoy = request.user, Hoy.leer()
    base, consulta = filtrar(bandeja, filtros, usuario, areas, hoy)
    conteos = contar(bandeja, base, usuario, hoy)
    pagina = _leer_pagina(bandeja, consulta, request, filtros.orden_de(bandeja))
    tipos = TipoDocumento.objects.filter(activo=True).values("pk", "nombre")
    nombres = Area.objects.filter(pk__in=areas).order_by("nombre").values("pk", "nombre", "sigla")
    vacia = not pagina.filas and not filtros.hay and bandeja.nombre == "por-recibir"
    return {
        "conteos": conteos,
        "filas": [asdict(ver.fila_de(bandeja, datos, hoy)) for datos in pagina.filas],
        "siguiente": pagina.siguiente,
        "anterior": pagina.anterior,
        "tamanio": pagina.tamanio,
        "tipos": list(tipos),
        "areas": list(nombres) if 1 < len(areas) else [],
        "panel": leer_panel(usuario, bandeja, pagina.filas[0], hoy) if pagina.filas else None,
        "ultima_entrada": _ultima_entrada(areas) if vacia else None,
    }


def _leer_pagina(bandeja, consulta, request, orden):
    """One page: first the place of its rows, by an index of few columns, then what they show."""
    pagina = paginar(consulta.values(*{*[ruta for ruta, _ in orden], "pk"}), request, orden)
    elegidas = consulta.model.objects.filter(pk__in=[fila["pk"] for fila in pagina.filas])
    leidas = {fila["pk"]: fila for fila in leer_filas(bandeja, elegidas)}
    # a row that went away between both reads is not shown
    pagina.filas = [leidas[fila["pk"]] for fila in pagina.filas if fila["pk"] in leidas]
    return pagina


def _ultima_entrada(areas):
    """When the last one arrived, for a tray with nothing to show."""
    principales = Derivacion.objects.principales().filter(area_destino__in=areas)
    return principales.order_by("-pk").values_list("fecha_derivacion", flat=True).first()


def leer_filas(bandeja, consulta):
    """What the rows show, as dicts, in no order."""
    return consulta.order_by().values("pk", *columnas(bandeja))


_DE_DOCUMENTO = (
    "anio",
    "numero",
    "numero_expediente",
    "asunto",
    "remitente_nombre",
    "tipo_documento__nombre",
    "reservado",
    "estado",
    "prioridad",
)


def columnas(bandeja):
    """Paths of what a row shows, besides its key."""
    if bandeja.nombre == "observados":
        propias = ("observacion__vence_el", "observacion__faltantes")
    elif bandeja.es_de_documentos:
        propias = ("area_sugerida__nombre", "instruccion_prevista")
    else:
        area = "area_destino" if bandeja.nombre == "enviados" else "area_origen"
        return (
            "documento_id",
            *[f"documento__{ruta}" for ruta in _DE_DOCUMENTO],
            f"{area}__nombre",
            "es_copia",
            "es_urgente",
            "motivo",
            "folios",
            "folios_recibidos",
            "fecha_limite_atencion",
            "instrucciones",
            bandeja.campo_fecha,
        )
    return (*_DE_DOCUMENTO, *propias, "numero_folios", "fecha_limite", bandeja.campo_fecha)


# The panel of a row

_DEL_DOCUMENTO = (
    "pk",
    "numero_expediente",
    "asunto",
    "estado",
    "reservado",
    "remitente_nombre",
    "remitente__tipo_identidad",
    "remitente__numero",
    "tipo_documento__nombre",
    "numero_documento_externo",
    "fecha_documento",
    "numero_folios",
    "numero_anexos",
    "area_actual_id",
    "area_actual__nombre",
    "en_area_desde",
    "fecha_limite",
    "asignado_a",
    "asignado_a__first_name",
    "asignado_a__last_name",
    "asignado_a__username",
)
_DE_ABIERTA = (
    "pk",
    "estado",
    "motivo",
    "es_copia",
    "area_origen_id",
    "area_destino_id",
    "area_destino__nombre",
)


def leer_panel(usuario, bandeja, datos, hoy):
    """What the panel of a row names, but what the user may do with it; `datos` are the row's columns."""
    documento_id = datos["pk"] if bandeja.es_de_documentos else datos["documento_id"]
    documento = Documento.objects.values(*_DEL_DOCUMENTO).get(pk=documento_id)
    nombre = f"{documento['asignado_a__first_name'] or ''} {documento['asignado_a__last_name'] or ''}".strip()
    documento["asignado"] = nombre or documento["asignado_a__username"] or ""
    recibe = usuario.alcance.areas_con(P.RECIBIR)
    abiertas = list(
        Derivacion.objects.abiertas().filter(documento=documento_id).order_by().values(*_DE_ABIERTA)
    )
    limite = None if bandeja.es_de_documentos or datos["es_copia"] else datos["fecha_limite_atencion"]
    archivos = ArchivoAdjunto.objects.filter(documento=documento_id).order_by("orden", "pk")
    return {
        "documento": documento,
        "derivacion": None
        if bandeja.es_de_documentos
        else {"es_copia": datos["es_copia"], "instrucciones": datos["instrucciones"]},
        "abierta": next((d for d in abiertas if not d["es_copia"]), None),
        "copia": next(
            (
                d
                for d in abiertas
                if d["es_copia"] and d["estado"] == Estado.PENDIENTE and d["area_destino_id"] in recibe
            ),
            None,
        ),
        "vence": ver.frase_de_plazo(documento["fecha_limite"], hoy),
        "responde": limite if limite != documento["fecha_limite"] else None,
        "archivos": list(archivos.values("pk", "nombre", "folios", "peso_bytes")[:MAXIMO_DE_ARCHIVOS]),
    }


def cosa(datos):
    """Plain data with attributes, as the rules of permission ask for them; None stays None."""
    return SimpleNamespace(**datos) if datos else None


# The counters of the menu


def leer_contadores(usuario):
    """{tray: Conteo} of the trays in the menu whose rows the user may see."""
    areas = {
        b.nombre: usuario.alcance.areas_con(b.permiso)
        for b in BANDEJAS.values()
        if b.nombre not in ("enviados", "atendidos")
        and usuario.tiene_permiso(P.DOCUMENTO_REGISTRAR if b.es_de_documentos else P.RECIBIR)
    }
    areas = {nombre: suyas for nombre, suyas in areas.items() if suyas}

    def producir():
        hoy = Hoy.leer()
        consultas = {n: BANDEJAS[n].filas(usuario, suyas, hoy) for n, suyas in areas.items()}
        return {n: (c.n, c.excede) for n, c in contar_varios(consultas, TOPE).items()}

    contados = en_cache(
        grupo="contar_bandejas",
        clave=[clave_de_usuario(usuario), umbral_dias()],
        generaciones=_generaciones(usuario, frozenset().union(*areas.values())),
        producir=producir,
    )
    return {nombre: Conteo(*conteo) for nombre, conteo in contados.items()}
