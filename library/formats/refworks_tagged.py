"""RefWorks' tagged format, read: the fields of RIS under other tags.

Source: RefWorks, "Direct Export Toolkit", tag definitions.
"""

import re
from collections.abc import Iterator
from typing import Final

from library.formats import tagged
from library.formats.reading import Reading
from library.formats.tagged import Line

_TAG: Final = re.compile(r"([A-Z][A-Z0-9]) (.*)$")
_RIS: Final = {
    "A1": "AU",
    "A2": "A2",
    "A3": "A3",
    "A4": "A4",
    "T1": "TI",
    "T2": "T2",
    "T3": "T3",
    "JF": "JF",
    "JO": "JA",
    "YR": "PY",
    "VO": "VL",
    "IS": "IS",
    "SP": "SP",
    "OP": "EP",
    "K1": "KW",
    "AB": "AB",
    "NO": "N1",
    "PB": "PB",
    "PP": "CY",
    "ED": "ET",
    "SN": "SN",
    "LA": "LA",
    "DO": "DO",
    "LK": "UR",
    "UL": "UR",
    "CN": "CN",
    "RD": "Y2",
    "AN": "AN",
    "DB": "DB",
    "DS": "DP",
    "AD": "AD",
}
_OF_THE_PROGRAM: Final = frozenset({"RT", "SR", "ID", "OL", "FD", "FL", "ER"})
"""Type and number of its records, folders, free-form dates (read with the year)."""
_TYPES: Final = {
    "abstract": "ABST",
    "artwork": "ART",
    "bills": "BILL",
    "book": "BOOK",
    "book, edited": "EDBOOK",
    "book, section": "CHAP",
    "book, whole": "BOOK",
    "case": "CASE",
    "conference proceedings": "CPAPER",
    "computer program": "COMP",
    "dissertation": "THES",
    "generic": "GEN",
    "journal": "JOUR",
    "journal article": "JOUR",
    "journal, electronic": "EJOUR",
    "laws": "STAT",
    "magazine article": "MGZN",
    "map": "MAP",
    "motion picture": "MPCT",
    "newspaper article": "NEWS",
    "online discussion forum": "ELEC",
    "patent": "PAT",
    "personal communication": "PCOMM",
    "report": "RPRT",
    "sound recording": "SOUND",
    "thesis": "THES",
    "unpublished material": "UNPB",
    "video": "VIDEO",
    "web page": "ELEC",
}


def read(text: str, name: str = "RefWorks") -> Reading:
    """Return the works of a RefWorks file; each RT begins a record."""
    return tagged.read((_lines(record) for record in _records(text)), name)


def _records(text: str) -> Iterator[list[Line]]:
    record: list[Line] = []
    for line in text.removeprefix("\ufeff").splitlines():
        match = _TAG.match(line.strip())
        if match is None:
            if line.strip() and record:
                tag, value = record[-1]
                record[-1] = (tag, f"{value} {line.strip()}")
            continue
        if match[1] == "RT" and record:
            yield record
            record = []
        if record or match[1] == "RT":
            record.append((match[1], match[2].strip()))
    if record:
        yield record


def _lines(record: list[Line]) -> Iterator[Line]:
    held = dict(reversed(record))
    yield "TY", _TYPES.get(record[0][1].lower(), "GEN")
    for tag, value in record[1:]:
        if value and tag not in _OF_THE_PROGRAM:
            yield _RIS.get(tag, f"refworks-{tag.lower()}"), value
    if held.get("FD") and held.get("YR"):
        # "Feb", "12/01", "March 12": the day and month of the year in YR.
        yield "DA", f"{held['YR']} {held['FD']}"
