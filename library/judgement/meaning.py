"""Do two values of one field say the same, and which of them says it better?

"Same" here is about meaning: an abbreviated venue, "1282-3" for "1282-1283", initials for given
names, a lost subtitle are no disagreement, though one of the two may be the better value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from library.errors import IdentifierError
from library.judgement.locations import Location, compare_locations, parse_pages
from library.judgement.normal import fold, words
from library.judgement.people import compare_people, people_form
from library.judgement.title_forms import title_form
from library.judgement.titles import compare_titles
from library.judgement.venues import compare_venues, venue_forms
from library.values.dates import Date
from library.values.identifiers import normalise_doi
from library.work import Contributor

Side = Literal["a", "b", "both"]

_TITLES: Final = frozenset({"title", "original_title", "reviewed_title", "title_short"})
_VENUES: Final = frozenset(
    {"container_title", "container_title_short", "collection_title", "event_title", "publisher"}
)
_LISTS: Final = frozenset({"isbn", "issn", "keywords"})
_LEFTOVERS: Final = ("{", "}", "\\", "&amp;", "&#", "Ã", "â€", "\ufffd")


@dataclass(frozen=True, slots=True)
class Better:
    """The value to keep of two, and why."""

    value: Any  # of the field's own type
    side: Side  # where it comes from; "both": made of the two, or equal
    reason: str  # for people: "fuller names"


def _longer(a: Any, b: Any, reason: str) -> Better:  # noqa: ANN401 - text or a list
    return Better(a, "a", reason) if len(a) >= len(b) else Better(b, "b", reason)


def same_meaning(field: str, a: Any, b: Any) -> bool:  # noqa: ANN401 - a field's own type
    """Tell whether two stated values of `field` (a Work attribute) mean the same."""
    if a == b:
        return True
    if field in _TITLES:
        match = compare_titles(title_form(a), title_form(b))
        one = match.kind in {"equal", "contained"} and match.weight > 0
        return one or _folded(a) == _folded(b)
    if field in _VENUES:
        return _folded(a) == _folded(b) or compare_venues(venue_forms(a), venue_forms(b)).weight > 0
    if field == "contributors":
        return _same_contributors(a, b)
    if field == "issued" or field.endswith("_date"):
        return _same_date(a, b)
    if field == "page":
        return _same_pages(a, b)
    if field in _LISTS:
        return not {str(x).casefold() for x in a} ^ {str(x).casefold() for x in b}
    if isinstance(a, str) and isinstance(b, str):
        return _folded(a) == _folded(b) or _same_number(field, a, b)
    return False


def better_value(field: str, a: Any, b: Any) -> Better:  # noqa: ANN401 - a field's own type
    """Return the better of two values of `field`; `a` where neither is.

    For merging two entries that are one work, which is asked and answered before.
    """
    if not b and b != 0:
        return Better(a, "a", "the only one")
    if not a and a != 0:
        return Better(b, "b", "the only one")
    if a == b:
        return Better(a, "both", "equal")
    if field in _LISTS:
        return Better(tuple(dict.fromkeys((*a, *b))), "both", "all of both")
    return _BETTER.get(field, _better_text)(a, b)


def _better_text(a: Any, b: Any) -> Better:  # noqa: ANN401 - text, or a value of no order
    if not (isinstance(a, str) and isinstance(b, str)):
        return Better(a, "a", "the first")
    checks = (("without markup left over", _has_leftovers), ("not in capitals", _shouts))
    for reason, is_bad in checks:
        if is_bad(a) != is_bad(b):
            return Better(b, "b", reason) if is_bad(a) else Better(a, "a", reason)
    folded_a, folded_b = _folded(a), _folded(b)
    if folded_a == folded_b:
        return _more_letters(a, b)
    if folded_a.startswith(folded_b):
        return Better(a, "a", "longer")
    if folded_b.startswith(folded_a):
        return Better(b, "b", "longer")
    return Better(a, "a", "the first")


def _better_title(a: str, b: str) -> Better:
    plain = _better_text(a, b)
    if plain.reason != "the first":
        return plain
    match = compare_titles(title_form(a), title_form(b))
    if match.kind == "contained":
        return _longer(a, b, "with its subtitle")
    return plain


def _better_venue(a: str, b: str) -> Better:
    plain = _better_text(a, b)
    if plain.reason not in {"the first", "longer"}:
        return plain
    if compare_venues(venue_forms(a), venue_forms(b)).weight > 0 and len(a) != len(b):
        return _longer(a, b, "in full")
    return Better(a, "a", "the first")


def _better_abstract(a: str, b: str) -> Better:
    if _has_leftovers(a) != _has_leftovers(b):
        return _better_text(a, b)
    return _longer(a, b, "longer")


def _better_people(a: tuple[Contributor, ...], b: tuple[Contributor, ...]) -> Better:
    if len(a) != len(b) and _same_contributors(a, b):
        return _longer(a, b, "more names")
    if not _same_contributors(a, b):
        return Better(a, "a", "the first")
    count_a, count_b = _fullness(a), _fullness(b)
    if count_a == count_b:
        return Better(a, "a", "the first")
    return Better(a, "a", "fuller names") if count_a > count_b else Better(b, "b", "fuller names")


def _better_date(a: Date, b: Date) -> Better:
    for reason, rank in (("understood", _is_understood), ("more exact", _exactness)):
        if rank(a) != rank(b) and (reason == "understood" or a.year == b.year):
            return Better(a, "a", reason) if rank(a) > rank(b) else Better(b, "b", reason)
    return Better(a, "a", "the first")


def _better_pages(a: str, b: str) -> Better:
    one, two = parse_pages(a), parse_pages(b)
    if one is None or two is None:
        return Better(b, "b", "a page number") if two else Better(a, "a", "the first")
    if (one.last is None) != (two.last is None):
        return Better(b, "b", "a range") if one.last is None else Better(a, "a", "a range")
    if one == two and len(a) != len(b):
        return _longer(a, b, "in full")
    return Better(a, "a", "the first")


def _better_doi(a: str, b: str) -> Better:
    valid_a, valid_b = _is_doi(a), _is_doi(b)
    if valid_a != valid_b:
        return Better(a, "a", "a valid DOI") if valid_a else Better(b, "b", "a valid DOI")
    return Better(a, "a", "the first")


_BETTER: Final[dict[str, Callable[[Any, Any], Better]]] = {
    "title": _better_title,
    "original_title": _better_title,
    "container_title": _better_venue,
    "collection_title": _better_venue,
    "publisher": _better_venue,
    "abstract": _better_abstract,
    "contributors": _better_people,
    "issued": _better_date,
    "page": _better_pages,
    "doi": _better_doi,
}


def _same_contributors(a: tuple[Contributor, ...], b: tuple[Contributor, ...]) -> bool:
    one, two = people_form(tuple(c.name for c in a)), people_form(tuple(c.name for c in b))
    if one is None or two is None:
        return False
    return compare_people(one, two).kind in {"equal", "part"}


def _same_date(a: Date, b: Date) -> bool:
    if a.start is None or b.start is None:
        return a.literal is not None and a.literal == b.literal
    shared = min(len(a.start), len(b.start))
    return a.start[:shared] == b.start[:shared]


def _same_pages(a: str, b: str) -> bool:
    one = Location(None, None, parse_pages(a), a)
    two = Location(None, None, parse_pages(b), b)
    if one.pages is None or two.pages is None:
        return _folded(a) == _folded(b)
    return compare_locations(one, two, frozenset()).kind not in {"differs", "elsewhere"}


def _same_number(field: str, a: str, b: str) -> bool:
    if field not in {"volume", "issue", "number", "edition", "chapter_number", "collection_number"}:
        return False
    one, two = words(a), words(b)
    digits_a = [w.lstrip("0") for w in one if w.isdigit()]
    digits_b = [w.lstrip("0") for w in two if w.isdigit()]
    return bool(digits_a) and digits_a == digits_b


def _fullness(people: tuple[Contributor, ...]) -> int:
    """Return how much the names say: letters of given names, ORCIDs; capitals count against."""
    given = sum(len((c.name.given or "").replace(".", "")) for c in people)
    orcids = sum(c.orcid is not None for c in people)
    return given + 4 * orcids - 3 * sum(_shouts(c.name.family or "") for c in people)


def _is_understood(date: Date) -> int:
    return int(date.year is not None)


def _exactness(date: Date) -> int:
    return len(date.start or ())


def _is_doi(text: str) -> bool:
    try:
        normalise_doi(text)
    except IdentifierError:
        return False
    return True


def _has_leftovers(text: str) -> bool:
    return any(mark in text for mark in _LEFTOVERS)


def _shouts(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 5 and all(c.isupper() for c in letters)


def _more_letters(a: str, b: str) -> Better:
    """Prefer the value with accents and typographic signs to its plain copy."""
    count_a, count_b = (sum(not c.isascii() for c in text) for text in (a, b))
    if count_a == count_b:
        return Better(a, "a", "the first")
    reason = "with its accents"
    return Better(a, "a", reason) if count_a > count_b else Better(b, "b", reason)


def _folded(text: str) -> str:
    return "".join(words(fold(text)))


__all__ = ["Better", "better_value", "same_meaning"]
