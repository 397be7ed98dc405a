"""Runs that are killed: does anything get lost, is anything asked for twice?

A run over many DOIs is started in a process of its own, killed with SIGKILL at a random moment,
started again, and so on; the server's log and the store are compared after each death.

`python -m tests.loopback.interruption` is the launcher that starts these processes: it has
everything imported, so that a hundred starts take seconds. It reads one task in JSON, then forks a
run for each further line, says its process id, and says how it ended.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from library.sources import crossref
from library.sources.http import Client
from library.sources.records import Records
from library.sources.session import Services, Session

from .server import Logged
from .world import World

LIFE = 0.2  # seconds: no run is left alive longer, until all deaths have been died


@dataclass(slots=True)
class Interruption:
    """What came of it."""

    kills: int = 0  # runs that were killed while they worked
    requests: int = 0
    lost: set[str] = field(default_factory=set)  # DOIs without their right outcome at the end
    asked_again: list[str] = field(default_factory=list)  # DOIs asked for though they were stored
    most_in_flight: int = 0  # requests of one run whose answers died with it
    seconds: float = 0.0  # from the last run's first request to its end


def interrupted_run(
    world: World,
    dois: Sequence[str],
    store: Path,
    *,
    kills: int,
    seed: int = 20261123,
    known: Mapping[str, str] | None = None,
) -> Interruption:
    """Fetch `dois` into `store`, with `kills` deaths on the way, and report.

    `known` holds the right status of each DOI; by default it is "found".
    """
    chance = random.Random(seed)  # noqa: S311 - makes a run that can be repeated
    outcome = Interruption()
    stored: set[str] = set()
    with _Launcher(world.environment(), dois, store) as launcher:
        ended = False
        while not ended:
            first = len(world.log)
            process = launcher.start()
            if outcome.kills < kills:
                _kill_while_it_asks(world, process, first, chance)
            status = launcher.wait()
            if len(world.log) > first:
                outcome.seconds = time.monotonic() - world.log[first].started
            ended = status == 0
            if status not in {0, -signal.SIGKILL}:
                msg = f"the run ended by itself, with status {status}: see above"
                raise RuntimeError(msg)
            outcome.kills += not ended
            asked = [line for line in world.log[first:] if line.service == "crossref"]
            outcome.requests += len(asked)
            outcome.asked_again += sorted({doi for line in asked for doi in _dois(line)} & stored)
            stored = _stored(store, dois)
            seen = _seen(store, dois)
            in_flight = sum(not seen.issuperset(_dois(line)) for line in asked)
            outcome.most_in_flight = max(outcome.most_in_flight, in_flight)
    right = known or {}
    with Records(store) as records:
        got = records.get_many("crossref", "doi", dois)
    outcome.lost = {
        doi for doi in dois if doi not in got or got[doi].status != right.get(doi, "found")
    }
    return outcome


class _Launcher:
    """The process that forks the runs."""

    def __init__(self, environment: Mapping[str, str], dois: Sequence[str], store: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self._say(json.dumps([dict(environment), list(dois), str(store)]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def start(self) -> int:
        """Start a run and return its process id."""
        self._say("run")
        return int(self._hear())

    def wait(self) -> int:
        """Return how the run ended: 0, or minus the signal's number."""
        return int(self._hear())

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _launch() -> None:
    """Fork a run for each line of stdin."""
    environment, dois, store = json.loads(sys.stdin.readline())
    while sys.stdin.readline():
        process = os.fork()
        if process == 0:
            _run(environment, dois, store)
            os._exit(0)
        _tell(process)
        _tell(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _kill_while_it_asks(world: World, process: int, first: int, chance: random.Random) -> None:
    """Wait for the run's first request, then for a random while, then kill it."""
    deadline = time.monotonic() + 10
    while len(world.log) == first and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, LIFE))
    os.kill(process, signal.SIGKILL)


def _run(environment: Mapping[str, str], dois: list[str], store: str) -> None:
    """Fetch everything that is missing; this is what gets killed."""
    services = Services.from_environment(environment)
    with Client(mailto="tests@example.org") as client, Records(Path(store)) as records:
        for _ in crossref.fetch(dois, Session(client, records, services)):
            pass


def _stored(store: Path, dois: Sequence[str]) -> set[str]:
    """Return the DOIs whose final outcome is stored."""
    if not store.exists():
        return set()
    with Records(store) as records:
        got = records.get_many("crossref", "doi", dois)
    return {doi for doi, record in got.items() if record.status != "absent"}


def _seen(store: Path, dois: Sequence[str]) -> set[str]:
    """Return the DOIs of which anything is stored, also that a batch came without them."""
    if not store.exists():
        return set()
    with Records(store) as records:
        return set(records.get_many("crossref", "doi", dois))


def _dois(line: Logged) -> list[str]:
    """Return the DOIs that a request asked for."""
    if "filter" in line.query:
        return [part.removeprefix("doi:") for part in line.query["filter"].split(",")]
    return [unquote(line.path.removeprefix("/works/").removesuffix("/agency")).lower()]


if __name__ == "__main__":
    _launch()
