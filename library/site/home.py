"""The first page: what is in the library, what is new, and where to start."""

import sqlite3
from typing import Final

from library.site import charts, presenting
from library.site.addresses import Addresses
from library.site.answers import Answer, Ask, Page
from library.site.presenting import Ranked
from library.store import query, read
from library.store.query import Search

NEWEST: Final = 8
TOP: Final = 8
TOP_SMALL: Final = 5
_GROUPS: Final = (
    ("topic", "Topics", "keywords"),
    ("keyword", "Keywords", "keywords"),
    ("venue", "Published in", "venues"),
    ("author", "Authors", "people"),
    ("audience", "Written for", ""),
    ("form", "Forms", ""),
)


def home(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the first page."""
    everything = Search()
    to = ask.to
    found = query.find(connection, Search(sort="added", size=NEWEST))
    counted = read.counts(connection)
    facets = query.facets(
        connection, everything, [*(name for name, _, _ in _GROUPS), "retracted"], size=TOP
    )
    if facets["topic"]:
        # Keywords without the convention "topic:…" would say the same once more.
        facets["keyword"] = []
    retracted = next((value.count for value in facets["retracted"] if value.value == "1"), 0)
    context = {
        "counts": _counts(counted, to),
        "retracted": retracted,
        "chart": charts.by_year(
            query.histogram(connection, everything),
            to.works_of_years(),
            width=1000,
            height=120,
            most_bars=90,
        ),
        "newest": [presenting.listed(row) for row in found.rows],
        "groups": [
            {
                "name": name,
                "label": label,
                "href": to.path(page) if page else "",
                "rows": [_ranked(to, name, value) for value in facets[name] if value.count][
                    : TOP if page else TOP_SMALL
                ],
            }
            for name, label, page in _GROUPS
        ],
    }
    return Page("home.html", context)


def _ranked(to: Addresses, name: str, value: query.FacetValue) -> Ranked:
    label = presenting.shortened(value.label or value.value, 120)
    page = {"venue": "venue", "author": "person", "keyword": "keyword"}.get(name)
    if page:
        return Ranked(label, to.of(page, value.value), value.count)
    if name == "topic":
        return Ranked(label, to.of("keyword", f"topic:{value.value}"), value.count)
    return Ranked(label, to.where(**{name: value.value}), value.count)


def _counts(counted: read.Counts, to: Addresses) -> list[dict[str, object]]:
    counts = (
        (counted.works, "work", "works", to.path("works")),
        (counted.people, "person or organisation", "people and organisations", to.path("people")),
        (counted.venues, "venue", "venues", to.path("venues")),
        (counted.keywords, "keyword", "keywords", to.path("keywords")),
    )
    return [
        {"count": count, "label": one if count == 1 else many, "href": href}
        for count, one, many, href in counts
        if count
    ]
