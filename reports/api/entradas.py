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
