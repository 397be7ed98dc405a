"""CSL's inline HTML in a text, piece by piece; and the mathematics that stayed mathematics."""

import re
from dataclasses import dataclass

from library.formats.bibtex.latex_math import render_math

NOCASE = '<span class="nocase">'
SMALL_CAPS = '<span style="font-variant:small-caps;">'

_TAG = re.compile(
    r"<i>|<b>|<sub>|<sup>|<span style=\"font-variant:\s*small-caps;?\">|<span class=\"nocase\">"
    r"|</(?:i|b|sub|sup|span)>"
)
_MATH = re.compile(r"\$([^$\n]*\\[A-Za-z][^$\n]*)\$")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text: a tag, mathematics, or plain text."""

    source: str  # as it stands
    kind: str = "text"  # "text", "math", "open", "close"
    tag: str = ""  # of "open" and "close": "i", "b", "sub", "sup", "sc", "nocase"
    is_protected: bool = False  # within a nocase span

    @property
    def text(self) -> str:
        """What people see of it."""
        return "" if self.tag else self.source


def segments(value: str) -> list[Segment]:
    """Cut a text into tags and what stands between; a tag without its partner is text."""
    if "<" not in value:
        return _with_math(value, is_protected=False)
    found: list[Segment] = []
    tags = list(_TAG.finditer(value))
    partner = _partners(tags)
    at, protecting = 0, 0
    open_tags: list[str] = []
    for index, match in enumerate(tags):
        if index not in partner:
            continue
        start = match.start()
        found += _with_math(value[at:start], is_protected=protecting > 0)
        at = match.end()
        if match.group().startswith("</"):
            tag = open_tags.pop()
            protecting -= tag == "nocase"
            found.append(Segment(match.group(), "close", tag))
        else:
            tag = _name(match.group())
            open_tags.append(tag)
            protecting += tag == "nocase"
            found.append(Segment(match.group(), "open", tag))
    return found + _with_math(value[at:], is_protected=protecting > 0)


def _name(tag: str) -> str:
    if tag == NOCASE:
        return "nocase"
    return "sc" if tag.startswith("<span") else tag[1:-1]


def _partners(tags: list[re.Match[str]]) -> set[int]:
    """Return the indices of the tags that open and close properly."""
    stack: list[tuple[str, int]] = []
    paired: set[int] = set()
    for index, match in enumerate(tags):
        tag = match.group()
        if not tag.startswith("</"):
            stack.append(("span" if tag.startswith("<span") else tag[1:-1], index))
        elif stack and stack[-1][0] == tag[2:-1]:
            paired.update((stack.pop()[1], index))
    return paired


def _with_math(text: str, *, is_protected: bool) -> list[Segment]:
    if not text:
        return []
    if "$" not in text or "\\" not in text:
        return [Segment(text, is_protected=is_protected)]
    found: list[Segment] = []
    at = 0
    for match in _MATH.finditer(text):
        if not is_mathematics(match.group(1)):
            continue
        if match.start() > at:
            found.append(Segment(text[at : match.start()], is_protected=is_protected))
        found.append(Segment(match.group(), "math", is_protected=is_protected))
        at = match.end()
    if at < len(text):
        found.append(Segment(text[at:], is_protected=is_protected))
    return found


def is_mathematics(source: str) -> bool:
    """Say whether "$…$" is real mathematics, which reading keeps just so."""
    depth = 0
    for match in _BRACE.finditer(source):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth < 0:
            return False
    return (
        depth == 0
        and not source.endswith("\\")
        and render_math(source, markup=True) is None
        and render_math(source, markup=False) is None
    )
