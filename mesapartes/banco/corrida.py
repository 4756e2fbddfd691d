"""One run of the bench: the list of its steps, each with its title, and what each one leaves in the result."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
from django.db import connection

from core.embedded.rutas import huella
from mesapartes.banco import interno, reportes, suelo, tareas, volumen
from mesapartes.banco.carga import ErrorDeCarga, Pedidos, medir
from mesapartes.banco.cifras import mediana, redondo
from mesapartes.banco.maquina import carga_media
from mesapartes.banco.servidor import HOST, SIN_CACHE, ServidorWeb, memoria_de, puerto_libre
from mesapartes.servidor import Proceso, retirar_huerfanos

ESPERA_S = 60
TOPE_LENTA_S = 8
PETICIONES_DE_MEMORIA, TOPE_MEMORIA_S = 20_000, 150
CON_REDIS_MALO = ("lista", "detalle", "estadisticas", "bandeja", "seguimiento")
VISTAS_VACIAS = (
    ("django", "Vista vacía de Django, sin middleware", "/", False, True),
    ("drf", "Vista vacía de DRF, sin middleware", "/api/", False, True),
    ("django_usuario", "Vista vacía con el middleware y la sesión del producto", "/usuario/", True, False),
    (
        "drf_usuario",
        "Vista vacía de DRF con el middleware y la sesión del producto",
        "/api/usuario/",
        True,
        False,
    ),
)


class Corrida:
    """Holds what the steps share: the servers' environment, the samples, the result."""

    def __init__(
        self, *, rutas, entorno, valkey, muestras, operaciones, segundos, partes, ajeno, documentos=0
    ):
        self.rutas, self.entorno, self.valkey = rutas, entorno, valkey
        self.muestras, self.operaciones, self.segundos = muestras, operaciones, segundos
        self.partes, self.ajeno, self.documentos = partes, ajeno, documentos
        self.resultado = {
            "operaciones": {},
            "suelo": {"sql": {}, "vistas": {}},
            "notas": [],
            "fallos": [],
            "planes": [],
        }
        for op in operaciones:
            self.resultado["operaciones"][op.clave] = {
                "nombre": op.nombre, "rol": op.rol, "meta": list(op.meta), "meta_cache": op.meta_cache,
                "suelo": op.suelo, "falta": op.falta,
            }  # fmt: skip
        self.medibles = [op for op in operaciones if not op.falta]
        self.web, self.con_cache = None, tiene_cache()

    # The steps

    def dar(self, titulo, accion):
        """One step; what it could not do is noted, and the run goes on with the rest."""
        try:
            accion()
        except Exception as error:
            texto = " ".join(str(error).split())[:200]
            self.resultado["fallos"].append(f"{titulo}: {type(error).__name__}: {texto}")
            if connection.in_atomic_block or not connection.is_usable():
                connection.close()

    def pasos(self):
        """[(title, action)]: everything this run does, so that its progress has a known end."""
        pasos = [("carga media", lambda: self._nota_de_carga("carga_inicial"))]
        if "interno" in self.partes:
            pasos += [(f"consultas: {op.clave}", lambda op=op: self._interno(op)) for op in self.medibles]
        if "planes" in self.partes:
            pasos += [(f"planes: {op.clave}", lambda op=op: self._planes(op)) for op in self.medibles]
        if "suelo" in self.partes:
            pasos += self._pasos_de_suelo()
        if "carga" in self.partes:
            pasos += self._pasos_de_carga()
        if "sin_cache" in self.partes and self.con_cache:
            pasos += self._pasos_sin_cache()
        if "redis" in self.partes:
            pasos += self._pasos_de_redis()
        if "frio" in self.partes:
            pasos += [
                (f"en frío: {op.clave}", lambda op=op: self._frio(op)) for op in self.medibles if op.frio
            ]
        if "trabajador" in self.partes and not self.ajeno:
            pasos.append(("memoria del proceso de tareas", self._trabajador))
        if "reportes" in self.partes:
            pasos += [
                (f"reporte en {formato}, {filas} filas", lambda f=formato, n=filas: self._reporte(f, n))
                for formato, filas in reportes.pedidos_para(self.documentos)
            ]
        if "tareas" in self.partes and not self.ajeno:
            pasos.append((f"{tareas.TAREAS} tareas cortas", self._tareas))
        pasos.append(("tamaños", self._tamanios))
        pasos.append(("carga media", lambda: self._nota_de_carga("carga_final")))
        return pasos

    def _pasos_de_carga(self):
        pasos = [("servidor web", self._arrancar_web)]
        for op in self.medibles:
            for clientes in op.clientes:
                titulo = f"{op.clave}, {clientes} cliente{'s' if clientes > 1 else ''}"
                pasos.append((titulo, lambda op=op, n=clientes: self._cargar(op, "normal", n)))
        if "memoria" in self.partes:
            pasos.append(("memoria del servidor web", self._memoria))
        return [*pasos, ("servidor web, fin", self._parar_web)]

    def _pasos_sin_cache(self):
        pasos = [("servidor web sin caché", lambda: self._arrancar_web(SIN_CACHE))]
        for op in self.medibles:
            if op.temple:
                pasos += [
                    (f"{op.clave} sin caché, {n}", lambda op=op, n=n: self._cargar(op, "sin_cache", n))
                    for n in op.clientes
                ]
        return [*pasos, ("servidor web sin caché, fin", self._parar_web)]

    def _pasos_de_redis(self):
        elegidas = [op for op in self.medibles if op.clave in CON_REDIS_MALO]
        corto = min(self.segundos, 2)
        if not elegidas:
            return []
        pasos = [("servidor web, Redis detenido", self._arrancar_web), ("Redis detenido", self.valkey.parar)]
        pasos += [
            (f"{op.clave}, Redis detenido", lambda op=op: self._cargar(op, "redis_detenido", 1, corto))
            for op in elegidas
        ]
        pasos += [("Redis en marcha", self.valkey.arrancar), ("Redis colgado", self.valkey.colgar)]
        pasos += [
            (f"{op.clave}, Redis colgado", lambda op=op: self._cargar(op, "redis_colgado", 1, corto))
            for op in elegidas
        ]
        return [*pasos, ("Redis despierto", self.valkey.despertar), ("servidor web, fin", self._parar_web)]

    def _pasos_de_suelo(self):
        pasos = [("suelo: SQL", self._suelo_sql)]
        for desnudo in (True, False):
            modulo = "suelo_desnudo" if desnudo else "suelo_ajustes"
            ajustes = {"DJANGO_SETTINGS_MODULE": f"mesapartes.banco.{modulo}"}
            pasos.append(("suelo: servidor", lambda a=ajustes: self._arrancar_web(a)))
            for vista in VISTAS_VACIAS:
                if vista[4] == desnudo:
                    pasos += [
                        (f"suelo: {vista[0]}, {n}", lambda v=vista, n=n: self._vista_vacia(v, n))
                        for n in (1, 8)
                    ]
            pasos.append(("suelo: fin", self._parar_web))
        return pasos

    # The web server

    def _arrancar_web(self, mas=None):
        self._parar_web()
        self.valkey.vaciar()
        web = ServidorWeb(self.rutas, self.entorno | (mas or {}))
        web.__enter__()
        self.web = web

    def _parar_web(self):
        if self.web is not None:
            self.web.__exit__()
            self.web = None

    def cerrar(self):
        """Leave nothing running."""
        self._parar_web()

    # The measurements

    def _cargar(self, op, modo, clientes, segundos=None):
        fila = self.resultado["operaciones"][op.clave]
        segundos = segundos or self.segundos
        try:
            una = self._comprobar(op, fila)
            if una is None:
                return
            if not op.pedidos.una_vez:  # both processes have met the operation before the clock starts
                self._medir(op.pedidos, max(clientes, 4), min(1.0, segundos / 4) + una)
            # A slow operation is given the time of at least a dozen answers.
            fila.setdefault(modo, {})[str(clientes)] = self._medir(
                op.pedidos, clientes, max(segundos, min(12 * una, TOPE_LENTA_S))
            )
        except (ErrorDeCarga, OSError, http.client.HTTPException) as error:
            fila["error"] = str(error) or type(error).__name__

    def _medir(self, pedidos, clientes, segundos):
        return medir(self.web.direccion, pedidos, clientes=clientes, segundos=segundos)

    def _comprobar(self, op, fila):
        """Seconds of one answer, after looking at a few; None, with the reason noted, when they are wrong."""
        tiempos = []
        # Those of one use are taken from the end, enough of them for both processes to meet the operation.
        for n in (-1, -2, -3, -4) if op.pedidos.una_vez else (0, len(op.pedidos.rutas) // 2):
            estado, cuerpo, segundos = pedir_uno(self.web.direccion, op.pedidos, n)
            tiempos.append(segundos)
            if estado != op.pedidos.estado or op.pedidos.marca.encode() not in cuerpo:
                muestra = " ".join(cuerpo[:160].decode(errors="replace").split())
                fila["error"] = f"respondió {estado}: {muestra}"
                return None
        return mediana(tiempos)

    def _frio(self, op):
        """The first answer of a server that has just started, with Redis empty and PostgreSQL's buffers dropped."""
        self._arrancar_web()
        if not self.ajeno:
            with connection.cursor() as cursor:
                volumen.enfriar(cursor)
        fila = self.resultado["operaciones"][op.clave]
        try:
            estado, _, segundos = pedir_uno(self.web.direccion, op.pedidos, len(op.pedidos.rutas) // 3)
            if estado == op.pedidos.estado:
                fila["frio_ms"] = redondo(segundos * 1000)
        except (OSError, http.client.HTTPException) as error:
            fila["error"] = str(error)
        self._parar_web()

    def _interno(self, op):
        self.resultado["operaciones"][op.clave]["interno"] = interno.medir(op, vaciar=self.valkey.vaciar)

    def _planes(self, op):
        self.valkey.vaciar()
        for plan in interno.planes(op):
            self.resultado["planes"].append({"operacion": op.clave, "nombre": op.nombre, **plan})

    def _suelo_sql(self):
        self.resultado["suelo"]["sql"] = suelo.medir_sql(self.muestras, min(self.segundos, 2) / 2)

    def _vista_vacia(self, vista, clientes):
        clave, nombre, ruta, con_usuario, _ = vista
        galletas = self.muestras.galletas["grande"] if con_usuario else [""]
        pedidos = Pedidos(rutas=[ruta], galletas=galletas, marca="vacia")
        corto = min(self.segundos, 2)
        self._medir(pedidos, 4, corto / 4)
        fila = self.resultado["suelo"]["vistas"].setdefault(clave, {"nombre": nombre})
        fila[str(clientes)] = self._medir(pedidos, clientes, corto)

    def _memoria(self):
        """Memory of the web processes before and after a long mixed load."""
        claves = ("lista", "detalle", "buscar_rara", "bandeja", "ficha", "seguimiento")
        elegidas = [op for op in self.medibles if op.clave in claves and not op.pedidos.una_vez]
        elegidas = [op for op in elegidas if "error" not in self.resultado["operaciones"][op.clave]]
        if not elegidas:
            return
        antes, hechas, inicio = memoria_de(self.web.obreros()), 0, time.monotonic()
        while hechas < PETICIONES_DE_MEMORIA and (gastado := time.monotonic() - inicio) < TOPE_MEMORIA_S:
            for op in elegidas:
                mitad = replace(op.pedidos, rutas=op.pedidos.rutas[hechas % 7 :] or op.pedidos.rutas)
                hechas += self._medir(mitad, 8, min(self.segundos, 3))["n"]
                if hechas >= PETICIONES_DE_MEMORIA or time.monotonic() - inicio > TOPE_MEMORIA_S:
                    break
            if gastado > TOPE_MEMORIA_S:
                break
        self.resultado["memoria"] = {
            "antes": antes,
            "despues": memoria_de(self.web.obreros()),
            "peticiones": hechas,
        }

    def _trabajador(self):
        """Memory of the processes that run tasks, after they had time to do what was queued."""
        entorno = {**self.entorno, "MESA_PROCESO": "trabajador"}
        orden = [sys.executable, "manage.py", "trabajar", "--gracia", "5"]
        proceso = Proceso("trabajador", orden, entorno, self.rutas.registros / "banco-trabajador.log")
        proceso.lanzar()
        try:
            time.sleep(10)
            hijos = psutil.Process(proceso.popen.pid).children(recursive=True)
            self.resultado["trabajador"] = memoria_de([psutil.Process(proceso.popen.pid), *hijos])
        except psutil.Error as error:
            self.resultado["notas"].append(f"No se midió el proceso de tareas: {error}.")
        finally:
            proceso.pedir_fin()
            with contextlib.suppress(subprocess.TimeoutExpired):
                proceso.popen.wait(20)
            proceso.matar()

    def _reporte(self, formato, filas):
        entorno = {**self.entorno, "MESA_PROCESO": "trabajador"}
        medida = reportes.medir_aparte(formato, filas, entorno=entorno)
        self.resultado.setdefault("reportes", []).append(medida)

    def _tareas(self):
        self.resultado["tareas"] = tareas.medir_aparte(entorno=self.entorno)

    def _tamanios(self):
        with connection.cursor() as cursor:
            self.resultado["tamanios"] = volumen.tamanios(cursor)

    def _nota_de_carga(self, clave):
        self.resultado[clave] = carga_media()


def tiene_cache():
    """Whether this version has the cache of `core.caching`, which can be turned off."""
    return find_spec("core.caching") is not None


def pedir_uno(direccion, pedidos, n):
    """One request by itself. Returns: (status, body, seconds)."""
    destino = urlsplit(direccion)
    conexion = http.client.HTTPConnection(destino.hostname, destino.port, timeout=ESPERA_S)
    cabeceras = dict(pedidos.cabeceras)
    if pedidos.galletas[0]:
        cabeceras["Cookie"] = pedidos.galletas[0]
    cuerpo = pedidos.cuerpo.replace("{llave}", str(uuid4())).replace("{n}", str(n)).encode() or None
    try:
        inicio = time.perf_counter()
        conexion.request(pedidos.metodo, pedidos.rutas[n], body=cuerpo, headers=cabeceras)
        respuesta = conexion.getresponse()
        contenido = respuesta.read()
        return respuesta.status, contenido, time.perf_counter() - inicio
    finally:
        conexion.close()


def medir_arranque(rutas, entorno):
    """Seconds from `script/server` to its first page, everything being made already; None when it did not come."""
    puerto = puerto_libre()
    entorno = {**entorno, "PORT": str(puerto), "HOST": HOST, "REDIS_URL": "", "PUBLIC_BASE_URL": ""}
    entorno["ALLOWED_HOSTS"] = ""
    inicio = time.monotonic()
    with open(rutas.registros / "banco-arranque.log", "wb") as registro:
        proceso = subprocess.Popen(
            [str(volumen.RAIZ / "script/server")], env=entorno, cwd=volumen.RAIZ, stdin=subprocess.DEVNULL,
            stdout=registro, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            while time.monotonic() - inicio < ESPERA_S and proceso.poll() is None:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    estado, _, _ = pedir_uno(f"http://{HOST}:{puerto}", Pedidos(rutas=["/entrar/"]), 0)
                    if estado == 200:
                        return round(time.monotonic() - inicio, 1)
                time.sleep(0.05)
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(proceso.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                proceso.wait(40)
            retirar_huerfanos(huella(rutas.var), aviso=False)
