"""A row of the store as a page shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup, escape

from library import export
from library.site import describing
from library.store.query import ResultRow
from library.store.rows import AND_OTHERS
from library.values.markup import plain

NAMES_SHOWN: Final = 8
TITLE_SHOWN: Final = 500
"""Characters of a title in a list; on its own page it stands whole."""


@dataclass(frozen=True, slots=True)
class ListedWork:
    """One work in a list."""

    citation_key: str
    title: str  # may hold CSL's inline markup
    title_text: str  # without
    authors: str
    venue: str
    place: str  # "370(2), 1282–1283"
    year: str
    kind: str
    snippet: Markup | None
    about: str  # the beginning of the library's own annotation
    is_retracted: bool
    is_open_access: bool
    has_abstract: bool
    cited_here: int
    unapi: str
    coins: str


@dataclass(frozen=True, slots=True)
class Link:
    """Something to go to."""

    label: str
    href: str
    download: bool = False  # a file, not a page
    type: str = ""  # content type, where a page offers it as an alternate of itself


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking."""

    label: str
    href: str
    count: int
    chosen: bool = False


def listed(row: ResultRow) -> ListedWork:
    """Return a row of the store for a list."""
    title = row.title_markup or row.title or ""
    return ListedWork(
        citation_key=row.citation_key,
        title=title if len(title) <= TITLE_SHOWN else shortened(plain(title), TITLE_SHOWN),
        title_text=shortened(row.title or row.citation_key, 160),
        authors=names(row.authors),
        venue=shortened(row.venue or "", 200),
        place=place(row.volume, row.issue, row.page),
        year="" if row.year is None else year(row.year),
        kind=shortened(row.genre or row.type_label, 60),
        snippet=marked(row.snippet),
        about=shortened(plain(row.annotation or ""), 220),
        is_retracted=row.is_retracted,
        is_open_access=row.is_open_access,
        has_abstract=row.has_abstract,
        cited_here=row.cited_here,
        unapi=quote(row.citation_key, safe=""),
        coins=describing.coins(row),
    )


def names(joined: str | None, most: int = NAMES_SHOWN) -> str:
    """Return the first names of "a; b; c" as "a, b, c", and how many more there are."""
    if not joined:
        return ""
    joined, others, _ = joined.partition(f"; {AND_OTHERS}")
    parts = joined.split("; ", most + 1)
    if len(parts) <= most:
        return shortened(", ".join(parts), 600) + (f" {AND_OTHERS}" if others else "")
    more = joined.count("; ") + 1 - (most - 1)
    return shortened(", ".join(parts[: most - 1]), 600) + f" and {more:,} more"


def place(volume: str | None, issue: str | None, page: str | None) -> str:
    """Return where in its venue a work stands: "370(2), 1282–1283"."""
    number = (volume or "") + (f"({issue})" if issue else "")
    return shortened(
        ", ".join(part for part in (number, (page or "").replace("-", "–")) if part), 60
    )


def year(value: int) -> str:
    """Return a year as people write it; negative ones are before the common era."""
    return str(value) if value > 0 else f"{1 - value} BCE"


def shortened(text: str, most: int) -> str:
    """Return `text`, or as many of its words as fit, with an ellipsis."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


def count_of(number: int, *, exact: bool = True, one: str = "work", many: str = "works") -> str:
    """Return "29 works", "1 work", "10,000+ works"."""
    if not exact:
        return f"{number:,}+ {many}"
    return f"{number:,} {one if number == 1 else many}"


def downloads(address: Callable[[str], str]) -> list[Link]:
    """Return the links of an export menu; `address` gives the address of a format's name."""
    return [
        Link(
            chosen.label,
            address(chosen.name),
            download=chosen.name != "json",
        )
        for chosen in export.FORMATS.values()
    ]


def marked(pieces: Sequence[tuple[str, bool]]) -> Markup | None:
    """Return the pieces of a snippet as HTML, with <mark> around the matches."""
    if not pieces:
        return None
    return Markup().join(
        Markup("<mark>{}</mark>").format(text) if is_match else escape(text)
        for text, is_match in pieces
    )
