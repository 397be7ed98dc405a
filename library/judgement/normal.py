"""Text brought to the form in which two spellings of the same thing are equal.

Nothing here is shown or stored: it serves comparing only. Two texts fold to the same words when
they differ in case, accents, markup, LaTeX left over, ligatures, punctuation, or in the damage of
a wrong encoding. What differs in meaning stays different: numbers above all.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from library.judgement.romanise import LATIN_LETTERS, romanise

_TAG = re.compile(r"</?(?:[a-z]+:)?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ACCENT = re.compile(r"\\(?:[\"'`^~=.]|[Hbcdkrtuv](?=[\s{]))\s*\{?\\?([A-Za-z])\}?")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?\s*")
_GREEK_RUN = re.compile(r"[\u0370-\u03ff]+")
_LOST = re.compile(r"(?<=[^\W\d_])[?\ufffd](?=[^\W\d_])")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´]")
_IDEOGRAPHS = "\u0e00-\u0e7f\u2e80-\u9fff\uf900-\ufaff"
# A run of letters and digits is a word; scripts without blanks between words go by the character.
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|(?:(?![{_IDEOGRAPHS}])[^\W_])+")
_LATEX_LETTERS: Final = {
    "ss": "ss", "o": "o", "O": "o", "l": "l", "L": "l", "ae": "ae", "AE": "ae", "oe": "oe",
    "OE": "oe", "aa": "a", "AA": "a", "i": "i", "j": "j", "dh": "d", "th": "th", "dj": "d",
}  # fmt: skip
_GREEK_NAMES: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_LATEX_GREEK: Final = {
    **{name: name for name in _GREEK_NAMES.values()},
    **{"var" + name: name for name in _GREEK_NAMES.values()},
}


def word_set(text: str) -> frozenset[str]:
    """Return the words of a table that is written as one text."""
    return frozenset(text.split())


_STOP_WORDS_BY_LANGUAGE: Final[dict[str, frozenset[str]]] = {
    "en": word_set(
        "the a an of and in on for to with by from at as is are into its their or via be "
        "using upon that this"
    ),
    "de": word_set(
        "der die das den dem des ein eine einer eines und in im am an auf aus bei für fur mit "
        "nach über uber von vom zu zum zur als ist"
    ),
    "fr": word_set("le la les l d un une des du de et en dans pour par sur au aux avec est"),
    "es": word_set("el la los las un una de del y en para por con sobre al es"),
    "it": word_set("il lo la i gli le un una di del della dei delle e in per con su nel nella"),
    "pt": word_set("o a os as um uma de do da dos das e em no na para por com sobre"),
    "nl": word_set("de het een en van in op voor met aan bij naar uit over"),
    "sv": word_set("en ett och av i på pa för for med till om den det som från fran"),
    "pl": word_set("w z i na do o oraz dla przez"),
    "ru": word_set("и в на с о по для из от к при"),
}
_LANGUAGES_OF: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(name for name, little in _STOP_WORDS_BY_LANGUAGE.items() if word in little)
    for word in frozenset().union(*_STOP_WORDS_BY_LANGUAGE.values())
}
STOP_WORDS: Final[frozenset[str]] = frozenset().union(*_STOP_WORDS_BY_LANGUAGE.values()) - {
    "i",  # "Part I", "Type I"
    "d",  # "3 D", "vitamin D"
    "l",
    "o",
    "e",
    "z",
    "w",
    "y",
    "as",
    "su",
    "no",
    "over",
    "out",
    "com",
}
"""Words that carry no meaning of their own in a title, folded, in the languages above."""

NUMBER_WORDS: Final = {
    word: str(number)
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        1,
    )
} | {
    word: str(number)
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}


ROMAN_VALUES: Final = {"i": 1, "v": 5, "x": 10}
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")


def is_roman(word: str) -> bool:
    """Tell whether a folded word reads as a Roman number up to 39, as parts are counted."""
    return word[0] in "ivx" and _ROMAN.fullmatch(word) is not None


def roman(word: str) -> int:
    """Return what a Roman number (see `is_roman`) counts."""
    total = 0
    for letter, following in zip(word, word[1:] + " ", strict=True):
        value = ROMAN_VALUES[letter]
        total += -value if ROMAN_VALUES.get(following, 0) > value else value
    return total


def without_markup(text: str) -> str:
    """Return `text` without tags, entities and the usual LaTeX; letters under accents stay bare."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if "Ã" in text or "â€" in text or "Â" in text:
        text = _repaired(text)
    if "\\" in text:
        text = _ACCENT.sub(r"\1", text)
        text = _COMMAND.sub(_command, text)
    if "$" in text or "{" in text or "}" in text or "^" in text or "_" in text:
        text = re.sub(r"[${}^_]", "", text)
    return text


def fold(text: str) -> str:
    """Return `text` in lower case without markup, accents and ligatures; blanks stay."""
    text = without_markup(text)
    if not text.isascii():
        text = _LOST.sub("", text)
        text = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(c for c in text if not unicodedata.combining(c))
        text = text.translate(LATIN_LETTERS)
        text = _GREEK_RUN.sub(_greek, text)
    else:
        text = _LOST.sub("", text).lower()
    return _APOSTROPHE.sub("", text)


def tokens(folded: str) -> tuple[str, ...]:
    """Return the words of a text that is folded already."""
    return tuple(_WORD.findall(folded))


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of `text`: runs of letters and digits; ideographs one by one."""
    return tuple(_WORD.findall(fold(text)))


def content_words(all_words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that mean something, number words as digits; all, if none would be left."""
    all_words = tuple(all_words)
    kept = tuple(NUMBER_WORDS.get(w, w) for w in all_words if w not in STOP_WORDS)
    return kept or all_words


def name_key(text: str) -> str:
    """Return a family name or organisation as one run of ASCII letters.

    "Müller", "Mueller" and "MULLER" give "muller"; "Иванов" and "Ivanov" give "ivanov". Other
    scripts that have no table stay as they are.
    """
    joined = "".join(_WORD.findall(fold(text)))
    if not joined.isascii():
        joined = romanise(joined) or joined
    return joined.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def language(all_words: Iterable[str]) -> str | None:
    """Return the language that the little words of a title betray, None where they do not.

    Good enough to tell that two titles are *not* in the same language; never stored.
    """
    found: dict[str, int] = {}
    script = "latin"
    for word in all_words:
        for name in _LANGUAGES_OF.get(word, ()):
            found[name] = found.get(name, 0) + 1
        if not word.isascii() and ord(word[0]) > 0x36F:  # the end of Latin and its marks
            script = hex(ord(word[0]) >> 8)
    if script != "latin":
        return script
    if not found:
        return None
    best = max(found.values())
    leaders = [name for name, count in found.items() if count == best]
    return leaders[0] if len(leaders) == 1 else None


def is_typo(a: str, b: str) -> bool:
    """Tell whether one word is a slip of the pen of the other.

    One change in words of four letters or more, two in words of eight or more; the first letter
    stays ("typical" is not "atypical"), and digits are never a slip.
    """
    if a == b:
        return True
    longest = max(len(a), len(b))
    if longest < 4 or abs(len(a) - len(b)) > 2 or not (a.isalpha() and b.isalpha()):
        return False
    if a[0] != b[0] and a[:2] != b[1::-1]:
        return False
    return within(a, b, 1 if longest < 8 else 2)


def within(a: str, b: str, limit: int) -> bool:
    """Tell whether `a` becomes `b` by at most `limit` insertions, losses, changes or swaps."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if not a or not b:
        return len(a) + len(b) <= limit
    if limit == 0:
        return False
    if max(len(a), len(b)) == 1 or (len(a) == 2 and a == b[::-1]):
        return True
    if limit == 1 or abs(len(a) - len(b)) > limit:
        return False
    return _distance(a, b) <= limit


def _distance(a: str, b: str) -> int:
    """Return the Damerau-Levenshtein distance (adjacent swaps count one)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _repaired(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252, where the whole text allows it."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _command(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _LATEX_LETTERS:
        return _LATEX_LETTERS[name]
    return _LATEX_GREEK.get(name.lower(), "")


def _greek(match: re.Match[str]) -> str:
    """Spell out single Greek letters ("TNF-α"); Greek words stay Greek."""
    run = match.group()
    if len(run) > 2:
        return run
    return "".join(_GREEK_NAMES.get(letter, letter) for letter in run)
