"""Acts that start together in threads of their own, and what must be true after them whoever wins."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from core.errors import Conflicto, ErrorDeNegocio
from core.models import Evento
from derivations.models import Derivacion
from organization.constants import CodigoRol
from tests.factories import make_oficina, make_usuario

PLAZO = 60  # seconds; a deadlock or a lost lock shows as this


def oficina_con_dos():
    """The small office, with a second person at the window (rosa) and in the area (beto)."""
    oficina = make_oficina()
    oficina.rosa = make_usuario("rosa", area=oficina.mesa, rol=CodigoRol.OPERADOR_MESA)
    oficina.beto = make_usuario("beto", area=oficina.transportes)
    return oficina


def a_la_vez(*actos):
    """Runs the acts in threads that start together. Returns: what each returned, or the refusal it raised."""
    salida = threading.Barrier(len(actos))

    def correr(acto):
        try:
            connection.ensure_connection()
            salida.wait(PLAZO)
            return acto()
        except ErrorDeNegocio as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actos)) as hilos:
        futuros = [hilos.submit(correr, acto) for acto in actos]
        return [f.result(PLAZO) for f in futuros]


def uno_gana(resultados, *, dice=()):
    """Exactly one act was done; the other was refused with a conflict that says all of `dice`."""
    negados = [r for r in resultados if isinstance(r, ErrorDeNegocio)]
    assert len(negados) == len(resultados) - 1, resultados
    for negado in negados:
        assert isinstance(negado, Conflicto), repr(negado)
        for parte in dice:
            assert parte in str(negado), str(negado)
    return next(r for r in resultados if not isinstance(r, ErrorDeNegocio))


def abiertas(documento_id):
    return list(
        Derivacion.objects.principales()
        .abiertas()
        .filter(documento=documento_id)
        .values_list("estado", flat=True)
    )


def cadena_sana(documento_id):
    """The trace of the document is a chain without holes."""
    secuencias = list(
        Evento.objects.filter(documento_id=documento_id)
        .order_by("secuencia")
        .values_list("secuencia", flat=True)
    )
    assert secuencias == list(range(1, len(secuencias) + 1))
