"""references.bib as windows of bytes: a file of any size is never in memory as a whole.

Only a file that is not plain UTF-8 is decoded whole. The file is read, not mapped: a mapped file
that an editor cuts short while we look at it would kill the process.
"""

import codecs
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from library.errors import UsageError, WorldError
from library.formats.bibtex.blocks import Piece, Source, decode, scan

_HEAD: Final = 1 << 16
_STEP: Final = 1 << 16  # small: a stretch of mere ASCII need not be decoded
_WINDOW: Final = 1 << 20  # an unclosed brace costs a pass over the window, not the file


class BibFileError(WorldError):
    """references.bib cannot be read."""


class BibText:
    """An open .bib file. Offsets are those of its scanned form (its own bytes, mostly)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise UsageError(
                f"There is no file {path}. Nothing was built. Is this the library's folder? "
                "For a new library, make an empty file of that name."
            ) from error
        except OSError as error:
            raise BibFileError(
                f"{path} cannot be read ({error.strerror}). Nothing was built."
            ) from error
        self._stamp = _stamp(os.fstat(self._file))
        self.size = self._stamp[1]
        self._whole: Source | None = None
        if not self._is_plain():
            self._whole = decode(self._bytes(0, self.size))
            self.size = len(self._whole.data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    @property
    def encoding(self) -> str:
        """What stands for the file's encoding; a file whose encoding changes is read anew."""
        whole = self._whole
        return f"{whole.file_encoding}:{whole.is_mixed}" if whole else "utf-8:plain"

    def is_current(self) -> bool:
        """Tell whether the file at the path is still the one that was opened, unchanged."""
        try:
            return _stamp(self.path.stat()) == self._stamp == _stamp(os.fstat(self._file))
        except OSError:
            return False

    def read(self, start: int, end: int) -> bytes:
        """Return the scanned form from `start` to `end`."""
        return self._bytes(start, end) if self._whole is None else self._whole.data[start:end]

    def window(self, start: int, end: int) -> Source:
        """Return the same stretch, ready to scan; offsets in it start from 0."""
        data = self.read(start, end)
        return replace(self._whole, data=data) if self._whole else Source(data, "utf-8", "utf-8")

    def source(self, data: bytes) -> Source:
        """Return a stretch of this file, cut out elsewhere, ready to scan."""
        return replace(self._whole, data=data) if self._whole else Source(data, "utf-8", "utf-8")

    def pieces(
        self, start: int, line: int, window_size: int = _WINDOW
    ) -> Iterator[tuple[Source, int, Piece]]:
        """Yield (window, its offset, piece) from the block boundary `start` on, on `line`.

        A window's last pieces hang on what follows it; they are found again in the next window.
        """
        size = window_size
        while start < self.size:
            end = min(self.size, start + size)
            window = self.window(start, end)
            found = list(scan(window, 0, line))
            if end < self.size:
                kept = _last_plain(found)
                if kept == 0:
                    size *= 2
                    continue
                restart, line = found[kept].start, found[kept].line
                del found[kept:]
            else:
                restart = end - start
            for piece in found:
                yield window, start, piece
            start, size = start + restart, window_size

    def _bytes(self, start: int, end: int) -> bytes:
        pieces = []
        while start < end:
            piece = os.pread(self._file, min(end - start, 1 << 30), start)
            if not piece:
                break  # cut short meanwhile: `is_current` will say so
            pieces.append(piece)
            start += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _is_plain(self) -> bool:
        """Tell whether the file is UTF-8 throughout, and says nothing else of itself."""
        head = self._bytes(0, _HEAD)
        if len(head) == _HEAD:
            head = head[: head.rfind(b"\n") + 1] or head
        found = decode(head)
        if (found.encoding, found.file_encoding, found.is_mixed) != ("utf-8", "utf-8", False):
            return False
        if found.bom or (found.declared and found.declared.lower() not in ("utf-8", "utf8")):
            return False
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for start in range(0, self.size, _STEP):
                data = self._bytes(start, min(self.size, start + _STEP))
                if b"\0" in data:
                    return False
                is_last = start + _STEP >= self.size
                if is_last or decoder.getstate()[0] or not data.isascii():
                    decoder.decode(data, final=is_last)
        except UnicodeDecodeError:
            return False
        return True


def _last_plain(found: list[Piece]) -> int:
    """Return the index of the last plain entry; 0 where it would leave nothing."""
    for index in range(len(found) - 1, 0, -1):
        if found[index].plain is not None:
            return index
    return 0


def _stamp(status: os.stat_result) -> tuple[int, int, int, int]:
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)
