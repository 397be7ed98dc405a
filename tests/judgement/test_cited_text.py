"""Which candidate a line of a list of references cites."""

import pytest

from library.judgement.cited_text import choose_cited, looks_like_a_reference
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work


def work(title: str, family: str | None = "Doe", year: int = 2014, doi: str = "10.5555/a") -> Work:
    people = (Contributor(Name(family=family, given="Ann")),) if family else ()
    return Work("", "article-journal", title, people, issued=Date((year,)), doi=doi)


LINE = "Doe A, Roe B. Made-up stu-dies of the examples: a review. J Ex. 2014;3(4):1-9."
RIGHT = work("Made-up Studies of the Examples: A Review")


@pytest.mark.parametrize(
    ("other", "index"),
    [
        (RIGHT, 0),
        (work("Made-up studies of the examples"), 0),  # the record has no subtitle
        (work("Made‐up studies of the examples: A review", year=2015), 0),  # online and in print
        (work("Made-up studies of the examples", "Moe"), None),
        (work("Made-up studies of the examples", year=2017), None),
        (work("Made-up studies of other examples"), None),
        (work("A review"), None),  # few words stand in many lines
        (work("Made-up studies of the examples", None), None),
    ],
)
def test_title_first_author_and_year_must_stand_in_the_line(other: Work, index: int | None) -> None:
    fit = choose_cited(LINE, [other])
    assert fit.index == index, fit.reason


def test_the_longer_title_is_meant_where_it_holds_the_other() -> None:
    part = work("Made-up studies of the examples", doi="10.5555/b")
    assert choose_cited(LINE, [part, RIGHT]).index == 1


def test_two_records_of_one_title_are_not_chosen_between() -> None:
    fit = choose_cited(LINE, [RIGHT, work(RIGHT.title or "", doi="10.5555/preprint")])
    assert fit.index is None
    assert "10.5555/a, 10.5555/preprint" in fit.reason


def test_an_umlaut_and_its_letters_are_the_same_name() -> None:
    line = "Müller, J. (2014). On the leaves of made-up trees. Ex, 2, 7."
    assert choose_cited(line, [work("On the Leaves of Made-Up Trees", "Müller")]).index == 0


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        (LINE, True),
        ("10.1000/abc", False),
        ("hello world, nothing to see here at all", False),
        ("Made-up 2014", False),
        ("12345678", False),
    ],
)
def test_what_may_be_a_reference(line: str, *, is_one: bool) -> None:
    assert looks_like_a_reference(line) is is_one
