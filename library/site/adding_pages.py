"""The pages on which works are added: a form, a preview to choose from, progress, the result."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Request, Response

from library import settings
from library.errors import LibraryError
from library.ingest import importing
from library.site import answers, compat
from library.site.adding_worker import Worker
from library.site.answers import PAGE_POLICY, SAFE_HEADERS, Ask
from library.site.compat import Datasette
from library.site.protection import App, Message, Receive, Scope, Send
from library.site.rendering import render
from library.sources.jobs import Item, Job, Jobs
from library.sources.records import Records
from library.store import read

PERMISSION: Final = "library-add"

MOST_BYTES: Final = 1_500_000
"""Of a posted form: 500 entries with abstracts, percent-encoded. Datasette 1.0 takes 2 MB."""

MOST_WORKS: Final = 500
"""Of one request: what a person can look through, and a few minutes of the polite pool."""

MOST_REQUESTS: Final = 30
WINDOW: Final = timedelta(minutes=10)
"""So many requests may one actor make in that time."""

_BUSY: Final = frozenset(("asked", "confirmed"))
_ADDRESSES: Final = re.compile(r"/-/add(?:/[0-9a-f]{16})?/?$")

_GRAVE: Final = re.compile(r"retract|withdraw|remov", re.IGNORECASE)
"""In a notice: the work should rather not be cited."""

_workers: WeakKeyDictionary[Any, Worker | None] = WeakKeyDictionary()

_Result = TypeVar("_Result")


def worker_of(datasette: Datasette) -> Worker | None:
    """Return who does the jobs of the library that `datasette` serves; None: it serves none."""
    if datasette not in _workers:
        database = datasette.databases.get(compat.DATABASE)
        # A file that is served as immutable is a copy: nothing can be added to it.
        path = database.path if database is not None and database.is_mutable else None
        # The library's folder is where its database lies.
        _workers[datasette] = Worker(settings.load(Path(path).resolve().parent)) if path else None
    return _workers[datasette]


async def form_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the form, or take what was pasted into it."""
    if not await _may(request, datasette):
        return await _refused(request, datasette)
    if request.method == "POST":
        return await _ask(request, datasette)
    asked = await answers.asking(request, datasette)
    # What the bookmarklet or a link brings is put into the field; nothing is sent by itself.
    brought = asked.one("url") or asked.one("text")
    return await _form(request, datasette, brought[:MOST_BYTES])


async def job_page(request: Request, datasette: Datasette) -> Response:
    """Answer with how a job stands, or take the person's choice."""
    if not await _may(request, datasette):
        return await _refused(request, datasette)
    name = request.url_vars["job"]
    actor = _actor(request)
    if request.method == "POST":
        return await _choose(request, datasette, name, actor)
    found = await _with_jobs(datasette, lambda jobs: (jobs.get(name, actor), jobs.items(name)))
    job, items = found
    if job is None or job.state == "dropped":
        return await _page(request, datasette, "missing.html", {"what": _NO_JOB}, 404)
    return await _page(request, datasette, _template(job), _context(job, items))


async def job_json(request: Request, datasette: Datasette) -> Response:
    """Answer with how a job stands, for the script of its page and for programs."""
    headers = {**SAFE_HEADERS, "cache-control": "no-store"}
    if not await _may(request, datasette):
        return Response.json({"error": "Not for you to see."}, status=403, headers=headers)
    name, actor = request.url_vars["job"], _actor(request)
    job, items = await _with_jobs(datasette, lambda jobs: (jobs.get(name, actor), jobs.items(name)))
    if job is None:
        return Response.json({"error": _NO_JOB}, status=404, headers=headers)
    told = {
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "message": job.message,
        "diff": job.diff,
        "items": [
            {
                "asked": item.asked,
                "status": item.status,
                "key": item.key,
                "message": item.message,
                "chosen": item.chosen,
            }
            for item in items
        ],
    }
    return Response.json(told, headers=headers)


async def _ask(request: Request, datasette: Datasette) -> Response:
    """Make a job of what was pasted."""
    text = (await compat.form(request)).get("text", "")
    parts = await asyncio.to_thread(importing.read_pasted, text)
    if not parts:
        return await _form(request, datasette, text, _EMPTY, HTTPStatus.BAD_REQUEST)
    if len(parts) > MOST_WORKS:
        told = (
            f"That is {len(parts):,} works; at most {MOST_WORKS} can be added at a time. Paste "
            "them in parts, or use the command line: library add --from FILE."
        )
        return await _form(request, datasette, text, told, HTTPStatus.BAD_REQUEST)
    actor = _actor(request)

    def store(jobs: Jobs) -> str | None:
        if jobs.count_since(actor, datetime.now(UTC) - WINDOW) >= MOST_REQUESTS:
            return None
        return jobs.ask(actor, text, len(parts))

    name = await _with_jobs(datasette, store)
    if name is None:
        answer = await _form(request, datasette, text, _TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["retry-after"] = str(int(WINDOW.total_seconds()))
        return answer
    return await _go_on(request, datasette, f"-/add/{name}")


async def _choose(request: Request, datasette: Datasette, name: str, actor: str) -> Response:
    """Take the choice from a preview: which works, or none of them."""
    posted = await compat.form(request)
    job, items = await _with_jobs(datasette, lambda jobs: (jobs.get(name, actor), jobs.items(name)))
    if job is None:
        return await _page(request, datasette, "missing.html", {"what": _NO_JOB}, 404)
    if "drop" in posted:
        await _with_jobs(datasette, lambda jobs: jobs.drop(name, actor))
        return await _go_on(request, datasette, "-/add")
    chosen = [
        item.position
        for item in items
        if item.status == "added" and f"take-{item.position}" in posted
    ]
    if job.state == "looked-up" and not chosen:
        context = {**_context(job, items), "problem": _NONE_CHOSEN, "chosen": set()}
        return await _page(request, datasette, _template(job), context, HTTPStatus.BAD_REQUEST)
    # Sent twice (a double click, a reload): the first one counts, and both see what comes of it.
    await _with_jobs(datasette, lambda jobs: jobs.confirm(name, actor, chosen))
    return await _go_on(request, datasette, f"-/add/{name}")


async def _go_on(request: Request, datasette: Datasette, path: str) -> Response:
    worker = worker_of(datasette)
    if worker is not None:
        worker.wake()
    asked = await answers.asking(request, datasette)
    headers = {**SAFE_HEADERS, "location": asked.to.path(path), "cache-control": "no-store"}
    return Response("", HTTPStatus.SEE_OTHER, headers, "text/html; charset=utf-8")


async def _form(
    request: Request,
    datasette: Datasette,
    text: str,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    actor = _actor(request)
    recent = await _with_jobs(datasette, lambda jobs: jobs.of(actor))
    asked = await answers.asking(request, datasette)
    target = asked.to.absolute(asked.to.path("-/add"))
    context = {
        "text": text,
        "problem": problem,
        "recent": [_listed(job) for job in recent],
        "bookmarklet": bookmarklet(target),
        "most": MOST_WORKS,
    }
    return await _page(request, datasette, "adding-form.html", context, status)


def bookmarklet(target: str) -> str:
    """Return the address of a bookmark that opens `target` with the page one is on."""
    inside = json.dumps(target + "?url=")
    return (
        f"javascript:location.href={quote(inside, safe=':/?=')}+encodeURIComponent(location.href)"
    )


def _template(job: Job) -> str:
    if job.state in _BUSY:
        return "adding-progress.html"
    return {"looked-up": "adding-preview.html", "done": "adding-done.html"}.get(
        job.state, "adding-failed.html"
    )


def _context(job: Job, items: list[Item]) -> dict[str, Any]:
    shown = [item for item in items if item.chosen] if job.state == "done" else items
    # A retracted work is added by who wants it, not by who overlooks the notice.
    proposed = {item.position for item in items if not _GRAVE.search(item.about["notice"])}
    return {
        "job": job,
        "problem": "",
        "items": shown,
        "new": [item for item in shown if item.status == "added"],
        "others": [item for item in shown if item.status != "added"],
        "proposed": proposed,
        "chosen": proposed,
        "again": "\n".join(item.asked for item in items if item.status == "error"),
    }


def _listed(job: Job) -> dict[str, str]:
    first = " ".join(job.pasted.split())
    state = {
        "asked": "being looked up",
        "looked-up": "waits for your choice",
        "confirmed": "being added",
        "done": "done",
        "failed": "failed",
    }
    when = job.created_at.replace("T", " ").removesuffix("Z")[:16] + " UTC"
    shown = first if len(first) <= 80 else first[:79] + "…"  # noqa: PLR2004 - a line's worth
    return {"id": job.id, "what": shown, "state": state[job.state], "when": when}


async def _page(
    request: Request,
    datasette: Datasette,
    template: str,
    context: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> Response:
    asked = await answers.asking(request, datasette)
    state = await answers.run(datasette, _state)
    # Asking for the token makes Datasette send the cookie that belongs to it.
    token = request.scope["csrftoken"]() if "csrftoken" in request.scope else ""
    html = render(template, asked, {"state": state, "csrftoken": token, **context})
    return Response(html, status, dict(_HEADERS), "text/html; charset=utf-8")


def _state(connection: Any) -> read.State:  # noqa: ANN401 - a connection with Datasette's row factory
    with answers.one_state(connection):
        return read.state(connection)


async def _may(request: Request, datasette: Datasette) -> bool:
    actor = request.actor
    return bool(
        await compat.may(datasette, actor, PERMISSION)
        and await compat.may(datasette, actor, "view-works")
    )


async def _refused(request: Request, datasette: Datasette) -> Response:
    asked = await answers.asking(request, datasette)
    html = render("adding-refused.html", asked, {"state": None})
    return Response(html, HTTPStatus.FORBIDDEN, dict(_HEADERS), "text/html; charset=utf-8")


def _actor(request: Request) -> str:
    """Return the name under which a person's jobs are kept."""
    actor = request.actor or {}
    return str(actor["id"]) if "id" in actor else json.dumps(actor, sort_keys=True)


async def _with_jobs(datasette: Datasette, do: Callable[[Jobs], _Result]) -> _Result:
    """Do something with the jobs, in a thread: records.db may be waited for."""
    worker = worker_of(datasette)
    if worker is None:
        raise LibraryError("There is no library here.")

    def opened() -> _Result:
        with Records(worker.settings.records) as records:
            return do(Jobs(records))

    return await asyncio.to_thread(opened)


def limited(app: App, datasette: Datasette) -> App:
    """Return `app`, but what is posted to the add page and too long is refused unread.

    Datasette's own protection reads a whole form to find its token, so this stands before it.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not _is_ours(scope, datasette):
            await app(scope, receive, send)
            return
        body = await _body(scope, receive)
        if body is None:
            site = await answers.asking(Request(scope, receive), datasette)
            await _send(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_long(site))
            return
        handed_over = False

        async def again() -> Message:
            nonlocal handed_over
            if handed_over:
                return await receive()
            handed_over = True
            return {"type": "http.request", "body": body, "more_body": False}

        await app(scope, again, send)

    return wrapped


def _is_ours(scope: Scope, datasette: Datasette) -> bool:
    base = str(datasette.setting("base_url") or "/")
    path = str(scope["path"])
    return bool(_ADDRESSES.fullmatch("/" + path.removeprefix(base).lstrip("/")))


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """Return what was posted; None where it is too long."""
    stated = dict(scope["headers"]).get(b"content-length", b"")
    if stated.isdigit() and int(stated) > MOST_BYTES:
        return None
    pieces: list[bytes] = []
    while sum(map(len, pieces)) <= MOST_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            break
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
    return None


def _too_long(ask: Ask) -> bytes:
    return render("bad.html", ask, {"what": _TOO_LONG, "state": None}).encode()


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = {
        **_HEADERS,
        "content-type": "text/html; charset=utf-8",
        "content-length": str(len(body)),
        "connection": "close",
    }
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": pairs})
    await send({"type": "http.response.body", "body": body})


_HEADERS: Final = {
    **SAFE_HEADERS,
    "content-security-policy": PAGE_POLICY,
    "cache-control": "private, no-store",
    "referrer-policy": "same-origin",
}
_NO_JOB: Final = "There is no such request, or it was made by somebody else."
_EMPTY: Final = (
    "There is nothing to add in this. Paste DOIs, PMIDs, ISBNs, arXiv ids, addresses or BibTeX."
)
_NONE_CHOSEN: Final = "No work is chosen. Tick at least one, or leave without adding."
_TOO_OFTEN: Final = (
    f"You made {MOST_REQUESTS} requests within {int(WINDOW.total_seconds() // 60)} minutes. "
    "Wait a little, and paste several works at once: one a line."
)
_TOO_LONG: Final = (
    f"What you sent is longer than {MOST_BYTES / 1e6:g} MB, so nothing of it was read. "
    "Send it in parts, or use the command line: library add --from FILE."
)
