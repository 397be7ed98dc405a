"""Entries that are one work: found, shown, merged with nothing lost."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from library.cli.main import cli
from library.formats.bibtex.blocks import decode, read_entries

BIB = """% a comment that stays
@article{doe2014,
  author = {Doe, A. and Roe, B.},
  title  = {Made-up studies of the examples that nobody has seen},
  journal = {J Ex},
  year   = {2014},
  keywords = {a, b},
  note   = {Read it twice.},
  volume = {4},
}

@article{Doe14made,
  author  = {Doe, Ann and Roe, Ben},
  title   = {Made-Up Studies of the Examples That Nobody Has Seen},
  journal = {Journal of Examples},
  year    = {2014},
  volume  = {3},
  pages   = {1--9},
  keywords = {b, c},
  abstract = {In short.},
  ids     = {older},
}

@misc{preprint, author = {Doe, Ann and Roe, Ben}, year = {2013},
  title = {Made-up studies of the examples that nobody has seen}, doi = {10.1101/2013.01.01.123456},
  archiveprefix = {bioRxiv}}

@incollection{child, crossref = {doe2014}, title={Part of something else}, author={Moe, Dan}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "metadata.yml").write_text("title: Examples\n")
    (tmp_path / "references.bib").write_text(BIB)
    return tmp_path


def run(root: Path, *arguments: str) -> Result:
    command, *rest = arguments
    return CliRunner().invoke(cli, [command, "--root", str(root), *rest])


def entries(root: Path) -> dict[str, dict[str, str]]:
    reading = read_entries(decode((root / "references.bib").read_bytes()))
    return {entry.key: entry.fields for entry in reading.entries}


def test_duplicates_are_shown_side_by_side_and_nothing_changes(root: Path) -> None:
    done = run(root, "dedupe")
    assert done.exit_code == 1
    assert "Doe14made = doe2014" in done.output
    assert "journal: Journal of Examples  (from Doe14made: the same, in full)" in done.output
    assert (root / "references.bib").read_text() == BIB


def test_a_merge_keeps_every_value_and_the_lost_keys(root: Path) -> None:
    done = run(root, "dedupe", "--apply")
    assert done.exit_code == 0, done.output
    kept = entries(root)
    assert "doe2014" not in kept
    merged = kept["Doe14made"]
    assert merged["author"] == "Doe, Ann and Roe, Ben"
    assert merged["keywords"] == "b, c, a"
    assert merged["note"] == "Read it twice."
    assert (merged["volume"], merged["other-volume"]) == ("3", "4")
    assert merged["ids"] == "older, doe2014"
    assert kept["child"]["crossref"] == "Doe14made"
    assert "% a comment that stays" in (root / "references.bib").read_text()
    assert run(root, "dedupe").exit_code == 0


def test_a_preprint_stays_apart(root: Path) -> None:
    run(root, "dedupe", "--apply")
    assert "preprint" in entries(root)


def test_what_somebody_says_is_apart_stays_apart(root: Path) -> None:
    done = run(root, "dedupe", "--apart", "doe2014,Doe14made", "--apply")
    assert done.exit_code == 0
    assert (root / "references.bib").read_text() == BIB
    assert isinstance(run(root, "dedupe", "--apart", "doe2014").exception, Exception)


def test_the_site_leads_from_the_lost_key_to_the_work(root: Path) -> None:
    run(root, "dedupe", "--apply")
    assert "Doe14made" in run(root, "show", "doe2014").output


def test_documents_follow_the_keys(root: Path) -> None:
    run(root, "dedupe", "--apply")
    tex = root / "paper.tex"
    tex.write_text(
        "\\citep[see][p.~3]{doe2014,other}, \\cites(a)(b)[1]{doe2014}[2]{x, doe2014},\n"
        "\\Textcite*{doe2014} \\nocite{doe2014} but doe2014 alone and \\ref{doe2014} stay.\n"
    )
    markdown = root / "paper.md"
    markdown.write_text("As said [see @doe2014, p. 3; -@{doe2014}]. @doe2014.\n")
    done = run(root, "rekey", str(tex), str(markdown))
    assert "paper.tex: 2 lines" in done.output
    assert "doe2014" in tex.read_text()
    run(root, "rekey", str(tex), str(markdown), "--apply")
    assert tex.read_text() == (
        "\\citep[see][p.~3]{Doe14made,other}, \\cites(a)(b)[1]{Doe14made}[2]{x, Doe14made},\n"
        "\\Textcite*{Doe14made} \\nocite{Doe14made} but doe2014 alone and \\ref{doe2014} stay.\n"
    )
    assert markdown.read_text() == "As said [see @Doe14made, p. 3; -@{Doe14made}]. @Doe14made.\n"


def test_keys_are_shown_made_pinned_and_changed(root: Path) -> None:
    shown = run(root, "keys")
    assert "Doe14made → doe2014made" in shown.output
    run(root, "keys", "--pin", "Doe14made")
    assert entries(root)["Doe14made"]["keypinned"] == "true"
    assert "Doe14made" not in run(root, "keys").output
    run(root, "keys", "--unpin", "Doe14made")
    run(root, "keys", "Doe14made", "--make", "--apply")
    assert entries(root)["doe2014made"]["ids"] == "older, Doe14made"
    run(root, "keys", "--rename", "doe2014made", "leaves", "--apply")
    assert entries(root)["leaves"]["ids"] == "older, Doe14made, doe2014made"
    assert "Doe14made → leaves" in run(root, "keys", "--old").output
    taken = run(root, "keys", "--rename", "leaves", "child", "--apply")
    assert isinstance(taken.exception, Exception)
    assert "leaves" in entries(root)


def test_one_field_under_two_names_stays_one(tmp_path: Path) -> None:
    """`journal` and `year` of the other entry say nothing that `journaltitle` and `date` do not."""
    (tmp_path / "metadata.yml").write_text("title: T\n")
    title = "Growth without light in leaves that were invented"
    (tmp_path / "references.bib").write_text(
        f"@article{{a, author = {{Doe, Ann}}, title = {{{title}}}, journaltitle = {{Tests}},"
        " date = {2017-10-01}, volume = {3}, number = {4}, pages = {5--9}}\n"
        f"@article{{b, author = {{Doe, Ann}}, title = {{{title}}}, journal = {{Tests}},"
        " year = {2017}, month = oct, address = {Kyiv}}\n"
    )
    assert run(tmp_path, "dedupe", "--apply").exit_code == 0
    (fields,) = entries(tmp_path).values()
    assert fields["journaltitle"] == "Tests"
    assert fields["date"] == "2017-10-01"
    assert fields["address"] == "Kyiv"
    assert not {"journal", "year", "month", "other-year"} & fields.keys()
