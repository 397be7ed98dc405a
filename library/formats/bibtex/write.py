"""Works -> entries of a .bib file, in BibTeX's or biblatex's dialect.

What is written in biblatex's dialect with protect="words" reads back as the same work
(`read.work_from_entry`): a variable for which biblatex has no field is written under CSL's own
name, which other programs pass over in silence. BibTeX's dialect uses the fields of BibTeX's
standard styles where they exist, and says of dates what those can say.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from library.formats.bibtex.entry_types import (
    ARTICLES,
    BOOKS,
    CHAPTERS,
    RECORDINGS,
    Dialect,
    row_for_writing,
    type_of,
)
from library.formats.bibtex.latex_encode import TextForm, encode, encode_title
from library.formats.bibtex.latex_reader import Manner
from library.formats.bibtex.names import write_names
from library.formats.bibtex.protection import Protect
from library.formats.bibtex.read_numbers import DATE_FIELDS, TEXT_FIELDS
from library.formats.bibtex.verbatim import verbatim
from library.formats.bibtex.vocabulary import (
    EDITOR_TYPES,
    EPRINT_ARCHIVES,
    LANGIDS,
    NAME_FIELDS,
    PUBSTATES,
)
from library.values.dates import Date, edtf
from library.work import Contributor, Work

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_ORDER = (
    "author", "editor", "editora", "editorb", "editorc", "title", "subtitle", "shorttitle",
    "type", "entrysubtype", "journal", "journaltitle", "shortjournal", "maintitle", "booktitle",
    "eventtitle", "eventdate", "venue", "series", "edition", "volume", "part", "number", "issue",
    "volumes", "chapter", "pages", "pagetotal", "version", "date", "year", "month", "day",
    "school", "institution", "organization", "publisher", "howpublished", "location", "address",
    "origtitle", "origdate", "origpublisher", "origlocation", "pubstate", "doi", "isbn", "issn",
    "pmid", "pmcid", "eprint", "eprinttype", "eprintclass", "archiveprefix", "primaryclass", "url",
    "urldate", "library", "langid", "language", "note", "annotation", "annote", "abstract",
    "keywords",
)  # fmt: skip
_RANK = {field: rank for rank, field in enumerate(_ORDER)}

_ARCHIVE_TYPES = {name: key for key, name in EPRINT_ARCHIVES.items()}
_STATES = {text: key for key, text in PUBSTATES.items()}
_LANGID_OF: dict[str, str] = {}
for _langid, _tag in LANGIDS.items():
    _LANGID_OF.setdefault(_tag, _langid)

_FIELD_OF: dict[str, tuple[str, Manner]] = {}
for _field, (_variable, _manner) in TEXT_FIELDS.items():
    _FIELD_OF.setdefault(_variable, (_field, _manner))

_WRITTEN_APART = frozenset(
    (
        *("genre", "title", "title_short", "container_title", "collection_title", "volume_title"),
        *("event_title", "original_title", "container_title_short", "part_title", "page", "number"),
        *("reviewed_title", "issue", "collection_number", "publisher", "publisher_place"),
        *("jurisdiction", "archive", "archive_location", "language", "status", "keywords"),
    )
)
_REST = [
    (variable, field, manner)
    for variable, (field, manner) in _FIELD_OF.items()
    if variable not in _WRITTEN_APART
]
"""The texts that are a field by themselves: (variable, field, manner)."""
_BRACE = re.compile(r"\\?[{}]")
_BRACE_NAMES = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_NO_NAME = re.compile(r"[^\w:.+/-]+")  # what the name of a field cannot hold
_CASE_CHANGED = frozenset({"title", "subtitle", "maintitle", "booktitle", "shorttitle"})

_ROLE_FIELD = {"author": "author", "editor": "editor", "translator": "translator"}
_ROLE_FIELD["container-author"] = "bookauthor"
_TYPE_OF_ROLE: dict[str, str] = {}
for _type, _role in EDITOR_TYPES.items():
    _TYPE_OF_ROLE.setdefault(_role, _type)
_EDITOR_ROLES = frozenset({"compiler", "director", "producer", "organizer"})

_BIBTEX_NAMES = {"journaltitle": "journal", "location": "address", "annotation": "annote"}
_BIBTEX_EPRINT = {"eprinttype": "archiveprefix", "eprintclass": "primaryclass"}


def entry_type(work: Work, dialect: Dialect = "biblatex") -> str:
    """Return the type of the work's entry: "article"."""
    row = row_for_writing(work.type, work.genre)
    return row.biblatex if dialect == "biblatex" else row.bibtex


def fields(
    work: Work,
    dialect: Dialect = "biblatex",
    *,
    protect: Protect = "words",
    text: TextForm = "unicode",
) -> dict[str, str]:
    """Return the fields of the work's entry in their usual order: name -> value without delimiters.

    Each value is safe between braces, and balanced.

    Args:
        work: the work; its `extra` fields go out as they came in.
        dialect: whose names of fields and types are used.
        protect: which words of titles are put in braces against a style's change of case:
            "none", "words" (acronyms, and names in titles that are otherwise in small letters),
            or "title" (the whole).
        text: "unicode", or "latex" with macros for what is not ASCII.
    """
    written = _Writer(work, dialect, protect, text).fields()
    ordered = {name: written[name] for name in sorted(written, key=rank)}
    for name, value in work.extra:
        ordered.setdefault(_NO_NAME.sub("-", name.strip()) or "field", _balanced(value))
    return ordered


def _balanced(value: str) -> str:
    """Return a value of `extra` that may stand between braces: another format may bring any text.

    A brace behind a backslash counts too.
    """
    depth = 0
    for brace in _BRACE.findall(value):
        depth += 1 if brace[-1] == "{" else -1
        if depth < 0:
            break
    if depth == 0:
        return value
    return _BRACE.sub(lambda match: _BRACE_NAMES[match[0][-1]], value)


@lru_cache(maxsize=2000)
def rank(field: str) -> int:
    """Return a field's place in an entry; names keep the order of their roles."""
    name = field.partition("+")[0]
    return 0 if name in NAME_FIELDS else _RANK.get(name.removesuffix("type"), _RANK.get(name, 99))


def entry_text(
    work: Work,
    dialect: Dialect = "biblatex",
    *,
    protect: Protect = "words",
    text: TextForm = "unicode",
) -> str:
    """Return the work's entry, from "@" to "}" and a line end."""
    lines = [f"@{entry_type(work, dialect)}{{{work.citation_key},"]
    for name, value in fields(work, dialect, protect=protect, text=text).items():
        shown = value if name == "month" and value in _MONTHS else f"{{{value}}}"
        lines.append(f"  {name:<12} = {shown},")
    lines.append("}\n")
    return "\n".join(lines)


def write(
    works: Iterable[Work],
    dialect: Dialect = "biblatex",
    *,
    protect: Protect = "words",
    text: TextForm = "unicode",
) -> Iterator[str]:
    """Yield the works as entries, an empty line between them."""
    for number, work in enumerate(works):
        entry = entry_text(work, dialect, protect=protect, text=text)
        yield entry if number == 0 else "\n" + entry


class _Writer:
    """One work on its way to fields; `out` gathers them."""

    def __init__(self, work: Work, dialect: Dialect, protect: Protect, text: TextForm) -> None:
        self.work = work
        self.dialect = dialect
        self.protect: Protect = protect
        self.text: TextForm = text
        self.type = entry_type(work, dialect)
        self.out: dict[str, str] = {}

    def fields(self) -> dict[str, str]:
        self.kind()
        self.people()
        self.titles()
        self.dates()
        self.numbers()
        self.sources()
        self.rest()
        if self.dialect == "bibtex":
            for names in (_BIBTEX_NAMES, _BIBTEX_EPRINT):
                for biblatex, bibtex in names.items():
                    if biblatex in self.out and bibtex not in self.out:
                        self.out[bibtex] = self.out.pop(biblatex)
        return self.out

    def put(self, field: str, value: str | None, manner: Manner = "plain") -> None:
        if not value:
            return
        # Styles change the case of a work's own titles, never of a journal's or a series'.
        if manner == "title" and (field in _CASE_CHANGED or self.protect == "none"):
            self.out[field] = encode_title(value, self.protect, text=self.text)
        else:
            self.out[field] = encode(value, manner, text=self.text)

    def kind(self) -> None:
        """Write what the entry's type leaves open."""
        work = self.work
        row = row_for_writing(work.type, work.genre)
        if work.genre != (row.genre or None):
            self.put("type", work.genre)
        if row.subtype:
            self.out["entrysubtype"] = row.subtype
        read, _ = type_of(self.type, row.subtype)
        is_event = work.event_title or work.event_date or work.event_place
        if (
            read is None or read.csl != work.type or (self.type == "unpublished" and is_event)
        ) and (self.dialect == "biblatex"):
            self.out["entrysubtype"] = row.subtype or work.type

    def people(self) -> None:
        """Write the lists of names, each with what its annotations say."""
        by_role: dict[str, list[Contributor]] = {}
        for person in self.work.contributors:
            by_role.setdefault(person.role, []).append(person)
        for role in sorted(self.work.others):
            by_role.setdefault(role, [])
        slots = [slot for slot in ("editora", "editorb", "editorc") if slot not in self.extra()]
        if "editor" not in by_role:
            slots.insert(0, "editor")
        for role, people in by_role.items():
            field = _ROLE_FIELD.get(role, role)
            if role in _EDITOR_ROLES and slots:
                field = slots.pop(0)
                self.out[f"{field}type"] = _TYPE_OF_ROLE[role]
            self.out[field] = write_names(
                [person.name for person in people],
                others=role in self.work.others,
                dialect=self.dialect,
                text=self.text,
            )
            self.annotate(field, people)

    def extra(self) -> set[str]:
        return {name for name, _ in self.work.extra}

    def annotate(self, field: str, people: list[Contributor]) -> None:
        """Write ORCID iDs and affiliations as biblatex's data annotations."""
        if self.dialect != "biblatex":
            return
        facts: dict[str, list[str]] = {}
        for number, person in enumerate(people, start=1):
            if person.orcid:
                facts.setdefault("orcid", []).append(f'{number}="{person.orcid}"')
            for index, place in enumerate(person.affiliations, start=1):
                name = "affiliation" if index == 1 else f"affiliation{index}"
                value = encode(place, "plain", text=self.text)
                value = value.replace('"', r"\symbol{34}").replace(";", r"\symbol{59}")
                facts.setdefault(name, []).append(f'{number}="{value}"')
        for name, values in facts.items():
            self.out[f"{field}+an:{name}"] = "; ".join(values)

    def titles(self) -> None:
        """Write the title and what the work stands in."""
        work = self.work
        title, container = "title", "journaltitle"
        if self.type in CHAPTERS:
            in_volume = work.volume_title and work.container_title
            container = "maintitle" if in_volume else "booktitle"
            self.put("booktitle" if in_volume else "volume-title", work.volume_title, "title")
        elif work.volume_title and not work.container_title and work.title:
            title = "maintitle"
            self.put("title", work.volume_title, "title")
        else:
            self.put("volume-title", work.volume_title, "title")
        if self.type == "periodical" and work.container_title and work.title:
            title, container = "issuetitle", "title"
        elif self.type in RECORDINGS and not work.collection_title:
            container = "series"
        if container == "journaltitle" and container in self.extra() and self.type not in BOOKS:
            container = "booktitle"
        self.title(title)
        self.put(container, work.container_title, "title")
        if self.type in RECORDINGS and work.collection_title and not work.container_title:
            self.put("collection-title", work.collection_title, "title")
        else:
            self.put("series", work.collection_title, "title")
        self.put("eventtitle", work.event_title, "title")
        self.put("origtitle", work.original_title, "title")
        self.put("shortjournal", work.container_title_short, "title")
        self.put("part-title", work.part_title, "title")
        self.put("reviewed-title", work.reviewed_title, "title")

    def title(self, field: str) -> None:
        """Write title and subtitle apart where the short title shows where the subtitle starts."""
        work = self.work
        short, full = work.title_short, work.title
        if short and full and field == "title" and self.dialect == "biblatex":
            for colon in (": ", " "):
                if full.startswith(short + colon) and (short[-1] in ":?!") == (colon == " "):
                    self.put("title", short, "title")
                    self.put("subtitle", full[len(short + colon) :], "title")
                    return
        self.put(field, full, "title")
        self.put("title-short" if field == "maintitle" else "shorttitle", short, "title")

    def dates(self) -> None:
        work = self.work
        for prefix, variable in DATE_FIELDS.items():
            self.date(prefix, getattr(work, variable))
        for field, date in (
            ("available-date", work.available_date),
            ("submitted", work.submitted),
        ):
            if date:
                self.put(field, edtf(date) or date.literal)

    def date(self, prefix: str, date: Date | None) -> None:
        if date is None:
            return
        whole = edtf(date)
        if not prefix and (self.dialect == "bibtex" or "date" in self.extra()):
            self.year_and_month(date)
        elif whole is not None:
            self.out[f"{prefix}date"] = whole
        else:
            self.put(f"{prefix}year" if not prefix else f"{prefix}date", date.literal)

    def year_and_month(self, date: Date) -> None:
        """Write the date as BibTeX's standard styles want it."""
        parts = date.start or date.end
        if parts is None:
            self.put("year", date.literal)
            return
        years = [str(parts[0])]
        if date.end and date.end[0] != parts[0]:
            years.append(str(date.end[0]))
        self.out["year"] = "--".join(years)
        if len(parts) > 1 and parts[1] <= len(_MONTHS):
            self.out["month"] = _MONTHS[parts[1] - 1]
        if len(parts) > 2:  # noqa: PLR2004 - year, month, day
            self.out["day"] = str(parts[2])

    def numbers(self) -> None:
        work = self.work
        if work.page:
            parts = [encode(part, "plain", text=self.text) for part in work.page.split("-")]
            self.out["pages"] = "--".join(parts)
        if self.type in ARTICLES:
            self.put("number", work.issue)
            self.put("csl-number", work.number)
            self.put("collection-number", work.collection_number)
        elif self.type in BOOKS or self.type in CHAPTERS:
            self.put("number", work.collection_number)
            self.put("csl-number", work.number)
            self.put("issue", work.issue)
        else:
            self.put("number", work.number)
            self.put("collection-number", work.collection_number)
            self.put("issue", work.issue)

    def sources(self) -> None:
        """Write publisher, identifiers, language, state, keywords."""
        work = self.work
        self.literal_list(self.publisher_field(), work.publisher)
        if self.type == "patent":
            self.literal_list("location", work.jurisdiction)
            self.put("publisher-place", work.publisher_place)
        else:
            self.literal_list("location", work.publisher_place)
            self.put("jurisdiction", work.jurisdiction)
        self.identifiers()
        archive = _ARCHIVE_TYPES.get(work.archive or "")
        if archive and work.archive_location and not {"eprint", "eprinttype"} & self.extra():
            self.out["eprint"] = verbatim(work.archive_location)
            self.out["eprinttype"] = archive
        else:
            self.put("archive", work.archive)
            self.put("archive-location", work.archive_location)
        if work.language in _LANGID_OF:
            self.out["langid"] = _LANGID_OF[work.language]
        else:
            self.put("language", work.language)
        self.put("pubstate", _STATES.get(work.status or "", work.status))
        if work.keywords:
            self.out["keywords"] = ", ".join(self.keyword(word) for word in work.keywords)

    def publisher_field(self) -> str:
        if self.type == "thesis" or self.type.endswith("thesis"):
            return "institution" if self.dialect == "biblatex" else "school"
        if self.type in {"report", "techreport"}:
            return "institution"
        return "organization" if self.type == "online" else "publisher"

    def literal_list(self, field: str, value: str | None) -> None:
        """Write a field that biblatex splits at "and": an "and" within needs braces."""
        self.put(field, value)
        if value and " and " in value.lower():
            self.out[field] = f"{{{self.out[field]}}}"

    def keyword(self, word: str) -> str:
        written = encode(word, "plain", text=self.text)
        return f"{{{written}}}" if "," in word or ";" in word else written

    def identifiers(self) -> None:
        work = self.work
        if work.doi:
            self.out["doi"] = verbatim(work.doi)
        self.put("isbn", ", ".join(work.isbn))
        self.put("issn", ", ".join(work.issn))
        self.put("pmid", work.pmid)
        self.put("pmcid", work.pmcid)
        if work.url:
            self.out["url"] = verbatim(work.url)

    def rest(self) -> None:
        """Write the texts that are a field by themselves."""
        work, out = self.work, self.out
        for variable, field, manner in _REST:
            value = getattr(work, variable)
            if value and field not in out:
                self.put(field, value, manner)
        self.put("note", self.work.note, "paragraphs")


__all__ = ["Dialect", "Protect", "TextForm", "entry_text", "entry_type", "fields", "write"]
