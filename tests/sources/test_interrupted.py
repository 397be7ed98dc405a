"""A run that is killed goes on where it stopped."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from library.sources import crossref
from library.sources.records import Records
from library.sources.session import Session
from tests.loopback import faults
from tests.loopback.interruption import interrupted_run
from tests.loopback.limits import Limits
from tests.loopback.world import World


@pytest.mark.slow
def test_a_run_killed_again_and_again_loses_nothing_and_asks_nothing_twice(
    loopback: World, tmp_path: Path
) -> None:
    """Except what was in flight when it died, at most as many requests as run at once.

    `scripts/bench enrich` does it a hundred times.
    """
    plain = [f"10.5555/plain.{number}" for number in range(1500)]
    odd = [f"10.5555/odd,{number}" for number in range(300)]
    unknown = [f"10.5555/unknown.{number}" for number in range(50)]
    loopback.crossref.works.add(
        {"DOI": doi, "type": "journal-article", "title": [doi]} for doi in plain + odd
    )
    loopback.limit("crossref", Limits(latency=0.02))
    dois = [doi for three in zip(plain, odd * 5, unknown * 30, strict=True) for doi in three]
    dois = list(dict.fromkeys(dois))
    outcome = interrupted_run(
        loopback,
        dois,
        tmp_path / "records.db",
        kills=30,
        known=dict.fromkeys(unknown, "not-found"),
    )
    assert outcome.kills == 30
    assert outcome.lost == set()
    assert outcome.asked_again == []
    assert outcome.most_in_flight <= 3


FETCH = """
import os
from pathlib import Path
from library.sources import crossref
from library.sources.http import Client
from library.sources.records import Records
from library.sources.session import Services, Session
with Client() as client, Records(Path("records.db")) as records:
    session = Session(client, records, Services.from_environment(os.environ))
    for record in crossref.fetch(["10.5555/odd,comma", "10.5555/odd#hash?mark"], session):
        print(record.identifier, flush=True)
"""


def test_ctrl_c_ends_a_run_soon_though_the_service_is_silent(
    loopback: World, tmp_path: Path
) -> None:
    """What came before is stored, and no thread keeps the process alive."""
    loopback.fail(faults.Silent(60), containing="#hash", times=None)
    process = subprocess.Popen(
        [sys.executable, "-c", FETCH],
        cwd=tmp_path,
        env={**os.environ, **loopback.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "10.5555/odd,comma\n"
    while len(loopback.log) < 2:
        time.sleep(0.01)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - started < 8
    assert said.strip().endswith("KeyboardInterrupt")
    with Records(tmp_path / "records.db") as records:
        assert records.get("crossref", "doi", "10.5555/odd,comma") is not None
        assert records.get("crossref", "doi", "10.5555/odd#hash?mark") is None


def test_a_caller_who_leaves_the_loop_leaves_no_threads_behind(
    loopback: World, session: Session
) -> None:
    loopback.crossref.works.add({"DOI": f"10.5555/odd,{number}"} for number in range(200))
    threads = threading.active_count()
    for record in crossref.fetch((f"10.5555/odd,{number}" for number in range(200)), session):
        assert record.status == "found"
        break
    deadline = time.monotonic() + 5
    while threading.active_count() > threads + 3 and time.monotonic() < deadline:
        time.sleep(0.01)  # the server's own threads may still be there
    assert len(loopback.log) < 50
    assert crossref.search("minors", session)  # the client is as good as before
