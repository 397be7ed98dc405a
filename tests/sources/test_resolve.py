"""Whatever is pasted gets a result of its own, many at once and in few requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.sources.resolve import Resolved, classify, queries, resolve
from library.sources.session import Session
from tests.loopback import faults
from tests.loopback.world import World


@pytest.mark.parametrize(
    ("text", "scheme", "identifier"),
    [
        ("10.1056/NEJMp1314927", "doi", "10.1056/nejmp1314927"),
        ("doi:10.1056/NEJMp1314927.", "doi", "10.1056/nejmp1314927"),
        ("https://doi.org/10.1056/NEJMp1314927", "doi", "10.1056/nejmp1314927"),
        ("http://dx.doi.org/10.1056%2FNEJMp1314927", "doi", "10.1056/nejmp1314927"),
        ("<https://doi.org/10.1056/NEJMp1314927>", "doi", "10.1056/nejmp1314927"),
        ("Todres J. Responding. N Engl J Med. doi:10.1056/NEJMp1314927.", "doi",
         "10.1056/nejmp1314927"),
        ("24693888", "pmid", "24693888"),
        ("PMID: 24693888", "pmid", "24693888"),
        ("https://pubmed.ncbi.nlm.nih.gov/24693888/", "pmid", "24693888"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/24693888", "pmid", "24693888"),
        ("PMC3531190", "pmcid", "PMC3531190"),
        ("pmcid: PMC3531190.2", "pmcid", "PMC3531190"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3531190/", "pmcid", "PMC3531190"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC3531190/#s2", "pmcid", "PMC3531190"),
        ("https://europepmc.org/article/MED/24693888", "pmid", "24693888"),
        ("arXiv:2101.00001v2", "arxiv", "2101.00001v2"),
        ("2101.00001", "arxiv", "2101.00001"),
        ("math/0211159", "arxiv", "math/0211159"),
        ("https://arxiv.org/pdf/2101.00001v2.pdf", "arxiv", "2101.00001v2"),
        ("ISBN 978-0-00-000000-2", "isbn", "9780000000002"),
        ("9780000000002", "isbn", "9780000000002"),
        ("0-306-40615-2", "isbn", "9780306406157"),
        ("https://openlibrary.org/isbn/9780306406157", "isbn", "9780306406157"),
        ("https://www.example.org/a-page", "url", "https://www.example.org/a-page"),
        ("www.example.org/a-page", "url", "https://www.example.org/a-page"),
    ],
)  # fmt: skip
def test_what_is_pasted_is_understood(text: str, scheme: str, identifier: str) -> None:
    query = classify(text)
    assert (query.scheme, query.identifier, query.reason) == (scheme, identifier, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("Responding to the sexual exploitation of minors", "library add --type"),
        ("2168-6203", "ISSN"),
        ("0000-0002-1825-0097", "ORCID"),
        ("10.1056", "first part of a DOI"),
        ("9780000000003", "check digit"),
        ("ISBN 12345", "10 digits"),
        ("10.1000/a and 10.1000/b", "2 DOIs"),
        ("http://[", "no address"),
        ("https://a b.example/", "no address"),
        ("https://x:99999999/", "no address"),
    ],
)
def test_what_cannot_be_resolved_is_told_why(text: str, reason: str) -> None:
    query = classify(text)
    assert query.scheme is None
    assert reason in str(query.reason)


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"(https?:)?//[^\n]*", fullmatch=True),
        st.from_regex(r"(doi:|PMID|PMC|arXiv:|ISBN)? ?10?[\d./#?%\[\]() a-zA-Z]*", fullmatch=True),
    )
)
def test_any_text_is_understood_or_told_why(text: str) -> None:
    query = classify(text)
    assert (query.scheme is None) == bool(query.reason)
    assert bool(query.identifier) == (query.scheme is not None)
    for each in queries(text):
        assert each.scheme or each.reason


def test_a_file_of_identifiers_is_read_line_by_line() -> None:
    """Comments and empty lines say nothing; several identifiers may share a line."""
    text = (
        "\ufeff# my papers\n"
        "\n"
        "10.1056/NEJMp1314927, 24693888; PMC3531190\n"
        "Todres 2014, doi 10.1056/NEJMp1314927\n"
        "what is this\n"
        "10.5555/odd,comma\n"
    )
    assert [(query.line, query.scheme, query.identifier) for query in queries(text)] == [
        (3, "doi", "10.1056/nejmp1314927"),
        (3, "pmid", "24693888"),
        (3, "pmcid", "PMC3531190"),
        (4, "doi", "10.1056/nejmp1314927"),
        (5, None, ""),
        (6, "doi", "10.5555/odd,comma"),
    ]


def by_text(asked: list[str], session: Session) -> dict[str, Resolved]:
    """Resolve and return the results by what was pasted; each comes once."""
    results = list(resolve(asked, session))
    assert len(results) == len(asked)
    return {result.query.text: result for result in results}


def test_each_pasted_line_gets_its_record_or_its_reason(loopback: World, session: Session) -> None:
    page = loopback.url("pages")
    asked = [
        "10.1056/NEJMp1314927",
        "30000001",
        "30000002",
        "PMC9000001",
        "PMC9000002",
        "arXiv:2101.00001v2",
        "math/0211159",
        "978-0-00-000000-2",
        "9780000000019",
        f"{page}/article.html",
        "https://publisher.example/doi/full/10.1001/jamapediatrics.2014.999",
        "10.5072/loopback-data",
        "10.1400/loopback.1",
        "https://doi.org/10.5555/loopback.old-name",
    ]
    got = by_text(asked, session)
    assert {result.status for result in got.values()} == {"found"}
    assert {text: (result.record.source, result.doi) for text, result in got.items()} == {  # type: ignore[union-attr]
        "10.1056/NEJMp1314927": ("crossref", "10.1056/nejmp1314927"),
        "30000001": ("crossref", "10.5555/loopback.article"),
        "30000002": ("pubmed", None),
        "PMC9000001": ("crossref", "10.5555/loopback.article"),
        "PMC9000002": ("pubmed", None),
        "arXiv:2101.00001v2": ("datacite", "10.48550/arxiv.2101.00001"),
        "math/0211159": ("arxiv", None),
        "978-0-00-000000-2": ("crossref", "10.5555/loopback.book"),
        "9780000000019": ("openlibrary", None),
        f"{page}/article.html": ("crossref", "10.5555/loopback.article"),
        "https://publisher.example/doi/full/10.1001/jamapediatrics.2014.999": (
            "crossref",
            "10.1001/jamapediatrics.2014.999",
        ),
        "10.5072/loopback-data": ("datacite", "10.5072/loopback-data"),
        "10.1400/loopback.1": ("doi.org", "10.1400/loopback.1"),
        "https://doi.org/10.5555/loopback.old-name": ("crossref", "10.5555/loopback.renamed"),
    }
    assert [record.format for record in got["30000001"].others] == ["pubmed-xml"]
    assert len(loopback.requests("pubmed")) == 1
    assert len(loopback.requests("pmc")) == 1
    assert len(loopback.requests("crossref", containing="filter=doi")) == 1


def test_the_lines_that_lead_nowhere_say_why(loopback: World, session: Session) -> None:
    page = loopback.url("pages")
    loopback.pages.closed.add("/closed.html")
    got = by_text(
        [
            "10.5555/nobody.knows",
            "39999999",
            "PMC1",
            "arXiv:9999.99999",
            "9780306406157",
            f"{page}/silent.html",
            f"{page}/none.html",
            f"{page}/closed.html",
            "nonsense",
        ],
        session,
    )
    assert {text: result.status for text, result in got.items()} == {
        "10.5555/nobody.knows": "not-found",
        "39999999": "not-found",
        "PMC1": "not-found",
        "arXiv:9999.99999": "not-found",
        "9780306406157": "not-found",
        f"{page}/silent.html": "not-found",
        f"{page}/none.html": "error",
        f"{page}/closed.html": "error",
        "nonsense": "not-understood",
    }
    said = {text.rpartition("/")[2]: str(result.reason) for text, result in got.items()}
    assert "registered anywhere" in said["nobody.knows"]
    assert "PubMed does not know" in said["39999999"]
    assert "PubMed Central does not know" in said["PMC1"]
    assert "arXiv does not know" in said["arXiv:9999.99999"]
    assert "Open Library does not know" in said["9780306406157"]
    assert "Neither the address nor the page" in said["silent.html"]
    assert "no such page" in said["none.html"]
    assert "403" in said["closed.html"]


def test_a_doi_in_the_text_of_a_page_is_not_taken_for_the_pages_own(
    loopback: World, session: Session
) -> None:
    """Pages cite works; only what a page says about itself counts."""
    (result,) = resolve([loopback.url("pages") + "/silent.html"], session)
    assert result.record is None


def test_what_a_publisher_puts_behind_a_doi_is_tried_without(session: Session) -> None:
    """A longer reading that nobody knows gives way to a shorter one that is a DOI."""
    address = "https://publisher.example/article/10.5555/loopback.article/some/strange/tail"
    (result,) = resolve([address], session)
    assert result.doi == "10.5555/loopback.article"


def test_a_hash_in_a_pasted_doi_is_part_of_it_where_such_a_doi_exists(session: Session) -> None:
    """What stands before the "#" is another work's DOI; a mere fragment is dropped."""
    whole, fragment = "https://doi.org/10.5555/odd#hash?mark", "https://doi.org/10.5555/odd#section"
    got = by_text([whole, fragment], session)
    assert got[whole].doi == "10.5555/odd#hash?mark"
    assert got[fragment].doi == "10.5555/odd"


def test_two_lines_for_one_work_both_get_its_record(loopback: World, session: Session) -> None:
    got = by_text(["10.1056/NEJMp1314927", "https://doi.org/10.1056/nejmp1314927"], session)
    assert {result.doi for result in got.values()} == {"10.1056/nejmp1314927"}
    assert len(loopback.requests("crossref")) == 1


def test_a_source_that_is_down_costs_only_its_own_lines(loopback: World, session: Session) -> None:
    loopback.fail(faults.Status(500), service="pubmed", times=None)
    got = by_text(["30000001", "10.1056/NEJMp1314927"], session)
    assert got["10.1056/NEJMp1314927"].status == "found"
    assert got["30000001"].status == "error"
    assert "PubMed" in str(got["30000001"].reason)


def test_a_pmid_whose_doi_crossref_lacks_keeps_pubmeds_record(
    loopback: World, session: Session
) -> None:
    article = loopback.pubmed.articles["30000001"]
    loopback.pubmed.articles["30000001"] = article.replace("loopback.article", "gone")
    (result,) = resolve(["30000001"], session)
    assert result.status == "found"
    assert result.record is not None
    assert result.record.source == "pubmed"
    assert result.doi is None
