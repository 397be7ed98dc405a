"""Whatever a person pastes: what it is, and the record that belongs to it.

Many at once: identifiers of one kind go in one batch, and each pasted line gets its own result.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from library.errors import IdentifierError
from library.sources import arxiv, crossref, dois, isbn, pubmed, urls
from library.sources.crossref import Progress
from library.sources.records import Record
from library.sources.session import Session
from library.values import identifiers

Scheme = Literal["doi", "pmid", "pmcid", "arxiv", "isbn", "url"]


@dataclass(frozen=True, slots=True)
class Query:
    """One pasted identifier, understood; or not, then `reason` says why."""

    text: str  # as it was pasted
    line: int = 1  # of the pasted text, from 1
    scheme: Scheme | None = None
    identifier: str = ""  # in its stored form
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What came of one pasted identifier."""

    query: Query
    status: Literal["found", "not-found", "error", "not-understood"]
    record: Record | None = None  # raw, to be read by the format that `record.format` names
    others: tuple[Record, ...] = ()  # records of the same work that were met on the way
    doi: str | None = None
    reason: str | None = None  # for people: why there is no record


@dataclass(slots=True)
class _Open:
    """A query on its way: what it led to so far."""

    query: Query  # as it was asked
    scheme: Scheme  # what it stands for by now: an address may lead to a PMID
    identifier: str
    dois: list[str] = field(default_factory=list)  # to be tried, the likeliest first
    others: list[Record] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    failed: bool = False  # a source gave no answer: it may come out otherwise next time


def classify(text: str, line: int = 1) -> Query:
    """Say what one pasted text is: a DOI, PMID, PMCID, arXiv id, ISBN or an address.

    A longer text that holds one DOI (a whole reference) stands for that DOI. A bare number of up
    to nine digits is a PMID.
    """
    bare = text.strip().strip("<>").strip()
    if not bare:
        return Query(text, line, reason="The line is empty.")
    for scheme, pattern, normalise in _SCHEMES:
        if re.match(pattern, bare, re.IGNORECASE):
            try:
                return Query(text, line, scheme, normalise(bare))
            except IdentifierError as error:
                return Query(text, line, reason=f"{error}.")
    if re.match(r"(?:https?:)?//|www\.", bare, re.IGNORECASE):
        return _classified_address(bare, text, line)
    return _classified_text(bare, text, line)


def queries(text: str) -> list[Query]:
    """Return what stands in a pasted text or a file, one query an identifier, with its line.

    Empty lines and lines that start with "#" say nothing. Identifiers on one line may be parted by
    blanks, commas or semicolons; a line that is more than identifiers is taken as one.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip().lstrip("\ufeff")
        if not bare or bare.startswith("#"):
            continue
        parts = [part for part in re.split(r"[\s,;]+(?=\S)", bare) if part.strip(",;")]
        each = [classify(part.strip(",;"), number) for part in parts]
        if len(each) > 1 and all(query.scheme for query in each):
            found += each
        else:
            found.append(classify(bare, number))
    return found


def resolve(
    asked: Iterable[Query | str], session: Session, progress: Progress | None = None
) -> Iterator[Resolved]:
    """Yield what came of each query, as it comes; two queries for one work both get its record.

    Raises:
        BlockedError: Crossref refuses us; what came before is stored.
        RecordsError: an answer could not be stored.
    """
    lines = [
        classify(one, number) if isinstance(one, str) else one
        for number, one in enumerate(asked, start=1)
    ]
    by_scheme: defaultdict[Scheme, list[_Open]] = defaultdict(list)
    for query in lines:
        if query.scheme is None:
            yield Resolved(query, "not-understood", reason=query.reason)
        elif session.snapshot is not None and not _names_a_doi(query):
            yield Resolved(query, "not-found", reason=_ONLY_DOIS)
        else:
            item = _Open(query, query.scheme, query.identifier)
            by_scheme[query.scheme].append(item)
    for item in by_scheme["doi"]:
        item.dois = [item.identifier]
    yield from _from_urls(by_scheme, session)
    yield from _from_pmcids(by_scheme, session)
    yield from _from_pmids(by_scheme, session)
    yield from _from_isbns(by_scheme["isbn"], session)
    for item in by_scheme["arxiv"]:
        item.dois = [arxiv.doi_of(item.identifier)]
    # A query that an address led to stands in two groups.
    every = {id(item): item for group in by_scheme.values() for item in group}
    yield from _from_dois([item for item in every.values() if item.dois], session, progress)


def _names_a_doi(query: Query) -> bool:
    """Tell whether a query needs no service but for the record of its DOI."""
    if query.scheme == "url":
        named = urls.candidates(query.identifier)
        return bool(named) and named[0].scheme == "doi"
    return query.scheme == "doi"


def _from_urls(by_scheme: defaultdict[Scheme, list[_Open]], session: Session) -> Iterator[Resolved]:
    """Look into the pages whose addresses say nothing; sort what they name into its scheme."""
    pages = [item for item in by_scheme["url"] if not urls.candidates(item.identifier)]
    for item in by_scheme["url"]:
        _sort_in(item, urls.candidates(item.identifier), by_scheme)
    said = {
        record.identifier: record
        for record in urls.fetch((item.identifier for item in pages), session)
    }
    for item in pages:
        record = said[item.identifier]
        if record.status != "found":
            yield _failed(item, record)
            continue
        named = urls.identifiers_of(record)
        if named:
            item.others.append(record)
            _sort_in(item, named, by_scheme)
        else:
            item.reasons.append("Neither the address nor the page names a DOI or another id.")
            yield _given_up(item)


def _sort_in(
    item: _Open, named: list[urls.Found], by_scheme: defaultdict[Scheme, list[_Open]]
) -> None:
    """Let a query go on as the identifier that its address stands for."""
    if not named:
        return
    if named[0].scheme == "doi":
        item.dois = [one.identifier for one in named]
        return
    item.scheme, item.identifier = named[0].scheme, named[0].identifier
    by_scheme[item.scheme].append(item)


def _from_pmcids(
    by_scheme: defaultdict[Scheme, list[_Open]], session: Session
) -> Iterator[Resolved]:
    """Turn PMCIDs into DOIs, or where a work has none, into PMIDs."""
    items = by_scheme["pmcid"]
    wanted = (item.identifier for item in items)
    said = {record.identifier: record for record in pubmed.convert(wanted, session)}
    for item in items:
        record = said[item.identifier]
        if record.status != "found":
            yield _failed(item, record)
            continue
        item.others.append(record)
        doi, pmid = pubmed.doi_of(record), pubmed.pmid_of(record)
        if doi:
            item.dois = [doi]
        elif pmid:
            item.scheme, item.identifier = "pmid", pmid
            by_scheme["pmid"].append(item)


def _from_pmids(
    by_scheme: defaultdict[Scheme, list[_Open]], session: Session
) -> Iterator[Resolved]:
    """Get PubMed's records; where they name a DOI, its own record will be asked for too."""
    items = by_scheme["pmid"]
    wanted = (item.identifier for item in items)
    said = {record.identifier: record for record in pubmed.fetch(wanted, session)}
    for item in items:
        record = said[item.identifier]
        if record.status != "found":
            yield _failed(item, record)
            continue
        item.others.append(record)
        doi = pubmed.doi_of(record)
        if doi:
            item.dois = [doi]
        else:
            yield Resolved(item.query, "found", record, tuple(item.others[:-1]))


def _from_isbns(items: list[_Open], session: Session) -> Iterator[Resolved]:
    """Get the records of books: from Crossref, which gives a DOI, else from Open Library."""
    wanted = [item.identifier for item in items]
    first = {record.identifier: record for record in crossref.by_isbn(wanted, session)}
    left = [one for one in wanted if first[one].status != "found"]
    second = {record.identifier: record for record in isbn.fetch(left, session)}
    for item in items:
        record = first[item.identifier]
        if record.status == "found":
            doi = str(record.json()["DOI"]).lower()
            yield Resolved(item.query, "found", record, tuple(item.others), doi)
            continue
        other = second[item.identifier]
        if other.status == "found":
            yield Resolved(item.query, "found", other, tuple(item.others))
            continue
        _note(item, record)
        _note(item, other)
        yield _given_up(item)


def _from_dois(
    items: list[_Open], session: Session, progress: Progress | None
) -> Iterator[Resolved]:
    """Get the records of DOIs; an address may have several readings, tried one after another."""
    while items:
        waiting: defaultdict[str, list[_Open]] = defaultdict(list)
        for item in items:
            waiting[item.dois[0]].append(item)
        items = []
        fallback: list[_Open] = []
        for record in dois.fetch(waiting, session, progress):
            for item in waiting[record.identifier]:
                if record.status == "found":
                    doi = record.alias_of or record.identifier
                    yield Resolved(item.query, "found", record, tuple(item.others), doi)
                    continue
                _note(item, record)
                item.dois.pop(0)
                (items if item.dois else fallback).append(item)
        progress = None  # later rounds are few
        yield from _without_doi_record(fallback, session)


def _without_doi_record(items: list[_Open], session: Session) -> Iterator[Resolved]:
    """Give what else is known of works whose DOI led nowhere: PubMed's or arXiv's own record."""
    preprints = [item.identifier for item in items if item.scheme == "arxiv"]
    said = {record.identifier: record for record in arxiv.fetch(preprints, session)}
    for item in items:
        own = next((one for one in item.others if one.format == "pubmed-xml"), None)
        if item.scheme == "arxiv":
            record = said[item.identifier]
            own = record if record.status == "found" else None
            if own is None:
                item.reasons.clear()
                _note(item, record)
        if own is None:
            yield _given_up(item)
        else:
            others = tuple(one for one in item.others if one is not own)
            yield Resolved(item.query, "found", own, others)


def _note(item: _Open, record: Record) -> None:
    item.failed = item.failed or record.status == "error"
    if record.reason:
        item.reasons.append(record.reason)


def _failed(item: _Open, record: Record) -> Resolved:
    _note(item, record)
    return _given_up(item)


def _given_up(item: _Open) -> Resolved:
    reason = " ".join(dict.fromkeys(item.reasons))
    status: Literal["error", "not-found"] = "error" if item.failed else "not-found"
    return Resolved(item.query, status, None, tuple(item.others), reason=reason)


def _classified_address(bare: str, text: str, line: int) -> Query:
    """Return what an address stands for where it says so beyond doubt, else the address."""
    address = f"https:{bare}" if bare.startswith("//") else bare
    address = address if "://" in address else f"https://{address}"
    if not _is_address(address):
        return Query(text, line, reason=f"{bare[:80]!r} is no address that can be opened.")
    named = urls.candidates(address)
    if len(named) == 1 and (named[0].scheme != "doi" or "doi.org/" in address.lower()):
        return Query(text, line, named[0].scheme, named[0].identifier)
    return Query(text, line, "url", address)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port or 1) > 0 and not re.search(r"\s", text)
    except ValueError:
        return False


def _classified_text(bare: str, text: str, line: int) -> Query:
    """Return the one DOI in a longer text; or say what the text may be instead."""
    found = identifiers.find_dois(bare)
    if len(found) == 1:
        return Query(text, line, "doi", found[0])
    if found:
        reason = f"It holds {len(found)} DOIs; put each on a line of its own."
        return Query(text, line, reason=reason)
    for pattern, said in _NOT_WORKS:
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return Query(text, line, reason=said)
    reason = (
        "It is no DOI, PMID, PMCID, arXiv id, ISBN or address. Find the work's DOI, or describe "
        "the work: library add --type article --title …"
    )
    return Query(text, line, reason=reason)


_ONLY_DOIS = (
    "A snapshot is asked by DOI; what this stands for only the services know. Give the work's DOI, "
    "or ask the services (leave out --source snapshot)."
)
_SCHEMES: tuple[tuple[Scheme, str, Callable[[str], str]], ...] = (
    ("pmcid", r"(?:pmcid\s*:?\s*)?PMC\s*:?\s*\d+(?:\.\d+)?$", identifiers.normalise_pmcid),
    ("pmid", r"pmid\s*:?\s*\d+$|0*[1-9]\d{0,8}$", identifiers.normalise_pmid),
    ("isbn", r"(?:urn:)?isbn(?:-1[03])?\s*:?\s*[\d-]", identifiers.normalise_isbn),
    ("isbn", r"97[89][\s-]?(?:\d[\s-]?){10}$|(?:\d[\s-]?){9}[\dX]$", identifiers.normalise_isbn),
    ("arxiv", r"arxiv\s*:|\d{4}\.\d{4,5}(?:v\d+)?$|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?$",
     identifiers.normalise_arxiv),
    ("doi", r"(?:doi\s*:?\s*/*\s*)?10\.\d{4,9}(?:\.\d+)*(?:/|%2F)\S+$", identifiers.normalise_doi),
)  # fmt: skip

_NOT_WORKS = (
    (r"(?:[ep]?-?issn(?:-l)?\s*:?\s*)?\d{4}-\d{3}[\dX]",
     "That is an ISSN: it names a whole journal. Give the DOI of the article."),
    (r"(?:orcid\s*:?\s*)?(?:\d{4}-){3}\d{3}[\dX]",
     "That is an ORCID iD: it names a person. Give the DOI of the work."),
    (r"10\.\d{4,9}/?", "That is only the first part of a DOI; the part after the “/” is missing."),
)  # fmt: skip
