"""Reading lists: works in a style under headings, as a page, a Word document and a PDF."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from library import citations
from library.citations import reading_list
from library.citations.errors import CitationError
from library.citations.reading_list import ReadingList
from library.cli.main import cli
from tests.citations.test_citations import ARTICLE, book

pytestmark = pytest.mark.skipif(not citations.available(), reason="the cite extra is not installed")

WORKS = [
    {
        **ARTICLE,
        "annote": "Read <i>this</i> first.\n\nThen & then.",
        "keyword": "topic:law, form:x",
    },
    book("Leaves", keyword="law, growth"),
    book("Roots", issued={}, annote="<script>alert(1)</script>"),
]


def page(**wanted: object) -> str:
    return reading_list.make(WORKS, ReadingList("To <read>", **wanted), "html").decode()  # type: ignore[arg-type]


def headings(text: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", text)


def test_years_come_newest_first_and_undated_works_last() -> None:
    text = page(by="year")
    assert headings(text) == ["2014", "2001", "Without a year"]
    assert "<title>To &lt;read&gt;</title>" in text


def test_a_work_stands_under_each_of_its_keywords() -> None:
    text = page(by="keyword")
    assert headings(text) == ["Growth", "Law", "Without a keyword"]
    assert text.count("<i>Leaves</i>") == 2


def test_types_are_named_for_people() -> None:
    assert headings(page(by="type")) == ["Book", "Journal article"]


def test_annotations_stand_under_their_works_and_stay_text() -> None:
    text = page()
    assert "<p>Read <i>this</i> first.</p><p>Then &amp; then.</p></blockquote>" in text
    assert "<script>" not in text
    assert "blockquote>" not in page(annotations=False).partition("</style>")[2]
    assert "owner's own words" not in text


def test_word_and_pdf_hold_the_same() -> None:
    wanted = ReadingList("Made-up reading", by="year")
    with zipfile.ZipFile(io.BytesIO(reading_list.make(WORKS, wanted, "docx"))) as document:
        text = document.read("word/document.xml").decode()
    assert all(word in text for word in ("Made-up reading", "2014", "Leaves", "Then &amp; then."))
    assert reading_list.make(WORKS, wanted, "pdf").startswith(b"%PDF-")


def test_text_that_typst_would_run_is_only_text() -> None:
    works = [book('#panic("no") $x$ *y* _z_ @key <label> `raw` // comment')]
    assert reading_list.make(works, ReadingList("#panic()"), "pdf").startswith(b"%PDF-")


def test_a_style_of_notes_alone_lists_nothing_and_says_so() -> None:
    with pytest.raises(CitationError, match="no list of works"):
        page(style="bluebook-law-review")


def test_the_command_makes_the_file_that_its_ending_names(tmp_path: Path) -> None:
    (tmp_path / "metadata.yml").write_text("title: Examples\n")
    (tmp_path / "references.bib").write_text("@book{a, title={Leaves}, author={Doe, Ann}}\n")
    root = ["--root", str(tmp_path)]
    for ending, start in ((".html", b"<!DOCTYPE"), (".docx", b"PK"), (".PDF", b"%PDF")):
        output = tmp_path / f"list{ending}"
        done = CliRunner().invoke(cli, ["reading-list", *root, "-o", str(output)])
        assert done.exit_code == 0, done.output
        assert output.read_bytes().startswith(start)
    done = CliRunner().invoke(cli, ["reading-list", *root, "-o", str(tmp_path / "list.odt")])
    assert isinstance(done.exception, Exception)
    assert "none of .html, .docx and .pdf" in str(done.exception)
