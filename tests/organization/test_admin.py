"""The administration as a whole: who opens each page, what its lists cost, and no English left."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Evento
from organization.models import Usuario
from tests.admin_util import make_una_de_cada, make_veinte_mas, pagina

pytestmark = pytest.mark.django_db

# model: what the administrator and the supervisor may (v see, a add, c change, b delete). Superusers may all of it.
PODERES = {
    "core.evento": ("v", "v"),
    "core.tarea": ("v", ""),
    "core.latido": ("v", ""),
    "organization.entidad": ("vc", ""),
    "organization.sede": ("vac", ""),
    "organization.ventanilla": ("vac", ""),
    "organization.area": ("vac", ""),
    "organization.usuario": ("vac", ""),
    "organization.rol": ("vac", ""),
    "organization.permiso": ("v", ""),
    "organization.encargatura": ("vacb", ""),
    "organization.feriado": ("vac", ""),
    "organization.suspension": ("vac", ""),
    "organization.jornada": ("vac", ""),
    "organization.cortedigital": ("vac", ""),
    "documents.tipodocumento": ("vacb", ""),
    "documents.categoria": ("vacb", ""),
    "documents.procedimiento": ("vacb", ""),
    "documents.reglaarea": ("vacb", ""),
    "documents.seriedocumental": ("vacb", ""),
    "documents.serienumeracion": ("vacb", ""),
    "documents.correlativo": ("vac", ""),
    "core.generacion": ("v", ""),
    "core.formaconsulta": ("v", ""),
    "documents.remitente": ("vac", "vac"),
    "documents.documento": ("v", "v"),
    "derivations.derivacion": ("v", "v"),
    "derivations.textofrecuente": ("vacb", ""),
    "integrations.integracion": ("vacb", ""),
    "integrations.logsincronizacion": ("v", ""),
    "integrations.envio": ("v", ""),
    "notifications.correo": ("v", ""),
    "notifications.direccionrebotada": ("va", ""),
    "notifications.enviomasivo": ("va", ""),
    "notifications.falla": ("v", ""),
}
MODELOS = {modelo._meta.label_lower: modelo for modelo in admin.site._registry}


def test_every_registered_model_has_its_row():
    assert set(MODELOS) == set(PODERES)


def test_each_page_opens_for_who_may_and_is_refused_to_who_may_not(o, como):
    filas = make_una_de_cada(o)
    faltas = []
    for usuario, cual in ((o.admin, 0), (o.jefa, 1), (o.raiz, 0)):
        cliente = como(usuario)
        for etiqueta, poderes in PODERES.items():
            modelo, fila, poder = MODELOS[etiqueta], filas[etiqueta], poderes[cual]
            esperado = {
                ("changelist",): 200 if "v" in poder else 403,
                ("change", fila.pk): 200 if "v" in poder else 403,
                ("history", fila.pk): 200 if "v" in poder else 403,
                ("add",): 200 if "a" in poder else 403,
                ("delete", fila.pk): 200 if "b" in poder else 403,
            }
            for vista, estado in esperado.items():
                hallado = cliente.get(pagina(modelo, *vista)).status_code
                if hallado != estado:
                    faltas.append((usuario.username, etiqueta, vista[0], hallado, estado))
    assert faltas == []


@pytest.mark.parametrize("quien", ["ventanilla", "ana", "lector"])
def test_who_may_not_enter_opens_nothing_and_the_attempt_is_recorded(o, como, quien):
    cliente = como(getattr(o, quien))
    for modelo in MODELOS.values():
        assert cliente.get(pagina(modelo), follow=True).status_code == 403
    denegados = Evento.objects.filter(tipo="acceso_denegado", actor=getattr(o, quien))
    assert denegados.count() == len(MODELOS)


def test_anonymous_is_sent_to_the_door(o, client):
    for modelo in MODELOS.values():
        respuesta = client.get(pagina(modelo), follow=True)
        assert respuesta.redirect_chain[-1][0].startswith("/entrar/")


def test_refused_page_is_recorded(o, como):
    assert como(o.jefa).get(pagina(Usuario)).status_code == 403
    evento = Evento.objects.get(tipo="acceso_denegado")
    assert (evento.actor, evento.detalle["accion"]) == (o.jefa, f"abrir {pagina(Usuario)}")


def test_cost_of_lists_does_not_grow_with_their_rows(o, como):
    make_una_de_cada(o)
    cliente = como(o.raiz)

    def costos():
        medidos = {}
        for etiqueta, modelo in MODELOS.items():
            cliente.get(pagina(modelo))
            with CaptureQueriesContext(connection) as consultas:
                assert cliente.get(pagina(modelo)).status_code == 200
            medidos[etiqueta] = len(consultas)
        return medidos

    con_una = costos()
    make_veinte_mas(o)
    con_veinte = costos()
    # Two look-ups fewer or more are filters that appear with their second choice, never one per row.
    crecen = {e: (con_una[e], con_veinte[e]) for e in con_una if con_veinte[e] > con_una[e] + 2}
    assert crecen == {}
    assert max(con_veinte.values()) <= 22


INGLES = re.compile(
    r"\b(add|change|delete|save|history|home|welcome|search|filter|view site|log out|select|all dates|yes|none|"
    r"today|document|user|password|name|date)\b",
    re.I,
)


def test_no_english_is_left_in_the_pages(o, como):
    filas = make_una_de_cada(o)
    cliente = como(o.raiz)
    hallados = {}
    for etiqueta, modelo in MODELOS.items():
        vistas = [("changelist",), ("change", filas[etiqueta].pk)]
        if "a" in PODERES[etiqueta][0]:
            vistas.append(("add",))
        for vista in vistas:
            html = cliente.get(pagina(modelo, *vista)).content.decode()
            visible = re.sub(r"<(script|style|option|pre)\b.*?</\1>|<[^>]+>", " ", html, flags=re.S)
            palabras = set(INGLES.findall(visible))
            if palabras:
                hallados[etiqueta, vista[0]] = palabras
    assert hallados == {}


def test_each_model_has_its_own_spanish_title(o, como):
    html = como(o.raiz).get("/admin/").content.decode()
    for titulo in ("Áreas", "Usuarios", "Derivaciones", "Encargaturas", "Tipos de documento", "Organización"):
        assert titulo in html
    assert "Group" not in html and "Grupos" not in html and "Scheduled" not in html
