"""What a page says: one work with everything around it, people, venues, keywords, lists, counts.

Every function takes an open connection and asks by natural keys. Values are plain; the page
escapes them.
"""

# ruff: noqa: S608 - only names of our own are put into statements

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from library.store import neighbours
from library.store.neighbours import CitedWork, CitingElsewhere, Related
from library.store.results import ResultRow, rows_of

_LISTED: Final = 200
"""Most works, references or citing works that one page lists; the counts say how many there are."""
_ELSEWHERE: Final = 50
"""Most works outside the library that one page lists."""


@dataclass(frozen=True, slots=True)
class State:
    """Which state of the library the database holds."""

    generation: int  # one more at each change
    built: str  # UTC: "2026-11-23T18:40:00Z"
    works: int
    identity: str  # another one where the database was made from nothing


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    works: int
    people: int
    venues: int
    keywords: int
    funders: int
    citations: int
    missing_works: int
    findings: dict[str, int]  # severity -> how many
    retracted: int
    with_doi: int
    with_abstract: int
    open_access: int


@dataclass(frozen=True, slots=True)
class PrintedName:
    """One name on a work."""

    name: str  # as printed, in reading order
    role: str
    person_key: str
    orcid: str | None
    affiliation: str | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A retraction, correction or expression of concern."""

    type: str
    label: str | None
    doi: str | None
    is_about_this: bool
    source: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding, as the table has it."""

    severity: str
    check: str
    message: str
    source: str
    line: int | None
    citation_key: str | None
    field: str | None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Everything on the page of one work."""

    work: ResultRow
    abstract: str | None
    note: str | None
    annotation: str | None
    csl: dict[str, Any]
    bibtex: str
    added: str | None
    language: str | None
    references_count: int
    names: list[PrintedName]
    identifiers: list[tuple[str, str]]  # scheme, value
    links: list[tuple[str, str | None, str | None]]  # url, content type, content version
    licenses: list[tuple[str, str | None, str | None]]  # url, start, content version
    notices: list[NoticeRow]
    keywords: list[tuple[str, str, str]]  # key, kind, label
    funders: list[tuple[str, str, str | None]]  # key, name, awards
    references: list[CitedWork]
    cited_by: list[ResultRow]
    elsewhere: list[CitingElsewhere]  # the newest works outside the library that cite it
    elsewhere_count: int  # how many there are
    relations: list[tuple[str, str, str, str | None]]  # type, scheme, value, key of our work
    related: list[Related]
    findings: list[FindingRow]
    provenance: list[tuple[str, str, str | None]]  # field, source, date
    other_keys: list[str]
    history: list[dict[str, Any]]  # commits: id, date, author, summary, lines


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A person, venue, keyword or funder."""

    key: str
    label: str
    works: int
    facts: dict[str, str]  # orcid, issn, doi, abbreviation, kind: where there is one
    variants: list[tuple[str, int]]  # forms in which it is printed, and how often
    years: list[tuple[int, int]]  # year, works
    together: list[tuple[str, str, int]]  # people: coauthors; else keywords. key, label, works


def state(connection: sqlite3.Connection) -> State:
    """Return which state of the library the database holds."""
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    return State(int(meta["generation"]), meta["built_at"], int(meta["works"]), meta["identity"])


def counts(connection: sqlite3.Connection) -> Counts:
    """Return how much there is, from what the build counted."""
    meta = dict(connection.execute("SELECT key, value FROM meta WHERE key LIKE 'count:%'"))

    def of(name: str) -> int:
        return int(meta.get("count:" + name, 0))

    findings = {name: of("findings:" + name) for name in ("error", "warning", "info")}
    names = [field.name for field in fields(Counts) if field.name != "findings"]
    return Counts(findings=findings, **{name: of(name) for name in names})


def key_of(connection: sqlite3.Connection, key: str) -> str | None:
    """Return the citation key that `key` stands for now: itself, or that of an `ids` entry."""
    row = connection.execute(
        "SELECT citation_key FROM works WHERE citation_key = ?1 UNION ALL"
        " SELECT works.citation_key FROM key_changes JOIN works ON works.id = key_changes.work_id"
        " WHERE old_key = ?1 LIMIT 1",
        [key],
    ).fetchone()
    return row[0] if row else None


def csl_of(connection: sqlite3.Connection, keys: Iterable[str]) -> list[str]:
    """Return the CSL-JSON of works, as text, in the order of their keys; each work once."""
    rows = connection.execute(
        "SELECT work_details.csl FROM json_each(?) AS chosen "
        "JOIN works ON works.citation_key = chosen.value "
        "JOIN work_details ON work_details.work_id = works.id ORDER BY chosen.key",
        [json.dumps(list(dict.fromkeys(keys)))],
    )
    return [text for (text,) in rows]


def key_of_doi(connection: sqlite3.Connection, doi: str) -> str | None:
    """Return the citation key of the work with this (normalised) DOI."""
    row = connection.execute(
        "SELECT citation_key FROM works WHERE doi = ? ORDER BY citation_key LIMIT 1", [doi]
    ).fetchone()
    return row[0] if row else None


def keys_of_part(connection: sqlite3.Connection, offset: int, size: int) -> list[str]:
    """Return `size` citation keys from the place `offset` on, in their alphabetical order."""
    rows = connection.execute(
        "SELECT citation_key FROM works ORDER BY citation_key LIMIT ? OFFSET ?", [size, offset]
    )
    return [row[0] for row in rows]


def listed(connection: sqlite3.Connection, keys: Sequence[str]) -> list[ResultRow]:
    """Return the works with these citation keys, in that order; unknown keys are left out."""
    ids = dict(
        connection.execute(
            "SELECT citation_key, id FROM works WHERE citation_key IN"
            " (SELECT value FROM json_each(?))",
            [json.dumps(list(keys))],
        )
    )
    return rows_of(connection, [ids[key] for key in dict.fromkeys(keys) if key in ids])


def newest(connection: sqlite3.Connection, size: int = 10) -> list[ResultRow]:
    """Return the works that stand last in references.bib, the last one first."""
    rows = connection.execute("SELECT id FROM works ORDER BY position DESC LIMIT ?", [size])
    return rows_of(connection, [row[0] for row in rows])


def work_page(connection: sqlite3.Connection, key: str) -> WorkPage | None:
    """Return everything about the work with this citation key; None where there is none."""
    row = connection.execute(
        "SELECT id, abstract, note, annotation, csl, bibtex, added, language, references_count"
        " FROM works JOIN work_details ON work_id = id WHERE citation_key = ?",
        [key],
    ).fetchone()
    if row is None:
        return None
    work_id = row[0]

    def all_of(statement: str) -> list[Any]:
        return connection.execute(statement, [work_id]).fetchall()

    return WorkPage(
        work=rows_of(connection, [work_id])[0],
        abstract=row[1],
        note=row[2],
        annotation=row[3],
        csl=json.loads(row[4]),
        bibtex=row[5],
        added=row[6],
        language=row[7],
        references_count=row[8],
        names=[
            PrintedName(*name)
            for name in all_of(
                "SELECT c.name, c.role, p.key, coalesce(c.orcid, p.orcid), c.affiliation"
                " FROM contributions AS c JOIN people AS p ON p.id = c.person_id"
                " WHERE c.work_id = ? ORDER BY c.position"
            )
        ],
        identifiers=all_of("SELECT scheme, value FROM identifiers WHERE work_id = ?"),
        links=all_of(
            "SELECT url, content_type, content_version FROM links WHERE work_id = ?"
            " ORDER BY position"
        ),
        licenses=all_of(
            "SELECT url, start, content_version FROM licenses WHERE work_id = ? ORDER BY position"
        ),
        notices=[
            NoticeRow(one[0], one[1], one[2], bool(one[3]), one[4], one[5])
            for one in all_of(
                "SELECT type, label, doi, is_about_this, source, date FROM notices"
                " WHERE work_id = ? ORDER BY date, id"
            )
        ],
        keywords=all_of(
            "SELECT k.key, k.kind, k.label FROM work_keywords AS w"
            " JOIN keywords AS k ON k.id = w.keyword_id WHERE w.work_id = ? ORDER BY w.position"
        ),
        funders=all_of(
            "SELECT f.key, f.name, w.awards FROM work_funders AS w"
            " JOIN funders AS f ON f.id = w.funder_id WHERE w.work_id = ? ORDER BY w.position"
        ),
        references=neighbours.references(connection, work_id),
        cited_by=neighbours.cited_by(connection, work_id, _LISTED),
        elsewhere=neighbours.elsewhere(connection, work_id, _ELSEWHERE),
        elsewhere_count=neighbours.count_elsewhere(connection, work_id),
        relations=all_of(
            "SELECT r.type, r.scheme, r.value, works.citation_key FROM relations AS r"
            " LEFT JOIN works ON works.id = r.related_id WHERE r.work_id = ? ORDER BY r.position"
        ),
        related=neighbours.related(connection, work_id),
        findings=[
            FindingRow(*one)
            for one in all_of(
                'SELECT severity, "check", message, source, line, citation_key, field'
                " FROM findings WHERE work_id = ? ORDER BY line, id"
            )
        ],
        provenance=all_of(
            "SELECT field, source, date FROM provenance WHERE work_id = ? ORDER BY field"
        ),
        other_keys=[one[0] for one in all_of("SELECT old_key FROM key_changes WHERE work_id = ?")],
        history=neighbours.history(connection, work_id),
    )


def person(connection: sqlite3.Connection, key: str) -> GroupPage | None:
    """Return a person or organisation by key (ORCID iD or normal form)."""
    row = connection.execute(
        "SELECT id, key, name, works, orcid, is_organisation FROM people"
        " WHERE key = ? OR orcid = ?",
        [key, key],
    ).fetchone()
    if row is None:
        return None
    facts = {"orcid": row[4]} if row[4] else {}
    if row[5]:
        facts["kind"] = "organisation"
    return GroupPage(
        key=row[1],
        label=row[2],
        works=row[3],
        facts=facts,
        variants=connection.execute(
            "SELECT name, count(*) AS n FROM contributions WHERE person_id = ?"
            " GROUP BY name ORDER BY n DESC, name LIMIT 50",
            [row[0]],
        ).fetchall(),
        years=connection.execute(
            "SELECT year, count(DISTINCT works.id) FROM contributions"
            " JOIN works ON works.id = work_id WHERE person_id = ? AND year IS NOT NULL"
            " GROUP BY year ORDER BY year",
            [row[0]],
        ).fetchall(),
        together=connection.execute(
            "SELECT p.key, p.name, count(DISTINCT b.work_id) AS n"
            " FROM (SELECT DISTINCT work_id FROM contributions"
            " WHERE person_id = ?1 LIMIT 2000) AS a"
            " CROSS JOIN contributions AS b ON b.work_id = a.work_id AND b.position <= 100"
            " JOIN people AS p ON p.id = b.person_id"
            " WHERE b.person_id != ?1 GROUP BY p.id ORDER BY n DESC, p.name LIMIT 30",
            [row[0]],
        ).fetchall(),
    )


def venue(connection: sqlite3.Connection, key: str) -> GroupPage | None:
    """Return a venue by key (ISSN or normal name)."""
    row = connection.execute(
        "SELECT id, key, name, works, issn, abbreviation FROM venues WHERE key = ?", [key]
    ).fetchone()
    if row is None:
        return None
    facts = {
        name: value for name, value in zip(("issn", "abbreviation"), row[4:], strict=True) if value
    }
    return GroupPage(
        row[1],
        row[2],
        row[3],
        facts,
        connection.execute(
            "SELECT name, sum(works) AS n FROM venue_names WHERE venue_id = ?"
            " GROUP BY name ORDER BY n DESC, name LIMIT 50",
            [row[0]],
        ).fetchall(),
        connection.execute(
            "SELECT year, count(*) FROM works WHERE venue_id = ? AND year IS NOT NULL"
            " GROUP BY year ORDER BY year",
            [row[0]],
        ).fetchall(),
        connection.execute(
            "SELECT k.key, k.label, count(*) AS n FROM works JOIN work_keywords AS w"
            " ON w.work_id = works.id JOIN keywords AS k ON k.id = w.keyword_id"
            " WHERE venue_id = ? GROUP BY k.id ORDER BY n DESC, k.label LIMIT 30",
            [row[0]],
        ).fetchall(),
    )


def keyword(connection: sqlite3.Connection, key: str) -> GroupPage | None:
    """Return a keyword by key ("topic:law")."""
    row = connection.execute(
        "SELECT id, key, label, works, kind FROM keywords WHERE key = ?", [key.casefold()]
    ).fetchone()
    if row is None:
        return None
    return GroupPage(
        row[1],
        row[2],
        row[3],
        {"kind": row[4]},
        connection.execute(
            "SELECT keyword, count(*) AS n FROM work_keywords WHERE keyword_id = ?"
            " GROUP BY keyword ORDER BY n DESC, keyword LIMIT 50",
            [row[0]],
        ).fetchall(),
        _years_of(connection, "work_keywords", "keyword_id", row[0]),
        connection.execute(
            "SELECT k.key, k.label, count(*) AS n"
            " FROM (SELECT work_id FROM work_keywords WHERE keyword_id = ?1 LIMIT 20000) AS a"
            " CROSS JOIN work_keywords AS b ON b.work_id = a.work_id"
            " JOIN keywords AS k ON k.id = b.keyword_id"
            " WHERE b.keyword_id != ?1 GROUP BY k.id ORDER BY n DESC, k.label LIMIT 30",
            [row[0]],
        ).fetchall(),
    )


def funder(connection: sqlite3.Connection, key: str) -> GroupPage | None:
    """Return a funder by key (registry DOI or normal name)."""
    row = connection.execute(
        "SELECT id, key, name, works, doi FROM funders WHERE key = ?", [key]
    ).fetchone()
    if row is None:
        return None
    return GroupPage(
        row[1],
        row[2],
        row[3],
        {"doi": row[4]} if row[4] else {},
        connection.execute(
            "SELECT name, count(*) AS n FROM work_funders WHERE funder_id = ?"
            " GROUP BY name ORDER BY n DESC, name LIMIT 50",
            [row[0]],
        ).fetchall(),
        _years_of(connection, "work_funders", "funder_id", row[0]),
        [],
    )


def _years_of(
    connection: sqlite3.Connection, table: str, column: str, one: int
) -> list[tuple[int, int]]:
    return connection.execute(
        f"SELECT year, count(DISTINCT works.id) FROM {table} JOIN works ON works.id = work_id"
        f" WHERE {column} = ? AND year IS NOT NULL GROUP BY year ORDER BY year",
        [one],
    ).fetchall()


_GROUPS: Final = {
    "author": ("people", "key", "name", "sort_name"),
    "venue": ("venues", "key", "name", "name"),
    "keyword": ("keywords", "key", "label", "label"),
    "funder": ("funders", "key", "name", "name"),
}


def groups(
    connection: sqlite3.Connection,
    name: str,
    *,
    order: str = "works",
    offset: int = 0,
    size: int = 100,
) -> list[tuple[str, str, int]]:
    """Return (key, label, works) of people ("author"), venues, keywords or funders.

    Args:
        connection: of library.db.
        name: which of the four.
        offset: how many to leave out.
        size: how many to return.
        order: "works" (most first) or "name".
    """
    table, key, label, by_name = _GROUPS[name]
    by = "works DESC, " + by_name if order == "works" else by_name
    return connection.execute(
        f"SELECT {key}, {label}, works FROM {table} ORDER BY {by} LIMIT ? OFFSET ?",
        [size, offset],
    ).fetchall()
