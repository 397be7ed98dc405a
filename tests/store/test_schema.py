import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pages import tables
from sqlite_utils import Database

from library.store.migrations import migrations
from library.store.schema import DESCRIPTIONS, MIGRATIONS, DatabaseError, connect_reading

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "tables.md"


@pytest.fixture(name="empty")
def fixture_empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(Database(connection))
    return connection


def _names(connection: sqlite3.Connection) -> set[str]:
    return {
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        )
        if not re.match(r"works_fts_|sqlite_|_sqlite_", row[0])
    }


def test_every_table_and_view_is_described_and_nothing_else(empty: sqlite3.Connection) -> None:
    assert _names(empty) == set(DESCRIPTIONS)


def test_every_column_is_described_in_its_order_and_nothing_else(empty: sqlite3.Connection) -> None:
    for table in sorted(_names(empty)):
        columns = [row[1] for row in empty.execute(f'PRAGMA table_info("{table}")')]
        described = list(DESCRIPTIONS[table].columns)
        assert sorted(described) == sorted(columns), table


def test_every_description_is_a_sentence() -> None:
    for table, description in DESCRIPTIONS.items():
        for text in (description.text, *description.columns.values()):
            assert text.endswith((".", "…")), f"{table}: {text}"


def test_every_foreign_key_has_an_index_or_leads_the_primary_key(empty: sqlite3.Connection) -> None:
    for table in sorted(_names(empty) - {"works_text", "works_fts"}):
        firsts = {
            empty.execute(f'PRAGMA index_info("{row[1]}")').fetchone()[2]
            for row in empty.execute(f'PRAGMA index_list("{table}")')
        }
        firsts |= {row[1] for row in empty.execute(f'PRAGMA table_info("{table}")') if row[5] == 1}
        for row in empty.execute(f'PRAGMA foreign_key_list("{table}")'):
            assert row[3] in firsts, (table, row[3])


def test_the_reference_of_tables_is_generated_from_the_schema() -> None:
    """If this fails: `scripts/reference`."""
    assert REFERENCE.read_text(encoding="utf-8") == tables.page()


def test_a_missing_database_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="library build"):
        connect_reading(tmp_path / "library.db")


def test_a_damaged_database_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseError, match="library build --full"):
        connect_reading(tmp_path / "library.db")


def test_the_names_of_the_migrations_are_known_without_them() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        names = [one.name for one in migrations.pending(Database(connection))]
    assert list(MIGRATIONS) == names
