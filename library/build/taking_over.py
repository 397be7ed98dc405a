"""Entries that take fields over from others, wherever in the file those stand."""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property

from library.build.bibtext import BibText
from library.build.blocks import strings_of
from library.build.reading import Found, Reader, parents_of
from library.entry import Entry
from library.findings import Finding
from library.formats.bibtex.blocks import read_pieces, scan
from library.store import layout
from library.store.rows import WorkRows

Place = tuple[int, int, int]
"""Offset, bytes, line."""


class Places:
    """Where every entry and @string of the file stands, as the stored layout has it."""

    def __init__(self, text: BibText, connection: sqlite3.Connection, name: str) -> None:
        self._text = text
        self._connection = connection
        self._name = name

    @cached_property
    def _blocks(self) -> list[tuple[layout.BlockInfo, int, int]]:
        found, offset, line = [], 0, 1
        for block in layout.blocks(self._connection, 0, 1 << 62):
            found.append((block, offset, line))
            offset, line = offset + block.size, line + block.lines
        return found

    @cached_property
    def entries(self) -> dict[str, Place]:
        """Every key's first entry."""
        places: dict[str, Place] = {}
        for block, offset, line in self._blocks:
            if block.kind in ("e", "x") and block.key:
                places.setdefault(block.key, (offset, block.size, line))
        return places

    @cached_property
    def _folded(self) -> dict[str, str]:
        folded: dict[str, str] = {}
        for key in self.entries:
            folded.setdefault(key.lower(), key)
        return folded

    @cached_property
    def _strings(self) -> tuple[list[int], list[dict[str, str]]]:
        offsets: list[int] = []
        states: list[dict[str, str]] = []
        known: dict[str, str] = {}
        for block, offset, line in self._blocks:
            if block.kind == "s":
                window = self._text.window(offset, offset + block.size)
                known = strings_of(*scan(window, 0, line), source=window, known=known)
                offsets.append(offset)
                states.append(known)
        return offsets, states

    def strings_at(self, offset: int) -> dict[str, str]:
        """Return the @strings that are known at `offset`."""
        offsets, states = self._strings
        index = bisect_left(offsets, offset)
        return states[index - 1] if index else {}

    def resolve(self, name: str) -> str | None:
        """Return the key of the entry that `name` means: a key, an alias, or in other case."""
        if name in self.entries:
            return name
        row = self._connection.execute(
            "SELECT citation_key FROM key_changes JOIN works ON works.id = work_id"
            " WHERE old_key = ? ORDER BY citation_key LIMIT 1",
            [name],
        ).fetchone()
        return row[0] if row else self._folded.get(name.lower())

    def entry(self, key: str) -> Entry | None:
        """Return the entry with this key, as it stands in the file."""
        offset, size, line = self.entries[key]
        window = self._text.window(offset, offset + size)
        read = read_pieces(window, scan(window, 0, line), self._name, self.strings_at(offset))
        return read.entries[0] if read.entries else None

    def read(self, reader: Reader, keys: Iterable[str]) -> list[Found]:
        """Read the entries with these keys, wherever they stand."""
        found = []
        for key in keys:
            offset, size, line = self.entries[key]
            window = self._text.window(offset, offset + size)
            batch = reader.read(window, scan(window, 0, line), offset, self.strings_at(offset))
            found.extend(batch.found)
        return found


def read_deferred(
    reader: Reader, places: Places, found: Sequence[Found]
) -> list[tuple[Found, WorkRows, list[Finding]]]:
    """Read entries that take fields over, with the parents they need."""
    parents: dict[str, Entry] = {}
    wanted = [name for one in found if one.entry is not None for name in parents_of(one.entry)]
    while wanted:
        key = places.resolve(wanted.pop())
        if key is None or key in parents:
            continue
        entry = places.entry(key)
        if entry is not None:
            parents[key] = entry
            wanted += parents_of(entry)
    return reader.read_taking_over(found, list(parents.values()))
