"""Dates as bibliographies have them: partial, ranges, uncertain, or only words.

Sources: ISO 8601-2 (EDTF), levels 0 and 1, as biblatex's manual restates them in 2.3.8; CSL 1.0.2
data schema, date variables.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from library.values.months import MONTHS, folded

DateParts = tuple[int] | tuple[int, int] | tuple[int, int, int]
"""(year,), (year, month) or (year, month, day); year 0 is 1 BC, months 21 to 24 are the
seasons spring to winter (EDTF, ISO 8601-2)."""


@dataclass(frozen=True, slots=True)
class Date:
    """One date or a range of dates. `literal` alone is a date that could not be understood."""

    start: DateParts | None = None  # None with `end`: open start
    end: DateParts | None = None  # None: a single date, unless `open_end`
    open_end: bool = False  # "2014/..": goes on
    circa: bool = False  # "2014~" or "2014?": approximate or uncertain
    literal: str | None = None  # "forthcoming"

    @property
    def year(self) -> int | None:
        """The year the date starts in, else the one it ends in; None where only words are known."""
        parts = self.start or self.end
        return parts[0] if parts else None


_FIRST_SEASON, _LAST_SEASON = 21, 24
_LONGEST_YEAR = 9999
_DIGITS = re.compile(r"[0-9]{1,4}")
_ALL_DIGITS = re.compile(r"[-+]?[0-9]+")
_PLAIN = re.compile(r"[0-9]{4}")
_PART = re.compile(
    r"(?:[yY](?P<long>-?[0-9]{5,9})|(?P<year>[-+−]?[0-9]{4}|[-−]?[0-9]{3}[Xxu]|[-−]?[0-9]{2}(?:XX|xx|uu)))"
    r"(?:-(?P<month>[0-9]{1,2}|XX|xx|uu)(?:-(?P<day>[0-9]{1,2}|XX|xx|uu))?)?"
    r"(?:[T ][0-9:.]+(?:Z|[-+][0-9:]+)?)?(?P<doubt>[?~%]*)"
)
_OPEN = frozenset({"", "..", "open"})
_UNKNOWN = frozenset({"unknown", "*"})


@lru_cache(maxsize=4096)
def from_edtf(text: str) -> Date | None:  # noqa: PLR0911 - one form of EDTF after the other
    """Return the date that an EDTF text states, None where it is not EDTF.

    "2014-05", "1999-10-14/2010-01-23", "2014/..", "../1970", "1850~", "2001-21", "-0044-03-15".
    "199X" and "1999-XX" give the range they stand for; a time of day is left out.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return Date((int(text),))
    first, slash, last = text.partition("/")
    if not slash:
        return _single(first)
    if (first.strip() in _OPEN | _UNKNOWN) and (last.strip() in _OPEN | _UNKNOWN):
        return None
    if first.strip() in _OPEN | _UNKNOWN:
        end = _single(last)
        return Date(None, end.end or end.start, circa=end.circa) if end else None
    start = _single(first)
    if start is None:
        return None
    if last.strip() in _OPEN | _UNKNOWN:
        return Date(start.start, open_end=last.strip() in _OPEN, circa=start.circa)
    end = _single(last)
    if end is None:
        return None
    return Date(start.start, end.end or end.start, circa=start.circa or end.circa)


def _single(text: str) -> Date | None:
    match = _PART.fullmatch(text.strip())
    if match is None:
        return None
    circa = bool(match["doubt"])
    year = match["long"] or match["year"].replace("−", "-")
    if not _ALL_DIGITS.fullmatch(year):
        unknown = re.sub("[XxUu]", "0", year), re.sub("[XxUu]", "9", year)
        return Date((int(unknown[0]),), (int(unknown[1]),), circa=circa)
    month, day = match["month"], match["day"]
    if month is None or not _DIGITS.fullmatch(month):
        return Date((int(year),), circa=circa)
    parts = checked(int(year), int(month), int(day) if day and _DIGITS.fullmatch(day) else None)
    return Date(parts, circa=circa) if parts else None


def checked(year: int, month: int | None = None, day: int | None = None) -> DateParts | None:
    """Return the parts if there is such a day, month or season; else None."""
    if month is None:
        return (year,)
    if _FIRST_SEASON <= month <= _LAST_SEASON:
        return (year, month) if day is None else None
    if not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return None
    if day is None:
        return (year, month)
    # The Gregorian calendar repeats after 400 years, which lets years before 1 be asked about.
    return (year, month, day) if 1 <= day <= monthrange(2000 + year % 400, month)[1] else None


_YEAR_ONLY = re.compile(
    r"\s*[\[({]?\s*(?P<circa>c\.|ca\.?|circa|approx\.|~|um|vers|©|c)?\s*(?P<year>[0-9]{4})\s*(?P<doubt>[?~])?\s*[\])}]?\s*(?P<doubt2>[?~])?[.,]?\s*",
    re.IGNORECASE,
)
_YEAR_RANGE = re.compile(
    r"\s*(?P<first>[0-9]{4})\s*(?:--?-?|–|—|/|to|bis)\s*(?P<last>[0-9]{4}|[0-9]{2}|[0-9])?\s*"
)
_WITHIN = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
_DAY_FIRST = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.|º|er)?\s*(?:de\s+)?[-\s]\s*(?P<month>[^\W\d_]+)\.?(?:\s+de)?(?:[\s,-]+(?P<year>[0-9]{4}))?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[^\W\d_]+)\.?(?:\s+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?)?(?:[\s,]+(?P<year>[0-9]{4}))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})(?:[-/.](?P<day>[0-9]{1,2}))?")
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4}),? (?P<month>[^\W\d_]{3,}\.?)(?:,? (?P<day>[0-9]{1,2}))?"
)
_MONTH_RANGE = re.compile(r"\s*(?:--?-?|–|—|/|\bto\b|\band\b|&|,)\s*", re.IGNORECASE)


@lru_cache(maxsize=4096)
def parse(text: str) -> Date | None:
    """Return the date in `text`, written as EDTF or as people write dates; None where unclear.

    "12 March 2004", "March 2004", "2004 Mar 12", "2004/3", "c. 1850", "[1999?]",
    "1994--1998", "2013/14".
    Only what has one reading is read: "3/4/2005" is not.
    """
    text = " ".join(text.split())
    found = from_edtf(text)
    if found is not None:
        return found
    match = _YEAR_ONLY.fullmatch(text)
    if match:
        return Date((int(match["year"]),), circa=_is_doubtful(match))
    match = _YEAR_RANGE.fullmatch(text)
    if match:
        return _year_range(match["first"], match["last"])
    match = _NUMERIC.fullmatch(text)
    if match:
        parts = checked(int(match["year"]), int(match["month"]), _number(match["day"]))
        return Date(parts) if parts else None
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST):
        match = pattern.fullmatch(text)
        if match and match["year"] and (month := month_number(match["month"])):
            parts = checked(int(match["year"]), month, _number(match["day"]))
            return Date(parts) if parts else None
    return None


def _is_doubtful(match: re.Match[str]) -> bool:
    mark = (match["circa"] or "").lower()
    return bool(match["doubt"] or match["doubt2"]) or mark not in {"", "c", "©"}


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _year_range(first: str, last: str | None) -> Date | None:
    if last is None:
        return Date((int(first),), open_end=True)
    end = int(first[: 4 - len(last)] + last)
    return Date((int(first),), (end,)) if end >= int(first) else None


def month_number(name: str) -> int | None:
    """Return the number of a month (1 to 12) or season (21 to 24) by its name in any language."""
    name = name.strip()
    if _DIGITS.fullmatch(name):
        number = int(name)
        return number if 1 <= number <= 12 or _FIRST_SEASON <= number <= _LAST_SEASON else None  # noqa: PLR2004 - months
    return MONTHS.get(folded(name))


@lru_cache(maxsize=4096)
def from_year_and_month(year: str, month: str | None = None, day: str | None = None) -> Date:
    """Return the date in BibTeX's fields; what cannot be understood becomes `literal`.

    The month may be a name in any language, a number, two months, or a month with a day
    ("10~jan", "jan-feb", "March 3--5"). A month that cannot be understood is left out: the
    caller sees that from the parts.
    """
    base = parse(year) or Date(literal=" ".join(year.split()))
    if month is None or base.start is None or len(base.start) > 1 or base.end or base.open_end:
        return base
    number = base.start[0]
    spans = _month_and_days(month)
    if spans is None:
        return base
    if len(spans) == 1 and len(spans[0]) == 1 and day and _DIGITS.fullmatch(day.strip()):
        spans = [(spans[0][0], int(day))]
    parts = [checked(number, *span) for span in spans]
    if None in parts:
        return base
    end = parts[1] if len(parts) > 1 else None
    if end is not None and parts[0] is not None and end < parts[0]:
        end = checked(number + 1, *spans[1])  # "Dec/Jan"
    return Date(parts[0], end, circa=base.circa)


def _month_and_days(text: str) -> list[tuple[int] | tuple[int, int]] | None:
    """Read "Mar", "03", "10 Jan", "Jan/Feb", "March 3–5": one or two (month,) or (month, day)."""
    text = text.replace("\u00a0", " ").strip(" .,")
    number = month_number(text)
    if number is not None:
        return [(number,)]
    pieces = [piece for piece in _MONTH_RANGE.split(text) if piece]
    if not pieces or len(pieces) > 2:  # noqa: PLR2004 - a first and a last
        return None
    read = [_month_or_day(piece) for piece in pieces]
    if len(read) == 1:
        return [read[0]] if isinstance(read[0], tuple) else None
    return _filled(read[0], read[1])


def _month_or_day(piece: str) -> tuple[int] | tuple[int, int] | int | None:
    """Return (month,), (month, day), or a day alone as a number."""
    piece = piece.strip(" .,")
    if _DIGITS.fullmatch(piece):
        return int(piece)
    number = month_number(piece)
    if number is not None:
        return (number,)
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST):
        match = pattern.fullmatch(piece)
        if match and not match["year"] and (number := month_number(match["month"])):
            return (number, int(match["day"])) if match["day"] else (number,)
    return None


def _filled(
    first: tuple[int] | tuple[int, int] | int | None,
    last: tuple[int] | tuple[int, int] | int | None,
) -> list[tuple[int] | tuple[int, int]] | None:
    """Give each half of a range what it leaves to the other: "March 3–5", "3–5 March"."""
    if first is None or last is None or (isinstance(first, int) and isinstance(last, int)):
        return None
    if isinstance(first, int):
        if isinstance(last, int) or len(last) == 1:
            return None
        return [(last[0], first), last]
    if isinstance(last, int):
        return [first, (first[0], last)] if len(first) > 1 else None
    return [first, last]


def edtf(date: Date) -> str | None:
    """Return the date as EDTF text, None where it has only words."""
    mark = "~" if date.circa else ""
    start = _edtf_parts(date.start) + mark if date.start else ".."
    if date.end:
        return f"{start}/{_edtf_parts(date.end)}{mark if not date.start else ''}"
    if date.start is None:
        return None
    return f"{start}/.." if date.open_end else start


def _edtf_parts(parts: DateParts) -> str:
    year = parts[0]
    if abs(year) > _LONGEST_YEAR:
        return f"Y{year}"
    sign = "-" if year < 0 else ""
    return "-".join([f"{sign}{abs(year):04}", *(f"{part:02}" for part in parts[1:])])


def to_csl(date: Date) -> dict[str, Any]:
    """Return the date as a CSL-JSON date variable."""
    if date.literal is not None and date.year is None:
        return {"literal": date.literal}
    start, season = _without_season(date.start)
    parts = [start] if start else []
    if date.end:
        parts = [start or [0], _without_season(date.end)[0]]
    elif date.open_end:
        parts.append([0])
    csl: dict[str, Any] = {"date-parts": parts}
    if season:
        csl["season"] = season
    if date.circa:
        csl["circa"] = True
    return csl


def _without_season(parts: DateParts | None) -> tuple[list[int], int | None]:
    if parts is None:
        return [], None
    if len(parts) > 1 and parts[1] >= _FIRST_SEASON:
        return [parts[0]], parts[1] - _FIRST_SEASON + 1
    return list(parts), None


def from_csl(csl: Mapping[str, Any]) -> Date | None:
    """Return the date in a CSL-JSON date variable, None where it states none.

    Numbers may come as text ("2004"); [[null]] and [[0]] state nothing; a `raw` date is parsed.
    """
    circa = csl.get("circa") not in {None, False, "", "0", "false"}
    given = csl.get("date-parts")
    ranges = [_csl_parts(part) for part in given[:2]] if isinstance(given, list) else []
    season = csl.get("season")
    if ranges and ranges[0] and season is not None and len(ranges[0]) == 1:
        number = month_number(str(season))
        if number is not None:
            number += _FIRST_SEASON - 1 if number <= 4 else 0  # noqa: PLR2004 - CSL counts seasons 1 to 4
            parts = checked(ranges[0][0], number)
            ranges[0] = parts or ranges[0]
    start = ranges[0] if ranges else None
    end = ranges[1] if len(ranges) > 1 else None
    if start or end:
        is_open = len(ranges) > 1 and end is None and start is not None
        return Date(start, end, open_end=is_open, circa=circa)
    for name in ("raw", "literal"):
        text = csl.get(name)
        if isinstance(text, str) and text.strip():
            found = parse(text) if name == "raw" else None
            return found or Date(literal=" ".join(text.split()))
    return None


def _csl_parts(part: object) -> DateParts | None:
    """Return the parts that are numbers, up to the first that is none or no date's."""
    numbers: list[int] = []
    for value in part if isinstance(part, list) else []:
        try:
            numbers.append(int(value))
        except (TypeError, ValueError):
            break
    if not numbers or (numbers[0] == 0 and len(numbers) == 1):
        return None
    for length in (3, 2):
        if len(numbers) >= length and (found := checked(*numbers[:length])):
            return found
    return (numbers[0],)
