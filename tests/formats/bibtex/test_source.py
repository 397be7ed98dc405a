"""Encodings of .bib files: found out, and given back byte for byte."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats.bibtex.blocks import decode, read_entries

ENTRY = "@article{k, title = {Zoë Żółw “x” Ω}}\n"
HEADER = "% Encoding: {}\n\n"


@pytest.mark.parametrize(
    ("raw", "title", "file_encoding"),
    [
        (ENTRY.encode(), "Zoë Żółw “x” Ω", "utf-8"),
        (codecs.BOM_UTF8 + ENTRY.encode(), "Zoë Żółw “x” Ω", "utf-8"),
        (codecs.BOM_UTF16_LE + ENTRY.encode("utf-16-le"), "Zoë Żółw “x” Ω", "utf-16-le"),
        (codecs.BOM_UTF16_BE + ENTRY.encode("utf-16-be"), "Zoë Żółw “x” Ω", "utf-16-be"),
        (ENTRY.encode("utf-16-le"), "Zoë Żółw “x” Ω", "utf-16-le"),
        (ENTRY.encode("utf-16-be"), "Zoë Żółw “x” Ω", "utf-16-be"),
        (codecs.BOM_UTF32_LE + ENTRY.encode("utf-32-le"), "Zoë Żółw “x” Ω", "utf-32-le"),
        (b"@a{k, title = {Zo\xeb \x93x\x94}}", "Zoë “x”", "cp1252"),
        (b"@a{k, title = {a \x81 b}}", "a \x81 b", "cp1252"),
        (HEADER.format("Cp1252").encode() + b"@a{k, title = {\x80}}", "€", "cp1252"),
        (HEADER.format("ISO8859_1").encode() + b"@a{k, title = {Zo\xeb}}", "Zoë", "iso8859-1"),
        (HEADER.format("ISO8859_2").encode() + b"@a{k, title = {\xbf}}", "ż", "iso8859-2"),
        (HEADER.format("Cp1251").encode() + b"@a{k, title = {\xcf}}", "П", "cp1251"),
        (HEADER.format("MacRoman").encode() + b"@a{k, title = {\x8e}}", "é", "mac-roman"),
        (
            (HEADER.format("Shift_JIS") + "@a{k, title = {表}}").encode("shift_jis"),
            "表",
            "shift_jis",
        ),
        (HEADER.format("Cp1252").encode() + "@a{k, title = {Zoë}}".encode(), "Zoë", "utf-8"),
        (HEADER.format("nonsense").encode() + b"@a{k, title = {Zo\xeb}}", "Zoë", "cp1252"),
    ],
)
def test_an_encoding_is_found_out_and_the_bytes_come_back(
    raw: bytes, title: str, file_encoding: str
) -> None:
    source = decode(raw)
    assert source.encode() == raw
    assert source.file_encoding == file_encoding
    assert [entry.fields["title"] for entry in read_entries(source).entries] == [title]


@given(st.binary(max_size=200))
def test_any_bytes_come_back(raw: bytes) -> None:
    assert decode(raw).encode() == raw


@given(st.sampled_from([codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8]), st.binary())
def test_any_bytes_behind_a_byte_order_mark_come_back(bom: bytes, raw: bytes) -> None:
    assert decode(bom + raw).encode() == bom + raw


def test_a_character_that_straddles_two_chunks_is_no_stray_byte() -> None:
    raw = b"@a{k, title = {" + b"x" * ((1 << 20) - 16) + "ë".encode() * 3 + b"}}"
    source = decode(raw)
    assert (source.encoding, source.is_mixed) == ("utf-8", False)
