"""Registration: one transaction gives the number, keeps the files and freezes the receipt."""

from django.db import connection, transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from documents.codes import clave_acceso, codigo_interno, codigo_qr
from documents.constants import (
    PLAZO_URGENTE_DIAS,
    SERIE_EXPEDIENTES,
    Canal,
    ClaseArchivo,
    Estado,
    Evento,
    Prioridad,
)
from documents.errors import ExternoYaRegistrado, ReservadoSinPersona
from documents.files.espera import adjuntar_en_espera
from documents.models import (
    AccesoReservado,
    Borrador,
    Cargo,
    Documento,
    RequisitoDocumento,
    SerieNumeracion,
)
from documents.services.cargo import datos_de_cargo, leer_entidad
from documents.services.edicion import validar
from documents.services.estado import marcar_presencia
from documents.services.numeracion import siguiente_numero
from documents.services.observacion import anotar_observacion, limpiar_faltantes
from documents.services.plazo import calcular_plazo
from documents.services.remitentes import guardar_remitente
from organization.calendar import cargar_calendario
from organization.calendar import fecha_legal as calcular_fecha_legal

SIN_CAMBIO = object()


@transaction.atomic
def registrar_documento(
    *,
    remitente,
    tipo_documento,
    asunto,
    numero_folios,
    area_registro,
    actor,
    ventanilla=None,
    procedimiento=None,
    categoria=None,
    numero_documento_externo="S/N",
    fecha_documento=None,
    numero_anexos=0,
    detalle_anexos=(),
    etiquetas=(),
    observaciones="",
    expediente_relacionado=None,
    firmante_documento="",
    firmante_nombre="",
    correo_avisos="",
    prioridad=Prioridad.NORMAL,
    plazo_dias=SIN_CAMBIO,
    reservado=None,
    personas=(),
    area_sugerida=None,
    instruccion_prevista="",
    requisitos=(),
    faltantes=None,
    archivos=(),
    canal=Canal.VENTANILLA,
    origen_externo="",
    id_externo="",
    fecha_presentacion=None,
    ubicacion_fisica="",
    llave=None,
):
    """Registers a document: number, receipt, files and trace, all or nothing.

    Args:
        area_registro: the mesa de partes Area that receives. ventanilla: where, or None.
        plazo_dias: working days when the clerk changed them; by default the procedure's or the type's.
        personas: Usuarios named to see a reserved document; the actor is always one of them.
        requisitos: list of (text, met) as ticked. faltantes: list of texts to observe at once, or None.
        archivos: ids of staged files, the first is the main one.
        llave: UUID of the form; a second call with it returns the first document.
    Returns: Documento with number and receipt.
    Raises: DatosInvalidos, ExternoYaRegistrado and the file errors; nothing is kept then, not even the number.
    Writes: Documento, ArchivoAdjunto, Cargo, presence, Evento, Tarea per file; the row of Correlativo stays
        locked until commit.
    Source: REQUIREMENTS R1; TUO Ley 27444 arts. 128, 135, 136.
    """
    if llave is not None:
        ya = _ya_registrado(llave)
        if ya is not None:
            return ya
    if id_externo:
        _exigir_externo_nuevo(origen_externo, id_externo)
    if faltantes is not None:
        faltantes = limpiar_faltantes(faltantes)
    ahora = timezone.now()
    presentado = fecha_presentacion or ahora
    dias, regla = regla_de_plazo(tipo_documento, procedimiento, plazo_dias)
    calendario = cargar_calendario(timezone.localdate(presentado))
    dia_legal = calcular_fecha_legal(presentado, canal, calendario=calendario)
    reservado = tipo_documento.es_reservado if reservado is None else reservado
    documento = Documento(
        tipo_documento=tipo_documento,
        categoria=categoria,
        procedimiento=procedimiento,
        numero_documento_externo=(numero_documento_externo or "S/N").strip() or "S/N",
        fecha_documento=fecha_documento,
        asunto=" ".join((asunto or "").split()),
        numero_folios=numero_folios,
        numero_anexos=numero_anexos,
        detalle_anexos=list(detalle_anexos),
        etiquetas=limpiar_etiquetas(etiquetas),
        observaciones=(observaciones or "").strip(),
        expediente_relacionado=expediente_relacionado,
        remitente=remitente,
        remitente_nombre=remitente.nombre,
        firmante_documento=(firmante_documento or "").strip(),
        firmante_nombre=(firmante_nombre or "").strip(),
        correo_avisos=(correo_avisos or "").strip(),
        canal=canal,
        origen_externo=origen_externo,
        id_externo=id_externo,
        usuario_registro=actor,
        ventanilla=ventanilla,
        area_registro=area_registro,
        area_actual=area_registro,
        area_sugerida=area_sugerida,
        instruccion_prevista=(instruccion_prevista or "").strip(),
        ubicacion_fisica=(ubicacion_fisica or "").strip(),
        fecha_presentacion=presentado,
        fecha_recepcion=ahora,
        fecha_legal=dia_legal,
        en_area_desde=ahora,
        estado=Estado.REGISTRADO,
        prioridad=Prioridad.URGENTE if dias is not None and dias <= PLAZO_URGENTE_DIAS else prioridad,
        reservado=reservado,
        plazo_dias=dias,
        plazo_regla=regla,
        silencio=(procedimiento or tipo_documento).silencio,
        llave_registro=llave,
        codigo_qr=codigo_qr(),
        clave=clave_acceso(),
    )
    documento.anio = timezone.localdate(ahora).year
    _validar_nuevo(documento, personas=personas, area_sugerida=area_sugerida)
    documento.fecha_limite, documento.plazo_pasos = calcular_plazo(
        fecha_legal=dia_legal, dias=dias, calendario=calendario
    )
    # Whatever needs no number goes before it: from the number on, the other windows wait.
    entidad = leer_entidad()
    documento.serie = SerieNumeracion.objects.select_related("sede").get(codigo=SERIE_EXPEDIENTES)
    if actor is not None and canal == Canal.VENTANILLA:
        Borrador.objects.filter(usuario=actor).delete()
    _numerar_y_guardar(documento)
    _completar(documento, requisitos=requisitos, personas=personas, archivos=archivos, actor=actor)
    observacion = None
    registrar_evento(
        tipo=Evento.REGISTRADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=area_registro.pk,
        despues={
            "estado": documento.estado,
            "expediente": documento.numero_expediente,
            "remitente": documento.remitente_nombre,
            "asunto": documento.asunto,
            "folios": documento.numero_folios,
            "fecha_legal": documento.fecha_legal,
            "fecha_limite": documento.fecha_limite,
            "prioridad": documento.prioridad,
        },
        detalle={
            "canal": canal,
            "ventanilla": str(ventanilla or ""),
            "archivos": len(archivos),
            "avisos": bool(documento.correo_avisos),
        },
        cadena_nueva=True,
    )
    if faltantes:
        fila = anotar_observacion(documento, faltantes=faltantes, actor=actor)
        observacion = {"faltantes": faltantes, "vence": fila.vence_el}
    Cargo.objects.create(
        documento=documento,
        datos=datos_de_cargo(documento, observacion=observacion, entidad=entidad),
        emitido_en=ahora,
        emitido_por=actor,
    )
    return documento


@transaction.atomic
def registrar_de_persona_nueva(*, persona, actor, llave=None, **datos):
    """Creates the sender and registers its document: both or neither, and once for each key.

    Args: persona has the arguments of guardar_remitente; the rest as registrar_documento.
    Raises: as both.
    """
    if llave is not None:
        ya = _ya_registrado(llave)
        if ya is not None:
            return ya
    remitente = guardar_remitente(actor=actor, **persona)
    return registrar_documento(remitente=remitente, actor=actor, llave=llave, **datos)


def _ya_registrado(llave):
    """The document an earlier press of the same form made; waits for one under way."""
    _esperar_turno(str(llave), 7302)
    return Documento.objects.filter(llave_registro=llave).first()


def _exigir_externo_nuevo(origen, id_externo):
    """Another entity's document enters once; waits for a registration of the same one under way.

    Raises: ExternoYaRegistrado with the number it has.
    """
    _esperar_turno(f"{origen} {id_externo}", 7303)
    ya = Documento.objects.filter(origen_externo=origen, id_externo=id_externo).first()
    if ya is not None:
        raise ExternoYaRegistrado(origen=origen, id_externo=id_externo, numero=ya.numero_expediente)


def _esperar_turno(texto, semilla):
    """One transaction at a time for a text, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", [texto, semilla])


def regla_de_plazo(tipo, procedimiento, plazo_dias=SIN_CAMBIO):
    """(days or None, sentence that names the rule)."""
    fuente = procedimiento or tipo
    if plazo_dias is not SIN_CAMBIO and plazo_dias != fuente.plazo_dias:
        return plazo_dias, "" if plazo_dias is None else f"{plazo_dias} días hábiles, fijados al registrar"
    dias = fuente.plazo_dias
    if dias is None and procedimiento is not None:
        fuente, dias = tipo, tipo.plazo_dias
    if dias is None:
        return None, ""
    nombre = f"del TUPA {procedimiento.codigo}" if fuente is procedimiento else f"para {tipo.nombre.lower()}"
    base = f" ({fuente.base_legal})" if fuente.base_legal else ""
    return dias, f"{dias} días hábiles {nombre}{base}"


def limpiar_etiquetas(etiquetas):
    """Tags without blanks or repeats, at most ten of 40 characters, in the order written."""
    limpias = [" ".join(e.split()).lower()[:40] for e in etiquetas or ()]
    return list(dict.fromkeys(e for e in limpias if e))[:10]


def _validar_nuevo(documento, *, personas, area_sugerida):
    """Every check that needs no lock; raises DatosInvalidos."""
    validar(documento)
    if area_sugerida is not None and not area_sugerida.activa:
        raise DatosInvalidos(campos={"area_sugerida": ["Esa área ya no está activa: elige otra."]})
    if documento.reservado and documento.usuario_registro_id is None and not personas:
        raise ReservadoSinPersona(campos={"personas": ["Nombra al menos a una persona que pueda verlo."]})


def _numerar_y_guardar(documento):
    """Takes the number and inserts the row; the series stays locked until commit."""
    serie = documento.serie
    documento.numero = siguiente_numero(serie=serie, anio=documento.anio)
    documento.numero_expediente = serie.formatear(anio=documento.anio, numero=documento.numero)
    sede = serie.sede.codigo if serie.sede_id else "0"
    documento.codigo_interno = codigo_interno(documento.anio, sede, documento.numero)
    documento.save(force_insert=True)


def _completar(documento, *, requisitos, personas, archivos, actor):
    """Rows that belong to the new document: presence, access, requirements, files."""
    marcar_presencia(documento_id=documento.pk, area_ids=[documento.area_registro_id])
    if documento.reservado:
        nombrados = dict.fromkeys([*([actor] if actor else []), *personas])
        AccesoReservado.objects.bulk_create(
            [AccesoReservado(documento=documento, usuario=u, dado_por=actor) for u in nombrados]
        )
    if requisitos:
        RequisitoDocumento.objects.bulk_create(
            [
                RequisitoDocumento(documento=documento, orden=n, texto=texto, cumple=cumple)
                for n, (texto, cumple) in enumerate(requisitos, 1)
            ]
        )
    if archivos:
        adjuntar_en_espera(
            documento=documento,
            ids=archivos,
            usuario=actor,
            clases={str(archivos[0]): ClaseArchivo.PRINCIPAL},
        )
