"""Whether addresses lead somewhere, asked of real servers on 127.0.0.1."""

import pytest

from library.sources.http import Client
from library.sources.links import Link, ask
from tests.loopback import faults
from tests.loopback.world import World


def _one(url: str, client: Client) -> Link:
    (link,) = ask([url], client, interval=0)
    return link


def test_a_page_that_is_there_is_good(client: Client, loopback: World) -> None:
    url = loopback.url("pages") + "/article.html#part"
    assert _one(url, client) == Link(url, "good")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_dead(client: Client, loopback: World, status: int) -> None:
    loopback.pages.status["/gone"] = status
    url = loopback.url("pages") + "/gone"
    assert _one(url, client) == Link(url, "dead", f"HTTP {status}")


@pytest.mark.parametrize("status", [403, 401, 429, 500, 503])
def test_what_may_be_so_for_programs_or_for_the_moment_is_no_alarm(
    client: Client, loopback: World, status: int
) -> None:
    loopback.pages.status["/odd"] = status
    assert _one(loopback.url("pages") + "/odd", client).state == "untold"


@pytest.mark.parametrize("status", [301, 308])
def test_a_page_that_moved_for_good_is_told_with_its_new_address(
    client: Client, loopback: World, status: int
) -> None:
    loopback.pages.moved["/old"] = "/pages/article.html"
    loopback.pages.status["/old"] = status
    base = loopback.url("pages")
    assert _one(base + "/old", client) == Link(
        base + "/old", "moved", target=base + "/article.html"
    )


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_redirect_for_the_moment_is_good(client: Client, loopback: World, status: int) -> None:
    loopback.pages.moved["/login"] = "/pages/article.html"
    loopback.pages.status["/login"] = status
    assert _one(loopback.url("pages") + "/login", client).state == "good"


def test_of_several_steps_only_those_for_good_count(client: Client, loopback: World) -> None:
    loopback.pages.moved |= {"/a": "/pages/b", "/b": "/pages/article.html"}
    loopback.pages.status |= {"/a": 301, "/b": 302}
    base = loopback.url("pages")
    assert _one(base + "/a", client).target == base + "/b"


def test_a_new_address_that_is_gone_is_dead(client: Client, loopback: World) -> None:
    loopback.pages.moved["/a"] = "/pages/nowhere"
    loopback.pages.status["/a"] = 301
    assert _one(loopback.url("pages") + "/a", client).state == "dead"


def test_redirects_without_end_are_no_alarm(client: Client, loopback: World) -> None:
    loopback.pages.moved |= {"/a": "/pages/b", "/b": "/pages/a"}
    link = _one(loopback.url("pages") + "/a", client)
    assert (link.state, "redirects" in link.detail) == ("untold", True)


def test_a_silent_server_is_no_alarm(client: Client, loopback: World) -> None:
    loopback.fail(faults.Silent(5), service="pages", times=9)
    assert _one(loopback.url("pages") + "/article.html", client).state == "untold"


def test_only_the_beginning_of_a_large_file_is_read(client: Client, loopback: World) -> None:
    loopback.pages.pages["/large"] = "x" * 30_000_000
    assert _one(loopback.url("pages") + "/large", client).state == "good"


def test_without_a_network_nothing_is_called_dead(client: Client) -> None:
    url = "http://no-such-host.invalid/page"
    assert _one(url, client).state == "untold"


def test_a_name_that_is_not_known_is_dead_where_others_answer(
    client: Client, loopback: World
) -> None:
    gone, there = "http://no-such-host.invalid/page", loopback.url("pages") + "/article.html"
    found = {link.url: link.state for link in ask([gone, there], client, interval=0)}
    assert found == {gone: "dead", there: "good"}


def test_addresses_of_a_private_network_are_not_opened() -> None:
    with Client() as careful:
        link = _one("http://127.0.0.1:80/secret", careful)
    assert link.state == "untold"
    assert "private network" in link.detail


def test_a_host_is_asked_for_each_address_once_and_in_order(
    client: Client, loopback: World
) -> None:
    base = loopback.url("pages")
    for number in range(4):
        loopback.pages.pages[f"/{number}"] = "<html></html>"
    found = list(ask([f"{base}/{number}" for number in (3, 1, 2, 0, 3)], client, interval=0))
    assert [link.state for link in found] == ["good"] * 4
    assert [line.path[-1] for line in loopback.requests("pages")] == ["3", "1", "2", "0"]


def test_other_schemes_and_broken_addresses_are_passed_over(client: Client) -> None:
    assert list(ask(["ftp://a/b", "http://[", "mailto:a@example.org", ""], client)) == []
