"""Documents, senders and catalogues in the administration."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Evento
from derivations.services import atender_derivacion
from documents.models import (
    Archivamiento,
    Categoria,
    Correlativo,
    Documento,
    Procedimiento,
    Remitente,
    SerieDocumental,
    TipoDocumento,
)
from documents.services import agregar_nota, anular_documento, dar_acceso
from organization.models import Usuario
from tests.admin_util import en_lote, hacer_acto, pagina, textos
from tests.factories import CLAVE, make_documento, make_oficina, make_recibida, make_remitente

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


def make_atendido(o):
    derivacion = make_recibida(o)
    atender_derivacion(
        derivacion_id=derivacion.pk,
        resultado="PROCEDENTE",
        actor=o.ana,
        sin_respuesta_motivo="Se entregó en mano",
    )
    return Documento.objects.get(pk=derivacion.documento_id)


def lista(cliente, **filtros):
    return {d.pk for d in cliente.get(pagina(Documento), filtros).context["cl"].result_list}


# What is seen


def test_list_shows_state_and_clock(o, como):
    documento = make_documento(o)
    html = como(o.jefa).get(pagina(Documento)).content.decode()
    assert documento.numero_expediente in html
    assert "Registrado" in html and "Quedan 30 días hábiles" in html


@pytest.mark.parametrize(
    "busca",
    [
        "{numero}",
        "{anio}-{numero}",
        "{expediente}",
        "{codigo}",
        "20448310290",
        "habilitacion juliaca",
        "copacabana",
    ],
)
def test_document_is_found_by_number_in_any_form_identity_and_words(o, como, busca):
    documento = make_documento(o)
    otro = make_documento(
        o,
        asunto="Queja por demora",
        remitente=make_remitente(tipo_identidad="DNI", numero="40112233", nombre="Luz Mamani"),
    )
    termino = busca.format(
        numero=documento.numero,
        anio=documento.anio,
        expediente=documento.numero_expediente.lower(),
        codigo=documento.codigo_interno,
    )
    assert lista(como(o.admin), q=termino) == {documento.pk}
    assert lista(como(o.admin), q="mamani") == {otro.pk}
    assert lista(como(o.admin), q="no-existe-9") == set()


def test_filters_and_dates_narrow_the_list(o, como):
    uno, dos = make_documento(o), make_documento(o, tipo_documento=o.queja)
    ayer = timezone.now() - timedelta(days=400)
    Documento.objects.filter(pk=uno.pk).update(fecha_recepcion=ayer, fecha_presentacion=ayer)
    anulado = make_documento(o)
    anular_documento(documento_id=anulado.pk, motivo="Duplicado", actor=o.jefa)
    cliente, hoy = como(o.admin), timezone.localtime()
    assert lista(cliente, estado__exact="ANULADO") == {anulado.pk}
    assert lista(cliente, tipo_documento__id__exact=o.queja.pk) == {dos.pk}
    este_anio = {"fecha_recepcion__year": hoy.year, "fecha_recepcion__month": hoy.month}
    assert lista(cliente, **este_anio) == {dos.pk, anulado.pk}
    assert lista(cliente, **este_anio, fecha_recepcion__day=hoy.day) == {dos.pk, anulado.pk}
    anios = cliente.get(pagina(Documento)).context["cl"].jerarquia
    assert [a["titulo"] for a in anios["opciones"]] == [
        str(n) for n in range(timezone.localtime(ayer).year, hoy.year + 1)
    ]
    meses = cliente.get(pagina(Documento), {"fecha_recepcion__year": hoy.year}).context["cl"].jerarquia
    assert meses["atras"]["titulo"] == "Todas las fechas"
    dias = cliente.get(pagina(Documento), este_anio).context["cl"].jerarquia
    assert dias["opciones"][0]["titulo"] == "1" and len(dias["opciones"]) in (28, 29, 30, 31)
    assert cliente.get(pagina(Documento), {"fecha_recepcion__year": "abc"}).status_code in (200, 302)


def test_date_hierarchy_asks_only_for_the_first_and_the_last(o, como):
    make_documento(o)
    cliente = como(o.admin)
    with CaptureQueriesContext(connection) as consultas:
        cliente.get(pagina(Documento))
    fechas = [c["sql"] for c in consultas if "MIN(" in c["sql"].upper()]
    assert len(fechas) == 1 and "JOIN" not in fechas[0] and "WHERE" not in fechas[0]
    assert not any("DATE_TRUNC" in c["sql"].upper() for c in consultas)


def test_outsiders_get_404_and_the_attempt_is_recorded(o, como):
    documento = make_documento(o)
    ajena = make_oficina_aparte(o)
    cliente = como(ajena)
    for url in (
        pagina(Documento, "change", documento.pk),
        pagina(Documento, "history", documento.pk),
        pagina(Documento, "acto", documento.pk, "anular"),
    ):
        assert cliente.get(url).status_code == 404
    assert cliente.get(pagina(Documento, "change", 999_999)).status_code == 404
    assert cliente.get(pagina(Documento, "change", "abc")).status_code == 404
    assert lista(cliente) == set()
    assert Evento.objects.filter(tipo="acceso_denegado", actor=ajena, documento_id=documento.pk).count() == 3


def make_oficina_aparte(o):
    """A supervisor of an area that depends on nobody and had no document."""
    from organization.models import Area
    from tests.factories import make_usuario

    area = Area.objects.create(sigla="OCI", codigo="OCI", nombre="Control", sede=o.sede)
    return make_usuario("control", area=area, rol="supervisor")


def test_reserved_document_is_hidden_from_superusers_and_its_reading_recorded(o, como):
    reservado = make_documento(o, tipo_documento=o.denuncia, asunto="Denuncia contra un funcionario")
    cliente = como(o.raiz)
    assert lista(cliente) == set()
    assert cliente.get(pagina(Documento, "change", reservado.pk)).status_code == 404
    assert lista(cliente, q=reservado.numero_expediente) == set()
    dar_acceso(documento_id=reservado.pk, usuarios=[o.jefa], actor=o.ventanilla)
    html = como(o.jefa).get(pagina(Documento, "change", reservado.pk)).content.decode()
    assert "Denuncia contra un funcionario" in html and "Personas que lo ven" in html
    assert Evento.objects.filter(tipo="reservado_visto", actor=o.jefa, documento_id=reservado.pk).count() == 1


def test_audit_keeps_the_reserve(o, como):
    reservado = make_documento(o, tipo_documento=o.denuncia, asunto="Denuncia contra un funcionario")
    evento = Evento.objects.get(documento_id=reservado.pk, tipo="documento_registrado")
    html = como(o.raiz).get(pagina(Evento, "change", evento.pk)).content.decode()
    assert "Denuncia contra" not in html and "Reservado: lo ven solo las personas nombradas" in html
    abierto = make_documento(o, asunto="Solicitud de ruta")
    suyo = Evento.objects.get(documento_id=abierto.pk, tipo="documento_registrado")
    html = como(o.raiz).get(pagina(Evento, "change", suyo.pk)).content.decode()
    assert "Reservado: lo ven" not in html
    historia = como(o.raiz).get(pagina(Usuario, "history", o.ventanilla.pk)).content.decode()
    assert "Documento registrado" in historia and "Denuncia contra" not in historia


def test_page_shows_everything_read_only_and_never_the_citizens_key(o, como):
    documento = make_recibida(o).documento
    agregar_nota(documento_id=documento.pk, texto="Falta cotejar el SOAT", actor=o.ana)
    html = como(o.jefa).get(pagina(Documento, "change", documento.pk)).content.decode()
    for texto in (
        "Falta cotejar el SOAT",
        "Evaluar requisitos del TUPA",
        "Documento registrado",
        "Hechos, del último",
    ):
        assert texto in html
    assert f'href="/expedientes/{documento.pk}/"' in html
    documento.refresh_from_db()
    assert documento.clave not in html and documento.codigo_qr not in html
    assert 'name="_save"' not in html and "<textarea" not in html
    assert como(o.raiz).post(pagina(Documento, "change", documento.pk), {"asunto": "x"}).status_code == 403
    assert como(o.raiz).post(pagina(Documento, "delete", documento.pk), {"post": "yes"}).status_code == 403
    historia = como(o.jefa).get(pagina(Documento, "history", documento.pk)).content.decode()
    assert "Nota agregada" in historia


def test_related_document_that_may_not_be_seen_is_not_named(o, como):
    reservado = make_documento(o, tipo_documento=o.denuncia)
    documento = make_documento(o)
    Documento.objects.filter(pk=documento.pk).update(expediente_relacionado=reservado)
    html = como(o.jefa).get(pagina(Documento, "change", documento.pk)).content.decode()
    assert reservado.numero_expediente not in html


# Acts


def test_chief_archives_an_attended_document(o, como):
    documento = make_atendido(o)
    cliente = como(o.jefa)
    assert "Archivar" in cliente.get(pagina(Documento, "change", documento.pk)).content.decode()
    pide = cliente.get(pagina(Documento, "acto", documento.pk, "archivar"))
    assert "Serie documental" in pide.content.decode()
    sin_serie = hacer_acto(cliente, documento, "archivar")
    assert sin_serie.status_code == 422 and "Elige la serie documental." in sin_serie.content.decode()
    hecho = hacer_acto(
        cliente, documento, "archivar", serie=o.serie_documental.pk, ubicacion_fisica="Archivador 14"
    )
    assert textos(hecho) == [f"{documento.numero_expediente}: archivado."]
    estancia = Archivamiento.objects.get(documento=documento)
    assert (estancia.archivado_por, estancia.ubicacion_fisica) == (o.jefa, "Archivador 14")
    assert Evento.objects.filter(tipo="documento_archivado", actor=o.jefa).count() == 1


def test_archived_document_is_restored_and_attended_one_reopened_with_reason(o, como):
    documento, otro = make_atendido(o), make_atendido(o)
    cliente = como(o.jefa)
    hacer_acto(cliente, documento, "archivar", serie=o.serie_documental.pk)
    assert hacer_acto(cliente, documento, "restaurar", motivo=" ").status_code == 422
    hacer_acto(cliente, documento, "restaurar", motivo="Pidió copia el juzgado")
    hacer_acto(cliente, otro, "reabrir", motivo="Apelación")
    estados = Documento.objects.filter(pk__in=[documento.pk, otro.pk]).values_list("estado", flat=True)
    assert set(estados) == {"EN_PROCESO"}
    assert Evento.objects.filter(tipo__in=["documento_restaurado", "documento_reabierto"]).count() == 2


def test_many_are_archived_with_a_result_for_each(o, como):
    listo, abierto = make_atendido(o), make_documento(o)
    cliente = como(o.jefa)
    pide = en_lote(cliente, Documento, "archivar", [listo, abierto])
    assert pide.status_code == 200 and "Serie documental" in pide.content.decode()
    assert Documento.objects.get(pk=listo.pk).estado == "ATENDIDO"
    hecho = en_lote(cliente, Documento, "archivar", [listo, abierto], aplicar=1, serie=o.serie_documental.pk)
    dichos = textos(hecho)
    assert "Archivar: 1 de 2." in dichos
    assert any(t.startswith(abierto.numero_expediente) and "no puede pasar a archivado" in t for t in dichos)
    assert Documento.objects.get(pk=listo.pk).estado == "ARCHIVADO"


def test_annulment_asks_why(o, como):
    documento = make_documento(o)
    respuesta = hacer_acto(como(o.jefa), documento, "anular", motivo="Registrado dos veces")
    assert textos(respuesta) == [f"{documento.numero_expediente}: anulado."]
    evento = Evento.objects.get(tipo="documento_anulado")
    assert evento.detalle["motivo"] == "Registrado dos veces"
    assert hacer_acto(como(o.jefa), documento, "anular", motivo="Otra vez").status_code == 409


def test_act_without_the_permission_is_refused_and_recorded(o, como):
    documento = make_documento(o)
    cliente = como(o.admin)  # sees every document, acts on none
    assert "Anular" not in cliente.get(pagina(Documento, "change", documento.pk)).content.decode()
    assert hacer_acto(cliente, documento, "anular", motivo="Porque sí").status_code == 403
    evento = Evento.objects.get(tipo="acceso_denegado", documento_id=documento.pk)
    assert (evento.actor, evento.detalle["accion"]) == (o.admin, "anular este documento")
    en_lote(cliente, Documento, "anular", [documento], aplicar=1, motivo="Porque sí")
    assert Evento.objects.filter(tipo="acceso_denegado", actor=o.admin).count() == 2
    assert Documento.objects.get(pk=documento.pk).estado == "REGISTRADO"


def test_page_of_a_document_costs_the_same_with_many_rows(o, como):
    documento = make_recibida(o).documento
    cliente = como(o.jefa)

    def costo():
        with CaptureQueriesContext(connection) as consultas:
            assert cliente.get(pagina(Documento, "change", documento.pk)).status_code == 200
        return len(consultas)

    agregar_nota(documento_id=documento.pk, texto="Nota", actor=o.ana)
    costo()
    con_una = costo()
    for n in range(19):
        agregar_nota(documento_id=documento.pk, texto=f"Nota {n}", actor=o.ana)
    assert costo() == con_una


# Catalogues, numbers, senders


def test_type_is_edited_and_a_used_one_is_not_deleted(o, como):
    cliente = como(o.admin)
    make_documento(o)
    envio = {"codigo": "SOL", "nombre": "Solicitud", "orden": 1, "plazo_dias": 15, "silencio": "POSITIVO"}
    assert (
        cliente.post(pagina(TipoDocumento, "change", o.sol.pk), envio | {"activo": "on"}).status_code == 302
    )
    evento = Evento.objects.get(tipo="tipodocumento_cambiado")
    assert (evento.antes, evento.despues) == ({"plazo_dias": 30}, {"plazo_dias": 15})
    html = cliente.get(pagina(TipoDocumento, "delete", o.sol.pk)).content.decode()
    assert "No se puede eliminar tipo de documento" in html
    cliente.post(pagina(TipoDocumento, "delete", o.sol.pk), {"post": "yes"})
    en_lote(cliente, TipoDocumento, "delete_selected", [o.sol], post="yes")
    assert TipoDocumento.objects.filter(pk=o.sol.pk).exists()
    nunca = TipoDocumento.objects.create(codigo="ZZZ", nombre="Nunca usado")
    cliente.post(pagina(TipoDocumento, "delete", nunca.pk), {"post": "yes"})
    assert not TipoDocumento.objects.filter(pk=nunca.pk).exists()
    assert Evento.objects.filter(tipo="tipodocumento_borrado").count() == 1


def test_used_category_is_not_deleted(o, como):
    categoria = Categoria.objects.create(tipo_documento=o.sol, nombre="Rutas")
    make_documento(o, categoria=categoria)
    respuesta = como(o.admin).post(pagina(Categoria, "delete", categoria.pk), {"post": "yes"}, follow=True)
    assert "ya se usó" in textos(respuesta)[0]
    en_lote(como(o.admin), Categoria, "delete_selected", [categoria], post="yes")
    assert Categoria.objects.filter(pk=categoria.pk).exists()


def test_requirements_change_with_their_procedure_and_are_recorded(o, como):
    p = o.procedimiento
    requisitos = list(p.requisitos.all())
    envio = {
        "codigo": p.codigo,
        "nombre": p.nombre,
        "tipo_documento": o.sol.pk,
        "area": p.area_id,
        "activo": "on",
    }
    envio |= {"requisitos-TOTAL_FORMS": len(requisitos) + 1, "requisitos-INITIAL_FORMS": len(requisitos)}
    for n, requisito in enumerate(requisitos):
        envio |= {f"requisitos-{n}-id": requisito.pk, f"requisitos-{n}-orden": requisito.orden}
        envio |= {f"requisitos-{n}-texto": requisito.texto, f"requisitos-{n}-procedimiento": p.pk}
    envio |= {
        "requisitos-3-orden": 4,
        "requisitos-3-texto": "Copia del brevete",
        "requisitos-3-procedimiento": p.pk,
    }
    envio["requisitos-0-DELETE"] = "on"
    assert como(o.admin).post(pagina(Procedimiento, "change", p.pk), envio).status_code == 302
    assert [r.texto for r in p.requisitos.all()][-1] == "Copia del brevete"
    cambios = [e.despues for e in Evento.objects.filter(tipo="procedimiento_cambiado")]
    assert {"requisito": {"agregados": ["Copia del brevete"], "quitados": [requisitos[0].texto]}} in cambios


def test_next_number_goes_forward_only(o, como):
    make_documento(o)
    correlativo = Correlativo.objects.get()
    cliente = como(o.admin)
    url = pagina(Correlativo, "change", correlativo.pk)
    assert cliente.post(url, {"siguiente": 500}).status_code == 302
    assert make_documento(o).numero == 500
    atras = cliente.post(url, {"siguiente": 10})
    assert atras.status_code == 409 and "elige un número mayor" in atras.content.decode()
    assert Evento.objects.filter(tipo="correlativo_fijado").count() == 1
    assert cliente.post(url, {"siguiente": 501}).status_code == 302
    assert Evento.objects.filter(tipo="correlativo_fijado").count() == 1
    nuevo = {"serie": o.serie.pk, "anio": 2031, "siguiente": 77}
    assert cliente.post(pagina(Correlativo, "add"), nuevo).status_code == 302
    assert Correlativo.objects.get(anio=2031).ultimo == 76


def test_sender_is_corrected_by_the_service(o, como):
    cliente = como(o.admin)
    url = pagina(Remitente, "change", o.remitente.pk)
    envio = {"tipo_identidad": "RUC", "numero": "20448310290", "nombre": "Transportes Copacabana S.A.C."}
    assert cliente.post(url, envio | {"correo": "a@b.pe"}).status_code == 302
    evento = Evento.objects.get(tipo="remitente_editado")
    assert evento.despues["correo"] == "a@b.pe"
    malo = cliente.post(url, envio | {"numero": "20448310291"})
    assert "El último dígito del RUC" in malo.content.decode()
    otro = make_remitente(tipo_identidad="DNI", numero="40112233", nombre="Luz Mamani")
    repetido = cliente.post(pagina(Remitente, "change", otro.pk), envio | {"nombre": "Otra razón social"})
    assert "Ya hay un remitente con ese documento" in repetido.content.decode()
    assert "Remitente editado" in cliente.get(pagina(Remitente, "history", o.remitente.pk)).content.decode()


def test_senders_are_found_and_those_of_hidden_documents_are_not_shown(o, como):
    denunciante = make_remitente(tipo_identidad="DNI", numero="40112233", nombre="Luz Mamani")
    make_documento(o, tipo_documento=o.denuncia, remitente=denunciante)

    def hallados(usuario, q):
        return {r.pk for r in como(usuario).get(pagina(Remitente), {"q": q}).context["cl"].result_list}

    assert hallados(o.admin, "copacaban") == hallados(o.admin, "20448310290") == {o.remitente.pk}
    assert hallados(o.admin, "mamani") == hallados(o.raiz, "40112233") == set()
    make_documento(o, remitente=denunciante)
    assert hallados(o.admin, "mamani") == {denunciante.pk}


def test_closed_series_is_not_offered(o, como):
    documento = make_atendido(o)
    SerieDocumental.objects.update(activa=False)
    respuesta = hacer_acto(como(o.jefa), documento, "archivar", serie=o.serie_documental.pk)
    assert respuesta.status_code == 422
    assert Documento.objects.get(pk=documento.pk).estado == "ATENDIDO"
