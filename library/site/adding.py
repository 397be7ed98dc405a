"""Adding on the page: what it gives to Datasette, as a second plugin beside `hooks`.

It answers only people with the permission `library-add`, which nobody has by default:

    permissions:            # in metadata.yml
      library-add:
        id: [root, ann]

Datasette finds it by the entry point `datasette: library_adding`; without that line a site has no
client for other services and no way to write.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.utils import actor_matches_allow
from datasette.utils.asgi import Request

from library.site import adding_pages, compat
from library.site.adding_pages import PERMISSION, worker_of
from library.site.compat import Datasette
from library.site.protection import App


@hookimpl  # type: ignore[untyped-decorator] # Datasette ships no types
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """The form, and a page for each job."""
    if worker_of(datasette) is None:
        return []
    return [
        (r"/-/add$", adding_pages.form_page),
        (r"/-/add/(?P<job>[0-9a-f]{16})$", adding_pages.job_page),
        (r"/-/add/(?P<job>[0-9a-f]{16})\.json$", adding_pages.job_json),
    ]


@hookimpl  # type: ignore[untyped-decorator] # as above
def register_actions() -> list[Any]:
    """Tell Datasette 1.0 of our permission; 0.65 has no such hook."""
    return compat.global_actions({PERMISSION: "Add works to the library"})


@hookimpl  # type: ignore[untyped-decorator] # as above
def permission_allowed(datasette: Datasette, actor: Any, action: str) -> bool | None:  # noqa: ANN401 - Datasette's actor
    """Read our permission from metadata.yml, as 1.0 does by itself; None: others may decide."""
    if action != PERMISSION or compat.is_one():
        return None
    permissions = datasette.metadata("permissions") or {}
    allow = permissions.get(PERMISSION) if isinstance(permissions, dict) else None
    return None if allow is None else bool(actor_matches_allow(actor, allow))


@hookimpl  # type: ignore[untyped-decorator] # as above
def menu_links(
    datasette: Datasette,
    actor: Any,  # noqa: ANN401 - as above
    request: Request | None,
) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    """Lead from the menu of Datasette's own pages to the form, for those who may use it."""
    del request

    async def links() -> list[dict[str, str]]:
        if worker_of(datasette) is None or not await compat.may(datasette, actor, PERMISSION):
            return []
        return [{"href": datasette.urls.path("/-/add"), "label": "Add works"}]

    return links


@hookimpl  # type: ignore[untyped-decorator] # as above
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Take up the jobs that an earlier server left undone."""

    async def resume() -> None:
        worker = worker_of(datasette)
        if worker is not None:
            await asyncio.to_thread(worker.resume)

    return resume


@hookimpl  # type: ignore[untyped-decorator] # as above
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Refuse what is too long before anybody reads it."""

    def wrap(app: App) -> App:
        return adding_pages.limited(app, datasette)

    return wrap
