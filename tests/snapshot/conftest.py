"""A made-up data file of Crossref and the snapshot of it, made once for all tests here."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from measure.made_snapshot import MadeSnapshot

from library.snapshot import layout
from library.snapshot.converting import Failure, convert
from library.snapshot.layout import Manifest, Unit
from library.snapshot.reading import Snapshot
from library.snapshot.source import inputs

MADE = MadeSnapshot(2500, 5)


def pack(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """Write records as one file of the data file."""
    lines = "".join(json.dumps(record) + "\n" for record in records)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def converted(source: Path, folder: Path) -> list[Unit]:
    """Convert a folder's files without Dask."""
    layout.make_folders(folder)
    units = []
    for one in inputs(str(source)):
        done = convert(one, str(folder))
        assert not isinstance(done, Failure), done
        units.append(done)
    return units


@pytest.fixture(scope="session")
def data_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 2,500 made-up records in five files."""
    folder = tmp_path_factory.mktemp("data-file")
    for number in range(MADE.files):
        MADE.write(number, folder)
    return folder


@pytest.fixture(scope="session")
def snapshot(data_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return the snapshot of that data file."""
    folder = tmp_path_factory.mktemp("snapshot")
    units = layout.ordered(converted(data_file, folder))
    layout.write_manifest(folder, Manifest(max(unit.newest for unit in units), units))
    return Snapshot(folder)


@pytest.fixture(scope="session")
def records() -> dict[str, dict[str, Any]]:
    """Return the made-up records by DOI."""
    return {one["DOI"]: one for number in range(MADE.files) for one in MADE.records(number)}
