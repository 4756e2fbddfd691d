"""Sending a document on: the form, its combobox and the sentences of its term."""

from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.texto import cuenta, normalizar
from core.texto import fecha as fecha_texto
from derivations import forms as f
from derivations import services
from derivations.bandejas import Hoy
from derivations.constants import Estado, Motivo
from derivations.errors import NoSeDeriva, YaActuado
from derivations.permissions import abiertas_de, pudo_derivar, puede_derivar
from derivations.presentacion import carga, dias_restantes
from derivations.views.comun import Acto, ip_de
from documents.constants import Estado as EstadoDocumento
from documents.constants import Prioridad
from documents.models import Documento
from documents.permissions import documento_visible_o_404
from organization.calendar import sumar_dias_habiles
from organization.models import Area


class Derivar(Acto):
    """Sends a document from the area that has it; pk is the document's."""

    nombre, titulo, boton, icono = "derivar", "Derivar", "Derivar", "derivar"
    accion, enviando = "derivar este documento", "Derivando…"

    def cargar(self, pk):
        self.documento = documento_visible_o_404(
            self.request.user,
            pk,
            ip=ip_de(self.request),
            consulta=Documento.objects.select_related("area_actual", "area_sugerida"),
        )
        self.abierta, _ = abiertas_de(self.documento, self.request.user)
        registrado = self.documento.estado == EstadoDocumento.REGISTRADO
        self.desde = (
            self.documento.area_actual if registrado or not self.abierta else self.abierta.area_destino
        )

    def permitido(self):
        return puede_derivar(self.request.user, self.documento, self.abierta) or pudo_derivar(
            self.request.user, self.documento, self.abierta
        )

    def comprobar(self):
        """It is still here to be sent."""
        estado, abierta = self.documento.estado, self.abierta
        if estado == EstadoDocumento.REGISTRADO:
            return
        if abierta is None:
            raise NoSeDeriva(
                numero=self.documento.numero_expediente, estado=self.documento.get_estado_display().lower()
            )
        devuelto = abierta.motivo == Motivo.DEVOLUCION
        suyo = puede_derivar(self.request.user, self.documento, abierta)
        if (abierta.estado == Estado.PENDIENTE and not devuelto) or not suyo:
            raise YaActuado(que=_ya_derivado(abierta))
        if estado not in (EstadoDocumento.EN_PROCESO, EstadoDocumento.DERIVADO):
            raise NoSeDeriva(
                numero=self.documento.numero_expediente, estado=self.documento.get_estado_display().lower()
            )

    def crear_form(self, datos=None):
        inicial = {
            "con_original": True,
            "es_urgente": self.documento.prioridad == Prioridad.URGENTE,
            "folios": getattr(self.abierta, "folios_recibidos", None) or self.documento.numero_folios,
        }
        if self.documento.estado == EstadoDocumento.REGISTRADO:
            inicial |= {
                "area_destino": self.documento.area_sugerida_id,
                "instrucciones": self.documento.instruccion_prevista,
            }
        return f.DerivarForm(datos, initial=inicial, sin_area=self.desde.pk)

    def hacer(self, datos):
        nueva = services.derivar_documento(
            documento_id=self.documento.pk,
            area_destino=datos["area_destino"],
            instrucciones=datos["instrucciones"],
            copias=datos["copias"],
            plazo_interno_dias=datos["plazo_interno_dias"],
            es_urgente=datos["es_urgente"],
            con_original=datos["con_original"],
            folios=datos["folios"],
            desde=self.desde.pk,
            actor=self.request.user,
        )
        return f"Derivado a {nueva.area_destino.nombre}. Aún puedes anular el envío."

    def contexto(self, form):
        dias = form["plazo_interno_dias"].value()
        return super().contexto(form) | {
            "textos": f.textos_frecuentes(),
            "desde": self.desde,
            "plazo": plazo_en_palabras(self.documento, dias, form.area_texto),
            "folios_fijos": f"Va el original en papel, {cuenta(self.documento.numero_folios, 'folio')}",
        }


def _ya_derivado(abierta):
    """Who sent it, where, when."""
    quien = abierta.usuario_deriva.nombre_completo if abierta.usuario_deriva else "el sistema"
    cuando = timezone.localtime(abierta.fecha_derivacion)
    return (
        f"{abierta.documento.numero_expediente} ya fue derivado a {abierta.area_destino.nombre} por {quien} "
        f"el {cuando:%d/%m/%Y a las %H:%M}"
    )


def plazo_en_palabras(documento, dias, area=""):
    """What the internal term means. Returns: {"pista", "frase"}.

    Args: documento None when many are sent at once; dias as typed; area as shown.
    """
    hoy = Hoy.leer()
    try:
        dias = int(dias) if str(dias or "").strip() else None
    except ValueError:
        dias = None
    if dias is not None and not 0 <= dias <= 365:
        dias = None
    hasta = (
        sumar_dias_habiles(hoy.fecha, dias, calendario=hoy.calendario).vence_el if dias is not None else None
    )
    pista = f"días hábiles, hasta el {fecha_texto(hasta)}" if hasta else "días hábiles"
    if documento is None:
        return {"pista": pista, "frase": "El plazo legal de cada documento no cambia."}
    quien = area.rsplit(" (", 1)[0] or "El área"
    if documento.fecha_limite is None:
        frase = "El documento no tiene plazo legal."
        return {"pista": pista, "frase": f"{frase} {quien} tendrá {cuenta(dias, 'día')}." if dias else frase}
    frase = f"El plazo legal no cambia: vence el {fecha_texto(documento.fecha_limite)}."
    quedan = dias_restantes(documento.fecha_limite, hoy)
    if hasta and hasta > documento.fecha_limite:
        frase += " El plazo interno pasa del legal: manda el legal."
    elif hasta and quedan > 0:
        frase += f" {quien} tendrá {dias} de los {cuenta(quedan, 'día')} que quedan."
    elif quedan < 0:
        frase += " Ya venció."
    return {"pista": pista, "frase": frase}


@require_safe
def plazo_interno(request, pk):
    """The two sentences that follow the internal term while it is typed."""
    documento = documento_visible_o_404(request.user, pk, ip=ip_de(request))
    dias, area = request.GET.get("plazo_interno_dias"), request.GET.get("area_texto", "")
    ctx = {"plazo": plazo_en_palabras(documento, dias, area), "fuera_de_banda": True}
    return render(request, "derivations/_plazo_interno.html", ctx)


@require_safe
def area_destinos(request):
    """Options of the combobox: acronym, name and open load."""
    buscado = normalizar(request.GET.get("q", ""))[:80]
    sin = request.GET.get("sin", "")
    areas = Area.objects.destinos().filter(recibe_externos=True)
    if sin.isascii() and sin.isdigit():
        areas = areas.exclude(pk=int(sin[:9]))
    halladas = [a for a in areas if _coincide(a, buscado)]
    halladas.sort(key=lambda a: (not normalizar(a.sigla).startswith(buscado), normalizar(a.nombre)))
    cargas = f.carga_por_area([a.pk for a in halladas[:8]])
    opciones = [(a, carga(*cargas.get(a.pk, (0, 0)))) for a in halladas[:8]]
    return render(request, "derivations/_area_opciones.html", {"opciones": opciones})


def _coincide(area, buscado):
    """Every typed word begins a word of the name, or the acronym."""
    palabras = normalizar(area.nombre).replace("-", " ").split() + [normalizar(area.sigla)]
    return all(any(p.startswith(b) for p in palabras) for b in buscado.split())


urlpatterns = [
    path("derivaciones/areas/", area_destinos, name="area-destinos"),
    path("derivaciones/plazo-interno/<int:pk>/", plazo_interno, name="plazo-interno"),
    path("expedientes/<int:pk>/derivar/", Derivar.as_view(), name="derivar"),
]
