"""Crossref's records: what each field that bites becomes. All records here are made up."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats.crossref_json import read_record
from library.formats.reading import RecordReading
from library.values.dates import Date
from library.values.names import Name
from library.work import Work
from library.work_types import WORK_TYPES

ARTICLE: dict[str, Any] = {
    "DOI": "10.5555/Example.1",
    "type": "journal-article",
    "title": ["A title"],
    "container-title": ["Journal of Examples"],
    "short-container-title": ["J. Ex."],
    "volume": "12",
    "issue": "3",
    "page": "101–110",
    "published-print": {"date-parts": [[2019, 3]]},
    "published-online": {"date-parts": [[2018, 11, 2]]},
    "issued": {"date-parts": [[2018, 11, 2]]},
    "author": [{"family": "Meyer", "given": "Anna", "sequence": "first"}],
}


def reading(**changes: object) -> RecordReading:
    """Read the sample article with some fields changed; "_" in a name stands for "-"."""
    return read_record(ARTICLE | {name.replace("_", "-"): value for name, value in changes.items()})


def work(**changes: object) -> Work:
    return reading(**changes).work


def checks(**changes: object) -> list[str]:
    return [finding.check for finding in reading(**changes).findings]


def test_an_article_is_read_with_its_place_in_the_journal() -> None:
    article = work()
    assert article.type == "article-journal"
    assert article.doi == "10.5555/example.1"
    assert (article.container_title, article.container_title_short) == (
        "Journal of Examples",
        "J. Ex.",
    )
    assert (article.volume, article.issue, article.page) == ("12", "3", "101-110")
    assert article.names() == (Name(family="Meyer", given="Anna"),)
    assert article.url is None
    assert reading().findings == ()


def test_the_record_may_come_in_the_answers_envelope() -> None:
    assert read_record({"status": "ok", "message": ARTICLE}).work == work()
    assert read_record({"message": {"items": [ARTICLE]}}).work == work()


@pytest.mark.parametrize("kind", sorted({row.crossref for row in WORK_TYPES if row.crossref}))
def test_every_type_of_crossref_is_known(kind: str) -> None:
    assert "unknown-type" not in checks(type=kind)
    assert work(type=kind).type in {row.csl for row in WORK_TYPES}


@pytest.mark.parametrize(
    ("changes", "kind", "genre"),
    [
        ({"type": "posted-content", "subtype": "preprint"}, "article", "Preprint"),
        ({"type": "posted-content", "subtype": "working_paper"}, "report", "Working paper"),
        ({"type": "posted-content", "subtype": "other"}, "article", None),
        (
            {"type": "dissertation", "degree": ["Doctor of Philosophy (PhD)"]},
            "thesis",
            "PhD thesis",
        ),
        ({"type": "dissertation", "degree": ["Master of Science"]}, "thesis", "Master’s thesis"),
        ({"type": "peer-review", "review": {"type": "referee-report"}}, "review", "Peer review"),
        (
            {"type": "peer-review", "review": {"type": "author-comment"}},
            "review",
            "Author response",
        ),
        ({"type": "other", "ISBN": ["9780306406157"]}, "chapter", None),
        ({"type": "proceedings-series"}, "book", None),
        ({"type": "component"}, "figure", None),
        ({"type": "reference-entry"}, "entry-encyclopedia", None),
    ],
)
def test_kinds_within_a_type_are_told_apart(
    changes: dict[str, Any], kind: str, genre: str | None
) -> None:
    found = work(**changes)
    assert (found.type, found.genre) == (kind, genre)


def test_an_unknown_or_absent_type_is_guessed_with_a_finding() -> None:
    assert "unknown-type" in checks(type="something-new")
    assert work(type=None, ISSN=["0378-5955"]).type == "article-journal"
    assert work(type=None, container_title=None, ISBN=["9780306406157"]).type == "book"


# --- Titles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "subtitle", "joined"),
    [
        ("Lipids", "Report of a Case", "Lipids: Report of a Case"),
        ("Lipids.", "A Case", "Lipids: A Case"),
        ("What now?", "A Case", "What now? A Case"),
        ("Lipids:", "A Case", "Lipids: A Case"),
        ("Lipids: a case", "A Case", "Lipids: a case"),
        ("Harmonic interaction of flows", "HARMONIC INTERACTION", "Harmonic interaction of flows"),
        (
            "The effect of teriparatide on serum levels of Dickkopf",
            "Teriparatide effect on serum Dickkopf",
            "The effect of teriparatide on serum levels of Dickkopf",
        ),
        ("Lipids", "", "Lipids"),
    ],
)
def test_title_and_subtitle_are_joined_once(title: str, subtitle: str, joined: str) -> None:
    assert work(title=[title], subtitle=[subtitle]).title == joined


def test_of_several_titles_the_first_is_taken_and_the_rest_is_said() -> None:
    assert work(title=["First", "Second"]).title == "First"
    assert "several-titles" in checks(title=["First", "Second"])


def test_a_title_in_capitals_is_left_and_said() -> None:
    assert work(title=["ACQUIRED ANEMIA IN AN INFANT"]).title == "ACQUIRED ANEMIA IN AN INFANT"
    assert "title-in-capitals" in checks(title=["ACQUIRED ANEMIA IN AN INFANT"])


def test_an_empty_title_is_none_and_said() -> None:
    assert work(title=[""]).title is None
    assert "no-title" in checks(title=[])


def test_an_abstract_is_text_with_paragraphs() -> None:
    abstract = "<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>"
    assert work(abstract=abstract).abstract == "One.\n\nTwo."


# --- People ---------------------------------------------------------------------------------------


def test_the_first_author_comes_first_whatever_the_order_of_the_list() -> None:
    people = [
        {"family": "Zwei", "given": "B.", "sequence": "additional"},
        {"family": "Eins", "given": "A.", "sequence": "first"},
        {"family": "Drei", "given": "C.", "sequence": "additional"},
    ]
    assert [name.family for name in work(author=people).names()] == ["Eins", "Zwei", "Drei"]


def test_organisations_groups_and_lone_family_names_are_kept_whole() -> None:
    people = [
        {"name": "World Example Organization, Committee", "sequence": "first"},
        {"family": "The Example Study Group"},
        {"family": "Plato"},
        {"name": "&NA;"},
        {"sequence": "additional"},
        {"name": "et al."},
    ]
    found = work(author=people)
    assert found.names() == (
        Name(literal="World Example Organization, Committee"),
        Name(literal="The Example Study Group"),
        Name(family="Plato"),
    )
    assert found.others == {"author"}
    assert checks(author=people).count("no-name") == 2


def test_orcid_and_affiliations_stay_with_their_person() -> None:
    people = [
        {
            "family": "Meyer",
            "given": "Anna",
            "ORCID": "http://orcid.org/0000-0002-1825-0097",
            "affiliation": [
                {"name": "Dept &amp; Lab,\r  Town"},
                {"name": "Inst", "place": ["-"]},
                {},
            ],
        }
    ]
    person = work(author=people).contributors[0]
    assert person.orcid == "0000-0002-1825-0097"
    assert person.affiliations == ("Dept & Lab, Town", "Inst")
    assert "bad-identifier" in checks(author=[{"family": "X", "given": "Y", "ORCID": "0000"}])


def test_editors_translators_and_chairs_have_their_roles() -> None:
    one = [{"family": "Meyer", "given": "Anna"}]
    found = work(editor=one, translator=one, chair=one)
    assert [person.role for person in found.contributors] == [
        "author",
        "chair",
        "editor",
        "translator",
    ]


# --- Dates ----------------------------------------------------------------------------------------


def test_the_date_follows_the_event_that_was_chosen() -> None:
    assert work().issued == Date((2019, 3))
    assert work().available_date == Date((2018, 11, 2))
    assert read_record(ARTICLE, event="online").work.issued == Date((2018, 11, 2))
    assert read_record(ARTICLE, event="earliest").work.issued == Date((2018, 11, 2))


def test_the_issues_print_date_stands_for_an_article_without_one() -> None:
    issue = {"issue": "3", "published-print": {"date-parts": [[2020, 10]]}}
    assert work(published_print=None, journal_issue=issue).issued == Date((2020, 10))


@pytest.mark.parametrize(
    "empty",
    [
        None,
        {},
        {"date-parts": [[None]]},
        {"date-parts": [[]]},
        {"date-parts": None},
        "2019",
        [2019],
    ],
)
def test_a_date_that_states_nothing_is_passed_over(empty: object) -> None:
    changes = {"published_print": empty, "published_online": empty, "issued": empty}
    assert work(**changes, posted={"date-parts": [["2020", "4"]]}).issued == Date((2020, 4))
    assert work(**changes).issued is None
    assert "no-date" in checks(**changes)


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ([2019, 13, 1], (2019,)),
        ([2019, 2, 31], (2019, 2, 31)),
        ([2019, 0, 5], (2019,)),
        ([2019, 21], (2019, 21)),
        (["1999", "5"], (1999, 5)),
        ([0], None),
        ([99999], None),
    ],
)
def test_parts_of_a_date_count_as_far_as_they_make_sense(
    parts: list[object], date: tuple[int, ...] | None
) -> None:
    found = work(published_print={"date-parts": [parts]}, issued=None, published_online=None).issued
    if parts == [2019, 2, 31]:
        assert found in (Date((2019, 2)), Date((2019, 2, 31)))
    else:
        assert (found.start if found else None) == date


# --- Venue ----------------------------------------------------------------------------------------


def test_an_article_number_stands_where_pages_would() -> None:
    assert work(page=None, article_number="e123").page == "e123"
    assert work(article_number="e123").extra == (("eid", "e123"),)
    assert work(page="e123", article_number="e123").extra == ()


@pytest.mark.parametrize("page", ["n/a-n/a", "no-no", "-", "null", ""])
def test_pages_that_say_nothing_are_none(page: str) -> None:
    assert work(page=page).page is None


def test_a_chapter_has_its_book_and_the_books_series() -> None:
    new = work(type="book-chapter", container_title=["Example Library", "A Book of Examples"])
    old = work(type="book-chapter", container_title=["A Book", "Lecture Notes in Examples"])
    assert (new.container_title, new.collection_title) == ("A Book of Examples", "Example Library")
    assert (old.container_title, old.collection_title) == ("A Book", "Lecture Notes in Examples")


def test_a_book_stands_in_its_series_with_a_number() -> None:
    book = work(type="monograph", container_title=["Example Library"], volume="7")
    assert (book.container_title, book.collection_title) == (None, "Example Library")
    assert (book.volume, book.collection_number) == (None, "7")


def test_of_two_titles_of_a_journal_the_full_one_is_taken() -> None:
    found = work(
        container_title=["J Ex Sci", "Journal of Example Science"], short_container_title=[]
    )
    assert found.container_title == "Journal of Example Science"
    assert found.container_title_short == "J Ex Sci"


def test_a_preprints_server_is_its_venue() -> None:
    found = work(
        type="posted-content",
        subtype="preprint",
        container_title=[],
        institution=[{"name": "exRxiv", "place": ["-"]}],
        publisher="Example Press",
    )
    assert (found.container_title, found.publisher) == ("exRxiv", "Example Press")
    assert found.publisher_place is None


def test_a_report_and_a_thesis_come_from_their_institution() -> None:
    institution = [{"name": "Example University", "place": ["Town"]}]
    for kind in ("report", "dissertation"):
        found = work(type=kind, institution=institution, publisher="P")
        assert (found.publisher, found.publisher_place) == ("Example University", "Town")


def test_a_meeting_has_name_place_and_days() -> None:
    event = {
        "name": "ExConf 2017",
        "location": "Town",
        "start": {"date-parts": [[2017, 10, 28]]},
        "end": {"date-parts": [[2017, 10, 31]]},
    }
    found = work(type="proceedings-article", event=event)
    assert (found.event_title, found.event_place) == ("ExConf 2017", "Town")
    assert found.event_date == Date((2017, 10, 28), (2017, 10, 31))


def test_isbn_and_issn_have_one_form_print_first() -> None:
    found = work(
        ISBN=["http://id.crossref.org/isbn/9780306406157", "0306406152"],
        ISSN=["http://id.crossref.org/issn/2434-561x", "0378-5955", "1234"],
        issn_type=[
            {"value": "0378-5955", "type": "print"},
            {"value": "2434-561X", "type": "electronic"},
        ],
    )
    assert found.isbn == ("9780306406157",)
    assert found.issn == ("0378-5955", "2434-561X", "1234")


@pytest.mark.parametrize(
    ("stated", "tag"),
    [("eng", "en"), ("EN_us", "en-US"), ("German", "de"), ("x", None), ("und", None)],
)
def test_a_language_is_a_bcp_47_tag(stated: str, tag: str | None) -> None:
    assert work(language=stated).language == tag


# --- Around the work ------------------------------------------------------------------------------


def test_notices_are_read_from_both_sides() -> None:
    updated = {"date-parts": [[2020, 5, 4]]}
    about = reading(
        **{
            "updated-by": [
                {
                    "DOI": "10.5555/R",
                    "type": "retraction",
                    "updated": updated,
                    "source": "publisher",
                }
            ]
        }
    ).surroundings.notices
    assert [(notice.type, notice.doi, notice.is_about_this) for notice in about] == [
        ("retraction", "10.5555/r", True)
    ]
    assert about[0].date == Date((2020, 5, 4))
    of_another = reading(**{"update-to": [{"DOI": "10.5555/o", "type": "expression-of-concern"}]})
    assert of_another.surroundings.notices[0].is_about_this is False
    assert of_another.surroundings.notices[0].type == "expression_of_concern"
    in_place = reading(**{"update-to": [{"DOI": "10.5555/EXAMPLE.1", "type": "retraction"}]})
    assert in_place.surroundings.notices[0].is_about_this is True


def test_references_funders_licences_links_and_relations_are_kept() -> None:
    around = reading(
        reference=[
            {
                "key": "1",
                "DOI": "10.5555/A",
                "year": "2020a",
                "author": "Meyer",
                "journal-title": "J &amp; J",
            },
            {"key": "2", "unstructured": "Meyer A. <i>Text</i>.", "year": "0"},
        ],
        funder=[
            {
                "name": "Fund",
                "DOI": "10.13039/https://doi.org/10.13039/100000002",
                "award": ["A1", "A1"],
            },
            {"name": "Fund", "DOI": "10.13039/100000002", "award": ["B2"]},
        ],
        license=[
            {
                "URL": "https://example.org/by",
                "start": {"date-parts": [[2019]]},
                "content-version": "vor",
            }
        ],
        link=[
            {"URL": "https://example.org/pdf", "content-type": "application/pdf"},
            {"URL": "javascript:alert(1)"},
        ],
        relation={"is-preprint-of": [{"id": "10.5555/B", "id-type": "doi"}], "cites": []},
        **{"is-referenced-by-count": 7},
    ).surroundings
    first, second = around.references
    assert (first.doi, first.year, first.container_title) == ("10.5555/a", "2020a", "J & J")
    assert (second.text, second.year) == ("Meyer A. Text.", None)
    assert [(funder.name, funder.doi, funder.awards) for funder in around.funders] == [
        ("Fund", "10.13039/100000002", ("A1", "B2"))
    ]
    assert around.licenses[0].start == Date((2019,))
    assert [link.url for link in around.links] == ["https://example.org/pdf"]
    assert [(relation.type, relation.id) for relation in around.relations] == [
        ("is-preprint-of", "10.5555/b")
    ]
    assert around.cited_by_count == 7


# --- Hostile records ------------------------------------------------------------------------------


def test_ten_thousand_authors_are_read_in_a_second_or_two() -> None:
    people = [
        {"family": f"Meyer{i}", "given": "Anna", "sequence": "additional"} for i in range(10_000)
    ]
    start = time.process_time()
    assert len(work(author=people).contributors) == 10_000
    assert time.process_time() - start < 5


def test_script_and_bibtex_syntax_are_only_text() -> None:
    assert work(title=["A <script>alert(1)</script>b"]).title == "A b"
    assert work(title=['"}, year = {1900} @article{x,']).title == '"}, year = {1900} @article{x,'


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "family", "given", "DOI", "URL", "date-parts", "id", "type", "value"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KEYS = [
    *("DOI", "type", "title", "subtitle", "author", "editor", "issued", "published-print", "ISBN"),
    *("ISSN", "issn-type", "page", "volume", "container-title", "event", "institution", "license"),
    *("funder", "reference", "relation", "update-to", "updated-by", "link", "abstract", "review"),
    *("journal-issue", "degree", "language", "version", "is-referenced-by-count", "message"),
]


@given(values | st.dictionaries(st.sampled_from(KEYS), values, max_size=8))
def test_a_record_of_any_shape_is_read_without_an_exception(record: object) -> None:
    found = read_record(record)
    assert found.work.type
    assert all(str(finding) for finding in found.findings)


def records(folder: Path) -> Iterator[Any]:
    for name in ("works.jsonl", "works_2015.jsonl.gz"):
        opened = gzip.open if name.endswith("gz") else open
        with opened(folder / "crossref" / name, "rt", encoding="utf-8") as stream:
            for number, line in enumerate(stream):
                if number % 5 == 0:
                    yield json.loads(line)


@pytest.mark.corpus
def test_real_records_give_a_type_and_their_title(corpora: Path) -> None:
    for record in records(corpora):
        found = read_record(record).work
        assert found.type
        assert found.title or not any(text.strip() for text in record.get("title") or [])
