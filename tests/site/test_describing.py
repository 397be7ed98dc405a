"""What reference managers and search engines read on our pages."""

import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest

from library.site.addresses import safe_url
from library.site.compat import Datasette
from library.site.describing import highwire, script_json


class Tags(HTMLParser):
    """Collects meta tags, COinS, unAPI ids and JSON-LD."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: list[tuple[str, str]] = []
        self.coins: list[str] = []
        self.unapi: list[str] = []
        self.json_ld: list[object] = []
        self._in_json = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what machines look for."""
        found = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in found:
            self.meta.append((found.get("name") or found.get("property", ""), found["content"]))
        if found.get("class") == "Z3988":
            self.coins.append(found["title"])
        if found.get("class") == "unapi-id":
            self.unapi.append(found["title"])
        self._in_json = tag == "script" and found.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        """Keep JSON-LD."""
        if self._in_json:
            self.json_ld.append(json.loads(data))
            self._in_json = False


async def test_a_work_page_has_every_highwire_tag_and_no_coins_of_its_own(
    datasette: Datasette,
) -> None:
    tags = Tags((await datasette.client.get("/w/undated")).text)
    assert tags.coins == []
    tags = Tags((await datasette.client.get("/w/ordinary2014")).text)
    assert tags.unapi[0] == "ordinary2014"
    assert [pair for pair in tags.meta if pair[0].startswith("citation_")] == [
        ("citation_title", "A Study of CO2 in Quercus Leaves"),
        ("citation_author", "Alder, Ann"),
        ("citation_author", "de Birch, Beda"),
        ("citation_author", "Cedar Institute"),
        ("citation_publication_date", "2014/04/03"),
        ("citation_journal_title", "Journal of Invented Botany"),
        ("citation_journal_abbrev", "J. Inv. Bot."),
        ("citation_volume", "12"),
        ("citation_issue", "3"),
        ("citation_firstpage", "101"),
        ("citation_lastpage", "118"),
        ("citation_doi", "10.5555/ordinary.2014"),
        ("citation_language", "en-US"),
        ("citation_issn", "1234-5679"),
        (
            "citation_abstract",
            "Leaves were measured. Growth was found to follow the light, and not the season.",
        ),
    ]
    assert dict(tags.meta)["og:title"] == "A Study of CO2 in Quercus Leaves"


async def test_json_ld_is_valid_even_for_hostile_titles(datasette: Datasette) -> None:
    tags = Tags((await datasette.client.get("/w/hostile-markup")).text)
    [about] = tags.json_ld
    assert isinstance(about, dict)
    assert about["@type"] == "ScholarlyArticle"
    assert "<script>" in about["name"]


async def test_lists_carry_unapi_ids_and_coins_for_each_work(datasette: Datasette) -> None:
    tags = Tags((await datasette.client.get("/works?year_from=2014&year_to=2014")).text)
    assert tags.unapi == ["ordinary2014"]
    [coins] = [parse_qs(span) for span in tags.coins]
    assert coins["rft.atitle"] == ["A Study of CO2 in Quercus Leaves"]
    assert coins["rft_id"] == ["info:doi/10.5555/ordinary.2014"]
    assert coins["rft.au"] == ["Ann Alder", "Beda de Birch", "Cedar Institute"]


async def test_unapi_lists_its_formats_and_gives_each(datasette: Datasette) -> None:
    client = datasette.client
    listed = await client.get("/unapi")
    assert listed.status_code == 200
    names = [element.get("name") for element in ET.fromstring(listed.text)]  # noqa: S314 - our own
    assert {"bibtex", "ris", "csljson"} <= set(names)
    of_one = await client.get("/unapi?id=ordinary2014")
    assert of_one.status_code == 300
    for name in names:
        answer = await client.get(f"/unapi?id=ordinary2014&format={name}")
        assert answer.status_code == 200
        assert "Quercus" in answer.text
    assert (await client.get("/unapi?id=gone&format=ris")).status_code == 404
    assert (await client.get("/unapi?id=ordinary2014&format=wax")).status_code == 406


async def test_unapi_finds_odd_keys_encoded_once_and_twice(datasette: Datasette) -> None:
    once = "key%2Fwith%3Fodd%23chars%25and%2Bplus"
    for sent in (once, once.replace("%", "%25")):
        answer = await datasette.client.get(f"/unapi?id={sent}&format=ris")
        assert "ID  - key/with?odd#chars%and+plus" in answer.text


async def test_feed_sitemap_and_opensearch_are_well_formed(datasette: Datasette) -> None:
    for path in (
        "/works.atom",
        "/works.atom?q=growth",
        "/sitemap.xml",
        "/sitemap-0.xml",
        "/opensearch.xml",
    ):
        answer = await datasette.client.get(path)
        assert answer.status_code == 200, path
        ET.fromstring(answer.text)  # noqa: S314 - our own
    assert (await datasette.client.get("/sitemap-0.xml")).text.count("/w/") == 16
    assert (
        "Sitemap: http://localhost/sitemap.xml" in (await datasette.client.get("/robots.txt")).text
    )


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
     "data:text/html,x", "vbscript:x", "//evil.example", "/path", "http://", "", None, "\x01http://a"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_never_linked(url: str | None) -> None:
    assert safe_url(url) is None


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=c#d", "http://é.example/ü", "ftp://a.example/b"]
)
def test_web_addresses_are_linked_as_they_are(url: str) -> None:
    assert safe_url(url) == url


def test_json_in_a_script_cannot_end_it() -> None:
    text = str(script_json({"name": "</script><script>&"}))
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><script>&"}


def test_types_have_the_tags_that_tell_them_apart() -> None:
    def tags(**item: object) -> dict[str, str]:
        return dict(highwire({"title": "T", **item}))

    assert "citation_journal_title" in tags(type="article-journal", **{"container-title": "J"})
    assert "citation_inbook_title" in tags(type="chapter", **{"container-title": "B"})
    assert "citation_conference_title" in tags(type="paper-conference", **{"container-title": "P"})
    assert "citation_dissertation_institution" in tags(type="thesis", publisher="U")
    assert "citation_technical_report_institution" in tags(type="report", publisher="I")
