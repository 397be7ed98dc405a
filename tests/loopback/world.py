"""All twins together, filled with our fixtures and, where given, the real records.

Besides the records under tests/data, this world knows: 10.5555/loopback.old-name is an alias of
10.5555/loopback.renamed; 10.1400/loopback.1 is registered with mEDRA and can be negotiated;
10.1400/loopback.2 is registered with mEDRA, which sends no record; PMC9000001 is 10.5555/
loopback.article, PMC9000002 has a PMID only.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from .arxiv import Arxiv
from .crossref import Crossref
from .datacite import DataCite
from .doi_org import DoiOrg
from .limits import Limits
from .ncbi import Converter, PubMed
from .openlibrary import OpenLibrary
from .pages import Pages
from .server import Loopback, Twin
from .works import Works, corpus, fixtures

DATA = Path(__file__).parent.parent / "data"


class World(Loopback):
    """The running server, with its twins by name.

    All twins state generous limits in Crossref's headers, so that tests need not wait: the
    library's limiter follows what any service states. `limit` sets others.
    """

    def __init__(
        self, works: Works, limits: Mapping[str, Limits] | None = None, port: int = 0
    ) -> None:
        self.crossref = Crossref(works)
        self.crossref.aliases["10.5555/loopback.old-name"] = "10.5555/loopback.renamed"
        self.datacite = DataCite({item["doi"]: item for item in _json("datacite")})
        self.doi_org = DoiOrg(self.crossref)
        self.doi_org.items = {item["DOI"].lower(): item for item in _json("csl")}
        self.crossref.agencies = dict.fromkeys(self.datacite.records, "DataCite")
        self.crossref.agencies |= dict.fromkeys(self.doi_org.items, "mEDRA")
        self.crossref.agencies["10.1400/loopback.2"] = "mEDRA"
        self.pubmed = PubMed({path.stem: _text(path) for path in (DATA / "pubmed").glob("*.xml")})
        self.pmc = Converter(
            {
                "PMC9000001": {"pmid": 30000001, "doi": "10.5555/loopback.article"},
                "PMC9000002": {"pmid": 30000002},
            }
        )
        self.arxiv = Arxiv(
            {path.stem.replace("-", "/"): _text(path) for path in (DATA / "arxiv").glob("*.xml")}
        )
        self.openlibrary = OpenLibrary(
            {book["identifiers"]["isbn_13"][0]: book for book in _json("openlibrary")}
        )
        self.pages = Pages({f"/{path.name}": _text(path) for path in (DATA / "pages").glob("*")})
        services: dict[str, Twin] = {
            "crossref": self.crossref,
            "datacite": self.datacite,
            "doi": self.doi_org,
            "pubmed": self.pubmed,
            "pmc": self.pmc,
            "arxiv": self.arxiv,
            "openlibrary": self.openlibrary,
            "pages": self.pages,
        }
        stated = {name: Limits() for name in services} | dict(limits or {})
        super().__init__(services, stated, port)


@contextmanager
def world(
    corpora: Path | None = None, limits: Mapping[str, Limits] | None = None, port: int = 0
) -> Iterator[World]:
    """Run all services on 127.0.0.1, on `port` or one that is free."""
    works = _real(corpora) if corpora else Works(fixtures())
    with World(works, limits, port) as running:
        if corpora:
            running.doi_org.items.update(_negotiated(corpora))
        yield running


@cache
def _real(corpora: Path) -> Works:
    """Return fixtures and real records together; read once, since they are many."""
    works = Works(fixtures())
    works.add(corpus(corpora))
    return works


@cache
def _negotiated(corpora: Path) -> dict[str, dict[str, Any]]:
    """Return what doi.org really answered, by DOI."""
    path = corpora / "crossref" / "content_negotiated_csl.jsonl"
    if not path.exists():
        return {}
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {item["DOI"].lower(): item for item in items if isinstance(item.get("DOI"), str)}


def _json(folder: str) -> list[dict[str, Any]]:
    return [json.loads(_text(path)) for path in sorted((DATA / folder).glob("*.json"))]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
