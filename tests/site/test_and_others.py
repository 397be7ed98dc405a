"""The words "and others" are nobody's name: on no page, in no reference manager, in no export."""

import json
from pathlib import Path

import pytest

from library import build, settings
from library.cli import serve
from library.site.compat import Datasette
from tests.site.test_describing import Tags

BIB = """
@article{open, author = {Alder, Ann and Elm, Eva and others}, editor = {Fir, Finn and others},
  title = {Growth}, journaltitle = {Journal of Tests}, date = {2001}}
"""


@pytest.fixture
def served(tmp_path: Path) -> Datasette:
    """Return the site of one work whose authors are not all named."""
    (tmp_path / "references.bib").write_text(BIB)
    build.build(settings.load(tmp_path))
    return serve.application(settings.load(tmp_path))


async def test_a_page_says_that_there_are_others_and_names_nobody_so(served: Datasette) -> None:
    text = (await served.client.get("/w/open")).text
    assert text.count("and others</li>") == 2
    assert "Alder, Ann; Elm, Eva; et al. (2001)" in text
    tags = Tags(text)
    authors = [value for name, value in tags.meta if name == "citation_author"]
    assert authors == ["Alder, Ann", "Elm, Eva"]
    assert "others" not in json.dumps(tags.json_ld)
    works = (await served.client.get("/works")).text
    assert "Ann Alder, Eva Elm et al." in works
    assert not any("al." in coins for coins in Tags(works).coins)


@pytest.mark.parametrize("name", ["ris", "endnote", "enw"])
async def test_a_format_that_cannot_say_it_names_only_the_known(
    served: Datasette, name: str
) -> None:
    text = (await served.client.get(f"/works.{name}")).text
    assert "Alder, Ann" in text
    assert "others" not in text
    assert "et al" not in text


@pytest.mark.parametrize("name", ["bib", "csljson", "yaml"])
async def test_a_format_that_can_say_it_does(served: Datasette, name: str) -> None:
    text = (await served.client.get(f"/works.{name}")).text
    assert "others" in text


async def test_a_copy_that_never_changes_has_no_form_for_adding(
    tmp_path: Path, served: Datasette
) -> None:
    del served
    fixed = serve.Datasette([], immutables=[str(tmp_path / "library.db")])
    await fixed.invoke_startup()
    assert (await fixed.client.get("/works")).status_code == 200
    assert (await fixed.client.get("/-/add")).status_code == 404
