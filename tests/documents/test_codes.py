"""Internal code, citizen's key and QR token."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.codes import (
    ALFABETO,
    caracter_de_control,
    clave_acceso,
    codigo_interno,
    codigo_qr,
    codigo_qr_de_lectura,
    es_codigo_interno,
    formatear_clave,
    normalizar_clave,
    normalizar_codigo,
)

SIGNOS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODIGO = "MP260004182X"
TOKEN = "K7Q2M9XD4TABCDEFGHJKMNPQRS"

partes = st.tuples(st.integers(2000, 2099), st.sampled_from(SIGNOS), st.integers(1, 9_999_999))


def valido(texto):
    """The check alone, whatever the form."""
    return caracter_de_control(texto[:-1]) == texto[-1]


def test_the_example_of_the_manuals():
    assert codigo_interno(2026, "0", 4182) == CODIGO
    assert es_codigo_interno(CODIGO)


@given(partes)
def test_code_has_the_agreed_form(parte):
    codigo = codigo_interno(*parte)
    assert re.fullmatch(r"MP\d\d[0-9A-Z]\d{6,7}[0-9A-Z]", codigo)
    assert es_codigo_interno(codigo)
    assert normalizar_codigo(codigo) == codigo


def test_seven_digits_from_the_millionth_document():
    assert len(codigo_interno(2026, "0", 999_999)) == 12
    assert len(codigo_interno(2026, "0", 1_000_000)) == 13


@pytest.mark.parametrize(
    ("anio", "sede", "numero"),
    [
        (1999, "0", 1),
        (2100, "0", 1),
        (2026, "", 1),
        (2026, "AB", 1),
        (2026, "-", 1),
        (2026, "0", 0),
        (2026, "0", 10**7),
    ],
)
def test_impossible_parts_are_refused(anio, sede, numero):
    with pytest.raises(ValueError, match="no internal code"):
        codigo_interno(anio, sede, numero)


@given(partes)
def test_every_wrong_character_is_found(parte):
    codigo = codigo_interno(*parte)
    for lugar, signo in enumerate(codigo):
        for otro in SIGNOS:
            if otro != signo:
                assert not valido(codigo[:lugar] + otro + codigo[lugar + 1 :])


@given(partes)
def test_every_swap_of_neighbours_is_found(parte):
    codigo = codigo_interno(*parte)
    for lugar in range(len(codigo) - 1):
        uno, dos = codigo[lugar], codigo[lugar + 1]
        if uno != dos:
            assert not valido(codigo[:lugar] + dos + uno + codigo[lugar + 2 :])


@given(partes)
def test_every_swap_across_one_place_is_found(parte):
    codigo = codigo_interno(*parte)
    for lugar in range(len(codigo) - 2):
        if codigo[lugar] != codigo[lugar + 2]:
            trocado = list(codigo)
            trocado[lugar], trocado[lugar + 2] = trocado[lugar + 2], trocado[lugar]
            assert not valido("".join(trocado))


@pytest.mark.parametrize(
    "texto", ["", None, "MP260004182", "MP260004182Y", "mp260004182x", f" {CODIGO}", "MP26000418٢X"]
)
def test_what_is_not_an_internal_code(texto):
    assert not es_codigo_interno(texto)


@pytest.mark.parametrize(
    "leido",
    [
        CODIGO,
        CODIGO.lower(),
        f"{CODIGO}\r\n",
        f"\x02{CODIGO}\x03",
        f"]C0{CODIGO}",
        f"]Q1{CODIGO}",
        f"+c0{CODIGO.lower()}",
        f"*{CODIGO}*",
        "MP26 0004182 X",
        "MP26-0-004182-X",
        "mp26'0'004182'x",
        "MP26OOO4I82X",
        "MP260004l82X",
        f"\ufeff{CODIGO}",
        f"{CODIGO}{CODIGO}",
    ],
)
def test_reader_junk_is_taken_off(leido):
    assert normalizar_codigo(leido) == CODIGO


@pytest.mark.parametrize(
    ("leido", "esperado"),
    [
        ("exp'2026'004182", "EXP-2026-004182"),
        (" EXP–2026—004182 ", "EXP-2026-004182"),
        ("exp´2026`004182", "EXP-2026-004182"),
        ("01318842", "01318842"),
        ("MP260004182Y", "MP260004182Y"),
        ("", ""),
        (None, ""),
    ],
)
def test_other_texts_come_back_regular(leido, esperado):
    assert normalizar_codigo(leido) == esperado


@given(st.text(max_size=60))
def test_any_text_is_survived(texto):
    assert normalizar_codigo(normalizar_codigo(texto)) == normalizar_codigo(texto)
    assert set(normalizar_clave(texto)) <= set(ALFABETO)
    assert len(codigo_qr_de_lectura(texto)) in (0, 26)


@pytest.mark.parametrize(
    "leido",
    [
        f"https://mesa.drtcpuno.gob.pe/c/{TOKEN}",
        f"https://mesa.drtcpuno.gob.pe/c/{TOKEN}/\r",
        f"httpsÑ--mesa.drtcpuno.gob.pe-c-{TOKEN.lower()}",
        f"https>--mesa.drtcpuno.gob.pe-c-{TOKEN}",
        TOKEN,
    ],
)
def test_token_out_of_a_citizen_qr(leido):
    assert codigo_qr_de_lectura(leido) == TOKEN


@pytest.mark.parametrize(
    "leido", ["", None, CODIGO, f"https://mesa.gob.pe/x/{TOKEN}", f"/c/{TOKEN}0", f"/c/{TOKEN[:-1]}U"]
)
def test_no_token(leido):
    assert codigo_qr_de_lectura(leido) == ""


def test_alphabet():
    assert len(ALFABETO) == len(set(ALFABETO)) == 32
    assert not set("ILOU") & set(ALFABETO)


def test_keys_use_the_whole_alphabet_and_do_not_repeat():
    claves = {clave_acceso() for _ in range(10_000)}
    tokens = {codigo_qr() for _ in range(10_000)}
    assert len(claves) == len(tokens) == 10_000
    assert {len(c) for c in claves} == {10}
    assert {len(t) for t in tokens} == {26}
    assert set("".join(claves)) == set("".join(tokens)) == set(ALFABETO)


def test_keys_do_not_come_from_the_seeded_generator():
    random.seed(1)
    una = clave_acceso()
    random.seed(1)
    assert clave_acceso() != una


def test_key_as_printed_and_back():
    assert formatear_clave("K7Q2M9XD4T") == "K7Q2-M9XD-4T"
    assert normalizar_clave("K7Q2-M9XD-4T") == "K7Q2M9XD4T"


@pytest.mark.parametrize("escrita", ["k7q2 m9xd 4t", "K7Q2'M9XD'4T", " k7q2m9xd4t\n", "K7Q2–M9XD–4T"])
def test_key_as_people_type_it(escrita):
    assert normalizar_clave(escrita) == "K7Q2M9XD4T"


def test_letters_that_are_never_printed_are_read_as_their_doubles():
    assert normalizar_clave("ILOU-2345-67") == "110V234567"


@pytest.mark.parametrize("escrita", ["", None, "K7Q2", "K7Q2-M9XD-4TX", "¿dónde está?"])
def test_what_cannot_be_a_key(escrita):
    assert normalizar_clave(escrita) == ""
