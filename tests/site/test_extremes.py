"""Works of a size that nobody expects: they have pages, and the pages stay light."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from library import settings
from library.cli import serve
from library.site.compat import Datasette
from library.store.load import fill_with_works
from library.values.names import Name
from library.work import Contributor, Work


def _works() -> Iterator[Work]:
    many = tuple(Contributor(Name(family=f"Family{n}", given="G.")) for n in range(10_000))
    yield Work("consortium", "article-journal", title="By ten thousand", contributors=many)
    yield Work("long-abstract", "article-journal", title="At length", abstract="growth " * 150_000)
    yield Work("long-title", "book", title="word " * 20_000, annote="note " * 100_000)
    yield Work(
        "many-keywords", "book", title="Keywords", keywords=tuple(f"k{n}" for n in range(5000))
    )
    yield Work("nothing", "document")
    yield Work("<key>&\"'", "document", title="\u202eright-to-left override\u202c\u0000 and \ud7ff")


@pytest.fixture(scope="module")
def extreme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a library of extremes."""
    folder = tmp_path_factory.mktemp("extreme")
    (folder / "metadata.yml").write_text("title: Extremes\n")
    (folder / "references.bib").write_text("")
    fill_with_works(folder / "library.db", _works())
    return folder


@pytest.fixture
def datasette(extreme: Path) -> Iterator[Datasette]:
    """Return a Datasette over them."""
    instance = serve.application(settings.load(extreme))
    yield instance
    for database in instance.databases.values():
        database.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/works", "/works?q=growth", "/people", "/keywords", "/health", "/works.atom",
     "/w/consortium", "/w/long-abstract", "/w/long-title", "/w/many-keywords", "/w/nothing",
     "/w/%3Ckey%3E%26%22%27", "/list?key=consortium&key=long-title", "/person/family7%2C%20g",
     "/library/works", "/library/work_details"],
)  # fmt: skip
async def test_the_page_comes_quickly_and_stays_light(datasette: Datasette, path: str) -> None:
    await datasette.client.get("/about")
    start = time.monotonic()
    answer = await datasette.client.get(path)
    assert answer.status_code == 200
    assert time.monotonic() - start < 2
    assert len(answer.content) < 300_000


async def test_exports_hold_all_of_it(datasette: Datasette) -> None:
    ris = (await datasette.client.get("/w/consortium.ris")).text
    assert ris.count("\nAU  - ") == 10_000
    csl = (await datasette.client.get("/w/long-abstract.csljson")).json()
    assert len(csl[0]["abstract"]) > 1_000_000
