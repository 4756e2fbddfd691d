"""Every way to write raises the generations of what it touched, and of nothing else."""

import datetime as dt

import pytest
from django.contrib.auth.models import update_last_login
from django.db import connection, transaction

from core import caching
from core.models import Generacion
from derivations.constants import Resultado
from derivations.models import Derivacion, TextoFrecuente, VistaGuardada
from derivations.services import atender_derivacion, recibir_derivacion
from documents.models import AccesoReservado, Cargo, Documento, Nota, PresenciaArea, Remitente, TipoDocumento
from documents.services import archivar_documento, registrar_impresion
from organization.models import Encargatura, Entidad, Feriado, Membresia, Usuario
from tests.factories import make_derivada, make_documento, make_oficina

pytestmark = pytest.mark.django_db(transaction=True)


def numeros():
    """{group: number} of everything raised so far."""
    grupos = list(Generacion.objects.values_list("grupo", flat=True).distinct())
    return dict(caching.generaciones(*grupos).valores)


class Subidos:
    """Context whose value at its end is the set of groups raised inside."""

    def __enter__(self):
        self.antes, self.grupos = numeros(), None
        return self

    def __exit__(self, *error):
        self.grupos = {g for g, n in numeros().items() if n != self.antes.get(g)}


def subidos(funcion):
    with Subidos() as dentro:
        funcion()
    return dentro.grupos


def area(*areas):
    return {caching.grupo_area(a.pk) for a in areas}


def del_documento(documento, *areas):
    return {"documentos", caching.grupo_documento(documento.pk)} | area(*areas)


@pytest.fixture
def o():
    return make_oficina()


def test_the_acts_of_a_document_raise_it_with_its_areas(o):
    with Subidos() as registro:
        documento = make_documento(o)
    assert registro.grupos == del_documento(documento, o.mesa)
    with Subidos() as envio:
        derivacion = make_derivada(o, documento=documento, copias=[o.legal])
    assert envio.grupos == del_documento(documento, o.mesa, o.transportes, o.legal)
    todas = del_documento(documento, o.mesa, o.transportes, o.legal)
    assert subidos(lambda: recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)) == todas
    assert (
        subidos(
            lambda: atender_derivacion(
                derivacion_id=derivacion.pk,
                resultado=Resultado.PROCEDENTE,
                observaciones="Hecho",
                sin_respuesta_motivo="No la necesita",
                actor=o.ana,
            )
        )
        == todas
    )
    assert (
        subidos(lambda: archivar_documento(documento_id=documento.pk, serie=o.serie_documental, actor=o.jefa))
        == todas
    )
    # a printing changes no list
    assert subidos(
        lambda: registrar_impresion(documento_id=documento.pk, formato="a5", actor=o.ventanilla)
    ) == {caching.grupo_documento(documento.pk)}


def test_writes_that_go_by_no_service_raise_the_same(o):
    uno, dos = make_documento(o), make_documento(o)
    ambos = del_documento(uno, o.mesa) | del_documento(dos)
    todos = Documento.objects.filter(pk__in=[uno.pk, dos.pk])
    assert subidos(lambda: todos.update(asunto="Otro asunto")) == ambos
    assert subidos(lambda: Documento.objects.bulk_update(_con(todos, asunto="x"), ["asunto"])) == ambos
    assert subidos(lambda: Documento.objects.filter(pk=0).update(asunto="Nadie")) == set()
    assert subidos(lambda: todos.filter(pk=uno.pk).update(area_actual=o.caminos)) == del_documento(
        uno, o.mesa, o.caminos
    )
    assert subidos(lambda: todos.filter(pk=uno.pk).update(area_actual=o.mesa)) == del_documento(
        uno, o.mesa, o.caminos
    )

    def sql(orden, *argumentos):
        with connection.cursor() as cursor:
            cursor.execute(orden, argumentos)

    assert subidos(
        lambda: sql("UPDATE documents_documento SET asunto = 'SQL' WHERE id = %s", dos.pk)
    ) == del_documento(dos, o.mesa)

    def copiar():
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY documents_presenciaarea (documento_id, area_id, desde) FROM STDIN") as copia,
        ):
            copia.write(f"{uno.pk}\t{o.legal.pk}\t2026-01-01\n{dos.pk}\t{o.caminos.pk}\t2026-01-01\n")

    assert subidos(copiar) == ambos | area(o.legal, o.caminos)
    assert subidos(
        lambda: Nota.objects.bulk_create([Nota(documento=uno, autor=o.ana, texto="Nota")])
    ) == del_documento(uno, o.mesa, o.legal)
    assert subidos(lambda: PresenciaArea.objects.filter(documento=uno, area=o.legal).delete()) == (
        del_documento(uno, o.mesa, o.legal)
    )
    derivacion = make_derivada(o, documento=dos)
    assert subidos(
        lambda: Derivacion.objects.filter(pk=derivacion.pk).update(instrucciones="Otra")
    ) == del_documento(dos, o.mesa, o.caminos, o.transportes)
    assert subidos(lambda: sql("TRUNCATE documents_nota")) == {"todo"}


def _con(filas, **campos):
    for fila in filas:
        for campo, valor in campos.items():
            setattr(fila, campo, valor)
    return list(filas)


def test_who_may_see_raises_the_person_named(o):
    documento = make_documento(o)
    with Subidos() as nombrado:
        acceso = AccesoReservado.objects.create(documento=documento, usuario=o.luis)
    assert nombrado.grupos == del_documento(documento, o.mesa) | {caching.grupo_usuario(o.luis.pk)}
    assert subidos(acceso.delete) == nombrado.grupos
    assert subidos(lambda: VistaGuardada.objects.create(usuario=o.ana, nombre="x", bandeja="en-proceso")) == {
        caching.grupo_usuario(o.ana.pk)
    }


def test_what_an_office_edits_raises_the_catalogues(o):
    catalogos = {"catalogos"}
    hoy = dt.date(2026, 11, 24)
    ana = Usuario.objects.get(pk=o.ana.pk)
    for cambio in (
        lambda: Usuario.objects.filter(pk=ana.pk).update(first_name="Anita"),
        lambda: Usuario.objects.filter(pk=ana.pk).update(is_active=False),
        lambda: Membresia.objects.filter(usuario=ana).delete(),
        lambda: Encargatura.objects.create(usuario=ana, area=o.legal, desde=hoy, hasta=hoy, sustento="RD 1"),
        lambda: o.roles["consulta"].permisos.clear(),
        lambda: Entidad.objects.update(nombre="Otra entidad"),
        lambda: TipoDocumento.objects.filter(pk=o.sol.pk).update(plazo_dias=31),
        lambda: TextoFrecuente.objects.create(texto="Atender"),
        lambda: Feriado.objects.create(fecha=hoy, nombre="F", tipo="INSTITUCIONAL", fuente_legal="RD 2"),
    ):
        assert subidos(cambio) == catalogos
    for igual in (
        lambda: update_last_login(None, ana),
        lambda: Usuario.objects.filter(pk=ana.pk).update(densidad="compacta", password="x"),
        lambda: TipoDocumento.objects.filter(pk=o.sol.pk).update(plazo_dias=31),
        lambda: TipoDocumento.objects.filter(pk=0).delete(),
    ):
        assert subidos(igual) == set()


def test_a_sender_corrected_raises_the_senders(o):
    filas = Remitente.objects.filter(pk=o.remitente.pk)
    assert subidos(lambda: filas.update(nombre="Otro nombre")) == {"remitentes"}
    assert subidos(lambda: filas.update(nombre="Otro nombre")) == set()
    assert (
        subidos(lambda: Remitente.objects.create(tipo_identidad="DNI", numero="45678912", nombre="A"))
        == set()
    )


def test_what_is_undone_raises_nothing(o):
    documento = make_documento(o)

    def deshacer():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Documento.objects.filter(pk=documento.pk).update(asunto="No queda")
            raise ZeroDivisionError

    assert subidos(deshacer) == set()


def test_every_table_that_feeds_a_cache_has_its_triggers():
    """A table of these applications without triggers is named here, with the reason it needs none."""
    sin = {
        "documents_archivoenespera",  # nobody but its owner's form
        "documents_borrador",  # nobody but its owner's form
        "documents_correlativo",  # the last number given: read under lock
        "documents_fichabusqueda",  # written by triggers of the documents, which raise them
        "derivations_hojaremision",  # read when it is printed
        "organization_usuario_groups",  # not used
        "organization_usuario_user_permissions",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(t.oid) FROM pg_class c LEFT JOIN pg_trigger t"
            " ON t.tgrelid = c.oid AND t.tgname LIKE 'cache\\_%'"
            " WHERE c.relkind = 'r' AND c.relname ~ '^(organization|documents|derivations)_' GROUP BY 1"
        )
        cuentas = dict(cursor.fetchall())
    assert {tabla for tabla, n in cuentas.items() if not n} == sin
    assert {tabla: n for tabla, n in cuentas.items() if n and n != 4} == {"documents_remitente": 3}


def test_a_bulk_load_puts_the_triggers_aside_and_empties_everything(o):
    documento = make_documento(o)

    def cargar():
        with transaction.atomic(), connection.cursor() as cursor:
            with caching.sin_disparadores(cursor, ["documents_documento", "documents_nota"]):
                Documento.objects.filter(pk=documento.pk).update(asunto="Cargado")

    assert subidos(cargar) == {"todo"}
    assert subidos(lambda: Documento.objects.filter(pk=documento.pk).update(asunto="Otro")) == del_documento(
        documento, o.mesa
    )
    assert Cargo.objects.filter(documento=documento).exists()
