"""Reading lists: works in a style under headings, with annotations, as HTML, Word or PDF.

The list is made as HTML once; pandoc turns it into Word's format, or into Typst, which the `typst`
package sets as PDF. Both come with the `cite` extra.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from library.citations.engine import Item, convert, run
from library.citations.errors import CitationError, CiteExtraMissingError
from library.citations.preparing import citable, flat
from library.citations.styles import load
from library.formats.items import keywords
from library.values.markup import to_html
from library.work_types import WORK_TYPES

By = Literal["year", "keyword", "type"]
Form = Literal["html", "docx", "pdf"]

_LABELS: Final = {row.csl: row.label for row in reversed(WORK_TYPES)}
_UNDATED: Final = "Without a year"
_UNSORTED: Final = "Without a keyword"
_STYLE: Final = """
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 Georgia, serif; }
h1, h2 { font-weight: 600; line-height: 1.2; }
h2 { margin-top: 2.5rem; font-size: 1.2rem; }
.entry { margin: 0.75rem 0 0; padding-left: 2em; text-indent: -2em; overflow-wrap: anywhere; }
blockquote { margin: 0.25rem 0 1rem 2em; color: #555; font-size: 0.95em; }
blockquote p { margin: 0.25rem 0; }
.about { color: #555; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
"""
_TYPST: Final = """\
#set page(paper: "a4", margin: 2.5cm, numbering: "1")
#set text(font: ("Libertinus Serif", "New Computer Modern"), size: 10.5pt, lang: "%s")
#set par(justify: false, leading: 0.6em, spacing: 1.1em, hanging-indent: 1.5em)
#show quote: set par(hanging-indent: 0em)
#show quote: set text(fill: luma(90), size: 0.95em)
#show quote: set block(above: 0.7em, below: 1.4em)
#set quote(block: true)
#show quote.where(block: true): set pad(left: 1.5em, right: 0em)
#show heading: set block(above: 1.6em, below: 0.9em)
#show link: set text(fill: rgb("#0b556a"))
#let horizontalrule = line(length: 100%%)
"""


@dataclass(frozen=True, slots=True)
class ReadingList:
    """What a reading list shows, and how."""

    title: str
    style: str = "apa"
    locale: str | None = None
    by: By | None = None  # None: one list, in the order of the style
    annotations: bool = True  # the reader's own notes (`annote`) under each work
    about: str = ""  # a line under the title


def make(items: Sequence[Item], wanted: ReadingList, form: Form) -> bytes:
    """Return the list as a file.

    Raises:
        UnknownStyleError: there is no such style.
        CiteExtraMissingError: the `cite` extra is not installed.
        CitationError: the engine or the typesetter failed, or the style lists nothing.
    """
    body = _body(items, wanted)
    if form == "html":
        return _page(body, wanted).encode()
    whole = f"<h1>{html.escape(wanted.title)}</h1>{body}"
    if form == "docx":
        arguments = ["-f", "html", "-t", "docx", "-o", "-"]
        arguments += ["--metadata", f"title={wanted.title}"]
        return convert(body, arguments, wanted.style)
    return _pdf(convert(whole, ["-f", "html", "-t", "typst"], wanted.style).decode(), wanted)


def _body(items: Sequence[Item], wanted: ReadingList) -> str:
    style = load(wanted.style)
    entries = run(citable(items, style), style, wanted.locale, alone=False)
    if not entries:
        raise CitationError(style.name, "it has no list of works: it cites in notes alone")
    out = [f'<p class="about">{html.escape(wanted.about)}</p>'] if wanted.about else []
    for heading, places in _groups(items, [place for place, _ in entries], wanted.by).items():
        if heading:
            out.append(f"<h2>{html.escape(heading)}</h2>")
        made = dict(entries)
        for place in places:
            out.append(f'<p class="entry">{flat(made[place])}</p>')
            if wanted.annotations:
                out += _annotation(items[place])
    return "\n".join(out)


def _annotation(item: Item) -> list[str]:
    text = str(item.get("annote") or "")
    parts = [f"<p>{to_html(part)}</p>" for part in text.split("\n\n") if part.strip()]
    return [f"<blockquote>{''.join(parts)}</blockquote>"] if parts else []


def _groups(items: Sequence[Item], order: list[int], by: By | None) -> Mapping[str, list[int]]:
    """Return heading -> places of works; a work stands under each of its keywords."""
    groups: dict[str, list[int]] = {}
    for place in order:
        for heading in _headings(items[place], by):
            groups.setdefault(heading, []).append(place)
    if by == "year":
        return {name: groups[name] for name in sorted(groups, key=_newest_first)}
    last = (_UNSORTED,)
    return {
        name: groups[name] for name in sorted(groups, key=lambda one: (one in last, one.lower()))
    }


def _headings(item: Item, by: By | None) -> list[str]:
    if by is None:
        return [""]
    if by == "year":
        year = _year(item)
        return [str(year) if year is not None else _UNDATED]
    if by == "type":
        return [_LABELS.get(str(item.get("type")), "Document")]
    words = [word.partition(":")[2] or word for word in keywords(item) if _is_topic(word)]
    return [word[:1].upper() + word[1:] for word in dict.fromkeys(words)] or [_UNSORTED]


def _is_topic(word: str) -> bool:
    kind, colon, _ = word.partition(":")
    return not colon or kind not in {"audience", "form"}


def _year(item: Item) -> int | None:
    parts: Any = (item.get("issued") or {}).get("date-parts") or [[]]
    return int(parts[0][0]) if parts[0] else None


def _newest_first(heading: str) -> tuple[bool, int]:
    return heading == _UNDATED, -int(heading) if heading != _UNDATED else 0


def _page(body: str, wanted: ReadingList) -> str:
    language = html.escape(wanted.locale or "en")
    title = html.escape(wanted.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _pdf(typst_text: str, wanted: ReadingList) -> bytes:
    try:
        import typst  # noqa: PLC0415 - part of the `cite` extra
    except ImportError as error:
        raise CiteExtraMissingError from error
    language = re.sub(r"[^a-z].*", "", (wanted.locale or "en").lower()) or "en"
    source = _TYPST % language + typst_text
    try:
        made = typst.compile(source.encode(), format="pdf")
    except typst.TypstError as error:
        raise CitationError(wanted.style, f"Typst: {error}") from error
    return bytes(made)
