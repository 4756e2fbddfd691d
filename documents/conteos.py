"""Counts of what a person sees, kept while no document they may see changes."""

from core.caching import clave_de_usuario, en_cache, grupo_usuario, grupos_de_lista
from core.pages import Conteo, contar_hasta
from documents.models import Documento
from organization.constants import P

MUCHAS_AREAS = 20  # beyond these, one group for every document costs less than one for each area


def generaciones_de(usuario):
    """The groups of data that what this person sees depends on."""
    areas = usuario.alcance.areas_con(P.DOCUMENTO_VER)
    de_todo = len(areas) > MUCHAS_AREAS or usuario.tiene_permiso(P.DOCUMENTO_VER_TODO)
    return [
        *grupos_de_lista(() if de_todo else areas),
        *(["documentos"] if de_todo else []),
        grupo_usuario(usuario.pk),
    ]


def contar_visibles(usuario, clave, producir):
    """The Conteo that producir() gives, kept. Args: clave is every plain value, besides the user, it depends on."""
    return Conteo(
        *en_cache(
            grupo="listar_documentos",
            clave=["conteo", clave, clave_de_usuario(usuario)],
            generaciones=generaciones_de(usuario),
            producir=lambda: _par(producir()),
        )
    )


def contar_en_archivo(usuario, parametros, estadias):
    """How many stays in the archive a list has, up to a thousand."""
    return contar_visibles(usuario, ["archivo", parametros], lambda: contar_hasta(estadias))


def contar_del_remitente(usuario, remitente_id, tope):
    """How many papers of a sender this person sees, up to `tope`."""
    suyos = Documento.objects.visibles_para(usuario).filter(remitente=remitente_id)
    return contar_visibles(usuario, ["remitente", remitente_id, tope], lambda: contar_hasta(suyos, tope))


def _par(conteo):
    return conteo.n, conteo.excede
