"""Are two lists of names the names of one work? Initials, slips, swaps and cut lists allowed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from library.judgement.normal import name_key, within, word_set, words
from library.values.names import Name

_INITIALS: Final = re.compile(r"[A-Z]{1,4}|(?:[A-Z]\.?[\s-]*){1,4}")
_ORGANISATION: Final = word_set(
    "university institute institut committee commission association society group "
    "consortium organization organisation agency department ministry office center centre "
    "council collaboration network foundation project team national international federal "
    "united staff inc gmbh ltd company bureau task force board panel working"
)
_PARTICLES: Final = word_set(
    "van von der den de la le du del della di da dos das do el al bin ibn ter ten te zu "
    "zum zur af av st saint mac"
)
_NOBODY: Final = word_set(
    "anonymous anon anonym anonyme unknown nn sn noauthor noauthorlisted none various"
)
_MAX_FUZZY: Final = 40  # names; beyond that a list is compared by equal family names alone


@dataclass(frozen=True, slots=True)
class Person:
    """One name, ready to be compared."""

    family: str  # one run of letters, particles left out; the whole name of an organisation
    whole: str  # the same with its particles
    parts: tuple[str, ...]  # family words, for "García Márquez" against "García"
    initials: str  # of the given names, in order; "" where there are none
    given: str  # first given name in full, "" for an initial
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class PeopleForm:
    """A list of names, ready to be compared."""

    people: tuple[Person, ...]
    families: tuple[str, ...]
    is_open: bool  # ends in "and others"
    order: tuple[tuple[str, str, str], ...]  # decides which of two lists is looked at first
    shown: str  # for reasons: "Díaz; Clayton; Simon"


@dataclass(frozen=True, slots=True)
class PeopleMatch:
    """What two lists of names say about one another."""

    verdict: str
    weight: float
    kind: str  # "equal", "part", "some", "conflict"


def people_form(names: tuple[Name, ...], *, is_open: bool = False) -> PeopleForm | None:
    """Return the names ready to be compared; None for no names."""
    known = (_person(name) for name in names)
    people = tuple(p for p in known if p.family and p.family not in _NOBODY)
    if not people:
        return None
    shown = "; ".join(_shown(name) for name in names[:4]) + ("; …" if len(names) > 4 else "")
    order = tuple((p.whole, p.initials, p.given) for p in people)
    return PeopleForm(people, tuple(p.family for p in people), is_open, order, shown)


def compare_people(a: PeopleForm, b: PeopleForm) -> PeopleMatch:
    """Return what the names say; the same for (b, a)."""
    if (len(a.people), a.order) > (len(b.people), b.order):
        a, b = b, a
    alike = _matched(a, b)
    share = alike / len(a.people)
    first = _same_person(a.people[0], b.people[0])
    if share < 0.5 and 0 < first < 0.5:
        return PeopleMatch("the family name agrees, the given name does not", -2.0, "some")
    first = first if first >= 0.5 else 0.0
    if share >= 0.9:
        return _all_found(a, b, alike, first)
    if share >= 0.5:
        if first:
            return PeopleMatch("most names agree, the first too", 1.0, "some")
        return PeopleMatch("most names agree, not the first", 0.0, "some")
    if any(p.is_organisation for p in (a.people[0], b.people[0])) and not (
        a.people[0].is_organisation and b.people[0].is_organisation
    ):
        return PeopleMatch("an organisation against persons", -1.5, "some")
    if first:
        return PeopleMatch("the first name agrees, the others do not", -0.5, "some")
    if alike:
        return PeopleMatch("few names agree", -3.0, "conflict")
    return PeopleMatch("no name in common", -5.0, "conflict")


def _all_found(a: PeopleForm, b: PeopleForm, alike: float, first: float) -> PeopleMatch:
    extra = 0.75 * min(alike - 1, 2)
    if len(a.people) == len(b.people):
        if a.families == b.families or first >= 1:
            return PeopleMatch("equal", 2.0 + extra, "equal")
        return PeopleMatch("equal, in another order", 1.75 + extra, "equal")
    if first:
        missing = len(b.people) - len(a.people)
        return PeopleMatch(f"equal, {missing} more in one list", 1.75 + 0.66 * extra, "part")
    return PeopleMatch("the names of one list stand within the other", 0.75 + extra / 2, "part")


def _matched(a: PeopleForm, b: PeopleForm) -> float:
    """Return how many people of the shorter list are in the longer; half for doubtful ones."""
    total = 0.0
    if len(b.people) > _MAX_FUZZY:
        known = set(b.families)
        return float(sum(family in known for family in a.families))
    left = list(b.people)
    missing: list[Person] = []
    for index, person in enumerate(a.people):
        likely = b.people[index]
        if likely.family == person.family and likely in left:
            total += _given_agree(person, likely)
            left.remove(likely)
        else:
            missing.append(person)
    for person in missing:
        best, other = 0.0, None
        for candidate in left:
            score = _same_person(person, candidate)
            if score > best:
                best, other = score, candidate
                if score >= 1:
                    break
        if other is not None:
            total += best
            left.remove(other)
    return total


def _same_person(a: Person, b: Person) -> float:
    """Return 1 for the same person, 0.5 for doubtful, 0 for another."""
    if a.family == b.family or a.whole == b.whole:
        return _given_agree(a, b)
    if a.is_organisation or b.is_organisation:
        return _same_organisation(a, b)
    if set(a.parts) & set(b.parts) and (
        set(a.parts) <= set(b.parts) or set(b.parts) <= set(a.parts)
    ):
        return _given_agree(a, b)
    if a.family == b.given and a.given in {b.family, ""}:
        return 1.0  # family and given name swapped
    if b.family == a.given and b.given == "":
        return 1.0
    short, long = sorted((a.family, b.family), key=len)
    if len(short) > 3 and within(short, long, 1 if len(long) < 8 else 2):
        return 1.0 if _given_agree(a, b) == 1 and a.initials and b.initials else 0.5
    return 0.0


def _same_organisation(a: Person, b: Person) -> float:
    short, long = sorted((a, b), key=lambda p: len(p.parts))
    if set(short.parts) <= set(long.parts) and len(short.parts) > 1:
        return 1.0
    initials = "".join(part[0] for part in long.parts)
    if len(short.parts) == 1 and len(short.family) > 1 and short.family == initials:
        return 1.0
    both = set(short.parts) & set(long.parts)
    return 0.5 if len(both) >= 0.6 * len(set(short.parts) | set(long.parts)) else 0.0


def _given_agree(a: Person, b: Person) -> float:
    if not a.initials or not b.initials:
        return 1.0
    if a.initials[0] == b.initials[0]:
        if a.given and b.given and a.given != b.given and len(a.initials) == len(b.initials) == 1:
            short, long = sorted((a.given, b.given), key=len)
            # "Wei" is not "Wang", "Jon" may be "Jonathan" or "John".
            return 1.0 if long.startswith(short[:3]) or within(short, long, 1) else 0.75
        return 1.0
    # "Mary J." may print as "J."; a nickname may begin otherwise: doubtful, not impossible.
    return 0.75 if a.initials[0] in b.initials or b.initials[0] in a.initials else 0.4


@lru_cache(maxsize=50_000)  # people write more than one work, and most pairs share some
def _person(name: Name) -> Person:
    if name.literal is not None or not name.family:
        return _literal(name.literal or name.given or "")
    parts = words(name.family)
    bare = tuple(w for w in parts if w not in _PARTICLES) or parts
    particle = " ".join(p for p in (name.dropping_particle, name.non_dropping_particle) if p)
    initials, given = _given(name.given or "")
    return Person(
        family=name_key(" ".join(bare)),
        whole=name_key(f"{particle} {name.family}"),
        parts=tuple(name_key(w) for w in bare),
        initials=initials,
        given=given,
        is_organisation=False,
    )


def _literal(text: str) -> Person:
    """Read a name that was not split: an organisation, "Smith J", or "John Smith"."""
    parts = words(text)
    pieces = text.replace(",", " ").split()
    if not _ORGANISATION.intersection(parts) and 2 <= len(pieces) <= 3:
        comma = text.split(",")
        if len(comma) == 2:
            return _person(Name(family=comma[0].strip() or None, given=comma[1].strip() or None))
        if _INITIALS.fullmatch(pieces[-1]) and not _INITIALS.fullmatch(pieces[0]):
            return _person(Name(family=" ".join(pieces[:-1]), given=pieces[-1]))
        if all(piece[:1].isupper() for piece in pieces):
            return _person(Name(family=pieces[-1], given=" ".join(pieces[:-1])))
    return Person(
        family=name_key(text),
        whole=name_key(text),
        parts=tuple(w for w in parts if w not in {"the", "of", "and", "for", "on"}) or parts,
        initials="",
        given="",
        is_organisation=True,
    )


def _given(given: str) -> tuple[str, str]:
    """Return the initials, and the first given name where it is spelt out."""
    bare = given.strip()
    if not bare:
        return "", ""
    if _INITIALS.fullmatch(bare) and (len(bare) <= 4):
        return "".join(words(" ".join(bare))), ""
    parts = words(bare)
    initials = "".join(name_key(p)[:1] for p in parts)
    first = name_key(parts[0]) if parts else ""
    return initials, first if len(first) > 1 else ""


def _shown(name: Name) -> str:
    return name.literal or name.family or name.given or ""
