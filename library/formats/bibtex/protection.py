"""Which words of a title a style must not put into small letters, and how that is written.

Two kinds of protection are told apart. What a person protected is a <span class="nocase"> in the
work and "{Word}" in the file. What needs protection by its own look (an acronym; a name in a title
that is otherwise in small letters) has no mark in the work, and is "{{Word}}" in the file: for
LaTeX that is the same, and reading it back adds no mark that was never made. (Better BibTeX writes
two braces as well.)
"""

import re
from typing import Literal

from library.formats.bibtex.inline import NOCASE, Segment, segments

Protect = Literal["none", "words", "title"]

OPEN, CLOSE = "\x01", "\x02"
"""Stand for the double braces while a title is read or written; no text holds them."""

_WORD = re.compile(r"[^\W\d_][\w'’]*")
_BREAK = re.compile(r"[.:?!–—]\s*[\"'“‘(\[]*\s*$")
_MARK = re.compile("[\x01\x02]")
_LOOK_BACK = 12  # characters: enough to see the end of the sentence before
_MIN_LETTERS = 4
_SENTENCE_CASE = 0.4  # of the longer words, fewer with a capital than this: not Title Case


def words_to_protect(title: str) -> list[tuple[int, int]]:
    """Return the places (start, end) of the words whose capitals a style must not touch.

    `title` is plain text. Words with a capital inside ("DNA", "McDonald", "mRNA"), the "D" of
    "vitamin D"; and, unless the title is in Title Case, every word with a capital that does not
    start a sentence. In a title all in capitals or all in small letters nothing can be told.
    """
    if title.isupper() or title.islower():
        return []
    words = list(_WORD.finditer(title))
    names_too = _is_sentence_case([match.group() for match in words[1:]])
    places = []
    for number, match in enumerate(words):
        word = match.group()
        if word.islower():
            continue
        starts = number == 0 or _starts_sentence(title, match.start())
        capital_inside = any(c.isupper() for c in word[1:])
        stands_alone = len(word) == 1 and word.isupper() and word != "A"
        if capital_inside or (
            not starts and (stands_alone or (names_too and word[0].isupper() and len(word) > 1))
        ):
            places.append(match.span())
    return places


def _starts_sentence(title: str, at: int) -> bool:
    return _BREAK.search(title[max(0, at - _LOOK_BACK) : at]) is not None


def _is_sentence_case(words: list[str]) -> bool:
    longer = [word for word in words if len(word) >= _MIN_LETTERS]
    if not longer:
        return False
    return sum(word[0].isupper() for word in longer) / len(longer) < _SENTENCE_CASE


def with_marks(value: str) -> str:
    """Return a title with OPEN and CLOSE around the words that need protection by their look."""
    if value[1:].islower():  # the usual title in sentence case: no word in it has a capital
        return value
    parts = segments(value)
    places = words_to_protect("".join(part.text for part in parts))
    if not places:
        return value
    at, marked = 0, []
    for part in parts:
        end = at + len(part.text)
        if part.kind == "text" and not part.is_protected:
            here = [
                (start - at, stop - at) for start, stop in places if at <= start and stop <= end
            ]
            marked.append(_marked(part.source, here))
        else:
            marked.append(part.source)
        at = end
    return "".join(marked)


def _marked(text: str, places: list[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in places:
        pieces += [text[at:start], OPEN, text[start:end], CLOSE]
        at = end
    return "".join([*pieces, text[at:]])


def without_marks(value: str) -> str:
    """Return a title that was read with OPEN and CLOSE where double braces stood, these judged.

    A word that needs protection by its look loses them, as they say nothing new. Anything else in
    double braces was protected by a person, and becomes a nocase span.
    """
    parts = segments(value)
    needed = set(words_to_protect(_MARK.sub("", "".join(part.text for part in parts))))
    pairs = _pairs(parts)
    drop = {
        mark for opening, closing, place in pairs if place in needed for mark in (opening, closing)
    }
    number, pieces = -1, []
    for character in re.split("([\x01\x02])", value):
        if character not in {OPEN, CLOSE}:
            pieces.append(character)
            continue
        number += 1
        if number not in drop:
            pieces.append(NOCASE if character == OPEN else "</span>")
    return "".join(pieces)


def _pairs(parts: list[Segment]) -> list[tuple[int, int, tuple[int, int]]]:
    """Return for each pair of marks: their numbers, and the place of what they enclose."""
    found: list[tuple[int, int, tuple[int, int]]] = []
    at, number = 0, -1
    opened: tuple[int, int] | None = None  # number and place
    for part in parts:
        for character in part.text:
            if character == OPEN:
                number += 1
                opened = (number, at)
            elif character == CLOSE:
                number += 1
                if opened is not None and not part.is_protected:
                    found.append((opened[0], number, (opened[1], at)))
                opened = None
            else:
                at += 1
    return found


def unprotected(value: str) -> str:
    """Return a title without its nocase spans."""
    return "".join(part.source for part in segments(value) if part.tag != "nocase")
