"""Mail: what a letter looks like, what the server's answers mean, and that nothing goes out twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.constants import EstadoTarea
from core.errors import Conflicto, DatosInvalidos
from core.models import Tarea
from derivations.services import anular_derivacion, atender_derivacion, recibir_derivacion
from documents.services import observar_documento
from notifications.constants import EstadoCorreo, Tipo
from notifications.correo.carta import Carta, escribir
from notifications.correo.envio import enviar_pendientes, marcar_dudosos
from notifications.correo.errores import DEFINITIVO, REBOTE, TEMPORAL, clasificar
from notifications.correo.manual import reenviar_correo
from notifications.correo.rebotes import levantar_rebote, marcar_rebote
from notifications.models import Correo, DireccionRebotada
from notifications.services import notificar
from tests.buzon_smtp import buzon_smtp
from tests.factories import make_derivada, make_documento, make_oficina

pytestmark = pytest.mark.django_db
PARA = "persona@correo.pe"


def correo(clave="prueba", **over):
    datos = {"para": f"{clave}@correo.pe", "tipo": Tipo.DERIVADO, "clave": clave, "asunto": "Llegó algo"}
    return Correo.objects.create(**{**datos, "texto": "Llegó un documento.", **over})


def estados(**filtro):
    return dict(Correo.objects.filter(**filtro).values_list("clave", "estado"))


def test_a_letter_brings_no_other_header_fits_in_78_columns_and_loads_nothing_from_outside():
    o = make_oficina()
    malo = "Hola\r\nBcc: otro@malo.pe\u2028\u202eX"
    c = correo(
        asunto=malo, contenido={"enlace": "/expedientes/1/", "parrafos": ["palabra " * 60, "<b>x</b>"]}
    )
    enviar_pendientes()
    (enviado,) = mail.outbox
    assert enviado.subject == "Hola Bcc: otro@malo.pe X"
    assert enviado.recipients() == [c.para]
    mensaje = enviado.message()
    assert (mensaje["Bcc"], mensaje["Auto-Submitted"]) == (None, "auto-generated")
    assert mensaje["Message-ID"] == Correo.objects.get().mensaje_id
    assert "Regional de Prueba" in str(mensaje["From"]) or "=?utf-8?" in str(mensaje["From"])
    assert all(len(linea) <= 78 for linea in enviado.body.splitlines())
    assert "http://testserver/expedientes/1/" in enviado.body
    ((html, _),) = enviado.alternatives
    assert "http://testserver/expedientes/1/" in html and o.direccion.nombre.split()[0] in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert not any(trozo in html for trozo in ("<img", "<link", "<script", "<style", "url("))


@pytest.mark.parametrize(
    ("codigo", "respuesta", "clase"),
    [
        (450, b"4.2.0 greylisted", TEMPORAL),
        (421, "too busy", TEMPORAL),
        (550, b"5.1.1 no such user", REBOTE),
        (550, "unknown mailbox", REBOTE),
        (554, "5.7.1 relay access denied", DEFINITIVO),
        (550, "5.7.1 blocked by policy", DEFINITIVO),
        (552, "5.2.2 mailbox full", DEFINITIVO),
        (553, "5.1.8 bad sender", DEFINITIVO),
    ],
)
def test_only_what_blames_the_address_strikes_it_off(codigo, respuesta, clase):
    assert clasificar(codigo, respuesta) is clase


def test_every_answer_of_a_server_leaves_its_state_and_one_connection_serves_all(settings):
    with buzon_smtp(settings) as buzon:
        for nombre in ("bien", "nadie", "luego", "politica", "corta", "otra"):
            correo(nombre)
        buzon.respuestas = {
            "nadie@correo.pe": "550 5.1.1 no existe",
            "luego@correo.pe": "451 4.3.0 espera",
            "politica@correo.pe": "554 5.7.1 no",
        }
        buzon.corta = lambda para: para == ["corta@correo.pe"]
        hecho = enviar_pendientes()
        assert estados() == {
            "bien": "ENVIADO",
            "nadie": "REBOTADO",
            "luego": "PENDIENTE",
            "politica": "FALLIDO",
            "corta": "DUDOSO",
            "otra": "ENVIADO",
        }
        assert (hecho["enviados"], hecho["dudosos"], buzon.conexiones) == (2, 1, 2)
        assert Correo.objects.get(clave="luego").proximo_intento_en > timezone.now() + timedelta(seconds=50)
        # later mail to a dead address is not tried, unless somebody lifts the mark
        correo("nadie2", para="Nadie@correo.pe")
        enviar_pendientes()
        assert estados(clave="nadie2") == {"nadie2": "REBOTADO"}
        assert buzon.conexiones == 2
        levantar_rebote(rebote_id=DireccionRebotada.objects.get().pk, actor=None)
        correo("nadie3", para="nadie@correo.pe")
        buzon.respuestas = {}
        enviar_pendientes()
        assert buzon.para == ["bien@correo.pe", "otra@correo.pe", "nadie@correo.pe"]


def test_a_server_that_is_down_makes_all_wait_longer_each_time_and_ends_in_sight(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    correo("a"), correo("b")
    esperas = []
    for _ in range(8):
        ahora = timezone.now()
        assert "No se pudo conectar" in enviar_pendientes()["error"]
        proximos = Correo.objects.values_list("proximo_intento_en", flat=True)
        esperas.append({round((p - ahora).total_seconds() / 60) for p in proximos})
        Correo.objects.update(proximo_intento_en=timezone.now())
    assert esperas[:5] == [{1}, {5}, {15}, {60}, {240}]
    assert estados() == {"a": "FALLIDO", "b": "FALLIDO"}
    assert set(Correo.objects.values_list("intentos", flat=True)) == {8}
    assert enviar_pendientes() == {"dudosos": 0}


def test_what_a_stop_left_half_sent_is_doubtful_and_goes_again_only_by_hand():
    make_oficina()
    viva = Tarea.objects.create(
        funcion="x",
        estado=EstadoTarea.EN_CURSO,
        iniciada_en=timezone.now() - timedelta(minutes=1),
        arrendada_hasta=timezone.now() + timedelta(minutes=1),
    )
    ahora = timezone.now()
    comun = {"estado": EstadoCorreo.ENVIANDO, "enviando_en": ahora, "intentos": 1}
    correo("en-camino", tarea_id=viva.pk, **comun)
    correo("de-otra-corrida", tarea_id=viva.pk, **{**comun, "enviando_en": ahora - timedelta(hours=1)})
    correo("sin-tarea", tarea_id=987654, **comun)
    correo("del-barrido", **comun)
    correo("del-barrido-viejo", **{**comun, "enviando_en": ahora - timedelta(minutes=5)})
    assert marcar_dudosos() == 3
    assert set(estados(estado="DUDOSO")) == {"de-otra-corrida", "sin-tarea", "del-barrido-viejo"}
    enviar_pendientes()
    assert mail.outbox == []
    dudoso = Correo.objects.get(clave="sin-tarea")
    with pytest.raises(Conflicto):
        reenviar_correo(correo_id=Correo.objects.get(clave="en-camino").pk, actor=None)
    reenviar_correo(correo_id=dudoso.pk, actor=None)
    enviar_pendientes()
    assert [m.to for m in mail.outbox] == [["sin-tarea@correo.pe"]]


def test_the_person_is_told_of_receipt_observation_area_and_answer_at_the_address_left_for_it():
    o = make_oficina()
    documento = make_documento(o, correo_avisos=PARA)
    make_documento(o)  # the sender's own address is not used without one left for notices
    observado = make_documento(o, correo_avisos=PARA, faltantes=["SOAT vigente"])
    reservado = make_documento(
        o, correo_avisos=PARA, tipo_documento=o.denuncia, asunto="Cobro indebido", personas=[o.ana]
    )
    enviar_pendientes()
    por_asunto = {m.subject: m for m in mail.outbox}
    assert len(mail.outbox) == 3 and {m.to[0] for m in mail.outbox} == {PARA}
    recibo = por_asunto[f"Recibimos tu documento: {documento.numero_expediente}"].body
    for dato in (
        "Clave de consulta: ",
        "Habilitación vehicular",
        f"http://testserver/c/{documento.codigo_qr}",
    ):
        assert dato in recibo
    (asunto,) = [
        a for a in por_asunto if a.startswith(f"Falta algo en tu documento {observado.numero_expediente}")
    ]
    falta = por_asunto[asunto].body
    assert "- SOAT vigente" in falta and "no presentado" in falta and "Clave de consulta" in falta
    secreto = por_asunto[f"Recibimos tu documento: {reservado.numero_expediente}"]
    assert "Cobro" not in secreto.body + secreto.alternatives[0][0]

    mail.outbox.clear()
    observar_documento(documento_id=documento.pk, faltantes=["Pago"], actor=o.ventanilla)
    enviar_pendientes()
    assert "- Pago" in mail.outbox.pop().body
    # a sending called back at once is not told; the next one is, once, and not what areas pass to one another
    documento = make_documento(o, correo_avisos=PARA)
    Correo.objects.all().delete()
    anular_derivacion(derivacion_id=make_derivada(o, documento=documento).pk, actor=o.ventanilla)
    assert not Correo.objects.exists()
    derivacion = make_derivada(o, documento=documento)
    recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
    derivacion = make_derivada(o, documento=documento, destino=o.legal, actor=o.ana)
    recibir_derivacion(derivacion_id=derivacion.pk, actor=o.luis)
    assert Correo.objects.get().proximo_intento_en > timezone.now()
    Correo.objects.update(proximo_intento_en=timezone.now())
    atender_derivacion(
        derivacion_id=derivacion.pk, resultado="PROCEDENTE", actor=o.luis, sin_respuesta_motivo="No lleva"
    )
    mail.outbox.clear()
    enviar_pendientes()
    paso, atendido = mail.outbox
    assert "Transporte de Pasajeros y Carga" in paso.body
    assert "Asesoría Jurídica" in atendido.body and "Resultado: Procedente" in atendido.body


def test_telling_the_person_costs_the_window_one_insert_and_one_task():
    o = make_oficina()

    def consultas(**over):
        with CaptureQueriesContext(connection) as hechas:
            make_documento(o, **over)
        return len(hechas)

    consultas()
    assert consultas() - consultas() == 0
    sin, primera, siguiente = consultas(), consultas(correo_avisos=PARA), consultas(correo_avisos=PARA)
    assert (primera - sin, siguiente - sin) == (2, 4)  # a task that waits already is looked up and shared


def test_bounces_are_marked_by_hand_with_their_reason_and_refused_when_they_are_no_address():
    assert marcar_rebote(direccion=" <Ana@Correo.PE> ", motivo="buzón cerrado") == ("ana@correo.pe", True)
    assert marcar_rebote(direccion="ana@correo.pe") == ("ana@correo.pe", False)
    with pytest.raises(DatosInvalidos):
        marcar_rebote(direccion="no es")


def test_a_notice_to_staff_leads_to_its_page_and_to_the_choice_of_channels():
    o = make_oficina()
    o.ana.email = "ana@drp.pe"
    o.ana.save()
    notificar(
        usuarios=[o.ana],
        tipo=Tipo.URGENTE,
        texto="Llegó EXP-1",
        enlace="/expedientes/7/",
        clave="c",
        urgente=True,
    )
    enviar_pendientes()
    (enviado,) = mail.outbox
    assert enviado.subject == "Urgente: Llegó EXP-1" and enviado.message()["Importance"] == "high"
    assert "http://testserver/expedientes/7/" in enviado.body
    assert "Elegir qué avisos recibes por correo" in enviado.body


def test_the_subject_is_cut_and_the_letter_has_no_empty_parts():
    asunto, texto, html = escribir(Carta(asunto="x" * 400, parrafos=["Hola."], datos=[("Nada", "")]))
    assert len(asunto) == 150 and "Nada" not in texto + html
    assert "\n\n\n" not in texto
