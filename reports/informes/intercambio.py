"""What was exchanged with other entities: how many went, came, were confirmed and failed, by connection."""

from django.db.models import Count, Exists, Max, OuterRef, Q

from documents.filtros import entre_dias
from documents.models import PresenciaArea
from integrations.constants import EstadoSincronizacion, Operacion
from integrations.models import LogSincronizacion
from reports.informes.base import Columna
from reports.informes.periodicos import InformeDeCifras

_HECHA, _FALLO = Q(estado=EstadoSincronizacion.EXITO), Q(estado=EstadoSincronizacion.ERROR)
CUENTAS = {
    "enviados": ("Enviados", Q(operacion=Operacion.ENVIO) & _HECHA),
    "recibidos": ("Recibidos", Q(operacion=Operacion.RECEPCION) & _HECHA),
    "confirmados": ("Confirmados", Q(operacion=Operacion.CARGO) & _HECHA),
    "consultas": ("Consultas de estado", Q(operacion=Operacion.CONSULTA) & _HECHA),
    "fallidos": ("Con error", _FALLO),
    "en_curso": ("En curso", Q(estado=EstadoSincronizacion.EN_CURSO)),
}


class Intercambio(InformeDeCifras):
    codigo = "intercambio"
    titulo = "Intercambio con otras entidades"
    descripcion = "Lo enviado, recibido, confirmado y fallido con cada entidad en un periodo."

    def columnas(self, filtros):
        return [
            Columna("codigo", "Código", 16),
            Columna("entidad", "Entidad", 40),
            *(Columna(clave, titulo, 12, "entero") for clave, (titulo, _) in CUENTAS.items()),
            Columna("ultimo", "Último intercambio", 17, "instante"),
        ]

    def _registros(self, ambito, filtros):
        """Exchanges of the period; with areas, those of documents that are or were in one of them."""
        registros = entre_dias(
            LogSincronizacion.objects.all(), "created_at", filtros.periodo.desde, filtros.periodo.hasta
        )
        areas = filtros.areas(ambito)
        if areas is None:
            return registros.order_by()
        en_ellas = PresenciaArea.objects.filter(documento=OuterRef("documento"), area__in=areas)
        return registros.filter(Exists(en_ellas)).order_by()

    def filas_de(self, ambito, filtros):
        cuentas = {clave: Count("pk", filter=donde) for clave, (_, donde) in CUENTAS.items()}
        return list(
            self._registros(ambito, filtros)
            .values("integracion")
            .annotate(**cuentas, ultimo=Max("created_at"))
            .order_by("integracion__nombre", "integracion")
            .values_list("integracion__codigo", "integracion__nombre", *CUENTAS, "ultimo")
        )

    def resumen(self, ambito, filtros):
        filas = self.lista(ambito, filtros)
        return [
            (titulo, sum(fila[n] for fila in filas))
            for n, (titulo, _) in enumerate(CUENTAS.values(), start=2)
        ]
