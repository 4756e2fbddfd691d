"""The acts on a document that are not derivations: each a form, one service and a message."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from core.pages import ir_a
from core.texto import cuenta, fecha
from documents import services
from documents.constants import ClaseArchivo
from documents.errors import ReservadoSinPersona
from documents.forms import acciones as formularios
from documents.forms.edicion import Editar as FormularioDeEdicion
from documents.permissions import puede_imprimir_cargo, puede_subsanar_tarde
from documents.presentacion import reloj_de
from documents.services.observacion import ultimo_dia_para_subsanar
from documents.services.plazo import pausas_de
from documents.views.acto import VistaDeActo
from organization.calendar import cargar_calendario, comparar_plazo, fecha_corta, hoy_lima
from organization.models import Usuario


def _aviso(texto, nivel="", icono="reloj"):
    return {"texto": texto, "nivel": nivel, "icono": icono}


class Editar(VistaDeActo):
    """Corrects data with a reason; before and after stay in the history."""

    nombre = "editar"
    formulario = FormularioDeEdicion
    titulo = "Corregir {numero}"
    boton = "Guardar la corrección"

    def avisos(self):
        return [
            _aviso("El número, las fechas de recepción y el cargo no se corrigen: son prueba.", icono="sello")
        ]

    def ejecutar(self, form):
        cambios = form.cambios()
        services.editar_documento(
            documento_id=self.documento.pk,
            cambios=cambios,
            motivo=form.cleaned_data["motivo"],
            actor=self.request.user,
        )
        return "Corregido. La historia guarda lo anterior." if cambios else "No cambió ningún dato."


class Nota(VistaDeActo):
    nombre = "nota"
    formulario = formularios.Anotar
    titulo = "Nota interna de {numero}"
    boton = "Guardar nota"

    def avisos(self):
        return [_aviso("La nota es interna: el ciudadano no la ve.", icono="ojo")]

    def ejecutar(self, form):
        services.agregar_nota(
            documento_id=self.documento.pk, texto=form.cleaned_data["texto"], actor=self.request.user
        )
        return "Nota guardada."

    def destino(self):
        return f"{self.volver()}#notas"


class Adjuntar(VistaDeActo):
    nombre = "adjuntar"
    formulario = formularios.Adjuntar
    con_archivos = True
    titulo = "Adjuntar archivos a {numero}"
    boton = "Adjuntar"
    enviando = "Adjuntando…"

    def armar(self, datos=None):
        if datos is not None and "clase" not in datos:  # the drop area of a record without files asks nothing
            datos = datos.copy()
            sin_principal = not self.documento.archivos.filter(es_principal=True).exists()
            datos["clase"] = (ClaseArchivo.PRINCIPAL if sin_principal else ClaseArchivo.ANEXO).value
        return super().armar(datos)

    def ejecutar(self, form):
        adjuntos = services.adjuntar_archivos(
            documento_id=self.documento.pk,
            ids=self.ids,
            actor=self.request.user,
            clase=form.cleaned_data["clase"],
            detalle=form.cleaned_data["detalle"],
        )
        repetidos = "".join(f" {a.aviso_repetido}" for a in adjuntos if getattr(a, "aviso_repetido", ""))
        return f"{cuenta(len(adjuntos), 'archivo adjuntado', 'archivos adjuntados')}.{repetidos}"


class Observar(VistaDeActo):
    """Once only; the last day is shown before, and both copies of the receipt are printed after."""

    nombre = "observar"
    formulario = formularios.Observar
    boton = "Observar e imprimir las dos copias"
    enviando = "Observando…"

    def avisos(self):
        dia = fecha_corta(ultimo_dia_para_subsanar(hoy_lima()))
        return [
            _aviso(
                f"Puede subsanar hasta el {dia}, 2 días hábiles. Mientras tanto el plazo está en pausa; si no "
                "subsana, se tiene por no presentado (art. 136). Solo se observa una vez.",
                nivel="am",
                icono="bandera",
            )
        ]

    def ejecutar(self, form):
        observacion = services.observar_documento(
            documento_id=self.documento.pk,
            faltantes=form.cleaned_data["faltantes"],
            actor=self.request.user,
        )
        return f"Observado. Puede subsanar hasta el {fecha(observacion.vence_el)}."

    def destino(self):
        imprime = puede_imprimir_cargo(self.request.user, self.documento)
        return self.volver(imprimir="2x") if imprime else self.volver()


class Subsanar(VistaDeActo):
    nombre = "subsanar"
    formulario = formularios.Subsanar
    con_archivos = True
    boton = "Registrar subsanación"

    def armar(self, datos=None):
        clase = type(
            "SubsanarAqui",
            (self.formulario,),
            {"ofrece_tarde": puede_subsanar_tarde(self.request.user, self.documento)},
        )
        return clase(datos, documento=self.documento, usuario=self.request.user)

    def avisos(self):
        observacion = getattr(self.documento, "observacion", None)
        if observacion is None:
            return []
        faltas = ", ".join(observacion.faltantes)
        return [_aviso(f"Falta: {faltas}. Vence el {fecha(observacion.vence_el)}.", "am", "bandera")]

    @transaction.atomic
    def ejecutar(self, form):
        documento = services.subsanar_documento(
            documento_id=self.documento.pk,
            detalle=form.cleaned_data["detalle"],
            actor=self.request.user,
            fuera_de_plazo=bool(form.cleaned_data.get("fuera_de_plazo")),
        )
        if self.ids:
            services.adjuntar_archivos(
                documento_id=documento.pk,
                ids=self.ids,
                actor=self.request.user,
                clase=ClaseArchivo.SUBSANACION,
                detalle=form.cleaned_data["detalle"],
            )
        vence = f" El plazo vence el {fecha(documento.fecha_limite)}." if documento.fecha_limite else ""
        return f"Subsanado: conserva su fecha de presentación.{vence}"


class NoPresentado(VistaDeActo):
    nombre = "no-presentado"
    titulo = "Tener por no presentado {numero}"

    def avisos(self):
        observacion = getattr(self.documento, "observacion", None)
        vencio = f"El plazo para subsanar venció el {fecha(observacion.vence_el)}. " if observacion else ""
        return [
            _aviso(
                f"{vencio}El documento se cierra y se devuelve con sus recaudos; su número queda.",
                "am",
                "tri",
            )
        ]

    def ejecutar(self, form):
        services.tener_por_no_presentado(documento_id=self.documento.pk, actor=self.request.user)
        return "Se tuvo por no presentado."


class Suspender(VistaDeActo):
    nombre = "suspender"
    formulario = formularios.Suspender
    titulo = "Suspender el plazo de {numero}"

    def avisos(self):
        reloj = reloj_de(self.documento)
        queda = f"{reloj.titulo}. " if reloj.vence else ""
        return [_aviso(f"{queda}Desde hoy no corre, hasta que alguien lo reanude.", icono="pausa")]

    def ejecutar(self, form):
        services.suspender_plazo(documento_id=self.documento.pk, actor=self.request.user, **form.cleaned_data)
        return "Plazo suspendido desde hoy. Se reanuda cuando llegue lo que se espera."


class Reanudar(VistaDeActo):
    nombre = "reanudar"
    formulario = formularios.Reanudar
    titulo = "Reanudar el plazo de {numero}"

    def avisos(self):
        nota = reloj_de(self.documento).nota
        return [_aviso(nota)] if nota else []

    def ejecutar(self, form):
        documento = services.reanudar_plazo(
            documento_id=self.documento.pk, actor=self.request.user, detalle=form.cleaned_data["detalle"]
        )
        vence = f" Vence el {fecha(documento.fecha_limite)}." if documento.fecha_limite else ""
        return f"Plazo reanudado.{vence}"


class Recalcular(VistaDeActo):
    """Applies today's calendar to a stored term, on purpose and with the reason."""

    nombre = "recalcular"
    formulario = formularios.ConMotivo
    titulo = "Recalcular el plazo de {numero}"
    boton = "Recalcular"

    def comparacion(self):
        d = self.documento
        return comparar_plazo(d.plazo_pasos, cargar_calendario(d.fecha_legal), pausas=pausas_de(d))

    def impedimento(self):
        motivo = super().impedimento()
        if not motivo and not self.comparacion().cambia:
            motivo = "Con el calendario de hoy vence el mismo día: no hay nada que recalcular."
        return motivo

    def avisos(self):
        if self.acto.impedimento(self.documento):
            return []
        c = self.comparacion()
        return [
            _aviso(f"Vence el {fecha(c.vence_guardado)}; recalculado vence el {fecha(c.vence_actual)}.", "am")
        ]

    def ejecutar(self, form):
        documento = services.recalcular_plazo(
            documento_id=self.documento.pk, motivo=form.cleaned_data["motivo"], actor=self.request.user
        )
        return f"Plazo recalculado: vence el {fecha(documento.fecha_limite)}."

    def destino(self):
        return reverse("documents:plazo", args=[self.documento.pk])


class Archivar(VistaDeActo):
    nombre = "archivar"
    formulario = formularios.Archivar

    def avisos(self):
        return [_aviso("Al cumplirse la retención nada se elimina solo: el listado lo avisa.", icono="caja")]

    def ejecutar(self, form):
        estadia = services.archivar_documento(
            documento_id=self.documento.pk, actor=self.request.user, **form.cleaned_data
        )
        hasta = estadia.conservar_hasta
        return f"Archivado. Se conserva {f'hasta el {fecha(hasta)}' if hasta else 'para siempre'}."


class _ConMotivo(VistaDeActo):
    """An act whose service takes only the reason."""

    formulario = formularios.ConMotivo
    servicio = None
    mensaje = ""

    def ejecutar(self, form):
        type(self).servicio(
            documento_id=self.documento.pk, motivo=form.cleaned_data["motivo"], actor=self.request.user
        )
        return self.mensaje


class Restaurar(_ConMotivo):
    nombre = "restaurar"
    servicio = services.restaurar_documento
    mensaje = "Restaurado: vuelve a estar en proceso. Su paso por el archivo queda en la historia."


class Reabrir(_ConMotivo):
    nombre = "reabrir"
    servicio = services.reabrir_documento
    mensaje = "Reabierto: vuelve a estar en proceso."


class Anular(_ConMotivo):
    nombre = "anular"
    formulario = formularios.Anular
    titulo = "Anular {numero}"
    servicio = services.anular_documento
    mensaje = "Anulado. El número queda, con su motivo."

    def avisos(self):
        return [
            _aviso(
                "No se deshace: el expediente sale de todas las bandejas y su número no se reusa.",
                "ro",
                "oct",
            )
        ]


class Acceso(VistaDeActo):
    """Names persons of a reserved document, and takes their names back."""

    nombre = "acceso"
    formulario = formularios.Acceso
    titulo = "Quién ve {numero}"
    boton = "Dar acceso"

    def post(self, request, pk):
        if "quitar" not in request.POST:
            return super().post(request, pk)
        return self.retirar(request)

    def retirar(self, request):
        clave = request.POST["quitar"]
        persona = get_object_or_404(Usuario, pk=clave if clave.isdigit() and len(clave) < 19 else 0)
        form = self.armar()
        try:
            services.retirar_acceso(documento_id=self.documento.pk, usuario=persona, actor=request.user)
        except ReservadoSinPersona as error:
            return self.mostrar(form, status=error.estado_http, error=error.campos["personas"][0])
        mensaje = f"{persona.nombre_completo} ya no lo ve."
        return ir_a(request, reverse("inicio") if persona == request.user else self.volver(), mensaje)

    def ejecutar(self, form):
        persona = form.cleaned_data["persona"]
        services.dar_acceso(documento_id=self.documento.pk, usuarios=[persona], actor=self.request.user)
        return f"{persona.nombre_completo} ya puede verlo."

    def extra(self):
        accesos = self.documento.accesos.select_related("usuario", "dado_por").order_by("dado_en", "pk")
        return {"accesos": accesos}


_ACTOS = (
    Editar, Nota, Adjuntar, Observar, Subsanar, NoPresentado, Suspender, Reanudar, Recalcular, Archivar,
    Restaurar, Reabrir, Anular, Acceso,
)  # fmt: skip

urlpatterns = [
    path(f"expedientes/<int:pk>/{vista.nombre}/", vista.as_view(), name=vista.nombre) for vista in _ACTOS
]
