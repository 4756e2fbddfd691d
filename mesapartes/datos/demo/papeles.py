"""Small real files: typed writings and answers as PDF, and photographs of papers as JPEG."""

import io
import textwrap
import zlib

from PIL import Image, ImageDraw, ImageFont

_ANCHO, _ALTO = 595, 842
_LETRAS = 88


def _linea(texto):
    """A PDF string in the Windows-1252 letters of the standard fonts."""
    crudo = texto.encode("cp1252", "replace")
    return crudo.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def pdf(paginas, *, titulo):
    """A PDF of typed pages.

    Args: paginas is a list of pages, each a list of paragraphs; one that starts with "# " is a heading.
    Returns: bytes.
    """
    objetos = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    for negrita in ("Helvetica", "Helvetica-Bold"):
        objetos.append(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{negrita} /Encoding /WinAnsiEncoding >>".encode()
        )
    hojas = []
    for parrafos in paginas:
        flujo, y = [b"BT"], 780
        for parrafo in parrafos:
            titular = parrafo.startswith("# ")
            flujo.append(b"/F2 12 Tf" if titular else b"/F1 10.5 Tf")
            for renglon in textwrap.wrap(parrafo.removeprefix("# "), 74 if titular else _LETRAS) or [""]:
                flujo.append(b"1 0 0 1 64 %d Tm (%s) Tj" % (y, _linea(renglon)))
                y -= 15
            y -= 7
        flujo.append(b"ET")
        cuerpo = zlib.compress(b"\n".join(flujo), 6)
        objetos.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(cuerpo), cuerpo)
        )
        objetos.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (_ANCHO, _ALTO, len(objetos))
        )
        hojas.append(len(objetos))
    objetos[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
        b" ".join(b"%d 0 R" % n for n in hojas),
        len(hojas),
    )
    objetos.append(b"<< /Title (%s) >>" % _linea(titulo))
    salida, lugares = io.BytesIO(b""), []
    salida.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for n, objeto in enumerate(objetos, 1):
        lugares.append(salida.tell())
        salida.write(b"%d 0 obj\n%s\nendobj\n" % (n, objeto))
    tabla = salida.tell()
    salida.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objetos) + 1))
    salida.writelines(b"%010d 00000 n \n" % lugar for lugar in lugares)
    salida.write(
        b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objetos) + 1, len(objetos), tabla)
    )
    return salida.getvalue()


def escrito(*, titulo, asunto, remitente, identidad, lugar_y_fecha, entidad, folios):
    """The writing a citizen presents; the more sheets it says, the more pages, up to four."""
    paginas = [
        [
            f"# {titulo.upper()}",
            f"SUMILLA: {asunto}.",
            f"# SEÑOR DIRECTOR DE LA {entidad.upper()}",
            f"{remitente.upper()}, con {identidad}, ante usted con respeto me presento y digo:",
            f"Que, al amparo del derecho de petición, solicito lo siguiente: {asunto}. Para ello acompaño los "
            "documentos que exige el Texto Único de Procedimientos Administrativos de la entidad.",
            "Que los hechos que expongo constan en los documentos adjuntos, cuya veracidad declaro, y que señalo "
            "como domicilio el que figura en este escrito, donde recibiré las notificaciones.",
            "# POR LO EXPUESTO",
            "Pido a usted acceder a lo solicitado por ser conforme a ley.",
            lugar_y_fecha,
            "______________________________",
            remitente,
        ]
    ]
    for n in range(2, min(4, 1 + folios // 12) + 1):
        paginas.append(
            [
                f"# ANEXO {n - 1}",
                f"Documento que acompaña a: {asunto}.",
                *[f"{n - 1}.{m} Conforme." for m in range(1, 9)],
            ]
        )
    return pdf(paginas, titulo=asunto)


def respuesta(*, numero, expediente, asunto, remitente, texto, fecha, firma, cargo, entidad):
    """The answer an area signs."""
    return pdf(
        [
            [
                f"# {entidad.upper()}",
                fecha,
                f"# {numero}",
                f"Señores: {remitente}",
                f"Asunto: {asunto}",
                f"Referencia: expediente {expediente}",
                "Es grato dirigirme a usted para saludarle y, en atención al documento de la referencia, comunicarle "
                f"lo siguiente. {texto}",
                "Sin otro particular, hago propicia la oportunidad para expresarle las muestras de mi consideración.",
                "Atentamente,",
                "______________________________",
                firma,
                cargo,
            ]
        ],
        titulo=numero,
    )


def fotografia(azar, rotulo):
    """A photograph of a card on a table, as a telephone takes it. Returns: JPEG bytes."""
    fondo = tuple(azar.randrange(90, 170) for _ in range(3))
    imagen = Image.new("RGB", (900, 620), fondo)
    dibujo = ImageDraw.Draw(imagen)
    dibujo.rounded_rectangle((90, 70, 810, 540), 24, fill=(236, 238, 228), outline=(60, 70, 90), width=4)
    dibujo.rectangle((130, 150, 330, 420), fill=(180, 188, 200))
    dibujo.text((370, 110), rotulo, fill=(30, 40, 60), font=ImageFont.load_default(34))
    for y in range(190, 420, 38):
        dibujo.rectangle((370, y, 370 + azar.randrange(180, 400), y + 12), fill=(90, 100, 120))
    imagen = imagen.rotate(azar.uniform(-3, 3), fillcolor=fondo)
    salida = io.BytesIO()
    imagen.save(salida, "JPEG", quality=72)
    return salida.getvalue()
