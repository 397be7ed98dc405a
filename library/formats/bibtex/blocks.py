"""From the bytes of a .bib file to its blocks and entries. Nothing is lost, nothing is raised.

The file is a row of blocks: entries, "@string", "@preamble", "@comment", text between them, and
blocks too broken to be any of these. `split` names them; `read_entries` reads them. Plain entries
(`grammar`) are read here; what the grammar refuses goes to `odd`, which asks bibtexparser.

A block starts at "@type{" (or "("), wherever it stands, unless a "%" before it on its line comments
it out (as biber has it; BibTeX itself would read it). Where a block ends does not depend on what
stands before it: so a file can be split from any block on, and an incremental build reads again
only what changed: see `scan`.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from library.entry import Block, BlockKind, Entry
from library.findings import Finding, Severity
from library.formats.bibtex import odd
from library.formats.bibtex.grammar import (
    AT_LINE_START,
    AT_LINE_START_CR,
    BRACED_FIELDS,
    ENTRY,
    FIELDS,
    VALUE,
    BlockSpan,
    Braces,
    SyntaxProblem,
    head,
    parse_block,
)
from library.formats.bibtex.macros import Value, expand
from library.formats.bibtex.source import LENIENT, Source, decode

__all__ = [
    "EntryReading",
    "Piece",
    "Source",
    "decode",
    "read_entries",
    "read_pieces",
    "scan",
    "split",
]

_NO_MACROS: frozenset[str] = frozenset()
_SHOWN = 60  # characters of lost text that a finding shows
_SHORTEST_FIELD = 5  # "a={b}"
_PLAIN_VALUE = re.compile(rf"{VALUE}")
_BLANK_OR_BOM = b" \t\r\n\f\v\xef\xbb\xbf"
_COMMENTED_OUT = re.compile(rb"(?:\A|(?<=[ \t]))%")
_KINDS: dict[bytes, BlockKind] = {
    b"comment": "comment",
    b"preamble": "preamble",
    b"string": "string",
}
_STRAY_FIELD = re.compile(rb"^[ \t,]*[A-Za-z_-]+[ \t]*=[ \t]*[{\"]", re.MULTILINE)
_LOOKS_LIKE_FIELD = re.compile(rb"""[,\n\r][ \t]*[A-Za-z_-]+[ \t]*=[ \t]*["{]""")


@dataclass(slots=True)
class EntryReading:
    """What a .bib file says: its entries in the file's order, and what was odd about them.

    As biber has it, the first entry with a key counts; later ones stand in `duplicates`.
    """

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    strings: dict[str, str] = field(default_factory=dict)  # @string: lower-case name -> value
    duplicates: list[Entry] = field(default_factory=list)
    preambles: list[str] = field(default_factory=list)


class Piece(NamedTuple):
    """A block as the scanner found it, with what it knows of its inside."""

    kind: BlockKind
    start: int
    end: int
    line: int
    plain: "re.Match[bytes] | None" = None  # of grammar.ENTRY
    span: BlockSpan | None = None  # by the exact grammar
    odd: "odd.OddBlock | None" = None  # by bibtexparser, or by our own rescue


def split(source: Source, start: int = 0, line: int = 1) -> list[Block]:
    """Return the blocks of the file from offset `start`, the first byte of a block on `line`.

    Joined, they are `source.data[start:]`: every byte is in exactly one block.
    """
    return [Block(p.kind, p.start, p.end, p.line) for p in scan(source, start, line)]


def read_entries(source: Source, name: str = "") -> EntryReading:
    """Read every entry of the file; `name` is the file as findings should call it."""
    return read_pieces(source, _scan(source, 0, 1, with_blanks=False), name)


def scan(source: Source, start: int = 0, line: int = 1) -> Iterator[Piece]:
    """Yield the blocks of the file one by one from offset `start`, the first byte of a block.

    To read again only what changed in a file: start at the last block boundary before the change,
    and stop as soon as a piece ends where an old block, moved by the change in length, ended.
    """
    return _scan(source, start, line, with_blanks=True)


def _scan(source: Source, start: int, line: int, *, with_blanks: bool) -> Iterator[Piece]:
    """Do what `scan` says; without `with_blanks`, leave out white space between plain entries."""
    data = source.data
    braces = Braces(data)
    lines = _Lines(data, start, line)
    position = start
    match = ENTRY.match
    for bound in _bounds(data, start):
        if bound <= position:
            continue
        plain = match(data, position, bound)
        if plain:
            yield Piece("entry", position, plain.end(), lines.at(position), plain)
            position = plain.end()
            if position == bound:
                continue
            if not with_blanks and data[position:bound].isspace():
                position = bound
                continue
        if data.find(b"@", position, bound) < 0:
            yield Piece("text", position, bound, lines.at(position))
            position = bound
            continue
        for piece in _slowly(source, braces, position, bound, lines):
            yield piece
            position = piece.end


def _bounds(data: bytes, start: int) -> Iterator[int]:
    """Yield where the lines start that start a block, and the end of the data."""
    pattern = AT_LINE_START_CR if b"\r" in data else AT_LINE_START
    for match in pattern.finditer(data, start):
        yield match.end() - 1
    yield len(data)


@dataclass(slots=True)
class _Lines:
    """Counts lines forward; LF, CRLF and CR end one."""

    data: bytes
    position: int
    line: int
    has_cr: bool = False

    def __post_init__(self) -> None:
        self.has_cr = b"\r" in self.data

    def at(self, offset: int) -> int:
        """Return the line of `offset`, which never goes back."""
        data, position = self.data, self.position
        self.line += data.count(b"\n", position, offset)
        if self.has_cr:
            # A CR counts where no LF follows it; the LF may stand behind `offset`.
            self.line += data.count(b"\r", position, offset)
            self.line -= data.count(b"\r\n", position, offset + 1)
        self.position = offset
        return self.line


def _slowly(
    source: Source, braces: Braces, position: int, bound: int, lines: _Lines
) -> Iterator[Piece]:
    """Yield the blocks from `position` to `bound`, where the next "@" at a line's start stands.

    The last block may end behind `bound`.
    """
    data = source.data
    line = _LineStart(data, position)
    text_start = position
    while (at := data.find(b"@", position, bound)) >= 0:
        position = at + 1
        line.advance(at)
        match = None if line.is_comment else head(data, at, bound)
        if match is None or (match[2] == b"(" and not line.is_blank):
            continue
        parsed = parse_block(braces, match, bound)
        kind = _KINDS.get(match[1].lower(), "entry")
        if isinstance(parsed, BlockSpan) and kind != "comment" and parsed.end > bound:
            parsed = _unless_runaway(data, parsed, bound)
        if isinstance(parsed, SyntaxProblem) and not line.is_blank:
            # "me@home{…" inside a line of text. Its inside is not looked at again: that would take
            # quadratic time in a file made for it.
            position = max(position, min(parsed.end, bound))
            continue
        if text_start < at:
            yield Piece("text", text_start, at, lines.at(text_start))
        if isinstance(parsed, BlockSpan):
            yield Piece(kind, at, parsed.end, lines.at(at), None, parsed)
            position = parsed.end
        else:
            rescued = odd.read(source, match, parsed, bound)
            yield Piece(rescued.kind, at, rescued.end, lines.at(at), None, None, rescued)
            position = rescued.end
        text_start = position
        line = _LineStart(data, position)
    if text_start < bound:
        yield Piece("text", text_start, bound, lines.at(text_start))


@dataclass(slots=True)
class _LineStart:
    """What stands before an "@" on its line, or between the last block and it."""

    data: bytes
    position: int
    is_blank: bool = True
    is_comment: bool = False

    def advance(self, at: int) -> None:
        """Look at the bytes up to `at`."""
        data = self.data
        line = max(data.rfind(b"\n", self.position, at), data.rfind(b"\r", self.position, at)) + 1
        if line > 0:
            self.is_blank, self.is_comment = True, False
            self.position = line
        before = data[self.position : at]
        if before:
            mark = _COMMENTED_OUT.search(before)
            if mark and (self.is_blank or mark.start() > 0):
                self.is_comment = True
            self.is_blank = self.is_blank and not before.strip(_BLANK_OR_BOM)
        self.position = at


def _unless_runaway(data: bytes, span: BlockSpan, bound: int) -> BlockSpan | SyntaxProblem:
    """Refuse a value that swallowed the fields and entries behind it for want of a brace.

    Such a value holds, before the line that looks like an entry, a closing brace and lines that
    look like fields. A value that quotes an entry as an example does not.
    """
    for part in span.fields:
        if part.value_start < bound < part.value_end:
            before = data[part.value_start : bound].rstrip()
            if before.endswith((b"}", b")")) and _LOOKS_LIKE_FIELD.search(before):
                shown = data[part.name_start : part.name_end].decode("ascii", "replace")
                return SyntaxProblem(
                    "unbalanced-braces",
                    f"the value of {shown} is never closed and would swallow the entries behind it",
                    part.value_start,
                    -1,
                )
    return span


def read_pieces(
    source: Source, pieces: Iterable[Piece], name: str = "", strings: dict[str, str] | None = None
) -> EntryReading:
    """Read the entries among `pieces`, with the @strings known so far."""
    reader = _Reader(source, name, EntryReading(strings=dict(strings or {})))
    reader.read(pieces)
    reader.reading.findings.sort(key=_finding_line)
    return reader.reading


def _finding_line(finding: Finding) -> int:
    return finding.line or 0


def visible_key(key: str) -> str:
    """Return a key without blanks beyond ASCII around it, which nobody sees."""
    return key.strip().strip("\ufeff\u200b\u2060")


class _Kinds(dict[bytes, str]):
    """Types as written, in lower case; each is decoded once."""

    def __missing__(self, written: bytes) -> str:
        kind = self[written] = written.decode("ascii").lower()
        return kind


@dataclass(slots=True)
class _Reader:
    """Gathers entries and findings from pieces, one after the other."""

    source: Source
    name: str
    reading: EntryReading
    _keys: dict[str, int] = field(default_factory=dict)  # key -> line of its entry
    _folded: dict[str, str] = field(default_factory=dict)  # lower-case key -> key
    _names: dict[str, str] = field(default_factory=dict)  # field name as written -> lower case
    _kinds: "_Kinds" = field(default_factory=_Kinds)  # type as written -> lower case
    _after_entry: str | None = None  # key of the entry just read

    def read(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.plain is not None:
                self._plain(piece, piece.plain)
            elif piece.kind == "text":
                self._text(piece)
            elif piece.span is not None:
                self._exact(piece, piece.span)
            elif piece.odd is not None:
                self._odd(piece, piece.odd)

    def _plain(self, piece: Piece, match: re.Match[bytes]) -> None:
        encoding = self.source.encoding
        names = self._names
        kind, raw_key, braced, others = match.groups()
        found = BRACED_FIELDS.findall(str(braced, encoding, LENIENT))
        try:
            fields = {names[name]: value for name, value in found}
        except KeyError:
            fields = {self._lower(name): value for name, value in found}
        key = str(raw_key, encoding, LENIENT)
        if len(fields) != len(found):
            self._say_twice([(names[name], value) for name, value in found], piece.line, key)
        macros = _NO_MACROS
        if others and not others.isspace():
            macros = self._other_fields(str(others, encoding, LENIENT), fields, piece.line, key)
        if not raw_key.isascii():
            key = self._visible(key, piece.line)
        self._add(Entry(self._kinds[kind], key, fields, piece.line, piece.start, piece.end, macros))

    def _other_fields(
        self, text: str, fields: dict[str, str], line: int, key: str
    ) -> frozenset[str]:
        """Put the fields of a plain entry from the first that is not braced into `fields`."""
        names, strings = self._names, self.reading.strings
        macros: list[str] = []
        for written, braced, quoted, other in FIELDS.findall(text):
            name = names.get(written) or self._lower(written)
            value = braced or quoted or other
            if other and not other.isdigit():
                expanded = expand(other, strings, is_shallow=True)
                value = expanded.text
                if expanded.has_macro:
                    macros.append(name)
                if expanded.unknown:
                    self._unknown(expanded.unknown, line, key, name)
            if name in fields:
                self._say_twice([(name, fields[name]), (name, value)], line, key)
            fields[name] = value
        return frozenset(macros) if macros else _NO_MACROS

    def _visible(self, key: str, line: int) -> str:
        """Return a key without blanks beyond ASCII around it, which nobody sees."""
        stripped = visible_key(key)
        if stripped != key or not key.isprintable():
            self._find("invisible-key", "invisible characters stand in the key", line, stripped)
        return stripped

    def _exact(self, piece: Piece, span: BlockSpan) -> None:
        text = self.source.text
        if piece.kind == "comment":
            return
        if piece.kind == "preamble":
            value = self._value(text(span.open + 1, span.end - 1), piece.line, "", "")
            self.reading.preambles.append(value.text)
            return
        key = text(span.key_start, span.key_end)
        fields: dict[str, str] = {}
        macros: set[str] = set()
        for part in span.fields:
            name = text(part.name_start, part.name_end).lower()
            value = self._value(text(part.value_start, part.value_end), piece.line, key, name)
            if name in fields:
                self._say_twice([(name, fields[name]), (name, value.text)], piece.line, key)
            fields[name] = value.text
            if value.has_macro:
                macros.add(name)
        if piece.kind == "string":
            self.reading.strings.update(fields)
            return
        kind = text(span.type_start, span.type_end).lower()
        self._add(Entry(kind, key, fields, piece.line, piece.start, piece.end, frozenset(macros)))

    def _odd(self, piece: Piece, block: odd.OddBlock) -> None:
        line = piece.line
        key = block.key
        fields: dict[str, str] = {}
        macros: set[str] = set()
        for part in block.fields:
            name = part.name.lower()
            value = self._odd_value(part.value, line, key, name)
            if name in fields:
                self._say_twice([(name, fields[name]), (name, value.text)], line, key)
            fields[name] = value.text
            if value.has_macro:
                macros.add(name)
        self._find_odd(piece, block, key)
        if block.type == "string":
            self.reading.strings.update(fields)
        elif block.type == "preamble":
            self.reading.preambles.append(self._odd_value(block.text, line, "", "").text)
        elif block.type != "comment" and (key or fields):
            self._add(
                Entry(block.type, key, fields, line, piece.start, piece.end, frozenset(macros))
            )

    def _find_odd(self, piece: Piece, block: odd.OddBlock, key: str) -> None:
        """Say what was wrong with a block, and what became of it."""
        problem = block.problem
        offset_line = piece.line + _newlines(self.source.data[piece.start : problem.offset])
        done = {
            "bibtexparser": "it was read all the same",
            "rescue": "what could be told apart was read",
            "": "it was left out",
        }[block.by]
        lost = block.lost.strip()
        if lost:
            shown = lost if len(lost) <= _SHOWN else lost[:_SHOWN] + "…"
            done += f", without: {shown!r}"
        self._find(problem.check, f"{problem.reason}; {done}", offset_line, key, severity="error")
        for part in block.fields:
            if not part.is_whole:
                self._find(
                    "cut-value",
                    "the value has no end; it was cut before the next field",
                    offset_line,
                    key,
                    part.name.lower(),
                )

    def _text(self, piece: Piece) -> None:
        """Say so where fields stand behind an entry that was closed too early."""
        data = self.source.data
        if piece.end - piece.start < _SHORTEST_FIELD or not self._after_entry:
            return
        if b"=" in data[piece.start : piece.end]:
            stray = _STRAY_FIELD.match(data, piece.start, piece.end)
            if stray:
                self._find(
                    "stray-fields",
                    "fields stand behind the closing brace of this entry; they belong to no entry "
                    "and were not read",
                    piece.line,
                    self._after_entry,
                    severity="error",
                )

    def _value(self, written: str, line: int, key: str, name: str) -> Value:
        value = expand(written, self.reading.strings)
        if value.unknown:
            self._unknown(value.unknown, line, key, name)
        return value

    def _odd_value(self, written: str, line: int, key: str, name: str) -> Value:
        """Return the value that bibtexparser cut out, which need not follow the grammar."""
        text = written.strip()
        if _PLAIN_VALUE.fullmatch(text):
            return self._value(text, line, key, name)
        if len(text) > 1 and (text[0], text[-1]) in {("{", "}"), ('"', '"')}:
            return Value(text[1:-1])
        if text:
            self._find(
                "unquoted-value",
                "the value has no braces or quotes; taken as it stands",
                line,
                key,
                name,
            )
        return Value(text)

    def _lower(self, written: str) -> str:
        lower = self._names.get(written)
        if lower is None:
            lower = self._names[written] = sys.intern(written.lower())
        return lower

    def _say_twice(self, found: Iterable[tuple[str, str]], line: int, key: str) -> None:
        seen: dict[str, str] = {}
        for name, value in found:
            if name in seen:
                same = seen[name] == value
                done = "with the same value" if same else "the last value counts"
                self._find("field-twice", f"{name} stands twice, {done}", line, key, name)
            seen[name] = value

    def _unknown(self, macros: Iterable[str], line: int, key: str, name: str) -> None:
        shown = ", ".join(macros)
        self._find(
            "unknown-string",
            f"no @string defines {shown}; the name itself was kept as text",
            line,
            key or None,
            name or None,
        )

    def _add(self, entry: Entry) -> None:
        """Take an entry unless its key is taken."""
        reading, key = self.reading, entry.key
        self._after_entry = key
        if self.source.is_mixed and self.source.is_undecodable(entry.start, entry.end):
            self._find(
                "undecodable-bytes",
                "bytes that are not UTF-8; they were read as Windows-1252",
                entry.line,
                key,
            )
        if not key:
            reading.entries.append(entry)
            return
        if (first := self._keys.get(key)) is not None:
            reading.duplicates.append(entry)
            self._find(
                "key-twice",
                f"the key stands already in line {first}; that entry counts, this one was left out",
                entry.line,
                key,
                severity="error",
            )
            return
        self._keys[key] = entry.line
        folded = key.lower()
        if (other := self._folded.setdefault(folded, key)) != key:
            self._find(
                "key-case",
                f"the key differs only in letter case from {other} in line {self._keys[other]}",
                entry.line,
                key,
            )
        reading.entries.append(entry)

    def _find(
        self,
        check: str,
        message: str,
        line: int,
        key: str | None = None,
        name: str | None = None,
        *,
        severity: Severity = "warning",
    ) -> None:
        self.reading.findings.append(
            Finding(check, message, severity, self.name, line, key or None, name)
        )


def _newlines(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
