"""Our reading of .bib files held against bibtexparser's; every difference has its class.

The classes are explained in docs/decisions/reading-bib-files.md, one paragraph each.
"""

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bibtexparser.model import DuplicateFieldKeyBlock
from bibtexparser.model import Entry as ParsedEntry
from bibtexparser.splitter import Splitter

from library.entry import Entry
from library.formats.bibtex.blocks import decode, read_pieces, scan
from library.formats.bibtex.macros import expand
from library.formats.bibtex.scan import Piece
from library.formats.bibtex.source import Source
from measure.report import Failure, Row

CLASSES = {
    "odd": "not plain: bibtexparser's reading of the block alone counts, or our rescue",
    "twice": "a field stands twice: bibtexparser sets the entry aside, here the last value counts",
    "escape": "a brace or quote behind a backslash counts for BibTeX, not for bibtexparser",
    "percent": "a % comments out the rest of its line, for biber; bibtexparser reads on",
    "line-start": "an @ at a line's start inside a value; bibtexparser ends the entry there",
    "quote": "quotes inside braces inside quotes, which bibtexparser takes for the value's end",
    "prefix": "a type that only begins like @comment, @string or @preamble",
    "head": "blanks or line ends around the type that bibtexparser does not take for a block",
    "string": "an @string is defined again later in the file; here the value at the place counts",
    "around": "alone it reads the same; in the file, what stands before led bibtexparser astray",
}
_SPACE = re.compile(r"\s+")
_PLAIN_HEAD = re.compile(r"@\w+[ \t]*[{(]")
_EVIDENCE = {
    "prefix": re.compile(r"(?i)@(?:comment|string|preamble)\w"),
    "escape": re.compile(r"""\\[{}"=,]"""),
    "line-start": re.compile(r"\n\s*@\w*[ \t]*[{(]"),
    "percent": re.compile(r"[,\n{]\s*%"),
    "quote": re.compile(r"""\{[^{}]*"[^{}]*\}"""),
}


def compare_with_bibtexparser(
    cases: Sequence[tuple[str, bytes]], failures: list[Failure], *, at_most: int = 5_000_000
) -> list[Row]:
    """Return how many entries both read alike, and how many of the rest have a known reason.

    bibtexparser reads the whole file here, as it is meant to be used; files of more than `at_most`
    bytes are read in their first part only, since it is slow.
    """
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    same = total = 0
    known: Counter[str] = Counter()
    unknown = 0
    measure = "differences from bibtexparser that have a reason"
    for name, raw in cases:
        source = decode(raw[:at_most])
        theirs = _theirs(source)
        entries, strings, twice = _ours(source)
        for piece, entry in entries:
            total += 1
            candidates = theirs.get(entry.key, [])
            parsed = candidates.pop(0) if candidates else None
            if _are_alike(parsed, entry, strings):
                same += 1
                continue
            reason = _reason(source.text(piece.start, piece.end), piece, entry, strings)
            if entry.line in twice:
                reason = "twice"
            if reason:
                known[reason] += 1
            else:
                unknown += 1
                failures.append(Failure(measure, name, f"line {entry.line}: {entry.key}"))
    differing = sum(known.values()) + unknown
    note = ", ".join(f"{reason} {count}" for reason, count in known.most_common())
    return [
        Row(
            "entries that bibtexparser reads alike",
            100 * same / total if total else None,
            "%",
            total,
        ),
        Row(
            measure,
            100 * (differing - unknown) / differing if differing else 100.0,
            "%",
            differing,
            "100 %",
            unknown == 0,
            note,
        ),
    ]


def _theirs(source: Source) -> dict[str, list[ParsedEntry]]:
    """Return bibtexparser's entries by key; one that holds a field twice is not among them."""
    found: dict[str, list[ParsedEntry]] = {}
    for block in Splitter(source.text(0, len(source.data))).split().blocks:
        if isinstance(block, ParsedEntry) and not isinstance(block, DuplicateFieldKeyBlock):
            found.setdefault(block.key, []).append(block)
    return found


def _ours(source: Source) -> tuple[list[tuple[Piece, Entry]], dict[str, str], set[int | None]]:
    """Return our entries with their blocks, the @strings, and the lines of fields given twice."""
    pieces = list(scan(source))
    by_start = {piece.start: piece for piece in pieces}
    reading = read_pieces(source, pieces)
    entries = sorted([*reading.entries, *reading.duplicates], key=lambda entry: entry.start)
    twice = {found.line for found in reading.findings if found.check == "field-twice"}
    return [(by_start[entry.start], entry) for entry in entries], reading.strings, twice


def _are_alike(parsed: ParsedEntry | None, entry: Entry, strings: dict[str, str]) -> bool:
    if parsed is None:
        return False
    theirs = {part.key.lower(): expand(part.value, strings).text for part in parsed.fields}
    return _normal(theirs) == _normal(entry.fields)


def _normal(fields: dict[str, str]) -> dict[str, str]:
    return {name: _SPACE.sub(" ", value).strip() for name, value in fields.items()}


def _reason(text: str, piece: Piece, entry: Entry, strings: dict[str, str]) -> str | None:
    """Return the class of a difference; None where none of them fits."""
    if piece.odd is not None:
        return "odd"
    for reason, pattern in _EVIDENCE.items():
        if pattern.search(text):
            return reason
    if not _PLAIN_HEAD.match(text):
        return "head"
    alone = next(iter(Splitter(text).split().blocks), None)
    if isinstance(alone, ParsedEntry):
        if _are_alike(alone, entry, strings):
            return "around"
        bare = {part.key.lower() for part in alone.fields} & entry.quoted
        rest = {name: value for name, value in entry.fields.items() if name not in bare}
        kept = [part for part in alone.fields if part.key.lower() not in bare]
        alone.fields = kept
        if bare and _are_alike(alone, replace(entry, fields=rest), strings):
            return "string"
    return None
