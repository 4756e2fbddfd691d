"""How the tests of the derivations' pages enter, name an act and read its messages."""

from django.test import Client
from django.urls import reverse

HTMX = {"HX-Request": "true"}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


def como(usuario):
    client = Client()
    client.force_login(usuario)
    return client


def acto(nombre, pk):
    return reverse(f"derivations:{nombre}", args=[pk])


def textos(respuesta):
    return [str(m) for m in respuesta.wsgi_request._messages]
