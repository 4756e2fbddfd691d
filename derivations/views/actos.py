"""The acts on a derivation, each as a dialog fragment and as its own page with the same form."""

from django.http import QueryDict
from django.urls import path

from core.errors import ErrorDeNegocio
from core.texto import cuenta
from derivations import forms as f
from derivations import services
from derivations.constants import Estado, Motivo
from derivations.errors import EsCopia, NoEsCopia, YaActuado
from derivations.permissions import puede_asignar, puede_atender, puede_recibir, puede_recuperar
from derivations.views import derivar
from derivations.views.comun import Acto, exigir_estado
from documents.files.constants import ACCEPT
from documents.files.espera import en_espera_de, poner_varios_en_espera
from documents.files.limites import texto_limites


class Recibir(Acto):
    """Confirms what arrived."""

    nombre, titulo, boton, icono = "recibir", "Recibir", "Recibir", "recibir"
    accion, enviando = "recibir este documento", "Recibiendo…"

    def permitido(self):
        return puede_recibir(self.request.user, self.derivacion)

    def comprobar(self):
        if self.derivacion.es_copia:
            raise EsCopia(numero=self.documento.numero_expediente)
        exigir_estado(self.derivacion, Estado.PENDIENTE)

    def crear_form(self, datos=None):
        contados = self.request.GET.get("folios", "")
        contados = int(contados) if contados.isascii() and contados.isdigit() and len(contados) < 6 else None
        return f.RecibirForm(datos, initial={"folios": contados or self.derivacion.folios})

    def hacer(self, datos):
        services.recibir_derivacion(
            derivacion_id=self.derivacion.pk,
            folios=datos["folios"],
            observaciones=datos["observaciones"],
            actor=self.request.user,
        )
        return f"{self.documento.numero_expediente} recibido, {cuenta(datos['folios'], 'folio')}."


class Devolver(Acto):
    """Returns a pending derivation to who sent it."""

    nombre, titulo, boton, icono = "devolver", "Devolver", "Devolver", "volver"
    accion, enviando = "devolver este documento", "Devolviendo…"

    def permitido(self):
        return puede_recibir(self.request.user, self.derivacion)

    def comprobar(self):
        if self.derivacion.es_copia:
            raise EsCopia(numero=self.documento.numero_expediente)
        exigir_estado(self.derivacion, Estado.PENDIENTE)
        if self.derivacion.motivo == Motivo.DEVOLUCION:
            raise YaActuado(que="Una devolución no se devuelve: recíbela y deriva a donde corresponde")

    def crear_form(self, datos=None):
        return f.MotivoForm(
            datos,
            rotulo="Por qué se devuelve",
            pista=f"Vuelve a {self.derivacion.area_origen.nombre} como pendiente de recibir.",
            vacio="Escribe por qué se devuelve.",
        )

    def hacer(self, datos):
        services.rechazar_derivacion(
            derivacion_id=self.derivacion.pk, motivo=datos["motivo"], actor=self.request.user
        )
        return f"{self.documento.numero_expediente} devuelto a {self.derivacion.area_origen.nombre}."


class Recuperar(Acto):
    """Calls a sending back before it is received."""

    nombre, titulo, boton, icono = "recuperar", "Anular el envío de", "Anular envío", "volver"
    accion, enviando, peligro = "anular este envío", "Anulando…", True

    def permitido(self):
        return puede_recuperar(self.request.user, self.derivacion)

    def comprobar(self):
        if self.derivacion.es_copia:
            raise YaActuado(que="Las copias se anulan junto con su envío principal")
        exigir_estado(self.derivacion, Estado.PENDIENTE)
        if self.derivacion.motivo == Motivo.DEVOLUCION:
            raise YaActuado(que="Una devolución no se anula: recíbela y vuelve a derivar")

    def crear_form(self, datos=None):
        return f.MotivoForm(
            datos,
            rotulo="Motivo",
            pista=f"Queda otra vez en {self.derivacion.area_origen.nombre}; sus copias sin leer se anulan.",
        )

    def hacer(self, datos):
        services.anular_derivacion(
            derivacion_id=self.derivacion.pk, motivo=datos["motivo"], actor=self.request.user
        )
        origen = self.derivacion.area_origen.nombre
        return f"Envío anulado. {self.documento.numero_expediente} está otra vez en {origen}."


class Asignar(Acto):
    """Gives a received document to a person of the area."""

    nombre, titulo, boton, icono = "asignar", "Asignar", "Asignar", "persona"
    accion, enviando = "asignar este documento", "Asignando…"

    def permitido(self):
        return puede_asignar(self.request.user, self.derivacion)

    def comprobar(self):
        if self.derivacion.es_copia:
            raise EsCopia(numero=self.documento.numero_expediente)
        exigir_estado(self.derivacion, Estado.RECIBIDO)

    def crear_form(self, datos=None):
        return f.AsignarForm(
            datos,
            area_id=self.derivacion.area_destino_id,
            initial={"persona": self.derivacion.asignado_a_id},
        )

    def hacer(self, datos):
        services.asignar_derivacion(
            derivacion_id=self.derivacion.pk, persona=datos["persona"], actor=self.request.user
        )
        return f"{self.documento.numero_expediente} asignado a {datos['persona'].nombre_completo}."


class Atender(Acto):
    """Finishes with an answer."""

    nombre, titulo, boton, icono = "atender", "Atender", "Atender", "atender"
    accion, enviando, con_archivos = "atender este documento", "Atendiendo…", True
    ids = ()

    def permitido(self):
        return puede_atender(self.request.user, self.derivacion)

    def comprobar(self):
        if self.derivacion.es_copia:
            raise EsCopia(numero=self.documento.numero_expediente)
        exigir_estado(self.derivacion, Estado.RECIBIDO)

    def crear_form(self, datos=None):
        return f.AtenderForm(_sin_archivos(datos))

    def recoger_archivos(self, form):
        """Own staged files named by the form, and those that came with it when there was no script."""
        self.ids = [
            str(a.pk)
            for a in en_espera_de(usuario=self.request.user, ids=self.request.POST.getlist("archivos"))
        ]
        nuevos = self.request.FILES.getlist("subidas")
        if nuevos:
            try:
                puestos = poner_varios_en_espera(usuario=self.request.user, subidas=nuevos, para="principal")
            except ErrorDeNegocio as error:
                form.is_valid()
                form.add_error("archivos", str(error))
                return False
            self.ids += [str(a.pk) for a in puestos]
        return True

    def hacer(self, datos):
        services.atender_derivacion(
            derivacion_id=self.derivacion.pk,
            resultado=datos["resultado"],
            observaciones=datos["observaciones"],
            sin_respuesta_motivo=datos["sin_respuesta_motivo"],
            archivos=self.ids,
            actor=self.request.user,
        )
        return f"{self.documento.numero_expediente} atendido."

    def contexto(self, form):
        return super().contexto(form) | {
            "en_espera": en_espera_de(usuario=self.request.user, ids=self.ids),
            "acepta": ACCEPT,
            "limites": texto_limites(),
        }


class Acusar(Acto):
    """Acknowledges a copy."""

    nombre, titulo, boton, icono = "acusar", "Acusar recibo de", "Acusar recibo", "copia"
    accion, enviando = "acusar recibo de esta copia", "Acusando…"

    def permitido(self):
        return puede_recibir(self.request.user, self.derivacion)

    def comprobar(self):
        if not self.derivacion.es_copia:
            raise NoEsCopia(numero=self.documento.numero_expediente)
        exigir_estado(self.derivacion, Estado.PENDIENTE)

    def hacer(self, datos):
        services.acusar_copia(derivacion_id=self.derivacion.pk, actor=self.request.user)
        return f"Acuse de recibo de {self.documento.numero_expediente} registrado."


def _sin_archivos(datos):
    """The posted data without the ids of files, which are read apart."""
    if datos is None:
        return None
    copia = QueryDict(mutable=True)
    copia.update(
        {k: datos.get(k) for k in ("resultado", "observaciones", "sin_respuesta_motivo") if k in datos}
    )
    return copia


urlpatterns = [
    *derivar.urlpatterns,
    path("derivaciones/<int:pk>/recibir/", Recibir.as_view(), name="recibir"),
    path("derivaciones/<int:pk>/devolver/", Devolver.as_view(), name="devolver"),
    path("derivaciones/<int:pk>/recuperar/", Recuperar.as_view(), name="recuperar"),
    path("derivaciones/<int:pk>/asignar/", Asignar.as_view(), name="asignar"),
    path("derivaciones/<int:pk>/atender/", Atender.as_view(), name="atender"),
    path("derivaciones/<int:pk>/acusar/", Acusar.as_view(), name="acusar"),
]
