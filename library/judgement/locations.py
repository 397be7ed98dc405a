"""Where in its venue a work stands: volume, issue, pages, article number."""

import re
from dataclasses import dataclass
from typing import Final

from library.judgement.normal import is_roman, roman
from library.work import Work

_DASH: Final = re.compile(r"\s*(?:[-‐‑‒–—−]+|\bto\b)\s*")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_PAGE: Final = re.compile(r"([A-Za-z.]*?)\s*0*([0-9]+)\s*([A-Za-z]?)")
_LABEL: Final = re.compile(
    r"^(?:pp?\.?|pages?|article(?:\s+(?:no\.?|id|number))?|art\.?|paper)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pages:
    """The first and last page of a work, each in one form: "S12", "e45", "1283"."""

    first: str
    last: str | None  # None for a single page or an article number

    @property
    def is_relative(self) -> bool:
        """Tell whether the pages count from the work's own beginning ("1-12")."""
        return self.first == "1"


@dataclass(frozen=True, slots=True)
class LocationMatch:
    """What volume, issue and pages say about one another."""

    verdict: str
    weight: float
    kind: str  # "same place", "agrees", "unknown", "differs", "elsewhere"


@dataclass(frozen=True, slots=True)
class Location:
    """Volume, issue and pages, ready to be compared."""

    volume: str | None
    issue: str | None
    pages: Pages | None
    shown: str


def parse_pages(text: str | None) -> Pages | None:
    """Return the first range in `text`; None where it holds no page number.

    "1282-3", "1282–1283" and "1282--1283" are one range; "1-12" and "12 pages" are told apart.
    """
    if not text:
        return None
    bare = _LABEL.sub("", text.strip())
    first_range = re.split(r"[,;&]", bare)[0]
    ends = [end for end in _DASH.split(first_range) if end.strip()]
    if not ends:
        return None
    first = _page(ends[0])
    if first is None:
        return None
    if len(ends) == 1:
        return Pages(first, None)
    return Pages(first, _last(first, ends[1]))


def location(work: Work) -> Location:
    """Return where `work` stands, ready to be compared."""
    # A book's pages are how many it has, not where it stands.
    pages = None if work.type == "book" else parse_pages(work.page)
    if pages is None and work.type in {"article-journal", "paper-conference", "article"}:
        pages = parse_pages(work.number)
    shown = ", ".join(
        f"{name} {value}"
        for name, value in (("volume", work.volume), ("issue", work.issue), ("pages", work.page))
        if value
    )
    return Location(_number(work.volume), _number(work.issue), pages, shown)


def compare_locations(a: Location, b: Location, years: frozenset[str]) -> LocationMatch:
    """Return what the places say; the same for (b, a). `years` of either work are no volumes."""
    volume = _agree(a.volume, b.volume)
    if volume is False and (a.volume in years or b.volume in years):
        volume = None
    issue = _agree(a.issue, b.issue)
    pages = _pages_agree(a.pages, b.pages)
    if pages is True:
        return _same_page(a, b, volume=volume)
    if pages is False:
        if volume is False:
            return LocationMatch("another volume and other pages", -5.0, "elsewhere")
        if issue is False:
            return LocationMatch("another issue and other pages", -5.0, "elsewhere")
        return LocationMatch("other pages", -2.5, "differs")
    if volume is False:
        return LocationMatch("another volume", -2.0, "differs")
    if volume and issue:
        return LocationMatch("volume and issue agree", 1.5, "agrees")
    if volume:
        if issue is False:
            return LocationMatch("volume agrees, issue does not", -1.0, "differs")
        return LocationMatch("volume agrees", 0.7, "agrees")
    return LocationMatch("not stated on both sides", 0.0, "unknown")


def _same_page(a: Location, b: Location, *, volume: bool | None) -> LocationMatch:
    firsts = [one.pages.first for one in (a, b) if one.pages]
    first = min(firsts, key=len)
    if volume:
        return LocationMatch("volume and first page agree", 4.0, "same place")
    telling = len(first) > 2 and not (a.pages and a.pages.is_relative)
    both_ends = a.pages is not None and a.pages.last is not None and a.pages == b.pages
    if volume is False:
        return LocationMatch("pages agree, volume does not", 0.0, "unknown")
    if telling or (both_ends and first != "1"):
        return LocationMatch("pages agree", 3.0 if both_ends and telling else 2.0, "same place")
    return LocationMatch("pages agree", 1.0, "agrees")


def _pages_agree(a: Pages | None, b: Pages | None) -> bool | None:
    if a is None or b is None:
        return None
    if a.first == b.first:
        return not (a.is_relative and a.last and b.last and a.last != b.last)
    if a.is_relative != b.is_relative:
        return None  # one counts from the article's own first page
    if a.first.isdigit() != b.first.isdigit():
        # "S12" for "12" is the same place; an article number says nothing about a page.
        return True if a.first.lstrip(_LETTERS) == b.first.lstrip(_LETTERS) else None
    if a.last is None and _within(a.first, b):
        return None  # the page that was read, not the one it begins on
    if b.last is None and _within(b.first, a):
        return None
    # "1287-1291" for "1278-1291"
    return a.last is not None and a.last == b.last and len(a.last) > 2 and _close(a, b)


def _close(a: Pages, b: Pages) -> bool:
    return sorted(a.first) == sorted(b.first)


def _within(page: str, pages: Pages) -> bool:
    if not (page.isdigit() and pages.first.isdigit() and pages.last and pages.last.isdigit()):
        return False
    return int(pages.first) < int(page) <= int(pages.last)


def _page(text: str) -> str | None:
    match = _PAGE.match(text.strip())
    if match is None:
        roman = re.match(r"[ivxlcdm]+", text.strip().lower())
        return roman.group() if roman else None
    letters, digits, after = match.groups()
    return letters.replace(".", "").lower() + digits + after.lower()


def _last(first: str, text: str) -> str | None:
    last = _page(text)
    if last is None:
        return None
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        filled = first[: len(first) - len(last)] + last
        return filled if int(filled) >= int(first) else last
    letters = re.match(r"[a-z]+", first)
    if letters and last.isdigit():  # "S12-8"
        digits = first[letters.end() :]
        if digits.isdigit():
            return letters.group() + (_last(digits, last) or last)
    return last


def _number(text: str | None) -> str | None:
    if not text:
        return None
    digits = re.search(r"[0-9]+", text)
    if digits is None:
        if is_roman(text.lower()):
            return str(roman(text.lower()))
        return "".join(c for c in text.lower() if c.isalnum()) or None
    return digits.group().lstrip("0") or "0"


def _agree(a: str | None, b: str | None) -> bool | None:
    return None if a is None or b is None else a == b
