"""The works page: search, facets, histogram, sort, pages; and the list one has chosen."""

import json
import sqlite3
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from library import export
from library.errors import IdentifierError
from library.site import charts, citing, presenting
from library.site.answers import Answer, Ask, Missing, Page, Redirect
from library.site.plain_citation import plain_citation
from library.site.presenting import Link, Ranked
from library.site.searching import (
    BY_NAME,
    MOST_KEYS,
    PAGE_SIZE,
    SORTS,
    Asked,
    Filter,
    asked,
    hidden,
)
from library.store import query, read
from library.values.identifiers import normalise_doi

SHOWN_FACETS: Final = (
    *("type", "topic", "venue", "author", "audience", "form", "keyword", "language"),
    *("open_access", "has_abstract", "retracted"),
)
FACET_SIZE: Final = 8
LIST_SIZE: Final = 300
"""Values on the page of one facet; the search field finds the others."""


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet beside the results."""

    name: str
    label: str
    plural: str
    values: tuple[query.FacetValue, ...]
    more: str | None  # address of the page with all its values


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter, and the address without it."""

    label: str
    value: str
    href: str


def works(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer /works."""
    wanted = asked(ask)
    leads = _leads_to(connection, ask, wanted)
    if leads:
        return Redirect(leads)
    found = query.find(connection, wanted.search)
    facets = query.facets(connection, wanted.search, SHOWN_FACETS, size=FACET_SIZE)
    rows = [presenting.listed(row) for row in found.rows]
    page, first = wanted.page, wanted.search.offset + 1
    last = wanted.search.offset + len(rows)
    has_more = last < found.total or (not found.total_is_exact and len(rows) == PAGE_SIZE)
    total = presenting.count_of(found.total, exact=found.total_is_exact)
    to, pairs = ask.to, wanted.pairs()
    plain_pairs = wanted.pairs(list=None, sort=None)
    context: dict[str, Any] = {
        "heading": f"Works: {wanted.q}" if wanted.q else "Works",
        "indexable": not wanted.q and not wanted.is_filtered and not wanted.listed,
        "canonical": to.absolute(_page(ask, wanted, page, list=None)),
        "previous": _page(ask, wanted, page - 1) if page > 1 else None,
        "next": _page(ask, wanted, page + 1) if has_more else None,
        "feed": to.works(plain_pairs, "atom"),
        "q": wanted.q,
        "year_from": wanted.year_from,
        "year_to": wanted.year_to,
        "sort": wanted.sort,
        "sort_given": wanted.sort_given,
        "sorts": [
            (name, label) for name, label in SORTS.items() if name != "relevance" or wanted.q
        ],
        "hidden": hidden(pairs, "q"),
        "held": hidden(pairs, "sort"),
        "listed": wanted.listed,
        "chart": _chart(connection, ask, wanted),
        "facets": _shown(ask, wanted, facets),
        "chips": _chips(ask, wanted, facets),
        "clear": to.works([("q", wanted.q)] if wanted.q else []),
        "rows": rows,
        "total_text": total,
        "total_number": total.rsplit(" ", 1)[0],
        "first": first,
        "last": last,
        "downloads": _downloads(ask, wanted, plain_pairs),
    }
    return Page("works.html", context)


def _page(ask: Ask, wanted: Asked, page: int, **changed: object) -> str:
    """Return the address of a page of a search; the first has no number."""
    return ask.to.works(wanted.pairs(page=page if page > 1 else None, **changed))


def facet_values(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer /works/by/<facet>: all values of one facet of a search, to choose from."""
    given = BY_NAME.get(ask.parts["facet"])
    if given is None or given.flag:
        raise Missing("There is no such facet.")
    wanted, starts = asked(ask), ask.one("starts")[:80]
    values = query.facet_search(connection, wanted.search, given.name, starts, size=LIST_SIZE)
    rows = [
        Ranked(
            value.label or value.value,
            ask.to.works(
                wanted.without_value(given.name, value.value)
                if value.selected
                else wanted.with_value(given.name, value.value)
            ),
            value.count,
            value.selected,
        )
        for value in values
    ]
    page = ask.to.path(f"works/by/{given.name}")
    context = {
        "heading": f"{given.plural.capitalize()} of these works",
        "canonical": ask.to.absolute(page),
        "here": page,
        "starts": starts,
        "placeholder": f"Find {given.plural}…",
        "hidden": wanted.pairs(),
        "note": f"The first {LIST_SIZE}; search to find the others."
        if len(rows) >= LIST_SIZE
        else f"{len(rows):,} {given.plural}.",
        "back": ask.to.works(wanted.pairs()),
        "groups": [{"label": "", "rows": rows}],
        "previous": None,
        "next": None,
    }
    return Page("index.html", context)


def chosen_list(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer /list: the works whose keys stand in the address."""
    keys = ask.many("key")[:MOST_KEYS]
    rows = read.listed(connection, keys)
    held = [row.citation_key for row in rows]
    sql, params = export.of_keys(held)
    items = json.loads(b"".join(export.stream(connection, sql, params, "csljson")))
    context = {
        "rows": [presenting.listed(row) for row in rows],
        "citations": [plain_citation(item) for item in items],
        "cite_address": ask.to.citations_of(held) if citing.offered() else None,
        "unknown": [key for key in keys if read.key_of(connection, key) is None],
        "chosen": held,
        "choose_more": ask.to.works([("list", key) for key in held]),
        "downloads": presenting.downloads(partial(ask.to.list_of, held)),
    }
    return Page("list.html", context)


def _leads_to(connection: sqlite3.Connection, ask: Ask, wanted: Asked) -> str | None:
    """Return the work's page where the search is a DOI or a key, and nothing else was asked."""
    if not wanted.q or wanted.is_filtered or " " in wanted.q or wanted.page > 1:
        return None
    key = read.key_of(connection, wanted.q)
    if key is None and "10." in wanted.q:
        try:
            key = read.key_of_doi(connection, normalise_doi(unquote(wanted.q)))
        except IdentifierError:
            return None
    return ask.to.work(key) if key is not None else None


def _chart(connection: sqlite3.Connection, ask: Ask, wanted: Asked) -> charts.Chart | None:
    return charts.by_year(
        query.histogram(connection, wanted.search),
        ask.to.works_of_years(wanted.pairs(year_from=None, year_to=None)),
        chosen=(wanted.year_from, wanted.year_to),
    )


def _shown(ask: Ask, wanted: Asked, facets: dict[str, list[query.FacetValue]]) -> list[ShownFacet]:
    shown = []
    for name in SHOWN_FACETS:
        values = facets.get(name) or []
        if name == "keyword" and facets.get("topic") and not wanted.search.values(name):
            continue  # the topics, audiences and forms above are these keywords
        given = BY_NAME[name]
        if given.flag:
            values = [value for value in values if value.value == "1"]
        if not values or (len(values) == 1 and not _tells_apart(values[0], given)):
            continue
        more = None
        if not given.flag and len(values) >= FACET_SIZE:
            page = ask.to.works(wanted.pairs())
            more = page.replace(ask.to.path("works"), ask.to.path(f"works/by/{name}"), 1)
        labelled = tuple(_labelled(given, value) for value in values)
        shown.append(ShownFacet(name, given.label, given.plural, labelled, more))
    return shown


def _tells_apart(value: query.FacetValue, given: Filter) -> bool:
    return value.selected or bool(given.flag)


def _labelled(given: Filter, value: query.FacetValue) -> query.FacetValue:
    label = given.flag or presenting.shortened(value.label or value.value, 120)
    return replace(value, label=label)


def _chips(ask: Ask, wanted: Asked, facets: dict[str, list[query.FacetValue]]) -> list[Chip]:
    labels = {
        (name, value.value): value.label for name, values in facets.items() for value in values
    }
    chips = []
    for name, values in wanted.search.filters:
        given = BY_NAME[name]
        for value in values:
            label = given.flag or labels.get((name, value)) or value
            href = ask.to.works(wanted.without_value(name, value))
            chips.append(Chip(given.label, presenting.shortened(label, 80), href))
    if wanted.year_from is not None or wanted.year_to is not None:
        years = f"{wanted.year_from or '…'}–{wanted.year_to or '…'}"
        if wanted.year_from == wanted.year_to:
            years = str(wanted.year_from)
        chips.append(Chip("Year", years, ask.to.works(wanted.pairs(year_from=None, year_to=None))))
    return chips


def _downloads(ask: Ask, wanted: Asked, pairs: list[tuple[str, object]]) -> list[Link]:
    links = presenting.downloads(partial(ask.to.works, wanted.pairs(list=None)))
    links.append(Link("Atom feed", ask.to.works(pairs, "atom")))
    grid = [("_search", wanted.q)] if wanted.q else []
    links.append(Link("As a table, with SQL", ask.to.table("works", grid)))
    return links
