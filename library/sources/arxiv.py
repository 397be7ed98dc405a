"""arXiv: a preprint's record from its id, and the DOI that arXiv registers for it.

Source: arXiv API User's Manual; arXiv asks for one request in three seconds, one at a time.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

from library.sources import asking
from library.sources.errors import SourceError
from library.sources.pacing import Pace
from library.sources.records import Record
from library.sources.session import Session

NAME = "arXiv"
SOURCE = "arxiv"
BATCH = 50
ATOM = "{http://www.w3.org/2005/Atom}"
_PACE = Pace(NAME, limit=1, interval=3.0, concurrency=1)
_OK = 200
_BAD_REQUEST = 400
_ID = re.compile(r"arxiv\.org/abs/(.+?)(v[0-9]+)?$")


def doi_of(identifier: str) -> str:
    """Return the DOI that arXiv registered (with DataCite) for the preprint, all versions."""
    return f"10.48550/arxiv.{re.sub(r'v[0-9]+$', '', identifier)}".lower()


def fetch(identifiers: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield arXiv's record of each id, stored ones first.

    A record's body is one Atom <entry>, format "arxiv-atom".
    """
    return asking.fetch(asking.Asking(SOURCE, "arxiv", _ask, BATCH, 1), identifiers, session)


def _ask(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    params = {"id_list": ",".join(batch), "max_results": str(len(batch))}
    answer = session.client.get(
        f"{session.services.arxiv}/query",
        params=params,
        pace=_PACE,
        accept="application/atom+xml",
        expect="xml",
        stop=stop,
    )
    if answer.status == _BAD_REQUEST and len(batch) > 1:  # one malformed id spoils the request
        return [record for one in batch for record in _ask(session, [one], stop)]
    if answer.status not in {_OK, _BAD_REQUEST}:
        raise SourceError(NAME, f"arXiv answers HTTP {answer.status}; nothing was changed.")
    entries = _entries(answer.body) if answer.status == _OK else {}
    return session.records.put_many(_record(one, entries) for one in batch)


def _entries(body: bytes) -> dict[str, ET.Element]:
    """Return the entries of an answer, each under its id with and without its version."""
    found: dict[str, ET.Element] = {}
    for entry in ET.fromstring(body).iter(f"{ATOM}entry"):  # noqa: S314 - expat refuses bombs
        match = _ID.search((entry.findtext(f"{ATOM}id") or "").strip())
        if match:  # entries that report an error have an id of another form
            found[match.group(1)] = entry
            found[match.group(1) + (match.group(2) or "")] = entry
    return found


def _record(identifier: str, entries: dict[str, ET.Element]) -> Record:
    entry = entries.get(identifier)
    if entry is None:
        reason = "arXiv does not know this id, or not this version of it."
        return Record(SOURCE, "arxiv", identifier, "not-found", reason=reason)
    entry.tail = None
    body = ET.tostring(entry, encoding="unicode")
    return Record(SOURCE, "arxiv", identifier, "found", "arxiv-atom", body)
