"""Permission codes, roles and the little data every role starts with."""

from django.db import models


class P:
    """Permission codes. The rows live in `Permiso`; roles grant them per area."""

    DOCUMENTO_REGISTRAR = "documento.registrar"
    DOCUMENTO_VER = "documento.ver"
    DOCUMENTO_VER_TODO = "documento.ver_todo"
    DOCUMENTO_EDITAR = "documento.editar"
    DOCUMENTO_OBSERVAR = "documento.observar"
    DOCUMENTO_ARCHIVAR = "documento.archivar"
    DOCUMENTO_RESTAURAR = "documento.restaurar"
    DOCUMENTO_REABRIR = "documento.reabrir"
    DOCUMENTO_ANULAR = "documento.anular"
    DOCUMENTO_ADJUNTAR = "documento.adjuntar"
    DOCUMENTO_ANOTAR = "documento.anotar"
    RESERVADO_REGISTRAR = "documento.reservado_registrar"
    DERIVAR = "derivacion.derivar"
    RECIBIR = "derivacion.recibir"
    ATENDER = "derivacion.atender"
    ASIGNAR = "derivacion.asignar"
    RECUPERAR = "derivacion.anular"
    PLAZO_SUSPENDER = "plazo.suspender"
    SUBORDINADAS = "area.subordinadas"
    CATALOGO = "catalogo.administrar"
    USUARIOS = "usuario.administrar"
    AUDITORIA = "auditoria.ver"
    ADMIN = "admin.entrar"
    REPORTES = "reporte.ver"
    TAREAS = "tarea.administrar"


NOMBRES_DE_PERMISO = {
    P.DOCUMENTO_REGISTRAR: "Registrar documentos en ventanilla",
    P.DOCUMENTO_VER: "Ver los documentos que están o estuvieron en el área",
    P.DOCUMENTO_VER_TODO: "Ver todos los documentos no reservados",
    P.DOCUMENTO_EDITAR: "Corregir datos de un documento, con motivo",
    P.DOCUMENTO_OBSERVAR: "Observar, subsanar y tener por no presentado",
    P.DOCUMENTO_ARCHIVAR: "Archivar documentos atendidos",
    P.DOCUMENTO_RESTAURAR: "Restaurar documentos archivados",
    P.DOCUMENTO_REABRIR: "Reabrir documentos atendidos",
    P.DOCUMENTO_ANULAR: "Anular documentos, con motivo",
    P.DOCUMENTO_ADJUNTAR: "Adjuntar archivos a un documento",
    P.DOCUMENTO_ANOTAR: "Escribir notas internas",
    P.RESERVADO_REGISTRAR: "Registrar documentos reservados y nombrar a quién los ve",
    P.DERIVAR: "Derivar a otras áreas",
    P.RECIBIR: "Recibir o devolver lo derivado al área",
    P.ATENDER: "Atender con respuesta",
    P.ASIGNAR: "Asignar a una persona del área",
    P.RECUPERAR: "Anular un envío antes de su recepción",
    P.PLAZO_SUSPENDER: "Suspender y reanudar el plazo",
    P.SUBORDINADAS: "Actuar también en las áreas que dependen de la propia",
    P.CATALOGO: "Administrar catálogos, áreas y calendario",
    P.USUARIOS: "Administrar usuarios, roles y encargaturas",
    P.AUDITORIA: "Ver la auditoría",
    P.ADMIN: "Entrar a la administración",
    P.REPORTES: "Ver tablero y reportes",
    P.TAREAS: "Ver y reintentar tareas de fondo",
}


class CodigoRol(models.TextChoices):
    ADMINISTRADOR = "administrador", "Administrador"
    SUPERVISOR = "supervisor", "Supervisor"
    OPERADOR_MESA = "operador_mesa", "Operador de mesa de partes"
    USUARIO_AREA = "usuario_area", "Usuario de área"
    CONSULTA = "consulta", "Consulta"


_AREA = {
    P.DOCUMENTO_VER,
    P.DOCUMENTO_ADJUNTAR,
    P.DOCUMENTO_ANOTAR,
    P.DERIVAR,
    P.RECIBIR,
    P.ATENDER,
    P.RECUPERAR,
    P.PLAZO_SUSPENDER,
}

PERMISOS_INICIALES = {
    CodigoRol.ADMINISTRADOR: {
        P.DOCUMENTO_VER,
        P.DOCUMENTO_VER_TODO,
        P.CATALOGO,
        P.USUARIOS,
        P.AUDITORIA,
        P.ADMIN,
        P.REPORTES,
        P.TAREAS,
    },
    CodigoRol.SUPERVISOR: _AREA
    | {
        P.ASIGNAR,
        P.SUBORDINADAS,
        P.DOCUMENTO_EDITAR,
        P.DOCUMENTO_OBSERVAR,
        P.DOCUMENTO_ARCHIVAR,
        P.DOCUMENTO_RESTAURAR,
        P.DOCUMENTO_REABRIR,
        P.DOCUMENTO_ANULAR,
        P.RESERVADO_REGISTRAR,
        P.AUDITORIA,
        P.ADMIN,
        P.REPORTES,
    },
    CodigoRol.OPERADOR_MESA: {
        P.DOCUMENTO_REGISTRAR,
        P.RESERVADO_REGISTRAR,
        P.DOCUMENTO_VER,
        P.DOCUMENTO_EDITAR,
        P.DOCUMENTO_OBSERVAR,
        P.DOCUMENTO_ADJUNTAR,
        P.DOCUMENTO_ANOTAR,
        P.DERIVAR,
        P.RECIBIR,
        P.RECUPERAR,
    },
    CodigoRol.USUARIO_AREA: set(_AREA),
    CodigoRol.CONSULTA: {P.DOCUMENTO_VER, P.DOCUMENTO_VER_TODO, P.REPORTES},
}


class Densidad(models.TextChoices):
    COMODA = "comoda", "Cómoda"
    COMPACTA = "compacta", "Compacta"
