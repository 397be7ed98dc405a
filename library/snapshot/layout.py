"""Where things stand in a snapshot's folder, and what its manifest says of them.

    snapshot.json              the manifest; it is written last, so what has one is whole
    parts/UNIT.json            one unit's part of it, written when the unit's files stand
    works/UNIT.parquet         a row a work, by DOI: what is looked for
    records/UNIT.parquet       the records themselves, in the same order, in small row groups
    references/UNIT.parquet    (citing, cited): a row a reference that has a DOI
    words/UNIT.parquet         (key, row): in which rows a title's word stands; see columns.py

A unit is one input file. Nothing in the manifest depends on when, where or in which order the units
were made: two runs over the same input give the same bytes.
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from library.snapshot.errors import NoSnapshotError, SnapshotError

FORMAT: Final = 1
"""Of the folder; raised whenever a column or a file changes its meaning."""

MANIFEST: Final = "snapshot.json"
KINDS: Final = ("works", "records", "references", "words")
PARTS: Final = "parts"
TEMPORARY: Final = ".tmp"  # the end of the name of what is not whole yet


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in an input file that could not be taken."""

    place: str  # "12.jsonl.gz:4711": the file and the line (or the item of an older file)
    message: str  # what is wrong, and what was skipped

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Unit:
    """One input file, converted."""

    name: str  # of its files, without a suffix
    source: str  # the input file's name, relative to the source
    source_bytes: int
    source_sha256: str
    works: int
    references: int
    skipped: int  # records that could not be taken
    whole: bool  # False: the input file ended in the middle
    first: str  # the least DOI; "" where there is none
    last: str  # the greatest
    newest: str  # the newest moment at which Crossref indexed one: "2026-03-01T08:15:00Z"
    files: Mapping[str, Mapping[str, Any]]  # kind -> {"bytes", "rows", "sha256"}
    problems: tuple[Problem, ...] = ()
    same_as: str | None = None  # the unit whose input file is byte for byte this one; then no files

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Unit":
        """Return the unit that `as_json` wrote."""
        problems = tuple(Problem(**one) for one in data["problems"])
        return cls(**{**data, "problems": problems})

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds."""

    date: str  # Crossref's works until then: the newest moment of indexing
    units: tuple[Unit, ...]  # in the order of their first DOIs
    superseded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Unit -> DOIs of it whose newer record stands in another unit."""
    missing: tuple[Problem, ...] = ()  # input files that could not be read: not in here

    @property
    def works(self) -> int:
        """How many works it holds."""
        left_out = sum(len(dois) for dois in self.superseded.values())
        return sum(unit.works for unit in self.units) - left_out

    @property
    def references(self) -> int:
        """How many references with a DOI it holds."""
        return sum(unit.references for unit in self.units)

    def problems(self) -> list[Problem]:
        """Return what could not be taken from the input."""
        return [*(one for unit in self.units for one in unit.problems), *self.missing]


def file(folder: Path, kind: str, unit: str) -> Path:
    """Return where the file of `kind` of a unit stands."""
    return folder / kind / f"{unit}.parquet"


def part(folder: Path, unit: str) -> Path:
    """Return where a unit's part of the manifest stands."""
    return folder / PARTS / f"{unit}.json"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest: from now on the folder is a snapshot."""
    data = {
        "format": FORMAT,
        "date": manifest.date,
        "works": manifest.works,
        "references": manifest.references,
        "units": [unit.as_json() for unit in manifest.units],
        "superseded": {name: list(dois) for name, dois in manifest.superseded.items()},
        "missing": [asdict(problem) for problem in manifest.missing],
    }
    write_whole(folder / MANIFEST, encode(data))


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot.

    Raises:
        NoSnapshotError: the folder holds none, or one that was not finished or is of another
            format.
    """
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        begun = (folder / PARTS).is_dir()
        said = (
            f"{folder} holds a snapshot that is not finished: run the same `library snapshot "
            "build` again, it goes on where it stopped."
            if begun
            else f"{folder} holds no snapshot ({MANIFEST} is missing). Make one with `library "
            "snapshot build`."
        )
        raise NoSnapshotError(f"{said} Nothing was done.") from error
    except (OSError, ValueError) as error:
        raise NoSnapshotError(
            f"{path} cannot be read ({error}). `library snapshot build` writes it anew; "
            "nothing was done."
        ) from error
    written = data.get("format") if isinstance(data, dict) else None
    if written != FORMAT:
        newer = isinstance(written, int) and written > FORMAT
        advice = "Update this program" if newer else "Build it again into an empty folder"
        raise NoSnapshotError(
            f"{folder} is a snapshot of format {written}; this program reads format {FORMAT}. "
            f"{advice}; nothing was done."
        )
    superseded = {name: tuple(dois) for name, dois in data["superseded"].items()}
    missing = tuple(Problem(**one) for one in data["missing"])
    return Manifest(data["date"], tuple(map(Unit.from_json, data["units"])), superseded, missing)


def encode(data: object) -> bytes:
    """Return JSON that people can read, the same bytes for the same data."""
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def clean(folder: Path) -> None:
    """Take away what an interrupted run left half-written."""
    for kind in (".", PARTS, *KINDS):
        for path in (folder / kind).glob(f"*{TEMPORARY}"):
            path.unlink(missing_ok=True)


def make_folders(folder: Path) -> None:
    """Make the folders of a snapshot.

    Raises:
        SnapshotError: they cannot be made.
    """
    try:
        for kind in (PARTS, *KINDS):
            (folder / kind).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SnapshotError(
            f"{folder} cannot be written ({error.strerror}). Nothing was done."
        ) from error


def ordered(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Return units in the order of the manifest."""
    return tuple(sorted(units, key=lambda unit: (unit.first, unit.last, unit.name)))
