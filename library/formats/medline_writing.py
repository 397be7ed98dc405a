"""PubMed's tagged text (.nbib), written: what PubMed saves and EndNote, Zotero and JabRef read.

A work that PubMed lacks has an empty PMID line: the line is what begins a record.

Source: NLM, "MEDLINE®/PubMed® Data Element (Field) Descriptions".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from library.formats.items import Item, items, keywords, one_line, people, several, split_name
from library.values.dates import from_csl
from library.values.months import ABBREVIATED
from library.work import Work

_TYPES: Final = {
    "article-journal": "Journal Article",
    "article-newspaper": "Newspaper Article",
    "article": "Preprint",
    "book": "Book",
    "chapter": "Book Chapter",
    "dataset": "Dataset",
    "report": "Technical Report",
    "thesis": "Dissertation",
}
_IN_BOOKS: Final = frozenset({"chapter", "entry", "entry-encyclopedia", "entry-dictionary"})
_LATER: Final = (
    ("PL", "publisher-place"),
    ("PB", "publisher"),
    ("EN", "edition"),
    ("CTI", "collection-title"),
    ("TT", "original-title"),
)
_ROOM: Final = 74  # characters of a line of 80 behind its tag


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give one record for each work, given as a Work or as its CSL-JSON item."""
    return map(record, items(works))


def record(item: Item) -> str:
    """Return one CSL-JSON item as a record that ends with an empty line."""
    return (
        "".join(_line(tag, value) for tag, value in _fields(item) if value or tag == "PMID") + "\n"
    )


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    """Give the tags and values of a record in PubMed's order; a value may be empty."""
    kind = item.get("type", "")
    in_book = kind in _IN_BOOKS
    doi = f"{one_line(item['DOI'])} [doi]" if "DOI" in item else ""
    container = "BTI" if in_book else "JT"
    yield "PMID", _text(item, "PMID")
    yield from (("IS", value) for value in several(item.get("ISSN")))
    yield from (("ISBN", value) for value in several(item.get("ISBN")))
    yield "VI", _text(item, "volume")
    yield "IP", _text(item, "issue")
    yield "DP", _date(item)
    yield "BTI" if kind == "book" else "TI", _text(item, "title")
    if in_book:
        yield container, _text(item, "container-title")
    yield "PG", _text(item, "page")
    yield "LID", doi
    yield from (("AB", one_line(part)) for part in item.get("abstract", "").split("\n\n"))
    yield from _people(item)
    yield "LA", _text(item, "language")
    yield "PT", _TYPES.get(kind, "")
    for tag, variable in _LATER:
        yield tag, _text(item, variable)
    if not in_book:
        yield container, _text(item, "container-title")
        yield "TA", _text(item, "container-title-short")
    yield from (("OT", one_line(word)) for word in keywords(item))
    yield "PMC", _text(item, "PMCID")
    yield "AID", doi
    yield "LID", _text(item, "URL")


def _text(item: Item, variable: str) -> str:
    return one_line(item[variable]) if variable in item else ""


def _people(item: Item) -> Iterator[tuple[str, str]]:
    for role, full, short in (("author", "FAU", "AU"), ("editor", "FED", "ED")):
        for person in people(item, role):
            family, given, suffix = split_name(person)
            if "literal" in person:
                yield "CN", family
                continue
            yield full, ", ".join(part for part in (family, given, suffix) if part)
            initials = "".join(word[0] for word in re.split(r"[\s.-]+", given) if word)
            yield short, " ".join(part for part in (family, initials, suffix) if part)


def _date(item: Item) -> str:
    """Return the date as PubMed writes it: "2014 Apr 3", "2014 Spring", else its words."""
    date = from_csl(item["issued"]) if item.get("issued") else None
    if date is None or date.start is None:
        return (date.literal or "") if date else ""
    year, *rest = date.start
    words = [str(year), *(str(part) for part in rest)]
    if rest:
        words[1] = ABBREVIATED.get(rest[0], "")
    return " ".join(word for word in words if word)


def _line(tag: str, value: str) -> str:
    """Return one field, broken at blanks into lines that begin with six of them."""
    if len(value) <= _ROOM:
        return f"{tag:<4}- {value}\n"
    pieces, start = [], 0
    while len(value) - start > _ROOM:
        end = value.rfind(" ", start, start + _ROOM + 1)
        if end <= start:  # a word that is longer than a line
            end = value.find(" ", start + _ROOM)
            if end < 0:
                break
        pieces.append(value[start:end])
        start = end + 1
    pieces.append(value[start:])
    return f"{tag:<4}- " + "\n      ".join(pieces) + "\n"
