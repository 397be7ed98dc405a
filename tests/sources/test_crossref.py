"""DOIs in, Crossref's raw records out, through habanero and our client."""

from library.sources import crossref
from library.sources.records import Record
from library.sources.session import Session
from tests.loopback.world import World


def outcomes(dois: list[str], session: Session) -> dict[str, Record]:
    """Fetch and return the records by identifier."""
    return {record.identifier: record for record in crossref.fetch(dois, session)}


def test_several_dois_come_in_one_request(loopback: World, session: Session) -> None:
    """Letter case and the form of the DOI do not matter; the record is stored."""
    got = outcomes(
        ["10.1056/NEJMp1314927", "https://doi.org/10.1001/JAMAPediatrics.2014.999"], session
    )
    assert {record.status for record in got.values()} == {"found"}
    assert got["10.1056/nejmp1314927"].json()["title"] == [
        "Responding to the Sexual Exploitation of Minors"
    ]
    assert len(loopback.requests("crossref")) == 1
    assert (
        session.records.get("crossref", "doi", "10.1056/nejmp1314927")
        == got["10.1056/nejmp1314927"]
    )


def test_what_is_stored_is_not_asked_again(loopback: World, session: Session) -> None:
    """This holds for records and for DOIs that nobody knows."""
    dois = ["10.1056/nejmp1314927", "10.5555/nobody.knows"]
    outcomes(dois, session)
    asked = len(loopback.log)
    again = outcomes(dois, session)
    assert len(loopback.log) == asked
    assert again["10.5555/nobody.knows"].status == "not-found"
