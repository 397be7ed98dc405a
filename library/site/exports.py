"""Taking works away: Datasette's table and query pages, and ours, as files without an end of page.

A file is made in a thread of its own on a connection of its own and handed over piece by piece,
so that a million works need no more memory than four hundred.
"""

import asyncio
import re
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from datasette.utils import path_with_removed_args
from datasette.utils.asgi import BadRequest, Request, Response

from library import export
from library.export import Format, Parameters
from library.site import compat
from library.site.compat import Datasette
from library.store import schema

AT_ONCE: Final = 3
"""Exports that run at the same time; a further one waits for its turn."""

PATIENCE_SECONDS: Final = 15
"""The longest that a statement may work without giving the next works."""

_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="export")
_LIMIT = re.compile(r"\s+limit\s+\d+(?:\s+offset\s+\d+)?\s*$", re.IGNORECASE)
_DATASETTES_OWN: Final = ("csv", "json")
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ExportResponse(Response):  # type: ignore[misc] # Datasette ships no types
    """A response whose body is made while it is sent."""

    def __init__(
        self, pieces: "_Pieces", first: bytes, content_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__("", 200, headers, content_type)
        self._pieces = pieces
        self._first = first

    async def asgi_send(self, send: Send) -> None:
        """Send the headers, then each piece when it is ready; stop when nobody listens any more."""
        headers = {**self.headers, "content-type": self.content_type}
        await send(
            {
                "type": "http.response.start",
                "status": self.status,
                "headers": [
                    [key.encode(), value.encode("latin-1")] for key, value in headers.items()
                ],
            }
        )
        try:
            piece: bytes | None = self._first
            while piece is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await self._pieces.next()
            await send({"type": "http.response.body", "body": b""})
        finally:
            await self._pieces.close()


class _Pieces:
    """An export that runs in the export threads, one piece at a time."""

    def __init__(self, path: Path, datasette: Datasette, request: Request | None) -> None:
        self._path = path
        self._datasette = datasette
        self._connection: sqlite3.Connection | None = None
        self._stream: Iterator[bytes] = iter(())
        self._deadline = 0.0
        self._gone = threading.Event()
        self._watch = asyncio.create_task(self._watch_for_leaving(request)) if request else None

    async def start(self, sql: str, params: Parameters, name: str) -> bytes:
        """Run the statement and return the first piece, so that errors come before any header."""
        return await self._in_thread(partial(self._start, sql, params, name)) or b""

    async def next(self) -> bytes | None:
        """Return the next piece, or None at the end, or when the other side has left."""
        if self._gone.is_set():
            return None
        return await self._in_thread(self._next)

    async def close(self) -> None:
        """Give the connection back; safe to call twice."""
        self._gone.set()
        if self._watch:
            self._watch.cancel()
        await self._in_thread(self._close)

    async def _in_thread(self, work: Callable[[], bytes | None]) -> bytes | None:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)

    def _start(self, sql: str, params: Parameters, name: str) -> bytes | None:
        connection = schema.connect_reading(self._path)
        # Statements from Datasette's pages use its functions (escape_fts).
        self._datasette._prepare_connection(connection, compat.DATABASE)  # noqa: SLF001 - the only way, in both versions
        self._connection = connection
        # Everything is read once, from front to back: neither map nor cache would help.
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute("PRAGMA cache_size = -4096")
        connection.set_progress_handler(self._must_stop, 50_000)
        self._stream = export.stream(connection, sql, params, name)
        return self._next()

    def _next(self) -> bytes | None:
        self._deadline = time.monotonic() + PATIENCE_SECONDS
        return next(self._stream, None)

    def _must_stop(self) -> int:
        return int(self._gone.is_set() or time.monotonic() > self._deadline)

    def _close(self) -> None:
        self._stream = iter(())
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _watch_for_leaving(self, request: Request) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self._gone.set()


async def send_export(
    datasette: Datasette,
    request: Request,
    sql: str,
    params: Parameters,
    chosen: Format,
    *,
    file_stem: str = "library",
) -> Response:
    """Return the works that a statement selects, as a file.

    Raises:
        BadRequest: the statement gives no citation keys, is wrong, or takes too long.
    """
    path = Path(datasette.get_database(compat.DATABASE).path)
    pieces = _Pieces(path, datasette, request)
    try:
        first = await pieces.start(sql, params, chosen.name)
    except export.NoCitationKeyError as error:
        await pieces.close()
        raise BadRequest(str(error)) from error
    except sqlite3.Error as error:
        await pieces.close()
        told = "it took too long" if "interrupted" in str(error) else str(error)
        raise BadRequest(f"This could not be exported: {told}.") from error
    except BaseException:
        await pieces.close()
        raise
    headers = {
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "no-cache",
    }
    if chosen.name != "json":
        headers["content-disposition"] = f'attachment; filename="{file_stem}.{chosen.file_ending}"'
    charset = "" if chosen.name.endswith("json") else "; charset=utf-8"
    return ExportResponse(pieces, first, chosen.content_type + charset, headers)


def renderers() -> list[dict[str, Any]]:
    """Return Datasette's output renderers: .bib, .ris and .csljson of any table or query."""
    return [
        {
            "extension": chosen.name,
            "render": partial(_render, chosen),
            "can_render": _can_render,
        }
        for chosen in export.FORMATS.values()
        if chosen.name not in _DATASETTES_OWN
    ]


def _can_render(database: str, columns: list[str]) -> bool:
    """Return whether a page should offer our formats."""
    return database == compat.DATABASE and "citation_key" in columns


async def _render(  # noqa: PLR0917 - Datasette passes these by name
    chosen: Format,
    datasette: Datasette,
    database: str,
    table: str | None,
    request: Request,
    data: dict[str, Any],
) -> Response:
    if database != compat.DATABASE:
        raise BadRequest(f"Only the database {compat.DATABASE} holds works to export.")
    if "_next" in request.args:
        # A later page of a table was open; its file holds all rows all the same.
        return Response.redirect(path_with_removed_args(request, {"_next"}))
    statement = compat.table_statement(data) or await compat.ask_statement(datasette, request)
    sql, params = statement
    if table:
        sql = _LIMIT.sub("", sql)
    return await send_export(datasette, request, sql, params, chosen, file_stem=table or "query")
