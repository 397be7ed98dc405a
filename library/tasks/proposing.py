"""Proposing what a source knows: `enrich` and `match`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from library.bibfile import BibFile
from library.build import Summary, build
from library.entry import Entry
from library.errors import UsageError
from library.formats.bibtex.read import read
from library.ingest import proposals
from library.ingest.proposals import Proposal
from library.judgement.match import query_text
from library.judgement.merge import policies
from library.settings import Settings
from library.sources import crossref, dois, snapshot
from library.sources.errors import SourceError
from library.sources.records import Record, Records
from library.tasks.running import Progress, behind_the_file, session
from library.work import Work


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a source could add to the entries."""

    proposals: tuple[Proposal, ...]  # in the file's order
    diff: str  # of references.bib
    build: Summary | None = None  # None where nothing was written


def enrich(
    settings: Settings,
    keys: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    policy: str | None = None,
    apply: bool = False,
    refresh: bool = False,
    progress: Progress | None = None,
) -> Proposed:
    """Propose what the records of the entries' DOIs add; write it with `apply`.

    Args:
        settings: of the library; `enrich` in metadata.yml is the policy by field.
        keys: of the entries; none: all that have a DOI.
        only: fields to look at; none: all.
        policy: for fields that metadata.yml does not name: "fill" (default), "replace", "never".
        apply: write; otherwise nothing is changed.
        refresh: ask again for records that are stored.
        progress: called with how many DOIs have their record.

    Raises:
        UsageError: a key, field or policy is not known.
        LibraryError: the file or a database cannot be used; nothing was changed.
    """
    by_field = dict(settings.enrich)
    chosen = policies(policy or by_field.pop("default", "fill"), by_field, only or None)
    bib = BibFile.open(settings.bib)
    asked = [(entry, work) for entry, work in _works(bib, keys) if work.doi or keys]
    with session(settings, refresh=refresh) as open_session:
        wanted = list(dict.fromkeys(work.doi for _, work in asked if work.doi))
        records: dict[str, Record] = {}
        failure = "no answer came"
        try:
            for record in dois.fetch(wanted, open_session, progress):
                records[record.identifier] = record
        except SourceError as error:
            failure = str(error)
        found = [
            proposals.enriched(
                entry,
                work,
                records.get(work.doi)
                or Record("crossref", "doi", work.doi, "error", reason=failure),
                chosen,
                settings,
            )
            if work.doi
            else Proposal(entry.key, "not-found", "it has no DOI; `library match` looks for one")
            for entry, work in asked
        ]
        return _propose(settings, bib, found, open_session.records, apply=apply)


def match(
    settings: Settings,
    keys: Sequence[str] = (),
    *,
    apply: bool = False,
    refresh: bool = False,
    progress: Progress | None = None,
) -> Proposed:
    """Propose DOIs for entries that have none; write them with `apply`.

    Raises:
        UsageError: a key is not known.
        LibraryError: the file or a database cannot be used; nothing was changed.
    """
    bib = BibFile.open(settings.bib)
    asked = [(entry, work, query_text(work)) for entry, work in _works(bib, keys) if not work.doi]
    with session(settings, refresh=refresh) as open_session:
        if open_session.snapshot is not None:
            date = open_session.snapshot.date
            likely = snapshot.candidates([work for _, work, _ in asked], open_session.snapshot)
            found = [
                proposals.matched(entry, work, answers, date)
                for (entry, work, _), answers in zip(asked, likely, strict=True)
            ]
            return _propose(settings, bib, found, open_session.records, apply=apply)
        texts = list(dict.fromkeys(text for _, _, text in asked if text))
        answers: dict[str, list[dict[str, object]] | SourceError] = {}
        try:
            for text, answer in crossref.search_many(texts, open_session):
                answers[text] = answer
                if progress is not None:
                    progress(len(answers), len(texts))
        except SourceError as error:
            answers = {text: answers.get(text, error) for text in texts}
        found = [_matched(entry, work, answers.get(_one_line(text))) for entry, work, text in asked]
        return _propose(settings, bib, found, open_session.records, apply=apply)


def _matched(
    entry: Entry, work: Work, answer: list[dict[str, object]] | SourceError | None
) -> Proposal:
    if answer is None:
        return Proposal(entry.key, "not-found", "it says too little to search for")
    if isinstance(answer, SourceError):
        return Proposal(entry.key, "error", str(answer))
    return proposals.matched(entry, work, answer, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _works(bib: BibFile, keys: Sequence[str]) -> list[tuple[Entry, Work]]:
    """Return the entries with `keys` (none: all), each with the work it describes."""
    works = {work.citation_key: work for work in read(bib.content(), bib.path.name).works}
    entries = {entry.key: entry for entry in bib.entries}
    for key in keys:
        if key not in works or key not in entries:
            bib.text(key)  # says that there is none, and which one is meant perhaps
            raise UsageError(f"The entry {key!r} describes no work. Nothing was changed.")
    return [(entries[key], works[key]) for key in (keys or entries) if key in works]


def _propose(
    settings: Settings,
    bib: BibFile,
    found: Sequence[Proposal],
    records: Records,
    *,
    apply: bool,
) -> Proposed:
    """Make one diff of all proposals; write it when told to."""
    bib.apply(patch for proposal in found for patch in proposal.patches)
    diff = bib.diff()
    if not apply:
        return Proposed(tuple(found), diff)
    is_saved = bib.save()
    with behind_the_file(settings):
        if is_saved:
            records.add_provenance(item for proposal in found for item in proposal.provenance)
        return Proposed(tuple(found), diff, build(settings))
