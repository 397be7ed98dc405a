"""Which references are to works of the library."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from library.store.load import fill
from library.store.rows import work_rows
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Reference, Surroundings, Work

TITLE = "Responding to the Sexual Exploitation of Minors"
RIGHT = {"title": TITLE, "first_author": "Todres", "year": "2014"}


def _cited(key: str = "cited", title: str = TITLE, year: int = 2014, **more: str) -> Work:
    return Work(
        key,
        "article-journal",
        title=title,
        contributors=(
            Contributor(Name(family="Todres", given="Jonathan")),
            Contributor(Name(family="Clayton", given="Ellen Wright")),
        ),
        issued=Date((year,)),
        container_title="N Engl J Med",
        **more,
    )


@pytest.fixture
def found(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a library with one work that cites in many ways."""
    references = (
        Reference(1, **RIGHT),
        Reference(2, **RIGHT | {"title": TITLE.upper() + ".", "first_author": "J. Todres"}),
        Reference(3, **RIGHT | {"year": "1987", "first_author": "Miller"}),
        Reference(4, title="Editorial", year="2014"),
        Reference(5, text=f"Todres J, Clayton EW. {TITLE}. 2014."),
        Reference(6, "10.1000/elsewhere", **RIGHT),
        Reference(7, title="The citing work", first_author="Diaz", year="2020"),
    )
    citing = Work(
        "citing",
        "article-journal",
        title="The citing work",
        contributors=(Contributor(Name(family="Diaz", given="Angela")),),
        issued=Date((2020,)),
    )
    path = tmp_path / "library.db"
    fill(
        path,
        [
            work_rows(citing, Surroundings(references=references)),
            work_rows(_cited()),
            work_rows(_cited("other", "Editorial", 2014)),
        ],
    )
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_a_reference_without_a_doi_finds_its_work_by_title_names_and_year(
    found: sqlite3.Connection,
) -> None:
    rows = found.execute(
        "SELECT citations.position, citation_key, matched_by FROM citations"
        " LEFT JOIN works ON works.id = cited_id ORDER BY 1"
    ).fetchall()
    assert rows[:2] == [(1, "cited", "title"), (2, "cited", "title")]
    assert rows[2] == (3, None, None), "another person's text of that title, years before"
    assert rows[3] == (4, None, None), "a title that says nothing"
    assert rows[4] == (5, None, None), "a reference of which no title is known"
    assert rows[5] == (6, None, None), "a reference with a DOI goes by it"
    assert rows[6] == (7, None, None), "a work does not cite itself"
    here = found.execute("SELECT citation_key, cited_here FROM works ORDER BY 1").fetchall()
    assert here == [("cited", 1), ("citing", 0), ("other", 0)]
