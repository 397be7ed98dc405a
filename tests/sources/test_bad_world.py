"""A service that fails, lies or is silent: each case has a clear outcome, and nothing is lost."""

import time

import pytest

from library.sources import pacing
from library.sources.errors import BlockedError, BusyError
from library.sources.http import Client
from library.sources.pacing import Pace
from library.sources.records import Records
from library.sources.session import Services, Session
from tests.loopback import faults
from tests.loopback.world import World
from tests.sources.conftest import QUICK, outcomes

BAD = {
    "429 with seconds": faults.Status(429, retry_after=0),
    "429 with a date": faults.Status(429, retry_after=0, as_date=True),
    "429 without a word": faults.Status(429),
    "500": faults.Status(500, body="<h1>Internal Server Error</h1>", content_type="text/html"),
    "502": faults.Status(502),
    "503": faults.Status(503, retry_after=0),
    "504": faults.Status(504),
    "silence": faults.Silent(60),
    "dripping": faults.Dripping(),
    "reset": faults.Reset(),
    "connection cut": faults.CutOff(),
    "JSON cut": faults.CutJson(),
    "HTML": faults.Html(),
    "other JSON": faults.Body(b'{"status": "ok", "message": ["?"]}'),
    "a bare number": faults.Body(b"42"),
    "not even text": faults.Body(b"\xff\xfe\x00\x80"),
    "deep JSON": faults.Body(b"[" * 100_000),
    "nothing": faults.Body(b""),
}


@pytest.mark.parametrize("fault", BAD.values(), ids=list(BAD))
@pytest.mark.parametrize("where", ["filter=", "10.5555/odd,comma"])
def test_what_goes_wrong_once_is_asked_again_and_comes_right(
    where: str, fault: faults.Fault, loopback: World, session: Session
) -> None:
    loopback.fail(fault, containing=where)
    got = outcomes(
        ["10.1056/nejmp1314927", "10.1001/jamapediatrics.2014.999", "10.5555/odd,comma"], session
    )
    assert {record.status for record in got.values()} == {"found"}
    met = [line for line in loopback.log if line.fault or line.status in {429, 500}]
    assert len(met) == 1


@pytest.mark.parametrize("fault", BAD.values(), ids=list(BAD))
def test_what_stays_wrong_becomes_an_error_that_is_asked_again_next_time(
    fault: faults.Fault, loopback: World, session: Session
) -> None:
    """The other DOIs of the run come all the same, and nothing wrong is stored."""
    loopback.fail(fault, containing="odd,comma", times=None)
    got = outcomes(["10.1056/nejmp1314927", "10.5555/odd,comma"], session)
    assert got["10.1056/nejmp1314927"].status == "found"
    bad = got["10.5555/odd,comma"]
    assert (bad.status, bad.body) == ("error", None)
    assert "Crossref" in str(bad.reason)
    assert session.records.get("crossref", "doi", "10.5555/odd,comma") is None
    assert session.records.failure("crossref", "doi", "10.5555/odd,comma") is not None
    loopback.heal()
    assert outcomes(["10.5555/odd,comma"], session)["10.5555/odd,comma"].status == "found"


def test_a_403_stops_the_run_and_what_came_before_is_kept(
    loopback: World, session: Session
) -> None:
    outcomes(["10.1056/nejmp1314927"], session)
    loopback.fail(faults.Status(403, body="Blocked: too many requests"), times=None)
    dois = [f"10.5555/some.{number}" for number in range(200)]
    with pytest.raises(BlockedError, match=r"403.*Blocked: too many requests.*mail address"):
        outcomes(["10.1056/nejmp1314927", *dois], session)
    asked = len(loopback.log)
    assert asked <= 1 + 3  # those that were in flight together
    with pytest.raises(BlockedError):
        outcomes(["10.5555/one.more"], session)
    assert len(loopback.log) == asked
    assert session.records.get("crossref", "doi", "10.1056/nejmp1314927") is not None


def test_a_service_that_is_down_is_not_asked_hundreds_of_times(
    loopback: World, session: Session
) -> None:
    """After some requests in a row have failed the rest fails at once, each DOI with a reason."""
    loopback.fail(faults.Status(500), times=None)
    dois = [f"10.5555/some,{number}" for number in range(200)]
    got = outcomes(dois, session)
    assert {record.status for record in got.values()} == {"error"}
    assert len(got) == 200
    assert len(loopback.log) <= (pacing.DOWN_AFTER + 2) * QUICK.tries


def test_a_crossref_that_is_not_there_is_an_error_and_no_traceback(
    client: Client, records: Records
) -> None:
    session = Session(client, records, Services(crossref="http://127.0.0.1:9"))
    record = outcomes(["10.1056/nejmp1314927"], session)["10.1056/nejmp1314927"]
    assert record.status == "error"
    assert "no usable answer from Crossref (connect error" in str(record.reason)


@pytest.mark.parametrize("as_date", [False, True])
def test_a_service_is_left_in_peace_for_as_long_as_it_asks(
    as_date: bool,  # noqa: FBT001 - a test's parameter
    loopback: World,
    session: Session,
) -> None:
    """All threads wait, not only the one that was told."""
    loopback.fail(faults.Status(429, retry_after=2, as_date=as_date), containing="odd,")
    started = time.monotonic()
    got = outcomes(["10.5555/odd,comma", "10.5555/odd,other", "10.5555/odd,third"], session)
    assert got["10.5555/odd,comma"].status == "found"
    told = next(line.started for line in loopback.log if line.status == 429)
    later = [line.started for line in loopback.log if line.started > told + 0.5]
    assert min(later) - told >= (0.9 if as_date else 1.9)  # a date has whole seconds only
    assert len(loopback.log) - len(later) <= 3  # those that were in flight together
    assert time.monotonic() - started < 8


def test_a_service_that_asks_for_an_hour_ends_the_request_at_once(
    loopback: World, client: Client
) -> None:
    """Nobody sits an hour before a silent terminal; the message says when to come back."""
    loopback.fail(faults.Status(503, retry_after=3600))
    url = loopback.url("crossref") + "/works/10.5555/odd"
    started = time.monotonic()
    for _ in range(2):  # the second is not even asked
        with pytest.raises(BusyError, match="60 minutes"):
            client.get(url, pace=Pace("Crossref", limit=10))
    assert time.monotonic() - started < 1
    assert len(loopback.log) == 1
