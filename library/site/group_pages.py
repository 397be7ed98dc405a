"""Pages of people, venues, keywords and funders, and the lists of each."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from markupsafe import Markup

from library.site import charts, presenting
from library.site.addresses import doi_url
from library.site.answers import Answer, Ask, Missing, Page
from library.site.describing import script_json
from library.site.presenting import Ranked
from library.store import query, read
from library.store.query import Search

WORKS_SHOWN: Final = 25
TOP: Final = 10
INDEX_SIZE: Final = 300


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to know about a person, venue, keyword or funder."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that works have in common."""

    filter: str  # the filter of works, and the facet
    page: str  # first part of its address: "/person/…"
    label: str  # above its name
    beside: tuple[tuple[str, str], ...]  # facets beside its works, with their headings


_PERSON: Final = Kind(
    "author", "person", "Person",
    (("topic", "Topics"), ("venue", "Published in"), ("type", "Types")),
)  # fmt: skip
_VENUE: Final = Kind(
    "venue", "venue", "Venue", (("author", "Authors"), ("topic", "Topics"), ("type", "Types"))
)
_KEYWORD: Final = Kind(
    "keyword", "keyword", "Keyword",
    (("topic", "Often with"), ("author", "Authors"), ("venue", "Published in"), ("type", "Types")),
)  # fmt: skip
_FUNDER: Final = Kind(
    "funder",
    "funder",
    "Funder",
    (("author", "Authors"), ("topic", "Topics"), ("venue", "Published in")),
)
_PAGE_OF: Final = {"author": "person", "venue": "venue", "keyword": "keyword", "funder": "funder"}
_KEYWORD_LABELS: Final = {"topic": "Topic", "audience": "Written for", "form": "Form"}


def person(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the page of a person or organisation."""
    found = read.person(connection, unquote(ask.parts["key"]))
    if found is None:
        raise Missing("There is no such person in this library.")
    is_organisation = found.facts.get("kind") == "organisation"
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization" if is_organisation else "Person",
        "name": found.label,
    }
    facts = []
    if "orcid" in found.facts:
        address = f"https://orcid.org/{found.facts['orcid']}"
        facts.append(Fact("ORCID", found.facts["orcid"], address))
        about["sameAs"] = address
    kind = "Organisation" if is_organisation else _PERSON.label
    return _group(connection, ask, _PERSON, found, facts, label=kind, json_ld=script_json(about))


def venue(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the page of a journal, book or series."""
    found = read.venue(connection, unquote(ask.parts["key"]))
    if found is None:
        raise Missing("There is no such venue in this library.")
    facts = [
        Fact(label, found.facts[name])
        for label, name in (("ISSN", "issn"), ("abbreviated", "abbreviation"))
        if name in found.facts
    ]
    return _group(connection, ask, _VENUE, found, facts)


def keyword(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the page of a keyword."""
    found = read.keyword(connection, unquote(ask.parts["key"]))
    if found is None:
        raise Missing("There is no such keyword in this library.")
    kind = _KEYWORD_LABELS.get(found.facts["kind"], _KEYWORD.label)
    return _group(connection, ask, _KEYWORD, found, [], label=kind)


def funder(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the page of a funder."""
    found = read.funder(connection, unquote(ask.parts["key"]))
    if found is None:
        raise Missing("There is no such funder in this library.")
    doi = found.facts.get("doi")
    facts = [Fact("Funder Registry", doi, doi_url(doi))] if doi else []
    return _group(connection, ask, _FUNDER, found, facts)


def _group(
    connection: sqlite3.Connection,
    ask: Ask,
    kind: Kind,
    of: read.GroupPage,
    facts: list[Fact],
    *,
    label: str = "",
    json_ld: Markup | None = None,
) -> Page:
    key = of.key
    # A keyword's prefix ("topic:") is the library's own and no other way to print it.
    prefix = f"{of.facts['kind']}:" if of.facts.get("kind") else ""
    variants = [name for name, _ in of.variants if name.removeprefix(prefix) != of.label]
    if variants:
        facts.append(Fact("also printed as", "; ".join(variants[:6])))
    search = Search(filters=((kind.filter, (key,)),), sort="year", size=WORKS_SHOWN)
    found = query.find(connection, search)
    facets = query.facets(connection, search, [facet for facet, _ in kind.beside], size=TOP + 1)
    to = ask.to
    pairs: list[tuple[str, object]] = [(kind.filter, key)]
    context = {
        "name": of.label,
        "kind": label or kind.label,
        "facts": facts,
        "json_ld": json_ld,
        "canonical": to.absolute(to.of(kind.page, key)),
        "feed": to.works(pairs, "atom"),
        "browse": to.works(pairs),
        "total_text": presenting.count_of(found.total),
        "chart": charts.by_year(
            of.years,
            to.works_of_years(pairs),
            width=640,
            height=64,
        ),
        "rows": [presenting.listed(row) for row in found.rows],
        "more": found.total > len(found.rows),
        "downloads": presenting.downloads(partial(to.works, pairs)),
        "groups": [
            _wrote_with(ask, kind, of),
            *(
                {
                    "name": facet,
                    "label": heading,
                    "rows": [
                        _ranked(ask, facet, value, pairs)
                        for value in facets[facet]
                        if value.count and not _is_itself(kind, key, facet, value)
                    ][:TOP],
                }
                for facet, heading in kind.beside
            ),
        ],
    }
    return Page("group.html", context)


def _wrote_with(ask: Ask, kind: Kind, of: read.GroupPage) -> dict[str, object]:
    # Not from the facet: a facet's own filter does not narrow its own counts.
    together = of.together[:TOP] if kind is _PERSON else []
    return {
        "name": "together",
        "label": "Wrote with",
        "rows": [
            Ranked(presenting.shortened(label, 120), ask.to.of("person", key), works)
            for key, label, works in together
        ],
    }


def _is_itself(kind: Kind, key: str, facet: str, value: query.FacetValue) -> bool:
    whole = f"{facet}:{value.value}" if facet == "topic" else value.value
    return facet in (kind.filter, "topic") and whole == key


def _ranked(
    ask: Ask, facet: str, value: query.FacetValue, pairs: Sequence[tuple[str, object]]
) -> Ranked:
    label = presenting.shortened(value.label or value.value, 120)
    page = _PAGE_OF.get(facet)
    if page:
        return Ranked(label, ask.to.of(page, value.value), value.count)
    return Ranked(label, ask.to.works([*pairs, (facet, value.value)]), value.count)


def people(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the people and organisations, those with the most works first."""
    return _index(connection, ask, "People and organisations", "people", (("author", ""),))


def venues(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the journals, books and series."""
    return _index(connection, ask, "Venues", "venues", (("venue", ""),))


def keywords(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the keywords, by their prefix: topics, audiences, forms, others."""
    groups = (
        ("topic", "Topics"),
        ("audience", "Written for"),
        ("form", "Forms"),
        ("keyword", "Other keywords"),
    )
    return _index(connection, ask, "Topics and keywords", "keywords", groups)


def funders(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with those who paid for works."""
    return _index(connection, ask, "Funders", "funders", (("funder", ""),))


def _index(
    connection: sqlite3.Connection,
    ask: Ask,
    heading: str,
    page: str,
    groups: Sequence[tuple[str, str]],
) -> Page:
    starts = ask.one("starts")[:80]
    shown = []
    total = 0
    for facet, label in groups:
        values = query.facet_search(connection, Search(), facet, starts, size=INDEX_SIZE)
        if facet == "keyword" and len(groups) > 1:
            values = [value for value in values if ":" not in value.value]
        rows = [_index_row(ask, facet, value) for value in values]
        total += len(rows)
        if rows:
            shown.append({"label": label, "rows": rows})
    if total:
        whole = any(len(group["rows"]) >= INDEX_SIZE for group in shown)
        note = (
            f"The {INDEX_SIZE} with the most works; search to find the others."
            if whole
            else f"{total:,} in all, those with the most works first."
        )
    else:
        note = "Nothing found." if starts else "None yet."
    context = {
        "heading": heading,
        "canonical": ask.to.absolute(ask.to.path(page)),
        "here": ask.to.path(page),
        "starts": starts,
        "placeholder": "Find a name…" if page != "keywords" else "Find a keyword…",
        "hidden": [],
        "note": note,
        "back": None,
        "groups": shown,
        "previous": None,
        "next": None,
    }
    return Page("index.html", context)


def _index_row(ask: Ask, facet: str, value: query.FacetValue) -> Ranked:
    label = presenting.shortened(value.label or value.value, 200)
    page = _PAGE_OF.get(facet, "keyword")
    key = value.value if facet in _PAGE_OF else f"{facet}:{value.value}"
    return Ranked(label, ask.to.of(page, key), value.count)
