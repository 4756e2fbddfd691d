"""Connectors: how each kind of integration is spoken to. A new kind is one module and one row here."""

from integrations.conectores.api_rest import ApiRest
from integrations.constants import TipoIntegracion
from integrations.errors import TipoSinConector

CONECTORES = {TipoIntegracion.API_REST: ApiRest}


def conector_de(integracion):
    """The connector of an integration, closed: open it with `with`.

    Raises: TipoSinConector; CredencialIlegible.
    """
    clase = CONECTORES.get(integracion.tipo)
    if clase is None:
        raise TipoSinConector(tipo=integracion.get_tipo_display())
    return clase(integracion)


def exigir_conector(integracion):
    """Refuses a kind of integration that nothing speaks yet. Raises: TipoSinConector."""
    if integracion.tipo not in CONECTORES:
        raise TipoSinConector(tipo=integracion.get_tipo_display())
