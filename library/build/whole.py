"""All of references.bib into a new library.db."""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from library.build.bibtext import BibText
from library.build.blocks import block_infos, strings_of
from library.build.reading import Batch, Context, Found, Reader, parents_of, twice
from library.build.taking_over import Places, read_deferred
from library.formats.bibtex.blocks import Piece, Source, scan
from library.store import layout
from library.store.load import filling
from library.store.write import SPACING, Writer

_BATCH: Final = 512  # blocks


@dataclass(slots=True)
class _Stretch:
    """Blocks that are read together."""

    source: Source  # a window of the file; offsets in it
    offset: int  # of the window in the file
    pieces: list[Piece]
    strings: dict[str, str]  # known before it

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end


def rebuild(
    text: BibText,
    fresh: Path,
    context: Context,
    *,
    generation: int,
    people: Mapping[str, str],
    venues: Mapping[str, str],
    meta: Mapping[str, str],
    processes: int = 1,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Make the database `fresh` from the whole of `text`.

    Args:
        text: the file.
        fresh: a path where nothing is.
        context: what reading needs.
        generation: of the new database.
        people: the user's decisions about people.
        venues: the user's decisions about venues.
        meta: rows for the table meta.
        progress: told in words what is being done.
        processes: how many read; with more than one, this one reads too while it waits.
    """
    with (
        _without_collector(),
        Reader(context) as reader,
        filling(
            fresh,
            generation=generation,
            people=people,
            venues=venues,
            meta=meta,
            progress=progress,
        ) as writer,
    ):
        work = _Whole(text, context, reader, writer)
        for stretch, batch in _read(text, reader, context, processes):
            work.take(stretch, batch)
            if progress and work.count % 5000 < _BATCH:
                progress(f"{work.count:,} works")
        work.finish()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of rows, where there are none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Whole:
    """Writes batches in the order of the file."""

    text: BibText
    context: Context
    reader: Reader
    writer: Writer
    count: int = 0
    _blocks: int = 0
    _chunks: int = 0
    _seen: set[str] = field(default_factory=set)
    _deferred: list[tuple[Found, int]] = field(default_factory=list)

    def take(self, stretch: _Stretch, batch: Batch) -> None:
        """Write one batch, and remember its blocks."""
        found = {one.start: one for one in batch.found}
        infos = block_infos(stretch.source, stretch.pieces, stretch.offset, found)
        pairs = layout.cut(infos, self.text.read, stretch.offset + stretch.start)
        self._chunks = layout.add(self.writer.connection, pairs, self._chunks)
        self.writer.add_findings((finding, None) for finding in batch.findings)
        for piece in stretch.pieces:
            self._blocks += 1
            one = found.get(stretch.offset + piece.start)
            if one is not None:
                self._take_one(one, piece.line)

    def _take_one(self, one: Found, line: int) -> None:
        if one.key in self._seen:
            self.writer.add_findings([(twice(self.context.name, one.key, line), None)])
            self._depend(one.key, "twice", [""])
            return
        if one.key:
            self._seen.add(one.key)
        if one.macros:
            self._depend(one.key, "string", one.macros)
        if one.entry is not None and one.key and one.entry.type != "xdata":
            self._deferred.append((one, self._blocks * SPACING))
            self._depend(one.key, "entry", [key.lower() for key in parents_of(one.entry)])
            return
        work_id = None
        if one.rows is not None and one.key:
            work_id = self.writer.add(one.rows, self._blocks * SPACING)
            self.count += 1
        self.writer.add_findings((finding, work_id) for finding in one.findings)

    def _depend(self, key: str, kind: str, names: Iterable[str]) -> None:
        self.writer.connection.executemany(
            "INSERT OR IGNORE INTO build_dependencies VALUES (?, ?, ?)",
            [(key, kind, name) for name in names],
        )

    def finish(self) -> None:
        """Write the entries that take fields over, now that all others are known."""
        if not self._deferred:
            return
        self.writer.flush()
        places = Places(self.text, self.writer.connection, self.context.name)
        positions = {id(one): position for one, position in self._deferred}
        made = read_deferred(self.reader, places, [one for one, _ in self._deferred])
        for one, rows, findings in made:
            work_id = self.writer.add(rows, positions[id(one)])
            self.writer.add_findings((finding, work_id) for finding in findings)
            self.count += 1


def _stretches(text: BibText, name: str) -> Iterator[_Stretch]:
    """Yield the file in stretches that start at a plain entry."""
    strings: dict[str, str] = {}
    pieces: list[Piece] = []
    held: tuple[Source, int] | None = None
    for window, offset, piece in text.pieces(0, 1):
        is_full = len(pieces) >= _BATCH and piece.plain is not None
        if held is not None and pieces and (is_full or held[1] != offset):
            stretch = _Stretch(*held, pieces, strings)
            strings = strings_of(*stretch.pieces, source=held[0], name=name, known=strings)
            yield stretch
            pieces = []
        held = (window, offset)
        pieces.append(piece)
    if held is not None and pieces:
        yield _Stretch(*held, pieces, strings)


def _read(
    text: BibText, reader: Reader, context: Context, processes: int
) -> Iterator[tuple[_Stretch, Batch]]:
    """Yield every stretch with what it says, in the order of the file."""
    stretches = _stretches(text, context.name)
    if processes < 2:  # noqa: PLR2004 - one process is this one
        for stretch in stretches:
            yield (
                stretch,
                reader.read(stretch.source, stretch.pieces, stretch.offset, stretch.strings),
            )
        return
    with ExitStack() as stack:
        # Spawned, not forked: this process may have threads (a running site) and open databases.
        pool = stack.enter_context(
            ProcessPoolExecutor(
                processes - 1, get_context("spawn"), initializer=_start, initargs=(context,)
            )
        )
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        waiting: deque[tuple[_Stretch, Future[Batch] | Batch]] = deque()
        for stretch in stretches:
            flying = sum(isinstance(one, Future) and not one.done() for _, one in waiting)
            if flying < 2 * (processes - 1):
                data = stretch.source.data[stretch.start : stretch.end]
                waiting.append(
                    (
                        stretch,
                        pool.submit(
                            _work,
                            replace(stretch.source, data=data),
                            stretch.offset + stretch.start,
                            stretch.pieces[0].line,
                            stretch.strings,
                        ),
                    )
                )
            else:
                batch = reader.read(stretch.source, stretch.pieces, stretch.offset, stretch.strings)
                waiting.append((stretch, batch))
            while waiting and (not isinstance(waiting[0][1], Future) or waiting[0][1].done()):
                yield _landed(*waiting.popleft())
        while waiting:
            yield _landed(*waiting.popleft())


def _landed(stretch: _Stretch, batch: "Future[Batch] | Batch") -> tuple[_Stretch, Batch]:
    return stretch, batch.result() if isinstance(batch, Future) else batch


_reader: Reader | None = None  # of a worker process


def _start(context: Context) -> None:
    global _reader  # noqa: PLW0603 - a worker's one Reader, made when it starts
    gc.disable()  # as in `_without_collector`
    _reader = Reader(context)


def _work(source: Source, offset: int, line: int, strings: dict[str, str]) -> Batch:
    """Read a stretch in a worker."""
    if _reader is None:
        msg = "a worker was asked before it was started"
        raise RuntimeError(msg)
    return _reader.read(source, scan(source, 0, line), offset, strings)
