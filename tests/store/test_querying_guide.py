"""docs/guide/querying.md: ten questions, each answered by a library that holds the answer."""

# ruff: noqa: E501 - a work of the test library is one line

import re
import sqlite3
from pathlib import Path

import pytest

from library.findings import Finding
from library.store.load import filling
from library.store.rows import work_rows
from library.store.schema import connect_reading
from library.store.write import SPACING
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Notice, Reference, Surroundings, Work

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "querying.md"
QUESTIONS = re.findall(
    r"^## (\d+\. .*?)\n.*?```sql\n(.*?)```",
    GUIDE.read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


@pytest.fixture(name="library", scope="module")
def fixture_library(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    author = (Contributor(Name(family="Diaz", given="Hannah")),)
    works = [
        (
            Work("law", "article-journal", "The law of trafficking and health", author, issued=Date((2014,)), doi="10.1000/law", keywords=("topic:law", "topic:human trafficking", "audience:health professionals")),
            Surroundings(notices=(Notice("retraction", "10.1000/n", is_about_this=True),)),
        ),
        (Work("other", "report", "Other", doi="10.1000/other"), Surroundings()),
        (
            Work("citing", "article-journal", "Citing", author, issued=Date((2016,))),
            Surroundings(references=(Reference(1, "10.1000/law"), Reference(2, "10.1000/other"), Reference(3, "10.1000/missing"))),
        ),
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("guide") / "library.db"
    with filling(path) as writer:
        for place, (work, around) in enumerate(works, 1):
            writer.add(work_rows(work, around), place * SPACING)
        writer.add_findings([(Finding("odd", "It is odd.", source="references.bib", line=1), None)])
    return connect_reading(path)


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_the_question_is_answered(library: sqlite3.Connection, question: str, sql: str) -> None:
    assert library.execute(sql).fetchall(), question
