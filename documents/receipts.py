"""Cargo and label of a document, drawn from the data frozen at registration. No database, no present state.

Source: art. 35.2, 125 and 136 of the TUO of Ley 27444.
"""

from core.errors import ErrorDeNegocio
from core.printing import (
    cifra,
    code128_svg,
    contado,
    documento_de,
    dos_por_hoja,
    limpiar,
    pdf_de,
    qr_svg,
    renderizar_impreso,
)

SIN_TRAMITE = "Sin procedimiento ni plazo fijado"
FORMATOS = ("a5", "2x", "ticket", "etiqueta", "etiqueta_chica")
_PLANTILLAS = {
    "a5": "documents/impresos/cargo.html",
    "2x": "documents/impresos/cargo.html",
    "ticket": "documents/impresos/ticket.html",
    "etiqueta": "documents/impresos/etiqueta.html",
    "etiqueta_chica": "documents/impresos/etiqueta.html",
}
_TEXTOS = (
    "entidad", "sede", "lugar", "expediente", "presentado_en", "fecha_legal", "remitente", "remitente_documento",
    "firmante", "documento", "asunto", "procedimiento", "plazo", "silencio", "destino", "recibio", "clave", "url",
    "url_corta", "codigo_interno",
)  # fmt: skip
# Letters that fit one A5 at each size, a little under what was measured: saves layouts that cannot fit.
_CABEN = (("", 1100), ("media", 1900), ("fina", 2700))


class FormatoDesconocido(ErrorDeNegocio):
    """There is no such paper."""

    codigo = "formato_desconocido"
    estado_http = 422
    mensaje = "No existe el formato de impresión %(formato)s."


def _con(separador, *partes):
    return separador.join(parte for parte in partes if parte)


def _lugar(datos):
    """Return "Mesa de Partes, sede central, Jr. Deza 123, Puno" without saying anything twice."""
    lugar, sede = datos["lugar"], datos["sede"]
    if sede and sede.casefold() not in lugar.casefold():
        lugar = _con(", ", sede, lugar)
    return lugar if "mesa de partes" in lugar.casefold() else _con(", ", "Mesa de Partes", lugar)


def _tramite(datos):
    """Return "TR-07, 10 días hábiles, silencio positivo": procedure, term and kind of silence in one line."""
    silencio = datos["silencio"]
    if silencio and "silencio" not in silencio.casefold():
        silencio = f"silencio {silencio.casefold()}"
    primero, *resto = [t for t in (datos["procedimiento"], datos["plazo"], silencio) if t] or [SIN_TRAMITE]
    return ", ".join([primero, *(t[0].lower() + t[1:] for t in resto)])


def _observacion(observacion):
    """Return {"texto"}: what is missing, the last day and what follows, in one sentence each."""
    if not observacion:
        return None
    dias = observacion.get("dias") or 2
    faltantes = "; ".join(observacion.get("faltantes") or []) or "lo indicado por la unidad de recepción"
    texto = (
        f"Falta: {faltantes}. Tiene {dias} {'día hábil' if dias == 1 else 'días hábiles'}, hasta el"
        f" {observacion['vence']}, para subsanar; si no, se tendrá por no presentado"
    )
    base = observacion.get("base_legal")
    return {"texto": f"{texto} ({base})." if base else f"{texto}."}


def _contexto(datos, formato, reimpresion):
    datos = limpiar(datos)
    textos = {clave: str(datos.get(clave) or "") for clave in _TEXTOS}
    observacion = _observacion(datos.get("observacion"))
    mismo_dia = bool(datos.get("mismo_dia"))
    anexos = [a if isinstance(a, dict) else {"nombre": str(a)} for a in datos.get("anexos") or []]
    notas = []
    if not mismo_dia:
        notas.append("presentado fuera del horario o en día no hábil")
    if observacion:
        notas.append("el plazo corre al subsanar")
    return {
        **textos,
        "formato": formato,
        "lugar_completo": _lugar(textos),
        "largo_expediente": len(textos["expediente"]),
        "mismo_dia": mismo_dia,
        "nota_fecha": "".join(f"; {nota}" for nota in notas),
        "folios": cifra(datos.get("folios")),
        "numero_anexos": cifra(datos.get("numero_anexos")),
        "anexos": anexos,
        "anexos_aparte": sum(len(str(anexo.get("nombre", ""))) + 12 for anexo in anexos) > 400,
        "tramite": _tramite(textos),
        "observacion": observacion,
        "reimpresion": limpiar(reimpresion),
    }


def _cargo(datos, formato, reimpresion):
    contexto = _contexto(datos, formato, reimpresion)
    codigo = contexto["codigo_interno"]
    return contexto | {
        "qr": qr_svg(contexto["url"], etiqueta="Código QR para seguir el trámite") if contexto["url"] else "",
        "barras": code128_svg(codigo) if codigo else "",
    }


def _recortado(texto, largo):
    return texto if len(texto) <= largo else texto[: largo - 1].rstrip() + "…"


def _etiqueta(datos, formato):
    """Context of a label: what sticks to the paper file. Holds neither key nor citizen's address on purpose."""
    contexto = _contexto(datos, formato, None)
    for privado in ("clave", "url", "url_corta", "remitente", "remitente_documento", "firmante", "asunto"):
        contexto.pop(privado)
    chica = formato == "etiqueta_chica"
    codigo = contexto["codigo_interno"]
    entidad = limpiar(str(datos.get("sigla") or "")) or contexto["entidad"]
    anexos = int(datos.get("numero_anexos") or 0)
    return contexto | {
        "chica": chica,
        "cabecera": _recortado(entidad, 28 if chica else 66).upper(),
        "presentado_en": contexto["presentado_en"][:16],
        "cuenta": _con(
            ", ",
            contado(int(datos.get("folios") or 0), "folio", "folios"),
            contado(anexos, "anexo", "anexos") if anexos else "sin anexos",
        ),
        "destino": _recortado(contexto["destino"], 28 if chica else 50).upper(),
        "qr": qr_svg(codigo, etiqueta=f"Código QR interno {codigo}") if codigo else "",
        "barras": code128_svg(codigo) if codigo and not chica else "",
    }


def _contexto_de(datos, formato, reimpresion):
    if formato not in _PLANTILLAS:
        raise FormatoDesconocido(formato=formato)
    if formato.startswith("etiqueta"):
        return _etiqueta(datos, formato)
    return _cargo(datos, formato, reimpresion)


def _letras(contexto):
    """Return how much text the A5 has to hold; each annex counts its own number and gap."""
    campos = (
        "remitente",
        "remitente_documento",
        "firmante",
        "documento",
        "asunto",
        "tramite",
        "destino",
        "recibio",
    )
    observacion = contexto["observacion"]
    return (
        sum(len(contexto[campo]) for campo in campos)
        + sum(len(str(anexo.get("nombre", ""))) + 12 for anexo in contexto["anexos"])
        + (len(observacion["texto"]) if observacion else 0)
    )


def _tamanios(contexto):
    """Return the sizes worth trying, largest first; empty when no size can hold the text in one sheet."""
    letras = _letras(contexto)
    return [clase for clase, caben in _CABEN if letras <= caben]


def render_cargo_html(datos, *, formato="a5", reimpresion=None, imprimir=False, volver="", url_pdf=""):
    """Return the whole HTML page of a cargo or label, to be printed from the browser.

    Args: datos is Cargo.datos; formato one of FORMATOS; reimpresion {"n", "fecha"} or None.
    Raises: FormatoDesconocido.
    """
    contexto = _contexto_de(datos, formato, reimpresion)
    if formato in ("a5", "2x"):
        contexto["densidad"] = (_tamanios(contexto) or ["media"])[0]
    return renderizar_impreso(
        _PLANTILLAS[formato], contexto, imprimir=imprimir, volver=volver, url_pdf=url_pdf
    )


def _a5(contexto):
    """Return the laid out A5: the largest letter that fits one sheet, or several sheets at the middle size."""
    plantilla = _PLANTILLAS["a5"]
    for clase in _tamanios(contexto):
        documento = documento_de(renderizar_impreso(plantilla, contexto | {"densidad": clase}, pdf=True))
        if len(documento.pages) == 1:
            return documento
    return documento_de(renderizar_impreso(plantilla, contexto | {"densidad": "media"}, pdf=True))


def _ticket(contexto):
    """Return the laid out ticket, its page cut where the content ends."""
    documento = documento_de(renderizar_impreso(_PLANTILLAS["ticket"], contexto, pdf=True))
    for pagina in documento.pages:
        if "fin" in pagina.anchors:
            pagina.height = pagina.anchors["fin"][1] + 5 * 96 / 25.4
    return documento


def render_cargo_pdf(datos, *, formato="a5", reimpresion=None, comprimido=True):
    """Return the PDF of a cargo or label.

    Args: as render_cargo_html. "2x" is the A5 twice on each A4 sheet. comprimido False leaves the drawing of the
        pages as text.
    Raises: FormatoDesconocido.
    """
    contexto = _contexto_de(datos, formato, reimpresion)
    if formato == "a5":
        return _a5(contexto).write_pdf(uncompressed_pdf=not comprimido)
    if formato == "2x":
        return dos_por_hoja(_a5(contexto).write_pdf(), comprimido=comprimido)
    if formato == "ticket":
        return _ticket(contexto).write_pdf(uncompressed_pdf=not comprimido)
    return pdf_de(renderizar_impreso(_PLANTILLAS[formato], contexto, pdf=True))
