r"""Unicode text, with CSL's inline HTML, -> what stands in a .bib file.

Whatever the text holds, the value is safe to stand between braces, and `decode(encode(text)) == text`:
braces are written as "\textbraceleft{}", so that they always balance, and "@" never starts a line.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from library.formats.bibtex import latex_tables as tables
from library.formats.bibtex.latex import NOCASE, PARAGRAPHS, SMALL_CAPS, Manner
from library.formats.bibtex.latex_math import render_math

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
_PLAIN = re.compile(r"[A-Za-z0-9 .,:;()/=+*?!\[\]\"|’“”‘–—é-]*")
_NEEDS = re.compile(r"[\\{}$&#%_~^`\u202f\n\r\t]|--|''|,,|  |^ | $|[^\x20-\x7e]|<")
_TO_ESCAPE = re.compile(r"[\\{}$&#%_~^`\u202f]|-(?=-)|'(?=')|,(?=,)|!(?=`)|\?(?=`)")
_TAG = re.compile(
    r'<i>|<b>|<sub>|<sup>|<span style="font-variant:\s*small-caps;?">|<span class="nocase">|</(?:i|b|sub|sup|span)>'
)
_MATH = re.compile(r"\$([^$\n]*\\[A-Za-z][^$\n]*)\$")
_LATEX_TAGS = {
    "i": r"\emph{",
    "b": r"\textbf{",
    "sub": r"\textsubscript{",
    "sup": r"\textsuperscript{",
}
_PROTECTING = "{\0"  # marks the brace until what follows it is known
_PROTECTED_MACRO = re.compile("{\0(?=\0*\\\\)")
_PARAGRAPHS = re.compile(r"\n{2,}")


def encode(value: str, manner: Manner = "plain", *, text: TextForm = "unicode") -> str:
    r"""Return `value` as a field holds it, without the delimiters.

    Manner says what the text may hold, as in `decode`: CSL's tags become macros in "title" and
    "rich"; in "plain" text a "<" is only itself. With text="latex", characters beyond ASCII become
    macros where LaTeX has one.
    """
    if _NEEDS.search(value) is None:
        return value
    if manner in PARAGRAPHS and "\n\n" in value:
        paragraphs = _PARAGRAPHS.split(value)
        return "\n\n".join(_paragraph(part, manner, text) for part in paragraphs)
    return _paragraph(value, manner, text)


def _paragraph(value: str, manner: Manner, text: TextForm) -> str:
    written = (
        _inline(value, text)
        if manner in {"title", "rich"} and "<" in value
        else _literal(value, text)
    )
    return "{@}" + written[1:] if manner in PARAGRAPHS and written.startswith("@") else written


def _inline(value: str, text: TextForm) -> str:
    """Write CSL's tags as macros; a tag without its partner is text."""
    tags = list(_TAG.finditer(value))
    partner = _partners(tags)
    pieces, at = [], 0
    for index, tag in enumerate(tags):
        if index not in partner:
            continue
        pieces.append(_literal(value[at : tag.start()], text))
        at = tag.end()
        pieces.append("}" if tag.group().startswith("</") else _opening(tag.group()))
    pieces.append(_literal(value[at:], text))
    # A group that starts with a macro is no protection but a special character ("{\'E}").
    return _PROTECTED_MACRO.sub("{{}", "\0".join(pieces)).replace("\0", "")


def _opening(tag: str) -> str:
    if tag == NOCASE:
        return _PROTECTING
    if tag.startswith("<span"):
        return r"\textsc{"
    return _LATEX_TAGS[tag[1:-1]]


def _partners(tags: list[re.Match[str]]) -> set[int]:
    """Return the indices of the tags that open and close properly."""
    stack: list[tuple[str, int]] = []
    paired: set[int] = set()
    for index, tag in enumerate(tags):
        source = tag.group()
        if not source.startswith("</"):
            stack.append(("span" if source.startswith("<span") else source[1:-1], index))
        elif stack and stack[-1][0] == source[2:-1]:
            paired.update((stack.pop()[1], index))
    return paired


def _literal(value: str, text: TextForm) -> str:
    """Write text without tags: escape TeX's characters, keep mathematics."""
    if "$" not in value or "\\" not in value:
        return _escaped(value, text)
    pieces, at = [], 0
    for match in _MATH.finditer(value):
        if not _is_mathematics(match.group(1)):
            continue
        pieces.append(_escaped(value[at : match.start()], text))
        pieces.append(match.group())
        at = match.end()
    pieces.append(_escaped(value[at:], text))
    return "".join(pieces)


def _is_mathematics(source: str) -> bool:
    """Say whether "$…$" is real mathematics, which `decode` keeps just so."""
    depth = 0
    for match in re.finditer(r"\\.|[{}]", source, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth < 0:
            return False
    return (
        depth == 0
        and not source.endswith("\\")
        and render_math(source, markup=True) is None
        and render_math(source, markup=False) is None
    )


def _escaped(value: str, text: TextForm) -> str:
    if _TO_ESCAPE.search(value) is not None:
        value = _TO_ESCAPE.sub(_escape, value)
    if text == "latex" and not value.isascii():
        value = to_latex(value)
    return value


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or character + "{}"


def to_latex(value: str) -> str:
    """Return `value` with each character beyond ASCII as a macro, where LaTeX has one."""
    pieces = []
    for character in unicodedata.normalize("NFC", value):
        pieces.append(character if character < "\x80" else latex_character(character) or character)
    return "".join(pieces)


@lru_cache(maxsize=4096)
def latex_character(character: str) -> str | None:
    r"""Return the macro for one character ("é" -> "{\'e}"), None where LaTeX has none."""
    known = _macros().get(character)
    if known is not None:
        return known
    base, *marks = list(unicodedata.normalize("NFD", character))
    if not marks:
        return None
    written = _macros().get(base, base)
    if written == base and base >= "\x80":
        return None
    written = {"i": r"\i", "j": r"\j"}.get(base, written) if marks[0] in _ABOVE else written
    for mark in marks:
        accent = _ACCENTS.get(mark)
        if accent is None:
            return None
        written = _with_accent(accent, written)
    return "{" + written + "}"


def _with_accent(accent: str, base: str) -> str:
    if accent.isalpha() or len(base) > 1:
        return f"\\{accent}{{{base}}}"
    return f"\\{accent}{base}"


_ACCENTS: dict[str, str] = {}
for _name, _combining in tables.ACCENTS.items():
    _ACCENTS.setdefault(_combining, _name)
_ABOVE = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0308\u0309\u030a\u030b\u030c")

_TYPOGRAPHY = {
    "\u00a0": "~",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": r"{\textquoteleft}",
    "’": "'",
    "…": r"{\ldots}",
    "\u2009": r"\,",
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


__all__ = ["NOCASE", "SMALL_CAPS", "TextForm", "encode", "latex_character", "to_latex"]
