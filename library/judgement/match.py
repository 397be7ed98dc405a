"""Which of a search's answers is the work of an entry: one of them, or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from library.judgement.normal import without_markup
from library.judgement.profiles import Profile, profile
from library.judgement.same_work import Verdict, compare_profiles
from library.work import Work

BAR: Final = 6.0
"""The sum of weights from which a candidate is believed; above `same_work.ENOUGH`, since here one
of twenty strangers is to be chosen and no DOI vouches for it."""
MARGIN: Final = 1.5
"""How much more than the runner-up's the chosen one's weight must be."""

_QUERY_AUTHORS: Final = 3
_QUERY_LENGTH: Final = 600  # characters; servers refuse very long addresses


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen among the candidates, and why."""

    best: Work | None  # None: none was good enough, or two were equally good
    index: int | None  # of `best` in the candidates
    score: float  # of `best`, else of the likeliest; 0 without candidates
    tie: bool  # two candidates fit alike: neither is taken
    reasons: tuple[str, ...]  # a line each, for people
    verdicts: tuple[Verdict, ...]  # one for each candidate, in their order


def choose(entry: Work, candidates: Sequence[Work]) -> Choice:
    """Return the one candidate that is the work of `entry`, or none.

    Candidates with one DOI count once. A tie is never taken.
    """
    own = profile(entry)
    others = [profile(candidate) for candidate in candidates]
    verdicts = tuple(compare_profiles(own, other) for other in others)
    ranked = sorted(range(len(others)), key=lambda i: -verdicts[i].weight)
    fitting = _once([i for i in ranked if verdicts[i].same and verdicts[i].weight >= BAR], others)
    if not fitting:
        return _none(ranked, verdicts)
    best = fitting[0]
    said = tuple(str(reason) for reason in verdicts[best].reasons)
    rivals = [i for i in fitting[1:] if verdicts[best].weight - verdicts[i].weight < MARGIN]
    if rivals:
        which = ", ".join(candidates[i].doi or f"answer {i + 1}" for i in (best, *rivals))
        tied = (f"{len(rivals) + 1} answers fit alike: {which}", *said)
        return Choice(None, None, verdicts[best].score, tie=True, reasons=tied, verdicts=verdicts)
    return Choice(
        candidates[best], best, verdicts[best].score, tie=False, reasons=said, verdicts=verdicts
    )


def query_text(work: Work) -> str:
    """Return what to search for: title, first names, venue, year, volume and page, as plain text.

    The words of one line of a list of references, which is what `query.bibliographic` of the
    Crossref REST API is made for. "" for a work that states nothing to search for.
    """
    names = [c.name for c in work.contributors if c.role == "author"] or [
        c.name for c in work.contributors
    ]
    families = [name.family or name.literal or "" for name in names[:_QUERY_AUTHORS]]
    page = re.match(r"\w+", work.page or "")
    pieces = (
        work.title or "",
        *families,
        work.container_title or "",
        str(work.year) if work.year is not None else "",
        work.volume or "",
        page.group() if page else "",
    )
    text = " ".join(without_markup(piece) for piece in pieces if piece)
    text = re.sub(r"\s+", " ", text).strip()
    return text[:_QUERY_LENGTH].rsplit(" ", 1)[0] if len(text) > _QUERY_LENGTH else text


def _once(indices: list[int], profiles: list[Profile]) -> list[int]:
    seen: set[str] = set()
    kept = []
    for index in indices:
        doi = profiles[index].doi
        if doi is not None and doi in seen:
            continue
        if doi is not None:
            seen.add(doi)
        kept.append(index)
    return kept


def _none(ranked: list[int], verdicts: tuple[Verdict, ...]) -> Choice:
    if not ranked:
        return Choice(None, None, 0.0, tie=False, reasons=("no answers",), verdicts=())
    likeliest = verdicts[ranked[0]]
    said = ("none fits; the likeliest:", *(str(reason) for reason in likeliest.reasons))
    return Choice(None, None, likeliest.score, tie=False, reasons=said, verdicts=verdicts)
