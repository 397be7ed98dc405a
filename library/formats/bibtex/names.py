r"""Lists of names in .bib files: BibTeX's own rules, biblatex's extended form, and back.

A name is split before its LaTeX is decoded: decoding drops the braces that make
"{Simon and Schuster}" one contributor.

Sources: O. Patashnik, "Designing BibTeX styles" (1988), section 4; N. Markey, "Tame the BeaST",
section 11; biblatex manual, "Name lists"; biber's tests.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from library.formats.bibtex.construction import new_name
from library.formats.bibtex.latex import decode
from library.formats.bibtex.latex_encode import TextForm, encode
from library.formats.bibtex.latex_macros import CHARACTERS, STYLES
from library.formats.bibtex.latex_tables import ACCENTS
from library.values.names import Name

_AND = re.compile(r"[ \t\r\n\f\v]+and(?=[ \t\r\n\f\v])", re.IGNORECASE)
_AND_OR_BRACE = re.compile(
    r"\\.|[{}]|[ \t\r\n\f\v]+and(?=[ \t\r\n\f\v])", re.IGNORECASE | re.DOTALL
)
_BLANK_TRIM = " \t\r\n\f\v"
_ODD = re.compile(r"[\\{}~=]")
_COMMA_OR_BRACE = re.compile(r"\\.|[{},]", re.DOTALL)
_MACRO_NAME = re.compile(r"\\([A-Za-z]+)")
_TIE = re.compile(r"(?<!\\)~|\\,|\\ ")
_TOKEN_PIECE = re.compile(r"\\[^ \t\r\n]|[{}]|(?:[ \t\r\n\f\v]|(?<!\\)~)+", re.DOTALL)
_EXTENDED = re.compile(r"\s*\"?\s*[a-z][a-z-]*\s*=")
OTHERS = frozenset({"others", "et al.", "et al", "{others}", "{et al.}"})
_MAX_COMMAS = 2


@dataclass(frozen=True, slots=True)
class NameList:
    """A field of names, understood."""

    names: tuple[Name, ...]
    others: bool = False  # the list ends in "and others"
    problems: tuple[str, ...] = ()  # what was odd, a sentence each


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one name as they are written, LaTeX and all; "" where there is none."""

    first: str = ""
    von: str = ""
    last: str = ""
    jr: str = ""


@lru_cache(maxsize=10_000)
def read_names(raw: str) -> NameList:
    """Return the names in a field's value."""
    names: list[Name] = []
    problems: list[str] = []
    others = False
    split = split_names(raw)
    if split and split[-1].lower() in OTHERS:
        others = True
        split.pop()
    for written in split:
        name, problem = read_name(written)
        if problem:
            problems.append(problem)
        if name is not None:
            names.append(name)
    return NameList(tuple(names), others, tuple(problems))


def split_names(raw: str) -> list[str]:
    """Split at each "and" between blanks that stands outside of braces.

    As in BibTeX, an "and" at the very start or end belongs to the name beside it.
    """
    text = raw.strip(_BLANK_TRIM)
    if "\n" not in text and "  " not in text and "\t" not in text and "\r" not in text:
        names = text.split(" and ")
        if (
            text.lower().count(" and ") == len(names) - 1
            and " and and " not in text
            and ("{" not in text or all(n.count("{") == n.count("}") for n in names))
        ):
            return names if text else []
    if "{" not in text:
        return [name.strip(_BLANK_TRIM) for name in _AND.split(text)] if text else []
    names, start, depth = [], 0, 0
    for match in _AND_OR_BRACE.finditer(text):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and mark[0] != "\\":
            names.append(text[start : match.start()].strip(_BLANK_TRIM))
            start = match.end()
    names.append(text[start:].strip(_BLANK_TRIM))
    return names


def read_name(raw: str) -> tuple[Name | None, str | None]:
    """Return the name, None where there is none, and what is odd about it."""
    if _ODD.search(raw) is None and raw.count(",") == 1:
        last, first = raw.split(",")
        if " " not in last and first.strip() and last:
            # By far the most names are "Family, Given".
            return new_name(last, " ".join(first.split())), None
    written = raw.strip(_BLANK_TRIM)
    if not written:
        return None, "an empty name between two “and” was left out"
    if "=" in written and _EXTENDED.match(written):
        return _read_extended(written)
    if _is_one_group(written.rstrip(",~" + _BLANK_TRIM)):
        literal = decode(written.rstrip(",~" + _BLANK_TRIM))
        return (Name(literal=literal) if literal else None), None
    parts, problem = split_name(written)
    return _name_of(parts), problem


def _name_of(parts: Parts, *, useprefix: bool = True) -> Name | None:
    first, von, last, jr = map(_text, (parts.first, parts.von, parts.last, parts.jr))
    if not last:
        last, first = first, ""
    if not last and von:
        last, von = von, ""
    if not last:
        return Name(literal=jr) if jr else None
    return Name(
        family=last,
        given=first or None,
        non_dropping_particle=(von or None) if useprefix else None,
        dropping_particle=None if useprefix else (von or None),
        suffix=jr or None,
    )


def _text(raw: str) -> str:
    return decode(_TIE.sub(" ", raw)) if raw else ""


def split_name(raw: str) -> tuple[Parts, str | None]:
    """Split one name into First, von, Last and Jr, as BibTeX does; and say what is odd."""
    sections = _split_at_commas(raw)
    problem = None
    if len(sections) - 1 > _MAX_COMMAS:
        problem = f"“{raw}” has too many commas; what follows the second was taken as given names"
        sections = [sections[0], sections[1], " ".join(s for s in sections[2:] if s)]
    if len(sections) == 1:
        return _first_von_last(_tokens(sections[0])), problem
    if not sections[0]:
        problem = f"“{raw}” starts with a comma; the family name is missing"
    elif not sections[-1] and problem is None:
        problem = f"“{raw}” ends in a comma; the given name is missing"
    von, last = _von_last(_tokens(sections[0]))
    jr = sections[1] if len(sections) > _MAX_COMMAS else ""
    first = sections[-1]
    if jr and not first:  # "Smith, John,"
        first, jr = jr, ""
    return Parts(first, von, last, jr), problem


def _split_at_commas(raw: str) -> list[str]:
    sections, start, depth = [], 0, 0
    for match in _COMMA_OR_BRACE.finditer(raw):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif mark == "," and depth == 0:
            sections.append(raw[start : match.start()].strip("~" + _BLANK_TRIM))
            start = match.end()
    sections.append(raw[start:].strip("~" + _BLANK_TRIM))
    return sections


def _tokens(raw: str) -> list[str]:
    """Split at blanks and ties outside of braces."""
    if _ODD.search(raw) is None:
        return raw.split()
    tokens, start, depth = [], 0, 0
    for match in _TOKEN_PIECE.finditer(raw):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and (mark[0] in _BLANK_TRIM or mark[0] == "~"):
            tokens.append(raw[start : match.start()])
            start = match.end()
    tokens.append(raw[start:])
    return [mark for mark in tokens if mark]


def _first_von_last(tokens: list[str]) -> Parts:
    lower = [i for i, mark in enumerate(tokens[:-1]) if _is_lower(mark)]
    if not lower:
        return Parts(" ".join(tokens[:-1]), "", tokens[-1] if tokens else "")
    start, end = lower[0], lower[-1] + 1
    return Parts(" ".join(tokens[:start]), " ".join(tokens[start:end]), " ".join(tokens[end:]))


def _von_last(tokens: list[str]) -> tuple[str, str]:
    """Split what stands before the comma: the words in lower case that it starts with are the von.

    This is biber's rule. BibTeX's von would reach to the last word in lower case, which tears
    "Van de Graaff" and "Berlichingen zu Hornberg" apart.
    """
    end = 0
    while end < len(tokens) - 1 and _is_lower(tokens[end]):
        end += 1
    return " ".join(tokens[:end]), " ".join(tokens[end:])


def _is_lower(mark: str) -> bool:
    r"""Say whether a word starts in lower case, which makes it a "von".

    Letters in braces do not count, except in a special character ("{\'e}"). A word without a
    letter of either case is not a "von". As in biber, and unlike BibTeX, "\v{S}" starts with an Š.
    """
    at, depth = 0, 0
    while at < len(mark):
        character = mark[at]
        if character == "{":
            if depth == 0 and mark[at + 1 : at + 2] == "\\":
                return _first_case(decode(mark[at:]))
            depth += 1
        elif character == "}":
            depth -= 1
        elif character == "\\" and depth <= 0:
            return _macro_is_lower(mark[at:])
        elif depth <= 0 and character.isalpha() and character.lower() != character.upper():
            return character.islower()
        at += 1
    return False


def _macro_is_lower(rest: str) -> bool:
    """Say whether a word that starts with a macro starts in lower case.

    A macro that stands for a letter is that letter; any other counts by its name, as in BibTeX.
    """
    match = _MACRO_NAME.match(rest)
    if match and match[1] not in ACCENTS and match[1] not in CHARACTERS and match[1] not in STYLES:
        return match[1][0].islower()
    return _first_case(decode(rest))


def _first_case(text: str) -> bool:
    for character in text:
        if character.isalpha() and character.lower() != character.upper():
            return character.islower()
    return False


def _is_one_group(written: str) -> bool:
    if written[:1] != "{" or written[-1:] != "}":
        return False
    depth = 0
    for match in re.finditer(r"\\.|[{}]", written, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end() == len(written) and not _is_special_letter(written)
    return False


def _is_special_letter(written: str) -> bool:
    r"""Say whether the group is one accented letter: "{\'E}"."""
    if written[1:2] != "\\":
        return False
    text = decode(written)
    return len(text) <= 1 and text.isalpha()


def _read_extended(written: str) -> tuple[Name | None, str | None]:
    """Read biblatex's "given=…, family=…, prefix=…, useprefix=…"."""
    values: dict[str, str] = {}
    problem = None
    for section in _split_at_commas(written):
        key, equals, value = section.strip('"' + _BLANK_TRIM).partition("=")
        if not equals:
            problem = f"“{section}” in “{written}” is no part of a name; it was left out"
            continue
        values[key.strip().lower()] = value.strip(_BLANK_TRIM).strip('"')
    name = _name_of(
        Parts(
            values.get("given", ""),
            values.get("prefix", ""),
            values.get("family", ""),
            values.get("suffix", ""),
        ),
        useprefix=values.get("useprefix", "true").lower() != "false",
    )
    return name, problem


def write_names(
    names: list[Name] | tuple[Name, ...],
    *,
    others: bool = False,
    dialect: Literal["bibtex", "biblatex"] = "biblatex",
    text: TextForm = "unicode",
) -> str:
    """Return the list as a field's value, so that `read_names` gives the same names."""
    written = [write_name(name, dialect, text) for name in names]
    return " and ".join([*written, "others"] if others else written)


_USUAL = re.compile(r"[A-Z][a-z]+(?:[ '-][A-Z][a-z]+)*, [A-Z][a-z]*\.?(?:[ -][A-Z][a-z]*\.?)*")
"""A name without particles, suffix or odd characters: nothing in it needs braces."""


@lru_cache(maxsize=10_000)
def write_name(
    name: Name, dialect: Literal["bibtex", "biblatex"] = "biblatex", text: TextForm = "unicode"
) -> str:
    """Return one name as BibTeX writes it, in the plainest form that reads back as it is."""
    if name.literal is not None:
        return "{" + encode(name.literal, "plain", text=text) + "}"
    if name == Name(family=name.family, given=name.given) and name.family and name.given:
        written = f"{name.family}, {name.given}"
        if _USUAL.fullmatch(written):
            return written
    for braces in (False, True):
        written = _inverted(name, text, braces=braces)
        if written.lower() not in OTHERS and read_names(written) == NameList((name,)):
            return written
    if dialect == "biblatex":
        return _extended(name, text)
    return _inverted(name, text, braces=True)


def _inverted(name: Name, text: TextForm, *, braces: bool) -> str:
    def part(value: str | None) -> str:
        written = encode(value, "plain", text=text) if value else ""
        return "{" + written + "}" if braces and written else written

    von = " ".join(filter(None, (name.dropping_particle, name.non_dropping_particle)))
    particle = encode(von, "plain", text=text) if von else ""
    family = f"{particle} {part(name.family)}".strip()
    sections = [family, part(name.suffix), part(name.given)]
    if not name.suffix:
        del sections[1]
    if not name.given and not name.suffix:
        return family
    return ", ".join(sections)


def _extended(name: Name, text: TextForm) -> str:
    prefix = name.non_dropping_particle or name.dropping_particle
    values = {
        "family": name.family,
        "given": name.given,
        "prefix": prefix,
        "suffix": name.suffix,
    }
    written = [
        f"{key}={{{encode(value, 'plain', text=text)}}}" for key, value in values.items() if value
    ]
    if name.dropping_particle and not name.non_dropping_particle:
        written.append("useprefix=false")
    return ", ".join(written)
