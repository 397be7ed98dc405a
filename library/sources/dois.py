"""A DOI's record from whoever has it: Crossref, then DataCite, then content negotiation."""

from collections.abc import Iterable, Iterator

from library.sources import crossref, datacite, negotiation, snapshot
from library.sources.crossref import Progress
from library.sources.records import Record
from library.sources.session import Session


def fetch(
    dois: Iterable[str], session: Session, progress: Progress | None = None
) -> Iterator[Record]:
    """Yield one record for each DOI, as they come: the first source's that has one.

    Where none has, the outcome says what each of them said. An error of one source does not keep
    the next from being asked only where the error cannot hide a record: when Crossref gave no
    answer, the DOI stays an error and is asked again next time.

    Raises:
        IdentifierError: one of `dois` is no DOI.
        BlockedError: Crossref refuses us; what came before is stored.
    """
    if session.snapshot is not None:
        yield from snapshot.fetch(dois, session, session.snapshot, progress)
        return
    elsewhere: dict[str, Record] = {}
    for record in crossref.fetch(dois, session, progress):
        if record.status == "not-found" and record.agency != crossref.SOURCE:
            elsewhere[record.identifier] = record
        else:
            yield record
    at_datacite = [
        doi for doi, record in elsewhere.items() if record.agency in {None, datacite.SOURCE}
    ]
    said = {doi: [record] for doi, record in elsewhere.items()}
    left = [doi for doi in elsewhere if doi not in at_datacite]
    for record in datacite.fetch(at_datacite, session):
        if record.status == "found":
            yield record
        else:
            said[record.identifier].append(record)
            left.append(record.identifier)
    for record in negotiation.fetch(left, session):
        if record.status == "found":
            yield record
        else:
            yield _summary([*said[record.identifier], record])


def _summary(records: list[Record]) -> Record:
    """Return one outcome that says what every source said."""
    first = records[0]
    failed = [record for record in records if record.status == "error"]
    agency = next((record.agency for record in records if record.agency), None)
    if not failed and agency is None:
        reason = "No such DOI is registered anywhere. Check it for a missing or wrong character."
    else:
        reason = " ".join(dict.fromkeys(record.reason or "" for record in records)).strip()
    return Record(
        first.source,
        "doi",
        first.identifier,
        "error" if failed else "not-found",
        agency=agency,
        reason=reason,
        fetched_at=records[-1].fetched_at,
    )
