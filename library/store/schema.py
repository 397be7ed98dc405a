"""What every table and column of library.db means, and how the file is opened.

Table and column names are a public API. `DESCRIPTIONS` reaches Datasette's pages and the generated
reference in docs/reference/tables.md; a test holds it against the migrations.
"""

# ruff: noqa: E501 - a description is one line, as it is shown

import os
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from library.errors import WorldError

FLOOR: Final = (3, 40, 0)
"""The oldest SQLite that is supported: Debian 12's, and what Python 3.11 is mostly built with."""

MIGRATIONS: Final = (
    "m001_tables",
    "m002_indices",
    "m003_references_by_title",
    "m004_citing_works",
    "m005_history",
)
"""The names in migrations.py, for whoever only asks whether a file is up to date."""


@dataclass(frozen=True, slots=True)
class TableDescription:
    """One table or view, in words; `columns` maps each column to its meaning and unit."""

    text: str
    columns: dict[str, str] = field(default_factory=dict)
    hidden: bool = False  # the build's own; kept out of the list of tables


_WORK = "The work; works.id."
_LIST_POSITION = "Place in the work's list, from 1."

DESCRIPTIONS: Final[dict[str, TableDescription]] = {
    "works": TableDescription(
        "One row for each work of the library: what a result list shows.",
        {
            "id": "Internal number; a saved query uses citation_key.",
            "citation_key": "The entry's key in references.bib; unique, upper and lower case differ.",
            "type": "CSL type: article-journal, book, chapter, report, webpage, …",
            "title": "Title with its subtitle, plain text.",
            "authors": "Names of the authors as printed, in order, joined by “; ”; of the editors where a work has no authors.",
            "year": "Year of publication; negative before the common era; NULL where unknown.",
            "issued": "Date of publication as EDTF (ISO 8601-2): 2014, 2014-03, 2014-03-20, 2014~, 2014/2016.",
            "venue": "Journal, book or series the work is part of, as printed.",
            "venue_id": "The venue; venues.id.",
            "volume": "Volume of the venue.",
            "issue": "Issue of the volume.",
            "page": "Pages or article number: “1282-1283”.",
            "publisher": "Publisher, institution or school, as printed.",
            "doi": "DOI, bare and in lower case: 10.1056/nejmp1314927.",
            "url": "Address of the work, where one is given.",
            "language": "Language of the work, BCP 47: en, en-GB.",
            "is_open_access": "1 where an open (Creative Commons or public domain) licence is on record; NULL where nothing is known.",
            "is_retracted": "1 where a retraction, removal or withdrawal is on record, else 0.",
            "has_abstract": "1 where an abstract is here, else 0.",
            "cited_here": "Works of this library that cite the work.",
            "cited_by": "Works that cite it, as the source of its record counts them, everywhere; NULL where unknown.",
            "references_count": "Entries in the work's list of references, as its record has it.",
            "added": "Day the entry was made, where references.bib says so: 2014-03-20.",
            "sort_title": "Title for sorting: lower case, without accents and leading article.",
            "position": "Order in references.bib: a larger number stands later. Gaps have no meaning.",
            "venue_name_id": "The form in which the venue is printed; venue_names.id.",
        },
    ),
    "work_details": TableDescription(
        "The long texts of each work, one row for each row of works.",
        {
            "work_id": _WORK,
            "abstract": "Abstract, plain text; paragraphs are parted by an empty line.",
            "note": "Note that belongs to the citation.",
            "annotation": "The library’s own annotation of the work.",
            "other_names": "Names in other roles than those of works.authors, joined by “; ”.",
            "keywords": "Keywords as written, joined by “; ”.",
            "title_markup": "Title with CSL's inline HTML (<i>, <sub>, …), where it has any.",
            "csl": "The work as CSL-JSON: one object, as citation processors read it.",
            "bibtex": "The entry's text in references.bib, as it stands there.",
        },
    ),
    "people": TableDescription(
        "Persons and organisations behind the printed names. Names are joined by ORCID iD, else by a careful normal form; metadata.yml can overrule that.",
        {
            "id": "Internal number; a saved query uses key.",
            "key": "ORCID iD, else the normal form of the name: “diaz, hannah”.",
            "name": "Name in reading order, in its most frequent printed form.",
            "sort_name": "Normal form for sorting, family name first: “diaz, hannah”.",
            "orcid": "ORCID iD: 0000-0002-1825-0097.",
            "is_organisation": "1 for an organisation (or a name that has no parts), else 0.",
            "works": "Works of the library with this contributor, in any role.",
        },
    ),
    "contributions": TableDescription(
        "Who did what on which work: one row for each printed name.",
        {
            "work_id": _WORK,
            "position": "Place among all names of the work, from 1.",
            "role": "CSL role: author, editor, translator, …",
            "person_id": "The person or organisation; people.id.",
            "name": "Name as printed, in reading order.",
            "orcid": "ORCID iD as the record gives it for this name.",
            "affiliation": "Affiliations as printed, joined by “; ”.",
            "normal_name": "Normal form of the printed name: “diaz, hannah j”.",
        },
    ),
    "venues": TableDescription(
        "Journals, books, sites and series that works appeared in. Joined by ISSN, else by the normal form of the name.",
        {
            "id": "Internal number; a saved query uses key.",
            "key": "Smallest ISSN of the venue, else the normal form of its name.",
            "name": "Name in its most frequent printed form.",
            "abbreviation": "Abbreviated name, where a work gives one.",
            "issn": "ISSNs, joined by “; ”.",
            "works": "Works of the library in this venue.",
        },
    ),
    "venue_names": TableDescription(
        "Each form in which a venue is printed, and the venue it was joined to.",
        {
            "id": "Internal number.",
            "name": "Name as printed.",
            "abbreviation": "Abbreviated name printed with it; empty where there is none.",
            "issn": "ISSNs printed with it, joined by “; ”; empty where there are none.",
            "venue_id": "The venue; venues.id.",
            "works": "Works that print it so.",
        },
    ),
    "keywords": TableDescription(
        "Keywords; a prefix “topic:”, “audience:” or “form:” makes a facet of its own.",
        {
            "id": "Internal number; a saved query uses key.",
            "key": "The whole keyword in lower case: “topic:law”.",
            "kind": "The prefix: topic, audience or form; “keyword” where there is none.",
            "label": "The keyword without its prefix, in its most frequent spelling.",
            "works": "Works with this keyword.",
        },
    ),
    "work_keywords": TableDescription(
        "Which work has which keyword.",
        {
            "work_id": _WORK,
            "position": _LIST_POSITION,
            "keyword_id": "The keyword; keywords.id.",
            "keyword": "The keyword as written, with its prefix.",
        },
    ),
    "identifiers": TableDescription(
        "Every identifier of every work, in one form each.",
        {
            "work_id": _WORK,
            "scheme": "doi, isbn, issn (of the venue), pmid, pmcid, arxiv or url.",
            "value": "The identifier in its stored form.",
        },
    ),
    "citations": TableDescription(
        "The reference lists of the works' records: one row for each reference.",
        {
            "citing_id": "The work whose list of references it is; works.id.",
            "position": "Place in the list, from 1.",
            "cited_id": "The cited work, where it is in the library; works.id.",
            "doi": "DOI of the cited work, bare and in lower case.",
            "year": "Year of the cited work, as stated: 2020, 2020a.",
            "first_author": "First author of the cited work, mostly the family name alone.",
            "title": "Title of the cited work.",
            "container_title": "Journal or book of the cited work.",
            "text": "The whole reference, where the record has only that.",
            "matched_by": "How cited_id was found: doi, or title (with names, year and venue).",
            "title_key": "The title's plain words, where there is no DOI to go by.",
        },
    ),
    "notices": TableDescription(
        "Retractions, corrections and expressions of concern.",
        {
            "id": "Internal number.",
            "work_id": _WORK,
            "type": "retraction, removal, withdrawal, correction, erratum, expression_of_concern, …",
            "label": "The type in words for people.",
            "doi": "DOI of the notice; where the work is the notice itself, of the work it is about.",
            "is_about_this": "1 where this work is retracted or corrected; 0 where it is the notice.",
            "source": "Who says so: publisher, retraction-watch.",
            "date": "Date of the notice, EDTF.",
        },
    ),
    "funders": TableDescription(
        "Who paid for works.",
        {
            "id": "Internal number; a saved query uses key.",
            "key": "DOI in the Funder Registry, else the normal form of the name.",
            "name": "Name in its most frequent form.",
            "doi": "DOI in the Funder Registry.",
            "works": "Works of the library with this funder.",
        },
    ),
    "work_funders": TableDescription(
        "Which work was paid for by whom.",
        {
            "work_id": _WORK,
            "position": _LIST_POSITION,
            "funder_id": "The funder; funders.id.",
            "name": "The funder's name as the record has it.",
            "awards": "Award numbers, joined by “; ”.",
        },
    ),
    "licenses": TableDescription(
        "Licences of works, as their records state them.",
        {
            "work_id": _WORK,
            "position": _LIST_POSITION,
            "url": "Address of the licence.",
            "start": "Day from which it holds, EDTF.",
            "content_version": "vor (as published), am (accepted manuscript), tdm (for text mining).",
        },
    ),
    "links": TableDescription(
        "Addresses of full texts, as the records state them.",
        {
            "work_id": _WORK,
            "position": _LIST_POSITION,
            "url": "The address.",
            "content_type": "Media type: application/pdf.",
            "content_version": "As in licenses.",
            "intended_application": "text-mining, similarity-checking, syndication.",
        },
    ),
    "relations": TableDescription(
        "How works stand to other works: preprint of, version of, review of.",
        {
            "work_id": _WORK,
            "position": _LIST_POSITION,
            "type": "Crossref's word: is-preprint-of, has-version, is-review-of.",
            "scheme": "Kind of identifier of the other work: doi, issn, uri.",
            "value": "Identifier of the other work.",
            "related_id": "The other work, where it is in the library; works.id.",
        },
    ),
    "provenance": TableDescription(
        "Where values of an entry came from, where a source and not the user gave them.",
        {
            "work_id": _WORK,
            "field": "The entry's field, lower case.",
            "source": "crossref, datacite, pubmed, …",
            "date": "When the source gave it, UTC.",
        },
    ),
    "findings": TableDescription(
        "What is odd in the data: in references.bib, in the records, or between them.",
        {
            "id": "Internal number.",
            "severity": "error, warning or info.",
            "check": "Short name of the check.",
            "message": "What was found, and what was done about it.",
            "source": "The file or the source of the record.",
            "line": "Line in the file, from 1.",
            "citation_key": "The entry's key, where it belongs to one.",
            "field": "The entry's field, where it belongs to one.",
            "work_id": _WORK,
        },
    ),
    "key_changes": TableDescription(
        "Earlier citation keys (the entries' `ids` field) and the work each stands for now.",
        {"old_key": "The earlier or other key.", "work_id": "The work it stands for; works.id."},
    ),
    "facet_counts": TableDescription(
        "How many works of the whole library have each value of the facets that are plain columns.",
        {
            "id": "Internal number.",
            "facet": "type, year, publisher, language, open_access, retracted or has_abstract.",
            "value": "The value.",
            "label": "The value in words for people.",
            "works": "Works with this value.",
        },
    ),
    "works_by_year": TableDescription(
        "Works by year of publication.",
        {
            "year": "Year of publication.",
            "works": "Works of that year.",
            "open_access": "Works of that year known to be open access.",
            "retracted": "Works of that year that were retracted.",
        },
    ),
    "missing_works": TableDescription(
        "Works that works of the library cite by DOI and that are not in the library.",
        {
            "doi": "DOI of the missing work.",
            "cited_by_here": "Works of the library that cite it.",
            "title": "Title, as one of the citing records has it.",
            "first_author": "First author, likewise.",
            "year": "Year, likewise.",
            "container_title": "Journal or book, likewise.",
        },
    ),
    "coauthors": TableDescription(
        "Pairs of people with at least two works of the library together; works with more than 100 names are left out.",
        {
            "person_id": "One of the two; people.id. Each pair stands once, the smaller number first.",
            "coauthor_id": "The other; people.id.",
            "works": "Works they have together.",
        },
    ),
    "work_history": TableDescription(
        "What git tells of each entry, where metadata.yml says history: true; empty otherwise.",
        {
            "work_id": _WORK,
            "added_at": "When the entry was committed first, UTC; NULL where it is not committed.",
            "added_by": "Who committed it, by name.",
            "edited_at": "When a line of it was committed last, UTC; NULL where one is not committed.",
            "edited_by": "Who committed that, by name.",
            "commits": "JSON list of the commits whose lines stand in the entry, the newest first: id, date, author, summary, lines.",
        },
    ),
    "citing_works": TableDescription(
        "Works outside the library that cite a work of it, as a snapshot of Crossref knows them (library snapshot ask citing --keep); empty without one.",
        {
            "citation_key": "The cited work of this library; works.citation_key.",
            "doi": "DOI of the work that cites it.",
            "title": "Its title, as Crossref has it.",
            "first_author": "Family name of its first author, or an organisation's name.",
            "year": "Year of its publication.",
            "container_title": "The journal or book it is part of.",
            "type": "Its CSL type: article-journal, chapter, …; NULL where CSL has none.",
        },
    ),
    "citing_records": TableDescription(
        "What citing_works is made of: also works that are in the library by now.",
        {
            "work_id": _WORK,
            "position": _LIST_POSITION,
            "doi": "DOI of the citing work.",
            "title": "Its title.",
            "first_author": "Family name of its first author.",
            "year": "Year of its publication.",
            "container_title": "The journal or book it is part of.",
            "type": "Its CSL type.",
        },
        hidden=True,
    ),
    "meta": TableDescription(
        "Facts about this database: generation, built_at, counts.",
        {
            "key": "Name: generation (one more at each change), built_at (UTC), bib_digest, works, …",
            "value": "Value.",
        },
    ),
    "works_text": TableDescription(
        "What the full-text search reads: one row for each work.",
        {
            "id": "works.id.",
            "title": "Title.",
            "abstract": "The library’s own annotation, then the abstract.",
            "names": "All names as printed, joined by “; ”.",
            "venue": "Venue as printed.",
            "keywords": "Keywords, joined by “; ”.",
        },
        hidden=True,
    ),
    "works_fts": TableDescription(
        "Full-text index (FTS5) over works_text: works_fts MATCH 'words'; rowid is works.id.",
        {
            "title": "Words of the title; weight 10.",
            "abstract": "Words of annotation and abstract; weight 1.",
            "names": "Words of the names; weight 4.",
            "venue": "Words of the venue; weight 2.",
            "keywords": "Words of the keywords; weight 3.",
        },
        hidden=True,
    ),
    "build_chunks": TableDescription(
        "The build's memory of references.bib, a stretch of blocks in each row.",
        {
            "position": "Order in the file, from 0.",
            "digest": "BLAKE2b of the stretch's bytes.",
            "bytes": "Length in bytes.",
            "lines": "Line ends in the stretch.",
            "strings": "How many of the blocks are @string.",
            "blocks": "JSON: kind, key, bytes, lines and digest of each block.",
        },
        hidden=True,
    ),
    "build_dependencies": TableDescription(
        "What else an entry's meaning hangs on.",
        {
            "citation_key": "The entry.",
            "kind": "entry (crossref, xdata, …) or string (a @string macro).",
            "name": "The other entry's key, or the macro's name in lower case.",
        },
        hidden=True,
    ),
    "facet_columns": TableDescription(
        "Facet values of the works as packed arrays, for counting in memory.",
        {
            "part": "works.id divided by 1,024: the works of one row.",
            "name": "The column.",
            "generation": "The build that wrote it.",
            "data": "The array; see library/store/columns.py.",
        },
        hidden=True,
    ),
}

BOOKKEEPING: Final = {
    "_sqlite_migrations": TableDescription("Which migrations made the tables.", {}, hidden=True)
}
"""A table that sqlite-utils keeps; no part of the published schema."""


class DatabaseError(WorldError):
    """`path` cannot be used as the library's database; the message says what to do."""

    def __init__(self, path: Path, cause: str, remedy: str) -> None:
        super().__init__(f"{path}: {cause}. {remedy}")
        self.path = path


def connect_reading(path: Path) -> sqlite3.Connection:
    """Open library.db to read, with the pragmas that reading a large file wants.

    Raises:
        DatabaseError: there is no file, or it cannot be opened.
    """
    if not path.exists():
        raise DatabaseError(path, "there is no database here", "Run `library build`.")
    # Where nobody may write (so nobody does) SQLite cannot make its shared memory beside the file.
    how = "mode=ro" if os.access(path.parent, os.W_OK) else "mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?{how}", uri=True, check_same_thread=False, timeout=30
        )
        prepare_reading(connection)
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise DatabaseError(
            path,
            f"it cannot be read ({error})",
            "It is derived: run `library build --full` to make it again.",
        ) from error
    return connection


def prepare_reading(connection: sqlite3.Connection) -> None:
    """Set what a reading connection needs: pages mapped, not copied; a cache for the indices."""
    connection.execute(f"PRAGMA mmap_size = {8 << 30}")
    connection.execute("PRAGMA cache_size = -65536")  # KiB
    connection.execute("PRAGMA temp_store = MEMORY")
