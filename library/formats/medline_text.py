"""PubMed's tagged text (MEDLINE, .nbib) read into works.

Source: NLM, "MEDLINE®/PubMed® Data Element (Field) Descriptions".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from library.errors import IdentifierError
from library.findings import Finding
from library.formats.reading import Reading
from library.formats.record_values import language_tag, pages
from library.values.dates import Date, from_year_and_month
from library.values.dates import parse as parse_date
from library.values.identifiers import (
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)
from library.values.markup import from_markup, plain
from library.values.names import Name
from library.values.people import organisation, person
from library.work import Contributor, Role, Work

_TAG: Final = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)$")
_SMALL_WORDS: Final = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)
_FOREIGN_WORDS: Final = frozenset(
    {"de", "la", "le", "les", "du", "des", "der", "die", "das", "und", "et", "en", "y", "e", "fur"}
    | {"für", "del", "di", "della", "zeitschrift", "acta", "revista", "annales", "archiv"}
)
_TYPES: Final = {
    "preprint": ("article", "Preprint"),
    "book": ("book", None),
    "books": ("book", None),
    "book chapter": ("chapter", None),
    "book illustrated": ("book", None),
    "technical report": ("report", None),
    "dataset": ("dataset", None),
    "dissertation": ("thesis", None),
    "newspaper article": ("article-newspaper", None),
}
_KEPT: Final = ("MH", "PT", "RN", "NM", "GS", "GR", "SI", "CI", "COIS", "OID", "SO")
"""MeSH headings, kinds of publication, substances, genes, grants, data, copyright, interests, …"""


@dataclass(slots=True)
class _Record:
    line: int
    entries: list[tuple[str, str]] = field(default_factory=list)  # (tag, value) in order

    def all(self, *tags: str) -> list[str]:
        return [value for tag, value in self.entries if tag in tags and value]

    def first(self, *tags: str) -> str | None:
        return next((values[0] for tag in tags if (values := self.all(tag))), None)


def read_text(text: str, name: str = "MEDLINE") -> Reading:
    """Return the works of a file in PubMed's tagged text; a new PMID begins a new record."""
    reading = Reading()
    for entry in _records(text):
        work = _work(entry)
        reading.works.append(work)
        if work.title is None:
            message = "the record has no title"
            reading.findings.append(
                Finding("no-title", message, "warning", name, entry.line, None, "ti")
            )
    if not reading.works and text.strip():
        message = "no PMID or TI line: no record was found in the file"
        reading.findings.append(Finding("no-records", message, "error", name))
    return reading


def without_full_stop(title: str) -> str:
    """Return a title without NLM's full stop at its end; "et al." and "…" keep theirs."""
    if title.endswith(".") and not title.endswith(("..", "et al.", "etc.")):
        return title[:-1].rstrip()
    return title


def expanded_pages(text: str | None) -> str | None:
    """Return pages with their ends in full: NLM writes "6913-7" for "6913-6917"."""
    if text is None:
        return None
    return ", ".join(_expanded(part) for part in text.split(", "))


def given_with_dots(given: str | None) -> str | None:
    """Return given names with full stops behind their initials: NLM leaves them out ("J A")."""
    if given is None:
        return None
    return " ".join(
        f"{word}." if len(word) == 1 and word.isupper() else word for word in given.split(" ")
    )


def journal_in_title_case(title: str | None, language: str | None) -> str | None:
    """Return an English journal's title as it is printed: NLM's catalogue uses sentence case.

    "Nature chemical biology" gives "Nature Chemical Biology"; titles of other languages stay. The
    place that tells two journals apart in the catalogue, "(Basel, Switzerland)", goes.
    """
    if title is not None:
        title = re.sub(r" \([A-Z][^()]*\)$", "", title).replace(" : ", ": ")
    words = title.split(" ") if title else []
    if title is None or language != "en" or any(word.lower() in _FOREIGN_WORDS for word in words):
        return title
    return " ".join(
        word
        if (place and word in _SMALL_WORDS) or not word.islower()
        else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )


def medline_date(text: str | None) -> Date | None:
    """Return a date in NLM's words: "1996 Jul 9", "1996 Jul-Aug", "1998 Dec-1999 Jan", "19960709".

    Words that cannot be read keep their year; without one they are the date's `literal`.
    """
    if not text:
        return None
    if re.fullmatch(r"\d{8}", text):
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    if found := parse_date(text):
        return found
    years = re.match(r"(\d{4} ?[^\d-]*)-(\d{4}.*)", text)
    if years and (start := medline_date(years[1].strip())) and (end := medline_date(years[2])):
        return Date(start.start, end.start)
    words = text.split()
    day = words[2] if len(words) == 3 and words[2].isdigit() else None  # noqa: PLR2004 - year, month, day
    month = words[1] if day else " ".join(words[1:]) or None
    dated = from_year_and_month(words[0], month, day)
    if dated.start is None and (year := re.search(r"\b(1[89]|20)\d\d\b", text)):
        return Date((int(year[0]),))
    return dated


def _expanded(part: str) -> str:
    match = re.fullmatch(r"([A-Za-z]*)(\d+)-([A-Za-z]*)(\d+)", part)
    if match is None:
        return part
    prefix, first, other, last = match.groups()
    is_shorter = len(last) < len(first) and int(first[-len(last) :]) < int(last)
    if other not in {"", prefix} or not is_shorter:
        return part  # "e00046-15" is the number of an article, not a range
    return f"{prefix}{first}-{prefix}{first[: -len(last)]}{last}"


def _records(text: str) -> Iterator[_Record]:
    current: _Record | None = None
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), 1):
        match = _TAG.match(line)
        if match is None:
            if current is not None and current.entries and line.strip():
                tag, value = current.entries[-1]
                current.entries[-1] = (tag, f"{value} {line.strip()}")
            elif not line.strip() and current is not None and current.all("TI", "BTI"):
                yield current
                current = None
            continue
        tag, value = match.groups()
        if tag == "PMID" and current is not None and current.all("PMID"):
            yield current
            current = None
        if current is None:
            current = _Record(number)
        current.entries.append((tag, value.strip()))
    if current is not None and current.entries:
        yield current


def _work(entry: _Record) -> Work:
    kinds = [kind.lower() for kind in entry.all("PT")]
    kind, genre = next((_TYPES[one] for one in kinds if one in _TYPES), ("article-journal", None))
    if any("dissertation" in one for one in kinds):
        kind = "thesis"
    title, book = _marked(" ".join(entry.all("TI"))), _marked(entry.first("BTI"))
    if book is not None:
        kind = "chapter" if title else "book"
    title = without_full_stop(title) if title else None
    if title and title.startswith("[") and title.endswith("]") and "]" not in title[1:-1]:
        title = without_full_stop(title[1:-1])
    language = language_tag(entry.first("LA"))
    full = _marked(entry.first("JT"))
    venue = journal_in_title_case(full, language) or _marked(entry.first("TA"))
    short = _plain(entry.first("TA"))
    publisher = _plain(entry.first("PB"))
    if "ERIC" in entry.all("OWN") and kind == "article-journal" and "journal articles" not in kinds:
        kind = "report"
    # ERIC has the publisher in the venue's place.
    if kind in {"thesis", "book", "report"} and book is None:
        venue, publisher = None, publisher or venue
    values: dict[str, Any] = {
        "container_title": (book and without_full_stop(book)) if kind == "chapter" else venue,
        "container_title_short": short if full and short != venue else None,
        "collection_title": _marked(entry.first("CTI")),
        "volume": _plain(entry.first("VI")),
        "issue": _plain(entry.first("IP")),
        "page": expanded_pages(pages(entry.first("PG"))) or _article_number(entry),
        "edition": _plain(entry.first("EN")),
        "publisher": publisher,
        "publisher_place": _plain(entry.first("PL")) if book else None,
        "original_title": _marked(entry.first("TT")),
        "language": language,
        "url": next((text for text in entry.all("LID") if text.startswith("http")), None),
        "abstract": _abstract(entry),
    }
    if kind == "book":
        title, values["container_title"] = title or (book and without_full_stop(book)), None
    return Work(
        citation_key="",
        type=kind,
        genre=genre,
        title=title,
        contributors=_contributors(entry),
        issued=medline_date(entry.first("DP")) or medline_date(entry.first("DEP")),
        keywords=tuple(dict.fromkeys(_plain(word.lstrip("*")) or "" for word in entry.all("OT"))),
        doi=_doi(entry),
        pmid=_valid(normalise_pmid, entry.first("PMID")),
        pmcid=_valid(normalise_pmcid, entry.first("PMC")),
        issn=_numbers(entry.all("IS", "ISSN"), normalise_issn),
        isbn=_numbers(entry.all("ISBN"), normalise_isbn),
        note="\n\n".join(from_markup(text, paragraphs=True) for text in entry.all("GN")) or None,
        extra=_extra(entry),
        **{name: value for name, value in values.items() if value},
    )


def _extra(entry: _Record) -> tuple[tuple[str, str], ...]:
    """Return what no variable holds of NLM's own description: "medline-mh" are MeSH headings."""
    kept = {tag: "; ".join(entry.all(tag)) for tag in _KEPT}
    return tuple((f"medline-{tag.lower()}", value) for tag, value in kept.items() if value)


def _abstract(entry: _Record) -> str | None:
    texts = entry.all("AB") or entry.all("OAB")
    return "\n\n".join(from_markup(text, paragraphs=True) for text in texts) or None


def _contributors(entry: _Record) -> tuple[Contributor, ...]:
    """Return the people in their order. FAU is the full form of the AU that follows it."""
    found: list[Contributor] = []
    has_full = {tag for tag, _ in entry.entries} & {"FAU", "FED"}
    for tag, value in entry.entries:
        name: Name | None = None
        role: Role = "editor" if tag in {"FED", "ED"} else "author"
        if tag in {"FAU", "FED"}:
            family, _, rest = value.partition(", ")
            given, _, suffix = rest.partition(", ")
            name = person(family, given_with_dots(given or None), suffix or None)
        elif (tag == "AU" and "FAU" not in has_full) or (tag == "ED" and "FED" not in has_full):
            name = _short_name(value)
        elif tag == "CN":
            name = organisation(value)
        elif tag == "AUID" and found and "ORCID" in value.upper():
            orcid = _valid(normalise_orcid, re.sub(r"^ORCID:\s*", "", value, flags=re.IGNORECASE))
            found[-1] = Contributor(found[-1].name, found[-1].role, orcid, found[-1].affiliations)
        elif tag == "AD" and found:
            last = found[-1]
            place = _plain(value)
            if place and place not in last.affiliations:
                found[-1] = Contributor(
                    last.name, last.role, last.orcid, (*last.affiliations, place)
                )
        if name is not None:
            found.append(Contributor(name, role))
    return tuple(sorted(found, key=lambda one: one.role))  # "author" comes first


def _short_name(text: str) -> Name | None:
    """Return "van der Berg JA 3rd" as a name: the initials stand behind the family name."""
    match = re.fullmatch(r"(.+?) ([A-Z]{1,4})(?: (Jr|Sr|II|III|IV|2nd|3rd))?", text.strip())
    if match is None or "," in text:
        family, _, given = text.partition(", ")
        return person(family, given or None)
    return person(match.group(1), match.group(2), match.group(3))


def _article_number(entry: _Record) -> str | None:
    """Return a publisher's id where it is short enough to be an article number: "e42692"."""
    for value in entry.all("LID", "AID"):
        if match := re.fullmatch(r"(\w{1,9}) \[pii\]", value):
            return match.group(1)
    return None


def _doi(entry: _Record) -> str | None:
    for value in entry.all("LID", "AID", "SO"):
        match = re.search(r"(10\.\d{4,9}/\S+?)\.?(?: \[doi\]|$|\s)", value)
        if match and ("[doi]" in value or "doi:" in value.lower()):
            return _valid(normalise_doi, match.group(1))
    return None


def _numbers(texts: list[str], normalise: Callable[[str], str]) -> tuple[str, ...]:
    bare = (re.sub(r"\s*\([^()]*\)|E?ISSN-", "", text).strip() for text in texts)
    return tuple(dict.fromkeys(_valid(normalise, text) or text for text in bare if text))


def _valid(normalise: Callable[[str], str], text: str | None) -> str | None:
    if not text:
        return None
    try:
        return normalise(text)
    except IdentifierError:
        return None


def _marked(text: str | None) -> str | None:
    return from_markup(text) or None if text else None


def _plain(text: str | None) -> str | None:
    return plain(from_markup(text)) or None if text else None
