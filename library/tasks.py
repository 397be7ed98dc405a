"""What a person asks for, whole: each request changes references.bib at most once, then builds.

The command line and the site write only through here.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from library.bibfile import AppendEntry, BibFile, Patch, RemoveEntry, RemoveField, SetField, SetType
from library.build import Summary, build
from library.entry import Entry
from library.errors import RefusedError, UsageError, WorldError
from library.findings import Finding
from library.formats.bibtex.blocks import decode, read_entries
from library.formats.bibtex.read import read
from library.ingest import adding, importing, pasted, proposals
from library.ingest.adding import Outcome, Shelf
from library.ingest.proposals import Proposal
from library.judgement.match import query_text
from library.judgement.merge import policies
from library.settings import Settings
from library.sources import crossref, dois, resolve
from library.sources.errors import SourceError
from library.sources.http import Client
from library.sources.records import Freshness, Record, Records
from library.sources.resolve import Query, Resolved
from library.sources.session import Services, Session
from library.store.schema import connect_reading
from library.work import Work

Progress = Callable[[int, int], None]  # (done, in all)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a request to add works."""

    outcomes: tuple[Outcome, ...]  # in the order of the request
    diff: str  # of references.bib; "" where nothing was added
    build: Summary | None = None  # None in a dry run


@contextmanager
def session(settings: Settings, *, refresh: bool = False) -> Iterator[Session]:
    """Open what sources need: the polite client, the store of records, the services' addresses."""
    services = Services.from_environment(
        os.environ, **{**settings.source_urls, "crossref": settings.crossref_url}
    )
    age = timedelta(days=settings.record_age_days) if settings.record_age_days else None
    with (
        Records(settings.records) as records,
        Client(
            mailto=settings.mailto,
            plus_token=os.environ.get("CROSSREF_PLUS_TOKEN"),
            plus_base=services.crossref,
            private_pages=bool(os.environ.get("LIBRARY_PRIVATE_PAGES")),
        ) as client,
    ):
        yield Session(client, records, services, Freshness(refresh=refresh, max_age=age))


def add(
    settings: Settings,
    text: str,
    *,
    dry_run: bool = False,
    refresh: bool = False,
    progress: Progress | None = None,
) -> Added:
    """Add the works whose identifiers stand in `text`, one or several a line.

    What is fetched is stored in records.db first. Then, with references.bib locked, each record is
    judged against the library, and those that are new are appended in one save.

    Raises:
        UsageError: there is nothing to add in `text`.
        LibraryError: the .bib file or a database cannot be used; nothing was added.
    """
    queries = resolve.queries(text)
    if not queries:
        raise UsageError("There is nothing to add: give a DOI, PMID, ISBN, arXiv id or address.")
    BibFile.open(settings.bib)  # a missing or unreadable file is said before anybody is asked
    with session(settings, refresh=refresh) as open_session:
        answers = _answers(queries, open_session, progress)
        return _append(
            settings,
            lambda shelf: adding.decide(answers, shelf, settings),
            dry_run=dry_run,
            records=open_session.records,
        )


def _answers(
    queries: Sequence[Query], session: Session, progress: Progress | None
) -> list[Resolved]:
    """Resolve every query; where a source refuses us, what is left gets its reason."""
    answers: dict[Query, Resolved] = {}
    failure = "no answer came"
    try:
        for one in resolve.resolve(queries, session, progress):
            answers[_place(one.query, queries)] = one
    except SourceError as error:
        failure = str(error)
    return [answers.get(query) or Resolved(query, "error", reason=failure) for query in queries]


def _place(query: Query, queries: Sequence[Query]) -> Query:
    """Return the query as it was asked: an address is resolved under what it stands for."""
    return next(one for one in queries if (one.text, one.line) == (query.text, query.line))


def add_pasted(
    settings: Settings,
    text: str,
    *,
    chosen: Collection[int] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Added:
    """Add what `text` asks for: identifiers, BibTeX entries, or both; in one save.

    Args:
        settings: of the library.
        text: as it was pasted.
        chosen: positions (from 0) of the outcomes of a dry run that shall be added; None: all.
        dry_run: change nothing; the records that are fetched for it are stored all the same.
        progress: called with how many records are there.

    Raises:
        UsageError: there is nothing to add in `text`.
        LibraryError: the .bib file or a database cannot be used; nothing was added.
    """
    parts = pasted.read(text)
    if chosen is not None:
        parts = [part for position, part in enumerate(parts) if position in chosen]
    if not parts:
        raise UsageError("There is nothing to add: give identifiers or BibTeX entries.")
    BibFile.open(settings.bib)  # a missing or unreadable file is said before anybody is asked
    queries = [part for part in parts if isinstance(part, Query)]
    with session(settings) as open_session:
        answers = iter(_answers(queries, open_session, progress))

        def decide(shelf: Shelf) -> Iterator[Outcome]:
            for part in parts:
                if isinstance(part, Outcome):
                    yield part
                elif isinstance(part, Query):
                    yield from adding.decide([next(answers)], shelf, settings)
                else:
                    yield pasted.decide(part, shelf, settings)

        return _append(settings, decide, dry_run=dry_run, records=open_session.records)


def import_files(
    settings: Settings, files: Iterable[tuple[str, bytes]], *, dry_run: bool = False
) -> Added:
    """Add the works of reference managers' files, each file's format told by what it holds.

    Every record has an outcome: added, or in the library already, or the reason why it is neither.

    Args:
        settings: of the library.
        files: (name for people, content).
        dry_run: change nothing.

    Raises:
        LibraryError: the .bib file or a database cannot be used; nothing was added.
    """
    parts = [part for name, raw in files for part in importing.read(raw, name)]

    def decide(shelf: Shelf) -> Iterator[Outcome]:
        return (importing.decide(part, shelf, settings) for part in parts)

    return _append(settings, decide, dry_run=dry_run)


def add_entry(
    settings: Settings,
    entry_type: str,
    fields: Mapping[str, str],
    *,
    key: str | None = None,
    dry_run: bool = False,
    anyway: bool = False,
) -> Added:
    """Add one work described by hand, as the fields of its entry.

    Args:
        settings: of the library.
        entry_type: BibTeX's or biblatex's.
        fields: name -> value, as they shall stand in the file.
        key: the citation key; None makes one.
        dry_run: change nothing.
        anyway: add it also where the library seems to hold the work already.
    """

    def decide(shelf: Shelf) -> Iterator[Outcome]:
        work, findings = _described(entry_type, key or "new", fields)
        if key is not None and shelf.has_key(key):
            raise RefusedError(
                f"An entry has (or had) the key {key!r} already. Nothing was added; "
                "choose another one."
            )
        held = None if anyway else shelf.holder(work)
        if held is not None:
            message = (
                f"already in the library as {held[0]}: {held[1]}; --anyway adds it all the same"
            )
            yield Outcome(work.title or entry_type, "present", message, held[0], work)
            return
        new_key = key or shelf.new_key(work, settings.key_pattern)
        yield Outcome(
            work.title or entry_type,
            "added",
            "added",
            new_key,
            replace(work, citation_key=new_key),
            entry_type,
            dict(fields),
            tuple(replace(finding, key=new_key) for finding in findings),
        )

    return _append(settings, decide, dry_run=dry_run)


def add_text(
    settings: Settings, text: str, *, dry_run: bool = False, anyway: bool = False
) -> Added:
    """Add the entries that stand in `text`, a piece of a .bib file, as they are written."""
    reading = read_entries(decode(text.encode()), "the text")
    if reading.findings or not reading.entries:
        said = "; ".join(str(finding) for finding in reading.findings[:3]) or "it holds no entry"
        raise RefusedError(f"The entry could not be read: {said}. Nothing was added.")
    added = [
        add_entry(
            settings,
            entry.type,
            entry.fields,
            key=entry.key or None,
            dry_run=dry_run,
            anyway=anyway,
        )
        for entry in reading.entries
    ]
    outcomes = tuple(outcome for one in added for outcome in one.outcomes)
    return Added(outcomes, "".join(one.diff for one in added), added[-1].build)


def _described(
    entry_type: str, key: str, fields: Mapping[str, str]
) -> tuple[Work, tuple[Finding, ...]]:
    """Return the work that an entry with these fields describes, and what is odd about it."""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    reading = read(f"@{entry_type}{{{key},\n{lines}}}\n".encode())
    if len(reading.works) != 1:
        raise RefusedError(
            "The type and fields do not make one entry: is the type one word, and are the braces "
            "in pairs? Nothing was added."
        )
    return reading.works[0], tuple(replace(one, line=None) for one in reading.findings)


def _append(
    settings: Settings,
    decide: Callable[[Shelf], Iterable[Outcome]],
    *,
    dry_run: bool,
    records: Records | None = None,
) -> Added:
    """Judge with the file locked, so that two who add at once do not add the same work twice."""
    bib = BibFile.open(settings.bib)
    with nullcontext() if dry_run else bib.locked():
        build(settings)
        outcomes = _outcomes(settings, decide)
        bib.apply(
            AppendEntry(text=one.text)
            if one.text is not None
            else AppendEntry(entry_type=one.entry_type, key=one.key or "", fields=one.fields)
            for one in outcomes
            if one.status == "added"
        )
        diff = bib.diff()
        if dry_run:
            return Added(outcomes, diff)
        bib.save()
        with _behind_the_file(settings):
            if records is not None:
                records.add_provenance(item for one in outcomes for item in one.provenance)
    with _behind_the_file(settings):
        return Added(outcomes, diff, build(settings))


@contextmanager
def _behind_the_file(settings: Settings) -> Iterator[None]:
    """Say of a failure that the file itself is saved: nobody should do the same again."""
    try:
        yield
    except WorldError as error:
        raise WorldError(
            f"{settings.bib.name} is saved as you asked, but the databases are not up to date: "
            f"{error} `library build` brings them up to date when that is mended."
        ) from error


def _outcomes(
    settings: Settings, decide: Callable[[Shelf], Iterable[Outcome]]
) -> tuple[Outcome, ...]:
    connection = connect_reading(settings.database)
    try:
        return tuple(decide(Shelf(connection)))
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a request to change entries."""

    diff: str
    build: Summary | None  # None where nothing was written


def edit(
    settings: Settings,
    key: str,
    values: Mapping[str, str],
    *,
    entry_type: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Give fields of one entry new values; an empty value takes the field out.

    Raises:
        UsageError: no entry has the key, or a name or value cannot stand in a .bib file.
    """
    patches: list[Patch] = [
        SetField(key, name, value) if value else RemoveField(key, name)
        for name, value in values.items()
    ]
    if entry_type is not None:
        patches.append(SetType(key, entry_type))
    return _change(settings, patches, dry_run=dry_run)


def remove(settings: Settings, keys: Sequence[str], *, dry_run: bool = False) -> Changed:
    """Take entries out of references.bib.

    Raises:
        UsageError: no entry has one of the keys; then none is removed.
    """
    return _change(settings, [RemoveEntry(key) for key in keys], dry_run=dry_run)


def _change(settings: Settings, patches: Sequence[Patch], *, dry_run: bool) -> Changed:
    bib = BibFile.open(settings.bib)
    bib.apply(patches)
    diff = bib.diff()
    if dry_run or not bib.save():
        return Changed(diff, None)
    with _behind_the_file(settings):
        return Changed(diff, build(settings))


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
    with _behind_the_file(settings):
        if is_saved:
            records.add_provenance(item for proposal in found for item in proposal.provenance)
        return Proposed(tuple(found), diff, build(settings))
