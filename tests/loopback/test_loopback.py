"""The twins behave as the services do; what is tested against them rests on this.

Asked with the standard library's own client, so that nothing of ours is in between.
"""

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.loopback import faults
from tests.loopback.limits import POLITE
from tests.loopback.world import World

POLITELY = {"User-Agent": "test (mailto:tests@example.org)"}


def ask(
    world: World, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Return (status, headers, text) of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def message(world: World, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return the message of one answer of Crossref's twin."""
    status, _, text = ask(world, "/crossref" + path)
    assert status == 200, text
    return json.loads(text)["message"]


def test_a_doi_is_found_in_any_letter_case_and_quoted_or_not(loopback: World) -> None:
    for path in ("10.1056/NEJMp1314927", "10.1056%2FNEJMP1314927", "10.1056%2fnejmp1314927"):
        assert message(loopback, f"/works/{path}")["DOI"] == "10.1056/nejmp1314927"


def test_an_unknown_doi_is_resource_not_found(loopback: World) -> None:
    status, headers, text = ask(loopback, "/crossref/works/10.5555/none")
    assert (status, text) == (404, "Resource not found.")
    assert headers["content-type"] == "text/plain"


def test_a_hash_that_is_not_quoted_cuts_the_doi(loopback: World) -> None:
    """The trap that the client must not fall into: a client drops what follows the "#"."""
    cut, whole = "/works/10.5555/odd", "/works/" + quote("10.5555/odd#hash?mark", safe="")
    assert message(loopback, cut)["DOI"] == "10.5555/odd"
    assert message(loopback, whole)["DOI"] == "10.5555/odd#hash?mark"


def test_the_agency_of_a_doi_is_told(loopback: World) -> None:
    assert message(loopback, "/works/10.5555/odd/agency")["agency"]["id"] == "crossref"
    assert message(loopback, "/works/10.5072/loopback-data/agency")["agency"]["id"] == "datacite"
    assert ask(loopback, "/crossref/works/10.5555/none/agency")[0] == 404


def test_a_filter_answers_what_it_has_and_is_silent_about_the_rest(loopback: World) -> None:
    dois = "doi:10.1056/NEJMp1314927,doi:10.5555/none,doi:10.5555/odd"
    answer = message(loopback, f"/works?filter={dois}&rows=50")
    assert {item["DOI"] for item in answer["items"]} == {"10.1056/nejmp1314927", "10.5555/odd"}
    assert answer["total-results"] == 2


def test_a_comma_inside_a_doi_breaks_the_filter(loopback: World) -> None:
    status, _, text = ask(loopback, "/crossref/works?filter=doi:10.5555/odd%2Ccomma")
    assert status == 400
    assert json.loads(text)["message-type"] == "validation-failure"


def test_twenty_rows_come_where_none_are_asked_for(loopback: World) -> None:
    loopback.crossref.works.add({"DOI": f"10.5555/row.{number}"} for number in range(60))
    dois = ",".join(f"doi:10.5555/row.{number}" for number in range(60))
    assert len(message(loopback, f"/works?filter={dois}")["items"]) == 20
    assert len(message(loopback, f"/works?filter={dois}&rows=60")["items"]) == 60
    assert ask(loopback, "/crossref/works?rows=1001")[0] == 400


def test_an_address_that_is_too_long_is_refused(loopback: World) -> None:
    assert ask(loopback, "/crossref/works?query=" + "x" * 4100)[0] == 414


def test_a_cursor_pages_through_everything(loopback: World) -> None:
    loopback.crossref.works.add({"DOI": f"10.5555/row.{number:02}"} for number in range(45))
    seen: list[str] = []
    cursor = "*"
    while True:
        answer = message(loopback, f"/works?rows=10&cursor={quote(cursor)}")
        if not answer["items"]:
            break
        seen += [item["DOI"] for item in answer["items"]]
        cursor = answer["next-cursor"]
    assert len(seen) == len(set(seen)) == len(loopback.crossref.works)
    assert ask(loopback, "/crossref/works?cursor=nonsense")[0] == 400


def test_records_can_be_selected_and_filtered_by_the_day_they_changed(loopback: World) -> None:
    loopback.crossref.works.add(
        [{"DOI": "10.5555/new", "indexed": {"date-time": "2026-11-20T00:00:00Z"}, "volume": "1"}]
    )
    answer = message(loopback, "/works?filter=from-index-date:2026-11-15&select=DOI,volume")
    assert answer["items"] == [{"DOI": "10.5555/new", "volume": "1"}]
    assert ask(loopback, "/crossref/works?select=language")[0] == 400


def test_a_search_ranks_by_bm25_over_the_whole_record(loopback: World) -> None:
    text = quote("Diaz Clayton Simon Confronting Commercial Sexual Exploitation 2014")
    items = message(loopback, f"/works?query.bibliographic={text}&rows=2")["items"]
    assert [item["DOI"] for item in items] == [
        "10.1001/jamapediatrics.2014.1002",
        "10.1056/nejmp1314927",
    ]
    assert message(loopback, "/works?query.bibliographic=%22minors%28*")["items"]


def test_the_limits_are_stated_by_pool(loopback: World) -> None:
    loopback.limit("crossref", POLITE)
    headers = ask(loopback, "/crossref/works/10.5555/odd", POLITELY)[1]
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-interval"]) == ("10", "1s")
    assert (headers["x-concurrency-limit"], headers["x-api-pool"]) == ("3", "polite")
    headers = ask(loopback, "/crossref/works?rows=0", POLITELY)[1]
    assert headers["x-rate-limit-limit"] == "3"
    headers = ask(loopback, "/crossref/works?rows=0")[1]
    assert (headers["x-rate-limit-limit"], headers["x-concurrency-limit"]) == ("1", "1")
    assert headers["x-api-pool"] == "public"


def test_what_is_beyond_the_limits_is_refused_and_counted(loopback: World) -> None:
    loopback.limit("crossref", POLITE)
    statuses = [ask(loopback, "/crossref/works?rows=0", POLITELY)[0] for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert loopback.limits["crossref"].violations == ["rate"]
    assert "retry-after" in ask(loopback, "/crossref/works?rows=0", POLITELY)[1]
    time.sleep(1.05)
    assert ask(loopback, "/crossref/works?rows=0", POLITELY)[0] == 200


def test_too_many_at_once_are_refused_and_counted(loopback: World) -> None:
    loopback.limit("crossref", POLITE)
    loopback.fail(faults.Silent(0.5), times=3)
    statuses: list[int] = []

    def one() -> None:
        statuses.append(ask(loopback, "/crossref/works/10.5555/odd", POLITELY)[0])

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    assert ask(loopback, "/crossref/works/10.5555/odd", POLITELY)[0] == 429
    for thread in threads:
        thread.join()
    assert statuses == [200, 200, 200]
    assert loopback.limits["crossref"].violations == ["concurrency"]


def test_faults_meet_what_they_are_meant_for_and_as_often(loopback: World) -> None:
    loopback.fail(faults.Status(503, retry_after=7), containing="nejmp", times=2)
    assert ask(loopback, "/crossref/works/10.5555/odd")[0] == 200
    for _ in range(2):
        status, headers, _ = ask(loopback, "/crossref/works/10.1056/nejmp1314927")
        assert (status, headers["retry-after"]) == (503, "7")
    assert ask(loopback, "/crossref/works/10.1056/nejmp1314927")[0] == 200


@pytest.mark.parametrize("fault", [faults.Reset(), faults.CutOff()], ids=lambda one: one.name)
def test_broken_connections_are_really_broken(fault: faults.Fault, loopback: World) -> None:
    loopback.fail(fault)
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(loopback, "/crossref/works/10.5555/odd")


def test_one_connection_serves_many_requests(loopback: World) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", loopback.port, timeout=10)
    started = time.monotonic()
    for _ in range(50):
        connection.request("GET", "/crossref/works/10.5555/odd")
        connection.getresponse().read()
    connection.close()
    assert len({line.connection for line in loopback.log}) == 1
    assert time.monotonic() - started < 2  # 40 ms each would be Nagle against delayed ACK


def test_doi_org_knows_aliases_and_negotiates(loopback: World) -> None:
    _, _, text = ask(loopback, "/doi/api/handles/10.5555/loopback.old-name")
    assert json.loads(text)["values"][0]["type"] == "HS_ALIAS"
    csl = {"Accept": "application/vnd.citationstyles.csl+json"}
    status, headers, text = ask(loopback, "/doi/10.1400/loopback.1", csl)
    assert (status, headers["content-type"]) == (200, csl["Accept"])
    assert json.loads(text)["type"] == "article-journal"
    assert "html" in ask(loopback, "/doi/10.1400/loopback.1")[1]["content-type"]


def test_the_real_records_are_served_where_they_are_here(loopback_corpora: World) -> None:
    doi = "10.1001/jamapediatrics.2017.2391"
    assert message(loopback_corpora, f"/works/{doi}")["DOI"] == doi
    assert len(loopback_corpora.crossref.works) > 6000
