"""What each report says is what the screen says, to the same person."""

import pytest

from documents.models import Documento
from reports.informes import informe_de
from reports.informes.base import Ambito
from tests.factories import make_derivada, make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def leer(codigo, usuario, **datos):
    """(columns, rows as dicts, summary as a dict) of a report, as `usuario` gets it."""
    informe = informe_de(codigo)
    form = informe.formulario(usuario, datos)
    assert form.is_valid(), form.errors
    ambito = Ambito.de(usuario)
    lectura = informe.leer(ambito, form)
    claves = [columna.clave for columna in informe.columnas(form)]
    filas = [dict(zip(claves, fila, strict=True)) for fila in lectura.filas]
    assert len(filas) == lectura.total
    return filas, dict(lectura.resumen)


def test_documentos_lists_what_the_search_finds(o):
    visto = make_recibida(o, documento=make_documento(o, asunto="Licencia de obra")).documento
    make_recibida(o, documento=make_documento(o, asunto="Queja por ruido"))
    make_derivada(o, destino=o.caminos)
    reservado = make_recibida(o, documento=make_documento(o, tipo_documento=o.denuncia)).documento

    filas, resumen = leer("documentos", o.jefa)
    visibles = Documento.objects.visibles_para(o.jefa)
    assert {f["expediente"] for f in filas} == {d.numero_expediente for d in visibles}
    assert resumen["Documentos"] == visibles.count()
    assert reservado.numero_expediente not in {f["expediente"] for f in leer("documentos", o.admin)[0]}

    filas, resumen = leer("documentos", o.jefa, q="licencias", estado=["EN_PROCESO"])
    assert [f["expediente"] for f in filas] == [visto.numero_expediente]
    assert resumen == {"Documentos": 1, "En proceso": 1}
