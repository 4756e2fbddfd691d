"""Threads with a database connection of their own."""

import threading

from django.db import connection


def otra_conexion(funcion):
    """The function, closing the connection of the thread that runs it."""

    def correr():
        try:
            return funcion()
        finally:
            connection.close()

    return correr


def en_hilo(funcion, espera=10):
    """Runs the function in another thread and waits. Returns its value. Raises: what it raised, or TimeoutError."""
    caja = {}

    def correr():
        try:
            caja["valor"] = funcion()
        except BaseException as error:
            caja["error"] = error

    hilo = threading.Thread(target=correr, daemon=True)
    hilo.start()
    hilo.join(espera)
    if hilo.is_alive():
        raise TimeoutError("The thread is still waiting.")
    if "error" in caja:
        raise caja["error"]
    return caja.get("valor")
