"""Generates batches in other processes and hands them over in order; a slow reader slows the writers down."""

import contextlib
import multiprocessing
import signal
import sys
import traceback

_FIN = b""


def lotes_hechos(contexto, lotes, *, procesos):
    """Yields, batch by batch and in order, a list of (model label, bytes).

    Args: procesos 0 generates in this process. Process k makes the batches k, k + n, k + 2n…, and waits with
        one made batch until it is read, so memory does not grow.
    Raises: RuntimeError with the trace of a process that failed.
    """
    if not procesos:
        from mesapartes.datos.volumen.taller import Taller

        taller = Taller(contexto)
        for lote in lotes:
            yield taller.lote(lote)
        return
    # fork shares the senders and the loaded code for nothing; elsewhere each process starts from zero.
    ambiente = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with contextlib.ExitStack() as cierre:
        salidas = []
        for k in range(procesos):
            lee, escribe = ambiente.Pipe(duplex=False)
            hijo = ambiente.Process(
                target=_trabajar,
                args=(contexto, lotes[k::procesos], escribe),
                daemon=True,
                name=f"volumen-{k}",
            )
            hijo.start()
            escribe.close()
            cierre.callback(hijo.join)
            cierre.callback(hijo.terminate)
            cierre.callback(lee.close)
            salidas.append(lee)
        for n in range(len(lotes)):
            # Whole before the first COPY: the process makes its next batch while this one goes in.
            yield list(_recibir(salidas[n % procesos]))


def _recibir(salida):
    """Yields the tables of one batch."""
    while True:
        try:
            etiqueta = salida.recv_bytes()
        except EOFError:
            raise RuntimeError("Un proceso generador terminó antes de tiempo.") from None
        if etiqueta == _FIN:
            return
        contenido = salida.recv_bytes()
        if etiqueta == b"error":
            raise RuntimeError(contenido.decode())
        yield etiqueta.decode(), contenido


def _trabajar(contexto, lotes, salida):
    """Body of a generating process: never touches the database."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it ends its children
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        import django

        django.setup()  # nothing to do after a fork
        from mesapartes.datos.volumen.taller import Taller

        taller = Taller(contexto)
        for lote in lotes:
            for etiqueta, contenido in taller.lote(lote):
                salida.send_bytes(etiqueta.encode())
                salida.send_bytes(contenido)
            salida.send_bytes(_FIN)
    except BrokenPipeError:
        return
    except BaseException:
        with contextlib.suppress(OSError):
            salida.send_bytes(b"error")
            salida.send_bytes(traceback.format_exc().encode())
