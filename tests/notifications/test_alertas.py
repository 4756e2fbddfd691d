"""Alerts: at which hours and days, each once, to whom; the morning's summary; the faults operators hear of."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from core.constants import EstadoTarea
from core.latidos import latir
from core.models import Latido, Tarea
from core.rondas import Rondas
from derivations.models import Derivacion
from derivations.services import asignar_derivacion, recibir_derivacion
from documents.models import Documento
from documents.services import suspender_plazo
from notifications.alertas import operadores, plazos, resumen
from notifications.constants import Tipo
from notifications.correo.envio import enviar_pendientes, por_enviar
from notifications.horario import en_horario, umbral_de
from notifications.models import AvisoPlazo, Correo, Falla, Notificacion
from notifications.rondas import correos
from notifications.salud import revisar_correo
from organization.calendar import cargar_calendario
from organization.calendar.constants import ZONA
from organization.models import Encargatura
from tests.concurrency_util import a_la_vez
from tests.factories import make_derivada, make_documento, make_oficina, make_usuario

pytestmark = pytest.mark.django_db

VIERNES, LUNES = date(2026, 11, 20), date(2026, 11, 23)  # an ordinary weekend
# Tuesday 8 and Wednesday 9 December 2026 are holidays
VISPERA, FERIADO, TRAS_FERIADO = date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 10)


def lima(dia, hora="10:00"):
    return datetime.fromisoformat(f"{dia:%Y-%m-%d}T{hora}:00").replace(tzinfo=ZONA)


def a_las(momento):
    """Everything that asks for the time gets this moment."""
    return patch("django.utils.timezone.now", return_value=momento.astimezone(UTC))


@pytest.mark.parametrize(
    ("dia", "hora", "se_avisa"),
    [
        (VIERNES, "07:59", False),
        (VIERNES, "08:00", True),
        (VIERNES, "17:59", True),
        (VIERNES, "18:00", False),
        (VIERNES, "23:59", False),  # in UTC it is Saturday already
        (VIERNES + timedelta(days=1), "10:00", False),
        (VIERNES + timedelta(days=2), "23:59", False),  # Sunday in Lima, Monday in UTC
        (LUNES, "08:00", True),
        (FERIADO, "10:00", False),
        (TRAS_FERIADO, "08:00", True),
    ],
)
def test_alerts_go_only_in_working_hours_of_lima(dia, hora, se_avisa):
    momento = lima(dia, hora)
    assert en_horario(momento) == en_horario(momento.astimezone(UTC)) == se_avisa
    with a_las(momento):
        Correo.objects.create(
            para="a@b.pe", tipo=Tipo.VENCIDO, clave="v", asunto="x", proximo_intento_en=momento
        )
        assert por_enviar().exists() == se_avisa


@pytest.mark.parametrize(
    ("hoy", "limite", "umbral"),
    [
        (VIERNES, LUNES, 1),
        (VIERNES, LUNES + timedelta(days=1), 2),
        (VIERNES, LUNES + timedelta(days=2), 3),
        (VIERNES, LUNES + timedelta(days=3), None),
        (LUNES, LUNES, 1),  # the last day itself, for what was missed
        (LUNES, VIERNES, 0),
        (VIERNES + timedelta(days=1), LUNES, 1),
        (VISPERA, TRAS_FERIADO, 1),  # the holiday does not count
        (date(2026, 12, 4), TRAS_FERIADO, 2),
    ],
)
def test_thresholds_count_working_days(hoy, limite, umbral):
    assert umbral_de(limite, hoy, calendario=cargar_calendario(hoy - timedelta(days=40))) == umbral


def correr(dia, hora="10:00"):
    """One run of the alerts at that moment. Returns: how many terms were told."""
    with a_las(lima(dia, hora)):
        return plazos.avisar_plazos()["avisados"]


def con_limite(o, dia, *, legal=None, asignada=None, **over):
    """A document received in the area that must answer by the day."""
    derivacion = make_derivada(o, documento=make_documento(o, **over))
    recibir_derivacion(derivacion_id=derivacion.pk, actor=o.ana)
    if asignada:
        asignar_derivacion(derivacion_id=derivacion.pk, persona=asignada, actor=o.ana)
    Derivacion.objects.filter(pk=derivacion.pk).update(fecha_limite_atencion=dia)
    Documento.objects.filter(pk=derivacion.documento_id).update(fecha_limite=legal or dia)
    return derivacion.documento


def avisados(documento):
    filas = Notificacion.objects.filter(documento=documento, tipo__in=(Tipo.POR_VENCER, Tipo.VENCIDO))
    return sorted(filas.values_list("usuario__username", "clave"))


def test_each_threshold_is_told_once_to_who_has_it_and_overdue_also_to_the_chief():
    o = make_oficina()
    tono = make_usuario("tono", area=o.transportes, email="tono@drp.pe")
    suelto, de_tono = con_limite(o, LUNES), con_limite(o, LUNES, asignada=tono)
    Notificacion.objects.all().delete()
    dias = [
        date(2026, 11, d) for d in range(16, 29)
    ]  # 18, 19, 20 the thresholds; 23 the last day; 24 overdue
    hechos = {dia: [correr(dia, hora) for hora in ("07:00", "08:00", "12:00", "19:00")] for dia in dias}
    assert {dia.day: h for dia, h in hechos.items() if any(h)} == {
        18: [0, 2, 0, 0],
        19: [0, 2, 0, 0],
        20: [0, 2, 0, 0],
        24: [0, 2, 0, 0],
    }
    assert list(
        AvisoPlazo.objects.filter(documento=suelto).values_list("umbral", flat=True).order_by("-umbral")
    ) == [3, 2, 1, 0]
    claves = [f":{u}" for u in (0, 1, 2, 3)]
    assert [(quien, clave[-2:]) for quien, clave in avisados(suelto)] == [
        (quien, c) for quien in ("ana", "tono") for c in claves
    ]
    assert [(quien, clave[-2:]) for quien, clave in avisados(de_tono)] == [("ana", ":0")] + [
        ("tono", c) for c in claves
    ]
    # several at once make one mail, with each document and its link; sent only in working hours
    with a_las(lima(date(2026, 11, 24), "20:00")):
        enviar_pendientes()
        assert mail.outbox == []
    with a_las(lima(date(2026, 11, 25), "09:00")):
        enviar_pendientes()
    assert [m.to for m in mail.outbox] == [["tono@drp.pe"]] * 4
    ultimo = mail.outbox[-1]
    assert ultimo.subject == "Plazos de tus documentos: 2 vencidos (mar 24/11/2026)"
    assert suelto.numero_expediente in ultimo.body and f"/expedientes/{de_tono.pk}/" in ultimo.body


def test_paused_closed_and_long_overdue_ones_are_silent_a_moved_day_speaks_again_and_an_outage_only_by_its_nearest():
    o = make_oficina()
    con_limite(o, date(2026, 10, 1))
    pausado = con_limite(o, LUNES)
    with a_las(lima(VIERNES)):
        suspender_plazo(
            documento_id=pausado.pk,
            motivo="x",
            base_legal="art. 147",
            sustento="y",
            actor=o.jefa,
        )
    cerrado = con_limite(o, LUNES)
    Documento.objects.filter(pk=cerrado.pk).update(estado="ATENDIDO")
    Derivacion.objects.filter(documento=cerrado).update(
        estado="ATENDIDO", fecha_atencion=timezone.now() + timedelta(days=1)
    )
    vivo = con_limite(o, LUNES, legal=date(2026, 11, 26))
    assert correr(VIERNES) == 1  # only its threshold 1: 3 and 2 were missed
    assert correr(LUNES) == 1  # its legal day is three days away
    for tabla, campo in (
        (Derivacion.objects.filter(documento=vivo), "fecha_limite_atencion"),
        (Documento.objects.filter(pk=vivo.pk), "fecha_limite"),
    ):
        tabla.update(**{campo: TRAS_FERIADO})
    assert correr(date(2026, 11, 24)) == 0
    assert correr(date(2026, 12, 4)) == 1
    assert correr(FERIADO) == 0
    assert list(AvisoPlazo.objects.order_by("pk").values_list("fecha_limite", "umbral")) == [
        (LUNES, 1),
        (date(2026, 11, 26), 3),
        (TRAS_FERIADO, 2),
    ]


def test_a_reserved_document_is_told_only_to_the_named_and_without_its_subject():
    o = make_oficina()
    make_usuario("otra", area=o.transportes)
    reservado = con_limite(o, LUNES, tipo_documento=o.denuncia, asunto="Cobro indebido", personas=[o.ana])
    Notificacion.objects.all().delete()
    assert correr(VIERNES) == 1
    (aviso,) = Notificacion.objects.filter(tipo=Tipo.POR_VENCER)
    assert aviso.usuario == o.ana and "Cobro" not in aviso.texto
    assert reservado.numero_expediente in aviso.texto


def test_the_sweep_asks_for_alerts_and_late_letters_only_when_there_are_and_in_hours():
    o = make_oficina()
    con_limite(o, LUNES)
    Tarea.objects.all().delete(), Correo.objects.all().delete()

    def pedidas(momento):
        with a_las(momento):
            plazos.ronda.__wrapped__(), correos.__wrapped__()
            hechas = list(Tarea.objects.values_list("clave", flat=True).order_by("clave"))
            plazos.avisar_plazos()
        Tarea.objects.all().delete()
        return hechas

    noche, viernes = lima(VIERNES, "06:00"), lima(VIERNES, "08:00")
    assert pedidas(noche) == []
    assert pedidas(viernes) == ["plazos"]
    Correo.objects.create(para="a@b.pe", tipo="x", clave="tarde", asunto="x", proximo_intento_en=viernes)
    assert pedidas(viernes + timedelta(seconds=10)) == []
    assert pedidas(viernes + timedelta(seconds=30)) == ["correos"]
    Correo.objects.update(estado="ENVIANDO", enviando_en=viernes)
    assert pedidas(viernes + timedelta(minutes=5)) == []
    assert Correo.objects.get().estado == "DUDOSO"


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_tell_each_term_once():
    o = make_oficina()
    documento = con_limite(o, LUNES)
    Notificacion.objects.all().delete()
    with a_las(lima(VIERNES)):
        assert sorted(a_la_vez(plazos._avisar_lote, plazos._avisar_lote)) == [0, 1]
    assert len(avisados(documento)) == 1 and AvisoPlazo.objects.count() == 1


def test_the_chief_or_the_acting_one_gets_one_summary_in_the_morning_and_nothing_when_there_is_nothing(
    settings,
):
    o = make_oficina()
    settings.TAREAS_DIARIAS = {
        "notifications.tasks.enviar_resumenes": ("07:30", "organization.calendar.es_habil")
    }
    encargado = make_usuario("encargado", email="encargado@drp.pe")
    o.ana.email = "ana@drp.pe"
    o.ana.save()
    vencido, pronto = con_limite(o, date(2026, 11, 19)), con_limite(o, LUNES)
    con_limite(o, LUNES, tipo_documento=o.denuncia, asunto="Cobro indebido", personas=[o.luis])
    Correo.objects.all().delete()

    def pedidas(dia, hora):
        rondas = Rondas()
        with a_las(lima(dia, hora)), patch.object(rondas, "_intentar") as intentar:
            intentar.side_effect = lambda nombre, hacer: hacer() if nombre.startswith("diaria") else None
            rondas.vuelta()
        return Tarea.objects.filter(funcion="notifications.tasks.enviar_resumenes").count()

    assert [pedidas(VIERNES, h) for h in ("07:29", "07:30", "09:00")] == [0, 1, 1]
    assert pedidas(VIERNES + timedelta(days=1), "07:30") == pedidas(FERIADO, "07:30") == 1
    for momento, esperado in (
        (lima(VIERNES, "07:30"), 1),
        (lima(VIERNES, "09:00"), 0),
        (lima(VIERNES, "19:00"), 0),
    ):
        with a_las(momento):
            assert resumen.enviar_resumenes()["resumenes"] == esperado
    Encargatura.objects.create(
        usuario=encargado, area=o.transportes, desde=LUNES, hasta=LUNES, sustento="Memo 1"
    )
    with a_las(lima(LUNES, "07:30")):
        assert resumen.enviar_resumenes()["resumenes"] == 1
        enviar_pendientes()
    viernes, lunes = mail.outbox
    assert (viernes.to, lunes.to) == (["ana@drp.pe"], ["encargado@drp.pe"])
    assert (
        viernes.subject == "TPC: 1 vencido y 2 por vencer (vie 20/11/2026)"
    )  # ana is named as the area's chief
    assert "Vencidos: 1" in viernes.body and vencido.numero_expediente in viernes.body
    assert f"http://testserver/expedientes/{pronto.pk}/" in viernes.body and "Cobro" not in viernes.body
    Derivacion.objects.update(fecha_limite_atencion=None)
    Documento.objects.update(fecha_limite=None)
    with a_las(lima(date(2026, 11, 24), "07:30")):
        assert resumen.enviar_resumenes() == {"areas": 0, "resumenes": 0}


def test_operators_hear_once_when_a_fault_begins_and_once_when_it_ends(settings):
    o = make_oficina()
    settings.OPERADORES_CORREO = ["guardia@drp.pe", "admin@drp.pe"]
    o.admin.email = "admin@drp.pe"
    o.admin.save()
    ahora = timezone.now()

    def mirar(minutos, *, latido):
        with a_las(ahora + timedelta(minutes=minutos)):
            Tarea.objects.all().delete()  # nobody runs them here
            if latido:
                latir("trabajador")
            return operadores.vigilar()

    Latido.objects.create(nombre="trabajador", latido_en=ahora)
    assert mirar(1, latido=True) == {"fallas": 0, "recuperaciones": 0, "tareas": 0}
    mirar(4, latido=False)  # seen, not told: it may be a restart
    assert mirar(4.5, latido=True)["recuperaciones"] == 0 and not Falla.objects.exists()
    vistas = [mirar(m, latido=False) for m in (8, 9.1, 10, 30)]
    assert [v["fallas"] for v in vistas] == [0, 1, 0, 0]
    assert sorted(m.to[0] for m in mail.outbox) == ["admin@drp.pe", "guardia@drp.pe"]
    assert mail.outbox[0].subject == "Urgente: Los trabajadores no responden"
    assert revisar_correo()["fallas_avisadas"] == 1
    assert [mirar(m, latido=True)["recuperaciones"] for m in (31, 32)] == [1, 0]
    assert len(mail.outbox) == 4 and "responden de nuevo" in mail.outbox[-1].subject
    assert revisar_correo() == {
        "estado": "bien",
        "fallas_avisadas": 0,
        "en_espera": 0,
        "fallidos": 0,
        "dudosos": 0,
        "rebotados": 0,
    }
    assert Notificacion.objects.filter(usuario=o.admin, tipo=Tipo.OPERACION).count() == 2


def test_failed_tasks_are_told_together_and_at_most_once_in_ten_minutes(settings):
    make_oficina()
    settings.OPERADORES_CORREO = ["guardia@drp.pe"]
    ahora = timezone.now()
    latir("trabajador")

    def falla(minutos):
        Tarea.objects.create(
            funcion="reports.tasks.verificar_cifras",
            estado=EstadoTarea.FALLIDA,
            error="ValueError: x",
            terminada_en=ahora + timedelta(minutes=minutos),
        )

    def mirar(minutos):
        with a_las(ahora + timedelta(minutes=minutos)):
            latir("trabajador")
            return operadores.vigilar()["tareas"]

    falla(0), falla(0)
    assert mirar(1) == 2
    falla(2)
    assert [mirar(3), mirar(10), mirar(12), mirar(30)] == [0, 0, 1, 0]
    dos, una = mail.outbox
    assert dos.subject == "2 tareas fallaron" and "ValueError: x" in dos.body
    assert una.subject == "Falló una tarea: Verificación de las cifras"


def test_a_dead_mail_server_holds_the_sweeper_no_longer_than_told(settings):
    import socket
    import time

    from notifications.correo.expreso import enviar_ya

    with socket.socket() as mudo:
        mudo.bind(("127.0.0.1", 0))
        mudo.listen(1)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
            "127.0.0.1",
            mudo.getsockname()[1],
            60,
        )
        for clave in "ab":
            Correo.objects.create(para="g@drp.pe", tipo=Tipo.OPERACION, clave=clave, asunto="x")
        inicio = time.monotonic()
        enviar_ya(segundos=1)
        assert time.monotonic() - inicio < 2
    assert set(Correo.objects.values_list("estado", flat=True)) <= {"PENDIENTE", "DUDOSO"}
    assert not por_enviar().exists()
