"""Normal forms: when two printed names, venues or keywords are taken for the same.

A normal form is lower case without accents and punctuation. It is careful: it never turns a given
name into an initial, and never leaves one out.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from library.values.names import Name

_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
_APOSTROPHES: Final = re.compile(r"['’ʼ`´]")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_ARTICLES: Final = re.compile(
    r"^(?:the|an?|der|die|das|ein|eine|les?|la|l|une?|el|los|las|un|il|lo|gli|de|het|een) (?=\S)"
)


def plain_words(text: str) -> str:
    """Return the words of `text` in lower case, without accents, parted by one blank each."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
        text = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    else:
        text = text.lower()
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", text)).strip()


@lru_cache(maxsize=1 << 17)
def name_form(name: Name) -> str:
    """Return the normal form of a printed name: "diaz, hannah j", "world health organization".

    Initials written together or with full stops are the same: "H.J." and "H. J." give "h j".
    A generational suffix stays, for it tells two people apart.
    """
    if name.literal is not None or not name.family:
        return plain_words(name.literal or name.given or "") or name.display().strip()
    parts = (name.dropping_particle, name.non_dropping_particle, name.family)
    family = plain_words(" ".join(part for part in parts if part)) or name.family
    given = plain_words(_spaced_initials(name.given)) if name.given else ""
    suffix = f" {plain_words(name.suffix)}" if name.suffix else ""
    return f"{family}, {given}{suffix}" if given or suffix else family


def _spaced_initials(given: str) -> str:
    # "HJ" after a family name is two initials; "JO" may be the name Jo in capitals, but then its
    # bearer is written so only where all names are, and is kept apart rather than joined wrongly.
    if given.isupper() and given.isalpha() and len(given) <= 3:  # noqa: PLR2004 - "HJK"
        return " ".join(given)
    return given


def block(form: str) -> str:
    """Return what all names begin with that may be the same person as `form`.

    Family name and first initial: "diaz, h". A form without given names is its own block.
    """
    family, comma, given = form.partition(", ")
    return f"{family}, {given[:1]}" if comma else form


def sort_title(title: str) -> str:
    """Return `title` as it is sorted: plain words, without the article it begins with."""
    return _ARTICLES.sub("", plain_words(title), count=1)


KINDS: Final = ("topic", "audience", "form")
"""The keyword prefixes that are facets of their own."""


@lru_cache(maxsize=1 << 16)
def keyword_parts(keyword: str) -> tuple[str, str, str]:
    """Return (key, kind, label) of a keyword as written.

    "topic:Law" gives ("topic:law", "topic", "Law"); "Ethics" ("ethics", "keyword", "Ethics").
    """
    text = " ".join(keyword.split())
    prefix, colon, rest = text.partition(":")
    kind = prefix.strip().lower()
    if colon and kind in KINDS and rest.strip():
        label = rest.strip()
        return f"{kind}:{label.casefold()}", kind, label
    return text.casefold(), "keyword", text


def is_orcid(key: str) -> bool:
    """Tell whether a person's key is an ORCID iD, not a form of a name."""
    return key[:1].isdigit() and key.count("-") == 3  # noqa: PLR2004 - of an ORCID iD
