"""cargar_catalogos: a new office gets everything once, and what it edits stays."""

from io import StringIO

import pytest
from django.core.management import call_command

from core.models import Evento
from derivations.models import TextoFrecuente
from documents.models import (
    Categoria,
    Procedimiento,
    ReglaArea,
    RequisitoProcedimiento,
    SerieNumeracion,
    TipoDocumento,
)
from mesapartes.datos import tablas
from mesapartes.datos.catalogos import cargar_catalogos
from organization.constants import NOMBRES_DE_PERMISO, PERMISOS_INICIALES, P
from organization.models import Area, Entidad, Permiso, Rol, Sede, Ventanilla

pytestmark = pytest.mark.django_db


def test_a_new_office_gets_every_catalogue():
    informe = cargar_catalogos()
    assert Permiso.objects.count() == len(NOMBRES_DE_PERMISO)
    assert set(Rol.objects.get(codigo="supervisor").permisos.values_list("pk", flat=True)) == set(
        PERMISOS_INICIALES["supervisor"]
    )
    assert Area.objects.count() == len(tablas.AREAS)
    assert Area.objects.get(es_mesa_de_partes=True).ventanillas.count() == 3
    assert Area.objects.get(sigla="TPC").padre.padre.sigla == "DR"
    assert Procedimiento.objects.count() == len(tablas.PROCEDIMIENTOS)
    assert Procedimiento.objects.get(codigo="TR-07").requisitos.count() == 6
    assert ReglaArea.objects.count() == len(tablas.REGLAS)
    assert set(SerieNumeracion.objects.values_list("codigo", flat=True)) == {"EXP", "HR"}
    assert informe.total > 300


def test_every_row_passes_its_own_validation():
    cargar_catalogos()
    for modelo in (
        Entidad,
        Sede,
        Area,
        Ventanilla,
        TipoDocumento,
        Categoria,
        Procedimiento,
        ReglaArea,
        RequisitoProcedimiento,
        SerieNumeracion,
        TextoFrecuente,
    ):
        for fila in modelo.objects.all():
            fila.full_clean()


def test_twice_adds_nothing():
    call_command("cargar_catalogos", stdout=StringIO())
    eventos = Evento.objects.count()
    salida = StringIO()
    call_command("cargar_catalogos", stdout=salida)
    assert "no faltaba nada" in salida.getvalue()
    assert cargar_catalogos().total == 0
    assert Evento.objects.count() == eventos


def test_what_the_office_edited_stays():
    cargar_catalogos()
    Entidad.objects.update(nombre="Municipalidad Provincial")
    TipoDocumento.objects.filter(codigo="OFI").update(plazo_dias=12, activo=False)
    Rol.objects.get(codigo="usuario_area").permisos.remove(P.ATENDER)
    Procedimiento.objects.get(codigo="TR-07").requisitos.first().delete()
    Categoria.objects.filter(nombre="Papeleta").delete()
    Area.objects.filter(sigla="DTE").update(sigla="TEL")
    ReglaArea.objects.exclude(pk=ReglaArea.objects.first().pk).delete()
    TextoFrecuente.objects.exclude(pk=TextoFrecuente.objects.first().pk).delete()
    assert cargar_catalogos().total == 0
    assert Entidad.objects.get().nombre == "Municipalidad Provincial"
    assert TipoDocumento.objects.get(codigo="OFI").plazo_dias == 12
    assert not Rol.objects.get(codigo="usuario_area").permisos.filter(pk=P.ATENDER).exists()
    assert ReglaArea.objects.count() == TextoFrecuente.objects.count() == 1


def test_a_missing_type_comes_back_and_an_office_with_its_own_areas_keeps_only_them():
    sede = Sede.objects.create(codigo="5", nombre="Palacio municipal")
    Area.objects.create(sigla="GM", codigo="GM", nombre="Gerencia Municipal", sede=sede)
    cargar_catalogos()
    assert Area.objects.get().sigla == "GM"
    assert not Procedimiento.objects.exists()
    assert not ReglaArea.objects.exists()
    TipoDocumento.objects.filter(codigo="CAR").delete()
    informe = cargar_catalogos()
    assert informe.agregado["tipos de documento"] == 1
    assert TipoDocumento.objects.get(codigo="CAR").categorias.count() == 2
