"""The people of the demonstration office: who enters, where they work and who is the chief."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password

from organization.constants import CodigoRol
from organization.models import Area, Encargatura, Membresia, Rol, Usuario, Ventanilla

# user, names, family names, position, area, role, window
PERSONAS = (
    (
        "ventanilla",
        "Rosmery",
        "Tito Mamani",
        "Operadora de ventanilla",
        "MP",
        CodigoRol.OPERADOR_MESA,
        "Ventanilla 2",
    ),
    (
        "transportes",
        "Nélida",
        "Ccama Huanca",
        "Especialista en transporte",
        "TPC",
        CodigoRol.USUARIO_AREA,
        None,
    ),
    ("legal", "Saúl", "Velásquez Núñez", "Abogado", "OAJ", CodigoRol.USUARIO_AREA, None),
    ("jefa", "Maritza", "Enríquez Salas", "Directora regional", "DR", CodigoRol.SUPERVISOR, None),
    ("admin", "Darwin", "Layme Quispe", "Responsable de informática", "DR", CodigoRol.ADMINISTRADOR, None),
    (
        "ventanilla1",
        "Edwin",
        "Larico Pari",
        "Operador de ventanilla",
        "MP",
        CodigoRol.OPERADOR_MESA,
        "Ventanilla 1",
    ),
    (
        "mesa",
        "Gladys",
        "Catacora Flores",
        "Responsable de mesa de partes",
        "MP",
        CodigoRol.SUPERVISOR,
        "Ventanilla 3",
    ),
    ("jefe.tpc", "Wilber", "Apaza Coila", "Jefe de transporte", "TPC", CodigoRol.SUPERVISOR, None),
    ("transportes2", "Percy", "Machaca Yucra", "Técnico en transporte", "TPC", CodigoRol.USUARIO_AREA, None),
    (
        "jefa.legal",
        "Elizabeth",
        "Cáceres Pinto",
        "Jefa de asesoría jurídica",
        "OAJ",
        CodigoRol.SUPERVISOR,
        None,
    ),
    (
        "jefe.dct",
        "Hugo",
        "Barrientos Sosa",
        "Director de circulación terrestre",
        "DCT",
        CodigoRol.SUPERVISOR,
        None,
    ),
    ("jefe.lic", "Vilma", "Chambi Arapa", "Jefa de licencias", "LIC", CodigoRol.SUPERVISOR, None),
    ("licencias", "Elmer", "Sucari Lipa", "Técnico en licencias", "LIC", CodigoRol.USUARIO_AREA, None),
    ("jefe.fis", "Néstor", "Humpiri Luque", "Jefe de fiscalización", "FIS", CodigoRol.SUPERVISOR, None),
    ("fiscalizacion", "Karina", "Zapana Turpo", "Inspectora", "FIS", CodigoRol.USUARIO_AREA, None),
    ("jefe.tuc", "Sonia", "Pacori Supo", "Responsable de tarjetas", "TUC", CodigoRol.SUPERVISOR, None),
    ("secretaria", "Carmen", "Benavente Tapia", "Secretaria general", "SG", CodigoRol.SUPERVISOR, None),
    ("jefe.dca", "Víctor", "Escobar Maquera", "Director de caminos", "DCA", CodigoRol.SUPERVISOR, None),
    ("caminos", "Mario", "Ccallo Vilca", "Ingeniero vial", "MAN", CodigoRol.SUPERVISOR, None),
    (
        "jefe.dte",
        "Iván",
        "Gutiérrez Roque",
        "Director de telecomunicaciones",
        "DTE",
        CodigoRol.SUPERVISOR,
        None,
    ),
    (
        "administracion",
        "Norma",
        "Aguilar Paredes",
        "Jefa de administración",
        "OAD",
        CodigoRol.SUPERVISOR,
        None,
    ),
    ("abastecimiento", "Fredy", "Cahuana Ramos", "Jefe de abastecimiento", "ABA", CodigoRol.SUPERVISOR, None),
    ("personal", "Rocío", "Calderón Chura", "Jefa de personal", "PER", CodigoRol.SUPERVISOR, None),
    ("planificacion", "René", "Ortega Mestas", "Jefe de planificación", "OPP", CodigoRol.SUPERVISOR, None),
    ("control", "Julia", "Salas Dueñas", "Jefa del órgano de control", "OCI", CodigoRol.SUPERVISOR, None),
    ("consulta", "Óscar", "Callata Nina", "Auditor visitante", "OCI", CodigoRol.CONSULTA, None),
)


def crear_gente(*, clave, hoy):
    """Makes the people that are missing and names the chiefs of areas without one.

    Args: clave is everyone's password; its hash is computed once.
    Returns: SimpleNamespace with `por_usuario` {username: Usuario}, `de_area` {sigla: [Usuario]} and `areas`
        {sigla: Area}.
    """
    areas = {a.sigla: a for a in Area.objects.select_related("jefe", "sede")}
    roles = {r.codigo: r for r in Rol.objects.all()}
    ventanillas = {v.nombre: v for v in Ventanilla.objects.all()}
    cifrada = make_password(clave)
    gente = SimpleNamespace(por_usuario={}, de_area={}, areas=areas)
    for usuario, nombres, apellidos, cargo, sigla, rol, ventanilla in PERSONAS:
        if sigla not in areas:
            continue
        es_admin = rol == CodigoRol.ADMINISTRADOR
        fila, _ = Usuario.objects.get_or_create(
            username=usuario,
            defaults={
                "first_name": nombres,
                "last_name": apellidos,
                "cargo": cargo,
                "password": cifrada,
                "is_staff": es_admin,
                "is_superuser": es_admin,
                "ventanilla": ventanillas.get(ventanilla),
            },
        )
        Membresia.objects.get_or_create(usuario=fila, area=areas[sigla], defaults={"rol": roles[rol.value]})
        gente.por_usuario[usuario] = fila
        gente.de_area.setdefault(sigla, []).append(fila)
        if rol == CodigoRol.SUPERVISOR and areas[sigla].jefe_id is None:
            areas[sigla].jefe = fila
            areas[sigla].save(update_fields=["jefe"])
    _encargar(gente, hoy)
    return gente


def dar_correos(gente):
    """Gives the people addresses that lead nowhere, once the past is made: of it nobody needs a mail any more."""
    for usuario in gente.por_usuario.values():
        if not usuario.email:
            usuario.email = f"{usuario.username}@mesa.example"
            usuario.save(update_fields=["email"])


def _encargar(gente, hoy):
    """The chief of the roads office is on leave: somebody acts in her place these weeks."""
    encargado, area = gente.por_usuario.get("planificacion"), gente.areas.get("DCA")
    if encargado and area and not Encargatura.objects.filter(usuario=encargado, area=area).exists():
        Encargatura.objects.create(
            usuario=encargado,
            area=area,
            desde=hoy - timedelta(days=7),
            hasta=hoy + timedelta(days=14),
            sustento=f"Resolución Directoral Regional 214-{hoy.year}",
        )
