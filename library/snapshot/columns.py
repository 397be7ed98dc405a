"""What of a Crossref record is looked for: columns, references with a DOI, the words of its title.

This is an index, not the reading of a record: that is `formats.crossref_json`, which gets the
record itself when it was found.

Source: Crossref REST API, "works" message.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

_WORD: Final = re.compile(r"[^\W_]+")
_MARKUP: Final = re.compile(r"<[^>]{0,60}>|&[a-z]{1,8};")
_MOST_WORDS: Final = 16  # of a title; behind them it says nothing new
_SHORT: Final = 3  # shorter words stand in every title, but in scripts without spaces
_COMMON: Final = frozenset(("the", "and", "for", "with", "from", "von", "und", "der", "des"))
_DATES: Final = ("issued", "published", "published-print", "published-online", "created")


@dataclass(frozen=True, slots=True)
class Notice:
    """That one work retracts, corrects or updates another."""

    doi: str  # the other work
    type: str  # Crossref's: "retraction", "correction", "expression_of_concern", …
    is_target: bool  # True: the other work's notice says it of this one ("updated-by")


@dataclass(frozen=True, slots=True)
class Columns:
    """What is looked for of one work."""

    doi: str  # bare, in lower case
    title: str | None
    family: str | None  # of the first author, else editor; an organisation's name
    year: int | None
    type: str | None  # Crossref's
    container: str | None
    indexed: str  # when Crossref indexed it: "2026-03-01T08:15:00Z"; "" where not said
    notices: tuple[Notice, ...]
    cited: tuple[str, ...]  # DOIs of its references, once each, in their order


def columns(record: Mapping[str, Any]) -> Columns | None:
    """Return the columns of a record; None where it has no DOI."""
    doi = record.get("DOI")
    if not isinstance(doi, str) or not doi.strip():
        return None
    return Columns(
        doi.strip().lower(),
        _first(record.get("title")),
        _family(record),
        _year(record),
        _text(record.get("type")),
        _first(record.get("container-title")),
        _indexed(record),
        tuple(_notices(record)),
        _cited(record),
    )


def keys(title: str | None, family: str | None, most: int = _MOST_WORDS) -> set[int]:
    """Return the keys (32 bits each) under which a work is found by its title and first name.

    A word together with the first family name, and a word together with the next one: a work is
    found when its name is missing or other, and when words of its title are. Two works share a key
    by chance once in four thousand million times; what is found is judged.

    Args:
        title: plain text or with markup; a whole reference, where one is looked for.
        family: of the first author, or an organisation's name: its last word counts.
        most: words of the title that are taken.
    """
    words = [_crc(word) for word in _words(title, most)]
    # Multiplied by an odd factor, which loses nothing: (a, b) and (b, a) differ.
    spread = [(word * 0x9E3779B1) & 0xFFFFFFFF for word in words]
    found = {one ^ other for one, other in zip(spread, words[1:], strict=False)}
    name = _words(family, _MOST_WORDS)[-1:]
    if name:
        other = _crc(name[0]) ^ 1
        found.update([one ^ other for one in spread])
    elif len(words) == 1:
        found.add(spread[0])
    return found


@lru_cache(maxsize=200_000)
def _crc(word: str) -> int:
    return crc32(word.encode())


def _words(text: str | None, most: int) -> list[str]:
    """Return the words of a title or name, folded: "Über <i>ß</i>" gives "uber", "ss"."""
    if not text:
        return []
    if "<" in text or "&" in text:
        text = _MARKUP.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
    found = [
        word
        for word in _WORD.findall(text.casefold())
        if (len(word) >= _SHORT and word not in _COMMON) or not word.isascii()
    ]
    return found[:most]


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _first(value: object) -> str | None:
    if isinstance(value, list):
        return next((text for one in value if (text := _text(one))), None)
    return _text(value)


def _family(record: Mapping[str, Any]) -> str | None:
    for role in ("author", "editor"):
        people = record.get(role)
        if isinstance(people, list) and people and isinstance(people[0], dict):
            first = people[0]
            return _text(first.get("family")) or _text(first.get("name"))
    return None


def _year(record: Mapping[str, Any]) -> int | None:
    for name in _DATES:
        date = record.get(name)
        try:
            year = date["date-parts"][0][0] if isinstance(date, dict) else None
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(year, int) and 0 < year < 10_000:  # noqa: PLR2004 - what a year can be
            return year
    return None


def _indexed(record: Mapping[str, Any]) -> str:
    for name in ("indexed", "deposited", "created"):
        date = record.get(name)
        if isinstance(date, dict) and isinstance(date.get("date-time"), str):
            return str(date["date-time"])
    return ""


def _notices(record: Mapping[str, Any]) -> Iterator[Notice]:
    for name, is_target in (("update-to", False), ("updated-by", True)):
        notices = record.get(name)
        for one in notices if isinstance(notices, list) else ():
            if isinstance(one, dict) and isinstance(one.get("DOI"), str):
                kind = one.get("type")
                yield Notice(
                    one["DOI"].strip().lower(), kind if isinstance(kind, str) else "", is_target
                )


def _cited(record: Mapping[str, Any]) -> tuple[str, ...]:
    references = record.get("reference")
    if not isinstance(references, list):
        return ()
    found: dict[str, None] = {}
    for one in references:
        doi = one.get("DOI") if isinstance(one, dict) else None
        if isinstance(doi, str):
            doi = doi.strip().lower()
            start = doi.find("10.")  # "https://doi.org/10.…" and "doi:10.…" are met
            if start >= 0 and "/" in doi[start:]:
                found[doi[start:]] = None
    return tuple(found)
