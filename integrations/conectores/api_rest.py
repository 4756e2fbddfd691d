"""JSON over HTTP: the protocol of docs/api.md, "Envío a otra entidad"."""

import base64
import json
import re
from urllib.parse import urlsplit

from integrations.cliente import Cliente
from integrations.conectores.base import Conector, EstadoRemoto
from integrations.constants import MAX_TEXTO_REMOTO, Autenticacion
from integrations.errors import Falla, FallaPropia, Rechazo
from integrations.formato import en_bytes

_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._:~-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# The document itself is not acceptable; everything else may pass, or be mended by whoever configures. 409 is not
# here: it also means that an earlier call with the same key has not ended.
_RECHAZOS = (400, 406, 410, 413, 415, 422)


class ApiRest(Conector):
    """A partner that speaks the protocol of this product."""

    def __init__(self, integracion):
        super().__init__(integracion)
        secretos = integracion.secretos
        cabeceras = _cabeceras_de(integracion, secretos)
        textos = [secretos.get("secreto", ""), *(v.rsplit(" ", 1)[-1] for v in cabeceras.values())]
        self._ocultos = sorted((t for t in textos if len(t) > 3), key=len, reverse=True)
        self._cliente = Cliente(
            url_base=integracion.url_base,
            cabeceras=cabeceras,
            conexion_segundos=integracion.conexion_segundos,
            respuesta_segundos=integracion.respuesta_segundos,
            total_segundos=integracion.total_segundos,
        )

    def __exit__(self, *error):
        self._cliente.__exit__(*error)

    @property
    def medida(self):
        return self._cliente.medida

    def _sin_secretos(self, texto):
        """The text without any part of the credential, whoever put it there."""
        for oculto in self._ocultos:
            texto = texto.replace(oculto, "***")
        return texto

    def probar(self):
        respuesta = self._pedir("GET", "conexion")
        return f"Responde {respuesta.estado}: dirección y credencial aceptadas."

    def registrar(self, *, clave, contenido):
        respuesta = self._pedir(
            "POST",
            "documentos",
            cuerpo=en_bytes(contenido),
            cabeceras={"Content-Type": "application/json", "Idempotency-Key": str(clave)},
            rechaza=True,
        )
        estado = self._estado(respuesta)
        if not estado.id:
            raise Falla(
                "La otra entidad aceptó el documento sin decir su identificador.",
                estado_http=respuesta.estado,
            )
        return estado

    def subir(self, *, clave, id_remoto, archivo, cuerpo):
        huella = archivo["sha256"]
        respuesta = self._pedir(
            "PUT",
            f"documentos/{id_remoto}/archivos/{huella}",
            cuerpo=cuerpo,
            cabeceras={
                "Content-Type": archivo["tipo_mime"],
                "Content-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(huella)).decode()}:",
                "Idempotency-Key": f"{clave}-{huella}",
            },
            rechaza=True,
            que=f" el archivo «{archivo['nombre']}»",
        )
        dicho = self._json(respuesta).get("sha256", huella) if respuesta.cuerpo else huella
        if dicho != huella:
            raise Falla(
                f"La otra entidad recibió «{archivo['nombre']}» con otra huella: se enviará otra vez.",
                estado_http=respuesta.estado,
            )

    def consultar(self, *, clave, id_remoto):
        respuesta = self._pedir("GET", f"documentos/{id_remoto}", cabeceras={"Idempotency-Key": str(clave)})
        estado = self._estado(respuesta)
        if estado.id != id_remoto:
            raise Falla("La otra entidad respondió sobre otro documento.", estado_http=respuesta.estado)
        return estado

    def _pedir(self, metodo, ruta, *, cuerpo=None, cabeceras=None, rechaza=False, que=""):
        respuesta = self._cliente.pedir(metodo, ruta, cuerpo=cuerpo, cabeceras=cabeceras)
        if respuesta.es_exito:
            return respuesta
        estado, servidor = respuesta.estado, urlsplit(self.integracion.url_base).hostname
        dice = self._motivo(respuesta)
        if rechaza and estado in _RECHAZOS:
            raise Rechazo(f"La otra entidad rechazó{que} ({estado}){dice}", estado_http=estado)
        if 300 <= estado < 400:
            texto = (
                f"{servidor} responde con una redirección ({estado}), que no se sigue: corrige la dirección."
            )
        elif estado in (401, 403):
            texto = f"{servidor} no acepta la credencial ({estado}){dice}"
        elif estado == 404 and ruta.startswith("documentos/"):
            raise FallaPropia(f"{servidor} no conoce el documento (404){dice}", estado_http=estado)
        elif estado == 404:
            texto = f"{servidor} no conoce lo que se le pide (404): revisa la dirección."
        elif estado == 429:
            texto = f"{servidor} pide ir más despacio (429)."
        else:
            texto = f"{servidor} respondió {estado}{dice}"
        raise Falla(texto, estado_http=estado, espera=respuesta.espera_pedida)

    def _estado(self, respuesta):
        datos = self._json(respuesta)
        identificador = datos.get("id", "")
        if isinstance(identificador, bool) or not isinstance(identificador, str | int):
            identificador = ""
        identificador = str(identificador)
        if identificador and not _ID.fullmatch(identificador):
            raise Falla(
                "El identificador que dio la otra entidad no sirve en una dirección.",
                estado_http=respuesta.estado,
            )
        archivos = datos.get("archivos")
        archivos = archivos if isinstance(archivos, list) else []
        return EstadoRemoto(
            id=identificador,
            estado=_texto(datos.get("estado"), 40).upper(),
            numero=_texto(datos.get("numero_expediente"), 60),
            motivo=self._sin_secretos(_texto(datos.get("motivo"), MAX_TEXTO_REMOTO)),
            archivos=frozenset(a for a in archivos if isinstance(a, str) and _SHA256.fullmatch(a)),
        )

    def _json(self, respuesta):
        try:
            datos = json.loads(respuesta.cuerpo)
        except (ValueError, RecursionError):
            datos = None
        if not isinstance(datos, dict):
            raise Falla("La otra entidad respondió algo que no es JSON.", estado_http=respuesta.estado)
        return datos

    def _motivo(self, respuesta):
        """What the partner's error says, in a few words and without secrets."""
        try:
            datos = json.loads(respuesta.cuerpo)
        except (ValueError, RecursionError):
            return "."
        error = datos.get("error", datos) if isinstance(datos, dict) else None
        if isinstance(error, dict):
            error = error.get("message") or error.get("mensaje") or error.get("motivo")
        texto = self._sin_secretos(_texto(error, MAX_TEXTO_REMOTO))
        return f": {texto}" if texto else "."


def _texto(valor, largo):
    """A word of the other side: one line of printable text, cut."""
    if not isinstance(valor, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in valor).split())[:largo]


def _cabeceras_de(integracion, secretos):
    """The header that carries the credential. Raises: Falla when it is missing."""
    forma = integracion.autenticacion
    if forma == Autenticacion.NONE:
        return {}
    if not secretos.get("secreto"):
        raise Falla(f"Falta la credencial de «{integracion.nombre}».")
    if forma == Autenticacion.API_KEY:
        return {"X-API-Key": secretos["secreto"]}
    if forma == Autenticacion.BEARER:
        return {"Authorization": f"Bearer {secretos['secreto']}"}
    par = f"{secretos.get('usuario', '')}:{secretos['secreto']}".encode()
    return {"Authorization": f"Basic {base64.b64encode(par).decode('ascii')}"}
