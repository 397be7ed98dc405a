"""Searching, filtering, counting."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from measure.made_library import MadeLibrary

from library.errors import UsageError
from library.store import arrays, canned, caring, query, read
from library.store.query import Search
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, License, Notice, Reference, Surroundings, Work
from tests.store.conftest import Make


def _work(
    key: str, title: str, year: int | None = 2014, kind: str = "article-journal", **more: object
) -> Work:
    return Work(
        citation_key=key,
        type=kind,
        title=title,
        issued=Date((year,)) if year else None,
        **more,  # type: ignore[arg-type] # Work's fields
    )


DIAZ = Contributor(Name(family="Diaz", given="Hannah"))
CLAYTON = Contributor(Name(family="Clayton", given="Ellen"))
OPEN = Surroundings(licenses=(License("https://creativecommons.org/licenses/by/4.0/"),))
TAKEN_BACK = Surroundings(notices=(Notice("retraction", "10.1000/n", is_about_this=True),))


@pytest.fixture(name="library")
def fixture_library(made: Make) -> sqlite3.Connection:
    return made(
        [
            _work(
                "law",
                "The law of trafficking",
                2010,
                contributors=(DIAZ, CLAYTON),
                keywords=("topic:Law",),
                doi="10.1000/law",
                container_title="NEJM",
                issn=("0028-4793",),
            ),
            (
                _work(
                    "open",
                    "Open cells <i>in vivo</i>",
                    2012,
                    contributors=(DIAZ,),
                    keywords=("topic:Cells", "ethics"),
                    abstract="A cohort of cells & children.",
                ),
                OPEN,
            ),
            (
                _work("bad", "Withdrawn cells", 2014, contributors=(CLAYTON,), doi="10.1000/bad"),
                TAKEN_BACK,
            ),
            (
                _work(
                    "citing", "Citing a cell", 2016, kind="book", publisher="Press", language="en"
                ),
                Surroundings(
                    references=(
                        Reference(1, "10.1000/bad"),
                        Reference(2, "10.1000/law"),
                        Reference(3, "10.1000/gone", title="Gone"),
                    )
                ),
            ),
            _work("undated", "A study without a year", None, kind="report"),
        ]
    )


def _keys(connection: sqlite3.Connection, search: Search) -> list[str]:
    return [row.citation_key for row in query.find(connection, search).rows]


@pytest.mark.parametrize(
    ("search", "keys"),
    [
        (Search(), ["citing", "bad", "open", "law", "undated"]),
        (Search(sort="added"), ["undated", "citing", "bad", "open", "law"]),
        (Search(sort="title"), ["citing", "law", "open", "undated", "bad"]),
        (Search(sort="cited", size=2), ["bad", "law"]),
        (Search(size=2, offset=1), ["bad", "open"]),
        (Search(text="cells"), ["bad", "open"]),
        (Search(text="cell*", sort="year"), ["citing", "bad", "open"]),
        (Search(text='"of trafficking"'), ["law"]),
        (Search(text="author:diaz cells"), ["open"]),
        (Search(text="https://doi.org/10.1000/LAW"), ["law"]),
        (Search(text="undated"), ["undated"]),
        (Search(text="nothing-like-it"), []),
        (Search(text="((("), []),
        (Search(filters=(("type", ("book", "report")),)), ["citing", "undated"]),
        (Search(filters=(("author", ("diaz, hannah",)), ("topic", ("LAW",)))), ["law"]),
        (Search(filters=(("keyword", ("ethics", "topic:law")),)), ["open", "law"]),
        (Search(filters=(("venue", ("0028-4793",)),)), ["law"]),
        (Search(filters=(("open_access", ("1",)),)), ["open"]),
        (Search(filters=(("retracted", ("0",)),), year_from=2012), ["citing", "open"]),
        (Search(filters=(("year", ("2010", "2014")),)), ["bad", "law"]),
        (Search(filters=(("publisher", ("Press",)), ("language", ("en",)))), ["citing"]),
        (Search(filters=(("funder", ("nobody",)),)), []),
        (Search(year_to=2012), ["open", "law"]),
        (Search(text="cells", year_from=2014), ["bad"]),
    ],
    ids=repr,
)
def test_a_search_finds(library: sqlite3.Connection, search: Search, keys: list[str]) -> None:
    assert _keys(library, search) == keys
    found = query.find(library, search)
    if not search.offset and search.size > 4:
        assert (found.total, found.total_is_exact) == (len(keys), True)
        sql, parameters = query.keys(library, search)
        assert {row[1] for row in library.execute(sql, parameters)} == set(keys)


def test_an_unknown_filter_is_refused_with_those_there_are(library: sqlite3.Connection) -> None:
    with pytest.raises(UsageError, match="open_access"):
        query.find(library, Search(filters=(("colour", ("red",)),)))


def test_a_facet_counts_what_its_own_filter_would_leave_out(library: sqlite3.Connection) -> None:
    search = Search(filters=(("type", ("book",)),))
    found = query.facets(library, search, ["type", "year"])
    assert [(one.value, one.count, one.selected) for one in found["type"]] == [
        ("article-journal", 3, False),
        ("book", 1, True),
        ("report", 1, False),
    ]
    assert [(one.value, one.count) for one in found["year"]] == [("2016", 1)]


def test_a_chosen_value_is_shown_even_if_nothing_has_it(library: sqlite3.Connection) -> None:
    search = Search(text="law", filters=(("author", ("clayton, ellen", "nobody")),))
    found = query.facets(library, search, ["author"], size=1)["author"]
    assert {(one.value, one.count, one.selected) for one in found} >= {
        ("clayton, ellen", 1, True),
        ("nobody", 0, True),
    }


def test_facets_of_prefixes_hold_their_own_keywords_only(library: sqlite3.Connection) -> None:
    found = query.facets(library, Search(), ["topic", "audience", "keyword"])
    assert {one.value for one in found["topic"]} == {"law", "cells"}
    assert found["audience"] == []
    assert {one.value for one in found["keyword"]} == {"topic:law", "topic:cells", "ethics"}


def test_values_of_a_facet_are_found_by_how_their_words_begin(library: sqlite3.Connection) -> None:
    found = query.facet_search(library, Search(), "author", "han")
    assert [(one.value, one.label, one.count) for one in found] == [
        ("diaz, hannah", "Hannah Diaz", 2)
    ]


def test_the_histogram_leaves_out_the_range_of_years(library: sqlite3.Connection) -> None:
    expected = [(2010, 1), (2012, 1), (2014, 1), (2016, 1)]
    assert query.histogram(library, Search(year_from=2014)) == expected


def test_a_snippet_marks_the_words_and_escapes_nothing(library: sqlite3.Connection) -> None:
    (row,) = query.find(library, Search(text="cohort")).rows
    assert row.snippet == (("A ", False), ("cohort", True), (" of cells & children.", False))
    assert (row.title, row.title_markup) == ("Open cells in vivo", "Open cells <i>in vivo</i>")


def test_above_ten_thousand_matches_the_ranking_is_limited_and_says_so(made: Make) -> None:
    """With a limit of its own, so that the test need not make ten thousand works."""
    connection = made(
        _work(f"k{n}", "cells" if n < 3 else "other", 2000 + n, abstract="cells") for n in range(12)
    )
    first = query.find(connection, Search(text="cells", size=4), most_ranked=5)
    second = query.find(connection, Search(text="cells", size=4, offset=4), most_ranked=5)
    third = query.find(connection, Search(text="cells", size=4, offset=8), most_ranked=5)
    assert (first.total, first.total_is_exact, first.ranked) == (5, False, True)
    assert {row.citation_key for row in first.rows[:3]} == {"k0", "k1", "k2"}
    everything = [row.citation_key for page in (first, second, third) for row in page.rows]
    assert sorted(everything) == sorted(f"k{n}" for n in range(12))


def test_what_a_work_cites_is_found_here_or_missing(library: sqlite3.Connection) -> None:
    page = read.work_page(library, "citing")
    assert page is not None
    assert [one.work and one.work.citation_key for one in page.references] == ["bad", "law", None]
    assert [one.doi for one in caring.missing_works(library)] == ["10.1000/gone"]
    assert [row.citation_key for row in caring.citing_missing(library, "10.1000/gone")] == [
        "citing"
    ]
    assert [(a.citation_key, b.citation_key) for a, b in caring.citing_retracted(library)] == [
        ("citing", "bad")
    ]
    cited = read.work_page(library, "bad")
    assert cited is not None
    assert [row.citation_key for row in cited.cited_by] == ["citing"]
    assert [(one.work.citation_key, one.reason) for one in cited.related] == [
        ("law", "cited together")
    ]
    assert cited.work.is_retracted
    assert cited.notices[0].is_about_this


def test_the_pages_of_groups_say_who_and_how_many(library: sqlite3.Connection) -> None:
    person = read.person(library, "diaz, hannah")
    assert person is not None
    assert (person.label, person.works, person.together) == (
        "Hannah Diaz",
        2,
        [("clayton, ellen", "Ellen Clayton", 1)],
    )
    venue = read.venue(library, "0028-4793")
    assert venue is not None
    assert (venue.label, venue.years) == ("NEJM", [(2010, 1)])
    keyword = read.keyword(library, "topic:cells")
    assert keyword is not None
    assert keyword.together == [("ethics", "ethics", 1)]
    assert [
        read.person(library, "x"),
        read.venue(library, "x"),
        read.keyword(library, "x"),
        read.funder(library, "x"),
    ] == [None] * 4
    counts = read.counts(library)
    assert (counts.works, counts.people, counts.retracted, counts.missing_works) == (5, 2, 1, 1)


def test_every_canned_query_runs_and_finds(library: sqlite3.Connection) -> None:
    for one in canned.QUERIES:
        rows = library.execute(one.sql, canned.example(library, one)).fetchall()
        if one.name in {
            "most_cited_here",
            "missing_works",
            "citing_retracted",
            "by_year",
            "coauthors_of",
        }:
            assert rows, one.name


def _statements(connection: sqlite3.Connection, keys: list[str]) -> Iterator[str]:
    """Yield the statements that the pages send, as SQLite got them."""
    sent: list[str] = []
    canned_queries = [(one.sql, canned.example(connection, one)) for one in canned.QUERIES]
    connection.set_trace_callback(sent.append)
    for search in (
        Search(filters=(("type", ("book",)), ("author", ("diaz, hannah",)), ("topic", ("law",)))),
        Search(filters=(("venue", ("x",)), ("funder", ("x",)), ("publisher", ("x",)))),
        Search(text="cells", filters=(("language", ("en",)),)),
        Search(text="10.1000/law"),
        Search(sort="title"),
    ):
        arrays.load(connection).forget()
        query.find(connection, search)
        query.facets(connection, search, query.FILTERS)
        query.facet_search(connection, search, "author", "a")
    for key in keys:
        read.work_page(connection, key)
        read.key_of(connection, key)
    read.key_of_doi(connection, "10.1000/law")
    read.listed(connection, ["law", "bad"])
    read.newest(connection)
    read.person(connection, "diaz, hannah")
    read.venue(connection, "0028-4793")
    read.keyword(connection, "topic:law")
    read.funder(connection, "x")
    caring.missing_works(connection)
    caring.citing_missing(connection, "10.1000/gone")
    caring.citing_retracted(connection)
    caring.retracted(connection)
    for name in ("author", "venue", "keyword", "funder"):
        read.groups(connection, name)
    for sql, parameters in canned_queries:
        connection.execute(sql, parameters).fetchall()
    connection.set_trace_callback(None)
    yield from dict.fromkeys(sent)


_BIG = re.compile(
    r"^SCAN (?:\w+ AS )?(works|work_details|contributions|citations|work_keywords|identifiers"
    r"|own|other|theirs|c|w|work_funders)$"
)


def test_no_statement_of_a_page_scans_a_large_table(made: Make) -> None:
    """A scan in the order of an index that stops at its LIMIT is none."""
    invented = MadeLibrary(900)
    library = made((invented.work(n), invented.surroundings(n, 8)) for n in range(900))
    keys = [row[0] for row in library.execute("SELECT citation_key FROM works ORDER BY cited_here")]
    seen = 0
    for statement in _statements(library, keys[-2:]):
        if not re.match(r"\s*SELECT", statement, re.IGNORECASE):
            continue
        seen += 1
        for row in library.execute(f"EXPLAIN QUERY PLAN {statement}"):
            assert not _BIG.match(row[3]), f"{row[3]}: {statement}"
    assert seen > 50
