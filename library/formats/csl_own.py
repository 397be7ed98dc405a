"""Our own CSL-JSON items back into works: `csl_writing.item` the other way round.

An item out of our database needs neither cleaning nor judging, which is what makes
`csl_json.read_item` slow. Nothing else may be read like this.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from library.formats import csl_variables as csl
from library.formats.csl_writing import CONTRIBUTORS, OTHERS
from library.values.dates import from_csl
from library.values.names import Name
from library.work import Contributor, Role, Work

_FIELD_OF: Final = {variable: field for field, variable in csl.TEXTS.items()}
_DATE_OF: Final = {variable: field for field, variable in csl.DATES.items()}
_ROLES: Final = frozenset(csl.NAMES)
_PLACES: Final = {role: place for place, role in enumerate(csl.NAMES)}


def work_of(item: Mapping[str, Any]) -> Work:
    """Return the work that `csl_writing.item` made `item` from."""
    values: dict[str, Any] = {}
    people: list[tuple[int, Role, list[Mapping[str, str]]]] = []
    for variable, value in item.items():
        if variable in _FIELD_OF:
            values[_FIELD_OF[variable]] = value
        elif variable in _ROLES:
            people.append((_PLACES[variable], variable, value))
        elif variable in _DATE_OF:
            values[_DATE_OF[variable]] = from_csl(value)
    custom = dict(item.get("custom", ()))
    known = {(one["role"], one["place"]): one for one in custom.pop(CONTRIBUTORS, ())}
    contributors: list[Contributor] = []
    others: set[str] = set()
    for _, role, names in sorted(people, key=itemgetter(0)):
        for place, name in enumerate(names):
            if name.get("literal") == OTHERS and place == len(names) - 1:
                others.add(role)
                continue
            more = known.get((role, place)) if known else None
            if more is None:
                contributors.append(Contributor(_name(name), role))
            else:
                affiliations = tuple(more.get("affiliations", ()))
                contributors.append(Contributor(_name(name), role, more.get("orcid"), affiliations))
    for numbers in ("ISBN", "ISSN"):
        if numbers in item:
            values[numbers.lower()] = tuple(item[numbers].split(", "))
    if "keyword" in item:
        values["keywords"] = _keywords(item["keyword"])
    return Work(
        citation_key=item["id"],
        type=item["type"],
        contributors=tuple(contributors),
        others=frozenset(others),
        extra=tuple(custom.items()),
        **values,
    )


def _name(name: Mapping[str, str]) -> Name:
    if len(name) == 2 and "family" in name and "given" in name:  # noqa: PLR2004 - the usual name
        return Name(name["family"], name["given"])
    return Name(**{part.replace("-", "_"): text for part, text in name.items()})


def _keywords(text: str) -> tuple[str, ...]:
    """Return keywords joined by ", ", or by "; " where one of them holds a comma."""
    if ";" in text:
        return tuple(word for word in text.removesuffix(";").split("; ") if word)
    return tuple(text.split(", "))
