"""doi.org: what a DOI is an alias of, and its record as CSL-JSON from whoever registered it.

Source: DOI Handbook, resolution and the handle REST API; "DOI Content Negotiation" by the
registration agencies.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from library.errors import IdentifierError
from library.sources import asking
from library.sources.errors import SourceError
from library.sources.pacing import Pace
from library.sources.records import Record, Status, encode
from library.sources.session import Session
from library.values.identifiers import normalise_doi

NAME = "doi.org"
SOURCE = "doi.org"
CSL_JSON = "application/vnd.citationstyles.csl+json"
_PACE = Pace(NAME, limit=5, interval=1.0, concurrency=2)  # no limit is stated; this is modest
_OK = 200
_NOT_FOUND = frozenset({404, 406, 410})


def alias_target(doi: str, session: Session, stop: threading.Event | None = None) -> str | None:
    """Return the DOI that `doi` is an alias of, or None where it is not one.

    Raises:
        SourceError: doi.org gave no usable answer.
    """
    url = f"{session.services.doi}/api/handles/{quote(doi, safe='')}"
    answer = session.client.get(url, pace=_PACE, stop=stop)
    if answer.status != _OK:
        return None
    for value in _list(_parsed(answer.body, "values")):
        data = value.get("data")
        if value.get("type") == "HS_ALIAS" and isinstance(data, dict):
            try:
                return normalise_doi(str(data.get("value")))
            except IdentifierError:
                return None
    return None


def is_alias(doi: str, other: str, session: Session, stop: threading.Event | None = None) -> bool:
    """Tell whether doi.org says that `doi` is another name of `other`; in doubt it is not."""
    try:
        return alias_target(doi, session, stop) == other
    except SourceError:
        return False


def fetch(dois: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield the record of each DOI as CSL-JSON, stored ones first; format "csl-json"."""
    return asking.fetch(asking.Asking(SOURCE, "doi", _ask, 1, 2), dois, session)


def _ask(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    (doi,) = batch
    url = f"{session.services.doi}/{quote(doi, safe='/')}"
    answer = session.client.get(url, pace=_PACE, accept=CSL_JSON, shape=_is_item, stop=stop)
    if answer.status != _OK:
        reason = {
            404: "doi.org does not know this DOI.",
            406: "Whoever registered this DOI has no record that can be read.",
        }.get(answer.status, f"doi.org answers HTTP {answer.status} to this DOI.")
        status: Status = "not-found" if answer.status in _NOT_FOUND else "error"
        return [session.records.put(Record(SOURCE, "doi", doi, status, reason=reason))]
    item = json.loads(answer.body)
    got = str(item.get("DOI") or doi).lower()
    if got != doi and not is_alias(doi, got, session, stop):
        reason = f"doi.org led to the record of {got} instead of {doi}: it was refused."
        return [session.records.put(Record(SOURCE, "doi", doi, "error", reason=reason))]
    alias = got if got != doi else None
    return [
        session.records.put(
            Record(SOURCE, "doi", doi, "found", "csl-json", encode(item), alias_of=alias)
        )
    ]


def _is_item(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    return isinstance(parsed, dict) and ("title" in parsed or "DOI" in parsed)


def _parsed(body: bytes, name: str) -> Any:  # noqa: ANN401 - whatever was sent
    parsed = json.loads(body)
    return parsed.get(name) if isinstance(parsed, dict) else None


def _list(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever was sent
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
