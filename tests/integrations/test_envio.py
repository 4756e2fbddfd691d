"""Sending a document to another entity: whole, once, and in the end told, whatever the other side does."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.errors import ErrorDeNegocio
from core.jobs import ErrorDefinitivo, TareaCancelada, cancelar_tarea, ejecutar_tarea, encolar
from core.models import Evento, Tarea
from documents.services import anular_documento
from integrations.constants import ESPERAS_ENVIO, MAX_INTENTOS
from integrations.models import Envio, Integracion, LogSincronizacion
from integrations.services import (
    al_terminar_tarea,
    despachar_envios,
    guardar_credencial,
    pedir_consulta,
    pedir_envio,
    probar_conexion,
    reintentar_envio,
    sincronizar_envio,
)
from integrations.services import intento as modulo
from notifications.models import Notificacion
from tests.integrations.conftest import make_con_archivos

pytestmark = pytest.mark.django_db


def enviar(envio):
    """One attempt. Returns: the sending as it is left."""
    sincronizar_envio(envio_id=envio.pk)
    envio.refresh_from_db()
    return envio


def ultimo_log():
    return LogSincronizacion.objects.order_by("pk").last()


def test_a_document_arrives_whole_and_its_state_comes_back(o, remota, mtc, pedir, reloj):
    envio, contenidos = pedir()
    tarea = Tarea.objects.get(funcion__endswith="sincronizar_documento_externo")
    assert pedir_envio(documento_id=envio.documento_id, integracion_id=mtc.pk, actor=o.admin) == envio
    assert Tarea.objects.filter(clave=tarea.clave).count() == 1  # asked twice, done once
    assert ejecutar_tarea(tarea.pk) == "HECHA"
    envio.refresh_from_db()
    (clave, recibido), *resto = remota.documentos.items()
    assert not resto and clave == str(envio.clave) and envio.estado == "ENVIADO" and envio.id_remoto == "R-1"
    assert sorted(recibido["archivos"].values()) == sorted(contenidos)
    dicho = json.loads(recibido["cuerpo"])
    documento = envio.documento
    assert dicho["documento"]["numero_expediente"] == documento.numero_expediente
    assert dicho["documento"]["remitente"]["numero"] == o.remitente.numero
    assert {a["sha256"] for a in dicho["archivos"]} == {hashlib.sha256(c).hexdigest() for c in contenidos}
    assert "observaciones" not in recibido["cuerpo"].decode()
    log = ultimo_log()
    assert (log.estado, log.operacion, log.intento, log.estado_http) == ("EXITO", "ENVIO", 1, 200)
    assert log.bytes_enviados > sum(map(len, contenidos)) and log.duracion_ms >= 0
    assert log.documento_numero_expediente == documento.numero_expediente and log.id_externo == "R-1"
    mtc.refresh_from_db()
    assert mtc.estado_conexion == "CONECTADA" and mtc.ultima_sincronizacion
    # nothing more is due; an hour later it asks by itself, and applies what the other side says
    assert sincronizar_envio(envio_id=envio.pk)["estado"] == "ENVIADO" and despachar_envios() == 0
    reloj(minutes=61)
    assert despachar_envios() == 1 and despachar_envios() == 0
    enviar(envio)
    assert (envio.estado, envio.numero_remoto) == ("ENVIADO", "EXT-7")
    remota.faltas = ["404"]  # a question that fails ends nothing, and says nothing against the partner
    reloj(hours=5)
    enviar(envio)
    mtc.refresh_from_db()
    assert envio.estado == "ENVIADO" and "(404)" in envio.ultimo_error and mtc.fallas_seguidas == 0
    assert envio.proximo_intento_en > timezone.now() + timedelta(hours=23)
    remota.estado = "CONFIRMADO"
    pedir_consulta(envio_id=envio.pk, actor=o.admin)
    enviar(envio)
    assert envio.estado == "CONFIRMADO" and envio.proximo_intento_en is None
    assert ultimo_log().operacion == "CONSULTA" and remota.metodos() == [
        "POST",
        "PUT",
        "PUT",
        "GET",
        "GET",
        "GET",
    ]
    tipos = Evento.objects.filter(documento_id=documento.pk, tipo__startswith="sincronizacion")
    assert [t.rpartition("_")[2] for t in tipos.order_by("pk").values_list("tipo", flat=True)] == [
        "pedida",
        "enviada",
        "confirmada",
    ]


FALTAS = [
    ("500", "respondió 500", 500),
    ("401", "no acepta la credencial (401)", 401),
    ("404", "no conoce", 404),
    ("409", "respondió 409", 409),
    ("redirige", "redirección (302), que no se sigue", 302),
    ("calla", "no respondió a tiempo", None),
    ("gotea", "no terminó de responder", 200),
    ("mitad", "cortó", 200),
    ("pierde", "cortó", None),
    ("enorme", "pasa de 256 KB", 201),
    ("sin id", "sin decir su identificador", 201),
    ("id torcido", "no sirve en una dirección", 201),
    ("no es json", "no es JSON", 201),
]


def test_a_partner_that_misbehaves_is_asked_again_and_has_one_document(o, remota, mtc, reloj, impaciente):
    documento, contenidos = make_con_archivos(o, 1)
    for n, (falta, texto, http) in enumerate(FALTAS, 1):
        mtc.pk, mtc.codigo, mtc._state.adding = None, f"otra{n}", True
        mtc.save()
        envio = pedir_envio(documento_id=documento.pk, integracion_id=mtc.pk, actor=o.admin)
        remota.faltas = [falta]
        enviar(envio)
        log = ultimo_log()
        assert (envio.estado, log.estado, log.estado_http) == ("PENDIENTE", "ERROR", http), falta
        assert texto in envio.ultimo_error and log.detalle == envio.ultimo_error, falta
        reloj(minutes=1, seconds=1)
        enviar(envio)
        assert (envio.estado, envio.intentos, envio.ultimo_error) == ("ENVIADO", 2, ""), falta
        assert [*remota.documentos[str(envio.clave)]["archivos"].values()] == contenidos, falta
        assert len(remota.documentos) == n, falta


def test_a_partial_sending_goes_on_with_the_missing_file_only(remota, pedir, reloj):
    envio, contenidos = pedir(3)
    remota.faltas = ["", "", "500"]
    enviar(envio)
    assert envio.id_remoto == "R-1" and len(envio.archivos_enviados) == 1
    reloj(minutes=1, seconds=1)
    remota.faltas = ["pierde"]  # the file arrives, and nobody hears so
    enviar(envio)
    reloj(minutes=5, seconds=1)
    enviar(envio)
    assert envio.estado == "ENVIADO" and remota.metodos() == ["POST"] + ["PUT"] * 5
    (recibido,) = remota.documentos.values()
    assert sorted(recibido["archivos"].values()) == sorted(contenidos)


def test_retries_follow_the_schedule_and_the_end_is_told_once(o, remota, pedir, reloj):
    envio, _ = pedir(1)
    minutos = []
    for n in range(MAX_INTENTOS):
        remota.faltas = ["500"]
        antes = timezone.now()
        enviar(envio)
        assert envio.intentos == n + 1
        if envio.proximo_intento_en:
            minutos.append(round((envio.proximo_intento_en - antes).total_seconds() / 60))
            reloj(minutes=minutos[-1], seconds=-1)
            assert sincronizar_envio(envio_id=envio.pk)["estado"] == "PENDIENTE"  # a second too early
            reloj(seconds=2)
    assert minutos == [1, 5, 15, 60, *[240] * 6] and len(ESPERAS_ENVIO) == 10
    assert envio.estado == "AGOTADO" and len(remota.llamadas) == MAX_INTENTOS
    assert despachar_envios() == 0
    (evento,) = Evento.objects.filter(tipo="integracion_agotada")
    assert evento.documento_id == envio.documento_id and "500" in evento.detalle["error"]
    (aviso,) = Notificacion.objects.filter(usuario=o.admin, tipo="operacion")
    assert envio.documento.numero_expediente in aviso.texto and f"/envio/{envio.pk}/" in aviso.enlace
    reintentar_envio(envio_id=envio.pk, actor=o.admin)
    enviar(envio)
    assert (envio.estado, envio.intentos) == ("ENVIADO", 1) and len(remota.documentos) == 1


def test_what_the_partner_asks_to_wait_is_waited_up_to_a_limit(remota, pedir):
    envio, _ = pedir(1)
    remota.faltas = ["503"]
    enviar(envio)
    assert timedelta(minutes=119) < envio.proximo_intento_en - timezone.now() < timedelta(minutes=121)


def test_a_refused_document_is_not_insisted_on(o, remota, pedir):
    envio, _ = pedir(1)
    remota.faltas = ["422"]
    enviar(envio)
    assert (envio.estado, envio.proximo_intento_en) == ("RECHAZADO", None) and "(422)" in envio.ultimo_error
    assert Evento.objects.filter(tipo="integracion_agotada").count() == 1
    remota.faltas = ["422"]
    with pytest.raises(
        CommandError, match="rechazó"
    ):  # asked by hand it is tried again, as the document is now
        call_command("sincronizar", documento=envio.documento.numero_expediente, integracion="mtc")
    call_command("sincronizar", documento=str(envio.documento_id), integracion="mtc")
    remota.estado = "RECHAZADO"
    with pytest.raises(CommandError, match="Falta la firma"):
        call_command("sincronizar", documento=str(envio.documento_id), integracion="mtc")
    envio.refresh_from_db()
    assert envio.estado == "RECHAZADO" and "Falta la firma" in envio.ultimo_error


def test_a_failing_partner_rests_and_one_goes_first(remota, mtc, pedir, reloj):
    envios = [pedir(0)[0] for _ in range(7)]
    remota.faltas = ["500"] * 6
    for envio in envios:
        enviar(envio)
    assert len(remota.llamadas) == 5  # after five failures the others do not even call
    mtc.refresh_from_db()
    assert mtc.estado_conexion == "CON_ERROR" and mtc.pausada_hasta
    Tarea.objects.update(estado="HECHA", terminada_en=timezone.now())
    reloj(minutes=4)
    assert despachar_envios() == 0
    reloj(minutes=1, seconds=5)
    assert despachar_envios() == 1
    enviar(envios[6])  # still failing: it rests twice as long
    mtc.refresh_from_db()
    assert timedelta(minutes=9) < mtc.pausada_hasta - timezone.now() <= timedelta(minutes=10)
    reloj(minutes=11)
    enviar(envios[5])
    mtc.refresh_from_db()
    assert (mtc.fallas_seguidas, mtc.pausada_hasta, envios[5].estado) == (0, None, "ENVIADO")
    Tarea.objects.update(estado="HECHA", terminada_en=timezone.now())
    assert despachar_envios() == 6
    # a good test by hand ends a pause too
    Integracion.objects.update(fallas_seguidas=5, pausada_hasta=timezone.now() + timedelta(hours=1))
    assert probar_conexion(integracion_id=mtc.pk).bien
    mtc.refresh_from_db()
    assert mtc.pausada_hasta is None


def test_a_file_that_is_not_the_one_stored_never_leaves(o, remota, pedir, almacen):
    for n, como in enumerate(("alterado", "más largo", "borrado", "cuarentena"), 1):
        envio = _con_archivo_malo(pedir, almacen, como)
        fila = envio.documento.archivos.last()
        enviar(envio)
        assert envio.estado == "AGOTADO" and fila.nombre in envio.ultimo_error, como
        assert remota.llamadas == [] and ultimo_log().detalle == envio.ultimo_error, como
        assert Notificacion.objects.filter(usuario=o.admin).count() == n, como


def _con_archivo_malo(pedir, almacen, como):
    envio, _ = pedir(1)
    fila = envio.documento.archivos.last()
    ruta = almacen / fila.ruta
    if como == "cuarentena":
        envio.documento.archivos.filter(pk=fila.pk).update(en_cuarentena=True)
    elif como == "borrado":
        ruta.unlink()
    else:
        bytes_ = bytearray(ruta.read_bytes())
        bytes_[10] ^= como == "alterado"
        ruta.write_bytes(bytes_ + b"!" * (como == "más largo"))
    return envio


def test_a_file_altered_between_the_check_and_the_call_does_not_arrive(remota, pedir, almacen, monkeypatch):
    envio, _ = pedir(1)
    ruta = almacen / envio.documento.archivos.get().ruta
    real = modulo.revisar_archivos

    def revisar_y_alterar(*argumentos):
        filas = real(*argumentos)
        contenido = bytearray(ruta.read_bytes())
        contenido[10] ^= 1
        ruta.write_bytes(contenido)
        return filas

    monkeypatch.setattr(modulo, "revisar_archivos", revisar_y_alterar)
    enviar(envio)
    assert envio.estado == "AGOTADO" and "SHA-256" in envio.ultimo_error
    assert [d["archivos"] for d in remota.documentos.values()] == [{}]


def test_what_changes_meanwhile_stops_the_sending(o, remota, mtc, pedir, reloj, monkeypatch):
    anulado, _ = pedir(0)
    anular_documento(documento_id=anulado.documento_id, motivo="Duplicado", actor=o.jefa)
    assert enviar(anulado).estado == "AGOTADO" and "anulado" in anulado.ultimo_error
    cancelado, _ = pedir(0)
    tarea = Tarea.objects.get(clave=cancelado.clave_de_tarea)
    cancelar_tarea(tarea_id=tarea.pk, actor=o.admin)
    al_terminar_tarea(tarea_id=tarea.pk, estado="CANCELADA", args=tarea.args)
    cancelado.refresh_from_db()
    assert cancelado.estado == "AGOTADO" and despachar_envios() == 0
    cortado, _ = pedir(1)
    monkeypatch.setattr(modulo, "progreso_actual", _cancelar_con_los_archivos)
    with pytest.raises(TareaCancelada):
        sincronizar_envio(envio_id=cortado.pk)
    monkeypatch.undo()
    cortado.refresh_from_db()
    assert (cortado.estado, cortado.id_remoto) == ("AGOTADO", "R-1") and ultimo_log().estado == "ERROR"
    apagado, _ = pedir(0)
    Integracion.objects.update(activa=False)
    assert enviar(apagado).estado == "PENDIENTE" and despachar_envios() == 0


def _cancelar_con_los_archivos(por_ciento, texto=""):
    if "archivo 1" in texto:
        raise TareaCancelada("Se pidió cancelar la tarea.")


def test_an_unforeseen_error_is_recorded_counted_and_shown(o, pedir, monkeypatch):
    envio, _ = pedir(0)
    monkeypatch.setattr(modulo, "contenido_de", lambda pk: 1 / 0)
    with pytest.raises(
        ErrorDefinitivo
    ):  # the task is FALLIDA at once; the sending waits for its next attempt
        sincronizar_envio(envio_id=envio.pk)
    envio.refresh_from_db()
    assert (envio.estado, envio.intentos) == ("PENDIENTE", 1) and "ZeroDivisionError" in envio.ultimo_error
    assert ultimo_log().estado == "ERROR"


def test_two_attempts_at_once_are_one(remota, pedir, monkeypatch):
    envio, _ = pedir(1)
    segundo = []
    real = modulo.revisar_archivos

    def meterse(*argumentos):
        segundo.append(sincronizar_envio(envio_id=envio.pk)["texto"])
        return real(*argumentos)

    monkeypatch.setattr(modulo, "revisar_archivos", meterse)
    enviar(envio)
    assert segundo == ["Otro intento está en curso."] and remota.metodos() == ["POST", "PUT"]
    # and one that lost its turn writes nothing more
    monkeypatch.setattr(
        modulo, "revisar_archivos", lambda e, f: Envio.objects.update(turno=None) and real(e, f)
    )
    otro, _ = pedir(1)
    assert sincronizar_envio(envio_id=otro.pk)["texto"] == "Otro intento tomó el envío."
    assert len(remota.documentos) == 1


def test_only_what_may_leave_is_accepted(o, mtc):
    def rehusa(codigo, **cambios):
        Integracion.objects.filter(pk=mtc.pk).update(**{"activa": True, "tipo": "API_REST"} | cambios)
        with pytest.raises(ErrorDeNegocio) as error:
            pedir_envio(documento_id=documento.pk, integracion_id=mtc.pk, actor=o.admin)
        assert error.value.codigo == codigo

    documento, _ = make_con_archivos(o, 0)
    rehusa("integracion_inactiva", activa=False)
    rehusa("integracion_sin_conector", tipo="SOAP")
    anular_documento(documento_id=documento.pk, motivo="Duplicado", actor=o.jefa)
    rehusa("documento_no_enviable")


def test_a_connection_that_cannot_be_tried_says_why(mtc):
    Integracion.objects.update(activa=False, url_base="")
    assert probar_conexion(integracion_id=mtc.pk).texto == "La dirección de la integración no es válida."
    assert ultimo_log().estado == "ERROR"
    Integracion.objects.update(tipo="SOAP")
    with pytest.raises(CommandError, match="SOAP.* no envían documentos"):
        call_command("probar_integracion", "mtc")
    assert LogSincronizacion.objects.count() == 1  # nothing was tried


CREDENCIALES = [
    ("API_KEY", {"secreto": "clave-muy-secreta"}, ("X-API-Key", "clave-muy-secreta")),
    ("BEARER", {"secreto": "clave-muy-secreta"}, ("Authorization", "Bearer clave-muy-secreta")),
    (
        "BASIC",
        {"usuario": "mesa", "secreto": "cláve"},
        ("Authorization", "Basic bWVzYTpjbMOhdmU="),
    ),
]


def test_the_credential_travels_in_its_header_and_nowhere_else(o, remota, mtc, pedir, caplog):
    caplog.set_level("DEBUG")
    for autenticacion, datos, (cabecera, valor) in CREDENCIALES:
        guardar_credencial(integracion_id=mtc.pk, autenticacion=autenticacion, actor=o.admin, **datos)
        envio, _ = pedir(1)
        remota.cabeceras.clear()
        remota.faltas = ["401"]  # and it repeats the key in its error
        enviar(envio)
        assert {c.get(cabecera) for c in remota.cabeceras} == {valor}
        mtc.refresh_from_db()
        assert mtc.estado_credencial == "Guardada"
        escrito = "\n".join(
            [
                caplog.text,
                mtc.credencial_cifrada,
                *map(str, Evento.objects.values_list("antes", "despues", "detalle")),
                *map(str, LogSincronizacion.objects.values()),
                *map(str, Envio.objects.values()),
                *map(str, Tarea.objects.values()),
            ]
        )
        assert datos["secreto"] not in escrito and valor.split()[-1] not in escrito


def test_a_lost_key_is_told_and_an_old_one_still_opens(o, remota, mtc, pedir, settings, reloj):
    guardar_credencial(integracion_id=mtc.pk, autenticacion="API_KEY", secreto="clave-uno", actor=o.admin)
    vieja, nueva = settings.ENCRYPTION_KEYS[0], "bnVldmFudWV2YW51ZXZhbnVldmFudWV2YW51ZXZhMTI="
    envio, _ = pedir(0)
    settings.ENCRYPTION_KEYS = [nueva]
    mtc.refresh_from_db()
    assert mtc.estado_credencial.startswith("Ilegible")
    enviar(envio)
    assert (
        envio.estado == "PENDIENTE" and "otra clave de cifrado" in envio.ultimo_error and not remota.llamadas
    )
    assert "otra clave de cifrado" in probar_conexion(integracion_id=mtc.pk).texto
    with pytest.raises(CommandError, match="otra clave de cifrado"):
        call_command("probar_integracion", "mtc")
    with pytest.raises(CommandError, match="mtc"):
        call_command("recifrar_credenciales")
    settings.ENCRYPTION_KEYS = [nueva, vieja]
    call_command("recifrar_credenciales")
    settings.ENCRYPTION_KEYS = [nueva]
    call_command("probar_integracion", "mtc")
    reloj(minutes=2)
    assert enviar(envio).estado == "ENVIADO"
    # what was encrypted for one connection opens in no other
    otra = Integracion.objects.create(
        codigo="x", nombre="X", tipo="API_REST", autenticacion="API_KEY", credencial_cifrada="x"
    )
    mtc.refresh_from_db()
    otra.credencial_cifrada = mtc.credencial_cifrada
    assert otra.estado_credencial.startswith("Ilegible")


def test_the_task_of_a_sending_is_the_named_one(pedir):
    envio, _ = pedir(0)
    tarea = Tarea.objects.get(clave=envio.clave_de_tarea)
    assert tarea.funcion == "integrations.tasks.sincronizar_documento_externo"
    assert tarea.args == {"envio_id": envio.pk} and tarea.documento_id == envio.documento_id
    assert encolar(funcion=tarea.funcion, args=tarea.args, clave=tarea.clave).pk == tarea.pk
