"""The value of a field: its delimiters off, its parts joined, its @strings put in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from library.formats.bibtex.grammar import PARTS, PARTS_ESCAPED

MONTHS = frozenset(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
)
"""The macros that every bibliography style defines. They stand for themselves unless the file
defines them: the meaning is the reader's, who knows the language."""

_BRACE = re.compile(r"[{}]")
_QUOTE_OR_BRACE = re.compile(r'["{}]')
_BRACE_ESCAPED = re.compile(r"[{}]|\\[\s\S]")
_QUOTE_OR_BRACE_ESCAPED = re.compile(r'["{}]|\\[\s\S]')
_BETWEEN = re.compile(r"(?:[ \t\r\n\f\v#]++|%[^\n\r]*+)*+")
_BARE = re.compile(r"""[^\x00-\x20\x7f"#%{}]++""")


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the file means it."""

    text: str
    has_macro: bool = False
    unknown: tuple[str, ...] = ()  # macros that nothing defines; their names stand in `text`


def expand(
    text: str,
    strings: Mapping[str, str],
    *,
    is_shallow: bool = False,
    has_escapes: bool = False,
) -> Value:
    r"""Return what a value as written, with its delimiters and "#", stands for.

    `text` follows the grammar; `strings` has lower-case names. `is_shallow` promises that braces
    nest no deeper than the fast patterns know, `has_escapes` asks for the dialect in which "\{" is
    no brace. A macro that is not defined is kept by its name: the BibTeX program would drop it, and
    with it what the user may have meant.
    """
    out: list[str] = []
    unknown: list[str] = []
    has_macro = False
    if is_shallow:
        parts: Iterable[tuple[str, str, str]] = (PARTS_ESCAPED if has_escapes else PARTS).findall(
            text
        )
    else:
        parts = _parts(text, has_escapes=has_escapes)
    for braced, quoted, bare in parts:
        if not bare:
            out.append(braced or quoted)
        elif bare.isdigit():
            out.append(bare)
        else:
            has_macro = True
            name = bare.lower()
            value = strings.get(name)
            if value is None:
                value = name if name in MONTHS else bare
                if name not in MONTHS:
                    unknown.append(bare)
            out.append(value)
    return Value("".join(out), has_macro, tuple(unknown))


def _parts(text: str, *, has_escapes: bool) -> Iterator[tuple[str, str, str]]:
    """Yield (braced, quoted, bare) for each part, however deep its braces nest."""
    quotes = _QUOTE_OR_BRACE_ESCAPED if has_escapes else _QUOTE_OR_BRACE
    position = 0
    while True:
        gap = _BETWEEN.match(text, position)
        position = gap.end() if gap else position
        if position >= len(text):
            return
        sign = text[position]
        if sign == "{":
            end = _closing(text, position, _BRACE_ESCAPED if has_escapes else _BRACE)
            yield text[position + 1 : end], "", ""
            position = end + 1
        elif sign == '"':
            end = _closing(text, position, quotes)
            yield "", text[position + 1 : end], ""
            position = end + 1
        elif bare := _BARE.match(text, position):
            yield "", "", bare[0]
            position = bare.end()
        else:
            position += 1  # a lone "}": cannot stand in a value that follows the grammar


def _closing(text: str, start: int, pattern: re.Pattern[str]) -> int:
    """Return where the part that opens at `start` closes; the text's end where it does not."""
    opening = text[start]
    depth = 0
    for match in pattern.finditer(text, start + 1):
        sign = match[0]
        if sign == '"':
            if depth == 0:
                return match.start()
        elif sign == "{":
            depth += 1
        elif sign != "}":
            continue  # an escaped sign
        elif depth == 0:
            if opening == "{":
                return match.start()
        else:
            depth -= 1
    return len(text)
