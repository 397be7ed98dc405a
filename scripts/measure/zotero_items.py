"""A work and one of Zotero's expected items, side by side by CSL's variables in one spelling.

Zotero gives one variable a name for each type ("institution", "label", "studio" are publishers);
its schema says which. So both are compared under the variable's name.
"""

import re
from typing import Any, Final

from library.formats.csl_writing import item as csl_item
from library.formats.items import keywords, people, several, split_name
from library.formats.record_values import language_tag
from library.formats.zotero_fields import DATE_FIELDS, ITEM_TYPES, READ_AS, TITLE_FIELDS
from library.values.dates import parse
from library.values.markup import from_markup, plain
from library.work import Work
from library.work_types import WORK_TYPES
from measure.bibtex_pandoc import straight
from measure.bibtex_zotero import expected_item

_CSL: Final = {row.zotero: row.csl for row in reversed(WORK_TYPES) if row.zotero} | READ_AS
_VARIABLES: Final = {
    kind: {field: variable for variable, field in row.fields.items()}
    for kind, row in ITEM_TYPES.items()
}
_ROLES: Final = {
    kind: {creator: role for role, creator in reversed(row.creators.items())}
    for kind, row in ITEM_TYPES.items()
}
# Where an item has a field that is not of its type: what the name means in most types.
_ANYWHERE: Final = {
    **{field: variable for row in _VARIABLES.values() for field, variable in row.items()},
    **dict.fromkeys(TITLE_FIELDS.values(), "title"),
    **dict.fromkeys(("date", *DATE_FIELDS.values()), "issued"),
    "place": "publisher-place",
    "publisher": "publisher",
    "volume": "volume",
    "edition": "edition",
    "pages": "page",
    "type": "genre",
    "series": "collection-title",
    "accessDate": "accessed",
    "filingDate": "submitted",
    "creators": "names",
    "tags": "keyword",
    "assignee": "publisher",
    "proceedingsTitle": "container-title",
}
_DATES: Final = frozenset({"issued", "accessed", "submitted"})
# What no variable of CSL holds stands in the work's own fields, under its tag's name.
# The first that is there counts: Zotero's translators give a database's number several names.
_KEPT: Final = (
    ("ris-an", "archive_location"),
    ("ris-an", "call-number"),
    ("ris-db", "archive"),
    ("ris-dp", "source"),
    ("ris-db", "source"),
    ("ris-la", "language"),
    ("ris-ur", "URL"),
    ("wos-ut", "Web of Science ID"),
    ("medline-oid", "ERIC Number"),
    ("medline-ci", "license"),
    ("ovid-ro", "license"),
)


def expected(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that Zotero expects, by CSL's names."""
    kind = item.get("itemType", "document")
    out: dict[str, Any] = {}
    for field, value in expected_item(item).items():
        if field == "itemType":
            out["type"] = _CSL.get(value, value)
        elif field == "creators":
            roles = _ROLES.get(kind, {})
            out["names"] = [(roles.get(role, role), *name) for role, *name in value]
        else:
            variable = _VARIABLES.get(kind, {}).get(field) or _ANYWHERE.get(field, field)
            out[variable] = value
    return {name: _one_spelling(name, value) for name, value in out.items()}


def ours(work: Work) -> dict[str, Any]:
    """Return a work's fields by CSL's names."""
    item = csl_item(work)
    out: dict[str, Any] = {
        name: value for name, value in item.items() if isinstance(value, str) and name != "id"
    }
    for name in ("ISSN", "ISBN"):
        if name in out:
            out[name] = ", ".join(several(out[name]))
    dates = {"issued": work.issued, "accessed": work.accessed, "submitted": work.submitted}
    out |= {name: date.start or date.literal for name, date in dates.items() if date}
    names = []
    for role in dict.fromkeys(person.role for person in work.contributors):
        for person in people(item, role):
            family, given, suffix = split_name(person)
            names.append((role, family, f"{given}, {suffix}" if suffix else given))
    if names:
        out["names"] = names
    if work.keywords:
        out["keyword"] = keywords(item)
    notes = [text for text in (work.note, work.annote) if text]
    out.pop("note", None)
    out.pop("annote", None)
    if notes:
        out["notes"] = notes
    custom = item.get("custom", {})
    for name, variable in _KEPT:
        if name in custom:
            out.setdefault(variable, custom[name])
    return {name: _one_spelling(name, value) for name, value in out.items() if value}


def _one_spelling(  # noqa: PLR0911 - one line per kind of field
    name: str,
    value: Any,  # noqa: ANN401 - a text, or a list of them
) -> Any:  # noqa: ANN401
    if name in _DATES and isinstance(value, str):
        found = parse(value)
        # Zotero's zeros stand for a year that is none.
        return found.start or found.literal if found else value.removeprefix("0000 ")
    if name == "names":
        # Zotero writes roles in the order of the tags, we in the order of CSL: it means nothing.
        persons = [tuple(straight(plain(from_markup(part))) for part in one) for one in value]
        return sorted(persons, key=lambda one: one[0])
    if name == "keyword":
        return sorted(straight(plain(from_markup(word))) for word in value)
    if name == "notes":
        return _plain(" ".join(map(str, value)))
    if name == "language":
        return language_tag(value) or value
    if name == "page":
        return re.sub("[–—]", "-", str(value)).replace(" ", "")
    if name in {"ISSN", "ISBN"}:
        return sorted(
            re.sub(r"[^\dX]", "", one.upper()) or one for one in re.split(r"[,;\s]+", value) if one
        )
    if name == "DOI":
        return re.sub(r"^https?://(?:dx\.)?doi\.org/", "", str(value).lower())
    return _plain(str(value)) if isinstance(value, str) else value


def _plain(text: str) -> str:
    return " ".join(straight(plain(from_markup(text, paragraphs=True))).split())
