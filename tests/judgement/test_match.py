# ruff: noqa: E501 - a case is one line
from dataclasses import replace

from library.judgement.match import choose, query_text
from tests.judgement.making import work

WANTED = work(
    "Recognising trafficked patients: a study",
    container_title="Journal of Emergency Nursing",
    volume="41",
    page="212-219",
    doi="10.5555/jen.1",
)
ENTRY = replace(WANTED, doi=None, title="Recognizing trafficked patients", page="212")
STRANGER = work("Bone density in runners", ("Quist, Zoe",), doi="10.5555/bone")
NOTICE = replace(WANTED, title="Correction to: " + str(WANTED.title), doi="10.5555/jen.2")


def test_the_work_of_the_entry_is_chosen_among_its_likenesses() -> None:
    preprint = work(WANTED.title, type="article", publisher="medRxiv", genre="Preprint", doi="10.1101/99999")  # fmt: skip
    choice = choose(ENTRY, [STRANGER, NOTICE, preprint, WANTED])
    assert choice.best is WANTED
    assert choice.index == 3
    assert not choice.tie
    assert choice.score > 0.9
    assert any(reason.startswith("title:") for reason in choice.reasons)


def test_none_is_chosen_where_none_fits() -> None:
    choice = choose(ENTRY, [STRANGER, NOTICE])
    assert choice.best is None
    assert not choice.tie
    assert choice.reasons[0].startswith("none fits")
    assert choose(ENTRY, []).reasons == ("no answers",)


def test_a_tie_is_never_taken() -> None:
    twin = replace(WANTED, doi="10.5555/twin")
    choice = choose(ENTRY, [WANTED, twin])
    assert choice.best is None
    assert choice.tie
    assert "10.5555/jen.1" in choice.reasons[0]
    assert "10.5555/twin" in choice.reasons[0]


def test_one_doi_given_twice_is_no_tie() -> None:
    assert choose(ENTRY, [WANTED, replace(WANTED, page=None)]).best is WANTED


def test_an_entry_that_says_too_little_is_not_matched() -> None:
    assert choose(work("Introduction", ("Rivera, Alma",)), [work("Introduction", ("Rivera, Alma",))]).best is None  # fmt: skip
    assert choose(work(None, ()), [WANTED]).best is None


def test_the_query_is_one_line_of_plain_words() -> None:
    made = work(
        "{\\em Recognising} <i>trafficked</i> patients &amp; friends",
        ("Rivera, Alma", "Okafor, Ben", "Lindqvist, Cara", "Nair, Ed"),
        container_title="J. Nurs.",
        volume="41",
        page="212-219",
    )
    assert query_text(made) == (
        "Recognising trafficked patients & friends Rivera Okafor Lindqvist J. Nurs. 2014 41 212"
    )
    assert query_text(work(None, (), None)) == ""
    assert len(query_text(work("word " * 500))) <= 600
