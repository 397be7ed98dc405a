"""What pandoc gave back, made whole and safe: typographical repairs, and only harmless HTML."""

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

from library.citations.repair import CLOSED, COMMA, HYPHEN, PRIVATE, SPACE

_NESTED_QUOTE: Final = re.compile("(‘[^‘“”]*)’((?:</[a-z]+>)*)([.,])”")
_QUOTE: Final = re.compile("”((?:</[a-z]+>)*)([.,])")
# What may stand between the end of a title and the mark that the style puts behind it.
_TITLE_END: Final = rf"([.?!]){CLOSED}((?:</[a-z]+>|[”’»])*)"
_STOP_AFTER_MARK: Final = re.compile(_TITLE_END + r"\.")
_STOP_IN_QUOTE_AFTER_MARK: Final = re.compile(rf"([.?!]){CLOSED}((?:</[a-z]+>)*)\.([”’])")
_KEPT: Final = {"em": "i", "i": "i", "strong": "b", "b": "b", "sup": "sup", "sub": "sub"}
_CLASSES: Final = {
    "csl-left-margin",
    "csl-right-inline",
    "csl-block",
    "csl-indent",
    "smallcaps",
    "nodecor",
}
_SCHEMES: Final = ("https://", "http://")


def finished(html: str, *, american: bool) -> str:
    """Return one entry as safe HTML on one line.

    Args:
        html: as pandoc wrote it.
        american: full stops and commas go inside quotation marks.
    """
    text = html.replace(COMMA, ",").replace(HYPHEN, "-").replace(SPACE, " ")
    text = _STOP_AFTER_MARK.sub(r"\1\2", text)
    text = _STOP_IN_QUOTE_AFTER_MARK.sub(r"\1\2\3", text)
    text = PRIVATE.sub("", text)
    if american:
        text = _QUOTE.sub(r"\2”\1", text)
        text = _NESTED_QUOTE.sub(r"\1\3’\2”", text)
    return safe_html(text)


def safe_html(html: str) -> str:
    """Return `html` with nothing in it but the marks of a citation; all else is shown as text."""
    parser = _Sanitiser()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.pieces + parser.open[::-1]).split())


def plain_text(html: str) -> str:
    """Return the text of a finished entry, in one line."""
    parser = _Text()
    parser.feed(html.replace('<div class="csl-right-inline">', " "))
    parser.close()
    return " ".join("".join(parser.pieces).split())


class _Sanitiser(HTMLParser):
    """Write again what is harmless; unknown tags vanish, their text stays."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[str] = []  # closing tags that are due, "" for a tag that was left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        opening, closing = _tags(tag, dict(attrs))
        self.pieces.append(opening)
        if tag not in {"br", "img", "hr", "wbr"}:
            self.open.append(closing)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"br", "img", "hr", "wbr"} and self.open:
            self.pieces.append(self.open.pop())

    def handle_data(self, data: str) -> None:
        self.pieces.append(escape(data, quote=False))


def _tags(tag: str, attributes: dict[str, str | None]) -> tuple[str, str]:
    if tag in _KEPT:
        return f"<{_KEPT[tag]}>", f"</{_KEPT[tag]}>"
    if tag == "a":
        address = (attributes.get("href") or "").strip()
        if address.lower().startswith(_SCHEMES):
            return f'<a href="{escape(address)}">', "</a>"
    if tag in {"div", "span"}:
        classes = _CLASSES & set((attributes.get("class") or "").split())
        if classes:
            return f'<{tag} class="{" ".join(sorted(classes))}">', f"</{tag}>"
    return "", ""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
