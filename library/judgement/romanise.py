"""Any script to ASCII letters, for citation keys and for comparing names.

This is not a transliteration to print: it has one answer per letter, whatever the language, so
that the same name gives the same letters for ever. "ä" is "a" and not "ae", since the language of
a name is mostly unknown, and Finnish, Swedish, Turkish and Spanish names would be misspelt.
"""

import unicodedata
from typing import Final

LATIN_LETTERS: Final = str.maketrans({
    "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ı": "i", "ħ": "h", "ŋ": "n", "ə": "e", "ŧ": "t", "ſ": "s", "ɨ": "i", "ŀ": "l",
    "Ø": "O", "Æ": "Ae", "Œ": "Oe", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th", "ẞ": "SS",
    "Ħ": "H", "Ŋ": "N", "Ŧ": "T",
})  # fmt: skip
"""Latin letters that have no decomposition in Unicode."""

# Cyrillic after BGN/PCGN, Greek after ISO 843 type 2, both without marks.
_LETTERS: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ye",
    "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "yu", "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c",
    "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip

# Revised Romanisation of Korean, by jamo.
_HANGUL_START: Final = 0xAC00
_HANGUL_END: Final = 0xD7A3
_INITIALS: Final = [
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "-",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
_VOWELS: Final = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_FINALS: Final = [
    "-",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]  # "-" is silence


def romanise(text: str) -> str:
    """Return `text` in ASCII; letters keep their case, everything without an answer is dropped.

    Latin, Cyrillic and Greek by table, Hangul and kana by their sound, other alphabets by the
    first letter of the letter's Unicode name ("ARABIC LETTER BEH" gives "b"). Ideographs have no
    sound without a dictionary and are dropped: see `citation_keys` for what is done then.
    """
    if text.isascii():
        return text
    return "".join(_letter(c) for c in unicodedata.normalize("NFC", text))


def _letter(character: str) -> str:
    if character.isascii():
        return character
    if _HANGUL_START <= ord(character) <= _HANGUL_END:
        return _hangul(ord(character) - _HANGUL_START)
    known = _by_table(character)
    if known is not None:
        return known
    base = unicodedata.normalize("NFKD", character)
    if base != character:
        return "".join(_letter(c) for c in base if not unicodedata.combining(c))
    return _by_name(character)


def _by_table(character: str) -> str | None:
    latin = character.translate(LATIN_LETTERS)
    if latin.isascii():
        return latin
    found = _LETTERS.get(character)
    if found is None and character.lower() in _LETTERS:
        found = _LETTERS[character.lower()].capitalize()
    return found


def _by_name(character: str) -> str:
    """Read a letter's sound off its Unicode name: "HIRAGANA LETTER SMALL TU" is "tu"."""
    name = unicodedata.name(character, "")
    script, _, rest = name.partition(" LETTER ")
    if not rest:
        return ""
    sound = rest.split()[-1].lower()
    if script in {"HIRAGANA", "KATAKANA"}:
        return sound if sound.isalpha() else ""
    return sound[0] if sound[0].isascii() and sound[0].isalpha() else ""


def _hangul(index: int) -> str:
    initial, rest = divmod(index, len(_VOWELS) * len(_FINALS))
    vowel, final = divmod(rest, len(_FINALS))
    return (_INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]).replace("-", "")
