"""Are two venues one? Full names, ISO 4 abbreviations, acronyms, series and years in the name."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from library.judgement.normal import fold, is_typo, word_set, words

Kind = Literal["journal", "conference", "preprint", "series"]

_CONFERENCE: Final = word_set(
    "conference conf conferences proceedings proc symposium symp workshop workshops "
    "congress cong colloquium meeting konferenz tagung congres congreso konferencja "
    "konferens conferencia"
)
_JOURNAL: Final = word_set(
    "journal j jour journals transactions trans letters lett review reviews rev annals "
    "ann annales annalen bulletin bull magazine mag record rec archives archive arch "
    "archiv acta quarterly quart zeitschrift z zh zhurnal revue rivista revista gazette "
    "newsletter notices communications commun advances jahrbuch tidsskrift tidskrift "
    "giornale boletin memoirs comptes blatter nachrichten monthly weekly"
)
# Proceedings that are journals: of academies, learned societies, and the like.
_JOURNAL_PROCEEDINGS: Final = word_set(
    "academy acad society soc ieee endowment endow institution inst"
)
_PREPRINT: Final = re.compile(
    r"\b(?:\w*rxiv|corr|ssrn|res(?:earch|\.)? square|preprints?(?:\.org)?|preprint server|"
    r"osf preprints?|authorea|hal|repec|cogprints|nber working papers?)\b"
)
_SERIES: Final = re.compile(
    r"\b(?:lecture notes|lncs|lnai|studies in|advances in|springer series|ifip|"
    r"communications in computer|leibniz international|acm international conference proceeding|"
    r"ceur)\b"
)
_EMPTY: Final = word_set(
    "international intl int annual acm ieee usenix siam national proceedings proc "
    "conference conf symposium symp workshop congress meeting journal j th st nd rd "
    "online electronic print companion volume vol series part section edition adjunct "
    "extended abstracts technical papers main"
)  # fmt: skip
# Fewer than in titles: "am" abbreviates "American", "in" may be "Institute".
_LITTLE: Final = word_set(
    "the of and for in on de la le les der die das und et des du del di fur y e to its a an"
)
_ACRONYM: Final = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b|\b[A-Z]{2,}\b")
_EDGE: Final = re.compile(r"\s*(?:[:=(—–\[]|\s-\s|//)\s*")
_LONGEST: Final = 500  # characters of a name
_NUMBER: Final = re.compile(r"[0-9]+(?:st|nd|rd|th)?|[xvi]{2,}")


@dataclass(frozen=True, slots=True)
class VenueForm:
    """A venue's name, ready to be compared."""

    text: str
    joined: str  # content words in one run, numbers and years left out
    run: str  # every word
    content: tuple[str, ...]
    core: frozenset[str]  # content words that are not "journal", "conference", "international", …
    initials: str  # first letters of every word, little words too
    acronyms: frozenset[str]  # what the name itself spells in capitals, folded
    kind: Kind | None
    ordinals: frozenset[str]  # "12th", "XII": which meeting


@dataclass(frozen=True, slots=True)
class VenueMatch:
    """What two venues say about one another."""

    verdict: str
    weight: float
    kind: str  # "equal", "related", "unknown", "different", "meetings"


@lru_cache(maxsize=20_000)  # a library has far fewer venues than works
def venue_forms(text: str) -> tuple[VenueForm, ...]:
    """Return the venue ready to be compared: whole, and without what follows a colon."""
    text = " ".join(text[:_LONGEST].split())
    whole = _form(text)
    edge = _EDGE.search(text)
    if edge and edge.start() > 3:
        head = _form(text[: edge.start()])
        if head.core:
            return whole, head
    return (whole,) if whole.content else ()


def compare_venues(many_a: tuple[VenueForm, ...], many_b: tuple[VenueForm, ...]) -> VenueMatch:
    """Return the best that any two of the names say; the same for (b, a)."""
    best: VenueMatch | None = None
    for a in many_a:
        for b in many_b:
            match = _compare(a, b)
            if best is None or match.weight > best.weight:
                best = match
                if match.kind == "equal":
                    return best
    if best is None:
        return VenueMatch("not stated", 0.0, "unknown")
    return best


def kind_of(forms: tuple[VenueForm, ...]) -> Kind | None:
    """Return what kind of venue the names speak of."""
    return next((form.kind for form in forms if form.kind), None)


def _compare(a: VenueForm, b: VenueForm) -> VenueMatch:
    if a.joined == b.joined:
        return _meeting(a, b, VenueMatch("equal", 1.5, "equal"))
    if (a.joined, a.text) > (b.joined, b.text):
        a, b = b, a
    short, long = (a, b) if len(a.content) <= len(b.content) else (b, a)
    if len(short.run) > 9 and long.run.startswith(short.run):
        return VenueMatch("cut off", 0.5, "related")
    clash = a.kind != b.kind and {a.kind, b.kind} == {"journal", "conference"}
    if clash:
        return VenueMatch("a journal against a conference", -3.75, "different")
    if len(short.content) == len(long.content) and all(
        _abbreviates(x, y) for x, y in zip(short.content, long.content, strict=True)
    ):
        return _meeting(a, b, VenueMatch("equal, abbreviated", 1.5, "equal"))
    if _acronym(a, b) or _acronym(b, a):
        return _meeting(a, b, VenueMatch("equal, one an acronym", 1.2, "equal"))
    found = _found_in_order(short.content, long.content)
    if found == len(short.content) and found >= 3:
        return _meeting(a, b, VenueMatch("one is within the other", 1.0, "equal"))
    if found == len(short.content) or (short.core and short.core <= long.core):
        return _meeting(a, b, VenueMatch("one may be within the other", 0.0, "related"))
    return _unlike(a, b)


def _unlike(a: VenueForm, b: VenueForm) -> VenueMatch:
    core_a, core_b = a.core or frozenset(a.content), b.core or frozenset(b.content)
    shared = sum(any(_abbreviates(x, y) for y in core_b) for x in core_a)
    share = shared / min(len(core_a), len(core_b)) if core_a and core_b else 0.0
    if len(a.content[-1]) == len(b.content[-1]) == 1 and a.content[-1] != b.content[-1]:
        return VenueMatch("sections of one journal, or different", -1.5, "different")
    if share >= 0.6 and shared > 1:
        both_meet = a.kind == b.kind == "conference" and share < 0.75
        return _meeting(a, b, VenueMatch("most words agree", -1.5 if both_meet else 0.0, "related"))
    if "series" in (a.kind, b.kind):
        return VenueMatch("a series against a title", 0.0, "unknown")
    if (
        min(len(core_a), len(core_b)) <= 1
        and (a.acronyms or b.acronyms)
        and a.kind != "journal"
        and b.kind != "journal"
    ):
        return VenueMatch("an acronym that is not resolved", -0.5, "unknown")
    if share >= 0.5:
        return VenueMatch("some words agree", -1.0, "unknown")
    # A journal has many names; two conferences named in full are two.
    both_meet = a.kind == b.kind == "conference"
    return VenueMatch("different", -3.5 if both_meet else -2.5, "different")


def _meeting(a: VenueForm, b: VenueForm, otherwise: VenueMatch) -> VenueMatch:
    if (
        a.ordinals
        and b.ordinals
        and not a.ordinals & b.ordinals
        and "journal" not in (a.kind, b.kind)
    ):
        shown = " against ".join(
            sorted(("/".join(sorted(a.ordinals)), "/".join(sorted(b.ordinals))))
        )
        return VenueMatch(f"another meeting of the series: {shown}", -2.0, "meetings")
    return otherwise


def _acronym(short: VenueForm, long: VenueForm) -> bool:
    """Tell whether the one word that `short` amounts to is an acronym of `long`."""
    core = [word for word in short.core if len(word) > 1]
    if len(core) != 1:
        return False
    word = core[0]
    if len(word) < 3:
        return False
    if word in long.acronyms or "sig" + word in long.acronyms:
        # "SIGMOD … Management of Data" spells its own acronym; "JAMA Pediatrics" is another venue.
        rest = [w for w in long.core if w != word and w not in long.acronyms]
        return all(w[0] in word for w in rest)
    if word in long.core:
        return False
    content_initials = "".join(w[0] for w in long.content)
    core_initials = "".join(w[0] for w in long.content if w in long.core)
    candidates = (long.initials, content_initials, core_initials)
    if word in candidates or (
        len(word) > 2 and any(c.startswith(word) or c.endswith(word) for c in candidates)
    ):
        return True
    # "SIGMOD" ends in the initials of "Management of Data".
    return word.startswith("sig") and len(word) > 4 and word[3:] in long.initials


def _found_in_order(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    found, start = 0, 0
    for word in short:
        for index in range(start, len(long)):
            if _abbreviates(word, long[index]):
                found, start = found + 1, index + 1
                break
    return found


def _abbreviates(a: str, b: str) -> bool:
    """Tell whether one word is the other's abbreviation as ISO 4 makes them ("natl", "intl")."""
    if a == b:
        return True
    if a[0] != b[0]:
        return False
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if long.startswith(short):
        return True
    if len(short) > 3 and is_typo(a, b):
        return True
    if len(short) > 0.7 * len(long) or len(short) < 3:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _form(text: str) -> VenueForm:
    every = tuple(w for w in words(text))
    named = tuple(w for w in every if not _NUMBER.fullmatch(w))
    content = tuple(w for w in named if w not in _LITTLE) or named
    folded = fold(text)
    return VenueForm(
        text=text,
        joined="".join(content),
        run="".join(every),
        content=content,
        core=frozenset(w for w in content if w not in _EMPTY),
        initials="".join(w[0] for w in named),
        acronyms=frozenset(acronym.lower() for acronym in _ACRONYM.findall(text))
        if not text.isupper()
        else frozenset(content)
        if len(content) == 1
        else frozenset(),
        kind=_kind(folded, frozenset(content)),
        ordinals=frozenset(re.findall(r"\b([0-9]{1,3})(?:st|nd|rd|th)\b", folded)),
    )


def _kind(folded: str, content: frozenset[str]) -> Kind | None:
    if _PREPRINT.search(folded):
        return "preprint"
    if _SERIES.search(folded):
        return "series"
    if content & _CONFERENCE:
        if (
            content & {"proceedings", "proc"}
            and content & _JOURNAL_PROCEEDINGS
            and not content & (_CONFERENCE - {"proceedings", "proc"})
        ):
            return "journal"
        if content & {"journal", "transactions"}:
            return "journal"
        return "conference"
    if content & _JOURNAL:
        return "journal"
    return None
