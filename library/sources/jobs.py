"""Jobs of the page where works are added: kept in records.db, so that a restart loses none.

A job goes from "asked" (its works are to be looked up) to "looked-up" (a person is to choose), to
"confirmed" (the chosen ones are to be added), to "done". It may also have failed, or been dropped.
Whoever does the work holds `turn`, a lock that ends with the process: a job that is "asked" or
"confirmed" while nobody holds it was interrupted, and is simply begun again.
"""

import json
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout

from library.sources.records import Records

State = Literal["asked", "looked-up", "confirmed", "done", "failed", "dropped"]

OPEN: Final = ("asked", "confirmed")
"""States in which there is something to do."""

MOST_BEGINNINGS: Final = 4
"""A job that was begun so often and never finished brings the program down, and is given up."""

KEPT: Final = timedelta(days=90)
"""How long a job stays after its last change."""


@dataclass(frozen=True, slots=True)
class Item:
    """One work that was asked for."""

    position: int  # in the request, from 0
    asked: str  # as it was pasted
    status: str  # "added" (or to be added), "present", "refused", "not-found", …
    message: str  # for people
    key: str | None = None  # the citation key it has, or will have
    about: Mapping[str, Any] = field(default_factory=dict)  # what pages show of it; JSON
    chosen: bool = False  # to be added, as the person has decided


@dataclass(frozen=True, slots=True)
class Job:
    """One request to add works."""

    id: str
    actor: str  # who asked
    pasted: str  # as it came
    state: State
    created_at: str  # UTC: "2026-11-23T18:40:00Z"
    changed_at: str
    begun: int  # how often its present step was begun
    done: int  # of the present step
    total: int
    message: str  # for people: why it failed
    diff: str  # of references.bib: proposed, then made


_COLUMNS: Final = (
    "id, actor, pasted, state, created_at, changed_at, begun, done, total, message, diff"
)


class Jobs:
    """The jobs in an open records.db."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def ask(self, actor: str, pasted: str, total: int) -> str:
        """Store a new job, and return its id. Jobs that nobody touched for long go."""
        name = secrets.token_hex(8)
        with self._records.writing() as connection:
            long_ago = _stamp(datetime.now(UTC) - KEPT)
            old = "SELECT id FROM jobs WHERE changed_at < ?"
            connection.execute(f"DELETE FROM job_items WHERE job IN ({old})", [long_ago])  # noqa: S608 - ours
            connection.execute("DELETE FROM jobs WHERE changed_at < ?", [long_ago])
            now = _now()
            connection.execute(
                "INSERT INTO jobs (id, actor, pasted, state, created_at, changed_at, total)"
                " VALUES (?, ?, ?, 'asked', ?, ?, ?)",
                [name, actor, pasted, now, now, total],
            )
        return name

    def get(self, name: str, actor: str) -> Job | None:
        """Return the job with this id, where it is `actor`'s."""
        with self._records.reading() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE id = ? AND actor = ?",  # noqa: S608 - ours
                [name, actor],
            ).fetchone()
        return Job(*row) if row else None

    def items(self, name: str) -> list[Item]:
        """Return the works of a job in the order of the request."""
        with self._records.reading() as connection:
            rows = connection.execute(
                "SELECT position, asked, status, message, citation_key, about, chosen"
                " FROM job_items WHERE job = ? ORDER BY position",
                [name],
            ).fetchall()
        return [
            Item(position, asked, status, message, key, json.loads(about), bool(chosen))
            for position, asked, status, message, key, about, chosen in rows
        ]

    def of(self, actor: str, most: int = 10) -> list[Job]:
        """Return the last jobs of `actor`, newest first, without those that were dropped."""
        with self._records.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE actor = ? AND state != 'dropped'"  # noqa: S608
                " ORDER BY created_at DESC, rowid DESC LIMIT ?",
                [actor, most],
            ).fetchall()
        return [Job(*row) for row in rows]

    def count_since(self, actor: str, moment: datetime) -> int:
        """Return how many jobs `actor` has made since `moment`."""
        with self._records.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM jobs WHERE actor = ? AND created_at >= ?",
                [actor, _stamp(moment)],
            ).fetchone()
        return int(row[0])

    def has_open(self) -> bool:
        """Tell whether there is something to do."""
        with self._records.reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM jobs WHERE state IN (?, ?) LIMIT 1", OPEN
            ).fetchone()
        return row is not None

    def begin(self) -> Job | None:
        """Return the oldest job with something to do, and count its beginning; None: there is none.

        Only for who holds `turn`. A job that was begun too often is given up here.
        """
        with self._records.writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'failed', changed_at = ?, message = ?"
                " WHERE state IN (?, ?) AND begun >= ?",
                [_now(), _GIVEN_UP, *OPEN, MOST_BEGINNINGS],
            )
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM jobs WHERE state IN (?, ?)"  # noqa: S608 - ours
                " ORDER BY changed_at, rowid LIMIT 1",
                OPEN,
            ).fetchone()
            if row is not None:
                connection.execute("UPDATE jobs SET begun = begun + 1 WHERE id = ?", [row[0]])
        return Job(*row) if row else None

    def give_back(self, name: str) -> None:
        """Undo `begin` for a job that the program stopped itself; it will be begun again."""
        self._set(name, "begun = max(begun - 1, 0)")

    def progress(self, name: str, done: int) -> None:
        """Note how far the present step is."""
        self._set(name, "done = ?", done)

    def looked_up(self, name: str, items: Iterable[Item], diff: str) -> None:
        """Store what was found; from now on the person is to choose."""
        with self._records.writing() as connection:
            _put_items(connection, name, items, clear=True)
            _put(connection, name, "state = 'looked-up', begun = 0, diff = ?", diff)

    def confirm(self, name: str, actor: str, positions: Collection[int]) -> bool:
        """Let the chosen works be added; False where the job does not wait for that."""
        with self._records.writing() as connection:
            waiting = connection.execute(
                "SELECT 1 FROM jobs WHERE id = ? AND actor = ? AND state = 'looked-up'",
                [name, actor],
            ).fetchone()
            if waiting is None:
                return False
            connection.executemany(
                "UPDATE job_items SET chosen = 1 WHERE job = ? AND position = ?",
                [(name, position) for position in positions],
            )
            _put(
                connection,
                name,
                "state = 'confirmed', begun = 0, done = 0, total = ?, diff = ''",
                len(positions),
            )
        return True

    def finished(self, name: str, items: Iterable[Item], diff: str) -> None:
        """Store what became of the chosen works."""
        with self._records.writing() as connection:
            _put_items(connection, name, items, clear=False)
            _put(connection, name, "state = 'done', done = total, diff = ?", diff)

    def fail(self, name: str, message: str) -> None:
        """Store why a job could not be done."""
        self._set(name, "state = 'failed', message = ?", message)

    def drop(self, name: str, actor: str) -> bool:
        """Forget a job that waits for its person; it still counts for `count_since`."""
        with self._records.writing() as connection:
            dropped = connection.execute(
                "UPDATE jobs SET state = 'dropped', pasted = '', diff = '', changed_at = ?"
                " WHERE id = ? AND actor = ? AND state IN ('looked-up', 'failed')",
                [_now(), name, actor],
            ).rowcount
            if dropped:
                connection.execute("DELETE FROM job_items WHERE job = ?", [name])
        return bool(dropped)

    def _set(self, name: str, assignments: str, *values: object) -> None:
        with self._records.writing() as connection:
            _put(connection, name, assignments, *values)


@contextmanager
def turn(path: Path) -> Iterator[bool]:
    """Take the one worker's turn at the jobs in the records.db at `path`; False: another has it.

    The lock is a file ".NAME.jobs.lock" beside the store; it is free again when its process ends.
    """
    lock = FileLock(path.with_name(f".{path.name}.jobs.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


_GIVEN_UP: Final = (
    f"It was begun {MOST_BEGINNINGS} times and the program ended each time before it was done. "
    "Look into the server's log; works that were added are recognised when you ask for them again."
)


def _put(connection: sqlite3.Connection, name: str, assignments: str, *values: object) -> None:
    connection.execute(
        f"UPDATE jobs SET {assignments}, changed_at = ? WHERE id = ?",  # noqa: S608 - ours
        [*values, _now(), name],
    )


def _put_items(
    connection: sqlite3.Connection, name: str, items: Iterable[Item], *, clear: bool
) -> None:
    if clear:
        connection.execute("DELETE FROM job_items WHERE job = ?", [name])
    connection.executemany(
        "INSERT OR REPLACE INTO job_items"
        " (job, position, asked, status, message, citation_key, about, chosen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(name, item.position, item.asked, item.status, item.message, item.key),
                *(json.dumps(item.about), item.chosen),
            )
            for item in items
        ],
    )


def _now() -> str:
    return _stamp(datetime.now(UTC))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
