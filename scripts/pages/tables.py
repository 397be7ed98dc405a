"""docs/reference/tables.md, from the schema and its descriptions."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from library.store.migrations import migrations
from library.store.schema import DESCRIPTIONS, TableDescription

PATH = Path("docs/reference/tables.md")
_HEAD: Final = """\
# The tables of library.db

Generated from the schema by `scripts/reference`; a test holds it to that.

Names of tables and columns are a public interface: saved queries go on working. Columns called
`id` and those that end in `_id` are internal numbers, which a rebuild may give anew; keep
`works.citation_key`, `people.key`, `venues.key` and `keywords.key` instead.
"""


def page() -> str:
    """Return the page as Markdown."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrations.apply(Database(connection))
        public = [name for name, table in DESCRIPTIONS.items() if not table.hidden]
        inner = [name for name, table in DESCRIPTIONS.items() if table.hidden]
        parts = [_HEAD]
        parts += [_table(connection, name, DESCRIPTIONS[name]) for name in public]
        parts.append("# The search index, and tables of the build's own\n")
        parts += [_table(connection, name, DESCRIPTIONS[name]) for name in inner]
        return "\n".join(parts)


def _table(connection: sqlite3.Connection, name: str, table: TableDescription) -> str:
    types = {row[1]: (row[2], row[5]) for row in connection.execute(f'PRAGMA table_info("{name}")')}
    links = {
        row[3]: f"{row[2]}.{row[4]}"
        for row in connection.execute(f'PRAGMA foreign_key_list("{name}")')
    }
    lines = [f"## {name}\n", f"{table.text}\n", "| column | type | meaning |", "|---|---|---|"]
    for column, meaning in table.columns.items():
        kind, is_key = types[column]
        marks = [kind.lower() or "text"]
        if is_key:
            marks.append("key")
        if column in links:
            marks.append(f"→ {links[column]}")
        lines.append(f"| `{column}` | {', '.join(marks)} | {meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"
