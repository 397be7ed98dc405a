"""From a view to an HTTP answer: permission, one reading thread, ETag, cache, headers.

A view of ours is a plain function of a connection and an `Ask`. It runs in one of Datasette's
reading threads, so that a page costs one hop and sees one state of the database. It returns a
`Page`, a `Redirect` or a `Plain`, or raises `Missing`.
"""

import hashlib
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Request, Response

from library.site import compat
from library.site.addresses import Addresses
from library.site.compat import Datasette
from library.site.rendering import Site, asset_version, render
from library.store import read

TIME_LIMIT_MS = 4000
"""One page's statements together; a search of a million works stays far below it."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}


class Missing(Exception):  # noqa: N818 - it is an answer, not an error
    """There is no such page; `what` says in a sentence what was looked for."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class BadQuestion(Exception):  # noqa: N818 - it is an answer, not an error
    """The address asks for something that cannot be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a view may know of the request."""

    path: str  # as sent, percent-encoded, without the site's base and the question mark
    parts: dict[str, str]  # named groups of the route, percent-encoded
    args: tuple[tuple[str, str], ...]  # the query string, decoded, in order
    to: Addresses  # makes addresses of this site
    site: Site  # title, licence and what else the pages say about the library
    actor: dict[str, Any] | None = None
    may_add: bool = False  # whether the actor may add works on the page

    def one(self, name: str, default: str = "") -> str:
        """Return the last value of the query argument `name`, stripped."""
        return next((value.strip() for key, value in reversed(self.args) if key == name), default)

    def many(self, name: str) -> list[str]:
        """Return the values of the query argument `name`, each once, in order."""
        return list(dict.fromkeys(value for key, value in self.args if key == name and value))


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page: a template of ours and what it needs."""

    template: str
    context: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another address holds the answer."""

    to: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer that is not an HTML page: a feed, a map of the site, one work in a format."""

    body: str | bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


Answer = Page | Redirect | Plain
View = Callable[[sqlite3.Connection, Ask], Answer]


@dataclass(frozen=True, slots=True)
class _Rendered:
    body: bytes
    status: int
    content_type: str
    headers: dict[str, str]


class _Kept:
    """The last answers, by address and generation of the database; bounded in bytes."""

    def __init__(self, most_bytes: int = 24_000_000) -> None:
        self._answers: OrderedDict[tuple[str, ...], _Rendered] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> _Rendered | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: tuple[str, ...], answer: _Rendered) -> None:
        if len(answer.body) > self._most // 20:
            return
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer
            self._bytes += len(answer.body)
            while self._bytes > self._most:
                _, dropped = self._answers.popitem(last=False)
                self._bytes -= len(dropped.body)


_kept = _Kept()


def answering(view: View) -> Callable[..., Any]:
    """Return the Datasette view function that answers with what `view` says."""

    async def answer(request: Request, datasette: Datasette) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response.text("This page is only for reading.", status=405)
        actor = request.actor
        if not await compat.may(datasette, actor, "view-works"):
            return await _refused(request, datasette)
        ask = await asking(request, datasette)
        rendered = await run(datasette, partial(_answer, view, ask, request.headers))
        headers = {**SAFE_HEADERS, **rendered.headers}
        body = b"" if request.method == "HEAD" else rendered.body
        return Response(body, rendered.status, headers, rendered.content_type)

    return answer


async def asking(request: Request, datasette: Datasette) -> Ask:
    """Return what a view may know of `request`."""
    site = await Site.of(datasette)
    base = datasette.setting("base_url") or "/"
    origin = site.url or datasette.absolute_url(request, "/").rstrip("/")
    path = request.path
    if base != "/" and path.startswith(base):
        path = "/" + path[len(base) :]
    return Ask(
        path=path,
        parts={key: value or "" for key, value in request.url_vars.items()},
        args=tuple(parse_qsl(request.query_string, keep_blank_values=True, max_num_fields=5000)),
        to=Addresses(base=base, origin=origin),
        site=site,
        actor=request.actor,
        may_add=await compat.may(datasette, request.actor, "library-add"),
    )


async def run(datasette: Datasette, work: Callable[[sqlite3.Connection], Any]) -> Any:  # noqa: ANN401 - what `work` returns
    """Run `work` with a reading connection to the library in one of Datasette's threads."""
    return await datasette.get_database(compat.DATABASE).execute_fn(work)


@contextmanager
def one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all statements inside see one state of the database, even while it is rebuilt.

    Rows are plain tuples inside, as the store's functions expect them.
    """
    factory, connection.row_factory = connection.row_factory, None
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()
        connection.row_factory = factory


def _answer(
    view: View, ask: Ask, headers: dict[str, str], connection: sqlite3.Connection
) -> _Rendered:
    with one_state(connection):
        state = read.state(connection)
        tag = _tag(state, ask)
        key = (tag, ask.to.origin, ask.path, *(part for pair in ask.args for part in pair))
        if _matches(headers.get("if-none-match", ""), tag):
            return _Rendered(b"", HTTPStatus.NOT_MODIFIED, "text/html; charset=utf-8", _fresh(tag))
        kept = _kept.get(key) if ask.actor is None else None
        if kept is None:
            with sqlite_timelimit(connection, TIME_LIMIT_MS):
                kept = _rendered(view, connection, ask, tag)
            if ask.actor is None and kept.status == HTTPStatus.OK:
                _kept.put(key, kept)
        return kept


def _rendered(view: View, connection: sqlite3.Connection, ask: Ask, tag: str) -> _Rendered:
    try:
        answer = view(connection, ask)
    except Missing as missing:
        answer = Page("missing.html", {"what": missing.what}, HTTPStatus.NOT_FOUND)
    except BadQuestion as bad:
        answer = Page("bad.html", {"what": str(bad)}, HTTPStatus.BAD_REQUEST)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        answer = Page("too-long.html", {}, HTTPStatus.SERVICE_UNAVAILABLE)
    if isinstance(answer, Redirect):
        status = HTTPStatus.MOVED_PERMANENTLY if answer.permanent else HTTPStatus.FOUND
        return _Rendered(b"", status, "text/html; charset=utf-8", {"location": answer.to})
    fresh = _fresh(tag) if answer.status == HTTPStatus.OK else {"cache-control": "no-store"}
    if isinstance(answer, Plain):
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        return _Rendered(body, answer.status, answer.content_type, {**fresh, **answer.headers})
    footer = {"state": read.state(connection)}
    html = render(answer.template, ask, {**footer, **answer.context})
    headers = {"content-security-policy": PAGE_POLICY, **fresh, **answer.headers}
    return _Rendered(html.encode(), answer.status, "text/html; charset=utf-8", headers)


def _tag(state: read.State, ask: Ask) -> str:
    """Name the state that an answer was made from: the database's, the site's and the program's."""
    facts = (state.identity, state.generation, asset_version(), ask.site.fingerprint, ask.may_add)
    return 'W/"' + hashlib.sha256(repr(facts).encode()).hexdigest()[:20] + '"'


def _matches(sent: str, tag: str) -> bool:
    return tag in {part.strip() for part in sent.split(",")}


def _fresh(tag: str) -> dict[str, str]:
    # Asked for again at each visit, but answered with 304 in a few milliseconds while nothing
    # has changed: a work that was just added is seen at once.
    return {"etag": tag, "cache-control": "no-cache"}


async def _refused(request: Request, datasette: Datasette) -> Response:
    ask = await asking(request, datasette)
    html = render("refused.html", ask, {"state": None})
    headers = {**SAFE_HEADERS, "content-security-policy": PAGE_POLICY, "cache-control": "no-store"}
    return Response(html, HTTPStatus.FORBIDDEN, headers, "text/html; charset=utf-8")
