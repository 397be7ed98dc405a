r"""Mathematics in a title, as text that people can read: "$\alpha_2$" -> "α<sub>2</sub>".

Whatever cannot be written in a line of Unicode text stays the mathematics it is: `render_math` then
gives None, and the caller keeps "$…$".
"""

import re
import unicodedata
from html import unescape

from library.formats.bibtex.latex_tables import (
    BLACKBOARD,
    CALLIGRAPHIC,
    FRAKTUR,
    GREEK,
    LETTERS,
    MATH_ACCENTS,
    MATH_SYMBOLS,
    OPERATORS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
)
from library.formats.bibtex.wordlist import words

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}^_~'$&%#]|\s+|[^\\{}^_~'$&%#\s]+", re.DOTALL)
_MAX_DEPTH = 40
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{2,6});")

_SAME = words("""
    mathrm mathit mathbf mathsf mathtt text textrm textit textbf textsf texttt textnormal textsc
    mbox hbox operatorname operatorname* boldsymbol bm pmb mathop mathbin mathrel mathord
    mathnormal ensuremath emph mathsc mathup symbf mathopen mathclose mathpunct fbox boxed smash
    mathstrut rm* textup boldmath* underbar textsl
    """)
"""Macros whose argument is printed in another font, which text here does not have."""
_ALPHABETS = {
    "mathbb": BLACKBOARD,
    "Bbb": BLACKBOARD,
    "mathds": BLACKBOARD,
    "mathcal": CALLIGRAPHIC,
    "cal": CALLIGRAPHIC,
    "mathscr": CALLIGRAPHIC,
    "mathfrak": FRAKTUR,
    "frak": FRAKTUR,
    "EuScript": CALLIGRAPHIC,
}
_NOTHING = words("""
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm displaystyle
    textstyle scriptstyle scriptscriptstyle limits nolimits rm it bf sf tt sc sl em mit nonumber
    relax protect middle allowbreak nobreak mathsurround bfseries itshape rmfamily
    """)
_LETTERLIKE = re.compile(r"[^\W\d_]")
_SIMPLE = re.compile(r"[\w.′’]*(?:<su[bp]>[^<]*</su[bp]>)?|[\w.]*[⁰-₟¹²³]*")
_ITALIC_LETTERS = {"h": "ℎ"}


class _CannotRenderError(Exception):
    """The mathematics needs more than one line of text."""


def render_math(source: str, *, markup: bool) -> str | None:
    r"""Return the mathematics between two "$" as a line of text; None where that cannot be.

    With `markup`, scripts become CSL's <sup> and <sub>; without, Unicode's superscripts and
    subscripts where they exist, else "^" and "_" are kept.
    """
    if "&" in source:
        source = _ENTITY.sub(lambda m: unescape(m.group()), source)
    tokens = _TOKEN.findall(source)
    try:
        text, at = _sequence(tokens, 0, markup, 0)
    except _CannotRenderError:
        return None
    if at < len(tokens):
        return None
    text = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())
    if any(c in text for c in "\\{}$"):
        return None
    return text


def _sequence(tokens: list[str], at: int, markup: bool, depth: int) -> tuple[str, int]:  # noqa: FBT001 - handed down
    """Read up to the closing brace; return the text and the place of the brace or the end."""
    if depth > _MAX_DEPTH:
        raise _CannotRenderError
    pieces: list[str] = []
    while at < len(tokens) and tokens[at] != "}":
        mark = tokens[at]
        if mark in {"^", "_"}:
            script, at = _argument(tokens, at + 1, markup, depth)
            pieces.append(_script(mark, script, markup))
        elif mark == "'":
            pieces.append("′")
            at += 1
        else:
            text, at = _atom(tokens, at, markup, depth)
            pieces.append(text)
    return "".join(pieces), at


def _argument(tokens: list[str], at: int, markup: bool, depth: int) -> tuple[str, int]:  # noqa: FBT001 - handed down
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at >= len(tokens) or tokens[at] in {"}", "^", "_"}:
        raise _CannotRenderError
    if tokens[at][0] not in "\\{" and len(tokens[at]) > 1:
        # An argument without braces is one character: the rest is put back.
        first, tokens[at] = tokens[at][0], tokens[at][1:]
        return first, at
    return _atom(tokens, at, markup, depth)


def _atom(tokens: list[str], at: int, markup: bool, depth: int) -> tuple[str, int]:  # noqa: FBT001 - handed down
    mark = tokens[at]
    if mark == "{":
        text, at = _sequence(tokens, at + 1, markup, depth + 1)
        if at >= len(tokens):
            raise _CannotRenderError
        return text, at + 1
    if mark.isspace() or mark == "~":
        return " ", at + 1
    if mark in {"$", "&", "%", "#"}:
        raise _CannotRenderError
    if mark[0] != "\\":
        return mark.replace("-", "−") if mark == "-" else mark, at + 1
    return _macro(mark[1:], tokens, at + 1, markup, depth)


def _macro(name: str, tokens: list[str], at: int, markup: bool, depth: int) -> tuple[str, int]:  # noqa: C901, FBT001, PLR0911 - one branch a kind
    if name in _NOTHING:
        while at < len(tokens) and tokens[at].isspace():
            at += 1
        if name in {"left", "right", "middle"} and at < len(tokens) and tokens[at].startswith("."):
            tokens[at] = tokens[at][1:]  # "\right." is a delimiter that does not print
            if not tokens[at]:
                at += 1
        return "", at
    if name in _SAME:
        return _argument(tokens, at, markup, depth)
    if name in _ALPHABETS:
        text, at = _argument(tokens, at, markup, depth)
        return "".join(_ALPHABETS[name].get(c, c) for c in text.strip()), at
    if name in MATH_ACCENTS:
        text, at = _argument(tokens, at, markup, depth)
        if len(text) > 3 or "<" in text:  # noqa: PLR2004 - a bar over a long term needs real mathematics
            raise _CannotRenderError
        return "".join(c + MATH_ACCENTS[name] if c.isalnum() else c for c in text), at
    if name in {"frac", "tfrac", "dfrac", "nicefrac", "sfrac"}:
        above, at = _argument(tokens, at, markup, depth)
        below, at = _argument(tokens, at, markup, depth)
        return f"{_in_brackets(above)}/{_in_brackets(below)}", at
    if name == "sqrt":
        if at < len(tokens) and tokens[at].startswith("["):
            raise _CannotRenderError
        text, at = _argument(tokens, at, markup, depth)
        return "√" + _in_brackets(text), at
    if name == "not":
        text, at = _argument(tokens, at, markup, depth)
        return unicodedata.normalize("NFC", text + "\u0338"), at
    return _symbol(name, tokens, at)


def _symbol(name: str, tokens: list[str], at: int) -> tuple[str, int]:
    """Read a macro without an argument; the blank behind a letter's name is TeX's own."""
    if name in OPERATORS:
        return name, at
    for table in (MATH_SYMBOLS, GREEK, LETTERS, SYMBOLS):
        if name in table:
            text = table[name]
            if _LETTERLIKE.match(text) and at < len(tokens) and tokens[at].isspace():
                at += 1
            return text, at
    raise _CannotRenderError


def _script(mark: str, text: str, markup: bool) -> str:  # noqa: FBT001 - handed down
    text = text.strip()
    if not text:
        return ""
    if mark == "^" and text in {"∘", "°", "◦"}:
        return "°"
    if mark == "^" and set(text) <= {"′"}:
        return text
    if markup:
        tag = "sup" if mark == "^" else "sub"
        return f"<{tag}>{text}</{tag}>"
    table = SUPERSCRIPTS if mark == "^" else SUBSCRIPTS
    plain = text.replace("−", "-")
    if all(c in table for c in plain):
        return "".join(table[c] for c in plain)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def _in_brackets(text: str) -> str:
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) else f"({text})"
