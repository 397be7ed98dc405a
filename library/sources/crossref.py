"""Crossref's REST API, through habanero: DOIs in batches, one DOI, and searches.

habanero knows the API; our client carries its calls (`http.stand_in`), since habanero itself
opens a new connection for each, hides the headers that state the limits, and tries once only.

Source: Crossref REST API documentation; FACTS of habanero 2.9 in docs/decisions/the-client.md.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

import habanero
import habanero.request
import habanero.request_class

from library.errors import IdentifierError
from library.sources import asking, http, negotiation
from library.sources.errors import BlockedError, SourceError
from library.sources.http import Carrier
from library.sources.pacing import Pace
from library.sources.parallel import in_parallel
from library.sources.records import Record, Status, encode
from library.sources.session import Session
from library.values.identifiers import normalise_doi, normalise_isbn

NAME = "Crossref"
SOURCE = "crossref"
BATCH = 50  # DOIs in one request
URL_BYTES = 3800  # for the DOIs; the API refuses addresses beyond about 4,092 bytes behind the host
ROWS = 20  # answers to a search that are worth judging

# In a filter, a comma ends the value and a colon its name; other rare characters have been seen
# to cut the address. Such DOIs are asked for one by one, with every such character quoted.
_PLAIN = re.compile(r"[a-z0-9._;()/\-]+")

BOOKS = ("book", "monograph", "edited-book", "reference-book", "proceedings")
"""Crossref's types of whole books."""

MATCH_FIELDS = [
    "DOI",
    "title",
    "subtitle",
    "author",
    "editor",
    "container-title",
    "short-container-title",
    "issued",
    "published-print",
    "published-online",
    "published",
    "volume",
    "issue",
    "page",
    "article-number",
    "type",
    "ISSN",
    "ISBN",
    "publisher",
    "relation",
    "update-to",
    "updated-by",
    "event",
    "score",
]
"""What judging a search's answers needs: a tenth of the whole record's size."""

Progress = Callable[[int, int], None]  # (DOIs that have their outcome, DOIs in all)

for _module in (habanero.request, habanero.request_class):
    _module.httpx2 = http.stand_in


def fetch(
    dois: Iterable[str], session: Session, progress: Progress | None = None
) -> Iterator[Record]:
    """Yield what Crossref says about each DOI, once each, as it comes.

    What is stored and fresh enough is not asked for. Every other answer is stored before it is
    yielded. `status` is "found", "not-found" (then `agency` says who registered the DOI, where
    anybody did) or "error" (then `reason` says what happened; it is asked for again next time).

    Raises:
        IdentifierError: one of `dois` is no DOI.
        BlockedError: Crossref refuses us; what came before is stored.
        RecordsError: an answer could not be stored.
    """
    wanted = list(dict.fromkeys(normalise_doi(doi) for doi in dois))
    good, missing, absent = asking.split_stored(SOURCE, "doi", wanted, session)
    done = len(good)
    if progress is not None:
        progress(done, len(wanted))
    yield from asking.stored_records(SOURCE, "doi", good, session)
    for record in _ask(missing, set(absent), session):
        done += 1
        if progress is not None:
            progress(done, len(wanted))
        yield record


def renew(
    dates: Mapping[str, str], session: Session, progress: Progress | None = None
) -> Iterator[Record]:
    """Yield the records that changed at Crossref since they were stored; store them.

    A batch of fifty is one request, and mostly nothing comes: far less than asking for all anew.

    Args:
        dates: DOI -> when its record was stored, UTC.
        session: with the client and the store.
        progress: called with how many DOIs were asked about.

    Raises:
        SourceError: no usable answer; what came before is stored.
    """
    by_date = sorted((doi for doi in dates if is_plain(doi)), key=lambda doi: (dates[doi], doi))
    ask = partial(_ask_changed, session, dates)
    done = 0
    for batch, result in in_parallel(ask, _batches(by_date), _workers(session)):
        if isinstance(result, Exception):
            raise result
        done += len(batch)
        if progress is not None:
            progress(done, len(dates))
        yield from result


def search(text: str, session: Session) -> list[dict[str, Any]]:
    """Return Crossref's best answers to a bibliographic reference, best first.

    Raises:
        SourceError: no usable answer.
    """
    for _, result in search_many([text], session):
        if isinstance(result, Exception):
            raise result
        return result
    return []


def search_many(
    texts: Iterable[str], session: Session
) -> Iterator[tuple[str, list[dict[str, Any]] | SourceError]]:
    """Yield (text, Crossref's answers, best first) for each text, as they come.

    Answers are messages with `MATCH_FIELDS` only. They are stored, and not asked for again.

    Raises:
        BlockedError: Crossref refuses us.
        RecordsError: an answer could not be stored.
    """
    wanted = list(dict.fromkeys(" ".join(text.split()) for text in texts))
    good, missing, _ = asking.split_stored(SOURCE, "query", wanted, session)
    for record in asking.stored_records(SOURCE, "query", good, session):
        yield record.identifier, record.json()
    for text, result in in_parallel(partial(_search, session), missing, _workers(session)):
        if isinstance(result, BlockedError):
            raise result
        if isinstance(result, SourceError):
            yield text, result
        elif isinstance(result, Exception):
            raise result
        else:
            yield text, result.json()


def is_plain(doi: str) -> bool:
    """Tell whether a DOI (normalised) may share a request with others."""
    return _PLAIN.fullmatch(doi) is not None


def by_isbn(isbns: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield what Crossref says about each ISBN-13: the one whole book that carries it.

    Chapters carry their book's ISBN too and are left out. Where several books do, none is chosen:
    `reason` names their DOIs.
    """
    return asking.fetch(asking.Asking(SOURCE, "isbn", _ask_isbns, 20), isbns, session)


def _ask(dois: Sequence[str], absent: AbstractSet[str], session: Session) -> Iterator[Record]:
    """Ask for DOIs: plain ones in batches; odd ones, and those a batch lacks, one by one."""
    batches = list(_batches(doi for doi in dois if doi not in absent and is_plain(doi)))
    many = [batch for batch in batches if len(batch) > 1]
    in_batches = {doi for batch in many for doi in batch}
    alone = [doi for doi in dois if doi not in in_batches]
    batched = asking.Asking(SOURCE, "doi", _ask_batch, BATCH, _workers(session))
    single = asking.Asking(SOURCE, "doi", _ask_alone, 1, _workers(session))
    for records in asking.outcomes(batched, many, session):
        for record in records:
            if record.status == "absent":
                alone.append(record.identifier)
            else:
                yield record
    for records in asking.outcomes(single, [(doi,) for doi in alone], session):
        yield from records


def _batches(dois: Iterable[str]) -> Iterator[list[str]]:
    """Cut DOIs into batches of at most `BATCH` that fit into an address."""
    batch: list[str] = []
    room = URL_BYTES
    for doi in dois:
        size = len(quote(f"doi:{doi},", safe=""))
        if batch and (len(batch) == BATCH or size > room):
            yield batch
            batch, room = [], URL_BYTES
        batch.append(doi)
        room -= size
    if batch:
        yield batch


def _ask_batch(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    """Ask for DOIs in one request, and store what came; "absent" is what did not come."""
    if len(batch) == 1:
        return _ask_alone(session, batch, stop)
    with http.carried(session.client, _lists(session), _is_list, stop) as carrier:
        try:
            answer = _api(session).works(filter={"doi": list(batch)}, limit=len(batch))
        except (habanero.RequestError, http.StatusError):
            # The request itself displeases (400, 414): smaller ones find out which DOI does it.
            half = len(batch) // 2
            first = _ask_batch(session, batch[:half], stop)
            return first + _ask_batch(session, batch[half:], stop)
        _look_at(carrier)
    sent = {str(item["DOI"]).lower(): item for item in answer["message"]["items"]}
    return session.records.put_many(
        _found(doi, sent[doi]) if doi in sent else _outcome(doi, "absent", "not in the batch")
        for doi in batch
    )


def _ask_changed(
    session: Session, dates: Mapping[str, str], batch: Sequence[str], stop: threading.Event
) -> list[Record]:
    """Ask for those of some DOIs that Crossref indexed anew since their records were stored."""
    since = min(dates[doi] for doi in batch)[:10]  # whole days, that day too
    wanted = {"doi": list(batch), "from_index_date": since}
    with http.carried(session.client, _lists(session), _is_list, stop) as carrier:
        try:
            answer = _api(session).works(filter=wanted, limit=len(batch))
        except (habanero.RequestError, http.StatusError) as error:
            raise SourceError(NAME, f"Crossref refuses this question: {error}") from error
        _look_at(carrier)
    sent = {str(item["DOI"]).lower(): item for item in answer["message"]["items"]}
    return session.records.put_many(_found(doi, sent[doi]) for doi in batch if doi in sent)


def _ask_alone(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    """Ask for one DOI by its own address, and store what came."""
    (doi,) = batch
    with http.carried(session.client, _single(session), _is_work, stop) as carrier:
        try:
            answer = _api(session).works(ids=[quote(doi, safe="")])
        except http.StatusError as error:
            if error.response.status_code in {404, 410}:
                return [session.records.put(_not_found(session, doi, stop))]
            reason = f"Crossref answers HTTP {error.response.status_code} to this DOI."
            return [session.records.put(_outcome(doi, "error", reason))]
        except habanero.RequestError as error:
            reason = f"Crossref's answer is not JSON ({error.status_code})."
            return [session.records.put(_outcome(doi, "error", reason))]
        _look_at(carrier)
    record = _found(doi, answer["message"], carrier)
    if record.alias_of and not _is_alias(session, doi, record, carrier, stop):
        reason = (
            f"Crossref sent the record of {record.alias_of} instead of {doi}, and doi.org does "
            "not say that they are the same: it was refused."
        )
        record = _outcome(doi, "error", reason)
    return session.records.put_many([record, *_under_its_own_doi(record)])[:1]


def _under_its_own_doi(record: Record) -> list[Record]:
    """Return a record that came by another name again, under the DOI it states.

    So that it is not fetched again when that DOI is asked for.
    """
    if record.status != "found":
        return []
    own = str(record.json()["DOI"]).lower()
    if (record.scheme, record.identifier) == ("doi", own):
        return []
    return [replace(record, scheme="doi", identifier=own, alias_of=None)]


def _ask_isbns(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    """Ask for books by ISBN in one request, and store what came."""
    wanted = {"isbn": list(batch), "type": list(BOOKS)}
    with http.carried(session.client, _lists(session), _is_list, stop) as carrier:
        try:
            answer = _api(session).works(filter=wanted, limit=1000)
        except (habanero.RequestError, http.StatusError) as error:
            raise SourceError(NAME, f"Crossref refuses this search: {error}") from error
        _look_at(carrier)
    carrying: dict[str, list[dict[str, Any]]] = {isbn: [] for isbn in batch}
    for item in answer["message"]["items"]:
        for isbn in _isbns(item) & carrying.keys():
            carrying[isbn].append(item)
    books = [_book(isbn, items) for isbn, items in carrying.items()]
    own = [record for book in books for record in _under_its_own_doi(book)]
    return session.records.put_many([*books, *own])[: len(books)]


def _isbns(item: dict[str, Any]) -> set[str]:
    found = set()
    for text in item.get("ISBN") or []:
        try:
            found.add(normalise_isbn(str(text).rpartition("/")[2]))
        except IdentifierError:
            continue
    return found


def _book(isbn: str, items: list[dict[str, Any]]) -> Record:
    if len(items) == 1:
        body = encode(items[0])
        return Record(SOURCE, "isbn", isbn, "found", "crossref-json", body, agency=SOURCE)
    dois = ", ".join(sorted(str(item["DOI"]).lower() for item in items))
    reason = (
        f"Several books at Crossref carry this ISBN: {dois}. Give the DOI of the one you mean."
        if items
        else "Crossref knows no book with this ISBN."
    )
    return Record(SOURCE, "isbn", isbn, "not-found", reason=reason)


def _not_found(session: Session, doi: str, stop: threading.Event) -> Record:
    """Find out what a 404 means: registered elsewhere, or nowhere."""
    agency = _agency(session, doi, stop)
    if agency is None:
        reason = "Crossref does not know this DOI, nor who registered it."
    elif agency == SOURCE:
        reason = "The DOI is registered with Crossref, but Crossref has no record of it."
    else:
        reason = f"The DOI is registered with {agency}, not with Crossref."
    return replace(_outcome(doi, "not-found", reason), agency=agency)


def _agency(session: Session, doi: str, stop: threading.Event) -> str | None:
    """Return the short name of the agency that registered `doi` ("datacite"), or None."""
    with http.carried(session.client, _single(session), _is_agency, stop) as carrier:
        try:
            labels = _api(session).registration_agency([quote(doi, safe="")])
        except (habanero.RequestError, http.StatusError):
            return None
        _look_at(carrier)
    return str(labels[0]).lower()


def _is_alias(
    session: Session, doi: str, record: Record, carrier: Carrier, stop: threading.Event
) -> bool:
    """Tell whether the record's DOI is what `doi` is an alias of; ask doi.org in doubt."""
    aliases = record.json().get("aliases")
    if isinstance(aliases, list) and doi in (str(alias).lower() for alias in aliases):
        return True
    answer = carrier.answer
    target = quote(record.alias_of or "", safe="").lower()
    if answer is not None and answer.redirects and answer.url.lower().endswith(target):
        return True
    return negotiation.is_alias(doi, record.alias_of or "", session, stop)


def _search(session: Session, text: str, stop: threading.Event) -> Record:
    with http.carried(session.client, _lists(session), _is_list, stop) as carrier:
        try:
            answer = _api(session).works(
                query_bibliographic=_fitting(text), limit=ROWS, select=MATCH_FIELDS
            )
        except (habanero.RequestError, http.StatusError) as error:
            raise SourceError(NAME, f"Crossref refuses this search: {error}") from error
        _look_at(carrier)
    body = encode(answer["message"]["items"])
    record = Record(SOURCE, "query", text, "found", "crossref-search-json", body)
    return session.records.put(record)


def _fitting(text: str) -> str:
    """Cut a reference so that its search fits into an address."""
    while len(quote(text, safe="")) > URL_BYTES - 1000:
        text = text[: len(text) * 9 // 10]
    return text


def _found(doi: str, message: dict[str, Any], carrier: Carrier | None = None) -> Record:
    got = str(message["DOI"]).lower()
    etag = carrier.answer.headers.get("etag") if carrier and carrier.answer else None
    return Record(
        SOURCE,
        "doi",
        doi,
        "found",
        "crossref-json",
        encode(message),
        agency=SOURCE,
        alias_of=got if got != doi else None,
        etag=etag,
    )


def _outcome(doi: str, status: Status, reason: str) -> Record:
    return Record(SOURCE, "doi", doi, status, reason=reason)


def _workers(session: Session) -> int:
    """Return how many threads ask: as many as may ask at once, since each stores what it got.

    With a Plus token the answers' headers may allow more; the limiter follows them.
    """
    return 8 if session.client.has_plus_token else _lists(session).concurrency


def _lists(session: Session) -> Pace:
    """Return the pace of lists, filters and searches, as announced for December 2025."""
    if session.client.mailto:  # the "polite pool"
        return Pace(NAME, "list", limit=3, concurrency=3)
    return Pace(NAME, "list", limit=1, concurrency=1)


def _single(session: Session) -> Pace:
    """Return the pace of requests for one DOI, as announced for December 2025."""
    if session.client.mailto:
        return Pace(NAME, "single", limit=10, concurrency=3)
    return Pace(NAME, "single", limit=5, concurrency=1)


def _api(session: Session) -> habanero.Crossref:
    return habanero.Crossref(base_url=session.services.crossref, mailto=session.client.mailto)


def _look_at(carrier: Carrier) -> None:
    """Make sure that it was our client that carried the call."""
    if carrier.answer is None:
        msg = "habanero no longer asks through the client that we gave it; its version must change"
        raise RuntimeError(msg)


def _is_list(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    items = _message(parsed).get("items")
    return isinstance(items, list) and all(
        isinstance(item, dict) and isinstance(item.get("DOI"), str) for item in items
    )


def _is_work(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    return isinstance(_message(parsed).get("DOI"), str)


def _is_agency(parsed: Any) -> bool:  # noqa: ANN401 - whatever was sent
    agency = _message(parsed).get("agency")
    return isinstance(agency, dict) and isinstance(agency.get("label"), str)


def _message(parsed: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever was sent
    message = parsed.get("message") if isinstance(parsed, dict) else None
    return message if isinstance(message, dict) else {}
