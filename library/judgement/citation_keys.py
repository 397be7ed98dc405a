"""Citation keys: made once by a pattern, unique, plain ASCII, and never changed by themselves.

A pattern is text with fields in braces, each with options behind its name:

    {author}{year}{title}                          diaz2014confronting   (the default)
    {authors max=2 sep=-}_{year digits=2}          diaz-clayton_14
    {author case=capital letters=4}:{venue}{year}  Diaz:jp2014

Fields: author (the first author's family name, else the first editor's, else of whoever stands
first, else the publisher), authors (several), editor, year, title (significant words), venue
(initials), volume, page (the first), type, doi (the part behind the "/").

Options: words=N (of a title or venue), max=N (of names), letters=N (of each word or name),
digits=2 (of a year), case=lower|upper|capital|keep, sep=TEXT (between words or names), etal=TEXT
(behind names that were left out), else=TEXT (where the work does not state the field).

Text between the fields, sep, etal and else may hold letters, digits and "-_.:", which BibTeX, URLs
and files can all take. Other scripts are put in Latin letters (`romanise`); ideographs become
their code points ("張" gives "u5f35"), since their sound depends on language and name.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from library.errors import SettingsError
from library.judgement.locations import parse_pages
from library.judgement.normal import STOP_WORDS, fold, tokens, without_markup
from library.judgement.romanise import romanise
from library.values.names import Name
from library.work import Work

DEFAULT: Final = "{author}{year}{title}"

_FIELDS: Final = (
    "author", "authors", "editor", "year", "title", "venue", "volume", "page", "type", "doi",
)  # fmt: skip
_CASES: Final = ("lower", "upper", "capital", "keep")
_NUMBERS: Final = ("words", "max", "letters", "digits")
_TEXTS: Final = ("sep", "etal", "else")
_SAFE: Final = re.compile(r"[A-Za-z0-9_.:-]*")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_WORD: Final = 40  # letters; a chemical name is not a key
_IDEOGRAPHS_SHOWN: Final = 2
_INITIALS_FROM: Final = 3  # an organisation of three words or more goes by its initials


class KeyPatternError(SettingsError):
    """A pattern of citation keys cannot be read."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(
            f"The key pattern {pattern!r} cannot be read: {reason}. No key was made. "
            f"Fields are {', '.join(_FIELDS)}; a pattern looks like {DEFAULT!r} or "
            "'{authors max=2 sep=-}{year digits=2}'."
        )
        self.pattern = pattern
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Options:
    words: int = 1
    max: int = 3
    letters: int = _LONGEST_WORD
    digits: int = 4
    case: str = "lower"
    sep: str = ""
    etal: str = ""
    otherwise: str = ""  # "else", which Python keeps for itself


@dataclass(frozen=True, slots=True)
class _Part:
    """A field with its options, or plain text."""

    field: str | None
    text: str = ""
    options: _Options = _Options()


class TakenKeys:
    """The keys in use, asked without regard to case: file systems and BibTeX know none."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._keys = {key.casefold() for key in keys}

    def __contains__(self, key: object) -> bool:
        """Tell whether `key`, in whatever case, is in use."""
        return isinstance(key, str) and key.casefold() in self._keys

    def add(self, key: str) -> None:
        """Put `key` in use."""
        self._keys.add(key.casefold())


def make_key(work: Work, taken: Collection[str] | TakenKeys, pattern: str = DEFAULT) -> str:
    """Return a citation key for `work` that is not in `taken`; never empty.

    A key in use gets "a", "b", … "z", "aa" behind it. The work's own citation_key plays no part:
    whoever keeps keys stable does not ask for a new one. For many works give a `TakenKeys`.

    Raises:
        KeyPatternError: `pattern` cannot be read.
    """
    known = taken if isinstance(taken, TakenKeys) else TakenKeys(taken)
    base = base_key(work, pattern)
    if base not in known:
        return base
    return next(key for suffix in _suffixes() if (key := base + suffix) not in known)


def base_key(work: Work, pattern: str = DEFAULT) -> str:
    """Return what `pattern` makes of `work`, whether or not the key is in use; never empty.

    Raises:
        KeyPatternError: `pattern` cannot be read.
    """
    stated = False
    pieces = []
    for part in parse_pattern(pattern):
        if part.field is None:
            pieces.append(part.text)
            continue
        value = _value(work, part.field, part.options)
        stated = stated or bool(value)
        pieces.append(value or part.options.otherwise)
    key = "".join(pieces)
    return key if stated else key + (_from_doi(work) or _clean(work.type) or "work")


@lru_cache(maxsize=64)
def parse_pattern(pattern: str) -> tuple[_Part, ...]:
    """Return the parts of `pattern`.

    Raises:
        KeyPatternError: with the place and what may stand there.
    """
    parts: list[_Part] = []
    for text, braced in re.findall(r"([^{]+)|(\{[^{}]*\}?)", pattern):
        if text:
            if not _SAFE.fullmatch(text):
                odd = next(c for c in text if not _SAFE.fullmatch(c))
                hint = ' ("{" is missing)' if odd == "}" else ""
                raise KeyPatternError(
                    pattern, f"{odd!r} is not a letter, digit or one of -_.:{hint}"
                )
            parts.append(_Part(None, text))
        elif not braced.endswith("}"):
            raise KeyPatternError(pattern, f"{braced!r} has no closing brace")
        else:
            parts.append(_field(pattern, braced[1:-1].split()))
    if not any(part.field for part in parts):
        raise KeyPatternError(pattern, "it has no field, so every work would get one key")
    return tuple(parts)


def _field(pattern: str, words: list[str]) -> _Part:
    if not words:
        raise KeyPatternError(pattern, "a pair of braces is empty")
    name, *settings = words
    if name not in _FIELDS:
        raise KeyPatternError(pattern, f"there is no field {name!r}")
    options: dict[str, int | str] = {}
    for setting in settings:
        option, equals, value = setting.partition("=")
        if not equals:
            raise KeyPatternError(pattern, f"{setting!r} is not an option with a value")
        options["otherwise" if option == "else" else option] = _option(pattern, option, value)
    return _Part(name, options=_Options(**options))  # type: ignore[arg-type]  # _option checked them


def _option(pattern: str, option: str, value: str) -> int | str:
    if option in _NUMBERS:
        if not re.fullmatch(r"[1-9][0-9]?", value) or (option == "digits" and value not in "24"):
            what = "2 or 4" if option == "digits" else "a number from 1 to 99"
            raise KeyPatternError(pattern, f"{option}= takes {what}, not {value!r}")
        return int(value)
    if option == "case" and value in _CASES:
        return value
    if option == "case":
        raise KeyPatternError(pattern, f"case= is one of {', '.join(_CASES)}, not {value!r}")
    if option not in _TEXTS:
        known = ", ".join((*_NUMBERS, "case", *_TEXTS))
        raise KeyPatternError(pattern, f"there is no option {option!r}; options are {known}")
    if not _SAFE.fullmatch(value):
        raise KeyPatternError(pattern, f"{option}= takes letters, digits and -_.:, not {value!r}")
    return value


def _value(work: Work, field: str, options: _Options) -> str:
    words = _words(work, field, options)
    out = [_cased(word[: options.letters], options.case) for word in words if word]
    text = options.sep.join(out)
    if field == "authors" and len(_names(work, "author")) > options.max and text:
        text += options.etal
    return text


def _words(work: Work, field: str, options: _Options) -> list[str]:
    if field in {"author", "authors", "editor"}:
        names = _names(work, "editor" if field == "editor" else "author")
        kept = [_family(name) for name in names[: options.max if field == "authors" else 1]]
        return kept if kept or field == "editor" else [_organisation(work.publisher or "")]
    if field == "year":
        year = work.year
        return [] if year is None else [str(abs(year)).zfill(4)[-options.digits :]]
    if field == "title":
        return _significant(work.title or "")[: options.words]
    if field == "venue":
        venue = _significant(work.container_title or work.collection_title or "")
        return ["".join(word[:1] for word in venue)] if venue else []
    if field == "page":
        pages = parse_pages(work.page)
        return [_clean(pages.first)] if pages else []
    if field == "doi":
        return [_from_doi(work)]
    return [_clean(getattr(work, field) or "")]


def _names(work: Work, role: str) -> list[Name]:
    named = [c.name for c in work.contributors if c.role == role]
    if named or role == "editor":
        return named
    editors = [c.name for c in work.contributors if c.role == "editor"]
    return editors or [c.name for c in work.contributors]


def _family(name: Name) -> str:
    if name.family:
        # "van" belongs to the name in print; a dropped particle ("de" La Fontaine) does not.
        return _clean(f"{name.non_dropping_particle or ''}{name.family}")
    return _organisation(name.literal or name.given or "")


def _organisation(text: str) -> str:
    """Return a name that cannot be split as one word: its initials, if it is long."""
    acronym = re.search(r"\(([A-Z][A-Za-z]*[A-Z])\)", text)
    if acronym:
        return _clean(acronym.group(1))
    words = _significant(text)
    if len(words) >= _INITIALS_FROM:
        return "".join(word[0] for word in words)
    return "".join(words)


def _significant(text: str) -> list[str]:
    """Return the words that mean something, in ASCII; words before numbers, if both are there."""
    bare = without_markup(text)
    found = [
        (word, _clean(word))
        for word in _split(bare)
        if (folded := "".join(tokens(fold(word)))) and folded not in STOP_WORDS and folded != "i"
    ]
    words = [clean for _, clean in found if clean and not clean.isdigit() and len(clean) > 1]
    return words or [clean for _, clean in found if clean]


def _split(text: str) -> list[str]:
    """Split at blanks and punctuation; apostrophes stay inside ("children's"), hyphens part."""
    return re.findall(r"[^\W_]+(?:['’ʼ][^\W_]+)*", text)


def _clean(text: str) -> str:
    """Return `text` in ASCII letters and digits; ideographs by their code points."""
    bare = without_markup(text)
    out = _UNSAFE.sub("", romanise(bare))
    if out:
        return out
    odd = [c for c in bare if c.isalnum()][:_IDEOGRAPHS_SHOWN]
    return "".join(f"u{ord(c):04x}" for c in odd)


def _from_doi(work: Work) -> str:
    return _clean(work.doi.partition("/")[2]) if work.doi else ""


def _cased(word: str, case: str) -> str:
    if case == "upper":
        return word.upper()
    if case == "capital":
        return word[:1].upper() + word[1:].lower()
    return word if case == "keep" else word.lower()


def _suffixes() -> Iterator[str]:
    """Yield a, b, and so on to z, then aa, ab, and so on."""
    number = 0
    while True:
        number += 1
        text, rest = "", number
        while rest:
            rest, letter = divmod(rest - 1, 26)
            text = chr(ord("a") + letter) + text
        yield text
