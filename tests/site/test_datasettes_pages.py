"""Datasette's own pages: still there, in our frame, safe, with facets over authors and keywords."""

import base64
import hashlib
import html
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from library.site.compat import Datasette, is_one
from library.store import canned
from tests.site.conftest import query_address


def facets_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the facets of a table's JSON, which 1.0 puts one level deeper."""
    found: dict[str, Any] = answer["facet_results"]
    return found.get("results", found) if is_one() else found


STOCK = (
    *("/library", "/library/works", "/library/works/1", "/library/people"),
    *(
        query_address("select citation_key from works"),
        "/-/settings",
        "/-/versions",
        "/library/gone",
    ),
)


@pytest.mark.parametrize("path", STOCK)
async def test_every_page_of_datasette_is_framed_and_its_scripts_are_allowed_by_hash(
    datasette: Datasette, path: str
) -> None:
    answer = await datasette.client.get(path)
    assert answer.status_code in (200, 404)
    policy = answer.headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)[1]  # type: ignore[index] # it is there
    if is_one():
        # 1.0 puts data into inline scripts, which no hash can know beforehand.
        assert "'unsafe-inline'" in scripts
        return
    assert "unsafe" not in scripts
    assert 'lang="en"' in answer.text
    assert "A library of invented works" in answer.text
    for script in re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in scripts, script[:80]
    assert answer.headers["x-frame-options"] == "DENY"


async def test_json_and_csv_are_datasettes_own(datasette: Datasette) -> None:
    rows = (await datasette.client.get("/library/works.json?_shape=objects&type=book")).json()
    assert [row["citation_key"] for row in rows["rows"]] == ["handbook2010"]
    text = (await datasette.client.get("/library/works.csv?type=book")).text
    assert text.splitlines()[0].startswith("id,citation_key,type")


async def test_authors_and_keywords_are_facets_of_the_table(datasette: Datasette) -> None:
    answer = await datasette.client.get("/library/works.json?_extra=facet_results")
    facets = facets_of(answer.json())
    authors = {value["label"]: value["count"] for value in facets["author"]["results"]}
    assert authors["Eva Elm"] == 4
    assert authors["Ann Alder"] == 3
    keywords = {value["value"]: value["count"] for value in facets["keyword"]["results"]}
    assert keywords["topic:growth"] == 5


async def test_facets_count_only_what_the_other_filters_leave(datasette: Datasette) -> None:
    answer = await datasette.client.get(
        "/library/works.json?_extra=facet_results&type=article-journal&_keyword="
        + quote("topic:growth")
    )
    facets = facets_of(answer.json())
    authors = {value["label"]: value["count"] for value in facets["author"]["results"]}
    assert authors == {"Ann Alder": 2, "Beda de Birch": 1, "Cedar Institute": 1, "Eva Elm": 1}
    chosen = [value for value in facets["keyword"]["results"] if value["selected"]]
    assert [value["value"] for value in chosen] == ["topic:growth"]
    assert "_keyword" not in chosen[0]["toggle_url"]


async def test_a_facet_that_nobody_knows_changes_nothing(datasette: Datasette) -> None:
    answer = await datasette.client.get(
        "/library/works.json?_extra=facet_results&_facet_linked=colour"
    )
    assert answer.status_code == 200
    assert "colour" not in facets_of(answer.json())
    other = await datasette.client.get("/library/people.json?_facet_linked=author&_author=x")
    assert other.status_code == 200


async def test_citation_keys_and_dois_lead_on(datasette: Datasette) -> None:
    text = (await datasette.client.get("/library/works?_nofacet=1")).text
    assert '<a href="/w/ordinary2014">ordinary2014</a>' in text
    assert 'href="https://doi.org/10.5555/ordinary.2014"' in text
    query = await datasette.client.get(query_address("select citation_key from works limit 1"))
    assert 'href="/w/' in query.text


async def test_every_column_has_its_meaning_on_the_page(datasette: Datasette) -> None:
    text = (await datasette.client.get("/library/works?_nofacet=1")).text
    assert "DOI, bare and in lower case" in text


async def test_sql_cannot_write(datasette: Datasette) -> None:
    for sql in ("delete from works", "pragma journal_mode=delete", "attach ':memory:' as m"):
        answer = await datasette.client.get(query_address(sql, "json"))
        assert answer.status_code == 400, sql
    assert (await datasette.client.get("/library.db")).status_code in (403, 404)


@pytest.mark.parametrize("one", canned.QUERIES, ids=lambda one: one.name)
async def test_every_question_about_citations_is_a_query_of_the_site(
    datasette: Datasette, root: Path, one: canned.CannedQuery
) -> None:
    with closing(sqlite3.connect(root / "library.db")) as connection:
        given = canned.example(connection, one)
    page = await datasette.client.get(f"/library/{one.name}?{urlencode(given)}")
    assert page.status_code == 200
    assert one.title in html.unescape(page.text)
    assert one.description in html.unescape(page.text)
    answer = await datasette.client.get(f"/library/{one.name}.json?{urlencode(given)}")
    assert answer.json()["ok"]
    listed = await datasette.client.get("/library.json")
    assert one.name in {query["name"] for query in listed.json()["queries"]}
