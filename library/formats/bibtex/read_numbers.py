"""Dates, numbers, pages and plain texts of an entry."""

import re
from functools import lru_cache

from library.formats.bibtex.draft import Draft
from library.formats.bibtex.entry_types import ARTICLES, BOOKS, CHAPTERS
from library.formats.bibtex.latex import decode
from library.formats.bibtex.latex_reader import Manner
from library.formats.bibtex.wordlist import words
from library.values.dates import Date, from_edtf, from_year_and_month, parse

TEXT_FIELDS: dict[str, tuple[str, Manner]] = {
    "volume": ("volume", "plain"),
    "part": ("part_number", "plain"),
    "volumes": ("number_of_volumes", "plain"),
    "pagetotal": ("number_of_pages", "plain"),
    "chapter": ("chapter_number", "plain"),
    "edition": ("edition", "plain"),
    "version": ("version", "plain"),
    "venue": ("event_place", "plain"),
    "origpublisher": ("original_publisher", "plain"),
    "origlocation": ("original_publisher_place", "plain"),
    "library": ("call_number", "plain"),
    "abstract": ("abstract", "rich"),
    "annotation": ("annote", "paragraphs"),
}
"""Fields that are a variable by themselves: field -> (variable, manner)."""

CSL_FIELDS = words("""
    archive archive_collection archive_location archive_place authority collection_number
    dimensions division genre issue jurisdiction license medium number_of_pages
    number_of_volumes part_number part_title printing_number references reviewed_genre scale
    section source supplement_number collection_title container_title title_short
    publisher_place event_place
    """)
"""Variables that may stand in a field of their own name, where biblatex has no field for them."""

for _variable in CSL_FIELDS:
    _manner: Manner = "title" if "title" in _variable else "plain"
    TEXT_FIELDS.setdefault(_variable.replace("_", "-"), (_variable, _manner))
TEXT_FIELDS["csl-number"] = ("number", "plain")

DATE_FIELDS = {
    "": "issued",
    "orig": "original_date",
    "event": "event_date",
    "url": "accessed",
}
_DATE_KEYS = frozenset(
    f"{prefix}{name}" for prefix in DATE_FIELDS for name in ("date", "year", "month", "day")
) | {"available-date", "submitted"}
_MONTH_AND_DATE = 2


def read_dates(draft: Draft) -> None:
    """Read the dates of the entry."""
    left = draft.left
    if "year" in left and "date" not in left:
        date = _usual(left["year"], left.get("month"), left.get("day"))
        if date is not None:
            draft.values["issued"] = date
            del left["year"]
            left.pop("month", None)
            left.pop("day", None)
    if _DATE_KEYS.isdisjoint(left):
        return
    for prefix, variable in DATE_FIELDS.items():
        date = _date(draft, prefix)
        if date is not None:
            draft.values[variable] = date
    for field, variable in (("available-date", "available_date"), ("submitted", "submitted")):
        if field in left:
            date = _stated(draft, field)
            if date is not None:
                draft.values[variable] = date


@lru_cache(maxsize=8192)
def _usual(year: str, month: str | None, day: str | None) -> Date | None:
    """Return a date of which every part is understood at once, None for all others."""
    if len(year) != 4 or not year.isdecimal() or not year.isascii():  # noqa: PLR2004 - a year
        return None
    if month is None:
        return Date((int(year),)) if day is None else None
    if not month.isalnum():
        month = _plain_month(month)
    date = from_year_and_month(year, month, day)
    known = len(date.start or ())
    return date if known > 2 or (known == _MONTH_AND_DATE and day is None) else None  # noqa: PLR2004 - with a day


def _date(draft: Draft, prefix: str) -> Date | None:
    left = draft.left
    if f"{prefix}date" in left:
        date = _within_year(draft, prefix) or _stated(draft, f"{prefix}date")
        if date is not None:
            _drop_repeated(draft, prefix, date)
            return date
    year = draft.take(f"{prefix}year")
    if year is None:
        return None
    year = year.replace("\u00a0", " ")
    raw_month, raw_day = left.get(f"{prefix}month"), left.get(f"{prefix}day")
    month = _plain_month(raw_month) if raw_month else None
    day = decode(raw_day) if raw_day else None
    date = from_year_and_month(year, month or None, day or None)
    if date.literal is not None:
        draft.find(
            "bad-date", f"“{year}” is not a year; it is kept as it is written", f"{prefix}year",
            "info" if not any(c.isdigit() for c in year) else "warning",
        )  # fmt: skip
    elif month and date.start and len(date.start) < _MONTH_AND_DATE:
        draft.find(
            "unknown-month", f"“{month}” is no month that we know; the year alone was read",
            f"{prefix}month",
        )  # fmt: skip
        return date
    if date.start and len(date.start) >= _MONTH_AND_DATE:
        left.pop(f"{prefix}month", None)
        if len(date.start) > _MONTH_AND_DATE:
            left.pop(f"{prefix}day", None)
    return date


def _plain_month(raw: str) -> str:
    """Return a month as text; a concatenation that someone put into braces is still one."""
    if "#" in raw:
        raw = re.sub("#|\"|''|``|[“”]", " ", raw)
    return decode(raw).replace("\u00a0", " ")


def _within_year(draft: Draft, prefix: str) -> Date | None:
    """Read a `date` that is only a day of its `year`: "Mar 3", or "27-29" beside a `month`."""
    left = draft.left
    year, day = left.get(f"{prefix}year"), left[f"{prefix}date"]
    if year is None or from_edtf(day) is not None or parse(day) is not None:
        return None
    month = left.get(f"{prefix}month")
    date = _usual(year.strip(), f"{month} {day}" if month else day, None)
    if date is not None:
        for name in ("year", "month", "date"):
            left.pop(f"{prefix}{name}", None)
        return date
    usual = _usual(year.strip(), month, None)
    if usual is not None:
        draft.find(
            "bad-date", f"“{day}” is not a date; `{prefix}year` was read, the field is kept",
            f"{prefix}date",
        )  # fmt: skip
        left.pop(f"{prefix}month", None)
        del left[f"{prefix}year"]
    return usual


def _stated(draft: Draft, field: str) -> Date | None:
    """Read a field that holds a whole date."""
    raw = draft.left.pop(field)
    date = from_edtf(raw)  # before LaTeX is decoded: the "~" of "1850~" is no blank here
    if date is not None:
        return date
    text = decode(raw).replace("\u00a0", " ")
    if not text:
        return None
    date = from_edtf(text) or parse(text)
    if date is None:
        draft.find(
            "bad-date",
            f"“{text}” is not a date as ISO 8601 has it (2014-05-31); it is kept as it is written",
            field,
        )
        return Date(literal=text)
    return date


def _drop_repeated(draft: Draft, prefix: str, date: Date) -> None:
    """Take `year` and `month` as understood where they say what `date` says."""
    left = draft.left
    if f"{prefix}year" not in left:
        return
    older = from_year_and_month(
        decode(left[f"{prefix}year"]), decode(left.get(f"{prefix}month", "")) or None
    )
    if older.start and date.start and date.start[: len(older.start)] == older.start:
        left.pop(f"{prefix}year")
        left.pop(f"{prefix}month", None)
        if f"{prefix}day" in left and len(date.start) > _MONTH_AND_DATE:
            left.pop(f"{prefix}day")


_DASHES = re.compile(r"\s*(?:-{1,3}|[‐‑‒–—−])+\s*")
_PAGES = re.compile(r"[A-Za-z]?[0-9]+(?:--?[A-Za-z]?[0-9]+)?")
_TEXTENDASH = re.compile(r"\{?\\textendash(?:\{\})?\}?")


def read_numbers(draft: Draft) -> None:
    """Read pages and whatever is called a number."""
    left, values = draft.left, draft.values
    if "pages" in left:
        pages = _pages(left.pop("pages"))
        if pages:
            values["page"] = pages
    if "eid" in left and "page" not in values:
        eid = draft.take("eid")
        if eid:
            values["page"] = eid
    if "number" in left or "issue" in left:
        _number(draft)


def _pages(raw: str) -> str:
    """Return pages with "-" in ranges, as CSL wants them."""
    if "\\" in raw:
        raw = raw.replace("{\\textendash}", "--")
    if _PAGES.fullmatch(raw):
        return raw.replace("--", "-")
    return _DASHES.sub("-", decode(_TEXTENDASH.sub("-", raw))).strip("-")


def _number(draft: Draft) -> None:
    left, values = draft.left, draft.values
    if draft.type in ARTICLES:
        parts = [draft.take("number"), draft.take("issue")]
        issue = ", ".join(dict.fromkeys(part for part in parts if part))
        if issue:
            values["issue"] = issue
        return
    if "number" in left:
        number = draft.take("number")
        if number:
            in_series = draft.type in BOOKS or draft.type in CHAPTERS
            values["collection_number" if in_series else "number"] = number
