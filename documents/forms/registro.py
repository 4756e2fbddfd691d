"""The registration form: one paper, as it comes over the counter."""

import re
import uuid

from django import forms

from documents.constants import Prioridad, TipoIdentidad
from documents.forms.busqueda import CampoFecha
from documents.identidad import deducir_tipo, limpiar_numero, problema_de_numero
from documents.models import Categoria, Documento, Procedimiento, Remitente, TipoDocumento
from documents.services.registro import SIN_CAMBIO
from organization.calendar import hoy_lima
from organization.models import Area, Usuario

_ANEXO = re.compile(r"^(?P<nombre>.+?)[\s,:(]+(?P<folios>\d{1,5})\s*(?:f\.?|folios?)?\)?$", re.I)
_SOLO_ROTULO = re.compile(r"anexo(?: n[.°º]*)? ?\d+", re.I)  # "Anexo 1" is a name, not one folio
MAX_FOLIOS = 100_000


def _texto(rotulo, *, maximo, falta="", requerido=False, **attrs):
    mensajes = {"max_length": f"Son %(show_value)s caracteres: el máximo es {maximo}. Acórtalo."}
    if falta:
        mensajes["required"] = falta
    return forms.CharField(
        label=rotulo,
        max_length=maximo,
        required=requerido,
        error_messages=mensajes,
        widget=forms.TextInput(attrs={"autocomplete": "off"} | attrs),
    )


def _numero(rotulo, *, minimo, maximo, falta, requerido=True, **attrs):
    return forms.IntegerField(
        label=rotulo,
        min_value=minimo,
        max_value=maximo,
        required=requerido,
        error_messages={
            "required": falta,
            "invalid": falta,
            "min_value": falta,
            "max_value": f"Es más de {maximo}: revisa la cifra.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"} | attrs),
    )


class CampoCodigo(forms.CharField):
    """Text that names a catalogue row by code, by "code name" or by name; resolved by `buscar`."""

    def __init__(self, *, buscar, no_hay, **kwargs):
        self.buscar, self.no_hay = buscar, no_hay
        super().__init__(required=False, max_length=260, **kwargs)

    def clean(self, value):
        texto = super().clean(value).strip()
        if not texto:
            return None
        fila = self.buscar(texto)
        if fila is None:
            raise forms.ValidationError(self.no_hay % {"texto": texto[:60]})
        return fila


def buscar_procedimiento(texto):
    """The active procedure of "TR-07", "TR-07 Habilitación…" or its exact name."""
    activos = Procedimiento.objects.filter(activo=True).select_related("area", "tipo_documento")
    return (
        activos.filter(codigo__iexact=texto.split()[0]).first()
        or activos.filter(codigo__iexact=texto).first()
        or activos.filter(nombre__iexact=texto).first()
    )


def buscar_area(texto):
    """The active area of a sigla, of "Name (SIGLA)" or of its exact name."""
    destinos = Area.objects.destinos()
    entre_parentesis = re.search(r"\(([^()]+)\)\s*$", texto)
    sigla = entre_parentesis[1] if entre_parentesis else texto
    return (
        destinos.filter(sigla__iexact=sigla.strip()).first() or destinos.filter(nombre__iexact=texto).first()
    )


def _digitos_sueltos(numero):
    """Only digits, and not as many as a DNI, a CE or a RUC have: more often a slip than a passport."""
    return numero.isdigit() and len(numero) not in (8, 9, 11)


class RegistroForm(forms.Form):
    """Everything asked at the window; `resuelto` has the arguments of registrar_documento.

    The person is found by number, or created from the name fields. Empty area, instruction, subject and term
    take what the procedure or the rules propose.
    """

    llave = forms.UUIDField(widget=forms.HiddenInput, required=False)
    remitente = forms.IntegerField(widget=forms.HiddenInput, required=False)
    doc = _texto("DNI, RUC o CE", maximo=80, **{"autofocus": True})
    sin_documento = forms.BooleanField(label="Sin documento de identidad", required=False)
    tipo_identidad = forms.ChoiceField(
        label="Tipo de documento de identidad",
        required=False,
        choices=[
            ("", "Según el número"),
            *[c for c in TipoIdentidad.choices if c[0] != TipoIdentidad.SIN_DOCUMENTO],
        ],
    )
    nombre = _texto("Nombre o razón social", maximo=200, **{"data-al-salir": ""})
    telefono = _texto("Teléfono", maximo=30, inputmode="tel")
    direccion = _texto("Dirección", maximo=200)
    firmante_documento = _texto(
        "DNI de quien firma", maximo=12, inputmode="numeric", **{"data-salta": "siempre"}
    )
    firmante_nombre = _texto("Nombre y cargo de quien firma", maximo=160, **{"data-salta": "siempre"})
    correo = forms.EmailField(
        label="Correo para avisos",
        required=False,
        error_messages={"invalid": "Escribe el correo completo, por ejemplo nombre@correo.pe."},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "data-salta": "siempre"}),
    )
    tipo = forms.ModelChoiceField(
        label="Tipo de documento",
        queryset=TipoDocumento.objects.filter(activo=True),
        empty_label=None,
        error_messages={
            "invalid_choice": "Elige un tipo de la lista.",
            "required": "Elige el tipo de documento.",
        },
        widget=forms.Select(attrs={"data-salta": ""}),
    )
    procedimiento = CampoCodigo(
        label="Procedimiento del TUPA",
        buscar=buscar_procedimiento,
        no_hay="No hay un procedimiento «%(texto)s»: escribe su código, por ejemplo TR-07, o déjalo vacío.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    numero = _texto("Número", maximo=100, **{"data-salta": ""})
    fecha = CampoFecha(
        label="Fecha",
        required=False,
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "data-salta": ""}
        ),
    )
    folios = _numero("Folios", minimo=1, maximo=MAX_FOLIOS, falta="Escribe los folios, por ejemplo 46")
    anexos = _numero(
        "Anexos",
        minimo=0,
        maximo=10_000,
        falta="Escribe cuántos anexos trae, o 0",
        requerido=False,
        **{"data-salta": ""},
    )
    asunto = forms.CharField(
        label="Asunto",
        max_length=500,
        required=False,
        error_messages={"max_length": "Son %(show_value)s caracteres: el máximo es 500. Acórtalo."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    area = CampoCodigo(
        label="Área de destino",
        buscar=buscar_area,
        no_hay="No hay un área activa «%(texto)s»: escribe su sigla o elige una de la lista.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    prioridad = forms.ChoiceField(
        label="Prioridad", choices=Prioridad.choices, required=False, widget=forms.RadioSelect
    )
    plazo_dias = _numero(
        "Plazo en días hábiles",
        minimo=1,
        maximo=1000,
        falta="Escribe los días hábiles, por ejemplo 10, o déjalo vacío",
        requerido=False,
    )
    instruccion = _texto("Instrucción", maximo=300)
    categoria = forms.ModelChoiceField(
        label="Categoría",
        queryset=Categoria.objects.filter(activa=True).select_related("tipo_documento"),
        required=False,
        empty_label="Sin categoría",
        error_messages={"invalid_choice": "Elige una categoría de la lista."},
    )
    etiquetas = _texto("Etiquetas", maximo=400)
    relacionado = _texto("Expediente relacionado", maximo=40)
    detalle_anexos = forms.CharField(
        label="Detalle de anexos", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    observaciones = forms.CharField(
        label="Observaciones internas",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reservado = forms.BooleanField(label="Documento reservado", required=False)
    personas = forms.ModelMultipleChoiceField(
        label="Quiénes pueden verlo",
        queryset=Usuario.objects.filter(is_active=True),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    faltantes = forms.CharField(
        label="Qué más falta", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, usuario, puede_reservar=False, **kwargs):
        self.usuario = usuario
        super().__init__(*args, **kwargs)
        self.persona = None
        if not puede_reservar:
            del self.fields["reservado"], self.fields["personas"]
        self.fields["categoria"].label_from_instance = lambda c: f"{c.tipo_documento.codigo}: {c.nombre}"

    def poner_delante(self, usados):
        """Lists the types of those ids first, in their order, and then the rest as the catalogue has them."""
        tipos = {t.pk: (t.pk, str(t)) for t in self.fields["tipo"].queryset}
        delante = [tipos.pop(pk) for pk in usados if pk in tipos]
        if delante:
            self.fields["tipo"].choices = [("Los más usados aquí", delante), ("Los demás", [*tipos.values()])]

    @staticmethod
    def valores_de_inicio():
        """What the form shows when nothing was typed: the usual paper."""
        tipo = TipoDocumento.objects.filter(activo=True).order_by("orden", "nombre").first()
        return {
            "llave": uuid.uuid4(),
            "tipo": tipo.pk if tipo else None,
            "numero": "S/N",
            "fecha": hoy_lima(),
            "anexos": 0,
            "prioridad": Prioridad.NORMAL,
        }

    def clean_fecha(self):
        fecha = self.cleaned_data.get("fecha")
        if fecha and fecha > hoy_lima():
            raise forms.ValidationError("La fecha del documento es posterior a hoy: revísala.")
        return fecha

    def clean_relacionado(self):
        texto = self.cleaned_data.get("relacionado", "").strip()
        if not texto:
            return None
        hallados = list(
            Documento.objects.visibles_para(self.usuario).con_numero(texto).order_by("-anio", "-pk")[:2]
        )
        if not hallados:
            raise forms.ValidationError(
                f"No encontramos el expediente «{texto}»: escríbelo como EXP-2026-004182."
            )
        return hallados[0]

    def clean_detalle_anexos(self):
        """Lines such as "SOAT 4": name and folios."""
        filas = []
        for linea in self.cleaned_data.get("detalle_anexos", "").splitlines():
            linea = " ".join(linea.split())
            if linea:
                partes = None if _SOLO_ROTULO.fullmatch(linea) else _ANEXO.match(linea)
                nombre, folios = (partes["nombre"], int(partes["folios"])) if partes else (linea, None)
                filas.append({"nombre": nombre[:120], "folios": folios})
        return filas[:200]

    def clean(self):
        datos = super().clean()
        self._identificar(datos)
        procedimiento = datos.get("procedimiento")
        if not datos.get("asunto", "").strip():
            if procedimiento and procedimiento.asunto_modelo:
                datos["asunto"] = procedimiento.asunto_modelo
            elif "asunto" not in self.errors:
                self.add_error("asunto", "Escribe el asunto: qué pide o qué comunica")
        categoria, tipo = datos.get("categoria"), datos.get("tipo")
        if categoria and tipo and categoria.tipo_documento_id != tipo.pk:
            self.add_error("categoria", f"Esa categoría no es de {tipo.nombre}: elige otra o quítala.")
        if datos.get("detalle_anexos") and not datos.get("anexos"):
            datos["anexos"] = len(datos["detalle_anexos"])
        elif len(datos.get("detalle_anexos") or ()) > (datos.get("anexos") or 0):
            self.add_error(
                "detalle_anexos",
                f"Detallaste {len(datos['detalle_anexos'])} anexos y escribiste {datos.get('anexos')}:"
                " corrige la cantidad.",
            )
        return datos

    def _identificar(self, datos):
        """Finds the person by id or number, or checks that a new one can be made."""
        self.persona = persona_de(datos)
        if self.persona is not None:
            return
        if datos.get("sin_documento"):
            self.identidad = (TipoIdentidad.SIN_DOCUMENTO, "")
        else:
            numero = limpiar_numero(datos.get("doc", ""))
            tipo = datos.get("tipo_identidad") or deducir_tipo(numero)
            problema = "" if not numero else problema_de_numero(tipo, numero)
            if numero and not datos.get("tipo_identidad") and _digitos_sueltos(numero):
                problema = (
                    f"Un DNI tiene 8 dígitos y un RUC 11; escribiste {len(numero)}. "
                    "Si es otro documento, elige su tipo."
                )
            if not numero:
                problema = "Escribe el DNI, RUC o CE de quien presenta, o marca que viene sin documento"
            if problema:
                self.add_error("doc", problema)
                return
            self.identidad = (tipo, numero)
        if not datos.get("nombre", "").strip():
            quien = (
                "de quien presenta"
                if datos.get("sin_documento")
                else "de esa persona: es la primera vez que viene"
            )
            self.add_error("nombre", f"Escribe el nombre o la razón social {quien}")

    def remitente_nuevo(self):
        """Arguments of guardar_remitente for a person seen for the first time."""
        tipo, numero = self.identidad
        datos = self.cleaned_data
        return {
            "tipo_identidad": tipo,
            "numero": numero,
            "nombre": datos["nombre"],
            "correo": datos["correo"],
            "telefono": datos["telefono"],
            "direccion": datos["direccion"],
        }

    def argumentos(self, *, area_sugerida):
        """Arguments of registrar_documento that the form holds."""
        datos = self.cleaned_data
        procedimiento = datos["procedimiento"]
        return {
            "tipo_documento": datos["tipo"],
            "procedimiento": procedimiento,
            "categoria": datos["categoria"],
            "numero_documento_externo": datos["numero"] or "S/N",
            "fecha_documento": datos["fecha"],
            "asunto": datos["asunto"],
            "numero_folios": datos["folios"],
            "numero_anexos": datos["anexos"] or 0,
            "detalle_anexos": datos["detalle_anexos"],
            "etiquetas": datos["etiquetas"].split(","),
            "observaciones": datos["observaciones"],
            "expediente_relacionado": datos["relacionado"],
            "firmante_documento": limpiar_numero(datos["firmante_documento"]),
            "firmante_nombre": datos["firmante_nombre"],
            "correo_avisos": datos["correo"],
            "prioridad": datos["prioridad"] or Prioridad.NORMAL,
            "plazo_dias": datos["plazo_dias"] if datos["plazo_dias"] is not None else SIN_CAMBIO,
            "reservado": datos.get("reservado") or None,
            "personas": list(datos.get("personas") or ()),
            "area_sugerida": datos["area"] or area_sugerida,
            "instruccion_prevista": datos["instruccion"]
            or (procedimiento.instruccion if procedimiento else ""),
            "llave": datos["llave"],
        }


def persona_de(datos):
    """The known person of the form's data, or None: the one chosen while the text still says so, else by number."""
    numero = limpiar_numero(datos.get("doc", ""))
    if datos.get("remitente"):
        persona = Remitente.objects.filter(pk=datos["remitente"]).first()
        if persona is not None and _sigue_siendo(persona, numero, bool(datos.get("sin_documento"))):
            return persona
    if not numero or datos.get("sin_documento"):
        return None
    hallados = Remitente.objects.por_numero(numero)
    if datos.get("tipo_identidad"):
        hallados = hallados.filter(tipo_identidad=datos["tipo_identidad"])
    return hallados.order_by("pk").first()


def _sigue_siendo(persona, numero, sin_documento):
    """What is written names the person chosen before: a number typed later is always believed over it."""
    if persona.numero:
        return numero == persona.numero and not sin_documento
    return numero in ("", limpiar_numero(persona.nombre))
