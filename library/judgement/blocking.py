"""Which works are worth comparing at all: keys that two descriptions of one work mostly share."""

import re
from collections.abc import Iterator
from typing import Final

from library.judgement.locations import parse_pages
from library.judgement.normal import content_words, fold, name_key, tokens
from library.judgement.notices import split_notice
from library.judgement.profiles import arxiv_of, doi_of
from library.work import Work

_TITLE_WORDS: Final = 4  # a lost subtitle or a cut leaves the first words
_BOOKS: Final = frozenset({"book", "report", "thesis", "classic"})
LARGEST_BLOCK: Final = 60
"""Works that share a name and a year, or the first words of a title: beyond so many the block says
nothing, and the works that are one share another. Identifiers know no limit."""
EXACT: Final = ("doi:", "pmid:", "pmcid:", "arxiv:", "isbn:")
BY_NAME: Final = ("name:", "place:")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def blocking_keys(work: Work) -> set[str]:
    """Return keys of which two descriptions of one work share at least one, as good as always.

    By identifier ("doi:…"), by the first words of the title ("title:…"), by first family name
    and year, a year to either side included ("name:…"), by volume and first page ("place:…").
    Cheap (tens of microseconds). Keys of identifiers and places are rare; those of names and
    titles can be shared by many works, and a caller may leave blocks beyond a size of its
    choosing out: the other keys find what is in them.
    """
    keys = _identifier_keys(work)
    if work.title:
        keys |= _title_keys(work.title)
    family = _first_family(work)
    if family and work.year is not None:
        # Pairs of years, once from the even and once from the odd: neighbours share one.
        keys.add(f"name:{family}:{work.year // 2 * 2}")
        keys.add(f"name:{family}:{(work.year + 1) // 2 * 2 - 1}")
    pages = parse_pages(work.page)
    if work.volume and pages is not None:
        keys.add(f"place:{work.volume.lower().lstrip('0')}:{pages.first}")
    return keys


class Blocks:
    """Works that are found again by the keys that they share with another description."""

    def __init__(self) -> None:
        self._works: list[Work] = []
        self._blocks: dict[int, list[int]] = {}  # hash of a key -> places in `_works`

    def add(self, work: Work) -> None:
        """Let `work` be found."""
        for key in blocking_keys(work):
            self._blocks.setdefault(hash(key), []).append(len(self._works))
        self._works.append(work)

    def alike(self, work: Work) -> Iterator[Work]:
        """Yield the works that are worth the judgement beside `work`, each once."""
        seen: set[int] = set()
        words = title_words(work.title or "")
        for key in blocking_keys(work):
            places = self._blocks.get(hash(key), ())
            if len(places) > LARGEST_BLOCK and not key.startswith(EXACT):
                continue
            for place in places:
                if place in seen:
                    continue
                one = self._works[place]
                if key.startswith(BY_NAME) and not may_be_one(words, title_words(one.title or "")):
                    continue
                seen.add(place)
                yield one


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title, for `may_be_one`."""
    return frozenset(_WORD.findall(title.casefold()))


def may_be_one(first: frozenset[str], second: frozenset[str]) -> bool:
    """Tell whether two titles share a third of the shorter's words, or one says nothing.

    Most authors write several works a year: only some of a block by name are worth the judgement.
    """
    return 3 * len(first & second) >= min(len(first), len(second))


def _identifier_keys(work: Work) -> set[str]:
    keys = {f"isbn:{isbn}" for isbn in work.isbn} if work.type in _BOOKS else set()
    for name, value in (
        ("doi", doi_of(work)),
        ("pmid", work.pmid),
        ("pmcid", work.pmcid),
        ("arxiv", arxiv_of(work)),
    ):
        if value:
            keys.add(f"{name}:{value}")
    return keys


def _title_keys(title: str) -> set[str]:
    _, folded = split_notice(title)
    content = content_words(tokens(folded))
    if not content:
        return set()
    keys = {"title:" + "".join(content[:_TITLE_WORDS])}
    head, colon, _ = fold(title).partition(":")
    if colon and len(head) > 3:
        keys.add("title:" + "".join(content_words(tokens(head))[:_TITLE_WORDS]))
    return keys


def _first_family(work: Work) -> str:
    for person in work.contributors:
        if person.role in {"author", "editor"}:
            return name_key(person.name.family or person.name.literal or "")
    return ""
