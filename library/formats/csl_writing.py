"""CSL-JSON, written: a work as one item, and works as a file that CSL's schema accepts.

Source: CSL 1.0.2, csl-data.json.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from library.formats import csl_variables as csl
from library.values.dates import to_csl
from library.values.markup import protect_whole_words
from library.values.names import Name
from library.work import Work

OTHERS: Final = "others"  # pandoc's word for a list that ends in "and others"
CONTRIBUTORS: Final = "contributors"  # in `custom`: what is known of people beyond their names


def item(work: Work) -> dict[str, Any]:
    """Return a work as one CSL-JSON item with all variables of CSL 1.0.2.

    Processors understand it; `schema_item` is the form for files, which the JSON schema accepts.
    """
    out: dict[str, Any] = {"id": work.citation_key or work.doi or "item", "type": work.type}
    for field, variable in csl.TEXTS.items():
        value = getattr(work, field)
        if value is not None:
            out[variable] = value
    for field, variable in csl.DATES.items():
        date = getattr(work, field)
        if date is not None:
            out[variable] = to_csl(date)
    for person in work.contributors:
        out.setdefault(person.role, []).append(_csl_name(person.name))
    for role in sorted(work.others):
        out.setdefault(role, []).append({"literal": OTHERS})
    if work.isbn:
        out["ISBN"] = ", ".join(work.isbn)
    if work.issn:
        out["ISSN"] = ", ".join(work.issn)
    if work.keywords:
        out["keyword"] = _joined_keywords(work.keywords)
    custom = _custom(work)
    if custom:
        out["custom"] = custom
    return out


def named(people: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the names of a CSL name variable without the mark that others are meant too."""
    return [person for person in people if person.get("literal") != OTHERS]


def schema_item(work: Work) -> dict[str, Any]:
    """Return a work as an item that csl-data.json accepts."""
    return for_schema(item(work))


def for_schema(whole: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as csl-data.json accepts it.

    The few variables the schema lacks become lines of `note`, where the processors find them;
    names in a role it lacks stand in `custom`.
    """
    out = dict(whole)
    for variable in csl.TITLES & out.keys():
        out[variable] = protect_whole_words(out[variable])
    for variable, name in csl.SCHEMA_NAMES.items():
        if variable in out:
            out[name] = out.pop(variable)
    lines = [
        f"{variable}: {_one_line(out.pop(variable))}"
        for variable in sorted(csl.TEXTS_NOT_IN_SCHEMA & out.keys())
    ]
    if lines:
        out["note"] = "\n".join([*lines, out["note"]] if "note" in out else lines)
    for role in sorted(csl.NAMES_NOT_IN_SCHEMA & out.keys()):
        out["custom"] = {**out.get("custom", {}), role: out.pop(role)}
    return out


def write(works: Iterable[Work]) -> Iterator[str]:
    """Yield a CSL-JSON file, one item at a time: a JSON array, valid by CSL's schema."""
    return written(map(schema_item, works))


def written(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a CSL-JSON file of items that the schema accepts."""
    start = "[\n"
    for one in items:
        yield start + json.dumps(one, ensure_ascii=False)
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def _csl_name(name: Name) -> dict[str, str]:
    if name.literal is not None:
        return {"literal": name.literal}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.non_dropping_particle,
        "dropping-particle": name.dropping_particle,
        "suffix": name.suffix,
    }
    return {part: text for part, text in parts.items() if text is not None}


def _joined_keywords(keywords: tuple[str, ...]) -> str:
    """Join by ", "; where a keyword holds a comma by "; ", with one at the end to show it."""
    if any("," in word for word in keywords):
        return "; ".join(keywords) + (";" if len(keywords) == 1 else "")
    return ", ".join(keywords)


def _custom(work: Work) -> dict[str, Any]:
    custom: dict[str, Any] = dict(work.extra)
    people = []
    places: dict[str, int] = {}
    for person in work.contributors:
        place = places[person.role] = places.get(person.role, -1) + 1
        if person.orcid or person.affiliations:
            known: dict[str, Any] = {"role": person.role, "place": place}
            if person.orcid:
                known["orcid"] = person.orcid
            if person.affiliations:
                known["affiliations"] = list(person.affiliations)
            people.append(known)
    if people:
        custom[CONTRIBUTORS] = people
    return custom


def _one_line(text: str) -> str:
    return " ".join(text.split())
