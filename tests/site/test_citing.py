"""Citations in any style on the site."""

import io
import zipfile

import pytest

from library import citations
from library.site import citing
from library.site.compat import Datasette
from tests.site.test_describing import Tags

ONE = "/cite.json?key=ordinary2014"


async def test_a_work_is_cited_in_the_style_that_is_asked_for(datasette: Datasette) -> None:
    answer = await datasette.client.get(f"{ONE}&style=american-medical-association")
    assert answer.status_code == 200
    (entry,) = answer.json()["entries"]
    assert entry["text"].startswith("1. Alder A, de Birch B, Cedar Institute.")
    assert "<i>" in entry["html"]
    apa = (await datasette.client.get(f"{ONE}&style=apa")).json()["entries"][0]["text"]
    assert apa.startswith("Alder, A., de Birch, B., & Cedar Institute. (2014).")


async def test_every_style_that_is_offered_is_there(datasette: Datasette) -> None:
    names = (await datasette.client.get("/cite/styles.json")).json()
    assert {value for value, _ in citing.STYLES} <= set(names)
    assert len(names) > 2000
    for value, _ in citing.STYLES:
        answer = await datasette.client.get(f"{ONE}&style={value}")
        assert answer.json()["entries"], value


async def test_works_are_cited_together_on_a_page_without_a_script(datasette: Datasette) -> None:
    page = await datasette.client.get("/cite?key=thesis2012&key=ordinary2014&other=plos-one")
    assert page.status_code == 200
    assert page.text.count('<div class="citation"') == 2
    assert 'value="plos-one"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert Tags(page.text)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Say which works to cite"),
        ("key=nobody", "None of these works is in the library"),
        ("key=ordinary2014&style=no-such-style", "There is no citation style"),
        ("key=ordinary2014&style=../../etc/passwd", "There is no citation style"),
        ("key=ordinary2014&style=/tmp/style.csl", "There is no citation style"),
        ("key=ordinary2014&style=bluebook-law-review", "it cites in notes alone"),
        ("&".join(f"key=k{n}" for n in range(201)), "At most 200 works"),
    ],
)
async def test_what_cannot_be_cited_is_said(datasette: Datasette, query: str, said: str) -> None:
    page = await datasette.client.get(f"/cite?{query}")
    assert page.status_code == 400
    assert said in page.text
    answer = await datasette.client.get(f"/cite.json?{query}")
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert (await datasette.client.get(f"/cite.docx?{query}")).status_code == 400


async def test_a_hostile_title_stays_text(datasette: Datasette) -> None:
    page = await datasette.client.get("/cite?key=hostile-markup&style=apa")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "onerror=" not in page.text.replace("&lt;img src=x onerror=", "")


async def test_word_gets_a_document(datasette: Datasette) -> None:
    answer = await datasette.client.get("/cite.docx?key=ordinary2014&key=thesis2012&style=apa")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as document:
        assert "Alder" in document.read("word/document.xml").decode()


async def test_without_the_extra_no_style_is_offered(
    datasette: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(citations, "available", lambda: False)
    assert citing.offered() == []
    # An address of its own: pages are kept, and another test may have asked for this one.
    page = await datasette.client.get("/w/thesis2012?without=extra")
    assert page.status_code == 200
    assert "data-cite" not in page.text
