"""Names that a source sends in CAPITALS, brought to the case they are written in.

Only names of people, and only where one reading is possible: initials, organisations and
acronyms stay as they are.
"""

import re

_PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "la", "du", "di", "da", "dos", "das", "do", "del", "della"}
    | {"ter", "ten", "zu", "zur", "vom", "zum", "y", "e", "bin", "ibn", "af", "av", "het", "op"}
)
# "Mc" and its kin, when the rest is in capitals: McDONALD, O'BRIEN, MacARTHUR, DeLUCA.
_HALF_CAPITALS = re.compile(
    r"\b(Mc|Mac|O['’]|D['’]|d['’]|L['’]|De|de|Di|Du|Le|La|Van|St\.)([^\W\d_a-z]{3,})\b"
)
_SHORT_FAMILIES = frozenset(
    {"LI", "WU", "XU", "MA", "HU", "HE", "LU", "YU", "NG", "HO", "LE", "VO", "HA", "LO", "KO", "OH"}
    | {"YI", "GO", "FU", "GU", "DU", "SU", "QI", "XI", "YE", "BI", "AN", "SO", "NA", "RO", "IM"}
)
_ROMAN = re.compile(r"(?=[IVX])(?:IX|IV|V?I{0,3}|X)")
_LONG_GIVEN = 4  # letters: shorter capitals may be initials
_SHORTEST = 3


def family_in_case(family: str, given: str | None) -> str:
    """Return a family name in mixed case where it certainly was put in capitals.

    "MCDONALD" gives "McDonald", "VAN DER BERG" "van der Berg", "O'BRIEN" "O'Brien"; "LI" is left
    alone unless a given name stands beside it, "W.E.W." always.
    """
    if family.upper() != family or family.lower() == family:
        return _HALF_CAPITALS.sub(lambda m: m.group(1) + _word(m.group(2)), family)
    letters = sum(character.isalpha() for character in family)
    if given is None or re.search(r"\b\w\.", family):
        return family
    if letters < _SHORTEST and family not in _SHORT_FAMILIES:
        return family
    words = family.split(" ")
    last = len(words) - 1
    return " ".join(
        word.lower() if at < last and word.lower() in _PARTICLES else _name_word(word)
        for at, word in enumerate(words)
    )


def given_in_case(given: str, *, family_was_capitals: bool) -> str:
    """Return given names in mixed case where they certainly were put in capitals.

    "JEAN-PIERRE A." gives "Jean-Pierre A."; "JA", "J.A." and "AMY" may be initials and stay.
    """
    if given.upper() != given or given.lower() == given:
        return given
    words = re.findall(r"[^\W\d_]+", given)
    is_certain = any(
        len(word) >= _LONG_GIVEN and re.search("[AEIOUYÄÖÜÉÈÁÍÓÚÅØÆАЕЁИОУЫЭЮЯЄІЇ]", word)
        for word in words
    )
    if not is_certain and not (family_was_capitals and any(len(w) > _LONG_GIVEN for w in words)):
        return given
    return " ".join(
        word if len(re.sub(r"[\W_]", "", word)) < _SHORTEST else _name_word(word)
        for word in given.split(" ")
    )


def _name_word(word: str) -> str:
    if _ROMAN.fullmatch(word):
        return word
    return "-".join(_part(part) for part in word.split("-"))


def _part(part: str) -> str:
    """Return one part between hyphens: "O'BRIEN", "MCDONALD", "J.R." have capitals inside."""
    if re.fullmatch(r"(?:[^\W\d_]\.)+", part):
        return part
    if match := re.fullmatch(r"([^\W\d_])(['’])(.+)", part):
        return match.group(1) + match.group(2) + _word(match.group(3))
    if match := re.fullmatch(r"MC([^\W\d_]{3,})", part):
        return "Mc" + _word(match.group(1))
    return _word(part)


def _word(word: str) -> str:
    return word[:1] + word[1:].replace("İ", "i").lower()
