"""A reference manager's file -> its works, one by one -> new entries, or why there is none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from mmap import mmap
from typing import Final

from library.findings import Finding
from library.formats.bibtex.write import entry_type, fields
from library.formats.detect import FormatName, detect, text_of
from library.formats.reading import Reading
from library.formats.table import BY_NAME, readable
from library.ingest import pasted
from library.ingest.adding import Outcome, Shelf
from library.ingest.pasted import CitedLine, PastedEntry
from library.ingest.pieces import BEGINNING, Piece, pieces
from library.settings import Settings
from library.sources.resolve import Query
from library.work import Work

_MOST_SHOWN: Final = 100  # characters of a title in a message

_KEYS_ARE_THE_USERS: Final = frozenset({"csl-json", "csl-yaml", "mods", "zotero-rdf"})


@dataclass(frozen=True, slots=True)
class ImportedWork:
    """One record of a file, as a work."""

    asked: str  # for people: the file and the title
    work: Work
    key: str | None  # the one it asks for; None: one is made
    findings: tuple[Finding, ...] = ()


Held = ImportedWork | PastedEntry | Outcome
"""What a file of records holds; an Outcome cannot be imported, and says why."""
Part = Held | pasted.Part


def is_list(raw: bytes | mmap) -> bool:
    """Tell whether a file is no file of records, but may be a list that is looked up."""
    return detect(text_of(raw[:BEGINNING])) is None


def read(raw: bytes | mmap, name: str) -> Iterator[Held]:
    """Yield what a file of records holds, in its order; a large file is read piece by piece.

    Args:
        raw: the file; its encoding and its format are found out.
        name: as people should read it in messages.
    """
    is_empty = True
    for piece in pieces(raw):
        for part in _of_piece(piece, name):
            is_empty = False
            yield part
    if is_empty:
        yield Outcome(name, "not-understood", "no record was found in it")


def _of_piece(piece: Piece, name: str) -> Iterable[Held]:
    if piece.form is None:
        return [_not_understood(piece.text, name)]
    if piece.form == "bibtex":
        found = pasted.read(piece.text)
        return [_named(one, name) for one in found if isinstance(one, PastedEntry | Outcome)]
    return _works(_reading(piece.form, piece.text, name, piece.line), piece.form, name)


def read_list(raw: bytes | mmap, name: str) -> list[Part]:
    """Return what a list asks for: identifiers, references; an Outcome where it is no such list."""
    text = text_of(raw[:])
    listed = pasted.read(text)
    known = sum(isinstance(part, CitedLine) or _is_known(part) for part in listed)
    if known and 2 * known >= len(listed):
        return list(listed)  # else it is some text, in which a number may look like a PMID
    return [_not_understood(text, name)]


def _not_understood(text: str, name: str) -> Outcome:
    said = "the file is empty" if not text.strip() else "its format is not known"
    message = f"{said}; {', '.join(one.label for one in readable())} can be imported"
    return Outcome(name, "not-understood", message)


def read_pasted(text: str) -> list[Part]:
    """Return what a person pasted: the text of any file, identifiers or references."""
    form = detect(text)
    if form is None or form == "bibtex":
        return list(pasted.read(text))
    return list(_works(_reading(form, text, BY_NAME[form].label), form, BY_NAME[form].label))


def _is_known(part: pasted.Part) -> bool:
    return isinstance(part, Query) and part.scheme is not None


def _reading(form: FormatName, text: str, name: str, before: int = 0) -> Reading:
    """Read a text that begins `before` lines behind the beginning of its file."""
    read = BY_NAME[form].read
    reading = read(text, name) if read is not None else Reading()
    if before:
        reading.findings = [
            replace(one, line=one.line + before) if one.line else one for one in reading.findings
        ]
    return reading


def _named(part: PastedEntry | Outcome, name: str) -> PastedEntry | Outcome:
    if isinstance(part, Outcome):
        return replace(part, query=f"{name}: {part.query}")
    findings = tuple(replace(one, source=name) for one in part.findings)
    return replace(part, asked=f"{name}: {part.entry.key or part.asked}", findings=findings)


def _works(reading: Reading, form: FormatName, name: str) -> Iterator[ImportedWork | Outcome]:
    """Yield the works; what was odd about the file stands with the first of them."""
    findings = tuple(reading.findings)
    if findings and not reading.works:
        said = "; ".join(dict.fromkeys(finding.message for finding in findings[:3]))
        yield Outcome(name, "not-understood", said, findings=findings)
    for work in reading.works:
        shown = _shown(work)
        if work.title or work.contributors:
            key = work.citation_key if form in _KEYS_ARE_THE_USERS else ""
            plain_key = key if key and _can_be_key(key) else None
            yield ImportedWork(f"{name}: {shown}", work, plain_key, findings)
        else:
            message = "the record has neither a title nor a name; it was left out"
            yield Outcome(f"{name}: {shown}", "refused", message, findings=findings)
        findings = ()


def _can_be_key(key: str) -> bool:
    """Tell whether an item's id was made for people: no address, number or database's id."""
    return (
        key.isascii() and key[0].isalpha() and all(one.isalnum() or one in "-_:+." for one in key)
    )


def _shown(work: Work) -> str:
    text = work.title or next((str(name) for name in work.names()), "a record without a title")
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def decide(part: Held, shelf: Shelf, settings: Settings) -> Outcome:
    """Return what becomes of one record; one that is new counts as held from then on."""
    if isinstance(part, Outcome):
        return part
    held = shelf.holder(part.work)
    if held is not None:
        message = f"already in the library as {held[0]}: {held[1]}"
        return Outcome(part.asked, "present", message, held[0], part.work, findings=part.findings)
    wanted = part.entry.key if isinstance(part, PastedEntry) else part.key
    free = bool(wanted) and not shelf.has_key(wanted or "")
    key = wanted if wanted and free else shelf.new_key(part.work, settings.key_pattern)
    work = replace(part.work, citation_key=key)
    shelf.take(work)
    message = "added" if free or not wanted else f"added; another work has the key {wanted}"
    if isinstance(part, PastedEntry):
        return Outcome(
            part.asked,
            "added",
            message,
            key,
            work,
            part.entry.type,
            dict(part.entry.fields),
            part.findings,
            text=part.text if free else None,
        )
    return Outcome(
        part.asked,
        "added",
        message,
        key,
        work,
        entry_type(work, settings.dialect),
        fields(work, settings.dialect, protect=settings.protect),
        part.findings,
    )
