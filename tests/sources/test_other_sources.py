"""DataCite, doi.org, PubMed, PubMed Central, arXiv and Open Library: each source's own ways."""

import pytest

from library.sources import arxiv, datacite, dois, isbn, negotiation, pubmed
from library.sources.records import Record
from library.sources.session import Session
from tests.loopback import faults
from tests.loopback.world import World


def by_identifier(records: object) -> dict[str, Record]:
    """Return records by what was asked for."""
    return {record.identifier: record for record in records}  # type: ignore[attr-defined]


def test_datacite_gives_the_attributes_of_a_doi(loopback: World, session: Session) -> None:
    got = by_identifier(datacite.fetch(["10.5072/loopback-data", "10.5072/none"], session))
    record = got["10.5072/loopback-data"]
    assert record.format == "datacite-json"
    assert record.json() == loopback.datacite.records["10.5072/loopback-data"]
    assert got["10.5072/none"].status == "not-found"
    asked = len(loopback.log)
    by_identifier(datacite.fetch(["10.5072/loopback-data", "10.5072/none"], session))
    assert len(loopback.log) == asked


def test_datacites_record_for_another_doi_is_refused(loopback: World, session: Session) -> None:
    other = loopback.datacite.records["10.5072/loopback-data"]
    loopback.datacite.records["10.5072/mixed-up"] = other
    (record,) = datacite.fetch(["10.5072/mixed-up"], session)
    assert record.status == "error"
    assert "10.5072/loopback-data instead of 10.5072/mixed-up" in str(record.reason)


def test_content_negotiation_gives_csl_json(loopback: World, session: Session) -> None:
    got = by_identifier(
        negotiation.fetch(["10.1400/loopback.1", "10.1400/loopback.2", "10.1400/none"], session)
    )
    assert got["10.1400/loopback.1"].format == "csl-json"
    assert got["10.1400/loopback.1"].json()["title"] == "Un articolo registrato altrove"
    assert got["10.1400/loopback.2"].status == "not-found"
    assert "no record that can be read" in str(got["10.1400/loopback.2"].reason)
    assert got["10.1400/none"].reason == "doi.org does not know this DOI."
    assert loopback.log[0].headers["accept"] == negotiation.CSL_JSON


def test_a_doi_is_asked_at_crossref_then_datacite_then_doi_org(
    loopback: World, session: Session
) -> None:
    """Each is asked only for what the ones before it lack."""
    got = by_identifier(
        dois.fetch(
            [
                "10.1056/nejmp1314927",
                "10.5072/loopback-data",
                "10.1400/loopback.1",
                "10.1400/loopback.2",
                "10.5555/nobody.knows",
            ],
            session,
        )
    )
    assert {doi: (record.status, record.source) for doi, record in got.items()} == {
        "10.1056/nejmp1314927": ("found", "crossref"),
        "10.5072/loopback-data": ("found", "datacite"),
        "10.1400/loopback.1": ("found", "doi.org"),
        "10.1400/loopback.2": ("not-found", "crossref"),
        "10.5555/nobody.knows": ("not-found", "crossref"),
    }
    assert "registered nowhere" not in str(got["10.1400/loopback.2"].reason)
    assert "registered with medra" in str(got["10.1400/loopback.2"].reason)
    assert "No such DOI is registered anywhere" in str(got["10.5555/nobody.knows"].reason)
    assert not loopback.requests("datacite", containing="10.1400")
    assert not loopback.requests("doi", containing="10.5072")


def test_where_a_later_source_fails_the_doi_is_an_error_and_not_unknown(
    loopback: World, session: Session
) -> None:
    loopback.fail(faults.Status(500), service="datacite", times=None)
    (record,) = dois.fetch(["10.5072/loopback-data"], session)
    assert record.status == "error"
    assert "DataCite" in str(record.reason)
    loopback.heal()
    (record,) = dois.fetch(["10.5072/loopback-data"], session)
    assert (record.status, record.source) == ("found", "datacite")


def test_where_crossref_fails_nobody_else_is_asked(loopback: World, session: Session) -> None:
    """Another source's poorer record must not slip in because of one bad hour."""
    loopback.fail(faults.Status(500), times=None)
    (record,) = dois.fetch(["10.1056/nejmp1314927"], session)
    assert record.status == "error"
    assert not loopback.requests("doi")
    assert not loopback.requests("datacite")


def test_pubmed_gives_one_article_of_xml_for_each_pmid(loopback: World, session: Session) -> None:
    got = by_identifier(pubmed.fetch(["30000001", "30000002", "39999999"], session))
    assert got["30000001"].format == "pubmed-xml"
    assert got["30000001"].body is not None
    assert got["30000001"].body.startswith("<PubmedArticle>")
    assert "Tomás" in got["30000001"].body
    assert got["39999999"].status == "not-found"
    (line,) = loopback.log
    assert line.query["id"] == "30000001,30000002,39999999"
    assert line.query["email"] == "tests@example.org"


def test_the_doi_of_a_cited_work_is_not_taken_for_the_articles_own(session: Session) -> None:
    got = by_identifier(pubmed.fetch(["30000001", "30000002"], session))
    assert pubmed.doi_of(got["30000001"]) == "10.5555/loopback.article"
    assert pubmed.doi_of(got["30000002"]) is None


def test_a_pmcid_is_turned_into_a_doi_or_a_pmid(session: Session) -> None:
    got = by_identifier(pubmed.convert(["PMC9000001", "PMC9000002", "PMC1"], session))
    assert pubmed.doi_of(got["PMC9000001"]) == "10.5555/loopback.article"
    assert pubmed.doi_of(got["PMC9000002"]) is None
    assert pubmed.pmid_of(got["PMC9000002"]) == "30000002"
    assert got["PMC1"].status == "not-found"


def test_arxiv_gives_an_entry_for_an_id_with_or_without_version(session: Session) -> None:
    wanted = ["2101.00001", "2101.00001v2", "2101.00001v9", "math/0211159", "9999.99999"]
    got = by_identifier(arxiv.fetch(wanted, session))
    assert [got[one].status for one in wanted] == [
        "found",
        "found",
        "not-found",
        "found",
        "not-found",
    ]
    assert "An old preprint that only arXiv knows" in str(got["math/0211159"].body)
    assert arxiv.doi_of("math/0211159v1") == "10.48550/arxiv.math/0211159"


def test_open_library_gives_a_book_by_isbn(session: Session) -> None:
    got = by_identifier(isbn.fetch(["9780000000019", "9780000000002"], session))
    assert got["9780000000019"].json()["title"] == "An invented handbook"
    assert got["9780000000002"].status == "not-found"


@pytest.mark.parametrize(
    "fault",
    [faults.Status(400), faults.Status(404), faults.Status(414), faults.Html(), faults.CutJson()],
    ids=lambda fault: f"{fault.name} {fault.status}",
)
@pytest.mark.parametrize("service", ["datacite", "doi", "pubmed", "pmc", "arxiv", "openlibrary"])
def test_a_source_that_answers_oddly_gives_no_record_and_no_traceback(
    service: str, fault: faults.Fault, loopback: World, session: Session
) -> None:
    loopback.fail(fault, service=service, times=None)
    asking = {
        "datacite": lambda: datacite.fetch(["10.5072/loopback-data"], session),
        "doi": lambda: negotiation.fetch(["10.1400/loopback.1"], session),
        "pubmed": lambda: pubmed.fetch(["30000001"], session),
        "pmc": lambda: pubmed.convert(["PMC9000001"], session),
        "arxiv": lambda: arxiv.fetch(["2101.00001"], session),
        "openlibrary": lambda: isbn.fetch(["9780000000019"], session),
    }
    (record,) = asking[service]()
    assert record.status in {"error", "not-found"}
    assert record.body is None
    assert record.reason


def test_a_source_that_refuses_us_leaves_the_others_their_turn(
    loopback: World, session: Session
) -> None:
    """DataCite's 403 is the outcome of DataCite's DOIs, and it is asked once."""
    loopback.datacite.records["10.5072/second"] = {"doi": "10.5072/second"}
    loopback.crossref.agencies["10.5072/second"] = "DataCite"
    loopback.fail(faults.Status(403), service="datacite", times=None)
    got = by_identifier(
        dois.fetch(["10.5072/loopback-data", "10.5072/second", "10.1400/loopback.1"], session)
    )
    assert got["10.1400/loopback.1"].status == "found"
    assert got["10.5072/second"].status == "error"
    assert "DataCite refuses our requests" in str(got["10.5072/second"].reason)
    assert len(loopback.requests("datacite")) <= 3  # in flight together
