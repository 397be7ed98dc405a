"""What the last build saw in references.bib: its blocks in their order, with a digest each.

The blocks lie in chunks. A chunk starts at a plain entry, so that its start is a boundary whatever
stands before it. Comparing the chunks' digests with the file of today, from both ends, finds the
changed span without reading anything of the rest.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

Kind = Literal["e", "x", "s", "t"]
"""e: an entry as anyone would write it; x: an odd entry; s: @string; t: all else."""

CHUNK: Final = 96
"""Least blocks of a chunk (the last may have fewer)."""

_SIZE: Final = 16


class BlockInfo(NamedTuple):
    """One block of the file."""

    kind: Kind
    key: str  # of an entry; "" for other blocks
    size: int  # bytes of its scanned form
    lines: int  # line ends in it
    digest: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of blocks, without them."""

    position: int
    digest: bytes
    size: int
    lines: int
    strings: int  # how many of its blocks are @string


def digest(data: bytes) -> bytes:
    """Return the digest by which bytes are compared with those of the last build."""
    return blake2b(data, digest_size=_SIZE).digest()


def cut(
    blocks: Sequence[BlockInfo], read: Callable[[int, int], bytes], start: int
) -> Iterator[tuple[Chunk, list[BlockInfo]]]:
    """Yield chunks of `blocks`, the first of which starts at the offset `start` of the file.

    Args:
        blocks: in the order of the file.
        start: offset of the first of them.
        read: (start, end) -> bytes of the file.
    """
    held: list[BlockInfo] = []
    size = 0
    for block in blocks:
        if len(held) >= CHUNK and block.kind == "e":
            yield _chunk(held, read(start, start + size)), held
            start, size, held = start + size, 0, []
        held.append(block)
        size += block.size
    if held:
        yield _chunk(held, read(start, start + size)), held


def _chunk(blocks: list[BlockInfo], data: bytes) -> Chunk:
    return Chunk(
        0,
        digest(data),
        len(data),
        sum(block.lines for block in blocks),
        sum(block.kind == "s" for block in blocks),
    )


def chunks(connection: sqlite3.Connection) -> list[Chunk]:
    """Return all chunks, in the order of the file."""
    rows = connection.execute(
        "SELECT position, digest, bytes, lines, strings FROM build_chunks ORDER BY position"
    )
    return [Chunk(*row) for row in rows]


def blocks(connection: sqlite3.Connection, first: int, behind: int) -> list[BlockInfo]:
    """Return the blocks of the chunks from position `first` to before `behind`."""
    rows = connection.execute(
        "SELECT blocks FROM build_chunks WHERE position >= ? AND position < ? ORDER BY position",
        [first, behind],
    )
    return [BlockInfo(*block) for (text,) in rows for block in json.loads(text)]


ChunkRow = tuple[bytes, int, int, int, str]
"""A chunk and its blocks as a row of build_chunks, without its position."""


def rows(pairs: Iterable[tuple[Chunk, list[BlockInfo]]]) -> list[ChunkRow]:
    """Return chunks as they are written."""
    return [
        (
            *(chunk.digest, chunk.size, chunk.lines, chunk.strings),
            json.dumps(held, ensure_ascii=False, separators=(",", ":")),
        )
        for chunk, held in pairs
    ]


def add_rows(connection: sqlite3.Connection, made: Sequence[ChunkRow], first: int) -> int:
    """Write chunks from the position `first` on; return the position behind them."""
    connection.executemany(
        "INSERT INTO build_chunks (position, digest, bytes, lines, strings, blocks)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(position, *row) for position, row in enumerate(made, first)],
    )
    return first + len(made)


def replace(
    connection: sqlite3.Connection,
    first: int,
    behind: int,
    pairs: Sequence[tuple[Chunk, list[BlockInfo]]],
) -> None:
    """Put `pairs` in the place of the chunks from position `first` to before `behind`."""
    connection.execute(
        "DELETE FROM build_chunks WHERE position >= ? AND position < ?", [first, behind]
    )
    shift = len(pairs) - (behind - first)
    if shift:
        # Through negative numbers, so that no two rows have one position on the way.
        connection.execute(
            "UPDATE build_chunks SET position = -(position + ?) - 1 WHERE position >= ?",
            [shift, behind],
        )
        connection.execute("UPDATE build_chunks SET position = -position - 1 WHERE position < 0")
    add_rows(connection, rows(pairs), first)


@dataclass(frozen=True, slots=True)
class Span:
    """What differs: old chunks from `first` to before `behind`; the file from `start` on."""

    first: int  # index of the first old chunk that differs
    behind: int  # index of the first old chunk after it that stands in the file as it did
    start: int  # offset where the span starts, in the old file and the new
    line: int  # its line, from 1


def changed_span(old: Sequence[Chunk], size: int, read: Callable[[int, int], bytes]) -> Span | None:
    """Return what differs between the chunks of the last build and the file now; None: nothing.

    Args:
        old: all chunks of the last build.
        size: of the file now.
        read: (start, end) -> bytes of the file now.
    """
    first, start, line = 0, 0, 1
    while first < len(old):
        chunk = old[first]
        end = start + chunk.size
        if end > size or digest(read(start, end)) != chunk.digest:
            break
        first, start, line = first + 1, end, line + chunk.lines
    if first == len(old) and start == size:
        return None
    behind, end = len(old), size
    while behind > first:
        chunk = old[behind - 1]
        begin = end - chunk.size
        if begin < start or digest(read(begin, end)) != chunk.digest:
            break
        behind, end = behind - 1, begin
    if first:
        # Where a broken block ends hangs on what follows it: the chunk before is read again too.
        first -= 1
        start, line = start - old[first].size, line - old[first].lines
    return Span(first, behind, start, line)
