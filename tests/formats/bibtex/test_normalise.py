"""A .bib file in one manner."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from library.cli.main import cli
from library.formats.bibtex.normalise import normalise
from library.formats.bibtex.read import read

BIB = """% Encoding: UTF-8

@String{ jex = "Journal of Examples" }
@string{two = {Two}}
Some text.
@ARTICLE{zoe,
 Title="Leaves" # { and } # "Trees", year = 2014, Author={Zoe, Ann},
   month = {January}, pages = {1-9}, journal=jex }
@incollection{child, title = {Part}, crossref = {book}}

% about the book
@Book{book,title={Roots and
   Stems},author={Doe, Ann},}
@misc{odd, title = {A}, % why
  year = 1999}
@misc{broken, title = {A
"""


def test_entries_come_into_one_manner_and_all_else_stays() -> None:
    done = normalise(BIB.encode())
    text = done.content.decode()
    assert text.startswith(
        "% Encoding: UTF-8\n\n"
        '@String{ jex = "Journal of Examples" }\n'
        "@string{two = {Two}}\n\n"
        "Some text.\n\n"
        "@article{zoe,\n"
        "  author       = {Zoe, Ann},\n"
        '  title        = "Leaves" # { and } # "Trees",\n'
        "  journal      = jex,\n"
    )
    assert "  month        = jan,\n" in text
    assert "  pages        = {1--9},\n" in text
    assert "% about the book\n@book{book,\n" in text
    assert "@misc{odd, title = {A}, % why\n  year = 1999}" in text
    assert "@misc{broken, title = {A" in text
    assert done.left == ("odd",)


def test_done_twice_it_is_the_same() -> None:
    for sort in (False, True):
        once = normalise(BIB.encode(), sort=sort).content
        assert normalise(once, sort=sort).content == once


def test_parents_stay_behind_their_children_when_sorted() -> None:
    text = "@book{a, title={A}}\n@incollection{b, crossref={a}, title={B}}\n@misc{0, title={C}}\n"
    done = normalise(text.encode(), sort=True).content.decode()
    assert done.index("@misc{0") < done.index("@incollection{b") < done.index("@book{a")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encoding_and_line_ends_stay(encoding: str) -> None:
    raw = "@book{a,\r\n title = {Größe}}\r\n".encode(encoding)
    done = normalise(raw).content
    assert done.decode(encoding) == "@book{a,\r\n  title        = {Größe},\r\n}\r\n"


def test_the_command_checks_writes_and_shows(tmp_path: Path) -> None:
    (tmp_path / "metadata.yml").write_text("title: x\n")
    bib = tmp_path / "references.bib"
    bib.write_text("@BOOK{a, title={A}}\n")
    root = ["--root", str(tmp_path)]
    checked = CliRunner().invoke(cli, ["format", "--check", "--diff", *root])
    assert checked.exit_code == 1
    assert "+@book{a," in checked.output
    assert bib.read_text() == "@BOOK{a, title={A}}\n"
    assert CliRunner().invoke(cli, ["format", *root]).exit_code == 0
    assert bib.read_text() == "@book{a,\n  title        = {A},\n}\n"
    assert CliRunner().invoke(cli, ["format", "--check", *root]).exit_code == 0


@pytest.mark.corpus
def test_real_files_mean_the_same_and_stay_the_same(corpora: Path) -> None:
    for path in sorted((corpora / "bib").rglob("*.bib"))[::15]:
        raw = path.read_bytes()
        once = normalise(raw, sort=True).content
        assert normalise(once, sort=True).content == once, path
        assert _meaning(raw) == _meaning(once), path


def _meaning(raw: bytes) -> list[str]:
    return sorted(
        repr((replace(work, contributors=(), extra=()), sorted(map(repr, work.contributors))))
        for work in read(raw).works
    )
