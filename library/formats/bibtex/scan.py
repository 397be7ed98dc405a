"""From the bytes of a .bib file to its pieces, one after the other, in one pass.

A piece is a block with what the scanner knows of its inside. See `blocks` for what a block is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from library.entry import BlockKind
from library.formats.bibtex import odd
from library.formats.bibtex.grammar import (
    AT_LINE_START,
    AT_LINE_START_CR,
    ENTRY,
    ENTRY_ESCAPED,
    FIELDS,
    FIELDS_ESCAPED,
    LOOSE_BRACE,
    STRAY_FIELD,
    BlockSpan,
    Braces,
    SyntaxProblem,
    head,
    parse_block,
)
from library.formats.bibtex.source import Source

_BLANK_OR_BOM = b" \t\r\n\f\v\xef\xbb\xbf"
_COMMENTED_OUT = re.compile(rb"(?:\A|(?<=[ \t]))%")
_KINDS: dict[bytes, BlockKind] = {
    b"comment": "comment",
    b"preamble": "preamble",
    b"string": "string",
}
_LOOKS_LIKE_FIELD = re.compile(rb"""[,\n\r][ \t]*[A-Za-z_-]+[ \t]*=[ \t]*["{]""")


class Piece(NamedTuple):
    """A block as the scanner found it, with what it knows of its inside."""

    kind: BlockKind
    start: int
    end: int
    line: int
    plain: "re.Match[bytes] | None" = None  # of grammar.ENTRY or ENTRY_ESCAPED
    span: BlockSpan | None = None  # by the exact grammar
    odd: "odd.OddBlock | None" = None  # by bibtexparser, or by our own rescue
    has_escapes: bool = False  # an entry in which "\\{" must not count, or it would fall apart


def scan(source: Source, start: int = 0, line: int = 1) -> Iterator[Piece]:
    """Yield the blocks of the file one by one from offset `start`, the first byte of a block.

    To read again only what changed in a file: start at the last block boundary before the change,
    and stop as soon as a piece ends where an old block, moved by the change in length, ended.
    """
    return pieces(source, start, line, with_blanks=True)


def pieces(source: Source, start: int, line: int, *, with_blanks: bool) -> Iterator[Piece]:
    """Do what `scan` says; without `with_blanks`, leave out white space between plain entries."""
    data = source.data
    braces = Braces(data)
    lines = _Lines(data, start, line)
    position = start
    match = ENTRY.match
    make = tuple.__new__
    for bound in _bounds(data, start):
        if bound <= position:
            continue
        plain = match(data, position, bound)
        if plain:
            end = plain.end()
            is_blank = end == bound or data[end:bound].isspace()
            is_torn = (not is_blank and STRAY_FIELD.match(data, end, bound) is not None) or (
                data.find(b"\\{", position, end) >= 0
                and LOOSE_BRACE.search(data, position, end) is not None
            )
            if is_torn and (whole := _untorn(data, plain, bound)):
                end = whole.end()
                is_blank = end == bound or data[end:bound].isspace()
                yield Piece("entry", position, end, lines.at(position), whole, has_escapes=True)
            else:
                # What Piece("entry", …) would give, without its defaults: a third of the time.
                line = lines.at(position)
                yield make(Piece, ("entry", position, end, line, plain, None, None, False))
            position = end
            if end == bound:
                continue
            if is_blank and not with_blanks:
                position = bound
                continue
        if data.find(b"@", position, bound) < 0:
            yield Piece("text", position, bound, lines.at(position))
            position = bound
            continue
        for piece in _slowly(source, braces, position, bound, lines):
            yield piece
            position = piece.end


def _untorn(data: bytes, plain: re.Match[bytes], bound: int) -> re.Match[bytes] | None:
    """Return the other dialect's match of an entry, where BibTeX's tears it apart.

    It does where fields are left behind the entry, or where one value swallows other fields.
    """
    whole = ENTRY_ESCAPED.match(data, plain.start(), bound)
    if whole is None or STRAY_FIELD.match(data, whole.end(), bound):
        return None
    if whole.end() != plain.end():
        return whole if STRAY_FIELD.match(data, plain.end(), bound) else None
    fields = str(whole[4], "latin-1")
    apart = str(plain[3] + plain[4], "latin-1")
    more = len(FIELDS_ESCAPED.findall(fields)) > len(FIELDS.findall(apart))
    return whole if more else None


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
        kind = _KINDS.get(match[1].lower(), "entry")
        parsed = parse_block(braces, match, bound)
        if isinstance(parsed, BlockSpan) and kind != "comment" and parsed.end > bound:
            parsed = _unless_runaway(data, parsed, bound)
        if not line.is_blank and not _is_surely_a_block(data, parsed):
            # "me@home{…}" inside a line of text. Its inside is not looked at again: that would take
            # quadratic time in a file made for it.
            position = max(position, min(parsed.end, bound))
            continue
        if text_start < at:
            yield Piece("text", text_start, at, lines.at(text_start))
        whole = _whole(data, match, parsed, bound) if kind == "entry" else None
        if whole is not None:
            piece = Piece(kind, at, whole.end, lines.at(at), span=whole, has_escapes=True)
        elif isinstance(parsed, BlockSpan):
            piece = Piece(kind, at, parsed.end, lines.at(at), span=parsed)
        else:
            rescued = odd.read(source, match, parsed, end_of_block(data, parsed, bound))
            piece = Piece(rescued.kind, at, rescued.end, lines.at(at), odd=rescued)
        yield piece
        text_start = position = piece.end
        line = _LineStart(data, position)
    if text_start < bound:
        yield Piece("text", text_start, bound, lines.at(text_start))


def _is_surely_a_block(data: bytes, parsed: BlockSpan | SyntaxProblem) -> bool:
    """Say whether an "@" inside a line of text starts a block: "me@work{now}" does not."""
    return isinstance(parsed, BlockSpan) and data.find(b",", parsed.key_end, parsed.end) >= 0


def _whole(
    data: bytes, match: re.Match[bytes], parsed: BlockSpan | SyntaxProblem, bound: int
) -> BlockSpan | None:
    """Return the other dialect's reading of an entry, where BibTeX's is none or leaves fields."""
    if isinstance(parsed, BlockSpan) and not STRAY_FIELD.match(data, parsed.end, bound):
        return None
    stop = end_of_block(data, parsed, bound)
    found = parse_block(Braces(data, has_escapes=True, is_local=True), match, stop)
    if isinstance(found, SyntaxProblem) or STRAY_FIELD.match(data, found.end, bound):
        return None
    return found


def end_of_block(data: bytes, parsed: BlockSpan | SyntaxProblem, bound: int) -> int:
    """Return where a block ends at the latest that does not end where it should.

    It may end behind its own closing brace, but not behind the next "@".
    """
    if parsed.end < 0 or parsed.end >= bound:
        return bound
    following = data.find(b"@", parsed.end, bound)
    return following if following >= 0 else bound


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
