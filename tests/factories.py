"""Plain makers of test data; documents and derivations are made by the services, as in life."""

from types import SimpleNamespace

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
    roles = {}
    for codigo, permisos in PERMISOS_INICIALES.items():
        rol, _ = Rol.objects.get_or_create(codigo=codigo.value, defaults={"nombre": codigo.label})
        rol.permisos.set(permisos)
        roles[codigo.value] = rol
    return roles


def make_usuario(username, *, area=None, rol=CodigoRol.USUARIO_AREA, roles=None, **over):
    """A user with a known password and, when an area is given, one role in it."""
    datos = {"first_name": username.capitalize(), "last_name": "Prueba"} | over
    usuario = Usuario.objects.create_user(username=username, password=CLAVE, **datos)
    if area is not None:
        Membresia.objects.create(usuario=usuario, area=area, rol=Rol.objects.get(codigo=rol))
    return usuario


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

    def area(sigla, nombre, padre=None, **over):
        return Area.objects.create(sigla=sigla, codigo=sigla, nombre=nombre, padre=padre, sede=sede, **over)

    o = SimpleNamespace(sede=sede, roles=roles)
    o.direccion = area("DR", "Dirección Regional")
    o.mesa = area("MP", "Mesa de Partes", o.direccion, es_mesa_de_partes=True)
    o.transportes = area("TPC", "Transporte de Pasajeros y Carga", o.direccion)
    o.legal = area("AJ", "Asesoría Jurídica", o.direccion)
    o.caminos = area("DC", "Caminos", o.direccion)
    o.ventanilla1 = Ventanilla.objects.create(nombre="Ventanilla 1", area=o.mesa)
    o.ventanilla = make_usuario(
        "ventanilla", area=o.mesa, rol=CodigoRol.OPERADOR_MESA, ventanilla=o.ventanilla1, first_name="Rosmery"
    )
    o.jefa = make_usuario("jefa", area=o.direccion, rol=CodigoRol.SUPERVISOR)
    o.ana = make_usuario("ana", area=o.transportes)
    o.luis = make_usuario("luis", area=o.legal)
    o.eva = make_usuario("eva", area=o.caminos)
    o.admin = make_usuario("administradora", area=o.direccion, rol=CodigoRol.ADMINISTRADOR)
    o.lector = make_usuario("lector", area=o.direccion, rol=CodigoRol.CONSULTA)
    for a, jefe in ((o.direccion, o.jefa), (o.transportes, o.ana), (o.legal, o.luis), (o.caminos, o.eva)):
        a.jefe = jefe
        a.save(update_fields=["jefe"])
    o.serie = SerieNumeracion.objects.create(codigo=SERIE_EXPEDIENTES, nombre="Expedientes")
    o.sol = TipoDocumento.objects.create(
        codigo="SOL", nombre="Solicitud", plazo_dias=30, silencio="POSITIVO", orden=1
    )
    o.oficio = TipoDocumento.objects.create(codigo="OFI", nombre="Oficio", plazo_dias=7)
    o.queja = TipoDocumento.objects.create(codigo="QJA", nombre="Queja", plazo_dias=3)
    o.denuncia = TipoDocumento.objects.create(
        codigo="DEN", nombre="Denuncia", plazo_dias=30, es_reservado=True
    )
    o.informativo = TipoDocumento.objects.create(codigo="CUR", nombre="Otros", plazo_dias=None)
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
    for n, texto in enumerate(
        ("Solicitud dirigida al director", "SOAT vigente", "Pago por derecho de trámite"), 1
    ):
        RequisitoProcedimiento.objects.create(procedimiento=o.procedimiento, orden=n, texto=texto)
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
