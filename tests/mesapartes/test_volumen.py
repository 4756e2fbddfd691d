"""generar_volumen: rows by COPY that no service could have made otherwise."""

import datetime as dt
import re
from collections import Counter, defaultdict
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from core.events import calcular_hash
from core.models import Evento
from derivations.constants import Estado as EstadoDerivacion
from derivations.constants import Motivo
from derivations.models import Derivacion
from documents.codes import es_codigo_interno
from documents.constants import Estado
from documents.files.almacen import obtener_almacen
from documents.models import (
    ArchivoAdjunto,
    Cargo,
    Correlativo,
    Documento,
    PresenciaArea,
    Remitente,
    TipoDocumento,
)
from documents.services import datos_de_cargo, registrar_documento
from mesapartes.datos.volumen import HayDocumentos, carga, generar_volumen
from mesapartes.datos.volumen.columnas import TABLAS
from mesapartes.datos.volumen.oficina import Contexto
from mesapartes.datos.volumen.procesos import lotes_hechos
from mesapartes.datos.volumen.rastro import Rastro, canonico
from mesapartes.datos.volumen.ritmo import Lote, Tramo, lotes, repartir, vida_media
from organization.calendar import cargar_calendario, comparar_plazo, sumar_dias_habiles
from organization.calendar.constants import ZONA
from organization.models import Area, Usuario

CUANTOS = 2_000


@pytest.fixture(scope="module")
def volumen(django_db_setup, django_db_blocker):
    """One volume for the whole module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield generar_volumen(documentos=CUANTOS, semilla=5, procesos=1)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _con_base(request, django_db_blocker):
    """The module's transaction stays open across its tests: each one works in a savepoint."""
    if "volumen" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("volumen")
    with django_db_blocker.unblock():
        punto = transaction.savepoint()
        yield
        transaction.savepoint_rollback(punto)


def _filas(consulta, *argumentos):
    with connection.cursor() as cursor:
        cursor.execute(consulta, argumentos)
        return cursor.fetchall()


def test_the_workload_has_its_proportions(volumen):
    assert Documento.objects.count() == CUANTOS == Cargo.objects.count()
    assert 3 <= Derivacion.objects.count() / CUANTOS <= 5
    assert 4 <= Evento.objects.exclude(documento_id=0).count() / CUANTOS <= 6.5
    assert Remitente.objects.count() == CUANTOS * 0.12
    assert Area.objects.activas().count() == 40
    assert Usuario.objects.count() == 150
    assert Documento.objects.values("tipo_documento").distinct().count() == 12
    abiertos = Documento.objects.abiertos().count() / CUANTOS
    assert 0.04 < abiertos < 0.08
    assert 0.01 < Documento.objects.filter(reservado=True).count() / CUANTOS < 0.035
    assert 0.24 < ArchivoAdjunto.objects.filter(es_principal=True).count() / CUANTOS < 0.36
    por_area = Counter(Documento.objects.values_list("area_sugerida__sigla", flat=True))
    (grande, cuantos), (_, segunda), *_ = por_area.most_common(2)
    assert grande == "TPC"
    assert 0.09 < cuantos / CUANTOS < 0.15
    assert segunda < cuantos
    (largo,) = _filas("SELECT avg(length(asunto)) FROM documents_documento")[0]
    assert 100 < largo < 160
    (repetidos,) = _filas(
        "SELECT max(n) FROM (SELECT count(*) n FROM documents_documento GROUP BY remitente_id) x"
    )[0]
    assert repetidos > 20
    assert volumen.filas["documents.Documento"] == CUANTOS


def test_every_state_is_there(volumen):
    estados = set(Documento.objects.values_list("estado", flat=True))
    assert {
        Estado.REGISTRADO,
        Estado.DERIVADO,
        Estado.EN_PROCESO,
        Estado.SUSPENDIDO,
        Estado.ATENDIDO,
    } <= estados
    assert {Estado.ARCHIVADO, Estado.ANULADO, Estado.NO_PRESENTADO} <= estados
    assert set(Derivacion.objects.values_list("estado", flat=True)) == set(EstadoDerivacion.values)
    assert set(Derivacion.objects.values_list("motivo", flat=True)) == {Motivo.ENVIO, Motivo.DEVOLUCION}


def test_the_audit_holds_and_the_quick_hash_is_the_real_one(volumen):
    salida = StringIO()
    call_command("verificar_auditoria", stdout=salida)
    assert "íntegra" in salida.getvalue()
    filas = []
    raros = 'comillas " y \\ barra, ñ, – y \x7f \u2028 «fin»\t.'
    rastro, momento = Rastro(filas), dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    rastro.abrir(77)
    valores = {
        "antes": None, "despues": {"z": raros, "a": [1, None, True], "á": {"b": False}},
        "detalle": {"n": 10**15},
    }  # fmt: skip
    anterior = rastro.anterior
    rastro.anotar("prueba", 4, 5, "2026-01-02T03:04:05.000000Z", **valores)
    assert rastro.anterior == calcular_hash(
        hash_anterior=anterior, documento_id=77, secuencia=1, tipo="prueba", actor_id=4, area_id=5,
        ocurrido_en=momento, ip=None, **valores,
    )  # fmt: skip
    assert canonico({"b": 1, "a": "ñ"}) == '{"a":"ñ","b":1}'


def test_states_of_documents_and_derivations_agree(volumen):
    abiertas = defaultdict(list)
    for fila in Derivacion.objects.principales().abiertas():
        abiertas[fila.documento_id].append(fila)
    for documento in Documento.objects.all():
        suyas = abiertas.get(documento.pk, [])
        if documento.estado in (Estado.DERIVADO, Estado.EN_PROCESO, Estado.SUSPENDIDO):
            assert len(suyas) == 1
            (abierta,) = suyas
            assert abierta.area_destino_id == documento.area_actual_id
            pendiente = abierta.estado == EstadoDerivacion.PENDIENTE
            assert pendiente == (documento.estado == Estado.DERIVADO)
            assert abierta.asignado_a_id == documento.asignado_a_id
            assert abierta.fecha_limite_atencion == documento.fecha_limite
            assert documento.en_area_desde == (
                abierta.fecha_derivacion if pendiente else abierta.fecha_recepcion
            )
        else:
            assert not suyas
        assert (documento.fecha_atencion is not None) == (
            documento.estado in (Estado.ATENDIDO, Estado.ARCHIVADO)
        )
        assert documento.archivamientos.count() == (documento.estado == Estado.ARCHIVADO)


def test_each_derivation_follows_from_the_one_before(volumen):
    por_documento = defaultdict(list)
    for fila in Derivacion.objects.select_related("documento").order_by("documento_id", "numero_derivacion"):
        por_documento[fila.documento_id].append(fila)
    for filas in por_documento.values():
        assert [f.numero_derivacion for f in filas] == list(range(1, len(filas) + 1))
        documento, por_id, anterior = filas[0].documento, {f.pk: f for f in filas}, None
        for fila in filas:
            assert fila.area_origen_id != fila.area_destino_id
            assert documento.fecha_recepcion < fila.fecha_derivacion
            if fila.es_copia:
                principal = por_id[fila.padre_id]
                assert not principal.es_copia
                assert principal.fecha_derivacion == fila.fecha_derivacion
                continue
            if fila.padre_id:
                padre = por_id[fila.padre_id]
                assert padre == anterior
                assert padre.estado in (EstadoDerivacion.DERIVADA, EstadoDerivacion.RECHAZADO)
                assert padre.fecha_cierre == fila.fecha_derivacion
                assert padre.area_destino_id == fila.area_origen_id
            else:
                assert fila.area_origen_id == documento.area_registro_id
                assert anterior is None or anterior.estado == EstadoDerivacion.ANULADA
            anterior = fila
        ultimo = max(f.fecha_cierre or f.fecha_recepcion or f.fecha_derivacion for f in filas)
        assert ultimo <= timezone.now()


def test_terms_are_those_of_the_calendar(volumen):
    calendario = cargar_calendario(dt.date(2016, 1, 1))
    for documento in Documento.objects.order_by("?")[:300]:
        assert calendario.es_habil(documento.fecha_recepcion.astimezone(ZONA).date())
        assert calendario.es_habil(documento.fecha_legal)
        if documento.plazo_dias is None:
            assert documento.fecha_limite is None
            assert documento.plazo_pasos == []
            continue
        plazo = sumar_dias_habiles(documento.fecha_legal, documento.plazo_dias, calendario=calendario)
        assert (documento.fecha_limite, documento.plazo_pasos) == (plazo.vence_el, plazo.pasos)
        assert not comparar_plazo(documento.plazo_pasos, calendario).cambia
        assert documento.plazo_regla.startswith(f"{documento.plazo_dias} días hábiles")
        assert (documento.prioridad == "URGENTE") >= (documento.plazo_dias <= 3)


def test_the_receipt_is_the_one_the_service_would_issue(volumen):
    consulta = Documento.objects.para_detalle().select_related("cargo", "area_registro__sede")
    for documento in consulta.filter(observacion=None)[:400]:
        assert documento.cargo.datos == datos_de_cargo(documento)
    for documento in consulta.exclude(observacion=None):
        observacion = {"faltantes": documento.observacion.faltantes, "vence": documento.observacion.vence_el}
        assert documento.cargo.datos == datos_de_cargo(documento, observacion=observacion)


def test_presence_and_access_make_the_visible_set(volumen):
    """What an area user sees, by brute force over the rows."""
    for nombre in (volumen.usuario_grande, volumen.usuario_mediano):
        usuario = Usuario.objects.get(username=nombre)
        areas = set(usuario.membresias.values_list("area_id", flat=True))
        pasaron = {
            documento
            for documento, *lugares in Derivacion.objects.values_list(
                "documento_id", "area_origen_id", "area_destino_id"
            )
            if areas & set(lugares)
        }
        esperados = {d.pk for d in Documento.objects.filter(reservado=False) if d.pk in pasaron}
        esperados |= set(usuario.accesos_reservados.values_list("documento_id", flat=True))
        assert set(Documento.objects.visibles_para(usuario).values_list("pk", flat=True)) == esperados
        assert esperados
    lugares = set(Documento.objects.values_list("pk", "area_registro_id"))
    lugares |= set(Derivacion.objects.values_list("documento_id", "area_destino_id"))
    assert set(PresenciaArea.objects.values_list("documento_id", "area_id")) == lugares
    assert not Documento.objects.filter(reservado=True, accesos=None).exists()
    assert not Documento.objects.filter(reservado=False, accesos__isnull=False).exists()


def test_numbers_codes_and_files_are_real(volumen):
    for anio, serie in set(Documento.objects.values_list("anio", "serie_id")):
        numeros = list(
            Documento.objects.filter(anio=anio)
            .order_by("fecha_recepcion", "numero")
            .values_list("numero", flat=True)
        )
        assert numeros == list(range(1, len(numeros) + 1))
        assert Correlativo.objects.get(anio=anio, serie_id=serie).ultimo == len(numeros)
    for documento in Documento.objects.all()[:200]:
        assert es_codigo_interno(documento.codigo_interno)
        documento.clean_fields(exclude=["tiene_anexos"])
    almacen = obtener_almacen()
    for ruta, peso in set(ArchivoAdjunto.objects.values_list("ruta", "peso_bytes")):
        assert almacen.peso(ruta) == peso
    for remitente in Remitente.objects.all():
        remitente.clean_fields(exclude=["palabras"])


def test_the_next_registration_continues(volumen):
    ahora = timezone.localdate().year
    ultimo = Correlativo.objects.get(anio=ahora, serie__codigo="EXP").ultimo
    mesa = Area.objects.get(es_mesa_de_partes=True)
    documento = registrar_documento(
        remitente=Remitente.objects.first(), tipo_documento=TipoDocumento.objects.get(codigo="OFI"), asunto="Uno más",
        numero_folios=1, area_registro=mesa, actor=mesa.usuarios.first(),
    )  # fmt: skip
    assert documento.numero == ultimo + 1
    assert documento.pk > Documento.objects.exclude(pk=documento.pk).latest("pk").pk


def test_the_load_raises_the_cache_once_and_leaves_its_triggers_in_place(volumen):
    grupos = {grupo for (grupo,) in _filas("SELECT grupo FROM core_generacion")}
    assert "todo" in grupos and "documentos" not in grupos
    assert not [g for g in grupos if g.startswith("doc:")]
    apartados = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'cache\\_%%' AND tgenabled = %s"
    assert _filas(apartados, "D") == [(0,)]
    assert _filas(apartados, "O") > [(50,)]


# Triggers that may stay during the load: they do nothing for rows that come whole.
CON_CONDICION = {"documents_presencia_copiar", "documents_acceso_copiar"}


@pytest.mark.django_db
def test_no_trigger_works_during_the_load(monkeypatch):
    """One that reads a table whose indexes are aside makes a million documents take hours."""
    de_veras, activos = carga._copiar, set()

    def mirando(cursor, *args):
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 4 > 0"
            " AND tgrelid = ANY(%s::regclass[])",
            [[tabla.nombre for tabla in TABLAS.values()]],
        )
        activos.update(nombre for (nombre,) in cursor.fetchall())
        return de_veras(cursor, *args)

    monkeypatch.setattr(carga, "_copiar", mirando)
    generar_volumen(documentos=20, procesos=0)
    assert activos == CON_CONDICION


def test_an_office_with_documents_is_refused_unless_added(volumen):
    with pytest.raises(HayDocumentos):
        generar_volumen(documentos=10)
    with pytest.raises(CommandError, match="--agregar"):
        call_command("generar_volumen", documentos=10, verbosity=0)
    antes = Correlativo.objects.get(anio=timezone.localdate().year, serie__codigo="EXP").ultimo
    generar_volumen(documentos=300, semilla=5, agregar=True, anios=1)
    assert Documento.objects.count() == CUANTOS + 300
    assert Correlativo.objects.get(anio=timezone.localdate().year, serie__codigo="EXP").ultimo > antes
    assert Usuario.objects.count() == 150


def _catalogo():
    """Indexes and constraints of the loaded tables, without the casts that PostgreSQL spells in its own way."""
    filas = _filas(
        """SELECT 'i', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid::text FROM pg_index i
        WHERE i.indrelid = ANY(%s::regclass[])
        UNION ALL SELECT 'c', c.conname, pg_get_constraintdef(c.oid), c.convalidated::text FROM pg_constraint c
        WHERE c.conrelid = ANY(%s::regclass[]) ORDER BY 1, 2""",
        *[[tabla.nombre for tabla in TABLAS.values()]] * 2,
    )
    return [
        (*fila[:2], re.sub(r"::character varying|::text|\[\]|[()]", "", fila[2]), fila[3]) for fila in filas
    ]


@pytest.mark.django_db
def test_indexes_put_aside_come_back_exactly():
    antes = _catalogo()
    assert len(antes) > 90
    generar_volumen(documentos=300, semilla=8, anios=2, procesos=0, sin_indices=True)
    assert _catalogo() == antes


@pytest.mark.django_db
def test_a_failed_load_leaves_nothing_behind(monkeypatch):
    from mesapartes.datos.volumen import carga

    def romper(*args, **kwargs):
        yield from ()
        raise RuntimeError("corte de luz")

    antes, areas = _catalogo(), Area.objects.count()
    monkeypatch.setattr(carga, "lotes_hechos", romper)
    with pytest.raises(RuntimeError, match="corte de luz"):
        generar_volumen(documentos=300, semilla=8, sin_indices=True)
    assert _catalogo() == antes
    assert (Documento.objects.count(), Area.objects.count()) == (0, areas)


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_rows_with_any_number_of_processes():
    vistas = []
    for procesos in (0, 2):
        with transaction.atomic():
            generar_volumen(documentos=4_500, semilla=4, anios=1, procesos=procesos)
            consulta = "SELECT md5(string_agg(codigo_qr || estado || asunto, '' ORDER BY id)) FROM {}"
            vistas.append(_filas(consulta.format(Documento._meta.db_table)))
            transaction.set_rollback(True)
    assert vistas[0] == vistas[1]


def test_days_add_up_and_the_open_share_is_kept():
    dias = cargar_dias()
    cuentas = repartir(50_000, dias)
    assert sum(cuentas) == 50_000
    lunes = [n for n, dia in zip(cuentas, dias, strict=True) if dia.weekday() == 0]
    viernes = [n for n, dia in zip(cuentas, dias, strict=True) if dia.weekday() == 4]
    assert sum(lunes) / len(lunes) > 1.3 * sum(viernes) / len(viernes)
    assert 10 < vida_media(cuentas) < 1_000
    ultimos = {dias[0].year: 7}
    planes = lotes(dias, cuentas, ultimos, tamanio=900)
    assert planes[0].tramos[0].numero == 8
    assert sum(tramo.cuantos for plan in planes for tramo in plan.tramos) == 50_000
    assert [plan.primero for plan in planes[:2]] == [0, sum(tramo.cuantos for tramo in planes[0].tramos)]


def cargar_dias():
    """Three years of Monday to Friday."""
    inicio = dt.date(2023, 1, 2)
    dias = [inicio + dt.timedelta(days=n) for n in range(3 * 365)]
    return [dia for dia in dias if dia.weekday() < 5]


def test_a_process_that_fails_is_heard():
    contexto = Contexto(semilla=1)  # without days: nothing can be made of it
    with pytest.raises(RuntimeError, match="IndexError"):
        list(lotes_hechos(contexto, [Lote(0, 0, (Tramo(0, 1, 1),))], procesos=1))
