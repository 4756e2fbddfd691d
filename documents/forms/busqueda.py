"""The filters of the search and of the archive. Each form turns its valid fields into one queryset."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from documents.constants import Estado, Prioridad
from documents.models import Archivamiento, Remitente, SerieDocumental, TipoDocumento
from documents.querysets import numeros_de_identidad
from organization.calendar import hoy_lima
from organization.constants import P
from organization.models import Area, Usuario

ORDENES = {
    "reciente": ("Lo más reciente", [("fecha_recepcion", "desc"), ("pk", "desc")]),
    "antiguo": ("Lo más antiguo", [("fecha_recepcion", "asc"), ("pk", "asc")]),
    "plazo": ("Lo que vence antes", [("fecha_limite", "asc"), ("pk", "asc")]),
}
RETENCIONES = {
    "vencida": "Retención vencida",
    "vigente": "Retención vigente",
    "permanente": "Conservación permanente",
}
_FECHA = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2}|\d{4})")


class CampoFecha(forms.Field):
    """A date as people write it (18/11/2026, 18-11-26) or as the browser sends it; says how to mend it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value):
        texto = str(value or "").strip()
        if not texto:
            return None
        partes = _FECHA.fullmatch(texto)
        try:
            if partes:
                dia, mes, anio = (int(p) for p in partes.groups())
                fecha = datetime(anio + 2000 if anio < 100 else anio, mes, dia).date()
            else:
                fecha = datetime.strptime(texto, "%Y-%m-%d").date()
        except ValueError:
            fecha = None
        if fecha is None or not 1900 <= fecha.year <= 2200:
            raise forms.ValidationError(f"«{texto[:20]}» no es una fecha: escríbela como 18/11/2026.")
        return fecha


class FormularioDeFiltros(forms.Form):
    """A form read from the address. A wrong field says how to mend it; the others still filter."""

    clases = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nombre, campo in self.fields.items():
            campo.required = False
            campo.clase = self.clases.get(nombre, "c3")

    def clean(self):
        datos = super().clean()
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and desde > hasta:
            self.add_error("hasta", "Debe ser igual o posterior a «desde».")
        return datos

    def valor(self, nombre):
        """The clean value of a field, or None when it is empty or wrong."""
        return getattr(self, "cleaned_data", {}).get(nombre) or None

    def activos(self):
        """Names of the filters in use, right or wrong; the box does not count."""
        return [n for n in self.fields if n not in ("q", "orden") and self[n].data]


class FiltrosDeBusqueda(FormularioDeFiltros):
    """The search box and its advanced filters, all combined."""

    clases = {"asunto": "c6", "estado": "c9", "vencidos": "c3", "remitente": "c3", "expediente": "c3"}

    q = forms.CharField(label="Expediente, DNI, RUC, nombre o asunto", max_length=200)
    expediente = forms.CharField(label="Expediente", max_length=60)
    remitente = forms.CharField(label="Remitente", max_length=120, help_text="DNI, RUC o nombre")
    asunto = forms.CharField(label="Asunto", max_length=200)
    desde = CampoFecha(label="Recibido desde")
    hasta = CampoFecha(label="Recibido hasta")
    tipo = forms.ModelChoiceField(TipoDocumento.objects.none(), label="Tipo", empty_label="Todos")
    area = forms.ModelChoiceField(Area.objects.none(), label="Área que lo tiene", empty_label="Todas")
    prioridad = forms.ChoiceField(label="Prioridad", choices=[("", "Todas"), *Prioridad.choices])
    registro = forms.ModelChoiceField(Usuario.objects.none(), label="Registró", empty_label="Todos")
    etiqueta = forms.CharField(label="Etiqueta", max_length=40)
    orden = forms.ChoiceField(label="Orden", choices=[(k, v[0]) for k, v in ORDENES.items()])
    estado = forms.MultipleChoiceField(
        label="Estado", choices=Estado.choices, widget=forms.CheckboxSelectMultiple
    )
    vencidos = forms.BooleanField(label="Solo vencidos")
    persona = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tipo"].queryset = TipoDocumento.objects.all()
        self.fields["area"].queryset = Area.objects.order_by("nombre")
        self.fields["registro"].queryset = (
            Usuario.objects.filter(membresias__rol__permisos=P.DOCUMENTO_REGISTRAR)
            .distinct()
            .order_by("last_name", "first_name", "username")
        )

    def filtrar(self, qs):
        """The documents that meet every valid filter."""
        valor = self.valor
        if texto := valor("q"):
            qs = por_texto(qs, texto)
        if persona := valor("persona"):
            qs = qs.filter(remitente=persona)
        for nombre in ("expediente", "remitente", "asunto", "etiqueta"):
            if texto := valor(nombre):
                metodo = "con_numero" if nombre == "expediente" else f"con_{nombre}"
                qs = getattr(qs, metodo)(texto)
        campos = {"tipo": "tipo_documento", "area": "area_actual", "registro": "usuario_registro"}
        for nombre, campo in campos.items():
            if elegido := valor(nombre):
                qs = qs.filter(**{campo: elegido})
        if valor("prioridad"):
            qs = qs.filter(prioridad=valor("prioridad"))
        if valor("estado"):
            qs = qs.filter(estado__in=valor("estado"))
        if valor("vencidos"):
            qs = qs.vencidos(hoy_lima())
        return entre_dias(qs, "fecha_recepcion", valor("desde"), valor("hasta"))

    def orden_elegido(self):
        """Paths of the chosen order for `paginar`."""
        return ORDENES[self.valor("orden") or "reciente"][1]


class FiltrosDeArchivo(FormularioDeFiltros):
    """What is in the archive now: series, place and end of retention."""

    clases = {"q": "c4", "serie": "c4", "ubicacion": "c4"}

    q = forms.CharField(label="Expediente, DNI, RUC, nombre o asunto", max_length=200)
    serie = forms.ModelChoiceField(SerieDocumental.objects.none(), label="Serie", empty_label="Todas")
    ubicacion = forms.CharField(label="Ubicación física", max_length=120)
    retencion = forms.ChoiceField(label="Retención", choices=[("", "Todas"), *RETENCIONES.items()])
    desde = CampoFecha(label="Archivado desde")
    hasta = CampoFecha(label="Archivado hasta")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["serie"].queryset = SerieDocumental.objects.all()

    def filtrar(self, documentos):
        """Stays in the archive of the given documents, filtered."""
        valor, hoy = self.valor, hoy_lima()
        documentos = documentos.filter(estado=Estado.ARCHIVADO)
        if texto := valor("q"):
            documentos = por_texto(documentos, texto)
        qs = Archivamiento.objects.filter(restaurado_en=None, documento__in=documentos.order_by())
        if valor("serie"):
            qs = qs.filter(serie=valor("serie"))
        if valor("ubicacion"):
            qs = qs.filter(ubicacion_fisica__icontains=valor("ubicacion"))
        retenciones = {
            "vencida": {"conservar_hasta__lt": hoy},
            "vigente": {"conservar_hasta__gte": hoy},
            "permanente": {"conservar_hasta": None},
        }
        qs = qs.filter(**retenciones.get(valor("retencion"), {}))
        return entre_dias(qs, "archivado_en", valor("desde"), valor("hasta"))


def entre_dias(qs, campo, desde, hasta):
    """Rows whose instant falls on the given local days, both included."""
    if desde:
        qs = qs.filter(**{f"{campo}__gte": _medianoche(desde)})
    if hasta:
        qs = qs.filter(**{f"{campo}__lt": _medianoche(hasta + timedelta(days=1))})
    return qs


def _medianoche(dia):
    return timezone.make_aware(datetime.combine(dia, time.min))


def por_texto(qs, texto):
    """What the one box finds: a number, a scan, an identity, or words; the first that has something."""
    for hallados in (qs.con_token(texto), qs.con_numero(texto)):
        if hallados.exists():
            return hallados
    numeros = numeros_de_identidad(texto)
    if numeros and (_solo_cifras(texto) or Remitente.objects.filter(numero__in=numeros).exists()):
        return qs.filter(remitente__numero__in=numeros)
    return qs.con_palabras(texto)


def directo(qs, texto):
    """The only document that a number, a scan or a token names, or None."""
    for hallados in (qs.con_token(texto), qs.con_numero(texto)):
        pks = list(hallados.order_by().values_list("pk", flat=True)[:2])
        if pks:
            return pks[0] if len(pks) == 1 else None
    return None


def personas_visibles(documentos, texto, maximo):
    """Senders found by identity or name who have some document among the given ones."""
    numeros = numeros_de_identidad(texto)
    base = Remitente.objects.filter(numero__in=numeros) if numeros else Remitente.objects.parecidos(texto)
    return list(base.con_alguno_de(documentos)[:maximo])


def _solo_cifras(texto):
    return re.sub(r"[\s.\-]", "", texto).isdigit()
