"""Corrections with trace, notes, files added later, and who may see a reserved document."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core.errors import DatosInvalidos
from core.events import registrar_evento
from documents.constants import ESTADOS_ABIERTOS, ClaseArchivo, Estado, Evento
from documents.errors import ReservadoSinPersona
from documents.files.espera import adjuntar_en_espera
from documents.models import AccesoReservado, Nota
from documents.services.estado import bloquear, exigir_motivo
from documents.services.plazo import recomputar

# Number, dates of reception and receipt are never edited: they are proof.
EDITABLES = (
    "tipo_documento",
    "categoria",
    "procedimiento",
    "numero_documento_externo",
    "fecha_documento",
    "asunto",
    "numero_folios",
    "numero_anexos",
    "etiquetas",
    "observaciones",
    "remitente",
    "firmante_documento",
    "firmante_nombre",
    "correo_avisos",
    "prioridad",
    "plazo_dias",
    "silencio",
    "expediente_relacionado",
    "ubicacion_fisica",
    "area_sugerida",
    "instruccion_prevista",
)


_DADOS_AL_NUMERAR = ("numero", "numero_expediente", "codigo_interno", "codigo_qr", "clave")


@transaction.atomic
def editar_documento(*, documento_id, cambios, motivo, actor):
    """Corrects data of a document, keeping before and after with the reason.

    Args: cambios maps names of EDITABLES to new values. The receipt keeps what it said.
    Raises: FaltaMotivo, DatosInvalidos (unknown field, bad value, annulled or archived document).
    Writes: Documento, Evento; a changed term is computed again and shown.
    """
    ajenos = set(cambios) - set(EDITABLES)
    if ajenos:
        raise DatosInvalidos(campos={campo: ["Este dato no se corrige."] for campo in sorted(ajenos)})
    motivo = exigir_motivo(motivo, mensaje="Escribe por qué se corrige; queda en la historia.")
    documento = bloquear(documento_id)
    if documento.estado not in (*ESTADOS_ABIERTOS, Estado.ATENDIDO):
        raise DatosInvalidos(
            campos={"__all__": [f"Un documento {documento.get_estado_display().lower()} ya no se corrige."]}
        )
    antes, despues = {}, {}
    for campo, valor in cambios.items():
        actual = getattr(documento, campo)
        if actual != valor:
            antes[campo], despues[campo] = _legible(actual), _legible(valor)
            setattr(documento, campo, valor)
    if not despues:
        return documento
    categoria = documento.categoria
    if {"categoria", "tipo_documento"} & set(despues) and categoria:
        if categoria.tipo_documento_id != documento.tipo_documento_id:
            raise DatosInvalidos(campos={"categoria": ["Esa categoría es de otro tipo: elige una del tipo."]})
    if "remitente" in despues:
        documento.remitente_nombre = documento.remitente.nombre
    if "plazo_dias" in despues:
        anterior = documento.fecha_limite
        documento.plazo_regla = (
            f"{documento.plazo_dias} días hábiles, corregido" if documento.plazo_dias else ""
        )
        recomputar(documento)
        antes["fecha_limite"], despues["fecha_limite"] = anterior, documento.fecha_limite
    validar(documento)
    documento.save()
    registrar_evento(
        tipo=Evento.EDITADO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        antes=antes,
        despues=despues,
        detalle={"motivo": motivo},
    )
    return documento


def validar(documento):
    """Checks a document's own fields without asking the database.

    Raises: DatosInvalidos naming each wrong field.
    """
    errores = {}
    relaciones = [campo.name for campo in documento._meta.fields if campo.is_relation or campo.generated]
    try:
        documento.clean_fields(exclude=[*relaciones, *_DADOS_AL_NUMERAR])
    except ValidationError as error:
        errores.update(error.message_dict)
    if not documento.asunto.strip():
        errores["asunto"] = ["Escribe el asunto."]
    if documento.numero_folios is None or documento.numero_folios < 1:
        errores["numero_folios"] = ["Escribe los folios, por ejemplo 46."]
    if documento.expediente_relacionado_id and documento.expediente_relacionado_id == documento.pk:
        errores["expediente_relacionado"] = ["Un expediente no puede relacionarse consigo mismo."]
    if errores:
        raise DatosInvalidos(campos=errores)


@transaction.atomic
def agregar_nota(*, documento_id, texto, actor):
    """Writes an internal note; the citizen never sees it.

    The same text of the same person within a minute is the same note: a form sent twice.
    Raises: DatosInvalidos when empty.
    """
    texto = (texto or "").strip()
    if not texto:
        raise DatosInvalidos(campos={"texto": ["Escribe la nota."]})
    documento = bloquear(documento_id)
    hace_poco = timezone.now() - timedelta(minutes=1)
    repetida = Nota.objects.filter(
        documento=documento, autor=actor, texto=texto[:2000], creada_en__gte=hace_poco
    ).first()
    if repetida:
        return repetida
    nota = Nota.objects.create(documento=documento, autor=actor, texto=texto[:2000])
    registrar_evento(
        tipo=Evento.NOTA,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        detalle={"nota_id": nota.pk, "texto": nota.texto[:200]},
    )
    return nota


@transaction.atomic
def adjuntar_archivos(*, documento_id, ids, actor, clase=ClaseArchivo.ANEXO, detalle=""):
    """Attaches staged files to an existing document (late scan, added writing, correction, answer).

    Args: ids of ArchivoEnEspera of the actor. The first file becomes the main one when there is none.
    Returns: list of ArchivoAdjunto. Raises: as adjuntar_en_espera; DatosInvalidos when closed or without files.
    """
    if not ids:
        raise DatosInvalidos(campos={"archivos": ["Elige al menos un archivo."]})
    documento = bloquear(documento_id)
    if documento.estado in (Estado.ANULADO, Estado.NO_PRESENTADO, Estado.ARCHIVADO):
        raise DatosInvalidos(
            campos={
                "archivos": [
                    f"A un documento {documento.get_estado_display().lower()} no se le añaden archivos."
                ]
            }
        )
    clases = clase
    if clase == ClaseArchivo.PRINCIPAL:
        clases = {str(ids[0]): clase}
    archivos = adjuntar_en_espera(documento=documento, ids=ids, usuario=actor, clases=clases)
    registrar_evento(
        tipo=Evento.ARCHIVO_ADJUNTO,
        documento_id=documento.pk,
        actor=actor,
        area_id=documento.area_actual_id,
        despues={"archivos": [_resumen(a) for a in archivos]},
        detalle={"clase": str(clase), "detalle": detalle.strip()},
    )
    return archivos


@transaction.atomic
def dar_acceso(*, documento_id, usuarios, actor):
    """Names persons who may see a reserved document.

    Raises: ReservadoSinPersona when the list is empty.
    """
    usuarios = [u for u in usuarios if u is not None]
    if not usuarios:
        raise ReservadoSinPersona(campos={"personas": ["Nombra al menos a una persona que pueda verlo."]})
    documento = bloquear(documento_id)
    ya = set(documento.accesos.values_list("usuario_id", flat=True))
    nuevos = [u for u in dict.fromkeys(usuarios) if u.pk not in ya]
    AccesoReservado.objects.bulk_create(
        [AccesoReservado(documento=documento, usuario=u, dado_por=actor) for u in nuevos]
    )
    if nuevos:
        registrar_evento(
            tipo=Evento.ACCESO_DADO,
            documento_id=documento.pk,
            actor=actor,
            area_id=documento.area_actual_id,
            detalle={"personas": [u.nombre_completo for u in nuevos]},
        )
    return nuevos


@transaction.atomic
def retirar_acceso(*, documento_id, usuario, actor):
    """Takes back a person's access to a reserved document; somebody must remain.

    Raises: ReservadoSinPersona when nobody would remain.
    """
    documento = bloquear(documento_id)
    if not documento.accesos.exclude(usuario=usuario).exists():
        raise ReservadoSinPersona(campos={"personas": ["Debe quedar al menos una persona que pueda verlo."]})
    borrados, _ = documento.accesos.filter(usuario=usuario).delete()
    if borrados:
        registrar_evento(
            tipo=Evento.ACCESO_RETIRADO,
            documento_id=documento.pk,
            actor=actor,
            area_id=documento.area_actual_id,
            detalle={"persona": usuario.nombre_completo},
        )


def _resumen(archivo):
    """What the trace keeps of a file."""
    return {
        "id": archivo.pk,
        "nombre": archivo.nombre,
        "sha256": archivo.hash_archivo,
        "peso": archivo.peso_bytes,
    }


def _legible(valor):
    """A value as the history shows it."""
    return str(valor) if hasattr(valor, "pk") else valor
