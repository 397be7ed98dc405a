"""doi.org: who registered a DOI, what it is an alias of, and its record as CSL-JSON.

Source: DOI Handbook, resolution and the handle REST API; "DOI Content Negotiation" by the
registration agencies; "Which RA?" service of doi.org.
"""

import json
import threading
from typing import Any
from urllib.parse import quote

from library.errors import IdentifierError
from library.sources.pacing import Pace
from library.sources.records import Record, Status, encode
from library.sources.session import Session
from library.values.identifiers import normalise_doi

NAME = "doi.org"
SOURCE = "doi.org"
CSL_JSON = "application/vnd.citationstyles.csl+json"
_PACE = Pace(NAME, limit=5, interval=1.0, concurrency=2)  # no limit is stated; this is modest
_OK = 200


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


def agency(doi: str, session: Session, stop: threading.Event | None = None) -> str | None:
    """Return who registered `doi`, in lower case ("crossref", "datacite", "medra"), or None.

    None means that nobody did: the DOI does not exist.

    Raises:
        SourceError: doi.org gave no usable answer.
    """
    url = f"{session.services.doi}/ra/{quote(doi, safe='/')}"
    answer = session.client.get(url, pace=_PACE, stop=stop)
    items = _list(json.loads(answer.body)) if answer.status == _OK else []
    name = items[0].get("RA") if items else None
    return name.lower() if isinstance(name, str) else None


def fetch_one(doi: str, session: Session, stop: threading.Event | None = None) -> Record:
    """Return the record of `doi` as CSL-JSON, by content negotiation; store it before.

    Raises:
        SourceError: neither doi.org nor the agency behind it gave a usable answer.
    """
    url = f"{session.services.doi}/{quote(doi, safe='/')}"
    answer = session.client.get(url, pace=_PACE, accept=CSL_JSON, shape=_is_item, stop=stop)
    if answer.status != _OK:
        reason = {
            404: "doi.org does not know this DOI.",
            406: "its agency has no record in a form that can be read.",
        }.get(answer.status, f"doi.org answers HTTP {answer.status}.")
        status: Status = "not-found" if answer.status in {404, 406, 410} else "error"
        return session.records.put(Record(SOURCE, "doi", doi, status, reason=reason))
    item = json.loads(answer.body)
    got = str(item.get("DOI") or doi).lower()
    if got != doi and alias_target(doi, session, stop) != got:
        reason = f"doi.org led to the record of {got} instead of {doi}: it was refused."
        return session.records.put(Record(SOURCE, "doi", doi, "error", reason=reason))
    alias = got if got != doi else None
    return session.records.put(
        Record(SOURCE, "doi", doi, "found", "csl-json", encode(item), alias_of=alias)
    )


def _is_item(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    return isinstance(parsed, dict) and ("title" in parsed or "DOI" in parsed)


def _parsed(body: bytes, name: str) -> Any:  # noqa: ANN401 - whatever was sent
    parsed = json.loads(body)
    return parsed.get(name) if isinstance(parsed, dict) else None


def _list(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever was sent
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
