"""What of a work is compared: computed once, used for every pair the work is in."""

import re
from dataclasses import dataclass, replace
from typing import Final

from library.errors import IdentifierError
from library.judgement.locations import Location, location
from library.judgement.normal import without_markup
from library.judgement.people import PeopleForm, people_form
from library.judgement.titles import TitleForm, title_form
from library.judgement.venues import VenueForm, kind_of, venue_forms
from library.values.identifiers import find_dois, normalise_arxiv
from library.work import Work

_KINDS: Final = {
    "article-journal": "journal",
    "article-magazine": "journal",
    "article-newspaper": "journal",
    "review": "review",
    "review-book": "review",
    "paper-conference": "conference",
    "speech": "talk",
    "chapter": "chapter",
    "entry": "chapter",
    "entry-encyclopedia": "chapter",
    "entry-dictionary": "chapter",
    "book": "book",
    "classic": "book",
    "periodical": "periodical",
    "report": "report",
    "standard": "standard",
    "thesis": "thesis",
    "manuscript": "manuscript",
    "dataset": "dataset",
    "software": "software",
    "figure": "part of a work",
    "graphic": "part of a work",
}
"""CSL type -> what is compared. Types that are not named here are used for anything."""

_PREPRINT_DOI: Final = re.compile(
    r"10\.(?:48550/arxiv\.|1101/(?:20[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.)?[0-9]{5,}|64898/|26434/chemrxiv|31234/|31219/|31235/|"
    r"31223/|31222/|31224/|31730/|2139/ssrn|21203/rs|20944/preprints|36227/techrxiv|"
    r"22541/|12688/f1000research\.x|5194/.*-discuss|7287/peerj\.preprints|51094/jxiv|1590/scielopreprints|"
    r"32942/|33774/|35542/osf)"
)
_ARXIV: Final = re.compile(
    r"arxiv\s*(?:preprint\s*)?(?:arxiv)?\s*[:./ ]\s*(?:org/)?(?:abs/|pdf/)?"
    r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})",
    re.IGNORECASE,
)
_PREPRINT_HOUSE: Final = re.compile(r"Cold Spring Harbor Laboratory|MDPI AG|Elsevier BV|F1000.*")
_PREPRINT_GENRE: Final = re.compile(r"preprint|posted[ -]content|working paper", re.IGNORECASE)
_COMPONENT_DOI: Final = re.compile(
    r"(?:\.[gst][0-9]{3}|[./](?:fig|sup|supp|suppl|table|box)-?0*[0-9]{1,3}(?:\.[a-z]+)?)$"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One work, ready to be compared."""

    titles: tuple[TitleForm, ...]  # the title, and the original one where it is stated
    authors: PeopleForm | None
    editors: PeopleForm | None
    year: int | None
    years: frozenset[str]  # every year it states, as words
    venues: tuple[VenueForm, ...]  # journal, book, event
    series: tuple[VenueForm, ...]
    venue_title: TitleForm | None  # the container's title, to tell a chapter from its book
    publisher: tuple[VenueForm, ...]
    place: Location
    kind: str  # "journal", "conference", "preprint", "chapter", "book", … or "" for any
    is_bare: bool  # no venue, volume or pages: its kind may be what a program fills in
    doi: str | None
    arxiv: str | None
    pmid: str | None
    pmcid: str | None
    isbn: frozenset[str]
    edition: str | None
    number: str | None
    reviewed: TitleForm | None


def profile(work: Work) -> Profile:
    """Return what of `work` is compared."""
    titles = tuple(
        title_form(text) for text in dict.fromkeys((work.title, work.original_title)) if text
    )
    if len(titles) > 1 and titles[0].joined == titles[1].joined:
        titles = titles[:1]
    venues = _venues(work.container_title, work.container_title_short, work.event_title)
    series = _venues(work.collection_title)
    arxiv = arxiv_of(work)
    container = _container_form(work)
    return Profile(
        titles=tuple(_not_its_venue(form, venues) for form in titles if form.content),
        authors=people_form(work.names("author"), is_open="author" in work.others),
        editors=people_form(work.names("editor"), is_open="editor" in work.others),
        year=work.year,
        years=_years(work),
        venues=venues,
        series=series,
        venue_title=container,
        publisher=_venues(work.publisher),
        place=location(work),
        kind=_kind(work, venues, arxiv),
        is_bare=not (venues or work.volume or work.page),
        doi=doi_of(work),
        arxiv=arxiv,
        pmid=work.pmid,
        pmcid=work.pmcid,
        isbn=frozenset(work.isbn),
        edition=_edition(work.edition),
        number=re.sub(r"\W", "", work.number).lower() if work.number else None,
        reviewed=title_form(work.reviewed_title) if work.reviewed_title else None,
    )


def without_doi(one: Profile) -> Profile:
    """Return the profile as if no DOI had been stated."""
    return replace(one, doi=None)


def _not_its_venue(form: TitleForm, venues: tuple[VenueForm, ...]) -> TitleForm:
    """Mark a title that is only the venue's name, as front matter has: it says nothing."""
    if any(form.joined == venue.joined for venue in venues):
        return replace(form, is_generic=True)
    return form


def _venues(*names: str | None) -> tuple[VenueForm, ...]:
    forms: dict[str, VenueForm] = {}
    for name in names:
        if name:
            for form in venue_forms(without_markup(name)):
                forms.setdefault(form.joined, form)
    return tuple(forms.values())


def _container_form(work: Work) -> TitleForm | None:
    if not work.container_title or work.type in {"article-journal", "article"}:
        return None
    form = title_form(work.container_title)
    return form if form.content else None


def _kind(work: Work, venues: tuple[VenueForm, ...], arxiv: str | None) -> str:
    by_venue = kind_of(venues)
    doi = work.doi or ""
    if _COMPONENT_DOI.search(doi):
        return "part of a work"
    if by_venue == "preprint" or _PREPRINT_DOI.match(doi):
        return "preprint"
    if work.genre and _PREPRINT_GENRE.search(work.genre) and not venues:
        return "preprint"
    if (
        arxiv
        and not venues
        and work.type
        in {"article", "article-journal", "document", "webpage", "manuscript", "report"}
    ):
        return "preprint"
    if work.publisher and not venues and kind_of(_venues(work.publisher)) == "preprint":
        return "preprint"
    if work.publisher and _PREPRINT_HOUSE.fullmatch(work.publisher) and work.type == "article":
        return "preprint"
    if work.type == "article" and not venues and not work.volume:
        return "manuscript"
    kind = _KINDS.get(work.type, "")
    if kind == "journal" and by_venue == "conference":
        return "conference"
    return kind


def arxiv_of(work: Work) -> str | None:
    """Return the arXiv id that `work` states anywhere, without its version."""
    for name, value in work.extra:
        if name in {"eprint", "arxivid", "arxiv"}:
            try:
                return _unversioned(normalise_arxiv(value))
            except IdentifierError:
                continue
    for text in (work.doi, work.url, work.container_title, work.note, work.number, work.publisher):
        if text and "arxiv" in text.lower():
            match = _ARXIV.search(text)
            if match:
                return _unversioned(match.group(1).lower())
    return None


def _unversioned(arxiv: str) -> str:
    return re.sub(r"v[0-9]+$", "", arxiv.lower())


def doi_of(work: Work) -> str | None:
    """Return the DOI stated, else the one in a doi.org address; tails of web pages taken off."""
    doi = work.doi
    if not doi and work.url and "doi.org/" in work.url:
        doi = next(iter(find_dois(work.url)), None)
    if not doi:
        return None
    return re.sub(r"/(?:abstract|full|pdf|epdf|meta|fulltext|references)$|\.pdf$", "", doi.lower())


def _years(work: Work) -> frozenset[str]:
    dates = (work.issued, work.available_date, work.event_date, work.original_date)
    found = {str(date.year) for date in dates if date is not None and date.year is not None}
    return frozenset(found)


def _edition(text: str | None) -> str | None:
    if not text:
        return None
    digits = re.search(r"[0-9]+", text)
    if digits:
        return digits.group().lstrip("0")
    words = (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
    low = text.lower()
    return next((str(n) for n, word in enumerate(words, 1) if word in low), low.strip())
