"""The facet columns in memory (see columns.py), masks over all works, and counting.

Arrays are indexed by works.id. They belong to one generation of one database and are never
changed: a later build makes new ones, and takes over the parts that it did not touch.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from library.store import columns as packed

Bits = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]

FIRST_YEAR: Final = packed.NO_YEAR + 1
"""The year that stands at place 0 of a count by year."""

FLAGS: Final = {
    "open_access": packed.OPEN_ACCESS,
    "retracted": packed.RETRACTED,
    "has_abstract": packed.HAS_ABSTRACT,
}
_TYPES: Final = {"B": np.uint8, "h": np.int16, "i": np.int32, "q": np.int64, "H": np.uint16}
_KINDS: Final = ("topic", "audience", "form")
_KEPT_MASKS: Final = 32
_KEPT_DATABASES: Final = 4


@dataclass(frozen=True)
class Mask:
    """A set of works; bits[id] is True for those in it."""

    bits: Bits

    def __and__(self, other: "Mask") -> "Mask":
        return Mask(self.bits & other.bits)

    @cached_property
    def count(self) -> int:
        """How many works are in it."""
        return int(np.count_nonzero(self.bits))

    def ids(self) -> npt.NDArray[np.int64]:
        """Return the ids of its works, rising."""
        return np.flatnonzero(self.bits)


class Columns:
    """All facet columns of one generation."""

    def __init__(self, generation: int, parts: dict[tuple[int, str], bytes]) -> None:
        self.generation = generation
        self.parts = parts
        self._lock = threading.Lock()
        self._masks: OrderedDict[object, Mask] = OrderedDict()
        self._arrays: dict[str, Numbers] = {}
        self._all: Mask | None = None

    def array(self, name: str) -> Numbers:
        """Return one column: a value a work, or the values of all works one after another."""
        found = self._arrays.get(name)
        if found is None:
            base, _, suffix = name.partition(":")
            kind = _TYPES["H" if suffix else packed.SINGLE.get(base, "i")]
            pieces = [
                np.frombuffer(self.parts[part, name], dtype=kind)
                for part in sorted({part for part, _ in self.parts})
            ]
            found = np.concatenate(pieces) if pieces else np.zeros(0, dtype=kind)
            self._arrays[name] = found
        return found

    def all(self) -> Mask:
        """Return all works."""
        if self._all is None:
            self._all = Mask((self.array("flags") & packed.PRESENT) != 0)
        return self._all

    def kept(self, key: object, compute: Callable[[], Mask]) -> Mask:
        """Return the mask for `key`, computed once: a page asks for it several times."""
        with self._lock:
            mask = self._masks.get(key)
            if mask is not None:
                self._masks.move_to_end(key)
                return mask
        mask = compute()
        with self._lock:
            self._masks[key] = mask
            while len(self._masks) > _KEPT_MASKS:
                self._masks.popitem(last=False)
        return mask

    def forget(self) -> None:
        """Drop the kept masks; for measurements."""
        with self._lock:
            self._masks.clear()

    def of_ids(self, ids: "Iterable[int] | Numbers") -> Mask:
        """Return the works with these ids."""
        bits = np.zeros(len(self.all().bits), dtype=np.bool_)
        wanted = ids if isinstance(ids, np.ndarray) else np.fromiter(ids, dtype=np.int64)
        bits[wanted[wanted < len(bits)]] = True
        return Mask(bits)

    def equal(self, name: str, codes: Sequence[int]) -> Mask:
        """Return the works whose one value of `name` is among `codes`."""
        column = self.array(name)
        shift = FIRST_YEAR if name == "year" else 0
        bits = np.zeros(len(column), dtype=np.bool_)
        for code in codes:
            bits |= column == code + shift
        return Mask(bits)

    def having(self, name: str, codes: Sequence[int]) -> Mask:
        """Return the works that have one of `codes` among their values of `name`."""
        values = self.array(name)
        bits = np.zeros(len(self.all().bits), dtype=np.bool_)
        for code in codes:
            # The values of work n end at ends[n]: the first end behind a place is its work's.
            bits[np.searchsorted(self._ends(name), np.flatnonzero(values == code), "right")] = True
        return Mask(bits)

    def _ends(self, name: str) -> npt.NDArray[np.int64]:
        """Return where, in a column of many values, those of each work end."""
        found = self._arrays.get(name + ":ends")
        if found is None:
            found = np.cumsum(self.array(name + ":n"), dtype=np.int64)
            self._arrays[name + ":ends"] = found
        return found

    def flag(self, name: str, wanted: Iterable[int]) -> Mask:
        """Return the works whose flag is among `wanted` (1 or 0)."""
        is_set = (self.array("flags") & FLAGS[name]) != 0
        both = set(wanted)
        return self.all() if len(both) > 1 else Mask(is_set if both == {1} else ~is_set)

    def between(self, first: int | None, last: int | None) -> Mask:
        """Return the works of the years `first` to `last`; works without a year are in none."""
        years = self.array("year")
        bits = years != packed.NO_YEAR
        if first is not None:
            bits &= years >= max(first, FIRST_YEAR)
        if last is not None:
            bits &= years <= min(last, -FIRST_YEAR)
        return Mask(bits)

    def count(self, name: str, mask: Mask) -> npt.NDArray[np.int64]:
        """Return how many works of `mask` have each value: counts[code]."""
        name = "keyword" if name in _KINDS else name
        if name in packed.MANY:
            values = self.array(name)
            if mask is not self._all:
                values = values[np.repeat(mask.bits, self.array(name + ":n"))]
            return np.bincount(values)
        if name in FLAGS:
            flags = self.array("flags")[mask.bits] & FLAGS[name]
            is_set = int(np.count_nonzero(flags))
            return np.array([mask.count - is_set, is_set])
        values = self.array(name)[mask.bits]
        if name == "year":
            values = values[values != packed.NO_YEAR].astype(np.int32) - FIRST_YEAR
            return np.bincount(values)
        counts = np.bincount(values)
        counts[:1] = 0  # no value
        return counts

    def of_kind(self, connection: sqlite3.Connection, kind: str, size: int) -> Bits:
        """Return which of the first `size` keyword ids have the prefix `kind`."""
        bits = np.zeros(size, dtype=np.bool_)
        for (keyword_id,) in connection.execute("SELECT id FROM keywords WHERE kind = ?", [kind]):
            if keyword_id < size:
                bits[keyword_id] = True
        return bits

    def sort_key(self, sort: str, ids: Numbers) -> Numbers:
        """Return numbers by which `ids` are sorted, the largest first."""
        position = self.array("position")[ids]
        if sort == "added":
            return position
        column = self.array("cited" if sort == "cited" else "year")[ids].astype(np.int64)
        return (column << 44) + position


_loaded: OrderedDict[str, Columns] = OrderedDict()
_loading = threading.Lock()


def load(connection: sqlite3.Connection) -> Columns:
    """Return the columns as the database has them now; only parts that changed are read."""
    meta = dict(
        connection.execute("SELECT key, value FROM meta WHERE key IN ('identity', 'generation')")
    )
    identity, generation = meta["identity"], int(meta["generation"])
    found = _loaded.get(identity)
    if found is not None and found.generation == generation:
        return found
    with _loading:
        found = _loaded.get(identity)
        have = found.generation if found is not None and found.generation <= generation else 0
        if found is not None and have == generation:
            return found
        parts = dict(found.parts) if found is not None and have else {}
        newest = generation
        for part, name, made, data in connection.execute(
            "SELECT part, name, generation, data FROM facet_columns WHERE generation > ?", [have]
        ):
            parts[part, name] = data
            newest = max(newest, made)
        # A build that ends between the two statements above is seen by the second alone: then
        # these columns are the newer ones, and say so.
        fresh = Columns(newest, parts)
        if found is not None and found.generation > newest:
            return fresh  # for a reader that still sees an older state
        _loaded[identity] = fresh
        while len(_loaded) > _KEPT_DATABASES:
            _loaded.popitem(last=False)
        return fresh
