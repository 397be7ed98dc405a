"""What must hold of the judgement whatever the works are."""

# ruff: noqa: E501 - a case is one line
from hypothesis import given, settings
from hypothesis import strategies as st

from library.judgement.same_work import compare
from library.work import Work
from tests.judgement.making import work

WORDS = st.sampled_from(
    [
        "the",
        "of",
        "Care",
        "Study",
        "nurses",
        "Nurse",
        "II",
        "2",
        "2014",
        "Part",
        "Erratum:",
        "sums,",
        "(a)",
        "β-cell",
        "über",
        "I.",
        "x",
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=7).map(" ".join)
NAMES = st.sampled_from(
    ["Rivera, Alma", "Rivera, A.", "Alma Rivera", "RIVERA A", "Okafor, Ben", "van Dijk, Eva", "WHO",
     "World Health Organization", "Müller, J.", "Mueller, Jan", "张, 伟"]
)  # fmt: skip
TYPES = st.sampled_from(
    ["article-journal", "paper-conference", "book", "chapter", "report", "thesis", "article", "document", "review-book", "dataset"]
)  # fmt: skip
MAYBE_NUMBER = st.none() | st.sampled_from(["1", "2", "II", "12-19", "12", "S12", "e45", "112"])


@st.composite
def works(draw: st.DrawFn) -> Work:
    return work(
        draw(st.none() | TEXTS),
        tuple(draw(st.lists(NAMES, max_size=4))),
        draw(st.none() | st.integers(2012, 2016)),
        type=draw(TYPES),
        container_title=draw(st.none() | TEXTS | st.sampled_from(["J. Nurs.", "arXiv", "JAMA"])),
        publisher=draw(st.none() | TEXTS),
        volume=draw(MAYBE_NUMBER),
        page=draw(MAYBE_NUMBER),
        edition=draw(st.none() | st.sampled_from(["1", "second"])),
        doi=draw(st.none() | st.sampled_from(["10.5555/a", "10.5555/b", "10.48550/arxiv.1401.1"])),
        isbn=draw(st.sampled_from([(), ("9780306406157",), ("9780000000002",)])),
        editors=tuple(draw(st.lists(NAMES, max_size=2))),
    )


@settings(max_examples=300)
@given(works(), works())
def test_the_order_of_the_works_does_not_matter(a: Work, b: Work) -> None:
    one, two = compare(a, b), compare(b, a)
    assert (one.same, one.score, one.relation) == (two.same, two.score, two.relation)
    assert [(r.feature, r.verdict, r.a, r.b) for r in one.reasons] == [
        (r.feature, r.verdict, r.b, r.a) for r in two.reasons
    ]
    assert 0 <= one.score <= 1
    assert one.same == (one.relation == "same")


@given(works())
def test_nothing_speaks_against_a_work_being_itself(one: Work) -> None:
    verdict = compare(one, one)
    strong = [r for r in verdict.reasons if r.weight < 0 and r.feature != "title"]
    assert not strong, str(verdict)
