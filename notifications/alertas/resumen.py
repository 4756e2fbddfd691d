"""The chief's morning: one mail for each area with what is overdue or about to be, and nothing when there is nothing.

Source: REQUIREMENTS R8.7.
"""

from operator import itemgetter
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q

from core.direcciones import direccion, molde
from core.jobs import progreso_actual
from core.texto import cuenta, fecha, fecha_larga, miles
from derivations.bandejas import Hoy
from derivations.constants import Estado
from derivations.models import Derivacion
from documents.models import Documento
from documents.vencimiento import umbral_dias
from notifications.alertas.personas import jefes_de
from notifications.constants import Tipo
from notifications.horario import en_horario, hora_del_resumen
from notifications.services import notificar
from organization.models import Area, Usuario

LARGO = 25  # documents named in each list; the rest by their count and a link


def enviar_resumenes(ahora=None):
    """Write the summary of every area that has something to tell. Safe to run again: each goes once a day.

    Returns: {"areas", "resumenes"}. Writes: Notificacion and Correo, one transaction for each area and person.
    """
    if not en_horario(ahora, desde=hora_del_resumen()):
        return {"areas": 0, "resumenes": 0}
    hoy = Hoy.leer()
    pendientes = _areas_con_pendientes(hoy)
    jefes = jefes_de(pendientes, hoy.fecha)
    areas = Area.objects.in_bulk(pendientes)
    personas = Usuario.objects.in_bulk({u for quienes in jefes.values() for u in quienes})
    escritos = 0
    for n, area_id in enumerate(sorted(pendientes)):
        progreso_actual(100 * n // len(pendientes), areas[area_id].nombre)
        for usuario_id in jefes.get(area_id, ()):
            escritos += _resumir(areas[area_id], personas[usuario_id], hoy)
    return {"areas": len(pendientes), "resumenes": escritos}


def _areas_con_pendientes(hoy):
    """Ids of the areas with something overdue or due soon whose clock runs."""
    derivadas = Derivacion.objects.principales().abiertas().con_reloj()
    derivadas = derivadas.filter(fecha_limite_atencion__lt=hoy.holgado).order_by()
    en_mesa = Documento.objects.filter(estado="REGISTRADO", fecha_limite__lt=hoy.holgado).order_by()
    return {
        *derivadas.values_list("area_destino", flat=True).distinct(),
        *en_mesa.values_list("area_actual", flat=True).distinct(),
    }


@transaction.atomic
def _resumir(area, jefe, hoy):
    """Write one summary. Returns: 1 when it is new and says something, else 0."""
    dicho = contenido(area, jefe, hoy)
    if dicho is None:
        return 0
    hecho = notificar(
        usuarios=[jefe],
        tipo=Tipo.RESUMEN,
        texto=f"{area.sigla}: {dicho['titulo']}",
        enlace=dicho["enlace"],
        clave=f"resumen:{area.pk}:{hoy.fecha:%Y%m%d}",
        asunto_correo=f"{area.sigla}: {dicho['titulo']} ({fecha(hoy.fecha)})",
        contenido=dicho,
    )
    return int(bool(hecho["correo"] or hecho["sistema"]))


def contenido(area, jefe, hoy):
    """What the summary says to this person, or None when there is nothing to say.

    Reserved documents are counted and named only for who may see them, by their number alone.
    """
    abiertas = (
        Derivacion.objects.principales()
        .abiertas()
        .con_reloj()
        .filter(area_destino=area)
        .sin_reserva_ajena(jefe)
    )
    derivadas = abiertas.filter(fecha_limite_atencion__lt=hoy.holgado).order_by()
    en_mesa = Documento.objects.filter(estado="REGISTRADO", area_actual=area, fecha_limite__lt=hoy.holgado)
    en_mesa = en_mesa.filter(Q(reservado=False) | Q(accesos__usuario=jefe)).order_by().distinct()
    filas = sorted(
        [
            *derivadas.values_list("fecha_limite_atencion", "documento", "asignado_a"),
            *((dia, pk, None) for dia, pk in en_mesa.values_list("fecha_limite", "pk")),
        ],
        key=itemgetter(0, 1),
    )
    vencidos = [fila for fila in filas if fila[0] < hoy.fecha]
    pronto = filas[len(vencidos) :]
    if not filas:
        return None
    partes = [cuenta(len(vencidos), "vencido")] if vencidos else []
    partes += [f"{miles(len(pronto))} por vencer"] if pronto else []
    return {
        "titulo": " y ".join(partes),
        "parrafos": [f"{area.nombre}, {fecha_larga(hoy.fecha)}."],
        "datos": [
            ["Vencidos", miles(len(vencidos))],
            [f"Vencen en {umbral_dias()} días hábiles o menos", miles(len(pronto))],
            ["Por recibir", miles(abiertas.filter(estado=Estado.PENDIENTE).count())],
            ["En proceso", miles(abiertas.filter(estado=Estado.RECIBIDO).count())],
        ],
        "listas": [
            ["Vencidos", _lineas(vencidos, area, "vencidos", hoy)],
            ["Por vencer", _lineas(pronto, area, "por-vencer", hoy)],
        ],
        "enlace": _bandeja(area, "vencidos" if vencidos else "por-vencer"),
        "boton": "Abrir la bandeja del área",
    }


def _lineas(filas, area, bandeja, hoy):
    """The lines of a list. Args: filas is [(last day, document id, id of who has it or None)]."""
    lineas, nombradas = [], filas[:LARGO]
    campos = ("numero_expediente", "asunto", "reservado")
    documentos = Documento.objects.only(*campos).in_bulk([documento for _, documento, _ in nombradas])
    personas = Usuario.objects.in_bulk({persona for _, _, persona in nombradas} - {None})
    for dia, documento_id, persona in nombradas:
        documento = documentos[documento_id]
        cuando = "venció" if dia < hoy.fecha else "vence"
        quien = f", lo tiene {personas[persona].nombre_completo}" if persona else ""
        asunto = "" if documento.reservado else f": {documento.asunto}"
        lineas.append(
            [
                f"{documento.numero_expediente}, {cuando} el {fecha(dia)}{quien}{asunto}"[:300],
                molde("documents:detalle")(documento.pk),
            ]
        )
    if len(filas) > LARGO:
        lineas.append([f"Y {miles(len(filas) - LARGO)} más en la bandeja", _bandeja(area, bandeja)])
    return lineas


def _bandeja(area, nombre):
    return f"{direccion('derivations:bandeja', nombre)}?{urlencode({'area': area.pk})}"
