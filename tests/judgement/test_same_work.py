# ruff: noqa: E501 - a case is one line
import time
from dataclasses import replace

import pytest

from library.judgement.same_work import compare
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work
from tests.judgement.making import work

TITLE = "Recognising trafficked patients in emergency departments: a qualitative study"
JOURNAL = "Journal of Emergency Nursing"
ARTICLE = work(
    TITLE,
    container_title=JOURNAL,
    volume="41",
    issue="3",
    page="212-219",
    doi="10.5555/jen.2014.041",
)
BARE = replace(ARTICLE, doi=None)
BOOK = work(
    "Care for Survivors",
    ("Moreau, Dina",),
    2010,
    type="book",
    publisher="Harbour Press",
    isbn=("9780306406157",),
)


@pytest.mark.parametrize(
    "other",
    [
        replace(BARE, title="Recognising trafficked patients in emergency departments"),
        replace(BARE, title=TITLE.upper(), container_title=None),
        replace(BARE, title="Recognizing trafficked pateints in emergency departments"),
        replace(BARE, title="{R}ecognising trafficked {\\em patients} in emergency departments: A qualitative study"),
        replace(BARE, title="Recognising trafficked patients in emergency depart-ments: a qualita tive study"),
        replace(BARE, container_title="J. Emerg. Nurs.", page="212"),
        replace(BARE, container_title="J Emerg Nurs", volume=None, page="212–9"),
        replace(BARE, contributors=work(None, ("Rivera, A.", "Okafor, B.", "Lindqvist, C.")).contributors),
        replace(BARE, contributors=work(None, ("Rivera, A.",)).contributors, others=frozenset({"author"})),
        replace(BARE, contributors=work(None, ("RIVERA A", "OKAFOR B", "LINDQVIST C")).contributors),
        replace(BARE, contributors=work(None, ("Okafor, Ben", "Rivera, Alma", "Lindqvist, Cara")).contributors),
        replace(BARE, contributors=work(None, ("Alma, Rivera", "Ben, Okafor", "Cara, Lindqvist")).contributors),
        replace(BARE, issued=work(None, year=2015).issued),
        replace(BARE, issued=None, volume=None, issue=None, page=None),
        replace(BARE, title="RETRACTED: " + TITLE),
        replace(BARE, title=None),
        replace(BARE, type="document", container_title=None, page=None),
        replace(BARE, title="Das Erkennen von Opfern des Menschenhandels in der Notaufnahme"),
        replace(ARTICLE, title="Reconnaître les patients victimes de la traite aux urgences", volume=None, page=None),
        replace(ARTICLE, doi="10.5555/1987654"),
    ],
    ids=lambda w: str(w.title)[:40],
)  # fmt: skip
def test_one_work_is_known_under_what_life_does_to_it(other: Work) -> None:
    verdict = compare(ARTICLE, other)
    assert verdict.same, str(verdict)
    assert verdict.relation == "same"


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (replace(BARE, title=f"Correction to: {TITLE}", page="400"), "correction"),
        (replace(BARE, title=f"{TITLE} [Erratum]", volume=None, page=None), "correction"),
        (replace(BARE, title=f"Retraction notice to “{TITLE}”", page="500"), "correction"),
        (replace(BARE, title=f"Expression of concern: {TITLE}"), "correction"),
        (replace(BARE, title=f"Comment on “{TITLE}”", page="220-221"), "other"),
        (replace(BARE, title=f"{TITLE}: authors’ reply", page="222"), "other"),
        (replace(BARE, title=f"{TITLE}. Part II", page="301-309"), "part"),
        (replace(BARE, title=f"{TITLE} 2015", page="301-309"), "part"),
        (
            work(TITLE, type="article", genre="Preprint", publisher="medRxiv", doi="10.1101/2014.01.02.123456"),
            "preprint",
        ),
        (work(TITLE, container_title="arXiv preprint arXiv:1401.01234"), "preprint"),
        (
            work(TITLE, year=2013, type="paper-conference", container_title="Proceedings of the 9th Congress of Nursing"),
            "version",
        ),
        (work(TITLE, year=2013, type="thesis", publisher="University of the Coast"), "version"),
        (replace(ARTICLE, doi="10.5555/jen.2014.099", page="301-309", volume="42"), "version"),
        (replace(BARE, title="Recognising trafficked patients in general practice: a survey", page="9"), "other"),
        (replace(BARE, title="Editorial", page="1"), "other"),
        (replace(BARE, contributors=work(None, ("Quist, Zoe",)).contributors, page="9", volume="9"), "other"),
    ],
    ids=lambda x: x if isinstance(x, str) else str(x.title)[:40],
)  # fmt: skip
def test_what_only_looks_like_it_is_kept_apart(other: Work, relation: str) -> None:
    verdict = compare(BARE, other)
    assert not verdict.same, str(verdict)
    assert verdict.relation == relation, str(verdict)


def test_a_chapter_is_not_its_book() -> None:
    chapter = work(
        "Housing", ("Nair, Ed",), 2010, type="chapter", container_title="Care for Survivors"
    )
    assert compare(chapter, BOOK).relation == "chapter"
    same_title = replace(chapter, title="Care for Survivors", container_title="Nursing Today")
    assert not compare(same_title, BOOK).same


def test_editions_and_volumes_of_a_book_are_kept_apart() -> None:
    later = replace(BOOK, issued=work(None, year=2016).issued, isbn=())
    assert compare(BOOK, later).relation == "edition"
    numbered = replace(BOOK, edition="2", isbn=())
    assert compare(replace(BOOK, edition="1"), numbered).relation == "edition"
    first, second = replace(BOOK, volume="1"), replace(BOOK, volume="II", isbn=())
    assert compare(first, second).relation == "part"
    assert compare(BOOK, replace(BOOK, publisher="Harbour Pr.", isbn=())).same


def test_a_review_of_a_book_is_not_the_book() -> None:
    review = work(
        "Book review: Care for Survivors", ("Nair, Ed",), 2010, container_title="Nursing Today"
    )
    assert compare(review, BOOK).relation == "review"
    named = replace(review, title="Two new books", type="review-book", reviewed_title=BOOK.title)
    assert not compare(named, BOOK).same


def test_the_doi_of_another_paper_does_not_make_it_one() -> None:
    other = work("Bone density in runners", ("Quist, Zoe",), 2014, doi=ARTICLE.doi)
    assert not compare(ARTICLE, other).same
    of_own = work("Bone density in runners", year=2014, doi=ARTICLE.doi, container_title=JOURNAL)
    assert not compare(replace(ARTICLE, volume=None, page=None), of_own).same


def test_a_part_with_the_doi_of_the_other_part_is_refused() -> None:
    one = work("On sums. Part I", doi="10.5555/1", container_title=JOURNAL)
    two = work("On sums. Part II", doi="10.5555/1", container_title=JOURNAL)
    assert compare(one, two).relation == "part"


def test_general_titles_need_a_place_to_be_one_work() -> None:
    first = work("Editorial", ("Rivera, Alma",), container_title=JOURNAL)
    assert not compare(first, first).same
    placed = replace(first, volume="3", page="101-102")
    assert compare(placed, replace(placed, container_title="J. Emerg. Nurs.")).same
    assert not compare(placed, replace(placed, page="201-202")).same


def test_columns_with_a_short_title_are_told_by_their_pages() -> None:
    column = work("The bag of tricks", ("Rivera, Alma",), container_title=JOURNAL, volume="15", issue="1", page="55")  # fmt: skip
    assert not compare(column, replace(column, issue="4", page="485")).same


def test_meetings_of_a_series_are_kept_apart() -> None:
    paper = work("Overview of the shared task on triage", type="paper-conference",
                 container_title="Proceedings of the 12th Workshop on Triage", year=2012)  # fmt: skip
    other = replace(
        paper,
        container_title="Proceedings of the 13th Workshop on Triage",
        issued=work(None, year=2013).issued,
    )
    assert not compare(paper, other).same


def test_two_dois_are_one_work_only_where_the_place_is_the_same() -> None:
    alias = replace(ARTICLE, doi="10.2307/1234567")
    assert compare(ARTICLE, alias).same
    assert not compare(ARTICLE, replace(alias, volume=None, issue=None, page=None)).same


def test_reasons_are_fit_to_be_read() -> None:
    verdict = compare(ARTICLE, replace(BARE, title="Recognising trafficked patients in emergency departments"))  # fmt: skip
    shown = str(verdict)
    assert shown.startswith("the same work (")
    assert "title: subtitle left out" in shown
    assert "names: equal" in shown
    assert verdict.weight == pytest.approx(sum(reason.weight for reason in verdict.reasons))


@pytest.mark.parametrize(
    "title",
    ["word " * 40_000, " " * 200_000 + "x", "(" * 100_000, "a: " * 50_000, "1" * 100_000, "{\\'" * 50_000, "<b " * 50_000, "&" * 100_000],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_hostile_sizes_are_judged_in_no_time(title: str) -> None:
    crowd = tuple(f"Family{n}, Given" for n in range(3000))
    huge = work(title, crowd, container_title=title, page=title[:5000], publisher=title)
    start = time.process_time()
    compare(huge, replace(huge, title=title + "x"))
    assert time.process_time() - start < 2


def test_the_same_title_of_an_organisation_in_another_year_is_another_report() -> None:
    first = Work(
        citation_key="a",
        type="report",
        title="Trafficking in Persons Report",
        contributors=(Contributor(Name(literal="U.S. Department of State")),),
        issued=Date((2019,)),
    )
    for year in (2018, 2020, 2021):
        assert not compare(first, replace(first, issued=Date((year,)))).same
    assert compare(first, replace(first, issued=Date((2019, 6)))).same
