"""Works as files: all of a view, in its order, and only where it is known which works they are."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import rispy

from library import build, settings
from library.export import COLUMNS, NoCitationKeyError, of_keys, stream
from library.formats import csl_yaml, endnote_enw, endnote_xml
from library.formats.bibtex.read import read
from library.site.compat import Datasette
from library.store import schema
from tests.site.conftest import query_address

TOTAL = 16


def keys_of(name: str, text: str) -> list[str]:
    """Return the citation keys of an export."""
    if name == "bib":
        return [work.citation_key for work in read(text.encode(), "export.bib").works]
    if name == "ris":
        return [entry["id"] for entry in rispy.loads(text)]
    if name == "csv":
        return [row["citation_key"] for row in csv.DictReader(io.StringIO(text))]
    return [item.get("citation_key") or item["id"] for item in json.loads(text)]


@pytest.mark.parametrize("name", ["bib", "ris", "csljson", "csv", "json"])
async def test_every_format_holds_all_works_of_a_search(datasette: Datasette, name: str) -> None:
    whole = await datasette.client.get(f"/works.{name}")
    assert whole.status_code == 200
    assert len(set(keys_of(name, whole.text))) == TOTAL
    some = await datasette.client.get(f"/works.{name}?q=growth&topic=light")
    assert sorted(keys_of(name, some.text)) == ["follower2016", "ordinary2014"]
    none = await datasette.client.get(f"/works.{name}?q=nothing-at-all")
    assert keys_of(name, none.text) == []


@pytest.mark.parametrize("name", ["endnote", "enw", "yaml"])
async def test_other_programs_formats_hold_all_works_too(datasette: Datasette, name: str) -> None:
    readers = {
        "endnote": lambda answer: endnote_xml.read(answer.content),
        "enw": lambda answer: endnote_enw.read(answer.text),
        "yaml": lambda answer: csl_yaml.read(answer.text),
    }
    answer = await datasette.client.get(f"/works.{name}")
    assert answer.status_code == 200
    assert len(readers[name](answer).works) == TOTAL


async def test_files_have_their_names_and_types(datasette: Datasette) -> None:
    found = {}
    for name in ("bib", "ris", "csljson", "csv", "json"):
        answer = await datasette.client.get(f"/works.{name}")
        found[name] = (
            answer.headers["content-type"],
            answer.headers.get("content-disposition", ""),
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert found == {
        "bib": ("application/x-bibtex; charset=utf-8", 'attachment; filename="library.bib"'),
        "ris": (
            "application/x-research-info-systems; charset=utf-8",
            'attachment; filename="library.ris"',
        ),
        "csljson": (
            "application/vnd.citationstyles.csl+json",
            'attachment; filename="library.csl.json"',
        ),
        "csv": ("text/csv; charset=utf-8", 'attachment; filename="library.csv"'),
        "json": ("application/json", ""),
    }


@pytest.mark.parametrize("name", ["bib", "ris", "csljson"])
async def test_datasettes_pages_export_all_rows_and_not_a_page(
    datasette: Datasette, name: str
) -> None:
    client = datasette.client
    assert len(keys_of(name, (await client.get(f"/library/works.{name}?_size=3")).text)) == TOTAL
    filtered = await client.get(f"/library/works.{name}?type=book")
    assert keys_of(name, filtered.text) == ["handbook2010"]
    searched = await client.get(f"/library/works.{name}?_search=revisited")
    assert keys_of(name, searched.text) == ["follower2016"]
    linked = await client.get(f"/library/works.{name}?_author=" + quote("fir, finn"))
    assert sorted(keys_of(name, linked.text)) == ["chapter2010", "talk2019"]
    later = await client.get(f"/library/works.{name}?_size=3&_next=5&_sort=year")
    assert (later.status_code, "_next" in later.headers["location"]) == (302, False)


async def test_an_export_keeps_the_order_of_its_statement(datasette: Datasette) -> None:
    for order in ("year desc, id", "year, id desc", "title"):
        sql = f"select citation_key from works where year is not null order by {order}"  # noqa: S608 - ours
        rows = (await datasette.execute("library", sql)).rows
        for limit in ("", " limit 5"):
            answer = await datasette.client.get(query_address(sql + limit, "csljson"))
            wanted = [row[0] for row in rows][: 5 if limit else None]
            assert keys_of("csljson", answer.text) == wanted, order


async def test_a_query_with_parameters_and_each_work_once(datasette: Datasette) -> None:
    sql = (
        "select works.citation_key, people.name from works join contributions on work_id = works.id"
        " join people on people.id = person_id where works.year >= :year -- a comment"
    )
    answer = await datasette.client.get(query_address(sql, "bib", year=2018))
    assert sorted(keys_of("bib", answer.text)) == ["indicators2018", "page2021", "talk2019"]


async def test_a_query_without_citation_keys_is_refused_with_the_reason(
    datasette: Datasette,
) -> None:
    answer = await datasette.client.get(query_address("select title from works", "bib"))
    assert answer.status_code == 400
    assert "no column citation_key" in answer.text


async def test_a_query_that_never_ends_is_stopped(datasette: Datasette) -> None:
    sql = (
        "select citation_key from works where id in (with recursive n(x) as "
        "(select 1 union all select x + 1 from n) select x from n where x < 0) limit 1"
    )
    answer = await datasette.client.get(query_address(sql, "bib"))
    assert answer.status_code == 400


async def test_bibtex_is_the_text_of_the_library_file(datasette: Datasette, root: Path) -> None:
    text = (await datasette.client.get("/w/ordinary2014.bib")).text
    assert text.strip() in (root / "references.bib").read_text()
    answer = await datasette.client.get("/list.bib?key=thesis2012&key=ordinary2014")
    assert keys_of("bib", answer.text) == ["thesis2012", "ordinary2014"]


async def test_ris_says_what_it_can(datasette: Datasette) -> None:
    [entry] = rispy.loads((await datasette.client.get("/w/ordinary2014.ris")).text)
    assert entry["type_of_reference"] == "JOUR"
    assert entry["authors"] == ["Alder, Ann", "de Birch, Beda", "Cedar Institute"]
    assert entry["title"] == "A Study of CO2 in Quercus Leaves"
    assert (entry["volume"], entry["start_page"], entry["end_page"]) == ("12", "101", "118")
    assert entry["date"] == "2014/04/03/"
    [book] = rispy.loads((await datasette.client.get("/w/handbook2010.ris")).text)
    assert (book["type_of_reference"], book["place_published"]) == ("BOOK", "Springfield")


async def test_no_line_of_the_data_can_start_a_ris_field(datasette: Datasette) -> None:
    text = (await datasette.client.get("/works.ris")).text
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.splitlines() if line)


def test_the_stream_names_the_columns_it_saw(root: Path) -> None:
    connection = schema.connect_reading(root / "library.db")
    with pytest.raises(NoCitationKeyError, match="only a, b"):
        next(stream(connection, "select 1 as a, 2 as b", [], "bib"))
    connection.close()


def test_unknown_keys_are_left_out_and_columns_have_their_order(root: Path) -> None:
    connection = schema.connect_reading(root / "library.db")
    text = b"".join(stream(connection, *of_keys(["gone", "heute", "thesis2012"]), "csv")).decode()
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert keys_of("csv", text) == ["thesis2012"]
    connection.close()


def test_an_entry_that_needs_other_blocks_is_written_out_to_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "metadata.yml").write_text("title: Parts\n")
    (tmp_path / "references.bib").write_text(
        "@string{jib = {Journal of Invented Botany}}\n"
        "@article{macro, title = {Growth}, journal = jib # { Letters}, year = 2001}\n"
        "@inproceedings{child, title = {Light}, crossref = {parent}}\n"
        "@proceedings{parent, title = {Proceedings of Light}, year = 2002}\n"
    )
    build.build(settings.load(tmp_path))
    connection = schema.connect_reading(tmp_path / "library.db")
    text = b"".join(stream(connection, *of_keys(["macro", "child"]), "bib")).decode()
    connection.close()
    works = {work.citation_key: work for work in read(text.encode(), "export.bib").works}
    assert works["macro"].container_title == "Journal of Invented Botany Letters"
    assert works["child"].container_title == "Proceedings of Light"
    assert works["child"].year == 2002
    assert read(text.encode(), "export.bib").findings == []
