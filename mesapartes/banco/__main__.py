"""Command of the bench, `script/bench`: makes or reuses the volume, measures, writes the report."""

import argparse
import shutil
import signal
import sys
from datetime import datetime
from pathlib import Path

import django

from core.embedded import ErrorEmbebido
from mesapartes.banco import volumen
from mesapartes.banco.carga import FALTA_WRK
from mesapartes.banco.servidor import ValkeyPropio, entorno_de, marca_de
from mesapartes.banco.volumen import PARTES, RAIZ, Rechazo
from mesapartes.servidor import retirar_huerfanos

SALIDA = RAIZ / "docs" / "rendimiento.md"


def leer_orden(argumentos=None):
    """The options, checked."""
    lector = argparse.ArgumentParser(
        prog="script/bench",
        description="Mide el servidor de verdad sobre un volumen grande y escribe docs/rendimiento.md.",
        epilog=f"Partes: {', '.join(PARTES)}.",
    )
    lector.add_argument(
        "--documentos", type=int, help="tamaño del volumen: 100000 (si no se dice), 1000000 o 10000000"
    )
    lector.add_argument(
        "--var", type=Path, help="carpeta de datos con un volumen; si no se dice, var/banco/<documentos>"
    )
    lector.add_argument("--solo", default="", help="operaciones, separadas por comas")
    lector.add_argument(
        "--partes", default="", help="partes de la medición, separadas por comas; si no se dice, todas"
    )
    lector.add_argument("--segundos", type=float, default=3.0, help="de cada medición (3)")
    lector.add_argument(
        "--salida", type=Path, default=SALIDA, help="informe; las cifras van al lado, en .json"
    )
    lector.add_argument(
        "--comparar", type=Path, help="cifras de antes (.json), para la tabla de antes y después"
    )
    lector.add_argument(
        "--informe", action="store_true", help="solo vuelve a escribir el informe con las cifras que hay"
    )
    orden = lector.parse_args(argumentos)
    orden.solo = [clave.strip() for clave in orden.solo.split(",") if clave.strip()]
    orden.partes = [parte.strip() for parte in orden.partes.split(",") if parte.strip()] or list(PARTES)
    if sobran := [parte for parte in orden.partes if parte not in PARTES]:
        lector.error(f"no existe la parte {', '.join(sobran)}; hay: {', '.join(PARTES)}")
    if orden.documentos is not None and orden.documentos < 100:
        lector.error("--documentos es 100 o más")
    if not 0.1 <= orden.segundos <= 120:
        lector.error("--segundos va de 0.1 a 120")
    return orden


def medir(orden):
    """The whole run. Returns: (documents as text, entry of the JSON, plans)."""
    var = (orden.var or volumen.carpeta_de(orden.documentos or volumen.TAMANIOS[0])).expanduser().resolve()
    rutas = volumen.rutas_de(var)
    with volumen.candado(rutas):
        retirar_huerfanos(marca_de(rutas), aviso=False)
        entorno = entorno_de(var)
        with volumen.postgres_de(var) as (rutas, ajeno), ValkeyPropio(var) as valkey:
            entorno["REDIS_URL"] = valkey.url
            volumen.fijar_entorno(entorno)
            documentos = _volumen_listo(orden, rutas, entorno)
            entrada, planes = _correr(orden, rutas, entorno, valkey, documentos, ajeno)
        if "arranque" in orden.partes:
            from mesapartes.banco.corrida import medir_arranque

            if ajeno:
                entrada["notas"].append(
                    "PostgreSQL ya estaba en marcha: no se midió el arranque ni las tareas."
                )
            else:
                entrada["arranque_s"] = medir_arranque(rutas, entorno)
    return str(documentos), entrada, planes


def _volumen_listo(orden, rutas, entorno):
    """Documents of the volume, after making it when the database is empty."""
    import psycopg

    conexion = {"host": str(rutas.sockets), "port": 5432, "user": "mesa", "dbname": "mesa"}
    with psycopg.connect(**conexion) as base:
        hay = volumen.lo_que_hay(base.cursor())
    documentos = volumen.revisar_tamanio(hay, orden.documentos)
    volumen.preparar(entorno)
    if hay is None:
        volumen.generar(rutas, entorno, documentos)
    return documentos


def _correr(orden, rutas, entorno, valkey, documentos, ajeno):
    from django.db import connection
    from tqdm import tqdm

    django.setup()
    from mesapartes.banco import maquina, muestras, operaciones
    from mesapartes.banco.corrida import Corrida

    datos = muestras.Muestras()
    inicio = datetime.now().astimezone()
    with muestras.personas(datos):
        print("mesa: tomando muestras del volumen", file=sys.stderr, flush=True)
        muestras.tomar(datos)
        try:
            elegidas = operaciones.elegir(operaciones.operaciones(datos), orden.solo)
        except ValueError as error:
            raise Rechazo(str(error)) from None
        corrida = Corrida(
            rutas=rutas, entorno=entorno, valkey=valkey, muestras=datos, operaciones=elegidas,
            segundos=orden.segundos, partes=orden.partes, ajeno=ajeno, documentos=documentos,
        )  # fmt: skip
        try:
            pasos = corrida.pasos()
            with tqdm(total=len(pasos), unit="paso", smoothing=0.1, mininterval=1) as barra:
                for titulo, accion in pasos:
                    barra.set_description(titulo[:44].ljust(44))
                    corrida.dar(titulo, accion)
                    barra.update()
        finally:
            corrida.cerrar()
        with connection.cursor() as cursor:
            versiones = maquina.versiones(cursor)
    connection.close()
    planes = corrida.resultado.pop("planes")
    entrada = {
        "fecha": f"{inicio:%Y-%m-%d %H:%M}",
        "commit": maquina.confirmacion(),
        "duracion_s": round((datetime.now().astimezone() - inicio).total_seconds()),
        "documentos": documentos,
        "segundos": orden.segundos,
        "compartido": ajeno,
        "generar_s": volumen.segundos_de_generar(rutas),
        "maquina": maquina.maquina(),
        "versiones": versiones,
        "areas": datos.areas,
        **corrida.resultado,
    }
    return entrada, planes


def guardar(orden, documentos, entrada, planes):
    """The report, its figures and the plans. Returns: whether every operation was measured without errors."""
    from mesapartes.banco import informe

    datos = informe.leer(orden.salida.with_suffix(".json"))
    anterior = datos["volumenes"].get(documentos, {})
    if orden.comparar:
        viejas = informe.leer(orden.comparar)["volumenes"]
        if documentos in viejas:
            entrada["antes"] = {k: v for k, v in viejas[documentos].items() if k not in ("antes", "tamanios")}
        else:
            entrada["notas"].append(f"{orden.comparar.name} no tiene cifras de ese tamaño.")
    elif "antes" in anterior:
        entrada["antes"] = anterior["antes"]
    datos["volumenes"][documentos] = entrada
    informe.escribir(orden.salida, datos)
    # The plans kept are those of the size of the targets, once it was measured.
    if planes and (documentos == informe.PRINCIPAL or informe.PRINCIPAL not in datos["volumenes"]):
        texto = informe.planes_en_texto(
            planes, documentos=documentos, fecha=entrada["fecha"], commit=entrada["commit"]
        )
        orden.salida.with_name("planes.txt").write_text(texto, encoding="utf-8")
    malas = {k: e for k, f in entrada["operaciones"].items() if (e := informe.errores_de(f))}
    for clave, error in malas.items():
        print(
            f"mesa: {clave}: {error} errores" if isinstance(error, int) else f"mesa: {clave}: {error}",
            file=sys.stderr,
        )
    for fallo in entrada.get("fallos", []):
        print(f"mesa: {fallo}", file=sys.stderr)
    print(f"mesa: {orden.salida} ({entrada['duracion_s']} s de medición)")
    return not malas and not entrada.get("fallos")


def _interrumpir(_senal, _marco):
    raise KeyboardInterrupt


def main(argumentos=None):
    """Measure and write; returns the exit code. Every refusal is one line."""
    orden = leer_orden(argumentos)
    for senal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(senal, _interrumpir)
    try:
        if orden.informe:
            from mesapartes.banco import informe

            informe.escribir(orden.salida, informe.leer(orden.salida.with_suffix(".json")))
            return 0
        if shutil.which("wrk") is None:
            raise Rechazo(FALTA_WRK)
        return 0 if guardar(orden, *medir(orden)) else 1
    except (Rechazo, ErrorEmbebido) as error:
        print(f"mesa: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nmesa: interrumpido; no se escribió nada", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
