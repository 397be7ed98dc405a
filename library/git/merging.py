"""Two versions of a .bib file that grew from one: merged entry by entry, field by field.

Entries that only one side added, changed or removed go over as they are; of one that both changed,
fields that differ on one side alone go over too. What is left is a conflict on that field, in the
markers that git and every editor know. Where the two sides differ outside of entries as well, or a
file cannot be read as entries, git merges the lines.
"""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from library.entry import Entry
from library.errors import LibraryError, WorldError
from library.formats.bibtex.blocks import EntryReading, decode, read_entries, split
from library.formats.bibtex.document import open_document
from library.formats.bibtex.patch import Patch, RemoveField, SetField, SetType
from library.formats.bibtex.source import Source
from library.formats.bibtex.style import parse

_OPEN: Final = "<<<<<<<"
_MIDDLE: Final = "======="
_CLOSE: Final = ">>>>>>>"
_MOST_CONFLICTS: Final = 127  # git counts no further; above it is an error


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged file, and where somebody must decide."""

    content: bytes
    conflicts: tuple[str, ...]  # for people: "doe2014: title"; none: all is merged
    by_lines: bool = False  # git merged the lines, since the entries could not be told apart


@dataclass(frozen=True, slots=True)
class _Side:
    """One version of the file."""

    source: Source
    reading: EntryReading
    entries: dict[str, Entry]
    between: str  # all that is no entry, without blanks around

    def text(self, key: str) -> str:
        entry = self.entries[key]
        return self.source.text(entry.start, entry.end)


class _ByLinesError(Exception):
    """These versions cannot be merged by entries."""


def merge(
    base: bytes, ours: bytes, theirs: bytes, names: tuple[str, str] = ("ours", "theirs")
) -> Merged:
    """Merge two versions of a .bib file.

    Args:
        base: what both grew from; b"" where there was no file.
        ours: the version that is checked out; its place and manner of writing are kept.
        theirs: the version that comes in.
        names: of the two, for the markers of conflicts.

    Raises:
        WorldError: neither way leads to a merged file.
    """
    try:
        return _by_entries(_side(base), _side(ours), _side(theirs), names)
    except _ByLinesError:
        return _by_lines(base, ours, theirs, names)


def _side(raw: bytes) -> _Side:
    source = decode(raw)
    reading = read_entries(source)
    if reading.duplicates or any(not entry.key for entry in reading.entries):
        raise _ByLinesError
    blocks = split(source)
    between = [
        source.text(block.start, block.end).strip() for block in blocks if block.kind != "entry"
    ]
    entries = {entry.key: entry for entry in reading.entries}
    if len(entries) != sum(block.kind == "entry" for block in blocks):
        raise _ByLinesError
    return _Side(source, reading, entries, "\n".join(part for part in between if part))


def _by_entries(base: _Side, ours: _Side, theirs: _Side, names: tuple[str, str]) -> Merged:
    if theirs.between in {base.between, ours.between}:
        start, other, labels = ours, theirs, names
    elif ours.between == base.between:
        start, other, labels = theirs, ours, (names[1], names[0])
    else:
        raise _ByLinesError
    return _Merger(base, start, other, labels, is_turned=start is theirs).merged()


class _Merger:
    """Puts the changes from `base` to `other` into `start`."""

    def __init__(
        self, base: _Side, start: _Side, other: _Side, names: tuple[str, str], *, is_turned: bool
    ) -> None:
        self._base, self._start, self._other = base, start, other
        self._names = names  # of start and other
        self._is_turned = is_turned  # `start` is theirs: markers still show ours first
        self._edits: list[tuple[int, int, str]] = []
        self._conflicts: list[str] = []
        self._newline = "\r\n" if b"\r\n" in start.source.data else "\n"

    def merged(self) -> Merged:
        for key in self._base.entries:
            if key not in self._other.entries:
                self._removed(key)
        last = None
        for key in self._other.entries:
            if key in self._start.entries:
                self._changed(key)
                last = key
            elif key not in self._base.entries:
                self._added(key, last)
            elif self._other.text(key).split() != self._base.text(key).split():
                self._changed_but_gone(key, last)
        content = self._spliced()
        if not self._conflicts:
            self._check(content)
        return Merged(content, tuple(self._conflicts))

    def _removed(self, key: str) -> None:
        if key not in self._start.entries:
            return
        entry = self._start.entries[key]
        if not _same(entry, self._base.entries[key]):
            text = self._start.text(key)
            self._edits.append((entry.start, entry.end, self._conflict(text, "")))
            self._conflicts.append(f"{key}: changed on one side, removed on the other")
            return
        end = entry.end
        data = self._start.source.data
        while data[end : end + 1] in {b"\n", b"\r", b" ", b"\t"} and end < len(data):
            end += 1
        self._edits.append((entry.start, end, ""))

    def _added(self, key: str, last: str | None) -> None:
        self._insert(self._other.text(key), last)

    def _changed_but_gone(self, key: str, last: str | None) -> None:
        self._insert(self._conflict("", self._other.text(key)), last)
        self._conflicts.append(f"{key}: changed on one side, removed on the other")

    def _insert(self, text: str, last: str | None) -> None:
        """Put an entry behind the one that it follows on the other side."""
        gap = self._newline * 2
        if last is not None:
            place = self._start.entries[last].end
            self._edits.append((place, place, gap + text))
        elif self._start.reading.entries:
            place = self._start.reading.entries[0].start
            self._edits.append((place, place, text + gap))
        else:
            place = len(self._start.source.data)
            self._edits.append((place, place, text + self._newline))

    def _changed(self, key: str) -> None:
        mine, other = self._start.entries[key], self._other.entries[key]
        base = self._base.entries.get(key)
        if _same(mine, other) or (base is not None and _same(other, base)):
            return
        if base is not None and _same(mine, base):
            self._edits.append((mine.start, mine.end, self._other.text(key)))
            return
        merged = self._entry(key, mine, other, base)
        if merged is None:
            merged = self._conflict(self._start.text(key), self._other.text(key))
            self._conflicts.append(f"{key}: the whole entry")
        self._edits.append((mine.start, mine.end, merged))

    def _entry(self, key: str, mine: Entry, other: Entry, base: Entry | None) -> str | None:
        """Return an entry that both sides changed; None where its fields cannot be told apart."""
        before = base.fields if base is not None else {}
        patches: list[Patch] = []
        if other.type != (base.type if base else other.type):
            if base is None or mine.type not in {base.type, other.type}:
                return None
            patches.append(SetType(key, other.type))
        elif base is None and mine.type != other.type:
            return None
        tokens: dict[str, str] = {}
        conflicts: list[str] = []
        for name in dict.fromkeys((*other.fields, *before)):
            new, old, held = other.fields.get(name), before.get(name), mine.fields.get(name)
            if new in (old, held):
                continue
            if held != old:
                conflicts.append(name)
            if new is None and held == old:
                patches.append(RemoveField(key, name))
                continue
            tokens[name] = f"LIBRARYVALUE{len(tokens)}X"
            patches.append(SetField(key, name, tokens[name]))
        try:
            document = open_document(self._start.text(key).encode()).patched(patches)
            text = document.text(key)
        except LibraryError as error:  # an entry that cannot be patched alone
            raise _ByLinesError from error
        for name, token in tokens.items():
            values = _raw(self._start.text(key), name), _raw(self._other.text(key), name)
            filled = self._filled(text, token, values, is_conflict=name in conflicts)
            if filled is None:
                return None
            text = filled
        self._conflicts += [f"{key}: {name}" for name in conflicts]
        return text

    def _filled(
        self, text: str, token: str, values: tuple[str | None, str | None], *, is_conflict: bool
    ) -> str | None:
        """Put the other side's value, or both in markers, in the place of a token."""
        place = re.compile(rf'[{{"]{token}[}}"]|\b{token}\b')
        if not is_conflict:
            return _put(place, values[1] or "", text)
        lines = text.splitlines(keepends=True)
        index = next((number for number, line in enumerate(lines) if token in line), None)
        alone = rf"\s*[\w:.+/-]+\s*=\s*[{{\"]?{token}[}}\"]?,?\s*$"
        if index is None or not re.match(alone, lines[index]):
            return None  # the field shares its line with others
        line = lines[index]
        shown = ["" if one is None else _put(place, one, line) for one in values]
        lines[index] = self._conflict(*shown) + self._newline
        return "".join(lines)

    def _conflict(self, mine: str, other: str) -> str:
        names, sides = self._names, (mine, other)
        if self._is_turned:
            names, sides = (names[1], names[0]), (other, mine)
        ours, theirs = (side.rstrip("\r\n") + self._newline if side else "" for side in sides)
        return (
            f"{_OPEN} {names[0]}{self._newline}{ours}{_MIDDLE}{self._newline}{theirs}"
            f"{_CLOSE} {names[1]}"
        )

    def _spliced(self) -> bytes:
        source = self._start.source
        out, end = [], 0
        for start, stop, text in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            if start < end:
                raise _ByLinesError
            out += [source.data[end:start], self._encoded(text)]
            end = stop
        out.append(source.data[end:])
        return replace(source, data=b"".join(out)).encode()

    def _encoded(self, text: str) -> bytes:
        source = self._start.source
        if not source.can_hold(text):
            raise _ByLinesError
        return text.encode(source.encoding, "surrogateescape")

    def _check(self, content: bytes) -> None:
        """Make sure that no entry is lost; git merges the lines where one would be."""
        found = {entry.key for entry in read_entries(decode(content)).entries}
        base, start, other = (set(s.entries) for s in (self._base, self._start, self._other))
        if found != (start | other) - (base - start) - (base - other):
            raise _ByLinesError


def _put(place: re.Pattern[str], value: str, text: str) -> str:
    return place.sub(lambda _: value, text, count=1)


def _same(first: Entry, second: Entry) -> bool:
    return first.type == second.type and first.fields == second.fields


def _raw(text: str, name: str) -> str | None:
    """Return a field's value as it is written, with its delimiters."""
    parsed = parse(text.encode())
    if parsed is None:
        return None
    for index in range(len(parsed.span.fields)):
        if parsed.name(index).decode().lower() == name:
            return parsed.value(index).decode()
    return None


def _by_lines(base: bytes, ours: bytes, theirs: bytes, names: Sequence[str]) -> Merged:
    with tempfile.TemporaryDirectory(prefix="library-merge-") as folder:
        paths = [Path(folder, name) for name in ("ours", "base", "theirs")]
        for path, raw in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(raw)
        labels = ["-L", names[0], "-L", "before", "-L", names[1]]
        try:
            done = subprocess.run(  # noqa: S603 - git, on files of our own
                ["git", "merge-file", "-p", *labels, *map(str, paths)],  # noqa: S607 - git merges, so it is on the path
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise WorldError("git is not installed. Nothing was merged or changed.") from error
    count = done.returncode
    if count > _MOST_CONFLICTS or count < 0:
        # Such as "Cannot merge binary files", which UTF-16 is to git: there is no result to take.
        said = done.stderr.decode(errors="replace").strip() or "git merge-file failed"
        raise WorldError(f"This cannot be merged by lines ({said}). Nothing was changed.")
    told = (f"{count} places, by lines",) if count else ()
    return Merged(done.stdout, told, by_lines=True)
