"""The window: register a paper on one screen, then print its receipt."""

import re

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import ErrorDeNegocio
from core.pages import avisar, ir_a
from core.red import ip_de
from core.texto import hora
from documents import permissions as permisos
from documents.files import constants as archivos
from documents.files.espera import en_espera_de, poner_varios_en_espera
from documents.files.limites import texto_limites
from documents.forms.registro import RegistroForm, buscar_area, buscar_procedimiento, persona_de
from documents.identidad import limpiar_numero
from documents.models import Borrador, Categoria, Documento, Procedimiento, Remitente, TipoDocumento
from documents.services import guardar_borrador, guardar_remitente, quitar_borrador, registrar_documento
from documents.services.plazo import calcular_plazo
from documents.services.registro import regla_de_plazo
from documents.sugerencias import posibles_duplicados, sugerir_area
from documents.ventanilla import mesa_de, registrados_hoy, ultimos_de
from organization.calendar import explicar, hoy_lima
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
NO_SE_GUARDA = {"csrfmiddlewaretoken", "llave", "accion", "elegir_remitente"}


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
        ofrecido = None
    else:
        ofrecido = borrador
        inicial |= _repetido(request)
    form = _formulario(request, initial=inicial)
    return _pagina(request, form, datos=inicial, ofrecido=ofrecido)


def _formulario(request, data=None, **kwargs):
    return RegistroForm(
        data, usuario=request.user, puede_reservar=request.user.tiene_permiso(P.RESERVADO_REGISTRAR), **kwargs
    )


def _repetido(request):
    """Initial values that repeat the sender of an earlier paper (?remitente=), or of the last one (?repetir)."""
    remitente = None
    if request.GET.get("remitente", "").isdigit():
        remitente = Remitente.objects.filter(pk=request.GET["remitente"]).first()
    elif "repetir" in request.GET:
        ultimo = ultimos_de(request.user, 1).first()
        remitente = ultimo.remitente if ultimo else None
    if remitente is None:
        return {}
    return {"remitente": remitente.pk, "doc": remitente.numero, "correo": remitente.correo}


def _recibir(request):
    """Registers what was posted, or shows the form again with everything typed."""
    datos = request.POST.copy()
    if datos.get("elegir_remitente", "").isdigit():
        persona = Remitente.objects.filter(pk=datos["elegir_remitente"]).first()
        if persona is not None:
            datos["remitente"], datos["doc"] = str(persona.pk), persona.numero
            datos["correo"] = datos.get("correo") or persona.correo
        return _pagina(request, _sin_juzgar(request, datos), datos=datos)
    if datos.get("accion") == "buscar":
        return _pagina(request, _sin_juzgar(request, datos), datos=datos)
    form = _formulario(request, datos)
    subidos, problema = _subir_sueltos(request, datos)
    if form.is_valid() and problema is None:
        try:
            documento = _registrar(request, form, ids=[a.pk for a in subidos])
        except ErrorDeNegocio as error:
            _pasar_errores(form, error)
        else:
            return redirect("documents:registrado", pk=documento.pk)
    if problema is not None:
        form.add_error(None, problema)
    return _pagina(request, form, datos=datos, puestos=subidos, estado=422)


def _sin_juzgar(request, datos):
    """The form with what was typed, without errors: the clerk has not finished."""
    return _formulario(request, initial={campo: datos.get(campo) for campo in RegistroForm.base_fields})


def _subir_sueltos(request, datos):
    """(staged files in order, problem text or None): those uploaded before and those posted with the form."""
    quitados = set(datos.getlist("quitar_archivo"))
    ids = [i for i in datos.getlist("adjunto_ids") if i not in quitados]
    puestos = en_espera_de(usuario=request.user, ids=ids)
    sueltos = request.FILES.getlist("archivos")
    if not sueltos:
        return puestos, None
    try:
        para = archivos.ANEXO if puestos else archivos.PRINCIPAL
        nuevos = poner_varios_en_espera(usuario=request.user, subidas=sueltos, para=para)
    except ErrorDeNegocio as error:
        return puestos, " ".join(d["message"] for d in error.detalles) or str(error)
    return [*puestos, *nuevos], None


def _registrar(request, form, *, ids):
    """One registration: the person first, then the document with its requirements."""
    usuario, datos = request.user, form.cleaned_data
    remitente = form.persona or guardar_remitente(actor=usuario, **form.remitente_nuevo())
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
    return registrar_documento(
        remitente=remitente,
        area_registro=mesa_de(usuario),
        ventanilla=usuario.ventanilla,
        actor=usuario,
        requisitos=requisitos,
        faltantes=faltantes,
        archivos=[str(i) for i in ids],
        **form.argumentos(area_sugerida=sugerida),
    )


def requisitos_marcados(procedimiento, marcados):
    """[(text, met)] of a procedure; `marcados` are the ids ticked."""
    if procedimiento is None:
        return []
    puestos = set(marcados)
    return [(r.texto, str(r.pk) in puestos) for r in procedimiento.requisitos.all()]


def _pasar_errores(form, error):
    """Puts the service's refusals beside the fields of this form."""
    campos = getattr(error, "campos", None) or {"__all__": [str(error)]}
    for campo, mensajes in campos.items():
        nombre = CAMPOS_DEL_SERVICIO.get(campo, campo)
        form.add_error(nombre if nombre in form.fields else None, mensajes)


def _valor(datos, campo):
    valor = datos.get(campo)
    return "" if valor is None else str(valor)


def _pagina(request, form, *, datos, puestos=(), ofrecido=None, estado=200):
    """The whole screen: form, person found, rail."""
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


def contexto_de_persona(datos):
    """The person of what was typed: found, to be created, or several by name."""
    doc = _valor(datos, "doc").strip()
    numero = limpiar_numero(doc)
    sin_documento = bool(datos.get("sin_documento"))
    limpio = {
        "doc": doc,
        "remitente": int(_valor(datos, "remitente")) if _valor(datos, "remitente").isdigit() else None,
        "tipo_identidad": _valor(datos, "tipo_identidad"),
        "sin_documento": sin_documento,
    }
    persona = persona_de(limpio)
    parecidos = []
    parece_nombre = bool(re.search(r"[^\W\d_]{3,}", doc)) and not re.fullmatch(
        r"[A-Z0-9]*\d[A-Z0-9]*", numero
    )
    if persona is None and parece_nombre:
        parecidos = list(Remitente.objects.parecidos(doc)[:8])
    return {
        "persona": persona,
        "parecidos": parecidos,
        "es_ruc": (persona.tipo_identidad if persona else "") == "RUC"
        or (len(numero) == 11 and numero.isdigit()),
        "pide_nombre": persona is None and not parece_nombre and (sin_documento or len(numero) >= 5),
        "sin_documento": sin_documento,
        "expedientes": persona.documentos.count() if persona else 0,
    }


def contexto_lateral(request, datos, *, huellas=()):
    """The rail: requirements, possible duplicates, term and suggested area for what is typed so far."""
    procedimiento = None
    if _valor(datos, "procedimiento").strip():
        procedimiento = buscar_procedimiento(_valor(datos, "procedimiento").strip())
    tipo = TipoDocumento.objects.filter(pk=_valor(datos, "tipo") or None, activo=True).first()
    categoria = Categoria.objects.filter(pk=_valor(datos, "categoria") or None).first()
    asunto = _valor(datos, "asunto") or (procedimiento.asunto_modelo if procedimiento else "")
    area, motivo = sugerir_area(tipo=tipo, categoria=categoria, procedimiento=procedimiento, asunto=asunto)
    marcados = (
        set(datos.getlist("requisitos")) if hasattr(datos, "getlist") else set(datos.get("requisitos") or ())
    )
    requisitos = [
        {"pk": r.pk, "texto": r.texto, "cumple": str(r.pk) in marcados}
        for r in (procedimiento.requisitos.all() if procedimiento else ())
    ]
    dias = _valor(datos, "plazo_dias").strip()
    plazo, regla = regla_de_plazo(tipo, procedimiento) if tipo else (None, "")
    if dias.isdigit() and 1 <= int(dias) <= 1000:
        plazo, regla = int(dias), f"{dias} días hábiles, fijados al registrar"
    vence, pasos = calcular_plazo(fecha_legal=hoy_lima(), dias=plazo)
    persona = contexto_de_persona(datos)["persona"]
    return {
        "procedimiento": procedimiento,
        "requisitos": requisitos,
        "cumplidos": sum(r["cumple"] for r in requisitos),
        "falta_requisito": len(requisitos) - sum(r["cumple"] for r in requisitos),
        "duplicados": posibles_duplicados(
            usuario=request.user,
            remitente=persona,
            tipo=tipo,
            numero=_valor(datos, "numero"),
            asunto=asunto,
            huellas=huellas,
        ),
        "area_sugerida": area,
        "area_motivo": motivo,
        "plazo_dias": plazo,
        "plazo_regla": regla,
        "plazo_vence": vence,
        "plazo_pasos": explicar(pasos),
    }


@require_GET
def lateral(request):
    """The rail again after a change, with the term and the suggested area out of band."""
    exigir_ventanilla(request)
    return render(request, "documents/_registro_cambios.html", contexto_lateral(request, request.GET))


@require_GET
def buscar_remitente(request):
    """The person of the number typed: a card, the fields of a new one, or several by name."""
    exigir_ventanilla(request)
    contexto = contexto_de_persona(request.GET)
    inicial = RegistroForm.valores_de_inicio() | request.GET.dict()
    if contexto["persona"] and not inicial.get("correo"):
        inicial["correo"] = contexto["persona"].correo
    contexto |= {"form": _formulario(request, initial=inicial), "fragmento": True}
    return render(request, "documents/_registro_persona.html", contexto)


@require_POST
def borrador(request):
    """Keeps what is typed so far; answers the words that say so."""
    exigir_ventanilla(request)
    if request.POST.get("accion") == "descartar":
        quitar_borrador(usuario=request.user)
        return ir_a(request, reverse("documents:registrar"), "Borrador descartado.")
    datos = {
        k: v if len(v) > 1 or k in ("requisitos", "personas", "adjunto_ids") else v[0]
        for k, v in request.POST.lists()
        if k not in NO_SE_GUARDA
    }
    guardar_borrador(usuario=request.user, datos=datos)
    return HttpResponse(f"Borrador guardado {hora(timezone.now())}")


def registrado(request, pk):
    """The receipt's page: prints by itself, says what comes next. Loading it again registers nothing."""
    documento = permisos.documento_visible_o_404(
        request.user, pk, ip=ip_de(request), consulta=Documento.objects.para_detalle()
    )
    return render(
        request,
        "documents/registrado.html",
        {
            "documento": documento,
            "archivos": list(documento.archivos.all()),
            "recien": documento.cargo.impresiones == 0 and documento.usuario_registro_id == request.user.pk,
            "limites": texto_limites(),
            "acepta": archivos.ACCEPT,
        },
    )


def reimprimir(request):
    """Opens the receipt of the last paper of this window."""
    exigir_ventanilla(request)
    ultimo = ultimos_de(request.user, 1).first()
    if ultimo is None:
        avisar(request, "Aún no registras ningún documento.", "info")
        return redirect("documents:registrar")
    return redirect("documents:cargo", pk=ultimo.pk)


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
