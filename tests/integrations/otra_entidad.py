"""Another entity's system on this machine: it keeps what it is given and misbehaves when told to."""

import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class OtraEntidad(ThreadingHTTPServer):
    """A partner. `faltas` is what it does with the next calls, in order; afterwards it behaves.

    documentos: {Idempotency-Key: {"id", "cuerpo", "archivos": {sha256: bytes}}}; llamadas: [(method, path)].
    """

    daemon_threads = True
    ESTADOS = {"500": 500, "503": 503, "401": 401, "404": 404, "409": 409, "422": 422}

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Puerta)
        self.documentos, self.llamadas, self.faltas, self.cabeceras = {}, [], [], []
        self.estado, self.numero, self.cerrojo = "RECIBIDO", "EXT-7", threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def metodos(self):
        return [metodo for metodo, _ in self.llamadas]

    def de_id(self, identificador):
        return next((d for d in self.documentos.values() if d["id"] == identificador), None)

    def handle_error(self, request, client_address):
        """A caller that hangs up is part of the tests."""


class Puerta(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def atender(self):
        servidor = self.server
        cuerpo = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with servidor.cerrojo:
            servidor.llamadas.append((self.command, self.path))
            servidor.cabeceras.append(dict(self.headers))
            falta = servidor.faltas.pop(0) if servidor.faltas else ""
        if falta in servidor.ESTADOS:
            credencial = self.headers.get("X-API-Key") or self.headers.get("Authorization", "")
            error = {"error": {"code": "X", "message": f"no: {credencial}"}}
            return self.responder(
                servidor.ESTADOS[falta], error, {"retry-after": "7200"} if falta == "503" else {}
            )
        if falta == "redirige":
            return self.responder(302, {}, {"Location": "http://127.0.0.1:1/dentro"})
        if falta == "calla":
            time.sleep(1.2)
            return None
        if falta == "gotea":
            self.connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for n in range(40):
                time.sleep(0.1)
                self.connection.sendall(b"X-%d: 1\r\n" % n)
            return None
        with servidor.cerrojo:
            estado, dicho = self.aceptar(cuerpo)
        if falta == "pierde":  # accepted, and the answer never arrives
            self.close_connection = True
            return None
        if falta == "mitad":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"id": ')
            self.close_connection = True
            return None
        if falta == "enorme":
            dicho = {"id": "1", "relleno": "x" * 400_000}
        if falta == "sin id":
            dicho = {"estado": "RECIBIDO"}
        if falta == "id torcido":
            dicho = {"id": "../../admin"}
        if falta == "no es json":
            return self.responder(estado, None, crudo=b"[" * 100_000)
        return self.responder(estado, dicho)

    def aceptar(self, cuerpo):
        servidor, partes = self.server, self.path.removeprefix("/api/").split("/")
        if partes == ["conexion"]:
            return 200, {"bien": True}
        if self.command == "POST":
            clave = self.headers["Idempotency-Key"]
            documento = servidor.documentos.setdefault(
                clave, {"id": f"R-{len(servidor.documentos) + 1}", "cuerpo": cuerpo, "archivos": {}}
            )
            assert documento["cuerpo"] == cuerpo, "the same key with another content"
            return 201, {"id": documento["id"], "estado": "RECIBIDO", "archivos": [*documento["archivos"]]}
        documento = servidor.de_id(partes[1])
        if self.command == "PUT":
            huella = hashlib.sha256(cuerpo).hexdigest()
            if huella != partes[3]:
                return 422, {"error": {"message": "otra huella"}}
            documento["archivos"][huella] = cuerpo
            return 200, {"sha256": huella}
        return 200, {
            "id": documento["id"],
            "estado": servidor.estado,
            "numero_expediente": servidor.numero,
            "motivo": "Falta la firma" if servidor.estado == "RECHAZADO" else "",
        }

    do_GET = do_POST = do_PUT = atender

    def responder(self, estado, datos, cabeceras=None, crudo=None):
        cuerpo = json.dumps(datos).encode() if crudo is None else crudo
        self.send_response(estado)
        for nombre, valor in (cabeceras or {}).items():
            self.send_header(nombre, valor)
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)


@contextmanager
def en_marcha():
    """A partner that answers until the block ends."""
    servidor = OtraEntidad()
    hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    hilo.start()
    try:
        yield servidor
    finally:
        servidor.shutdown()
        servidor.server_close()
