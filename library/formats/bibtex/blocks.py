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
from collections.abc import Iterable
from dataclasses import dataclass, field

from library.entry import Block, Entry
from library.findings import Finding, Severity
from library.formats.bibtex import odd
from library.formats.bibtex.construction import new_entry
from library.formats.bibtex.grammar import (
    BALANCED,
    BRACED_FIELDS,
    FIELDS,
    FIELDS_ESCAPED,
    STRAY_FIELD,
    VALUE,
    BlockSpan,
)
from library.formats.bibtex.macros import Value, expand
from library.formats.bibtex.scan import Piece, pieces, scan
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
_BEFORE_VALUE = " \t\r\n\f\v="
_SHOWN = 60  # characters of lost text that a finding shows
_PLAIN_VALUE = re.compile(rf"{VALUE}")


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


def split(source: Source, start: int = 0, line: int = 1) -> list[Block]:
    """Return the blocks of the file from offset `start`, the first byte of a block on `line`.

    Joined, they are `source.data[start:]`: every byte is in exactly one block.
    """
    return [Block(p.kind, p.start, p.end, p.line) for p in scan(source, start, line)]


def read_entries(source: Source, name: str = "") -> EntryReading:
    """Read every entry of the file; `name` is the file as findings should call it."""
    return read_pieces(source, pieces(source, 0, 1, with_blanks=False), name)


def read_pieces(
    source: Source, found: Iterable[Piece], name: str = "", strings: dict[str, str] | None = None
) -> EntryReading:
    """Read the entries among the blocks `found`, with the @strings known so far."""
    reader = _Reader(source, name, EntryReading(strings=dict(strings or {})))
    reader.read(found)
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


class _Heads(dict[str, str]):
    r"""What stands in front of a value, "\n  Year = ": the field's name, in lower case."""

    def __missing__(self, written: str) -> str:
        name = self[written] = sys.intern(written.strip(_BEFORE_VALUE).lower())
        return name


@dataclass(slots=True)
class _Reader:
    """Gathers entries and findings from pieces, one after the other."""

    source: Source
    name: str
    reading: EntryReading
    _keys: dict[str, int] = field(default_factory=dict)  # key -> line of its entry
    _folded: dict[str, str] = field(default_factory=dict)  # lower-case key -> key
    _names: dict[str, str] = field(default_factory=dict)  # field name as written -> lower case
    _heads: "_Heads" = field(default_factory=_Heads)
    _kinds: "_Kinds" = field(default_factory=_Kinds)  # type as written -> lower case
    _after_entry: str | None = None  # key of the entry just read

    def read(self, found: Iterable[Piece]) -> None:
        for piece in found:
            if piece.plain is not None:
                self._plain(piece, piece.plain)
                if piece.has_escapes:
                    self._say_escapes(piece)
            elif piece.kind == "text":
                self._text(piece)
            elif piece.span is not None:
                self._exact(piece, piece.span)
                if piece.has_escapes:
                    self._say_escapes(piece)
            elif piece.odd is not None:
                self._odd(piece, piece.odd)

    def _plain(self, piece: Piece, match: re.Match[bytes]) -> None:
        encoding = self.source.encoding
        kind, raw_key, braced, others = match.groups()
        text = str(braced, encoding, LENIENT)
        key = str(raw_key, encoding, LENIENT)
        fields = self._a_field_a_line(text)
        if fields is None:
            found = [(self._lower(name), value) for name, value in BRACED_FIELDS.findall(text)]
            fields = dict(found)
            if len(fields) != len(found):
                self._say_twice(found, piece.line, key)
        macros = _NO_MACROS
        if others and not others.isspace():
            rest = str(others, encoding, LENIENT)
            macros = self._other_fields(rest, fields, piece, key)
        if not raw_key.isascii():
            key = self._visible(key, piece.line)
        self._add(
            new_entry(self._kinds[kind], key, fields, piece.line, piece.start, piece.end, macros)
        )

    def _a_field_a_line(self, text: str) -> dict[str, str] | None:
        """Read braced fields where each stands on its line, in half the time; else return None.

        `text` follows the grammar. So a cut inside of a value leaves a brace open in front of it,
        and a cut that is missing leaves one closed too early: the braces tell whether it fits.
        """
        if text[-2:] != "},":
            return None
        heads = self._heads
        fields: dict[str, str] = {}
        lines = text[:-2].split("},\n")
        is_balanced = BALANCED.fullmatch
        for line in lines:
            head, _, value = line.partition("{")
            if "{" in value and not is_balanced(value):
                return None
            fields[heads[head]] = value
        return fields if len(fields) == len(lines) else None

    def _other_fields(
        self, text: str, fields: dict[str, str], piece: Piece, key: str
    ) -> frozenset[str]:
        """Put the fields of a plain entry from the first that is not braced into `fields`."""
        names, strings = self._names, self.reading.strings
        macros: list[str] = []
        line = piece.line
        pattern = FIELDS_ESCAPED if piece.has_escapes else FIELDS
        for written, braced, quoted, other in pattern.findall(text):
            name = names.get(written) or self._lower(written)
            value = braced or quoted or other
            if other and not other.isdigit():
                expanded = expand(other, strings, is_shallow=True, has_escapes=piece.has_escapes)
                value = expanded.text
                if expanded.has_macro:
                    macros.append(name)
                if expanded.unknown:
                    self._unknown(expanded.unknown, line, key, name)
            if name in fields:
                self._say_twice([(name, fields[name]), (name, value)], line, key)
            fields[name] = value
        return frozenset(macros) if macros else _NO_MACROS

    def _say_escapes(self, piece: Piece) -> None:
        self._find(
            "escaped-braces",
            r"BibTeX counts the braces in \{ and \}, and here they do not pair: it would close "
            "this entry or a value in the wrong place. It was read as if they did not count",
            piece.line,
            self._after_entry,
            severity="error",
        )

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
            written = text(part.value_start, part.value_end)
            value = self._value(written, piece.line, key, name, has_escapes=piece.has_escapes)
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
        elif block.type not in {"", "comment"} and (key or fields):
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
        }[block.by if block.type else ""]
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
        if self._after_entry is not None and STRAY_FIELD.match(
            self.source.data, piece.start, piece.end
        ):
            self._find(
                "stray-fields",
                "fields stand behind the closing brace of this entry; they belong to no entry and "
                "were not read",
                piece.line,
                self._after_entry,
                severity="error",
            )

    def _value(
        self, written: str, line: int, key: str, name: str, *, has_escapes: bool = False
    ) -> Value:
        value = expand(written, self.reading.strings, has_escapes=has_escapes)
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
