"""RIS as its many writers write it, read: Zotero, EndNote, Mendeley, Scopus, Ovid, EBSCO, ….

Tags mean what the type of the record makes them mean. What a dialect adds of its own is kept in
the work's `extra` under "ris-" and the tag, unless it is the exporting program's bookkeeping.

Source: RIS format specification (Research Information Systems, 2011) and older; exports of the
programs named above.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from library.errors import IdentifierError
from library.findings import Finding
from library.formats.reading import Reading
from library.formats.record_values import language_tag, pages, several
from library.values.dates import Date, from_year_and_month
from library.values.dates import parse as parse_date
from library.values.identifiers import (
    find_dois,
    normalise_isbn,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
)
from library.values.markup import from_markup, plain
from library.values.names import Name
from library.values.people import split_particle
from library.work import Contributor, Role, Work
from library.work_types import WORK_TYPES

_TYPES: Final = {
    **{row.ris: row.csl for row in reversed(WORK_TYPES) if row.ris},
    "CONF": "paper-conference",
    "ABST": "article-journal",
    "ADVS": "motion_picture",
    "AGGR": "dataset",
    "ANCIENT": "classic",
    "CHART": "figure",
    "CTLG": "book",
    "DBASE": "dataset",
    "EBOOK": "book",
    "ECHAP": "chapter",
    "EJOUR": "article-journal",
    "EQUA": "figure",
    "GOVDOC": "report",
    "GRANT": "document",
    "GRNT": "document",
    "ICOMM": "personal_communication",
    "INPR": "article-journal",
    "LEGAL": "legal_case",
    "MULTI": "motion_picture",
    "SER": "book",
    "UNBILL": "bill",
    "UNPD": "manuscript",
    "WEB": "webpage",
    "BLOG": "post-weblog",
    "CPAPER": "paper-conference",
    "MANSCPT": "manuscript",
    "STAND": "standard",
}
_BOOKS: Final = frozenset({"book", "classic"})
_IN_SERIALS: Final = frozenset(
    {"article", "article-journal", "article-magazine", "article-newspaper", "periodical"}
)
_SERIES_IN_T2: Final = frozenset({"book", "classic", "report", "software", "map", "thesis"})
_NUMBERED: Final = frozenset(
    {"report", "patent", "standard", "bill", "legislation", "legal_case", "hearing"}
    | {"document", "dataset"}
)
_FILM: Final = {"SP": "dimensions", "C5": "medium", "C4": "genre"}
_ACT: Final = {"OP": "references", "ET": "chapter_number", "T3": "authority"}
# RIS type -> tag -> the field that it means in this type alone.
TYPED: Final[dict[str, dict[str, str]]] = {
    "ADVS": {"C5": "medium"},
    "ART": {"M3": "medium", "M1": "medium", "C3": "dimensions"},
    "BILL": _ACT,
    "CASE": {"OP": "references", "PB": "authority", "A2": "container_title", "SV": "number"},
    "BOOK": {"SV": "collection_number"},
    "CHAP": {"SV": "collection_number"},
    "CHART": {"M3": "medium"},
    "COMP": {"ET": "version", "IS": "version"},
    "DATA": {"ET": "version", "IS": "version"},
    "DBASE": {"ET": "version"},
    "FIGURE": {"M3": "medium"},
    "HEAR": {**_ACT, "T2": "section"},
    "LEGAL": {"OP": "references", "PB": "authority"},
    "MAP": {"C1": "scale"},
    "MPCT": _FILM,
    "MULTI": {"C5": "medium"},
    "MUSIC": {"C5": "medium"},
    "PAT": {"A2": "authority", "C6": "status", "C5": "references"},
    "STAT": {"OP": "references", "ET": "chapter_number"},
}
# ProCite writes what RIS has no tag for as notes with its own labels, its record's number first.
_PROCITE: Final = re.compile(r"Record (?:ID|Number): \S")
_PROCITE_LABELS: Final = {
    "Record ID": "RI",
    "Record Number": "RI",
    "Notes": "N1",
    "Call Number": "CN",
    "Language": "LA",
    "Place of Publication": "CY",
    "Publisher Name": "PB",
    "Date of Publication": "PY",
    "Histroy": "OP",
    "History": "OP",
    "Size": "C3",
    "Scale": "C1",
    "Proceedings Title": "C3",
    "Author, Monographic": "A2",
    "Author, Subsidiary": "A3",
    "Series Editor": "A3",
    "Series Title": "T3",
    "Series Volume ID": "SV",
    "Volume ID": "VL",
}
_LETTER: Final[dict[str, Role]] = {"A2": "recipient"}
_REPORT: Final[dict[str, Role]] = {"A2": "collection-editor"}
# RIS type -> tag -> the role that it means in this type alone.
TYPED_ROLES: Final[dict[str, dict[str, Role]]] = {
    "ANCIENT": {"A2": "editor", "A3": "collection-editor"},
    "BILL": {"A2": "author"},
    "DATA": {"A2": "producer", "A4": "contributor"},
    "EDBOOK": {"AU": "editor"},
    "GOVDOC": _REPORT,
    "ICOMM": _LETTER,
    "MPCT": {"AU": "director", "A2": "director", "A3": "producer", "A4": "performer"},
    "MUSIC": {"AU": "composer", "A4": "producer"},
    "PCOMM": _LETTER,
    "RPRT": _REPORT,
    "THES": {"A3": "contributor"},
}
_TAG: Final = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|)$")
_LOOSE_TAG: Final = re.compile(r"\s{0,3}([A-Z][A-Z0-9])\s{0,2}-(?:\s(.*)|)$")
_ONLY_DOI: Final = re.compile(
    r"(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+", re.IGNORECASE
)
_INITIALS: Final = re.compile(r"([^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?) ([A-Z]{1,3})\.?")
# Tags of the exporting programs' own bookkeeping, or of copies in their data store: paths of
# somebody's disk have no business in a library that is shared.
_BOOKKEEPING: Final = frozenset(
    {"TY", "ER", "ID", "L1", "L2", "L3", "L4", "RP", "H1", "H2", "TS", "NL", "UK"}
)


KEPT: Final = "ris-"
"""What begins the name of a field in `Work.extra` that holds the values under a tag of RIS."""


@dataclass(slots=True)
class _Record:
    """The tagged values of one record, in order."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def all(self, *tags: str) -> list[str]:
        """Return every value under the tags that holds something."""
        self.used.update(tags)
        values = self.values
        found: list[str] = []
        for tag in tags:
            if tag in values:
                found += [value for value in values[tag] if value.strip()]
        return found

    def first(self, *tags: str) -> str | None:
        """Return the first value under the first tag that has one."""
        self.used.update(tags)
        values = self.values
        for tag in tags:
            if tag in values:
                for value in values[tag]:
                    if value.strip():
                        return value
        return None


def read(text: str, name: str = "RIS") -> Reading:
    """Return the works of a RIS file, with findings where it is broken.

    Records may lack their "ER", lines may lack blanks before the dash; text before the first
    record is left out in silence, text between records with a finding.
    """
    reading = Reading()
    entries = list(_records(text.removeprefix("\ufeff"), name, reading.findings))
    if not entries and text.strip():
        message = "the file has no TY line: no record was found in it"
        reading.findings.append(Finding("no-records", message, "error", name))
    _read_works(entries, name, reading)
    return reading


def read_lines(records: Iterable[Iterable[tuple[str, str]]], name: str) -> Reading:
    """Return the works of records whose values stand under RIS tags already, the type first.

    A tag that RIS has not is the name of the field that keeps its value: "wos-ut".
    """
    reading = Reading()
    entries = []
    for number, lines in enumerate(records, 1):
        entry = _Record(number)
        for tag, value in lines:
            entry.values.setdefault(_older(tag), []).append(" ".join(value.split()))
        entries.append(entry)
    if not entries:
        message = "no record was found in the file"
        reading.findings.append(Finding("no-records", message, "error", name))
    _read_works(entries, name, reading)
    return reading


def _older(tag: str) -> str:
    return "AU" if tag == "A1" else tag  # the older tag: a file may mix both in one list


def _read_works(entries: Iterable[_Record], name: str, reading: Reading) -> None:
    for entry in entries:
        if not any(
            value.strip()
            for tag, values in entry.values.items()
            if tag not in {"TY", "ID"}
            for value in values
        ):
            reading.findings.append(
                Finding(
                    "empty-record",
                    "the record holds nothing; it was left out",
                    "warning",
                    name,
                    entry.line,
                )
            )
            continue
        reading.works.append(_work(entry, name, reading.findings))


def csl_type(ris: str) -> str:
    """Return the CSL type of a RIS type; "document" for one that is not known."""
    return _TYPES.get(ris.strip().upper(), "document")


# --- Lines --------------------------------------------------------------------------------------


def _records(text: str, name: str, findings: list[Finding]) -> Iterator[_Record]:
    lines = re.split(r"\r\n|\n|\r", text)
    is_loose = not any(line.startswith("TY  -") for line in lines)
    pattern = _LOOSE_TAG if is_loose else _TAG
    current: _Record | None = None
    last = ""
    for number, line in enumerate(lines, 1):
        match = pattern.match(line.rstrip()) or (None if is_loose else _stray(line))
        tag = match.group(1) if match else ""
        if tag == "TY":
            if current is not None:
                findings.append(_no_end(name, current))
                yield current
            current = _Record(number)
        if match is None or current is None:
            if current is not None and last and line.strip():
                current.values[last][-1] += "\n" + line.strip()
            elif current is not None and last:
                current.values[last][-1] += "\n"
            continue
        if tag == "ER":
            yield current
            current = None
            last = ""
            continue
        last = _older(tag)
        current.values.setdefault(last, []).append((match.group(2) or "").strip())
    if current is not None:
        findings.append(_no_end(name, current))
        yield current


def _stray(line: str) -> re.Match[str] | None:
    """Return the match of a tag that has lost a blank; only where no text could look so."""
    match = _LOOSE_TAG.match(line.rstrip())
    return (
        match
        if match and match.group(1) in {"TY", "ER", "AU", "PY", "TI", "DO", "SP", "EP"}
        else None
    )


def _no_end(name: str, record: _Record) -> Finding:
    return Finding(
        "no-end",
        "the record has no ER line; it was read up to the next",
        "warning",
        name,
        record.line,
    )


# --- The work -----------------------------------------------------------------------------------


def _work(entry: _Record, name: str, findings: list[Finding]) -> Work:
    stated = (entry.first("TY") or "").upper()
    kind = csl_type(stated)
    if stated not in _TYPES:
        message = f"{stated!r} is no RIS type that we know; the record is taken for a document"
        findings.append(Finding("unknown-type", message, "warning", name, entry.line, None, "ty"))
    if (
        kind == "document"
        and entry.first("JO", "JF", "T2")
        and entry.first("VL")
        and "GEN" in stated
    ):
        kind = "article-journal"
    key = entry.first("ID") or ""
    _move_labelled_notes(entry)
    typed = _typed(entry, stated)
    values: dict[str, Any] = {
        **_titles(entry, kind),
        **_place(entry, kind),
        **_identifiers(entry, kind),
        **_rest(entry, kind),
        **typed,
    }
    work = Work(
        citation_key=key if re.fullmatch(r"\S+", key) else "",
        type=kind,
        contributors=_contributors(entry, kind, stated),
        issued=_issued(entry),
        accessed=parse_date(_slashed(entry.first("Y2") or "")),
        keywords=_keywords(entry),
        **{field: value for field, value in values.items() if value},
        extra=_extra(entry),
    )
    if work.title is None:
        findings.append(
            Finding(
                "no-title",
                "the record has no title",
                "warning",
                name,
                entry.line,
                work.citation_key or None,
                "ti",
            )
        )
    return work


def _move_labelled_notes(entry: _Record) -> None:
    """Put ProCite's labelled notes under the tags of what they hold."""
    notes = entry.values.get("N1", [])
    if not notes or not _PROCITE.match(notes[0]):
        return
    if any(note.startswith("Volume ID: ") for note in notes) and "VL" in entry.values:
        entry.values["ET"] = entry.values.pop("VL")
    kept: list[str] = []
    for note in notes:
        label, _, text = note.partition(": ")
        tag = _PROCITE_LABELS.get(label, "")
        if tag == "N1":
            kept.append(text)
        elif tag and (tag not in entry.values or tag in {"A2", "A3"}):
            entry.values.setdefault(tag, []).append(text)
        else:
            kept.append(note)
    entry.values["N1"] = kept


def _typed(entry: _Record, stated: str) -> dict[str, str | None]:
    """Take out what means something else in this type of record, and return it by field."""
    found: dict[str, str | None] = {}
    for tag, name in TYPED.get(stated, {}).items():
        text = _plain(entry.first(tag))
        if text and not found.get(name):
            found[name] = text
            del entry.values[tag]
    return found


def _titles(entry: _Record, kind: str) -> dict[str, str | None]:
    title = _marked(
        entry.first("TI", "T1", "CT") or (entry.first("BT") if kind in _BOOKS else None)
    )
    second, third = _marked(entry.first("T2")), _marked(entry.first("T3"))
    periodical = _marked(entry.first("JF")) or _marked(entry.first("JO"))
    found: dict[str, str | None] = {
        "title": title,
        "title_short": _marked(entry.first("ST")),
        "collection_title": third,
        "container_title_short": _marked(entry.first("J2", "JA", "J1")),
    }
    proceedings = _marked(entry.first("C3")) if kind == "paper-conference" else None
    if kind in _SERIES_IN_T2:
        found["collection_title"] = second or third or (periodical if periodical != title else None)
        found["container_title_short"] = None
    elif proceedings:
        found |= {"container_title": proceedings, "event_title": second}
    else:
        book = _marked(entry.first("BT")) if kind not in _BOOKS else None
        found["container_title"] = second or periodical or book or found["container_title_short"]
        if not found["container_title_short"]:
            found["container_title_short"] = _marked(entry.first("JO"))
    if found.get("title_short") == title:
        found["title_short"] = None
    if found.get("container_title_short") == found.get("container_title"):
        found["container_title_short"] = None
    return found


def _place(entry: _Record, kind: str) -> dict[str, str | None]:
    """Return the place in the venue: volume, issue, pages, numbers."""
    start, end = entry.first("SP"), entry.first("EP")
    found: dict[str, str | None] = {"volume": _plain(entry.first("VL", "VO"))}
    issue, misc = _plain(entry.first("IS", "CP")), _plain(entry.first("M1"))
    if kind in _NUMBERED:
        found["number"] = misc or issue
        issue = issue if misc else None
    elif kind in _BOOKS | {"chapter"}:
        found["collection_number"] = misc
    elif misc and issue is None and kind.startswith("article") and len(misc) < 8:  # noqa: PLR2004 - a number
        issue = misc
    else:
        entry.used.discard("M1")
    found["issue"] = issue
    page = start
    if start and end and "-" not in start and end != start:
        page = f"{start}-{end}"
    article = pages(entry.first("C7"))
    if kind in _BOOKS and page and is_extent(page):
        number = re.match(r"\d+", page.strip())
        found["number_of_pages"] = number[0] if number else _plain(page)
    else:
        found["page"] = pages(page or end) or article
    return found


def is_extent(page: str) -> bool:
    """Tell whether the pages of a book say how many it has: "310 p.", "xii"."""
    return bool(re.fullmatch(r"\d+(?: ?p\.?| pages)?|\D+", page.strip()))


def _identifiers(entry: _Record, kind: str) -> dict[str, Any]:
    doi, url = None, None
    for text in entry.all("DO", "DI", "M3", "UR", "LK", "N1"):
        dois = find_dois(text) if "10." in text else []
        if dois and doi is None and (len(dois) == 1):
            doi = dois[0]
    for tag in ("UR", "LK"):
        for text in entry.all(tag):
            address = re.sub(r"^//(?=\w)", "https://", text.split()[0])
            if not re.match(r"(?:https?|ftp)://", address):
                entry.used.discard(tag)
            elif url is None and not (doi and doi in address.lower()):
                url = address
    number = None
    isbn, issn = [], []
    stated = entry.all("SN")
    for text in (one for part in stated for one in several(part, normalise_issn)):
        if valid := _valid(normalise_issn, text):
            issn.append(valid)
        elif valid := _valid(normalise_isbn, text):
            isbn.append(valid)
        elif kind in _NUMBERED:
            number = number or text
        else:
            (issn if kind in _IN_SERIALS else isbn).append(text)
    pmid, pmcid = _pubmed(entry)
    found: dict[str, Any] = {
        "doi": doi,
        "url": url,
        "isbn": tuple(dict.fromkeys(isbn)),
        "issn": tuple(dict.fromkeys(issn)),
        "pmid": pmid,
        "pmcid": pmcid,
    }
    return found | ({"number": number} if number else {})


def _pubmed(entry: _Record) -> tuple[str | None, str | None]:
    archive = " ".join(entry.all("DB", "DP")).lower()
    accession = entry.first("AN") or ""
    pmid = _valid(normalise_pmid, accession) if re.search("pubmed|medline|nlm", archive) else None
    if pmid is None:
        entry.used -= {"AN", "DB", "DP"}
    pmcid = next(
        (found for text in entry.all("C2") if (found := _valid(normalise_pmcid, text))), None
    )
    if pmcid is None:
        entry.used.discard("C2")
    return pmid, pmcid


def _rest(entry: _Record, kind: str) -> dict[str, Any]:
    genre = _plain(entry.first("M3"))
    abstract = entry.first("AB") or entry.first("N2")
    repeated = {text.strip() for text in (abstract, entry.first("TI", "T1")) if text}
    notes = [
        text
        for text in entry.all("N1")
        if text.strip() not in repeated and not _ONLY_DOI.fullmatch(text.strip())
    ]
    tag = language_tag(entry.first("LA"))
    if tag is None:
        entry.used.discard("LA")
    return {
        "edition": _plain(entry.first("ET")),
        "publisher": _plain(entry.first("PB")),
        "publisher_place": _plain(entry.first("CY", "PP")),
        "event_place": _plain(entry.first("C1")) if kind == "paper-conference" else None,
        "number_of_volumes": _plain(entry.first("NV")),
        "section": _plain(entry.first("SE")),
        "call_number": _plain(entry.first("CN")),
        "archive_location": _plain(entry.first("AV")),
        "language": tag,
        "genre": genre
        if genre and not kind.startswith("article-") and "10." not in genre
        else None,
        "abstract": from_markup(abstract, paragraphs=True) if abstract else None,
        "note": "\n\n".join(from_markup(text, paragraphs=True) for text in notes),
        "annote": "\n\n".join(from_markup(text, paragraphs=True) for text in entry.all("RN")),
        "status": "in press" if entry.first("TY") == "INPR" else None,
    }


def _issued(entry: _Record) -> Date | None:
    """Return the date: DA or PY, whichever says more of the same year."""
    stated = entry.first("PY", "Y1", "YR")
    full = entry.first("DA")
    if stated and not stated.strip("0 /"):
        stated = None
    year = parse_date(_slashed(stated)) if stated else None
    if stated and year is None:
        year = from_year_and_month(stated)
    if not full:
        return year
    date = parse_date(_slashed(full))
    if date is None and year is not None and year.literal:
        return Date(literal=f"{year.literal} {full}")
    if date is None and year is not None and year.start is not None:
        date = from_year_and_month(str(year.start[0]), full)
    if year is None or year.start is None:
        return date or year
    if date is None or (date.year != year.year and entry.first("PY")):
        return year  # DA of some databases is the day the record was made
    return date if len(date.start or ()) >= len(year.start) or date.year != year.year else year


def _slashed(text: str) -> str:
    """Return "2012/04/03/Spring" as "2012-04-03": the slot after the day is for other words."""
    parts = [part.strip() for part in text.strip().split("/")]
    if not re.fullmatch(r"-?\d{3,4}", parts[0]):
        return text
    numbers = [parts[0]]
    for part in parts[1:3]:
        if not re.fullmatch(r"0*[1-9]\d?", part):
            break
        numbers.append(f"{int(part):02}")
    return "-".join(numbers)


def _contributors(entry: _Record, kind: str, stated: str) -> tuple[Contributor, ...]:
    own = TYPED_ROLES.get(stated, {})
    second: Role = "collection-editor" if kind in _BOOKS else "editor"
    third: Role = "editor" if kind in _BOOKS else "collection-editor"
    roles: tuple[tuple[str, Role], ...] = (
        ("AU", own.get("AU", "author")),
        ("A2", own.get("A2", second)),
        ("ED", "editor"),
        ("A3", own.get("A3", third)),
        ("A4", own.get("A4", "translator")),
    )
    found = (
        Contributor(name, role)
        for tag, role in roles
        for text in entry.all(tag)
        for one in re.split(r"\n|;(?=\s)", text)
        if (name := name_of(one)) is not None
    )
    return tuple(sorted(found, key=lambda person: person.role))  # "author" comes first


def name_of(text: str) -> Name | None:
    """Return a name in RIS's form: "Family, Given, Suffix"; without a comma it is one piece."""
    text = plain(from_markup(text))
    if not any(character.isalnum() for character in text):
        return None
    if text.endswith(","):
        return Name(literal=text[:-1].strip())
    parts = [part.strip() for part in text.split(",", 2)]
    if len(parts) == 1:
        match = _INITIALS.fullmatch(text)
        if match and not text.isupper():
            return Name(family=match.group(1), given=match.group(2))
        return Name(literal=text)
    particle, family = split_particle(parts[0]) if parts[1] else (None, parts[0])
    suffix = parts[2] if len(parts) > 2 else None  # noqa: PLR2004 - family, given, suffix
    return Name(
        family=family or None,
        given=parts[1] or None,
        non_dropping_particle=particle,
        suffix=suffix or None,
    )


def _keywords(entry: _Record) -> tuple[str, ...]:
    words = (word for text in entry.all("KW") for word in re.split(r"\n|;", text))
    cleaned = (plain(from_markup(word)) for word in words)
    return tuple(dict.fromkeys(word for word in cleaned if word))


def _extra(entry: _Record) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            tag if "-" in tag else f"{KEPT}{tag.lower()}",
            "; ".join(" ".join(value.split()) for value in values if value.strip()),
        )
        for tag, values in entry.values.items()
        if tag not in entry.used | _BOOKKEEPING and any(value.strip() for value in values)
    )


def _marked(text: str | None) -> str | None:
    return from_markup(text) or None if text else None


def _plain(text: str | None) -> str | None:
    return plain(from_markup(text)) or None if text else None


def _valid(normalise: Callable[[str], str], text: str) -> str | None:
    try:
        return normalise(text)
    except IdentifierError:
        return None
