"""Ovid's tagged format, read: what its databases save as a "citation" or "reprint/medlars" file.

The place in the journal is one line of text ("SO"), in the manner of each database.

Source: Ovid Technologies, field guides of its databases.
"""

import re
from collections.abc import Iterator
from typing import Final

from library.formats import tagged
from library.formats.reading import Reading
from library.formats.tagged import Line

_BEGINS: Final = re.compile(r"\s*<\s*\d+\.\s*>\s*$")
_TAG: Final = re.compile(r"\s?([A-Z][A-Z0-9]{1,4})\s{1,3}- ?(.*)$")
_RIS: Final = {
    "AB": "AB",
    "DI": "DO",
    "DO": "DO",
    "ET": "ET",
    "IS": "SN",
    "IT": "SN",
    "IB": "SN",
    "LG": "LA",
    "PB": "PB",
    "PU": "PB",
    "BT": "T2",
    "YR": "PY",
    "VO": "VL",
    "JN": "JF",
    "JL": "UR",
    "AN": "AN",
    "DB": "DB",
}
_WORDS: Final = frozenset({"KW", "DE", "MH", "ID"})
_OF_THE_SEARCH: Final = frozenset({"XL", "UP", "RD", "EM"})
"""Link into the vendor's site, dates of the record, e-mail."""
_MONTH: Final = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Spring|Summer|Autumn|Fall|Winter)[a-z]*\.?"
)
_DATE: Final = (
    rf"(?P<date>(?:\d{{1,2}} )?(?:{_MONTH}(?:[/-]{_MONTH})?,? )?(?:\d{{1,2}},? )?\d{{4}})"
)
_NUMBER: Final = r"(?P<volume>[\w-]+)(?: ?\((?P<issue>[^)]*)\))?"
# The manners of the databases: volume and pages before the date (BIOSIS), the date before a
# semicolon (Journals@Ovid), "Vol." (PsycINFO), the date behind, without or with pages after it.
_PLACES: Final = (
    *(
        re.compile(r"(?P<venue>.+?)[.,]? " + rest)
        for rest in (
            rf"{_NUMBER}: ?(?P<pages>[\w-]+), {_DATE}\.?$",
            rf"{_DATE};\s*(?:{_NUMBER})?(?::\s*(?P<pages>[\w. -]+))?\.?$",
            rf"Vol\. ?{_NUMBER},(?: {_DATE})?,? ?(?:pp\. (?P<pages>[\w-]+))?",
            rf"{_NUMBER}, {_DATE}(?:: ?(?P<pages>[\w-]+))?\.?$",
            rf"{_NUMBER}[.,] {_DATE}\. (?P<pages>[\w-]+)",
            r"(?P<date>\d{4})\((?P<issue>[\w-]+)\): ?(?P<pages>[\w-]+)\.?$",
            rf"(?P<date>\d{{4}} \d{{1,2}} {_MONTH}); (?P<pages>[\w-]+)\.?$",
            r"(?P<date>\d{4}); (?P<pages>[\w-]+?)(?:pp)?\.*$",
        )
    ),
    re.compile(r"(?P<venue>.+?)\.?:(?P<pages>[\w-]+), (?P<date>\d{4})\b"),
    re.compile(r"(?P<venue>.+?)\.? \(pp\. (?P<pages>[\w-]+)\)"),
)
_EDITORS: Final = re.compile(
    r"(?:[^\[\]]+\[[^\[\]]*Ed(?:itor)?\b[^\[\]]*\][,.;] )+(?:\(\d{4}\)\. )?"
)
_BEHIND: Final = re.compile(r"\s*\[[^\[\]]*\]\.?$")
_DEGREES: Final = re.compile(r"(?:,? (?:[A-Z][\w.]*D\.?|M\.?[A-Z.]{1,4}|[BFR]\.?[A-Z.]{2,6}|RN))+$")
_MARKS: Final = re.compile(r"[\s,]+(?:[\d*+#,a-e]+)$")
_KINDS: Final = (
    (re.compile(r"\bpatent\b", re.IGNORECASE), "PAT"),
    (re.compile(r"\b(?:dissertation|thesis)\b", re.IGNORECASE), "THES"),
    (re.compile(r"\bchapter\b", re.IGNORECASE), "CHAP"),
    (re.compile(r"\bbook\b(?! review)|\btext/reference\b", re.IGNORECASE), "BOOK"),
    (re.compile(r"\b(?:meeting|conference)\b", re.IGNORECASE), "CPAPER"),
    (re.compile(r"\breport\b", re.IGNORECASE), "RPRT"),
)


def read(text: str, name: str = "Ovid") -> Reading:
    """Return the works of an Ovid file; "<1. >" begins a record."""
    return tagged.read((_lines(record) for record in _records(text)), name)


def _records(text: str) -> Iterator[list[Line]]:
    record: list[Line] | None = None
    for line in text.removeprefix("\ufeff").splitlines():
        if _BEGINS.match(line):
            if record:
                yield record
            record = []
            continue
        match = _TAG.match(line)
        if record is None:
            continue
        if match is not None:
            record.append((match[1], match[2].strip()))
        elif line.strip() and record:
            tag, value = record[-1]
            record[-1] = (tag, f"{value} {line.strip()}".strip())
    if record:
        yield record


def _lines(record: list[Line]) -> Iterator[Line]:
    tags = {tag for tag, _ in record}
    kind = _kind(record, tags)
    yield "TY", kind
    for tag, value in record:
        if not value:
            continue
        if tag == "TI":
            yield "TI", _title(value)
        elif tag in {"AU", "ED"}:
            role = "ED" if tag == "ED" else "AU"
            names = re.sub(r"\[[^\[\]]*\]", "", value).split(";")
            yield from ((role, name) for one in names if (name := _name(one)))
        elif tag in _WORDS:
            yield from (("KW", word.strip()) for word in re.split(r";|  +", value) if word.strip())
        elif tag == "SO":
            yield from _place(value, tags)
        elif tag in {"LC", "CY"} and kind in {"BOOK", "CHAP", "RPRT"}:
            yield "CY", value.rstrip(".")
        elif tag == "PN" and kind == "PAT":
            yield "M1", value
        elif tag == "UI" and value.isdigit():
            yield from (("AN", value), ("DB", "PubMed"))
        elif tag in _RIS:
            yield _RIS[tag], value if tag in {"AB", "JL"} else _bare(value)
        elif tag not in _OF_THE_SEARCH:
            yield f"ovid-{tag.lower()}", value


def _kind(record: list[Line], tags: set[str]) -> str:
    """Return the type of RIS that PT and DT name; an article where nothing else is told."""
    told = " ".join(value for tag, value in record if tag in {"PT", "DT"})
    for pattern, kind in _KINDS:
        if pattern.search(told):
            return "CHAP" if kind == "BOOK" and {"BT", "SO"} <= tags else kind
    return "BOOK" if "IB" in tags and "SO" not in tags else "JOUR"


def _bare(text: str) -> str:
    """Return a value without the remark behind it ("(ISSN print)") and its full stop."""
    return _BEHIND.sub("", re.sub(r"\s*\([^()]*\)$", "", text)).rstrip(".")


def _title(text: str) -> str:
    """Return a title without its full stop and the kind of article behind ("[Article]")."""
    bare = _BEHIND.sub("", text).strip()
    return bare[:-1] if bare.endswith(".") and not bare.endswith("..") else bare


def _name(text: str) -> str:
    """Return a name without role, degrees and the marks of affiliations."""
    name = _BEHIND.sub("", text).strip()
    name = _MARKS.sub("", name)
    return _DEGREES.sub("", name).rstrip(",").strip() or name


def _place(text: str, tags: set[str]) -> Iterator[Line]:
    text = text.strip()
    editors = _EDITORS.match(text)
    if editors:
        text = text[editors.end() :].partition(" Series Information:")[0]
        if "ED" not in tags:
            people = re.findall(r"([^\[\];]+?)\s*\[", editors[0])
            yield from (("ED", person.strip(" ,.;")) for person in people)
    for pattern in _PLACES:
        match = pattern.match(text)
        if match is None:
            continue
        held = match.groupdict()
        yield ("T2" if editors else "JF"), held["venue"].strip()
        if held.get("date"):
            date = re.sub(r"^(\d{4}) (\d.*)", r"\2 \1", held["date"].replace(".", ""))
            yield "DA", date
            if "YR" not in tags:
                year = re.search(r"\d{4}", held["date"])
                yield "PY", year[0] if year else held["date"]
        if held.get("volume") and "VO" not in tags:
            yield "VL", held["volume"]
        if held.get("issue"):
            yield "IS", held["issue"]
        if held.get("pages"):
            yield "SP", held["pages"].strip()
        return
    yield "JF", text.rstrip(".")
