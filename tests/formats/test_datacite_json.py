"""DataCite's records: what the attributes become. All records here are made up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats.datacite_json import read_record
from library.values.dates import Date
from library.values.names import Name
from library.work import Relation, Work

THESIS: dict[str, Any] = {
    "doi": "10.5072/EXAMPLE",
    "titles": [
        {"title": "On <i>things</i>"},
        {"title": "A Study", "titleType": "Subtitle"},
    ],
    "creators": [
        {
            "name": "van der Berg, Jan",
            "nameType": "Personal",
            "givenName": "Jan",
            "familyName": "van der Berg",
            "affiliation": ["Example University"],
            "nameIdentifiers": [
                {
                    "nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                    "nameIdentifierScheme": "ORCID",
                }
            ],
        },
        {"name": "Example Institute, Department of Things", "nameType": "Organizational"},
    ],
    "contributors": [
        {"name": "Meyer, Anna", "contributorType": "Editor"},
        {"name": "Example Library", "contributorType": "HostingInstitution"},
    ],
    "publisher": {"name": "Example University"},
    "publicationYear": 2019,
    "dates": [
        {"date": "2019-03-14", "dateType": "Issued"},
        {"date": "2018-01", "dateType": "Created"},
    ],
    "types": {"resourceTypeGeneral": "Text", "resourceType": "PhD thesis"},
    "language": "eng",
    "subjects": [{"subject": "things"}, {"subject": "FOS: Physics", "subjectScheme": "FOS"}],
    "descriptions": [{"description": "<p>One.</p><p>Two.</p>", "descriptionType": "Abstract"}],
    "rightsList": [{"rightsUri": "https://example.org/by"}, {"rightsUri": "javascript:x"}],
    "fundingReferences": [
        {
            "funderName": "Fund",
            "funderIdentifier": "https://doi.org/10.13039/1",
            "awardNumber": "A1",
        }
    ],
    "relatedIdentifiers": [
        {
            "relatedIdentifier": "10.5555/A",
            "relatedIdentifierType": "DOI",
            "relationType": "IsSupplementTo",
        },
        {
            "relatedIdentifier": "10.5555/B",
            "relatedIdentifierType": "DOI",
            "relationType": "References",
        },
        {
            "relatedIdentifier": "0378-5955",
            "relatedIdentifierType": "ISSN",
            "relationType": "IsPartOf",
        },
    ],
}


def work(**changes: object) -> Work:
    return read_record(THESIS | changes).work


def test_a_thesis_is_read_whole() -> None:
    thesis = work()
    assert (thesis.type, thesis.genre) == ("thesis", "PhD thesis")
    assert thesis.title == "On <i>things</i>: A Study"
    assert thesis.doi == "10.5072/example"
    assert thesis.issued == Date((2019, 3, 14))
    assert (thesis.publisher, thesis.language) == ("Example University", "en")
    assert thesis.abstract == "One.\n\nTwo."
    assert (thesis.keywords, thesis.issn) == (("things",), ("0378-5955",))
    first, second, editor = thesis.contributors
    assert first.name == Name(family="Berg", given="Jan", non_dropping_particle="van der")
    assert (first.orcid, first.affiliations) == ("0000-0002-1825-0097", ("Example University",))
    assert second.name == Name(literal="Example Institute, Department of Things")
    assert (editor.name, editor.role) == (Name(family="Meyer", given="Anna"), "editor")


def test_what_stands_around_a_work_is_read() -> None:
    around = read_record(THESIS).surroundings
    assert around.relations == (Relation("is-supplement-to", "10.5555/a", "doi"),)
    assert [reference.doi for reference in around.references] == ["10.5555/b"]
    assert [licence.url for licence in around.licenses] == ["https://example.org/by"]
    assert [(one.name, one.doi, one.awards) for one in around.funders] == [
        ("Fund", "10.13039/1", ("A1",))
    ]


def test_the_whole_answer_of_the_service_may_be_given() -> None:
    assert read_record({"data": {"id": "x", "attributes": THESIS}}).work == work()


@pytest.mark.parametrize(
    ("general", "own", "kind"),
    [
        ("Dataset", "", "dataset"),
        ("Software", "", "software"),
        ("JournalArticle", "", "article-journal"),
        ("Preprint", "", "article"),
        ("Text", "Journal article", "article-journal"),
        ("Text", "BlogPosting", "post-weblog"),
        ("Other", "Presentation slides", "speech"),
        ("Text", "", "document"),
        ("Nonsense", "", "document"),
        ("ConferencePaper", "", "paper-conference"),
    ],
)
def test_a_type_is_found_in_both_of_its_words(general: str, own: str, kind: str) -> None:
    assert work(types={"resourceTypeGeneral": general, "resourceType": own}).type == kind


def test_the_stated_year_outweighs_dates_of_other_years() -> None:
    assert work(dates=[{"date": "2020-01-01", "dateType": "Available"}]).issued == Date((2019,))
    assert work(publicationYear=None).issued == Date((2019, 3, 14))


def test_an_arxiv_doi_gives_the_arxiv_id() -> None:
    found = work(doi="10.48550/arXiv.2101.00001")
    assert (found.archive, found.archive_location) == ("arXiv", "2101.00001")


def test_a_journal_article_has_its_place() -> None:
    container = {"title": "J", "volume": "1", "issue": "2", "firstPage": "3", "lastPage": "9"}
    found = work(container=container, types={"resourceTypeGeneral": "JournalArticle"})
    assert (found.container_title, found.volume, found.issue, found.page) == ("J", "1", "2", "3-9")


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["title", "name"]), inner)
    ),
    max_leaves=6,
)


@given(
    values | st.dictionaries(st.sampled_from([*THESIS, "container", "data"]), values, max_size=8)
)
def test_a_record_of_any_shape_is_read_without_an_exception(attributes: object) -> None:
    assert read_record(attributes).work.type
