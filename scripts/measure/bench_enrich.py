"""`scripts/bench enrich`: how politely, how fast and how safely 5,000 DOIs are fetched.

Everything is asked of the loopback Crossref, which enforces the polite pool's limits (3 lists a
second, 3 requests at once) and counts what goes beyond them.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from library.sources import crossref
from library.sources.http import Client
from library.sources.records import Records
from library.sources.session import Services, Session
from measure.report import Failure, Row
from tests.loopback.interruption import interrupted_run
from tests.loopback.limits import POLITE, Limits
from tests.loopback.works import Message, corpus
from tests.loopback.world import World, world

DOIS = 5000
MOST_REQUESTS = 105
MOST_TIME = 1.05  # of what the limit permits
KILLS = 100


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure; `paths` may name folders of Crossref messages to take instead of the corpora."""
    messages, note = _messages(paths)
    with tempfile.TemporaryDirectory() as folder, world(limits={"crossref": POLITE}) as services:
        services.crossref.works.add(messages)
        dois = [message["DOI"].lower() for message in messages]
        rows = _polite(services, dois, Path(folder), note, failures)
        rows += _again(services, dois, Path(folder))
    return rows + _killed(failures)


def _messages(paths: Sequence[Path]) -> tuple[list[Message], str]:
    """Return 5,000 real messages with plain DOIs, or made-up ones where none are here."""
    corpora = os.environ.get("LIBRARY_CORPORA")
    found: dict[str, Message] = {}
    for folder in paths or ([Path(corpora)] if corpora else []):
        for message in corpus(folder):
            found.setdefault(message["DOI"].lower(), message)
    plain = [message for doi, message in found.items() if crossref.is_plain(doi)]
    real = list(islice(plain, DOIS))
    made = [
        {"DOI": f"10.5555/made.up.{number:06}", "type": "journal-article", "title": ["Made up"]}
        for number in range(DOIS - len(real))
    ]
    return real + made, f"{len(real)} real records, {len(made)} made up"


def _polite(
    services: World, dois: list[str], folder: Path, note: str, failures: list[Failure]
) -> list[Row]:
    """Fetch everything once, in a process of its own, at the pace that the server allows."""
    outcome = interrupted_run(services, dois, folder / "records.db", kills=0)
    took, missing = outcome.seconds, sorted(outcome.lost)
    asked = services.requests("crossref")
    permitted = (len(asked) - 1) * POLITE.interval / POLITE.list
    violations = services.limits["crossref"].violations
    failures += [Failure("records found", doi) for doi in missing]
    ratio = took / permitted
    refused = sum(line.status != 200 for line in asked)
    number = len(asked)
    connections = len({line.connection for line in asked})
    return [
        Row("records found", DOIS - len(missing), "records", DOIS, "all", not missing, note),
        Row("requests", number, "", DOIS, f"≤ {MOST_REQUESTS}", number <= MOST_REQUESTS),
        Row("time, to what the limit permits", ratio, "×", number, f"≤ {MOST_TIME}",
            ratio <= MOST_TIME, f"{took:.1f} s; {permitted:.1f} s permitted at 3 a second"),
        Row("requests beyond the limits", len(violations), "", number, "0", not violations,
            f"counted in sliding windows of one second; {refused} answers were not 200"),
        Row("connections opened", connections, "", number, "≤ 3", connections <= 3),
    ]  # fmt: skip


def _again(services: World, dois: list[str], folder: Path) -> list[Row]:
    """Ask for the same again: nothing leaves the house."""
    before = len(services.log)
    with Client(mailto="bench@example.org") as client, Records(folder / "records.db") as records:
        session = Session(client, records, Services.from_environment(services.environment()))
        start = time.monotonic()
        count = sum(1 for _ in crossref.fetch(dois, session))
        took = time.monotonic() - start
    asked = len(services.log) - before
    return [
        Row("requests of a second run", asked, "", count, "0", asked == 0),
        Row("records from the store", count / took, "records/s", count),
    ]


def _killed(failures: list[Failure]) -> list[Row]:
    """Kill a run a hundred times; compare the server's log and the store after each death."""
    plain = [f"10.5555/plain.{number}" for number in range(4000)]
    odd = [f"10.5555/odd,{number}" for number in range(1500)]
    unknown = [f"10.5555/unknown.{number}" for number in range(100)]
    messages = [{"DOI": doi, "type": "journal-article", "title": [doi]} for doi in plain + odd]
    with tempfile.TemporaryDirectory() as folder, world() as services:
        services.crossref.works.add(messages)
        services.limit("crossref", Limits(latency=0.03))
        outcome = interrupted_run(
            services,
            plain + odd + unknown,
            Path(folder) / "records.db",
            kills=KILLS,
            known=dict.fromkeys(unknown, "not-found"),
        )
    lost, again = outcome.lost, outcome.asked_again
    failures += [Failure("lost after SIGKILL", doi) for doi in sorted(lost)]
    failures += [Failure("asked again after SIGKILL", doi) for doi in again]
    width = outcome.most_in_flight
    return [
        Row("runs killed with SIGKILL", outcome.kills, "", KILLS, str(KILLS),
            outcome.kills == KILLS, f"{len(plain + odd + unknown)} DOIs"),
        Row("records lost", len(lost), "", outcome.kills, "0", not lost),
        Row("stored records asked for again", len(again), "", outcome.requests, "0", not again),
        Row("requests in flight at a death, most", width, "", outcome.kills, "≤ 3", width <= 3,
            "as many as may run at once; only these are asked again"),
    ]  # fmt: skip
