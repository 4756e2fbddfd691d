"""Plain makers of test data; documents and derivations are made by the services, as in life."""

from functools import cache
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password

from derivations.models import Derivacion
from derivations.services import derivar_documento, recibir_derivacion
from documents.constants import SERIE_EXPEDIENTES
from documents.models import (
    Procedimiento,
    RequisitoProcedimiento,
    SerieDocumental,
    SerieNumeracion,
    TipoDocumento,
)
from documents.services import guardar_remitente, registrar_documento
from organization.constants import NOMBRES_DE_PERMISO, PERMISOS_INICIALES, CodigoRol
from organization.models import Area, Entidad, Membresia, Permiso, Rol, Sede, Usuario, Ventanilla

CLAVE = "clave-de-prueba"


def make_roles():
    """Every role with its first permissions. Returns: dict code -> Rol."""
    Permiso.objects.bulk_create(
        [Permiso(codigo=c, nombre=n) for c, n in NOMBRES_DE_PERMISO.items()], ignore_conflicts=True
    )
    roles = Rol.objects.in_bulk(list(PERMISOS_INICIALES), field_name="codigo")
    nuevos = Rol.objects.bulk_create(
        [Rol(codigo=c.value, nombre=c.label) for c in PERMISOS_INICIALES if c not in roles]
    )
    for rol in roles.values():
        rol.permisos.set(PERMISOS_INICIALES[rol.codigo])
    Rol.permisos.through.objects.bulk_create(
        [
            Rol.permisos.through(rol_id=rol.pk, permiso_id=permiso)
            for rol in nuevos
            for permiso in PERMISOS_INICIALES[rol.codigo]
        ]
    )
    return roles | {rol.codigo: rol for rol in nuevos}


def make_usuario(username, *, area=None, rol=CodigoRol.USUARIO_AREA, **over):
    """A user with a known password and, when an area is given, one role in it."""
    usuario = _usuario(username, **over)
    usuario.save()
    if area is not None:
        Membresia.objects.create(usuario=usuario, area=area, rol=Rol.objects.get(codigo=rol))
    return usuario


@cache
def _clave_cifrada():
    return make_password(CLAVE)


def _usuario(username, **over):
    datos = {"first_name": username.capitalize(), "last_name": "Prueba", "password": _clave_cifrada()} | over
    return Usuario(username=username, **datos)


def make_oficina():
    """A small office: five areas, five kinds of users, one window, types, a procedure and a series.

    Returns: SimpleNamespace with mesa, direccion, transportes, legal, caminos (Area); ventanilla, jefa,
    ana (transportes), luis (legal), eva (caminos), admin, lector (consulta) (Usuario); sol, oficio, queja,
    denuncia, informativo (TipoDocumento); procedimiento, serie_documental.
    """
    roles = make_roles()
    Entidad.objects.create(
        nombre="Dirección Regional de Prueba",
        sigla="DRP",
        direccion="Jr. Deza 123",
        lugar="Puno",
        telefono="051 353020",
    )
    sede = Sede.objects.create(codigo="0", nombre="Sede central", direccion="Jr. Deza 123")
    o = SimpleNamespace(sede=sede, roles=roles)
    o.ventanilla, o.jefa, o.ana, o.luis, o.eva, o.admin, o.lector = Usuario.objects.bulk_create(
        [
            _usuario("ventanilla", first_name="Rosmery"),
            *map(_usuario, ("jefa", "ana", "luis", "eva", "administradora", "lector")),
        ]
    )

    def area(sigla, nombre, **over):
        return Area(sigla=sigla, codigo=sigla, nombre=nombre, sede=sede, **over)

    o.direccion = area("DR", "Dirección Regional", jefe=o.jefa)
    o.direccion.save()
    o.mesa, o.transportes, o.legal, o.caminos = Area.objects.bulk_create(
        [
            area("MP", "Mesa de Partes", padre=o.direccion, es_mesa_de_partes=True),
            area("TPC", "Transporte de Pasajeros y Carga", padre=o.direccion, jefe=o.ana),
            area("AJ", "Asesoría Jurídica", padre=o.direccion, jefe=o.luis),
            area("DC", "Caminos", padre=o.direccion, jefe=o.eva),
        ]
    )
    o.ventanilla1 = Ventanilla.objects.create(nombre="Ventanilla 1", area=o.mesa)
    o.ventanilla.ventanilla = o.ventanilla1
    o.ventanilla.save(update_fields=["ventanilla"])
    Membresia.objects.bulk_create(
        [
            Membresia(usuario=usuario, area=suya, rol=roles[rol])
            for usuario, suya, rol in (
                (o.ventanilla, o.mesa, CodigoRol.OPERADOR_MESA),
                (o.jefa, o.direccion, CodigoRol.SUPERVISOR),
                (o.ana, o.transportes, CodigoRol.USUARIO_AREA),
                (o.luis, o.legal, CodigoRol.USUARIO_AREA),
                (o.eva, o.caminos, CodigoRol.USUARIO_AREA),
                (o.admin, o.direccion, CodigoRol.ADMINISTRADOR),
                (o.lector, o.direccion, CodigoRol.CONSULTA),
            )
        ]
    )
    o.serie = SerieNumeracion.objects.create(codigo=SERIE_EXPEDIENTES, nombre="Expedientes")
    o.sol, o.oficio, o.queja, o.denuncia, o.informativo = TipoDocumento.objects.bulk_create(
        [
            TipoDocumento(codigo="SOL", nombre="Solicitud", plazo_dias=30, silencio="POSITIVO", orden=1),
            TipoDocumento(codigo="OFI", nombre="Oficio", plazo_dias=7),
            TipoDocumento(codigo="QJA", nombre="Queja", plazo_dias=3),
            TipoDocumento(codigo="DEN", nombre="Denuncia", plazo_dias=30, es_reservado=True),
            TipoDocumento(codigo="CUR", nombre="Otros", plazo_dias=None),
        ]
    )
    o.procedimiento = Procedimiento.objects.create(
        codigo="TR-07",
        nombre="Habilitación vehicular por incremento",
        tipo_documento=o.sol,
        area=o.transportes,
        plazo_dias=10,
        silencio="POSITIVO",
        asunto_modelo="Habilitación vehicular por incremento",
        instruccion="Evaluar requisitos del TUPA",
    )
    requisitos = ("Solicitud dirigida al director", "SOAT vigente", "Pago por derecho de trámite")
    RequisitoProcedimiento.objects.bulk_create(
        [
            RequisitoProcedimiento(procedimiento=o.procedimiento, orden=n, texto=texto)
            for n, texto in enumerate(requisitos, 1)
        ]
    )
    o.serie_documental = SerieDocumental.objects.create(codigo="100", nombre="Expedientes de transporte")
    o.remitente = make_remitente()
    return o


def make_remitente(**over):
    """The known sender of most tests."""
    datos = {
        "tipo_identidad": "RUC",
        "numero": "20448310290",
        "nombre": "Empresa de Transportes Virgen de Copacabana S.A.C.",
        "actor": None,
    } | over
    return guardar_remitente(**datos)


def make_documento(o, **over):
    """A document registered at the window of the office `o`."""
    datos = {
        "remitente": o.remitente,
        "tipo_documento": o.sol,
        "asunto": "Habilitación vehicular por incremento, ruta Puno - Juliaca",
        "numero_folios": 46,
        "area_registro": o.mesa,
        "ventanilla": o.ventanilla1,
        "actor": o.ventanilla,
    } | over
    return registrar_documento(**datos)


def make_derivada(o, *, destino=None, copias=(), documento=None, **over):
    """A document sent from the window to an area. Returns: the principal Derivacion, PENDIENTE."""
    documento = documento or make_documento(o)
    datos = {
        "documento_id": documento.pk,
        "area_destino": destino or o.transportes,
        "instrucciones": "Evaluar requisitos del TUPA",
        "copias": copias,
        "actor": o.ventanilla,
    } | over
    return derivar_documento(**datos)


def make_recibida(o, *, actor=None, **over):
    """A document received by an area. Returns: the principal Derivacion, RECIBIDO."""
    derivacion = make_derivada(o, **over)
    recibir_derivacion(derivacion_id=derivacion.pk, actor=actor or o.ana)
    return Derivacion.objects.get(pk=derivacion.pk)
