"""Rows into library.db: all of them into an empty file, or a few changed ones into a live one.

Surrogate ids are given here. A change runs inside the caller's transaction; `derived.refresh`
then brings counts, rankings and the search index after it.
"""

# ruff: noqa: S608 - only names of our own are put into statements

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

from library.errors import IdentifierError
from library.findings import Finding
from library.store.forms import is_orcid, name_form
from library.store.people import Form
from library.store.rows import DETAIL_COLUMNS, WORK_COLUMNS, Row, WorkRows
from library.store.touched import Touched
from library.values.identifiers import normalise_orcid
from library.values.names import Name

SPACING: Final = 1 << 20
"""Distance of neighbours in `works.position`: room for entries between them."""

_BATCH: Final = 4000  # works held back before they are written

_WORK_SQL = "INSERT INTO works (id, position, venue_name_id, venue_id, {}) VALUES ({})".format(
    ", ".join(WORK_COLUMNS), ", ".join("?" * (len(WORK_COLUMNS) + 4))
)
_UPDATE_SQL = (
    "UPDATE works SET position = ?, venue_name_id = ?, venue_id = ?, {} WHERE id = ?".format(
        ", ".join(f"{column} = ?" for column in WORK_COLUMNS)
    )
)
INDEX_SQL: Final = (
    "INSERT INTO works_fts (rowid, title, abstract, names, venue, keywords)"
    " SELECT id, title, abstract, names, venue, keywords FROM works_text WHERE id BETWEEN ? AND ?"
)
"""Puts the texts of works into the search index, in which they must not be."""
_STATEMENTS: Final = {
    "details": "INSERT INTO work_details (work_id, {}) VALUES (?, {})".format(
        ", ".join(DETAIL_COLUMNS), ", ".join("?" * len(DETAIL_COLUMNS))
    ),
    "contributions": "INSERT INTO contributions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "keywords": "INSERT INTO work_keywords VALUES (?, ?, ?, ?)",
    "identifiers": "INSERT INTO identifiers VALUES (?, ?, ?)",
    "citations": (
        "INSERT INTO citations (citing_id, position, cited_id, matched_by, doi, year, first_author,"
        " title, container_title, text, title_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ),
    "notices": (
        "INSERT INTO notices (work_id, type, label, doi, is_about_this, source, date)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    ),
    "funders": "INSERT INTO work_funders VALUES (?, ?, ?, ?, ?)",
    "licenses": "INSERT INTO licenses VALUES (?, ?, ?, ?, ?)",
    "links": "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)",
    "relations": (
        "INSERT INTO relations (work_id, position, type, scheme, value) VALUES (?, ?, ?, ?, ?)"
    ),
    "citing": "INSERT INTO citing_records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "provenance": "INSERT OR IGNORE INTO provenance VALUES (?, ?, ?, ?)",
    "key_changes": "INSERT OR IGNORE INTO key_changes VALUES (?, ?)",
    "findings": (
        'INSERT INTO findings (severity, "check", message, source, line, citation_key, field,'
        " work_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    ),
}
_SATELLITES: Final = (
    *("contributions", "work_keywords", "identifiers", "notices", "work_funders", "licenses"),
    *(
        "links",
        "relations",
        "citing_records",
        "work_history",
        "provenance",
        "key_changes",
        "findings",
    ),
)
"""Tables with a `work_id`, besides work_details and citations."""


class Registry:
    """Natural key -> id of one table, with the new rows that are still to be written."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: str) -> None:
        names = [name.strip() for name in columns.split(",")]
        where = " AND ".join(
            f"{name} = ?" for name in names if name in {"key", *_KEYS.get(table, ())}
        )
        self._find = f"SELECT id FROM {table} WHERE {where}"
        self._insert = "INSERT INTO {} (id, {}) VALUES (?, {})".format(
            table, columns, ", ".join("?" * len(names))
        )
        self._connection = connection
        self._next: int = connection.execute(
            f"SELECT coalesce(max(id), 0) FROM {table}"
        ).fetchone()[0]
        self._is_empty = self._next == 0  # then nothing needs looking up
        self.ids: dict[Any, int] = {}
        self.new: list[Row] = []
        self.made: set[int] = set()

    def get(self, key: Any, *values: Any) -> int:  # noqa: ANN401 - a text or a tuple of texts
        """Return the id of `key`; a new one, for a row of `values`, where there is none."""
        found = self.ids.get(key)
        if found is not None:
            return found
        if not self._is_empty:
            row = self._connection.execute(
                self._find, key if isinstance(key, tuple) else (key,)
            ).fetchone()
            if row:
                self.ids[key] = row[0]
                return int(row[0])
            self.made.add(self._next + 1)
        self._next += 1
        self.ids[key] = self._next
        self.new.append((self._next, *values))
        return self._next

    def flush(self) -> None:
        """Write the new rows."""
        self._connection.executemany(self._insert, self.new)
        self.new.clear()


_KEYS: Final[dict[str, tuple[str, ...]]] = {"venue_names": ("name", "abbreviation", "issn")}


class Writer:
    """Writes the rows of works, and remembers in `touched` what derives from them.

    Args:
        connection: inside a transaction.
        people: the user's decisions: a name as printed, or "key: name as printed", to an ORCID iD
            or to another name.
    """

    def __init__(self, connection: sqlite3.Connection, people: Mapping[str, str]) -> None:
        self.connection = connection
        self._people_table = Registry(
            connection, "people", "key, name, sort_name, orcid, is_organisation"
        )
        self._keywords = Registry(connection, "keywords", "key, kind, label")
        self._venues = Registry(connection, "venue_names", "name, abbreviation, issn")
        self._funders = Registry(connection, "funders", "key, name, doi")
        self._overrides = people
        self._buffers: dict[str, list[Row]] = {name: [] for name in _STATEMENTS}
        self._with_orcid: set[Form] = set()  # and all, where there are overrides
        self._works: list[Row] = []
        self._updates: list[Row] = []
        highest = connection.execute("SELECT coalesce(max(id), 0) FROM works").fetchone()
        self._next_id = int(highest[0])
        self.touched = Touched(everything=self._next_id == 0)

    def add(self, rows: WorkRows, position: int, work_id: int | None = None) -> int:
        """Write a new work, or new rows for the work `work_id` whose old ones are `clear`ed."""
        key = rows.work[0]
        venue_name_id = self._venues.get(rows.venue, *rows.venue) if rows.venue else None
        head = (position, venue_name_id, None)
        if work_id is None:
            self._next_id += 1
            work_id = self._next_id
            self._works.append((work_id, *head, *rows.work))
        else:
            self._updates.append((*head, *rows.work, work_id))
        self._buffers["details"].append((work_id, *rows.details))
        self._add_names(work_id, key, rows.contributions)
        self._add_lists(work_id, rows)
        self._add_citations(work_id, rows)
        self.touched.work(work_id, rows, venue_name_id)
        if len(self._works) + len(self._updates) >= _BATCH:
            self.flush()
        return work_id

    def add_findings(self, findings: Iterable[tuple[Finding, int | None]]) -> None:
        """Write findings, each with its work's id."""
        self._buffers["findings"].extend(
            (f.severity, f.check, f.message, f.source, f.line, f.key, f.field, work_id)
            for f, work_id in findings
        )

    def _add_names(self, work_id: int, key: str, names: list[Row]) -> None:
        buffer = self._buffers["contributions"]
        known = self._people_table.ids
        first_form = self.touched.printed if self.touched.everything else {}
        for position, (role, name, orcid, affiliation, form, is_organisation) in enumerate(
            names, 1
        ):
            person = orcid or form
            if self._overrides:
                person = self.override(key, name) or person
            if orcid or self._overrides:
                self._with_orcid.add((form, orcid))
            person_id = known.get(person)
            if person_id is None:
                person_id = self._people_table.get(
                    person, person, name, form, orcid if person == orcid else None, is_organisation
                )
            buffer.append((work_id, position, role, person_id, name, orcid, affiliation, form))
            if first_form.get(person_id) != name:  # the usual case is asked here, it is quicker
                self.touched.person(person_id, name, form)

    def override(self, key: str, name: str) -> str | None:
        """Return the key of the person that the user says is behind `name` on the work `key`."""
        return self._overrides.get(f"{key}: {name}") or self._overrides.get(name)

    def _add_lists(self, work_id: int, rows: WorkRows) -> None:
        buffers = self._buffers
        for position, (key, kind, label, written) in enumerate(rows.keywords, 1):
            keyword_id = self._keywords.get(key, key, kind, label)
            buffers["keywords"].append((work_id, position, keyword_id, written))
            self.touched.keyword(keyword_id, written)
        for identifier in rows.identifiers:
            buffers["identifiers"].append((work_id, *identifier))
        for notice in rows.notices:
            buffers["notices"].append((work_id, *notice))
        for position, (key, name, doi, awards) in enumerate(rows.funders, 1):
            funder_id = self._funders.get(key, key, name, doi)
            buffers["funders"].append((work_id, position, funder_id, name, awards))
            self.touched.funders.add(funder_id)
        for table, lists in (
            ("licenses", rows.licenses),
            ("links", rows.links),
            ("relations", rows.relations),
            ("citing", rows.citing),
        ):
            buffers[table].extend((work_id, i, *row) for i, row in enumerate(lists, 1))
        for row in rows.provenance:
            buffers["provenance"].append((work_id, *row))
        for alias in rows.aliases:
            buffers["key_changes"].append((alias, work_id))

    def _add_citations(self, work_id: int, rows: WorkRows) -> None:
        if not rows.citations:
            return
        buffer = self._buffers["citations"]
        for position, row in enumerate(rows.citations, 1):
            buffer.append((work_id, position, None, None, *row))

    def clear(self, work_ids: Iterable[int], *, gone: bool) -> None:
        """Take the rows of works out, for new ones or (`gone`) for good. Their ids stay theirs."""
        connection = self.connection
        for work_id in work_ids:
            self.touched.collect(connection, work_id)
            connection.execute(
                "INSERT INTO works_fts (works_fts, rowid, title, abstract, names, venue, keywords)"
                " SELECT 'delete', id, title, abstract, names, venue, keywords"
                " FROM works_text WHERE id = ?",
                [work_id],
            )
            for table in _SATELLITES:
                connection.execute(f"DELETE FROM {table} WHERE work_id = ?", [work_id])
            connection.execute("DELETE FROM work_details WHERE work_id = ?", [work_id])
            connection.execute("DELETE FROM citations WHERE citing_id = ?", [work_id])
            if gone:
                connection.execute(
                    "UPDATE citations SET cited_id = NULL, matched_by = NULL WHERE cited_id = ?",
                    [work_id],
                )
                connection.execute(
                    "UPDATE relations SET related_id = NULL WHERE related_id = ?", [work_id]
                )
                connection.execute("DELETE FROM works WHERE id = ?", [work_id])

    def flush(self) -> None:
        """Write what is held back."""
        for registry in (self._people_table, self._keywords, self._venues, self._funders):
            registry.flush()
        connection = self.connection
        connection.executemany(_WORK_SQL, self._works)
        connection.executemany(_UPDATE_SQL, self._updates)
        for name, rows in self._buffers.items():
            connection.executemany(_STATEMENTS[name], rows)
            rows.clear()
        if self.touched.everything and self._works:
            # At once, while other processes read: a rebuild of the index would wait for them.
            connection.execute(INDEX_SQL, (self._works[0][0], self._works[-1][0]))
        self._works.clear()
        self._updates.clear()

    def printed_forms(self) -> list[Form]:
        """Return (form, ORCID iD) of every name, for a database that is filled from nothing."""
        forms = (key for key in self._people_table.ids if not is_orcid(key))
        return [*((form, None) for form in forms), *self._with_orcid]


def person_overrides(people: Mapping[str, str]) -> dict[str, str]:
    """Return metadata.yml's `people` with each target as a person's key.

    A target is an ORCID iD, "Family, Given", or an organisation's name.
    """
    return {printed.strip(): _target(target) for printed, target in people.items()}


def _target(target: str) -> str:
    try:
        return normalise_orcid(target)
    except IdentifierError:
        family, comma, given = target.partition(",")
        if comma:
            return name_form(Name(family=family.strip(), given=given.strip() or None))
        return name_form(Name(literal=target.strip()))
