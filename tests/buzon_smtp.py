"""A mail server of the tests: keeps what it takes, and answers by the address as told. Also a program of its own."""

import email
import email.policy
import socketserver
import sys
import threading
import time
from contextlib import contextmanager, suppress


class _Sesion(socketserver.StreamRequestHandler):
    def decir(self, texto):
        self.wfile.write(f"{texto}\r\n".encode())

    def handle(self):
        with suppress(ConnectionError):  # its client was killed
            self.atender()

    def atender(self):
        buzon = self.server.buzon
        buzon.conexiones += 1
        self.decir("220 buzon")
        para = []
        while linea := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
            orden = linea.upper()
            if orden.startswith("RCPT"):
                direccion = linea.split("<")[1].split(">")[0]
                respuesta = buzon.respuestas.get(direccion, "250 bien")
                if respuesta.startswith("2"):
                    para.append(direccion)
                self.decir(respuesta)
            elif orden == "DATA":
                self.decir("354 sigue")
                cuerpo = b""
                while (parte := self.rfile.readline()) not in (b".\r\n", b""):
                    cuerpo += parte[1:] if parte.startswith(b"..") else parte
                time.sleep(buzon.demora)
                if buzon.corta and buzon.corta(para):
                    return
                buzon.tomar(para, cuerpo)
                self.decir("250 tomado")
                para = []
            elif orden == "QUIT":
                self.decir("221 adiós")
                return
            else:
                para = [] if orden.startswith(("MAIL", "RSET")) else para
                self.decir("250 bien")


class Buzon:
    """respuestas: {address: line said at RCPT}. corta(recipients) true drops the connection after the content."""

    def __init__(self, registro=None):
        self.mensajes, self.respuestas = [], {}
        self.conexiones, self.demora, self.corta = 0, 0, None
        self._registro, self._candado = registro, threading.Lock()

    def tomar(self, para, cuerpo):
        with self._candado:
            mensaje = email.message_from_bytes(cuerpo, policy=email.policy.default)
            self.mensajes.append((para, mensaje))
            if self._registro:
                self._registro.write(f"{','.join(para)}\t{mensaje['Message-ID']}\n")
                self._registro.flush()

    @property
    def para(self):
        return [direccion for destinos, _ in self.mensajes for direccion in destinos]


class _Servidor(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def buzon_smtp(settings):
    """Run a Buzon in a thread and point the settings at it; `puerto` says where."""
    buzon = Buzon()
    with _Servidor(("127.0.0.1", 0), _Sesion) as servidor:
        servidor.buzon, buzon.puerto = buzon, servidor.server_address[1]
        threading.Thread(target=servidor.serve_forever, args=[0.05], daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", buzon.puerto, 3
        yield buzon
        servidor.shutdown()


if __name__ == "__main__":  # registro demora: prints its port, writes one line for each letter taken
    with (
        open(sys.argv[1], "a", encoding="utf-8") as _registro,
        _Servidor(("127.0.0.1", 0), _Sesion) as _servidor,
    ):
        _servidor.buzon = Buzon(_registro)
        _servidor.buzon.demora = float(sys.argv[2])
        print(_servidor.server_address[1], flush=True)
        _servidor.serve_forever()
