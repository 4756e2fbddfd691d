"""A world with one document in each situation, and every address of the product that people and programs open."""

from datetime import timedelta
from types import SimpleNamespace

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.constants import EstadoTarea
from core.models import Tarea
from derivations.models import Derivacion
from derivations.services import (
    atender_derivacion,
    emitir_hoja_remision,
    guardar_vista,
    rechazar_derivacion,
)
from documents.files.espera import poner_en_espera
from documents.models import Observacion
from documents.services import adjuntar_archivos, archivar_documento, suspender_plazo
from notifications.correo.masivo import clave_de
from notifications.models import EnvioMasivo, Notificacion
from notifications.services import notificar
from organization.calendar import hoy_lima
from reports.services import solicitar_reporte
from tests.documents.files_util import pdf, subida
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

AJENAS = ("admin", "djdt")
ROLES = "anonimo ventanilla ana luis jefa lector admin".split()


def direcciones(resolver=None, espacios=()):
    """Every named address, as "space:name", without the insides of the administration."""
    for patron in (resolver or get_resolver()).url_patterns:
        if isinstance(patron, URLResolver):
            propio = (patron.namespace,) if patron.namespace else ()
            if patron.namespace not in AJENAS:
                yield from direcciones(patron, espacios + propio)
        elif isinstance(patron, URLPattern):
            yield ":".join([*espacios, patron.name or str(patron.pattern)])


def _vencer(documento):
    Observacion.objects.filter(documento=documento).update(vence_el=hoy_lima() - timedelta(days=1))
    return documento


def make_mundo():
    """The office with, for each kind of row of the matrix, the key its address needs.

    reg, obs, tar, pro, sus, ate, arc, res, dev: documents registered, observed, observed and expired, in process in
    transportes, suspended, attended, archived, reserved (in transportes; its chief and who registered it are
    named), returned to the window. pen, rec, cop: derivations to transportes, pending, received, and a copy.
    espera, fallida: tasks that ana asked for, waiting and failed. avi: a notice of ana's; mas: one sent to many,
    that ana received.
    """
    o = make_oficina()
    m = SimpleNamespace(o=o)
    m.reg = make_documento(o).pk
    m.obs = make_documento(o, faltantes=["SOAT"]).pk
    m.tar = _vencer(make_documento(o, faltantes=["SOAT"])).pk
    m.pen = make_derivada(o).pk
    recibida = make_recibida(o)
    m.rec, m.pro = recibida.pk, recibida.documento_id
    m.sus = make_recibida(o).documento_id
    suspender_plazo(documento_id=m.sus, motivo="x", base_legal="y", actor=o.ana)
    m.ate, m.arc = atendido(o), atendido(o)
    archivar_documento(documento_id=m.arc, serie=o.serie_documental, actor=o.jefa)
    m.res = make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento_id
    m.dev = rechazar_derivacion(derivacion_id=make_derivada(o).pk, motivo="x", actor=o.ana).documento_id
    principal = make_derivada(o, destino=o.caminos, copias=[o.transportes])
    m.cop = Derivacion.objects.get(documento=principal.documento_id, es_copia=True).pk
    m.rem = o.remitente.pk
    en_espera = poner_en_espera(usuario=o.ana, subida=subida(pdf(marca="uno")), para="principal")
    m.adj = adjuntar_archivos(documento_id=m.pro, ids=[en_espera.pk], actor=o.ana)[0].pk
    m.esp = poner_en_espera(usuario=o.ana, subida=subida(pdf(marca="otro")), para="principal").pk
    m.hoja = emitir_hoja_remision(derivaciones=[m.pen], actor=o.ventanilla)[0].pk
    m.vista = guardar_vista(usuario=o.ana, nombre="Mía", bandeja="en-proceso", parametros="").pk
    m.rep = solicitar_reporte(codigo="documentos", formato="csv", filtros={}, actor=o.admin).pk
    m.avi = Notificacion.objects.filter(usuario=o.ana, documento__derivaciones=m.pen).latest("pk").pk
    m.mas = EnvioMasivo.objects.create(titulo="Aviso", texto="Texto", destino="USUARIOS").pk
    notificar(usuarios=[o.ana], tipo="aviso", texto="Aviso", enlace="/", clave=clave_de(m.mas))
    m.token = recibida.documento.codigo_qr
    m.numero = recibida.documento.numero_expediente
    m.espera = Tarea.objects.create(funcion="x", solicitada_por=o.ana).pk
    m.fallida = Tarea.objects.create(funcion="x", estado=EstadoTarea.FALLIDA, solicitada_por=o.ana).pk
    return m


def atendido(o):
    derivacion = make_recibida(o)
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="PROCEDENTE", sin_respuesta_motivo="se entregó", actor=o.ana
    )
    return derivacion.documento_id


def url_de(nombre, m, de=""):
    """The address, with the key named by `de` in the world; "tray:key" gives a tray and a key."""
    nombre = nombre.split("#")[0]
    if not de:
        return reverse(nombre)
    if nombre == "derivations:panel":
        return reverse(nombre, args=[de.split(":")[0], getattr(m, de.split(":")[1])])
    if de.startswith("="):
        return reverse(nombre, args=[de[1:]])
    return reverse(nombre, args=[getattr(m, de)])
