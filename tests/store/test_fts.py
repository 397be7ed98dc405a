"""What people type, as an FTS5 expression that cannot fail."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.store.fts import expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("human trafficking", '"human" AND "trafficking"'),
        ('"human trafficking" law', '"human trafficking" AND "law"'),
        ("traffick*", '"traffick" *'),
        ("law -children", '("law") NOT ("children")'),
        ("law OR ethics care", '("law" OR "ethics") AND "care"'),
        ("title:law author:diaz", 'title : "law" AND names : "diaz"'),
        ("foo:bar", '"foo:bar"'),
        ("co-authors", '"co-authors"'),
        ("人身", '"人身" *'),
        ('"unclosed phrase', '"unclosed phrase"'),
        ("OR", None),
        ("-law", None),
        ("*** ()", None),
        ("", None),
    ],
)
def test_what_is_typed_becomes(text: str, expected: str | None) -> None:
    assert expression(text) == expected


@pytest.fixture(name="index", scope="module")
def fixture_index() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE t USING fts5 (title, abstract, names, venue, keywords)"
    )
    connection.execute("INSERT INTO t VALUES ('human trafficking', 'a', 'b', 'c', 'd')")
    return connection


@given(st.text(alphabet="abANDORNOTEAR\"*():^-+{}\\'`;,. \x00\n人é", max_size=60))
def test_nothing_that_is_typed_is_an_error_of_syntax(index: sqlite3.Connection, text: str) -> None:
    found = expression(text)
    if found is not None:
        index.execute("SELECT rowid FROM t WHERE t MATCH ?", [found]).fetchall()


@pytest.mark.parametrize(
    "text", ["NEAR(human", 'human" OR title:"', "{title}:human", "human^2", "(human"]
)
def test_the_syntax_of_the_index_is_text(index: sqlite3.Connection, text: str) -> None:
    found = expression(text)
    assert found is not None
    index.execute("SELECT rowid FROM t WHERE t MATCH ?", [found]).fetchall()
