"""library.db from nothing, by the migrations, to be filled."""

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from library.store.migrations import migrations
from library.store.schema import FLOOR, DatabaseError


def create(path: Path) -> sqlite3.Connection:
    """Make an empty library.db at `path` to be filled, and return it inside a transaction.

    Nothing is synced and nothing is journalled: a file that is not finished is thrown away.
    """
    if sqlite3.sqlite_version_info < FLOOR:
        raise DatabaseError(
            path,
            f"this Python's SQLite is {sqlite3.sqlite_version}, too old",
            f"Use a Python with SQLite {'.'.join(map(str, FLOOR))} or newer.",
        )
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")
        connection.execute("PRAGMA temp_store = FILE")
        migrations.apply(Database(connection))
        connection.execute("BEGIN")
    except BaseException:
        connection.close()
        raise
    return connection


def without_indices(connection: sqlite3.Connection) -> list[str]:
    """Drop all indices, for a fast load, and return the statements that make them again."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in rows:
        connection.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in rows]
