"""DOIs in, Crossref's raw records out, through habanero and our client."""

import json
from urllib.parse import unquote

import habanero.request
import pytest

from library.errors import IdentifierError
from library.sources import crossref, http
from library.sources.http import Client
from library.sources.records import Freshness, Record, Records
from library.sources.session import Services, Session
from tests.loopback import faults
from tests.loopback.world import World
from tests.sources.conftest import QUICK, SHORT, outcomes

SICI = "10.5555/1096-9861(20010212)430:3<283::aid-cne1031>3.0.co;2-v"


def test_several_dois_come_in_one_request(loopback: World, session: Session) -> None:
    """Letter case and the form of the DOI do not matter; the record is stored."""
    got = outcomes(
        ["10.1056/NEJMp1314927", "https://doi.org/10.1001/JAMAPediatrics.2014.999"], session
    )
    todres = got["10.1056/nejmp1314927"]
    assert {record.status for record in got.values()} == {"found"}
    assert todres.json()["title"] == ["Responding to the Sexual Exploitation of Minors"]
    assert len(loopback.requests("crossref")) == 1
    assert session.records.get("crossref", "doi", "10.1056/nejmp1314927") == todres


def test_a_doi_given_twice_is_asked_once_and_comes_once(loopback: World, session: Session) -> None:
    assert len(outcomes(["10.1056/NEJMp1314927", "10.1056/nejmp1314927"], session)) == 1
    assert len(loopback.log) == 1


def test_what_is_stored_is_not_asked_again(loopback: World, session: Session) -> None:
    """This holds for records and for DOIs that nobody knows."""
    dois = ["10.1056/nejmp1314927", "10.5555/nobody.knows"]
    outcomes(dois, session)
    asked = len(loopback.log)
    again = outcomes(dois, session)
    assert len(loopback.log) == asked
    assert again["10.5555/nobody.knows"].status == "not-found"


def test_refresh_asks_again_and_keeps_the_newer_answer(loopback: World, session: Session) -> None:
    doi = "10.1056/nejmp1314927"
    outcomes([doi], session)
    changed = {**(loopback.crossref.works.get(doi) or {}), "is-referenced-by-count": 7}
    loopback.crossref.works.add([changed])
    fresh = Session(session.client, session.records, session.services, Freshness(refresh=True))
    assert outcomes([doi], fresh)[doi].json()["is-referenced-by-count"] == 7
    assert outcomes([doi], session)[doi].json()["is-referenced-by-count"] == 7


def test_a_doi_that_is_no_doi_is_refused_before_anything_is_asked(
    loopback: World, session: Session
) -> None:
    with pytest.raises(IdentifierError, match=r"10\.1056/NEJMp1314927"):
        outcomes(["10.1056/nejmp1314927", "nonsense"], session)
    assert not loopback.log


@pytest.mark.parametrize("doi", ["10.5555/odd,comma", "10.5555/odd#hash?mark", SICI])
def test_a_doi_with_odd_characters_is_asked_alone_and_quoted(
    doi: str, loopback: World, session: Session
) -> None:
    """A comma would break the filter; a "#" would fetch another work's record in silence."""
    got = outcomes([doi, "10.1056/nejmp1314927", "10.1001/jamapediatrics.2014.999"], session)
    assert got[doi].json()["DOI"] == doi
    (alone,) = loopback.requests("crossref", containing=doi)
    assert alone.target.endswith("/works/" + http.quoted(doi))
    assert "#" not in alone.target


def test_batches_hold_fifty_dois_and_fit_into_an_address(loopback: World, session: Session) -> None:
    long_ones = [f"10.5555/{'very.long.' * 14}{number}" for number in range(60)]
    short = [f"10.5555/short.{number}" for number in range(120)]
    loopback.crossref.works.add(
        {"DOI": doi, "type": "journal-article", "title": [doi]} for doi in long_ones + short
    )
    got = outcomes(short + long_ones, session)
    assert {record.status for record in got.values()} == {"found"}
    lists = loopback.requests("crossref", containing="filter=")
    sizes = [unquote(line.target).count("doi:") for line in lists]
    assert max(sizes) == 50
    assert sum(sizes) == 180
    assert max(len(line.target) for line in lists) <= 4092
    assert all(int(line.query["rows"]) == size for line, size in zip(lists, sizes, strict=True))


def test_a_doi_that_a_batch_lacks_is_looked_up_to_learn_why(
    loopback: World, session: Session
) -> None:
    """Registered elsewhere, and registered nowhere, are told apart."""
    got = outcomes(
        ["10.1056/nejmp1314927", "10.5072/loopback-data", "10.5555/nobody.knows"], session
    )
    assert got["10.5072/loopback-data"].status == "not-found"
    assert got["10.5072/loopback-data"].agency == "datacite"
    assert got["10.5555/nobody.knows"].agency is None
    assert "does not know" in (got["10.5555/nobody.knows"].reason or "")
    assert len(loopback.requests("crossref", containing="filter=")) == 1


@pytest.mark.parametrize("redirects", [False, True])
def test_an_alias_gives_the_other_record_and_is_noted_as_alias(
    redirects: bool,  # noqa: FBT001 - a test's parameter
    loopback: World,
    session: Session,
) -> None:
    loopback.crossref.redirects = redirects
    record = outcomes(["10.5555/loopback.old-name"], session)["10.5555/loopback.old-name"]
    assert record.status == "found"
    assert record.alias_of == "10.5555/loopback.renamed"
    stored = session.records.get("crossref", "doi", "10.5555/loopback.old-name")
    assert stored == record


def test_an_alias_that_the_record_itself_names_needs_no_further_question(
    loopback: World, session: Session
) -> None:
    prime = loopback.crossref.works.get("10.5555/loopback.renamed") or {}
    loopback.crossref.works.add([{**prime, "aliases": ["10.5555/LOOPBACK.old-name"]}])
    record = outcomes(["10.5555/loopback.old-name"], session)["10.5555/loopback.old-name"]
    assert record.alias_of == "10.5555/loopback.renamed"
    assert not loopback.requests("doi")


def test_a_record_that_came_by_another_name_is_not_fetched_again_by_its_own(
    loopback: World, session: Session
) -> None:
    outcomes(["10.5555/loopback.old-name"], session)
    list(crossref.by_isbn(["9780000000002"], session))
    asked = len(loopback.log)
    got = outcomes(["10.5555/loopback.renamed", "10.5555/loopback.book"], session)
    assert {record.status for record in got.values()} == {"found"}
    assert {record.alias_of for record in got.values()} == {None}
    assert len(loopback.log) == asked


def test_a_record_for_another_doi_is_refused(loopback: World, session: Session) -> None:
    """Nothing of it is stored as this DOI's record; it is asked for again next time."""
    loopback.crossref.wrong["10.1056/nejmp1314927"] = "10.1001/jamapediatrics.2014.999"
    record = outcomes(["10.1056/nejmp1314927"], session)["10.1056/nejmp1314927"]
    assert record.status == "error"
    assert record.body is None
    assert "10.1001/jamapediatrics.2014.999 instead of 10.1056/nejmp1314927" in str(record.reason)
    assert session.records.get("crossref", "doi", "10.1056/nejmp1314927") is None
    loopback.crossref.wrong.clear()
    assert outcomes(["10.1056/nejmp1314927"], session)["10.1056/nejmp1314927"].status == "found"


def test_a_stranger_in_a_batch_is_not_taken_for_what_was_asked(
    loopback: World, session: Session
) -> None:
    wrong = loopback.crossref.works.get("10.5555/odd")
    message = {"total-results": 1, "items": [wrong]}
    body = json.dumps({"status": "ok", "message-type": "work-list", "message": message}).encode()
    loopback.fail(faults.Body(body), containing="filter=")
    got = outcomes(["10.1056/nejmp1314927", "10.1001/jamapediatrics.2014.999"], session)
    assert {doi: record.json()["DOI"] for doi, record in got.items()} == {doi: doi for doi in got}
    assert session.records.get("crossref", "doi", "10.5555/odd") is None


def test_a_batch_that_is_refused_is_halved_until_the_culprit_stands_alone(
    loopback: World, session: Session
) -> None:
    loopback.fail(faults.Status(400, body="{}"), containing="doi:10.5555/odd,", times=None)
    dois = ["10.5555/odd", "10.1056/nejmp1314927", "10.1001/jamapediatrics.2014.999"]
    got = outcomes(dois, session)
    assert {record.status for record in got.values()} == {"found"}


def test_a_record_of_five_megabytes_and_ten_thousand_authors_comes_whole(
    loopback: World, session: Session
) -> None:
    authors = [{"family": f"Author{number}", "sequence": "additional"} for number in range(10_000)]
    big = {"DOI": "10.5555/big", "type": "journal-article", "title": ["Big"], "author": authors}
    loopback.crossref.works.add([{**big, "abstract": "<jats:p>é</jats:p>" * 300_000}])
    record = outcomes(["10.5555/big"], session)["10.5555/big"]
    assert record.json() == loopback.crossref.works.get("10.5555/big")


def test_half_a_surrogate_pair_in_a_record_survives_the_store(
    loopback: World, session: Session
) -> None:
    """JSON can hold what UTF-8 cannot; the record is kept as it was sent."""
    loopback.crossref.works.add([{"DOI": "10.5555/lone", "title": ["a \ud835 b"]}])
    record = outcomes(["10.5555/lone"], session)["10.5555/lone"]
    stored = session.records.get("crossref", "doi", "10.5555/lone")
    assert stored is not None
    assert stored.json() == record.json() == {"DOI": "10.5555/lone", "title": ["a \ud835 b"]}


def test_hostile_text_is_stored_as_it_was_sent(loopback: World, session: Session) -> None:
    doi = "10.5555/loopback.hostile"
    assert outcomes([doi], session)[doi].json() == loopback.crossref.works.get(doi)


def test_an_absent_doi_of_an_interrupted_run_goes_straight_to_its_own_request(
    loopback: World, session: Session
) -> None:
    session.records.put(
        Record("crossref", "doi", "10.5555/nobody.knows", "absent", reason="not in the batch")
    )
    got = outcomes(["10.5555/nobody.knows", "10.1056/nejmp1314927", "10.5555/odd"], session)
    assert got["10.5555/nobody.knows"].status == "not-found"
    (batch,) = loopback.requests("crossref", containing="filter=")
    assert "nobody" not in batch.target


def test_progress_counts_every_doi_once(loopback: World, session: Session) -> None:
    seen: list[tuple[int, int]] = []
    dois = ["10.1056/nejmp1314927", "10.5555/nobody.knows", "10.5555/odd,comma"]
    list(crossref.fetch(dois, session, lambda done, total: seen.append((done, total))))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert loopback.log


def test_a_search_returns_the_best_answer_first_and_is_not_asked_again(
    loopback: World, session: Session
) -> None:
    text = "Todres J, Clayton EW. Responding to the sexual exploitation of minors. 2014;370:1282"
    items = crossref.search(text, session)
    assert items[0]["DOI"] == "10.1056/nejmp1314927"
    assert items[0]["score"] > items[1]["score"]
    assert "published-print" in items[0]
    assert crossref.search(text, session) == items
    (line,) = loopback.log
    assert line.query["rows"] == "20"


def test_a_search_text_of_any_length_and_shape_fits_into_an_address(
    loopback: World, session: Session
) -> None:
    crossref.search("é& #?+%" * 3000, session)
    assert len(loopback.log[0].target) <= 4092


def test_a_search_that_fails_is_an_error_of_that_search_alone(
    loopback: World, session: Session
) -> None:
    loopback.fail(faults.Status(500), containing="Curricula", times=None)
    results = dict(
        crossref.search_many(["Responding to Exploitation", "Integrating Curricula"], session)
    )
    assert isinstance(results["Integrating Curricula"], Exception)
    assert isinstance(results["Responding to Exploitation"], list)


def test_a_book_is_found_by_its_isbn_and_its_chapters_are_left_out(session: Session) -> None:
    by_isbn = {
        record.identifier: record
        for record in crossref.by_isbn(["9780000000002", "9780000000019"], session)
    }
    assert by_isbn["9780000000002"].json()["DOI"] == "10.5555/loopback.book"
    assert by_isbn["9780000000019"].status == "not-found"


def test_an_isbn_that_two_books_carry_is_not_decided_by_chance(
    loopback: World, session: Session
) -> None:
    book = loopback.crossref.works.get("10.5555/loopback.book") or {}
    loopback.crossref.works.add([{**book, "DOI": "10.5555/loopback.other-book"}])
    (record,) = crossref.by_isbn(["9780000000002"], session)
    assert record.status == "not-found"
    assert "10.5555/loopback.book, 10.5555/loopback.other-book" in str(record.reason)


def test_the_plus_token_goes_to_crossref_and_to_nobody_else(
    loopback: World, records: Records
) -> None:
    services = Services.from_environment(loopback.environment())
    with Client(
        mailto="tests@example.org",
        plus_token="secret",  # noqa: S106 - a test's
        plus_base=services.crossref,
    ) as client:
        session = Session(client, records, services)
        outcomes(["10.5555/loopback.old-name"], session)
    asked_crossref = loopback.requests("crossref")
    assert asked_crossref
    assert loopback.requests("doi")
    for line in loopback.log:
        token = line.headers.get("crossref-plus-api-token")
        assert token == ("Bearer secret" if line.service == "crossref" else None)


def test_it_is_our_client_that_carries_habaneros_calls(loopback: World, session: Session) -> None:
    """Fails when habanero changes the way it asks: then `sources/crossref.py` must follow."""
    assert habanero.request.httpx2 is http.stand_in
    assert habanero.request_class.httpx2 is http.stand_in
    outcomes(["10.1056/nejmp1314927"], session)
    crossref.search("minors", session)
    for line in loopback.log:
        assert line.headers["user-agent"] == session.client.user_agent
    assert len({line.connection for line in loopback.log}) == 1


def test_habanero_cannot_ask_behind_our_back() -> None:
    with pytest.raises(RuntimeError, match=r"outside of http\.carried"):
        habanero.Crossref(base_url="http://127.0.0.1:9").works(ids=["10.5555/x"])


def test_without_a_mail_address_the_public_pools_pace_is_kept(
    loopback: World, records: Records
) -> None:
    with Client(retries=QUICK, timeouts=SHORT) as client:
        session = Session(client, records, Services.from_environment(loopback.environment()))
        outcomes(["10.1056/nejmp1314927"], session)
    assert "mailto" not in loopback.log[0].headers["user-agent"]


def test_only_what_changed_since_is_sent_again(session: Session, loopback: World) -> None:
    """One request for all, by from-index-date."""
    dois = sorted(str(message["DOI"]).lower() for message in loopback.crossref.works)[:3]
    for doi in dois:
        message = loopback.crossref.works.get(doi)
        assert message is not None
        loopback.crossref.works.add(
            [{**message, "indexed": {"date-time": "2020-01-01T00:00:00Z", "timestamp": 1}}]
        )
    first = outcomes(dois, session)
    dates = {doi: record.fetched_at for doi, record in first.items()}
    assert list(crossref.renew(dates, session)) == []
    message = loopback.crossref.works.get(dois[1])
    assert message is not None
    later = {"date-time": "2099-01-01T00:00:00Z", "timestamp": 2}
    loopback.crossref.works.add([{**message, "indexed": later, "title": ["Another title"]}])
    before = len(loopback.log)
    (record,) = crossref.renew(dates, session)
    assert len(loopback.log) == before + 1
    assert (record.identifier, record.json()["title"]) == (dois[1], ["Another title"])
    stored = session.records.get("crossref", "doi", dois[1])
    assert stored == record
