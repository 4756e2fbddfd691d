"""The filters of the search and of the archive. Each form turns its valid fields into one queryset."""

import re
from datetime import datetime

from django import forms

from documents.busqueda import Busqueda, Listado, numerados, personas_de_numero, por_texto
from documents.constants import Atencion, Estado, Plazo, Prioridad, Silencio
from documents.filtros import DE_RELOJ, entre_dias, medianoche, por_reloj
from documents.frecuentes import que_empiezan
from documents.funciones import ConsultaConPeso, mientras_escribe
from documents.models import Archivamiento, Documento, Remitente, SerieDocumental, TipoDocumento
from documents.querysets import numeros_de_identidad
from organization.calendar import hoy_lima
from organization.constants import P
from organization.models import Area, Usuario

ORDENES = {
    "reciente": ("Lo más reciente", [("fecha_recepcion", "desc"), ("pk", "desc")]),
    "antiguo": ("Lo más antiguo", [("fecha_recepcion", "asc"), ("pk", "asc")]),
    "plazo": ("Lo que vence antes", [("fecha_limite", "asc"), ("pk", "asc")]),
    "atencion": ("Lo último atendido", [("fecha_atencion", "desc"), ("pk", "desc")]),
}
RETENCIONES = {
    "vencida": "Retención vencida",
    "vigente": "Retención vigente",
    "permanente": "Conservación permanente",
}
# Filters that the figures of an area also have. Any other could tell of a reserved document by what it narrows.
DE_FIGURA = frozenset({*DE_RELOJ, "desde", "hasta", "estado", "area", "areas", "mesas"})
CANDIDATOS = 24
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
    parejas = (("desde", "hasta"),)
    usuario = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nombre, campo in self.fields.items():
            campo.required = False
            campo.clase = self.clases.get(nombre, "c3")

    def preparar(self, usuario):
        """Fits the form to who fills it in, before it is read."""
        self.usuario = usuario

    def clean(self):
        datos = super().clean()
        for primero, ultimo in self.parejas:
            desde, hasta = datos.get(primero), datos.get(ultimo)
            if desde and hasta and desde > hasta:
                self.add_error(ultimo, "Debe ser igual o posterior a «desde».")
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
    parejas = (("desde", "hasta"), ("atendido_desde", "atendido_hasta"), ("llegado_desde", "llegado_hasta"))

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
    plazo = forms.ChoiceField(label="Plazo", choices=[("", "Cualquiera"), *Plazo.choices])
    silencio = forms.ChoiceField(
        label="Silencio",
        choices=[("", "Cualquiera"), *((s.value, s.label) for s in Silencio if s.value)],
    )
    atencion = forms.ChoiceField(label="Atención", choices=[("", "Cualquiera"), *Atencion.choices])
    atendido_desde = CampoFecha(label="Atendido desde")
    atendido_hasta = CampoFecha(label="Atendido hasta")
    llegado_desde = CampoFecha(label="En su área desde el")
    llegado_hasta = CampoFecha(label="En su área hasta el")
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label="Lo tiene alguna de estas áreas", widget=forms.MultipleHiddenInput
    )
    mesas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label="Ingresó por", widget=forms.MultipleHiddenInput
    )
    persona = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tipo"].queryset = TipoDocumento.objects.all()
        for nombre in ("area", "areas", "mesas"):
            self.fields[nombre].queryset = Area.objects.order_by("nombre")
        self.fields["registro"].queryset = (
            Usuario.objects.filter(membresias__rol__permisos=P.DOCUMENTO_REGISTRAR)
            .distinct()
            .order_by("last_name", "first_name", "username")
        )

    def filtrar(self, qs):
        """The documents that meet every valid filter that is not of words, person or box."""
        valor = self.valor
        if numero := valor("expediente"):
            qs = qs.con_numero(numero)
        if etiqueta := valor("etiqueta"):
            qs = qs.con_etiqueta(etiqueta)
        campos = {"area": "area_actual", "registro": "usuario_registro", "prioridad": "prioridad"}
        for nombre, campo in campos.items():
            if elegido := valor(nombre):
                qs = qs.filter(**{campo: elegido})
        if valor("estado"):
            qs = qs.filter(estado__in=valor("estado"))
        if valor("vencidos"):
            qs = qs.vencidos(hoy_lima())
        if valor("areas"):
            qs = qs.filter(area_actual__in=[area.pk for area in valor("areas")])
        if valor("mesas"):
            qs = qs.filter(area_registro__in=[area.pk for area in valor("mesas")])
        if valor("orden") == "atencion":
            qs = qs.filter(fecha_atencion__isnull=False)
        return por_reloj(qs, {nombre: valor(nombre) for nombre in DE_RELOJ})

    def buscar(self, usuario, *, abierta=False):
        """What the box and the filters find, ready to page and count: a Busqueda, or a Listado without words.

        With `abierta`, also what begins with the words of the box.
        """
        valor, visibles = self.valor, Documento.objects.visibles_para(usuario)
        if pks := self.numerados(usuario):
            return Listado(self._listar(visibles.filter(pk__in=pks)))
        busqueda = Busqueda(usuario)
        if texto := valor("q"):
            busqueda = busqueda.de_texto(texto, abierta=abierta)
        if persona := valor("persona"):
            busqueda = busqueda.y(remitentes=(persona,))
        if nombre := valor("remitente"):
            personas = personas_de_numero(nombre)
            busqueda = (
                busqueda.y(consulta=ConsultaConPeso(nombre, "A"))
                if personas is None
                else busqueda.y(remitentes=tuple(personas))
            )
        if asunto := valor("asunto"):
            busqueda = busqueda.y(consulta=ConsultaConPeso(asunto, "B"))
        if busqueda.consulta is None and busqueda.remitentes is None:
            return Listado(self._listar(visibles))
        return busqueda.con(
            tipos=(valor("tipo").pk,) if valor("tipo") else None,
            desde=medianoche(valor("desde")) if valor("desde") else None,
            hasta=medianoche(valor("hasta"), 1) if valor("hasta") else None,
            otros=self.filtrar(Documento.objects.all()),
        )

    def hallados(self, usuario):
        """Every document that the screen pages through, as a queryset without order."""
        documentos = self.buscar(usuario).todos()
        if self.valor("q") and not documentos.exists():
            documentos = self.buscar(usuario, abierta=True).todos()
        return documentos

    def es_de_figura(self, usuario):
        """Whether the filters are only those of a figure that this person sees: days, states and own areas."""
        activos = set(self.activos())
        if self.valor("q") or not activos or not activos <= DE_FIGURA or self.errors:
            return False
        if not usuario.tiene_permiso(P.REPORTES):
            return False
        if usuario.tiene_permiso(P.DOCUMENTO_VER_TODO):
            return True
        areas = (
            [self.valor("area")] if self.valor("area") else self.valor("areas") or self.valor("mesas") or ()
        )
        return bool(areas) and {area.pk for area in areas} <= usuario.alcance.areas_con(P.REPORTES)

    def reservados_ocultos(self, usuario):
        """How many reserved documents meet the filters and are not shown; only asked of `es_de_figura`."""
        todos = Documento.objects.filter(reservado=True)
        visibles = todos.visibles_para(usuario)
        return self._listar(todos).order_by().count() - self._listar(visibles).order_by().count()

    def numerados(self, usuario):
        """Ids of the visible documents that the box names by number, scan or token; [] when it names none."""
        if not hasattr(self, "_numerados"):
            texto = self.valor("q")
            self._numerados = numerados(Documento.objects.visibles_para(usuario), texto) if texto else []
        return self._numerados

    def _listar(self, qs):
        """A list of documents with every filter but the box and words."""
        if tipo := self.valor("tipo"):
            qs = qs.filter(tipo_documento=tipo)
        if persona := self.valor("persona"):
            qs = qs.filter(remitente=persona)
        if nombre := self.valor("remitente"):
            qs = qs.con_remitente(nombre)
        if asunto := self.valor("asunto"):
            qs = qs.con_asunto(asunto)
        qs = entre_dias(self.filtrar(qs), "fecha_recepcion", self.valor("desde"), self.valor("hasta"))
        return qs.para_lista()

    def orden_elegido(self):
        """Paths of the chosen order for `paginar`; what was attended in some days comes by that, in its index."""
        de_atencion = self.valor("atendido_desde") or self.valor("atendido_hasta")
        return ORDENES[self.valor("orden") or ("atencion" if de_atencion else "reciente")][1]


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


def personas_visibles(usuario, texto, maximo):
    """Senders found by identity or name who have some document that the user may see; best first.

    Only the first candidates are tried: each trial costs, and one more letter changes them.
    """
    numeros = numeros_de_identidad(texto)
    if numeros:
        candidatos = Remitente.objects.filter(numero__in=numeros).order_by("pk")[:CANDIDATOS]
    elif any(c.isdigit() for c in texto) and len(re.sub(r"\D", "", texto)) < 5:
        return []
    else:
        candidatos = Remitente.objects.primeros(texto, CANDIDATOS)
    pks = [persona.pk for persona in candidatos]
    visibles = Remitente.objects.filter(pk__in=pks).visibles_para(usuario).values_list("pk", flat=True)
    vistos = set(visibles) if pks else set()
    return [persona for persona in candidatos if persona.pk in vistos][:maximo]


def documentos_sugeridos(usuario, texto, cuantos):
    """Documents for a text being typed: the one it names, then the newest with its words, the last one unfinished."""
    leer = Documento.objects.only("numero_expediente", "asunto", "remitente_nombre", "reservado")
    visibles = leer.visibles_para(usuario)
    pks = numerados(visibles, texto)
    if pks:
        return list(visibles.filter(pk__in=pks).order_by("-fecha_recepcion", "-pk")[:cuantos])
    busqueda = Busqueda(usuario, documentos=leer)
    personas = personas_de_numero(texto)
    if personas is not None:
        return busqueda.con(remitentes=tuple(personas)).primeros(cuantos)
    for consulta, de_una_vez in mientras_escribe(texto, que_empiezan):
        hallados = busqueda.con(consulta=consulta, de_una_vez=de_una_vez).primeros(cuantos)
        if hallados:
            return hallados
    return []
