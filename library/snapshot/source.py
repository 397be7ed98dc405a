"""The files of Crossref's public data file, wherever they lie, record by record.

From 2025 on a file is gzipped JSON lines (`0.jsonl.gz`); before, one gzipped object whose `items`
are the records (`0.json.gz`). A record is what the REST API's `message` is.

Source: Crossref, "Public data file"; fsspec's documentation of URLs and options.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

import fsspec
import orjson

from library.errors import UsageError
from library.snapshot.errors import SnapshotError
from library.snapshot.layout import Problem

SUFFIXES: Final = (".jsonl.gz", ".json.gz")
_MOST_PROBLEMS: Final = 20  # of one file that are told one by one


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read."""

    name: str  # relative to the source: "0.jsonl.gz"
    url: str  # with its protocol, for fsspec
    bytes: int
    stamp: str  # changes when the file does: its ETag, else its time
    options: Mapping[str, Any] = field(default_factory=dict)  # for fsspec

    @property
    def unit(self) -> str:
        """The name of its unit; a folder's "/" cannot stand in a file's name."""
        stem = self.name
        for suffix in SUFFIXES:
            stem = stem.removesuffix(suffix)
        return stem.replace("%", "%25").replace("/", "%2F")


class Problems(list[Problem]):
    """What went wrong in one file: the first few, and how many there were."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.skipped = 0
        self.whole = True  # False: the file ended in the middle

    def skip(self, place: int, message: str) -> None:
        """Note a record that could not be taken; `place` is its line or item, from 1."""
        self.skipped += 1
        if self.skipped <= _MOST_PROBLEMS:
            self.append(Problem(f"{self.name}:{place}", f"{message}; this record was skipped"))

    def close(self) -> None:
        """Say how many records were skipped beyond those that were told one by one."""
        more = self.skipped - _MOST_PROBLEMS
        if more > 0:
            self.append(Problem(self.name, f"{more:,} more records were skipped"))

    def end(self, place: int, message: str) -> None:
        """Note that the file ends where it should not."""
        self.whole = False
        self.append(
            Problem(
                f"{self.name}:{place}",
                f"{message}; what stands before is taken, the rest is missing. Fetch the file "
                "again and run the same command: only this file is done again",
            )
        )


def inputs(source: str, options: Mapping[str, Any] | None = None) -> list[Input]:
    """Return the files of a folder or URL, in the order of their numbers.

    Args:
        source: a folder, or a URL that fsspec opens ("s3://…", "https://…").
        options: for fsspec; `requester_pays` is set for S3 in any case.

    Raises:
        UsageError: there is no such folder, none of its files is one, or two would be one unit.
        SnapshotError: the place cannot be reached.
    """
    chosen = dict(options or {})
    if source.startswith("s3://"):
        chosen.setdefault("requester_pays", True)
    try:
        system, root = fsspec.url_to_fs(source, **chosen)
        found = system.find(root, detail=True)
        names = [name for name in found if name.endswith(SUFFIXES)]
        listed = [_input(system, root, name, found[name], chosen) for name in names]
    except (OSError, ImportError, ValueError) as error:
        raise SnapshotError(f"{source} cannot be reached ({error}). Nothing was done.") from error
    except Exception as error:
        # Each of fsspec's file systems raises its own: botocore's and aiohttp's are no OSErrors.
        raise SnapshotError(
            f"{source} cannot be listed ({type(error).__name__}: {error}). Nothing was done."
        ) from error
    if not listed:
        raise UsageError(
            f"{source} holds no file of Crossref's public data file: none ends in .jsonl.gz (from "
            "2025 on) or .json.gz (before). Name the folder into which it was unpacked; nothing "
            "was done."
        )
    seen: dict[str, str] = {}
    for one in listed:
        if seen.setdefault(one.unit, one.name) != one.name:
            raise UsageError(
                f"{seen[one.unit]} and {one.name} are the same file in two forms. Keep one of "
                "them; nothing was done."
            )
    return sorted(listed, key=lambda one: _natural(one.name))


def records(
    stream: IO[bytes], name: str, problems: Problems
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Yield (line or item, the record's bytes, the record) from a gzipped file of either form.

    What cannot be read is noted in `problems`, and reading goes on behind it.
    """
    with gzip.GzipFile(fileobj=stream) as unpacked:
        if name.endswith(".jsonl.gz"):
            yield from _lines(unpacked, problems)
        else:
            yield from _items(unpacked, problems)


class Hashing:
    """A stream that is hashed while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._stream.read(size)
        self._hash.update(data)
        self.bytes += len(data)
        return data

    def sha256(self) -> str:
        """Return the digest of the whole stream, read to its end."""
        while self.read(1 << 20):
            pass
        return self._hash.hexdigest()


def _lines(
    unpacked: gzip.GzipFile, problems: Problems
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    number = 0
    while True:
        try:
            line = unpacked.readline()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problems.end(number + 1, _cut(error))
            return
        if not line:
            return
        number += 1
        raw = line.strip()
        if not raw:
            continue
        try:
            record = _parsed(raw)
        except ValueError as error:
            problems.skip(number, f"the line is not JSON ({error})")
            continue
        if isinstance(record, dict):
            yield number, raw, record
        else:
            problems.skip(number, "the line holds no record")


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - whatever the line holds
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        # It refuses half of a surrogate pair and NaN, which stand in records; json takes them.
        return json.loads(raw)


def _items(
    unpacked: gzip.GzipFile, problems: Problems
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Read an object whose `items` are the records, one at a time: they are never all in memory.

    As objects, that is: the text of one file (30 to 60 MB) is.
    """
    pieces = []
    cut: Exception | None = None
    try:
        while piece := unpacked.read1(1 << 20):  # gives what stands before a cut
            pieces.append(piece)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        cut = error
    text = b"".join(pieces).decode("utf-8", "replace")
    pieces.clear()
    opening = re.search(r'"items"\s*:\s*\[', text)
    if opening is None:
        problems.end(1, _cut(cut) if cut else "the file has no list of items")
        return
    decoder = json.JSONDecoder()
    position, number = opening.end(), 0
    separator = re.compile(r"[\s,]*")
    while True:
        match = separator.match(text, position)
        position = match.end() if match else position
        if position >= len(text) or text[position] == "]":
            if position >= len(text):
                problems.end(number + 1, _cut(cut) if cut else "the list of items has no end")
            return
        number += 1
        try:
            record, end = decoder.raw_decode(text, position)
        except ValueError as error:
            if cut is None:
                problems.end(number, f"item {number} is not JSON ({error})")
            else:
                problems.end(number, _cut(cut))
            return
        if isinstance(record, dict):
            yield number, text[position:end].encode(), record
        else:
            problems.skip(number, "the item is no record")
        position = end


def _cut(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the file is cut off: its gzip stream ends in the middle"
    return f"the file is damaged here or is not gzip ({error})"


def _input(
    system: Any,  # noqa: ANN401 - fsspec has no types
    root: str,
    name: str,
    info: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Input:
    relative = name.removeprefix(root).lstrip("/") or name.rpartition("/")[2]
    stamp = info.get("ETag") or info.get("mtime") or info.get("LastModified") or ""
    return Input(
        relative, system.unstrip_protocol(name), int(info["size"] or 0), str(stamp), options
    )


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key that puts "2" before "10"."""
    pieces = re.split(r"(\d+)", name)
    return tuple((0, int(piece)) if piece.isdigit() else (1, piece) for piece in pieces)
