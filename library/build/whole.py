"""All of references.bib into a new library.db."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from library.build.bibtext import BibText
from library.build.reading import Context, Found, Reader, parents_of, twice
from library.build.stretches import ReadStretch, helpers, read_stretches
from library.build.taking_over import Places, read_deferred
from library.build.workers import WorkerLostError, Workers
from library.formats.bibtex.read import without_collector
from library.store import layout
from library.store.aside import Work, here
from library.store.load import filling
from library.store.write import SPACING, Writer


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
        processes: how many work; with more than one, this one reads too while it waits.
    """
    with (
        without_collector(),
        helpers(text, context, processes - 1) as workers,
        Reader(context) as reader,
        filling(
            fresh,
            generation=generation,
            people=people,
            venues=venues,
            meta=meta,
            progress=progress,
            aside=partial(_aside, workers) if workers else here,
        ) as writer,
    ):
        work = _Whole(text, context, reader, writer)
        for read in read_stretches(text, reader, workers):
            work.take(read)
            if progress:
                progress(f"{work.count:,} works")
        work.finish()


def _aside(workers: Workers, work: Work, packed: bytes) -> Callable[[], bytes]:
    """Let a worker do it; see `store.aside`."""
    task = workers.submit(work, packed)

    def result() -> bytes:
        try:
            return bytes(task.result())
        except WorkerLostError:
            return work(packed)

    return result


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

    def take(self, read: ReadStretch) -> None:
        """Write what one stretch says, and remember its blocks."""
        self._chunks = layout.add_rows(self.writer.connection, read.chunks, self._chunks)
        self.writer.add_findings((finding, None) for finding in read.findings)
        for index, line, one in read.found:
            self._take_one(one, self._blocks + index, line)
        self._blocks += read.blocks

    def _take_one(self, one: Found, block: int, line: int) -> None:
        if one.key in self._seen:
            self.writer.add_findings([(twice(self.context.name, one.key, line), None)])
            self._depend(one.key, "twice", [""])
            return
        if one.key:
            self._seen.add(one.key)
        if one.macros:
            self._depend(one.key, "string", one.macros)
        if one.entry is not None and one.key and one.entry.type != "xdata":
            self._deferred.append((one, block * SPACING))
            self._depend(one.key, "entry", [key.lower() for key in parents_of(one.entry)])
            return
        work_id = None
        if one.rows is not None and one.key:
            work_id = self.writer.add(one.rows, block * SPACING)
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
