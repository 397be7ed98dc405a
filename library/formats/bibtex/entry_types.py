"""Entry types of BibTeX and biblatex <-> types of works; which field means what in which type."""

from typing import Literal

from library.formats.bibtex.wordlist import words
from library.work_types import WORK_TYPES, WorkType

Dialect = Literal["bibtex", "biblatex"]

TYPE_ALIASES: dict[str, str] = {
    "conference": "inproceedings",
    "electronic": "online",
    "www": "online",
    "webpage": "online",
    "website": "online",
    "url": "online",
    "manual": "book",
    "ebook": "book",
    "data": "dataset",
    "newsarticle": "newspaperarticle",
    "film": "movie",
    "bookchapter": "incollection",
    "inbookchapter": "inbook",
    "incollectionchapter": "incollection",
    "diplomathesis": "thesis",
    "dissertation": "phdthesis",
    "monography": "book",
    "monograph": "book",
    "preprint": "article",
    "talk": "speech",
    "presentation": "speech",
    "commentary": "book",
    "letters": "letter",
    "general": "misc",
    "other": "misc",
}
"""Types that biblatex does not know by these names -> biblatex or CSL type."""

DOCUMENT = next(row for row in WORK_TYPES if row.csl == "document")

# Articles number their issues; books are numbered in their series.
ARTICLES = frozenset(["article", "suppperiodical", "periodical", "review"])
CHAPTERS = frozenset(
    [
        "inbook",
        "incollection",
        "inproceedings",
        "inreference",
        "bookinbook",
        "suppbook",
        "suppcollection",
        "conference",
    ]
)
BOOKS = words("""
    book collection proceedings reference mvbook mvcollection mvproceedings mvreference booklet
    manual
    """)
RECORDINGS = frozenset(["video", "audio", "movie"])  # their series is where they are shown


def _reading_table() -> dict[tuple[str, str], WorkType]:
    """(entry type, entrysubtype) -> the row that it is read as."""
    table: dict[tuple[str, str], WorkType] = {}
    for row in WORK_TYPES:
        table.setdefault((row.biblatex, row.subtype), row)
    for row in WORK_TYPES:
        table.setdefault((row.bibtex, row.subtype), row)
    for row in WORK_TYPES:
        # Any type may be told by CSL's own word, as entry type or as subtype.
        table.setdefault((row.csl, ""), row)
    return table


_READING = _reading_table()
_USUAL = {
    word: row
    for (word, subtype), row in _READING.items()
    if not subtype and word not in TYPE_ALIASES
}
_BY_CSL: dict[str, WorkType] = {}
for _row in WORK_TYPES:
    _BY_CSL.setdefault(_row.csl, _row)


def type_of(entry_type: str, subtype: str = "") -> tuple[WorkType | None, bool]:
    """Return the row for an entry's type, None if unknown; and whether `subtype` counted."""
    if not subtype:
        usual = _USUAL.get(entry_type)
        if usual is not None:
            return usual, False
    subtype = subtype.strip().lower()
    word = TYPE_ALIASES.get(entry_type, entry_type)
    if subtype:
        row = _READING.get((word, subtype)) or _BY_CSL.get(subtype)
        if row is not None:
            return row, True
    if entry_type == "preprint":
        return _BY_CSL["article"], False
    if word == "newspaperarticle":
        return _BY_CSL["article-newspaper"], False
    return _READING.get((word, "")), False


def row_for_writing(csl_type: str, genre: str | None) -> WorkType:
    """Return the row that a work of this type and genre is written by."""
    first: WorkType | None = None
    for row in _ROWS.get(csl_type, ()):
        if genre is not None and row.genre == genre:
            return row
        if first is None and not row.genre:
            first = row
    return first or DOCUMENT


_ROWS: dict[str, list[WorkType]] = {}
for _row in WORK_TYPES:
    _ROWS.setdefault(_row.csl, []).append(_row)
