"""The five kinds of background work of the product, asked for together, and what each must leave behind once."""

import re
from collections import Counter

from django.core.files.storage import default_storage
from django.utils import timezone

from core.models import Evento, Tarea
from documents.models import ArchivoAdjunto
from integrations.models import Envio, Integracion
from integrations.services import pedir_envio
from notifications.correo.masivo import confirmar_envio, preparar_envio
from notifications.models import Correo
from reports.models import Reporte
from reports.services import solicitar_reporte
from tests.factories import make_oficina
from tests.integrations.conftest import make_con_archivos
from tests.notifications.test_masivo import multiplicar

FUNCIONES = (
    "documents.tasks.procesar_archivo_adjunto",
    "reports.tasks.generar_reporte_excel",
    "reports.tasks.generar_reporte_pdf",
    "integrations.tasks.sincronizar_documento_externo",
    "notifications.tasks.enviar_notificaciones_masivas",
)
PERSONAS = 4


def pedir(remota, carpeta):
    """Ask for each kind, to die at its very end; and for one more file and report, to die at a progress point.

    Returns: the ids of the tasks.
    """
    o = make_oficina()
    mtc = Integracion.objects.create(
        codigo="mtc", nombre="MTC", tipo="API_REST", url_base=remota.url, activa=True
    )
    multiplicar(o, PERSONAS)
    documento, _ = make_con_archivos(o, 2)
    pedir_envio(documento_id=documento.pk, integracion_id=mtc.pk, actor=o.admin)
    for formato, orden in (("xlsx", "antiguo"), ("xlsx", "reciente"), ("pdf", "antiguo")):
        solicitar_reporte(codigo="documentos", formato=formato, filtros={"orden": orden}, actor=o.jefa)
    filtro = {"estados": ["REGISTRADO"]}
    envio = preparar_envio(titulo="Aviso", texto="Ven.", destino="PERSONAS", filtro=filtro, actor=o.admin)
    confirmar_envio(envio_id=envio.pk, actor=o.admin)
    vistas, pedidas = Counter(), []
    for tarea in Tarea.objects.filter(funcion__in=FUNCIONES).order_by("pk"):
        tarea.args = {
            "funcion": tarea.funcion,
            "args": tarea.args,
            "testigo": str(carpeta / f"testigo-{tarea.pk}"),
            "paso": 2 if vistas[tarea.funcion] else 0,
        }
        vistas[tarea.funcion] += 1
        tarea.funcion = "tests.core.tareas_de_prueba.morir_una_vez"
        tarea.save(update_fields=["funcion", "args"])
        pedidas.append(tarea.pk)
    assert set(vistas) == set(FUNCIONES)
    return pedidas


def apurar():
    """Make due at once what an interrupted sending waits for. Returns: whether all were sent."""
    pendientes = Envio.objects.exclude(estado="ENVIADO")
    pendientes.update(proximo_intento_en=timezone.now())
    return not pendientes.exists()


def comprobar(remota, correos):
    """Each thing exists once: files read, reports listed, documents at the other side, mails by person."""
    assert set(ArchivoAdjunto.objects.values_list("estado_proceso", flat=True)) == {"LISTO"}
    assert (
        sorted(Reporte.objects.values_list("formato", "estado"))
        == [("pdf", "LISTO")] + [("xlsx", "LISTO")] * 2
    )
    avisados = [e.detalle["reporte"] for e in Evento.objects.filter(tipo="reporte_listo")]
    assert sorted(avisados) == sorted(Reporte.objects.values_list("pk", flat=True))
    guardados = [r for r in Reporte.objects.all() if default_storage.exists(r.archivo)]
    assert len(guardados) == 3
    assert set(Envio.objects.values_list("estado", flat=True)) == {"ENVIADO"}
    assert len(remota.documentos) == 1
    assert set(Correo.objects.filter(masivo__isnull=False).values_list("estado", flat=True)) == {"ENVIADO"}
    enviados = Counter()
    for archivo in correos.iterdir():
        for mensaje in re.split(r"\n-{79}\n", archivo.read_text(errors="replace")):
            asunto, para = re.search(r"^Subject: (.*)", mensaje, re.M), re.search(r"^To: (.*)", mensaje, re.M)
            if asunto and "Aviso" in asunto[1]:
                enviados[asunto[1], para[1]] += 1
    assert len(enviados) == PERSONAS, enviados
    assert set(enviados.values()) == {1}
