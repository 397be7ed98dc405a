"""The content of a library.db with surrogate ids replaced by natural keys, for comparing two."""

# ruff: noqa: S608 - only names of our own are put into statements

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from library.store import query
from library.store.query import FILTERS, Search
from library.store.schema import connect_reading

_WORK = "(SELECT citation_key FROM works WHERE id = {})"
_PERSON = "(SELECT key FROM people WHERE id = {})"
_REPLACED = {
    "work_id": _WORK,
    "citing_id": _WORK,
    "cited_id": _WORK,
    "related_id": _WORK,
    "person_id": _PERSON,
    "coauthor_id": _PERSON,
    "venue_id": "(SELECT key FROM venues WHERE id = {})",
    "venue_name_id": (
        "(SELECT name || '|' || abbreviation || '|' || issn FROM venue_names WHERE id = {})"
    ),
    "keyword_id": "(SELECT key FROM keywords WHERE id = {})",
    "funder_id": "(SELECT key FROM funders WHERE id = {})",
}
_NOT_CONTENT = {
    "meta",
    "facet_columns",
    "build_chunks",
    "sqlite_stat1",
    "sqlite_stat4",
    "_sqlite_migrations",
}


def contents(path: Path) -> dict[str, list[Any]]:
    """Return table -> sorted rows, and what searches and facets answer."""
    with closing(connect_reading(path)) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if row[0] not in _NOT_CONTENT and not row[0].startswith("works_fts")
        ]
        found: dict[str, list[Any]] = {table: _rows(connection, table) for table in tables}
        found["coauthors"] = sorted((*sorted(row[:2]), row[2]) for row in found["coauthors"])
        found["order"] = [
            row[0] for row in connection.execute("SELECT citation_key FROM works ORDER BY position")
        ]
        blocks: list[Any] = []
        for (text,) in connection.execute("SELECT blocks FROM build_chunks ORDER BY position"):
            blocks.append(text[1:-1])
        found["blocks"] = [",".join(blocks)]
        found["meta"] = sorted(
            connection.execute("SELECT key, value FROM meta WHERE key LIKE 'count:%'").fetchall()
        )
        found.update(_answers(connection))
    return found


def _rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    shown = []
    for column in columns:
        if column == "id" or (table, column) == ("works", "position"):
            continue
        shown.append(
            _REPLACED.get(column, '"{}"').format(f'"{column}"' if column in _REPLACED else column)
        )
    rows = connection.execute(f'SELECT {", ".join(shown)} FROM "{table}"').fetchall()
    return sorted(rows, key=repr)


SEARCHES: Sequence[Search] = (
    Search(size=500),
    Search(text="a*", size=500),
    Search(text="the of", size=500),
    Search(filters=(("type", ("article-journal",)),), size=500),
    Search(year_from=2000, year_to=2010, size=500),
)


def _answers(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for search in SEARCHES:
        results = query.find(connection, search)
        found[f"find {search}"] = sorted(row.citation_key for row in results.rows)
        facets = query.facets(connection, search, FILTERS, size=1000)
        found[f"facets {search}"] = [
            (name, sorted((one.value, one.label, one.count) for one in values))
            for name, values in facets.items()
        ]
        found[f"years {search}"] = query.histogram(connection, search)
    return found


def check_whole(path: Path) -> None:
    """Fail where the file is damaged, a foreign key leads nowhere, or the search index is off."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO works_fts (works_fts, rank) VALUES ('integrity-check', 1)")
