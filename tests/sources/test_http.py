"""The one client: pooled connections, limits of time and size, headers, redirects."""

import re
import threading
import time

import pytest

from library.errors import SettingsError
from library.sources import http
from library.sources.errors import NoAnswerError, TooLargeError
from library.sources.http import Client
from library.sources.pacing import Pace, StoppedError
from library.sources.session import Services
from tests.loopback import faults
from tests.loopback.limits import POLITE, Limits
from tests.loopback.world import World

FAST = Pace("Crossref", limit=1000, concurrency=3)


def test_one_connection_carries_many_requests(loopback: World, client: Client) -> None:
    url = loopback.url("crossref") + "/works/10.5555/odd"
    for _ in range(20):
        assert client.get(url, pace=FAST).status == 200
    assert len({line.connection for line in loopback.log}) == 1


def test_the_mail_address_stands_in_the_user_agent_and_nowhere_else(
    loopback: World, client: Client
) -> None:
    client.get(loopback.url("crossref") + "/works/10.5555/odd", pace=FAST)
    (line,) = loopback.log
    assert re.fullmatch(
        r"library/\S+ \(mailto:tests@example\.org\) habanero/\S+", line.headers["user-agent"]
    )
    assert "mailto" not in line.target


@pytest.mark.parametrize(
    "mailto", ["nobody", "a@b\r\nX-Evil: 1", "a b@c.example", "<a@b.example>", "ü@example.org"]
)
def test_a_mail_address_that_is_none_is_refused(mailto: str) -> None:
    with pytest.raises(SettingsError, match=r"metadata\.yml"):
        Client(mailto=mailto)


def test_an_answer_larger_than_any_record_is_not_read_to_its_end(
    loopback: World, client: Client
) -> None:
    loopback.fail(faults.Body(b'{"x": "' + b"x" * 3_000_000 + b'"}'), times=None)
    url = loopback.url("crossref") + "/works/10.5555/odd"
    with pytest.raises(TooLargeError, match="1,000,000 bytes"):
        client.get(url, pace=FAST, max_bytes=http.MEGABYTE)
    cut = client.get(url, pace=FAST, max_bytes=1000, cut=True, expect="any")
    assert len(cut.body) == 1000


@pytest.mark.parametrize("fault", [faults.Silent(60), faults.Dripping()], ids=lambda one: one.name)
def test_silence_ends_after_the_limit_of_time(
    fault: faults.Fault, loopback: World, client: Client
) -> None:
    """Two tries, not five: nobody waits five times for a service that does not answer."""
    loopback.fail(fault, times=None)
    started = time.monotonic()
    with pytest.raises(NoAnswerError, match="asked 2 times"):
        client.get(loopback.url("crossref") + "/works/10.5555/odd", pace=FAST)
    assert time.monotonic() - started < 4


def test_a_redirect_is_followed_and_remembered(loopback: World, client: Client) -> None:
    loopback.crossref.redirects = True
    url = loopback.url("crossref") + "/works/10.5555%2Floopback.old-name"
    answer = client.get(url, pace=FAST)
    assert answer.redirects == (url,)
    assert answer.url.endswith("10.5555%2Floopback.renamed")


def test_a_404_is_an_answer_and_not_an_error(loopback: World, client: Client) -> None:
    answer = client.get(loopback.url("crossref") + "/works/10.5555/none", pace=FAST)
    assert (answer.status, answer.text) == (404, "Resource not found.")


def test_requests_of_all_threads_keep_to_the_limits_that_the_answers_state(
    loopback: World, client: Client
) -> None:
    """The pace given at first is far too fast; the headers set it right after one answer."""
    loopback.limit("crossref", Limits(single=20, concurrency=2, enforced=True, latency=0.15))
    url = loopback.url("crossref") + "/works/10.5555/odd"
    client.get(url, pace=Pace("Crossref", "single", limit=1000, concurrency=8))
    started = time.monotonic()

    def ask() -> None:
        for _ in range(5):
            client.get(url, pace=Pace("Crossref", "single", limit=1000, concurrency=8))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = loopback.limits["crossref"]
    assert state.violations == []
    assert state.most_in_flight == 2
    assert time.monotonic() - started >= 30 / 20


def test_lists_and_single_requests_are_paced_apart(loopback: World, client: Client) -> None:
    loopback.limit("crossref", POLITE)
    base = loopback.url("crossref")
    started = time.monotonic()
    for _ in range(3):
        client.get(f"{base}/works?rows=1", pace=Pace("Crossref", "list", limit=3, concurrency=3))
        for _ in range(2):
            pace = Pace("Crossref", "single", limit=10, concurrency=3)
            client.get(f"{base}/works/10.5555/odd", pace=pace)
    assert loopback.limits["crossref"].violations == []
    assert time.monotonic() - started < 2


def test_a_pace_that_proves_too_fast_is_slowed_down(loopback: World, client: Client) -> None:
    """The service states no limits and refuses what is too much; all requests come through."""
    loopback.limit("crossref", Limits(single=5, interval=0.3, enforced=True, stated=False))
    url = loopback.url("crossref") + "/works/10.5555/odd"
    for _ in range(12):
        assert client.get(url, pace=Pace("Crossref", limit=25)).status == 200


def test_a_request_that_waits_can_be_stopped(loopback: World, client: Client) -> None:
    """Ctrl-C does not wait for the pace."""
    slow = Pace("Crossref", limit=1, interval=3600)
    loopback.limit("crossref", Limits(stated=False))
    url = loopback.url("crossref") + "/works/10.5555/odd"
    client.get(url, pace=slow)
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    with pytest.raises(StoppedError):
        client.get(url, pace=slow, stop=stop)
    assert time.monotonic() - started < 2


def test_services_may_live_elsewhere_and_nonsense_is_refused() -> None:
    services = Services.from_environment(
        {"LIBRARY_CROSSREF_URL": "http://mirror.example/", "LIBRARY_DOI_URL": "http://two.example"},
        doi="http://one.example",
    )
    assert services.crossref == "http://mirror.example"
    assert services.doi == "http://one.example"
    assert services.datacite == "https://api.datacite.org"
    with pytest.raises(SettingsError, match="crossref"):
        Services.from_environment({}, crossref="mirror.example")
