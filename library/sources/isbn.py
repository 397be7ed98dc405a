"""ISBNs: the record of a book, from Open Library.

Crossref knows many books by ISBN too and then gives their DOI: `resolve` asks it first, by
`crossref.by_isbn`. Other open services could follow in modules of their own where these two know
too little: national libraries by SRU (Library of Congress, DNB, BnF, K10plus). Google Books wants
a key for more than a few requests, and WorldCat a contract.

Source: Open Library Books API, "data" form.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from library.sources import asking
from library.sources.errors import SourceError
from library.sources.pacing import Pace
from library.sources.records import Record, encode
from library.sources.session import Session

NAME = "Open Library"
SOURCE = "openlibrary"
BATCH = 50
_OK = 200


def fetch(isbns: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield Open Library's record of each ISBN-13, stored ones first; format "openlibrary-json"."""
    return asking.fetch(asking.Asking(SOURCE, "isbn", _ask, BATCH), isbns, session)


def _ask(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    names = ",".join(f"ISBN:{isbn}" for isbn in batch)
    pace = Pace(NAME, limit=3 if session.client.mailto else 1, interval=1.0, concurrency=1)
    answer = session.client.get(
        f"{session.services.openlibrary}/api/books",
        params={"bibkeys": names, "format": "json", "jscmd": "data"},
        pace=pace,
        shape=_is_books,
        stop=stop,
    )
    if answer.status != _OK:
        raise SourceError(NAME, f"{NAME} answers HTTP {answer.status}; nothing was changed.")
    sent = json.loads(answer.body)
    return session.records.put_many(_record(isbn, sent.get(f"ISBN:{isbn}")) for isbn in batch)


def _record(isbn: str, book: dict[str, Any] | None) -> Record:
    if not book:
        reason = "Open Library does not know this ISBN."
        return Record(SOURCE, "isbn", isbn, "not-found", reason=reason)
    return Record(SOURCE, "isbn", isbn, "found", "openlibrary-json", encode(book))


def _is_books(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    return isinstance(parsed, dict) and all(isinstance(book, dict) for book in parsed.values())
