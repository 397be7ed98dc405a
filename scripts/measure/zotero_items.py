"""A work as an item of Zotero, and Zotero's expected items, field by field in one spelling."""

import re
from typing import Any, Final

from library.formats.csl_writing import item as csl_item
from library.formats.items import keywords, people, several, split_name
from library.formats.record_values import language_tag
from library.formats.zotero_fields import ITEM_TYPES
from library.values.dates import parse
from library.values.markup import from_markup, plain
from library.work import Work
from library.work_types import WORK_TYPES
from measure.bibtex_pandoc import straight
from measure.bibtex_zotero import expected_item

_TYPE: Final = {row.csl: row.zotero for row in reversed(WORK_TYPES) if row.zotero}
_DATES: Final = frozenset(
    {"date", "issueDate", "dateDecided", "dateEnacted", "accessDate", "filingDate"}
)


def expected(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that Zotero expects, dates under one name."""
    return {
        _name(name): _one_spelling(_name(name), value)
        for name, value in expected_item(item).items()
    }


def ours(work: Work) -> dict[str, Any]:
    """Return a work's fields by Zotero's names for its type."""
    item = csl_item(work)
    kind = _TYPE[work.type]
    fields = ITEM_TYPES[kind].fields
    out: dict[str, Any] = {"itemType": kind, "title": item.get("title")}
    for variable, field in fields.items():
        if variable in item:
            value = item[variable]
            out[field] = ", ".join(several(value)) if variable in {"ISSN", "ISBN"} else value
    for variable in (
        "PMID",
        "PMCID",
        "DOI",
        "ISSN",
        "ISBN",
        "number",
        "section",
        "genre",
        "edition",
    ):
        if variable in item and variable not in fields:
            out.setdefault(variable, str(item[variable]))
    date = item.get("issued")
    if date:
        out["date"] = work.issued.start or work.issued.literal if work.issued else None
    if work.accessed:
        out["accessDate"] = work.accessed.start
    creators = []
    for role, creator in ITEM_TYPES[kind].creators.items():
        for person in people(item, role):
            family, given, suffix = split_name(person)
            creators.append((creator, family, f"{given}, {suffix}" if suffix else given))
    if creators:
        out["creators"] = creators
    if work.keywords:
        out["tags"] = keywords(item)
    notes = [text for text in (work.note, work.annote) if text]
    if notes:
        out["notes"] = notes
    return {name: _one_spelling(name, value) for name, value in out.items() if value}


def _name(name: str) -> str:
    return "date" if name in _DATES - {"accessDate", "filingDate"} else name


def _one_spelling(  # noqa: PLR0911 - one line per kind of field
    name: str,
    value: Any,  # noqa: ANN401 - a text, or a list of them
) -> Any:  # noqa: ANN401
    if name in _DATES and isinstance(value, str):
        found = parse(value)
        return found.start if found else value
    if name == "creators":
        # Zotero writes roles in the order of the tags, we in the order of CSL: it means nothing.
        names = [tuple(straight(plain(from_markup(part))) for part in one) for one in value]
        return sorted(names, key=lambda one: one[0])
    if name == "tags":
        return sorted(straight(plain(from_markup(word))) for word in value)
    if name == "notes":
        return [_plain(str(note)) for note in value]
    if name == "language":
        return language_tag(value) or value
    if name in {"pages", "firstPage"}:
        return re.sub("[–—]", "-", str(value)).replace(" ", "")
    if name in {"ISSN", "ISBN"}:
        return sorted(
            re.sub(r"[^\dX]", "", one.upper()) for one in re.split(r"[,;\s]+", value) if one
        )
    if name == "DOI":
        return re.sub(r"^https?://(?:dx\.)?doi\.org/", "", str(value).lower())
    return _plain(str(value)) if isinstance(value, str) else value


def _plain(text: str) -> str:
    return " ".join(straight(plain(from_markup(text, paragraphs=True))).split())
