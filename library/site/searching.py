"""A search as it stands in an address: read, written, and told as chips.

The names of the query arguments are a public interface: people bookmark searches.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, get_args

from library.site.answers import Ask, BadQuestion
from library.store.query import Search, Sort

PAGE_SIZE: Final = 25
LAST_PAGE: Final = 400
"""Nobody reads on; programs take the export."""
MOST_VALUES: Final = 200
"""Values of all filters together in one address."""
MOST_KEYS: Final = 2000
"""Works in a list that is kept in an address."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the works page."""

    name: str  # query argument, and the store's name of it
    label: str  # above its values
    plural: str  # "All venues…"
    flag: str = ""  # for filters that are on or off: what "on" is called


FILTERS: Final = (
    Filter("type", "Type", "types"),
    Filter("topic", "Topic", "topics"),
    Filter("venue", "Published in", "venues"),
    Filter("author", "Author", "authors"),
    Filter("audience", "For", "audiences"),
    Filter("form", "Form", "forms"),
    Filter("keyword", "Keyword", "keywords"),
    Filter("publisher", "Publisher", "publishers"),
    Filter("funder", "Funder", "funders"),
    Filter("language", "Language", "languages"),
    Filter("open_access", "Access", "", "Open access"),
    Filter("has_abstract", "Abstract", "", "Has an abstract"),
    Filter("retracted", "Retraction", "", "Retracted"),
    Filter("year", "Year", "years"),
)
BY_NAME: Final = {given.name: given for given in FILTERS}

SORTS: Final[dict[str, str]] = {
    "relevance": "Relevance",
    "year": "Year, newest first",
    "title": "Title",
    "added": "Recently added",
    "cited": "Most cited here",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The search of a request, and what of it stands in the address."""

    search: Search
    q: str
    year_from: int | None
    year_to: int | None
    sort_given: str  # "" where the address leaves the order to us
    page: int
    listed: tuple[str, ...]  # citation keys of a list that is carried along without JavaScript

    @property
    def sort(self) -> str:
        """The order in which the works are shown."""
        return self.sort_given or ("relevance" if self.q else "year")

    def pairs(self, **changed: object) -> list[tuple[str, object]]:
        """Return the query arguments of this search; `changed` sets single ones, None drops.

        The page is never carried over: a changed search starts at its first page.
        """
        held: dict[str, object] = {
            "q": self.q,
            "year_from": self.year_from,
            "year_to": self.year_to,
            "sort": self.sort_given,
            **changed,
        }
        pairs: list[tuple[str, object]] = []
        for name in ("q", "year_from", "year_to"):
            pairs += [(name, held[name])] if held[name] not in (None, "") else []
        for name, values in self.search.filters:
            if name not in changed:
                pairs += [(name, value) for value in values]
        pairs += [("sort", held["sort"])] if held["sort"] else []
        pairs += [("list", key) for key in self.listed] if "list" not in changed else []
        if held.get("page"):
            pairs.append(("page", held["page"]))
        return pairs

    def with_value(self, name: str, value: str) -> list[tuple[str, object]]:
        """Return the query arguments with one more value of a filter."""
        return [*self.pairs(), (name, value)]

    def without_value(self, name: str, value: str) -> list[tuple[str, object]]:
        """Return the query arguments without one value of a filter."""
        return [pair for pair in self.pairs() if pair != (name, value)]

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the works down besides the words."""
        return bool(self.search.filters or self.year_from is not None or self.year_to is not None)


def asked(ask: Ask) -> Asked:
    """Read the search out of a request.

    Raises:
        BadQuestion: a year is not a number, an order is unknown, or there are too many values.
    """
    filters = tuple(
        (given.name, tuple(values))
        for given in FILTERS
        if (values := [value for value in ask.many(given.name) if value.strip()])
    )
    if sum(len(values) for _, values in filters) > MOST_VALUES:
        raise BadQuestion(f"More than {MOST_VALUES} values in one search are not looked up.")
    sort_given = ask.one("sort")
    if sort_given and sort_given not in get_args(Sort):
        raise BadQuestion(f"There is no order “{sort_given[:40]}”. There are {', '.join(SORTS)}.")
    q = " ".join(ask.one("q").replace("\0", "").split())[:500]
    page = _page(ask.one("page"))
    held = Asked(
        search=Search(),
        q=q,
        year_from=_year(ask.one("year_from")),
        year_to=_year(ask.one("year_to")),
        sort_given=sort_given,
        page=page,
        listed=tuple(ask.many("list")[:MOST_KEYS]),
    )
    return replace(
        held,
        search=Search(
            text=q or None,
            filters=filters,
            year_from=held.year_from,
            year_to=held.year_to,
            sort=held.sort,  # type: ignore[arg-type] # checked above
            size=PAGE_SIZE,
            offset=(page - 1) * PAGE_SIZE,
        ),
    )


def hidden(pairs: Iterable[tuple[str, object]], *without: str) -> list[tuple[str, object]]:
    """Return the pairs for a form's hidden fields, but for those that the form shows itself."""
    return [(name, value) for name, value in pairs if name not in without]


def _year(text: str) -> int | None:
    if not text:
        return None
    try:
        year = int(text)
    except ValueError:
        raise BadQuestion(f"“{text[:40]}” is not a year.") from None
    if not -9999 <= year <= 9999:  # noqa: PLR2004 - EDTF's four digits
        raise BadQuestion(f"The year {text[:40]} is out of range.")
    return year


def _page(text: str) -> int:
    if not text:
        return 1
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LAST_PAGE:
        raise BadQuestion(
            f"There are at most {LAST_PAGE} pages of a search; export it to have all its works."
        )
    return int(text)
