"""A run that is killed goes on where it stopped."""

from pathlib import Path

import pytest

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
