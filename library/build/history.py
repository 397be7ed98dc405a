"""What git tells of each entry, into library.db; only where metadata.yml asks for it."""

import json
import sqlite3
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Final

from library.git.history import EntryHistory, history, state

_MOST_COMMITS: Final = 50  # of one entry that are kept, the newest


def refresh(connection: sqlite3.Connection, bib: Path, *, wanted: bool) -> None:
    """Bring the table work_history up to date, inside the caller's transaction.

    Nothing is written where neither the file nor what is checked out has changed.
    """
    row = connection.execute("SELECT value FROM meta WHERE key = 'history'").fetchone()
    stamp = _stamp(bib) if wanted else None
    if stamp == (row[0] if row else None):
        # A work whose rows were written anew has lost its row here.
        missing = connection.execute(
            "SELECT 1 FROM works WHERE id NOT IN (SELECT work_id FROM work_history) LIMIT 1"
        ).fetchone()
        if stamp is None or missing is None:
            return
    connection.execute("DELETE FROM work_history")
    if stamp is None:
        connection.execute("DELETE FROM meta WHERE key = 'history'")
        return
    ids = dict(connection.execute("SELECT citation_key, id FROM works"))
    told = history(bib)
    connection.executemany(
        "INSERT INTO work_history VALUES (?, ?, ?, ?, ?, ?)",
        [_row(work_id, told.get(key)) for key, work_id in ids.items()],
    )
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('history', ?)", [stamp])


def _stamp(bib: Path) -> str | None:
    commit = state(bib)
    if commit is None:
        return None
    return f"{commit} {blake2b(bib.read_bytes(), digest_size=16).hexdigest()}"


def _row(work_id: int, told: EntryHistory | None) -> tuple[object, ...]:
    if told is None:
        return (work_id, None, None, None, None, "[]")
    added, edited = told.added, told.edited
    commits = [asdict(one) for one in told.commits[:_MOST_COMMITS]]
    return (
        work_id,
        added.date if added else None,
        added.author if added else None,
        edited.date if edited else None,
        edited.author if edited else None,
        json.dumps(commits, ensure_ascii=False),
    )
