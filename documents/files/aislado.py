"""Examines one file in a process of its own, with bounded time and memory.

A hostile file may hang or crash its reader: then only this child dies. It runs as
`python -m documents.files.aislado <act> <path> [...]`, imports neither Django nor settings, gets no
secret in its environment and answers one line of JSON.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent.parent
MEMORIA_BYTES = 1536 * 1024 * 1024
SALIDA_BYTES = 16 * 1024 * 1024  # what the child may write: a thumbnail and a text
ANCHO_MINIATURA, ALTO_MINIATURA = 240, 960
LETRAS_TEXTO, PAGINAS_TEXTO = 200_000, 200


@dataclass(frozen=True)
class Informe:
    """Answer of the child. agotado: it died or ran out of time or memory, so nothing is known."""

    tipo: str = ""
    paginas: int | None = None
    aviso: str = ""
    rechazo: str = ""
    agotado: bool = False


def examinar(ruta, *, segundos):
    """Type, pages and warnings of a file.

    Args: segundos bounds both the processor and the clock.
    Returns: Informe.
    """
    respuesta = _llamar("examinar", ruta, segundos=segundos)
    return Informe(agotado=True) if respuesta is None else Informe(**respuesta)


def derivar(ruta, *, tipo, miniatura, texto, segundos):
    """Writes the thumbnail (PNG) and the text of a file into two paths, when they can be made.

    Returns: {"miniatura": bool, "texto": bool}.
    """
    hecho = {}
    for acto, destino in (("miniatura", miniatura), ("texto", texto)):
        respuesta = _llamar(acto, ruta, tipo, str(destino), segundos=segundos)
        hecho[acto] = bool(respuesta and respuesta.get("hecho"))
    return hecho


def _llamar(acto, ruta, *resto, segundos):
    """Runs the child; None when it died, overran or answered nothing."""
    orden = [sys.executable, "-m", "documents.files.aislado", acto, str(ruta), *resto, str(segundos)]
    entorno = {"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        hijo = subprocess.run(  # noqa: S603  our own module, arguments are paths we made
            orden, cwd=RAIZ, env=entorno, stdin=subprocess.DEVNULL, capture_output=True, timeout=segundos + 2
        )
    except subprocess.TimeoutExpired:
        return None
    if hijo.returncode != 0:
        return None
    try:
        return json.loads(hijo.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return None


# --- the child ---------------------------------------------------------------------------------------------


def _acotar(segundos):
    """Limits of this process: processor, memory, bytes written, open files, no core dump."""
    signal.alarm(segundos + 1)
    try:
        import resource
    except ImportError:  # not on this system: the parent's clock still bounds it
        return
    for limite, valor in (
        (resource.RLIMIT_CPU, segundos),
        (resource.RLIMIT_AS, MEMORIA_BYTES),
        (resource.RLIMIT_FSIZE, SALIDA_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limite, (valor, valor))


def _examinar(ruta):
    from documents.files.deteccion import Rechazo, examinar

    try:
        return examinar(ruta)
    except Rechazo as error:
        return {"rechazo": str(error)}


def _miniatura(ruta, tipo, destino):
    """Draws the first page, at most 240 x 960 points, over white."""
    from PIL import Image, ImageOps

    if tipo == "application/pdf":
        import pypdfium2

        pagina = pypdfium2.PdfDocument(ruta)[0]
        ancho, alto = pagina.get_size()
        escala = min(ANCHO_MINIATURA / max(ancho, 1), ALTO_MINIATURA / max(alto, 1))
        imagen = pagina.render(scale=escala, may_draw_forms=False).to_pil()
    elif tipo.startswith("image/"):
        from documents.files.deteccion import abrir_imagen

        imagen = abrir_imagen(ruta)
        imagen.draft("RGB", (ANCHO_MINIATURA * 2, ALTO_MINIATURA * 2))
        imagen.load()
        if imagen.mode not in ("L", "RGB", "RGBA", "LA"):
            imagen = imagen.convert("RGBA" if "transparency" in imagen.info else "RGB")
        imagen.thumbnail((ANCHO_MINIATURA, ALTO_MINIATURA))
        imagen = ImageOps.exif_transpose(imagen)
    else:
        return {"hecho": False}
    if imagen.mode in ("RGBA", "LA"):
        imagen = imagen.convert("RGBA")
        fondo = Image.new("RGBA", imagen.size, "white")
        imagen = Image.alpha_composite(fondo, imagen)
    imagen.convert("RGB").save(destino, "PNG")
    return {"hecho": True}


def _texto(ruta, tipo, destino):
    """Writes the text of a PDF, up to 200 pages and 200 000 letters."""
    if tipo != "application/pdf":
        return {"hecho": False}
    import pypdfium2

    pdf = pypdfium2.PdfDocument(ruta)
    partes, letras = [], 0
    for numero in range(min(len(pdf), PAGINAS_TEXTO)):
        pagina = pdf[numero]
        parte = pagina.get_textpage().get_text_bounded().replace("\0", " ")
        pagina.close()
        partes.append(parte)
        letras += len(parte)
        if letras >= LETRAS_TEXTO:
            break
    texto = "\n".join(partes)[:LETRAS_TEXTO].strip()
    if texto:
        Path(destino).write_text(texto, encoding="utf-8", errors="replace")
    return {"hecho": bool(texto)}


def main(argumentos):
    """Entry of the child: act, path, its own arguments, seconds."""
    acto, ruta, *resto, segundos = argumentos
    _acotar(int(segundos))
    actos = {"examinar": _examinar, "miniatura": _miniatura, "texto": _texto}
    print(json.dumps(actos[acto](ruta, *resto)))


if __name__ == "__main__":
    main(sys.argv[1:])
