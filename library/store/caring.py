"""What the care of the library asks of library.db: findings, notices, what is missing."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from library.findings import Finding, Severity
from library.store.read import FindingRow, NoticeRow
from library.store.results import ResultRow, rows_of

_LISTED: Final = 200
"""Works on one of these lists, at most."""


@dataclass(frozen=True, slots=True)
class MissingWork:
    """A work that ours cite and that is not here."""

    doi: str
    cited_by_here: int
    title: str | None
    first_author: str | None
    year: str | None
    container_title: str | None


def all_findings(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Yield every finding of the last build, in the order of the file."""
    rows = connection.execute(
        'SELECT "check", message, severity, source, line, citation_key, field FROM findings'
        " ORDER BY source, line, id"
    )
    for check, message, severity, *rest in rows:
        yield Finding(check, message, cast("Severity", severity), *rest)


def notices(connection: sqlite3.Connection) -> list[tuple[str, NoticeRow]]:
    """Return (citation key, notice) of the works that a notice is about, by citation key."""
    rows = connection.execute(
        "SELECT DISTINCT citation_key, notices.type, label, notices.doi, is_about_this, source,"
        " date FROM notices JOIN works ON works.id = work_id WHERE is_about_this = 1"
        " ORDER BY citation_key, date"
    )
    return [(key, NoticeRow(*rest)) for key, *rest in rows]


def published_preprints(connection: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    """Return (citation key, DOI of the article, its citation key if it is here) of preprints."""
    return connection.execute(
        "SELECT works.citation_key, value, article.citation_key FROM relations"
        " JOIN works ON works.id = relations.work_id"
        " LEFT JOIN works AS article ON article.id = related_id"
        " WHERE relations.type = 'is-preprint-of' AND scheme = 'doi'"
        " ORDER BY works.citation_key, relations.position"
    ).fetchall()


def retracted_citations(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (citation key, citation key of the retracted work that it cites)."""
    return connection.execute(
        "SELECT DISTINCT citing.citation_key, cited.citation_key FROM works AS cited"
        " CROSS JOIN citations ON cited_id = cited.id"
        " JOIN works AS citing ON citing.id = citing_id"
        " WHERE cited.is_retracted = 1 ORDER BY 1, 2"
    ).fetchall()


def missing_works(
    connection: sqlite3.Connection, offset: int = 0, size: int = 50
) -> list[MissingWork]:
    """Return the works that ours cite most and that are not here."""
    rows = connection.execute(
        "SELECT doi, cited_by_here, title, first_author, year, container_title FROM missing_works"
        " ORDER BY cited_by_here DESC, doi LIMIT ? OFFSET ?",
        [size, offset],
    )
    return [MissingWork(*row) for row in rows]


def citing_missing(connection: sqlite3.Connection, doi: str) -> list[ResultRow]:
    """Return the works of the library that cite a DOI that is not here."""
    rows = connection.execute(
        "SELECT DISTINCT citing_id FROM citations WHERE doi = ? AND cited_id IS NULL LIMIT ?",
        [doi, _LISTED],
    )
    return rows_of(connection, [row[0] for row in rows])


def findings(
    connection: sqlite3.Connection,
    *,
    severity: str | None = None,
    check: str | None = None,
    offset: int = 0,
    size: int = 100,
) -> list[FindingRow]:
    """Return findings, the gravest first."""
    rows = connection.execute(
        'SELECT severity, "check", message, source, line, citation_key, field FROM findings'
        ' WHERE (?1 IS NULL OR severity = ?1) AND (?2 IS NULL OR "check" = ?2)'
        " ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END,"
        " source, line, id LIMIT ?3 OFFSET ?4",
        [severity, check, size, offset],
    )
    return [FindingRow(*row) for row in rows]


def findings_by_check(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Return (severity, check, how many), the gravest and most frequent first."""
    return connection.execute(
        'SELECT severity, "check", count(*) AS n FROM findings GROUP BY "check", severity'
        " ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, n DESC"
    ).fetchall()


def retracted(connection: sqlite3.Connection) -> list[ResultRow]:
    """Return the retracted works."""
    rows = connection.execute(
        "SELECT id FROM works WHERE is_retracted = 1 ORDER BY year DESC, citation_key LIMIT ?",
        [_LISTED],
    )
    return rows_of(connection, [row[0] for row in rows])


def citing_retracted(connection: sqlite3.Connection) -> list[tuple[ResultRow, ResultRow]]:
    """Return (citing work, retracted work) pairs of the library."""
    pairs = connection.execute(
        "SELECT DISTINCT citing_id, cited_id FROM works CROSS JOIN citations"
        " ON cited_id = works.id WHERE works.is_retracted = 1 LIMIT ?",
        [_LISTED],
    ).fetchall()
    rows = {
        row.id: row for row in rows_of(connection, list({one for pair in pairs for one in pair}))
    }
    return [(rows[a], rows[b]) for a, b in pairs if a in rows and b in rows]
