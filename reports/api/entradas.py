"""What the API of the reports accepts: shapes only."""

from rest_framework import serializers

from organization.models import Area


class FiltrosEstadisticas(serializers.Serializer):
    """A period of local days and the areas, by sigla; each is optional."""

    desde = serializers.DateField(required=False, default=None)
    hasta = serializers.DateField(required=False, default=None)
    area = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=100)

    def validate_area(self, siglas):
        ids = dict(Area.objects.filter(sigla__in=siglas).values_list("sigla", "pk"))
        ajenas = sorted(set(siglas) - set(ids))
        if ajenas:
            raise serializers.ValidationError(f"No hay un área con la sigla {', '.join(ajenas)}.")
        return sorted(ids.values())


class PedidoDeReporte(serializers.Serializer):
    """What a report is asked with: its code, its format, and its filters as the form of its page names them."""

    codigo = serializers.CharField(max_length=40)
    formato = serializers.CharField(max_length=4)
    filtros = serializers.DictField(
        child=serializers.JSONField(), required=False, default=dict, allow_empty=True
    )

    def validate_filtros(self, filtros):
        salida = {}
        for nombre, valor in filtros.items():
            valores = valor if isinstance(valor, list) else [valor]
            if len(valores) > 200 or not all(v is None or isinstance(v, str | int | float) for v in valores):
                raise serializers.ValidationError(f"«{nombre[:40]}» es un texto o una lista de textos.")
            # A switch that is off is left out, as a page does.
            salida[nombre] = [
                "1" if v is True else str(v)[:500] for v in valores if v is not None and v is not False
            ]
        return salida
