"""The few letters that the sweeper sends itself, inside a fixed time whatever the mail server does."""

import threading
from collections import Counter

from django.utils import timezone

from notifications.constants import Tipo
from notifications.correo.carta import entidad
from notifications.correo.cartero import Cartero, Entrega
from notifications.correo.envio import cerrar, tomar
from notifications.correo.errores import TEMPORAL
from notifications.correo.rebotes import descartar_rebotadas
from notifications.models import Correo

SEGUNDOS = 10
TOPE = 20


class _Viaje(threading.Thread):
    """Carries letters without touching the database; what it could not finish in time has no answer."""

    def __init__(self, mensajes, segundos):
        super().__init__(daemon=True, name="correo-expreso")
        self._mensajes, self._segundos = mensajes, segundos
        self._basta, self._candado = threading.Event(), threading.Lock()
        self.entregas, self.llevando = {}, None

    def run(self):
        with Cartero(timeout=max(1, self._segundos // 3)) as cartero:
            for pk, mensaje in self._mensajes:
                with self._candado:
                    if self._basta.is_set():
                        return
                    self.llevando = pk
                entrega = cartero.llevar(mensaje)
                with self._candado:
                    if self._basta.is_set():
                        return
                    self.entregas[pk], self.llevando = entrega, None
                if entrega.servidor:
                    return

    def esperar(self):
        """Wait for it as long as allowed, then let it carry nothing else. Returns: key under way, or None."""
        self.join(self._segundos)
        with self._candado:
            self._basta.set()
            return self.llevando


def enviar_ya(*, segundos=SEGUNDOS):
    """Send the operators' letters that are due, from this process. Returns: counts, as enviar_pendientes.

    Writes: Correo. A letter that the server was reading when the time ended is DUDOSO; the others wait again.
    """
    cuenta = Counter()
    ahora = timezone.now()
    suyos = Correo.objects.pendientes().filter(tipo=Tipo.OPERACION, proximo_intento_en__lte=ahora)
    lote = list(suyos.values_list("pk", flat=True)[:TOPE])
    if not lote:
        return {}
    cuenta["rebotados"] += descartar_rebotadas(lote)
    firma = entidad()
    tomados = [
        (correo, mensaje)
        for correo in suyos.filter(pk__in=lote).para_enviar()
        if (mensaje := tomar(correo, cuenta, firma=firma)) is not None
    ]
    if not tomados:
        return dict(cuenta)
    viaje = _Viaje([(correo.pk, mensaje) for correo, mensaje in tomados], segundos)
    viaje.start()
    llevando = viaje.esperar()
    sin_turno = next((e for e in viaje.entregas.values() if e.servidor), None) or Entrega(
        TEMPORAL, "No alcanzó el tiempo para enviarlo.", servidor=True
    )
    for correo, _ in tomados:
        entrega = viaje.entregas.get(correo.pk)
        if entrega is None and correo.pk == llevando:
            entrega = Entrega(TEMPORAL, f"El servidor no respondió en {segundos} s; quizá llegó.", duda=True)
        cerrar(correo, entrega or sin_turno, cuenta)
    return dict(cuenta)
