"""What a source could add to the entries that are there: shown first, written when told to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from library.bibfile import SetField
from library.entry import Entry
from library.findings import Finding
from library.formats import crossref_json
from library.formats.bibtex.entry_types import Dialect
from library.formats.bibtex.write import fields
from library.formats.source_records import read_record
from library.ingest.saying import because
from library.judgement.match import choose
from library.judgement.merge import Change, Policies, fill
from library.judgement.same_work import compare
from library.settings import Settings
from library.sources.records import Provenance, Record
from library.work import Work

Status = Literal["changes", "complete", "refused", "not-found", "error"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was decided about one entry."""

    key: str
    status: Status
    message: str  # for people
    patches: tuple[SetField, ...] = ()
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    score: float | None = None  # of the match, 0 to 1
    reasons: tuple[str, ...] = ()  # for the match, a line each


def enriched(
    entry: Entry, work: Work, record: Record, policies: Policies, settings: Settings
) -> Proposal:
    """Decide what the record of an entry's DOI adds to the entry.

    Nothing of the record is taken unless it describes the same work as the entry does.
    """
    if record.status != "found":
        status: Status = "error" if record.status == "error" else "not-found"
        return Proposal(entry.key, status, record.reason or "there is no record of its DOI")
    reading = read_record(record.format, record.body or "", event=settings.event)
    if reading is None:
        return Proposal(entry.key, "not-found", f"the record from {record.source} says nothing")
    verdict = compare(work, reading.work)
    if not verdict.same:
        message = (
            f"the record of {work.doi} describes another work ({because(verdict)}); "
            "nothing of it was taken: check the DOI"
        )
        finding = Finding("doi-of-another-work", message, "error", key=entry.key, field="doi")
        return Proposal(entry.key, "refused", message, findings=(finding,), score=verdict.score)
    merge = fill(work, reading.work, policies)
    patches = _patches(entry, work, merge.work, settings)
    provenance = tuple(
        Provenance(entry.key, patch.field, record.source, record.fetched_at, patch.value)
        for patch in patches
    )
    status = "changes" if patches else "complete"
    message = _listed(patch.field for patch in patches) if patches else "nothing to add"
    return Proposal(
        entry.key,
        status,
        message,
        patches,
        merge.changes,
        merge.findings,
        provenance,
        verdict.score,
    )


def _patches(entry: Entry, old: Work, new: Work, settings: Settings) -> tuple[SetField, ...]:
    """Return the fields of the entry that differ between two works, in the entry's own dialect."""
    dialect = _dialect(entry.fields, settings)
    before = fields(old, dialect, protect=settings.protect)
    after = fields(new, dialect, protect=settings.protect)
    return tuple(
        SetField(entry.key, name, value)
        for name, value in after.items()
        if before.get(name) != value
    )


def _dialect(written: Mapping[str, str], settings: Settings) -> Dialect:
    """Return whether the entry speaks BibTeX ("journal", "year") or biblatex."""
    if "journaltitle" in written or "date" in written:
        return "biblatex"
    return "bibtex" if "journal" in written or "year" in written else settings.dialect


def _listed(names: Iterable[str]) -> str:
    return "adds " + ", ".join(names)


def matched(entry: Entry, work: Work, answers: list[dict[str, object]], date: str) -> Proposal:
    """Decide which of a search's answers, if any, is the entry's work.

    Args:
        entry: one without a DOI.
        work: what it describes.
        answers: Crossref's, best first.
        date: when they came, UTC.
    """
    candidates = [crossref_json.read_record(answer).work for answer in answers]
    choice = choose(work, candidates)
    if choice.best is None or not choice.best.doi:
        status: Status = "refused" if choice.tie else "not-found"
        said = f": {choice.reasons[0]}" if choice.reasons and choice.tie else ""
        message = f"no match is beyond doubt{said}"
        return Proposal(entry.key, status, message, score=choice.score or None)
    patch = SetField(entry.key, "doi", choice.best.doi)
    return Proposal(
        entry.key,
        "changes",
        f"{choice.best.doi} is the same work",
        (patch,),
        provenance=(Provenance(entry.key, "doi", "crossref", date, choice.best.doi),),
        score=choice.score,
        reasons=choice.reasons,
    )
