"""DataCite's REST API: records of the DOIs that it registered (data, software, arXiv, theses).

Source: DataCite REST API guide; limits: 1,000 requests in five minutes for those who say who they
are in the User-Agent, 500 for others.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from library.sources import asking, negotiation
from library.sources.pacing import Pace
from library.sources.records import Record, encode
from library.sources.session import Session

NAME = "DataCite"
SOURCE = "datacite"
_OK = 200
_NOT_FOUND = frozenset({404, 410})


def fetch(dois: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield what DataCite says about each DOI (normalised), stored ones first.

    A record's body is the `attributes` of DataCite's answer, format "datacite-json".
    """
    return asking.fetch(asking.Asking(SOURCE, "doi", _ask, 1), dois, session)


def _ask(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    (doi,) = batch
    pace = Pace(NAME, limit=1000 if session.client.mailto else 500, interval=300, concurrency=3)
    url = f"{session.services.datacite}/dois/{quote(doi, safe='')}"
    answer = session.client.get(
        url, pace=pace, accept="application/vnd.api+json", shape=_is_doi, stop=stop
    )
    if answer.status in _NOT_FOUND:
        reason = "DataCite does not know this DOI."
        return [session.records.put(Record(SOURCE, "doi", doi, "not-found", reason=reason))]
    if answer.status != _OK:
        reason = f"DataCite answers HTTP {answer.status} to this DOI."
        return [session.records.put(Record(SOURCE, "doi", doi, "error", reason=reason))]
    data = json.loads(answer.body)["data"]
    attributes = data["attributes"]
    got = str(attributes.get("doi") or data.get("id")).lower()
    if got != doi and not negotiation.is_alias(doi, got, session, stop):
        reason = f"DataCite sent the record of {got} instead of {doi}: it was refused."
        return [session.records.put(Record(SOURCE, "doi", doi, "error", reason=reason))]
    record = Record(
        SOURCE,
        "doi",
        doi,
        "found",
        "datacite-json",
        encode(attributes),
        agency=SOURCE,
        alias_of=got if got != doi else None,
        etag=answer.headers.get("etag"),
    )
    return [session.records.put(record)]


def _is_doi(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    data = parsed.get("data") if isinstance(parsed, dict) else None
    return isinstance(data, dict) and isinstance(data.get("attributes"), dict)
