"""Marked-up text as sources send it, and the inline markup that a Work keeps of it.

A Work's text is Unicode with CSL's inline HTML and no other: <i>, <b>, <sub>, <sup>,
<span style="font-variant:small-caps;"> and <span class="nocase">. It is not HTML: "<" and "&"
stand for themselves, so "p < 0.05 & rising" is stored as such. Only the exact tags above, in
pairs, are markup; `to_html` makes HTML of it, `plain` leaves the words.

Source: CSL 1.0.2 / citeproc-js manual, "HTML-like formatting tags"; JATS 1.3.
"""

import html
import re
from html.entities import html5

from library.values import elements
from library.values.mathml import Node, linear
from library.values.mojibake import clean_characters, repair_mojibake
from library.values.tex_math import from_tex

SMALL_CAPS = '<span style="font-variant:small-caps;">'
NO_CASE = '<span class="nocase">'

_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AMPERSANDS = re.compile(r"&(?:amp;|#0*38;|#[xX]0*26;)+", re.IGNORECASE)
_TAG = re.compile(
    r"<(/?)(?:[A-Za-z][\w.-]{0,20}:)?([A-Za-z][\w.-]{0,40})"
    r"((?:\s+[\w:.-]{1,60}\s*=\s*(?:\"[^\"<]{0,2000}\"|'[^'<]{0,2000}'|[^\s\"'<>=]{1,200}))*)\s*(/?)>"
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=]+))")
_PREFIX = re.compile(r"</?[A-Za-z][\w.-]{0,20}:")
_BLANKS = re.compile(r"\s+")
_INSTRUCTION = re.compile(r"<[?!][A-Za-z][^<>]{0,2000}>")

_DEPTH = 60  # deeper tags are left out; real text nests five deep
_ENTITY_ROUNDS = 3

# Marks inside the text while it is put together: Unicode noncharacters, never part of text.
_PARAGRAPH = "\ufdd0"
_HEADING_END = "\ufdd1"


def from_markup(text: str, *, paragraphs: bool = False) -> str:
    r"""Return a source's text clean: CSL inline markup, no other tags, no entities.

    HTML, JATS, MathML, TeX formulas, entities (also encoded twice), CDATA, control and invisible
    characters, line ends inside the text, doubled blanks and mojibake are resolved. An unknown
    word in angle brackets ("<La captive>") is text and stays.

    Args:
        text: one value as the source sent it.
        paragraphs: keep paragraphs, as "\n\n", and section titles, as "Methods: …"; else all
            is one line. An abstract's own heading ("Abstract") is dropped.
    """
    if _is_plain(text):
        return _without_abstract_heading(text) if paragraphs else text
    text = clean_characters(decode_entities(clean_characters(repair_mojibake(text))))
    text = _join_lines(_without_comments(text))
    if not ("<" in text or "$" in text or "\\" in text):
        return _settle(text, paragraphs=paragraphs)
    for _ in range(_ENTITY_ROUNDS):
        rendered = _settle(_render_children(_tree(text), blocks=paragraphs), paragraphs=paragraphs)
        if rendered == text or not _TAG.search(_CSL_TAG.sub("", rendered)):
            break
        text = rendered
    return rendered


def plain(text: str) -> str:
    """Return a Work's text without its inline markup: "CO<sub>2</sub>" gives "CO2"."""
    if "<" not in text:
        return text
    return "".join(piece for piece, is_tag in _csl_pieces(text) if not is_tag)


def to_html(text: str) -> str:
    """Return a Work's text as HTML that is safe anywhere in a page's body.

    Only CSL's inline tags survive, in pairs and properly nested; all else is escaped.
    """
    return "".join(
        piece if is_tag else html.escape(piece, quote=True) for piece, is_tag in _csl_pieces(text)
    )


def decode_entities(text: str) -> str:
    """Return `text` with HTML entities as characters; doubly encoded ones as well."""
    if "&" not in text:
        return text
    for _ in range(_ENTITY_ROUNDS):
        text = _AMPERSANDS.sub("&", text)
        decoded = _ENTITY.sub(_entity, text)
        if decoded == text:
            break
        text = decoded
    return text


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name.startswith("#"):
        return html.unescape(match.group())
    return html5.get(f"{name};") or html5.get(f"{name.lower()};") or match.group()


def _is_plain(text: str) -> bool:
    """Tell quickly whether nothing has to be done."""
    return (
        text.isascii()
        and text.isprintable()
        and not ("<" in text or "&" in text or "$" in text or "  " in text)
        and text.strip() == text
    )


def _without_comments(text: str) -> str:
    """Drop comments and processing instructions, unwrap CDATA; in linear time."""
    if "<!" not in text and "<?" not in text:
        return text
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    for opening, closing in (("<!--", "-->"), ("<?", "?>")):
        text = _without_spans(text, opening, closing)
    return _INSTRUCTION.sub("", text)


def _without_spans(text: str, opening: str, closing: str) -> str:
    out, at = [], 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        out.append(text[at:start])
        at = end + len(closing)
    return "".join(out) + text[at:]


def _join_lines(text: str) -> str:
    r"""Take out the blanks that pretty-printed XML put where none belong.

    Such a line end before punctuation, after an opening bracket or before a subscript is never
    part of the text: "p110α (\n <i>PIK3CA</i>\n )".
    """
    if "\n" not in text:
        return text
    text = _BLANKS.sub(_blank, text)
    text = re.sub(r"(?<=\S)\n+(?=[.,;:!?)\]}’”](?:\s|$|[^\w\s]))", "", text)
    text = re.sub(r"(?<=[(\[{“])\n+", "", text)
    text = re.sub(r"\n+(?=</(?:\w+:)?(?:sub|sup|inf)>)", "", text)
    return re.sub(r"(?<=[\w)\]>])\n+(?=<(?:\w+:)?(?:sub|inf)>)", "", text)


def _blank(match: re.Match[str]) -> str:
    """Return a run of blanks as one: a paragraph's end, a line's end, or a space."""
    lines = match.group().count("\n")
    return "\n\n" if lines > 1 else "\n" if lines else " "


# --- The tree ---------------------------------------------------------------------------------


def _tree(text: str) -> Node:
    """Return the elements of `text`. What is not closed dissolves; what is unknown is text."""
    root = Node("")
    stack = [root]
    closing = {match.group(2).lower() for match in _TAG.finditer(text) if match.group(1)}
    at = 0
    for match in _TAG.finditer(text):
        name = match.group(2).lower()
        has_prefix = _PREFIX.match(match.group()) is not None
        if (
            name not in elements.KNOWN
            and not has_prefix
            and name not in closing
            and not match.group(4)
        ):
            continue
        _add_text(stack[-1], text[at : match.start()])
        at = match.end()
        if match.group(1):
            _close(stack, name)
        elif match.group(4) or name in elements.VOID:
            stack[-1].children.append(Node(name, _attributes(match.group(3))))
        elif len(stack) < _DEPTH:
            node = Node(name, _attributes(match.group(3)))
            stack[-1].children.append(node)
            stack.append(node)
    _add_text(stack[-1], text[at:])
    while len(stack) > 1:
        _dissolve(stack)
    return root


def _add_text(node: Node, text: str) -> None:
    if text:
        node.children.append(text)


def _attributes(source: str) -> dict[str, str]:
    if not source:
        return {}
    return {
        match.group(1).lower(): match.group(2) or match.group(3) or match.group(4) or ""
        for match in _ATTRIBUTE.finditer(source)
    }


def _close(stack: list[Node], name: str) -> None:
    """End the nearest open `name`; what was opened inside it and not closed dissolves."""
    if not any(node.name == name for node in stack[1:]):
        return
    while stack[-1].name != name:
        _dissolve(stack)
    stack.pop()


def _dissolve(stack: list[Node]) -> None:
    """Take the last open element out of the tree; its content stays in its place."""
    node = stack.pop()
    if (
        node.name in elements.BLOCKS
        or node.name in elements.HEADINGS
        or node.name in elements.MATHML
    ):
        return  # their end is clear enough: the end of what is around them
    children = stack[-1].children
    children[children.index(node) :] = node.children


# --- The text ---------------------------------------------------------------------------------


def _render_children(node: Node, *, blocks: bool) -> str:
    has_formula = any(isinstance(child, Node) and child.name == "math" for child in node.children)
    out: list[str] = []
    before: Node | None = None  # the element that ended just here
    for child in node.children:
        if isinstance(child, str):
            text = from_tex(child)
            if before is not None and _lost_blank_after(before, out[-1], text):
                out.append(" ")
            out.append(text)
            before = None
        elif not (
            child.name in elements.TEX and has_formula
        ):  # else: a formula in a second notation
            piece = _render(child, blocks=blocks)
            if out and _lost_blank_before(child, out[-1], piece):
                out.append(" ")
            out.append(piece)
            before = child if piece else None
    return "".join(out)


# Several publishers' records lost the blanks around italics and formulas: "and<i>Danio
# rerio</i>Transcripts". They are put back where the letters leave no doubt.
_FUNCTION_WORDS = frozenset(
    {"and", "are", "at", "between", "but", "by", "for", "from", "in", "into", "is", "of", "on"}
    | {"or", "the", "to", "using", "versus", "via", "vs", "was", "were", "when", "with", "within"}
    | {"without", "against", "among", "during", "near"}
)
_LAST_WORD = re.compile(r"(?:^|[\s(“])(\w+|\w*[,;])$")


def _lost_blank_before(node: Node, before: str, piece: str) -> bool:
    if node.name not in elements.SPACED or not piece or not before:
        return False
    first = plain(piece)[:1]
    if not first.isalnum():
        return False
    found = _LAST_WORD.search(before[-40:])
    word = found.group(1) if found else ""
    if word.endswith((",", ";")) and len(word) > 1:
        return first.isalpha()
    if node.name == "math":
        return word.isalpha() and (word in _FUNCTION_WORDS or len(word) > 4) and word != "non"  # noqa: PLR2004
    if word in _FUNCTION_WORDS:
        return True
    return word[-1:].islower() and len(word) > 1 and first.isupper() and plain(piece)[1:4].islower()


def _lost_blank_after(node: Node, piece: str, after: str) -> bool:
    if node.name not in elements.SPACED or not piece:
        return False
    word = re.match(r"[^\W\d_]+", after)
    if word is None:
        return False
    if node.name == "math":
        return len(word.group()) > 3 or word.group() in _FUNCTION_WORDS  # noqa: PLR2004
    last = plain(piece)[-1:]
    camel = word.group()[0].isupper() and len(word.group()) > 1 and word.group()[1:].islower()
    return camel and (last.islower() or last in ")." or last.isdigit()) and len(plain(piece)) > 2  # noqa: PLR2004


def _render(node: Node, *, blocks: bool) -> str:  # noqa: PLR0911 - one line per kind of element
    name = node.name
    if name in elements.DROPPED:
        return ""
    if name == "math":
        return linear(node)
    if name in elements.TEX:
        return from_tex(
            "".join(child for child in node.children if isinstance(child, str)), bare=True
        )
    if name in elements.BREAKS:
        return " "
    inner = _render_children(node, blocks=blocks)
    if name == "subtitle":
        return f": {inner}"
    if blocks and name in elements.HEADINGS:
        return f"{_PARAGRAPH}{inner}{_HEADING_END}"
    if name in elements.BLOCKS or name in elements.HEADINGS:
        if blocks and name in {"list-item", "li"}:
            inner = "• " + inner.lstrip(f" \n{_PARAGRAPH}")
        return f"{_PARAGRAPH}{inner}{_PARAGRAPH}"
    if name in elements.MATHML:
        return linear(node)
    return _wrapped(_csl_tag(node), inner)


def _csl_tag(node: Node) -> str:
    """Return the opening CSL tag an element stands for; "" for none."""
    if node.name in {"span", "styled-content"}:
        style = node.attributes.get("style", "").replace(" ", "").lower()
        if "font-variant:small-caps" in style:
            return SMALL_CAPS
        return NO_CASE if node.attributes.get("class") == "nocase" else ""
    name = elements.INLINE.get(node.name, "")
    return SMALL_CAPS if name == "sc" else f"<{name}>" if name else ""


def _wrapped(tag: str, inner: str) -> str:
    """Put `inner` between the tags, its outer blanks outside; nothing around nothing."""
    core = inner.strip()
    if not tag or not core or _PARAGRAPH in core:
        return inner
    lead = " " if inner[0].isspace() else ""
    tail = " " if inner[-1].isspace() else ""
    end = "</span>" if tag.startswith("<span") else f"</{tag[1:]}"
    if core.startswith(tag) and core.endswith(end) and core.count(tag) == 1:
        return inner
    return f"{lead}{tag}{core}{end}{tail}"


def _settle(text: str, *, paragraphs: bool) -> str:
    """Bring blanks and paragraphs into their stored form."""
    for tag in ("i", "b", "sub", "sup"):
        text = text.replace(f"</{tag}><{tag}>", "")
    if not paragraphs:
        text = text.replace(_PARAGRAPH, " ").replace(_HEADING_END, " ")
        text = re.sub(r"\s+", " ", text).strip()
        text = re.sub(r"\s*([:?!.])\s*:(?= )", r"\1", text)
        return _without_whole_bold(text)
    text = text.replace("\n\n", _PARAGRAPH)
    pieces = (re.sub(r"\s+", " ", piece).strip() for piece in text.split(_PARAGRAPH))
    out: list[str] = []
    heading = ""
    for piece in pieces:
        title, mark, rest = piece.rpartition(_HEADING_END)
        if mark:
            heading = _heading(heading, title.replace(_HEADING_END, ": "))
        body = rest.strip() if mark else piece
        if body:
            out.append(f"{heading}{body}" if heading else body)
            heading = ""
    if heading:
        out.append(heading.rstrip(": "))
    return _without_abstract_heading("\n\n".join(out))


_ABSTRACT_HEADINGS = frozenset(
    {
        "abstract",
        "summary",
        "résumé",
        "zusammenfassung",
        "resumen",
        "resumo",
        "abstrak",
        "аннотация",
    }
    | {"摘要", "要旨", "초록"}
)
_ABSTRACT_PREFIX = re.compile(
    r"^(?:<b>|<i>)*(?:abstract|ABSTRACT|Abstract|abstrak|ABSTRAK|Abstrak)"
    r"(?:[:.]+(?:</b>|</i>)+\s*|(?:</b>|</i>)*(?:\s*[:.—–-]+\s+|\s*\n\n|\s+(?=<b>)|(?=[A-Z][a-z])"
    r"|\s+(?=(?:Background|Objective|Purpose|Introduction|Aim|Importance|Context)s?\b)))"
)


def _heading(before: str, title: str) -> str:
    """Return a section's title with its colon; "" for the abstract's own heading."""
    title = title.strip()
    if plain(title).strip(" :.").casefold() in _ABSTRACT_HEADINGS:
        return before
    if not title:
        return before
    return before + (title if title[-1] in ":.?!" else title + ":") + " "


def _without_abstract_heading(text: str) -> str:
    return _ABSTRACT_PREFIX.sub("", text, count=1)


def _without_whole_bold(text: str) -> str:
    """Drop bold around the whole of a title: it says nothing about the title."""
    if text.startswith("<b>") and text.endswith("</b>") and text.count("<b>") == 1:
        return text[3:-4].strip()
    return text


# --- A Work's text ----------------------------------------------------------------------------

_PART_OF_WORD = re.compile(rf"(?<![\w>])(\w*){re.escape(NO_CASE)}([\w'’-]+)</span>(\w*)(?![\w<])")


def protect_whole_words(text: str) -> str:
    """Return a title whose "nocase" spans hold whole words: "{T}aipei" as "{Taipei}" in BibTeX.

    citeproc-js, and so Zotero, takes what stands behind a span for a new word: "TAipei".
    """
    return _PART_OF_WORD.sub(rf"{NO_CASE}\1\2\3</span>", text) if NO_CASE in text else text


_CSL_TAG = re.compile(
    r'<(?:i|b|sub|sup|span style="font-variant:small-caps;"|span class="nocase")>'
    r"|</(?:i|b|sub|sup|span)>"
)


def _csl_pieces(text: str) -> list[tuple[str, bool]]:
    """Return (piece, whether it is a tag); tags that do not pair are text."""
    pieces: list[tuple[str, bool]] = []
    opened: list[tuple[str, int]] = []  # the closing tag that is due, where the opening one stands
    at = 0
    for match in _CSL_TAG.finditer(text):
        pieces.append((text[at : match.start()], False))
        at = match.end()
        tag = match.group()
        if not tag.startswith("</"):
            opened.append((f"</{tag[1:].split(' ')[0].rstrip('>')}>", len(pieces)))
            pieces.append((tag, False))
        elif opened and opened[-1][0] == tag:
            _, place = opened.pop()
            pieces[place] = (pieces[place][0], True)
            pieces.append((tag, True))
        else:
            pieces.append((tag, False))
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]
