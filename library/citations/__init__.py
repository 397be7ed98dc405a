"""Works in any citation style: one by one, as a bibliography, or as a Word document.

Items are CSL-JSON (`formats.csl_json.item`, or `work_details.csl`). Entries that were made once
are kept in memory by their content, so that a page shown twice costs nothing. The engine is
pandoc, from the `cite` extra, with its known faults worked around in `repair`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from library.citations import reading_list
from library.citations.engine import Item, call, convert, pandoc, run, solo
from library.citations.errors import CitationError, CiteExtraMissingError
from library.citations.finish import plain_text
from library.citations.preparing import citable, flat
from library.citations.styles import Style, UnknownStyleError, load, names

__all__ = [
    "FORMS",
    "CitationError",
    "CiteExtraMissingError",
    "Form",
    "Style",
    "UnknownStyleError",
    "available",
    "bibliography",
    "cite",
    "document",
    "load",
    "names",
    "reading_list",
]

Form = Literal["text", "html", "markdown", "latex"]
FORMS: Final[tuple[Form, ...]] = ("text", "html", "markdown", "latex")
_WRITERS: Final = {"markdown": "commonmark_x-smart", "latex": "latex"}


def available() -> bool:
    """Return whether the `cite` extra is installed."""
    try:
        return bool(pandoc()) and bool(names())
    except CiteExtraMissingError:
        return False


def cite(
    items: Sequence[Item], style: str = "apa", locale: str | None = None, form: Form = "html"
) -> list[str]:
    """Return the entry of each item, as if each stood alone, in the order of `items`.

    Args:
        items: CSL-JSON items.
        style: a name ("apa", "vancouver", "nature"), or the path of a .csl file.
        locale: "de-DE"; None: the style's own, else American English.
        form: of the result; HTML is safe to put into a page.

    Raises:
        UnknownStyleError: there is no such style.
        CiteExtraMissingError: the `cite` extra is not installed.
        CitationError: pandoc failed.
    """
    chosen = load(style)
    return _as(form, solo(citable(items, chosen), chosen, locale), chosen)


def bibliography(
    items: Sequence[Item], style: str = "apa", locale: str | None = None, form: Form = "html"
) -> list[str]:
    """Return the entries of one bibliography, in the order that the style gives them.

    Works that read alike are told apart ("2014a", "2014b"), numbers count up.

    Args:
        items: CSL-JSON items, in the order of their citation: numeric styles number them so.
        style: as in `cite`.
        locale: as in `cite`.
        form: of the result.

    Raises:
        UnknownStyleError: there is no such style.
        CiteExtraMissingError: the `cite` extra is not installed.
        CitationError: pandoc failed.
    """
    if not items:
        return []
    chosen = load(style)
    entries = run(citable(items, chosen), chosen, locale, alone=False)
    return _as(form, [entry for _, entry in entries], chosen)


def document(
    items: Sequence[Item],
    style: str = "apa",
    locale: str | None = None,
    *,
    title: str | None = None,
) -> bytes:
    """Return a bibliography as a Word document (docx).

    Raises:
        UnknownStyleError: there is no such style.
        CiteExtraMissingError: the `cite` extra is not installed.
        CitationError: pandoc failed.
    """
    entries = bibliography(items, style, locale)
    body = "\n".join(f"<p>{flat(entry)}</p>" for entry in entries)
    arguments = ["-f", "html", "-t", "docx", "-o", "-"]
    if title:
        arguments += ["--metadata", f"title={title}"]
    return convert(body, arguments, style)


def _as(form: Form, entries: list[str], style: Style) -> list[str]:
    if form == "html":
        return entries
    if form == "text":
        return [plain_text(entry) for entry in entries]
    return _converted(entries, _WRITERS[form], style) if entries else []


_CONVERTER: Final = Path(__file__).with_name("converter.lua")


def _converted(entries: list[str], writer: str, style: Style) -> list[str]:
    request = {"entries": [f"<p>{flat(entry)}</p>" for entry in entries], "form": writer}
    answer = json.loads(call(["lua", str(_CONVERTER)], json.dumps(request), style.name))
    return [str(entry).strip() for entry in answer]
