"""A site without server for the browser: its requests are answered from our templates and static files."""

from urllib.parse import urlsplit

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import include, path

SITIO = "http://testserver"
CSP = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
TIPOS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def nada(request):
    return HttpResponse()


URLS = (
    path("registrar", nada, name="inicio"),
    path(
        "d/",
        include(
            (
                [
                    path("registrar", nada, name="registrar"),
                    path("buscar", nada, name="buscar"),
                    path("sugerencias", nada, name="sugerencias"),
                    path("reimprimir", nada, name="reimprimir"),
                ],
                "documents",
            )
        ),
    ),
    path(
        "v/",
        include(
            (
                [
                    path("lector", nada, name="lector"),
                    path("contadores", nada, name="contadores"),
                ],
                "derivations",
            )
        ),
    ),
    path("n/", include(([path("lista", nada, name="lista")], "notifications"))),
    path("o/", include(([path("cuenta", nada, name="cuenta")], "organization"))),
    path("salir", nada, name="salir"),
)

MARCO = {
    "menu": [
        {
            "titulo": "Área",
            "enlaces": [
                {
                    "texto": "Por recibir",
                    "url": "/lista",
                    "icono": "recibir",
                    "actual": True,
                    "contador": "por-recibir",
                }
            ],
        }
    ],
    "entidad": {"nombre": "Entidad", "sigla": "DRTC"},
    "usuario_nombre": "Nélida Ccama",
    "usuario_area": "Pasajeros",
    "puede_registrar": True,
    "areas": [],
    "densidad": "comoda",
    "atajos": True,
    "pie": ("Procesos al día", False),
}
LISTA = """{% load mesa_tags %}<h1>Por recibir</h1><form method="post" action="/acto">
<div class="marco-tabla" data-lista tabindex="0" role="region" aria-label="Por recibir"><table class="tabla fija">
<caption class="vh">Por recibir</caption><thead><tr><th scope="col"><label class="caja-chk">
<input type="checkbox" data-todos>
<span class="vh">Elegir la página</span></label></th><th scope="col">Plazo</th><th scope="col">Expediente</th>
<th scope="col">Asunto</th></tr></thead><tbody>{% for n in filas %}<tr data-url="/doc/{{ n }}" data-folios="{{ n }}"
data-panel="/panel/{{ n }}"><td class="chk"><label class="caja-chk"><input type="checkbox" name="ids" value="{{ n }}">
<span class="vh">Elegir {{ n }}</span></label></td><td class="plz">{% plazo dias=n %}</td><th scope="row" class="exp">
<a href="/doc/{{ n }}">2026-{{ n }}</a></th><td class="asu">Asunto {{ n }}</td></tr>{% endfor %}</tbody></table></div>
<div class="lote" data-lote role="region" aria-label="Elegidos"><b data-lote-n></b> <span data-lote-folios></span>
<label data-lote-vista class="linea"><input type="checkbox" name="todos"> Elegir los 38</label>
<button class="btn pri" name="acto" value="recibir" data-tecla="R" data-enviando="Recibiendo…">Recibir
<kbd>R</kbd></button>
<button class="btn" type="button" data-quitar>Quitar</button></div></form>
<aside class="panel" id="panel" aria-label="Vista"></aside>"""
REGISTRO = """<h1>Registrar</h1>
<form data-registro method="post" action="/acto" novalidate class="grupo"><div class="rej">
<div class="campo c4"><label for="doc">DNI</label><input id="doc" name="doc" autofocus></div>
<div class="campo c4"><label for="area">Área</label><input id="area" data-combo data-url="/areas" data-oculto="area_id"
role="combobox" aria-expanded="false" aria-autocomplete="list" aria-controls="area-l" autocomplete="off">
<input type="hidden" id="area_id" name="area"></div>
<div class="campo c4"><label for="ins">Instrucción</label><input id="ins" name="ins"></div>
<div class="campo c4"><label for="asu">Asunto</label><textarea id="asu" name="asu"></textarea></div>
<label class="linea"><input type="checkbox" id="req" name="req"> Requisito</label></div>
{% include "_borrador.html" with url="/borrador" %}
<button class="btn pri" data-enviando="Registrando…">Registrar</button></form>
<a href="/repetido" data-repetir>Repetir</a>"""
EXPEDIENTE = """<div data-expediente tabindex="-1" role="region" aria-label="Expediente"><h1>Expediente</h1>
<a class="btn" href="/derivar" hx-get="/derivar" hx-target="#dialogo" data-tecla="D">Derivar <kbd>D</kbd></a>
<a class="btn" href="/doc/2" data-tecla="J">Siguiente</a> <a href="/lista" data-tecla="Esc">Volver</a></div>"""
DERIVAR = """<form method="post" action="/derivar" hx-post="/derivar" hx-target="#dialogo">
{% include "_dialogo_cab.html" with titulo="Derivar" volver="/x" %}<div class="int rej">AVISO
<div class="campo"><label for="di">Instrucción</label><textarea id="di" name="ins"></textarea></div>
<button class="past" type="button" data-texto="Opinión legal" data-para="di">Opinión legal
<kbd>Alt 1</kbd></button></div>
<footer><button class="btn pri">Derivar</button><a class="btn" href="/x" data-cerrar>Cancelar</a></footer></form>"""
RESUMEN = '<div class="resumen-error" tabindex="-1">Escribe la instrucción</div>'
ARCHIVOS = """<h1>Archivos</h1><form method="post" action="/acto">
<div class="suelta" data-suelta data-url="/subir" data-name="adjunto">
<span>Suelta PDF o elige</span><input type="file" multiple name="archivos" aria-label="Archivos">
</div><ul class="arch"></ul></form>"""
IMPRESO = '<h1>Registrado</h1><p data-imprimir-auto="/cargo.pdf">El cargo se abrió.</p>'
AREAS = (
    '<li role="option" data-valor="3" data-texto="Asesoría Jurídica (DAJ)" data-poner-ins="Opinar"><b>DAJ</b>'
    " Asesoría</li>"
    '<li role="option" data-valor="4" data-texto="Otra">Otra</li>'
)


class Sitio:
    """Answers the browser; keeps what it asked as (method, path, body)."""

    def __init__(self, pagina):
        self.pedidos, self.respuestas, self.pagina = [], {}, pagina
        pagina.route("**/*", self.atender)

    def pintar(self, contenido, base="base.html", **ctx):
        peticion = RequestFactory().get("/")
        peticion._messages = CookieStorage(peticion)
        fuente = "{% extends base %}{% block titulo %}Prueba{% endblock %}{% block contenido %}" + contenido
        return (
            engines["django"]
            .from_string(fuente + "{% endblock %}")
            .render({"base": base, "marco": MARCO, "csrf_token": "testigo", **ctx}, peticion)
        )

    def trozo(self, fuente):
        return engines["django"].from_string(fuente).render({}, RequestFactory().get("/"))

    def atender(self, ruta):
        direccion = urlsplit(ruta.request.url)
        if direccion.path.startswith("/static/"):
            archivo = finders.find(direccion.path.removeprefix("/static/"))
            with open(archivo, "rb") as flujo:
                return ruta.fulfill(body=flujo.read(), content_type=TIPOS[archivo.rsplit(".", 1)[1]])
        cuerpo = (ruta.request.post_data_buffer or b"").decode("utf-8", "replace")
        self.pedidos.append((ruta.request.method, direccion.path, cuerpo or direccion.query))
        respuesta = self.respuestas.get(direccion.path, "<!doctype html><title>x</title>")
        if callable(respuesta):
            respuesta = respuesta(ruta.request)
        estado, html = respuesta if isinstance(respuesta, tuple) else (200, respuesta)
        tipo = "application/json" if html.startswith("{") else "text/html; charset=utf-8"
        return ruta.fulfill(
            status=estado, body=html, headers={"content-type": tipo, "content-security-policy": CSP}
        )

    def abrir(self, contenido, **ctx):
        self.respuestas["/"] = self.pintar(contenido, **ctx)
        self.pagina.goto(SITIO + "/")
        return self.pagina

    def hechos(self, metodo, camino):
        return [c for m, p, c in self.pedidos if (m, p) == (metodo, camino)]


RAFAGA = """(texto) => {
  const campo = document.activeElement;
  const tecla = (key) => campo.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const letra of texto) { tecla("Shift"); tecla(letra); if ("value" in campo) campo.value += letra; }
  tecla("Enter");
}"""


def rafaga(pagina, texto):
    """Type as a wedge scanner does, all at once and Intro; inside the page, as the test's machine may be slow."""
    pagina.evaluate(RAFAGA, texto)
