"""What our pages say, and that nothing in the data can make them say anything else."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from library import settings
from library.cli import serve
from library.site.compat import Datasette

PAGES = (
    *("/", "/works", "/works?q=growth", "/works?q=growth&type=article-journal&topic=light"),
    *("/works?year_from=2014&year_to=2016&sort=title", "/works?q=nothing-at-all", "/people"),
    *("/venues", "/keywords", "/funders", "/missing", "/health", "/about", "/list"),
    *("/list?key=ordinary2014&key=hostile-markup&key=gone", "/works/by/author?q=growth"),
    *("/w/ordinary2014", "/w/hostile-markup", "/w/hostile-url", "/w/arabic2011", "/w/undated"),
    *("/w/thesis2012", "/w/indicators2018", "/w/chapter2010", "/w/longword"),
    *("/person/alder%2C%20ann", "/keyword/topic%3Agrowth"),
)
HOSTILE = (
    "/w/hostile-markup",
    "/w/hostile-url",
    "/works",
    "/",
    "/keywords",
    "/list?key=hostile-markup",
)


class Elements(HTMLParser):
    """Collects elements, attributes and the depth of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_answers_with_our_policy_and_headers(
    datasette: Datasette, path: str
) -> None:
    answer = await datasette.client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"].startswith('W/"')
    assert len(answer.content) < 90_000


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_inline_style_script_or_handler(datasette: Datasette, path: str) -> None:
    page = Elements((await datasette.client.get(path)).text)
    for tag, attributes in page.elements:
        assert tag not in ("style", "iframe", "object", "embed", "base"), tag
        assert "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
    for script in page.all("script"):
        assert script.get("src") or script.get("type") == "application/ld+json"


@pytest.mark.parametrize("path", HOSTILE)
async def test_hostile_data_is_text_and_never_an_address(datasette: Datasette, path: str) -> None:
    text = (await datasette.client.get(path)).text
    page = Elements(text)
    assert "<script>alert" not in text
    assert "onerror=alert(1)>" not in re.sub(r"&lt;.*?&gt;", "", text)
    assert not page.all("img")
    for tag in ("a", "link", "form", "area"):
        for attributes in page.all(tag):
            for name in ("href", "action", "src", "formaction"):
                value = (attributes.get(name) or "").strip().lower()
                assert not value.startswith(("javascript:", "data:", "vbscript:")), (tag, value)


async def test_a_hostile_source_of_the_site_is_named_but_not_linked(datasette: Datasette) -> None:
    text = (await datasette.client.get("/about")).text
    assert "Invented" in text
    assert "javascript:" not in text


async def test_a_work_is_found_at_its_key_its_doi_and_its_older_keys(datasette: Datasette) -> None:
    client = datasette.client
    assert (await client.get("/w/ordinary2014")).status_code == 200
    by_doi = await client.get("/doi/10.5555/ORDINARY.2014")
    assert (by_doi.status_code, by_doi.headers["location"]) == (302, "/w/ordinary2014")
    older = await client.get("/w/alder2014")
    assert (older.status_code, older.headers["location"]) == (301, "/w/ordinary2014")
    file = await client.get("/doi/10.5555/ordinary.2014.ris")
    assert (file.status_code, file.headers["location"]) == (302, "/w/ordinary2014.ris")


@pytest.mark.parametrize(
    "path", ["/w/gone", "/doi/10.5555/gone", "/person/gone", "/keyword/gone", "/sitemap-7.xml"]
)
async def test_what_is_not_there_is_a_404_that_offers_a_search(
    datasette: Datasette, path: str
) -> None:
    answer = await datasette.client.get(path)
    assert answer.status_code == 404
    assert "Not found" in answer.text
    assert 'name="q"' in answer.text


async def test_a_key_that_is_hard_to_put_into_an_address_has_a_page(datasette: Datasette) -> None:
    works = (await datasette.client.get("/works?year_from=2015&year_to=2015")).text
    hrefs = [a.get("href") or "" for a in Elements(works).all("a")]
    address = next(href for href in hrefs if href.startswith("/w/"))
    assert address == "/w/" + quote("key/with?odd#chars%and+plus", safe="")
    answer = await datasette.client.get(address)
    assert answer.status_code == 200
    assert "A Work whose Key is Hard" in answer.text


async def test_a_page_that_has_not_changed_is_answered_with_304(datasette: Datasette) -> None:
    first = await datasette.client.get("/works")
    again = await datasette.client.get("/works", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/works?year_from=soon", "is not a year"),
        ("/works?sort=colour", "There is no order"),
        ("/works?page=0", "at most"),
        ("/works?page=9999999", "at most"),
        ("/missing?page=x", "no such page"),
    ],
)
async def test_a_question_without_sense_is_a_400_that_says_so(
    datasette: Datasette, path: str, told: str
) -> None:
    answer = await datasette.client.get(path)
    assert answer.status_code == 400
    assert told in answer.text


async def test_a_doi_or_a_key_in_the_search_field_leads_to_the_work(datasette: Datasette) -> None:
    for q in ("ordinary2014", "https://doi.org/10.5555/Ordinary.2014", "doi:10.5555/ordinary.2014"):
        answer = await datasette.client.get("/works?q=" + quote(q, safe=""))
        assert (answer.status_code, answer.headers.get("location")) == (302, "/w/ordinary2014"), q


async def test_several_values_of_one_facet_are_joined_and_each_has_a_chip(
    datasette: Datasette,
) -> None:
    text = (await datasette.client.get("/works?type=book&type=thesis")).text
    page = Elements(text)
    assert "2 works" in text
    chips = [a for a in page.all("a") if a.get("class") == "chip"]
    assert [a["href"] for a in chips] == ["/works?type=thesis", "/works?type=book"]
    checked = [i for i in page.all("input") if i.get("type") == "checkbox" and "checked" in i]
    assert {i["value"] for i in checked} == {"book", "thesis"}


async def test_the_works_page_goes_through_all_works_page_by_page(datasette: Datasette) -> None:
    text = (await datasette.client.get("/works")).text
    total = int(re.search(r"data-total>(\d+) works", text)[1])  # type: ignore[index] # it is there
    assert total == 16
    assert text.count('class="work-title"') == 16


async def test_a_list_in_the_address_keeps_its_order_and_names_unknown_keys(
    datasette: Datasette,
) -> None:
    text = (await datasette.client.get("/list?key=thesis2012&key=gone&key=ordinary2014")).text
    assert text.index("On Light") < text.index("Quercus")
    assert "<code>gone</code>" in text


async def test_inline_markup_of_a_title_survives_and_nothing_else(datasette: Datasette) -> None:
    text = (await datasette.client.get("/w/ordinary2014")).text
    assert "CO<sub>2</sub></span> in <i>Quercus</i> Leaves</h1>" in text


async def test_a_visitor_without_the_right_sees_no_work(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "closed")
    told = tmp_path / "closed" / "metadata.yml"
    told.write_text(told.read_text() + "allow:\n  id: root\n")
    instance = serve.application(settings.load(tmp_path / "closed"))
    for path in ("/", "/works", "/w/ordinary2014", "/works.atom", "/sitemap-0.xml", "/unapi"):
        answer = await instance.client.get(path)
        assert answer.status_code == 403, path
        assert "Quercus" not in answer.text
    for path in ("/works.bib", "/list.bib?key=ordinary2014", "/library/works.ris"):
        answer = await instance.client.get(path)
        assert answer.status_code == 403, path
        assert "Quercus" not in answer.text
