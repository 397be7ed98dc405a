"""What `library check` may change: records that are asked for again, and safe mending."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from library.bibfile import BibFile
from library.build import build
from library.care import manners
from library.care.checking import Rules
from library.care.links import findings
from library.findings import Finding
from library.formats.bibtex.read import read
from library.judgement.match import query_text
from library.settings import Settings
from library.sources import crossref, dois, snapshot
from library.sources.errors import SourceError
from library.sources.http import Retries, Timeouts
from library.sources.links import ask
from library.sources.records import Freshness
from library.sources.session import Session
from library.tasks.running import Progress, behind_the_file, polite_client, session
from library.work import Work

_SEARCH_AGE: Final = timedelta(days=30)
_LINK_RETRIES: Final = Retries(tries=2, silent_tries=1, patience=30)
_LINK_TIMES: Final = Timeouts(connect=10.0, read=15.0, total=30.0)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What asking again brought."""

    asked: int  # DOIs
    new: int  # records that came: changed since they were stored, or not there before
    matched: int  # entries without a DOI that were searched for


def refresh(settings: Settings, progress: Progress | None = None) -> Refreshed:
    """Bring records.db up to date with the sources; nothing in references.bib changes.

    Crossref is asked which of the stored records changed since then; what is not stored, or is of
    others, is asked for anew. Entries without a DOI are searched for, if they were not in a month.

    Raises:
        LibraryError: the file cannot be read, or no source answers; what came until then is kept.
    """
    bib = BibFile.open(settings.bib)
    works = read(bib.content(), settings.bib.name).works
    wanted = list(dict.fromkeys(work.doi for work in works if work.doi))
    nameless = [work for work in works if not work.doi and query_text(work)]
    with session(settings, refresh=True) as opened:
        stored = opened.records.dates_of_found(crossref.SOURCE, "doi", wanted)
        known = {doi: date for doi, date in stored.items() if crossref.is_plain(doi)}
        if opened.snapshot is not None:
            known = {}  # a snapshot is looked into for all: that costs nothing
        new = sum(1 for _ in crossref.renew(known, opened, progress)) if known else 0
        rest = [doi for doi in wanted if doi not in known]
        for record in dois.fetch(rest, opened, progress):
            is_new = record.status == "found" and record.fetched_at != stored.get(record.identifier)
            new += is_new
        _search(nameless, opened, progress)
    return Refreshed(len(wanted), new, len(nameless))


def _search(works: Sequence[Work], opened: Session, progress: Progress | None) -> None:
    """Leave in records.db what a search for each work finds."""
    texts = list(dict.fromkeys(" ".join(query_text(work).split()) for work in works))
    if opened.snapshot is not None:
        likely = snapshot.candidates(works, opened.snapshot)
        opened.records.put_many(
            snapshot.search_record(" ".join(query_text(work).split()), found, opened.snapshot.date)
            for work, found in zip(works, likely, strict=True)
        )
        return
    monthly = replace(opened, freshness=Freshness(max_age=_SEARCH_AGE))
    for done, (_, result) in enumerate(crossref.search_many(texts, monthly), 1):
        if isinstance(result, SourceError):
            raise result
        if progress is not None:
            progress(done, len(texts))


def links(settings: Settings, progress: Progress | None = None) -> list[Finding]:
    """Ask whether the addresses in the library's entries still lead somewhere.

    Raises:
        LibraryError: the file cannot be read.
    """
    reading = BibFile.open(settings.bib).reading
    places: dict[str, list[tuple[str, int]]] = {}
    for entry in reading.entries:
        url = entry.fields.get("url", "").strip()
        if url.startswith(("http://", "https://")):
            places.setdefault(url, []).append((entry.key, entry.line))
    found = []
    with polite_client(settings, _LINK_RETRIES, _LINK_TIMES) as client:
        for done, link in enumerate(ask(places, client), 1):
            found.append(link)
            if progress is not None:
                progress(done, len(places))
    return findings(found, places)


def fix(settings: Settings, only: Collection[str] = (), skip: Collection[str] = ()) -> str:
    """Mend in references.bib what can be mended safely; return what changed, as a diff.

    Raises:
        UsageError: a name is no check.
        LibraryError: the file or a database cannot be used; nothing was changed.
    """
    rules = Rules.of(settings, only, skip)
    bib = BibFile.open(settings.bib)
    waived = {key for key, _ in rules.waived}
    entries = [entry for entry in bib.entries if entry.key not in waived]
    bib.apply(manners.fixes(entries, rules.wanted))
    diff = bib.diff()
    if bib.save():
        with behind_the_file(settings):
            build(settings)
    return diff
