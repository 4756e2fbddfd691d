"""Areas: created, corrected, opened and closed; never deleted, since the history names them."""

from django.db import transaction

from core.errors import DatosInvalidos, NoExiste
from core.events import registrar_evento
from organization.constants import P
from organization.errors import AreaConAreas, AreaEnCirculo
from organization.models import Area
from organization.services.comun import exigir_permiso, guardar_fila, poner, retrato

CAMPOS = (
    "sigla",
    "codigo",
    "nombre",
    "padre",
    "jefe",
    "sede",
    "recibe_externos",
    "es_mesa_de_partes",
    "activa",
)


@transaction.atomic
def guardar_area(*, actor, area=None, ip=None, **campos):
    """Creates an area, or corrects the one given.

    Args: campos among CAMPOS. Closing an area (activa False) is refused while open areas depend on it and, by
        the reactions of `area_desactivada`, while it holds open documents.
    Raises: Prohibido, AreaEnCirculo, AreaConAreas, DatosInvalidos, or the refusal of a reaction.
    Writes: Area, Evento area_creada, area_cambiada, area_desactivada or area_reactivada.
    """
    exigir_permiso(actor, P.CATALOGO)
    if ajenos := campos.keys() - set(CAMPOS):
        raise TypeError(f"Area has no writable field {', '.join(sorted(ajenos))}.")
    nueva = area is None
    # Every row: the tree is checked whole, and two moves at once could close a circle together.
    padres = dict(Area.objects.select_for_update().order_by("pk").values_list("pk", "padre_id"))
    if nueva:
        fila = Area()
    else:
        fila = Area.objects.select_related("padre", "jefe", "sede").filter(pk=area.pk).first()
        if fila is None:
            raise NoExiste()
    antes = None if nueva else retrato(fila, CAMPOS)
    poner(fila, campos)
    _revisar(fila, padres, antes)
    guardar_fila(fila)
    despues = retrato(fila, CAMPOS)
    if antes != despues:
        registrar_evento(
            tipo=_tipo(antes, despues),
            actor=actor,
            antes=antes,
            despues=despues,
            detalle={"id": fila.pk, "texto": str(fila)},
            area_id=fila.pk,
            ip=ip,
        )
    return fila


def _revisar(fila, padres, antes):
    """Raises AreaEnCirculo, AreaConAreas or DatosInvalidos."""
    visto, padre = {fila.pk}, fila.padre_id
    while padre is not None:
        if padre in visto:
            raise AreaEnCirculo(
                campos={"padre": [f"{fila.padre} depende de {fila}: un área no puede depender de sí misma."]}
            )
        visto.add(padre)
        padre = padres.get(padre)
    cambia_de_jefe = antes is None or antes["jefe"] != (str(fila.jefe) if fila.jefe else None)
    if fila.jefe and cambia_de_jefe and not fila.jefe.is_active:
        raise DatosInvalidos(campos={"jefe": [f"{fila.jefe} está desactivado: elige a otra persona."]})
    if antes and antes["activa"] and not fila.activa:
        hijas = list(Area.objects.activas().filter(padre=fila).values_list("sigla", flat=True)[:5])
        if hijas:
            raise AreaConAreas(
                campos={
                    "activa": [f"De esta área dependen {', '.join(hijas)}: desactívalas o muévelas antes."]
                }
            )


def _tipo(antes, despues):
    if antes is None:
        return "area_creada"
    if antes["activa"] == despues["activa"]:
        return "area_cambiada"
    return "area_reactivada" if despues["activa"] else "area_desactivada"
