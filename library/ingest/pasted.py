"""What a person pasted: identifiers, references, BibTeX entries -> what is asked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from library.entry import Entry
from library.findings import Finding
from library.formats.bibtex.blocks import EntryReading, decode, read_entries, split
from library.formats.bibtex.read import read as read_works
from library.ingest.adding import Outcome, Shelf
from library.judgement.cited_text import looks_like_a_reference
from library.settings import Settings
from library.sources import resolve
from library.sources.resolve import Query
from library.work import Work

_ENTRY: Final = re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.MULTILINE)
_MOST_SHOWN: Final = 200  # characters of what was pasted, in a message or list


@dataclass(frozen=True, slots=True)
class PastedEntry:
    """One BibTeX entry, with the work it describes."""

    asked: str  # the beginning of what was pasted, for people
    entry: Entry
    work: Work
    text: str | None = None  # as it was written, where it can stand in another file like that
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedLine:
    """One item of a list of references, in words; a search may find what it cites."""

    text: str  # on one line, without its number in the list
    line: int  # where it begins


Part = Query | CitedLine | PastedEntry | Outcome
"""An Outcome cannot be looked up, and says why."""

_NUMBERED: Final = re.compile(r"^\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)])\s+(?=\S)")


def read(text: str) -> list[Part]:
    """Return what `text` asks for, in its order; empty where it asks for nothing.

    With BibTeX entries in it, lines between them may still be identifiers.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    if _ENTRY.search(text):
        return list(_bibtex(text))
    return [part for line, item in _listed(text) for part in _asked(item, line)]


def _asked(text: str, line: int) -> Iterator[Part]:
    """Yield what one item of a list asks for: identifiers, or what a reference cites."""
    for query in resolve.queries(text):
        if query.scheme is None and looks_like_a_reference(query.text):
            yield CitedLine(query.text, line)
        else:
            yield replace(query, line=line)


def _listed(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, item) of a list: a line each, or what is numbered, or what blank lines part.

    References in one piece are often broken into several lines. Where any line is numbered, those
    without a number belong to the one before; where blank lines part longer pieces, each is one.
    """
    lines = list(enumerate(text.splitlines(), 1))
    numbered = sum(bool(_NUMBERED.match(line)) for _, line in lines) > 1
    blocks = [block for block in re.split(r"\n[ \t]*\n", text) if block.strip()]
    in_blocks = len(blocks) > 1 and all(map(looks_like_a_reference, map(_joined, blocks)))
    held: list[str] = []
    start = 0
    for number, line in lines:
        begins = (
            bool(_NUMBERED.match(line))
            if numbered
            else not held or not held[-1].strip()
            if in_blocks
            else True
        )
        if begins:
            if held:
                yield start, _joined("\n".join(held))
            held, start = [], number
        held.append(_NUMBERED.sub("", line) if numbered else line)
    if held:
        yield start, _joined("\n".join(held))


def _joined(block: str) -> str:
    """Return a piece as one line; what a hyphen at a line's end parts stays one word."""
    return " ".join(re.sub(r"(?<=[a-z])-\n\s*(?=[a-z])", "-", block).split())


def _bibtex(text: str) -> Iterator[Part]:
    raw = text.encode()
    source = decode(raw)
    reading = read_entries(source, "")
    works = {work.citation_key: work for work in read_works(raw, "").works}
    entries = {entry.start: entry for entry in (*reading.entries, *reading.duplicates)}
    second = {entry.start for entry in reading.duplicates}
    for block in split(source):
        written = raw[block.start : block.end].decode(errors="replace")
        if block.kind == "text":
            yield from _between(written, block.line)
        elif block.kind == "broken":
            yield Outcome(_shown(written), "not-understood", _trouble(reading, block.line, written))
        elif block.kind == "entry" and block.start in entries:
            entry = entries[block.start]
            if block.start in second:
                message = f"the key {entry.key!r} stands twice in what you pasted; rename one"
                yield Outcome(_shown(written), "refused", message)
            else:
                yield _entry(entry, works.get(entry.key), written, reading)


def _between(written: str, line: int) -> Iterator[Part]:
    """Yield what stands between entries; "%" starts a comment there."""
    for query in resolve.queries(written):
        if not query.text.lstrip().startswith("%"):
            yield replace(query, line=query.line + line - 1)


def _entry(entry: Entry, work: Work | None, written: str, reading: EntryReading) -> Part:
    if work is None or not entry.key:
        work = work_of(entry)
    if work is None or not (work.title or work.contributors):
        message = "the entry has neither a title nor a name; add one"
        return Outcome(_shown(written), "refused", message)
    # Macros are known only where they were defined: an entry with one is written anew.
    as_written = bool(entry.key) and entry.quoted <= {"month"}
    findings = tuple(
        finding
        for finding in reading.findings
        if finding.key == entry.key and finding.check != "missing-key"
    )
    asked = _shown(f"@{entry.type}{{{entry.key}}}")
    return PastedEntry(asked, entry, work, written.strip() if as_written else None, findings)


def work_of(entry: Entry) -> Work | None:
    """Return the work that an entry by itself describes; None where it describes none."""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in entry.fields.items())
    works = read_works(f"@{entry.type}{{{entry.key or 'new'},\n{lines}}}\n".encode(), "").works
    return works[0] if len(works) == 1 else None


def decide(part: PastedEntry, shelf: Shelf, settings: Settings) -> Outcome:
    """Return what becomes of a pasted entry; one that is new counts as held from then on."""
    key = part.entry.key
    held = shelf.holder(part.work)
    if held is not None:
        message = f"already in the library as {held[0]}: {held[1]}"
        return Outcome(part.asked, "present", message, held[0], part.work)
    if key and shelf.has_key(key):
        message = (
            f"another work has (or had) the key {key!r} already; give this one another key, "
            "or leave the key empty to have one made"
        )
        return Outcome(part.asked, "refused", message, work=part.work)
    key = key or shelf.new_key(part.work, settings.key_pattern)
    work = replace(part.work, citation_key=key)
    shelf.take(work)
    return Outcome(
        part.asked,
        "added",
        "added",
        key,
        work,
        part.entry.type,
        dict(part.entry.fields),
        part.findings,
        text=part.text,
    )


def _trouble(reading: EntryReading, line: int, written: str) -> str:
    """Return what is wrong with a broken block that starts at `line`."""
    last = line + written.count("\n")
    found = [
        finding.message
        for finding in reading.findings
        if finding.line is not None and line <= finding.line <= last
    ]
    return "; ".join(dict.fromkeys(found)) or "it cannot be read: are its braces in pairs?"


def _shown(written: str) -> str:
    one_line = " ".join(written.split())
    return one_line if len(one_line) <= _MOST_SHOWN else one_line[: _MOST_SHOWN - 1] + "…"
