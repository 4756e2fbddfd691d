"""What the requests ask for: people with their sessions, and documents, words and senders drawn from the volume."""

import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models import Max, Min
from django.test import RequestFactory
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.pages import paginar
from documents.api.vistas import ORDEN
from documents.models import Documento, PresenciaArea, TipoDocumento
from documents.querysets import palabras_de
from mesapartes.banco.volumen import Rechazo
from organization.constants import CodigoRol
from organization.models import Area, Membresia, Usuario

SEMILLA = 7
CUANTOS = 2_000  # different documents among those asked for
PEDIDOS = 4_000  # length of a sequence of addresses
HONDURA = 500  # pages of 100 before the deep one
CLAVE_CSRF = "banco" + "c" * 27
NOMBRE_ADMIN = "banco-admin"


@dataclass
class Muestras:
    """Everything the operations need, plain."""

    galletas: dict = field(default_factory=dict)  # role -> [Cookie header]
    sesiones: dict = field(default_factory=dict)  # role -> [session key]
    areas: dict = field(default_factory=dict)  # "grande", "mediana" -> (id, sigla, documents)
    ids: list = field(default_factory=list)  # documents of the largest area, Zipf-like, repeated
    tokens: list = field(default_factory=list)
    sin_imprimir: list = field(default_factory=list)  # documents whose receipt is printed once
    impresos: list = field(default_factory=list)  # those whose receipt is printed again and again
    cursor: str = ""
    frecuentes: list = field(default_factory=list)
    raras: list = field(default_factory=list)
    parejas: list = field(default_factory=list)
    comienzos: list = field(default_factory=list)  # beginnings of names of senders
    filtros: list = field(default_factory=list)  # (type code, from, to)
    meses: list = field(default_factory=list)  # (first day, last day), the newest first
    tipo: str = ""  # code of a type that a window may register


def zipf(valores, cuantos, azar):
    """A sequence where the first values come back much more often: weight 1 / place."""
    pesos = [1 / n for n in range(1, len(valores) + 1)]
    return azar.choices(valores, pesos, k=cuantos)


def medir_areas():
    """(largest, middle) areas by documents seen, mesas de partes aside: (Area, documents)."""
    cuentas = Counter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT area_id, count(*) FROM {PresenciaArea._meta.db_table} GROUP BY 1")  # noqa: S608
        cuentas.update(dict(cursor.fetchall()))
    con_gente = set(
        Membresia.objects.filter(usuario__is_active=True, rol__codigo=CodigoRol.USUARIO_AREA).values_list(
            "area", flat=True
        )
    )
    areas = [
        (area, cuentas[area.pk])
        for area in Area.objects.activas().filter(es_mesa_de_partes=False)
        if area.pk in con_gente and cuentas[area.pk]
    ]
    areas.sort(key=lambda par: -par[1])
    if not areas:
        raise Rechazo("El volumen no tiene áreas con usuarios y documentos.")
    return areas[0], areas[len(areas) // 2]


def gente_de(area, rol):
    """At most eight active users with that role in that area; in any area when it is None."""
    lugar = {"membresias__area": area} if area else {}
    gente = Usuario.objects.filter(is_active=True, is_superuser=False, membresias__rol__codigo=rol, **lugar)
    return list(gente.distinct().order_by("username")[:8])


def abrir_sesion(usuario):
    """(session key, Cookie header) of a user who has just entered."""
    almacen = import_module(settings.SESSION_ENGINE).SessionStore()
    almacen[SESSION_KEY] = str(usuario.pk)
    almacen[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    almacen[HASH_SESSION_KEY] = usuario.get_session_auth_hash()
    almacen.save()
    return almacen.session_key, (
        f"{settings.SESSION_COOKIE_NAME}={almacen.session_key}; {settings.CSRF_COOKIE_NAME}={CLAVE_CSRF}"
    )


@contextlib.contextmanager
def personas(muestras):
    """Sessions of every role while the block lasts, and a passing superuser for the administration."""
    (grande, n_grande), (mediana, n_mediana) = medir_areas()
    muestras.areas = {
        "grande": (grande.pk, grande.sigla, n_grande),
        "mediana": (mediana.pk, mediana.sigla, n_mediana),
    }
    mesa = Area.objects.activas().filter(es_mesa_de_partes=True).first()
    Usuario.objects.filter(username=NOMBRE_ADMIN).delete()
    admin = Usuario(username=NOMBRE_ADMIN, is_superuser=True, is_staff=True)
    admin.set_password(get_random_string(40))
    admin.save()
    grupos = {
        "grande": gente_de(grande, CodigoRol.USUARIO_AREA),
        "mediana": gente_de(mediana, CodigoRol.USUARIO_AREA),
        "mesa": gente_de(mesa, CodigoRol.OPERADOR_MESA),
        "jefatura": gente_de(grande, CodigoRol.SUPERVISOR) or gente_de(None, CodigoRol.SUPERVISOR),
        "admin": [admin],
    }
    try:
        for rol, gente in grupos.items():
            if not gente:
                raise Rechazo(f"El volumen no tiene usuarios para medir como «{rol}».")
            abiertas = [abrir_sesion(usuario) for usuario in gente]
            muestras.sesiones[rol] = [llave for llave, _ in abiertas]
            muestras.galletas[rol] = [galleta for _, galleta in abiertas]
        yield muestras
    finally:
        almacen = import_module(settings.SESSION_ENGINE).SessionStore
        for llaves in muestras.sesiones.values():
            for llave in llaves:
                almacen(llave).delete()
        with contextlib.suppress(Exception):
            admin.delete()


def tomar(muestras):
    """Fills the rest of the samples; the same volume gives the same ones, registrations aside."""
    azar = random.Random(SEMILLA)
    area = muestras.areas["grande"][0]
    propios = Documento.objects.filter(presencias__area=area, reservado=False)
    # Spread over the whole history, newest first: the newest are the ones that come back.
    paso = max(1, muestras.areas["grande"][2] // (CUANTOS * 2))
    ids = list(propios.order_by("-fecha_recepcion", "-pk").values_list("pk", flat=True))
    elegidos = ids[::paso][:CUANTOS]
    muestras.ids = zipf(elegidos, PEDIDOS, azar)
    filas = Documento.objects.filter(pk__in=elegidos).values_list(
        "pk", "asunto", "remitente_nombre", "codigo_qr"
    )
    por_id = {fila[0]: fila[1:] for fila in filas}
    filas = [por_id[pk] for pk in elegidos if pk in por_id]
    muestras.tokens = zipf([token for _, _, token in filas], PEDIDOS, azar)
    muestras.cursor = _cursor_hondo(ids)
    _palabras(muestras, filas, azar)
    _filtros(muestras, propios, azar)
    _recibos(muestras)
    tipos = TipoDocumento.objects.filter(activo=True, es_reservado=False)
    muestras.tipo = tipos.values_list("codigo", flat=True).first()
    return muestras


def _cursor_hondo(ids):
    """The cursor of the page that comes after HONDURA pages, made by the product from a list that ends there."""
    lugar = min(HONDURA * 100, max(len(ids) - 150, 1))
    vecinos = Documento.objects.filter(pk__in=ids[lugar - 1 : lugar + 1]).values("fecha_recepcion", "id")
    return paginar(vecinos, RequestFactory().get("/"), orden=ORDEN, tamanio=1).siguiente or ""


def _palabras(muestras, filas, azar):
    cuentas, por_fila = Counter(), []
    for asunto, remitente, _ in filas:
        palabras = {
            p.upper() for p in palabras_de(asunto) + palabras_de(remitente) if p.isalpha() and len(p) > 4
        }
        por_fila.append(sorted(palabras))
        cuentas.update(palabras)
    vacias = _sin_busqueda(list(cuentas))
    por_fila = [[p for p in fila if p not in vacias] for fila in por_fila]
    orden = [palabra for palabra, _ in cuentas.most_common() if palabra not in vacias]
    muestras.frecuentes = orden[:12]
    muestras.raras = azar.sample(
        escasas := [p for p in orden if cuentas[p] <= 3] or orden[-20:], min(60, len(escasas))
    )
    parejas = [tuple(azar.sample(fila, 2)) for fila in por_fila if len(fila) > 1]
    muestras.parejas = azar.sample(parejas, min(80, len(parejas)))
    nombres = {p for _, remitente, _ in filas for p in palabras_de(remitente) if p.isalpha() and len(p) > 4}
    muestras.comienzos = [
        n[: azar.randint(3, 6)] for n in azar.sample(sorted(nombres), min(100, len(nombres)))
    ]


def _sin_busqueda(palabras):
    """Those that a search passes over: "contra", "desde"."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p FROM unnest(%s::text[]) p WHERE numnode(to_tsquery('spanish', lower(p))) = 0",
            [palabras],
        )
        return {palabra for (palabra,) in cursor.fetchall()}


def _filtros(muestras, propios, azar):
    """Type and a quarter, where the area has documents."""
    ejemplos = list(
        propios.order_by("-pk").values_list("tipo_documento__codigo", "fecha_recepcion")[:200_000:997]
    )
    azar.shuffle(ejemplos)
    vistos = {}
    for codigo, fecha in ejemplos:
        dia = timezone.localtime(fecha).date()
        desde = dia.replace(day=1)
        vistos.setdefault(
            (codigo, desde), (codigo, desde.isoformat(), (desde + timedelta(days=89)).isoformat())
        )
    muestras.filtros = list(vistos.values())[:60]
    inicio = timezone.localdate().replace(day=1)
    for _ in range(24):
        fin = inicio - timedelta(days=1)
        inicio = fin.replace(day=1)
        muestras.meses.append((inicio.isoformat(), fin.isoformat()))


def _recibos(muestras):
    """Documents of any age, other ones at each run: what was kept of a receipt must not help its first printing."""
    limites = Documento.objects.aggregate(a=Min("pk"), z=Max("pk"))
    azar = random.Random()
    pks = [azar.randint(limites["a"], limites["z"]) for _ in range(3_000)]
    hallados = list(Documento.objects.filter(pk__in=pks, reservado=False).values_list("pk", flat=True))
    azar.shuffle(hallados)
    muestras.impresos, muestras.sin_imprimir = hallados[:20], hallados[20:1_500]
