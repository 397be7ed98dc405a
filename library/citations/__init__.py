"""Works in any citation style: one by one, as a bibliography, or as a Word document.

Items are CSL-JSON (`formats.csl_json.item`, or `work_details.csl`). Entries that were made once
are kept in memory by their content, so that a page shown twice costs nothing. The engine is
pandoc, from the `cite` extra, with its known faults worked around in `repair`.
"""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

from library.citations.engine import TIMEOUT, Item, call, pandoc, run, solo
from library.citations.errors import CitationError, CiteExtraMissingError
from library.citations.finish import plain_text
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
]

Form = Literal["text", "html", "markdown", "latex"]
FORMS: Final[tuple[Form, ...]] = ("text", "html", "markdown", "latex")
_WRITERS: Final = {"markdown": "commonmark_x-smart", "latex": "latex"}
# What an owner notes about a work is not part of it. Abstracts are long, and few styles print one.
_OF_THE_OWNER: Final = ("note",)
_SELDOM: Final = ("abstract", "annote")


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
    return _as(form, solo(_citable(items, chosen), chosen, locale), chosen)


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
    entries = run(_citable(items, chosen), chosen, locale, alone=False)
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
    body = "\n".join(f"<p>{_flat(entry)}</p>" for entry in entries)
    arguments = ["-f", "html", "-t", "docx", "-o", "-", "--sandbox"]
    if title:
        arguments += ["--metadata", f"title={title}"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [str(pandoc()), *arguments],
            input=body.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CitationError(style, str(error)) from error
    if done.returncode:
        raise CitationError(style, done.stderr.decode(errors="replace"))
    return done.stdout


def _citable(items: Sequence[Item], style: Style) -> list[dict[str, Any]]:
    unread = {name for name in _SELDOM if f'"{name}"'.encode() not in style.xml}
    unread.update(_OF_THE_OWNER)
    return [{name: value for name, value in item.items() if name not in unread} for item in items]


def _as(form: Form, entries: list[str], style: Style) -> list[str]:
    if form == "html":
        return entries
    if form == "text":
        return [plain_text(entry) for entry in entries]
    return _converted(entries, _WRITERS[form], style) if entries else []


_CONVERTER: Final = Path(__file__).with_name("converter.lua")


def _converted(entries: list[str], writer: str, style: Style) -> list[str]:
    request = {"entries": [f"<p>{_flat(entry)}</p>" for entry in entries], "form": writer}
    answer = json.loads(call(["lua", str(_CONVERTER)], json.dumps(request), style.name))
    return [str(entry).strip() for entry in answer]


def _flat(entry: str) -> str:
    """Return an entry's HTML as the content of one paragraph: number and text in one line."""
    text = entry.replace('<div class="csl-right-inline">', " ").replace("</div>", "")
    for name in ("csl-left-margin", "csl-block", "csl-indent"):
        text = text.replace(f'<div class="{name}">', " ")
    return text.strip()
