"""library.db as a file that is there: opened to be changed, or given a new content.

The live file is in WAL mode and is only ever changed in transactions: a reader sees the old state
or the new one. It is never replaced by another file while it exists, since a running site would
go on reading the old one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from library.store.schema import MIGRATIONS, DatabaseError

WAIT: Final = 30.0
"""Seconds to wait for another process that is writing."""


@contextmanager
def explained(path: Path, wait: float = WAIT) -> Iterator[None]:
    """Say in words for people what SQLite says in its own; `wait` is how long it waited.

    Raises:
        DatabaseError: in place of sqlite3.Error.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise in_words(path, error, wait) from error


def in_words(path: Path, error: sqlite3.Error, wait: float = WAIT) -> DatabaseError:
    """Return the error that tells people what `error` means for `path`."""
    text = str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseError(
            path,
            f"another process has kept it locked for {wait:.0f} seconds",
            "Nothing was changed; end that process, or wait, and run the same command again.",
        )
    if code == sqlite3.SQLITE_FULL:
        return DatabaseError(
            path, "the disk is full", "The database is as it was; make room and run it again."
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return DatabaseError(
            path,
            f"it cannot be written ({text})",
            "Nothing was changed; the folder and the file must be writable for you.",
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DatabaseError(
            path,
            f"it is damaged ({text})",
            "It is derived from references.bib: run `library build --full` to make it again.",
        )
    return DatabaseError(path, f"SQLite says: {text}", "The database is as it was.")


def is_damaged(error: sqlite3.Error) -> bool:
    """Tell whether `error` says that the file is no database, or a broken one."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def open_writing(path: Path, wait: float = WAIT) -> sqlite3.Connection:
    """Open the live library.db to change it; `wait` seconds for others that are writing."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=wait, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL: a power cut can lose the last build, never damage the file; the .bib stays.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -65536")
    except BaseException:
        connection.close()
        raise
    return connection


def pending_and_unknown(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Return the migrations that the file lacks, and those it has that we do not know."""
    try:
        rows = connection.execute(
            "SELECT name FROM _sqlite_migrations WHERE migration_set = 'library' ORDER BY id"
        ).fetchall()
    except sqlite3.OperationalError as error:
        if "no such" not in str(error):
            raise
        rows = []  # a database of something else
    applied = [row[0] for row in rows]
    return (
        [name for name in MIGRATIONS if name not in applied],
        [name for name in applied if name not in MIGRATIONS],
    )


def publish(fresh: Path, live: Path, wait: float = WAIT) -> None:
    """Put the finished database `fresh` in the place of `live`, under running readers.

    A live file is overwritten page by page in one transaction (SQLite's backup API), so that open
    connections see the new state; where there is none, `fresh` is renamed.
    """
    if not live.exists():
        fresh.replace(live)
        return
    target = open_writing(live, wait)
    try:
        source = sqlite3.connect(fresh)
        try:
            source.backup(target)
        finally:
            source.close()
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        target.close()
    fresh.unlink()


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the table meta."""
    return dict(connection.execute("SELECT key, value FROM meta"))


def write_meta(connection: sqlite3.Connection, values: dict[str, str]) -> None:
    """Set rows of the table meta."""
    connection.executemany(
        "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", list(values.items())
    )


def now() -> str:
    """Return this moment in UTC: "2026-11-23T18:40:00Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
