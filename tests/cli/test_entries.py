"""`library list`, `show`, `edit`, `remove` and `export`, as a person uses them."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Seed
from tests.running import LIBRARY


def test_list_shows_every_work_of_the_seed(seed: Seed) -> None:
    done = seed.run("list")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 26


def test_list_narrows_by_type_keyword_and_year(seed: Seed) -> None:
    narrowing = ("--type", "article-journal", "--keyword", "topic:prevention", "--year", "2010-")
    done = seed.run("list", *narrowing)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "diaz2014confronting",
        "todres2014responding",
    ]


def test_list_gives_objects_in_json(seed: Seed) -> None:
    (one,) = json.loads(seed.run("list", "compendium", "--json").stdout)
    assert (one["citation_key"], one["year"]) == ("compendium2014trafficking", 2014)


def test_a_year_that_is_none_is_a_wrong_use(seed: Seed) -> None:
    done = seed.run("list", "--year", "soon")
    assert (done.returncode, done.stdout) == (2, "")
    assert "neither a year nor FROM-TO" in done.stderr


def test_show_takes_a_key_or_a_doi(seed: Seed) -> None:
    by_key = seed.run("show", "diaz2014confronting").stdout
    assert "Angela Diaz; Ellen Wright Clayton; Patti Simon" in by_key
    assert seed.run("show", "10.1001/jamapediatrics.2014.1002").stdout == by_key


def test_show_of_a_key_that_is_not_here_says_so(seed: Seed) -> None:
    done = seed.run("show", "nobody1900")
    assert done.returncode == 2
    assert "No work has the key or DOI 'nobody1900'" in done.stderr


def test_an_edit_changes_one_line(seed: Seed) -> None:
    done = seed.run("edit", "heal", "type=Association")
    assert done.returncode == 0, done.stderr
    changed = [
        line
        for line in seed.git_diff().splitlines()
        if line[:1] in "+-" and line[:3] not in {"+++", "---"}
    ]
    assert changed == ["-  type         = {Organization},", "+  type         = {Association},"]


def test_an_edit_of_a_key_that_is_not_here_changes_nothing(seed: Seed) -> None:
    done = seed.run("edit", "Heal", "type=x")
    assert done.returncode == 2
    assert "There is 'heal': letter case counts" in done.stderr
    assert seed.git_diff() == ""


def test_a_value_that_would_break_the_file_is_refused(seed: Seed) -> None:
    done = seed.run("edit", "heal", "title=Unbalanced } brace")
    assert done.returncode in {1, 2}
    assert seed.git_diff() == ""


def test_removed_entries_are_gone_from_file_and_list(seed: Seed) -> None:
    seed.run("remove", "heal", "cancer-incytes")
    assert seed.bib.read_text(encoding="utf-8").count("\n@") == 24
    assert "heal " not in seed.run("list").stdout


@pytest.mark.parametrize("name", ["all.bib", "all.ris", "all.csl.json", "all.csv"])
def test_the_whole_library_is_exported_by_the_files_name(seed: Seed, name: str) -> None:
    done = seed.run("export", "-o", name)
    assert done.returncode == 0, done.stderr
    text = (seed.root / name).read_text(encoding="utf-8")
    marks = {"all.bib": "\n@", "all.ris": "TY  - ", "all.csl.json": '"id":', "all.csv": "\n"}
    assert ("\n" + text).count(marks[name]) >= 26


def test_bibtex_is_exported_as_it_stands_in_the_file(seed: Seed) -> None:
    exported = seed.run("export", "heal").stdout
    assert exported.strip() in seed.bib.read_text(encoding="utf-8")


def test_a_search_is_exported(seed: Seed) -> None:
    done = seed.run("export", "--search", "curricula", "--format", "csl-json")
    assert [item["id"] for item in json.loads(done.stdout)] == ["grace2014integrating"]


def test_an_unknown_key_leaves_the_old_file(seed: Seed) -> None:
    (seed.root / "out.bib").write_text("mine", encoding="utf-8")
    done = seed.run("export", "nobody1900", "-o", "out.bib")
    assert done.returncode == 2
    assert (seed.root / "out.bib").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_said(seed: Seed) -> None:
    done = seed.run("export", "-o", "no/such/folder.bib")
    assert done.returncode == 3
    assert "could not be written" in done.stderr


def test_a_full_disk_leaves_the_old_file(seed: Seed) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("w") as device:
        done = subprocess.run(
            [LIBRARY, "export"], cwd=seed.root, stdout=device, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"No space left" in done.stderr


def test_a_title_cannot_drive_the_terminal(seed: Seed) -> None:
    text = seed.bib.read_text(encoding="utf-8")
    seed.bib.write_text(text.replace("{Resource Overview}", "{\x1b[31mRed}"), encoding="utf-8")
    primary, secondary = pty.openpty()
    done = subprocess.run(
        [LIBRARY, "export", "rescue-overview"], cwd=seed.root, stdout=secondary, check=False
    )
    os.close(secondary)
    printed = os.read(primary, 65536)
    os.close(primary)
    assert done.returncode == 0
    assert b"Red" in printed
    assert b"\x1b" not in printed
    assert "\x1b" not in seed.run("list").stdout
