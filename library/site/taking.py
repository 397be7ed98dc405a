"""Our lists of works as files: /works.bib?…, /list.ris?key=… and so on."""

import sqlite3
from functools import partial

from datasette.utils.asgi import BadRequest, Forbidden, Request, Response

from library import export
from library.export import FORMATS
from library.site import answers, compat
from library.site.compat import Datasette
from library.site.exports import send_export
from library.site.searching import MOST_KEYS, asked
from library.store import query


async def works(request: Request, datasette: Datasette) -> Response:
    """Answer with all works of a search, not only those of a page."""
    ask = await _permitted(request, datasette)
    try:
        wanted = asked(ask)
    except answers.BadQuestion as bad:
        raise BadRequest(str(bad)) from bad
    sql, params = await answers.run(datasette, partial(_statement, wanted.search))
    chosen = FORMATS[request.url_vars["extension"]]
    return await send_export(datasette, request, sql, params, chosen)


async def chosen_list(request: Request, datasette: Datasette) -> Response:
    """Answer with the works whose keys stand in the address, in that order."""
    ask = await _permitted(request, datasette)
    keys = ask.many("key")
    if len(keys) > MOST_KEYS:
        raise BadRequest(f"A list holds at most {MOST_KEYS:,} works; export a search instead.")
    sql, params = export.of_keys(keys)
    chosen = FORMATS[request.url_vars["extension"]]
    return await send_export(datasette, request, sql, params, chosen, file_stem="list")


async def _permitted(request: Request, datasette: Datasette) -> answers.Ask:
    if not await compat.may(datasette, request.actor, "view-works"):
        raise Forbidden("view-table")
    return await answers.asking(request, datasette)


def _statement(search: query.Search, connection: sqlite3.Connection) -> tuple[str, list[object]]:
    return query.keys(connection, search)
