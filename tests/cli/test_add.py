"""`library add`, as a person uses it."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.conftest import Seed
from tests.loopback.world import World
from tests.running import LIBRARY

DOI = "10.1001/jamapediatrics.2017.2391"


def _added(diff: str) -> list[str]:
    return [line[1:] for line in diff.splitlines() if line.startswith("+") and line[:3] != "+++"]


def _removed(diff: str) -> list[str]:
    return [line for line in diff.splitlines() if line.startswith("-") and line[:3] != "---"]


def test_adding_a_doi_changes_the_file_by_one_entry(seed: Seed) -> None:
    done = seed.run("add", DOI)
    assert done.returncode == 0, done.stderr
    assert "sandy2017influenza" in done.stdout
    diff = seed.git_diff()
    added = [line for line in _added(diff) if line]
    assert _removed(diff) == []
    assert added[0] == "@article{sandy2017influenza,"
    assert added[-1] == "}"
    assert sum(line.startswith("@") for line in added) == 1
    text = "\n".join(added)
    for line in (
        "author       = {Sandy, Kate and Gandham, Sowmya and Nanan, Ralph},",
        "journaltitle = {JAMA Pediatrics},",
        "date         = {2017-10-01},",
        f"doi          = {{{DOI}}},",
    ):
        assert line in text


def test_what_is_added_is_on_the_list_and_can_be_exported(seed: Seed) -> None:
    seed.run("add", DOI)
    assert "sandy2017influenza" in seed.run("list", "influenza").stdout
    assert f"DO  - {DOI}" in seed.run("export", "sandy2017influenza", "--format", "ris").stdout


@pytest.mark.parametrize(
    "form", [f"https://doi.org/{DOI}", f"doi:{DOI}", DOI.upper(), f"http://dx.doi.org/{DOI}"]
)
def test_every_way_to_write_a_doi_is_understood(seed: Seed, form: str) -> None:
    assert "sandy2017influenza" in seed.run("add", form, "--dry-run").stdout


def test_several_dois_go_in_one_request(seed: Seed, loopback: World) -> None:
    dois = "10.1056/NEJMp1314927 10.1001/jamapediatrics.2014.1002 10.1001/jamapediatrics.2014.999"
    seed.bib.write_text("", encoding="utf-8")
    done = seed.run("add", *dois.split())
    assert done.returncode == 0, done.stderr
    works = [request for request in loopback.log if "/works" in request.path]
    assert len(works) == 1
    assert seed.bib.read_text(encoding="utf-8").count("@article") == 3


def test_identifiers_come_from_standard_input_and_from_files(seed: Seed, tmp_path: Path) -> None:
    assert seed.run("add", "-", "--dry-run", stdin=f"# mine\n{DOI}\n").returncode == 0
    (tmp_path / "dois.txt").write_text(f"{DOI}\n", encoding="utf-8")
    assert seed.run("add", "--from", "dois.txt", "--dry-run").returncode == 0


def test_a_dry_run_shows_the_entry_and_writes_nothing(seed: Seed) -> None:
    done = seed.run("add", DOI, "--dry-run")
    assert "+@article{sandy2017influenza," in done.stdout
    assert seed.git_diff() == ""


def test_what_is_there_already_is_refused_with_its_key(seed: Seed) -> None:
    done = seed.run("add", "https://doi.org/10.1056/NEJMp1314927")
    assert done.returncode == 1
    assert "already in the library as todres2014responding" in done.stdout
    assert seed.git_diff() == ""


def test_the_same_work_without_its_doi_is_recognised(seed: Seed) -> None:
    seed.run("edit", "diaz2014confronting", "doi=")
    done = seed.run("add", "10.1001/jamapediatrics.2014.1002")
    assert done.returncode == 1
    assert "already in the library as diaz2014confronting: it is the same work" in done.stdout


def test_a_malformed_doi_is_said_and_the_others_are_added(seed: Seed) -> None:
    done = seed.run("add", "10.1056", DOI)
    assert done.returncode == 2
    assert "! 10.1056: " in done.stdout
    assert "+ " + DOI in done.stdout


def test_a_doi_that_nobody_knows_is_said(seed: Seed) -> None:
    done = seed.run("add", "10.5555/nobody.knows.this")
    assert done.returncode == 1
    assert "No such DOI is registered anywhere" in done.stdout


def test_a_service_that_is_down_is_said_with_exit_code_3(seed: Seed) -> None:
    down = Seed(seed.root, {**seed.environment, "LIBRARY_CROSSREF_URL": "http://127.0.0.1:9"})
    done = down.run("add", DOI)
    assert done.returncode == 3
    assert "no usable answer from Crossref" in done.stdout
    assert seed.git_diff() == ""


def test_a_missing_bib_file_is_said_before_anybody_is_asked(seed: Seed, loopback: World) -> None:
    seed.bib.unlink()
    done = seed.run("add", DOI)
    assert done.returncode == 2
    assert "There is no file" in done.stderr
    assert not loopback.log


def test_each_line_has_its_object_in_json(seed: Seed) -> None:
    done = seed.run("add", DOI, "10.1056/NEJMp1314927", "--json")
    first, second = json.loads(done.stdout)
    assert (first["status"], first["key"]) == ("added", "sandy2017influenza")
    assert (second["status"], second["key"]) == ("present", "todres2014responding")


def test_a_work_without_an_identifier_is_added_by_hand(seed: Seed) -> None:
    done = seed.run(
        *("add", "--type", "report", "--title", "Trafficking in Ports", "--author", "{Port Watch}"),
        *("--author", "Doe, Jane", "--date", "2020", "--field", "keywords=topic:ports"),
    )
    assert done.returncode == 0, done.stderr
    text = "\n".join(_added(seed.git_diff()))
    assert "author       = {{Port Watch} and Doe, Jane}," in text
    assert "title        = {Trafficking in Ports}," in text
    assert "keywords     = {topic:ports}," in text


def test_by_hand_too_a_work_is_not_added_twice(seed: Seed) -> None:
    done = seed.run(
        *("add", "--type", "booklet", "--title", "Communicating with victims of human trafficking"),
        *("--author", "{Rescue and Restore Campaign}"),
    )
    assert done.returncode == 1
    assert "already in the library as rescue-communicating" in done.stdout


def test_an_editor_opens_on_a_template(seed: Seed, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\nprintf '@misc{mine,\\n  title = {My Own Thing},\\n}\\n' > \"$1\"\n",
        encoding="utf-8",
    )
    editor.chmod(0o755)
    mine = Seed(seed.root, {**seed.environment, "VISUAL": str(editor), "EDITOR": str(editor)})
    done = mine.run("add", "--edit")
    assert done.returncode == 0, done.stderr
    assert "@misc{mine," in seed.git_diff()


def test_two_who_add_at_the_same_moment_both_succeed(seed: Seed) -> None:
    def add(title: str) -> subprocess.CompletedProcess[str]:
        return seed.run("add", "--type", "misc", "--title", title)

    titles = ["On Harbours and Ports", "Reading Bones", "Winter Wheat", "Maps of the Moon"]
    with ThreadPoolExecutor(4) as pool:
        codes = [done.returncode for done in pool.map(add, titles)]
    assert codes == [0, 0, 0, 0]
    text = seed.bib.read_text(encoding="utf-8")
    assert all(text.count(f"{{{title}}}") == 1 for title in titles)


def test_a_closed_standard_input_is_said(seed: Seed) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{LIBRARY} add - <&-"],
        check=False,
        cwd=seed.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == "library: There is no standard input to read. Nothing was added.\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_said(seed: Seed) -> None:
    seed.run("build")
    seed.root.chmod(0o555)
    try:
        done = seed.run("add", DOI)
    finally:
        seed.root.chmod(0o755)
    assert done.returncode == 3
    assert "could not be written" in done.stderr


def test_help_shows_an_example() -> None:
    done = subprocess.run([LIBRARY, "add", "--help"], check=True, capture_output=True, text=True)
    assert "Example: library add" in done.stdout


def test_by_hand_too_a_malformed_doi_is_refused(seed: Seed) -> None:
    done = seed.run("add", "--type", "misc", "--title", "Odd", "--doi", "nodoi")
    assert done.returncode == 2
    assert "'nodoi' is not a DOI" in done.stderr
    assert seed.git_diff() == ""


def test_what_is_odd_about_a_work_added_by_hand_is_said(seed: Seed) -> None:
    done = seed.run("add", "--type", "misc", "--title", "Odd", "--date", "2014-13-45")
    assert "date" in done.stderr
    assert "2014-13-45" in done.stderr


def test_a_failure_behind_the_file_says_that_the_file_is_saved(seed: Seed) -> None:
    seed.run("build")
    (seed.root / "records.db").write_bytes(b"this is no database, and it is long enough" * 99)
    done = seed.run("edit", "heal", "note=draft")
    assert done.returncode == 3
    assert "references.bib is saved as you asked" in done.stderr
    assert "note         = {draft}" in seed.git_diff()


def test_a_list_of_references_is_matched_and_imported(seed: Seed) -> None:
    listed = seed.root / "references.txt"
    listed.write_text(
        "1. Sandy K, Gandham S, Nanan R. Influenza A infections in infants of vaccinated"
        " and unvaccinated mothers. JAMA Pediatr. 2017;171(10):1024.\n"
        "2. Todres J, Clayton EW. Responding to the sexual exploitation of minors."
        " N Engl J Med. 2014;370(14):1282-3.\n"
        "3. Nobody N. A work that no registry of any kind has ever heard of. Nowhere. 2011;1:1.\n"
    )
    done = seed.run("import", str(listed))
    assert done.returncode == 1
    assert "+ Sandy K" in done.stdout
    assert "sandy2017influenza" in done.stdout
    assert "already in the library as todres2014responding" in done.stdout
    assert "! Nobody N" in done.stdout
    assert "find its DOI, or describe it" in done.stdout
    assert [line for line in _added(seed.git_diff()) if line.startswith("@")] == [
        "@article{sandy2017influenza,"
    ]
