"""Are two descriptions the description of one work?

Two sums decide. *Identity* (title, names) says whether it is the same text; *publication* (year,
venue, volume and pages, kind of work, identifiers) says whether it is the same publication of it:
a preprint has the identity of its article and is another publication. Each piece of evidence is
a `Reason` with a weight, in units in which +6 is a long title word for word. Two works are the
same when the sum of all reaches `ENOUGH` and publication alone does not speak against it.

The weights were set by thought and adjusted by hand on the pairs of `scripts/conformance
judgement`; no machine fitted them. See docs/decisions/same-work.md.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

from library.judgement.kinds import compare_kinds
from library.judgement.locations import compare_locations
from library.judgement.people import PeopleForm, PeopleMatch, compare_people
from library.judgement.profiles import Profile, profile
from library.judgement.titles import TitleMatch, compare_titles
from library.judgement.venues import compare_venues
from library.work import Work

Relation = Literal[
    "same",
    "preprint",
    "correction",
    "chapter",
    "part",
    "edition",
    "translation",
    "review",
    "version",
    "other",
]
"""What one work is to the other. "version": the same text in another publication, such as the
journal article that a conference paper or report became; "other": anything else, or nothing."""

ENOUGH: Final = 4.5
"""The sum of weights from which two works are one."""
AGAINST: Final = -2.5
"""The sum of the publication's weights at which it is another publication."""
SHORT_TITLE: Final = 4.5
"""The weight below which a title says too little to outweigh another place."""
_STEEPNESS: Final = 1.5  # weights per unit of log odds in the score
_CORRECTIONS: Final = frozenset({"correction", "retraction", "concern"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence, for people to read and for tests to name."""

    feature: str  # "title", "names", "year", "venue", "place", "kind", "DOI", …
    verdict: str  # "subtitle left out"
    weight: float  # above 0 speaks for the same work, below 0 against it
    a: str | None = None  # the value of the first work, as it has it
    b: str | None = None

    def __str__(self) -> str:
        """Return "title: subtitle left out (+4.1): “A” / “B”"."""
        values = (
            "" if self.a is None and self.b is None else f": {_quoted(self.a)} / {_quoted(self.b)}"
        )
        return f"{self.feature}: {self.verdict} ({self.weight:+.1f}){values}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `compare` found."""

    same: bool
    score: float  # 0 to 1; from 0.5 on the same, unless something speaks against it
    weight: float  # the sum of the reasons' weights; `score` is its logistic
    relation: Relation  # what the one is to the other; "other" also for unrelated works
    reasons: tuple[Reason, ...]  # in the order in which they were looked at

    def __str__(self) -> str:
        """Return the verdict and the reasons, a line each."""
        said = "the same work" if self.same else "not the same work"
        head = f"{said} ({self.score:.2f}, {self.relation})"
        return "\n".join((head, *(f"  {reason}" for reason in self.reasons)))


def compare(a: Work, b: Work) -> Verdict:
    """Return whether `a` and `b` are one work, with the reasons; their order does not matter.

    For many pairs, compute each work's `profiles.profile` once and use `compare_profiles`.
    """
    return compare_profiles(profile(a), profile(b))


def compare_profiles(a: Profile, b: Profile) -> Verdict:
    """Return whether two works are one, from their profiles."""
    reasons: list[Reason] = []
    identity, title, people = _identity(a, b, reasons)
    publication, relation = _publication(a, b, title, reasons)
    total = identity + publication
    vetoed = publication <= AGAINST or _is_refused(title, people)
    same = total >= ENOUGH and not vetoed
    score = _score(total)
    if not same:
        score = min(score, 0.25) if vetoed else score
        relation = _relation(a, b, title, relation, total)
        if relation == "other" and people is not None and _is_one_text(title, people):
            relation = "version"
    return Verdict(same, score, total, "same" if same else relation, tuple(reasons))


def _identity(
    a: Profile, b: Profile, reasons: list[Reason]
) -> tuple[float, TitleMatch | None, PeopleMatch | None]:
    title = _best_title(a, b)
    if title is None:
        reasons.append(Reason("title", "not stated on both sides", -2.5))
        total = -2.5
    else:
        shown = (a.titles[0].text, b.titles[0].text)
        reasons.append(Reason("title", title.verdict, title.weight, *shown))
        total = title.weight
    names_a, names_b = _names(a, b)
    people = None
    if names_a is not None and names_b is not None:
        people = compare_people(names_a, names_b)
        reasons.append(Reason("names", people.verdict, people.weight, names_a.shown, names_b.shown))
        total += people.weight
    return total, title, people


def _best_title(a: Profile, b: Profile) -> TitleMatch | None:
    best: TitleMatch | None = None
    for x in a.titles:
        for y in b.titles:
            match = compare_titles(x, y)
            if best is None or match.weight > best.weight:
                best = match
    return best


def _names(a: Profile, b: Profile) -> tuple[PeopleForm | None, PeopleForm | None]:
    """Return the lists to compare: authors, else whoever stands in their place."""
    if a.authors is not None and b.authors is not None:
        return a.authors, b.authors
    if "book" in {a.kind, b.kind} or (a.authors is None and b.authors is None):
        return a.authors or a.editors, b.authors or b.editors
    return None, None


def _publication(
    a: Profile, b: Profile, title: TitleMatch | None, reasons: list[Reason]
) -> tuple[float, Relation]:
    weights = [_identifiers(a, b, reasons)]
    agreeing = weights[0] > 0
    hopeless = title is not None and title.kind == "different" and not agreeing
    hopeless = hopeless and not (a.venue_title and b.kind == "book")
    hopeless = hopeless and not (b.venue_title and a.kind == "book")
    place = compare_locations(a.place, b.place, a.years | b.years)
    if place.kind in {"differs", "elsewhere"} and title is not None and title.weight < SHORT_TITLE:
        # Columns and series use a short title again and again: then the place decides.
        place = replace(place, weight=place.weight - 2)
    if place.weight:
        reasons.append(Reason("place", place.verdict, place.weight, a.place.shown, b.place.shown))
        weights.append(place.weight)
    if hopeless and place.kind != "same place":
        return sum(weights), "other"  # nothing below could mend this
    weights.append(_year(a, b, reasons))
    weights.append(_venue(a, b, reasons))
    kinds = compare_kinds(a, b, title, same_doi=a.doi is not None and a.doi == b.doi)
    if kinds.weight:
        reasons.append(Reason("kind", kinds.verdict, kinds.weight, a.kind or None, b.kind or None))
        weights.append(kinds.weight)
    return sum(weights), kinds.relation


def _identifiers(a: Profile, b: Profile, reasons: list[Reason]) -> float:
    total = 0.0
    for feature, x, y, equal, unlike in (
        ("DOI", a.doi, b.doi, 6.0, -5.0),
        ("PMID", a.pmid, b.pmid, 6.0, -4.0),
        ("PMCID", a.pmcid, b.pmcid, 5.0, -3.0),
        ("arXiv id", a.arxiv, b.arxiv, 5.0, -4.0),
    ):
        if x and y:
            weight = equal if x == y else unlike
            verdict = "equal" if x == y else "different"
            reasons.append(Reason(feature, verdict, weight, x, y))
            total += weight
    if a.isbn and b.isbn and a.kind == b.kind == "book":
        equal = bool(a.isbn & b.isbn)
        weight = 3.0 if equal else -1.0
        shown = (", ".join(sorted(a.isbn)), ", ".join(sorted(b.isbn)))
        reasons.append(Reason("ISBN", "equal" if equal else "different", weight, *shown))
        total += weight
    return total


def _year(a: Profile, b: Profile, reasons: list[Reason]) -> float:
    if a.year is None or b.year is None:
        return 0.0
    apart = abs(a.year - b.year)
    if apart == 0:
        verdict, weight = "equal", 1.0
    elif a.years & b.years:
        verdict, weight = "equal to another date of the work", 0.5
    elif _is_serial_report(a, b):
        verdict, weight = f"{apart} apart, as issues of a yearly report are", -6.0
    elif apart == 1:
        verdict, weight = "one apart, as online and print are", -0.5
    else:
        verdict = f"{apart} apart"
        weight = -1.5 if apart == 2 else -2.5 if apart < 10 else -3.5
    reasons.append(Reason("year", verdict, weight, str(a.year), str(b.year)))
    return weight


def _is_serial_report(a: Profile, b: Profile) -> bool:
    """Tell whether both are reports that stand under an organisation, not under persons.

    Such a report of another year is another issue, also where title and publisher are the same.
    """
    names = [one.authors.people for one in (a, b) if one.authors is not None]
    return a.kind == b.kind == "report" and all(
        person.is_organisation for people in names for person in people
    )


def _venue(a: Profile, b: Profile, reasons: list[Reason]) -> float:
    total = 0.0
    if a.venues and b.venues:
        match = compare_venues(a.venues, b.venues)
        if match.weight < 0 and (a.series or b.series):
            other = compare_venues(a.venues + a.series, b.venues + b.series)
            match = other if other.weight > match.weight else match
        reasons.append(
            Reason("venue", match.verdict, match.weight, a.venues[0].text, b.venues[0].text)
        )
        total += match.weight
    if a.publisher and b.publisher and not (a.venues and b.venues):
        match = compare_venues(a.publisher, b.publisher)
        weight = max(-1.0, min(1.0, match.weight))
        if weight:
            shown = (a.publisher[0].text, b.publisher[0].text)
            reasons.append(Reason("publisher", match.verdict, weight, *shown))
        total += weight
    return total


def _is_refused(title: TitleMatch | None, people: PeopleMatch | None) -> bool:
    """Tell whether title and names both say no: then not even a DOI makes them one."""
    return (
        title is not None
        and people is not None
        and title.weight <= -4.0
        and people.kind == "conflict"
    )


def _is_one_text(title: TitleMatch | None, people: PeopleMatch) -> bool:
    return title is not None and title.weight >= 3.0 and people.kind in {"equal", "part"}


def _relation(
    a: Profile, b: Profile, title: TitleMatch | None, relation: Relation, total: float
) -> Relation:
    if relation != "other":
        return relation
    if title is None:
        return "other"
    if title.kind == "notice":
        kinds = {a.titles[0].notice, b.titles[0].notice}
        if kinds & _CORRECTIONS:
            return "correction"
        return "review" if "review" in kinds else "other"
    if title.kind == "part":
        return "part"
    if title.kind == "translated" and total > -2.5:
        return "translation"
    return "other"


def _score(total: float) -> float:
    return 1 / (1 + math.exp(max(-60.0, min(60.0, (ENOUGH - total) / _STEEPNESS))))


def _quoted(value: str | None) -> str:
    if value is None or value == "":
        return "–"
    return f"“{value}”" if len(value) <= 120 else f"“{value[:119]}…”"
