"""references.bib -> library.db, from top to bottom as the data flows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

from library.findings import Finding
from library.formats.bibtex.read import read
from library.store.database import publish
from library.store.load import fill
from library.store.rows import WorkRows, work_rows


class Paths(Protocol):
    """What the build asks of the settings (`library.settings.Settings` has it)."""

    @property
    def bib(self) -> Path:
        """references.bib."""
        ...

    @property
    def records(self) -> Path:
        """records.db."""
        ...

    @property
    def database(self) -> Path:
        """library.db."""
        ...

    @property
    def people(self) -> Mapping[str, str]:
        """Name as printed -> person."""
        ...

    @property
    def venues(self) -> Mapping[str, str]:
        """Venue as printed -> venue."""
        ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build changed."""

    added: int
    changed: int
    removed: int
    unchanged: int
    findings: int  # in the whole library now
    seconds: float


def build(
    paths: Paths,
    *,
    full: bool = False,
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Summary:
    """Bring library.db up to date with references.bib and records.db."""
    del full, processes
    started = perf_counter()
    reading = read(paths.bib.read_bytes(), paths.bib.name)
    by_key: dict[str, list[Finding]] = {}
    for finding in reading.findings:
        by_key.setdefault(finding.key or "", []).append(finding)

    def rows() -> Iterator[tuple[WorkRows, list[Finding]]]:
        seen: set[str] = set()
        for work in reading.works:
            if work.citation_key not in seen:
                seen.add(work.citation_key)
                yield work_rows(work), by_key.pop(work.citation_key, [])

    fresh = paths.database.with_suffix(".building")
    fresh.unlink(missing_ok=True)
    count = fill(fresh, rows(), people=paths.people, venues=paths.venues, progress=progress)
    publish(fresh, paths.database)
    return Summary(count, 0, 0, 0, len(reading.findings), perf_counter() - started)
