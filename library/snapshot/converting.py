"""One input file of the data file -> one unit of a snapshot. It runs in a worker of Dask.

Written last is the unit's part of the manifest: a unit that has one is whole.
"""

import errno
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from library.snapshot.columns import Columns, columns, keys
from library.snapshot.errors import SnapshotError
from library.snapshot.layout import Problem, Unit, encode, file, part, write_whole
from library.snapshot.source import Hashing, Input, Problems, records

NOTICE: Final = pa.struct([("doi", pa.string()), ("type", pa.string()), ("is_target", pa.bool_())])
WORKS: Final = pa.schema(
    [
        ("doi", pa.string()),
        ("title", pa.string()),
        ("family", pa.string()),
        ("year", pa.int16()),
        ("type", pa.string()),
        ("container", pa.string()),
        ("indexed", pa.string()),
        ("notices", pa.list_(NOTICE)),
    ]
)
REFERENCES: Final = pa.schema([("citing", pa.string()), ("cited", pa.string())])
WORDS: Final = pa.schema([("key", pa.uint32()), ("row", pa.uint32())])
RECORDS: Final = pa.schema([("record", pa.binary())])
RECORD_GROUP: Final = 32
"""Records in one row group: what a look-up of one DOI has to unpack, about 30 kB on disk."""

_COMMON: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 3}
_WRITING: Final[dict[str, dict[str, Any]]] = {
    "works": {"use_dictionary": ["type", "container"]},
    "records": {
        "use_dictionary": False,
        "row_group_size": RECORD_GROUP,
        "write_statistics": False,
    },
    "references": {"use_dictionary": ["citing"], "row_group_size": 1 << 17},
    "words": {
        "use_dictionary": False,
        "row_group_size": 1 << 17,
        "column_encoding": {"key": "DELTA_BINARY_PACKED", "row": "PLAIN"},
    },
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an input file could not be converted; nothing of its unit was written."""

    name: str
    message: str
    is_disk: bool  # no other file will fare better: the disk is full or cannot be written


def convert(one: Input, folder: str) -> Unit | Failure:
    """Convert one file; what is wrong with its records is told in the unit's problems."""
    try:
        return _convert(one, Path(folder))
    except (OSError, pa.ArrowException) as error:
        return _failure(one, error)
    except SnapshotError as error:
        return Failure(one.name, str(error), is_disk=False)
    except MemoryError:
        return Failure(one.name, "there is not enough memory for it", is_disk=False)


def finished(one: Input, folder: Path) -> Unit | None:
    """Return the unit of a file that was converted before and has not changed since."""
    try:
        data = json.loads(part(folder, one.unit).read_bytes())
        stamp = data.pop("stamp")
        unit = Unit.from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if (stamp, unit.source, unit.source_bytes) != (one.stamp, one.name, one.bytes):
        return None
    for kind, written in unit.files.items():
        path = file(folder, kind, unit.name)
        if not path.exists() or path.stat().st_size != written["bytes"]:
            return None
    return unit


def mark_finished(one: Input, unit: Unit, folder: Path) -> None:
    """Write a unit's part of the manifest."""
    write_whole(part(folder, unit.name), encode({**unit.as_json(), "stamp": one.stamp}))


def _convert(one: Input, folder: Path) -> Unit:
    problems = Problems(one.name)
    rows: list[tuple[Columns, bytes]] = []
    places: list[int] = []
    with fsspec.open(one.url, "rb", **one.options) as opened:
        stream = Hashing(opened)
        for place, raw, record in records(stream, one.name, problems):  # type: ignore[arg-type]
            found = columns(record)
            if found is None:
                problems.skip(place, "the record has no DOI")
            else:
                rows.append((found, raw))
                places.append(place)
        digest = stream.sha256()
    if one.bytes and stream.bytes != one.bytes:
        raise SnapshotError(f"{stream.bytes:,} of {one.bytes:,} bytes came")
    rows = _in_order(rows, places, problems)
    problems.close()
    if not rows:
        problems.append(Problem(one.name, "the file holds no record"))
    unit = replace(
        _written(one.unit, rows, folder),
        source=one.name,
        source_bytes=stream.bytes,
        source_sha256=digest,
        skipped=problems.skipped,
        whole=problems.whole,
        problems=tuple(problems),
    )
    mark_finished(one, unit, folder)
    return unit


def convert_records(name: str, records: Sequence[bytes], folder: Path) -> Unit:
    """Write the unit of records that are in memory, sorted by DOI.

    Raises:
        OSError: the files cannot be written.
    """
    rows = [(row, raw) for raw in records if (row := columns(json.loads(raw))) is not None]
    return _written(name, rows, folder)


def _written(name: str, rows: Sequence[tuple[Columns, bytes]], folder: Path) -> Unit:
    """Write the files of a unit; return what is known of it without its source."""
    tables = _tables(rows)
    files = {kind: _write(folder, kind, name, table) for kind, table in tables.items()}
    dois = [row.doi for row, _ in rows]
    return Unit(
        name=name,
        source="",
        source_bytes=0,
        source_sha256="",
        works=len(rows),
        references=tables["references"].num_rows,
        skipped=0,
        whole=True,
        first=dois[0] if dois else "",
        last=dois[-1] if dois else "",
        newest=max((row.indexed for row, _ in rows), default=""),
        files=files,
    )


def _in_order(
    rows: Sequence[tuple[Columns, bytes]], places: Sequence[int], problems: Problems
) -> list[tuple[Columns, bytes]]:
    """Return the rows by DOI, each DOI once: its newest record."""
    newest: dict[str, int] = {}  # DOI -> number of its row
    for number, (row, _) in enumerate(rows):
        old = newest.setdefault(row.doi, number)
        if old == number:
            continue
        is_newer = row.indexed > rows[old][0].indexed
        newest[row.doi] = number if is_newer else old
        dropped = places[old if is_newer else number]
        problems.skip(dropped, f"{row.doi} stands twice in the file, this is the older")
    return [rows[newest[doi]] for doi in sorted(newest)]


def _tables(rows: Sequence[tuple[Columns, bytes]]) -> dict[str, pa.Table]:
    works = [row for row, _ in rows]
    notices = [
        [{"doi": n.doi, "type": n.type, "is_target": n.is_target} for n in row.notices] or None
        for row in works
    ]
    named = ("doi", "title", "family", "year", "type", "container", "indexed")
    listed = {name: [getattr(row, name) for row in works] for name in named}
    return {
        "works": pa.table({**listed, "notices": notices}, schema=WORKS),
        "records": pa.table({"record": [raw for _, raw in rows]}, schema=RECORDS),
        "references": pa.table(
            {
                "citing": [row.doi for row in works for _ in row.cited],
                "cited": [doi for row in works for doi in row.cited],
            },
            schema=REFERENCES,
        ),
        "words": _words(works),
    }


def _words(works: Sequence[Columns]) -> pa.Table:
    found: list[int] = []
    counts = np.empty(len(works), dtype=np.int64)
    for number, row in enumerate(works):
        mine = keys(row.title, row.family)
        found += mine
        counts[number] = len(mine)
    every: NDArray[np.uint32] = np.array(found, dtype=np.uint32)
    places = np.repeat(np.arange(len(works), dtype=np.uint32), counts)
    # By key, then by row: the same bytes whatever order a set gave its keys in.
    order = np.lexsort((places, every))
    return pa.table({"key": every[order], "row": places[order]}, schema=WORDS)


def _write(folder: Path, kind: str, name: str, table: pa.Table) -> dict[str, Any]:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **_COMMON, **_WRITING[kind])
    content = sink.getvalue()
    write_whole(file(folder, kind, name), memoryview(content))
    digest = hashlib.sha256(memoryview(content)).hexdigest()
    return {"bytes": content.size, "rows": table.num_rows, "sha256": digest}


def _failure(one: Input, error: Exception) -> Failure:
    number = getattr(error, "errno", None)
    is_disk = number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES}
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    where = getattr(error, "filename", None)
    return Failure(one.name, f"{where}: {said}" if where else said, is_disk=is_disk)
