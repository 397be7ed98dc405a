"""Pasted addresses cannot be used to look into private networks."""

from pathlib import Path

import pytest

from library.sources import urls
from library.sources.addresses import is_public, public_address
from library.sources.errors import PrivateAddressError
from library.sources.http import Client
from library.sources.records import Records
from library.sources.session import Session
from tests.loopback.world import World


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.8.8", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::a00:1", "192.0.2.1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses_are_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "https://[::1]/", "http://0/", "http://2130706433/",
        "http://0x7f.1/", "http://127.1/", "http://169.254.169.254/latest/meta-data/",
        "http://user@127.0.0.1/", "file:///etc/passwd", "ftp://8.8.8.8/", "gopher://8.8.8.8/",
        "http:///nothing", "http://8.8.8.8:22/",
    ],
)  # fmt: skip
def test_an_address_in_a_private_network_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(PrivateAddressError, match="Paste the DOI"):
        public_address(url)


def test_a_pasted_private_address_is_not_asked(
    loopback: World, records: Records, tmp_path: Path
) -> None:
    with Client() as client:
        session = Session(client, records)
        (record,) = urls.fetch([loopback.url("pages") + "/article.html"], session)
    assert record.status == "error"
    assert "was not opened" in str(record.reason)
    assert not loopback.log
    assert tmp_path.exists()


def test_a_redirect_to_another_scheme_is_not_followed(loopback: World, session: Session) -> None:
    loopback.pages.moved["/out"] = "file:///etc/passwd"
    (record,) = urls.fetch([loopback.url("pages") + "/out"], session)
    assert record.status == "error"
    assert "a redirect to 'file:///etc/passwd'" in str(record.reason)


@pytest.mark.parametrize("place", ["//nobody@/", "http://[", "http://x:99999999/", "\\\\x", "%"])
def test_a_redirect_to_nonsense_is_an_outcome_and_no_traceback(
    place: str, loopback: World, session: Session
) -> None:
    loopback.pages.moved["/in"] = place
    (record,) = urls.fetch([loopback.url("pages") + "/in"], session)
    assert record.status == "error"
    assert record.reason
