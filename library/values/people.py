"""Names as records send them, in fields or in one string, made into `Name`s.

Degrees and forms of address are no part of a name and go; suffixes are told apart; a lower-case
particle before the family name becomes CSL's non-dropping particle.
"""

import re

from library.values.capitals import family_in_case, given_in_case
from library.values.markup import from_markup, plain
from library.values.names import Name

_DEGREE = (
    r"(?:M\.?D\.?|Ph\.?\s?D\.?|D\.?Phil\.?|M\.?P\.?H\.?|Dr\.?P\.?H\.?|M\.?Sc\.?|B\.?Sc\.?|D\.?Sc\.?"
    r"|Sc\.?D\.?|M\.?B\.?B\.?S\.?|M\.?B\.?,?\s?(?:Ch\.?|B\.?)\s?B\.?|Pharm\.?D\.?|D\.?D\.?S\.?|D\.?M\.?D\.?"
    r"|D\.?V\.?M\.?|J\.?D\.?|LL\.?[BMD]\.?|Ed\.?D\.?|Psy\.?D\.?|M\.?B\.?A\.?|R\.?N\.?|B\.?S\.?N\.?|M\.?S\.?N\.?"
    r"|F\.?R\.?C\.?[PS]\.?C?\.?|M\.?R\.?C\.?[PS]\.?|F\.?A\.?C\.?[PSCE]\.?P?\.?|FAAP|FAHA|FESC|FACR|FCCP"
    r"|M\.?S\.?|M\.?A\.?|B\.?A\.?|B\.?S\.?|D\.?O\.?|Prof\.?|Dr\.?|Esq\.?|C\.?N\.?M\.?|N\.?P\.?|R\.?D\.?|P\.?A\.?-C)"
)
_DEGREES = re.compile(rf"{_DEGREE}(?:\s*[,;/&]?\s*{_DEGREE})*", re.IGNORECASE)
_AFTER_COMMA = re.compile(rf"\s*,\s*(?:{_DEGREE}(?:\s*[,;/&]?\s+|$))+$")
_PLAIN_DEGREE = re.compile(
    r"(?<=[a-zß-ÿ])\s+(?:M\.D\.|MD|Ph\.?D\.?|MPH|M\.P\.H\.|MBBS|FRCP|FACP|FACS)$"
)
_ADDRESS = re.compile(r"^(?:(?:Prof|Professor|Dr|Mr|Mrs|Ms)\.?\s+)+(?=\S)(?=.*[^\W\d_]{1})")
_SUFFIX = re.compile(r"(?:Jr|Sr|Jnr|Snr|2nd|3rd|II|III|IV)\.?", re.IGNORECASE)
_TRAILING_SUFFIX = re.compile(r"(?:\s*,\s*|\s+)(Jr\.?|Sr\.?|JR\.?|SR\.?|II|III|IV|2nd|3rd)$")
_PLACEHOLDERS = frozenset(
    {
        "&na;",
        "&na",
        "na",
        "n/a",
        "none",
        "null",
        "undefined",
        "unknown",
        "not available",
        "-",
        "--",
        ".",
    }
    | {"no authorship indicated", "author not available", "[no author]", "not specified"}
)
_BODY = re.compile(
    r"\b(?:collaboration|consortium|team|group|committee|council|organi[sz]ation|university|institut\w*"
    r"|society|association|department|ministry|office|cent(?:er|re)|agency|library|museum|foundation"
    r"|college|school|press|company|commission|board|bureau|bank|inc|ltd|gmbh|llc|academy|union"
    r"|federation|league|service|laborator\w+|program\w*|project|editors?|staff|nations|of|for|and|the)\b",
    re.IGNORECASE,
)
_PARTICLE_WORD = re.compile(r"[^\W\d_]+['’.]?")


def person(family: str | None, given: str | None = None, suffix: str | None = None) -> Name | None:
    """Return one name from its fields, cleaned; None where nothing of a name is left.

    A family name alone that holds a blank is a whole name or an organisation
    ("The ATLAS Collaboration"): it is kept in one piece, as `literal`.
    """
    family, given = _clean(family), _clean(given)
    suffix = _clean(suffix)
    if suffix and _DEGREES.fullmatch(suffix):
        suffix = None
    if family:
        family, suffix = _without_suffix(_without_degrees(family), suffix)
    if given:
        given, suffix = _without_suffix(_without_degrees(given), suffix)
        given = _ADDRESS.sub("", given)
    if not family:
        return Name(literal=given) if given and not _is_placeholder(given) else None
    if _is_placeholder(family):
        return Name(literal=given) if given else None
    if not given:
        return _alone(family, suffix)
    was_capitals = family.isupper()
    cased = family_in_case(family, given)
    particle, rest = split_particle(cased)
    return Name(
        family=rest,
        given=given_in_case(given, family_was_capitals=was_capitals),
        non_dropping_particle=particle,
        suffix=suffix,
    )


def organisation(text: str | None) -> Name | None:
    """Return an organisation's name in one piece; None for a placeholder such as "&NA;"."""
    name = _clean(text)
    return Name(literal=name) if name and not _is_placeholder(name) else None


def in_reading_order(text: str | None) -> Name | None:
    """Return a name written as it is spoken: "Ludwig van der Berg Jr." The last word is the family.

    Names of groups and bodies, told by their words, stay in one piece.
    """
    name = _clean(text)
    if name is None or _is_placeholder(name):
        return None
    name = _ADDRESS.sub("", _without_degrees(name))
    words, suffix = _without_suffix(name, None)
    parts = words.split(" ")
    if len(parts) == 1 or _BODY.search(words) or "," in words:
        return organisation(name)
    start = len(parts) - 1
    while start > 1 and _is_particle(parts[start - 1]):
        start -= 1
    return person(" ".join(parts[start:]), " ".join(parts[:start]), suffix)


def split_particle(family: str) -> tuple[str | None, str]:
    """Return (particle, rest) of a family name: "van der Berg" gives ("van der", "Berg").

    A particle is what stands in lower case before the first word with a capital.
    """
    words = family.split(" ")
    count = 0
    while count < len(words) - 1 and _is_particle(words[count]):
        count += 1
    if count == 0 or not words[count][:1].isupper():
        return None, family
    return " ".join(words[:count]), " ".join(words[count:])


def _alone(family: str, suffix: str | None) -> Name:
    """Return a name that came without given names."""
    head, comma, tail = (part.strip() for part in family.partition(","))
    if comma and "," not in tail and head and tail and " " not in head:
        return person(head, tail, suffix) or Name(literal=family)
    if " " in family:
        return Name(literal=f"{family}, {suffix}" if suffix else family)
    return Name(family=family, suffix=suffix)


def _is_particle(word: str) -> bool:
    return word[:1].islower() and _PARTICLE_WORD.fullmatch(word) is not None


def _clean(text: str | None) -> str | None:
    if not text:
        return None
    cleaned = plain(from_markup(text)).strip(" ,;")
    cleaned = re.sub(r"\s*[*†‡§¶]+$", "", cleaned)  # marks that point to footnotes
    return cleaned or None


def _without_degrees(text: str) -> str:
    shorter = _PLAIN_DEGREE.sub("", _AFTER_COMMA.sub("", text))
    return shorter or text


def _without_suffix(text: str, suffix: str | None) -> tuple[str, str | None]:
    match = _TRAILING_SUFFIX.search(text)
    if match is None or match.start() == 0:
        return text, suffix
    return text[: match.start()].rstrip(" ,"), suffix or match.group(1)


def _is_placeholder(text: str) -> bool:
    return text.casefold() in _PLACEHOLDERS or not any(character.isalnum() for character in text)
