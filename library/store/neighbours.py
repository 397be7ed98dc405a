"""What stands around one work: what it cites, what cites it here and elsewhere, what is related."""

# ruff: noqa: S608 - only names of our own are put into statements

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from library.store.results import ResultRow, rows_of


@dataclass(frozen=True, slots=True)
class CitedWork:
    """One reference of a work."""

    position: int
    doi: str | None
    text: str | None
    title: str | None
    first_author: str | None
    year: str | None
    container_title: str | None
    work: ResultRow | None  # where it is in the library


@dataclass(frozen=True, slots=True)
class Related:
    """Another work, and why it is shown."""

    work: ResultRow
    reason: str  # "cites the same works", "cited together", "is-preprint-of", …
    strength: int  # how many works they share; 1 for a stated relation


@dataclass(frozen=True, slots=True)
class CitingElsewhere:
    """A work outside the library that cites one of it."""

    doi: str
    title: str | None
    first_author: str | None
    year: int | None
    container_title: str | None


def references(connection: sqlite3.Connection, work_id: int) -> list[CitedWork]:
    """Return what a work cites, in the order of its list."""
    rows = connection.execute(
        "SELECT position, doi, text, title, first_author, year, container_title, cited_id"
        " FROM citations WHERE citing_id = ? ORDER BY position",
        [work_id],
    ).fetchall()
    ours = {row.id: row for row in rows_of(connection, [row[7] for row in rows if row[7]])}
    return [
        CitedWork(row[0], row[1], row[2], row[3], row[4], row[5], row[6], ours.get(row[7]))
        for row in rows
    ]


def cited_by(connection: sqlite3.Connection, work_id: int, most: int) -> list[ResultRow]:
    """Return the works of the library that cite a work, the newest first."""
    rows = connection.execute(
        "SELECT DISTINCT works.id FROM citations JOIN works ON works.id = citing_id"
        " WHERE cited_id = ? ORDER BY works.year DESC, citation_key LIMIT ?",
        [work_id, most],
    )
    return rows_of(connection, [row[0] for row in rows])


def elsewhere(connection: sqlite3.Connection, work_id: int, most: int) -> list[CitingElsewhere]:
    """Return the newest works outside the library that cite a work, as a snapshot knows them."""
    rows = connection.execute(
        f"SELECT doi, title, first_author, year, container_title {_ELSEWHERE}"
        " ORDER BY position LIMIT ?",
        [work_id, most],
    )
    return [CitingElsewhere(*row) for row in rows]


def count_elsewhere(connection: sqlite3.Connection, work_id: int) -> int:
    """Return how many works outside the library cite a work."""
    row = connection.execute(f"SELECT count(*) {_ELSEWHERE}", [work_id]).fetchone()
    return int(row[0])


_ELSEWHERE: Final = (
    "FROM citing_records AS c WHERE c.work_id = ?"
    " AND NOT EXISTS (SELECT 1 FROM works WHERE works.doi = c.doi)"
)


def history(connection: sqlite3.Connection, work_id: int) -> list[dict[str, Any]]:
    """Return the commits whose lines stand in a work's entry, the newest first."""
    row = connection.execute(
        "SELECT commits FROM work_history WHERE work_id = ?", [work_id]
    ).fetchone()
    found: list[dict[str, Any]] = json.loads(row[0]) if row else []
    return found


def related(connection: sqlite3.Connection, work_id: int, size: int = 8) -> list[Related]:
    """Return works that cite the same works, and works that are cited together with this one.

    A cited work that a great part of the library cites tells nothing; those are left out.
    """
    found: dict[int, tuple[int, str]] = {}
    for reason, statement in (("cites the same works", _COUPLED), ("cited together", _CO_CITED)):
        for other, strength in connection.execute(statement, [work_id, work_id, size]):
            if strength > found.get(other, (0, ""))[0]:
                found[other] = (strength, reason)
    best = sorted(found, key=lambda one: (-found[one][0], one))[:size]
    rows = {row.id: row for row in rows_of(connection, best)}
    return [Related(rows[one], found[one][1], found[one][0]) for one in best if one in rows]


_MOST_CITED: Final = 2000  # a work cited more often than this relates nothing to anything

_COUPLED: Final = f"""
SELECT b.citing_id, count(DISTINCT b.cited_id) AS n
FROM (SELECT DISTINCT cited_id FROM citations WHERE citing_id = ? AND cited_id IS NOT NULL) AS a
CROSS JOIN works ON works.id = a.cited_id AND works.cited_here <= {_MOST_CITED}
CROSS JOIN citations AS b ON b.cited_id = a.cited_id
WHERE b.citing_id != ? GROUP BY b.citing_id ORDER BY n DESC, b.citing_id LIMIT ?
"""
_CO_CITED: Final = f"""
SELECT b.cited_id, count(DISTINCT b.citing_id) AS n
FROM (SELECT DISTINCT citing_id FROM citations WHERE cited_id = ? LIMIT {_MOST_CITED}) AS a
CROSS JOIN citations AS b ON b.citing_id = a.citing_id
WHERE b.cited_id IS NOT NULL AND b.cited_id != ?
GROUP BY b.cited_id ORDER BY n DESC, b.cited_id LIMIT ?
"""
