"""Our reading held against bibtexparser's on real files, sampled; the whole is in conformance."""

from pathlib import Path

import pytest
from measure.bibtex_differences import CLASSES, compare_with_bibtexparser
from measure.report import Failure

from library.formats.bibtex.blocks import decode, read_entries


@pytest.mark.corpus
def test_every_difference_from_bibtexparser_has_a_class(corpora: Path) -> None:
    files = sorted((corpora / "bib").glob("*/*.bib"))[::9]
    cases = [(path.name, path.read_bytes()) for path in files if path.stat().st_size < 300_000]
    failures: list[Failure] = []
    alike, explained = compare_with_bibtexparser(cases, failures)
    assert failures == []
    assert explained.holds
    assert alike.n is not None
    assert alike.n > 1000


def test_an_entry_behind_a_comment_that_never_ends_is_read_by_both() -> None:
    failures: list[Failure] = []
    raw = b"@a{k, t = {x}}\n@comment{never closed\n@a{l, t = {y}}\n"
    compare_with_bibtexparser([("t.bib", raw)], failures)
    assert [entry.key for entry in read_entries(decode(raw)).entries] == ["k", "l"]
    assert failures == []


def test_every_class_of_differences_is_explained_in_the_decisions() -> None:
    page = Path(__file__).parents[3] / "docs" / "decisions" / "reading-bib-files.md"
    text = page.read_text(encoding="utf-8")
    assert [name for name in CLASSES if f"| {name} |" not in text] == []
