"""The same act on many rows of a tray: ask once, act on each, tell each result."""

from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from core.errors import NoExiste
from core.pages import eventos, ir_a, responder
from core.texto import cuenta
from derivations import forms as f
from derivations import services
from derivations.bandejas import BANDEJAS, Filtros, Hoy, filtrar, ordenar
from derivations.models import Derivacion
from derivations.permissions import (
    abiertas_de,
    derivacion_visible_o_404,
    pudo_derivar,
    puede_asignar,
    puede_atender,
    puede_derivar,
    puede_recibir,
    puede_recuperar,
)
from derivations.presentacion import con_parametros
from derivations.services.lotes import MAX_LOTE
from derivations.views.comun import ip_de, pedir_enteros, volver_a
from derivations.views.derivar import plazo_en_palabras
from documents.constants import Estado as EstadoDocumento
from documents.models import Documento
from documents.permissions import documento_visible_o_404, exigir, puede_archivar
from documents.services import archivar_documento


class Lote:
    """One bulk act: its words, its form and what it does to one row."""

    titulo = boton = icono = accion = ""
    hechos = ("hecho", "hechos")
    form = f.ConfirmarForm
    sin_preguntar = False
    con_archivos = False

    def __init__(self, request, bandeja):
        self.request, self.usuario, self.bandeja = request, request.user, bandeja
        self.nuevas = []

    def crear_form(self, datos, filas):
        return self.form(datos)

    def contexto(self, form):
        return {}

    def derivacion(self, pk):
        """The visible derivation and its document."""
        return derivacion_visible_o_404(self.usuario, pk, ip=ip_de(self.request))

    def exigir(self, permitido, documento):
        exigir(
            permitido, usuario=self.usuario, accion=self.accion, documento=documento, ip=ip_de(self.request)
        )

    def acto(self, pk, datos):
        """Acts on one row. Raises: ErrorDeNegocio."""
        raise NotImplementedError


class Recibir(Lote):
    titulo, boton, icono, accion = "Recibir", "Recibir", "recibir", "recibir este documento"
    hechos = ("recibido", "recibidos")

    def acto(self, pk, datos):
        derivacion, documento = self.derivacion(pk)
        self.exigir(puede_recibir(self.usuario, derivacion), documento)
        services.recibir_derivacion(derivacion_id=pk, actor=self.usuario)


class Derivar(Lote):
    titulo, boton, icono, accion = "Derivar", "Derivar", "derivar", "derivar este documento"
    hechos = ("derivado", "derivados")

    def crear_form(self, datos, filas):
        inicial = {"con_original": True}
        if self.bandeja.es_de_documentos:  # all foreseen for the same place: propose it
            previstos = Documento.objects.filter(pk__in=[pk for pk, _ in filas]).values_list(
                "area_sugerida", "instruccion_prevista"
            )
            if len(set(previstos)) == 1:
                inicial["area_destino"], inicial["instrucciones"] = previstos[0]
        return f.DerivarForm(datos, varios=True, initial=inicial)

    def contexto(self, form):
        return {
            "textos": f.textos_frecuentes(),
            "plazo": plazo_en_palabras(None, form["plazo_interno_dias"].value()),
        }

    def acto(self, pk, datos):
        if self.bandeja.es_de_documentos:
            documento = documento_visible_o_404(self.usuario, pk, ip=ip_de(self.request))
            desde = documento.area_actual_id
        else:
            derivacion, documento = self.derivacion(pk)
            desde = derivacion.area_destino_id
        abierta, _ = abiertas_de(documento, self.usuario)
        suyo = puede_derivar(self.usuario, documento, abierta)
        self.exigir(suyo or pudo_derivar(self.usuario, documento, abierta), documento)
        folios = (
            abierta.folios_recibidos if abierta and documento.estado == EstadoDocumento.EN_PROCESO else None
        )
        nueva = services.derivar_documento(
            documento_id=documento.pk,
            area_destino=datos["area_destino"],
            instrucciones=datos["instrucciones"],
            copias=datos["copias"],
            plazo_interno_dias=datos["plazo_interno_dias"],
            es_urgente=datos["es_urgente"],
            con_original=datos["con_original"],
            folios=folios,
            desde=desde,
            actor=self.usuario,
        )
        self.nuevas.append(nueva.pk)


class Asignar(Lote):
    titulo, boton, icono, accion = "Asignar", "Asignar", "persona", "asignar este documento"
    hechos = ("asignado", "asignados")

    def crear_form(self, datos, filas):
        areas = set(
            Derivacion.objects.filter(pk__in=[p for p, _ in filas]).values_list("area_destino", flat=True)
        )
        return f.AsignarForm(datos, area_id=areas.pop() if len(areas) == 1 else None)

    def acto(self, pk, datos):
        derivacion, documento = self.derivacion(pk)
        self.exigir(puede_asignar(self.usuario, derivacion), documento)
        services.asignar_derivacion(derivacion_id=pk, persona=datos["persona"], actor=self.usuario)


class Atender(Lote):
    titulo, boton, icono, accion = "Atender", "Atender", "atender", "atender este documento"
    hechos = ("atendido", "atendidos")
    form = f.AtenderForm

    def acto(self, pk, datos):
        derivacion, documento = self.derivacion(pk)
        self.exigir(puede_atender(self.usuario, derivacion), documento)
        services.atender_derivacion(
            derivacion_id=pk,
            resultado=datos["resultado"],
            observaciones=datos["observaciones"],
            sin_respuesta_motivo=datos["sin_respuesta_motivo"],
            actor=self.usuario,
        )


class Acusar(Lote):
    titulo, boton, icono, accion = "Acusar recibo", "Acusar recibo", "copia", "acusar recibo de esta copia"
    hechos = ("copia acusada", "copias acusadas")
    sin_preguntar = True

    def acto(self, pk, datos):
        derivacion, documento = self.derivacion(pk)
        self.exigir(puede_recibir(self.usuario, derivacion), documento)
        services.acusar_copia(derivacion_id=pk, actor=self.usuario)


class Recuperar(Lote):
    titulo, boton, icono, accion = "Anular envíos", "Anular envíos", "volver", "anular este envío"
    hechos = ("envío anulado", "envíos anulados")

    def crear_form(self, datos, filas):
        return f.MotivoForm(
            datos, rotulo="Motivo", pista="Vuelven a tu bandeja; sus copias sin leer se anulan."
        )

    def acto(self, pk, datos):
        derivacion, documento = self.derivacion(pk)
        self.exigir(puede_recuperar(self.usuario, derivacion), documento)
        services.anular_derivacion(derivacion_id=pk, motivo=datos["motivo"], actor=self.usuario)


class Archivar(Lote):
    titulo, boton, icono, accion = "Archivar", "Archivar", "caja", "archivar este documento"
    hechos = ("archivado", "archivados")
    form = f.ArchivarForm

    def acto(self, pk, datos):
        _, documento = self.derivacion(pk)
        self.exigir(puede_archivar(self.usuario, documento), documento)
        archivar_documento(documento_id=documento.pk, actor=self.usuario, **datos)


LOTES = {
    "recibir": Recibir,
    "derivar": Derivar,
    "asignar": Asignar,
    "atender": Atender,
    "acusar": Acusar,
    "recuperar": Recuperar,
    "archivar": Archivar,
}


@require_POST
def lote(request, accion):
    """Asks once for all the chosen, or acts on each when the form comes filled (`confirmado`).

    One chosen row goes to the act's own form. Returns: the form, 422 with what is wrong, the way back with a
    message, or the result row by row when some could not be done.
    """
    bandeja = BANDEJAS.get(request.POST.get("bandeja", ""))
    clase = LOTES.get(accion)
    if bandeja is None or clase is None or accion not in bandeja.lote:
        raise Http404("No encontramos esa acción.")
    volver = volver_a(request, reverse("derivations:bandeja", args=[bandeja.nombre]))
    ids = elegidos(request, bandeja)
    if not ids:
        return ir_a(request, volver, "Elige al menos un documento de la lista.", "warning")
    if len(ids) > MAX_LOTE:
        return ir_a(request, volver, f"Se eligen hasta {MAX_LOTE} documentos a la vez.", "warning")
    if (
        len(ids) == 1
        and not request.POST.get("confirmado")
        and not clase.sin_preguntar
        and accion != "archivar"
    ):
        return _ir_al_acto(request, bandeja, accion, ids[0], volver)
    filas = _filas(request.user, bandeja, ids)
    acto = clase(request, bandeja)
    if clase.sin_preguntar:
        return _ejecutar(request, acto, filas, {}, volver)
    confirmado = request.POST.get("confirmado")
    form = acto.crear_form(request.POST if confirmado else None, filas)
    if confirmado and form.is_valid():
        return _ejecutar(request, acto, filas, form.cleaned_data, volver)
    ctx = {
        "form": form,
        "acto": acto,
        "accion": accion,
        "titulo": f"{acto.titulo} {cuenta(len(filas), 'documento')}",
        "filas": filas,
        "bandeja": bandeja,
        "volver": volver,
        "url_acto": reverse("derivations:lote", args=[accion]),
        "folios": _folios(request.user, bandeja, ids),
        **acto.contexto(form),
    }
    return responder(
        request, "derivations/lote.html", "derivations/_lote.html", ctx, status=422 if form.errors else 200
    )


def elegidos(request, bandeja):
    """Ids of the chosen rows, or of the whole view when its box is ticked."""
    if "toda_la_vista" not in request.POST:
        return pedir_enteros(request.POST.getlist("ids"), MAX_LOTE)
    areas = request.user.alcance.areas_con(bandeja.permiso)
    hoy = Hoy.leer()
    filtros = Filtros.leer(QueryDict(request.POST["toda_la_vista"][:1000]), bandeja, areas)
    _, consulta = filtrar(bandeja, filtros, request.user, areas, hoy)
    return list(ordenar(consulta, filtros.orden_de(bandeja)).values_list("pk", flat=True)[:MAX_LOTE])


def _ir_al_acto(request, bandeja, accion, pk, volver):
    """The single act's own form; htmx follows the redirect into the dialog."""
    if accion == "derivar" and not bandeja.es_de_documentos:
        _, documento = derivacion_visible_o_404(request.user, pk, ip=ip_de(request))
        pk = documento.pk
    return redirect(con_parametros(reverse(f"derivations:{accion}", args=[pk]), volver=volver))


def _visibles(usuario, bandeja, ids):
    base = Documento.objects if bandeja.es_de_documentos else Derivacion.objects
    return base.visibles_para(usuario).filter(pk__in=ids)


def _filas(usuario, bandeja, ids):
    """(pk, printed number) in the chosen order; what is not visible has no number."""
    numero = "numero_expediente" if bandeja.es_de_documentos else "documento__numero_expediente"
    numeros = dict(_visibles(usuario, bandeja, ids).values_list("pk", numero))
    return [(pk, numeros.get(pk, "")) for pk in ids]


def _folios(usuario, bandeja, ids):
    campo = "numero_folios" if bandeja.es_de_documentos else "folios"
    return sum(_visibles(usuario, bandeja, ids).values_list(campo, flat=True))


def _ejecutar(request, acto, filas, datos, volver):
    """Acts on each row and tells what happened."""

    def uno(pk):
        try:
            acto.acto(pk, datos)
        except Http404 as error:
            raise NoExiste(mensaje=str(error)) from None

    resultados = services.en_lote(filas, uno)
    bien = [r for r in resultados if r.hecho]
    mal = [r for r in resultados if not r.hecho]
    frase = cuenta(len(bien), *acto.hechos)
    limpio = _sin_elegidos(volver)
    if not mal:
        sufijo = (
            f". Aún puedes anular {'el envío' if len(bien) == 1 else 'los envíos'}." if acto.nuevas else "."
        )
        return ir_a(request, limpio, f"{frase}{sufijo}")
    ctx = {
        "resultados": resultados,
        "bien": bien,
        "mal": mal,
        "frase": f"{frase}, {len(mal)} no" + (f": {mal[0].mensaje.rstrip('.')}" if len(mal) == 1 else ""),
        "acto": acto,
        "volver": con_parametros(limpio, elegidos=",".join(str(r.pk) for r in mal)),
        "nuevas": acto.nuevas,
    }
    respuesta = responder(request, "derivations/lote_resultado.html", "derivations/_lote_resultado.html", ctx)
    return eventos(respuesta, "mesa:lista")


def _sin_elegidos(url):
    """The address without the rows chosen before."""
    ruta, _, consulta = url.partition("?")
    datos = QueryDict(consulta, mutable=True)
    datos.pop("elegidos", None)
    return f"{ruta}?{datos.urlencode()}" if datos else ruta


urlpatterns = [path("bandejas/lote/<slug:accion>/", lote, name="lote")]
