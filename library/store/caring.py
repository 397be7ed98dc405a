"""What the checks ask of library.db."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from library.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice about a work of the library."""

    citation_key: str
    type: str  # Crossref's: retraction, correction, expression_of_concern, …
    label: str | None
    doi: str | None  # of the notice
    source: str | None  # who says so
    date: str | None  # EDTF


def findings(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Yield every finding of the last build, in the order of the file."""
    rows = connection.execute(
        'SELECT "check", message, severity, source, line, citation_key, field FROM findings'
        " ORDER BY source, line, id"
    )
    for check, message, severity, *rest in rows:
        yield Finding(check, message, cast("Severity", severity), *rest)


def notices(connection: sqlite3.Connection) -> list[NoticeRow]:
    """Return the notices about works of the library, by citation key."""
    rows = connection.execute(
        "SELECT DISTINCT citation_key, notices.type, label, notices.doi, source, date"
        " FROM notices JOIN works ON works.id = work_id WHERE is_about_this = 1"
        " ORDER BY citation_key, date"
    )
    return [NoticeRow(*row) for row in rows]


def published_preprints(connection: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    """Return (citation key, DOI of the article, its citation key if it is here) of preprints."""
    return connection.execute(
        "SELECT works.citation_key, value, article.citation_key FROM relations"
        " JOIN works ON works.id = relations.work_id"
        " LEFT JOIN works AS article ON article.id = related_id"
        " WHERE relations.type = 'is-preprint-of' AND scheme = 'doi'"
        " ORDER BY works.citation_key, relations.position"
    ).fetchall()


def citing_retracted(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (citation key, citation key of the retracted work that it cites)."""
    return connection.execute(
        "SELECT DISTINCT citing.citation_key, cited.citation_key FROM works AS cited"
        " CROSS JOIN citations ON cited_id = cited.id"
        " JOIN works AS citing ON citing.id = citing_id"
        " WHERE cited.is_retracted = 1 ORDER BY 1, 2"
    ).fetchall()
