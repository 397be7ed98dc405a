"""A snapshot of Crossref as a source: what its API would have said on that day, without a network.

Records get the snapshot's date and are stored like those that the API sends; one that is here and
newer stands. The snapshot's own package is loaded only where one is asked for: it needs the extra
`snapshot`.
"""

import importlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from library.formats import citing_json
from library.judgement.normal import without_markup
from library.sources.records import Record, encode
from library.values.identifiers import normalise_doi
from library.work import CitingWork, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from library.snapshot.reading import Snapshot
    from library.sources.session import Session

SOURCE: Final = "crossref"  # whose records these are
CITING_SOURCE: Final = "snapshot"
CITING_SCHEME: Final = "citing"
"""Under these records.db keeps who cites a DOI: only a snapshot knows."""

_CHUNK: Final = 2000  # DOIs looked up at once: their records are in memory together


def open_snapshot(folder: Path) -> "Snapshot":
    """Open a snapshot.

    Raises:
        SnapshotExtraMissingError: the extra is not installed.
        NoSnapshotError: the folder holds none.
    """
    reading = importlib.import_module("library.snapshot.reading")
    found: Snapshot = reading.Snapshot(folder)
    return found


def fetch(
    dois: Iterable[str],
    session: "Session",
    snapshot: "Snapshot",
    progress: "Callable[[int, int], None] | None" = None,
) -> Iterator[Record]:
    """Yield one record for each DOI, as `dois.fetch` does, from the snapshot and what is stored.

    Raises:
        IdentifierError: one of `dois` is no DOI.
        SnapshotError: a file of the snapshot is damaged.
        RecordsError: a record could not be stored.
    """
    wanted = list(dict.fromkeys(normalise_doi(doi) for doi in dois))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        yield from _chunk(chunk, session, snapshot)
        if progress is not None:
            progress(start + len(chunk), len(wanted))


def candidates(works: Sequence[Work], snapshot: "Snapshot") -> list[list[dict[str, Any]]]:
    """Return, for each work, the records that may be its own, the likeliest first.

    Found by the words of its title and its first name. These are Crossref's messages, whole.
    """
    return _found([_title_and_family(work) for work in works], snapshot)


def candidates_for_texts(texts: Sequence[str], snapshot: "Snapshot") -> list[list[dict[str, Any]]]:
    """Return the same for lines of a list of references: their words hold those of a title."""
    return _found([(text, None) for text in texts], snapshot)


def _found(
    asked: Sequence[tuple[str | None, str | None]], snapshot: "Snapshot"
) -> list[list[dict[str, Any]]]:
    reading = importlib.import_module("library.snapshot.reading")
    named = snapshot.find([reading.Wanted(title, family) for title, family in asked])
    found: list[list[dict[str, Any]]] = []
    for start in range(0, len(named), 100):
        some = named[start : start + 100]
        records = snapshot.look_up(doi for dois in some for doi in dois)
        found += [[json.loads(records[doi]) for doi in dois if doi in records] for dois in some]
    return found


def search_record(text: str, found: Sequence[dict[str, Any]], date: str) -> Record:
    """Return what records.db keeps of a search, as it keeps Crossref's own answers."""
    return Record(
        SOURCE, "query", text, "found", "crossref-search-json", encode(found), fetched_at=date
    )


def citing_record(doi: str, works: Iterable[CitingWork], date: str) -> Record:
    """Return what records.db keeps of the works that cite `doi`."""
    body = citing_json.write(works)
    return Record(
        CITING_SOURCE, CITING_SCHEME, doi, "found", citing_json.NAME, body, fetched_at=date
    )


def _chunk(wanted: list[str], session: "Session", snapshot: "Snapshot") -> Iterator[Record]:
    stored = session.records.statuses(SOURCE, "doi", wanted)
    newer = {
        doi for doi, (status, date) in stored.items() if status == "found" and date >= snapshot.date
    }
    records = snapshot.look_up(doi for doi in wanted if doi not in newer)
    session.records.put_many(
        Record(
            SOURCE,
            "doi",
            doi,
            "found",
            "crossref-json",
            raw.decode("utf-8", "replace"),
            agency=SOURCE,
            fetched_at=snapshot.date,
        )
        for doi, raw in records.items()
    )
    kept = session.records.get_many(SOURCE, "doi", wanted)
    for doi in wanted:
        record = kept.get(doi)
        if record is not None and record.status == "found":
            yield record
        else:
            yield _elsewhere(doi, session, snapshot)


def _elsewhere(doi: str, session: "Session", snapshot: "Snapshot") -> Record:
    """Return another source's record that is stored, else say that there is none."""
    for record in session.records.for_identifier("doi", doi):
        if record.status == "found":
            return record
    reason = (
        f"It is not in the snapshot, which holds Crossref's works until {snapshot.date[:10]}: it "
        "is newer, registered elsewhere, or mistyped."
    )
    return Record(SOURCE, "doi", doi, "not-found", reason=reason, fetched_at=snapshot.date)


def _title_and_family(work: Work) -> tuple[str | None, str | None]:
    by_role: defaultdict[str, list[str]] = defaultdict(list)
    for one in work.contributors:
        by_role[one.role].append(one.name.family or one.name.literal or "")
    names = by_role["author"] or by_role["editor"]
    return without_markup(work.title) if work.title else None, names[0] if names else None
