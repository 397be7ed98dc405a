"""EndNote's tagged format (.enw), read and written; the same as refer and BibIX.

Source: EndNote, export style "EndNote Export"; refer(1).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from library.formats import tagged
from library.formats.items import items
from library.formats.reading import Reading
from library.formats.tagged import Line
from library.work import Work

_RIS: Final = {
    "A": "AU",
    "E": "A2",
    "Y": "A3",
    "?": "A4",
    "T": "TI",
    "B": "T2",
    "J": "T2",
    "S": "T3",
    "D": "PY",
    "8": "DA",
    "V": "VL",
    "N": "IS",
    "P": "SP",
    "I": "PB",
    "C": "CY",
    "@": "SN",
    "R": "DO",
    "U": "UR",
    "X": "AB",
    "K": "KW",
    "Z": "N1",
    "O": "N1",
    "<": "RN",
    "G": "LA",
    "L": "CN",
    "M": "AN",
    "F": "ID",
    "7": "ET",
    "6": "NV",
    "9": "M3",
    "&": "SE",
    "[": "Y2",
    "!": "ST",
    "~": "DB",
    "1": "C1",
    "2": "C2",
    "3": "C3",
    "4": "C4",
    "#": "C5",
    "$": "C6",
    "W": "DP",
    "+": "AD",
    "^": "CA",
    "(": "OP",
    "*": "RI",
}
_ENW: Final = {tag: mark for mark, tag in reversed(_RIS.items()) if mark not in "BO"}
_TAG: Final = re.compile(r"%([0A-Za-z?@&\[!~#$1-9+^>(*\]<)=|])[ \t]?(.*)$")


def read(text: str, name: str = "EndNote") -> Reading:
    """Return the works of a .enw file; a blank line or a new %0 begins a new record."""
    return tagged.read((_lines(record) for record in _records(text)), name)


def _records(text: str) -> Iterator[list[Line]]:
    record: list[Line] = []
    for line in text.removeprefix("\ufeff").splitlines():
        match = _TAG.match(line.lstrip())
        if match is None and line.strip() and record:
            mark, value = record[-1]
            joint = "\n" if mark == "K" else " "
            record[-1] = (mark, f"{value}{joint}{line.strip()}")
        elif (match is None and not line.strip()) or (match and match[1] == "0"):
            if record:
                yield record
            record = []
        if match:
            record.append((match[1], match[2].strip()))
    if record:
        yield record


def _lines(record: list[Line]) -> list[Line]:
    marks = {mark for mark, _ in record}
    stated = next((value for mark, value in record if mark == "0"), "")
    kind = tagged.ris_type(stated) or _guessed(marks)
    lines = [("TY", kind)]
    for mark, value in record:
        if mark in _RIS and value:
            parts = re.split(r"[\n;]", value) if mark == "K" else [value]
            lines += [(_RIS[mark], part) for part in parts if part.strip()]
    return lines


def _guessed(marks: set[str]) -> str:
    """Return the type that refer would take: it has none of its own."""
    if "J" in marks:
        return "JOUR"
    if "B" in marks:
        return "CHAP"
    return "BOOK" if "I" in marks else "GEN"


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give one record for each work, given as a Work or as its CSL-JSON item."""
    return map(record, items(works))


def record(item: Mapping[str, Any]) -> str:
    """Return one CSL-JSON item as a record that ends with an empty line."""
    lines = tagged.lines_of(item)
    kind = lines[0][1]
    last = next((value for tag, value in lines if tag == "EP"), "")
    container = "J" if kind in {"JOUR", "EJOUR", "MGZN", "NEWS"} else "B"
    out = [f"%0 {tagged.endnote_type(kind)[0]}"]
    for tag, value in lines[1:]:
        mark = container if tag == "T2" else _ENW.get(tag)
        if mark is not None:
            out.append(f"%{mark} {value}-{last}" if tag == "SP" and last else f"%{mark} {value}")
    return "\n".join(out) + "\n\n"
