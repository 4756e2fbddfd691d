"""Derivations in the administration: found, read, and the acts of the tray."""

import pytest
from django.utils import timezone

from core.models import Evento
from derivations.models import Derivacion, TextoFrecuente
from documents.models import Documento
from organization.models import Area, Membresia, Rol, Usuario
from tests.admin_util import en_lote, hacer_acto, pagina, textos
from tests.factories import CLAVE, make_derivada, make_documento, make_oficina, make_recibida, make_usuario

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.raiz = Usuario.objects.create_superuser("raiz", password=CLAVE)
    return oficina


@pytest.fixture
def como(client):
    def entrar(usuario):
        client.force_login(usuario)
        return client

    return entrar


def lista(cliente, **filtros):
    return {d.pk for d in cliente.get(pagina(Derivacion), filtros).context["cl"].result_list}


def test_derivation_is_found_by_its_document_and_narrowed_by_filters_and_dates(o, como):
    una, otra = make_derivada(o), make_recibida(o, destino=o.legal, actor=o.luis)
    cliente, hoy = como(o.admin), timezone.localdate()
    assert lista(cliente, q=una.documento.numero_expediente) == {una.pk}
    assert lista(cliente, q=str(otra.documento.numero)) == {otra.pk}
    assert lista(cliente, q="20448310290") == lista(cliente, q="habilitacion") == {una.pk, otra.pk}
    assert lista(cliente, estado__exact="RECIBIDO") == {otra.pk}
    assert lista(cliente, area_destino__id__exact=o.transportes.pk) == {una.pk}
    assert lista(cliente, fecha_derivacion__year=hoy.year) == {una.pk, otra.pk}
    assert lista(cliente, fecha_derivacion__year=hoy.year - 1) == set()


def test_page_is_read_only_and_links_to_the_record(o, como):
    derivacion = make_recibida(o)
    html = como(o.jefa).get(pagina(Derivacion, "change", derivacion.pk)).content.decode()
    assert f'href="/expedientes/{derivacion.documento_id}/"' in html
    assert f"{derivacion.documento.numero_expediente}, movimiento 1" in html
    assert 'name="_save"' not in html
    assert como(o.raiz).post(pagina(Derivacion, "change", derivacion.pk), {}).status_code == 403
    historia = como(o.jefa).get(pagina(Derivacion, "history", derivacion.pk)).content.decode()
    assert "Documento recibido" in historia


def test_derivations_stand_inside_the_page_of_their_document(o, como):
    derivacion = make_derivada(o)
    html = como(o.jefa).get(pagina(Documento, "change", derivacion.documento_id)).content.decode()
    assert pagina(Derivacion, "change", derivacion.pk) in html


def test_outsiders_get_404_and_the_attempt_is_recorded(o, como):
    derivacion = make_derivada(o)
    area = Area.objects.create(sigla="OCI", codigo="OCI", nombre="Control", sede=o.sede)
    ajena = make_usuario("control", area=area, rol="supervisor")
    cliente = como(ajena)
    assert lista(cliente) == set()
    for vista in (("change",), ("history",)):
        assert cliente.get(pagina(Derivacion, vista[0], derivacion.pk)).status_code == 404
    assert hacer_acto(cliente, derivacion, "recibir").status_code == 404
    denegados = Evento.objects.filter(
        tipo="acceso_denegado", documento_id=derivacion.documento_id, actor=ajena
    )
    assert denegados.count() == 3
    assert cliente.get(pagina(Derivacion, "change", 999_999)).status_code == 404


def test_reserved_ones_are_hidden_from_superusers(o, como):
    documento = make_documento(o, tipo_documento=o.denuncia)
    derivacion = make_derivada(o, documento=documento)
    assert lista(como(o.raiz)) == set()
    assert como(o.raiz).get(pagina(Derivacion, "change", derivacion.pk)).status_code == 404


def test_chief_receives_assigns_and_the_services_leave_their_events(o, como):
    derivacion = make_derivada(o)
    cliente = como(o.jefa)
    distintos = hacer_acto(cliente, derivacion, "recibir", folios=40)
    assert distintos.status_code == 422 and "explica la diferencia" in distintos.content.decode()
    hecho = hacer_acto(cliente, derivacion, "recibir", folios=40, observaciones="Faltan 6")
    assert "movimiento 1: recibido." in textos(hecho)[0]
    hacer_acto(cliente, derivacion, "asignar", persona=o.ana.pk)
    derivacion.refresh_from_db()
    assert (derivacion.estado, derivacion.folios_recibidos, derivacion.asignado_a) == ("RECIBIDO", 40, o.ana)
    tipos = Evento.objects.filter(documento_id=derivacion.documento_id, actor=o.jefa).values_list(
        "tipo", flat=True
    )
    assert {"documento_recibido", "documento_asignado"} <= set(tipos)
    ajena = hacer_acto(cliente, derivacion, "asignar", persona=o.eva.pk)
    assert ajena.status_code == 422


def test_return_asks_why_and_recall_takes_it_back(o, como):
    una, otra = make_derivada(o), make_derivada(o)
    cliente = como(o.jefa)
    assert hacer_acto(cliente, una, "devolver", motivo="").status_code == 422
    hacer_acto(cliente, una, "devolver", motivo="No es de esta área")
    hacer_acto(cliente, otra, "recuperar", motivo="Área equivocada")
    estados = dict(Derivacion.objects.filter(pk__in=[una.pk, otra.pk]).values_list("pk", "estado"))
    assert estados == {una.pk: "RECHAZADO", otra.pk: "ANULADA"}
    assert hacer_acto(cliente, otra, "recibir").status_code == 409


def test_copy_is_acknowledged(o, como):
    derivacion = make_derivada(o, copias=[o.legal])
    copia = Derivacion.objects.get(documento=derivacion.documento, es_copia=True)
    hacer_acto(como(o.jefa), copia, "acusar")
    copia.refresh_from_db()
    assert copia.estado == "RECIBIDO" and copia.fecha_cierre


def test_many_are_received_with_a_result_for_each(o, como):
    """A chief of one area only: the row of another area is refused and recorded, the rest are done."""
    supervisor = Rol.objects.get(codigo="supervisor")
    Membresia.objects.filter(usuario=o.ana).update(rol=supervisor)
    Membresia.objects.create(usuario=o.ana, area=o.mesa, rol=Rol.objects.get(codigo="consulta"))
    mia, ajena, recibida = make_derivada(o), make_derivada(o, destino=o.legal), make_recibida(o)
    respuesta = en_lote(como(o.ana), Derivacion, "recibir", [mia, ajena, recibida], aplicar=1)
    dichos = textos(respuesta)
    assert "Recibir: 1 de 3." in dichos
    assert any("Tu rol no permite recibir" in t and ajena.documento.numero_expediente in t for t in dichos)
    assert any("ya fue recibido" in t for t in dichos)
    assert Evento.objects.filter(tipo="acceso_denegado", documento_id=ajena.documento_id).count() == 1
    assert Derivacion.objects.get(pk=ajena.pk).estado == "PENDIENTE"


def test_act_not_offered_is_refused_and_recorded(o, como):
    derivacion = make_derivada(o)
    cliente = como(o.admin)
    en_lote(cliente, Derivacion, "recibir", [derivacion], aplicar=1)
    assert hacer_acto(cliente, derivacion, "recibir").status_code == 403
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.admin).count() == 2
    assert Derivacion.objects.get(pk=derivacion.pk).estado == "PENDIENTE"


def test_canned_texts_are_kept_with_trace(o, como):
    cliente = como(o.admin)
    assert (
        cliente.post(pagina(TextoFrecuente, "add"), {"texto": "Para su atención", "orden": 1}).status_code
        == 302
    )
    repetido = cliente.post(pagina(TextoFrecuente, "add"), {"texto": "Para su atención", "orden": 2})
    assert "Ya existe" in repetido.content.decode()
    assert Evento.objects.filter(tipo="textofrecuente_creado").count() == 1
