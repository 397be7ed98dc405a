"""The invented library, built and behind a Datasette of this process."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from library import build, settings
from library.cli import serve
from library.site.compat import Datasette, is_one

DATA = Path(__file__).parents[1] / "data" / "site"


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the invented library, with its database built."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copy(DATA / "library.bib", folder / "references.bib")
    shutil.copy(DATA / "metadata.yml", folder / "metadata.yml")
    build.build(settings.load(folder))
    return folder


@pytest.fixture
def datasette(root: Path) -> Iterator[Datasette]:
    """Return a Datasette as `library serve` runs it."""
    instance = serve.application(settings.load(root))
    yield instance
    for database in instance.databases.values():
        database.close()


def query_address(sql: str, extension: str = "", **parameters: object) -> str:
    """Return the address of a SQL query, which moved between Datasette 0.65 and 1.0."""
    page = "/library/-/query" if is_one() else "/library"
    query = urlencode({"sql": sql, **parameters})
    return page + (f".{extension}" if extension else "") + "?" + query
