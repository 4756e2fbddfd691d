"""Every page of the product: axe, console, policy, hosts, requests, size, and the width of the smallest phone."""

import pytest
from django.urls import reverse

from tests.navegador.ayudas import CAPTURAS, DE_LO_ANGOSTO, Vigia, asentar, captura, desbordados, faltas
from tests.puertas import direcciones, url_de

pytestmark = pytest.mark.django_db  # the office is committed by the module, see conftest.py
# picture | address | key | who | query | status, and "error" when its empty form is sent too
TABLA = """
entrar | entrar | | | | 200 error
publico | portal:inicio | | | | 200
consultar | portal:consultar | | | | 200 error
seguir | portal:seguir | token | | | 200 error
privacidad | portal:privacidad | | | | 200
accesibilidad | portal:accesibilidad | | | | 200
reclamaciones | portal:reclamaciones | | | | 200 error
verificar | portal:verificar | | | | 200 error
cuenta | organization:cuenta | | ana | | 200
clave | organization:clave | | ana | | 200 error
registrar | documents:registrar | | ventanilla | | 200 error
registrado | documents:registrado | reg | ventanilla | | 200
remitente | documents:remitente | rem | ventanilla | | 200
remitente-editar | documents:remitente-editar | rem | ventanilla | | 200
detalle-registrado | documents:detalle | reg | ventanilla | | 200
detalle-observado | documents:detalle | obs | ventanilla | | 200
detalle-por-recibir | documents:detalle | por_recibir | ana | | 200
detalle-en-proceso | documents:detalle | pro | ana | | 200
detalle-suspendido | documents:detalle | sus | ana | | 200
detalle-atendido | documents:detalle | ate | jefa | | 200
detalle-archivado | documents:detalle | arc | jefa | | 200
detalle-reservado | documents:detalle | res | ana | | 200
plazo | documents:plazo | pro | ana | | 200
editar | documents:editar | reg | ventanilla | | 200
nota | documents:nota | pro | ana | | 200 error
adjuntar | documents:adjuntar | pro | ana | | 200 error
observar | documents:observar | reg | ventanilla | | 200 error
subsanar | documents:subsanar | obs | ventanilla | | 200 error
no-presentado | documents:no-presentado | tar | ventanilla | | 200
suspender | documents:suspender | pro | ana | | 200 error
reanudar | documents:reanudar | sus | ana | | 200
recalcular | documents:recalcular | reg | ventanilla | | 409
archivar | documents:archivar | ate | jefa | | 200 error
restaurar | documents:restaurar | arc | jefa | | 200 error
reabrir | documents:reabrir | ate | jefa | | 200 error
anular | documents:anular | pro | jefa | | 200 error
acceso | documents:acceso | res | ventanilla | | 200 error
buscar | documents:buscar | | ana | | 200
buscar-lista | documents:buscar | | ventanilla | ?q=habilitacion | 200
buscar-mal | documents:buscar | | ana | ?desde=31/02/2026&asunto=ruta | 200
archivo | documents:archivo | | jefa | | 200
cargo | documents:cargo | reg | ventanilla | | 200
bandeja-observados | derivations:bandeja | =observados | ventanilla | | 200
bandeja-por-recibir | derivations:bandeja | =por-recibir | ana | | 200
bandeja-en-proceso | derivations:bandeja | =en-proceso | ana | | 200
bandeja-50 | derivations:bandeja | =por-derivar | ventanilla | ?filas=50 | 200
bandeja-copias | derivations:bandeja | =copias | ana | | 200
bandeja-enviados | derivations:bandeja | =enviados | ventanilla | | 200
bandeja-vista | derivations:bandeja | =en-proceso | ana | ?vista=Mía&f=urgentes | 200
vacia-por-recibir | derivations:bandeja | =por-recibir | nadie | | 200
derivar | derivations:derivar | reg | ventanilla | | 200 error
derivar-tarde | derivations:derivar | pro | ventanilla | | 409
recibir | derivations:recibir | pen | ana | | 200
devolver | derivations:devolver | pen | ana | | 200 error
recuperar | derivations:recuperar | pen | ventanilla | | 200
asignar | derivations:asignar | rec | jefa | | 200 error
atender | derivations:atender | rec | ana | | 200 error
acusar | derivations:acusar | cop | ana | | 200
lector | derivations:lector | | ana | | 200 error
lector-entregar | derivations:lector | | ventanilla | ?modo=entregar | 200
remisiones | derivations:remisiones | | ventanilla | | 200
remision | derivations:remision-ver | hoja | ventanilla | | 200
hoja-ruta | derivations:hoja-ruta | pro | ana | ?formato=html | 200
movimientos | derivations:movimientos | pro | ana | | 200
tablero | reports:tablero | | jefa | | 200
tablero-tablas | reports:tablero | | jefa | ?tabla=areas&desde=ayer | 200
recibidos | reports:recibidos | | jefa | | 200
reportes | reports:lista | | jefa | | 200
pedir-reporte | reports:pedir | =documentos | jefa | ?desde=ayer | 200
procesos | procesos | | jefa | | 200
notificaciones | notifications:lista | | ana | | 200
preferencias | notifications:preferencias | | ana | | 200
seguidos | notifications:seguidos | | ana | | 200
aviso | notifications:aviso | mas | ana | | 200
prohibido | documents:registrar | | ana | | 403
ajeno | documents:detalle | pro | luis | | 404
admin | admin:index | | raiz | | 200
admin-usuarios | admin:organization_usuario_changelist | | raiz | | 200
admin-usuario | admin:organization_usuario_add | | raiz | | 200
admin-documentos | admin:documents_documento_changelist | | raiz | | 200
admin-eventos | admin:core_evento_changelist | | raiz | | 200
"""
# Not pages: fragments, JSON, files, addresses that only send on, doors of programs.
NO_SON_PAGINAS = """
inicio salir salud salud-vivo documents:borrador documents:remitente-buscar documents:remitente-sugerencias
documents:registrar-lateral documents:area-sugerencias documents:procedimiento-sugerencias documents:reimprimir
documents:sugerencias documents:cargo-pdf documents:archivo-subir documents:archivo-quitar documents:archivo-ver
documents:archivo-descargar documents:archivo-miniatura derivations:contadores derivations:vista-guardar
derivations:vista-borrar derivations:panel derivations:area-destinos derivations:plazo-interno derivations:lote
derivations:lector-hoja derivations:remision derivations:remision-pdf portal:cargo
notifications:pulso notifications:ir notifications:leer notifications:leer-todas notifications:seguir
reports:descargar reports:cancelar reports:reintentar procesos-pie procesos-cancelar procesos-reintentar
""".split()
EXISTEN = set(direcciones())
FILAS = [[c.strip() for c in linea.split("|")] for linea in TABLA.strip().splitlines()]
FILAS = [f for f in FILAS if f[1] in EXISTEN or f[1].startswith("admin:")]
IMPRESOS = ("cargo", "remision", "hoja-ruta")  # sheets of paper: shown as they print, with their own width
# Looked at whole with the width of a phone too; the others, for touch targets and what overflows
DE_TELEFONO = """
entrar consultar seguir registrar detalle-en-proceso plazo buscar-lista bandeja-50 bandeja-por-recibir derivar cuenta
notificaciones
""".split()
MAX_PEDIDOS, MAX_NODOS = 8, 2500
ENVIAR = "main form[method=post] :is(button.pri, button[data-enviando]), #lector-campos button"


def test_every_page_of_the_product_is_visited():
    paginas = {n for n in EXISTEN if not n.startswith("api:")} - set(NO_SON_PAGINAS)
    assert paginas - {f[1] for f in FILAS} == set()


@pytest.fixture
def hoja(contextos, servidor):
    """Gives the watched page of a user, one for all that a test looks at."""
    abiertas = []

    def abrir(quien):
        pagina = contextos(quien).new_page()
        pagina.vigia = Vigia(pagina, servidor)
        abiertas.append(pagina)
        return pagina

    yield abrir
    for pagina in abiertas:
        pagina.close()
        pagina.vigia.revisar()


def mirar(pagina, nombre, *, telefono=False, estrecha=True):
    """Looks at the page with the width of a desk, of a phone and of the smallest phone; back to the desk's.

    Returns: list of what is wrong.
    """
    malas = [(1366, *falta) for falta in faltas(pagina)]
    captura(pagina, nombre)
    if telefono or CAPTURAS:
        pagina.set_viewport_size({"width": 390, "height": 844})
        captura(pagina, nombre)
        malas += [(390, *falta) for falta in faltas(pagina)] if telefono else []
    if estrecha:
        pagina.set_viewport_size({"width": 320, "height": 640})
        malas += [(320, "se desborda", elemento) for elemento in desbordados(pagina)]
        malas += [(320, *falta) for falta in faltas(pagina, DE_LO_ANGOSTO)]
    pagina.set_viewport_size({"width": 1366, "height": 768})
    return malas


def visitar(pagina, servidor, mundo, fila):
    """Opens one page, and sends its form empty when the row asks for it. Returns: list of what is wrong."""
    nombre, direccion, clave, _, consulta, resultado = fila
    estado, *con_error = resultado.split()
    pagina.vigia.esperado = [int(estado)] * (int(estado) >= 400) + [422] * bool(con_error)
    respuesta = pagina.goto(servidor.url + url_de(direccion, mundo, clave) + consulta)
    if respuesta.status != int(estado):
        return [("responde", respuesta.status)]
    asentar(pagina)
    malas = []
    if not nombre.startswith("admin") and len(pagina.vigia.pedidos) > MAX_PEDIDOS:
        malas.append(("pedidos", sorted(pagina.vigia.pedidos)))
    nodos = pagina.evaluate("document.querySelectorAll('*').length")
    if nodos > MAX_NODOS:
        malas.append(("nodos", nodos))
    malas += mirar(pagina, nombre, telefono=nombre in DE_TELEFONO, estrecha=not nombre.startswith(IMPRESOS))
    if con_error:
        pagina.locator(ENVIAR).first.press("Enter")
        pagina.locator(".resumen-error, [aria-invalid=true], #leidos li, #avisos *").first.wait_for()
        asentar(pagina)
        malas += mirar(pagina, f"{nombre}-error", telefono=nombre == "registrar")
    return malas + pagina.vigia.oido()


@pytest.mark.parametrize("quien", sorted({f[3] for f in FILAS}), ids=lambda q: q or "nadie_entro")
def test_every_page(quien, hoja, servidor, mundo):
    """The pages of one user, one after another; what is wrong in all of them is told together."""
    pagina, problemas = hoja(quien), {}
    for fila in FILAS:
        if fila[3] == quien:
            malas = visitar(pagina, servidor, mundo, fila)
            if malas:
                problemas[fila[0]] = malas
    assert problemas == {}


# A dialog: the page where it opens | address | key | who | key pressed or button of the bulk bar
DIALOGOS = """
derivar | documents:detalle | reg | ventanilla | D
observar | documents:detalle | reg | ventanilla | O
atender | documents:detalle | pro | ana | A
asignar | documents:detalle | pro | jefa | G
recibir | documents:detalle | por_recibir | ana | R
"""


def test_dialogs(hoja, servidor, mundo):
    """An act in its dialog: accessible, its mistake too; Esc closes it and the focus goes back."""
    hojas, problemas = {}, {}
    for fila in DIALOGOS.strip().splitlines():
        nombre, direccion, clave, quien, tecla = (c.strip() for c in fila.split("|"))
        pagina = hojas.get(quien) or hojas.setdefault(quien, hoja(quien))
        pagina.vigia.esperado = [422]
        pagina.goto(servidor.url + url_de(direccion, mundo, clave))
        asentar(pagina)
        boton = pagina.locator(f"main [data-tecla={tecla}]:visible").first
        boton.press("Enter")
        pagina.locator("#dialogo[open] form").wait_for()
        asentar(pagina)
        assert pagina.evaluate("document.querySelector('#dialogo').contains(document.activeElement)")
        malas = mirar(pagina, f"dialogo-{nombre}")
        if nombre != "recibir":
            pagina.locator("#dialogo footer button").first.click()
            pagina.locator("#dialogo .resumen-error").wait_for()
            asentar(pagina)
            malas += mirar(pagina, f"dialogo-{nombre}-error")
        pagina.keyboard.press("Escape")
        pagina.locator("#dialogo:not([open])").wait_for(state="attached")
        assert boton.evaluate("e => e === document.activeElement")
        malas += pagina.vigia.oido()
        if malas:
            problemas[nombre] = malas
    assert problemas == {}


def test_bulk_bar_and_its_dialog(hoja, servidor, mundo):
    pagina = hoja("ana")
    pagina.goto(servidor.url + reverse("derivations:bandeja", args=["en-proceso"]))
    asentar(pagina)
    for casilla in pagina.locator("tbody .caja-chk").all()[:3]:
        casilla.click()
    malas = mirar(pagina, "bandeja-elegidos", telefono=True)
    pagina.locator(".lote button", has_text="Derivar").click()
    pagina.locator("#dialogo[open] form").wait_for()
    asentar(pagina)
    malas += mirar(pagina, "dialogo-lote")
    assert not malas, malas
