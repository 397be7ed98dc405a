# ruff: noqa: E501 - a case is one line
from dataclasses import replace

import pytest

from library.judgement.blocking import blocking_keys
from library.work import Work
from tests.judgement.making import work

WHOLE = work(
    "Recognising trafficked patients in emergency departments: a study",
    container_title="Journal of Emergency Nursing",
    volume="41",
    page="212-219",
    doi="10.5555/jen.1",
)


@pytest.mark.parametrize(
    "other",
    [
        replace(WHOLE, doi=None, title="RECOGNISING TRAFFICKED PATIENTS IN EMERGENCY DEPARTMENTS"),
        replace(WHOLE, doi=None, title="Recogniizng trafikced patients", issued=work(None, year=2015).issued),
        replace(WHOLE, doi=None, title="Recogniizng trafikced patients", issued=work(None, year=2013).issued),
        replace(WHOLE, doi=None, title=None, contributors=(), page="212"),
        work("Something else", (), None, url="https://doi.org/10.5555/JEN.1"),
    ],
)  # fmt: skip
def test_two_descriptions_of_one_work_share_a_key(other: Work) -> None:
    assert blocking_keys(WHOLE) & blocking_keys(other)


def test_strangers_share_none() -> None:
    assert not blocking_keys(WHOLE) & blocking_keys(work("Bone density", ("Quist, Zoe",)))
    assert blocking_keys(work(None, (), None)) == set()


def test_chapters_of_one_book_are_not_blocked_by_its_isbn() -> None:
    chapter = work("Housing", (), None, type="chapter", isbn=("9780306406157",))
    assert not any(key.startswith("isbn:") for key in blocking_keys(chapter))
    book = work("Care", (), None, type="book", isbn=("9780306406157",))
    assert "isbn:9780306406157" in blocking_keys(book)
