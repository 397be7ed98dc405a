"""references.bib in stretches, each read whole: here, or in worker processes.

A stretch starts at a plain entry at the start of a line, found without reading what stands before
it. Whether that really is a boundary shows when the stretch before it has been read: its last
block must be a plain entry, and no brace may be open that is closed behind it. Else the two are
read again as one.
"""

import gc
import marshal
import os
import pickle
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from library.build.bibtext import BibText
from library.build.blocks import block_infos, line_ends, strings_of
from library.build.reading import Context, Found, Reader
from library.build.workers import Task, WorkerLostError, Workers, working
from library.findings import Finding
from library.formats.bibtex.blocks import Piece, Source, scan
from library.formats.bibtex.grammar import Braces
from library.store import layout
from library.store.rows import WorkRows

_SIZE: Final = 1 << 17  # bytes of a stretch, at least
_LOOK: Final = 1 << 16  # bytes in which the next stretch's start is looked for at first
_FAR: Final = 1 << 22  # bytes in which a brace may be closed that its stretch leaves open
_START: Final = re.compile(rb"\n(?=@)")
_VALUES: Final = attrgetter(*(one.name for one in fields(Finding)))
_STRING: Final = re.compile(rb"@\s*string\b", re.IGNORECASE)


@dataclass(slots=True)
class ReadStretch:
    """What a stretch of the file says, finished."""

    blocks: int
    chunks: list[layout.ChunkRow]
    findings: list[Finding] = field(default_factory=list)  # of blocks that are no entries
    found: list[tuple[int, int, Found]] = field(default_factory=list)  # block from 1, line, entry
    reaches: int = 0  # offset in the file up to which must be read for this to be right


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the file that is to be read."""

    source: Source
    offset: int  # in the file
    line: int  # of its first byte
    strings: Mapping[str, str]  # known before it

    @property
    def end(self) -> int:
        return self.offset + len(self.source.data)


@contextmanager
def helpers(text: BibText, context: Context, count: int) -> Iterator[Workers | None]:
    """Start `count` processes that read `text` too; None for none. Open no database before."""
    with (
        TemporaryDirectory(prefix="library-", ignore_cleanup_errors=True) as folder,
        working(count, _start, text.path, context, folder) as workers,
    ):
        yield workers


def read_stretches(text: BibText, reader: Reader, workers: Workers | None) -> Iterator[ReadStretch]:
    """Yield what every stretch says, in the order of the file.

    Args:
        text: the open file.
        reader: this process's own, which reads too while it waits for others.
        workers: of `helpers`; None: this process reads all.
    """
    joined: _Stretch | None = None  # read, and found to go on in the next one
    for stretch, answer in _asked(text, reader, workers):
        if joined is not None:
            whole = _joined(text, joined, stretch)
            read = _read(reader, whole)
        else:
            whole, read = stretch, _got(answer, stretch, reader)
        joined = whole if _needed(text, read.reaches) > whole.end else None
        if joined is None:
            yield read


def _asked(
    text: BibText, reader: Reader, workers: Workers | None
) -> Iterator[tuple[_Stretch, Task | ReadStretch]]:
    """Yield the stretches in order, each with what was read or will be."""
    waiting: deque[tuple[_Stretch, Task | ReadStretch]] = deque()
    for stretch in _stretches(text, reader.context.name):
        left = (text.size - stretch.end) // _SIZE
        if workers is not None and workers.has_room(left):
            place = stretch.offset, stretch.end, stretch.line, stretch.strings
            waiting.append((stretch, workers.submit(_work, *place)))
        else:
            waiting.append((stretch, _read(reader, stretch)))
        while waiting and (not isinstance(waiting[0][1], Task) or waiting[0][1].is_done()):
            yield waiting.popleft()
    yield from waiting


def _stretches(text: BibText, name: str) -> Iterator[_Stretch]:
    """Cut the file."""
    start, line = 0, 1
    strings: dict[str, str] = {}
    while start < text.size:
        end = _next_start(text, start + _SIZE)
        while True:
            stretch = _Stretch(text.window(start, end), start, line, strings)
            data = stretch.source.data
            if not _STRING.search(data):
                break
            # What its @strings say must be known before the next one is read.
            pieces = list(scan(stretch.source, 0, line))
            if _needed(text, _reaches(pieces, data, start)) <= end:
                strings = strings_of(*pieces, source=stretch.source, name=name, known=strings)
                break
            end = _next_start(text, end + _SIZE)
        yield stretch
        start, line = end, line + line_ends(data)


def _next_start(text: BibText, place: int) -> int:
    """Return the offset of the first plain entry at the start of a line from `place` on."""
    look = _LOOK
    while place < text.size:
        window = text.window(place, place + look)
        is_last = place + look >= text.size
        for match in _START.finditer(window.data):
            start = match.end()
            following = window.data.find(b"\n@", start)
            if following < 0 and not is_last:
                break
            behind = following + 1 if following >= 0 else len(window.data)
            entry = text.source(window.data[start:behind])
            if next(scan(entry)).plain is not None:
                return place + start
        if is_last:
            break
        look *= 2
    return text.size


def _joined(text: BibText, first: _Stretch, second: _Stretch) -> _Stretch:
    window = text.window(first.offset, second.end)
    return _Stretch(window, first.offset, first.line, first.strings)


def _reaches(pieces: Sequence[Piece], data: bytes, offset: int) -> int:
    """Return up to where in the file must be read for these blocks to be what they seem.

    Behind the data where the last block is no plain entry: where others end hangs on what follows.
    -offset where a block's opening brace is not closed in the data: it may be, further on.
    """
    braces = None
    for piece in pieces:
        if piece.odd is not None:
            braces = braces or Braces(data)
            opening = data.find(b"{", piece.start, piece.end)
            if opening >= 0 and braces.closing(opening, len(data)) < 0:
                return -(offset + opening)
    for piece in reversed(pieces):
        if piece.plain is not None:
            break
        if data[piece.start : piece.end].strip():
            return offset + len(data) + 1
    return offset + len(data)


def _needed(text: BibText, reaches: int) -> int:
    """Return what `_reaches` means in this file: at most its size."""
    if reaches >= 0:
        return min(reaches, text.size)
    window = text.window(-reaches, -reaches + _FAR)
    closing = Braces(window.data).closing(0, len(window.data))
    return closing - reaches if closing >= 0 else 0


def _read(reader: Reader, stretch: _Stretch) -> ReadStretch:
    source = stretch.source
    pieces = list(scan(source, 0, stretch.line))
    batch = reader.read(source, pieces, stretch.offset, dict(stretch.strings))
    by_start = {one.start: one for one in batch.found}
    infos = block_infos(source, pieces, stretch.offset, by_start)
    data = source.data
    return ReadStretch(
        len(pieces),
        layout.rows(layout.cut(infos, lambda start, end: data[start:end], 0)),
        batch.findings,
        [
            (index, piece.line, by_start[place])
            for index, piece in enumerate(pieces, 1)
            if (place := stretch.offset + piece.start) in by_start
        ],
        _reaches(pieces, data, stretch.offset),
    )


# --- In a worker ----------------------------------------------------------------------------------

_text: BibText | None = None  # this worker's own, as are the next two
_reader: Reader | None = None
_folder = ""  # where it leaves what it read


def _start(bib: Path, context: Context, folder: str) -> None:
    global _text, _reader, _folder
    gc.disable()  # there are no cycles among millions of rows
    _text, _reader, _folder = BibText(bib), Reader(context), folder


def _work(start: int, end: int, line: int, strings: Mapping[str, str]) -> str | None:
    """Read a stretch, leave what it says in a file, and return its path; None: the disk is full.

    Rows go by `marshal`, in a quarter of the time that pickle takes for them; entries that take
    fields over are no plain values. The pipe is for short words: it holds little, and one who
    writes more waits until the other reads, perhaps for ever.
    """
    if _text is None or _reader is None:
        msg = "a worker was asked before it was started"
        raise RuntimeError(msg)
    read = _read(_reader, _Stretch(_text.window(start, end), start, line, strings))
    odd = [one for one in read.found if one[2].entry is not None]
    plain = [
        (
            index,
            line,
            one.start,
            one.key,
            one.rows and tuple(one.rows),
            _flat(one.findings),
            one.macros,
        )
        for index, line, one in read.found
        if one.entry is None
    ]
    path = Path(_folder, f"{os.getpid()}-{start}")
    said = (read.blocks, read.chunks, _flat(read.findings), plain, pickle.dumps(odd), read.reaches)
    try:
        path.write_bytes(marshal.dumps(said))
    except OSError:
        return None
    return str(path)


def _flat(findings: list[Finding]) -> list[tuple[Any, ...]]:
    return [_VALUES(finding) for finding in findings]


# --- And back -------------------------------------------------------------------------------------


def _got(answer: Task | ReadStretch, stretch: _Stretch, reader: Reader) -> ReadStretch:
    """Return what a stretch says; where its worker could not, it is read here."""
    if isinstance(answer, ReadStretch):
        return answer
    try:
        path = answer.result()
    except WorkerLostError:
        path = None
    if path is None:
        return _read(reader, stretch)
    left = Path(path)
    said = marshal.loads(left.read_bytes())  # noqa: S302 - from our own worker
    left.unlink()
    blocks, chunks, findings, plain, odd, reaches = said
    found = [
        (
            index,
            line,
            Found(start, key, rows and WorkRows._make(rows), [Finding(*f) for f in said], macros),
        )
        for index, line, start, key, rows, said, macros in plain
    ]
    others = pickle.loads(odd)  # noqa: S301 - as above
    if others:
        found = sorted([*found, *others], key=lambda one: one[0])
    return ReadStretch(blocks, chunks, [Finding(*f) for f in findings], found, reaches)
