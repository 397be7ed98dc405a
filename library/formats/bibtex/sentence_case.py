"""Titles in sentence case, as CSL's styles want to have them.

BibTeX's convention is Title Case with braces around what must keep its capitals; a style puts the
rest into small letters. CSL's convention is the reverse: titles are stored in sentence case, and a
style may capitalise them. A title that came from a .bib file can therefore be wrong in a CSL style
until it is put into sentence case. That is a reading of the title, not the title: works keep what
the file says, and whoever prints them with CSL decides.
"""

import re
from dataclasses import replace
from typing import Any

from library.formats.bibtex.inline import Segment, segments
from library.work import Work

_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.:?!][\"'”’)\]]*\s+[\"'“‘(\[]*$")
_FIELDS = ("title", "title_short", "collection_title", "volume_title", "event_title")
_CHAPTERS = frozenset(
    {"chapter", "paper-conference", "entry-encyclopedia", "entry-dictionary", "entry"}
)


def in_sentence_case(work: Work) -> Work:
    """Return the work with its titles in sentence case, if it is in English or does not say.

    A journal keeps its name's capitals; the title of a book that a chapter stands in does not.
    """
    if work.language is not None and not work.language.startswith("en"):
        return work
    names = [*_FIELDS, "container_title"] if work.type in _CHAPTERS else list(_FIELDS)
    changed: dict[str, Any] = {
        name: sentence_case(text) for name in names if (text := getattr(work, name))
    }
    return replace(work, **changed)


def sentence_case(title: str) -> str:
    """Return a title with small letters wherever its capitals only follow Title Case.

    Capitals stay at the start of a sentence (also behind a colon), in words that have one inside
    ("DNA"), and where a nocase span protects them; such a span is resolved unless what it protects
    starts with a small letter.
    """
    plain = ""
    pieces: list[str] = []
    dropped: list[bool] = []
    parts = segments(title)
    for number, part in enumerate(parts):
        if part.tag == "nocase":
            if part.kind == "open":
                dropped.append(_starts_upper(parts, number))
            if not (dropped[-1] if part.kind == "open" else dropped.pop()):
                pieces.append(part.source)
            continue
        if part.kind == "text" and not part.is_protected:
            pieces.append(_cased(part.source, plain))
        else:
            pieces.append(part.source)
        plain += part.text
    return "".join(pieces)


def _starts_upper(parts: list[Segment], opening: int) -> bool:
    """Say whether the text in the span does not start with a small letter."""
    for part in parts[opening + 1 :]:
        if part.text.strip():
            return not part.text.lstrip()[0].islower()
    return True


def _cased(text: str, before: str) -> str:
    def word(match: re.Match[str]) -> str:
        found = match.group()
        ahead = before + text[: match.start()]
        starts = not _WORD.search(ahead) or _SENTENCE_END.search(ahead[-12:]) is not None
        if starts and found.islower():
            return found[0].upper() + found[1:]
        if not starts and found[0].isupper() and (len(found) == 1 or found[1:].islower()):
            return found.lower()
        return found

    return _WORD.sub(word, text)
