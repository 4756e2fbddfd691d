"""Makes the demonstration: people first, then every life in the order of the clock."""

import heapq
import itertools
import random
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import Conflicto
from core.models import Tarea
from documents.models import Documento
from documents.services import fijar_siguiente, guardar_remitente
from mesapartes.datos import palabras
from mesapartes.datos.catalogos import cargar_catalogos
from mesapartes.datos.demo import vidas
from mesapartes.datos.demo.actos import Mundo
from mesapartes.datos.demo.gente import crear_gente, dar_correos
from mesapartes.datos.demo.reloj import ABRE, Reloj, dias_de_trabajo, tiempo_movido
from notifications.services import leer_todas
from organization.calendar import cargar_calendario
from organization.models import Area

DIAS = 20
SEMILLA = 2026
# What enters most; procedure or type codes with their weight.
CLAVES = {
    "TR-07": 12,
    "TR-11": 7,
    "TR-03": 4,
    "TR-01": 3,
    "TR-02": 3,
    "TR-04": 2,
    "TR-05": 5,
    "TR-08": 3,
    "TR-09": 4,
    "TR-10": 2,
    "TR-12": 3,
    "LC-01": 4,
    "LC-02": 8,
    "LC-03": 5,
    "LC-04": 3,
    "FI-01": 8,
    "CO-01": 3,
    "AI-01": 4,
    "OFI": 15,
    "CAR": 5,
    "REC-RE": 2,
    "QJA": 1,
    "CNG": 1,
    "INV": 2,
    "CONF": 4,
    "CUR": 2,
    "AP-01": 1,
    "SOL": 3,
}


class HayDocumentos(Conflicto):
    codigo = "hay_documentos"
    mensaje = "La base ya tiene documentos: la demostración se carga en una oficina nueva."


class OficinaAjena(Conflicto):
    codigo = "oficina_ajena"
    mensaje = (
        "La oficina tiene sus propias áreas (falta %(sigla)s): la demostración necesita las de los catálogos."
    )


@dataclass(frozen=True)
class Resumen:
    """What was made. vidas is {name of the life: documents}."""

    documentos: int
    usuarios: int
    vidas: dict


@transaction.atomic
def cargar_demo(*, documentos=250, semilla=SEMILLA, forzar=False, avance=lambda hechos, total: None):
    """Fills a new office with people and four weeks of life, all or nothing.

    Args: documentos at least as many as there are lives; the same seed on the same day gives the same office.
        forzar adds to an office that already has documents.
    Returns: Resumen.
    Raises: HayDocumentos, OficinaAjena.
    Writes: through the services only, with the clock moved to each act; files wait for the worker as in life.
    """
    if Documento.objects.exists() and not forzar:
        raise HayDocumentos()
    cargar_catalogos()
    faltan = {"MP", "DR", "TPC", "OAJ", "DCT"} - set(Area.objects.values_list("sigla", flat=True))
    if faltan:
        raise OficinaAjena(sigla=min(faltan))
    azar, fin = random.Random(semilla), timezone.now()
    calendario = cargar_calendario(timezone.localdate(fin))
    dias = dias_de_trabajo(calendario, fin, DIAS)
    gente = crear_gente(clave=settings.DEMO_PASSWORD, hoy=timezone.localdate(fin))
    reloj = Reloj(calendario=calendario, fin=fin)
    reloj.ahora = reloj.en(dias[0], ABRE)
    with tiempo_movido(reloj, semilla):
        if not Documento.objects.exists():
            fijar_siguiente(
                serie_codigo="EXP", anio=dias[0].year, siguiente=1 + 12 * dias[0].timetuple().tm_yday
            )
        mundo = Mundo(reloj=reloj, gente=gente, azar=azar, remitentes=_remitentes(azar, documentos))
        cuenta = _vivir(mundo, _agenda(azar, reloj, dias, documentos), dias, avance)
    dar_correos(gente)
    # What was asked for in the moved past begins to wait now: nothing is late.
    Tarea.objects.pendientes().update(proximo_intento_en=timezone.now())
    return Resumen(sum(cuenta.values()), len(gente.por_usuario), cuenta)


def _remitentes(azar, documentos):
    """The senders: the known firm, other people and firms, and public offices."""
    conocida = guardar_remitente(
        tipo_identidad="RUC",
        numero="20448310290",
        nombre="Empresa de Transportes Virgen de Copacabana S.A.C.",
        correo="copacabana@transportes.example",
        telefono="951 204 883",
        direccion="Av. El Sol 1120, Juliaca",
        actor=None,
    )
    filas = [
        guardar_remitente(**datos, actor=None)
        for datos in palabras.remitentes(azar, max(40, documentos // 2), usados={("RUC", conocida.numero)})
    ]
    entidades = [
        f for f in filas if f.nombre.startswith(("Municipalidad", "UGEL", "Comisaría", "Red ", "Gobierno"))
    ]
    otros = [f for f in filas if f not in entidades]
    return {"copacabana": conocida, "administrados": [conocida, *otros], "entidades": entidades or otros}


def _agenda(azar, reloj, dias, cuantos):
    """[(instant of arrival, life, procedure or type)]: every life at least once, then by weight and age."""
    planes = [(vida, azar.randint(desde, hasta)) for vida, (_, desde, hasta) in vidas.VIDAS.items()]
    planes += [(vidas.vencido, DIAS - 1), (vidas.urgente, 1)]
    pesos_dia = [(1.5 if d.weekday() == 0 else 1.0) * (1.15 if d.day > 24 else 1.0) for d in dias]
    for atras in azar.choices(range(DIAS - 1, -1, -1), pesos_dia, k=max(0, cuantos - len(planes))):
        posibles = {
            v: peso for v, (peso, desde, hasta) in vidas.VIDAS.items() if peso and desde <= atras <= hasta
        }
        planes.append((azar.choices(list(posibles), list(posibles.values()))[0], atras))
    agenda = []
    for vida, atras in planes:
        dia = dias[DIAS - 1 - atras]
        cierre = 16 * 60 + 20
        if reloj.en(dia, cierre) > reloj.fin:
            local = timezone.localtime(reloj.fin)
            cierre = local.hour * 60 + local.minute - 5
        minuto = (
            ABRE + 4 + (cierre - ABRE - 4) * min(azar.random(), azar.random() + 0.15)
        )  # more in the morning
        clave = azar.choices(list(CLAVES), list(CLAVES.values()))[0]
        agenda.append((reloj.en(dia, minuto, azar.randrange(60)), vida, clave))
    return agenda


def _vivir(mundo, agenda, dias, avance):
    """Runs every life in the order of time, up to now. Returns: {name: documents}."""
    reloj, orden, cola, cuenta = mundo.reloj, itertools.count(), [], {}
    for instante, vida, clave in agenda:
        heapq.heappush(cola, (instante, next(orden), vida(mundo, clave), vida.__name__))
    for dia in dias:
        for minuto in (11 * 60, 15 * 60 + 30):
            heapq.heappush(cola, (reloj.en(dia, minuto), next(orden), None, ""))
    nacidos = set()
    while cola and cola[0][0] <= reloj.fin:
        reloj.ahora, n, vida, nombre = heapq.heappop(cola)
        if vida is None:
            mundo.remitir()
            for persona in mundo.gente.por_usuario.values():
                leer_todas(usuario=persona)
            continue
        if n not in nacidos:
            nacidos.add(n)
            cuenta[nombre] = cuenta.get(nombre, 0) + 1
            avance(len(nacidos), len(agenda))
        minutos = next(vida, None)
        if minutos is not None:
            heapq.heappush(cola, (reloj.despues(minutos), n, vida, nombre))
    return cuenta
