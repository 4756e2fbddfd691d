"""What the API accepts for the acts on derivations: shapes only."""

from rest_framework import serializers

from derivations.constants import Resultado
from organization.models import Area, Usuario


class DerivarEntrada(serializers.Serializer):
    documento = serializers.IntegerField(min_value=1)
    area_destino = serializers.SlugRelatedField(
        slug_field="sigla",
        queryset=Area.objects.activas(),
        error_messages={"does_not_exist": "No hay un área activa con la sigla {value}."},
    )
    copias = serializers.SlugRelatedField(
        slug_field="sigla", queryset=Area.objects.activas(), many=True, required=False, default=list
    )
    instrucciones = serializers.CharField(max_length=500)
    plazo_interno_dias = serializers.IntegerField(min_value=0, max_value=365, required=False, allow_null=True)
    es_urgente = serializers.BooleanField(required=False, default=False)
    con_original = serializers.BooleanField(required=False, default=True)
    folios = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    requiere_respuesta = serializers.BooleanField(required=False, default=True)


class RecibirEntrada(serializers.Serializer):
    folios = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    observaciones = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AtenderEntrada(serializers.Serializer):
    resultado = serializers.ChoiceField(Resultado.choices)
    observaciones = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    archivos = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=20)
    sin_respuesta_motivo = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReasignarEntrada(serializers.Serializer):
    persona = serializers.SlugRelatedField(
        slug_field="username",
        queryset=Usuario.objects.filter(is_active=True),
        error_messages={"does_not_exist": "No hay un usuario activo llamado {value}."},
    )


class MotivoEntrada(serializers.Serializer):
    motivo = serializers.CharField(max_length=300)


class MasivaEntrada(serializers.Serializer):
    """The same sending for up to 50 documents. Source: DOMAIN 1.2."""

    documentos = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=50
    )
    area_destino = DerivarEntrada().fields["area_destino"]
    instrucciones = serializers.CharField(max_length=500)
    es_urgente = serializers.BooleanField(required=False, default=False)
