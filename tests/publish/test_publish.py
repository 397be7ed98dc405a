"""`library publish`: the folder, and every way on from it as far as this machine goes."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from packaging.requirements import Requirement

from library.cli.serve import DATASETTE_SETTINGS
from library.publish import wheel
from tests.running import library

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "site"
DOCKER = """#!/bin/sh
# Keeps the context that it was asked to build.
for last; do :; done
cp -r "$last" "$DOCKER_CONTEXT"
"""


def invented(folder: Path) -> Path:
    """Return the folder of an invented library that was never built."""
    folder.mkdir()
    shutil.copy(DATA / "library.bib", folder / "references.bib")
    shutil.copy(DATA / "metadata.yml", folder / "metadata.yml")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a library of one test's own."""
    return invented(tmp_path / "invented")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the published folder of a library whose other files are gone."""
    root = invented(tmp_path_factory.mktemp("published") / "invented")
    done = library("publish", "site", cwd=root)
    assert done.returncode == 0, done.stderr
    assert re.search(r"site: 16 works, [\d.]+ MB", done.stdout)
    for path in root.iterdir():
        if path.is_file():
            path.unlink()
    return root / "site"


def command_of(dockerfile: str) -> str:
    """Return the shell line of a Dockerfile's CMD."""
    line = next(one[4:] for one in dockerfile.splitlines() if one.startswith("CMD "))
    return str(json.loads(line)[2]) if line.startswith("[") else line


@contextmanager
def container(folder: Path, place: Path) -> Iterator[str]:
    """Run a Dockerfile's command in the folder, with the wheel installed in `place`."""
    (built,) = folder.rglob("*.whl")
    pip = [sys.executable, "-m", "pip", "--quiet", "--no-input"]
    install = [*pip, "install", "--no-deps", "--no-index", "--target", str(place), str(built)]
    subprocess.run(install, check=True, timeout=120)
    text = (folder / "Dockerfile").read_text()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(place)}
    for line in re.findall(r"^RUN (datasette .*)", text, re.MULTILINE):
        subprocess.run(["sh", "-c", line], check=True, cwd=folder, env=environment, timeout=60)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["sh", "-c", command_of(text).replace("0.0.0.0", "127.0.0.1")],  # noqa: S104 - not here
        cwd=folder,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _wait(address: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 60
    while True:
        try:
            read(f"{address}/-/versions.json")
        except urllib.error.URLError:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return


def read(address: str) -> str:
    """Return the text of a page."""
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


def test_the_folder_serves_the_site_with_its_own_command(site: Path, tmp_path: Path) -> None:
    with container(site, tmp_path / "place") as address:
        assert "16 works" in read(address + "/works")
        databases = json.loads(read(address + "/-/databases.json"))
        assert [(one["name"], one["is_mutable"]) for one in databases] == [("library", False)]
        assert "@article" in read(address + "/works.bib")
        told = json.loads(read(address + "/-/settings.json"))
        expected = {name: value for name, (value, _) in DATASETTE_SETTINGS.items()}
        assert {name: told[name] for name in expected} == expected
        with pytest.raises(urllib.error.HTTPError, match="40[34]"):
            read(address + "/-/add")
    assert not (site / "records.db").exists()


def test_the_database_is_one_file_with_all_works_and_counted(site: Path) -> None:
    assert not list(site.glob("library.db-*"))
    with closing(sqlite3.connect(f"file:{site / 'library.db'}?immutable=1", uri=True)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT count(*) FROM works").fetchone() == (16,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    told = json.loads((site / "inspect-data.json").read_text())
    assert told["library"]["tables"]["works"]["count"] == 16


def test_the_wheel_holds_what_the_build_tool_would_put_in(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--no-input"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", tmp_path, ROOT],
        check=True,
        timeout=120,
    )
    (built,) = tmp_path.glob("*.whl")
    name, data = wheel.wheel()
    (tmp_path / "ours").mkdir()
    ours = tmp_path / "ours" / name
    ours.write_bytes(data)
    assert ours.name == built.name
    with zipfile.ZipFile(built) as theirs, zipfile.ZipFile(ours) as mine:
        wanted = {one for one in theirs.namelist() if ".dist-info/" not in one}
        assert {one for one in mine.namelist() if ".dist-info/" not in one} == wanted
        assert all(mine.read(one) == theirs.read(one) for one in wanted)


def test_everything_that_the_site_imports_is_pinned() -> None:
    pins = wheel.pinned()
    assert {"datasette", "numpy", "click", "habanero"} <= {Requirement(one).name for one in pins}
    assert all("==" in one for one in pins)
    assert not any(Requirement(one).name in ("dask", "pypandoc-binary", "pytest") for one in pins)


def test_the_page_for_datasette_lite_names_both_files(root: Path) -> None:
    done = library("publish", "site", "--address", "https://library.example/x", cwd=root)
    assert done.returncode == 0, done.stderr
    page = (root / "site" / "index.html").read_text()
    link = re.search(r'href="(https://lite[^"]*)"', page)
    assert link
    asked = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
    assert asked == {
        "url": ["https://library.example/x/library.db"],
        "metadata": ["https://library.example/x/metadata.yml"],
    }


def test_publishing_again_replaces_the_folder_whole(root: Path) -> None:
    site = root / "site"
    assert library("publish", "site", cwd=root).returncode == 0
    (site / "stray").write_text("left by an older version")
    bib = root / "references.bib"
    bib.write_text(bib.read_text() + "\n@book{fresh2026, title = {Fresh Leaves}, year = 2026}\n")
    done = library("publish", "site", "--json", cwd=root)
    assert json.loads(done.stdout)["works"] == 17
    assert not (site / "stray").exists()
    assert not [path for path in root.iterdir() if path.name.startswith(".site")]


def test_a_folder_of_somebody_else_is_left_alone(root: Path) -> None:
    (root / "papers").mkdir()
    (root / "papers" / "thesis.tex").write_text("mine")
    for folder in ("papers", "."):
        done = library("publish", folder, cwd=root)
        assert done.returncode == 2
        assert "Nothing was written" in done.stderr
    assert [path.name for path in (root / "papers").iterdir()] == ["thesis.tex"]


def test_datasette_package_gets_all_of_the_folder_and_what_it_makes_runs(
    root: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "docker").write_text(DOCKER)
    (programs / "docker").chmod(0o755)
    context = tmp_path / "context"
    (root / "templates").mkdir()
    (root / "templates" / "note.html").write_text("mine")
    done = library(
        *("publish", "site", "--", "package", "--tag", "my-library"),
        cwd=root,
        environment={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "DOCKER_CONTEXT": str(context),
        },
    )
    assert done.returncode == 0, done.stderr
    text = (context / "Dockerfile").read_text()
    installs = re.search(r"pip install -U (.*)", text)
    assert installs
    named = [word for word in shlex.split(installs[1]) if "/" in word]
    assert named
    assert all((context / word).exists() for word in named)
    assert (context / "templates" / "note.html").read_text() == "mine"
    with container(context, tmp_path / "place") as address:
        assert "16 works" in read(address + "/works")


def test_what_datasette_cannot_publish_is_said(root: Path) -> None:
    done = library("publish", "site", "--", "teleport", cwd=root)
    assert done.returncode == 2
    assert "teleport" in done.stderr
    assert not (root / "site").exists()
    done = library("publish", "site", "--", "publish", "nowhere", cwd=root)
    assert done.returncode == 3
    assert "is written and whole" in done.stderr
