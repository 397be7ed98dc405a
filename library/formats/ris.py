"""RIS, read and written: the tagged lines that reference managers exchange.

RIS has fewer types and fields than a Work: what it cannot say is left out, never put under a tag
that means something else; `holdable` is what stays. Every value is one line, so that no line of a
value can be taken for a tag.

Source: RIS format specification (Research Information Systems, 2011), read together with what
EndNote, Zotero and Mendeley make of each tag.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from library.formats.csl_variables import TEXTS
from library.formats.items import items, keywords, one_line, people, several
from library.formats.ris_reading import (
    KEPT,
    TYPED,
    TYPED_ROLES,
    csl_type,
    is_extent,
    name_of,
    read,
    read_lines,
)
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Role, Work
from library.work_types import WORK_TYPES

__all__ = ["holdable", "read", "read_lines", "record", "ris_type", "write"]

_TYPE: Final = {row.csl: row.ris for row in reversed(WORK_TYPES) if row.ris}
_GENRE: Final = {(row.csl, row.genre): row.ris for row in WORK_TYPES if row.genre and row.ris}

# CSL name variable -> RIS tag, where the type of the record does not make it another.
_NAMES: Final[dict[Role, str]] = {
    "author": "AU",
    "editor": "A2",
    "collection-editor": "A3",
    "translator": "A4",
}
# In a book A2 stands for the editor of the series, and ED for its own.
_NAMES_OF_BOOK: Final[dict[Role, str]] = {
    "author": "AU",
    "editor": "ED",
    "collection-editor": "A2",
    "translator": "A4",
}
# CSL variable -> RIS tag, where the value is one text that goes over as it is.
_TEXTS: Final = (
    ("title", "TI"),
    ("container-title", "T2"),
    ("container-title-short", "J2"),
    ("collection-title", "T3"),
    ("volume", "VL"),
    ("issue", "IS"),
    ("edition", "ET"),
    ("publisher", "PB"),
    ("publisher-place", "CY"),
    ("number-of-volumes", "NV"),
    ("section", "SE"),
    ("title-short", "ST"),
    ("call-number", "CN"),
    ("archive_location", "AV"),
    ("language", "LA"),
    ("DOI", "DO"),
    ("URL", "UR"),
    ("PMCID", "C2"),
    ("abstract", "AB"),
    ("note", "N1"),
    ("annote", "RN"),
)
_KEPT_TAG: Final = re.compile(rf"{KEPT}(?!ty|er)([a-z][a-z0-9])")
_TAGS: Final = {variable.replace("-", "_").lower(): tag for variable, tag in _TEXTS}
_WITH_NUMBER: Final = frozenset(
    {"RPRT", "PAT", "STAND", "BILL", "STAT", "CASE", "HEAR", "GEN", "DATA"}
)
_WITH_GENRE: Final = frozenset(
    {"RPRT", "THES", "MANSCPT", "MAP", "ELEC", "BLOG", "PCOMM", "SLIDE", "UNPB", "GEN"}
    | {"VIDEO", "MPCT", "SOUND", "PAMP", "JFULL", "BOOK", "STAND", "DATA"}
)
_BOOKS: Final = frozenset({"BOOK", "EDBOOK", "CLSWK"})
_MEETINGS: Final = frozenset({"CPAPER", "CONF"})
# In these T2 is the title of the series; there is no place for a container.
_IN_SERIES: Final = frozenset({"BOOK", "EDBOOK", "CLSWK", "RPRT", "COMP", "MAP", "THES"})
_DECEMBER: Final = 12
_HELD: Final[tuple[str, ...]] = (
    *("title", "container_title", "container_title_short", "collection_title", "volume", "issue"),
    *("edition", "publisher", "publisher_place", "number_of_volumes", "section", "title_short"),
    *("call_number", "archive_location", "language", "url", "abstract", "note", "annote"),
)


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give one RIS record for each work, given as a Work or as its CSL-JSON item."""
    return map(record, items(works))


def record(item: Mapping[str, Any]) -> str:
    """Return one CSL-JSON item as a RIS record that ends with "ER  - " and an empty line."""
    kind = ris_type(item)
    lines = [f"TY  - {kind}", f"ID  - {one_line(item.get('id', ''))}"]
    typed = TYPED.get(kind, {})
    for role, tag in _names(kind).items():
        lines += [f"{tag}  - {_name(name)}" for name in people(item, role)]
    lines += _dates(item)
    moved = _moved(item, kind)
    for variable, tag in _TEXTS:
        if tag in typed or (kind in _IN_SERIES and tag in {"T3", "J2"}):
            continue
        value = moved[tag] if tag in moved else item.get(variable)
        if value:
            lines.append(f"{tag}  - {one_line(value)}")
    for field, tag in _fields(kind).items():
        if value := item.get(TEXTS[field]):
            lines.append(f"{tag}  - {one_line(value)}")
    lines += [
        f"{tag}  - {one_line(moved[tag])}"
        for tag in ("C1", "C3", "M1", "M3")
        if tag in moved and tag not in typed
    ]
    if item.get("PMID"):
        lines += [f"AN  - {one_line(item['PMID'])}", "DB  - PubMed"]
    if "SP" not in typed:
        lines += _pages(item, kind)
    lines += [f"SN  - {value}" for key in ("ISSN", "ISBN") for value in several(item.get(key))]
    lines += [f"KW  - {one_line(word)}" for word in keywords(item)]
    if "custom" in item:
        lines += _kept(item["custom"], {line[:2] for line in lines})
    lines.append("ER  - \n\n")
    return "\n".join(lines)


@cache
def _names(kind: str) -> Mapping[Role, str]:
    """Return the tag of each role in this type of record.

    The authors of a film or a piece of music stand where its directors or composers do.
    """
    own = TYPED_ROLES.get(kind, {})
    taken = own.keys() | TYPED.get(kind, {}).keys()
    usual = _NAMES_OF_BOOK if kind in _BOOKS else _NAMES
    found: dict[Role, str] = {role: tag for role, tag in usual.items() if tag not in taken}
    found |= {role: tag for tag, role in reversed(own.items())}
    found.setdefault("editor", "ED")
    return found | {"author": "AU"}


@cache
def _fields(kind: str) -> Mapping[str, str]:
    """Return the tag of each field that has one in this type of record alone."""
    return {field: tag for tag, field in reversed(TYPED.get(kind, {}).items())}


def _kept(custom: Mapping[str, Any], written: set[str]) -> Iterator[str]:
    """Give the tags that a RIS file once brought and that no field of a work holds."""
    for name, value in custom.items():
        kept = _KEPT_TAG.fullmatch(name)
        if kept and (tag := kept[1].upper()) not in written:
            yield f"{tag}  - {one_line(value)}"


def ris_type(item: Mapping[str, Any]) -> str:
    """Return the RIS type of a CSL-JSON item; "GEN" where RIS has none."""
    csl = item.get("type", "")
    return _GENRE.get((csl, item.get("genre", ""))) or _TYPE.get(csl, "GEN")


def holdable(work: Work) -> Work:
    """Return the work as far as RIS can hold it: what is written and read again is this."""
    kind = ris_type({"type": work.type, "genre": work.genre})
    names = _names(kind)
    typed = TYPED.get(kind, {})
    read_as = TYPED_ROLES.get(kind, {})
    texts: dict[str, Any] = {
        name: _held_text(getattr(work, name)) for name in _HELD if _TAGS.get(name) not in typed
    } | {name: _held_text(getattr(work, name)) for name in _fields(kind)}
    held = replace(
        Work(citation_key=work.citation_key, type=csl_type(kind)),
        contributors=tuple(
            sorted(
                (
                    Contributor(
                        _held_name(person.name), read_as.get(names[person.role], person.role)
                    )
                    for role in names
                    for person in work.contributors
                    if person.role == role
                ),
                key=lambda person: person.role,
            )
        ),
        issued=_held_date(work.issued),
        accessed=_held_date(work.accessed),
        keywords=work.keywords,
        isbn=work.isbn,
        issn=work.issn,
        pmid=work.pmid,
        pmcid=work.pmcid,
        doi=work.doi,
        page=None if "SP" in typed else work.page,
        **texts,
    )
    if kind in _IN_SERIES:
        held = replace(held, container_title=None, container_title_short=None)
    if held.container_title_short == held.container_title:
        held = replace(held, container_title_short=None)
    if kind in _MEETINGS:
        held = replace(held, event_place=work.event_place, event_title=_held_text(work.event_title))
    if kind in _WITH_NUMBER and "M1" not in typed:
        held = replace(held, number=work.number)
    if kind in _WITH_GENRE and "M3" not in typed:
        held = replace(held, genre=work.genre)
    if kind in _BOOKS and work.page is None:
        held = replace(held, number_of_pages=work.number_of_pages)
    elif kind in _BOOKS and work.page is not None and is_extent(work.page):
        held = replace(held, number_of_pages=work.page, page=None)
    return held


def _held_text(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _held_name(name: Name) -> Name:
    """Return a name as "Family, Given, Suffix" tells it: a name in one piece is one piece."""
    if name.literal is not None:
        return Name(literal=name.literal)
    given = " ".join(filter(None, (name.given, name.dropping_particle))) or None
    if given is None and name.suffix is None:
        family = " ".join(filter(None, (name.non_dropping_particle, name.family)))
        return Name(literal=family)
    return replace(name, given=given, dropping_particle=None)


def _held_date(date: Date | None) -> Date | None:
    if date is None or date.start is None:
        return None
    start = date.start
    return Date(start[:1] if len(start) > 1 and start[1] > _DECEMBER else start)


def _moved(item: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Return the values that stand under another tag in this type of record."""
    moved: dict[str, str] = {"T2": item.get("collection-title", "")} if kind in _IN_SERIES else {}
    if kind in _MEETINGS:
        if "event-title" in item:
            moved["T2"] = item["event-title"]
            if "container-title" in item:
                moved["C3"] = item["container-title"]
        if "event-place" in item:
            moved["C1"] = item["event-place"]
    if kind in _WITH_NUMBER and "number" in item:
        moved["M1"] = item["number"]
    if kind in _WITH_GENRE and "genre" in item:
        moved["M3"] = item["genre"]
    return moved


def _name(name: Mapping[str, Any]) -> str:
    """Return a name; a comma behind an organisation's says that its own commas part nothing."""
    if "literal" in name:
        literal = one_line(name["literal"])
        return f"{literal}," if "," in literal or _looks_like_initials(literal) else literal
    particles = name.get("non-dropping-particle", "")
    family = f"{particles} {name.get('family', '')}".strip()
    given = f"{name.get('given', '')} {name.get('dropping-particle', '')}".strip()
    parts = [part for part in (family, given) if part]
    if name.get("suffix"):
        # The place of the suffix is the third; without a given name the second stays empty.
        parts = [family, given, name["suffix"]]
    if len(parts) == 1 and ("," in family or _looks_like_initials(family)):
        parts.append("")
    return one_line(", ".join(parts))


def _looks_like_initials(literal: str) -> bool:
    name = name_of(literal)
    return name is not None and name.literal is None


def _dates(item: Mapping[str, Any]) -> list[str]:
    """Return year and date; "2014/04/03/" has its slashes even where parts are missing."""
    issued = item.get("issued") or {}
    parts = (issued.get("date-parts") or [[]])[0]
    lines = []
    if parts and int(parts[0]):
        year = f"{int(parts[0]):04d}"
        lines.append(f"PY  - {year}")
        month = f"{int(parts[1]):02d}" if len(parts) > 1 else ""
        day = f"{int(parts[2]):02d}" if len(parts) > 2 else ""  # noqa: PLR2004 - the third part
        if month:
            lines.append(f"DA  - {year}/{month}/{day}/")
    accessed = ((item.get("accessed") or {}).get("date-parts") or [[]])[0]
    if accessed:
        lines.append("Y2  - " + "/".join(f"{int(part):02d}" for part in accessed))
    return lines


def _pages(item: Mapping[str, Any], kind: str) -> list[str]:
    page = one_line(item.get("page") or "")
    if not page:
        total = item.get("number-of-pages")
        return [f"SP  - {one_line(total)}"] if total and kind in _BOOKS else []
    first, dash, last = page.partition("-")
    # "1282-1283, 1290" has no single end: RIS keeps it whole under the start.
    if not dash or not first or not last or "," in page or "-" in last or first == last:
        return [f"SP  - {page}"]
    return [f"SP  - {first}", f"EP  - {last}"]
