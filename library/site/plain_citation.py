"""A work as one plain line, until a style is chosen: names, year, title, where, DOI."""

from collections.abc import Mapping
from typing import Any, Final

from library.formats.csl_writing import named
from library.site.describing import date_parts, kind, name
from library.store.rows import AND_OTHERS
from library.values.markup import plain

MOST_NAMES: Final = 20
"""So many names are written out; beyond, the first nineteen, an ellipsis and the last."""


def plain_citation(item: Mapping[str, Any]) -> str:
    """Return a CSL-JSON item as one line of plain text that names only what the item states."""
    people = item.get("author") or ()
    role = ""
    if not people and item.get("editor"):
        people, role = item["editor"], " (eds.)" if len(item["editor"]) > 1 else " (ed.)"
    issued = date_parts(item)
    title = plain(str(item.get("title") or "")).rstrip(".")
    pieces = [
        _names(people) + role if people else "",
        f"({issued[0]})" if issued else "",
        title if title.endswith(("?", "!")) else title + "." if title else "",
        _where(item),
        f"https://doi.org/{item['DOI']}" if item.get("DOI") else str(item.get("URL") or ""),
    ]
    line = " ".join(piece for piece in pieces if piece)
    return line or str(item.get("id") or "")


def _names(people: Any) -> str:  # noqa: ANN401 - CSL names as JSON has them
    known = named(people)
    names = [name(person, inverted=True) for person in known]
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], "…", names[-1]]
    if len(known) < len(people):
        names.append(AND_OTHERS)
    return "; ".join(names)


def _where(item: Mapping[str, Any]) -> str:
    container = plain(str(item.get("container-title") or ""))
    volume, issue = str(item.get("volume") or ""), str(item.get("issue") or "")
    number = volume + (f"({issue})" if issue else "")
    parts = [
        container,
        number,
        _dashes(str(item.get("page") or "")),
        plain(str(item.get("collection-title") or "")) if not container else "",
        str(item.get("publisher") or ""),
        "" if container else kind(str(item.get("type") or ""), item.get("genre")),
    ]
    place = ", ".join(part for part in parts if part)
    return place + "." if place and not place.endswith(".") else place


def _dashes(page: str) -> str:
    return page.replace("-", "–")
