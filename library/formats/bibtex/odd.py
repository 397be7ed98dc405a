r"""Blocks that the grammar refuses: bibtexparser reads them, and we rescue what it drops.

bibtexparser gets one block at a time, so a bad one costs no other. Three of its habits would lose
data in silence, and are looked for: a block that it gives up is read again field by field
(`_rescued`); a value that holds a later field ("title = a\\, year = 2000") is split; a field that
stands twice takes the entry out of its entries, from where we fetch it.
"""

import logging
import re
from dataclasses import dataclass, replace

from bibtexparser.model import (
    Block,
    DuplicateFieldKeyBlock,
    ExplicitComment,
    Preamble,
    String,
)
from bibtexparser.model import Entry as ParsedEntry
from bibtexparser.splitter import Splitter

from library.entry import BlockKind
from library.formats.bibtex.grammar import SyntaxProblem
from library.formats.bibtex.source import Source

# What it would log is said by findings, with the file's own lines.
logging.getLogger("bibtexparser.splitter").setLevel(logging.CRITICAL)

_LARGEST = 1_000_000  # bytes; bibtexparser takes a second for as many, and a broken block of that
# size is one that nothing closes
_NOT_ENTRIES = (b"comment", b"preamble", b"string")
_NAME = re.compile(r"""[^\x00-\x20\x7f"#%'(),={}@\\~]+""")
_STRUCTURE = re.compile(r'["{}=]')
_BRACES = re.compile(r"[{}]")
_KEY = re.compile(r"[^\s,{}\"=#%]+")
_COMMA = re.compile(r"\s*+,")
_EQUALS = re.compile(r"\s*+=")
_FIELD_HEAD = re.compile(
    r"""(?:\A|[\n\r,}"])[ \t\r\n,]*+([A-Za-z][\w:.+/-]*+)[ \t\r\n]*+=[ \t\r\n]*+(?=["{\w])"""
)
_DEEP = r"\{[^{}]*+\}"
for _ in range(5):
    _DEEP = r"\{[^{}]*+(?:" + _DEEP + r"[^{}]*+)*+\}"
_BRACED = re.compile(_DEEP)
_QUOTED = re.compile(rf'"[^"{{}}]*+(?:{_DEEP}[^"{{}}]*+)*+"')
_BARE = re.compile(r"[^,{}\"\n]*+")


@dataclass(frozen=True, slots=True)
class OddField:
    """A field of an odd block: its name and its value as written, delimiters included."""

    name: str
    value: str
    is_whole: bool = True  # False where the value's end had to be guessed


@dataclass(frozen=True, slots=True)
class OddBlock:
    """What could be read of a block that is not plain."""

    kind: BlockKind  # "broken" where bibtexparser gave up
    end: int  # behind the block's last byte
    problem: SyntaxProblem
    type: str = ""
    key: str = ""
    fields: tuple[OddField, ...] = ()
    text: str = ""  # of a preamble or comment
    lost: str = ""  # text of the block that is in no field
    by: str = "bibtexparser"  # who read it


def read(source: Source, match: re.Match[bytes], problem: SyntaxProblem, stop: int) -> OddBlock:
    """Read the block whose head is `match`, and which ends at `stop` at the latest."""
    start = match.start()
    first = None
    text = ""
    if stop - start <= _LARGEST:
        text = str(source.data[start:stop], source.encoding, "surrogateescape")
        first = next(iter(Splitter(text).split().blocks), None)
    if isinstance(first, DuplicateFieldKeyBlock):
        first = first.ignore_error_block
    found = _understood(first, problem) if first else None
    if found is not None:
        read_chars, block = found
        end = start + len(text[:read_chars].encode(source.encoding, "surrogateescape"))
        if block.kind == "entry" and not block.type:
            return replace(block, end=end, kind="broken", type="misc" if block.fields else "")
        return replace(block, end=end)
    end = min(problem.end, stop) if problem.end > match.end() else stop
    kind = match[1].lower()
    if kind in _NOT_ENTRIES:
        return OddBlock("broken", end, problem, type=kind.decode(), by="")
    body = source.text(match.end(), end)
    return _rescued(match[1].decode(source.encoding, "replace").lower(), body, end, problem)


def _understood(block: Block, problem: SyntaxProblem) -> tuple[int, OddBlock] | None:
    """Return bibtexparser's reading and how many characters it covers; None where it lost data."""
    fields: tuple[OddField, ...] = ()
    if isinstance(block, String):
        fields = (OddField(block.key, block.value),)
        found = OddBlock("string", 0, problem, "string", "", fields)
    elif isinstance(block, Preamble):
        found = OddBlock("preamble", 0, problem, "preamble", text=block.value)
    elif isinstance(block, ExplicitComment):
        found = OddBlock("comment", 0, problem, "comment", text=block.comment)
    elif isinstance(block, ParsedEntry):
        fields = tuple(OddField(part.key, part.value) for part in block.fields)
        found = OddBlock("entry", 0, problem, block.entry_type.lower(), block.key, fields)
        if "=" in block.key:
            return None
    else:
        return None
    if not all(_NAME.fullmatch(part.name) and not _holds_a_field(part.value) for part in fields):
        return None
    return len(block.raw or ""), found


def _holds_a_field(value: str) -> bool:
    """Say whether a "=" stands outside the braces and quotes of a value."""
    depth = 0
    in_quotes = False
    for match in _STRUCTURE.finditer(value):
        sign = match[0]
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
        elif depth > 0:
            continue
        elif sign == '"':
            in_quotes = not in_quotes
        elif not in_quotes:
            return True
    return False


def _rescued(kind: str, body: str, end: int, problem: SyntaxProblem) -> OddBlock:
    """Read a block that bibtexparser gave up: every field whose start can be told.

    A value ends where its braces or quotes close, but at the latest before the next line that looks
    like "name = {"; there it is cut and said to be so.
    """
    key_match = _KEY.match(body)
    key = key_match[0] if key_match else ""
    position = key_match.end() if key_match else 0
    comma = _COMMA.match(body, position)
    if key_match and not comma:
        if _EQUALS.match(body, position):  # the first word is a field's name: there is no key
            key, position = "", 0
    elif comma:
        position = comma.end()
    fields: list[OddField] = []
    lost: list[str] = []
    heads = list(_FIELD_HEAD.finditer(body, max(position - 1, 0)))
    for index, field_head in enumerate(heads):
        if field_head.start(1) < position:
            continue
        lost.append(body[position : field_head.start(1)])
        limit = heads[index + 1].start(1) if index + 1 < len(heads) else len(body)
        value_end, is_whole = _value_end(body, field_head.end(), limit)
        value = body[field_head.end() : value_end]
        fields.append(OddField(field_head[1], value if is_whole else _closed(value), is_whole))
        position = value_end
    lost.append(body[position:])
    left = " ".join(filter(None, (part.strip(' \t\r\n,{}()"') for part in lost)))
    return OddBlock("broken", end, problem, kind, key, tuple(fields), lost=left, by="rescue")


def _value_end(body: str, start: int, limit: int) -> tuple[int, bool]:
    """Return where the value that starts at `start` ends, and whether it was closed there."""
    sign = body[start : start + 1]
    pattern = {"{": _BRACED, '"': _QUOTED}.get(sign, _BARE)
    match = pattern.match(body, start, limit)
    if match:
        return match.end(), True
    return limit, False


def _closed(value: str) -> str:
    """Return the text of a value cut short, in braces that balance."""
    text = value.strip().rstrip(",").strip().lstrip('{"')
    depth = 0
    out: list[str] = []
    position = 0
    for match in _BRACES.finditer(text):
        depth += 1 if match[0] == "{" else -1
        if depth < 0:
            depth = 0
            out.append(text[position : match.start()])
            position = match.end()
    out.append(text[position:])
    return "{" + "".join(out).rstrip().rstrip(",") + "}" * depth + "}"
