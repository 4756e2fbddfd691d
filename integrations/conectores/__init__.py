"""Connectors: how each kind of integration is spoken to. A new kind is one module and one row here."""

from integrations.conectores.api_rest import ApiRest
from integrations.constants import TipoIntegracion
from integrations.errors import CredencialIlegible, Falla, TipoSinConector

CONECTORES = {TipoIntegracion.API_REST: ApiRest}


def conector_de(integracion):
    """The connector of an integration, closed: open it with `with`.

    Raises: Falla when nothing speaks its kind, or its credential is missing or cannot be read.
    """
    try:
        return exigir_conector(integracion)(integracion)
    except (TipoSinConector, CredencialIlegible) as error:
        raise Falla(str(error)) from None


def exigir_conector(integracion):
    """The class that speaks this kind of integration. Raises: TipoSinConector when nothing does yet."""
    clase = CONECTORES.get(integracion.tipo)
    if clase is None:
        raise TipoSinConector(tipo=integracion.get_tipo_display())
    return clase
