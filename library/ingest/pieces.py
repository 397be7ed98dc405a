"""A large file of records, cut into files of whole records that are read one after the other.

What is read of a file takes several times its room; of a piece, several times the piece's.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Final

from library.formats.detect import FormatName, detect, text_of

SIZE: Final = 16 << 20  # bytes; smaller files are one piece
BEGINNING: Final = 1 << 16  # bytes that tell the format
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")  # byte order marks of UTF-16

# What begins a record, at the beginning of a line. Other formats' records need the whole file:
# entries of BibTeX and nodes of Zotero RDF name each other.
_BEGINS: Final[dict[FormatName, re.Pattern[bytes]]] = {
    "ris": re.compile(rb"^[ \t]*TY {1,2}-", re.MULTILINE),
    "nbib": re.compile(rb"^(?:PMID- ?\d|OWN\s{0,2}- ERIC)", re.MULTILINE),
    "enw": re.compile(rb"^[ \t]*%0 ", re.MULTILINE),
    "wos": re.compile(rb"^PT [A-Z]", re.MULTILINE),
    "refworks": re.compile(rb"^RT [A-Z]", re.MULTILINE),
    "ovid": re.compile(rb"^[ \t]*<[ \t]*\d+\.[ \t]*>", re.MULTILINE),
    "csl-yaml": re.compile(rb"^- ", re.MULTILINE),
    "endnote-xml": re.compile(rb"<record>"),
    "pubmed-xml": re.compile(rb"<Pubmed(?:Book)?Article[\s>]"),
    "mods": re.compile(rb"<(?:\w+:)?mods[\s>]"),
}
_XML: Final = frozenset({"endnote-xml", "pubmed-xml", "mods"})
_TAG: Final = re.compile(rb"<(/?)([A-Za-z][\w:.-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records of a file, as a file of their own."""

    form: FormatName | None  # None: no format that is known
    text: str
    line: int = 0  # lines of the file before it


def pieces(raw: bytes | mmap, size: int = SIZE) -> Iterator[Piece]:
    """Yield a file in pieces of about `size` bytes; at least one.

    Each piece's encoding is found out for itself, so that a file may mix them.
    """
    form = detect(text_of(raw[:BEGINNING]))
    if form == "csl-json" and len(raw) > size:
        yield from _json_pieces(raw, size)
    elif form is None or form not in _BEGINS or len(raw) <= size or raw[:2] in _WIDE:
        text = text_of(raw[:])
        yield Piece(detect(text), text)
    else:
        yield from _cut(raw, form, size)


def _cut(raw: bytes | mmap, form: FormatName, size: int) -> Iterator[Piece]:
    begins = _BEGINS[form]
    first = begins.search(raw)
    if first is None:
        yield Piece(form, text_of(raw[:]))
        return
    head = raw[: first.start()]
    tail = _closing(head) if form in _XML else b""
    start, line = 0, 0
    while start < len(raw):
        found = begins.search(raw, max(start + size, first.end()))
        end = found.start() if found else len(raw)
        part = raw[start:end]
        whole = (head if start else b"") + part + (tail if end < len(raw) else b"")
        yield Piece(form, text_of(whole), line - (head.count(b"\n") if start else 0))
        line += part.count(b"\n")
        start = end


def _closing(head: bytes) -> bytes:
    """Return the end tags of what is open behind the head of an XML file."""
    still_open: list[bytes] = []
    for is_end, name, is_empty in _TAG.findall(head):
        if is_end and still_open:
            still_open.pop()
        elif not is_end and not is_empty:
            still_open.append(name)
    return b"".join(b"</" + name + b">" for name in reversed(still_open))


def _json_pieces(raw: bytes | mmap, size: int) -> Iterator[Piece]:
    """Yield the items of a JSON array in smaller arrays; where it breaks off, the rest is one."""
    opening = _ARRAY.match(raw)
    at, line = (opening.end(), 0) if opening else (0, 0)
    while opening and at < len(raw):
        held, looked_at = "", size
        while not held and looked_at < 2 * (len(raw) - at):
            text = str(raw[at : at + looked_at], "utf-8", "surrogateescape")
            held = text[: _whole_items(text)]
            looked_at *= 2
        if not held:
            break
        part = held.encode("utf-8", "surrogateescape")
        yield Piece("csl-json", f"[{text_of(part).lstrip(_BETWEEN)}]", line)
        line += held.count("\n")
        at += len(part)
    rest = text_of(raw[at:])
    if rest.strip(_BETWEEN) not in {"", "]"}:
        yield Piece("csl-json", f"[{rest.lstrip(_BETWEEN)}" if opening else rest, line)


def _whole_items(text: str) -> int:
    """Return where the last item ends that is whole in `text`; 0 where none is."""
    decoder = json.JSONDecoder()
    end = 0
    while item := _ITEM.match(text, end):
        try:
            _, end = decoder.raw_decode(text, item.end())
        except ValueError:
            break
    return end


_ARRAY: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[")
_ITEM: Final = re.compile(r"[\s,]*(?=\{)")
_BETWEEN: Final = ", \t\r\n"
