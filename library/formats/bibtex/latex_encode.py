r"""Unicode text, with CSL's inline HTML, -> what stands in a .bib file.

Whatever the text holds, the value is safe to stand between braces, and reading it gives the text
again: `decode(encode(text)) == text`. Braces are written as "\textbraceleft{}", so that those that
stand in the value always balance.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from library.formats.bibtex import latex_tables as tables
from library.formats.bibtex.inline import segments
from library.formats.bibtex.latex import without_outer_braces
from library.formats.bibtex.latex_reader import PARAGRAPHS, Manner
from library.formats.bibtex.protection import CLOSE, OPEN, Protect, unprotected, with_marks

TextForm = Literal["unicode", "latex"]

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    "\u202f": r"\,",
}
_SAFE = re.compile(r"[A-Za-z0-9 .:;()/=+*?!\[\]\"|@-]*")
_TO_ESCAPE = re.compile(r"[\\{}$&#%_~^`\u202f]|-(?=-)|'(?=')|,(?=,)|!(?=`)|\?(?=`)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_TAGS = {
    "i": r"\emph{",
    "b": r"\textbf{",
    "sub": r"\textsubscript{",
    "sup": r"\textsuperscript{",
    "sc": r"\textsc{",
    "nocase": "{",
}
_PARAGRAPH = re.compile(r"\n{2,}")


def encode(value: str, manner: Manner = "plain", *, text: TextForm = "unicode") -> str:
    r"""Return `value` as a field holds it, without the delimiters.

    Manner says what the text may hold, as in `decode`: CSL's tags become macros in "title" and
    "rich"; elsewhere a "<" is only itself. With text="latex", characters beyond ASCII become
    macros where LaTeX has one.
    """
    if _SAFE.fullmatch(value) and "--" not in value and not value.startswith("@"):
        return value
    value = _CONTROL.sub("", value)
    if manner in PARAGRAPHS and "\n\n" in value:
        return "\n\n".join(_paragraph(part, manner, text) for part in _PARAGRAPH.split(value))
    return _paragraph(value, manner, text)


def encode_title(value: str, protect: Protect, *, text: TextForm = "unicode") -> str:
    """Return a title as a field holds it, protected as the policy says (see `protection`)."""
    value = _CONTROL.sub("", value)
    if protect == "none":
        return _paragraph(unprotected(value), "title", text)
    if protect == "title":
        return f"{{{_paragraph(value, 'title', text)}}}"
    return _paragraph(with_marks(value), "title", text)


def _paragraph(value: str, manner: Manner, text: TextForm) -> str:
    if manner in {"title", "rich"} and "<" in value:
        written = _inline(value, text)
    else:
        written = "".join(
            part.source if part.kind == "math" else _escaped(part.source, text)
            for part in (segments(value) if "$" in value else ())
        ) or _escaped(value, text)
    if manner in PARAGRAPHS and written.startswith("@"):
        return "{@}" + written[1:]  # an "@" at the start of a line looks like an entry
    return written + "{}" if without_outer_braces(written) != written.strip() else written


def _inline(value: str, text: TextForm) -> str:
    """Write CSL's tags as macros."""
    pieces: list[str] = []
    for part in segments(value):
        if part.kind == "open":
            piece = _TAGS[part.tag]
        elif part.kind == "close":
            piece = "}"
        else:
            piece = part.source if part.kind == "math" else _escaped(part.source, text)
        if pieces and pieces[-1] == "{" and piece.startswith("\\"):
            # A group that starts with a macro is no protection but a special character.
            piece = "{}" + piece
        pieces.append(piece)
    return "".join(pieces)


def _escaped(value: str, text: TextForm) -> str:
    if _TO_ESCAPE.search(value) is not None:
        value = _TO_ESCAPE.sub(_escape, value)
    if text == "latex" and not value.isascii():
        value = to_latex(value)
    if OPEN in value:
        value = value.replace(OPEN, "{{").replace(CLOSE, "}}")
    return value


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or character + "{}"


def to_latex(value: str) -> str:
    """Return `value` with each character beyond ASCII as a macro, where LaTeX has one."""
    value = unicodedata.normalize("NFC", value)
    pieces: list[str] = []
    for place, character in enumerate(value):
        if character < "\x80":
            pieces.append(character)
            continue
        written = latex_character(character) or character
        joins = written[0] in _JOINING and (
            (pieces and pieces[-1][-1] in _JOINING) or value[place + 1 : place + 2] in _JOINS
        )
        pieces.append(f"{{{written}}}" if joins else written)
    return "".join(pieces)


@lru_cache(maxsize=4096)
def latex_character(character: str) -> str | None:
    r"""Return the macro for one character ("é" -> "{\'e}"), None where LaTeX has none."""
    known = _macros().get(character)
    if known is not None:
        return known
    decomposed = unicodedata.normalize("NFD", character)
    base, marks = decomposed[0], decomposed[1:]
    if not marks:
        return None
    written = _macros().get(base, base)
    if written == base and base >= "\x80":
        return None
    if marks[0] in _ABOVE:
        written = {"i": r"\i", "j": r"\j"}.get(base, written)
    for mark in marks:
        accent = _ACCENTS.get(mark)
        if accent is None:
            return None
        bare = not accent.isalpha() and len(written) == 1
        written = f"\\{accent}{written}" if bare else f"\\{accent}{{{written}}}"
    return "{" + written + "}"


_ACCENTS: dict[str, str] = {}
for _name, _combining in tables.ACCENTS.items():
    _ACCENTS.setdefault(_combining, _name)
_ABOVE = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0308\u0309\u030a\u030b\u030c")

_JOINING = frozenset("-`'!?,")  # what TeX's fonts may join with the character beside it
_JOINS = frozenset("-`'!?,–—“”")
_TYPOGRAPHY = {
    "\u00a0": "~",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": r"{\textquoteleft}",
    "’": r"{\textquoteright}",
    "…": r"{\ldots}",
}


@lru_cache(maxsize=1)
def _macros() -> dict[str, str]:
    """The tables of `decode` turned round: character -> macro in its own braces."""
    found: dict[str, str] = {}
    for table in (tables.LETTERS, tables.SYMBOLS, tables.CYRILLIC):
        for name, character in table.items():
            if len(character) == 1 and character > "\x7f" and name.isalpha():
                found.setdefault(character, "{\\" + name + "}")
    for table in (tables.GREEK, tables.MATH_SYMBOLS):
        for name, character in table.items():
            if len(character) == 1 and character > "\x7f" and name.isalpha():
                found.setdefault(character, "{\\ensuremath{\\" + name + "}}")
    found.update(_TYPOGRAPHY)
    return found
