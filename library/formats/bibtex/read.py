"""What a .bib file means: entries -> works.

`read` reads a whole file. The order of the steps matters where it is set: inheritance first, since
it works on fields; then the type, which says what the fields mean; then the fields.

The mapping follows pandoc's biblatex reader where CSL leaves a choice; where and why it does not is
in docs/decisions/bibtex-mapping.md.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from library.entry import Entry
from library.findings import Finding
from library.formats.bibtex.blocks import decode as decode_source
from library.formats.bibtex.blocks import read_entries
from library.formats.bibtex.construction import new_work
from library.formats.bibtex.draft import Draft
from library.formats.bibtex.entry_types import DOCUMENT, type_of
from library.formats.bibtex.inheritance import inherit
from library.formats.bibtex.read_numbers import TEXT_FIELDS, read_dates, read_numbers
from library.formats.bibtex.read_people import forget, read_people
from library.formats.bibtex.read_sources import (
    read_identifiers,
    read_language,
    read_notes,
    read_publisher,
)
from library.formats.bibtex.read_titles import read_titles
from library.formats.bibtex.vocabulary import GENRES
from library.formats.reading import Reading
from library.work import Work

_TEXT_FIELDS = frozenset(TEXT_FIELDS)
_EVENT_FIELDS = frozenset({"eventdate", "eventtitle", "venue", "eventyear"})


def read(data: bytes, name: str = "") -> Reading:
    """Return the works of a .bib file in its order; `name` is the file as findings should call it.

    Never raises for what the file holds.
    """
    with without_collector():
        found = read_entries(decode_source(data), name)
        reading = from_entries(found.entries, name)
        reading.findings[:0] = found.findings
    return reading


def from_entries(entries: list[Entry], name: str = "") -> Reading:
    """Return the works that the entries of a file describe, in its order.

    `entries` is empty behind this: an entry's memory is free for the works behind it.
    """
    filled, findings = inherit(entries, name)
    reading = Reading(findings=findings)
    entries.clear()
    filled.reverse()
    while filled:
        work, problems = work_from_entry(filled.pop(), name)
        reading.works.append(work)
        if problems:
            reading.findings += problems
    forget()
    return reading


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python from looking for cycles among objects that make none: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made counts as old at once; else the collector would walk through it now.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def work_from_entry(entry: Entry, source: str = "") -> tuple[Work, list[Finding]]:
    """Return the work that an entry describes, and what is odd about the entry.

    The entry's inherited fields must stand in it already (`inheritance.inherit`).
    """
    draft = Draft(entry, source)
    csl_type = _read_type(draft)
    read_titles(draft)
    read_people(draft)
    read_dates(draft)
    read_numbers(draft)
    read_publisher(draft)
    read_identifiers(draft)
    if "language" in draft.left or "langid" in draft.left:
        read_language(draft)
    read_notes(draft)
    left, values = draft.left, draft.values
    for field in () if _TEXT_FIELDS.isdisjoint(left) else list(left):
        if field not in TEXT_FIELDS:
            continue
        variable, manner = TEXT_FIELDS[field]
        if variable not in values:
            text = draft.take(field, manner)
            if text:
                values[variable] = text
    if csl_type == "document" and values.get("archive") == "arXiv":
        csl_type = "article"  # arXiv's own export says @misc
    if left:
        values["extra"] = tuple(left.items())
    return new_work(entry.key, csl_type, values), draft.findings


def _read_type(draft: Draft) -> str:
    left = draft.left
    subtype = left.get("entrysubtype", "")
    row, is_told = type_of(draft.type, subtype)
    if is_told:
        del left["entrysubtype"]
    if row is None:
        draft.find(
            "unknown-type",
            f"“@{draft.type}” is no type of BibTeX or biblatex; it is read as a document",
            severity="info",
        )
        row = DOCUMENT
    genre = draft.take("type") if "type" in left else None
    if genre:
        draft.values["genre"] = GENRES.get(genre.lower(), genre)
    elif row.genre:
        draft.values["genre"] = row.genre
    if draft.type == "unpublished" and not is_told and _EVENT_FIELDS & left.keys():
        return "speech"
    return row.csl
