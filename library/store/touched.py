"""What a change of some works touches: whose counts, names and rankings must be looked at again."""

# ruff: noqa: S608 - only names of our own are put into statements

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from library.store.rows import WORK_COLUMNS, WorkRows

_YEAR, _DOI, _TITLE = (WORK_COLUMNS.index(name) for name in ("year", "doi", "sort_title"))


@dataclass(slots=True)
class Touched:
    """Ids and values, old and new, of the works that were written or cleared.

    With `everything` (a database filled from nothing) only what cannot be asked of the database
    cheaply is remembered: who and what is written in more than one way.
    """

    everything: bool = False
    works: set[int] = field(default_factory=set)
    written: set[int] = field(default_factory=set)  # those whose text is to be indexed
    people: set[int] = field(default_factory=set)  # everything: those printed in several ways
    names: set[str] = field(default_factory=set)  # normal forms of printed names
    open_blocks: list[str] = field(default_factory=list)  # everything: see `people.open_among`
    keywords: set[int] = field(default_factory=set)  # everything: those written in several ways
    venue_names: set[int] = field(default_factory=set)
    funders: set[int] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    dois: set[str] = field(default_factory=set)  # of the works themselves
    held: dict[str, set[int]] = field(default_factory=dict)  # DOI -> works that had it
    cited_dois: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)  # of the works themselves, as they are sorted
    cited_titles: set[str] = field(default_factory=set)  # of references without a DOI
    cited: set[int] = field(default_factory=set)  # works whose citing works changed
    printed: dict[int, str] = field(default_factory=dict)  # everything: a person's first form
    _written: dict[int, str] = field(default_factory=dict)

    def work(self, work_id: int, rows: WorkRows, venue_name_id: int | None) -> None:
        """Note a work that was written."""
        if self.everything:
            return
        self.works.add(work_id)
        self.written.add(work_id)
        if venue_name_id is not None:
            self.venue_names.add(venue_name_id)
        if rows.work[_YEAR] is not None:
            self.years.add(rows.work[_YEAR])
        if rows.work[_DOI]:
            self.dois.add(rows.work[_DOI])
        if rows.work[_TITLE]:
            self.titles.add(rows.work[_TITLE])
        self.cited_dois.update(row[0] for row in rows.citations if row[0])
        self.cited_titles.update(row[-1] for row in rows.citations if row[-1])

    def person(self, person_id: int, name: str, form: str) -> None:
        """Note a name that was written."""
        if not self.everything:
            self.people.add(person_id)
            self.names.add(form)
        elif self.printed.setdefault(person_id, name) != name:
            self.people.add(person_id)

    def keyword(self, keyword_id: int, written: str) -> None:
        """Note a keyword that was written."""
        if not self.everything or self._written.setdefault(keyword_id, written) != written:
            self.keywords.add(keyword_id)

    def collect(self, connection: sqlite3.Connection, work_id: int) -> None:
        """Note what hangs on a work that is about to change or go."""
        self.works.add(work_id)
        for venue_name_id, year, doi, title in connection.execute(
            "SELECT venue_name_id, year, doi, sort_title FROM works WHERE id = ?", [work_id]
        ):
            _add(self.titles, title)
            _add(self.venue_names, venue_name_id)
            _add(self.years, year)
            if doi is not None:
                self.dois.add(doi)
                self.held.setdefault(doi, set()).add(work_id)
        for person_id, form in connection.execute(
            "SELECT person_id, normal_name FROM contributions WHERE work_id = ?", [work_id]
        ):
            self.people.add(person_id)
            self.names.add(form)
        self.keywords.update(_ids(connection, "keyword_id", "work_keywords", work_id))
        self.funders.update(_ids(connection, "funder_id", "work_funders", work_id))
        for doi, title, cited_id in connection.execute(
            "SELECT doi, title_key, cited_id FROM citations WHERE citing_id = ?", [work_id]
        ):
            _add(self.cited_dois, doi)
            _add(self.cited_titles, title)
            _add(self.cited, cited_id)


def _add(values: set[int] | set[str], value: int | str | None) -> None:
    if value is not None:
        values.add(value)  # type: ignore[arg-type] # each set holds one kind of value


def _ids(connection: sqlite3.Connection, column: str, table: str, work_id: int) -> Iterable[int]:
    rows = connection.execute(f"SELECT {column} FROM {table} WHERE work_id = ?", [work_id])
    return (row[0] for row in rows)
