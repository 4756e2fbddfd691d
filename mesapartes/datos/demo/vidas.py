"""The lives a document may have: each is a generator that acts and yields the office minutes until it acts again."""

import datetime as dt

from derivations import services as derivaciones
from documents import services as documentos
from documents.constants import Canal, ClaseArchivo, Prioridad
from mesapartes.datos import palabras

PAGO = "Pago por derecho de trámite"
_TUPA = ("TR-07", "TR-11", "TR-03", "TR-05", "LC-02", "LC-03")
_CORTOS = ("OFI", "OFI", "CAR", "TR-12", "LC-04", "QJA", "RES-JUD")  # terms that end within two weeks


def _hasta_recibir(m, clave, *, copias=(), asignar=0.4, **mas):
    """Registers, sends and receives. Returns: (documento, derivacion, who received)."""
    documento = m.registrar(clave, **mas)
    yield m.entre(12, 70)
    derivacion = m.derivar(documento, copias=copias)
    yield m.entre(30, 260)
    quien = m.recibir(derivacion)
    if m.quizas(asignar):
        yield m.entre(5, 90)
        m.asignar(derivacion)
    return documento, derivacion, quien


def registrado(m, clave):
    m.registrar(clave)
    yield 1


def derivado(m, clave):
    documento = m.registrar(clave)
    yield m.entre(12, 70)
    m.derivar(documento)


def en_proceso(m, clave):
    documento, _, quien = yield from _hasta_recibir(m, clave)
    if m.quizas(0.3):
        yield m.entre(20, 200)
        texto = palabras.uno_de(
            m.azar,
            (
                "Falta la firma del jefe.",
                "Coordinado por teléfono con el administrado.",
                "Programar inspección esta semana.",
                "En consulta con asesoría jurídica.",
            ),
        )
        documentos.agregar_nota(documento_id=documento.pk, texto=texto, actor=quien)


def vencido(m, clave):
    if m.quizas(0.3):
        yield from derivado(m, palabras.uno_de(m.azar, _CORTOS))
    else:
        yield from _hasta_recibir(m, palabras.uno_de(m.azar, _CORTOS))


def atendido(m, clave, **mas):
    documento, derivacion, quien = yield from _hasta_recibir(m, clave, **mas)
    yield m.entre(200, 1700)
    m.atender(documento, derivacion, quien, con_respuesta=m.quizas(0.75))
    return documento, derivacion


def archivado(m, clave):
    documento, derivacion = yield from atendido(m, clave)
    yield m.entre(200, 1500)
    m.archivar(documento, derivacion.area_destino.sigla)
    return documento


def dos_areas(m, clave):
    documento, derivacion, _ = yield from _hasta_recibir(
        m, palabras.uno_de(m.azar, ("TR-07", "TR-11", "TR-01"))
    )
    yield m.entre(100, 700)
    opinion = m.derivar(documento, "OAJ", desde="TPC", instrucciones="Opinión legal", plazo_interno_dias=3)
    yield m.entre(40, 300)
    m.recibir(opinion)
    yield m.entre(300, 1200)
    vuelta = m.derivar(
        documento, "TPC", desde="OAJ", instrucciones="Se emitió opinión favorable; proseguir el trámite"
    )
    yield m.entre(40, 200)
    quien = m.recibir(vuelta)
    yield m.entre(60, 500)
    m.atender(documento, vuelta, quien)


def con_copias(m, clave):
    documento = m.registrar("OFI", area="DCA")
    yield m.entre(12, 70)
    derivacion = m.derivar(documento, copias=("DR", "OPP"), instrucciones="Para conocimiento y respuesta")
    yield m.entre(30, 200)
    m.recibir(derivacion)
    copia = derivacion.hijas.get(area_destino__sigla="DR")
    derivaciones.acusar_copia(derivacion_id=copia.pk, actor=m.gente.por_usuario["jefa"])


def observado(m, clave):
    documento = m.registrar(palabras.uno_de(m.azar, _TUPA), faltantes=[PAGO])
    yield 1
    return documento


def subsanado(m, clave):
    documento = yield from observado(m, clave)
    yield m.entre(120, 700)
    documentos.subsanar_documento(
        documento_id=documento.pk, detalle="Presentó el recibo de pago", actor=documento.operador
    )
    m.adjuntar(documento, documento.operador, "Recibo de pago", ClaseArchivo.SUBSANACION)
    yield m.entre(5, 40)
    derivacion = m.derivar(documento)
    yield m.entre(40, 300)
    quien = m.recibir(derivacion)
    yield m.entre(500, 2000)
    m.atender(documento, derivacion, quien)


def no_presentado(m, clave):
    documento = yield from observado(m, clave)
    yield 4 * 510
    documentos.tener_por_no_presentado(documento_id=documento.pk, actor=None)


def anulado(m, clave):
    documento = m.registrar(clave, con_archivos=False)
    yield m.entre(5, 60)
    documentos.anular_documento(
        documento_id=documento.pk,
        motivo="Se registró dos veces el mismo escrito.",
        actor=m.gente.por_usuario["mesa"],
    )


def suspendido(m, clave):
    documento, derivacion, quien = yield from _hasta_recibir(m, palabras.uno_de(m.azar, _TUPA))
    yield m.entre(100, 800)
    documentos.suspender_plazo(
        documento_id=documento.pk,
        motivo="Espera la inspección técnica de la unidad",
        actor=quien,
        base_legal="art. 147, TUO Ley 27444",
        sustento=f"Carta {m.entre(20, 90):03d}-{m.reloj.ahora.year}-DRTC-P",
    )
    return documento, derivacion, quien


def reanudado(m, clave):
    documento, derivacion, quien = yield from suspendido(m, clave)
    yield m.entre(600, 1500)
    documentos.reanudar_plazo(documento_id=documento.pk, actor=quien, detalle="Se realizó la inspección")
    yield m.entre(100, 600)
    m.atender(documento, derivacion, quien)


def devuelto(m, clave):
    documento = m.registrar("CAR")
    yield m.entre(12, 70)
    derivacion = m.derivar(documento, "EST" if "EST" in m.gente.de_area else "DTE")
    yield m.entre(60, 300)
    vuelta = derivaciones.rechazar_derivacion(
        derivacion_id=derivacion.pk,
        motivo=palabras.uno_de(m.azar, palabras.RECHAZOS),
        actor=m.de(derivacion.area_destino.sigla),
    )
    return documento, vuelta


def reenviado(m, clave):
    documento, vuelta = yield from devuelto(m, clave)
    yield m.entre(15, 200)
    if m.quizas(0.5):
        m.recibir(vuelta, actor=documento.operador)
    derivacion = m.derivar(documento, "ABA")
    yield m.entre(60, 300)
    quien = m.recibir(derivacion)
    yield m.entre(200, 900)
    m.atender(documento, derivacion, quien, con_respuesta=False)


def recuperado(m, clave):
    documento = m.registrar(clave)
    yield m.entre(12, 40)
    mala = m.derivar(documento, "PER")
    m.por_remitir.remove(mala.pk)
    yield m.entre(3, 12)
    derivaciones.anular_derivacion(
        derivacion_id=mala.pk, actor=documento.operador, motivo="Se eligió otra área"
    )
    yield 2
    derivacion = m.derivar(documento, "TPC" if documento.destino == "PER" else None)
    yield m.entre(60, 300)
    m.recibir(derivacion)


def reservado(m, clave):
    documento = m.registrar("DEN", area="OAJ", personas=[m.gente.por_usuario["jefa"]])
    yield m.entre(5, 30)
    derivacion = m.derivar(documento, "OAJ", instrucciones="Evaluar la denuncia con reserva de identidad")
    yield m.entre(30, 200)
    quien = m.recibir(derivacion, actor=derivacion.area_destino.jefe)
    m.asignar(derivacion, m.gente.por_usuario["legal"])
    return documento, derivacion, quien


def reservado_atendido(m, clave):
    documento, derivacion, quien = yield from reservado(m, clave)
    yield m.entre(500, 1500)
    m.atender(documento, derivacion, quien)


def reabierto(m, clave):
    documento, _ = yield from atendido(m, clave)
    yield m.entre(300, 1200)
    documentos.reabrir_documento(
        documento_id=documento.pk,
        motivo="El administrado presentó nueva prueba.",
        actor=m.gente.por_usuario["jefa"],
    )


def restaurado(m, clave):
    documento = yield from archivado(m, clave)
    yield m.entre(200, 900)
    documentos.restaurar_documento(
        documento_id=documento.pk,
        motivo="El órgano de control pidió revisar lo resuelto.",
        actor=m.gente.por_usuario["jefa"],
    )


def urgente(m, clave):
    yield from _hasta_recibir(m, palabras.uno_de(m.azar, ("RES-JUD", "OCI", "QJA", "TR-12")), asignar=0.8)


def prioridad_alta(m, clave):
    yield from _hasta_recibir(m, clave, prioridad=Prioridad.ALTA)


def web(m, clave):
    """Presented the evening before on the web, accepted at the window in the morning."""
    tarde = (m.reloj.ahora - dt.timedelta(days=1)).replace(hour=m.entre(17, 23), minute=m.entre(0, 60))
    yield from _hasta_recibir(m, clave, canal=Canal.WEB, con_archivos=True, fecha_presentacion=tarde)


def copacabana(m, clave):
    """The document of every manual: observed at the window, corrected, sent with a copy, assigned."""
    documento = m.registrar(
        "TR-07",
        remitente=m.remitentes["copacabana"],
        numero_folios=46,
        con_archivos=True,
        faltantes=[PAGO],
        asunto="Habilitación vehicular por incremento, ruta Puno - Juliaca",
        correo_avisos="copacabana@transportes.example",
        firmante_documento="01318842",
        firmante_nombre="Grimaldo Ccallo Flores, gerente general",
        etiquetas=["incremento", "puno - juliaca"],
        ubicacion_fisica="Archivador 14, piso 2",
    )
    yield 510 + m.entre(20, 200)
    documentos.subsanar_documento(
        documento_id=documento.pk, detalle="Presentó el recibo de pago", actor=documento.operador
    )
    m.adjuntar(documento, documento.operador, "Recibo de pago", ClaseArchivo.SUBSANACION)
    yield 2
    derivacion = m.derivar(documento, copias=("OAJ",), instrucciones="Evaluar requisitos del TUPA")
    yield m.entre(30, 120)
    quien = m.recibir(derivacion, actor=m.gente.por_usuario["transportes"])
    m.asignar(derivacion, quien)
    yield m.entre(60, 300)
    documentos.agregar_nota(
        documento_id=documento.pk, texto="Programar inspección de las dos unidades.", actor=quien
    )


# life: (weight in the random part, fewest and most working days ago that it may begin)
VIDAS = {
    copacabana: (0, 4, 4),
    registrado: (9, 0, 0),
    derivado: (14, 0, 2),
    observado: (2, 0, 1),
    en_proceso: (16, 1, 9),
    con_copias: (3, 2, 19),
    urgente: (2, 1, 2),
    prioridad_alta: (2, 1, 6),
    web: (3, 1, 12),
    devuelto: (1, 1, 3),
    reenviado: (1, 5, 19),
    recuperado: (1, 2, 19),
    subsanado: (2, 7, 19),
    no_presentado: (1, 6, 19),
    anulado: (1, 1, 19),
    suspendido: (2, 4, 12),
    reanudado: (1, 9, 19),
    vencido: (2, 13, 19),
    atendido: (18, 6, 19),
    archivado: (30, 9, 19),
    dos_areas: (4, 9, 19),
    reservado: (1, 2, 12),
    reservado_atendido: (1, 7, 19),
    reabierto: (1, 9, 19),
    restaurado: (1, 12, 19),
}
