"""What the tests of the administration share."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from core.models import Evento, FormaConsulta, Generacion, Latido, Tarea
from derivations.models import Derivacion, TextoFrecuente
from documents.models import (
    Categoria,
    Correlativo,
    Procedimiento,
    ReglaArea,
    Remitente,
    SerieDocumental,
    SerieNumeracion,
    TipoDocumento,
)
from integrations.models import Envio, Integracion, LogSincronizacion
from notifications.models import Correo, DireccionRebotada, EnvioMasivo, Falla
from organization.calendar.servicios import (
    guardar_corte,
    guardar_feriado,
    guardar_jornada,
    guardar_suspension,
)
from organization.models import Area, Encargatura, Entidad, Permiso, Rol, Sede, Usuario, Ventanilla
from tests.factories import make_recibida, make_usuario


def pagina(modelo, vista="changelist", *args):
    """Address of a page of the administration."""
    return reverse(f"admin:{modelo._meta.app_label}_{modelo._meta.model_name}_{vista}", args=args)


def textos(respuesta):
    """The messages shown by a page."""
    return [str(mensaje) for mensaje in respuesta.context["messages"]]


def hacer_acto(cliente, obj, nombre, **datos):
    """Sends the form of an act of one row and follows to its page."""
    return cliente.post(pagina(type(obj), "acto", obj.pk, nombre), datos, follow=True)


def en_lote(cliente, modelo, nombre, filas, **datos):
    """Sends an act for several rows from the list."""
    envio = {"action": nombre, "_selected_action": [fila.pk for fila in filas], **datos}
    return cliente.post(pagina(modelo), envio, follow=True)


def make_una_de_cada(o):
    """One row of every registered model. Returns: dict "app.model" -> row."""
    hoy = timezone.localdate()
    derivacion = make_recibida(o)
    integracion = Integracion.objects.create(codigo="mtc", nombre="MTC", tipo="API_REST")
    filas = [
        Entidad.objects.get(),
        o.sede,
        o.ventanilla1,
        o.legal,
        o.ana,
        Rol.objects.get(codigo="consulta"),
        Permiso.objects.first(),
        Encargatura.objects.create(
            usuario=o.luis,
            area=o.transportes,
            desde=hoy,
            hasta=hoy + timedelta(days=5),
            sustento="RD 12-2026",
        ),
        guardar_feriado(
            actor=None, fecha=hoy, nombre="Aniversario", tipo="LOCAL", fuente_legal="RD 1-2026", ambito=""
        ),
        guardar_suspension(actor=None, desde=hoy, hasta=hoy, motivo="Bloqueo", documento_sustento="Acta 2"),
        guardar_jornada(
            actor=None, vigente_desde=hoy, dias=[1, 2, 3, 4, 5], hora_inicio="08:00", hora_fin="16:00"
        ),
        guardar_corte(actor=None, vigente_desde=hoy, modo="fin_de_dia", fuente_legal="D. Leg. 1497"),
        o.sol,
        Categoria.objects.create(tipo_documento=o.sol, nombre="Habilitaciones"),
        o.procedimiento,
        ReglaArea.objects.create(tipo_documento=o.queja, area=o.legal),
        o.serie_documental,
        o.serie,
        Correlativo.objects.first(),
        o.remitente,
        derivacion.documento,
        derivacion,
        TextoFrecuente.objects.create(texto="Para su atención"),
        integracion,
        LogSincronizacion.objects.create(integracion=integracion, operacion="ENVIO"),
        Envio.objects.create(
            integracion=integracion, documento=derivacion.documento, proximo_intento_en=timezone.now()
        ),
        Evento.objects.first(),
        Tarea.objects.create(funcion="core.tasks.latir"),
        Latido.objects.create(nombre="trabajador", latido_en=timezone.now()),
        Correo.objects.create(para="a@b.pe", tipo="derivado", clave="c", asunto="Uno"),
        DireccionRebotada.objects.create(correo="x@b.pe"),
        EnvioMasivo.objects.create(titulo="Aviso", texto="Texto", destino="PERSONAS"),
        Falla.objects.create(clave="redis"),
        Generacion.objects.first(),
        FormaConsulta.objects.create(
            **{
                "clave": "c0",
                "forma": "? ? ?",
                "veces": 1,
                "total_ms": 1,
                "maximo_ms": 1,
                "filas": 1,
                "lentas": 0,
            },
            primera_en=timezone.now(),
            ultima_en=timezone.now(),
        ),
    ]
    return {fila._meta.label_lower: fila for fila in filas}


def make_veinte_mas(o):
    """Nineteen more rows of every model that may grow, for the cost of the lists."""
    hoy = timezone.localdate()
    integracion = Integracion.objects.first()
    for n in range(19):
        recibida = make_recibida(o)
        area = Area.objects.create(
            sigla=f"X{n}", codigo=f"X{n}", nombre=f"Área {n}", padre=o.direccion, jefe=o.ana, sede=o.sede
        )
        usuario = make_usuario(f"persona{n}", area=area)
        Sede.objects.create(codigo="ABCDEFGHJKLMNPQRSTV"[n], nombre=f"Sede {n}")
        Ventanilla.objects.create(nombre=f"V{n}", area=o.mesa)
        rol = Rol.objects.create(codigo=f"rol{n}", nombre=f"Rol {n}")
        rol.permisos.set(["documento.ver"])
        Encargatura.objects.create(usuario=usuario, area=area, desde=hoy, hasta=hoy, sustento="RD")
        dia = hoy - timedelta(days=n + 1)
        guardar_feriado(actor=None, fecha=dia, nombre="Local", tipo="LOCAL", fuente_legal="RD", ambito="")
        guardar_suspension(actor=None, desde=dia, hasta=dia, motivo="Paro", documento_sustento="Acta")
        guardar_jornada(actor=None, vigente_desde=dia, dias=[1], hora_inicio="08:00", hora_fin="16:00")
        guardar_corte(actor=None, vigente_desde=dia, modo="fin_de_dia", fuente_legal="RD")
        tipo = TipoDocumento.objects.create(codigo=f"T{n}", nombre=f"Tipo {n}")
        categoria = Categoria.objects.create(tipo_documento=tipo, nombre="Una")
        Procedimiento.objects.create(codigo=f"P{n}", nombre="Uno", tipo_documento=tipo, area=area)
        ReglaArea.objects.create(tipo_documento=tipo, categoria=categoria, area=area)
        SerieDocumental.objects.create(codigo=f"S{n}", nombre="Serie")
        Correlativo.objects.create(
            serie=SerieNumeracion.objects.create(codigo=f"S{n}", nombre="Serie"), anio=hoy.year
        )
        Remitente.objects.create(tipo_identidad="DNI", numero=f"400000{n:02d}", nombre=f"Persona {n}")
        TextoFrecuente.objects.create(texto=f"Texto {n}")
        Integracion.objects.create(codigo=f"i{n}", nombre="Otra", tipo="API_REST")
        LogSincronizacion.objects.create(integracion=integracion, operacion="ENVIO")
        Envio.objects.create(integracion=integracion, documento=recibida.documento, estado="ENVIADO")
        Tarea.objects.create(funcion="core.tasks.latir")
        Latido.objects.create(nombre=f"p{n}", latido_en=timezone.now())
        Correo.objects.create(para=f"a{n}@b.pe", tipo="derivado", clave=f"c{n}", asunto="Uno")
        DireccionRebotada.objects.create(correo=f"x{n}@b.pe")
        EnvioMasivo.objects.create(titulo="Aviso", texto="Texto", destino="PERSONAS")
        Falla.objects.create(clave=f"parte{n}")


__all__ = [
    "Derivacion",
    "Usuario",
    "en_lote",
    "hacer_acto",
    "make_una_de_cada",
    "make_veinte_mas",
    "pagina",
    "textos",
]
