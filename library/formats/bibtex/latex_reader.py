r"""Reading LaTeX piece by piece: the slow and careful way, for values that are not plain."""

import re
import unicodedata
from html import unescape
from typing import Literal

from library.formats.bibtex import latex_macros as macros
from library.formats.bibtex.inline import NOCASE, SMALL_CAPS
from library.formats.bibtex.latex_math import render_math
from library.formats.bibtex.latex_tables import ACCENTS
from library.formats.bibtex.protection import CLOSE, OPEN
from library.formats.bibtex.verbatim import unescaped

Manner = Literal["title", "rich", "paragraphs", "plain"]
"""What a field may hold; see `latex`."""

_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
PARAGRAPHS = frozenset({"rich", "paragraphs"})  # manners in which an empty line stays
MAX_DEPTH = 80  # groups below are read as if their braces were not there
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
HAS_CASE = re.compile(r"[^\W\d_]")
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


class LatexReader:
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
            pieces.append(self._sequence())
            self.at += 1  # behind the stray "}"
        return unicodedata.normalize("NFC", "".join(pieces))

    def _sequence(self) -> str:
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
            pieces.append(self._special(character))
        return "".join(pieces)

    def _special(self, character: str) -> str:  # noqa: PLR0911 - one line a character
        """Read what starts with one of TeX's special characters (or with a ligature's)."""
        if character == "\\":
            return self._macro()
        if character == "{":
            return self._group()
        if character == "$":
            return self._math()
        if character == "~":
            self.at += 1
            return "\u00a0"
        if character == "&":
            return self._entity()
        if character == "^":
            match = _HEX.match(self.raw, self.at)
            if match is not None:
                self.at = match.end()
                return _character(int(match.group(1) or match.group(2), 16))
        return self._ligature(character)

    def _ligature(self, character: str) -> str:
        for source, text in macros.LIGATURES.get(character, ()):
            if self.raw.startswith(source, self.at):
                self.at += len(source)
                return text
        self.at += 1
        return self._single_quote() if character == "`" else character

    def _single_quote(self) -> str:
        """Read the "`" of "`word'": an opening quote, whose "'" closes when no letter follows."""
        return "‘"

    def _entity(self) -> str:
        """Read "&amp;" and the like, which exports leave behind; any other "&" is itself."""
        match = _ENTITY.match(self.raw, self.at)
        if match is not None:
            text = unescape(match.group())
            if text != match.group() and not text.endswith(";"):
                self.at = match.end()
                return text
        self.at += 1
        return "&"

    def _group(self) -> str:
        """Read "{…}" and stand behind it."""
        self.at += 1
        if self.depth >= MAX_DEPTH:
            return ""
        # In BibTeX "{\'E}" is a special character, not protection.
        protects = self.protecting and self.raw[self.at : self.at + 1] != "\\"
        if protects and self.raw[self.at : self.at + 1] == "{" and self._is_double():
            self.protecting = False
            text = self._argument()
            self.protecting = True
            self.at += 1
            return OPEN + text + CLOSE if HAS_CASE.search(text) else text
        self.depth += 1
        before, self.protecting = self.protecting, self.protecting and not protects
        text = self._sequence()
        self.protecting = before
        self.depth -= 1
        self.at += 1
        if protects and HAS_CASE.search(text):
            return f"{NOCASE}{text}</span>"
        return text

    def _is_double(self) -> bool:
        """Say whether the group that starts here fills the one around it: "{{DNA}}"."""
        depth = 0
        for match in BRACE.finditer(self.raw, self.at):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                return self.raw[match.end() : match.end() + 1] == "}"
        return False

    def _argument(self) -> str:
        """Read a macro's argument: a group without protection, a macro, or one character."""
        self._skip_blanks()
        if self.at >= len(self.raw) or self.raw[self.at] == "}":
            return ""
        if self.raw[self.at] == "{":
            self.at += 1
            if self.depth >= MAX_DEPTH:
                return ""
            self.depth += 1
            text = self._sequence()
            self.depth -= 1
            self.at += 1
            return text
        if self.raw[self.at] == "\\" and self.depth < MAX_DEPTH:
            self.depth += 1
            text = self._macro()
            self.depth -= 1
            return text
        self.at += 1
        return self.raw[self.at - 1]

    def _raw_argument(self) -> str:
        """Read a macro's argument as it is written, without its braces."""
        self._skip_blanks()
        if self.raw[self.at : self.at + 1] != "{":
            self.at += 1
            return self.raw[self.at - 1 : self.at]
        start, depth = self.at + 1, 0
        for match in BRACE.finditer(self.raw, self.at):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                self.at = match.end()
                return self.raw[start : match.start()]
        self.at = len(self.raw)
        return self.raw[start:]

    def _skip_blanks(self) -> None:
        match = _BLANKS.match(self.raw, self.at)
        if match is not None:
            self.at = match.end()

    def _styled(self, style: str, text: str) -> str:
        """Put `text` into CSL's tag for `style`; plain text stays plain."""
        if not self.markup or not text.strip():
            return text
        return _OPEN[style] + text + _CLOSE.get(style, "</span>")

    def _macro(self) -> str:
        match = _MACRO.match(self.raw, self.at)
        if match is None:  # cannot be: the pattern takes any character or the end
            return ""
        name, self.at = match.group(1), match.end()
        if name in ACCENTS and (not name.isalpha() or self._accent_follows(name)):
            return self._accented(ACCENTS[name])
        if name.isalpha() or name.endswith("*"):
            if name not in macros.TAKES_ARGUMENT:
                self._skip_blanks_after(name)
            return self._named(name)
        if name in {"(", "["}:
            return self._bracketed_math("\\)" if name == "(" else "\\]")
        if name == "\\":
            # A new line: "\\*", "\\[2pt]".
            spacing = re.compile(r"\*?(?:\[[^\]]*\])?").match(self.raw, self.at)
            self.at = spacing.end() if spacing else self.at
            return " "
        text = macros.CHARACTERS.get(name)
        return name if text is None else text

    def _accent_follows(self, name: str) -> bool:
        r"""Say whether a letter-named accent ("\c", "\v") has something to stand on."""
        return name not in macros.CHARACTERS or self.raw[self.at : self.at + 1] == "{"

    def _skip_blanks_after(self, name: str) -> None:
        """Skip the blanks that end a macro's name, as TeX does; names of things keep them."""
        if name not in macros.KEEPS_BLANK:
            self._skip_blanks()

    def _named(self, name: str) -> str:  # noqa: PLR0911 - one line a kind of macro
        text = macros.CHARACTERS.get(name)
        if text is not None:
            return text
        if name in macros.STYLES:
            return self._styled(macros.STYLES[name], self._argument())
        if name in macros.DECLARATIONS:
            return self._declared(macros.DECLARATIONS[name])
        if name in macros.WRAPPERS:
            before, after = macros.WRAPPERS[name]
            return before + self._argument() + after
        if name in macros.DROPPED:
            for _ in range(macros.DROPPED[name]):
                self._skip_option()
                self._raw_argument()
            return ""
        if name in macros.SECOND_OF_TWO:
            self._skip_option()
            self._raw_argument()
            return self._argument()
        if name in macros.FIRST_OF_TWO:
            text = self._argument()
            self._raw_argument()
            return text
        if name in macros.VERBATIM:
            return unescaped(self._raw_argument())
        if name in macros.SPACING:
            return self._spacing()
        if name in macros.CASES:
            return self._cased(name)
        return self._rare(name)

    def _rare(self, name: str) -> str:  # noqa: PLR0911 - one branch a macro
        if name == "ensuremath":
            source = self._raw_argument()
            rendered = render_math(source, markup=self.markup)
            return f"${source}$" if rendered is None else rendered
        if name in {"char", "symbol", "unichar"}:
            return self._character_code()
        if name == "verb":
            mark = self.raw[self.at : self.at + 1]
            end = self.raw.find(mark, self.at + 1) if mark else -1
            if end > 0:
                text, self.at = self.raw[self.at + 1 : end], end + 1
                return text
            return ""
        if name == "t":
            return self._tied()
        if name == "switchargs":
            first, second = self._argument(), self._argument()
            return second + first
        if name == "par" and self.manner in PARAGRAPHS:
            return "\n\n"
        if name in macros.BLANKS:
            return " "
        # Unknown: the name goes, and an option with it; a group that follows is read as text.
        self._skip_option()
        if self.raw[self.at : self.at + 1] == "{":
            return self._argument()
        return ""

    def _skip_option(self) -> None:
        match = _OPTION.match(self.raw, self.at)
        if match is not None:
            self.at = match.end()

    def _spacing(self) -> str:
        r"""Skip a length: behind "\hskip", in braces or bare."""
        self._skip_blanks()
        if self.raw[self.at : self.at + 1] == "{":
            self._raw_argument()
            return ""
        match = _DIMENSION.match(self.raw, self.at)
        if match is not None:
            self.at = match.end()
        return ""

    def _cased(self, name: str) -> str:
        text = self._argument()
        if "<" in text:
            return text
        return text.lower() if "ower" in name else text.upper()

    def _declared(self, style: str) -> str:
        r"""Read on to the end of the group, in `style`: the "\it" of "{\it x}"."""
        if self.depth >= MAX_DEPTH:
            return ""
        self.depth += 1
        text = self._sequence()
        self.depth -= 1
        return self._styled(style, text) if style else text

    def _character_code(self) -> str:
        self._skip_blanks()
        in_braces = self.raw[self.at : self.at + 1] == "{"
        if in_braces:
            match = _CHARACTER_CODE.match(self._raw_argument())
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

    def _tied(self) -> str:
        text = self._argument()
        if len(text) < 2:  # noqa: PLR2004 - a tie joins two letters
            return text
        return text[0] + "\u0361" + text[1:]

    def _accented(self, combining: str) -> str:
        text = self._argument()
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

    def _math(self) -> str:
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

    def _bracketed_math(self, close: str) -> str:
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
