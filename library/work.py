"""What a work is: the pivot between every format that is read and every one that is written."""

from dataclasses import dataclass
from typing import Literal

from library.values.dates import Date
from library.values.names import Name

Role = Literal[
    "author",
    "chair",
    "collection-editor",
    "compiler",
    "composer",
    "container-author",
    "contributor",
    "curator",
    "director",
    "editor",
    "editor-translator",
    "editorial-director",
    "executive-producer",
    "guest",
    "host",
    "illustrator",
    "interviewer",
    "narrator",
    "organizer",
    "original-author",
    "performer",
    "producer",
    "recipient",
    "reviewed-author",
    "script-writer",
    "series-creator",
    "translator",
]
"""CSL 1.0.2 name variables."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """One name in one role on one work."""

    name: Name  # as printed on this work
    role: Role = "author"
    orcid: str | None = None  # bare, upper-case check character: "0000-0002-1825-0097"
    affiliations: tuple[str, ...] = ()  # plain text, in the record's order


@dataclass(frozen=True, slots=True)
class Work:
    """One citable thing: an entry in BibTeX, an item in CSL-JSON.

    Fields are CSL 1.0.2 variables in lower case with "-" written "_". Text is Unicode: LaTeX and
    JATS markup are gone before a Work exists. Titles, the container's titles and the abstract may
    hold CSL's inline HTML (<i>, <b>, <sub>, <sup>, <span style="font-variant:small-caps;">,
    <span class="nocase">); a literal "<" or "&" stands for itself (`values.markup` tells them
    apart). None means "not stated"; "" never occurs.
    """

    citation_key: str  # unique in one .bib file; case counts: "Knuth1984"
    type: str  # CSL type: "article-journal"; see work_types.py
    title: str | None = None  # with its subtitle, joined by ": "
    contributors: tuple[Contributor, ...] = ()  # in printed order, all roles
    others: frozenset[str] = frozenset()  # roles whose list of names ends in "and others"

    issued: Date | None = None
    accessed: Date | None = None
    available_date: Date | None = None
    event_date: Date | None = None
    original_date: Date | None = None
    submitted: Date | None = None

    container_title: str | None = None  # the venue: journal, book, site, series of broadcasts
    container_title_short: str | None = None
    collection_title: str | None = None  # the series
    collection_number: str | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None  # ranges with "-": "1282-1283, 1290"; article numbers too
    number: str | None = None  # of a report, patent, standard, webinar
    number_of_pages: str | None = None
    number_of_volumes: str | None = None
    edition: str | None = None  # "2", or words
    chapter_number: str | None = None
    part_number: str | None = None
    part_title: str | None = None
    volume_title: str | None = None
    printing_number: str | None = None
    supplement_number: str | None = None
    section: str | None = None
    version: str | None = None

    publisher: str | None = None  # also the institution of a report, the school of a thesis
    publisher_place: str | None = None
    original_publisher: str | None = None
    original_publisher_place: str | None = None
    original_title: str | None = None
    event_title: str | None = None
    event_place: str | None = None
    authority: str | None = None
    jurisdiction: str | None = None
    division: str | None = None
    archive: str | None = None
    archive_collection: str | None = None
    archive_location: str | None = None
    archive_place: str | None = None
    call_number: str | None = None

    title_short: str | None = None
    genre: str | None = None  # "PhD thesis", "Technical report", "Preprint"
    medium: str | None = None
    dimensions: str | None = None
    scale: str | None = None
    language: str | None = None  # BCP 47: "en-GB"
    status: str | None = None  # "in press"
    source: str | None = None
    references: str | None = None
    reviewed_genre: str | None = None
    reviewed_title: str | None = None
    license: str | None = None

    doi: str | None = None  # bare, lower case: "10.1056/nejmp1314927"
    isbn: tuple[str, ...] = ()  # as `values.identifiers` stores them; as written if not valid
    issn: tuple[str, ...] = ()
    pmid: str | None = None
    pmcid: str | None = None  # "PMC1234567"
    url: str | None = None

    abstract: str | None = None
    annote: str | None = None  # the reader's own annotation
    note: str | None = None
    keywords: tuple[str, ...] = ()

    extra: tuple[tuple[str, str], ...] = ()
    """Fields that no variable holds: (lower-case field name, value as its source wrote it)."""

    def names(self, role: Role = "author") -> tuple[Name, ...]:
        """Return the names in `role`, in printed order."""
        return tuple(person.name for person in self.contributors if person.role == role)

    @property
    def year(self) -> int | None:
        """The year of `issued`; None where it is unknown."""
        return self.issued.year if self.issued else None


# What a record says around a work. These go to the database, not into the .bib file.


@dataclass(frozen=True, slots=True)
class Reference:
    """One item of a work's list of references, as the record has it. Text is plain Unicode."""

    position: int  # from 1, in the record's order
    doi: str | None = None  # bare, lower case
    text: str | None = None  # the whole reference as one string, where the record has only that
    title: str | None = None  # of the cited work
    container_title: str | None = None
    first_author: str | None = None  # mostly a family name alone
    year: str | None = None  # as stated: "2020", "2020a"
    volume: str | None = None
    page: str | None = None  # first page


@dataclass(frozen=True, slots=True)
class Funder:
    """Who paid for the work."""

    name: str
    doi: str | None = None  # in the Funder Registry, bare and lower case
    awards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class License:
    """A licence of the work and when it starts to hold."""

    url: str
    start: Date | None = None
    content_version: str | None = None  # "vor", "am", "tdm", "unspecified"


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the work's full text."""

    url: str
    content_type: str | None = None  # "application/pdf"
    content_version: str | None = None  # as in License
    intended_application: str | None = None  # "text-mining", "similarity-checking"


@dataclass(frozen=True, slots=True)
class Relation:
    """How this work stands to another."""

    type: str  # Crossref's word: "is-preprint-of", "has-version", "is-review-of"
    id: str
    id_type: str = "doi"


@dataclass(frozen=True, slots=True)
class Notice:
    """A retraction, correction or expression of concern.

    Seen from the work it is about (`is_about_this`), or from the notice itself.
    """

    type: str  # "retraction", "correction", "erratum", "expression_of_concern", …
    doi: str | None  # of the notice, or, seen from the notice, of the work it is about
    is_about_this: bool  # True: the record's own work is corrected or retracted
    label: str | None = None  # for people: "Retraction"
    source: str | None = None  # "publisher", "retraction-watch"
    date: Date | None = None


@dataclass(frozen=True, slots=True)
class CitingWork:
    """A work that cites this one, as a snapshot of Crossref knows it."""

    doi: str
    title: str | None = None
    first_author: str | None = None  # family name, or an organisation's name
    year: int | None = None
    container_title: str | None = None
    type: str | None = None  # CSL type


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that a record says about a work beyond its bibliographic description."""

    references: tuple[Reference, ...] = ()
    funders: tuple[Funder, ...] = ()
    licenses: tuple[License, ...] = ()
    links: tuple[Link, ...] = ()
    relations: tuple[Relation, ...] = ()
    notices: tuple[Notice, ...] = ()
    cited_by_count: int | None = None  # as the source counts, over everything it knows
    citing: tuple[CitingWork, ...] = ()  # the newest first
