"""What the site gives to Datasette: the index of this package, without logic of its own.

Datasette finds it by the entry point `datasette: library`. With no database `library` among those
that are served it adds nothing.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request
from jinja2 import Environment
from markupsafe import Markup

from library.site import cells, compat, exports, facets, protection, rendering, routes
from library.site.compat import Datasette
from library.store import canned, schema


@hookimpl  # type: ignore[untyped-decorator] # Datasette ships no types
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Our pages, feeds and files."""
    return routes.table() if compat.DATABASE in datasette.databases else []


@hookimpl  # type: ignore[untyped-decorator] # as above
def register_output_renderer(datasette: Datasette) -> list[dict[str, Any]]:
    """.bib, .ris and .csljson on Datasette's table and query pages."""
    del datasette
    return exports.renderers()


@hookimpl  # type: ignore[untyped-decorator] # as above
def register_facet_classes() -> list[type]:
    """Facets over authors and keywords on the page of the table works."""
    return [facets.LinkedFacet]


@hookimpl  # type: ignore[untyped-decorator] # as above
def filters_from_request(request: Request, database: str, table: str) -> FilterArguments | None:
    """The filters that those facets set."""
    return facets.filters(request, database, table)


@hookimpl  # type: ignore[untyped-decorator] # as above
def render_cell(
    value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """Citation keys lead to our pages, DOIs to their resolver."""
    return cells.linked(value, column, table, database, datasette)


@hookimpl  # type: ignore[untyped-decorator] # as above
def canned_queries(database: str) -> dict[str, dict[str, str]]:
    """Questions about citations and coauthors, beside those of metadata.yml."""
    if database != compat.DATABASE:
        return {}
    return {
        one.name: {"title": one.title, "description": one.description, "sql": one.sql.strip()}
        for one in canned.QUERIES
    }


@hookimpl  # type: ignore[untyped-decorator] # as above
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Datasette's own pages in our frame."""
    rendering.frame_stock_pages(env, datasette)


@hookimpl  # type: ignore[untyped-decorator] # as above
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """The pragmas that reading a large library wants."""
    if database == compat.DATABASE:
        schema.prepare_reading(conn)


@hookimpl  # type: ignore[untyped-decorator] # as above
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """The library's title and the meaning of every table and column, on Datasette's pages."""

    async def tell() -> None:
        await rendering.title_stock_pages(datasette)
        await compat.describe(datasette, {**schema.DESCRIPTIONS, **schema.BOOKKEEPING})

    return tell


@hookimpl  # type: ignore[untyped-decorator] # as above
def asgi_wrapper(datasette: Datasette) -> Callable[[protection.App], protection.App]:
    """Safe headers on every answer."""
    del datasette
    return protection.protected
