"""How a .bib file is written: found out from the file, imitated in what is added to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from library.formats.bibtex.grammar import BlockSpan, Braces, head, parse_block
from library.formats.bibtex.scan import scan
from library.formats.bibtex.source import Source

Case = Literal["lower", "upper", "title"]
_SAMPLE = 200  # entries that tell a file's style
_BLANK = b" \t\r\n\f\v"
_USUAL_ORDER = (
    "author editor translator title subtitle titleaddon maintitle booktitle booksubtitle journal "
    "journaltitle shortjournal series edition date year month volume number issue chapter pages "
    "eid pagetotal publisher institution school organization address location howpublished type "
    "isbn issn doi eprint eprinttype archiveprefix eprintclass primaryclass pmid pmcid url urldate "
    "language langid keywords abstract note annotation file"
)
_USUAL = {name: place for place, name in enumerate(_USUAL_ORDER.split())}


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """An entry's own bytes and where its parts stand in them."""

    data: bytes
    span: BlockSpan

    def name(self, index: int) -> bytes:
        """Return the name of a field as written."""
        part = self.span.fields[index]
        return self.data[part.name_start : part.name_end]

    def value(self, index: int) -> bytes:
        """Return the value of a field as written, with its delimiters."""
        part = self.span.fields[index]
        return self.data[part.value_start : part.value_end]

    def between(self, index: int) -> bytes:
        """Return what stands between the value of a field and the name of the next."""
        fields = self.span.fields
        return self.data[fields[index].value_end : fields[index + 1].name_start]


def parse(data: bytes) -> ParsedEntry | None:
    """Return the parts of one entry's bytes; None where it is not plain."""
    match = head(data, 0, len(data))
    found = next(scan(Source(data, "latin-1", "latin-1")), None)
    if match is None or found is None or found.end != len(data) or found.odd is not None:
        return None
    span = found.span
    if span is None:
        braces = Braces(data, has_escapes=found.has_escapes, is_local=True)
        parsed = parse_block(braces, match, len(data))
        span = parsed if isinstance(parsed, BlockSpan) else None
    return ParsedEntry(data, span) if span else None


@dataclass(frozen=True, slots=True)
class Alignment:
    """Blanks around the "=": the same everywhere, or filling up to a column."""

    before: bytes = b" "
    after: bytes = b" "
    equals_column: int = 0  # bytes from the name's start to "="; 0: `before` holds
    value_column: int = 0  # bytes from the name's start to the value; 0: `after` holds

    def around(self, name: bytes) -> bytes:
        """Return the "=" with the blanks for this name."""
        before, after = self.before, self.after
        if self.equals_column:
            before = b" " * max(self.equals_column - len(name), len(self.before))
        if self.value_column:
            after = b" " * max(self.value_column - len(name) - len(before) - 1, len(self.after))
        return before + b"=" + after


@dataclass(slots=True)
class Style:
    """The habits of a file, or of one entry."""

    opening: bytes = b"\n  "  # between the comma behind the key and the first field
    separator: bytes = b",\n  "  # between a value and the next field
    closing: bytes = b",\n"  # between the last value and the closing brace
    alignment: Alignment = field(default_factory=Alignment)
    quote: bytes = b"{"
    has_bare_digits: bool = False
    name_case: Case = "lower"
    type_case: Case = "lower"
    between_entries: bytes = b"\n\n"
    spellings: dict[str, str] = field(default_factory=dict)  # lower-case field -> as written
    types: dict[str, str] = field(default_factory=dict)  # lower-case type -> as written
    order: dict[tuple[str, str], int] = field(default_factory=dict)  # (first, then) -> how often

    def spelled(self, name: str) -> str:
        """Return a field's name as the file would write it."""
        return self.spellings.get(name) or cased(name, self.name_case)

    def spelled_type(self, kind: str) -> str:
        """Return an entry type as the file would write it."""
        return self.types.get(kind) or cased(kind, self.type_case)

    def position(self, name: str, present: Sequence[str]) -> int:
        """Return where among the fields `present` a new field would stand in this file.

        Every place is judged by how many pairs of fields then stand as they mostly do elsewhere;
        the last of the best places wins, so that an unknown field goes to the end.
        """
        place = 0
        best = score = sum(self._precedes(name, other) for other in present)
        for index, other in enumerate(present):
            score += self._precedes(other, name) - self._precedes(name, other)
            if score >= best:
                best, place = score, index + 1
        return place

    def _precedes(self, first: str, then: str) -> float:
        """Say whether `first` mostly stands before `then`: 1 by this file, 0.1 by most files."""
        here, other_way = self.order.get((first, then), 0), self.order.get((then, first), 0)
        if here or other_way:
            return float(here > other_way)
        if first in _USUAL and then in _USUAL:
            return 0.1 * (_USUAL[first] < _USUAL[then])
        return 0.0


def cased(name: str, case: Case) -> str:
    """Write a lower-case name in upper case, with a capital, or as it is."""
    if case == "upper":
        return name.upper()
    return name[:1].upper() + name[1:] if case == "title" else name


def case_of(names: Iterable[str]) -> Case:
    """Return how most of the names are written."""
    counts = Counter[Case]()
    for name in names:
        if name.islower() or not name[:1].isalpha():
            counts["lower"] += 1
        elif name.isupper() and len(name) > 1:
            counts["upper"] += 1
        elif name[:1].isupper():
            counts["title"] += 1
    return counts.most_common(1)[0][0] if counts else "lower"


def of_file(entries: Sequence[bytes], gaps: Iterable[bytes], newline: bytes) -> Style:
    """Return the habits of a file.

    Args:
        entries: the bytes of its plain entries.
        gaps: what stands between two entries, where that is white space.
        newline: the file's line end.
    """
    default = Style()
    style = Style(
        default.opening.replace(b"\n", newline),
        default.separator.replace(b"\n", newline),
        default.closing.replace(b"\n", newline),
        between_entries=_most(gaps) or newline * 2,
    )
    step = max(len(entries) // _SAMPLE, 1)
    parsed = [found for data in entries[::step] if (found := parse(data)) and found.span.fields]
    if not parsed:
        return style
    style.opening = _most(_opening(entry) for entry in parsed) or style.opening
    style.closing = _most(_closing(entry) for entry in parsed) or style.closing
    style.separator = (
        _most(gap for entry in parsed for gap in _separators(entry)) or b"," + style.opening
    )
    shown = [
        [entry.name(i).decode("utf-8", "replace") for i in range(len(entry.span.fields))]
        for entry in parsed
    ]
    kinds = [
        entry.data[entry.span.type_start : entry.span.type_end].decode("utf-8", "replace")
        for entry in parsed
    ]
    style.name_case = case_of(name for names in shown for name in names)
    style.type_case = case_of(kinds)
    style.spellings = _spellings(name for names in shown for name in names)
    style.types = _spellings(kinds)
    style.order = _orders(shown)
    style.quote, style.has_bare_digits = _delimiters(parsed, style)
    aligned = Counter(_alignment(entry, default.alignment) for entry in parsed)
    style.alignment = aligned.most_common(1)[0][0]
    return style


def of_entry(entry: ParsedEntry, file: Style) -> Style:
    """Return the habits of one entry; where it is too short to have any, its file's."""
    fields = entry.span.fields
    if not fields:
        return file
    separator = _most(_separators(entry))
    if separator is None:
        opening = _opening(entry)
        separator = b"," + opening if opening and opening != file.opening else file.separator
    quote, has_bare_digits = _delimiters([entry], file)
    names = [entry.name(index).decode("utf-8", "replace") for index in range(len(fields))]
    case = case_of(names)
    return Style(
        file.opening,
        separator,
        file.closing,
        _alignment(entry, file.alignment),
        quote,
        has_bare_digits,
        case,
        spellings=file.spellings if case == file.name_case else {},
        order=file.order,
    )


def _most(found: Iterable[bytes | None]) -> bytes | None:
    counts = Counter(item for item in found if item is not None)
    return counts.most_common(1)[0][0] if counts else None


def _opening(entry: ParsedEntry) -> bytes | None:
    """Return the blanks before the first field."""
    first = entry.span.fields[0].name_start
    before = entry.data[entry.span.key_end : first]
    _, comma, blanks = before.partition(b",")
    return blanks if comma and not blanks.strip(_BLANK) else None


def _closing(entry: ParsedEntry) -> bytes | None:
    """Return what stands between the last value and the closing delimiter, if it is plain."""
    after = entry.data[entry.span.fields[-1].value_end : entry.span.end - 1]
    return after if after.strip(_BLANK) in {b"", b","} else None


def _separators(entry: ParsedEntry) -> list[bytes]:
    """Return what stands between fields, where no comment stands there."""
    gaps = [entry.between(index) for index in range(len(entry.span.fields) - 1)]
    return [gap for gap in gaps if gap.strip(_BLANK) == b","]


def _spellings(names: Iterable[str]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = {}
    for name in names:
        counts.setdefault(name.lower(), Counter())[name] += 1
    return {lower: found.most_common(1)[0][0] for lower, found in counts.items()}


def _orders(shown: Iterable[Sequence[str]]) -> dict[tuple[str, str], int]:
    counts: Counter[tuple[str, str]] = Counter()
    for names in shown:
        lower = [name.lower() for name in names[:40]]
        counts.update(
            (first, then) for index, first in enumerate(lower) for then in lower[index + 1 :]
        )
    return counts


def _delimiters(entries: Iterable[ParsedEntry], fallback: Style) -> tuple[bytes, bool]:
    """Return the delimiter of most values, and whether most numbers have none."""
    quotes: Counter[bytes] = Counter()
    digits: Counter[bool] = Counter()
    for entry in entries:
        for index in range(len(entry.span.fields)):
            value = entry.value(index)
            if value.strip(b'{}"').isdigit():
                digits[value.isdigit()] += 1
            if value[:1] in {b"{", b'"'}:
                quotes[value[:1]] += 1
    quote = quotes.most_common(1)[0][0] if quotes else fallback.quote
    return quote, digits[True] > digits[False] if digits else fallback.has_bare_digits


def _alignment(entry: ParsedEntry, fallback: Alignment) -> Alignment:
    """Return how the entry sets its "="; the fallback where it has too few fields to tell."""
    data = entry.data
    found: list[tuple[int, bytes, bytes]] = []
    for part in entry.span.fields:
        around = data[part.name_end : part.value_start]
        before, _, after = around.partition(b"=")
        if not (before + after).strip(b" \t"):
            found.append((part.name_end - part.name_start, before, after))
    if not found:
        return fallback
    before_counts = Counter(before for _, before, _ in found)
    after_counts = Counter(after for _, _, after in found)
    before, before_n = before_counts.most_common(1)[0]
    after, after_n = after_counts.most_common(1)[0]
    if len({size for size, _, _ in found}) == 1 and (fallback.before, fallback.after) != (
        before,
        after,
    ):
        # Names of one length show no column; the file's may fit.
        size = found[0][0]
        if fallback.around(b"x" * size) == before + b"=" + after:
            return fallback
    shortest_before = min((b for _, b, _ in found), key=len)
    shortest_after = min((a for _, _, a in found), key=len)
    equals, equals_n = Counter(size + len(b) for size, b, _ in found).most_common(1)[0]
    values, values_n = Counter(size + len(b) + 1 + len(a) for size, b, a in found).most_common(1)[0]
    if equals_n > before_n and b"\t" not in before:
        return Alignment(shortest_before[:1], after, equals_column=equals)
    if values_n > after_n and b"\t" not in after:
        return Alignment(before, shortest_after[:1], value_column=values)
    return Alignment(before, after)
