"""Citations in any style: the page /cite, and the same for scripts and for Word.

Formatting runs in threads of its own, so that nobody who reads the site waits for it.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any, Final, TypeVar

from datasette.utils.asgi import Forbidden, Request, Response
from markupsafe import Markup

from library import citations
from library.citations.finish import plain_text
from library.errors import LibraryError
from library.site import answers, compat
from library.site.answers import PAGE_POLICY, SAFE_HEADERS, Ask
from library.site.compat import Datasette
from library.site.rendering import render
from library.store import read

MOST: Final = 200
"""Works that are cited together on the page; `library cite` takes any number."""

STYLES: Final = (
    ("apa", "APA 7"),
    ("american-medical-association", "AMA"),
    ("nlm-citation-sequence", "NLM, Vancouver"),
    ("the-lancet", "The Lancet"),
    ("the-new-england-journal-of-medicine", "NEJM"),
    ("bmj", "BMJ"),
    ("nature", "Nature"),
    ("ieee", "IEEE"),
    ("chicago-author-date", "Chicago, author and date"),
    ("modern-language-association", "MLA 9"),
    ("harvard-cite-them-right", "Harvard"),
    ("american-sociological-association", "ASA"),
)
"""The styles that are offered by name; any other that is installed can be typed in."""

LOCALES: Final = (
    ("en-US", "English (US)"),
    ("en-GB", "English (UK)"),
    ("de-DE", "Deutsch"),
    ("es-ES", "Español"),
    ("fr-FR", "Français"),
    ("it-IT", "Italiano"),
    ("nl-NL", "Nederlands"),
    ("pl-PL", "Polski"),
    ("pt-BR", "Português (Brasil)"),
    ("ru-RU", "Русский"),
    ("tr-TR", "Türkçe"),
    ("zh-CN", "中文"),
)

T = TypeVar("T")
_threads = ThreadPoolExecutor(2, thread_name_prefix="cite")
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NONE_CHOSEN: Final = "Say which works to cite: /cite?key=KEY&style=apa."
_TOO_MANY: Final = (
    f"At most {MOST} works can be cited together on this page. For more, use the command line: "
    "library cite --search …, or take the works to your reference manager."
)


def offered() -> list[tuple[str, str]]:
    """Return the styles that the pages offer; none where the `cite` extra is not installed."""
    return list(STYLES) if citations.available() else []


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer /cite with the works' citations, and the form to choose another style."""
    ask = await _permitted(request, datasette)
    keys = ask.many("key")
    context: dict[str, Any] = {
        "keys": keys,
        "style": _style(ask),
        "locale": ask.one("locale"),
        "styles": offered(),
        "locales": LOCALES,
        "entries": [],
        "problem": "",
        "word": "",
    }
    status = HTTPStatus.OK
    try:
        items = await _items(datasette, keys)
        made = await _in_thread(partial(_cited, items, _style(ask), ask.one("locale") or None))
        context["entries"] = [Markup(entry) for entry in made]  # noqa: S704 - the engine's safe HTML
        context["word"] = f"{ask.to.path('cite.docx')}?{request.query_string}"
    except LibraryError as error:
        status = HTTPStatus.BAD_REQUEST
        context["problem"] = str(error)
    state = await answers.run(datasette, read.state)
    html = render("cite.html", ask, {**context, "state": state})
    headers = {**SAFE_HEADERS, "content-security-policy": PAGE_POLICY, "cache-control": "no-cache"}
    return Response(html, status, headers, "text/html; charset=utf-8")


async def as_json(request: Request, datasette: Datasette) -> Response:
    """Answer /cite.json: {"style": …, "entries": [{"html": …, "text": …}, …]}."""
    ask = await _permitted(request, datasette)
    headers = {**SAFE_HEADERS, "cache-control": "no-cache"}
    try:
        items = await _items(datasette, ask.many("key"))
        made = await _in_thread(partial(_cited, items, _style(ask), ask.one("locale") or None))
    except LibraryError as error:
        return Response.json({"error": str(error)}, status=400, headers=headers)
    entries = [{"html": entry, "text": plain_text(entry)} for entry in made]
    return Response.json({"style": _style(ask), "entries": entries}, headers=headers)


async def styles_json(request: Request, datasette: Datasette) -> Response:
    """Answer /cite/styles.json with the names of all styles that are installed."""
    await _permitted(request, datasette)
    names = await _in_thread(lambda: citations.names() if offered() else ())
    headers = {**SAFE_HEADERS, "cache-control": "public, max-age=86400"}
    return Response.json(list(names), headers=headers)


async def word(request: Request, datasette: Datasette) -> Response:
    """Answer /cite.docx with a Word document."""
    ask = await _permitted(request, datasette)
    try:
        items = await _items(datasette, ask.many("key"))
        asked = (items, _style(ask), ask.one("locale") or None)
        await _in_thread(partial(_cited, *asked))
        body = await _in_thread(partial(citations.document, *asked))
    except LibraryError as error:
        return Response.text(str(error), status=400, headers=SAFE_HEADERS)
    headers = {**SAFE_HEADERS, "content-disposition": 'attachment; filename="citations.docx"'}
    return Response(body, 200, headers, _WORD)


async def _permitted(request: Request, datasette: Datasette) -> Ask:
    if not await compat.may(datasette, request.actor, "view-works"):
        raise Forbidden("view-table")
    return await answers.asking(request, datasette)


def _style(ask: Ask) -> str:
    """Return the style that was typed in, else the one that was chosen."""
    wanted = ask.one("other") or ask.one("style") or STYLES[0][0]
    # Only names: a path of a file of the server's is not for visitors.
    return wanted.replace("/", "").replace("\\", "").removesuffix(".csl")


async def _items(datasette: Datasette, keys: list[str]) -> list[dict[str, Any]]:
    if not keys:
        raise LibraryError(_NONE_CHOSEN)
    if len(keys) > MOST:
        raise LibraryError(_TOO_MANY)
    found = await answers.run(datasette, partial(_stored, keys))
    if not found:
        raise LibraryError("None of these works is in the library.")
    return [json.loads(text) for text in found]


def _stored(keys: list[str], connection: sqlite3.Connection) -> list[str]:
    with answers.one_state(connection):
        now = [read.key_of(connection, key) for key in keys]
        return read.csl_of(connection, [key for key in now if key is not None])


def _cited(items: list[dict[str, Any]], style: str, locale: str | None) -> list[str]:
    make = citations.bibliography if len(items) > 1 else citations.cite
    made = [entry for entry in make(items, style, locale) if entry]
    if not made:
        raise LibraryError(f"The style {style!r} has no list of works: it cites in notes alone.")
    return made


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
