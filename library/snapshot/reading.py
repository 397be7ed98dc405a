"""A snapshot, asked: records by DOI, and candidates by the words of a title.

A look-up opens only the units whose range can hold the DOI, and reads of these the column of DOIs
and the row groups that hold the records. It is safe under threads; nothing stays open.
"""

import math
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from library.snapshot import layout
from library.snapshot.columns import keys
from library.snapshot.converting import RECORD_GROUP
from library.snapshot.errors import SnapshotError
from library.snapshot.layout import Unit

T = TypeVar("T")
R = TypeVar("R")
_QUERIES: Final = 500  # looked for in one pass over the index
_MOST_ASKED: Final = 60  # words: what is looked for may be a whole reference
_MOST_PLACES: Final = 50_000  # of a key that is looked at: what stands everywhere says nothing


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a work is looked for by."""

    title: str | None  # plain text
    family: str | None  # of the first author, or an organisation's name


class Snapshot:
    """A snapshot that was built or extracted.

    Raises:
        NoSnapshotError: the folder holds none, or one of another format.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = layout.read_manifest(folder)
        self.units = [unit for unit in self.manifest.units if unit.works]

    @property
    def date(self) -> str:
        """Until when it holds Crossref's works: "2026-03-01T08:15:00Z"."""
        return self.manifest.date

    def look_up(self, dois: Iterable[str]) -> dict[str, bytes]:
        """Return the records of those DOIs (bare, in lower case) that it holds, as JSON.

        Raises:
            SnapshotError: a file is missing or damaged.
        """
        parts = self._in_units(sorted(set(dois)))
        found: dict[str, bytes] = {}
        for records in self._each(lambda part: self._records(*part), parts):
            found.update(records)
        return found

    def find(self, wanted: Sequence[Wanted], most: int = 20) -> list[list[str]]:
        """Return, for each of `wanted`, the DOIs of the likeliest works, the likeliest first.

        These are candidates: which of them is the work, if any, is for the judgement.

        Raises:
            SnapshotError: a file is missing or damaged.
        """
        found: list[list[str]] = []
        for start in range(0, len(wanted), _QUERIES):
            found += self._find(wanted[start : start + _QUERIES], most)
        return found

    def _in_units(self, wanted: Sequence[str]) -> list[tuple[Unit, Sequence[str]]]:
        """Return the units that may hold DOIs of `wanted` (sorted), with these: a merge join."""
        parts = []
        for unit in self.units:
            mine = wanted[bisect_left(wanted, unit.first) : bisect_right(wanted, unit.last)]
            if mine:
                parts.append((unit, mine))
        return parts

    def _records(self, unit: Unit, wanted: Sequence[str]) -> dict[str, bytes]:
        """Return the records of a unit that are wanted."""
        dois = self._read(unit, "works", ["doi"]).column("doi")
        places = pc.index_in(pa.array(wanted, pa.string()), value_set=dois).to_pylist()
        old = self.manifest.superseded.get(unit.name, ())
        rows = {
            doi: place
            for doi, place in zip(wanted, places, strict=True)
            if place is not None and doi not in old
        }
        if not rows:
            return {}
        groups = sorted({row // RECORD_GROUP for row in rows.values()})
        with self._open(unit, "records") as opened:
            column = opened.read_row_groups(groups).column("record")
        # Where each row group begins in what was read: all but a file's last are full.
        starts = {group: number * RECORD_GROUP for number, group in enumerate(groups)}
        return {
            doi: column[starts[row // RECORD_GROUP] + row % RECORD_GROUP].as_py()
            for doi, row in rows.items()
        }

    def _find(self, wanted: Sequence[Wanted], most: int) -> list[list[str]]:
        asked = [keys(one.title, one.family, _MOST_ASKED) for one in wanted]
        every = np.array(sorted(set().union(*asked)), dtype=np.uint32)
        if not len(every) or not self.units:
            return [[] for _ in wanted]
        hits = list(self._each(lambda unit: self._hits(unit, every), self.units))
        number = np.concatenate([numbers for numbers, _ in hits])
        unit = np.repeat(np.arange(len(hits)), [len(rows) for _, rows in hits])
        place = (unit.astype(np.int64) << 32) | np.concatenate([rows for _, rows in hits])
        order = np.argsort(number, kind="stable")
        number, place = number[order], place[order]
        starts = np.searchsorted(number, np.arange(len(every) + 1))
        chosen = [self._likeliest(one, every, starts, place, most) for one in asked]
        return self._named(chosen)

    def _hits(self, unit: Unit, wanted: NDArray[np.uint32]) -> tuple[NDArray[np.int64], ...]:
        """Return (which of `wanted`, row) of each place in which a key stands in a unit."""
        table = self._read(unit, "words")
        held = table.column("key").to_numpy()
        left = np.searchsorted(held, wanted, "left")
        counts = np.searchsorted(held, wanted, "right") - left
        numbers = np.repeat(np.arange(len(wanted)), counts)
        # The places of one key lie together: from `left` on, `counts` of them.
        offsets = np.arange(len(numbers)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = table.column("row").to_numpy()[np.repeat(left, counts) + offsets]
        return numbers, rows.astype(np.int64)

    @staticmethod
    def _likeliest(
        asked: set[int],
        every: NDArray[np.uint32],
        starts: NDArray[np.int64],
        place: NDArray[np.int64],
        most: int,
    ) -> list[int]:
        """Return the places that share most keys with what is asked; a rare key weighs more."""
        places: list[NDArray[np.int64]] = []
        weights: list[NDArray[np.float64]] = []
        for number in np.searchsorted(every, np.array(sorted(asked), dtype=np.uint32)):
            mine = place[starts[number] : starts[number + 1]]
            if 0 < len(mine) <= _MOST_PLACES:
                places.append(mine)
                weights.append(np.full(len(mine), 1 / math.log2(2 + len(mine))))
        if not places:
            return []
        each, inverse = np.unique(np.concatenate(places), return_inverse=True)
        scores = np.bincount(inverse, np.concatenate(weights))
        return [int(each[n]) for n in np.lexsort((each, -scores))[:most]]

    def _named(self, chosen: Sequence[Sequence[int]]) -> list[list[str]]:
        """Return the DOIs that stand in places."""
        rows: dict[int, set[int]] = {}
        for place in {place for places in chosen for place in places}:
            rows.setdefault(place >> 32, set()).add(place & 0xFFFFFFFF)
        numbers = sorted(rows)
        named: dict[int, str] = {}
        columns = self._each(
            lambda number: self._read(self.units[number], "works", ["doi"]).column("doi"), numbers
        )
        for number, dois in zip(numbers, columns, strict=True):
            old = self.manifest.superseded.get(self.units[number].name, ())
            for row in rows[number]:
                doi = dois[row].as_py()
                if doi not in old:
                    named[number << 32 | row] = doi
        return [
            list(dict.fromkeys(named[place] for place in places if place in named))
            for places in chosen
        ]

    def _open(self, unit: Unit, kind: str) -> pq.ParquetFile:
        path = layout.file(self.folder, kind, unit.name)
        try:
            return pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, error) from error

    def _read(self, unit: Unit, kind: str, columns: list[str] | None = None) -> pa.Table:
        with self._open(unit, kind) as opened:
            return opened.read(columns)

    def _each(self, ask: Callable[[T], R], parts: Sequence[T]) -> Iterable[R]:
        """Ask units several at once; the answers come in their order."""
        try:
            if len(parts) == 1:
                yield ask(parts[0])
                return
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                yield from pool.map(ask, parts)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(self.folder, error) from error


def _damaged(path: Path, error: Exception) -> SnapshotError:
    return SnapshotError(
        f"{path} cannot be read ({error}). `library snapshot verify` says what is damaged, and "
        "`library snapshot build` makes it anew; nothing was changed."
    )
