"""Which works are worth comparing at all: keys that two descriptions of one work mostly share."""

from typing import Final

from library.judgement.locations import parse_pages
from library.judgement.normal import content_words, fold, name_key, tokens
from library.judgement.notices import split_notice
from library.judgement.profiles import arxiv_of, doi_of
from library.work import Work

_TITLE_WORDS: Final = 4  # a lost subtitle or a cut leaves the first words
_BOOKS: Final = frozenset({"book", "report", "thesis", "classic"})


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
