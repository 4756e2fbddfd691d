"""What each page costs the database: the same with 1 row and with 20, and never over its budget.

The budgets stand in query_budgets.json, by address; a page without one fails, and so does a budget of a page that is
no more. To write them again after a change that is worth it:
MESA_PRESUPUESTOS=escribir pytest tests/test_query_budgets.py
"""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from core.models import Tarea
from derivations.bandejas import BANDEJAS
from derivations.models import Derivacion, HojaRemision
from derivations.services import emitir_hoja_remision, guardar_vista, recibir_derivacion
from documents.models import ArchivoAdjunto, Documento
from documents.services import agregar_nota, archivar_documento, dar_acceso, observar_documento
from notifications.services import seguir_documento
from organization.calendar import hoy_lima
from reports.models import Reporte
from tests.factories import make_derivada, make_documento, make_oficina
from tests.puertas import atendido
from tests.test_permission_matrix import FILAS

pytestmark = pytest.mark.django_db
ARCHIVO = Path(__file__).with_name("query_budgets.json")
PRESUPUESTOS = json.loads(ARCHIVO.read_text(encoding="utf-8")) if ARCHIVO.exists() else {}
ESCRIBIR = os.environ.get("MESA_PRESUPUESTOS") == "escribir"


def make_filas(o, n):
    """Everything a page can list, n times; and one document with n of each thing it holds."""
    for _ in range(n):
        make_documento(o, area_sugerida=o.transportes)
        observar_documento(documento_id=make_documento(o).pk, faltantes=["SOAT"], actor=o.ventanilla)
        make_derivada(o, copias=[o.legal])
        make_derivada(o, destino=o.caminos, copias=[o.transportes])
        recibida = make_derivada(o)
        recibir_derivacion(derivacion_id=recibida.pk, actor=o.ana)
        vencida = make_derivada(o)
        recibir_derivacion(derivacion_id=vencida.pk, actor=o.ana)
        Derivacion.objects.filter(pk=vencida.pk).update(fecha_limite_atencion="2020-01-02")
        por_vencer = make_derivada(o)
        recibir_derivacion(derivacion_id=por_vencer.pk, actor=o.ana)
        Derivacion.objects.filter(pk=por_vencer.pk).update(fecha_limite_atencion=hoy_lima())
        atendido(o)
        archivar_documento(documento_id=atendido(o), serie=o.serie_documental, actor=o.jefa)
        emitir_hoja_remision(derivaciones=[recibida.pk], actor=o.ventanilla)
        Tarea.objects.create(funcion="x", solicitada_por=o.ana)
        guardar_vista(usuario=o.ana, nombre=f"Vista {recibida.pk}", bandeja="en-proceso", parametros="")
        Reporte.objects.create(codigo="documentos", formato="csv", huella=recibida.pk, solicitado_por=o.jefa)
        seguir_documento(documento_id=recibida.documento_id, usuario=o.ana)
    return recibida.documento_id, recibida.pk


def llenar_documento(o, documento_id, n):
    """n notes, files, movements, copies, readers and related records of one document."""
    documento = Documento.objects.get(pk=documento_id)
    for i in range(n):
        agregar_nota(documento_id=documento_id, texto=f"Nota {i}", actor=o.ana)
        ArchivoAdjunto.objects.create(
            documento=documento,
            nombre=f"Anexo {i}",
            tipo_mime="application/pdf",
            peso_bytes=1,
            hash_archivo=f"{i:064x}",
            ruta=f"00/{i}",
            orden=i + 1,
            subido_por=o.ana,
        )
        make_documento(o, expediente_relacionado=documento)
        fila = Derivacion.objects.filter(documento=documento).order_by("numero_derivacion").first()
        fila.pk, fila._state.adding = None, True
        fila.numero_derivacion, fila.estado, fila.fecha_cierre = 100 + i, "ANULADA", timezone.now()
        fila.save()


def paginas(o, pk, der):
    """(name in the budgets, who opens it, address) of every page people open with GET."""
    documento = Documento.objects.get(pk=pk)
    yield "inicio", o.ana, reverse("inicio")
    yield "procesos", o.ana, reverse("procesos")
    yield "procesos-pie", o.ana, reverse("procesos-pie")
    yield "api tareas", o.ana, reverse("api:tareas")
    yield (
        "api tarea",
        o.ana,
        reverse("api:tarea", args=[Tarea.objects.filter(solicitada_por=o.ana).first().pk]),
    )
    yield "cuenta", o.ana, reverse("organization:cuenta")
    yield "registrar", o.ventanilla, reverse("documents:registrar")
    yield "registrado", o.ventanilla, reverse("documents:registrado", args=[pk])
    yield "registrar-lateral", o.ventanilla, f"{reverse('documents:registrar-lateral')}?asunto=habilitacion"
    yield "remitente-buscar", o.ventanilla, f"{reverse('documents:remitente-buscar')}?doc=20448310290"
    yield "remitente", o.ana, reverse("documents:remitente", args=[o.remitente.pk])
    for nombre in BANDEJAS:
        quien = o.ventanilla if BANDEJAS[nombre].es_de_documentos or nombre == "enviados" else o.ana
        yield f"bandeja {nombre}", quien, reverse("derivations:bandeja", args=[nombre])
    yield "panel", o.ana, reverse("derivations:panel", args=["en-proceso", der])
    yield "contadores", o.ana, reverse("derivations:contadores")
    yield "detalle", o.ana, reverse("documents:detalle", args=[pk])
    yield "detalle de supervisora", o.jefa, reverse("documents:detalle", args=[pk])
    yield "plazo", o.ana, reverse("documents:plazo", args=[pk])
    yield "movimientos", o.ana, reverse("derivations:movimientos", args=[pk])
    yield "hoja-ruta", o.ana, f"{reverse('derivations:hoja-ruta', args=[pk])}?formato=html"
    yield "buscar", o.ana, f"{reverse('documents:buscar')}?q=habilitacion"
    yield "buscar por numero", o.ana, f"{reverse('documents:buscar')}?q=1"
    yield "buscar con filtros", o.jefa, f"{reverse('documents:buscar')}?estado=EN_PROCESO&tipo={o.sol.pk}"
    yield "sugerencias", o.ana, f"{reverse('documents:sugerencias')}?q=habilitacion"
    yield "archivo", o.ana, reverse("documents:archivo")
    yield "remisiones", o.ventanilla, reverse("derivations:remisiones")
    yield "lector", o.ana, reverse("derivations:lector")
    yield "derivar", o.ana, reverse("derivations:derivar", args=[pk])
    yield "atender", o.ana, reverse("derivations:atender", args=[der])
    yield "asignar", o.jefa, reverse("derivations:asignar", args=[der])
    yield "area-destinos", o.ana, reverse("derivations:area-destinos")
    yield "editar", o.jefa, reverse("documents:editar", args=[pk])
    yield "nota", o.ana, reverse("documents:nota", args=[pk])
    yield "suspender", o.ana, reverse("documents:suspender", args=[pk])
    yield "adjuntar", o.ana, reverse("documents:adjuntar", args=[pk])
    yield "anular", o.jefa, reverse("documents:anular", args=[pk])
    yield "cargo", o.ventanilla, reverse("documents:cargo", args=[pk])
    yield "cargo-pdf", o.ventanilla, reverse("documents:cargo-pdf", args=[pk])
    yield "remitente-editar", o.ventanilla, reverse("documents:remitente-editar", args=[o.remitente.pk])
    yield "remitente-sugerencias", o.ventanilla, f"{reverse('documents:remitente-sugerencias')}?q=empresa"
    yield "area-sugerencias", o.ventanilla, reverse("documents:area-sugerencias")
    yield "procedimiento-sugerencias", o.ventanilla, reverse("documents:procedimiento-sugerencias")
    yield "plazo-interno", o.ana, reverse("derivations:plazo-interno", args=[pk])
    yield (
        "remision-ver",
        o.ventanilla,
        reverse("derivations:remision-ver", args=[HojaRemision.objects.first().pk]),
    )
    yield "reportes", o.jefa, reverse("reports:lista")
    yield "pedir un reporte", o.jefa, reverse("reports:pedir", args=["documentos"])
    yield "reimprimir", o.ventanilla, reverse("documents:reimprimir")
    yield (
        "api por numero",
        o.ana,
        reverse("api:documento-por-numero", args=[documento.numero_expediente]),
    )
    yield "api derivacion", o.ana, reverse("api:derivacion", args=[der])
    yield "tablero", o.jefa, f"{reverse('reports:tablero')}?tabla=areas"
    yield "tablero: su lista", o.jefa, f"{reverse('documents:buscar')}?plazo=vencido&areas={o.transportes.pk}"
    yield "recibidos", o.jefa, reverse("reports:recibidos")
    yield "notificaciones", o.ana, reverse("notifications:lista")
    yield "preferencias", o.ana, reverse("notifications:preferencias")
    yield "seguidos", o.ana, reverse("notifications:seguidos")
    yield "api notificaciones", o.ana, reverse("api:notificaciones")
    yield "api resumen de notificaciones", o.ana, reverse("api:notificaciones-resumen")
    yield "api preferencias", o.ana, reverse("api:notificaciones-configuracion")
    yield "publico", None, reverse("portal:inicio")
    yield "consultar", None, reverse("portal:consultar")
    yield "seguimiento", None, f"/c/{documento.codigo_qr}"
    yield "api documentos", o.ana, reverse("api:documentos")
    yield "api documento", o.ana, reverse("api:documento", args=[pk])
    yield "api historial", o.ana, reverse("api:documento-historial", args=[pk])
    yield "api derivaciones", o.ana, reverse("api:derivaciones-de-documento", args=[pk])
    yield "api area", o.ana, reverse("api:derivaciones-de-area", args=["TPC"])
    yield "api estadisticas", o.jefa, f"{reverse('api:estadisticas')}?desde=2026-01-01&hasta=2026-12-31"
    yield "api metricas", o.jefa, reverse("api:metricas")
    yield "api reportes", o.jefa, reverse("api:reportes")
    yield "api reporte", o.jefa, reverse("api:reporte", args=[Reporte.objects.first().pk])


def _pedir(cliente, nombre, url):
    """The statements of a page; what opening it leaves (a printed receipt, an event) is undone."""
    with transaction.atomic():
        with CaptureQueriesContext(connection) as consultas:
            respuesta = cliente.get(url)
        transaction.set_rollback(True)
    assert respuesta.status_code in (200, 302), (nombre, respuesta.status_code)
    return [c["sql"] for c in consultas]


def medir(o, pk, der):
    """Queries of each page, on a warm process with an empty cache."""
    cuentas = {}
    for nombre, usuario, url in paginas(o, pk, der):
        cliente = Client()
        if usuario:
            cliente.force_login(usuario)
        cache.clear()  # the worst case, and the same on a slow machine
        consultas = _pedir(cliente, nombre, url)
        cuentas[nombre] = [
            sql for sql in consultas if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        ]
    return cuentas


def repetidas(consultas):
    """The shapes asked more than once, to say where the growth is."""
    formas = Counter(re.sub(r"\d+", "?", sql)[:300] for sql in consultas)
    return [f"{veces} x {forma}" for forma, veces in formas.most_common(2) if veces > 1]


def test_pages_cost_the_same_with_one_row_and_with_twenty():
    o = make_oficina()
    pk, der = make_filas(o, 1)
    llenar_documento(o, pk, 1)
    medir(o, pk, der)  # the first time also fills what a process keeps for ever
    con_uno = medir(o, pk, der)
    make_filas(o, 19)
    llenar_muchos(o, pk)
    con_veinte = medir(o, pk, der)
    if ESCRIBIR:
        nuevos = {nombre: max(len(con_uno[nombre]), len(c)) for nombre, c in con_veinte.items()}
        ARCHIVO.write_text(json.dumps(nuevos, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    fallas = [
        f"{nombre}: {len(con_uno[nombre])} consultas con 1 fila y {len(c)} con 20; {repetidas(c)}"
        for nombre, c in con_veinte.items()
        if len(c) > len(con_uno[nombre])
    ]
    fallas += [
        f"{nombre}: {len(c)} consultas y su presupuesto es {PRESUPUESTOS.get(nombre)}"
        for nombre, c in con_veinte.items()
        if len(c) > PRESUPUESTOS.get(nombre, -1)
    ]
    fallas += [
        f"{nombre}: presupuesto de una página que no existe" for nombre in set(PRESUPUESTOS) - set(con_veinte)
    ]
    assert not fallas, "\n".join(fallas)


def llenar_muchos(o, pk):
    """Nineteen more of everything the record holds."""
    Derivacion.objects.filter(documento=pk, numero_derivacion__gte=100).update(numero_derivacion=1000)
    ArchivoAdjunto.objects.filter(documento=pk).update(orden=99)
    llenar_documento(o, pk, 19)


# Addresses without a budget of their own, because they show one thing and no list.
SIN_PRESUPUESTO = {
    "entrar",
    "salud-vivo",
    "organization:clave",
    "documents:archivo-ver",
    "documents:archivo-descargar",
    "documents:observar",
    "documents:subsanar",
    "documents:no-presentado",
    "documents:reanudar",
    "documents:archivar",
    "documents:restaurar",
    "documents:reabrir",
    "documents:acceso",
    "derivations:recibir",
    "derivations:devolver",
    "derivations:recuperar",
    "derivations:acusar",
    "derivations:remision-pdf",
    "notifications:aviso",
    "api:documento-comprobante",
    "api:documento-qr",
}


def test_every_page_of_the_permission_matrix_has_a_budget():
    o = make_oficina()
    medidas = {resolve(url.split("?")[0]).view_name for _, _, url in paginas(o, *make_filas(o, 1))}
    con_get = {n.split("#")[0] for n, _, codigos in FILAS if "200" in codigos["get"].split()}
    assert con_get - medidas == SIN_PRESUPUESTO


def test_a_reserved_document_costs_its_readers_once():
    """Naming twenty persons does not add a query to its page, but for the event of having read it."""
    o = make_oficina()
    derivacion = make_derivada(o, documento=make_documento(o, tipo_documento=o.denuncia))
    url = reverse("documents:detalle", args=[derivacion.documento_id])
    cliente = Client()
    cliente.force_login(o.ana)
    cuentas = []
    for personas in ([o.luis], [o.eva, o.jefa, o.admin, o.lector]):
        dar_acceso(documento_id=derivacion.documento_id, usuarios=personas, actor=o.ana)
        cliente.get(url)
        with CaptureQueriesContext(connection) as consultas:
            cliente.get(url)
        cuentas.append(len(consultas))
    assert cuentas[0] == cuentas[1]
