"""The identifier that an address of a publisher's page stands for.

First from the address itself; where it says nothing, from the page's own meta tags, which
publishers write for search engines and reference managers.

Source: Google Scholar's inclusion guidelines (citation_doi), Dublin Core (dc.identifier), PRISM.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import unquote, urlsplit

from library.errors import IdentifierError
from library.sources import asking
from library.sources.errors import PrivateAddressError
from library.sources.http import MEGABYTE
from library.sources.pacing import Pace
from library.sources.records import Record, encode
from library.sources.session import Session
from library.values import identifiers

SOURCE = "page"
PAGE_BYTES = MEGABYTE  # of a page; its head comes first
_OK = 200

Scheme = Literal["doi", "pmid", "pmcid", "arxiv", "isbn"]


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier that an address or a page names."""

    scheme: Scheme
    identifier: str  # in its stored form


# Services with identifiers of their own: (host, path, scheme, how to normalise what was found).
_OWN: tuple[tuple[str, str, Scheme, Callable[[str], str]], ...] = (
    (r"(?:.+\.)?nih\.gov|europepmc\.org", r"/(PMC\d+)", "pmcid", identifiers.normalise_pmcid),
    (r"pubmed\.ncbi\.nlm\.nih\.gov", r"^/(\d{1,9})(?:/|$)", "pmid", identifiers.normalise_pmid),
    (r"ncbi\.nlm\.nih\.gov", r"^/pubmed/(\d{1,9})(?:/|$)", "pmid", identifiers.normalise_pmid),
    (r"europepmc\.org", r"/(?:med|abstract/med)/(\d{1,9})(?:/|$)", "pmid",
     identifiers.normalise_pmid),
    (r"(?:export\.)?arxiv\.org", r"^/(?:abs|pdf|html|format|e-print)/(.+?)(?:\.pdf)?/?$", "arxiv",
     identifiers.normalise_arxiv),
    (r".+", r"/isbn/([0-9Xx-]{10,17})(?:/|$)", "isbn", identifiers.normalise_isbn),
)  # fmt: skip

# Hosts whose addresses hold part of the DOI: (host, path, DOI with \1 from the path).
_BY_HOST: tuple[tuple[str, str, str], ...] = (
    (r"(?:www\.)?nature\.com", r"/articles/([a-z0-9.-]+?)(?:\.pdf)?/?$", r"10.1038/\1"),
    (r"(?:www\.)?elifesciences\.org", r"/articles/0*(\d+)(?:v\d+)?/?", r"10.7554/elife.\1"),
    (r"(?:www\.)?aclanthology\.org", r"/([A-Z]\d\d-\d+|[0-9]{4}\.[a-z0-9-]+\.\d+)/?$",
     r"10.18653/v1/\1"),
    (r"(?:www\.)?jstor\.org", r"/stable/(?:pdf/)?(\d+)(?:\.pdf)?/?$", r"10.2307/\1"),
)  # fmt: skip

# What publishers put behind the DOI in an address.
_BEHIND = re.compile(
    r"(?:\.full|\.abstract|\.pdf|\.epub|\.short|\.long|\.full\.pdf|\.full-text"
    r"|/(?:full|fulltext|full-text|abstract|abs|pdf|pdfft|epdf|epub|html|meta|summary|references|"
    r"[a-z-]+\.html|citations?|figures|tables|metrics|related|supplementary-material|suppl_file/.*|full/html|"
    r"_?pdf/.*|download|asset/.*|article-info|v\d+/.*|tab-.*))+$",
    re.IGNORECASE,
)
_PREPRINT_VERSION = re.compile(r"(10\.(?:1101|64898)/[0-9.]+)v\d+$")
_DOI_TAGS = (
    "citation_doi", "bepress_citation_doi", "prism.doi", "dc.identifier", "dc.identifier.doi",
    "dcterms.identifier", "doi", "publication_doi", "rft_id", "eprints.doi",
)  # fmt: skip


def candidates(url: str) -> list[Found]:
    """Return what the address alone may stand for, the likeliest first; [] where it says nothing.

    A DOI is followed by shorter readings of it, since publishers add words behind it.
    """
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        return []
    host = (parts.hostname or "").lower()
    path = unquote(parts.path)
    named = _named(host, path)
    if named is not None:
        return [named]
    if re.fullmatch(r"(?:www\.|dx\.)?doi\.org", host):
        return [Found("doi", doi) for doi in _at_doi_org(url)]
    found: dict[str, None] = {}
    for text in (path, unquote(parts.query), unquote(parts.fragment)):
        for doi in re.findall(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s?#&\"<>]+", text):
            for reading in _readings(doi):
                found.setdefault(reading)
    for host_pattern, path_pattern, doi in _BY_HOST:
        match = re.search(path_pattern, path, re.IGNORECASE)
        if match and re.fullmatch(host_pattern, host):
            found.setdefault(match.expand(doi).lower())
    return [Found("doi", doi) for doi in found]


def fetch(urls: Iterable[str], session: Session) -> Iterator[Record]:
    """Yield what each page's meta tags say, stored ones first; format "meta-tags-json".

    A record's body is {"url": where it came to lie, "tags": [[name, content], …]}.
    """
    return asking.fetch(asking.Asking(SOURCE, "url", _ask), urls, session)


def identifiers_of(record: Record) -> list[Found]:
    """Return the identifiers that a page names, or the address it came to lie at."""
    page = record.json()
    for name, content in page["tags"]:
        if name in _DOI_TAGS and (doi := _doi(content)):
            return [Found("doi", doi)]
    for name, content in page["tags"]:
        if name == "citation_pmid" and content.strip().isdigit():
            return [Found("pmid", identifiers.normalise_pmid(content))]
    by_address = candidates(page["url"])
    if by_address:
        return by_address
    for name, content in page["tags"]:
        if name in {"citation_isbn", "book:isbn", "og:isbn"} and (isbn := _isbn(content)):
            return [Found("isbn", isbn)]
    return []


def _named(host: str, path: str) -> Found | None:
    """Return the identifier in an address of a service that has its own."""
    bare_host = host.removeprefix("www.").removeprefix("m.")
    for hosts, pattern, scheme, normalise in _OWN:
        match = re.search(pattern, path, re.IGNORECASE)
        if match and re.fullmatch(hosts, bare_host):
            try:
                return Found(scheme, normalise(match.group(1)))
            except IdentifierError:
                return None
    return None


def _at_doi_org(url: str) -> list[str]:
    """Return the DOIs that an address of doi.org may mean, the likeliest first.

    "#" and "?" can be part of a DOI, and what stands before them can be another work's DOI: so the
    whole comes first. What looks like a parameter ("?utm_source=…") is left out.
    """
    rest = url.partition("doi.org/")[2] or url.lower().partition("doi.org/")[2]
    whole = re.sub(r"[?&][\w.-]+=.*", "", rest)
    before = re.split(r"[?#]", whole)[0]
    return list(dict.fromkeys(doi for doi in (_doi(unquote(whole)), _doi(unquote(before))) if doi))


def _readings(text: str) -> list[str]:
    """Return the DOIs that a piece of an address may mean, the likeliest first."""
    trimmed = _PREPRINT_VERSION.sub(r"\1", _BEHIND.sub("", text.rstrip("/")))
    shorter = [trimmed]
    while shorter[-1].count("/") > 1:
        shorter.append(shorter[-1].rpartition("/")[0])
    readings = [trimmed, text.rstrip("/"), *shorter[1:]]
    return list(dict.fromkeys(doi for doi in map(_doi, readings) if doi))


def _ask(session: Session, batch: Sequence[str], stop: threading.Event) -> list[Record]:
    """Open a page, keep its meta tags."""
    (url,) = batch
    host = urlsplit(url).hostname or url
    pace = Pace(host, limit=1, interval=1.0, concurrency=1, stop_on_403=False)
    try:
        answer = session.client.get(
            url,
            pace=pace,
            accept="text/html, application/xhtml+xml",
            expect="any",
            max_bytes=PAGE_BYTES,
            cut=True,
            guarded=True,
            stop=stop,
        )
    except PrivateAddressError as error:
        return [Record(SOURCE, "url", url, "error", reason=str(error))]
    if answer.status != _OK:
        reason = f"{host} does not show this page to programs (HTTP {answer.status})."
        if answer.status in {404, 410}:
            reason = f"{host} has no such page (HTTP {answer.status})."
        return [session.records.put(Record(SOURCE, "url", url, "error", reason=reason))]
    page = {"url": answer.url, "tags": _tags(answer.text)}
    record = Record(SOURCE, "url", url, "found", "meta-tags-json", encode(page))
    return [session.records.put(record)]


class _Head(HTMLParser):
    """Collects the meta tags that name what a page is about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one tag."""
        if tag != "meta":
            return
        said = {name.lower(): value or "" for name, value in attrs}
        name = (said.get("name") or said.get("property") or "").strip().lower()
        if name.startswith(("citation_", "bepress_", "prism.", "dc.", "dcterms.", "eprints.")) or (
            name in {*_DOI_TAGS, "book:isbn", "og:isbn", "og:title", "og:url"}
        ):
            self.tags.append([name, said.get("content", "")])


def _tags(text: str) -> list[list[str]]:
    head = _Head()
    head.feed(re.split(r"</head\s*>", text, maxsplit=1, flags=re.IGNORECASE)[0])
    return head.tags


def _doi(text: str) -> str | None:
    bare = re.sub(r"^\s*(?:info:doi/|urn:doi:|doi\s*[:=]\s*)", "", text, flags=re.IGNORECASE)
    try:
        return identifiers.normalise_doi(bare)
    except IdentifierError:
        return None


def _isbn(text: str) -> str | None:
    try:
        return identifiers.normalise_isbn(text)
    except IdentifierError:
        return None
