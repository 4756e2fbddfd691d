"""The list has two walks: both give what the visibility rule gives, page by page, for every kind of user."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.pages import paginar
from derivations.services import derivar_documento, recibir_derivacion
from documents import reparto
from documents.constants import ESTADOS_ABIERTOS
from documents.listado import ListaVisible
from documents.models import AccesoReservado, Documento, PresenciaArea
from documents.services import anular_documento, dar_acceso
from organization.constants import CodigoRol
from organization.models import Area, Encargatura, Membresia, Rol, Usuario
from tests.factories import CLAVE, make_documento, make_oficina, make_usuario
from tests.planificador import al_dia

pytestmark = pytest.mark.django_db
ORDEN = [("fecha_recepcion", "desc"), ("id", "desc")]
FILTROS = [
    {},
    {"tipo_documento": "SOL"},
    {"tipo_documento": "OFI", "desde": timezone.localdate() - timedelta(days=3)},
    {"hasta": timezone.localdate() - timedelta(days=2)},
    {"estado": {"DERIVADO", "EN_PROCESO"}},
    {"abiertos": True},
    {"area": "TPC"},
    {"area": "MP", "estado": {"REGISTRADO"}},
    {"prioridad": "URGENTE", "abiertos": True},
    {"tipo_documento": "NADA"},
    {"remitente": "20448310290"},
]


class Pedido:
    def __init__(self, **get):
        from django.http import QueryDict

        self.GET = QueryDict(mutable=True)
        self.GET.update(get)


@pytest.fixture
def o():
    """Documents here and there, some reserved, some of the same instant."""
    oficina = make_oficina()
    oficina.varias = make_usuario("varias", area=oficina.legal)
    Membresia.objects.create(
        usuario=oficina.varias, area=oficina.transportes, rol=Rol.objects.get(codigo="usuario_area")
    )
    oficina.encargada = make_usuario("encargada", area=oficina.caminos)
    hoy = timezone.localdate()
    Encargatura.objects.create(
        usuario=oficina.encargada, area=oficina.direccion, desde=hoy, hasta=hoy, sustento="RD 1"
    )
    oficina.raiz = Usuario.objects.create_superuser("raiz", password=CLAVE)
    oficina.nadie = make_usuario("nadie")
    oficina.inactiva = make_usuario("inactiva", area=oficina.mesa, rol=CodigoRol.CONSULTA, is_active=False)
    destinos = itertools.cycle([oficina.transportes, oficina.legal, None, oficina.caminos])
    tipos = itertools.cycle([oficina.sol, oficina.oficio, oficina.queja, oficina.sol, oficina.denuncia])
    for n, (destino, tipo) in enumerate(zip(destinos, tipos, strict=False)):
        if n == 30:
            break
        documento = make_documento(oficina, tipo_documento=tipo)
        if destino is not None:
            copias = [oficina.legal] if destino != oficina.legal and n % 3 == 0 else []
            derivacion = derivar_documento(
                documento_id=documento.pk,
                area_destino=destino,
                copias=copias,
                instrucciones="Evaluar",
                actor=oficina.ventanilla,
            )
            if n % 2:
                recibir_derivacion(derivacion_id=derivacion.pk, actor=oficina.ana)
        elif n % 4 == 2 and n > 15:
            anular_documento(documento_id=documento.pk, motivo="Doble", actor=oficina.jefa)
        if documento.reservado and n % 2:
            dar_acceso(documento_id=documento.pk, usuarios=[oficina.eva, oficina.lector], actor=oficina.ana)
    ahora = timezone.now()
    for n, pk in enumerate(Documento.objects.order_by("pk").values_list("pk", flat=True)):
        momento = ahora - timedelta(days=7) + timedelta(hours=5 * (n // 3))  # three of each instant
        Documento.objects.filter(pk=pk).update(fecha_presentacion=momento, fecha_recepcion=momento)
    return oficina


def personas(o):
    nombres = "ana luis eva jefa ventanilla lector admin varias encargada raiz nadie inactiva".split()
    return [Usuario.objects.get(pk=getattr(o, nombre).pk) for nombre in nombres]


def esperados(usuario, datos):
    """What the one rule says, in order."""
    consulta = Documento.objects.visibles_para(usuario)
    if datos.get("tipo_documento"):
        consulta = consulta.filter(tipo_documento__codigo=datos["tipo_documento"])
    if datos.get("estado") or datos.get("abiertos"):
        consulta = consulta.filter(estado__in=datos.get("estado") or ESTADOS_ABIERTOS)
    if datos.get("area"):
        consulta = consulta.filter(area_actual__sigla=datos["area"])
    if datos.get("prioridad"):
        consulta = consulta.filter(prioridad=datos["prioridad"])
    if datos.get("remitente"):
        consulta = consulta.filter(remitente__numero=datos["remitente"])
    if datos.get("desde"):
        consulta = consulta.filter(fecha_recepcion__date__gte=datos["desde"])
    if datos.get("hasta"):
        consulta = consulta.filter(fecha_recepcion__date__lte=datos["hasta"])
    return list(consulta.order_by("-fecha_recepcion", "-pk").values_list("pk", flat=True))


@pytest.fixture(params=["area", "documento", "estadisticas"])
def camino(request, monkeypatch):
    """Each walk imposed, then the one that the statistics choose."""
    if request.param != "estadisticas":
        por_area = request.param == "area"

        def conviene(self, cuantas):
            posible = not self.datos.get("remitente") and not (self.todo and self.area is None)
            return por_area and posible

        monkeypatch.setattr(ListaVisible, "conviene_por_area", conviene)
    monkeypatch.setitem(reparto._guardado, "hasta", 0.0)
    return request.param


def test_each_walk_gives_what_the_rule_gives_page_by_page_and_back(o, camino):
    if camino == "estadisticas":
        with connection.cursor() as cursor:
            al_dia(cursor)
    total = 0
    for usuario, datos in itertools.product(personas(o), FILTROS):
        todos = esperados(usuario, datos)
        total += len(todos)
        vistos, cursor, paginas = [], "", []
        while True:
            pagina = paginar(ListaVisible(usuario, datos), Pedido(cursor=cursor), ORDEN, tamanio=4)
            paginas.append([f["id"] for f in pagina.filas])
            vistos += paginas[-1]
            if not pagina.siguiente:
                break
            cursor = pagina.siguiente
        assert vistos == todos, (usuario.username, datos, camino)
        for anterior in reversed(paginas[:-1]):
            pagina = paginar(ListaVisible(usuario, datos), Pedido(cursor=pagina.anterior), ORDEN, tamanio=4)
            assert [f["id"] for f in pagina.filas] == anterior
    assert total > 300


def test_what_is_registered_while_paging_is_neither_skipped_nor_doubled(o, camino):
    usuario = Usuario.objects.get(pk=o.ventanilla.pk)
    antes, vistos, cursor = esperados(usuario, {}), [], ""
    while True:
        pagina = paginar(ListaVisible(usuario, {}), Pedido(cursor=cursor), ORDEN, tamanio=3)
        vistos += [f["id"] for f in pagina.filas]
        make_documento(o)  # newer than what was read
        if not pagina.siguiente:
            break
        cursor = pagina.siguiente
    assert vistos == antes


def test_presence_and_access_repeat_what_the_document_says_and_follow_it(o):
    documento = Documento.objects.filter(reservado=True).first()
    for modelo in (PresenciaArea, AccesoReservado):
        for fila in modelo.objects.select_related("documento"):
            assert fila.fecha_recepcion == fila.documento.fecha_recepcion
    momento = documento.fecha_recepcion - timedelta(days=1)
    Documento.objects.filter(pk=documento.pk).update(
        fecha_presentacion=momento, fecha_recepcion=momento, reservado=False
    )
    assert set(documento.presencias.values_list("fecha_recepcion", "reservado")) == {(momento, False)}
    assert set(documento.accesos.values_list("fecha_recepcion", flat=True)) == {momento}


def test_the_statistics_choose_by_rareness(o, monkeypatch):
    """A small area is walked by its own range; a rare state of a large area, by that state."""
    partes = {
        ("area_id", str(o.transportes.pk)): 0.12,
        ("area_id", str(o.legal.pk)): 0.001,
        ("area_id", str(o.mesa.pk)): 1.0,
        ("estado", "OBSERVADO"): 0.0001,
        ("estado", "ARCHIVADO"): 0.9,
        ("estado", "EN_PROCESO"): 0.05,
        ("tipo_documento_id", str(o.sol.pk)): 0.36,
        ("tipo_documento_id", str(o.queja.pk)): 0.013,
    }
    monkeypatch.setattr(
        "documents.listado.reparto", lambda: reparto.Reparto(documentos=1_000_000, partes=partes)
    )

    def por_area(usuario, **datos):
        return ListaVisible(Usuario.objects.get(pk=usuario.pk), datos).conviene_por_area(101)

    assert por_area(o.ana) and por_area(o.luis) and por_area(o.ventanilla)
    assert por_area(o.ana, estado={"ARCHIVADO"}) and por_area(o.ana, tipo_documento="SOL")
    assert por_area(o.luis, tipo_documento="QJA") and por_area(o.luis, abiertos=True)
    assert not por_area(o.ana, estado={"OBSERVADO"}) and not por_area(o.ana, tipo_documento="QJA")
    assert not por_area(o.lector) and por_area(o.lector, area="TPC")
    for n in range(40):
        area = Area.objects.create(
            sigla=f"A{n}", codigo=f"A{n}", nombre=f"A{n}", padre=o.direccion, sede=o.sede
        )
        partes["area_id", str(area.pk)] = 0.06
    assert not por_area(o.jefa)
