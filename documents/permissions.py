"""Who may do what with a document; doors call these, services do not."""

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from core.events import registrar_evento
from core.models import Evento as Hecho
from documents.constants import Evento
from documents.errors import AccionProhibida, YaNoEstaAqui
from documents.models import Documento
from organization.constants import P


def registrar_denegado(*, usuario, accion, documento_id=None, ip=None):
    """Records a refused attempt in the trace, in a transaction of its own."""
    with transaction.atomic():
        registrar_evento(
            tipo=Evento.ACCESO_DENEGADO,
            documento_id=documento_id,
            actor=usuario if usuario and usuario.is_authenticated else None,
            detalle={"accion": accion},
            ip=ip,
        )


def exigir(permitido, *, usuario, accion, documento=None, ip=None, codigo=None):
    """Refuses and records an act the user may not do.

    Args: accion completes "Tu rol no permite …", e.g. "anular este documento". codigo is the permission that
        the act asks for where the document is: who held it where the document was is late, not forbidden.
    Raises: YaNoEstaAqui (409), which is no attempt to record; AccionProhibida (403).
    """
    if permitido:
        return
    if codigo and documento is not None:
        _exigir_que_siga_aqui(usuario, documento, codigo)
    registrar_denegado(usuario=usuario, accion=accion, documento_id=getattr(documento, "pk", None), ip=ip)
    raise AccionProhibida(accion=accion)


def _exigir_que_siga_aqui(usuario, documento, codigo):
    """Says who moved the document, and when, to who could have acted before.

    The events that move a document keep the area it leaves and, in `despues`, the name of the one it goes to.
    Raises: YaNoEstaAqui.
    """
    areas = usuario.alcance.areas_con(codigo)
    salidas = Hecho.objects.filter(documento_id=documento.pk, area_id__in=areas, despues__has_key="area")
    salida = salidas.select_related("actor").order_by("-secuencia").first()
    if salida is None or documento.area_actual_id in areas:
        return
    raise YaNoEstaAqui(
        numero=documento.numero_expediente,
        area=salida.despues["area"],
        quien=salida.actor.nombre_completo if salida.actor else "el sistema",
        cuando=f"{timezone.localtime(salida.ocurrido_en):%d/%m/%Y a las %H:%M}",
    )


def registrar_visto(*, usuario, documento, ip=None):
    """Records each opening of a reserved document; the others leave no trace of being read."""
    if documento.reservado:
        with transaction.atomic():
            registrar_evento(
                tipo=Evento.VISTO,
                documento_id=documento.pk,
                actor=usuario,
                area_id=documento.area_actual_id,
                ip=ip,
            )


def documento_visible_o_404(usuario, pk, *, ip=None, consulta=None):
    """The document, when the user may see it; else 404, recorded when it exists.

    Args: consulta is a queryset with the joins the door needs.
    """
    base = Documento.objects.all() if consulta is None else consulta
    documento = base.visibles_para(usuario).filter(pk=pk).first()
    if documento is None:
        if Documento.objects.filter(pk=pk).exists():
            registrar_denegado(usuario=usuario, accion="ver el documento", documento_id=pk, ip=ip)
        raise Http404("No encontramos ese documento.")
    return documento


def ve_identidad(usuario, documento=None):
    """Whether identity numbers are shown whole: to who registers, corrects or reads everything, and, beside a
    document, to the area that has it now. Every other reader gets the last digits.
    """
    if any(map(usuario.tiene_permiso, (P.DOCUMENTO_REGISTRAR, P.DOCUMENTO_EDITAR, P.DOCUMENTO_VER_TODO))):
        return True
    return documento is not None and _aqui(usuario, documento, P.DOCUMENTO_VER)


def puede_registrar(usuario):
    return usuario.tiene_permiso(P.DOCUMENTO_REGISTRAR)


def _aqui(usuario, documento, codigo):
    """The code is held in the area that has the document now."""
    return usuario.tiene_permiso(codigo, documento.area_actual_id)


def puede_editar(usuario, documento):
    """In the area that has it; whether its state still allows it is the service's matter."""
    return _aqui(usuario, documento, P.DOCUMENTO_EDITAR)


def puede_observar(usuario, documento):
    return _aqui(usuario, documento, P.DOCUMENTO_OBSERVAR)


def puede_subsanar_tarde(usuario, documento):
    """Accept a correction after its two days: whoever may also annul the document here."""
    return _aqui(usuario, documento, P.DOCUMENTO_OBSERVAR) and _aqui(usuario, documento, P.DOCUMENTO_ANULAR)


def puede_archivar(usuario, documento):
    return _aqui(usuario, documento, P.DOCUMENTO_ARCHIVAR)


def puede_restaurar(usuario, documento):
    return _aqui(usuario, documento, P.DOCUMENTO_RESTAURAR)


def puede_reabrir(usuario, documento):
    return _aqui(usuario, documento, P.DOCUMENTO_REABRIR)


def puede_anular(usuario, documento):
    return _aqui(usuario, documento, P.DOCUMENTO_ANULAR)


def puede_suspender(usuario, documento):
    return _aqui(usuario, documento, P.PLAZO_SUSPENDER)


def puede_adjuntar(usuario, documento):
    """In the area that has it, or at the window that registered it (late scan)."""
    return _aqui(usuario, documento, P.DOCUMENTO_ADJUNTAR) or usuario.tiene_permiso(
        P.DOCUMENTO_ADJUNTAR, documento.area_registro_id
    )


def puede_anotar(usuario, documento):
    """Anyone who sees the document and may write notes somewhere it was."""
    return usuario.tiene_permiso(P.DOCUMENTO_ANOTAR)


def puede_recalcular(usuario, documento):
    return _aqui(usuario, documento, P.DOCUMENTO_EDITAR) and documento.plazo_dias is not None


def puede_nombrar(usuario, documento):
    """Name persons of a reserved document."""
    return documento.reservado and usuario.tiene_permiso(P.RESERVADO_REGISTRAR)


def puede_imprimir_cargo(usuario, documento):
    """The receipt carries the citizen's key: only windows and supervisors print it."""
    return usuario.tiene_permiso(P.DOCUMENTO_REGISTRAR, documento.area_registro_id) or usuario.tiene_permiso(
        P.DOCUMENTO_EDITAR
    )
