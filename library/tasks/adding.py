"""Adding works to references.bib: by identifier, from files and pasted text, or by hand."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from mmap import mmap
from typing import Any, Final

from library.bibfile import AppendEntry, BibFile
from library.build import Summary, build
from library.errors import RefusedError, UsageError
from library.findings import Finding
from library.formats import crossref_json
from library.formats.bibtex.blocks import decode, read_entries
from library.formats.bibtex.read import read
from library.ingest import adding, importing, pasted
from library.ingest.adding import Outcome, Shelf
from library.ingest.pasted import CitedLine, PastedEntry
from library.judgement.cited_text import choose_cited
from library.settings import Settings
from library.sources import crossref, resolve, snapshot
from library.sources.errors import SourceError
from library.sources.records import Records
from library.sources.resolve import Query, Resolved
from library.sources.session import Session
from library.store.schema import connect_reading
from library.tasks.running import Progress, behind_the_file, session
from library.work import Work

_OFTEN: Final = 1000  # records between two reports of progress


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a request to add works."""

    outcomes: tuple[Outcome, ...]  # in the order of the request
    diff: str  # of references.bib; "" where nothing was added
    build: Summary | None = None  # None in a dry run


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
    parts = importing.read_pasted(text)
    if chosen is not None:
        parts = [part for position, part in enumerate(parts) if position in chosen]
    if not parts:
        raise UsageError("There is nothing to add: give identifiers, references or entries.")

    def entry(part: PastedEntry, shelf: Shelf) -> Outcome:
        return pasted.decide(part, shelf, settings)

    return _add_parts(settings, parts, entry, dry_run=dry_run, progress=progress)


def _add_parts(
    settings: Settings,
    parts: Sequence[importing.Part],
    entry: Callable[[PastedEntry, Shelf], Outcome],
    *,
    dry_run: bool,
    progress: Progress | None,
) -> Added:
    """Add what was asked for in any form; `entry` decides what becomes of a BibTeX entry."""
    BibFile.open(settings.bib)  # a missing or unreadable file is said before anybody is asked
    asks = any(isinstance(part, Query | CitedLine) for part in parts)
    with session(settings) if asks else nullcontext() as open_session:
        known = _cited(parts, open_session) if open_session else list(parts)
        queries = [part for part in known if isinstance(part, Query)]
        answers = iter(_answers(queries, open_session, progress) if open_session else ())

        def decide(shelf: Shelf) -> Iterator[Outcome]:
            for part in known:
                if isinstance(part, Query):
                    yield from adding.decide([next(answers)], shelf, settings)
                elif isinstance(part, PastedEntry):
                    yield entry(part, shelf)
                elif isinstance(part, Unfound):
                    yield adding.held_or(part.outcome, part.line, shelf)
                elif not isinstance(part, CitedLine):
                    yield importing.decide(part, shelf, settings)

        records = open_session.records if open_session else None
        return _append(settings, decide, dry_run=dry_run, records=records)


@dataclass(frozen=True, slots=True)
class Unfound:
    """A reference that no search found; it may be to a work of the library that has no DOI."""

    line: str
    outcome: Outcome  # where it is not


def _searched(
    texts: Sequence[str], session: Session
) -> tuple[dict[str, list[dict[str, Any]] | SourceError], str]:
    """Return the records that may be what each reference cites, and why some have none."""
    if session.snapshot is not None:
        found = snapshot.candidates_for_texts(texts, session.snapshot)
        return dict(zip(texts, found, strict=True)), ""
    answers: dict[str, list[dict[str, Any]] | SourceError] = {}
    failure = "no answer came"
    try:
        answers.update(crossref.search_many(texts, session))
    except SourceError as error:
        failure = str(error)
    return answers, failure


def _cited(parts: Sequence[importing.Part], session: Session) -> list[importing.Part | Unfound]:
    """Put in the place of each reference the DOI of what it cites, or why there is none."""
    texts = list(dict.fromkeys(part.text for part in parts if isinstance(part, CitedLine)))
    answers, failure = _searched(texts, session)
    found: list[importing.Part | Unfound] = []
    for part in parts:
        if not isinstance(part, CitedLine):
            found.append(part)
            continue
        answer = answers.get(part.text)
        if answer is None or isinstance(answer, SourceError):
            error = Outcome(part.text, "error", str(answer or failure))
            found.append(Unfound(part.text, error))
            continue
        works = [crossref_json.read_record(one).work for one in answer]
        fit = choose_cited(part.text, works)
        doi = works[fit.index].doi if fit.index is not None else None
        if doi is None:
            said = f"{fit.reason}; find its DOI, or describe it: library add --type"
            found.append(Unfound(part.text, Outcome(part.text, "not-found", said)))
        else:
            found.append(Query(part.text, part.line, "doi", doi))
    return found


def import_files(
    settings: Settings,
    files: Sequence[tuple[str, bytes | mmap]],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Added:
    """Add the works of reference managers' files, each file's format told by what it holds.

    Every record has an outcome: added, or in the library already, or the reason why it is neither.
    Only a plain list of references or identifiers is looked up; all else is in the file, which is
    read piece by piece. The outcomes hold neither works nor fields: there may be very many.

    Args:
        settings: of the library.
        files: (name for people, content).
        dry_run: change nothing.
        progress: called with how many records are there, where any are fetched.

    Raises:
        LibraryError: the .bib file or a database cannot be used; nothing was added.
    """

    def entry(part: PastedEntry, shelf: Shelf) -> Outcome:
        return importing.decide(part, shelf, settings)

    if any(importing.is_list(raw) for _, raw in files):
        parts = [
            part
            for name, raw in files
            for part in (importing.read_list if importing.is_list(raw) else importing.read)(
                raw, name
            )
        ]
        return _add_parts(settings, parts, entry, dry_run=dry_run, progress=progress)
    BibFile.open(settings.bib)  # a missing or unreadable file is said before any is read

    def decide(shelf: Shelf) -> Iterator[Outcome]:
        held = (part for name, raw in files for part in importing.read(raw, name))
        for number, part in enumerate(held, 1):
            yield importing.decide(part, shelf, settings)
            if progress is not None and number % _OFTEN == 0:
                progress(number, 0)

    return _append(settings, decide, dry_run=dry_run, brief=True)


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
    brief: bool = False,
) -> Added:
    """Judge with the file locked, so that two who add at once do not add the same work twice.

    `brief` leaves works and fields out of the outcomes, and the difference of what is saved.
    """
    bib = BibFile.open(settings.bib)
    with nullcontext() if dry_run else bib.locked():
        build(settings)
        outcomes: list[Outcome] = []
        entries = _entries(_outcomes(settings, decide), outcomes, brief=brief)
        if brief and not dry_run:
            bib.extend(entries)
            diff = ""
        else:
            bib.apply(entries)
            diff = bib.diff()
        if dry_run:
            return Added(tuple(outcomes), diff)
        bib.save()
        with behind_the_file(settings):
            if records is not None:
                records.add_provenance(item for one in outcomes for item in one.provenance)
    with behind_the_file(settings):
        return Added(tuple(outcomes), diff, build(settings))


def _entries(
    decided: Iterable[Outcome], outcomes: list[Outcome], *, brief: bool
) -> Iterator[AppendEntry]:
    """Yield the new entries of what is decided, and keep every outcome."""
    for one in decided:
        if one.status == "added" and one.text is not None:
            yield AppendEntry(text=one.text)
        elif one.status == "added":
            yield AppendEntry(entry_type=one.entry_type, key=one.key or "", fields=one.fields)
        outcomes.append(replace(one, work=None, fields={}, text=None) if brief else one)


def _outcomes(
    settings: Settings, decide: Callable[[Shelf], Iterable[Outcome]]
) -> Iterator[Outcome]:
    connection = connect_reading(settings.database)
    try:
        yield from decide(Shelf(connection))
    finally:
        connection.close()
