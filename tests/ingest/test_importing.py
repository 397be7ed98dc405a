"""`library import`, whole: files in, references.bib and what is said about each record out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from library.cli.main import cli

BIB = """% the library's own comment
@article{Doe2014,
  author = {Doe, Ann},
  title  = {Made-up studies of the examples that nobody has seen},
  journaltitle = {Journal of Examples},
  date   = {2014},
  doi    = {10.1000/abc},
}
"""
RIS = """TY  - JOUR
AU  - Roe, Ben
TI  - Another made-up study, of things that are not there
T2  - Journal of Examples
PY  - 2016
DO  - 10.1000/new
ER  -

TY  - JOUR
AU  - Doe, Ann
TI  - Made-up studies of the examples that nobody has seen
T2  - Journal of Examples
PY  - 2014
DO  - 10.1000/ABC
ER  -
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "metadata.yml").write_text("title: Examples\n")
    (tmp_path / "references.bib").write_text(BIB)
    return tmp_path


def run(root: Path, *arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["import", "--root", str(root), *arguments], input=stdin)


def written(root: Path) -> str:
    return (root / "references.bib").read_text()


def test_new_works_are_appended_and_those_that_are_there_are_named(root: Path) -> None:
    path = root / "found.ris"
    path.write_text(RIS)
    done = run(root, str(path))
    assert done.exit_code == 0, done.output
    assert "already in the library as Doe2014: it has the same DOI" in done.output
    assert written(root).startswith(BIB)
    assert written(root).count("@article") == 2
    assert "{10.1000/new}" in written(root)


def test_importing_a_file_twice_adds_nothing_the_second_time(root: Path) -> None:
    path = root / "found.ris"
    path.write_text(RIS)
    run(root, str(path))
    before = written(root)
    done = run(root, str(path))
    assert written(root) == before
    assert "0 added, 2 in the library already" in done.output


def test_a_work_that_stands_twice_in_the_files_is_added_once(root: Path) -> None:
    path = root / "found.ris"
    path.write_text(RIS)
    run(root, str(path), str(path))
    assert written(root).count("10.1000/new") == 1


def test_a_dry_run_shows_the_diff_and_changes_nothing(root: Path) -> None:
    path = root / "found.ris"
    path.write_text(RIS)
    done = run(root, str(path), "--dry-run")
    assert written(root) == BIB
    assert "+  doi    = {10.1000/new}" in done.output
    assert "1 would be added" in done.output


def test_entries_of_a_bib_file_go_over_as_they_are_written(root: Path) -> None:
    entry = "@Book{Poe1845,\n\ttitle={The   {R}aven},  author={Poe, E.}\n}"
    path = root / "other.bib"
    path.write_text("@comment{jabref-meta: x}\nCreated with a program.\n" + entry + "\n")
    done = run(root, str(path))
    assert done.exit_code == 0, done.output
    assert entry in written(root)


def test_an_entry_whose_key_another_work_has_gets_a_key_of_its_own(root: Path) -> None:
    path = root / "other.bib"
    path.write_text("@book{Doe2014, title = {A wholly different book}, author = {Noe, X.}}\n")
    done = run(root, str(path))
    assert "another work has the key Doe2014" in done.output
    assert written(root).count("{Doe2014,") == 1
    assert "A wholly different book" in written(root)


def test_the_keys_of_csl_json_are_kept_where_they_are_free(root: Path) -> None:
    path = root / "items.json"
    items = [{"id": "poe1845", "type": "book", "title": "The Raven", "author": [{"family": "Poe"}]}]
    path.write_text(json.dumps(items))
    run(root, str(path))
    assert "@book{poe1845," in written(root)


def test_standard_input_is_read_for_a_dash(root: Path) -> None:
    done = run(root, "-", stdin=RIS.encode("utf-16"))
    assert done.exit_code == 0, done.output
    assert "10.1000/new" in written(root)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "its format is not known"),
        (b"TY  - JOUR\nER  - \n", "nothing"),
    ],
)
def test_a_file_without_works_is_said_and_changes_nothing(
    root: Path, content: bytes, said: str
) -> None:
    path = root / "file"
    path.write_bytes(content)
    done = run(root, str(path))
    assert done.exit_code == 1
    assert said in done.output
    assert written(root) == BIB


def test_a_record_without_title_and_name_is_refused_and_the_others_are_added(root: Path) -> None:
    path = root / "found.ris"
    path.write_text("TY  - JOUR\nPY  - 2001\nER  - \n\n" + RIS)
    done = run(root, str(path))
    assert "10.1000/new" in written(root)
    assert "left out" in done.output


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl-json", "endnote", "enw", "yaml"])
def test_what_was_exported_is_recognised_as_held_when_it_comes_back(root: Path, form: str) -> None:
    path = root / "exported"
    runner = CliRunner()
    out = runner.invoke(cli, ["export", "--root", str(root), "--format", form, "-o", str(path)])
    assert out.exit_code == 0, out.output
    done = run(root, str(path))
    assert "0 added, 1 in the library already, 0 not imported" in done.output
    assert written(root) == BIB


def test_a_number_in_some_text_is_not_taken_for_a_pmid(root: Path) -> None:
    path = root / "notes.txt"
    path.write_text("shopping\n2014\nmilk and bread\nand then home\n")
    done = run(root, str(path))
    assert done.exit_code == 1
    assert "its format is not known" in done.output
    assert written(root) == BIB


def test_many_records_are_each_judged_against_few_others(root: Path) -> None:
    # Judged against all others, these would take ten minutes.
    path = root / "many.ris"
    words = ["leaf", "root", "stem", "bark", "seed", "twig", "cone", "moss", "fern", "reed"]

    def record(number: int) -> str:
        title = f"On the {words[number % 10]} and the {words[number // 10 % 10]} of tree {number}"
        return f"TY  - JOUR\nAU  - Roe, Ben\nTI  - {title}\nPY  - {1900 + number % 100}\nER  - \n"

    path.write_text("".join(record(number % 1900) for number in range(2000)))
    done = run(root, str(path))
    assert "1,900 added, 100 in the library already" in done.output
    again = run(root, str(path))
    assert "0 added, 2,000 in the library already" in again.output
