"""Whether a candidate is the work that one line of a list of references cites.

A plain reference has no fields, and taking it apart by guesses makes wrong ones. So nothing is
taken apart: what the candidate says of itself must stand in the line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from library.judgement.normal import fold, without_markup
from library.work import Work

_YEARS: Final = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_FEW_WORDS: Final = 3
"""A title of so few words ("Editorial", "Human trafficking") may stand in many lines."""
_LONGEST: Final = 2_000  # characters of a reference
_SHORTEST: Final = 25
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Fit:
    """Which candidate a line cites, and why; or why none."""

    index: int | None
    reason: str  # for people


def looks_like_a_reference(line: str) -> bool:
    """Tell whether a line may be a reference: words, a year, and more than a title has."""
    text = line.strip()
    if not _SHORTEST <= len(text) <= _LONGEST:
        return False
    return bool(_YEARS.search(text)) and len(re.findall(r"[^\W\d_]{2,}", text)) > _FEW_WORDS


def choose_cited(line: str, candidates: Sequence[Work]) -> Fit:
    """Return the one candidate whose title, first author and year all stand in the line.

    Where two fit, the one with the longer title is meant if it holds the other's; else neither is
    taken.
    """
    words = _words(line)
    fitting = [place for place, work in enumerate(candidates) if _fits(words, line, work)]
    if not fitting:
        return Fit(None, "no record has a title, first author and year that stand in it")
    titles = {place: _words(candidates[place].title or "") for place in fitting}
    best = max(fitting, key=lambda place: len(titles[place]))
    rivals = [
        place
        for place in fitting
        if place != best and f" {titles[place].strip()} " not in titles[best]
    ]
    same = [place for place in fitting if place != best and titles[place] == titles[best]]
    dois = {candidates[place].doi for place in (best, *same)}
    if rivals or len(dois) > 1:
        some = ", ".join(filter(None, (candidates[place].doi for place in fitting)))
        return Fit(None, f"several records fit it ({some}); give the DOI of the one you mean")
    return Fit(best, "its title, first author and year stand in the reference")


def _fits(words: str, line: str, work: Work) -> bool:
    title = _words(work.title or "")
    main = _words((work.title or "").partition(": ")[0])
    if not (title.strip() and (_holds(words, title) or _holds(words, main))):
        return False
    years = {int(year) for year in _YEARS.findall(line)}
    stated = {date.year for date in (work.issued, work.available_date) if date and date.year}
    if not years & {year + shift for year in stated for shift in (-1, 0, 1)}:
        return False
    names = work.names() or work.names("editor")
    if not names:
        # Without a name to check, volume or page must stand in it too.
        numbers = set(re.findall(r"\w+", line))
        first_page = (work.page or "").partition("-")[0]
        return work.volume in numbers and first_page in numbers
    return f" {_words(names[0].family or names[0].literal or '').strip()} " in words


def _holds(words: str, title: str) -> bool:
    """Tell whether a title stands in the line; one of few words would in too many lines.

    Blanks do not count: lists divide words at the ends of lines.
    """
    return len(title.split()) > _FEW_WORDS and title.replace(" ", "") in words.replace(" ", "")


def _words(text: str) -> str:
    """Return the words of a text, folded, between single blanks and with one at each end."""
    found = _WORD.findall(fold(without_markup(text)))
    return f" {' '.join(found)} "
