"""library.db's tables, as numbered migrations.

A migration that was released is never edited: a change is a new one at the end. The database is
derived, so a build that applies a migration to a filled database also rebuilds it.

Every surrogate `id` is internal; people are told apart by `people.key`, venues by `venues.key`,
works by `citation_key`. Rows that belong to one work lie together (WITHOUT ROWID, work first).
"""

from typing import Final

from sqlite_utils import Database, Migrations

migrations = Migrations("library")

BM25_WEIGHTS: Final = (10.0, 1.0, 4.0, 2.0, 3.0)
"""Weight of title, abstract, names, venue and keywords in a ranked search."""

_TABLES: Final = """
CREATE TABLE venues (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    abbreviation TEXT,
    issn TEXT,
    works INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE venue_names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    abbreviation TEXT NOT NULL,
    issn TEXT NOT NULL,
    venue_id INTEGER REFERENCES venues (id),
    works INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE works (
    id INTEGER PRIMARY KEY,
    citation_key TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT,
    authors TEXT,
    year INTEGER,
    issued TEXT,
    venue TEXT,
    venue_id INTEGER REFERENCES venues (id),
    volume TEXT,
    issue TEXT,
    page TEXT,
    publisher TEXT,
    doi TEXT,
    url TEXT,
    language TEXT,
    is_open_access INTEGER,
    is_retracted INTEGER NOT NULL DEFAULT 0,
    has_abstract INTEGER NOT NULL DEFAULT 0,
    cited_here INTEGER NOT NULL DEFAULT 0,
    cited_by INTEGER,
    references_count INTEGER NOT NULL DEFAULT 0,
    added TEXT,
    sort_title TEXT,
    position INTEGER NOT NULL,
    venue_name_id INTEGER REFERENCES venue_names (id)
);
CREATE TABLE work_details (
    work_id INTEGER PRIMARY KEY REFERENCES works (id),
    abstract TEXT,
    note TEXT,
    annotation TEXT,
    other_names TEXT,
    keywords TEXT,
    title_markup TEXT,
    csl TEXT NOT NULL,
    bibtex TEXT NOT NULL
);
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    orcid TEXT,
    is_organisation INTEGER NOT NULL DEFAULT 0,
    works INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE contributions (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    orcid TEXT,
    affiliation TEXT,
    normal_name TEXT NOT NULL,
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE TABLE keywords (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    works INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE work_keywords (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    keyword_id INTEGER NOT NULL REFERENCES keywords (id),
    keyword TEXT NOT NULL,
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE TABLE identifiers (
    work_id INTEGER NOT NULL REFERENCES works (id),
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (work_id, scheme, value)
) WITHOUT ROWID;
CREATE TABLE citations (
    citing_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    cited_id INTEGER REFERENCES works (id),
    doi TEXT,
    year TEXT,
    first_author TEXT,
    title TEXT,
    container_title TEXT,
    text TEXT,
    matched_by TEXT,
    PRIMARY KEY (citing_id, position)
) WITHOUT ROWID;
CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    work_id INTEGER NOT NULL REFERENCES works (id),
    type TEXT NOT NULL,
    label TEXT,
    doi TEXT,
    is_about_this INTEGER NOT NULL,
    source TEXT,
    date TEXT
);
CREATE TABLE funders (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    doi TEXT,
    works INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE work_funders (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    funder_id INTEGER NOT NULL REFERENCES funders (id),
    name TEXT NOT NULL,
    awards TEXT,
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE TABLE licenses (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    start TEXT,
    content_version TEXT,
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE TABLE links (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    content_type TEXT,
    content_version TEXT,
    intended_application TEXT,
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE TABLE relations (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    related_id INTEGER REFERENCES works (id),
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE TABLE provenance (
    work_id INTEGER NOT NULL REFERENCES works (id),
    field TEXT NOT NULL,
    source TEXT NOT NULL,
    date TEXT,
    PRIMARY KEY (work_id, field, source)
) WITHOUT ROWID;
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    severity TEXT NOT NULL,
    "check" TEXT NOT NULL,
    message TEXT NOT NULL,
    source TEXT NOT NULL,
    line INTEGER,
    citation_key TEXT,
    field TEXT,
    work_id INTEGER REFERENCES works (id)
);
CREATE TABLE key_changes (
    old_key TEXT NOT NULL,
    work_id INTEGER NOT NULL REFERENCES works (id),
    PRIMARY KEY (old_key, work_id)
) WITHOUT ROWID;
CREATE TABLE facet_counts (
    id INTEGER PRIMARY KEY,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    label TEXT NOT NULL,
    works INTEGER NOT NULL
);
CREATE TABLE works_by_year (
    year INTEGER PRIMARY KEY,
    works INTEGER NOT NULL,
    open_access INTEGER NOT NULL,
    retracted INTEGER NOT NULL
);
CREATE TABLE missing_works (
    doi TEXT PRIMARY KEY,
    cited_by_here INTEGER NOT NULL,
    title TEXT,
    first_author TEXT,
    year TEXT,
    container_title TEXT
) WITHOUT ROWID;
CREATE TABLE coauthors (
    person_id INTEGER NOT NULL REFERENCES people (id),
    coauthor_id INTEGER NOT NULL REFERENCES people (id),
    works INTEGER NOT NULL,
    PRIMARY KEY (person_id, coauthor_id)
) WITHOUT ROWID;
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE build_chunks (
    position INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    strings INTEGER NOT NULL,
    blocks TEXT NOT NULL
);
CREATE TABLE build_dependencies (
    citation_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (citation_key, kind, name)
) WITHOUT ROWID;
CREATE TABLE facet_columns (
    part INTEGER NOT NULL,
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (part, name)
) WITHOUT ROWID;
CREATE VIEW works_text AS
SELECT works.id AS id,
       works.title AS title,
       CASE WHEN work_details.annotation IS NULL THEN work_details.abstract
            ELSE work_details.annotation || coalesce(' ' || work_details.abstract, '')
       END AS abstract,
       CASE WHEN work_details.other_names IS NULL THEN works.authors
            ELSE coalesce(works.authors || '; ', '') || work_details.other_names END AS names,
       works.venue AS venue,
       work_details.keywords AS keywords
FROM works JOIN work_details ON work_details.work_id = works.id;
CREATE VIRTUAL TABLE works_fts USING fts5 (
    title, abstract, names, venue, keywords,
    content="works_text", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
)
"""

_INDICES: Final = """
CREATE UNIQUE INDEX works_by_key ON works (citation_key);
CREATE INDEX works_by_doi ON works (doi) WHERE doi IS NOT NULL;
CREATE INDEX works_by_type ON works (type, year);
CREATE INDEX works_by_year_type ON works (year, type, is_open_access, is_retracted);
CREATE INDEX works_by_venue ON works (venue_id, year) WHERE venue_id IS NOT NULL;
CREATE INDEX works_by_publisher ON works (publisher) WHERE publisher IS NOT NULL;
CREATE INDEX works_by_language ON works (language) WHERE language IS NOT NULL;
CREATE INDEX works_by_title ON works (sort_title);
CREATE INDEX works_by_cited_here ON works (cited_here) WHERE cited_here > 0;
CREATE INDEX works_by_position ON works (position);
CREATE INDEX works_retracted ON works (is_retracted) WHERE is_retracted = 1;
CREATE INDEX works_by_venue_name ON works (venue_name_id) WHERE venue_name_id IS NOT NULL;
CREATE UNIQUE INDEX venue_names_by_name ON venue_names (name, abbreviation, issn);
CREATE INDEX venue_names_by_venue ON venue_names (venue_id);
CREATE UNIQUE INDEX venues_by_key ON venues (key);
CREATE INDEX venues_by_works ON venues (works);
CREATE UNIQUE INDEX people_by_key ON people (key);
CREATE INDEX people_by_works ON people (works);
CREATE INDEX people_by_sort_name ON people (sort_name);
CREATE INDEX people_by_orcid ON people (orcid) WHERE orcid IS NOT NULL;
CREATE INDEX contributions_by_person ON contributions (person_id, work_id, role);
CREATE INDEX contributions_by_name ON contributions (normal_name, orcid);
CREATE UNIQUE INDEX keywords_by_key ON keywords (key);
CREATE INDEX keywords_by_kind ON keywords (kind, works);
CREATE INDEX work_keywords_by_keyword ON work_keywords (keyword_id, work_id);
CREATE INDEX identifiers_by_value ON identifiers (value, scheme);
CREATE INDEX citations_by_cited ON citations (cited_id, citing_id) WHERE cited_id IS NOT NULL;
CREATE INDEX citations_missing ON citations (doi) WHERE cited_id IS NULL AND doi IS NOT NULL;
CREATE INDEX notices_by_work ON notices (work_id);
CREATE INDEX notices_by_doi ON notices (doi) WHERE doi IS NOT NULL;
CREATE UNIQUE INDEX funders_by_key ON funders (key);
CREATE INDEX funders_by_works ON funders (works);
CREATE INDEX work_funders_by_funder ON work_funders (funder_id, work_id);
CREATE INDEX relations_by_value ON relations (value, scheme);
CREATE INDEX relations_by_related ON relations (related_id) WHERE related_id IS NOT NULL;
CREATE INDEX findings_by_check ON findings ("check", severity);
CREATE INDEX findings_by_line ON findings (source, line);
CREATE INDEX findings_by_work ON findings (work_id) WHERE work_id IS NOT NULL;
CREATE INDEX findings_by_key ON findings (citation_key) WHERE citation_key IS NOT NULL;
CREATE INDEX key_changes_by_work ON key_changes (work_id);
CREATE UNIQUE INDEX facet_counts_by_value ON facet_counts (facet, value);
CREATE INDEX facet_counts_by_works ON facet_counts (facet, works);
CREATE INDEX missing_works_by_count ON missing_works (cited_by_here);
CREATE INDEX coauthors_by_coauthor ON coauthors (coauthor_id);
CREATE INDEX coauthors_by_works ON coauthors (works);
CREATE INDEX build_dependencies_by_name ON build_dependencies (kind, name)
"""


@migrations()
def m001_tables(db: Database) -> None:
    """The published tables, the search index, and what the build remembers."""
    _run(db, _TABLES)
    weights = ", ".join(str(weight) for weight in BM25_WEIGHTS)
    db.execute("INSERT INTO works_fts (works_fts, rank) VALUES ('rank', ?)", [f"bm25({weights})"])


@migrations()
def m002_indices(db: Database) -> None:
    """Indices for the pages' statements, the canned queries and the foreign keys."""
    _run(db, _INDICES)


@migrations()
def m003_references_by_title(db: Database) -> None:
    """The form of the title by which a reference without a DOI finds its work."""
    db.execute("ALTER TABLE citations ADD COLUMN title_key TEXT")
    db.execute(
        "CREATE INDEX citations_by_title ON citations (title_key) WHERE title_key IS NOT NULL"
    )


@migrations()
def m004_citing_works(db: Database) -> None:
    """Works elsewhere that cite a work, as a snapshot of all of Crossref knows them."""
    _run(
        db,
        """
CREATE TABLE citing_records (
    work_id INTEGER NOT NULL REFERENCES works (id),
    position INTEGER NOT NULL,
    doi TEXT NOT NULL,
    title TEXT,
    first_author TEXT,
    year INTEGER,
    container_title TEXT,
    type TEXT,
    PRIMARY KEY (work_id, position)
) WITHOUT ROWID;
CREATE INDEX citing_records_by_doi ON citing_records (doi);
CREATE VIEW citing_works AS
SELECT works.citation_key AS citation_key,
       citing_records.doi AS doi,
       citing_records.title AS title,
       citing_records.first_author AS first_author,
       citing_records.year AS year,
       citing_records.container_title AS container_title,
       citing_records.type AS type
FROM citing_records JOIN works ON works.id = citing_records.work_id
WHERE NOT EXISTS (SELECT 1 FROM works AS here WHERE here.doi = citing_records.doi)
""",
    )


@migrations()
def m005_history(db: Database) -> None:
    """What git's history tells of each entry, where it is asked for."""
    db.execute(
        """
        CREATE TABLE work_history (
            work_id INTEGER PRIMARY KEY REFERENCES works (id),
            added_at TEXT,
            added_by TEXT,
            edited_at TEXT,
            edited_by TEXT,
            commits TEXT NOT NULL
        )
        """
    )


def _run(db: Database, script: str) -> None:
    # Not executescript: it would end the migration's transaction.
    for statement in script.split(";\n"):
        db.execute(statement)
