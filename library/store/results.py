"""Works as a list of results shows them; plain SQL, without the arrays that counting needs."""

# ruff: noqa: S608 - only numbers and names of our own are put into statements

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from library.store.derived import TYPE_LABELS


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What a result list shows of one work."""

    id: int
    citation_key: str
    type: str
    type_label: str
    title: str | None
    title_markup: str | None  # with CSL's inline HTML, where it differs from `title`
    authors: str | None
    year: int | None
    issued: str | None
    venue: str | None
    venue_key: str | None
    volume: str | None
    issue: str | None
    page: str | None
    publisher: str | None
    doi: str | None
    url: str | None
    is_open_access: bool
    is_retracted: bool
    has_abstract: bool
    cited_here: int
    cited_by: int | None
    snippet: tuple[tuple[str, bool], ...] = ()  # pieces of the abstract; True: a match
    genre: str | None = None  # what the work calls its own type: "Poster"
    annotation: str | None = None  # the first 400 characters of it


_ROW: Final = (
    "SELECT works.id, citation_key, type, type, title, title_markup, authors, year, issued, venue,"
    " venues.key, volume, issue, page, publisher, doi, url, is_open_access, is_retracted,"
    " has_abstract, cited_here, cited_by, json_extract(csl, '$.genre'), substr(annotation, 1, 400)"
    " FROM works"
    " LEFT JOIN venues ON venues.id = works.venue_id"
    " LEFT JOIN work_details ON work_details.work_id = works.id WHERE works.id IN ({})"
)


def rows_of(connection: sqlite3.Connection, ids: Sequence[int]) -> list[ResultRow]:
    """Return the works with these ids, in that order; ids that are gone are left out."""
    unique = list(dict.fromkeys(ids))
    found: list[ResultRow] = []
    for start in range(0, len(unique), 500):
        found += rows(connection, unique[start : start + 500], None)
    return found


_SNIPPET_MOST: Final = 50_000
"""Characters of an abstract that is searched for its best part: SQLite's time for that grows with
the square of the matches, so that a hostile abstract of a megabyte would take minutes."""
_OPEN_MARK, _CLOSE_MARK = "\ue000", "\ue001"  # private use: no text holds them


def rows(
    connection: sqlite3.Connection, ids: Sequence[int], expression: str | None
) -> list[ResultRow]:
    """Return the works with these ids, in that order, with what `expression` finds in them."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    snippets: dict[int, tuple[tuple[str, bool], ...]] = {}
    if expression:
        for work_id, text in connection.execute(
            f"SELECT rowid, snippet(works_fts, 1, '{_OPEN_MARK}', '{_CLOSE_MARK}', '…', 32)"
            " FROM works_fts WHERE works_fts MATCH ? AND rowid IN (SELECT work_id FROM work_details"
            f" WHERE work_id IN ({marks}) AND coalesce(length(abstract), 0) <= {_SNIPPET_MOST})",
            [expression, *ids],
        ):
            if text and _OPEN_MARK in text:
                snippets[work_id] = _pieces(text)
    found: dict[int, ResultRow] = {}
    for row in connection.execute(_ROW.format(marks), list(ids)):
        values = list(row)
        values[3] = TYPE_LABELS.get(row[3], row[3])
        values[17:20] = [bool(value) for value in row[17:20]]
        values.insert(22, snippets.get(row[0], ()))
        found[row[0]] = ResultRow(*values)
    return [found[one] for one in ids if one in found]


def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for part in text.split(_OPEN_MARK):
        match, mark, rest = part.partition(_CLOSE_MARK)
        if mark:
            pieces += [(match, True), (rest, False)]
        else:
            pieces.append((part, False))
    return tuple((" ".join(piece.split("\n")), is_match) for piece, is_match in pieces if piece)
