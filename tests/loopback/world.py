"""All twins together, filled with our fixtures and, where given, the real records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from .crossref import Crossref
from .doi_org import DoiOrg
from .limits import Limits
from .server import Loopback, Twin
from .works import Works, corpus, fixtures


class World(Loopback):
    """The running server, with its twins by name."""

    def __init__(
        self, works: Works, limits: Mapping[str, Limits] | None = None, port: int = 0
    ) -> None:
        self.crossref = Crossref(works)
        self.doi_org = DoiOrg(self.crossref)
        services: dict[str, Twin] = {"crossref": self.crossref, "doi": self.doi_org}
        stated = {name: Limits() for name in services} | dict(limits or {})
        super().__init__(services, stated, port)


@contextmanager
def world(
    corpora: Path | None = None, limits: Mapping[str, Limits] | None = None, port: int = 0
) -> Iterator[World]:
    """Run all services on 127.0.0.1, on `port` or one that is free."""
    works = _real(corpora) if corpora else Works(fixtures())
    with World(works, limits, port) as running:
        yield running


@cache
def _real(corpora: Path) -> Works:
    """Return fixtures and real records together; read once, since they are many."""
    works = Works(corpus(corpora))
    works.add(fixtures())
    return works
