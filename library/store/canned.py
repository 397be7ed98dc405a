"""Questions that researchers ask, as named statements for the site and the guide.

A question about the whole library reads a ranking that the build keeps; a question about one work
or person takes its key as a parameter and follows indices.
"""

# ruff: noqa: E501 - a description is one line, as it is shown

import sqlite3
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CannedQuery:
    """One question."""

    name: str  # in addresses
    title: str
    description: str
    sql: str
    parameters: tuple[str, ...] = ()
    example: str = ""  # a statement that gives values for the parameters


QUERIES: Final[tuple[CannedQuery, ...]] = (
    CannedQuery(
        "most_cited_here",
        "Most cited in this library",
        "Works that most other works of the library cite.",
        """
SELECT citation_key, title, authors, year, cited_here, cited_by
FROM works WHERE cited_here > 0
ORDER BY cited_here DESC LIMIT 100
""",
    ),
    CannedQuery(
        "missing_works",
        "Cited, but not here",
        "Works that the library's works cite and that it does not hold, by how many cite them.",
        """
SELECT doi, cited_by_here, title, first_author, year, container_title
FROM missing_works ORDER BY cited_by_here DESC LIMIT 100
""",
    ),
    CannedQuery(
        "cited_together",
        "Cited together with a work (co-citation)",
        "Works that the same works cite as the one with this citation key.",
        """
SELECT works.citation_key, works.title, works.year, count(DISTINCT other.citing_id) AS together
FROM works AS this
CROSS JOIN citations AS own ON own.cited_id = this.id
CROSS JOIN citations AS other ON other.citing_id = own.citing_id
CROSS JOIN works ON works.id = other.cited_id
WHERE this.citation_key = :key AND other.cited_id != this.id
GROUP BY works.id ORDER BY together DESC, works.citation_key LIMIT 50
""",
        ("key",),
        "SELECT citation_key FROM works WHERE cited_here BETWEEN 20 AND 40 ORDER BY cited_here DESC LIMIT 1",
    ),
    CannedQuery(
        "citing_the_same",
        "Citing the same works (bibliographic coupling)",
        "Works whose lists of references share works of the library with that of this citation key."
        " References that more than 500 works cite are left out: they relate everything.",
        """
SELECT works.citation_key, works.title, works.year, count(DISTINCT other.cited_id) AS shared
FROM works AS this
CROSS JOIN citations AS own ON own.citing_id = this.id
CROSS JOIN works AS cited ON cited.id = own.cited_id AND cited.cited_here <= 500
CROSS JOIN citations AS other ON other.cited_id = cited.id
CROSS JOIN works ON works.id = other.citing_id
WHERE this.citation_key = :key AND other.citing_id != this.id
GROUP BY works.id ORDER BY shared DESC, works.citation_key LIMIT 50
""",
        ("key",),
        "SELECT citation_key FROM works WHERE references_count > 30 ORDER BY year DESC LIMIT 1",
    ),
    CannedQuery(
        "citing_retracted",
        "Citing a retracted work",
        "Works of the library that cite a retracted one, with the notice.",
        """
SELECT citing.citation_key, citing.title, citing.year,
       cited.citation_key AS retracted_key, cited.title AS retracted_title,
       notices.doi AS notice, notices.date AS retracted_on
FROM works AS cited
CROSS JOIN citations ON citations.cited_id = cited.id
CROSS JOIN works AS citing ON citing.id = citations.citing_id
LEFT JOIN notices ON notices.work_id = cited.id AND notices.is_about_this = 1
WHERE cited.is_retracted = 1
GROUP BY citing.id, cited.id ORDER BY citing.year DESC, citing.citation_key
""",
    ),
    CannedQuery(
        "citing_elsewhere",
        "Works elsewhere that cite this library most",
        "Works outside the library, by how many of its works they cite; known from a snapshot of Crossref.",
        """
SELECT doi, max(title) AS title, max(first_author) AS first_author, max(year) AS year,
       count(*) AS works_cited
FROM citing_works GROUP BY doi ORDER BY works_cited DESC, doi LIMIT 100
""",
    ),
    CannedQuery(
        "coauthors",
        "Who writes together most",
        "Pairs of people with the most works of the library in common.",
        """
SELECT a.name, b.name AS coauthor, coauthors.works
FROM (SELECT * FROM coauthors ORDER BY works DESC LIMIT 100) AS coauthors
JOIN people AS a ON a.id = coauthors.person_id
JOIN people AS b ON b.id = coauthors.coauthor_id
ORDER BY coauthors.works DESC, a.name
""",
    ),
    CannedQuery(
        "coauthors_of",
        "Coauthors of a person",
        "With whom the person of this key (people.key: an ORCID iD or a normal form) wrote, and how often.",
        """
SELECT people.key, people.name, count(DISTINCT theirs.work_id) AS works
FROM people AS this
CROSS JOIN contributions AS own ON own.person_id = this.id
CROSS JOIN contributions AS theirs ON theirs.work_id = own.work_id
CROSS JOIN people ON people.id = theirs.person_id
WHERE this.key = :person AND theirs.person_id != this.id
GROUP BY people.id ORDER BY works DESC, people.name LIMIT 100
""",
        ("person",),
        "SELECT key FROM people ORDER BY works DESC LIMIT 1",
    ),
    CannedQuery(
        "by_year",
        "Works by year",
        "How many works of each year, how many of them open access, how many retracted.",
        "SELECT year, works, open_access, retracted FROM works_by_year ORDER BY year",
    ),
)


def example(connection: sqlite3.Connection, one: CannedQuery) -> dict[str, str]:
    """Return parameters with which the query finds something in this library, where it can."""
    if not one.parameters:
        return {}
    row = connection.execute(one.example).fetchone()
    return dict(zip(one.parameters, row or [""] * len(one.parameters), strict=True))
