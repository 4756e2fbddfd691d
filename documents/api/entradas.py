"""What the API accepts: shapes only; the rules are the services'."""

from rest_framework import serializers

from documents.constants import (
    ESTADOS_ABIERTOS,
    Atencion,
    Estado,
    Plazo,
    Prioridad,
    Silencio,
    TipoIdentidad,
)
from documents.models import Categoria, Procedimiento, SerieDocumental, TipoDocumento
from organization.models import Area


def _por_codigo(modelo, campo="codigo", **filtro):
    """A field that names an active catalogue row by its code."""
    return serializers.SlugRelatedField(
        slug_field=campo,
        queryset=modelo.objects.filter(**filtro),
        error_messages={"does_not_exist": "No existe o no está activo: {value}."},
    )


class RemitenteEntrada(serializers.Serializer):
    tipo_identidad = serializers.ChoiceField(TipoIdentidad.choices)
    numero = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    nombre = serializers.CharField(max_length=200)
    correo = serializers.EmailField(required=False, allow_blank=True, default="")
    telefono = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    direccion = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AnexoEntrada(serializers.Serializer):
    nombre = serializers.CharField(max_length=120)
    folios = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class DocumentoEntrada(serializers.Serializer):
    """A new document. `llave` makes a repeated call answer the same document."""

    llave = serializers.UUIDField(required=False, allow_null=True, default=None)
    remitente = RemitenteEntrada()
    tipo_documento = _por_codigo(TipoDocumento, activo=True)
    procedimiento = serializers.SlugRelatedField(
        slug_field="codigo",
        queryset=Procedimiento.objects.filter(activo=True),
        required=False,
        allow_null=True,
    )
    categoria = serializers.PrimaryKeyRelatedField(
        queryset=Categoria.objects.filter(activa=True), required=False, allow_null=True
    )
    asunto = serializers.CharField(max_length=500)
    numero_folios = serializers.IntegerField(min_value=1, max_value=100_000)
    numero_documento_externo = serializers.CharField(max_length=100, required=False, default="S/N")
    fecha_documento = serializers.DateField(required=False, allow_null=True, default=None)
    numero_anexos = serializers.IntegerField(min_value=0, max_value=10_000, required=False, default=0)
    detalle_anexos = AnexoEntrada(many=True, required=False)
    etiquetas = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=10, required=False
    )
    observaciones = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    prioridad = serializers.ChoiceField(Prioridad.choices, required=False, default=Prioridad.NORMAL)
    firmante_documento = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    firmante_nombre = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    correo_avisos = serializers.EmailField(required=False, allow_blank=True, default="")
    area_sugerida = serializers.SlugRelatedField(
        slug_field="sigla", queryset=Area.objects.filter(activa=True), required=False, allow_null=True
    )
    instruccion_prevista = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    archivos = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)


class FiltrosDocumento(serializers.Serializer):
    """Filters of the list, all optional and combined."""

    q = serializers.CharField(required=False, max_length=200)
    numero = serializers.CharField(required=False, max_length=40)
    remitente = serializers.CharField(required=False, max_length=200)
    estado = serializers.MultipleChoiceField(choices=Estado.choices, required=False)
    abiertos = serializers.BooleanField(required=False, default=False)
    tipo_documento = serializers.CharField(required=False, max_length=12)
    area = serializers.CharField(required=False, max_length=20)
    prioridad = serializers.ChoiceField(Prioridad.choices, required=False)
    desde = serializers.DateField(required=False)
    hasta = serializers.DateField(required=False)
    mesa = serializers.CharField(required=False, max_length=20)
    plazo = serializers.ChoiceField(Plazo.choices, required=False)
    silencio = serializers.ChoiceField([(s.value, s.label) for s in Silencio if s.value], required=False)
    atencion = serializers.ChoiceField(Atencion.choices, required=False)
    atendido_desde = serializers.DateField(required=False)
    atendido_hasta = serializers.DateField(required=False)
    llegado_desde = serializers.DateField(required=False)
    llegado_hasta = serializers.DateField(required=False)
    limite = serializers.IntegerField(required=False, min_value=1, max_value=100, default=25)

    def validate(self, datos):
        for antes in ("", "atendido_", "llegado_"):
            desde, hasta = datos.get(f"{antes}desde"), datos.get(f"{antes}hasta")
            if desde and hasta and desde > hasta:
                raise serializers.ValidationError(
                    {f"{antes}hasta": "La fecha final es anterior a la inicial."}
                )
        if datos.get("abiertos") and datos.get("estado"):
            datos["estado"] = set(datos["estado"]) & set(ESTADOS_ABIERTOS)
            datos["sin_filas"] = not datos["estado"]
        return datos


class ArchivarEntrada(serializers.Serializer):
    serie = _por_codigo(SerieDocumental, activa=True)
    clasificacion = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    ubicacion_fisica = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    observaciones = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class MotivoEntrada(serializers.Serializer):
    motivo = serializers.CharField(max_length=300)


class EditarEntrada(serializers.Serializer):
    """Fields to correct; absent ones stay. The reason is kept with before and after."""

    motivo = serializers.CharField(max_length=300)
    asunto = serializers.CharField(max_length=500, required=False)
    numero_folios = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    numero_anexos = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    numero_documento_externo = serializers.CharField(max_length=100, required=False)
    fecha_documento = serializers.DateField(required=False, allow_null=True)
    prioridad = serializers.ChoiceField(Prioridad.choices, required=False)
    etiquetas = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=10, required=False
    )
    observaciones = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    ubicacion_fisica = serializers.CharField(max_length=120, required=False, allow_blank=True)
    correo_avisos = serializers.EmailField(required=False, allow_blank=True)
