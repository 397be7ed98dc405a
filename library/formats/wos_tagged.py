"""Web of Science's tagged files (.ciw, .isi, "Plain text"), read.

Source: Web of Science, "Field tags"; the files that it and Inspec export.
"""

import re
from collections.abc import Iterator
from typing import Final

from library.formats import tagged
from library.formats.reading import Reading
from library.formats.tagged import Line

_TAG: Final = re.compile(r"([A-Z][A-Z0-9])(?: (.*))?$")
_RIS: Final = {
    "TI": "TI",
    "JI": "J2",
    "SE": "T3",
    "VL": "VL",
    "IS": "IS",
    "PU": "PB",
    "PI": "CY",
    "LA": "LA",
    "AB": "AB",
    "DI": "DO",
    "CT": "C3",
    "CL": "C1",
    "UR": "UR",
    "FN": "DP",
    "PN": "M1",
    "AE": "PB",
}
_TYPES: Final = {"J": "JOUR", "B": "BOOK", "S": "CHAP", "P": "PAT", "C": "CPAPER"}
_BY_NAME: Final = {
    "journal": "JOUR",
    "book": "BOOK",
    "books in series": "CHAP",
    "patent": "PAT",
    "conference": "CPAPER",
    "proceedings paper": "JOUR",
}
# What is read in another way below, and what tells of the database or of people's addresses
# rather than of the work: counts of citations, its list of references, delivery numbers.
_READ: Final = frozenset(
    {*_RIS, "PT", "AF", "AU", "BE", "ED", "CA", "SO", "BP", "EP", "AR", "PS", "SN", "EI", "BN"}
    | {"DE", "ID", "PM", "PY", "PD"}
)
_LEFT_OUT: Final = frozenset(
    {"CR", "NR", "TC", "Z1", "Z2", "Z3", "Z4", "Z5", "Z6", "Z7", "Z8", "Z9", "ZB", "ZR", "ZS"}
    | {"U1", "U2", "PG", "GA", "DA", "OA", "HC", "HP", "WE", "EM", "RP", "J9"}
)
_ADDRESS: Final = re.compile(r"\s*\([^()\s]+@[^()\s]+\)")  # Zoological Record's e-mails
_WORDS: Final = re.compile(r"\s*;\s*")
_MONTHS: Final = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)


def read(text: str, name: str = "Web of Science") -> Reading:
    """Return the works of a file; each record begins with PT and ends with ER."""
    return tagged.read((_lines(record) for record in _records(text)), name)


def _records(text: str) -> Iterator[dict[str, list[str]]]:
    record: dict[str, list[str]] = {}
    database = tag = ""
    for line in text.removeprefix("\ufeff").splitlines():
        match = _TAG.match(line.rstrip())
        if match is None:
            if line.strip() and tag in record:
                record[tag].append(line.strip())
            continue
        tag = match[1]
        if tag == "FN":
            database = (match[2] or "").strip()
        if tag in {"ER", "EF"} or (tag == "PT" and record):
            if record:
                yield record
            record = {}
        if tag == "PT" and database:
            record["FN"] = [database]
        if tag not in {"ER", "EF", "FN", "VR"}:
            record.setdefault(tag, []).append((match[2] or "").strip())
    if record:
        yield record


def _lines(record: dict[str, list[str]]) -> list[Line]:
    kind = _type(record)
    lines = [("TY", kind)]
    people = "AF" if "AF" in record else "AU"
    lines += [("AU", _ADDRESS.sub("", name)) for name in record.get(people, [])]
    editors = record.get("BE") or record.get("ED", [])
    lines += [("ED" if kind == "BOOK" else "A2", name) for name in editors]
    for tag, ris in _RIS.items():
        if tag in record:
            lines.append((ris, " ".join(record[tag])))
    lines += [("AU", f"{name},") for name in record.get("CA", [])]  # a group, in one piece
    source = " ".join(record.get("SO", []))
    if source:
        lines.append(("T2" if kind != "BOOK" or "TI" in record else "TI", source))
    lines += _dates(record)
    first, last = _joined(record, "BP"), _joined(record, "EP")
    page = f"{first}-{last}" if first and last else first or _joined(record, "AR")
    if page or (page := _joined(record, "PS")):
        lines.append(("SP", page))
    lines += [("SN", value) for tag in ("SN", "EI", "BN") for value in record.get(tag, []) if value]
    for tag in ("DE", "ID"):
        words = _WORDS.split(" ".join(record.get(tag, [])))
        lines += [("KW", word) for word in words if word]
    if pmid := _joined(record, "PM"):
        lines += [("AN", pmid), ("DB", "PubMed")]
    lines += [
        (f"wos-{tag.lower()}", " ".join(values))
        for tag, values in record.items()
        if tag not in _READ | _LEFT_OUT
    ]
    return lines


def _type(record: dict[str, list[str]]) -> str:
    stated = _joined(record, "PT")
    kind = _TYPES.get(stated[:1]) if len(stated) == 1 else _BY_NAME.get(stated.lower())
    if kind == "BOOK" and "SO" in record and "TI" in record:
        return "CHAP"
    return kind or "JOUR"


def _dates(record: dict[str, list[str]]) -> list[Line]:
    """Return year and date; "JUL 21" of PD stands with the year of PY."""
    year, day = _joined(record, "PY"), _joined(record, "PD").upper()
    lines = [("PY", year)] if year else []
    words = re.findall(r"[A-Z]{3,}|\b\d{1,2}\b", day)
    months = [word[:3] for word in words if word[:3] in _MONTHS]
    # "JAN-FEB" is no month: only the year is sure.
    if year and len(months) == 1:
        number = _MONTHS.index(months[0]) + 1
        days = [word for word in words if word.isdigit()]
        lines.append(
            (
                "DA",
                f"{year}/{number:02d}/{int(days[0]):02d}/"
                if len(days) == 1
                else f"{year}/{number:02d}//",
            )
        )
    return lines


def _joined(record: dict[str, list[str]], tag: str) -> str:
    return " ".join(record.get(tag, [])).strip()
