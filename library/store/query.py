"""Search, filter, count: from what a page asks for to rows, facets and a histogram.

Several values of one filter mean "or", different filters "and". The state of the filters is a
mask over all works in memory (see columns.py); SQL fetches the words' matches and the page's rows.
"""

# ruff: noqa: S608 - only names of our own are put into statements

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from library.errors import IdentifierError, UsageError
from library.store import arrays, fts, results
from library.store.arrays import Columns, Mask
from library.store.columns import MANY
from library.store.results import ResultRow as ResultRow  # noqa: PLC0414 - part of what this module answers
from library.values.identifiers import normalise_doi

Sort = Literal["relevance", "year", "title", "added", "cited"]

RANKED: Final = 10_000
"""Above so many matches the ranking looks at a part of them: those with the words in the title."""

_RANKED_OF_MANY: Final = 2500
"""Of these, the newest, how many are scored: what a page can wait for."""

FILTERS: Final = (
    *("type", "venue", "author", "keyword", "topic", "audience", "form", "language"),
    *("open_access", "retracted", "has_abstract", "publisher", "funder", "year"),
)


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for."""

    text: str | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    sort: Sort | None = None
    size: int = 25
    offset: int = 0

    def values(self, name: str) -> tuple[str, ...]:
        """Return the chosen values of the filter `name`."""
        return tuple(value for key, values in self.filters if key == name for value in values)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    rows: list[ResultRow]
    total: int
    total_is_exact: bool  # False: there are at least `total`
    ranked: bool  # True: in order of relevance


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet and how many of the found works have it."""

    value: str  # as Search.filters wants it
    label: str  # for people
    count: int
    selected: bool = False


def find(connection: sqlite3.Connection, search: Search, most_ranked: int = RANKED) -> Results:
    """Return one page of the works that `search` asks for.

    Above `most_ranked` matches the ranking is limited (see RANKED).
    """
    columns = arrays.load(connection)
    sort = search.sort or ("relevance" if search.text else "year")
    if search.text and sort == "relevance":
        return _ranked(connection, columns, search, most_ranked)
    mask = _mask(connection, columns, search)
    ids = _sorted(connection, columns, mask, sort, search.offset + search.size)[search.offset :]
    rows = results.rows(connection, ids, _expression(search))
    return Results(rows, int(mask.count), total_is_exact=True, ranked=False)


def facets(
    connection: sqlite3.Connection, search: Search, names: Sequence[str], size: int = 8
) -> dict[str, list[FacetValue]]:
    """Return for each facet its most frequent values among the works found, and the chosen ones.

    A facet's own filter does not narrow its own counts: choosing one type still shows the others.
    """
    columns = arrays.load(connection)
    found: dict[str, list[FacetValue]] = {}
    # Topics, audiences and forms are keywords: one count of a set of works serves them all.
    counted: dict[tuple[str, int], tuple[Mask, np.ndarray]] = {}
    for name in names:
        chosen = search.values(name)
        mask = _mask(connection, columns, search, without=name if chosen else None)
        what = ("keyword" if name in _KINDS else name, id(mask))
        if what not in counted:
            counted[what] = (mask, columns.count(name, mask))  # the mask, so that its id stays its
        counts = counted[what][1]
        found[name] = _top(connection, columns, name, counts, size, chosen)
    return found


def facet_search(
    connection: sqlite3.Connection, search: Search, name: str, starts: str, size: int = 20
) -> list[FacetValue]:
    """Return the values of a facet among the works found whose label has a word on `starts`."""
    columns = arrays.load(connection)
    mask = _mask(connection, columns, search, without=name)
    counts = columns.count(name, mask)
    wanted = starts.casefold().split()
    order = np.argsort(-counts, kind="stable")
    found: list[FacetValue] = []
    chosen = search.values(name)
    for start in range(0, len(order), 500):
        codes = [int(code) for code in order[start : start + 500] if counts[code]]
        if not codes:
            break
        for code, (value, label) in _labels(connection, name, codes).items():
            words = label.casefold().replace(",", " ").split()
            if all(any(word.startswith(part) for word in words) for part in wanted):
                found.append(FacetValue(value, label, int(counts[code]), value in chosen))
        if len(found) >= size:
            break
    return sorted(found, key=lambda one: (-one.count, one.label))[:size]


def histogram(connection: sqlite3.Connection, search: Search) -> list[tuple[int, int]]:
    """Return (year, works) of the works found, in order of years, without the range of years."""
    columns = arrays.load(connection)
    mask = _mask(connection, columns, search, without="year")
    counts = columns.count("year", mask)
    years = np.flatnonzero(counts)
    return [(int(year) + arrays.FIRST_YEAR, int(counts[year])) for year in years]


def keys(connection: sqlite3.Connection, search: Search) -> tuple[str, list[object]]:
    """Return a statement, and its parameters, that gives (id, citation_key) of all works found.

    In the order of references.bib; for exports that stream on a connection of their own.
    """
    if (
        not search.text
        and not search.filters
        and search.year_from is None
        and search.year_to is None
    ):
        return "SELECT id, citation_key FROM works ORDER BY position", []
    columns = arrays.load(connection)
    mask = _mask(connection, columns, search)
    ids = "[" + ",".join(map(str, mask.ids().tolist())) + "]"
    statement = (
        "SELECT works.id, works.citation_key FROM json_each(?) AS wanted"
        " CROSS JOIN works ON works.id = wanted.value ORDER BY works.position"
    )
    return statement, [ids]


def _expression(search: Search) -> str | None:
    return fts.expression(search.text) if search.text else None


def _mask(
    connection: sqlite3.Connection, columns: Columns, search: Search, without: str | None = None
) -> Mask:
    """Return the works found; `without` leaves out one filter."""
    filters = tuple(pair for pair in search.filters if pair[0] != without and pair[1])
    years = (None, None) if without == "year" else (search.year_from, search.year_to)
    key = (search.text, filters, years)
    return columns.kept(key, lambda: _computed(connection, columns, search.text, filters, years))


def _computed(
    connection: sqlite3.Connection,
    columns: Columns,
    text: str | None,
    filters: tuple[tuple[str, tuple[str, ...]], ...],
    years: tuple[int | None, int | None],
) -> Mask:
    mask = columns.all()
    merged: dict[str, list[str]] = {}
    for name, values in filters:
        if name not in FILTERS:
            raise UsageError(f"There is no filter {name!r}; there are {', '.join(FILTERS)}.")
        merged.setdefault(name, []).extend(values)
    for name, chosen in merged.items():
        mask = mask & _chosen(connection, columns, name, chosen)
    if years != (None, None):
        mask = mask & columns.between(*years)
    if text and text.strip():
        found = columns.kept(("text", text), lambda: columns.of_ids(_matches(connection, text)))
        mask = mask & found
    return mask


def _matches(connection: sqlite3.Connection, text: str) -> "list[int] | np.ndarray":
    """Return the ids of the works that `text` finds: by identifier or key, else by words."""
    exact = _by_identifier(connection, text)
    if exact:
        return exact
    expression = fts.expression(text)
    if expression is None:
        return []
    # One text of all ids is made and read four times as fast as a row for each.
    text_of_ids = connection.execute(
        "SELECT group_concat(rowid) FROM works_fts WHERE works_fts MATCH ?", [expression]
    ).fetchone()[0]
    return np.fromstring(text_of_ids or "", dtype=np.int64, sep=",")


def _by_identifier(connection: sqlite3.Connection, text: str) -> list[int]:
    text = text.strip()
    if not text or " " in text:
        return []
    try:
        value = normalise_doi(text)
    except IdentifierError:
        value = text
    rows = connection.execute(
        "SELECT work_id FROM identifiers WHERE value = ?1 AND scheme != 'issn'"
        " UNION SELECT id FROM works WHERE citation_key = ?2"
        " UNION SELECT work_id FROM key_changes WHERE old_key = ?2",
        [value, text],
    )
    return [row[0] for row in rows]


_CODES: Final = {
    "venue": "SELECT key, id FROM venues WHERE key IN ({})",
    "author": "SELECT key, id FROM people WHERE key IN ({})",
    "keyword": "SELECT key, id FROM keywords WHERE key IN ({})",
    "funder": "SELECT key, id FROM funders WHERE key IN ({})",
    **{
        name: f"SELECT value, id FROM facet_counts WHERE facet = '{name}' AND value IN ({{}})"
        for name in ("type", "publisher", "language")
    },
}
_KINDS: Final = ("topic", "audience", "form")


def _codes(connection: sqlite3.Connection, name: str, values: Sequence[str]) -> dict[str, int]:
    """Return value -> the number that stands for it in the columns; unknown values are absent."""
    if name == "year":
        return {value: int(value) - arrays.FIRST_YEAR for value in values if _is_year(value)}
    if name in arrays.FLAGS:
        return {value: int(value.lower() not in ("0", "no", "false", "")) for value in values}
    table, prefix = ("keyword", f"{name}:") if name in _KINDS else (name, "")
    folded = {(prefix + value).casefold() if prefix else value: value for value in values}
    statement = _CODES[table].format(", ".join("?" * len(folded)))
    return {folded[row[0]]: row[1] for row in connection.execute(statement, list(folded))}


def _chosen(connection: sqlite3.Connection, columns: Columns, name: str, values: list[str]) -> Mask:
    """Return the works with one of `values`."""
    codes = list(_codes(connection, name, values).values())
    if name in arrays.FLAGS:
        return columns.flag(name, codes)
    column = "keyword" if name in _KINDS else name
    return columns.having(column, codes) if column in MANY else columns.equal(name, codes)


def _is_year(text: str) -> bool:
    return text.lstrip("-").isdigit() and len(text) < 6  # noqa: PLR2004 - what a year can be


def _sorted(
    connection: sqlite3.Connection, columns: Columns, mask: Mask, sort: str, most: int
) -> list[int]:
    """Return the first `most` ids of the works in `mask`."""
    if sort == "title":
        return _by_title(connection, mask, most)
    ids = mask.ids()
    key = columns.sort_key(sort, ids)
    if len(ids) > most:
        top = np.argpartition(key, len(ids) - most)[len(ids) - most :]
        ids, key = ids[top], key[top]
    return [int(one) for one in ids[np.argsort(-key, kind="stable")]]


def _by_title(connection: sqlite3.Connection, mask: Mask, most: int) -> list[int]:
    if mask.count <= max(2000, most):
        ids = "[" + ",".join(map(str, mask.ids().tolist())) + "]"
        rows = connection.execute(
            "SELECT works.id FROM json_each(?) AS wanted CROSS JOIN works"
            " ON works.id = wanted.value ORDER BY sort_title IS NULL, sort_title, works.id LIMIT ?",
            [ids, most],
        )
        return [row[0] for row in rows]
    found: list[int] = []
    wanted = mask.bits
    for (work_id,) in connection.execute(
        "SELECT id FROM works WHERE sort_title IS NOT NULL ORDER BY sort_title, id"
    ):
        if wanted[work_id]:
            found.append(work_id)
            if len(found) == most:
                break
    return found


def _ranked(connection: sqlite3.Connection, columns: Columns, search: Search, most: int) -> Results:
    """Return the page in order of relevance."""
    text = search.text or ""
    exact = _by_identifier(connection, text)
    expression = fts.expression(text)
    if exact or expression is None:
        mask = _mask(connection, columns, search)
        rows = results.rows(
            connection, [int(one) for one in mask.ids()][search.offset :][: search.size], None
        )
        return Results(rows, int(mask.count), total_is_exact=True, ranked=True)
    is_filtered = bool(search.filters) or (search.year_from, search.year_to) != (None, None)
    is_complete = _has_at_most(connection, expression, most)
    if is_complete:
        scored = _scores(connection, expression, most)
    else:
        scored = _scores(connection, f"title : ({expression})", _RANKED_OF_MANY)
    if is_filtered:
        mask = _mask(connection, columns, search)
        scored = [pair for pair in scored if mask.bits[pair[0]]]
        total, is_exact = int(mask.count), True
    else:
        total, is_exact = (len(scored), True) if is_complete else (most, False)
    scored.sort(key=lambda pair: (pair[1], -pair[0]))
    ids = [work_id for work_id, _ in scored[search.offset : search.offset + search.size]]
    if len(ids) < search.size and not is_complete:
        ids += _unranked(connection, columns, search, len(scored), {one for one, _ in scored})
    return Results(results.rows(connection, ids, expression), total, is_exact, ranked=True)


def _has_at_most(connection: sqlite3.Connection, expression: str, most: int) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM works_fts WHERE works_fts MATCH ? LIMIT ?)",
        [expression, most + 1],
    ).fetchone()
    return bool(row[0] <= most)


def _scores(connection: sqlite3.Connection, expression: str, most: int) -> list[tuple[int, float]]:
    return connection.execute(
        "SELECT rowid, rank FROM works_fts WHERE works_fts MATCH ? ORDER BY rowid DESC LIMIT ?",
        [expression, most],
    ).fetchall()


def _unranked(
    connection: sqlite3.Connection,
    columns: Columns,
    search: Search,
    ranked: int,
    seen: set[int],
) -> list[int]:
    """Return what follows behind the ranked works on the page: the newest of the others."""
    mask = _mask(connection, columns, search)
    end = search.offset + search.size
    rest = [
        one for one in _sorted(connection, columns, mask, "year", end + ranked) if one not in seen
    ]
    start = max(0, search.offset - ranked)
    return rest[start : start + end - max(ranked, search.offset)]


_LABELS: Final = {
    "venue": "SELECT id, key, name FROM venues WHERE id IN ({})",
    "author": "SELECT id, key, name FROM people WHERE id IN ({})",
    "keyword": "SELECT id, key, label FROM keywords WHERE id IN ({})",
    "funder": "SELECT id, key, name FROM funders WHERE id IN ({})",
    "type": "SELECT id, value, label FROM facet_counts WHERE id IN ({})",
}
for _name in ("topic", "audience", "form"):
    _LABELS[_name] = (
        "SELECT id, substr(key, instr(key, ':') + 1), label FROM keywords WHERE id IN ({})"
    )
for _name in ("publisher", "language"):
    _LABELS[_name] = _LABELS["type"]


def _labels(
    connection: sqlite3.Connection, name: str, codes: Sequence[int]
) -> dict[int, tuple[str, str]]:
    """Return code -> (value, label)."""
    if name == "year":
        return {code: (str(code + arrays.FIRST_YEAR),) * 2 for code in codes}
    if name in arrays.FLAGS:
        return {code: (str(code), "Yes" if code else "No or unknown") for code in codes}
    rows = connection.execute(_LABELS[name].format(", ".join("?" * len(codes))), list(codes))
    return {row[0]: (row[1], row[2]) for row in rows}


def _top(  # noqa: PLR0917 - all of them are what is counted
    connection: sqlite3.Connection,
    columns: Columns,
    name: str,
    counts: "np.ndarray",
    size: int,
    chosen: tuple[str, ...],
) -> list[FacetValue]:
    if name in ("topic", "audience", "form"):
        counts = np.where(columns.of_kind(connection, name, len(counts)), counts, 0)
    # Only values that occur: partitioning an array of mostly zeros takes many times as long.
    top = np.flatnonzero(counts)
    if len(top) > size:
        top = top[np.argpartition(counts[top], len(top) - size)[len(top) - size :]]
    codes = {int(code) for code in top}
    known = _codes(connection, name, chosen)
    labels = _labels(connection, name, sorted(codes | set(known.values())))
    found = [
        FacetValue(
            value,
            label,
            int(counts[code]) if code < len(counts) else 0,
            selected=code in known.values(),
        )
        for code, (value, label) in labels.items()
    ]
    found += [FacetValue(value, value, 0, selected=True) for value in chosen if value not in known]
    return sorted(found, key=lambda one: (-one.count, one.label))
