"""The window: register a paper on one screen, then print its receipt."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import ErrorDeNegocio
from core.pages import avisar, ir_a
from core.red import ip_de
from core.texto import hora
from documents import permissions as permisos
from documents.files import constants as archivos
from documents.files.espera import en_espera_de, poner_varios_en_espera
from documents.files.limites import texto_limites
from documents.forms.registro import RegistroForm, buscar_area
from documents.models import Borrador, Documento, Procedimiento, Remitente
from documents.services import (
    guardar_borrador,
    quitar_borrador,
    registrar_de_persona_nueva,
    registrar_documento,
)
from documents.sugerencias import sugerir_area
from documents.ventanilla import mesa_de, registrados_hoy, tipos_mas_usados, ultimos_de
from documents.views.registro_lateral import (
    contexto_de_persona,
    contexto_lateral,
    entero,
    requisitos_marcados,
)
from organization.constants import P
from organization.models import Area

# Names of the service's refusals that the form knows by another name.
CAMPOS_DEL_SERVICIO = {
    "numero_folios": "folios",
    "numero_anexos": "anexos",
    "numero_documento_externo": "numero",
    "fecha_documento": "fecha",
    "correo_avisos": "correo",
    "area_sugerida": "area",
    "instruccion_prevista": "instruccion",
    "numero": "doc",
    "tipo_documento": "tipo",
}
NO_SE_GUARDA = {"csrfmiddlewaretoken", "llave", "accion", "elegir_remitente", "visto", "requisitos_de"}
OTROS_FORMATOS = (("2x", "Dos por hoja"), ("ticket", "Ticket"), ("etiqueta_chica", "Etiqueta chica"))
VARIOS = ("requisitos", "personas", "adjunto_ids")
ARCHIVO_PERDIDO = "Un archivo ya no está en espera: venció o ya se usó. Vuelve a adjuntarlo."


def exigir_ventanilla(request):
    """Only who may register passes; a refused attempt is recorded."""
    permisos.exigir(
        permisos.puede_registrar(request.user),
        usuario=request.user,
        accion="registrar documentos",
        ip=ip_de(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def registrar(request):
    """GET shows the form, with the draft offered back. POST registers and goes on to the receipt."""
    exigir_ventanilla(request)
    if request.method == "POST":
        return _recibir(request)
    inicial = RegistroForm.valores_de_inicio()
    borrador = Borrador.objects.filter(usuario=request.user).first()
    if borrador is not None and "borrador" in request.GET:
        inicial |= {k: v for k, v in borrador.datos.items() if k not in NO_SE_GUARDA}
        puestos = en_espera_de(usuario=request.user, ids=borrador.datos.get("adjunto_ids") or ())
        form = _formulario(request, initial=inicial)
        return _pagina(request, form, datos=inicial, puestos=puestos)
    inicial |= _repetido(request)
    form = _formulario(request, initial=inicial)
    return _pagina(request, form, datos=inicial, ofrecido=borrador)


def _formulario(request, data=None, **kwargs):
    return RegistroForm(
        data, usuario=request.user, puede_reservar=request.user.tiene_permiso(P.RESERVADO_REGISTRAR), **kwargs
    )


def _repetido(request):
    """Initial values that repeat the sender of an earlier paper (?remitente=), or of the last one (?repetir)."""
    remitente = None
    if entero(request.GET.get("remitente")):
        remitente = Remitente.objects.filter(pk=entero(request.GET["remitente"])).first()
    elif "repetir" in request.GET:
        ultimo = ultimos_de(request.user, 1).first()
        remitente = ultimo.remitente if ultimo else None
    if remitente is None:
        return {}
    return {"remitente": remitente.pk, "doc": remitente.numero, "correo": remitente.correo}


def _recibir(request):
    """Registers what was posted, or shows the form again with everything typed."""
    datos = request.POST.copy()
    elegida = entero(datos.get("elegir_remitente"))
    if elegida or datos.get("accion") == "buscar":
        return _seguir_llenando(request, datos, elegida)
    ya = _de_esta_llave(request)
    if ya is not None:
        return redirect("documents:registrado", pk=ya.pk)
    form = _formulario(request, datos)
    subidos, problema = _subir_sueltos(request, datos)
    if form.is_valid() and problema is None:
        try:
            documento = _registrar(request, form, ids=[a.pk for a in subidos])
        except ErrorDeNegocio as error:
            _pasar_errores(form, error)
        else:
            return redirect("documents:registrado", pk=documento.pk)
    ya = _de_esta_llave(request)  # the other press of the same form may have just ended, and used the files
    if ya is not None:
        return redirect("documents:registrado", pk=ya.pk)
    if problema is not None:
        form.add_error(None, problema)
    return _pagina(request, form, datos=datos, puestos=subidos, estado=422)


def _de_esta_llave(request):
    """The document that this form already made, or None."""
    try:
        llave = uuid.UUID(request.POST.get("llave", ""))
    except ValueError:
        return None
    return Documento.objects.filter(llave_registro=llave, usuario_registro=request.user).only("pk").first()


def _seguir_llenando(request, datos, elegida):
    """The form again with the person looked up or chosen, unjudged: the clerk has not finished."""
    persona = Remitente.objects.filter(pk=elegida).first() if elegida else None
    if persona is not None:
        datos["remitente"], datos["doc"] = str(persona.pk), persona.numero
        datos["correo"] = datos.get("correo") or persona.correo
    puestos, problema = _subir_sueltos(request, datos)
    if problema is not None:
        avisar(request, problema, "error")
    inicial = {campo: datos.get(campo) for campo in RegistroForm.base_fields}
    inicial["personas"] = datos.getlist("personas")
    return _pagina(request, _formulario(request, initial=inicial), datos=datos, puestos=puestos)


def _subir_sueltos(request, datos):
    """(staged files in order, problem text or None): those uploaded before and those posted with the form."""
    quitados = set(datos.getlist("quitar_archivo"))
    ids = [i for i in datos.getlist("adjunto_ids") if i not in quitados]
    puestos = en_espera_de(usuario=request.user, ids=ids)
    sueltos = request.FILES.getlist("archivos")
    if not sueltos:
        return puestos, None if len(puestos) == len(set(ids)) else ARCHIVO_PERDIDO
    try:
        para = archivos.ANEXO if puestos else archivos.PRINCIPAL
        nuevos = poner_varios_en_espera(usuario=request.user, subidas=sueltos, para=para)
    except ErrorDeNegocio as error:
        return puestos, " ".join(d["message"] for d in error.detalles) or str(error)
    return [*puestos, *nuevos], None


def _registrar(request, form, *, ids):
    """One registration: the document with its requirements, and its person when nobody knew them."""
    usuario, datos = request.user, form.cleaned_data
    sugerida, _ = sugerir_area(
        tipo=datos["tipo"],
        categoria=datos["categoria"],
        procedimiento=datos["procedimiento"],
        asunto=datos["asunto"],
    )
    requisitos = requisitos_marcados(datos["procedimiento"], request.POST.getlist("requisitos"))
    faltantes = None
    if request.POST.get("accion") == "observar":
        faltantes = [texto for texto, cumple in requisitos if not cumple]
        faltantes += [linea for linea in datos["faltantes"].splitlines() if linea.strip()]
    argumentos = {
        "area_registro": mesa_de(usuario),
        "ventanilla": usuario.ventanilla,
        "actor": usuario,
        "requisitos": requisitos,
        "faltantes": faltantes,
        "archivos": [str(i) for i in ids],
        **form.argumentos(area_sugerida=sugerida),
    }
    if form.persona is not None:
        return registrar_documento(remitente=form.persona, **argumentos)
    return registrar_de_persona_nueva(persona=form.remitente_nuevo(), **argumentos)


def _pasar_errores(form, error):
    """Puts the service's refusals beside the fields of this form."""
    campos = getattr(error, "campos", None) or {"__all__": [str(error)]}
    for campo, mensajes in campos.items():
        nombre = CAMPOS_DEL_SERVICIO.get(campo, campo)
        form.add_error(nombre if nombre in form.fields else None, mensajes)


def _escrito(request):
    """What the open form holds; its page sends it as POST, so that no address carries personal data."""
    return request.POST if request.method == "POST" else request.GET


def _pagina(request, form, *, datos, puestos=(), ofrecido=None, estado=200):
    """The whole screen: form, person found, rail."""
    form.poner_delante(tipos_mas_usados(request.user))
    contexto = {
        "form": form,
        "borrador": ofrecido,
        "puestos": puestos,
        "limites": texto_limites(),
        "acepta": archivos.ACCEPT,
        "ventanilla": request.user.ventanilla,
        **contexto_de_persona(datos),
        **contexto_lateral(request, datos, huellas=[a.hash_archivo for a in puestos]),
        "ultimos": ultimos_de(request.user),
        "hoy": registrados_hoy(request.user),
        "procedimientos": Procedimiento.objects.filter(activo=True),
        "areas": Area.objects.destinos(),
    }
    return render(request, "documents/registrar.html", contexto, status=estado)


@require_http_methods(["GET", "POST"])
def lateral(request):
    """The rail again after a change, with the term and the suggested area out of band."""
    exigir_ventanilla(request)
    datos = _escrito(request)
    puestos = en_espera_de(usuario=request.user, ids=datos.getlist("adjunto_ids"))
    contexto = contexto_lateral(request, datos, huellas=[a.hash_archivo for a in puestos])
    procedimiento = contexto["procedimiento"]
    mostrado = entero(datos.get("requisitos_de"))
    contexto["mismos_requisitos"] = mostrado == (procedimiento.pk if procedimiento else None)
    return render(request, "documents/_registro_cambios.html", contexto)


@require_http_methods(["GET", "POST"])
def buscar_remitente(request):
    """The person of the number typed: a card, the fields of a new one, or several by name.

    What the screen already shows for this number is not drawn again: its fields may be half written.
    """
    exigir_ventanilla(request)
    datos = _escrito(request)
    if "otra-vez" not in request.GET and datos.get("visto") == datos.get("doc", "").strip():
        return HttpResponse(status=204)
    contexto = contexto_de_persona(datos)
    inicial = RegistroForm.valores_de_inicio() | datos.dict()
    if contexto["persona"] and not inicial.get("correo"):
        inicial["correo"] = contexto["persona"].correo
    if contexto["sin_documento"] and contexto["parece_nombre"] and not inicial.get("nombre"):
        inicial["nombre"] = inicial["doc"]
    contexto |= {"form": _formulario(request, initial=inicial), "fragmento": True}
    return render(request, "documents/_registro_persona.html", contexto)


@require_POST
def borrador(request):
    """Keeps what is typed so far; answers the words that say so."""
    exigir_ventanilla(request)
    if request.POST.get("accion") == "descartar":
        quitar_borrador(usuario=request.user)
        return ir_a(request, reverse("documents:registrar"), "Borrador descartado.")
    if _de_esta_llave(request) is not None:  # sent while the form was being registered
        return HttpResponse("")
    datos = {
        k: v if len(v) > 1 or k in VARIOS else v[0] for k, v in request.POST.lists() if k not in NO_SE_GUARDA
    }
    guardar_borrador(usuario=request.user, datos=datos)
    return HttpResponse(f"Borrador guardado {hora(timezone.now())}")


def registrado(request, pk):
    """The receipt's page: prints by itself, says what comes next. Loading it again registers nothing."""
    documento = permisos.documento_visible_o_404(
        request.user, pk, ip=ip_de(request), consulta=Documento.objects.para_detalle()
    )
    permisos.registrar_visto(usuario=request.user, documento=documento, ip=ip_de(request))
    return render(
        request,
        "documents/registrado.html",
        {
            "documento": documento,
            "archivos": list(documento.archivos.all()),
            "recien": documento.cargo.impresiones == 0 and documento.usuario_registro_id == request.user.pk,
            "limites": texto_limites(),
            "acepta": archivos.ACCEPT,
            "url_pdf": reverse("documents:cargo-pdf", args=[documento.pk]),
            "formatos": OTROS_FORMATOS,
        },
    )


@never_cache
@require_GET
def reimprimir(request):
    """Goes to the PDF of the last receipt of this user; F9 prints it through a hidden frame."""
    exigir_ventanilla(request)
    ultimo = ultimos_de(request.user, 1).first()
    if ultimo is not None:
        return redirect(f"{reverse('documents:cargo-pdf', args=[ultimo.pk])}?formato=a5")
    if request.headers.get("Sec-Fetch-Dest") == "iframe":
        return HttpResponse(status=204)  # nothing to print: the frame stays empty
    avisar(request, "Aún no registras ningún documento.", "info")
    return redirect("documents:registrar")


@require_GET
def sugerir_areas(request):
    """Options of the area box."""
    exigir_ventanilla(request)
    q = request.GET.get("q", "").strip()
    exacta = buscar_area(q) if q else None
    areas = Area.objects.destinos().que_dicen(q)[:12]
    filas = [exacta, *[a for a in areas if a != exacta]] if exacta else list(areas)
    return render(request, "documents/_opciones_area.html", {"areas": filas})


@require_GET
def sugerir_procedimientos(request):
    """Options of the procedure box, with what choosing each one fills."""
    exigir_ventanilla(request)
    filas = (
        Procedimiento.objects.filter(activo=True)
        .select_related("area")
        .que_dicen(request.GET.get("q", ""))[:12]
    )
    return render(request, "documents/_opciones_procedimiento.html", {"procedimientos": filas})


urlpatterns = [
    path("registrar/", registrar, name="registrar"),
    path("registrar/borrador/", borrador, name="borrador"),
    path("registrar/remitente/", buscar_remitente, name="remitente-buscar"),
    path("registrar/lateral/", lateral, name="registrar-lateral"),
    path("registrar/areas/", sugerir_areas, name="area-sugerencias"),
    path("registrar/procedimientos/", sugerir_procedimientos, name="procedimiento-sugerencias"),
    path("registrar/reimprimir/", reimprimir, name="reimprimir"),
    path("registrado/<int:pk>/", registrado, name="registrado"),
]
