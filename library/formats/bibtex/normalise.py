"""A .bib file in one manner: a field a line, aligned, in the usual order, names in small letters.

Values stay as they are written, with their delimiters, macros and "#"; but for ranges of pages,
which get two hyphens, and months, which become macros. What stands between entries stays. An entry
that cannot be taken apart safely, or that would mean something else afterwards, is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from library.formats.bibtex.blocks import decode, split
from library.formats.bibtex.edits import is_month
from library.formats.bibtex.read import read
from library.formats.bibtex.source import Source
from library.formats.bibtex.style import ParsedEntry, parse
from library.formats.bibtex.write import rank

_RANGE: Final = re.compile(
    rb"^([{\"])\s*([A-Za-z]?\d+)\s*(?:-|\xe2\x80\x93|\xe2\x80\x94)\s*([A-Za-z]?\d+)\s*([}\"])$"
)
_BRACED: Final = re.compile(rb"^[{\"]\s*([A-Za-z]+)\.?\s*[}\"]$")
_PARENTS: Final = re.compile(
    rb"(?:crossref|xdata|xref|related|entryset)\s*=\s*[{\"]([^{}\"]*)[}\"]", re.IGNORECASE
)
_INDENT: Final = b"  "
_WIDTH: Final = 12  # of names, as new entries are written
_BOM: Final = b"\xef\xbb\xbf"
_EMPTY_LINE: Final = re.compile(rb"\n[ \t]*\r?\n\s*$")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The file in one manner, and the entries that were left as they are."""

    content: bytes
    left: tuple[str, ...]  # their citation keys, or the line they begin in


@dataclass(slots=True)
class _Block:
    kind: str
    data: bytes
    key: bytes = b""


def normalise(raw: bytes, *, sort: bool = False) -> Normalised:
    """Return a .bib file in one manner; normalised again, it is the same bytes.

    Args:
        raw: the file; its encoding and line ends stay.
        sort: put entries that stand together in the order of their keys; parents stay behind the
            entries that take fields from them, as BibTeX wants it.
    """
    source = decode(raw)
    newline = b"\r\n" if source.data.count(b"\r\n") * 2 > source.data.count(b"\n") else b"\n"
    blocks: list[_Block] = []
    left: list[str] = []
    for block in split(source):
        data = source.data[block.start : block.end]
        if block.start == 0:
            data = data.removeprefix(_BOM)
        if block.kind != "entry":
            blocks.append(_Block(block.kind, data))
            continue
        parsed = parse(data)
        made = _entry(parsed, newline) if parsed is not None else None
        if parsed is not None and made is not None and not _means_the_same(source, data, made):
            made = _entry(parsed, newline, in_order=False)
            made = made if made is not None and _means_the_same(source, data, made) else None
        key = _key(parsed)
        if made is None:
            left.append(key.decode(errors="replace") or f"line {block.line}")
        blocks.append(_Block("entry", data if made is None else made, key))
    if sort:
        blocks = _sorted(blocks)
    content = _joined(blocks, newline)
    if source.data.startswith(_BOM):
        content = _BOM + content
    made_source = replace(source, data=content)
    return Normalised(made_source.encode(), tuple(left))


def _key(parsed: ParsedEntry | None) -> bytes:
    if parsed is None:
        return b""
    match = re.match(rb"@[A-Za-z]+\s*[{(]\s*([^,\s}]*)", parsed.data)
    return match[1] if match else b""


def _entry(parsed: ParsedEntry, newline: bytes, *, in_order: bool = True) -> bytes | None:
    """Return an entry in one manner; None where comments or odd text stand between its fields."""
    match = re.match(rb"@([A-Za-z]+)\s*([{(])\s*([^,\s}]+)\s*,", parsed.data)
    count = len(parsed.span.fields)
    if match is None or not count or match[2] != b"{":
        return None
    first, last = parsed.span.fields[0], parsed.span.fields[-1]
    gaps = [parsed.data[match.end() : first.name_start]]
    gaps += [parsed.between(index) for index in range(count - 1)]
    gaps.append(parsed.data[last.value_end :].rstrip()[:-1])
    if any(gap.strip(b", \t\r\n") for gap in gaps) or gaps[0].strip():
        return None
    fields = [(parsed.name(index).lower(), _value(parsed, index)) for index in range(count)]
    names = [name for name, _ in fields]
    if in_order and len(set(names)) == len(names):
        fields.sort(key=lambda field: rank(field[0].decode(errors="replace")))
    width = max(_WIDTH, *(len(name) for name in names))
    lines = [b"@" + match[1].lower() + b"{" + match[3] + b","]
    lines += [_INDENT + name.ljust(width) + b" = " + value + b"," for name, value in fields]
    lines.append(b"}")
    return newline.join(lines)


def _value(parsed: ParsedEntry, index: int) -> bytes:
    name, value = parsed.name(index).lower(), parsed.value(index).strip()
    if name == b"pages" and (pages := _RANGE.match(value)):
        return pages[1] + pages[2] + b"--" + pages[3] + pages[4]
    if name == b"month" and (month := _BRACED.match(value)):
        short = month[1][:3].lower()
        if is_month(short.decode()) and month[1].lower() in _MONTHS:
            return short
    return value


_MONTHS: Final = frozenset(
    name
    for full in (
        *(b"january", b"february", b"march", b"april", b"may", b"june", b"july", b"august"),
        *(b"september", b"october", b"november", b"december"),
    )
    for name in (full, full[:3])
)


def _means_the_same(source: Source, before: bytes, after: bytes) -> bool:
    return _meaning(source, before) == _meaning(source, after)


def _meaning(source: Source, entry: bytes) -> object:
    reading = read(entry.decode(source.encoding, "replace").encode())
    return [
        (
            replace(work, contributors=(), extra=()),
            sorted(work.contributors, key=repr),
            sorted(work.extra),
        )
        for work in reading.works
    ]


def _sorted(blocks: Sequence[_Block]) -> list[_Block]:
    """Return the blocks with each run of entries in the order of their keys."""
    out: list[_Block] = []
    run: list[_Block] = []
    for block in (*blocks, _Block("end", b"")):
        if block.kind == "entry":
            run.append(block)
            continue
        if block.kind == "text" and not block.data.strip():
            continue
        named = {
            key.strip()
            for one in run
            for text in _PARENTS.findall(one.data)
            for key in text.split(b",")
        }
        out += sorted(run, key=lambda one: (one.key in named, one.key.lower(), one.key))
        run = []
        out.append(block)
    return out[:-1]


def _joined(blocks: Sequence[_Block], newline: bytes) -> bytes:
    """Join the blocks: an empty line around each entry, other text as it stands."""
    out: list[bytes] = []
    for block in blocks:
        if block.kind == "text" and not block.data.strip():
            continue
        data = block.data
        if block.kind == "entry" or (out and block.kind != "text"):
            data = data.strip()
        if out:
            before = out[-1].rstrip()
            is_together = block.kind == "string" and before.lower().split(newline)[-1].startswith(
                b"@string"
            )
            is_above = _is_comment(before, newline) and not _EMPTY_LINE.search(out[-1])
            gap = newline if is_together or is_above else newline * 2
            out[-1] = before + gap
            data = data.lstrip()
        out.append(data)
    if out:
        out[-1] = out[-1].rstrip() + newline
    return b"".join(out)


def _is_comment(before: bytes, newline: bytes) -> bool:
    """Tell whether a line of comment ends what stands before: it may belong to what follows."""
    return before.rsplit(newline, 1)[-1].lstrip().startswith(b"%")
