"""The suggested area, and the papers that one being registered may repeat."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.files.espera import poner_en_espera
from documents.models import Categoria, Documento, ReglaArea
from documents.services import anular_documento
from documents.sugerencias import DIAS_DE_DUPLICADO, posibles_duplicados, sugerir_area
from tests.documents.test_api import pdf
from tests.factories import make_documento, make_oficina, make_remitente

pytestmark = pytest.mark.django_db


@pytest.fixture
def o():
    return make_oficina()


def envejecer(documento, dias, **over):
    cuando = timezone.now() - timedelta(days=dias)
    Documento.objects.filter(pk=documento.pk).update(
        fecha_presentacion=cuando, fecha_recepcion=cuando, **over
    )


class TestArea:
    def test_the_procedure_comes_first(self, o):
        ReglaArea.objects.create(tipo_documento=o.sol, area=o.legal)
        assert sugerir_area(tipo=o.sol, procedimiento=o.procedimiento) == (o.transportes, "por TR-07")

    def test_a_procedure_of_a_closed_area_suggests_nothing(self, o):
        o.transportes.activa = False
        o.transportes.save()
        o.procedimiento.refresh_from_db()
        assert sugerir_area(tipo=o.sol, procedimiento=o.procedimiento) == (None, "")

    @pytest.mark.parametrize(
        ("asunto", "sale"),
        [
            ("Solicito LICENCIA de conducir", True),
            ("Duplicado de licencias", True),
            ("Reposición de brevéte", True),
            ("Sublicencia de uso", False),
            ("", False),
        ],
    )
    def test_a_word_counts_from_its_beginning_blind_to_accents(self, o, asunto, sale):
        ReglaArea.objects.create(palabras="licencia, brevete", area=o.caminos)
        area, motivo = sugerir_area(tipo=o.sol, asunto=asunto)
        assert (area == o.caminos) is sale
        if sale:
            assert motivo == ("por «brevete»" if "brev" in asunto else "por «licencia»")

    def test_every_filled_condition_must_hold(self, o):
        categoria = Categoria.objects.create(tipo_documento=o.oficio, nombre="Convenios")
        ReglaArea.objects.create(tipo_documento=o.oficio, categoria=categoria, palabras="ruta", area=o.legal)
        caso = {"tipo": o.oficio, "categoria": categoria, "asunto": "Nueva ruta"}
        assert sugerir_area(**caso)[0] == o.legal
        for falta in ({"tipo": o.sol}, {"categoria": None}, {"asunto": "Nada"}):
            assert sugerir_area(**(caso | falta)) == (None, "")

    def test_the_first_rule_wins_and_an_idle_one_does_not_count(self, o):
        ReglaArea.objects.create(orden=1, palabras="ruta", area=o.legal, activa=False)
        ReglaArea.objects.create(orden=3, palabras="ruta", area=o.direccion)
        ReglaArea.objects.create(orden=2, palabras="ruta", area=o.caminos)
        assert sugerir_area(asunto="Nueva ruta")[0] == o.caminos


class TestDuplicados:
    def buscar(self, o, **over):
        caso = {"usuario": o.ventanilla, "remitente": o.remitente, "tipo": o.sol}
        return posibles_duplicados(**(caso | over))

    @pytest.mark.parametrize("numero", ["123-2026", "  123-2026 ", "OF. 123-2026"])
    def test_same_sender_type_and_number_this_year(self, o, numero):
        documento = make_documento(o, numero_documento_externo=" ".join(numero.split()))
        assert self.buscar(o, numero=numero.lower()) == [(documento, "mismo remitente, tipo y número")]

    @pytest.mark.parametrize("cambio", ["tipo", "remitente", "numero"])
    def test_another_type_sender_or_number_is_another_paper(self, o, cambio):
        make_documento(o, numero_documento_externo="123")
        otro = {
            "tipo": o.oficio,
            "remitente": make_remitente(tipo_identidad="DNI", numero="01318842", nombre="Otra"),
            "numero": "124",
        }
        assert self.buscar(o, **({"numero": "123"} | {cambio: otro[cambio]})) == []

    @pytest.mark.parametrize("numero", ["", "S/N", "s/n", "-"])
    def test_no_number_repeats_no_number(self, o, numero):
        make_documento(o, numero_documento_externo=numero or "S/N")
        assert self.buscar(o, numero=numero) == []

    def test_a_number_repeats_within_its_year_only(self, o):
        documento = make_documento(o, numero_documento_externo="123")
        envejecer(documento, DIAS_DE_DUPLICADO + 30)
        assert self.buscar(o, numero="123") == [(documento, "mismo remitente, tipo y número")]
        envejecer(documento, 400, anio=timezone.localdate().year - 1)
        assert self.buscar(o, numero="123") == []

    def test_a_like_subject_within_ninety_days(self, o):
        documento = make_documento(o, asunto="Habilitación vehicular por incremento de flota")
        parecido = "HABILITACION VEHICULAR, incremento de la flota"
        assert self.buscar(o, asunto=parecido) == [(documento, "mismo remitente y asunto parecido")]
        assert self.buscar(o, asunto="Renuncia al cargo de conductor") == []
        envejecer(documento, DIAS_DE_DUPLICADO - 1)
        assert self.buscar(o, asunto=parecido)
        envejecer(documento, DIAS_DE_DUPLICADO + 1)
        assert self.buscar(o, asunto=parecido) == []

    def test_the_same_file_of_anyone(self, o):
        puesto = poner_en_espera(usuario=o.ventanilla, subida=pdf(), para="principal")
        huella = puesto.hash_archivo
        documento = make_documento(o, archivos=[str(puesto.pk)])
        assert self.buscar(o, remitente=None, huellas=[huella]) == [(documento, "lleva el mismo archivo")]
        assert self.buscar(o, remitente=None, huellas=["0" * 64]) == []

    def test_an_annulled_paper_may_come_again(self, o):
        documento = make_documento(o, numero_documento_externo="123")
        anular_documento(documento_id=documento.pk, motivo="Error", actor=o.jefa)
        assert self.buscar(o, numero="123") == []

    def test_what_the_clerk_may_not_see_is_not_told(self, o):
        make_documento(o, numero_documento_externo="123", reservado=True, actor=o.jefa)
        assert self.buscar(o, numero="123") == []
        assert len(self.buscar(o, usuario=o.jefa, numero="123")) == 1

    def test_at_most_three_the_newest_first(self, o):
        hechos = [make_documento(o, numero_documento_externo="123") for _ in range(4)]
        assert [d for d, _ in self.buscar(o, numero="123")] == hechos[:0:-1]
