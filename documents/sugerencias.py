"""What the system proposes while a paper is being registered: its area, and papers it may repeat."""

import re
from datetime import timedelta

from django.utils import timezone

from core.texto import normalizar
from documents.constants import Estado
from documents.models import Documento, ReglaArea

DIAS_DE_DUPLICADO = 90
PARECIDO = 0.6
_PALABRA = re.compile(r"\w{4,}")


def sugerir_area(*, tipo=None, categoria=None, procedimiento=None, asunto=""):
    """(Area, reason) by the procedure or the first rule that fits; (None, "") when nothing does.

    Source: REQUIREMENTS R2.6.
    """
    if procedimiento is not None and procedimiento.area.activa:
        return procedimiento.area, f"por {procedimiento.codigo}"
    texto = normalizar(asunto)
    for regla in ReglaArea.objects.filter(activa=True, area__activa=True).select_related("area"):
        if _cumple(regla, tipo=tipo, categoria=categoria, texto=texto):
            return regla.area, "por regla de la oficina"
    return None, ""


def _cumple(regla, *, tipo, categoria, texto):
    """Every filled condition of the rule holds."""
    if regla.tipo_documento_id and regla.tipo_documento_id != getattr(tipo, "pk", None):
        return False
    if regla.categoria_id and regla.categoria_id != getattr(categoria, "pk", None):
        return False
    palabras = [normalizar(p.strip()) for p in regla.palabras.split(",") if p.strip()]
    return not palabras or any(re.search(rf"\b{re.escape(p)}", texto) for p in palabras)


def posibles_duplicados(*, usuario, remitente, tipo=None, numero="", asunto="", huellas=()):
    """Visible documents this one may repeat, with the reason; at most three, newest first.

    Same sender with the same type and number, the same file, or a subject that shares most of its words,
    inside the last 90 days. Returns: list of (Documento, reason). Source: DOMAIN 4.1, row 5.
    """
    desde = timezone.now() - timedelta(days=DIAS_DE_DUPLICADO)
    visibles = (
        Documento.objects.visibles_para(usuario)
        .exclude(estado=Estado.ANULADO)
        .filter(fecha_recepcion__gte=desde)
        .order_by("-fecha_recepcion", "-pk")
    )
    hallados = {}
    if huellas:
        for documento in visibles.filter(archivos__hash_archivo__in=huellas).distinct()[:3]:
            hallados[documento.pk] = (documento, "lleva el mismo archivo")
    if remitente is not None:
        numero, palabras = numero.strip().upper(), set(_PALABRA.findall(normalizar(asunto)))
        for documento in visibles.filter(remitente=remitente)[:40]:
            motivo = _motivo(documento, tipo=tipo, numero=numero, palabras=palabras)
            if motivo:
                hallados.setdefault(documento.pk, (documento, motivo))
    return sorted(hallados.values(), key=lambda par: par[0].fecha_recepcion, reverse=True)[:3]


def _motivo(documento, *, tipo, numero, palabras):
    """Why a document of the same sender looks like this one, or an empty string."""
    mismo_tipo = tipo is not None and documento.tipo_documento_id == tipo.pk
    if mismo_tipo and numero not in ("", "S/N") and documento.numero_documento_externo.upper() == numero:
        return "mismo remitente, tipo y número"
    otras = set(_PALABRA.findall(normalizar(documento.asunto)))
    if palabras and otras and len(palabras & otras) / len(palabras | otras) >= PARECIDO:
        return "mismo remitente y asunto parecido"
    return ""
