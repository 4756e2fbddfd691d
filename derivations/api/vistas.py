"""API of derivations: send, receive, return, attend, reassign, and the lists of an area or document."""

from django.http import Http404
from django.urls import path
from rest_framework.response import Response

from core.api import VistaApi, lista_de
from core.pages import paginar
from derivations import permissions as permisos
from derivations.api.entradas import (
    AtenderEntrada,
    DerivarEntrada,
    MasivaEntrada,
    MotivoEntrada,
    ReasignarEntrada,
    RecibirEntrada,
)
from derivations.api.salidas import derivacion_en_lista
from derivations.models import Derivacion
from derivations.services import (
    acusar_copia,
    anular_derivacion,
    asignar_derivacion,
    atender_derivacion,
    derivar_documento,
    en_lote,
    rechazar_derivacion,
    recibir_derivacion,
)
from documents.models import Documento
from documents.permissions import documento_visible_o_404, exigir
from organization.constants import P
from organization.models import Area

ORDEN = [("fecha_derivacion", "desc"), ("pk", "desc")]


def _con_todo(pk):
    return Derivacion.objects.para_api().get(pk=pk)


def _desde(usuario, documento, ip):
    """Id of the area the caller sends from: the one that has it, or had it and is late, which the service tells."""
    abierta = Derivacion.objects.principales().abiertas().filter(documento=documento).first()
    suyo = permisos.puede_derivar(usuario, documento, abierta)
    exigir(
        suyo or permisos.pudo_derivar(usuario, documento, abierta),
        usuario=usuario,
        accion="derivar este documento",
        documento=documento,
        ip=ip,
    )
    if abierta is None:
        return documento.area_actual_id
    return abierta.area_destino_id if suyo else abierta.area_origen_id


class Derivaciones(VistaApi):
    """POST sends a document to an area with any copies."""

    def post(self, request):
        datos = dict(self.leer(DerivarEntrada))
        documento = documento_visible_o_404(request.user, datos.pop("documento"), ip=self.ip)
        desde = _desde(request.user, documento, self.ip)
        derivacion = derivar_documento(documento_id=documento.pk, desde=desde, actor=request.user, **datos)
        return Response(derivacion_en_lista(_con_todo(derivacion.pk)), status=201)


class Masiva(VistaApi):
    """POST sends up to 50 documents; each has its own result."""

    def post(self, request):
        datos = dict(self.leer(MasivaEntrada))
        pedidos = datos.pop("documentos")
        visibles = Documento.objects.visibles_para(request.user).in_bulk(pedidos)

        def acto(pk):
            documento = documento_visible_o_404(request.user, pk, ip=self.ip)
            desde = _desde(request.user, documento, self.ip)
            derivar_documento(documento_id=pk, desde=desde, actor=request.user, **datos)

        conocidos = [(pk, visibles[pk].numero_expediente) for pk in dict.fromkeys(pedidos) if pk in visibles]
        filas = [
            {"documento": r.pk, "numero_expediente": r.numero, "hecho": r.hecho, "mensaje": r.mensaje}
            for r in en_lote(conocidos, acto)
        ]
        filas += [
            {
                "documento": pk,
                "numero_expediente": None,
                "hecho": False,
                "mensaje": "No encontramos ese documento.",
            }
            for pk in dict.fromkeys(pedidos)
            if pk not in visibles
        ]
        return Response({"resultados": filas, "hechos": sum(f["hecho"] for f in filas)})


class DetalleDerivacion(VistaApi):
    """One derivation of a document the caller may see."""

    def get(self, request, pk):
        derivacion, _ = permisos.derivacion_visible_o_404(request.user, pk, ip=self.ip)
        return Response(derivacion_en_lista(derivacion))


class Acto(VistaApi):
    """Base of the acts on one derivation: visible first, then permitted, then the service."""

    entrada = None
    puede = None
    accion = ""
    servicio = None

    def put(self, request, pk):
        derivacion, documento = permisos.derivacion_visible_o_404(request.user, pk, ip=self.ip)
        exigir(
            type(self).puede(request.user, derivacion),
            usuario=request.user,
            accion=self.accion,
            documento=documento,
            ip=self.ip,
        )
        datos = dict(self.leer(self.entrada)) if self.entrada else {}
        hecho = type(self).servicio(derivacion_id=pk, actor=request.user, **datos)
        return Response(derivacion_en_lista(_con_todo(hecho.pk)))

    post = put


class Recibir(Acto):
    entrada, puede, servicio = RecibirEntrada, permisos.puede_recibir, recibir_derivacion
    accion = "recibir en esa área"


class Devolver(Acto):
    entrada, puede, servicio = MotivoEntrada, permisos.puede_recibir, rechazar_derivacion
    accion = "devolver desde esa área"


class Recuperar(Acto):
    puede, servicio = permisos.puede_recuperar, anular_derivacion
    accion = "anular envíos de esa área"


class Atender(Acto):
    entrada, puede, servicio = AtenderEntrada, permisos.puede_atender, atender_derivacion
    accion = "atender en esa área"


class Reasignar(Acto):
    entrada, puede, servicio = ReasignarEntrada, permisos.puede_asignar, asignar_derivacion
    accion = "asignar en esa área"


class Acusar(Acto):
    puede, servicio = permisos.puede_recibir, acusar_copia
    accion = "acusar copias de esa área"


class DeDocumento(VistaApi):
    """Every derivation of a document, newest first."""

    def get(self, request, pk):
        documento = documento_visible_o_404(request.user, pk, ip=self.ip)
        filas = Derivacion.objects.filter(documento=documento).para_api().order_by("-numero_derivacion")[:500]
        return Response({"resultados": [derivacion_en_lista(d) for d in filas]})


class DeArea(VistaApi):
    """Open principal derivations of an area (?estado=PENDIENTE|RECIBIDO), newest first, by cursor."""

    def get(self, request, sigla):
        area = Area.objects.filter(sigla=sigla).first()
        if area is None or not request.user.tiene_permiso(P.DOCUMENTO_VER, area.pk):
            raise Http404
        consulta = (
            Derivacion.objects.principales()
            .abiertas()
            .filter(area_destino=area)
            .sin_reserva_ajena(request.user)
            .para_api()
        )
        if request.query_params.get("estado"):
            consulta = consulta.filter(estado=request.query_params["estado"])
        pagina = paginar(consulta, request, orden=ORDEN, tamanio=25)
        return lista_de(pagina, derivacion_en_lista)


urlpatterns = [
    path("derivaciones/", Derivaciones.as_view(), name="derivaciones"),
    path("derivaciones/masiva/", Masiva.as_view(), name="derivaciones-masiva"),
    path("derivaciones/documento/<int:pk>/", DeDocumento.as_view(), name="derivaciones-de-documento"),
    path("derivaciones/area/<str:sigla>/", DeArea.as_view(), name="derivaciones-de-area"),
    path("derivaciones/<int:pk>/", DetalleDerivacion.as_view(), name="derivacion"),
    path("derivaciones/<int:pk>/recibir/", Recibir.as_view(), name="derivacion-recibir"),
    path("derivaciones/<int:pk>/devolver/", Devolver.as_view(), name="derivacion-devolver"),
    path("derivaciones/<int:pk>/recuperar/", Recuperar.as_view(), name="derivacion-recuperar"),
    path("derivaciones/<int:pk>/atender/", Atender.as_view(), name="derivacion-atender"),
    path("derivaciones/<int:pk>/reasignar/", Reasignar.as_view(), name="derivacion-reasignar"),
    path("derivaciones/<int:pk>/acusar/", Acusar.as_view(), name="derivacion-acusar"),
]
