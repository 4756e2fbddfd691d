"""The letters: what each kind of mail says, read from what is kept when it goes out.

Reserved documents are named by their number alone.
"""

from core.direcciones import direccion
from core.texto import clave as en_grupos
from core.texto import cuenta, fecha, fecha_hora, fecha_larga, primera_mayuscula
from documents.models import Cargo, Observacion
from documents.services.cargo import url_de_seguimiento
from notifications.constants import Tipo
from notifications.correo.carta import Carta
from notifications.correo.tipos import MASIVO, Ciudadano

NO_REEMPLAZA = (
    "Este correo es un aviso: no reemplaza la notificación que la entidad deba hacerte "
    "(arts. 20 y 21, TUO Ley 27444)."
)
POR_QUE_PERSONA = (
    "Recibes este correo porque dejaste esta dirección para avisos al presentar tu documento. Para cambiarla o "
    "no recibir más avisos, dilo en mesa de partes con tu número de expediente."
)
SEGUIR = "Ver mi trámite y descargar el cargo"


def carta_de(correo):
    """The Carta of an outbox row."""
    escritor = _ESCRITORES.get(correo.tipo)
    if escritor is None:
        return _de_la_casa(correo)
    carta = escritor(correo)
    carta.saludo = carta.saludo or f"Hola, {_nombre(correo)}:"
    carta.motivo = carta.motivo or POR_QUE_PERSONA
    return carta


def _nombre(correo):
    if correo.documento_id and correo.documento.remitente_nombre:
        return correo.documento.remitente_nombre
    if correo.remitente_id:
        return correo.remitente.nombre
    return correo.usuario.nombre_completo if correo.usuario_id else "buen día"


def _recibido(correo):
    documento = correo.documento
    cargo = Cargo.objects.get(documento=documento).datos
    return Carta(
        asunto=f"Recibimos tu documento: {documento.numero_expediente}",
        titulo="Recibimos tu documento",
        parrafos=[
            f"Quedó registrado con el número {documento.numero_expediente}. Guarda este correo: con el número y "
            "la clave puedes saber en qué va, a cualquier hora."
        ],
        datos=_del_cargo(documento, cargo),
        listas=[
            (
                "Qué sigue",
                [
                    ("Mesa de partes lo envía al área que lo atenderá y te avisamos por este correo.", ""),
                    ("Te avisamos también si falta algo y cuando haya respuesta.", ""),
                ],
            )
        ],
        boton=(SEGUIR, url_de_seguimiento(documento.codigo_qr)),
        cierre=[NO_REEMPLAZA],
    )


def _del_cargo(documento, cargo):
    """The facts of the receipt, as it was issued."""
    plazo = cargo.get("plazo", "")
    return [
        ("Expediente", documento.numero_expediente),
        ("Clave de consulta", en_grupos(documento.clave)),
        ("Presentado", fecha_hora(documento.fecha_presentacion, segundos=True)),
        (
            "Cuenta como recibido",
            "" if cargo.get("mismo_dia") else primera_mayuscula(fecha_larga(documento.fecha_legal)),
        ),
        ("Documento", "" if documento.reservado else cargo.get("documento", "")),
        ("Asunto", "" if documento.reservado else cargo.get("asunto", "")),
        ("Folios", str(cargo.get("folios", documento.numero_folios))),
        ("Plazo de respuesta", "" if cargo.get("observacion") else plazo),
    ]


def _observado(correo):
    documento = correo.documento
    observacion = Observacion.objects.get(documento=documento)
    hasta = fecha(observacion.vence_el)
    datos = [("Expediente", documento.numero_expediente), ("Último día", fecha_larga(observacion.vence_el))]
    if correo.contenido.get("con_cargo"):
        datos += _del_cargo(documento, Cargo.objects.get(documento=documento).datos)[1:]
    return Carta(
        asunto=f"Falta algo en tu documento {documento.numero_expediente}: complétalo hasta el {hasta}",
        titulo=f"Completa tu documento hasta el {hasta}",
        parrafos=[
            f"Mesa de partes recibió tu documento {documento.numero_expediente}, pero no está completo. Presenta "
            f"lo que falta a más tardar el {fecha_larga(observacion.vence_el)}."
        ],
        listas=[("Lo que falta", [(texto, "") for texto in observacion.faltantes])],
        datos=datos,
        boton=(SEGUIR, url_de_seguimiento(documento.codigo_qr)),
        cierre=[
            "Si lo completas a tiempo, vale la fecha en que lo presentaste. Si no, se tendrá por no presentado y "
            "podrás recoger lo que entregaste (art. 136, TUO Ley 27444).",
            NO_REEMPLAZA,
        ],
    )


def _derivado(correo):
    documento = correo.documento
    return Carta(
        asunto=f"Tu documento {documento.numero_expediente} pasó al área que lo atenderá",
        titulo="Tu documento pasó al área que lo atenderá",
        parrafos=["Mesa de partes lo revisó y lo envió al área que debe responderte."],
        datos=[
            ("Expediente", documento.numero_expediente),
            ("Área", correo.contenido.get("area", "")),
            ("Enviado", correo.contenido.get("cuando", "")),
            ("Respuesta a más tardar", fecha_larga(documento.fecha_limite)),
        ],
        boton=("Ver mi trámite", url_de_seguimiento(documento.codigo_qr)),
        cierre=[NO_REEMPLAZA],
    )


def _atendido(correo):
    documento, respuestas = correo.documento, correo.contenido.get("respuestas", 0)
    parrafos = ["El área terminó de atender tu documento."]
    if respuestas:
        parrafos.append(
            f"La respuesta tiene {cuenta(respuestas, 'archivo')}. Pídela en mesa de partes con tu número de "
            "expediente y tu documento de identidad, o espera la notificación del área."
        )
    return Carta(
        asunto=f"Atendieron tu documento {documento.numero_expediente}",
        titulo="Tu documento fue atendido",
        parrafos=parrafos,
        datos=[
            ("Expediente", documento.numero_expediente),
            ("Área", correo.contenido.get("area", "")),
            ("Resultado", correo.contenido.get("resultado", "")),
            ("Atendido", correo.contenido.get("cuando", "")),
        ],
        boton=("Ver mi trámite", url_de_seguimiento(documento.codigo_qr)),
        cierre=[NO_REEMPLAZA],
    )


def _masivo(correo):
    envio = correo.masivo
    carta = Carta(
        asunto=envio.titulo,
        titulo=envio.titulo,
        parrafos=[p.strip() for p in envio.texto.replace("\r\n", "\n").split("\n\n") if p.strip()],
        motivo="Recibes este correo porque dejaste esta dirección para avisos en mesa de partes. Para no recibir "
        "más, dilo en mesa de partes con tu documento de identidad.",
    )
    if correo.usuario_id:
        carta.motivo, carta.baja = _por_su_cuenta(correo)
        carta.saludo = f"{correo.usuario.nombre_completo}:"
    if correo.documento_id:
        carta.datos = [("Expediente", correo.documento.numero_expediente)]
        carta.boton = ("Ver mi trámite", url_de_seguimiento(correo.documento.codigo_qr))
    return carta


def _de_la_casa(correo):
    """What staff and operators receive: the notice's own text, with what the outbox row adds."""
    dicho = correo.contenido or {}
    urgente = bool(dicho.get("urgente"))
    motivo, baja = _por_su_cuenta(correo)
    return Carta(
        asunto=correo.asunto,
        titulo=dicho.get("titulo") or correo.asunto.removeprefix("Urgente: "),
        parrafos=dicho.get("parrafos") or [p for p in correo.texto.split("\n\n") if p.strip()],
        datos=[tuple(par) for par in dicho.get("datos", ())],
        listas=[(titulo, [tuple(fila) for fila in filas]) for titulo, filas in dicho.get("listas", ())],
        boton=(dicho.get("boton", "Abrir en el sistema"), dicho["enlace"]) if dicho.get("enlace") else (),
        cierre=dicho.get("cierre", []),
        motivo=motivo,
        baja=baja,
        urgente=urgente,
    )


def _por_su_cuenta(correo):
    if correo.usuario_id:
        return (
            "Recibes este correo por tu cuenta en el sistema de mesa de partes.",
            ("Elegir qué avisos recibes por correo", direccion("notifications:preferencias", falta="/")),
        )
    if correo.tipo == Tipo.OPERACION:
        return "Esta dirección está entre las de quienes operan el sistema (OPERADORES_CORREO).", ()
    return "", ()


_ESCRITORES = {
    Ciudadano.RECIBIDO: _recibido,
    Ciudadano.OBSERVADO: _observado,
    Ciudadano.DERIVADO: _derivado,
    Ciudadano.ATENDIDO: _atendido,
    MASIVO: _masivo,
}
