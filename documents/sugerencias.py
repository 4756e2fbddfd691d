"""What the system proposes while a paper is being registered: its area, and papers it may repeat."""

import re
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.texto import normalizar
from documents.constants import Estado
from documents.models import ArchivoAdjunto, Documento, ReglaArea

DIAS_DE_DUPLICADO = 90
PARECIDO = 0.6
SIN_NUMERO = ("", "S/N", "SN", "-")
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
            return regla.area, _motivo(regla, texto)
    return None, ""


def _cumple(regla, *, tipo, categoria, texto):
    """Every filled condition of the rule holds."""
    if regla.tipo_documento_id and regla.tipo_documento_id != getattr(tipo, "pk", None):
        return False
    if regla.categoria_id and regla.categoria_id != getattr(categoria, "pk", None):
        return False
    return not regla.palabras.strip() or _palabra_hallada(regla, texto) is not None


def _palabra_hallada(regla, texto):
    """The rule's word, as the office wrote it, that the subject holds; or None."""
    for palabra in (p.strip() for p in regla.palabras.split(",")):
        if palabra and re.search(rf"\b{re.escape(normalizar(palabra))}", texto):
            return palabra
    return None


def _motivo(regla, texto):
    """Why the rule fits, told beside the area."""
    palabra = _palabra_hallada(regla, texto)
    return f"por «{palabra}»" if palabra else "por regla de la oficina"


def posibles_duplicados(*, usuario, remitente, tipo=None, numero="", asunto="", huellas=()):
    """Visible documents this one may repeat, with the reason; at most three, newest first.

    The same file; the same sender, type and number in this year; or the same sender and a subject that
    shares most of its words in the last 90 days. Returns: list of (Documento, reason).
    Source: DOMAIN 4.1, row 5.
    """
    ahora = timezone.now()
    desde = ahora - timedelta(days=DIAS_DE_DUPLICADO)
    visibles = (
        Documento.objects.visibles_para(usuario)
        .exclude(estado=Estado.ANULADO)
        .order_by("-fecha_recepcion", "-pk")
    )
    hallados = {}

    def anotar(documentos, motivo):
        for documento in documentos:
            hallados.setdefault(documento.pk, (documento, motivo))

    if huellas:
        mismo_archivo = Exists(
            ArchivoAdjunto.objects.filter(documento=OuterRef("pk"), hash_archivo__in=list(huellas))
        )
        anotar(visibles.filter(mismo_archivo, fecha_recepcion__gte=desde)[:3], "lleva el mismo archivo")
    if remitente is not None:
        suyos = visibles.filter(remitente=remitente)
        numero = " ".join(numero.split())
        if tipo is not None and numero.upper() not in SIN_NUMERO:
            iguales = suyos.filter(
                tipo_documento=tipo,
                numero_documento_externo__iexact=numero,
                anio=timezone.localdate(ahora).year,
            )
            anotar(iguales[:3], "mismo remitente, tipo y número")
        palabras = _palabras(asunto)
        if palabras:
            recientes = suyos.filter(fecha_recepcion__gte=desde)[:40]
            anotar(
                [d for d in recientes if _se_parecen(palabras, _palabras(d.asunto))],
                "mismo remitente y asunto parecido",
            )
    return sorted(hallados.values(), key=lambda par: par[0].fecha_recepcion, reverse=True)[:3]


def _palabras(texto):
    """The words of a subject that count for likeness."""
    return set(_PALABRA.findall(normalizar(texto)))


def _se_parecen(unas, otras):
    return bool(unas and otras) and len(unas & otras) / len(unas | otras) >= PARECIDO
