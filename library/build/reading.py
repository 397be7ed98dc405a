"""Blocks of references.bib -> finished rows, a batch at a time; in this process or in a worker.

An entry that takes fields over from another (`crossref`, `xdata`, a @set) is handed back as it is:
it can be read only when all entries are known.
"""

import importlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from library.entry import Entry
from library.findings import Finding
from library.formats import citing_json, source_records
from library.formats.bibtex.blocks import Piece, Source, read_pieces
from library.formats.bibtex.inheritance import inherit
from library.formats.bibtex.read import work_from_entry
from library.judgement import same_work
from library.judgement.merge import fill
from library.settings import Event
from library.store.rows import Origin, WorkRows, work_rows
from library.work import CitingWork, Surroundings, Work

if TYPE_CHECKING:
    from library.sources.records import Record, Records

VERSION: Final = "3"
"""Changes whenever the same entry would be read into other rows: all is then read again."""

_BETWEEN_BLOCKS: Final = frozenset(("key-twice", "key-case"))
"""Findings that hang on other blocks; the build makes the first itself (see `twice`)."""

_SOURCES: Final = ("crossref", "datacite", "doi.org")
"""Whose record of a DOI counts, the best first."""

_MACRO: Final = re.compile(rb"[=#]\s*([A-Za-z][^\s,#{}\"()=]*)")
_MONTHS: Final = frozenset(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
)


@dataclass(frozen=True, slots=True)
class Context:
    """What reading needs besides the file; small, for it goes to the workers."""

    name: str  # of the .bib file, as findings call it
    records: Path
    event: Event = "print"


class Found(NamedTuple):
    """One entry of the file, read."""

    start: int  # offset of its block in the file
    key: str
    rows: WorkRows | None  # None: no work of its own (@xdata), or `entry` is to be read later
    findings: list[Finding]
    macros: tuple[str, ...] = ()  # @strings it uses, lower case
    entry: Entry | None = None  # where it takes fields over
    bibtex: str = ""  # its text, where `entry` is given


@dataclass(slots=True)
class Batch:
    """What a stretch of the file says."""

    found: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)  # of blocks that are no entries
    strings: dict[str, str] = field(default_factory=dict)  # as they are behind the stretch


def open_records(path: Path) -> "Records | None":
    """Open records.db to read it; None where there is none."""
    if not path.exists():
        return None
    # Loaded only now: it brings sqlite-utils, a third of the time that a small build takes.
    store: type[Records] = importlib.import_module("library.sources.records").Records
    return store(path, read_only=True)


class Reader:
    """Reads batches; holds records.db open."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._records = open_records(context.records)
        self._provenance: dict[str, list[tuple[str, str, str]]] = {}
        if self._records is not None:
            for one in self._records.provenance():
                self._provenance.setdefault(one.citation_key, []).append(
                    (one.field, one.source, one.date)
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._records is not None:
            self._records.close()

    def read(
        self, source: Source, pieces: Iterable[Piece], offset: int, strings: dict[str, str]
    ) -> Batch:
        """Read the entries among `pieces` of the window `source`, which starts at `offset`."""
        reading = read_pieces(source, pieces, self.context.name, strings)
        batch = Batch(strings=reading.strings)
        by_line: dict[int, list[Finding]] = {}
        for finding in reading.findings:
            if finding.check not in _BETWEEN_BLOCKS:
                by_line.setdefault(finding.line or 0, []).append(finding)
        ready: list[tuple[Entry, Work, list[Finding], str]] = []
        for entry in sorted([*reading.entries, *reading.duplicates], key=lambda one: one.start):
            findings = by_line.pop(entry.line, [])
            text = source.text(entry.start, entry.end)
            if takes_over(entry) or entry.type == "xdata":
                batch.found.append(
                    Found(
                        offset + entry.start,
                        entry.key,
                        None,
                        findings,
                        _macros(source, entry),
                        entry,
                        text,
                    )
                )
                continue
            work, problems = work_from_entry(entry, self.context.name)
            ready.append((entry, work, findings + problems, text))
        rows = self.rows([(work, text) for _, work, _, text in ready])
        for (entry, _, findings, _), (one, problems) in zip(ready, rows, strict=True):
            batch.found.append(
                Found(
                    offset + entry.start,
                    entry.key,
                    one,
                    findings + problems,
                    _macros(source, entry),
                )
            )
        batch.findings = [finding for group in by_line.values() for finding in group]
        return batch

    def read_taking_over(
        self, found: Sequence[Found], parents: Sequence[Entry]
    ) -> list[tuple[Found, WorkRows, list[Finding]]]:
        """Read the entries that were handed back, with the entries they take fields from."""
        own = [one.entry for one in found if one.entry is not None and one.entry.type != "xdata"]
        texts = {id(one.entry): one for one in found}
        seen = {entry.key for entry in own}
        others = [entry for entry in parents if entry.key not in seen]
        filled, problems = inherit([*own, *others], self.context.name)
        by_line: dict[int, list[Finding]] = {}
        for finding in problems:
            by_line.setdefault(finding.line or 0, []).append(finding)
        works = []
        for entry, whole in zip(own, filled, strict=False):
            work, more = work_from_entry(whole, self.context.name)
            one = texts[id(entry)]
            works.append((one, work, [*one.findings, *by_line.get(entry.line, []), *more]))
        rows = self.rows([(work, one.bibtex) for one, work, _ in works])
        return [
            (one, made, findings + more)
            for (one, _, findings), (made, more) in zip(works, rows, strict=True)
        ]

    def rows(self, works: Sequence[tuple[Work, str]]) -> list[tuple[WorkRows, list[Finding]]]:
        """Return the rows of (work, its BibTeX text), with what the records say around them."""
        dois = [work.doi for work, _ in works if work.doi]
        records = self._records_of(dois)
        citing = self._citing(dois)
        made = []
        for work, text in works:
            surroundings, findings = self._surroundings(work, records.get(work.doi or ""))
            if work.doi in citing:
                surroundings = replace(surroundings, citing=citing[work.doi])
            provenance = tuple(self._provenance.get(work.citation_key, ()))
            made.append((work_rows(work, surroundings, Origin(text, provenance)), findings))
        return made

    def _records_of(self, dois: list[str]) -> "dict[str, Record]":
        if self._records is None or not dois:
            return {}
        found: dict[str, Record] = {}
        for source in reversed(_SOURCES):
            records = self._records.get_many(source, "doi", dois)
            found |= {doi: record for doi, record in records.items() if record.status == "found"}
        return found

    def _citing(self, dois: list[str]) -> dict[str, tuple[CitingWork, ...]]:
        """Return who cites these DOIs, where a snapshot of Crossref was asked."""
        if self._records is None or not dois:
            return {}
        kept = self._records.get_many("snapshot", "citing", dois)
        return {doi: citing_json.read(record.body or "[]") for doi, record in kept.items()}

    def _surroundings(
        self, work: Work, record: "Record | None"
    ) -> tuple[Surroundings, list[Finding]]:
        """Return what the record of the work's DOI says, if it is this work's record."""
        nothing = Surroundings()
        if record is None or record.body is None:
            return nothing, []
        reading = source_records.read_record(record.format, record.body, event=self.context.event)
        if reading is None:
            return nothing, []
        verdict = same_work.compare(work, reading.work)
        if not verdict.same:
            reasons = "; ".join(str(reason) for reason in verdict.reasons if reason.weight < 0)
            return nothing, [
                Finding(
                    "doi-of-another-work",
                    f"the record of {work.doi} at {record.source} describes another work"
                    f" ({reasons}); its references, notices and licences were not taken",
                    source=record.source,
                    key=work.citation_key,
                    field="doi",
                )
            ]
        disagreements = fill(work, reading.work).findings
        return reading.surroundings, [replace(one, source=record.source) for one in disagreements]


def takes_over(entry: Entry) -> bool:
    """Tell whether the entry's meaning hangs on another entry."""
    fields = entry.fields
    if "crossref" in fields or "xdata" in fields or entry.type == "set":
        return bool(parents_of(entry)) or entry.type == "set"
    return any(value.startswith("xdata=") for value in fields.values())


def parents_of(entry: Entry) -> list[str]:
    """Return the keys of the entries that this one takes fields from."""
    fields = entry.fields
    named = [fields.get("crossref", ""), *fields.get("xdata", "").split(",")]
    if entry.type == "set":
        named += fields.get("entryset", "").split(",")
    for value in fields.values():
        if value.startswith("xdata="):
            named.append(value[6:].strip().partition("-")[0])
    return list(dict.fromkeys(key.strip() for key in named if key.strip()))


def _macros(source: Source, entry: Entry) -> tuple[str, ...]:
    if not entry.quoted:
        return ()
    names = (
        match[1].decode("utf-8", "replace").lower()
        for match in _MACRO.finditer(source.data[entry.start : entry.end])
    )
    return tuple(dict.fromkeys(name for name in names if name not in _MONTHS))


def twice(name: str, key: str, line: int) -> Finding:
    """Return the finding about an entry whose key another entry before it has."""
    return Finding(
        "key-twice",
        "the key stands already above; that entry counts, this one was left out",
        "error",
        name,
        line,
        key,
    )
