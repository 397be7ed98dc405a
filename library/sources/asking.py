"""What all sources share: look into the store first, ask in batches, give each its outcome."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from library.errors import LibraryError
from library.sources.errors import BlockedError
from library.sources.parallel import in_parallel
from library.sources.records import Record, RecordsError
from library.sources.session import Session

Ask = Callable[[Session, Sequence[str], threading.Event], list[Record]]
"""Asks for identifiers in one request, stores what came, and returns a record for each."""


CHUNK = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """How one source is asked for identifiers of one scheme."""

    source: str  # as in Record
    scheme: str
    ask: Ask
    size: int = 1  # identifiers in one request
    workers: int = 3  # threads; how many requests run at once is decided by the limiter


def split_stored(
    source: str, scheme: str, identifiers: Iterable[str], session: Session
) -> tuple[list[str], list[str], list[str]]:
    """Return (those with a good answer, those to be asked for, of these: known as absent)."""
    wanted = list(dict.fromkeys(identifiers))
    stored = session.records.statuses(source, scheme, wanted)
    now = datetime.now(UTC)
    accepts = session.freshness.accepts
    good = {one for one, (status, date) in stored.items() if accepts(status, date, now)}
    missing = [one for one in wanted if one not in good]
    absent = [one for one in missing if one in stored and stored[one][0] == "absent"]
    return [one for one in wanted if one in good], missing, absent


def stored_records(
    source: str, scheme: str, identifiers: Sequence[str], session: Session
) -> Iterator[Record]:
    """Yield stored answers in the order given, a few hundred in memory at a time."""
    for start in range(0, len(identifiers), CHUNK):
        chunk = identifiers[start : start + CHUNK]
        found = session.records.get_many(source, scheme, chunk)
        yield from (found[one] for one in chunk)


def outcomes(
    asking: Asking, batches: Iterable[Sequence[str]], session: Session
) -> Iterator[list[Record]]:
    """Run requests; one that fails becomes an error for each of its identifiers, stored as such.

    Raises:
        BlockedError: the service refuses us; what came before is stored.
        RecordsError: an answer could not be stored.
    """
    for batch, result in in_parallel(partial(asking.ask, session), batches, asking.workers):
        if isinstance(result, BlockedError):
            raise result
        if isinstance(result, LibraryError) and not isinstance(result, RecordsError):
            yield _errors(asking, batch, result, session)
        elif isinstance(result, Exception):
            raise result
        else:
            yield result


def fetch(asking: Asking, identifiers: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield what one source says about each identifier: stored answers first, then asked ones.

    A service that refuses us (403) gives errors here, so that other services are still asked.
    """
    good, missing, _ = split_stored(asking.source, asking.scheme, identifiers, session)
    yield from stored_records(asking.source, asking.scheme, good, session)
    size = asking.size
    batches = [missing[start : start + size] for start in range(0, len(missing), size)]
    left = dict.fromkeys(missing)
    try:
        for records in outcomes(asking, batches, session):
            for record in records:
                left.pop(record.identifier, None)
                yield record
    except BlockedError as error:
        yield from _errors(asking, left, error, session)


def _errors(
    asking: Asking, identifiers: Iterable[str], error: LibraryError, session: Session
) -> list[Record]:
    reason = str(error)
    return session.records.put_many(
        Record(asking.source, asking.scheme, one, "error", reason=reason) for one in identifiers
    )
