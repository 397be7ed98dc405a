"""Jobs of the add page in records.db."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from library.sources.jobs import MOST_BEGINNINGS, Item, Jobs, turn
from library.sources.records import Records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def jobs(path: Path) -> Iterator[Jobs]:
    with Records(path) as records:
        yield Jobs(records)


def _item(position: int, status: str = "added") -> Item:
    return Item(position, f"10.1/{position}", status, status, f"key{position}", {"title": "T"})


def test_a_job_goes_its_way_and_remembers_everything(jobs: Jobs, path: Path) -> None:
    name = jobs.ask("ann", "10.1/0 10.1/1", 2)
    begun = jobs.begin()
    assert begun is not None
    assert (begun.id, begun.state, begun.pasted) == (name, "asked", "10.1/0 10.1/1")
    jobs.looked_up(name, [_item(0), _item(1)], "+a diff")
    assert jobs.begin() is None
    assert not jobs.has_open()
    assert jobs.confirm(name, "ann", [1])
    assert jobs.has_open()
    assert [item.chosen for item in jobs.items(name)] == [False, True]
    jobs.finished(name, [Item(1, "10.1/1", "added", "added", "key1", chosen=True)], "+the diff")
    with Records(path) as another:
        job = Jobs(another).get(name, "ann")
        assert job is not None
        assert (job.state, job.diff, job.done, job.total) == ("done", "+the diff", 1, 1)
        assert [item.key for item in Jobs(another).items(name)] == ["key0", "key1"]


def test_only_its_actor_may_see_confirm_or_drop_a_job(jobs: Jobs) -> None:
    name = jobs.ask("ann", "10.1/0", 1)
    jobs.looked_up(name, [_item(0)], "")
    assert jobs.get(name, "ben") is None
    assert not jobs.confirm(name, "ben", [0])
    assert not jobs.drop(name, "ben")
    assert jobs.of("ben") == []
    assert [job.id for job in jobs.of("ann")] == [name]


def test_a_choice_counts_once(jobs: Jobs) -> None:
    name = jobs.ask("ann", "10.1/0 10.1/1", 2)
    jobs.looked_up(name, [_item(0), _item(1)], "")
    assert jobs.confirm(name, "ann", [0])
    assert not jobs.confirm(name, "ann", [1])
    assert [item.chosen for item in jobs.items(name)] == [True, False]


def test_a_job_that_is_always_interrupted_is_given_up(jobs: Jobs) -> None:
    name = jobs.ask("ann", "10.1/0", 1)
    for _ in range(MOST_BEGINNINGS):
        assert jobs.begin() is not None
    assert jobs.begin() is None
    job = jobs.get(name, "ann")
    assert job is not None
    assert job.state == "failed"
    assert "begun 4 times" in job.message


def test_a_job_that_was_given_back_is_not_counted_as_begun(jobs: Jobs) -> None:
    name = jobs.ask("ann", "10.1/0", 1)
    for _ in range(MOST_BEGINNINGS + 2):
        assert jobs.begin() is not None
        jobs.give_back(name)
    assert jobs.begin() is not None


def test_the_oldest_job_is_done_first(jobs: Jobs) -> None:
    names = [jobs.ask("ann", f"10.1/{number}", 1) for number in range(3)]
    for name in names:
        begun = jobs.begin()
        assert begun is not None
        assert begun.id == name
        jobs.fail(name, "for this test")


def test_a_dropped_job_loses_its_text_and_still_counts_against_the_limit(jobs: Jobs) -> None:
    name = jobs.ask("ann", "10.1/0", 1)
    jobs.looked_up(name, [_item(0)], "+")
    assert jobs.drop(name, "ann")
    job = jobs.get(name, "ann")
    assert job is not None
    assert (job.state, job.pasted, job.diff) == ("dropped", "", "")
    assert jobs.items(name) == []
    assert jobs.of("ann") == []
    assert jobs.count_since("ann", datetime.now(UTC) - timedelta(minutes=1)) == 1


def test_a_job_that_nobody_touched_for_long_goes_with_the_next_one(jobs: Jobs, path: Path) -> None:
    old = jobs.ask("ann", "10.1/0", 1)
    jobs.looked_up(old, [_item(0)], "")
    with Records(path) as records, records.writing() as connection:
        connection.execute("UPDATE jobs SET changed_at = '2020-01-01T00:00:00Z'")
    jobs.ask("ann", "10.1/1", 1)
    assert jobs.get(old, "ann") is None
    assert jobs.items(old) == []


def test_one_has_the_turn_at_a_time(path: Path) -> None:
    with turn(path) as first:
        assert first
        with turn(path) as second:
            assert not second
    with turn(path) as third:
        assert third
