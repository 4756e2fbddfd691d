"""The life of a document after its registration: derivations, events and final state, by the rules of the services.

The trail of a long life keeps registration, sendings, the last reception, the answer and the filing; receptions in
between and acknowledged copies are in the derivations only, so that there are about five events per document.
"""

import datetime as dt

from mesapartes.datos import palabras
from mesapartes.datos.volumen import columnas as t
from mesapartes.datos.volumen.copia import NULO, json_de_copia, texto
from mesapartes.datos.volumen.rastro import canonico

POR_DOCUMENTO = 16  # derivation ids kept for each document; no life needs more
_FALTA = "Pago por derecho de trámite"
_BASE_OBSERVACION = "art. 136, TUO Ley 27444"
_COPIAS = (0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5)
_RESULTADOS = (
    ("RESPONDIDO", "Con respuesta"),
    ("PROCEDENTE", "Procedente"),
    ("IMPROCEDENTE", "Improcedente"),
)
_CONOCIMIENTO = ("CONOCIMIENTO", "Tomado en conocimiento")


class Recorrido:
    """Lives documents for a Taller, whose chance, clock and rows it uses."""

    def __init__(self, taller):
        self.taller, self.c, self.al, self.azar = taller, taller.c, taller.al, taller.azar
        self.rastro, self.derivaciones = taller.rastro, taller.filas[t.DERIVACION]

    def vivir(self, f):
        """Takes the document to the state its age and chance say, writing every row of the way."""
        f.estado, f.area_actual, f.desde = "REGISTRADO", self.c.areas[self.c.mesa].id, f.recibido_en
        final = self._final(f)
        if final in ("OBSERVADO", "NO_PRESENTADO"):
            self._observar(f, final)
        elif final == "ANULADO":
            self._anular(f)
        elif final != "REGISTRADO":
            self._circular(f, final)

    def _final(self, f):
        """The state to reach: open with the probability of its age, else closed."""
        x, edad = self.al(), f.edad
        if self.al() < self.taller.p_abierto[f.di]:
            if edad <= 2 and x < 0.05:
                return "OBSERVADO"
            if edad <= 1:
                return "REGISTRADO" if x < 0.4 else "DERIVADO" if x < 0.75 else "EN_PROCESO"
            if x < 0.01:
                return "REGISTRADO"
            return "DERIVADO" if x < 0.13 else "SUSPENDIDO" if x < 0.2 else "EN_PROCESO"
        if x < 0.006 and edad > 3:
            return "NO_PRESENTADO"
        if x < 0.012:
            return "ANULADO"
        return "ARCHIVADO" if edad > 5 and x < min(0.97, 0.2 + edad / 150) else "ATENDIDO"

    # --- short lives

    def _observar(self, f, final):
        taller, mesa, quien = self.taller, self.c.areas[self.c.mesa].id, f.registrador[0]
        vence = taller.lugar[f.di + 2]
        f.estado = "OBSERVADO"
        f.observado = {"faltantes": [_FALTA], "vence": taller.corta[vence], "base_legal": _BASE_OBSERVACION}
        self.rastro.anotar(
            "documento_observado", quien, mesa, f.recibido_en, antes={"estado": "REGISTRADO"},
            despues={"estado": "OBSERVADO"}, detalle={"faltantes": [_FALTA], "vence_el": taller.iso[vence]},
        )  # fmt: skip
        hasta = NULO
        if final == "NO_PRESENTADO":
            hasta, f.estado = taller.iso[taller.lugar[f.di + 3]], final
            self.rastro.anotar(
                "documento_no_presentado", None, mesa, taller.instante(f.di + 3, 28_800),
                antes={"estado": "OBSERVADO"}, despues={"estado": final},
            )  # fmt: skip
        taller.filas[t.OBSERVACION].append(
            f"{f.id}\t{json_de_copia(canonico([_FALTA]))}\t{quien}\t{f.recibido_en}\t{taller.iso[vence]}"
        )
        desde = taller.iso[taller.lugar[f.di]]
        taller.filas[t.PAUSA].append(f"{f.id}\t{desde}\t{hasta}\tpor subsanar\t{_BASE_OBSERVACION}\t{quien}")

    def _anular(self, f):
        mesa, momento = self.c.areas[self.c.mesa], self.taller.instante(*self.taller.paso(f.di, f.s, 0))
        f.estado = "ANULADO"
        self.rastro.anotar(
            "documento_anulado", mesa.jefe, mesa.id, momento, antes={"estado": "REGISTRADO"},
            despues={"estado": "ANULADO"}, detalle={"motivo": "Se registró dos veces el mismo escrito."},
        )  # fmt: skip

    # --- the long way

    def _circular(self, f, final):
        """Sends the paper through its areas and leaves it DERIVADO, EN_PROCESO, SUSPENDIDO, ATENDIDO or ARCHIVADO."""
        c, al, taller = self.c, self.al, self.taller
        self.n, self.padre, self.origen = 0, None, c.mesa
        abierto = final in ("DERIVADO", "EN_PROCESO", "SUSPENDIDO")
        i, s = taller.paso(f.di, f.s, 0)
        x = al()
        if x < 0.01:
            i, s = self._recuperar(f, i, s)
        elif x < 0.03:
            i, s = self._devolver(f, i, s)
        y, camino = al(), []
        for _ in range(0 if y < 0.42 else 1 if y < 0.82 else 2 if y < 0.97 else 3):
            area = taller.otras[int(al() * min(8, len(taller.otras)))]
            if area != (camino[-1] if camino else c.mesa) and area != f.area:
                camino.append(area)
        camino.append(f.area)
        ultimo = len(camino) - 1
        for lugar, area in enumerate(camino):
            enviado = taller.instante(i, s)
            emisor = f.registrador[0] if self.padre is None else self._persona(self.origen)
            copias = self._copias(f, camino) if lugar == 0 and not f.reservado else ()
            actual = self._enviar(f, area, enviado, emisor, copias)
            acusado = taller.paso(i, s, int(al() * 4))
            if lugar == ultimo and final == "DERIVADO":
                self._fila(f, actual, estado="PENDIENTE")
                self._filas_de_copias(f, actual, copias, acusado)
                f.estado, f.area_actual, f.desde = "DERIVADO", c.areas[area].id, enviado
                return
            i, s = taller.paso(i, s, 0 if al() < 0.6 else 1)
            actual["recibido"], actual["recibe"] = taller.instante(i, s), self._persona(area)
            if lugar < ultimo:
                i, s = taller.paso(i, s, int(self.azar.expovariate(0.6)))
                self._fila(f, actual, estado="DERIVADA", cierre=taller.instante(i, s))
            self._filas_de_copias(f, actual, copias, acusado)
            self.padre, self.origen = actual["id"], area
        f.area_actual, f.desde = c.areas[f.area].id, actual["recibido"]
        self._recibir(f, actual)
        if abierto:
            return self._dejar_abierto(f, actual, final, i, s)
        self._atender(f, actual, final, i, s)

    def _persona(self, area):
        personas = self.c.areas[area].personas
        return personas[int(self.al() * len(personas))][0]

    def _copias(self, f, camino):
        """Areas that only learn of it; never the largest, so that its share stays what the workload says."""
        otras, fuera = self.taller.otras, {self.c.mesa, *camino}
        elegidas = [otras[int(self.al() * len(otras))] for _ in range(_COPIAS[int(self.al() * 20)])]
        return [a for a in dict.fromkeys(elegidas) if a not in fuera]

    def _siguiente(self, f):
        self.n += 1
        return self.c.primera_derivacion + f.k * POR_DOCUMENTO + self.n - 1

    def _enviar(self, f, area, instante, emisor, copias=(), motivo="ENVIO", instruccion=None):
        """A sending and its event. Returns: the derivation, without state yet."""
        areas, origen, destino = self.c.areas, self.c.areas[self.origen], self.c.areas[area]
        fila = {
            "id": self._siguiente(f), "n": self.n, "padre": self.padre, "motivo": motivo, "origen": origen.id,
            "destino": destino.id, "deriva": emisor, "enviado": instante, "instruccion": instruccion or f.instruccion,
            "recibido": None, "recibe": None,
        }  # fmt: skip
        f.presencias += [destino.id, *(areas[a].id for a in copias)]
        if f.reservado:
            f.accesos.append(destino.jefe)
        self.rastro.anotar(
            "documento_derivado", emisor, origen.id, instante,
            despues={"estado": "DERIVADO", "area": destino.nombre},
            detalle={
                "derivacion_id": fila["id"], "origen": origen.nombre, "destino": destino.nombre,
                "copias": [areas[a].nombre for a in copias], "instruccion": f.instruccion, "folios": f.folios,
                "urgente": f.urgente, "limite": None if f.limite is None else self.taller.iso[f.limite],
            },
        )  # fmt: skip
        return fila

    def _fila(self, f, d, *, estado, cierre=NULO, atiende=NULO, atencion=NULO, asignado=NULO, resultado="",
              observaciones="", sin_respuesta="", rechazo="", anulacion="", recibe=None):  # fmt: skip
        """Writes a principal derivation in its final state."""
        recibe = recibe or d["recibe"] or NULO
        limite = NULO if f.limite is None else self.taller.iso[f.limite]
        self.derivaciones.append(
            f"{d['id']}\t{f.id}\t{d['n']}\t{d['padre'] or NULO}\t{d['motivo']}\t{d['origen']}\t{d['destino']}\t"
            f"{d['deriva']}\t{recibe}\t{atiende}\t{asignado}\t{texto(d['instruccion'])}\t{observaciones}\t{rechazo}\t"
            f"{anulacion}\t{d['enviado']}\t{d['recibido'] or NULO}\t{atencion}\t{cierre}\t{limite}\t{estado}\t"
            f"{'t' if f.urgente else 'f'}\tt\tf\tt\t{f.folios}\t{f.folios if d['recibido'] else NULO}\t{resultado}\t"
            f"{sin_respuesta}"
        )

    def _filas_de_copias(self, f, d, copias, acusado):
        """The copies of a sending; nearly all acknowledged once they are a few weeks old."""
        quieta = f.edad < 15 and self.al() < 0.6
        for area in copias:
            numero = self._siguiente(f)
            visto = not quieta and self.al() < 0.995
            recibe = self._persona(area) if visto else NULO
            momento, estado = (self.taller.instante(*acusado), "RECIBIDO") if visto else (NULO, "PENDIENTE")
            self.derivaciones.append(
                f"{numero}\t{f.id}\t{self.n}\t{d['id']}\tENVIO\t{d['origen']}\t{self.c.areas[area].id}\t{d['deriva']}\t"
                f"{recibe}\t{NULO}\t{NULO}\t{texto(d['instruccion'])}\t\t\t\t{d['enviado']}\t{momento}\t{NULO}\t{momento}\t"
                f"{NULO}\t{estado}\t{'t' if f.urgente else 'f'}\tf\tt\tf\t{f.folios}\t{NULO}\t\t"
            )

    def _recuperar(self, f, i, s):
        """A first sending to the wrong area, called back before its reception."""
        taller, mesa = self.taller, self.c.areas[self.c.mesa]
        area = taller.otras[-1 - int(self.al() * 4)]
        mala = self._enviar(f, area, taller.instante(i, s), f.registrador[0])
        i, s = taller.paso(i, s, 0)
        self._fila(f, mala, estado="ANULADA", cierre=taller.instante(i, s), anulacion="Se eligió otra área")
        self.rastro.anotar(
            "envio_anulado", f.registrador[0], mesa.id, taller.instante(i, s),
            antes={"estado": "DERIVADO", "area": self.c.areas[area].nombre},
            despues={"estado": "REGISTRADO", "area": mesa.nombre},
            detalle={"derivacion_id": mala["id"], "motivo": "Se eligió otra área"},
        )  # fmt: skip
        return taller.paso(i, s, 0)

    def _devolver(self, f, i, s):
        """A first sending that the area returns; sending it on receives the returned paper."""
        taller, mesa = self.taller, self.c.mesa
        area = taller.otras[-1 - int(self.al() * 4)]
        mala = self._enviar(f, area, taller.instante(i, s), f.registrador[0])
        motivo, quien = palabras.uno_de(self.azar, palabras.RECHAZOS), self._persona(area)
        i, s = taller.paso(i, s, 1)
        devuelto = taller.instante(i, s)
        self._fila(f, mala, estado="RECHAZADO", cierre=devuelto, rechazo=motivo, recibe=quien)
        self.rastro.anotar(
            "documento_devuelto", quien, self.c.areas[area].id, devuelto,
            antes={"area": self.c.areas[area].nombre}, despues={"area": self.c.areas[mesa].nombre},
            detalle={"derivacion_id": mala["id"], "motivo": motivo},
        )  # fmt: skip
        vuelta = {
            **mala, "id": self._siguiente(f), "n": self.n, "padre": mala["id"], "motivo": "DEVOLUCION",
            "origen": mala["destino"], "destino": mala["origen"], "deriva": quien, "enviado": devuelto,
            "instruccion": f"Devuelto: {motivo}",
        }  # fmt: skip
        i, s = taller.paso(i, s, 0)
        vuelta["recibido"], vuelta["recibe"] = taller.instante(i, s), f.registrador[0]
        self._fila(f, vuelta, estado="DERIVADA", cierre=vuelta["recibido"])
        self.padre = vuelta["id"]
        return i, s

    def _recibir(self, f, d):
        self.rastro.anotar(
            "documento_recibido", d["recibe"], d["destino"], d["recibido"], antes={"estado": "DERIVADO"},
            despues={"estado": "EN_PROCESO"},
            detalle={
                "derivacion_id": d["id"], "area": self.c.areas[f.area].nombre, "folios": f.folios,
                "folios_enviados": f.folios, "observaciones": "",
            },
        )  # fmt: skip

    def _dejar_abierto(self, f, d, final, i, s):
        f.estado, taller = "EN_PROCESO", self.taller
        if self.al() < 0.6:
            personas = self.c.areas[f.area].personas
            persona, nombre = personas[int(self.al() * len(personas))]
            i, s = taller.paso(i, s, 0)
            f.asignado = str(persona)
            self.rastro.anotar(
                "documento_asignado", self.c.areas[f.area].jefe, d["destino"], taller.instante(i, s),
                antes={"asignado": ""}, despues={"asignado": nombre}, detalle={"derivacion_id": d["id"]},
            )  # fmt: skip
            if f.reservado:
                f.accesos.append(persona)
        self._fila(f, d, estado="RECIBIDO", asignado=f.asignado)
        if final == "SUSPENDIDO":
            i, s = taller.paso(i, s, int(self.al() * 3))
            f.estado, quien = final, self._persona(f.area)
            motivo, base = "Espera la inspección técnica de la unidad", "art. 147, TUO Ley 27444"
            self.rastro.anotar(
                "plazo_suspendido", quien, d["destino"], taller.instante(i, s), antes={"estado": "EN_PROCESO"},
                despues={"estado": final}, detalle={"motivo": motivo, "base_legal": base, "sustento": ""},
            )  # fmt: skip
            desde = taller.iso[taller.lugar[i]]
            taller.filas[t.PAUSA].append(f"{f.id}\t{desde}\t{NULO}\t{motivo}\t{base}\t{quien}")

    def _atender(self, f, d, final, i, s):
        taller, quien = self.taller, d["recibe"]
        i, s = taller.paso(i, s, int(self.azar.expovariate(0.14)))
        momento = f.atendido_en = taller.instante(i, s)
        f.estado, respuestas = "ATENDIDO", []
        con_archivo = f.archivos and self.al() < 0.6
        resultado, nombre = palabras.uno_de(self.azar, _RESULTADOS) if con_archivo else _CONOCIMIENTO
        conclusion = palabras.uno_de(self.azar, palabras.CONCLUSIONES) if con_archivo else ""
        sin_respuesta = "" if con_archivo else palabras.uno_de(self.azar, palabras.SIN_RESPUESTA)
        self._fila(
            f, d, estado="ATENDIDO", cierre=momento, atencion=momento, atiende=quien, resultado=resultado,
            observaciones=conclusion, sin_respuesta=sin_respuesta,
        )  # fmt: skip
        if con_archivo:
            respuestas = [f"Oficio {f.expediente}.pdf"]
            archivo_id = taller.archivo(f, 2, "RESPUESTA", respuestas[0], quien, momento)
            taller.filas[t.RESPUESTA].append(f"{d['id']}\t{archivo_id}")
        self.rastro.anotar(
            "documento_atendido", quien, d["destino"], momento, antes={"estado": "EN_PROCESO"},
            despues={"estado": "ATENDIDO"},
            detalle={
                "derivacion_id": d["id"], "area": self.c.areas[f.area].nombre, "resultado": nombre,
                "observaciones": conclusion, "respuestas": respuestas, "sin_respuesta": sin_respuesta,
            },
        )  # fmt: skip
        if final == "ARCHIVADO":
            self._archivar(f, *taller.paso(i, s, 1 + int(self.azar.expovariate(0.05))))

    def _archivar(self, f, i, s):
        taller, jefe = self.taller, self.c.areas[f.area].jefe
        serie_id, serie, anios, permanente = palabras.uno_de(self.azar, self.c.series_archivo)
        momento, anio = taller.instante(i, s), taller.anio[taller.lugar[i]]
        hasta = None if permanente else dt.date(anio + anios, 12, 31).isoformat()
        f.estado, f.ubicacion = (
            "ARCHIVADO",
            f"Archivador {1 + int(self.al() * 90)}, estante {1 + int(self.al() * 12)}",
        )
        taller.filas[t.ARCHIVAMIENTO].append(
            f"{f.id}\t{serie_id}\t{texto(f.clase.tipo_nombre)}\t{f.ubicacion}\t{hasta or NULO}\t{jefe}\t{momento}"
        )
        self.rastro.anotar(
            "documento_archivado", jefe, f.area_actual, momento, antes={"estado": "ATENDIDO"},
            despues={"estado": "ARCHIVADO"},
            detalle={
                "serie": serie, "clasificacion": f.clase.tipo_nombre, "ubicacion": f.ubicacion,
                "conservar_hasta": hasta,
            },
        )  # fmt: skip
