"""API of documents: list, detail, register, files, receipt, movements, archive."""

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response

from core import caching
from core.api import VistaApi, lista_de
from core.caching.constants import CATALOGOS, DOCUMENTOS, REMITENTES
from core.errors import DatosInvalidos
from core.models import Evento
from core.pages import paginar
from core.printing import qr_svg
from documents import permissions as permisos
from documents.api.entradas import (
    ArchivarEntrada,
    DocumentoEntrada,
    EditarEntrada,
    FiltrosDocumento,
    MotivoEntrada,
)
from documents.api.salidas import (
    archivo_en_lista,
    documento_entero,
    historial_de,
)
from documents.comprobante import pdf_de_cargo
from documents.constants import ClaseArchivo
from documents.constants import Evento as Tipo
from documents.errors import DocumentoNoExiste
from documents.files.espera import poner_en_espera
from documents.listado import ListaVisible
from documents.models import Documento
from documents.services import (
    adjuntar_archivos,
    archivar_documento,
    editar_documento,
    guardar_remitente,
    registrar_documento,
    registrar_impresion,
    restaurar_documento,
)
from documents.ventanilla import mesa_de
from organization.constants import P

ORDEN = [("fecha_recepcion", "desc"), ("id", "desc")]


def _grupos_de_su_lista(request):
    """What the list of the caller depends on: the documents of their areas, or all of them."""
    if request.user.tiene_permiso(P.DOCUMENTO_VER_TODO):
        return [DOCUMENTOS, REMITENTES]
    return caching.grupos_de_lista(request.user.alcance.areas_con(P.DOCUMENTO_VER))


def _ficha(pk):
    """The document as the API says it, kept between two changes of it; who may see it is asked before."""
    return caching.en_cache(
        grupo="obtener_documento",
        clave=["api", pk],
        generaciones=caching.grupos_de_detalle(pk),
        producir=lambda: documento_entero(pk),
    )


class VistaDeDocumento(VistaApi):
    """Base of the views about one document: found by visibility first, 404 for outsiders."""

    def documento(self, pk, consulta=None):
        consulta = Documento.objects.sin_lo_pesado() if consulta is None else consulta
        return permisos.documento_visible_o_404(self.request.user, pk, ip=self.ip, consulta=consulta)

    def exigir(self, permitido, accion, documento=None, codigo=None):
        permisos.exigir(
            permitido,
            usuario=self.request.user,
            accion=accion,
            documento=documento,
            ip=self.ip,
            codigo=codigo,
        )


class Documentos(VistaDeDocumento):
    """GET lists what the caller may see, newest first, by cursor. POST registers at the caller's window."""

    @caching.respuesta_en_cache(grupo="listar_documentos", generaciones=_grupos_de_su_lista)
    def get(self, request):
        filtros = FiltrosDocumento(data=request.query_params)
        filtros.is_valid(raise_exception=True)
        datos = filtros.validated_data
        lista = ListaVisible(request.user, datos)
        pagina = paginar(lista, request, orden=ORDEN, tamanio=datos["limite"])
        return lista_de(pagina)

    def post(self, request):
        self.exigir(permisos.puede_registrar(request.user), "registrar documentos")
        datos = dict(self.leer(DocumentoEntrada))
        remitente = guardar_remitente(actor=request.user, **datos.pop("remitente"))
        documento = registrar_documento(
            remitente=remitente, area_registro=mesa_de(request.user), actor=request.user, **datos
        )
        return Response(documento_entero(documento.pk), status=201)


class DetalleDocumento(VistaDeDocumento):
    """GET one document with its files; reading a reserved one is an event. PATCH corrects it, with its reason."""

    def get(self, request, pk):
        documento = self.documento(pk, Documento.objects.solo_para_abrir())
        permisos.registrar_visto(usuario=request.user, documento=documento, ip=self.ip)
        return Response(_ficha(pk))

    def patch(self, request, pk):
        documento = self.documento(pk)
        self.exigir(
            permisos.puede_editar(request.user, documento),
            "corregir este documento",
            documento,
            P.DOCUMENTO_EDITAR,
        )
        cambios = dict(self.leer(EditarEntrada))
        motivo = cambios.pop("motivo")
        editar_documento(documento_id=pk, cambios=cambios, motivo=motivo, actor=request.user)
        return Response(documento_entero(self.documento(pk).pk))


class Historial(VistaDeDocumento):
    """Movements of a document, oldest first."""

    def get(self, request, pk):
        ultimo = Evento.objects.filter(documento_id=OuterRef("pk")).order_by("-secuencia").values("secuencia")
        documento = self.documento(
            pk, Documento.objects.solo_para_abrir().annotate(ultimo_evento=Subquery(ultimo[:1]))
        )
        # Its events are only added: with the number of the last one, what was kept cannot be old.
        resultados = caching.en_cache(
            grupo="obtener_documento",
            clave=["historial", pk, documento.ultimo_evento],
            generaciones=[caching.grupo_documento(pk), CATALOGOS],
            producir=lambda: historial_de(pk, salvo=Tipo.ACCESO_DENEGADO),
        )
        return Response({"resultados": resultados})


class Archivos(VistaDeDocumento):
    """POST attaches one uploaded file (multipart field `archivo`, `clase`)."""

    def post(self, request, pk):
        documento = self.documento(pk)
        self.exigir(
            permisos.puede_adjuntar(request.user, documento),
            "adjuntar archivos",
            documento,
            P.DOCUMENTO_ADJUNTAR,
        )
        subida = request.FILES.get("archivo")
        if subida is None:
            raise DatosInvalidos(
                campos={"archivo": ["Envía el archivo en el campo «archivo», como multipart."]}
            )
        clase = request.data.get("clase") or ClaseArchivo.ANEXO
        if clase not in ClaseArchivo.values:
            raise DatosInvalidos(campos={"clase": [f"Elige una de: {', '.join(ClaseArchivo.values)}."]})
        para = "principal" if clase == ClaseArchivo.PRINCIPAL else "anexo"
        espera = poner_en_espera(usuario=request.user, subida=subida, para=para)
        archivos = adjuntar_archivos(
            documento_id=documento.pk, ids=[espera.pk], actor=request.user, clase=clase
        )
        return Response(archivo_en_lista(archivos[0]), status=201)


class Comprobante(VistaDeDocumento):
    """The receipt as PDF (?formato=a5|2x|ticket), counted like any other printing."""

    def get(self, request, pk):
        documento = self.documento(pk)
        self.exigir(permisos.puede_imprimir_cargo(request.user, documento), "imprimir el cargo", documento)
        formato = request.query_params.get("formato", "a5")
        datos, reimpresion = registrar_impresion(
            documento_id=documento.pk, formato=formato, actor=request.user, ip=self.ip
        )
        pdf = pdf_de_cargo(datos, formato=formato, reimpresion=reimpresion)
        respuesta = HttpResponse(pdf, content_type="application/pdf")
        respuesta["Content-Disposition"] = f'inline; filename="cargo-{documento.numero_expediente}.pdf"'
        return respuesta


class Qr(VistaDeDocumento):
    """The citizen's QR as SVG."""

    def get(self, request, pk):
        documento = self.documento(pk)
        self.exigir(permisos.puede_imprimir_cargo(request.user, documento), "ver el QR", documento)
        return HttpResponse(qr_svg(documento.cargo.datos["url"]), content_type="image/svg+xml")


class Archivar(VistaDeDocumento):
    """POST archives an attended document."""

    def post(self, request, pk):
        documento = self.documento(pk)
        self.exigir(
            permisos.puede_archivar(request.user, documento),
            "archivar este documento",
            documento,
            P.DOCUMENTO_ARCHIVAR,
        )
        archivar_documento(documento_id=pk, actor=request.user, **self.leer(ArchivarEntrada))
        return Response(documento_entero(self.documento(pk).pk))


class Restaurar(VistaDeDocumento):
    """POST takes an archived document back to work."""

    def post(self, request, pk):
        documento = self.documento(pk)
        self.exigir(
            permisos.puede_restaurar(request.user, documento),
            "restaurar este documento",
            documento,
            P.DOCUMENTO_RESTAURAR,
        )
        restaurar_documento(documento_id=pk, actor=request.user, **self.leer(MotivoEntrada))
        return Response(documento_entero(self.documento(pk).pk))


class PorNumero(VistaDeDocumento):
    """The document of a number in any usual spelling."""

    def get(self, request, numero):
        documento = (
            Documento.objects.visibles_para(request.user)
            .con_numero(numero)
            .solo_para_abrir()
            .order_by("-anio", "-pk")
            .first()
        )
        if documento is None:
            raise DocumentoNoExiste()
        permisos.registrar_visto(usuario=request.user, documento=documento, ip=self.ip)
        return Response(_ficha(documento.pk))


urlpatterns = [
    path("documentos/", Documentos.as_view(), name="documentos"),
    path("documentos/<int:pk>/", DetalleDocumento.as_view(), name="documento"),
    path("documentos/<int:pk>/historial/", Historial.as_view(), name="documento-historial"),
    path("documentos/<int:pk>/archivos/", Archivos.as_view(), name="documento-archivos"),
    path("documentos/<int:pk>/comprobante/", Comprobante.as_view(), name="documento-comprobante"),
    path("documentos/<int:pk>/qr/", Qr.as_view(), name="documento-qr"),
    path("documentos/<int:pk>/archivar/", Archivar.as_view(), name="documento-archivar"),
    path("documentos/<int:pk>/restaurar/", Restaurar.as_view(), name="documento-restaurar"),
    path("documentos/buscar/expediente/<path:numero>/", PorNumero.as_view(), name="documento-por-numero"),
]
