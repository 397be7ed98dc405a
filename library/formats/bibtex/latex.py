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

from library.formats.bibtex.inline import NOCASE
from library.formats.bibtex.latex_reader import BRACE, HAS_CASE, PARAGRAPHS, LatexReader, Manner
from library.formats.bibtex.protection import OPEN, without_marks

_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_ODD_BLANK = re.compile(r"[\t\r\f\v]")
_WHITE = " \t\r\n\f\v"
_PARAGRAPH = re.compile(r"[ \t\r\f\v]*\n[ \t\r\f\v]*(?:\n[ \t\r\f\v]*)+")
_ATTENTION = re.compile(r"[\\{}$~`\t\r\n\f\v]")
_LETTER = r"(?:\\?[A-Za-z]|\{\\?[A-Za-z]\})"
_FRAGMENT = re.compile(
    rf"\{{\\(?:['`^\"~=.]{_LETTER}|[cvuHkrdb](?: [A-Za-z]|\{{\\?[A-Za-z]\}})|[A-Za-z]+)\}}"
    rf"|(?<![\\{{])\\(?:['`^\"~=.](?:[A-Za-z]|\{{\\?[A-Za-z]\}})|[cvuHkrdb]\{{[A-Za-z]\}}|[&%#_])"
)
_ENTITY_START = re.compile(r"&(?=[A-Za-z#])")
_ESCAPED_BRACES = re.compile(r"\\?\{([^\W\d_][\w \-]*)\\\}")
_ESCAPED_GROUP = re.compile(r"\\\{([^\W\d_][\w \-]*)\\\}")
"""As `_ESCAPED_BRACES` where every brace that opens is escaped; found at once by how it starts."""
_SIMPLE_GROUP = re.compile(r"\{([^{}]*)\}")


def decode(raw: str, manner: Manner = "plain") -> str:
    r"""Return the text that `raw` sets, with blanks made single and trimmed.

    "\'Etude d'un {DNA}" gives "Étude d'un <span class="nocase">DNA</span>" as a title. A pair of
    braces around the whole value protects nothing in particular (Mendeley and JabRef put it around
    every title) and is dropped. In the manner "rich" an empty line stays, as "\n\n".
    Only TeX's own blanks count as blanks: a no-break space in the file stays one.
    """
    if (
        _ATTENTION.search(raw) is None
        and "--" not in raw
        and "''" not in raw
        and "&" not in raw
        and ",," not in raw
    ):
        if "  " in raw or raw[:1] == " " or raw[-1:] == " ":
            return _BLANKS.sub(" ", raw).strip(" ")
        return raw
    return _decode(raw, manner)


decode_cached = lru_cache(maxsize=20_000)(decode)
"""As `decode`, for values that come again and again: journals, publishers."""


def _decode(raw: str, manner: Manner) -> str:
    raw = without_outer_braces(raw)
    if "$\\" in raw:
        # What some programs make of "{$\\beta$}" when they escape it once more.
        raw = raw.replace("$\\{$", "{").replace("$\\}$", "}").replace("$\\backslash$", "\\")
    if "\\" in raw and "$" not in raw:
        if raw.count("\\") != raw.count("\\{") + raw.count("\\}"):
            raw = _FRAGMENT.sub(_fragment, raw)
        if (escaped := raw.count("\\{")) > 0:
            # "\{DNA\}" is protection that some program has escaped.
            is_uniform = raw.count("{") == escaped
            pattern = _ESCAPED_GROUP if is_uniform else _ESCAPED_BRACES
            raw = pattern.sub(_unescaped, raw)
    if "\\" in raw or "$" in raw or ("&" in raw and _ENTITY_START.search(raw)):
        return _read_slowly(raw, manner)
    text = _with_ligatures(raw)
    if "{" in text or "}" in text:
        text = _SIMPLE_GROUP.sub(_protected if manner == "title" else r"\1", text)
        if "{" in text or "}" in text:
            return _read_slowly(raw, manner)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _tidy(text, manner)


def _read_slowly(raw: str, manner: Manner) -> str:
    text = LatexReader(raw, manner).whole()
    if OPEN in text:
        text = without_marks(text)
    return _tidy(text, manner)


def _with_ligatures(text: str) -> str:
    """Read what TeX's fonts join, in a text without macros."""
    if "-" in text:
        text = text.replace("---", "—").replace("--", "–")
    if "`" in text:
        text = text.replace("!`", "¡").replace("?`", "¿").replace("``", "“").replace("`", "‘")
    return text.replace("''", "”").replace(",,", "„").replace("~", "\u00a0")


def _fragment(match: re.Match[str]) -> str:
    return _fragment_text(match.group())


@lru_cache(maxsize=4096)
def _fragment_text(source: str) -> str:
    """Decode a single accented letter or symbol; what then needs more care stays as it is."""
    text = unicodedata.normalize("NFC", LatexReader(source, "plain").whole())
    if not text or any(character in text for character in "\\{}$~`'-&,!?") or text.isspace():
        return source
    return text


def without_outer_braces(raw: str) -> str:
    r"""Return `raw` without blanks and braces around the whole of it; "{\it x}" stays."""
    raw = raw.strip(_WHITE)
    if raw[:1] != "{" or raw[-1:] != "}" or raw[1:2] == "\\":
        return raw
    if raw.find("}") == len(raw) - 1 and raw.count("{") == 1:
        return raw[1:-1].strip(_WHITE)
    closing = _closing_braces(raw)
    start, end = 0, len(raw)
    while (
        raw[start : start + 1] == "{" and raw[start + 1] != "\\" and closing.get(start) == end - 1
    ):
        start, end = start + 1, end - 1
        while start < end and raw[start] in _WHITE:
            start += 1
        while start < end and raw[end - 1] in _WHITE:
            end -= 1
    return raw[start:end]


def _closing_braces(raw: str) -> dict[int, int]:
    """Return the place of the closing brace for each opening one; in one pass, however deep."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for match in BRACE.finditer(raw):
        mark = match.group()
        if mark == "{":
            opened.append(match.start())
        elif mark == "}":
            if not opened:
                break
            closing[opened.pop()] = match.start()
    return closing


def _unescaped(match: re.Match[str]) -> str:
    return f"{{{match[1]}}}"


def _protected(match: re.Match[str]) -> str:
    text = match.group(1)
    return f"{NOCASE}{text}</span>" if HAS_CASE.search(text) else text


def _tidy(text: str, manner: Manner) -> str:
    if manner in PARAGRAPHS and "\n" in text and _PARAGRAPH.search(text):
        paragraphs = (_BLANKS.sub(" ", part).strip(" ") for part in _PARAGRAPH.split(text))
        return "\n\n".join(part for part in paragraphs if part)
    if "  " in text or "\n" in text or _ODD_BLANK.search(text):
        text = _BLANKS.sub(" ", text)
    return text.strip(" ")
