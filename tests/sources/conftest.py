"""Fixtures for the sources' tests: clients and stores that ask the loopback world."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from library.sources import crossref
from library.sources.http import Client, Retries, Timeouts
from library.sources.records import Record, Records
from library.sources.session import Services, Session
from tests.loopback.world import World

QUICK = Retries(tries=3, silent_tries=2, base=0.02, longest=0.1, patience=5.0)
SHORT = Timeouts(connect=1.0, read=0.25, total=0.6)


@pytest.fixture
def client() -> Iterator[Client]:
    """Give a client with short waits, so that failing services do not make tests slow."""
    with Client(
        mailto="tests@example.org", retries=QUICK, timeouts=SHORT, private_pages=True
    ) as opened:
        yield opened


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Give an empty store."""
    with Records(tmp_path / "records.db") as opened:
        yield opened


@pytest.fixture
def session(client: Client, records: Records, loopback: World) -> Session:
    """Give a session whose services are all on 127.0.0.1."""
    return Session(client, records, Services.from_environment(loopback.environment()))


def outcomes(dois: list[str], session: Session) -> dict[str, Record]:
    """Fetch from Crossref and return the records by identifier; each comes once."""
    fetched = list(crossref.fetch(dois, session))
    by_doi = {record.identifier: record for record in fetched}
    assert len(by_doi) == len(fetched)
    return by_doi
