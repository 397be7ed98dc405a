"""Works as a stream: any statement that gives citation keys, in any format, in constant memory."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from library.errors import UsageError
from library.formats import losses as losing
from library.formats import table
from library.formats.bibtex import write
from library.formats.csl_own import work_of
from library.formats.csl_variables import (
    NAMES_NOT_IN_SCHEMA,
    SCHEMA_NAMES,
    TEXTS_NOT_IN_SCHEMA,
)
from library.formats.csl_writing import for_schema
from library.formats.table import FileFormat

BATCH: Final = 400
"""Works read and written at a time: enough to be quick, few enough to let others in between."""

COLUMNS: Final = (
    *("citation_key", "type", "title", "authors", "year", "issued", "venue", "volume", "issue"),
    *("page", "publisher", "doi", "url", "language", "is_open_access", "is_retracted"),
    *("has_abstract", "cited_here", "cited_by"),
)
"""The columns of CSV and JSON: those of the table `works` that mean something outside of it."""

Parameters = Mapping[str, Any] | Sequence[Any]
Rows = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing works down."""

    name: str  # in addresses and on the command line: "csljson"
    label: str  # for people: "CSL-JSON"
    content_type: str
    file_ending: str  # of a saved file; may have a dot where the name may not: "csl.json"
    expressions: str  # what a statement over `works` and `work_details` selects for it
    write: Callable[[Iterator[list[Any]]], Iterator[str]]  # batches of rows -> pieces of text


class NoCitationKeyError(UsageError):
    """The statement's result cannot be exported, since it does not say which works it holds."""

    def __init__(self, columns: Iterable[str] = ()) -> None:
        seen = ", ".join(columns)
        super().__init__(
            "This result has no column citation_key"
            + (f" (only {seen})" if seen else "")
            + ", so it is unknown which works to export. Add works.citation_key to the SELECT; "
            "the table as it is can be had as CSV and JSON."
        )


def stream(
    connection: sqlite3.Connection, sql: str, params: Parameters, name: str
) -> Iterator[bytes]:
    """Give the works that a statement selects, in its order, each once, as a file in pieces.

    Args:
        connection: a reading connection to library.db; it is used until the last piece is taken.
        sql: one SELECT whose result has a column `citation_key`.
        params: its parameters.
        name: of one of `FORMATS`.

    Raises:
        NoCitationKeyError: the result has no such column.
        UsageError: there is no such format.
        sqlite3.Error: the statement is wrong or was interrupted.
    """
    if name not in FORMATS:
        raise UsageError(f"There is no format {name!r}. There are {', '.join(FORMATS)}.")
    chosen = FORMATS[name]
    cursor = connection.cursor()
    cursor.row_factory = None
    columns = _columns(cursor, sql, params)
    if "citation_key" not in columns:
        raise NoCitationKeyError(columns)
    # LIMIT -1 keeps the order of the inner statement: without it SQLite may drop its ORDER BY.
    # CROSS JOIN keeps the inner statement as the outer loop.
    cursor.execute(
        f"SELECT works.id, {chosen.expressions} "  # noqa: S608 - our own expressions around a checked statement
        f"FROM (SELECT citation_key AS exported_key FROM ({sql}\n) LIMIT -1) AS chosen "
        "CROSS JOIN works ON works.citation_key = chosen.exported_key "
        "JOIN work_details ON work_details.work_id = works.id",
        params,
    )
    for piece in chosen.write(_batches(cursor)):
        yield piece.encode()


def losses(
    connection: sqlite3.Connection, sql: str, params: Parameters, name: str
) -> dict[str, list[str]]:
    """Return what a format does not hold of the works a statement selects: variable -> their keys.

    Takes what `stream` takes. Tables (CSV, JSON) lose what has no column, which is not counted.
    """
    found: dict[str, list[str]] = {}
    form = table.BY_NAME.get(name)
    if form is None or name == "bib":
        return found
    rows = connection.execute(
        "SELECT csl FROM work_details JOIN works ON works.id = work_details.work_id "  # noqa: S608 - as in `stream`
        f"WHERE works.citation_key IN (SELECT citation_key FROM ({sql}\n))",
        params,
    )
    for (text,) in rows:
        work = work_of(json.loads(text))
        for variable in losing.losses(work, form):
            found.setdefault(variable, []).append(work.citation_key)
    return found


def of_keys(keys: Iterable[str]) -> tuple[str, Parameters]:
    """Return the statement, and its parameters, that selects these works in this order."""
    return "SELECT value AS citation_key FROM json_each(?)", [json.dumps(list(keys))]


def _columns(cursor: sqlite3.Cursor, sql: str, params: Parameters) -> list[str]:
    cursor.execute(f"SELECT * FROM ({sql}\n) LIMIT 0", params)  # noqa: S608 - as above
    return [column[0] for column in cursor.description or ()]


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[Any]]:
    """Give the rows without their id, in batches, and each work once.

    Works already seen are kept as bits, so that a million of them take 125 kB.
    """
    seen = bytearray(4096)
    while rows := cursor.fetchmany(BATCH):
        fresh = []
        for row in rows:
            place, bit = row[0] >> 3, 1 << (row[0] & 7)
            if place >= len(seen):
                seen.extend(bytes(place - len(seen) + 4096))
            if not seen[place] & bit:
                seen[place] |= bit
                fresh.append(row[1:])
        if fresh:
            yield fresh


def _bib(batches: Iterator[list[Any]]) -> Iterator[str]:
    for rows in batches:
        yield "".join(
            f"{(_standing_alone(csl) if csl else text).rstrip()}\n\n" for text, csl in rows
        )


def _standing_alone(csl: str) -> str:
    """Return the entry of a work whose own text needs other blocks of the library's file.

    A @string or the parent of a `crossref` is not part of an export, so the entry is written out
    with what they say.
    """
    work = work_of(json.loads(csl))
    rest = tuple(pair for pair in work.extra if pair[0] not in _PARENTS)
    return write.entry_text(replace(work, extra=rest))


_PARENTS: Final = frozenset(("crossref", "xdata", "xref"))
_BIB: Final = (
    "work_details.bibtex, CASE WHEN EXISTS (SELECT 1 FROM build_dependencies AS other"
    " WHERE other.citation_key = works.citation_key) THEN work_details.csl END"
)


def _from_items(form: FileFormat) -> Format:
    """Return a format of the table, written from the works' CSL-JSON items."""
    writer = form.write
    assert writer is not None  # noqa: S101 - only formats that are written come here

    def write(batches: Iterator[list[Any]]) -> Iterator[str]:
        items = (json.loads(text) for rows in batches for (text,) in rows)
        return _in_batches(iter(writer(items)))

    return Format(
        form.address, form.label, form.content_type, form.ending, "work_details.csl", write
    )


def _in_batches(pieces: Iterator[str]) -> Iterator[str]:
    """Join small pieces: each one that is sent costs more than what is in it."""
    while batch := list(islice(pieces, BATCH)):
        yield "".join(batch)


def _csl_json(batches: Iterator[list[Any]]) -> Iterator[str]:
    before = "[\n"
    for rows in batches:
        yield before + ",\n".join(_for_schema(text) for (text,) in rows)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _for_schema(text: str) -> str:
    """Return an item as CSL's schema accepts it; mostly it is one already."""
    if not _NOT_IN_SCHEMA.search(text):
        return text
    return json.dumps(for_schema(json.loads(text)), ensure_ascii=False)


_NOT_IN_SCHEMA: Final = re.compile(
    f'"(?:{"|".join(sorted({*SCHEMA_NAMES, *TEXTS_NOT_IN_SCHEMA, *NAMES_NOT_IN_SCHEMA}))})":'
)


def _json(batches: Iterator[list[Any]]) -> Iterator[str]:
    before = "[\n"
    for rows in batches:
        items = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
        yield before + ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _csv(batches: Iterator[list[Any]]) -> Iterator[str]:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(COLUMNS)
    for rows in batches:
        # Values stay as they are, even those that a spreadsheet would take for a formula: a
        # title that was changed to be harmless would be a wrong title.
        writer.writerows(rows)
        yield held.getvalue()
        held.seek(0)
        held.truncate()
    yield held.getvalue()


_COLUMN_EXPRESSIONS = ", ".join(f"works.{name}" for name in COLUMNS)

FORMATS: Final[Mapping[str, Format]] = {
    **{form.address: _from_items(form) for form in table.writable()},
    # The entries as they stand in the file, and the items as they stand in the database.
    "bib": replace(_from_items(table.BY_NAME["bib"]), expressions=_BIB, write=_bib),
    "csljson": replace(_from_items(table.BY_NAME["csljson"]), write=_csl_json),
    "csv": Format("csv", "CSV", "text/csv", "csv", _COLUMN_EXPRESSIONS, _csv),
    "json": Format("json", "JSON", "application/json", "json", _COLUMN_EXPRESSIONS, _json),
}
"""The formats, by their name in addresses, in the order in which pages offer them."""

NAMES: Final[Mapping[str, str]] = {
    **{form.name: form.address for form in table.writable()},
    "csv": "csv",
    "json": "json",
}
"""The formats' names on the command line -> their names in addresses."""
