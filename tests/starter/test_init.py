"""`library init`, and a library begun from an installed wheel."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from library import settings
from library.starter import starting_files
from tests.running import library

ROOT = Path(__file__).resolve().parents[2]
BIB = "% ours\r\n@book{a1,title={Leaves},year=2001}\r\n\r\n@book{b2,title={Roots},year=2002}\r\n"


def test_a_new_library_is_a_whole_one(tmp_path: Path) -> None:
    done = library("init", "demo", "--title", 'Sepsis: "early" signs', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    demo = tmp_path / "demo"
    assert settings.load(demo).warnings == ()
    assert "cd demo" in done.stdout
    added = library("add", "--type", "book", "--title", "Leaves", "--date", "2001", cwd=demo)
    assert added.returncode == 0, added.stderr
    assert "Leaves" in library("list", cwd=demo).stdout
    assert (demo / "references.bib").read_text().startswith(starting_files("")["references.bib"])
    assert 'title: "Sepsis: \\"early\\" signs"' in (demo / "metadata.yml").read_text()
    ignored = ["library.db", "records.db"]
    subprocess.run(["git", "init", "-q"], check=True, cwd=demo)
    shown = subprocess.run(
        ["git", "check-ignore", *ignored], check=True, cwd=demo, capture_output=True, text=True
    )
    assert shown.stdout.split() == ignored


def test_one_bib_file_becomes_the_library_byte_for_byte(tmp_path: Path) -> None:
    mine = tmp_path / "mine.bib"
    mine.write_bytes(BIB.encode())
    done = library("init", "demo", "--from", "mine.bib", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "references.bib").read_bytes() == BIB.encode()
    assert json.loads(done.stdout)["works"] == 2


def test_files_of_other_formats_are_imported_and_what_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "two.ris").write_text("TY  - BOOK\nTI  - Leaves\nPY  - 2001\nER  - \n")
    (tmp_path / "odd.xyz").write_text("nothing that anybody knows")
    done = library("init", "demo", "--from", "two.ris", "--from", "odd.xyz", cwd=tmp_path)
    assert done.returncode == 1
    assert "! odd.xyz" in done.stdout
    assert "holds 1 work." in done.stdout
    assert "Leaves" in (tmp_path / "demo" / "references.bib").read_text()


def test_no_file_that_is_there_is_touched(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    done = library("init", cwd=tmp_path)
    assert done.returncode == 2
    assert "README.md already" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")
    done = library("init", "demo", cwd=tmp_path)
    assert done.returncode == 2
    assert "is a file" in done.stderr


def test_a_folder_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    demo.mkdir()
    # A file stands where the workflows' folder would be; root may write anywhere else.
    (demo / ".github").write_text("mine")
    done = library("init", "demo", "--github", cwd=tmp_path)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert [path.name for path in demo.iterdir()] == [".github"]


@pytest.mark.slow
def test_the_built_wheel_in_an_empty_place_begins_and_serves_a_library(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--no-input"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", "dist", ROOT],
        check=True,
        cwd=tmp_path,
        timeout=120,
    )
    (built,) = (tmp_path / "dist").iterdir()
    place = tmp_path / "place"
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", place, built],
        check=True,
        timeout=120,
    )
    environment = {**os.environ, "PYTHONPATH": str(place)}
    command = place / "bin" / "library"
    where = subprocess.run(
        [sys.executable, "-c", "import library; print(library.__file__)"],
        check=True,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(place)
    subprocess.run([command, "init", "demo"], check=True, cwd=tmp_path, env=environment)
    serving = subprocess.Popen(
        [command, "serve", "--port", "0"],
        cwd=tmp_path / "demo",
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stdout is not None
        found = re.search(r"http://\S+", serving.stdout.readline())
        assert found
        with urllib.request.urlopen(found[0], timeout=30) as answer:  # noqa: S310 - our own server
            assert "Demo" in answer.read().decode()
    finally:
        serving.kill()
        serving.communicate()
