"""Facet values of all works as arrays in memory, for counting in milliseconds.

In SQL, counting one many-to-many facet over half a million works takes seconds; over arrays it
takes milliseconds. The build writes the arrays, packed, by parts of 1,024 works; a reader keeps
them and reads again only the parts that a later build wrote.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from typing import Final

PART_BITS: Final = 10
PART: Final = 1 << PART_BITS
"""Works of one part; part n holds the ids from n * PART."""

NO_YEAR: Final = -32768
OPEN_ACCESS, RETRACTED, HAS_ABSTRACT, PRESENT = 1, 2, 4, 8
"""Bits of the column `flags`."""

SINGLE: Final = {
    "flags": "B",
    "year": "h",
    "type": "i",
    "venue": "i",
    "publisher": "i",
    "language": "i",
    "position": "q",
    "cited": "i",
}
"""Columns of one value a work, with their array type; 0 stands for none (NO_YEAR in `year`)."""

MANY: Final = {
    "author": "SELECT DISTINCT work_id, person_id FROM contributions",
    "keyword": "SELECT work_id, keyword_id FROM work_keywords",
    "funder": "SELECT DISTINCT work_id, funder_id FROM work_funders",
}
"""Columns of many values a work: `name` holds ids, `name:n` how many each work has."""

MOST: Final = 65535
"""Values of one work in one column."""


def write_parts(
    connection: sqlite3.Connection,
    parts: Iterable[int],
    generation: int,
    authors: Sequence[tuple[bytes, bytes] | None] = (),
) -> None:
    """Write the arrays of `parts` from the tables; `authors` of `coauthors.author_columns`."""
    codes = {
        facet: dict(
            connection.execute("SELECT value, id FROM facet_counts WHERE facet = ?", [facet])
        )
        for facet in ("type", "publisher", "language")
    }
    for part in parts:
        span = (part << PART_BITS, (part + 1) << PART_BITS)
        columns = {
            name: array(kind, bytes(array(kind).itemsize * PART)) for name, kind in SINGLE.items()
        }
        columns["year"] = array("h", [NO_YEAR]) * PART
        for row in connection.execute(
            "SELECT id, type, year, venue_id, publisher, language, is_open_access, is_retracted,"
            " has_abstract, position, cited_here FROM works WHERE id >= ? AND id < ?",
            span,
        ):
            work_id, kind, year, venue, publisher, language, is_open, is_retracted = row[:8]
            has_abstract, position, cited = row[8:]
            i = work_id - span[0]
            columns["position"][i], columns["cited"][i] = position, cited
            columns["flags"][i] = (
                PRESENT
                | (OPEN_ACCESS if is_open else 0)
                | (RETRACTED if is_retracted else 0)
                | (HAS_ABSTRACT if has_abstract else 0)
            )
            if year is not None and -NO_YEAR > year > NO_YEAR:
                columns["year"][i] = year
            columns["type"][i] = codes["type"][kind]
            columns["venue"][i] = venue or 0
            columns["publisher"][i] = codes["publisher"][publisher] if publisher else 0
            columns["language"][i] = codes["language"][language] if language else 0
        for name, statement in MANY.items():
            known = authors[part] if name == "author" and part < len(authors) else None
            if known:
                columns[name + ":n"], columns[name] = array("H", known[0]), array("i", known[1])
                continue
            counts, values = array("H", bytes(2 * PART)), array("i")
            for work_id, value in connection.execute(
                f"{statement} WHERE work_id >= ? AND work_id < ? ORDER BY work_id",
                span,
            ):
                if counts[work_id - span[0]] < MOST:
                    counts[work_id - span[0]] += 1
                    values.append(value)
            columns[name], columns[name + ":n"] = values, counts
        connection.executemany(
            "INSERT OR REPLACE INTO facet_columns (part, name, generation, data)"
            " VALUES (?, ?, ?, ?)",
            [(part, name, generation, column.tobytes()) for name, column in columns.items()],
        )
