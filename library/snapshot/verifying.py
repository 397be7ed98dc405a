"""Whether a snapshot's folder holds what its manifest says, byte for byte."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from library.snapshot import layout
from library.snapshot.layout import Manifest, Problem, Unit


def verify(folder: Path, manifest: Manifest) -> Iterator[tuple[Unit, list[Problem]]]:
    """Yield each unit with what is wrong with its files; the files are read whole, several at once.

    Besides the manifest's sizes and digests, the DOIs must stand in order.
    """
    with ThreadPoolExecutor() as pool:
        yield from zip(
            manifest.units,
            pool.map(lambda unit: _problems(folder, unit), manifest.units),
            strict=True,
        )


def strangers(folder: Path, manifest: Manifest) -> list[Problem]:
    """Return the files that no unit of the manifest has."""
    known = {layout.file(folder, kind, unit.name) for unit in manifest.units for kind in unit.files}
    return [
        Problem(str(path.relative_to(folder)), "no unit of the manifest has this file: delete it")
        for kind in layout.KINDS
        for path in sorted((folder / kind).iterdir())
        if path not in known
    ]


def _problems(folder: Path, unit: Unit) -> list[Problem]:
    found = []
    for kind, written in unit.files.items():
        path = layout.file(folder, kind, unit.name)
        said = _wrong(path, written["bytes"], written["sha256"])
        if said is None and kind == "works":
            said = _unsorted(path, unit)
        if said is not None:
            advice = "Delete the file and run the same `library snapshot build` again"
            found.append(Problem(str(path.relative_to(folder)), f"{said}. {advice}"))
    return found


def _wrong(path: Path, size: int, digest: str) -> str | None:
    try:
        with path.open("rb") as stream:
            there = hashlib.file_digest(stream, "sha256").hexdigest()
        actual = path.stat().st_size
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    if actual != size:
        return f"it has {actual:,} bytes, the manifest says {size:,}"
    return None if there == digest else "its bytes are not those that were written"


def _unsorted(path: Path, unit: Unit) -> str | None:
    try:
        dois = pq.read_table(path, columns=["doi"]).column("doi").to_pylist()
    except (OSError, pa.ArrowException) as error:
        return f"it is no Parquet file ({error})"
    if len(dois) != unit.works:
        return f"it holds {len(dois):,} works, the manifest says {unit.works:,}"
    if any(one >= other for one, other in pairwise(dois)):
        return "its DOIs are not in order"
    if dois and (dois[0], dois[-1]) != (unit.first, unit.last):
        return "its DOIs are not those of the manifest"
    return None
