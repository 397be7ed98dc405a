"""Records -> new entries, or the reason why there is none."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from library.findings import Finding
from library.formats.bibtex.write import entry_type, fields
from library.formats.reading import RecordReading
from library.formats.source_records import read_record
from library.ingest.saying import because
from library.judgement.blocking import Blocks
from library.judgement.citation_keys import make_key
from library.judgement.cited_text import choose_cited
from library.judgement.merge import fill
from library.judgement.same_work import compare
from library.settings import Settings
from library.sources.records import Provenance, Record
from library.sources.resolve import Resolved
from library.store import lookup
from library.work import Work

Status = Literal["added", "present", "refused", "not-found", "not-understood", "error"]

_TRUSTED: Final = ("doi", "pmid", "pmcid")  # two works never share one of these
_FEW: Final = 100
_WORKS_A_SEARCH: Final = 200  # as many are read in the time of one search


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that a person asked to add."""

    query: str  # as it was typed
    status: Status
    message: str  # for people
    key: str | None = None  # of the new entry, or of the one that is there already
    work: Work | None = None
    entry_type: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # of the new entry
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    text: str | None = None  # of the new entry, where it is put in as somebody wrote it


class Shelf:
    """What the library holds, for the question whether a work is there already.

    Works that are given a place (`take`) count as held from then on, so that a batch cannot bring
    the same work twice.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._taken = lookup.taken_keys(connection)
        self._new: dict[tuple[str, str], str] = {}
        self._new_works: list[Work] = []
        self._blocks = Blocks()  # of what was added; of all works, once that is worth its while
        self._asked = 0
        self._most_asked = _FEW + lookup.count(connection) // _WORKS_A_SEARCH

    def holder(self, work: Work) -> tuple[str, str] | None:
        """Return (citation key, why) of the entry that is `work` already; None where none is."""
        for scheme in _TRUSTED:
            value = getattr(work, scheme)
            if not value:
                continue
            key = self._new.get((scheme, value)) or lookup.keys_of(
                self._connection, scheme, [value]
            ).get(value)
            if key:
                return key, f"it has the same {scheme.upper()}"
        for other in self._alike(work):
            verdict = compare(other, work)
            if verdict.same:
                return other.citation_key, f"it is the same work ({because(verdict)})"
        return None

    def _alike(self, work: Work) -> Iterator[Work]:
        """Yield the works that may be `work`.

        The database is searched for the first; where many are asked for, it is read once instead,
        since a search of a large library takes as long as reading hundreds of its works.
        """
        self._asked += 1
        if self._asked == self._most_asked:
            for one in lookup.all_works(self._connection):
                self._blocks.add(one)
        if self._asked < self._most_asked:
            yield from lookup.similar(self._connection, work)
        yield from self._blocks.alike(work)

    def cited(self, line: str) -> str | None:
        """Return the key of the entry whose work a line of a list of references cites."""
        held = [*lookup.like(self._connection, line), *self._new_works]
        fit = choose_cited(line, held)
        return held[fit.index].citation_key if fit.index is not None else None

    def key_of_doi(self, doi: str) -> str | None:
        """Return the key of the entry that has this DOI."""
        return self._new.get(("doi", doi)) or lookup.keys_of(self._connection, "doi", [doi]).get(
            doi
        )

    def new_key(self, work: Work, pattern: str) -> str:
        """Return a citation key that no entry has or had."""
        return make_key(work, self._taken, pattern)

    def has_key(self, key: str) -> bool:
        """Tell whether an entry has or had this key; case is ignored."""
        return key in self._taken

    def take(self, work: Work) -> None:
        """Count `work` as held."""
        self._taken.add(work.citation_key)
        judged = replace(work, abstract=None, annote=None, keywords=())
        self._new_works.append(judged)
        self._blocks.add(judged)
        for scheme in _TRUSTED:
            value = getattr(work, scheme)
            if value:
                self._new[(scheme, value)] = work.citation_key


def decide(resolved: Iterable[Resolved], shelf: Shelf, settings: Settings) -> Iterator[Outcome]:
    """Yield what becomes of each resolved query, in order."""
    for one in resolved:
        outcome = _decide(one, shelf, settings)
        if outcome.status == "added" and outcome.work is not None:
            shelf.take(outcome.work)
        yield outcome


def held_or(outcome: Outcome, line: str, shelf: Shelf) -> Outcome:
    """Return `outcome`, unless a reference cites a work that the library holds."""
    key = shelf.cited(line)
    if key is None:
        return outcome
    return Outcome(line, "present", f"already in the library as {key}", key)


def _decide(one: Resolved, shelf: Shelf, settings: Settings) -> Outcome:
    asked = one.query.text.strip()
    if one.record is None:
        status: Status = "not-found" if one.status == "found" else one.status
        return Outcome(asked, status, one.reason or "no source has a record of it")
    known_as = shelf.key_of_doi(one.doi) if one.doi else None
    if known_as:
        return Outcome(asked, "present", f"already in the library as {known_as}", known_as)
    reading = read_record(one.record.format, one.record.body or "", event=settings.event)
    if reading is None or not (reading.work.title or reading.work.contributors):
        message = f"the record from {one.record.source} holds neither a title nor a name"
        return Outcome(
            asked, "refused", f"{message}; describe the work by hand: library add --type"
        )
    reading, doubt = _completed(reading, one.others, settings)
    if doubt is not None:
        return Outcome(asked, "refused", doubt, work=reading.work)
    held = shelf.holder(reading.work)
    if held is not None:
        message = f"already in the library as {held[0]}: {held[1]}"
        return Outcome(asked, "present", message, held[0], reading.work)
    return _new_entry(asked, reading, one.record, shelf, settings)


def _completed(
    reading: RecordReading, others: Iterable[Record], settings: Settings
) -> tuple[RecordReading, str | None]:
    """Add what other sources know of the same work; a doubt is why they speak of another."""
    work = reading.work
    for record in others:
        if record.status != "found":
            continue
        other = read_record(record.format, record.body or "", event=settings.event)
        if other is None:
            pmid = _ids_of(record)
            work = replace(
                work, pmid=work.pmid or pmid.get("pmid"), pmcid=work.pmcid or pmid.get("pmcid")
            )
            continue
        verdict = compare(work, other.work)
        if not verdict.same:
            return reading, (
                f"{record.source} describes another work under this identifier than the record of "
                f"the DOI does ({because(verdict)}). Add it by the DOI if that is what you mean"
            )
        work = fill(work, other.work).work
    return replace(reading, work=work), None


def _ids_of(record: Record) -> dict[str, str]:
    if record.format != "pmc-ids-json" or not record.body:
        return {}
    known = json.loads(record.body)
    return {name: str(known[name]) for name in ("pmid", "pmcid") if known.get(name)}


def _new_entry(
    asked: str, reading: RecordReading, record: Record, shelf: Shelf, settings: Settings
) -> Outcome:
    key = shelf.new_key(reading.work, settings.key_pattern)
    # No style prints these, and records.db keeps them.
    work = replace(
        reading.work,
        citation_key=key,
        available_date=None,
        submitted=None,
        license=None,
        source=None,
    )
    values = fields(work, settings.dialect, protect=settings.protect)
    notices = sorted(
        {
            notice.label or notice.type
            for notice in reading.surroundings.notices
            if notice.is_about_this
        }
    )
    message = "added" + (f"; there is a notice about it: {', '.join(notices)}" if notices else "")
    return Outcome(
        asked,
        "added",
        message,
        key,
        work,
        entry_type(work, settings.dialect),
        values,
        tuple(replace(finding, key=key) for finding in reading.findings),
        tuple(
            Provenance(key, name, record.source, record.fetched_at, value)
            for name, value in values.items()
        ),
    )
