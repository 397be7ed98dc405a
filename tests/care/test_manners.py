"""What the file alone tells, which checks are made, and what is waived."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from library.care.registry import CHECKS
from library.cli.main import cli
from library.formats.bibtex.read import read

BIB = """@string{jex = "Journal of Examples"}
@string{unused = "Nobody reads this"}

@article{doe2014,
  author  = {Doe, Ann},
  title   = {On DNA and {RNA} in leaves},
  journal = jex,
  issn    = {0378-5955},
  doi     = {https://doi.org/10.5555/ABC},
  pages   = {1-9},
}

@article{roe2015,
  author  = {Roe, Ben},
  title   = {THE LEAVES OF MADE-UP TREES},
  journal = {J Ex},
  issn    = {0378-5955},
  year    = {2015},
}

@article{moe2016,
  author  = {Moe, Dan},
  title   = {&lt;i&gt;Quercus&lt;/i&gt; and its roots},
  journal = jex,
  issn    = {0378-5955},
  year    = {2016},
}

@article{moe2016again,
  author  = {Moe, D.},
  title   = {Quercus again and again and again},
  journal = jex,
  year    = {2016},
}

@article{moe2016twice,
  author  = {Moe, Dan},
  title   = {Quercus Again and Again and Again},
  journal = jex,
  year    = {2016},
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "metadata.yml").write_text("title: Examples\n")
    (tmp_path / "references.bib").write_text(BIB)
    return tmp_path


def check(root: Path, *arguments: str, settings: str = "") -> Result:
    if settings:
        (root / "metadata.yml").write_text(f"title: x\nplugins:\n  library:\n{settings}")
    return CliRunner().invoke(cli, ["check", "--severity", "info", "--root", str(root), *arguments])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing-field", "references.bib:4: warning: @article has no date or year (doe2014)"),
        ("unprotected-acronym", "DNA without braces"),
        ("title-in-capitals", "the title is in capitals throughout (roe2015)"),
        ("leftover-markup", "'&lt;' stands in title (moe2016)"),
        ("doi-address", "the DOI is 10.5555/ABC (doe2014)"),
        ("page-dash", "“1-9” is a range"),
        ("unused-string", "references.bib:2: info: no entry uses the @string unused"),
        ("venue-names", "“J Ex” is “Journal of Examples” elsewhere in the library (roe2015)"),
        ("duplicate", "it is the same work as moe2016again"),
        ("key-pattern", "the pattern makes"),
    ],
)
def test_each_check_finds_its_case_and_no_other(root: Path, name: str, said: str) -> None:
    done = check(root, "--only", name)
    assert done.exit_code == 1, done.output
    found = [line for line in done.output.splitlines() if f"[{name}]" in line]
    assert any(said in line for line in found), done.output
    assert len(found) == (5 if name == "key-pattern" else 1)


def test_checks_can_be_put_off_and_made_graver(root: Path) -> None:
    settings = "    checks:\n      missing-field: error\n      duplicate: off\n"
    done = check(root, settings=settings.replace("off", "'off'"))
    assert "error: @article has no date or year" in done.output
    assert "[duplicate]" not in done.output


def test_a_waiver_holds_for_one_entry_and_wants_a_reason(root: Path) -> None:
    waived = '    waived:\n      doe2014: "missing-field: it bears no date"\n'
    done = check(root, "--only", "missing-field", settings=waived)
    assert done.exit_code == 0
    bare = check(root, settings='    waived:\n      doe2014: "missing-field"\n')
    assert "has no reason" in str(bare.exception)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("    checks:\n      mising-field: error\n", "Did you mean missing-field?"),
        ("    checks:\n      missing-field: fatal\n", "it can be error, warning, info or off"),
        ('    waived:\n      doe2014: "no-such-check: why"\n', "There is no check 'no-such-check'"),
    ],
)
def test_rules_that_cannot_be_are_said(root: Path, settings: str, said: str) -> None:
    assert said in str(check(root, settings=settings).exception)


def test_safe_mending_changes_no_meaning(root: Path) -> None:
    before = read((root / "references.bib").read_bytes()).works
    done = check(root, "--fix", "--only", "doi-address,page-dash")
    assert done.exit_code == 0, done.output
    text = (root / "references.bib").read_text()
    assert "doi     = {10.5555/ABC}," in text
    assert "pages   = {1--9}," in text
    assert read((root / "references.bib").read_bytes()).works == before


def test_every_check_has_a_name_a_reason_and_a_place(root: Path) -> None:
    del root
    for check_name, one in CHECKS.items():
        assert check_name == one.name
        assert one.why.endswith((".", "“DNA”.", "library dedupe."))
    assert {one.name for one in CHECKS.values() if one.fixed} == {"doi-address", "page-dash"}


@pytest.mark.corpus
def test_no_reading_tells_of_a_check_that_is_not_listed(corpora: Path) -> None:
    for path in sorted((corpora / "bib").rglob("*.bib"))[::7]:
        for finding in read(path.read_bytes(), path.name).findings:
            assert finding.check in CHECKS, finding
