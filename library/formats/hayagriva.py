"""Hayagriva YAML, the format of Typst's bibliographies, written.

Source: Hayagriva's documentation, docs/file-format.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from library.formats.csl_writing import named
from library.formats.items import Item, items, one_line, several, split_name, yaml_text
from library.values.dates import DateParts, from_csl
from library.work import Work

_TYPES: Final = {
    "article": "article",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "bill": "legislation",
    "book": "book",
    "broadcast": "video",
    "chapter": "chapter",
    "classic": "book",
    "dataset": "repository",
    "entry": "entry",
    "entry-dictionary": "entry",
    "entry-encyclopedia": "entry",
    "event": "conference",
    "figure": "artwork",
    "graphic": "artwork",
    "hearing": "legislation",
    "legal_case": "case",
    "legislation": "legislation",
    "manuscript": "manuscript",
    "map": "artwork",
    "motion_picture": "video",
    "musical_score": "artwork",
    "paper-conference": "article",
    "patent": "patent",
    "performance": "performance",
    "periodical": "periodical",
    "post": "post",
    "post-weblog": "post",
    "regulation": "legislation",
    "report": "report",
    "review": "article",
    "review-book": "article",
    "software": "repository",
    "song": "audio",
    "speech": "misc",
    "standard": "report",
    "thesis": "thesis",
    "treaty": "legislation",
    "webpage": "web",
}
# What the container of each type is; "periodical" for all others.
_PARENTS: Final = {
    "article-newspaper": "newspaper",
    "broadcast": "video",
    "chapter": "anthology",
    "entry": "reference",
    "entry-dictionary": "reference",
    "entry-encyclopedia": "reference",
    "paper-conference": "proceedings",
    "post": "thread",
    "post-weblog": "blog",
    "webpage": "web",
    "article": "repository",
    "dataset": "repository",
    "software": "repository",
    "book": "anthology",
}
_AFFILIATED: Final = {
    "translator": "translator",
    "compiler": "compiler",
    "composer": "composer",
    "director": "director",
    "illustrator": "illustrator",
    "narrator": "narrator",
    "organizer": "organizer",
    "performer": "cast-member",
    "producer": "producer",
    "executive-producer": "executive-producer",
    "script-writer": "writer",
    "collection-editor": "collaborator",
}
_TEXTS: Final = (
    ("genre", "genre"),
    ("edition", "edition"),
    ("language", "language"),
    ("abstract", "abstract"),
    ("annote", "annote"),
    ("note", "note"),
    ("archive", "archive"),
    ("archive-place", "archive-location"),
    ("call-number", "call-number"),
    ("number-of-volumes", "volume-total"),
    ("number-of-pages", "page-total"),
)
_SERIALS: Final = (("DOI", "doi"), ("PMID", "pmid"), ("PMCID", "pmcid"), ("number", "serial"))
HELD: Final = frozenset(
    {"type", "title", "title-short", "author", "editor", "issued", "accessed", "page", "volume"}
    | {"issue", "container-title", "container-title-short", "collection-title", "event-title"}
    | {"collection-number", "publisher", "publisher-place", "event-place", "URL", "ISBN", "ISSN"}
    | set(_AFFILIATED)
    | {variable for variable, _ in (*_TEXTS, *_SERIALS)}
)
"""The CSL variables that have a place, those of a date without its end and its words."""

_CASE: Final = re.compile(r'<span class="nocase">(.*?)</span>', re.DOTALL)
_DIGITS: Final = re.compile(r"\d+")
_RANGE: Final = re.compile(r"\d+(?:-\d+)?")
_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give a Hayagriva file, one entry at a time; a work may be its CSL-JSON item."""
    empty = True
    for item in items(works):
        empty = False
        yield record(item)
    if empty:
        yield "{}\n"


def record(item: Item) -> str:
    """Return one CSL-JSON item as an entry under its key."""
    kind = item.get("type", "")
    lines = [f"{yaml_text(str(item.get('id', '')))}:", f"  type: {_TYPES.get(kind, 'misc')}"]
    if "title" in item:
        lines += _title(item["title"], item.get("title-short"), 2)
    for role, field in (("author", "author"), ("editor", "editor")):
        if role in item:
            lines += _people(field, named(item[role]), 2)
    affiliated = [
        (role, named(item[variable])) for variable, role in _AFFILIATED.items() if variable in item
    ]
    if affiliated:
        lines.append("  affiliated:")
        for role, persons in affiliated:
            lines.append(f"    - role: {role}")
            lines += _people("names", persons, 6)
    date = _date(item.get("issued"))
    if date:
        lines.append(f"  date: {date}")
    lines += _texts(item)
    in_parent = kind not in {"book", "report", "thesis"} and "container-title" in item
    numbers = _numbers(item, 6 if in_parent else 2)
    if "page" in item:
        lines.append(f"  page-range: {_page(item['page'])}")
    if not in_parent:
        lines += [*numbers, *_publisher(item, 2)]
    lines += _identifiers(item, in_parent=in_parent)
    parents = _parents(item, kind, numbers, in_parent=in_parent)
    if parents:
        lines += ["  parent:", *parents]
    return "\n".join(lines) + "\n\n"


def _title(text: str, short: str | None, indent: int) -> list[str]:
    blanks = " " * indent
    if not short:
        return [f"{blanks}title: {_protected(text)}"]
    return [
        f"{blanks}title:",
        f"{blanks}  value: {_protected(text)}",
        f"{blanks}  short: {_protected(short)}",
    ]


def _protected(text: str) -> str:
    """Return a title: braces keep the case of its names, a dollar sign is one."""
    text = text.replace("$", "\\$").replace("{", "").replace("}", "")
    return yaml_text(one_line(_CASE.sub(r"{\1}", text)))


def _people(field: str, persons: Iterable[Item], indent: int) -> list[str]:
    names = []
    for person in persons:
        family, given, suffix = split_name(person)
        if "literal" in person or not given:
            names.append(f"{{name: {yaml_text(family)}}}")
            continue
        more = f", suffix: {yaml_text(suffix)}" if suffix else ""
        names.append(f"{{name: {yaml_text(family)}, given-name: {yaml_text(given)}{more}}}")
    blanks = " " * indent
    return [f"{blanks}{field}:", *(f"{blanks}  - {name}" for name in names)] if names else []


def _date(value: Item | None) -> str:
    """Return "2014-04-03", "~1850"; Hayagriva has neither ranges nor words."""
    date = from_csl(value) if value else None
    if date is None:
        return ""
    parts: DateParts | None = date.start or date.end
    if parts is None or not 0 <= parts[0] <= 9999:  # noqa: PLR2004 - four digits
        return ""
    if len(parts) > 1 and parts[1] > 12:  # noqa: PLR2004 - a season
        parts = parts[:1]
    text = "-".join([f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:])])
    return f'"~{text}"' if date.circa else yaml_text(text)


def _texts(item: Item) -> list[str]:
    lines = []
    for variable, field in _TEXTS:
        if variable not in item:
            continue
        value = one_line(item[variable])
        if field.endswith("-total"):
            match = _DIGITS.fullmatch(value)
            if match:
                lines.append(f"  {field}: {value}")
        elif field != "language" or _LANGUAGE.fullmatch(value):
            # Formatted texts: what looks like their mathematics is none.
            text = value.replace("$", "\\$").replace("{", "").replace("}", "")
            lines.append(f"  {field}: {yaml_text(text)}")
    if item.get("event-place") or (item.get("publisher-place") and not item.get("publisher")):
        place = item.get("event-place") or item["publisher-place"]
        lines.append(f"  location: {yaml_text(one_line(place))}")
    return lines


def _page(page: str) -> str:
    text = one_line(page)
    return text if _DIGITS.fullmatch(text) else yaml_text(text)


def _numbers(item: Item, indent: int) -> list[str]:
    blanks = " " * indent
    return [
        f"{blanks}{variable}: {yaml_text(one_line(item[variable]))}"
        for variable in ("volume", "issue")
        if variable in item
    ]


def _publisher(item: Item, indent: int) -> list[str]:
    publisher, place = item.get("publisher"), item.get("publisher-place")
    if not publisher:
        return []
    blanks = " " * indent
    name = yaml_text(one_line(publisher).replace("$", "\\$").replace("{", "").replace("}", ""))
    if not place:
        return [f"{blanks}publisher: {name}"]
    return [
        f"{blanks}publisher:",
        f"{blanks}  name: {name}",
        f"{blanks}  location: {yaml_text(one_line(place))}",
    ]


def _identifiers(item: Item, *, in_parent: bool) -> list[str]:
    found = [(field, one_line(item[name])) for name, field in _SERIALS if name in item]
    if not in_parent:
        found += [
            (field, values[0])
            for name, field in (("ISBN", "isbn"), ("ISSN", "issn"))
            if (values := several(item.get(name)))
        ]
    lines = []
    if "URL" in item:
        visited = _date(item.get("accessed"))
        lines.append("  url:")
        lines.append(f"    value: {yaml_text(one_line(item['URL']))}")
        lines += [f"    date: {visited}"] if visited and "~" not in visited else []
    if found:
        lines.append("  serial-number:")
        lines += [f"    {field}: {yaml_text(value)}" for field, value in found]
    return lines


def _parents(item: Item, kind: str, numbers: list[str], *, in_parent: bool) -> list[str]:
    lines: list[str] = []
    if in_parent:
        lines.append(f"    - type: {_PARENTS.get(kind, 'periodical')}")
        lines += _title(item["container-title"], item.get("container-title-short"), 6)
        lines += [*numbers, *_publisher(item, 6)]
        serials = [
            f"        {field}: {yaml_text(values[0])}"
            for name, field in (("ISBN", "isbn"), ("ISSN", "issn"))
            if (values := several(item.get(name)))
        ]
        lines += ["      serial-number:", *serials] if serials else []
    if "collection-title" in item:
        lines.append("    - type: anthology")
        lines += _title(item["collection-title"], None, 6)
        if "collection-number" in item:
            lines.append(f"      volume: {yaml_text(one_line(item['collection-number']))}")
    if "event-title" in item:
        lines.append("    - type: conference")
        lines += _title(item["event-title"], None, 6)
    return lines
