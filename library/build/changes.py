"""Only what changed in references.bib and records.db, into the live library.db."""

# ruff: noqa: S608 - only names of our own are put into statements

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from library.build.bibtext import BibText
from library.build.blocks import block_infos
from library.build.reading import Context, Found, Reader, parents_of
from library.build.taking_over import Places, read_deferred
from library.findings import Finding
from library.formats.bibtex.blocks import Piece, Source
from library.store import layout
from library.store.layout import BlockInfo, Chunk, Span
from library.store.rows import WorkRows
from library.store.write import SPACING, Writer

_WINDOW: Final = 1 << 17
_MOST: Final = 2000
"""Above so many entries, and a fifth of the library, everything is read anew: that is faster."""


@dataclass(slots=True)
class Counted:
    """What was done."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class TooMuch(Exception):  # noqa: N818 - an answer, not an error
    """The change is of a kind, or a size, for which the whole file is read."""


@dataclass(slots=True)
class _Read:
    """The changed blocks of the file as they are now."""

    span: Span  # in old chunks; `behind` where the two files are the same again
    infos: list[BlockInfo] = field(default_factory=list)  # of all blocks in the span
    old: list[BlockInfo] = field(default_factory=list)
    first: int = 0  # index of the first block that was read
    behind: int = 0  # index behind the last one, among `infos`
    behind_old: int = 0  # the same among `old`
    found: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def update(
    text: BibText,
    connection: sqlite3.Connection,
    writer: Writer,
    context: Context,
    *,
    changed_dois: Iterable[str],
    changed_keys: Iterable[str],
) -> Counted:
    """Bring the tables of `connection` after the file, inside the caller's transaction.

    Args:
        text: the file as it is now.
        connection: of the live database, inside a transaction.
        writer: on the same connection.
        context: what reading needs.
        changed_dois: whose records changed since the last build.
        changed_keys: of works whose provenance changed.

    Raises:
        TooMuch: nothing was written; build the whole.
    """
    with Reader(context) as reader:
        return _Change(text, connection, writer, context, reader).run(changed_dois, changed_keys)


@dataclass(slots=True)
class _Change:
    text: BibText
    connection: sqlite3.Connection
    writer: Writer
    context: Context
    reader: Reader
    counted: Counted = field(default_factory=Counted)

    def run(self, changed_dois: Iterable[str], changed_keys: Iterable[str]) -> Counted:
        chunks = layout.chunks(self.connection)
        span = layout.changed_span(chunks, self.text.size, self.text.read)
        again = self._works_of(changed_dois, changed_keys)
        places = Places(self.text, self.connection, self.context.name)
        if span is None:
            self._read_again(again, places)
            return self.counted
        read = self._read_span(span, chunks)
        old = {b.key: b for b in read.old[read.first : read.behind_old] if _is_entry(b)}
        new = {b.key: b for b in read.infos[read.first : read.behind] if _is_entry(b)}
        self._refuse_repeated(read, old, new)
        touched = {
            key for key in old.keys() | new.keys() if old.get(key, _NO)[4] != new.get(key, _NO)[4]
        }
        macros = self._changed_strings(read)
        self._replace_layout(read)
        again |= self._dependants(touched, macros) | (again & new.keys())
        self._write_span(read, old, new, touched | again, places)
        self._read_again({key for key in again if key not in new and key not in old}, places)
        return self.counted

    def _works_of(self, dois: Iterable[str], keys: Iterable[str]) -> set[str]:
        """Return the citation keys of the works with these DOIs, or these keys."""
        found: set[str] = set()
        for doi in dois:
            rows = self.connection.execute("SELECT citation_key FROM works WHERE doi = ?", [doi])
            found.update(row[0] for row in rows)
        for key in keys:
            rows = self.connection.execute(
                "SELECT citation_key FROM works WHERE citation_key = ?", [key]
            )
            found.update(row[0] for row in rows)
        return found

    def _read_span(self, span: Span, chunks: list[Chunk]) -> _Read:
        """Scan from the span's start until the file is again what it was; read what changed."""
        shift = self.text.size - sum(chunk.size for chunk in chunks)
        ends: dict[int, int] = {}
        offset = span.start
        for index in range(span.first, len(chunks)):
            if index >= span.behind:
                ends[offset + shift] = index
            offset += chunks[index].size
        behind = len(chunks)
        pieces: list[tuple[Source, int, Piece]] = []
        for window, at, piece in self.text.pieces(span.start, span.line, _WINDOW):
            index = ends.get(at + piece.start, -1)
            if index >= 0 and piece.plain is not None:
                behind = index
                break
            pieces.append((window, at, piece))
        read = _Read(Span(span.first, behind, span.start, span.line))
        read.old = layout.blocks(self.connection, span.first, behind)
        digests = [layout.digest(w.data[p.start : p.end]).hex() for w, _, p in pieces]
        self._trim(read, digests)
        if read.behind - read.first > _MOST:
            total = self.connection.execute("SELECT count(*) FROM works").fetchone()[0]
            if 5 * (read.behind - read.first) > total:
                raise TooMuch
        self._read_blocks(read, pieces)
        return read

    def _trim(self, read: _Read, digests: list[str]) -> None:
        """Find the blocks that differ, with the entry before them and loose text behind them."""
        old = read.old
        first = 0
        while first < min(len(old), len(digests)) and old[first].digest == digests[first]:
            first += 1
        same = 0
        while (
            same < min(len(old), len(digests)) - first
            and old[-1 - same].digest == digests[-1 - same]
        ):
            same += 1
        # What is said of loose text hangs on the entry before it.
        while first > 0 and (first >= len(old) or not self._is_work(old[first])):
            first -= 1
            if self._is_work(old[first]):
                break
        while same > 0 and old[len(old) - same].kind == "t":
            same -= 1
        read.first, read.behind, read.behind_old = first, len(digests) - same, len(old) - same

    def _is_work(self, block: BlockInfo) -> bool:
        return block.kind == "e" and bool(
            self.connection.execute(
                "SELECT 1 FROM works WHERE citation_key = ?", [block.key]
            ).fetchone()
        )

    def _read_blocks(self, read: _Read, pieces: list[tuple[Source, int, Piece]]) -> None:
        strings = self._strings_before(read.span)
        groups: list[tuple[Source, int, list[Piece]]] = []
        for window, at, piece in pieces[read.first : read.behind]:
            if not groups or groups[-1][1] != at:
                groups.append((window, at, []))
            groups[-1][2].append(piece)
        # @strings between the span's start and the first changed block count too.
        for window, at, piece in pieces[: read.first]:
            strings = (
                self.reader.read(window, [piece], at, strings).strings
                if piece.kind == "string"
                else strings
            )
        infos: list[BlockInfo] = []
        for window, at, group in groups:
            batch = self.reader.read(window, group, at, strings)
            strings = batch.strings
            read.found += batch.found
            read.findings += batch.findings
            infos += block_infos(window, group, at, {one.start: one for one in batch.found})
        tail = len(read.old) - read.behind_old
        read.infos = [
            *read.old[: read.first],
            *infos,
            *(read.old[-tail:] if tail else []),
        ]

    def _strings_before(self, span: Span) -> dict[str, str]:
        places = Places(self.text, self.connection, self.context.name)
        has_strings = self.connection.execute(
            "SELECT 1 FROM build_chunks WHERE position < ? AND strings > 0 LIMIT 1", [span.first]
        ).fetchone()
        # The layout is still the old one: what stands before the span stands there now as well.
        return places.strings_at(span.start) if has_strings else {}

    def _refuse_repeated(
        self, read: _Read, old: Mapping[str, BlockInfo], new: Mapping[str, BlockInfo]
    ) -> None:
        """Leave keys that stand twice to the whole build, which knows which one is first."""
        keys = [b.key for b in read.infos[read.first : read.behind] if _is_entry(b)]
        if len(set(keys)) < len(keys):
            raise TooMuch
        for key in old.keys() | new.keys():
            is_repeated = self.connection.execute(
                "SELECT 1 FROM build_dependencies WHERE citation_key = ? AND kind = 'twice'", [key]
            ).fetchone()
            is_elsewhere = key not in old and self._id(key) is not None
            if is_repeated or is_elsewhere:
                raise TooMuch

    def _changed_strings(self, read: _Read) -> set[str]:
        """Return the names of @strings that changed, lower case."""
        old = [b for b in read.old[read.first : read.behind_old] if b.kind == "s"]
        new = [b for b in read.infos[read.first : read.behind] if b.kind == "s"]
        if [b.digest for b in old] == [b.digest for b in new] and not (
            old and read.behind - read.first > len(old) + len(new)
        ):
            return set()
        return {name for b in [*old, *new] for name in b.key.split(",") if name}

    def _replace_layout(self, read: _Read) -> None:
        pairs = list(layout.cut(read.infos, self.text.read, read.span.start))
        layout.replace(self.connection, read.span.first, read.span.behind, pairs)

    def _dependants(self, keys: set[str], macros: set[str]) -> set[str]:
        """Return the entries whose meaning hangs on these entries and @strings."""
        found: set[str] = set()
        wanted = [("string", name) for name in macros]
        wanted += [("entry", name) for key in keys for name in self._names_of(key)]
        while wanted:
            rows = self.connection.execute(
                "SELECT citation_key FROM build_dependencies WHERE kind = ? AND name = ?",
                wanted.pop(),
            ).fetchall()
            for (key,) in rows:
                if key not in found:
                    found.add(key)
                    wanted += [("entry", name) for name in self._names_of(key)]
        return found

    def _names_of(self, key: str) -> set[str]:
        aliases = self.connection.execute(
            "SELECT old_key FROM key_changes"
            " WHERE work_id = (SELECT id FROM works WHERE citation_key = ?)",
            [key],
        )
        return {key.lower(), *(row[0].lower() for row in aliases)}

    def _id(self, key: str) -> int | None:
        row = self.connection.execute(
            "SELECT id FROM works WHERE citation_key = ?", [key]
        ).fetchone()
        return int(row[0]) if row else None

    def _write_span(
        self,
        read: _Read,
        old: Mapping[str, BlockInfo],
        new: Mapping[str, BlockInfo],
        wanted: set[str],
        places: Places,
    ) -> None:
        """Write what the span says now; `wanted` are the entries whose rows are made anew."""
        self._move_findings(read)
        self.writer.add_findings((finding, None) for finding in read.findings)
        gone = [key for key in old if key not in new]
        before = {key: self._id(key) for key in [*old, *new]}
        positions = self._positions(read, old, new)
        ids = [work_id for key in gone if (work_id := before[key]) is not None]
        self.writer.clear(ids, gone=True)
        self.counted.removed += len(ids)
        self._forget(gone)
        deferred = []
        for one in read.found:
            if not one.key:
                self.writer.add_findings((finding, None) for finding in one.findings)
            elif one.key not in wanted:
                self.writer.add_findings(
                    (f, before[one.key]) for f in one.findings if f.source == self.context.name
                )
                self._place(before[one.key], positions.get(one.key))
                if one.entry is not None and one.entry.type != "xdata":
                    deferred.append(one)
            elif one.entry is not None and one.entry.type != "xdata":
                deferred.append(one)
            else:
                self._forget([one.key])
                self._depend(one)
                self._write(one.key, one.rows, one.findings, before[one.key], positions)
        for one, rows, findings in read_deferred(self.reader, places, deferred):
            self._forget([one.key])
            self._depend(one)
            self._write(one.key, rows, findings, before[one.key], positions)

    def _write(
        self,
        key: str,
        rows: WorkRows | None,
        findings: list[Finding],
        work_id: int | None,
        positions: Mapping[str, int],
    ) -> None:
        if rows is None:  # @xdata, or what has become one
            if work_id is not None:
                self.writer.clear([work_id], gone=True)
                self.counted.removed += 1
            self.writer.add_findings((finding, None) for finding in findings)
            return
        if work_id is None:
            self.counted.added += 1
        else:
            self.counted.changed += 1
            self.writer.clear([work_id], gone=False)
        work_id = self.writer.add(rows, positions[key], work_id)
        self.writer.add_findings((finding, work_id) for finding in findings)

    def _place(self, work_id: int | None, position: int | None) -> None:
        if work_id is None or position is None:
            return
        moved = self.connection.execute(
            "UPDATE works SET position = ?1 WHERE id = ?2 AND position != ?1", [position, work_id]
        )
        if moved.rowcount:
            self.writer.touched.works.add(work_id)

    def _positions(
        self, read: _Read, old: Mapping[str, BlockInfo], new: Mapping[str, BlockInfo]
    ) -> dict[str, int]:
        """Return a position for each entry of the span, between its neighbours'."""
        had = [
            (row[0], key)
            for key in old
            for row in self.connection.execute(
                "SELECT position FROM works WHERE citation_key = ?", [key]
            )
        ]
        if [key for _, key in sorted(had)] == list(new):
            return {key: position for position, key in had}
        low, high = 0, None
        if had:
            low = self._neighbour("max", "<", min(had)[0]) or 0
            high = self._neighbour("min", ">", max(had)[0])
        elif read.span.first == 0 and read.first == 0:
            high = self._neighbour("min", ">", 0)
        else:
            raise TooMuch
        step = SPACING if high is None else (high - low) // (len(new) + 1)
        if step < 1:
            raise TooMuch
        return {key: low + step * place for place, key in enumerate(new, 1)}

    def _neighbour(self, which: str, sign: str, position: int) -> int | None:
        row = self.connection.execute(
            f"SELECT {which}(position) FROM works WHERE position {sign} ?",
            [position],
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def _move_findings(self, read: _Read) -> None:
        """Take the findings of the span out, and move those behind it to their lines of now."""
        first = read.span.line + sum(block.lines for block in read.old[: read.first])
        lines = sum(block.lines for block in read.old[read.first : read.behind_old])
        now = sum(block.lines for block in read.infos[read.first : read.behind])
        name = self.context.name
        is_last = read.behind_old == len(read.old) and self._is_at_end(read.span.behind)
        behind = 1 << 62 if is_last else first + lines
        self.connection.execute(
            "DELETE FROM findings WHERE source = ? AND line >= ? AND line < ?",
            [name, first, behind],
        )
        if now != lines:
            self.connection.execute(
                "UPDATE findings SET line = line + ? WHERE source = ? AND line >= ?",
                [now - lines, name, behind],
            )

    def _is_at_end(self, behind: int) -> bool:
        return not self.connection.execute(
            "SELECT 1 FROM build_chunks WHERE position >= ? LIMIT 1", [behind]
        ).fetchone()

    def _read_again(self, keys: set[str], places: Places) -> None:
        """Read entries again that stand where they stood, because something else changed."""
        keys = {key for key in keys if key in places.entries}
        if not keys:
            return
        deferred = []
        for one in places.read(self.reader, sorted(keys)):
            if one.entry is not None:
                deferred.append(one)
            elif one.rows is not None:
                self._write_again(one.key, one.rows, one.findings)
        for one, rows, findings in read_deferred(self.reader, places, deferred):
            self._write_again(one.key, rows, findings)

    def _write_again(self, key: str, rows: WorkRows, findings: list[Finding]) -> None:
        work_id = self._id(key)
        row = self.connection.execute(
            "SELECT position FROM works WHERE id = ?", [work_id]
        ).fetchone()
        if row is None:
            raise TooMuch
        self._write(key, rows, findings, work_id, {key: row[0]})

    def _forget(self, keys: Iterable[str]) -> None:
        self.connection.executemany(
            "DELETE FROM build_dependencies WHERE citation_key = ?", [(key,) for key in keys]
        )

    def _depend(self, one: Found) -> None:
        pairs = [("string", name) for name in one.macros]
        if one.entry is not None and one.entry.type != "xdata":
            pairs += [("entry", key.lower()) for key in parents_of(one.entry)]
        self.connection.executemany(
            "INSERT OR IGNORE INTO build_dependencies VALUES (?, ?, ?)",
            [(one.key, *pair) for pair in pairs],
        )


_NO: Final = BlockInfo("t", "", 0, 0, "")


def _is_entry(block: BlockInfo) -> bool:
    return block.kind in ("e", "x") and bool(block.key)


Progress = Callable[[str], None]
