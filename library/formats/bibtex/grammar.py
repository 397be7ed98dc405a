r"""The grammar of .bib files, as BibTeX and biber's parser (btparse) agree on it.

Two readers of one grammar: `ENTRY` and `FIELDS` are regular expressions for the entries that make
up nearly all of every file; `parse_block` is the slow and exact one, which also knows where every
part stands. All patterns are possessive (nothing is tried twice) and so linear.

Each comes in two dialects. To BibTeX every brace counts; to LaTeX, to bibtexparser and to many who
write, "\\{" is a brace in the text and delimits nothing. The second dialect is for entries that the
first one tears apart.

Source: btparse 0.8 (bibtex.g), Oren Patashnik's BibTeX 0.99d (scan.web), checked with biber 2.18.
"""

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

_WS = r"[ \t\r\n\f\v]*+"
# What names of types, fields and macros are made of: all but blanks, controls, BibTeX's own signs.
# The fast patterns know ASCII names only: a no-break space is no letter.
_NAME = r"""[^\x00-\x20\x7f"#%'(),={}@\\~\x80-\xff]++"""
_WIDE_NAME = r"""[^\x00-\x20\x7f"#%'(),={}@\\~]++"""
_DEPTH = 5  # nesting that the fast patterns know; deeper values take the exact way


def _braced(depth: int) -> str:
    """Return the pattern of "{…}" with `depth` further levels of braces inside."""
    pattern = r"\{[^{}]*+\}"
    for _ in range(depth):
        pattern = r"\{[^{}]*+(?:" + pattern + r"[^{}]*+)*+\}"
    return pattern


def _braced_escaped(depth: int) -> str:
    """Return the pattern of "{…}" in which a brace behind a backslash does not count."""
    pattern = rf"\{{{_TEXT}\}}"
    for _ in range(depth):
        pattern = rf"\{{{_TEXT}(?:" + pattern + rf"{_TEXT})*+\}}"
    return pattern


_TEXT = r"[^{}\\]*+(?:\\[\s\S][^{}\\]*+)*+"
_QUOTED_TEXT = r"""[^"{}\\]*+(?:\\[\s\S][^"{}\\]*+)*+"""
_INSIDE = rf"[^{{}}]*+(?:{_braced(_DEPTH - 1)}[^{{}}]*+)*+"
_QUOTED_INSIDE = rf'[^"{{}}]*+(?:{_braced(_DEPTH)}[^"{{}}]*+)*+'
_INSIDE_ESCAPED = rf"{_TEXT}(?:{_braced_escaped(_DEPTH - 1)}{_TEXT})*+"
_QUOTED_INSIDE_ESCAPED = rf"{_QUOTED_TEXT}(?:{_braced_escaped(_DEPTH)}{_QUOTED_TEXT})*+"
_PART = rf'(?:\{{{_INSIDE}\}}|"{_QUOTED_INSIDE}"|{_NAME})'
_VALUE = rf"{_PART}(?:{_WS}#{_WS}{_PART})*+"
VALUE = _VALUE
"""A value as the fast patterns know it: parts joined by "#"."""

_FIELD = rf"{_WS}{_NAME}{_WS}={_WS}{_VALUE}{_WS}"
_NO_ENTRY = r"(?!(?i:comment|preamble|string)[ \t\r\n\f\v{(])"

_PART_ESCAPED = rf'(?:\{{{_INSIDE_ESCAPED}\}}|"{_QUOTED_INSIDE_ESCAPED}"|{_NAME})'
_VALUE_ESCAPED = rf"{_PART_ESCAPED}(?:{_WS}#{_WS}{_PART_ESCAPED})*+"
_FIELD_ESCAPED = rf"{_WS}{_NAME}{_WS}={_WS}{_VALUE_ESCAPED}{_WS}"
_BRACED_FIELD = rf"{_WS}{_NAME}{_WS}={_WS}\{{{_INSIDE}\}}{_WS}"

ENTRY = re.compile(
    rf"@({_NO_ENTRY}{_NAME}){_WS}\{{{_WS}({_WIDE_NAME}){_WS},"
    rf"((?:{_BRACED_FIELD},)*+)((?:{_FIELD},)*+(?:{_FIELD})?+{_WS})\}}".encode()
)
"""A plain entry: type, key, its first fields as far as they are braced, all other fields."""

BRACED_FIELDS = re.compile(rf"({_NAME}){_WS}={_WS}\{{({_INSIDE})\}}{_WS},")
"""The fields of a plain entry's third group, decoded: name, value."""

BALANCED = re.compile(_INSIDE)
"""What may stand between the braces of a value."""

FIELDS = re.compile(
    rf"({_NAME}){_WS}={_WS}"
    rf'(?:\{{({_INSIDE})\}}{_WS}(?:,|\Z)|"({_QUOTED_INSIDE})"{_WS}(?:,|\Z)|({_VALUE}){_WS},?+)'
)
"""The fields of a plain entry's fourth group, decoded: name, braced, quoted or other value."""

ENTRY_ESCAPED = re.compile(
    rf"@({_NO_ENTRY}{_NAME}){_WS}\{{{_WS}({_WIDE_NAME}){_WS},"
    rf"()((?:{_FIELD_ESCAPED},)*+(?:{_FIELD_ESCAPED})?+{_WS})\}}".encode()
)
"""As `ENTRY`, where a brace or quote behind a backslash delimits nothing."""

FIELDS_ESCAPED = re.compile(
    rf"({_NAME}){_WS}={_WS}(?:\{{({_INSIDE_ESCAPED})\}}{_WS}(?:,|\Z)"
    rf'|"({_QUOTED_INSIDE_ESCAPED})"{_WS}(?:,|\Z)|({_VALUE_ESCAPED}){_WS},?+)'
)
"""As `FIELDS`, for `ENTRY_ESCAPED`."""

LOOSE_BRACE = re.compile(rb"\\\{[^{}]*+(?:\{|(?<!\\)\})")
"""An escaped brace that is not followed by the escaped brace that would close it."""

STRAY_FIELD = re.compile(rf"[ \t\r\n}}]*+,[ \t\r\n,]*+{_NAME}{_WS}=(?={_WS}[{{\"\w])".encode())
"""A field behind the brace that seemed to close its entry."""

PARTS_ESCAPED = re.compile(rf'\{{({_INSIDE_ESCAPED})\}}|"({_QUOTED_INSIDE_ESCAPED})"|({_NAME})')
PARTS = re.compile(rf'\{{({_INSIDE})\}}|"({_QUOTED_INSIDE})"|({_NAME})')
"""The parts of a value joined by "#": braced, quoted, bare."""

# "@{" lacks the type: one of the things that can be wrong.
_HEAD = re.compile(rf"@{_WS}({_NAME}(?={_WS}[{{(])|(?={_WS}\{{)){_WS}([{{(])".encode())
_AT_LINE_START = rf"[ \t]*+@(?={_WS}(?:{_NAME}{_WS}[{{(]|\{{))"
AT_LINE_START = re.compile(rf"\n{_AT_LINE_START}".encode())
AT_LINE_START_CR = re.compile(rf"[\n\r]{_AT_LINE_START}".encode())  # old Macs end lines with CR
_SKIP = re.compile(rb"(?:[ \t\r\n\f\v]++|%[^\n\r]*+)*+")  # btparse: "%" comments inside entries
_NAME_BYTES = re.compile(_WIDE_NAME.encode())
_KEY = re.compile(rb"""[^\x00-\x20\x7f,{}"#%=\\]++""")
_QUOTE_OR_BRACE = re.compile(rb'["{}]')
_QUOTE_OR_BRACE_ESCAPED = re.compile(rb'["{}]|\\[\s\S]')
_BRACE = re.compile(rb"[{}]")
_BRACE_ESCAPED = re.compile(rb"[{}]|\\[\s\S]")


@dataclass(frozen=True, slots=True)
class FieldSpan:
    """Where one "name = value," stands. Offsets are the scanned bytes'."""

    name_start: int
    name_end: int
    value_start: int
    value_end: int
    end: int  # behind the comma, or value_end where there is none


@dataclass(frozen=True, slots=True)
class BlockSpan:
    """Where the parts of an "@…{…}" stand. Comments and preambles have no key and no fields."""

    start: int  # of the "@"
    type_start: int
    type_end: int
    open: int  # of the opening delimiter
    key_start: int
    key_end: int
    fields: tuple[FieldSpan, ...]
    end: int  # behind the closing delimiter


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a block is not plain."""

    check: str  # as in Finding
    reason: str  # "a comma is missing after the value of year"
    offset: int
    end: int  # where the block's own brace closes; -1 where it does not


@dataclass(slots=True)
class Braces:
    """Which "}" closes which "{" in `data`.

    Pairs are found within the stretch that was asked for. Only if a brace does not close there is
    the whole file paired, once: so a file of unclosed entries costs one pass and not one per entry.
    """

    data: bytes
    has_escapes: bool = False  # whether a brace behind a backslash is none
    is_local: bool = False  # whether to leave it at the stretch that was asked for
    _near: dict[int, int] = field(default_factory=dict)
    _opens: "array[int] | None" = None
    _closes: "array[int]" = field(default_factory=lambda: array("q"))

    def closing(self, start: int, near_end: int) -> int:
        """Return the offset of the "}" that closes the "{" at `start`; -1 where none does."""
        if (known := self._near.get(start)) is not None:
            return known
        if self._opens is None:
            self._near.clear()
            stack: list[int] = []
            pattern = _BRACE_ESCAPED if self.has_escapes else _BRACE
            for match in pattern.finditer(self.data, start, near_end):
                if match[0] == b"{":
                    stack.append(match.start())
                    continue
                if match[0] != b"}":
                    continue
                self._near[stack.pop()] = match.start()
                if not stack:
                    return match.start()
            self._near.clear()
            if self.is_local:
                return -1
            self._pair_all()
        opens = self._opens
        if opens is None:
            return -1
        index = bisect_left(opens, start)
        return self._closes[index] if index < len(opens) and opens[index] == start else -1

    def _pair_all(self) -> None:
        stack: list[int] = []
        opens = array("q")
        closes = array("q")
        pattern = _BRACE_ESCAPED if self.has_escapes else _BRACE
        for match in pattern.finditer(self.data):
            if match[0] == b"{":
                stack.append(len(opens))
                opens.append(match.start())
                closes.append(-1)
            elif stack and match[0] == b"}":
                closes[stack.pop()] = match.start()
        self._opens, self._closes = opens, closes


def head(data: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """Match "@type{" or "@type(" at `start`."""
    return _HEAD.match(data, start, end)


def parse_block(braces: Braces, match: re.Match[bytes], near_end: int) -> BlockSpan | SyntaxProblem:
    """Read the block whose head is `match`, by the grammar and nothing but the grammar.

    A block in braces may end behind `near_end` (a value can hold lines that look like entries);
    one in parentheses may not.
    """
    start = match.end() - 1
    if match[2] == b"{":
        close = braces.closing(start, near_end)
        if close < 0:
            return SyntaxProblem(
                "unbalanced-braces", "the block's opening brace is never closed", start, -1
            )
        limit = close + 1
    else:
        close, limit = -1, near_end
    kind = match[1].lower()
    parser = _Parser(braces, limit, close)
    if not kind:
        return SyntaxProblem(
            "missing-type", "the entry has no type", match.start(), limit if close >= 0 else -1
        )
    try:
        return parser.block(match, kind)
    except _NotPlainError as error:
        return SyntaxProblem(error.check, error.reason, error.offset, limit if close >= 0 else -1)


def _is_word(name: bytes) -> bool:
    """Say whether a name beyond ASCII is free of blanks and invisible characters."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    return text.isprintable() and not any(char.isspace() for char in text)


class _NotPlainError(Exception):
    def __init__(self, check: str, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.check = check
        self.reason = reason
        self.offset = offset


@dataclass(slots=True)
class _Parser:
    """The exact reader of one block."""

    braces: Braces
    limit: int  # behind the last byte that may belong to the block
    close: int  # of the closing brace; -1 in a block in parentheses, until it is found

    def block(self, match: re.Match[bytes], kind: bytes) -> BlockSpan:
        start = match.end()
        key_start = key_end = start
        fields: tuple[FieldSpan, ...] = ()
        if kind == b"comment":
            end = self._comment_end(start)
        elif kind == b"preamble":
            end = self._closing(self._skip(self._value(self._skip(start), "the preamble")))
        else:
            position = start
            if kind != b"string":
                key_start, key_end, position = self._key(self._skip(start))
            fields, end = self._fields(position)
        return BlockSpan(
            match.start(), match.start(1), match.end(1), start - 1, key_start, key_end, fields, end
        )

    def _comment_end(self, start: int) -> int:
        if self.close >= 0:
            return self.limit
        end = self.braces.data.find(b")", start, self.limit)
        if end < 0:
            raise _NotPlainError("unbalanced-braces", "the comment is never closed", start)
        return end + 1

    def _key(self, start: int) -> tuple[int, int, int]:
        """Return where the key starts and ends, and where the fields start."""
        data = self.braces.data
        match = _KEY.match(data, start, self.limit)
        end = match.end() if match else start
        if self.close < 0:  # in parentheses a key may not hold one
            paren = data.find(b")", start, end)
            end = end if paren < 0 else paren
        after = self._skip(end)
        if end == start:
            raise _NotPlainError("missing-key", "the entry has no key", start)
        sign = data[after : after + 1]
        if sign == b",":
            return start, end, after + 1
        if sign == b"=":
            raise _NotPlainError("missing-key", "the entry has no key", start)
        if self._is_close(after):
            return start, end, after
        raise _NotPlainError("bad-key", "the key is not followed by a comma", after)

    def _fields(self, start: int) -> tuple[tuple[FieldSpan, ...], int]:
        data = self.braces.data
        fields: list[FieldSpan] = []
        position = self._skip(start)
        while not self._is_close(position):
            name = _NAME_BYTES.match(data, position, self.limit)
            equals = self._skip(name.end()) if name else position
            if name is None or data[equals : equals + 1] != b"=" or equals >= self.limit:
                raise _NotPlainError("bad-field", "a field name and “=” are expected", position)
            shown = name[0].decode("utf-8", "replace")
            if not name[0].isascii() and not _is_word(name[0]):
                raise _NotPlainError(
                    "bad-field", "a blank that is not ASCII stands in a field name", position
                )
            value_start = self._skip(equals + 1)
            value_end = self._value(value_start, shown)
            position = self._skip(value_end)
            end = value_end
            if position < self.limit and data[position] == 0x2C:  # noqa: PLR2004 - a comma
                end = position = position + 1
                position = self._skip(position)
            elif not self._is_close(position):
                raise _NotPlainError(
                    "missing-comma", f"a comma is missing behind the value of {shown}", position
                )
            fields.append(FieldSpan(name.start(), name.end(), value_start, value_end, end))
        return tuple(fields), position + 1

    def _value(self, start: int, shown: str) -> int:
        """Return where the value that starts at `start` ends."""
        data = self.braces.data
        position = start
        while True:
            sign = data[position : position + 1] if position < self.limit else b""
            if sign == b"{":
                end = self.braces.closing(position, self.limit)
                if not 0 <= end < self.limit:
                    raise _NotPlainError(
                        "unbalanced-braces", f"the value of {shown} is never closed", position
                    )
                position = end + 1
            elif sign == b'"':
                position = self._quoted(position, shown)
            elif bare := _NAME_BYTES.match(data, position, self.limit):
                position = bare.end()
            else:
                raise _NotPlainError("missing-value", f"{shown} has no value", position)
            after = self._skip(position)
            if after >= self.limit or data[after] != 0x23:  # noqa: PLR2004 - "#" joins two parts
                return position
            position = self._skip(after + 1)

    def _quoted(self, start: int, shown: str) -> int:
        position = start + 1
        pattern = _QUOTE_OR_BRACE_ESCAPED if self.braces.has_escapes else _QUOTE_OR_BRACE
        while match := pattern.search(self.braces.data, position, self.limit):
            sign = match[0]
            if sign == b'"':
                return match.end()
            if sign[:1] == b"\\":
                position = match.end()
                continue
            close = self.braces.closing(match.start(), self.limit) if sign == b"{" else -1
            if not 0 <= close < self.limit:
                break
            position = close + 1
        raise _NotPlainError("unbalanced-quotes", f"the value of {shown} is never closed", start)

    def _is_close(self, position: int) -> bool:
        if self.close >= 0:
            return position == self.close
        return self.braces.data[position : position + 1] == b")" and position < self.limit

    def _closing(self, position: int) -> int:
        if not self._is_close(position):
            raise _NotPlainError("bad-block", "text follows where the block should end", position)
        return position + 1

    def _skip(self, position: int) -> int:
        match = _SKIP.match(self.braces.data, position, self.limit)
        return match.end() if match else position
