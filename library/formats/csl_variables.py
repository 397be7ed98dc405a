"""CSL's variables and the fields of a Work that hold them.

Source: CSL 1.0.2, appendix IV (variables); csl-data.json of the same release, which lacks some of
them and names three others by older names.
"""

from typing import Final, get_args

from library.work import Role

# Work field -> CSL variable, in the order in which an item is written. All hold one text.
TEXTS: Final = {
    "title": "title",
    "title_short": "title-short",
    "original_title": "original-title",
    "container_title": "container-title",
    "container_title_short": "container-title-short",
    "collection_title": "collection-title",
    "collection_number": "collection-number",
    "volume": "volume",
    "volume_title": "volume-title",
    "issue": "issue",
    "page": "page",
    "number": "number",
    "number_of_pages": "number-of-pages",
    "number_of_volumes": "number-of-volumes",
    "edition": "edition",
    "chapter_number": "chapter-number",
    "part_number": "part-number",
    "part_title": "part-title",
    "printing_number": "printing-number",
    "supplement_number": "supplement-number",
    "section": "section",
    "version": "version",
    "publisher": "publisher",
    "publisher_place": "publisher-place",
    "original_publisher": "original-publisher",
    "original_publisher_place": "original-publisher-place",
    "event_title": "event-title",
    "event_place": "event-place",
    "authority": "authority",
    "jurisdiction": "jurisdiction",
    "division": "division",
    "archive": "archive",
    "archive_collection": "archive_collection",
    "archive_location": "archive_location",
    "archive_place": "archive-place",
    "call_number": "call-number",
    "genre": "genre",
    "medium": "medium",
    "dimensions": "dimensions",
    "scale": "scale",
    "language": "language",
    "status": "status",
    "source": "source",
    "references": "references",
    "reviewed_genre": "reviewed-genre",
    "reviewed_title": "reviewed-title",
    "license": "license",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "url": "URL",
    "abstract": "abstract",
    "annote": "annote",
    "note": "note",
}
TITLES: Final = frozenset(name for name in TEXTS.values() if "title" in name)
"""The variables that may hold inline markup."""
DATES: Final = {
    "issued": "issued",
    "accessed": "accessed",
    "available_date": "available-date",
    "event_date": "event-date",
    "original_date": "original-date",
    "submitted": "submitted",
}
NAMES: Final[tuple[Role, ...]] = get_args(Role)

# Texts that keep CSL's inline HTML; all others are plain.
MARKED_UP: Final = frozenset(
    {field for field, variable in TEXTS.items() if variable in TITLES}
    | {"abstract", "annote", "note"}
)
PARAGRAPHS: Final = frozenset({"abstract", "annote", "note"})

# Other names under which the same is met: older CSL, citeproc-js, Zotero, Crossref.
ALIASES: Final = {
    "shortTitle": "title-short",
    "short-title": "title-short",
    "journalAbbreviation": "container-title-short",
    "short-container-title": "container-title-short",
    "event": "event-title",
    "part": "part-number",
    "printing": "printing-number",
    "supplement": "supplement-number",
    "archive-collection": "archive_collection",
    "archive-location": "archive_location",
    "publisher-location": "publisher-place",
    "edition-number": "edition",
    "annotation": "annote",
    "keywords": "keyword",
    "doi": "DOI",
    "url": "URL",
    "isbn": "ISBN",
    "issn": "ISSN",
    "pmid": "PMID",
    "pmcid": "PMCID",
}

# What the schema of 1.0.2 calls otherwise, or does not know at all.
SCHEMA_NAMES: Final = {
    "part-number": "part",
    "printing-number": "printing",
    "supplement-number": "supplement",
}
TEXTS_NOT_IN_SCHEMA: Final = frozenset({"license"})
NAMES_NOT_IN_SCHEMA: Final = frozenset({"editor-translator"})

# What the processors add while they work, and what Crossref's own CSL-JSON carries besides.
IGNORED: Final = frozenset(
    {"id", "type", "citation-key", "citation-label", "citation-number", "categories", "custom"}
    | {"first-reference-note-number", "locator", "year-suffix", "page-first", "system_id"}
    | {"indexed", "reference-count", "references-count", "content-domain", "created", "prefix"}
    | {"deposited", "score", "member", "is-referenced-by-count", "relation", "reference"}
    | {"subject", "link", "funder", "assertion", "alternative-id", "update-policy", "subtitle"}
    | {"isbn-type", "issn-type", "journal-issue", "published-print", "published-online"}
    | {"published", "published-other", "resource", "article-number", "institution"}
    | {"accepted", "approved", "posted", "group-title", "subtype", "standards-body", "copyright"}
    | {"content-created", "content-updated", "updated-by", "update-to", "degree", "aliases"}
    | {"original-language-title", "review", "special_numbering", "description", "container"}
    | {"agency", "schema-version", "provider", "clinical-trial-number"}
)
