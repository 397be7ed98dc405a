"""What differs between Datasette 0.65 and 1.0, in one place.

Everything else in this package is written against what both versions share.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from datasette import app
from datasette.utils.asgi import BadRequest, Request
from jinja2 import Environment

from library.store.schema import TableDescription

Datasette = Any
"""A Datasette of either version: it ships no types, and each has methods that the other lacks."""

DATABASE = "library"
"""The database's name: the stem of library.db. Template names and addresses depend on it."""


def is_one() -> bool:
    """Return whether this is Datasette 1.0 or one of its alphas."""
    return hasattr(app.Datasette, "allowed")


async def may(datasette: Datasette, actor: dict[str, Any] | None, action: str) -> bool:
    """Return whether `actor` may do `action`: "view-instance", "view-works", or one of ours.

    "view-works" is Datasette's own right to see the table `works` and everything above it.
    Actions that only we know ("library-add") are refused unless somebody granted them.
    """
    if is_one():
        return await _may_one(datasette, actor, action)
    return await _may_old(datasette, actor, action)


async def _may_old(datasette: Datasette, actor: dict[str, Any] | None, action: str) -> bool:
    if action != "view-works":
        return bool(
            await datasette.permission_allowed(actor, action, default=action == "view-instance")
        )
    rights: tuple[tuple[str, Any], ...] = (
        ("view-table", (DATABASE, "works")),
        ("view-database", DATABASE),
        ("view-instance", None),
    )
    for right, resource in rights:
        answer = await datasette.permission_allowed(actor, right, resource=resource, default=None)
        if answer is not None:
            return bool(answer)
    return True


async def _may_one(datasette: Datasette, actor: dict[str, Any] | None, action: str) -> bool:
    if action != "view-works":
        return bool(await datasette.allowed(action=action, actor=actor))
    from datasette.resources import TableResource  # noqa: PLC0415 - only 1.0 has this module

    resource = TableResource(database=DATABASE, table="works")
    return bool(await datasette.allowed(action="view-table", resource=resource, actor=actor))


async def metadata(datasette: Datasette) -> dict[str, Any]:
    """Return the site's own metadata: title, description, license, source, … and their URLs."""
    if is_one():
        return dict(await datasette.get_instance_metadata())
    return dict(datasette.metadata() or {})


def environment(datasette: Datasette) -> Environment:
    """Return the Jinja environment of Datasette's own pages."""
    if is_one():
        return cast("Environment", datasette.get_jinja_environment())
    return cast("Environment", datasette.jinja_env)


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a posted form, the last value of each."""
    if hasattr(request, "form"):
        posted = await request.form()
        return {key: posted[key] for key in posted}
    return dict(await request.post_vars())


def global_actions(meanings: Mapping[str, str]) -> list[Any]:
    """Return actions that concern the whole site, as 1.0 wants to be told of them."""
    if not is_one():
        return []
    from datasette.permissions import Action  # noqa: PLC0415 - only 1.0 has this module

    return [Action(name=name, description=meaning) for name, meaning in meanings.items()]


def table_statement(data: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the statement and parameters behind a renderer's `data`, where it says them.

    0.65 always does. 1.0 only when the extra `query` was asked for.
    """
    query = data.get("query") or {}
    if not query.get("sql"):
        return None
    return query["sql"], dict(query.get("params") or {})


async def ask_statement(datasette: Datasette, request: Request) -> tuple[str, dict[str, Any]]:
    """Return the statement and parameters of the page behind a renderer's request, on 1.0.

    The page is asked for itself once more, as the same actor, without rows.

    Raises:
        BadRequest: the page does not say it.
    """
    path = request.path.rsplit(".", 1)[0] + ".json"
    pairs = [pair for pair in parse_qsl(request.query_string) if pair[0] not in ("_size", "_extra")]
    query = urlencode([*pairs, ("_size", "0"), ("_extra", "query")])
    answer = await datasette.client.get(f"{path}?{query}", actor=request.actor)
    statement = table_statement(answer.json())
    if statement is None:
        raise BadRequest("Datasette did not say which statement is behind this page.")
    return statement


async def describe(datasette: Datasette, tables: Mapping[str, TableDescription]) -> None:
    """Tell Datasette what our tables and columns mean; what metadata.yml says goes before."""
    if is_one():
        for name, table in tables.items():
            await datasette.set_resource_metadata(DATABASE, name, "description", table.text)
            for column, meaning in table.columns.items():
                await datasette.set_column_metadata(DATABASE, name, column, "description", meaning)
        return
    told = datasette._metadata_local  # noqa: SLF001 - the get_metadata hook would merge 400 texts on each of many calls a page
    ours = told.setdefault("databases", {}).setdefault(DATABASE, {}).setdefault("tables", {})
    for name, table in tables.items():
        about = ours.setdefault(name, {})
        about.setdefault("description", table.text)
        about["columns"] = {**table.columns, **about.get("columns", {})}
        if table.hidden:
            about.setdefault("hidden", True)
