"""Can two kinds of work be one work? A chapter is not its book, a preprint not its article."""

from dataclasses import dataclass
from typing import Final, Literal

from library.judgement.profiles import Profile
from library.judgement.titles import TitleForm, TitleMatch, compare_titles

KindRelation = Literal["preprint", "chapter", "part", "edition", "review", "other"]

_PUBLISHED: Final = frozenset({"journal", "conference", "chapter", "book", "review"})
_PARTS: Final = frozenset({"chapter", "conference"})
_WHOLES: Final = frozenset({"book", "periodical"})
_NEVER: Final = -8.0  # outweighs anything but a mistake in the type

# How much a pair of kinds speaks against one work; pairs that are not named say nothing.
_WEIGHTS: Final[dict[frozenset[str], tuple[float, str]]] = {
    frozenset(pair): (weight, verdict)
    for *pair, weight, verdict in (
        ("journal", "conference", -2.0, "a journal article against a conference paper"),
        ("journal", "book", -3.5, "a journal article against a book"),
        ("journal", "chapter", -1.5, "a journal article against a chapter"),
        ("journal", "report", -3.5, "a journal article against a report"),
        ("journal", "periodical", -4.0, "an article against a periodical"),
        ("journal", "talk", -2.0, "an article against a talk"),
        ("journal", "thesis", -3.5, "an article against a thesis"),
        ("journal", "standard", -3.0, "an article against a standard"),
        ("conference", "report", -3.5, "a conference paper against a report"),
        ("conference", "thesis", -3.5, "a conference paper against a thesis"),
        ("conference", "talk", -0.5, "a conference paper against a talk"),
        ("chapter", "report", -3.0, "a chapter against a report"),
        ("chapter", "thesis", -3.5, "a chapter against a thesis"),
        ("report", "thesis", -2.0, "a report against a thesis"),
        ("book", "thesis", -2.0, "a book against a thesis"),
        ("journal", "manuscript", -3.5, "a journal article against an unpublished text"),
        ("conference", "manuscript", -3.5, "a conference paper against an unpublished text"),
        ("chapter", "manuscript", -3.5, "a chapter against an unpublished text"),
        ("book", "manuscript", -3.5, "a book against an unpublished text"),
        ("preprint", "thesis", -3.5, "a preprint against a thesis"),
        ("preprint", "report", -0.5, "a preprint against a report"),
    )
}  # fmt: skip
_BARE: Final = 0.4  # how much an article's kind counts when no journal, volume or page is stated
_APART: Final = frozenset({"dataset", "software"})


@dataclass(frozen=True, slots=True)
class KindMatch:
    """What the kinds of two works say about one another."""

    verdict: str
    weight: float
    relation: KindRelation = "other"


_NOTHING: Final = KindMatch("may be one", 0.0)


def compare_kinds(a: Profile, b: Profile, title: TitleMatch | None, *, same_doi: bool) -> KindMatch:
    """Return what the kinds say; the same for (b, a)."""
    for check in (_components, _preprints, _reviews, _wholes, _editions, _numbers):
        match = check(a, b, title, same_doi=same_doi)
        if match is not None:
            return match
    if a.kind == b.kind or same_doi:
        return _NOTHING
    if a.kind and b.kind and (a.kind in _APART or b.kind in _APART):
        return KindMatch("data or software against a text", -4.0)
    weight, verdict = _WEIGHTS.get(frozenset((a.kind, b.kind)), (0.0, ""))
    bare = (a.is_bare and a.kind == "journal") or (b.is_bare and b.kind == "journal")
    if bare and a.year is not None and a.year == b.year:
        weight *= _BARE
    return KindMatch(verdict, weight)


def _components(
    a: Profile, b: Profile, _title: TitleMatch | None, *, same_doi: bool
) -> KindMatch | None:
    if (a.kind == "part of a work") == (b.kind == "part of a work") or same_doi:
        return None
    return KindMatch("a figure, table or file of a work", _NEVER, "part")


def _preprints(
    a: Profile, b: Profile, _title: TitleMatch | None, *, same_doi: bool
) -> KindMatch | None:
    if (a.kind == "preprint") == (b.kind == "preprint") or same_doi:
        return None
    other = b if a.kind == "preprint" else a
    if other.kind in _PUBLISHED or other.venues or other.place.volume:
        return KindMatch("a preprint against a published work", _NEVER, "preprint")
    return None


def _reviews(
    a: Profile, b: Profile, _title: TitleMatch | None, *, same_doi: bool
) -> KindMatch | None:
    for one, other in ((a, b), (b, a)):
        if one.reviewed is not None and other.reviewed is None and _any_equal(one.reviewed, other):
            return KindMatch("a review against what it reviews", _NEVER, "review")
    if (a.kind == "review") != (b.kind == "review") and a.kind and b.kind and not same_doi:
        if {a.kind, b.kind} == {"review", "journal"}:
            return KindMatch("a review against an article", -1.0, "review")
        return KindMatch("a review against a work", -4.0, "review")
    return None


def _wholes(
    a: Profile, b: Profile, title: TitleMatch | None, *, same_doi: bool
) -> KindMatch | None:
    """Tell a chapter or paper from the book that it stands in."""
    if not ((a.kind in _PARTS and b.kind in _WHOLES) or (b.kind in _PARTS and a.kind in _WHOLES)):
        return None
    part, whole = (a, b) if a.kind in _PARTS else (b, a)
    inside = part.venue_title is not None and _any_equal(part.venue_title, whole)
    alike = title is not None and title.kind in {"equal", "contained"} and title.weight > 0
    if alike and part.venue_title is None:
        return None if same_doi else KindMatch("a chapter of an unnamed book against a book", -0.5)
    if alike and inside and part.titles and part.venue_title is not None:
        own = compare_titles(part.titles[0], part.venue_title)
        if own.kind == "equal":
            return None  # the whole book, entered as a part of itself
    if inside or not same_doi:
        return KindMatch("a chapter or paper against the book", _NEVER, "chapter")
    return None


def _editions(
    a: Profile, b: Profile, _title: TitleMatch | None, *, same_doi: bool
) -> KindMatch | None:
    if a.edition and b.edition and a.edition != b.edition:
        return KindMatch(
            f"editions differ: {' against '.join(sorted((a.edition, b.edition)))}",
            _NEVER,
            "edition",
        )
    if "book" not in {a.kind, b.kind} or same_doi or a.isbn & b.isbn:
        return None
    if a.place.volume and b.place.volume and a.place.volume != b.place.volume:
        return KindMatch("volumes of one book", -6.0, "part")
    if a.kind and b.kind and a.kind != b.kind:
        return None
    if a.year is not None and b.year is not None and abs(a.year - b.year) > 1:
        return KindMatch("books of different years: two editions", -2.0, "edition")
    return None


def _numbers(
    a: Profile, b: Profile, _title: TitleMatch | None, *, same_doi: bool
) -> KindMatch | None:
    if a.kind not in {"report", "standard"} or a.kind != b.kind or same_doi:
        return None
    if a.number and b.number:
        if a.number == b.number:
            return KindMatch("the numbers agree", 2.0)
        return KindMatch("numbers differ", -3.0, "part")
    return None


def _any_equal(title: TitleForm, other: Profile) -> bool:
    return any(
        match.kind in {"equal", "contained"} and match.weight > 0
        for form in other.titles
        if (match := compare_titles(title, form))
    )
