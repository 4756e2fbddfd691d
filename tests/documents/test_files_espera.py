"""Staging and attaching: limits, owners, one principal, no repeats, nothing half stored."""

import errno
import hashlib
import io
import uuid

import pytest
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import FueraDeTransaccion
from core.models import Tarea
from documents.files import almacen as modulo_almacen
from documents.files import constants as c
from documents.files import espera
from documents.files.almacen import AlmacenRemoto, obtener_almacen, ruta_de
from documents.files.errores import (
    ArchivoNoDisponible,
    ArchivoRechazado,
    ArchivoRepetido,
    DemasiadosEnEspera,
    DemasiadosPrincipales,
    SinEspacio,
    VariosRechazados,
)
from documents.models import ArchivoAdjunto, ArchivoEnEspera
from tests.documents import files_util as u

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def carpeta(almacen):
    """A store of its own for each test."""
    return almacen


@pytest.fixture
def sin_examen(monkeypatch):
    """Skips the isolated reader where the test is about weight, not content."""
    monkeypatch.setattr(
        espera.aislado, "examinar", lambda *a, **k: espera.aislado.Informe(tipo=c.PDF, paginas=1)
    )


def poner(persona, contenido=None, nombre="solicitud.pdf", para=c.PRINCIPAL, **extra):
    return espera.poner_en_espera(
        usuario=persona, subida=u.subida(contenido or u.pdf(), nombre), para=para, **extra
    )


def adjuntar(documento, puestos, persona, clases="ANEXO", **extra):
    with transaction.atomic():
        return espera.adjuntar_en_espera(
            documento=documento, ids=[str(p.pk) for p in puestos], usuario=persona, clases=clases, **extra
        )


def test_an_upload_is_stored_by_its_content_and_named_by_its_type(carpeta):
    contenido = u.imagen("JPEG")
    puesto = poner(u.usuario(), contenido, "../../Escaneo 1.pdf")
    huella = hashlib.sha256(contenido).hexdigest()
    assert (puesto.nombre, puesto.tipo_mime, puesto.peso_bytes) == (
        "Escaneo 1.jpg",
        "image/jpeg",
        len(contenido),
    )
    assert puesto.hash_archivo == huella and puesto.ruta == f"{huella[:2]}/{huella[2:4]}/{huella}"
    assert (carpeta / puesto.ruta).read_bytes() == contenido
    assert (carpeta / puesto.ruta).stat().st_mode & 0o007 == 0
    assert list((carpeta / "espera").iterdir()) == []


class SubidaDe(UploadedFile):
    """An upload of any size, made as it is read."""

    def __init__(self, peso, dice=None):
        super().__init__(io.BytesIO(), "grande.pdf", "application/pdf", peso if dice is None else dice)
        self.real = peso

    def chunks(self, chunk_size=None):
        yield b"%PDF-1.7"
        faltan = self.real - 8
        while faltan > 0:
            yield b"0" * min(c.MB, faltan)
            faltan -= c.MB


@pytest.mark.parametrize(("para", "mega"), [(c.PRINCIPAL, 3), (c.ANEXO, 2)])
def test_the_limit_itself_is_accepted_and_one_byte_more_is_not(sin_examen, settings, carpeta, para, mega):
    settings.MESA_MAX_PRINCIPAL_MB, settings.MESA_MAX_ANEXO_MB = 3, 2
    persona = u.usuario()
    assert (
        espera.poner_en_espera(usuario=persona, subida=SubidaDe(mega * c.MB), para=para).peso_bytes
        == mega * c.MB
    )
    for mentira in (None, 10):  # what the client says of its size is not believed
        with pytest.raises(ArchivoRechazado) as error:
            espera.poner_en_espera(usuario=persona, subida=SubidaDe(mega * c.MB + 1, mentira), para=para)
        assert f"pesa {mega} MB y 1 byte y el límite es {mega} MB" in str(error.value)
    assert error.value.estado_http == 422 and error.value.campos == {"archivos": [str(error.value)]}
    assert list((carpeta / "espera").iterdir()) == []


def test_limits_as_shipped(settings):
    from documents.files.limites import limite_de_clase, limites, texto_limites

    assert limites() == {"principal": 50 * c.MB, "anexo": 20 * c.MB}
    assert texto_limites() == "Principal hasta 50 MB, cada anexo hasta 20 MB"
    assert limite_de_clase("ANEXO") == 20 * c.MB and limite_de_clase("RESPUESTA") == 50 * c.MB


@pytest.mark.parametrize(
    ("contenido", "motivo"), [(b"", "vacio"), (b"<html>", "pagina_web"), (u.pdf()[:-30], "danado")]
)
def test_a_refused_upload_leaves_nothing(carpeta, contenido, motivo):
    with pytest.raises(ArchivoRechazado) as error:
        espera.poner_en_espera(usuario=u.usuario(), subida=u.subida(contenido), para=c.PRINCIPAL)
    assert error.value.motivo == motivo and "«solicitud.pdf»" in str(error.value)
    assert not ArchivoEnEspera.objects.exists()
    assert [x for x in carpeta.rglob("*") if x.is_file()] == []


def test_a_full_disk_says_so_and_leaves_no_half_file(carpeta, monkeypatch):
    real = open

    def lleno(ruta, modo="r", *a, **k):
        archivo = real(ruta, modo, *a, **k)
        if "w" in modo:
            archivo.close()
            raise OSError(errno.ENOSPC, "No space left on device")
        return archivo

    monkeypatch.setattr(espera, "open", lleno, raising=False)
    with pytest.raises(SinEspacio) as error:
        poner(u.usuario())
    assert error.value.estado_http == 507 and "no se guardó nada" in str(error.value)
    assert [x for x in carpeta.rglob("*") if x.is_file()] == []
    assert not ArchivoEnEspera.objects.exists()


def test_a_locked_pdf_is_staged_with_its_warning():
    puesto = poner(u.usuario(), u.pdf(clave="x"))
    assert puesto.aviso == "El PDF pide contraseña para abrirse."


def test_a_file_its_reader_cannot_finish_is_taken_with_a_warning(monkeypatch):
    monkeypatch.setattr(espera.aislado, "examinar", lambda *a, **k: espera.aislado.Informe(agotado=True))
    persona = u.usuario()
    assert poner(persona).aviso == c.AVISO_SIN_REVISAR
    assert poner(persona, u.imagen("PNG"), "foto.png").tipo_mime == "image/png"
    with pytest.raises(ArchivoRechazado):
        poner(persona, u.docx(), "a.docx")


def test_only_pdf_when_the_door_asks_for_it():
    with pytest.raises(ArchivoRechazado) as error:
        poner(u.usuario(), u.docx(), "Solicitud.docx", tipos=c.SOLO_PDF)
    assert str(error.value).startswith("«Solicitud.docx» no es PDF.")


def test_a_citizen_without_user_owns_by_the_secret_of_the_draft():
    puesto = espera.poner_en_espera(usuario=None, dueno="token-1", subida=u.subida(u.pdf()), para=c.PRINCIPAL)
    assert espera.en_espera_de(usuario=None, dueno="token-1", ids=[puesto.pk]) == [puesto]
    assert espera.en_espera_de(usuario=None, dueno="token-2", ids=[puesto.pk]) == []
    assert espera.en_espera_de(usuario=u.usuario(), ids=[puesto.pk]) == []
    with pytest.raises(ValueError):
        espera.en_espera_de(usuario=None, ids=[puesto.pk])
    documento = u.nuevo_documento()
    adjunto = adjuntar(documento, [puesto], None, "PRINCIPAL", dueno="token-1")[0]
    assert adjunto.subido_por is None and adjunto.es_principal


def test_nobody_fills_the_disk_by_forgetting_forms(monkeypatch):
    monkeypatch.setattr(c, "MAXIMO_EN_ESPERA", 1)
    persona = u.usuario()
    poner(persona)
    with pytest.raises(DemasiadosEnEspera):
        poner(persona)
    poner(u.usuario())


def test_several_are_staged_together_or_not_at_all():
    persona = u.usuario()
    buenos = [u.subida(u.pdf(), "a.pdf"), u.subida(u.docx(), "b.docx")]
    puestos = espera.poner_varios_en_espera(usuario=persona, subidas=buenos, para=c.ANEXO)
    assert [p.nombre for p in puestos] == ["a.pdf", "b.docx"]
    malos = [u.subida(u.pdf(), "c.pdf"), u.subida(b"", "vacio.pdf"), u.subida(b"MZ" + bytes(99), "juego.exe")]
    with pytest.raises(VariosRechazados) as error:
        espera.poner_varios_en_espera(usuario=persona, subidas=malos, para=c.ANEXO)
    textos = error.value.campos["archivos"]
    assert len(textos) == 2 and "vacio.pdf" in textos[0] and "juego.exe" in textos[1]
    assert ArchivoEnEspera.objects.filter(usuario=persona).count() == 2


def test_taking_away_is_only_for_the_owner():
    persona, otra = u.usuario(), u.usuario()
    puesto = poner(persona)
    assert espera.quitar_de_espera(id=puesto.pk, usuario=otra) is False
    assert espera.quitar_de_espera(id=str(puesto.pk), usuario=persona) is True
    assert espera.quitar_de_espera(id="no-es-uuid", usuario=persona) is False


def test_attaching_moves_the_rows_and_queues_each_file():
    persona, documento = u.usuario(), u.nuevo_documento()
    principal, anexo = poner(persona), poner(persona, u.xlsx(), "cuadro.xlsx", c.ANEXO)
    adjuntos = adjuntar(
        documento, [anexo, principal], persona, {principal.pk: "PRINCIPAL"}, folios={str(anexo.pk): 12}
    )
    assert [(a.nombre, a.clase, a.es_principal, a.orden, a.folios) for a in adjuntos] == [
        ("cuadro.xlsx", "ANEXO", False, 1, 12),
        ("solicitud.pdf", "PRINCIPAL", True, 2, None),
    ]
    assert not ArchivoEnEspera.objects.exists()
    tareas = Tarea.objects.filter(funcion="documents.tasks.procesar_archivo_adjunto")
    assert {t.clave for t in tareas} == {f"archivo:{a.pk}" for a in adjuntos}
    assert {a.estado_proceso for a in adjuntos} == {"PENDIENTE"}


def test_the_warning_travels_with_the_file():
    persona, documento = u.usuario(), u.nuevo_documento()
    adjunto = adjuntar(documento, [poner(persona, u.pdf(clave="x"))], persona)[0]
    assert adjunto.problema == c.AVISO_CLAVE


def test_registering_with_files_is_one_transaction():
    persona = u.usuario()
    puestos = [poner(persona), poner(persona, u.docx(), "b.docx")]
    documento = u.nuevo_documento(actor=persona, archivos=[str(p.pk) for p in puestos])
    assert [a.es_principal for a in documento.archivos.order_by("orden")] == [True, False]


def test_exactly_one_principal():
    persona, documento = u.usuario(), u.nuevo_documento()
    uno, dos = poner(persona), poner(persona)
    with pytest.raises(DemasiadosPrincipales):
        adjuntar(documento, [uno, dos], persona, "PRINCIPAL")
    assert adjuntar(documento, [uno], persona, "ANEXO")[
        0
    ].es_principal  # the first annex of a document without files
    with pytest.raises(DemasiadosPrincipales):
        adjuntar(documento, [dos], persona, "PRINCIPAL")
    assert not adjuntar(documento, [dos], persona, "ANEXO")[0].es_principal


def test_an_answer_is_never_the_principal():
    persona, documento = u.usuario(), u.nuevo_documento()
    assert not adjuntar(documento, [poner(persona)], persona, "RESPUESTA")[0].es_principal


@pytest.mark.parametrize("caso", ["ajeno", "usado", "inventado", "basura", "dos veces"])
def test_ids_that_are_not_there_are_refused_alike(caso):
    persona, documento = u.usuario(), u.nuevo_documento()
    puesto = poner(persona)
    ids = {
        "ajeno": [poner(u.usuario()).pk],
        "usado": [puesto.pk],
        "inventado": [uuid.uuid4()],
        "basura": ["../x"],
        "dos veces": [puesto.pk, puesto.pk],
    }[caso]
    if caso == "usado":
        adjuntar(documento, [puesto], persona)
    with pytest.raises(ArchivoNoDisponible), transaction.atomic():
        espera.adjuntar_en_espera(documento=documento, ids=ids, usuario=persona)


@pytest.mark.parametrize("dano", ["falta", "cortado"])
def test_missing_bytes_are_refused(carpeta, dano):
    persona, documento = u.usuario(), u.nuevo_documento()
    puesto = poner(persona)
    if dano == "falta":
        (carpeta / puesto.ruta).unlink()
    else:
        (carpeta / puesto.ruta).write_bytes(b"%PDF")
    with pytest.raises(ArchivoNoDisponible):
        adjuntar(documento, [puesto], persona)
    assert not ArchivoAdjunto.objects.exists()


def test_the_same_content_twice_in_a_form_is_refused_and_twice_in_a_document_is_told():
    persona, documento, contenido = u.usuario(), u.nuevo_documento(), u.pdf()
    uno, dos = poner(persona, contenido, "uno.pdf"), poner(persona, contenido, "dos.pdf")
    with pytest.raises(ArchivoRepetido) as error:
        adjuntar(documento, [uno, dos], persona)
    assert "«dos.pdf» y «uno.pdf» son el mismo archivo" in str(error.value)
    assert adjuntar(documento, [uno], persona)[0].aviso_repetido == ""
    assert (
        adjuntar(documento, [dos], persona)[0].aviso_repetido
        == "«dos.pdf» ya estaba en el documento como «uno.pdf»."
    )


def test_a_main_file_too_big_for_an_annex_is_refused_as_annex(sin_examen, settings):
    settings.MESA_MAX_PRINCIPAL_MB, settings.MESA_MAX_ANEXO_MB = 3, 1
    persona, documento = u.usuario(), u.nuevo_documento()
    grande = espera.poner_en_espera(usuario=persona, subida=SubidaDe(2 * c.MB), para=c.PRINCIPAL)
    with pytest.raises(ArchivoRechazado, match="el límite es 1 MB"):
        adjuntar(documento, [grande], persona, "ANEXO")
    assert adjuntar(documento, [grande], persona, "PRINCIPAL")


def test_an_unknown_class_is_refused():
    persona, documento = u.usuario(), u.nuevo_documento()
    with pytest.raises(ArchivoRechazado, match="clase"):
        adjuntar(documento, [poner(persona)], persona, "OTRA")


@pytest.mark.django_db(transaction=True)
def test_attaching_needs_the_callers_transaction():
    with pytest.raises(FueraDeTransaccion):
        espera.adjuntar_en_espera(documento=None, ids=[uuid.uuid4()], usuario=u.usuario())


def test_uploading_again_heals_a_damaged_copy(carpeta):
    contenido = u.pdf()
    puesto = poner(u.usuario(), contenido)
    (carpeta / puesto.ruta).write_bytes(b"otra cosa")
    poner(u.usuario(), contenido)
    assert (carpeta / puesto.ruta).read_bytes() == contenido


def test_another_storage_keeps_the_same_bytes(monkeypatch):
    remoto = AlmacenRemoto(InMemoryStorage())
    monkeypatch.setattr(espera, "obtener_almacen", lambda: remoto)
    contenido = u.pdf()
    persona, documento = u.usuario(), u.nuevo_documento()
    puesto = poner(persona, contenido)
    poner(persona, contenido, "otra vez.pdf")
    assert list(remoto.listar()) == [puesto.ruta]
    with remoto.abrir(puesto.ruta) as guardado:
        assert guardado.read() == contenido
    with remoto.en_disco(puesto.ruta) as ruta:
        assert ruta.read_bytes() == contenido
    assert not ruta.exists()
    adjuntar(documento, [puesto], persona)


def test_the_store_touches_no_foreign_path():
    for ruta in ("../x", "/etc/passwd", "reportes/a.xlsx", ruta_de("a" * 64) + "/../../x", "espera/x.parte"):
        with pytest.raises(ValueError):
            obtener_almacen().borrar(ruta)


def test_the_final_name_appears_only_after_the_bytes_are_synced(monkeypatch, carpeta):
    pasos = []
    fsync, replace = modulo_almacen.os.fsync, modulo_almacen.os.replace
    monkeypatch.setattr(modulo_almacen.os, "fsync", lambda d: pasos.append("fsync") or fsync(d))
    monkeypatch.setattr(modulo_almacen.os, "replace", lambda a, b: pasos.append("replace") or replace(a, b))
    poner(u.usuario())
    assert pasos.index("replace") > pasos.index("fsync") and pasos[-1] == "fsync"
