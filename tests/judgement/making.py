"""Works for the tests of this folder, in one line each."""

from typing import Any

from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

PEOPLE = ("Rivera, Alma", "Okafor, Ben", "Lindqvist, Cara")


def person(text: str, role: str = "author") -> Contributor:
    """Return "Rivera, Alma" as a contributor; a text without a comma is an organisation."""
    family, comma, given = text.partition(",")
    if not comma:
        return Contributor(Name(literal=text), role)  # type: ignore[arg-type]  # tests name real roles
    return Contributor(Name(family=family, given=given.strip() or None), role)  # type: ignore[arg-type]  # as above


def work(
    title: str | None,
    people: tuple[str, ...] = PEOPLE,
    year: int | None = 2014,
    **rest: Any,  # noqa: ANN401 - Work's own fields
) -> Work:
    """Return a work; a journal article unless `type` says otherwise."""
    editors = tuple(person(text, "editor") for text in rest.pop("editors", ()))
    return Work(
        citation_key=rest.pop("key", ""),
        type=rest.pop("type", "article-journal"),
        title=title,
        contributors=(*(person(text) for text in people), *editors),
        issued=None if year is None else Date((year,)),
        **rest,
    )
