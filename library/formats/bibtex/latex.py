r"""LaTeX as it stands in .bib files -> Unicode text.

`decode` never raises and takes time linear in its input. Three manners, by what a field may hold:

* "title": CSL's inline HTML, and braces that protect letters become <span class="nocase">;
* "rich": CSL's inline HTML, braces only group (abstracts);
* "paragraphs": text alone, in which an empty line stays (notes);
* "plain": text alone, in one paragraph (names, publishers).

What TeX would do with a macro that we do not know cannot be known; its name is dropped and the text
in its braces stays, which is what a reader of the printed page would see in nearly every case.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import Literal

from library.formats.bibtex import latex_macros as macros
from library.formats.bibtex.inline import NOCASE, SMALL_CAPS
from library.formats.bibtex.latex_math import render_math
from library.formats.bibtex.latex_tables import ACCENTS
from library.formats.bibtex.protection import CLOSE, OPEN, without_marks

Manner = Literal["title", "rich", "paragraphs", "plain"]

PARAGRAPHS = frozenset({"rich", "paragraphs"})  # manners in which an empty line stays
MAX_DEPTH = 80  # groups below are read as if their braces were not there

_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_PARAGRAPH = re.compile(r"[ \t\r\f\v]*\n[ \t\r\f\v]*(?:\n[ \t\r\f\v]*)+")
_HAS_BLANKS = re.compile(r"[\t\r\n\f\v]|  |^ | $")
_SPECIAL = re.compile(r"[\\{}$~`]|--|''|,,|&(?=[A-Za-z#])")
_MORE_THAN_BRACES = re.compile(r"[\\$~`]|--|''|,,|&(?=[A-Za-z#])")
_SIMPLE_GROUP = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_HAS_CASE = re.compile(r"[^\W\d_]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_RUN = re.compile(r"[^\\{}$~`'\-&,!?^]+")
_MACRO = re.compile(r"\\([A-Za-z]+\*?|.|\Z)", re.DOTALL)
_OPTION = re.compile(r"\[[^\[\]{}]*\](?=\s*\{)")
_DIMENSION = re.compile(r"\s*=?\s*[-+]?(?:\d+\.?\d*|\.\d+)?\s*(?:em|ex|pt|mm|cm|in|sp|mu|pc|bp|)\b")
_CHARACTER_CODE = re.compile(
    r"\s*(?:\"([0-9A-F]{1,6})|'([0-7]{1,7})|`\\?(.)|([0-9]{1,7})) ?", re.DOTALL
)
_HEX = re.compile(r"\^\^(?:([0-9a-f]{2})|\^\^([0-9a-f]{4}))")
_PLAIN_DOLLARS = re.compile(r"\$\s*[0-9]")

_CLOSE = {"i": "</i>", "b": "</b>", "sub": "</sub>", "sup": "</sup>"}
_OPEN = {"i": "<i>", "b": "<b>", "sub": "<sub>", "sup": "<sup>", "sc": SMALL_CAPS}


def decode(raw: str, manner: Manner = "plain") -> str:
    r"""Return the text that `raw` sets, with blanks made single and trimmed.

    "\'Etude d'un {DNA}" gives "Étude d'un <span class="nocase">DNA</span>" as a title. A pair of
    braces around the whole value protects nothing in particular (Mendeley and JabRef put it around
    every title) and is dropped. In the manner "rich" an empty line stays, as "\n\n".
    Only TeX's own blanks count as blanks: a no-break space in the file stays one.
    """
    if _SPECIAL.search(raw) is None:
        return _tidy(raw, manner) if _HAS_BLANKS.search(raw) else raw
    return _decode(raw, manner)


@lru_cache(maxsize=20_000)
def decode_cached(raw: str) -> str:
    """As decode(raw, "plain"), for values that come again and again: journals, publishers."""
    return decode(raw, "plain")


def _decode(raw: str, manner: Manner) -> str:
    raw = without_outer_braces(raw)
    if _MORE_THAN_BRACES.search(raw) is None:
        text = _SIMPLE_GROUP.sub(_protected if manner == "title" else r"\1", raw)
        if "{" not in text and "}" not in text:
            return _tidy(text, manner)
    text = _Reader(raw, manner).whole()
    if OPEN in text:
        text = without_marks(text)
    return _tidy(text, manner)


def without_outer_braces(raw: str) -> str:
    r"""Return `raw` without blanks and braces around the whole of it; "{\it x}" stays."""
    raw = raw.strip(" \t\r\n\f\v")
    while raw[:1] == "{" and raw[-1:] == "}" and raw[1:2] != "\\" and _closes_at_end(raw):
        raw = raw[1:-1].strip(" \t\r\n\f\v")
    return raw


def _closes_at_end(raw: str) -> bool:
    if raw.find("}") == len(raw) - 1:
        return raw.count("{") == 1
    depth = 0
    for match in _BRACE.finditer(raw):
        token = match.group()
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if depth == 0:
                return match.end() == len(raw)
    return False


def _protected(match: re.Match[str]) -> str:
    text = match.group(1)
    return f"{NOCASE}{text}</span>" if _HAS_CASE.search(text) else text


def _tidy(text: str, manner: Manner) -> str:
    if manner in PARAGRAPHS and "\n" in text and _PARAGRAPH.search(text):
        paragraphs = (_BLANKS.sub(" ", part).strip(" ") for part in _PARAGRAPH.split(text))
        return "\n\n".join(part for part in paragraphs if part)
    return _BLANKS.sub(" ", text).strip(" ")


class _Reader:
    """A reader of one value; `at` is the place it has come to."""

    def __init__(self, raw: str, manner: Manner) -> None:
        self.raw = raw
        self.manner = manner
        self.at = 0
        self.depth = 0
        self.protecting = manner == "title"  # a group here protects its letters
        self.markup = manner in {"title", "rich"}

    def whole(self) -> str:
        """Read to the end; a brace that closes nothing is dropped."""
        pieces = []
        while self.at < len(self.raw):
            pieces.append(self.sequence())
            self.at += 1  # behind the stray "}"
        return unicodedata.normalize("NFC", "".join(pieces))

    def sequence(self) -> str:
        """Read to the end of the group, and stand before its "}" or at the end of the value."""
        raw, end, pieces = self.raw, len(self.raw), []
        while self.at < end:
            run = _RUN.match(raw, self.at)
            if run is not None:
                pieces.append(run.group())
                self.at = run.end()
                continue
            character = raw[self.at]
            if character == "}":
                break
            pieces.append(self.special(character))
        return "".join(pieces)

    def special(self, character: str) -> str:
        """Read what starts with one of TeX's special characters (or with a ligature's)."""
        if character == "\\":
            return self.macro()
        if character == "{":
            return self.group()
        if character == "$":
            return self.math()
        if character == "~":
            self.at += 1
            return "\u00a0"
        if character == "&":
            return self.entity()
        if character == "^":
            match = _HEX.match(self.raw, self.at)
            if match is not None:
                self.at = match.end()
                return _character(int(match.group(1) or match.group(2), 16))
        return self.ligature(character)

    def ligature(self, character: str) -> str:
        for source, text in macros.LIGATURES.get(character, ()):
            if self.raw.startswith(source, self.at):
                self.at += len(source)
                return text
        self.at += 1
        return self.single_quote() if character == "`" else character

    def single_quote(self) -> str:
        """Read the "`" of "`word'": an opening quote, whose "'" closes when no letter follows."""
        return "‘"

    def entity(self) -> str:
        """Read "&amp;" and the like, which exports leave behind; any other "&" is itself."""
        match = _ENTITY.match(self.raw, self.at)
        if match is not None:
            text = unescape(match.group())
            if text != match.group() and not text.endswith(";"):
                self.at = match.end()
                return text
        self.at += 1
        return "&"

    def group(self) -> str:
        """Read "{…}" and stand behind it."""
        self.at += 1
        if self.depth >= MAX_DEPTH:
            return ""
        # In BibTeX "{\'E}" is a special character, not protection.
        protects = self.protecting and self.raw[self.at : self.at + 1] != "\\"
        if protects and self.raw[self.at : self.at + 1] == "{" and self.is_double():
            self.protecting = False
            text = self.argument()
            self.protecting = True
            self.at += 1
            return OPEN + text + CLOSE if _HAS_CASE.search(text) else text
        self.depth += 1
        before, self.protecting = self.protecting, self.protecting and not protects
        text = self.sequence()
        self.protecting = before
        self.depth -= 1
        self.at += 1
        if protects and _HAS_CASE.search(text):
            return f"{NOCASE}{text}</span>"
        return text

    def is_double(self) -> bool:
        """Say whether the group that starts here fills the one around it: "{{DNA}}"."""
        depth = 0
        for match in _BRACE.finditer(self.raw, self.at):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                return self.raw[match.end() : match.end() + 1] == "}"
        return False

    def argument(self) -> str:
        """Read a macro's argument: a group without protection, a macro, or one character."""
        self.skip_blanks()
        if self.at >= len(self.raw) or self.raw[self.at] == "}":
            return ""
        if self.raw[self.at] == "{":
            self.at += 1
            if self.depth >= MAX_DEPTH:
                return ""
            self.depth += 1
            text = self.sequence()
            self.depth -= 1
            self.at += 1
            return text
        if self.raw[self.at] == "\\":
            return self.macro()
        self.at += 1
        return self.raw[self.at - 1]

    def raw_argument(self) -> str:
        """Read a macro's argument as it is written, without its braces."""
        self.skip_blanks()
        if self.raw[self.at : self.at + 1] != "{":
            self.at += 1
            return self.raw[self.at - 1 : self.at]
        start, depth = self.at + 1, 0
        for match in _BRACE.finditer(self.raw, self.at):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                self.at = match.end()
                return self.raw[start : match.start()]
        self.at = len(self.raw)
        return self.raw[start:]

    def skip_blanks(self) -> None:
        match = _BLANKS.match(self.raw, self.at)
        if match is not None:
            self.at = match.end()

    def styled(self, style: str, text: str) -> str:
        """Put `text` into CSL's tag for `style`; plain text stays plain."""
        if not self.markup or not text.strip():
            return text
        return _OPEN[style] + text + _CLOSE.get(style, "</span>")

    def macro(self) -> str:
        match = _MACRO.match(self.raw, self.at)
        if match is None:  # cannot be: the pattern takes any character or the end
            return ""
        name, self.at = match.group(1), match.end()
        if name in ACCENTS and (not name.isalpha() or self.accent_follows(name)):
            return self.accented(ACCENTS[name])
        if name.isalpha() or name.endswith("*"):
            if name not in macros.TAKES_ARGUMENT:
                self.skip_blanks_after(name)
            return self.named(name)
        if name in {"(", "["}:
            return self.bracketed_math("\\)" if name == "(" else "\\]")
        if name == "\\":
            # A new line: "\\*", "\\[2pt]".
            spacing = re.compile(r"\*?(?:\[[^\]]*\])?").match(self.raw, self.at)
            self.at = spacing.end() if spacing else self.at
            return " "
        text = macros.CHARACTERS.get(name)
        return name if text is None else text

    def accent_follows(self, name: str) -> bool:
        r"""Say whether a letter-named accent ("\c", "\v") has something to stand on."""
        return name not in macros.CHARACTERS or self.raw[self.at : self.at + 1] == "{"

    def skip_blanks_after(self, name: str) -> None:
        """Skip the blanks that end a macro's name, as TeX does; names of things keep them."""
        if name not in macros.KEEPS_BLANK:
            self.skip_blanks()

    def named(self, name: str) -> str:  # noqa: PLR0911 - one line a kind of macro
        text = macros.CHARACTERS.get(name)
        if text is not None:
            return text
        if name in macros.STYLES:
            return self.styled(macros.STYLES[name], self.argument())
        if name in macros.DECLARATIONS:
            return self.declared(macros.DECLARATIONS[name])
        if name in macros.WRAPPERS:
            before, after = macros.WRAPPERS[name]
            return before + self.argument() + after
        if name in macros.DROPPED:
            for _ in range(macros.DROPPED[name]):
                self.skip_option()
                self.raw_argument()
            return ""
        if name in macros.SECOND_OF_TWO:
            self.skip_option()
            self.raw_argument()
            return self.argument()
        if name in macros.FIRST_OF_TWO:
            text = self.argument()
            self.raw_argument()
            return text
        if name in macros.VERBATIM:
            return unescaped(self.raw_argument())
        if name in macros.SPACING:
            return self.spacing()
        if name in macros.CASES:
            return self.cased(name)
        return self.rare(name)

    def rare(self, name: str) -> str:
        if name == "ensuremath":
            source = self.raw_argument()
            rendered = render_math(source, markup=self.markup)
            return f"${source}$" if rendered is None else rendered
        if name in {"char", "symbol", "unichar"}:
            return self.character_code()
        if name == "verb":
            mark = self.raw[self.at : self.at + 1]
            end = self.raw.find(mark, self.at + 1) if mark else -1
            if end > 0:
                text, self.at = self.raw[self.at + 1 : end], end + 1
                return text
            return ""
        if name == "t":
            return self.tied()
        if name == "switchargs":
            first, second = self.argument(), self.argument()
            return second + first
        if name == "par" and self.manner in PARAGRAPHS:
            return "\n\n"
        if name in macros.BLANKS:
            return " "
        # Unknown: the name goes, and an option with it; a group that follows is read as text.
        self.skip_option()
        if self.raw[self.at : self.at + 1] == "{":
            return self.argument()
        return ""

    def skip_option(self) -> None:
        match = _OPTION.match(self.raw, self.at)
        if match is not None:
            self.at = match.end()

    def spacing(self) -> str:
        """Skip a length: behind "\\hskip", in braces or bare."""
        self.skip_blanks()
        if self.raw[self.at : self.at + 1] == "{":
            self.raw_argument()
            return ""
        match = _DIMENSION.match(self.raw, self.at)
        if match is not None:
            self.at = match.end()
        return ""

    def cased(self, name: str) -> str:
        text = self.argument()
        if "<" in text:
            return text
        return text.lower() if "ower" in name else text.upper()

    def declared(self, style: str) -> str:
        r"""Read on to the end of the group, in `style`: the "\it" of "{\it x}"."""
        if self.depth >= MAX_DEPTH:
            return ""
        self.depth += 1
        text = self.sequence()
        self.depth -= 1
        return self.styled(style, text) if style else text

    def character_code(self) -> str:
        self.skip_blanks()
        in_braces = self.raw[self.at : self.at + 1] == "{"
        if in_braces:
            match = _CHARACTER_CODE.match(self.raw_argument())
        else:
            match = _CHARACTER_CODE.match(self.raw, self.at)
            self.at = match.end() if match else self.at
        if match is None:
            return ""
        hexadecimal, octal, itself, decimal = match.groups()
        if itself:
            return itself
        base = 16 if hexadecimal else 8 if octal else 10
        return _character(int(hexadecimal or octal or decimal, base))

    def tied(self) -> str:
        text = self.argument()
        if len(text) < 2:  # noqa: PLR2004 - a tie joins two letters
            return text
        return text[0] + "\u0361" + text[1:]

    def accented(self, combining: str) -> str:
        text = self.argument()
        if text[:1] in {"<", ""}:  # markup, or an accent on nothing
            return text or macros.SPACING_ACCENTS.get(combining, "")
        base = text[0]
        if combining not in macros.BELOW:
            base = {"ı": "i", "ȷ": "j"}.get(base, base)
        if base.isspace():
            return macros.SPACING_ACCENTS.get(combining, "") + text
        rest = 1
        while rest < len(text) and unicodedata.combining(text[rest]):
            rest += 1
        return unicodedata.normalize("NFC", base + text[1:rest] + combining) + text[rest:]

    def math(self) -> str:
        """Read "$…$"; a "$" that opens no math is a dollar."""
        mark = "$$" if self.raw.startswith("$$", self.at) else "$"
        start = self.at + len(mark)
        end = _closing_dollar(self.raw, start, mark)
        if end < 0 or (mark == "$" and _are_dollars(self.raw, self.at, end)):
            self.at += 1
            return "$"
        source, self.at = self.raw[start:end], end + len(mark)
        rendered = render_math(source, markup=self.markup)
        return f"${source}$" if rendered is None else rendered

    def bracketed_math(self, close: str) -> str:
        end = self.raw.find(close, self.at)
        if end < 0:
            return ""
        source, self.at = self.raw[self.at : end], end + len(close)
        rendered = render_math(source, markup=self.markup)
        return f"${source}$" if rendered is None else rendered


def _closing_dollar(raw: str, start: int, mark: str) -> int:
    at = raw.find(mark, start)
    while at > 0 and raw[at - 1] == "\\" and (at < 2 or raw[at - 2] != "\\"):  # noqa: PLR2004 - "\\$"
        at = raw.find(mark, at + 1)
    return at


def _are_dollars(raw: str, start: int, end: int) -> bool:
    """Say whether "$5 million and $6" are prices: both dollars before a digit, words between."""
    between = raw[start + 1 : end]
    if not between:
        return True
    return (
        _PLAIN_DOLLARS.match(raw, start) is not None
        and not re.search(r"[\\^_={}<>]", between)
        and re.search(r"[A-Za-z]{3}|, |[0-9] $|\.$", between) is not None
    )


def _character(code: int) -> str:
    """Return the character with this number; nothing for what is no character."""
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code < 0x20:  # noqa: PLR2004 - Unicode's own limits
        return ""
    return chr(code)


_ESCAPED = re.compile(
    r"\{?\\(?:([_%&#$~^{}])|(textasciitilde|textunderscore|sim|_|%)(?![A-Za-z])(?:\{\})?)\}?(?:\{\})?"
)
_NAMED = {"textasciitilde": "~", "sim": "~", "textunderscore": "_"}


def unescaped(verbatim: str) -> str:
    r"""Return an address or identifier as it is, though someone escaped it for LaTeX.

    "a\_b", "a{\_}b", "a\~{}b" and "a$\sim$b" give "a_b" and "a~b". Line ends are taken out with the
    blanks around them (long addresses are wrapped).
    """
    text = verbatim.strip(" \t\r\n\f\v")
    if "\n" in text or "\r" in text:
        text = re.sub(r"[ \t]*[\r\n]+[ \t]*", "", text)
    if "\\" not in text:
        return text
    text = text.replace("$\\sim$", "~").replace("{$\\sim$}", "~")
    return _ESCAPED.sub(lambda m: m.group(1) or _NAMED.get(m.group(2), m.group(2)), text)
