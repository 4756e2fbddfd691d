"""The archive's list: what is kept, where, until when; who may restore it from there."""

from datetime import date

import pytest
from django.urls import reverse

from derivations.services import atender_derivacion
from documents.constants import Estado
from documents.models import Archivamiento, Documento, SerieDocumental
from documents.services import archivar_documento, dar_acceso, restaurar_documento
from documents.services.archivo import conservar_hasta
from tests.factories import make_documento, make_oficina, make_recibida

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    oficina = make_oficina()
    oficina.permanente = SerieDocumental.objects.create(
        codigo="200", nombre="Resoluciones", valor="PERMANENTE"
    )
    return oficina


@pytest.fixture
def ver(client, o):
    def _ver(usuario=None, headers=None, **datos):
        client.force_login(usuario or o.lector)
        return client.get(reverse("documents:archivo"), datos, headers=headers)

    return _ver


def archivar(o, serie=None, ubicacion="Archivador 14, piso 2", **datos):
    """An attended document, put in the archive."""
    derivacion = make_recibida(o, documento=make_documento(o, **datos))
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="RESPONDIDO", sin_respuesta_motivo="Por teléfono", actor=o.ana
    )
    return archivar_documento(
        documento_id=derivacion.documento_id,
        serie=serie or o.serie_documental,
        actor=o.jefa,
        ubicacion_fisica=ubicacion,
    )


def numeros(respuesta):
    return {e.documento.numero for e in respuesta.context["pagina"]}


class TestList:
    def test_it_says_series_place_and_end(self, o, ver):
        estadia = archivar(o)
        archivar(o, serie=o.permanente, ubicacion="")
        texto = ver().content.decode()
        assert "Expedientes de transporte" in texto and "Archivador 14, piso 2" in texto
        assert f"{estadia.conservar_hasta:%d/%m/%Y}" in texto
        assert "Permanente" in texto and "Sin ubicación" in texto
        assert "2 documentos en el archivo" in texto

    def test_only_what_is_archived_now(self, o, ver):
        restaurado = archivar(o)
        restaurar_documento(documento_id=restaurado.documento_id, motivo="Pedido", actor=o.jefa)
        make_documento(o)
        assert numeros(ver()) == set() and "El archivo está vacío" in ver().content.decode()
        archivar(o)
        assert len(ver().context["pagina"]) == 1

    def test_a_second_stay_is_listed_once(self, o, ver):
        estadia = archivar(o)
        restaurar_documento(documento_id=estadia.documento_id, motivo="Pedido", actor=o.jefa)
        Documento.objects.filter(pk=estadia.documento_id).update(estado=Estado.ATENDIDO)
        archivar_documento(documento_id=estadia.documento_id, serie=o.permanente, actor=o.jefa)
        filas = ver().context["pagina"].filas
        assert [e.serie for e in filas] == [o.permanente]

    @pytest.mark.parametrize(
        ("filtros", "esperado"),
        [
            ({"retencion": "vencida"}, {1}),
            ({"retencion": "vigente"}, {2}),
            ({"retencion": "permanente"}, {3}),
            ({"ubicacion": "ARCHIVADOR 14"}, {1}),
            ({"ubicacion": "%"}, set()),
            ({"q": "licencias"}, {2}),
            ({"q": "20448310290"}, {1, 2, 3}),
            ({"q": "2"}, {2}),
            ({"q": "zzz"}, set()),
            ({"q": "licencia", "retencion": "vencida"}, set()),
            ({"desde": "01/01/2020"}, {1, 2, 3}),
            ({"hasta": "01/01/2020"}, set()),
        ],
    )
    def test_filters(self, o, ver, filtros, esperado):
        vencida = archivar(o)
        Archivamiento.objects.filter(pk=vencida.pk).update(conservar_hasta=date(2020, 12, 31))
        archivar(o, asunto="Licencia de conducir", ubicacion="Estante B")
        archivar(o, serie=o.permanente, ubicacion="Estante C")
        assert numeros(ver(**filtros)) == esperado
        assert numeros(ver(serie=o.permanente.pk)) == {3}

    def test_a_wrong_date_says_how_to_mend_it(self, o, ver):
        archivar(o)
        respuesta = ver(desde="31/02/2026", ubicacion="Archivador")
        assert "no es una fecha" in respuesta.content.decode() and numeros(respuesta) == {1}

    def test_scope_comes_first(self, o, ver):
        archivar(o)
        secreto = archivar(o, tipo_documento=o.denuncia, personas=[o.ana, o.jefa])
        assert numeros(ver()) == {1}
        assert numeros(ver(o.eva)) == set()
        assert numeros(ver(o.ana)) == {1, 2}
        dar_acceso(documento_id=secreto.documento_id, usuarios=[o.lector], actor=o.ventanilla)
        assert numeros(ver()) == {1, 2}

    def test_the_cost_is_the_same_for_1_and_20_rows(self, o, ver, django_assert_max_num_queries):
        cuentas = []
        ver(o.jefa)  # the log-in and its session are not the list's cost
        for cuantos in (1, 19):
            for _ in range(cuantos):
                archivar(o)
            with django_assert_max_num_queries(40) as captura:
                ver(o.jefa)
            cuentas.append(len(captura))
        assert cuentas[0] == cuentas[1]

    def test_fragment(self, o, ver):
        archivar(o)
        texto = ver(headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in texto and "<table" in texto


class TestRestore:
    def test_offered_to_who_may(self, o, ver):
        estadia = archivar(o)
        restaurar = reverse("documents:restaurar", args=[estadia.documento_id])
        assert restaurar in ver(o.jefa).content.decode()
        assert restaurar not in ver(o.ana).content.decode()
        assert restaurar not in ver(o.lector).content.decode()

    def test_from_the_list_and_back_with_its_breadcrumb(self, o, client):
        estadia = archivar(o)
        client.force_login(o.jefa)
        url = reverse("documents:restaurar", args=[estadia.documento_id])
        respuesta = client.post(url, {"motivo": "Nuevo pedido", "desde": "/archivo/?q=1"}, follow=True)
        assert respuesta.context["lista_nombre"] == "Archivo"
        assert respuesta.context["documento"].estado == Estado.EN_PROCESO
        assert "Restaurado" in respuesta.content.decode()


class TestRetention:
    def test_it_ends_with_the_last_year(self, o):
        assert conservar_hasta(o.serie_documental, date(2026, 1, 1)) == date(2036, 12, 31)
        assert conservar_hasta(o.permanente, date(2026, 1, 1)) is None

    def test_absurd_years_stay_inside_the_calendar(self, o):
        o.serie_documental.retencion_central = 32_000
        assert conservar_hasta(o.serie_documental, date(2026, 1, 1)) == date(9999, 12, 31)
