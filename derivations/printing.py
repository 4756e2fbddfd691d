"""Papers of the way between areas: delivery slip and movement sheet, from plain dicts."""

from core.printing import cifra, code128_svg, contado, limpiar, pdf_de, renderizar_impreso

REMISION = "derivations/impresos/remision.html"
RUTA = "derivations/impresos/ruta.html"


def _contexto_remision(datos):
    datos = limpiar(datos)
    filas = [
        fila
        | {
            "folios": cifra(fila.get("folios")),
            "barras": code128_svg(fila["codigo_interno"], modulo_mm=0.25)
            if fila.get("codigo_interno")
            else "",
        }
        for fila in datos["filas"]
    ]
    return datos | {
        "titulo": "Hoja de remisión",
        "subtitulo": datos.get("origen", ""),
        "horizontal": True,
        "filas": filas,
        "cuenta_documentos": contado(len(filas), "documento", "documentos"),
        "cuenta_folios": contado(int(datos.get("total_folios") or 0), "folio", "folios"),
    }


def render_hoja_remision_html(datos, *, imprimir=False, volver="", url_pdf=""):
    """Return the page of a delivery slip.

    Args: datos = {"entidad", "origen", "destino", "numero", "fecha", "autor", "total_folios", "filas": [{"expediente",
        "codigo_interno", "remitente", "asunto", "folios", "va", "instruccion"}]}, texts ready to show.
    """
    return renderizar_impreso(
        REMISION, _contexto_remision(datos), imprimir=imprimir, volver=volver, url_pdf=url_pdf
    )


def render_hoja_remision_pdf(datos):
    """Return the PDF of a delivery slip. Args: as render_hoja_remision_html."""
    return pdf_de(renderizar_impreso(REMISION, _contexto_remision(datos), pdf=True))


def _contexto_ruta(datos):
    return limpiar(datos) | {"titulo": "Hoja de ruta"}


def render_hoja_ruta_html(datos, *, imprimir=False, volver="", url_pdf=""):
    """Return the page of a document's movements.

    Args: datos = {"entidad", "expediente", "asunto", "remitente", "autor", "fecha", "filas": [{"cuando", "que",
        "quien", "area", "detalle"}]}, oldest first.
    """
    return renderizar_impreso(RUTA, _contexto_ruta(datos), imprimir=imprimir, volver=volver, url_pdf=url_pdf)


def render_hoja_ruta_pdf(datos):
    """Return the PDF of a document's movements. Args: as render_hoja_ruta_html."""
    return pdf_de(renderizar_impreso(RUTA, _contexto_ruta(datos), pdf=True))
