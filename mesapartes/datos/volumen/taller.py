"""Makes a batch of documents: rows of every table, as text, without touching the database."""

import datetime as dt
import math
import random
from bisect import bisect
from itertools import accumulate

from documents.codes import ALFABETO, codigo_interno, formatear_clave
from mesapartes.datos import palabras
from mesapartes.datos.volumen import columnas as t
from mesapartes.datos.volumen.copia import NULO, json_de_copia, texto
from mesapartes.datos.volumen.rastro import Rastro, canonico
from mesapartes.datos.volumen.recorrido import Recorrido
from organization.calendar import fecha_corta
from organization.calendar.calendario import Calendario
from organization.calendar.computo import calcular_plazo, fecha_legal_de
from organization.calendar.constants import ZONA

ABRE, CIERRA = 28_800, 59_100  # 08:00 and 16:25, in seconds of the day
_A_UTC = 18_000  # Lima is always five hours behind
_MARGEN = 40
_ETIQUETAS = ("incremento", "flota nueva", "ruta corta", "reiterativo", "con abogado", "feria")
_CANALES = ("VENTANILLA",) * 14 + ("WEB",) * 4 + ("INTEGRACION", "COURIER")
_FALTA = "Pago por derecho de trámite"


class Ficha:
    """One document while it is made; plain attributes."""

    __slots__ = (
        "id", "k", "di", "s", "clase", "area", "edad", "recibido_en", "expediente", "registrador", "reservado",
        "urgente", "prioridad", "folios", "asunto", "limite", "pasos", "legal", "instruccion", "archivos",
        "estado", "area_actual", "desde", "asignado", "atendido_en", "ubicacion", "presencias", "accesos", "observado",
    )  # fmt: skip


class Taller:
    """Generator of batches for one context; the same batch gives the same rows in any process."""

    def __init__(self, contexto):
        self.c = c = contexto
        self.base = c.habiles[0] - _MARGEN
        dias = [dt.date.fromordinal(n) for n in range(self.base, c.habiles[-1] + _MARGEN)]
        self.iso = [d.isoformat() for d in dias]
        self.dma = [f"{d:%d/%m/%Y}" for d in dias]
        self.corta = [fecha_corta(d) for d in dias]
        self.anio = [d.year for d in dias]
        self.lugar = [n - self.base for n in c.habiles]
        self.hms = [f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}" for n in range(86_400)]
        self.calendario = Calendario(datos=c.calendario, desde=dt.date.min)
        self.pesos_clases = list(accumulate(clase.peso for clase in c.clases))
        self.pesos_remitentes = list(accumulate(1 / (n + 8) for n in range(len(c.remitentes))))
        self.p_abierto = [0.97 * math.exp(-(c.fin - i) / c.vida_media) for i in range(c.fin + 1)]
        otras = [n for n in range(len(c.areas)) if n not in (c.mesa, c.grande)]
        self.otras = otras
        self.pesos_otras = list(accumulate(1 / (n + 4) for n in range(len(otras))))
        self.plazos = {}

    # --- time

    def instante(self, i, s):
        """Second `s` of the working day `i`, as the hash writes it."""
        return f"{self.iso[self.lugar[i]]}T{self.hms[s + _A_UTC]}.000000Z"

    def paso(self, i, s, dias):
        """A later (day, second) inside office hours; never after the last day, where seconds still grow."""
        fin = self.c.fin
        if dias and i < fin:
            return min(i + dias, fin), ABRE + int(self.al() * 28_000)
        despues = s + 60 + int(self.al() * 3_000)
        if despues <= 60_000:
            return i, despues
        return (i + 1, ABRE + int(self.al() * 9_000)) if i < fin else (i, s + 40)

    def _hora(self):
        """A second of the office day, most before noon."""
        al = self.al
        return ABRE + int(al() ** 0.8 * 14_400 if al() < 0.62 else 14_400 + al() * (CIERRA - ABRE - 14_400))

    # --- batches

    def lote(self, lote):
        """The rows of a batch. Returns: [(model label, bytes)] in loading order."""
        self.azar = random.Random(f"{self.c.semilla}:{self.c.ya_numerados}:{lote.n}")
        self.al = self.azar.random
        self.filas = {etiqueta: [] for etiqueta in t.TABLAS}
        self.rastro = Rastro(self.filas[t.EVENTO])
        self.recorrido = Recorrido(self)
        k = lote.primero
        for tramo in lote.tramos:
            horas = sorted(self._hora() for _ in range(tramo.cuantos))
            for j, s in enumerate(horas):
                self._documento(k, tramo.dia, s, tramo.numero + j)
                k += 1
        return [(etiqueta, tabla.bytes_de(self.filas[etiqueta])) for etiqueta, tabla in t.TABLAS.items()]

    def _documento(self, k, di, s, numero):
        c, al = self.c, self.al
        f = Ficha()
        f.id, f.k, f.di, f.s, f.edad = c.primer_documento + k, k, di, s, c.fin - di
        clase = f.clase = c.clases[bisect(self.pesos_clases, al() * self.pesos_clases[-1])]
        f.area = clase.area
        if f.area is None:
            f.area = self.otras[bisect(self.pesos_otras, al() * self.pesos_otras[-1])]
        f.reservado = clase.reservado or al() < 0.004
        f.registrador = c.operadores[int(al() * len(c.operadores))]
        f.recibido_en = self.instante(di, s)
        f.asunto = palabras.asunto(self.azar, clase.clave)
        f.folios = 1 + int(self.azar.expovariate(0.055))
        f.instruccion = clase.instruccion or palabras.uno_de(self.azar, palabras.INSTRUCCIONES)
        x = al()
        f.urgente = (clase.plazo is not None and clase.plazo <= 3) or x < 0.02
        f.prioridad = "URGENTE" if f.urgente else "ALTA" if x < 0.09 else "NORMAL"
        canal = _CANALES[int(al() * 20)]
        f.legal, presentado = self._presentacion(di, s, canal)
        f.limite, f.pasos = self.plazo(f.legal, clase.plazo)
        f.archivos = 0 if al() > 0.3 else 2 if al() < 0.25 else 1
        f.presencias, f.accesos = [c.areas[c.mesa].id], []
        if f.reservado:
            f.accesos.append(f.registrador[0])
        f.asignado, f.atendido_en, f.ubicacion, f.observado = NULO, NULO, "", None
        self._escribir(f, numero, canal, presentado)

    def _presentacion(self, di, s, canal):
        """(place of the legal day, instant of presentation); some web papers came the evening before."""
        lugar = self.lugar[di]
        if canal != "WEB" or self.al() > 0.35:
            return lugar, None
        segundo = 61_200 + int(self.al() * 25_000)
        ayer = dt.date.fromordinal(self.base + lugar - 1)
        local = dt.datetime.combine(ayer, dt.time(), ZONA) + dt.timedelta(seconds=segundo)
        legal = fecha_legal_de(local, canal, calendario=self.calendario).toordinal() - self.base
        return legal, (lugar - 1, segundo)

    def plazo(self, legal, dias, pausas=()):
        """(place of the last day or None, steps as COPY text) of a term from a legal day."""
        if dias is None:
            return None, "[]"
        clave = (legal, dias)
        if pausas or clave not in self.plazos:
            plazo = calcular_plazo(
                dt.date.fromordinal(self.base + legal), dias, calendario=self.calendario, pausas=pausas
            )
            hecho = (plazo.vence_el.toordinal() - self.base, json_de_copia(canonico(plazo.pasos)))
            if pausas:
                return hecho
            if len(self.plazos) > 500:
                self.plazos.clear()
            self.plazos[clave] = hecho
        return self.plazos[clave]

    def _escribir(self, f, numero, canal, presentado):
        c, al, clase = self.c, self.al, f.clase
        operador_id, operador, ventanilla_id, ventanilla = f.registrador
        lugar, serie_id, mascara, sede = self.lugar[f.di], *c.serie
        anio = self.anio[lugar]
        f.expediente = mascara.format(anio=anio, numero=numero, sede=sede)
        interno = codigo_interno(anio, sede, numero)
        qr = "".join(self.azar.choices(ALFABETO, k=36))
        qr, clave = qr[:26], qr[26:]
        de_oficio = clase.tipo_codigo in ("OFI", "OFI-M", "INV")
        r = (
            int(c.entidades * al() ** 1.5)
            if de_oficio
            else bisect(self.pesos_remitentes, al() * self.pesos_remitentes[-1])
        )
        nombre, identidad = c.remitentes[r]
        externo = f"{int(al() * 900) + 10:03d}-{anio}" if de_oficio else "S/N"
        fechado = lugar - int(al() * 4)
        anexos = [
            {"nombre": "Anexo", "folios": 1 + int(al() * 5)}
            for _ in range(int(al() * 4) if al() < 0.5 else 0)
        ]
        en_ventanilla = canal == "VENTANILLA" and ventanilla_id
        if presentado is None:
            presentado_dia, presentado_s, presentado_en = lugar, f.s, f.recibido_en
        else:
            presentado_dia, presentado_s = presentado
            utc = presentado_s + _A_UTC
            dia_utc = presentado_dia + (utc >= 86_400)
            presentado_en = f"{self.iso[dia_utc]}T{self.hms[utc % 86_400]}.000000Z"
        area_sugerida = c.areas[f.area]
        limite_cargo = f.limite
        rastro = self.rastro
        rastro.abrir(f.id)
        rastro.anotar(
            "documento_registrado", operador_id, c.areas[c.mesa].id, f.recibido_en,
            despues={
                "estado": "REGISTRADO", "expediente": f.expediente, "remitente": nombre, "asunto": f.asunto,
                "folios": f.folios, "fecha_legal": self.iso[f.legal],
                "fecha_limite": None if f.limite is None else self.iso[f.limite], "prioridad": f.prioridad,
            },
            detalle={"canal": canal, "ventanilla": ventanilla if en_ventanilla else "", "archivos": f.archivos},
        )  # fmt: skip
        self.recorrido.vivir(f)
        plazo = "Sin plazo" if clase.plazo is None else f"{clase.plazo} días hábiles"
        if limite_cargo is not None and f.observado is None:
            plazo = f"{plazo}, vence el {self.corta[limite_cargo]}"
        url = c.url.rstrip("/")
        datos = {
            **c.entidad, "expediente": f.expediente,
            "presentado_en": f"{self.dma[presentado_dia]} {self.hms[presentado_s]}", "fecha_legal": self.dma[f.legal],
            "mismo_dia": presentado_dia == f.legal, "remitente": nombre, "remitente_documento": identidad,
            "firmante": "", "documento": f"{clase.tipo_nombre} {externo} del {self.dma[fechado]}", "asunto": f.asunto,
            "folios": f.folios, "numero_anexos": len(anexos), "anexos": anexos, "procedimiento": clase.procedimiento,
            "plazo": plazo, "silencio": clase.silencio_nombre, "destino": area_sugerida.nombre,
            "recibio": f"{operador}, {ventanilla.lower()}" if en_ventanilla else operador,
            "clave": formatear_clave(clave), "url": f"{url}/c/{qr}", "url_corta": f"{url.split('://')[-1]}/consulta",
            "codigo_interno": interno, "observacion": f.observado,
        }  # fmt: skip
        self.filas[t.CARGO].append(
            f"{f.id}\t{json_de_copia(canonico(datos))}\t{f.recibido_en}\t{operador_id}\t1"
        )
        etiquetas = f'{{"{palabras.uno_de(self.azar, _ETIQUETAS)}"}}' if al() < 0.05 else "{}"
        reservado = "t" if f.reservado else "f"
        self.filas[t.DOCUMENTO].append(
            "\t".join((
                str(f.id), f.expediente, str(anio), str(numero), str(serie_id), interno, qr, clave, str(clase.tipo_id),
                NULO if clase.procedimiento_id is None else str(clase.procedimiento_id), externo, self.iso[fechado],
                f.asunto, str(f.folios), str(len(anexos)), canonico(anexos), etiquetas, str(c.primer_remitente + r),
                nombre, canal, str(operador_id), str(ventanilla_id) if en_ventanilla else NULO,
                str(c.areas[c.mesa].id), presentado_en, f.recibido_en, self.iso[f.legal], f.estado, f.prioridad,
                reservado, str(f.area_actual), f.asignado, f.desde, str(area_sugerida.id),
                texto(clase.instruccion), f.ubicacion, NULO if clase.plazo is None else str(clase.plazo),
                texto(clase.regla), f.pasos, clase.silencio, NULO if f.limite is None else self.iso[f.limite],
                f.atendido_en, f.recibido_en, f.desde,
            ))
        )  # fmt: skip
        for area_id in dict.fromkeys(f.presencias):
            self.filas[t.PRESENCIA].append(
                f"{f.id}\t{area_id}\t{f.recibido_en}\t{f.recibido_en}\t{reservado}"
            )
        for usuario_id in dict.fromkeys(f.accesos):
            self.filas[t.ACCESO].append(
                f"{f.id}\t{usuario_id}\t{operador_id}\t{f.recibido_en}\t{f.recibido_en}"
            )
        for n in range(f.archivos):
            principal = n == 0
            self.archivo(
                f, n, "PRINCIPAL" if principal else "ANEXO", f"{clase.tipo_nombre if principal else 'Anexo'}.pdf",
                operador_id, f.recibido_en, "t" if principal else "f",
            )  # fmt: skip

    def archivo(self, f, n, clase, nombre, usuario_id, instante, principal="f"):
        """A file row that shares the bytes of one of the stored papers. Returns: its id."""
        huella, ruta, peso, paginas = self.c.papeles[int(self.al() * len(self.c.papeles))]
        fila_id = self.c.primer_archivo + f.k * 3 + n
        self.filas[t.ARCHIVO].append(
            f"{fila_id}\t{f.id}\t{clase}\t{texto(nombre)}\tapplication/pdf\t{peso}\t{huella}\t{ruta}\t{principal}\t"
            f"{n + 1}\tLISTO\t{paginas}\t{usuario_id}\t{instante}"
        )
        return fila_id
