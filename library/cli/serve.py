"""`library serve`: build what is stale, then serve it with Datasette in this process."""

import asyncio
import errno
import os
import socket
import sys
import webbrowser
from typing import Any, Final

import click
import uvicorn
from datasette.app import SETTINGS, Datasette
from datasette.utils import parse_metadata

from library import build
from library.cli.output import root_option, tell
from library.errors import UsageError, WorldError
from library.settings import Settings

DATASETTE_SETTINGS: Final[dict[str, tuple[Any, str]]] = {
    # setting: (value, why it is not Datasette's default)
    "suggest_facets": (
        False,
        "proposing facets costs 90 % of a table page; metadata.yml names them",
    ),
    "default_page_size": (25, "a page that one can read"),
    "default_facet_size": (15, "what fits beside a page of results"),
    "facet_time_limit_ms": (1000, "a facet over a million works is worth a second"),
    "sql_time_limit_ms": (
        2000,
        "anyone may run SQL: long enough for research, short enough for all",
    ),
    "max_returned_rows": (2000, "of a page; exports have no such end"),
    "num_sql_threads": (4, "one for each of a few readers; the work itself takes turns anyway"),
    "allow_download": (False, "the file is changed while it is served; exports are whole"),
    "default_cache_ttl": (60, "Datasette's own pages may be a minute old"),
    "truncate_cells_html": (300, "abstracts and sources would make a table page megabytes heavy"),
}
"""Datasette 0.65 reads no settings from metadata.yml, so they stand here, with their reasons."""


class PortTakenError(WorldError):
    """Another program listens where we should."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is in use by another program; stop that program, "
            f"or choose another port: library serve --port {port + 1 if port < 65535 else 8001}"  # noqa: PLR2004 - the last port
        )


class AddressError(WorldError):
    """This machine cannot listen at the address asked for."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen at; 0 takes a free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option(
    "--sign-in",
    is_flag=True,
    help='Print an address that signs you in, once, as "root", who may add works on the page.',
)
@root_option
def serve_command(
    config: Settings, host: str, port: int, *, open_browser: bool, sign_in: bool
) -> None:
    """Serve the library on the web, after bringing library.db up to date.

    Example: library serve --port 8080
    """
    listening = _listen(host, port)
    with listening:
        _build(config)
        try:
            asyncio.run(_serve(config, listening, open_browser=open_browser, sign_in=sign_in))
        except KeyboardInterrupt:
            # uvicorn has closed everything and passes the signal on: there is nothing to say.
            return


def application(config: Settings) -> Datasette:
    """Return Datasette as we run it: our database, the library's metadata, our settings."""
    templates = config.root / "templates"
    text = config.metadata.read_text("utf-8-sig") if config.metadata.exists() else ""
    told: dict[str, Any] = parse_metadata(text) if text.strip() else {}
    known = known_settings()
    # 1.0 moves plugins and allow out of metadata by itself; who may do what it wants apart.
    apart = {"config": {"permissions": told.get("permissions") or {}}}
    return Datasette(
        [str(config.database)],
        metadata=told,
        # 1.0 has dropped some of 0.65's settings.
        settings={name: value for name, (value, _) in DATASETTE_SETTINGS.items() if name in known},
        template_dir=str(templates) if templates.is_dir() else None,
        secret=os.environ.get("DATASETTE_SECRET"),
        **(apart if hasattr(Datasette, "allowed") else {}),
    )


def known_settings() -> dict[str, Any]:
    """Return Datasette's settings and their defaults."""
    return {setting.name: setting.default for setting in SETTINGS}


def _build(config: Settings) -> None:
    summary = build.build(config)
    changed = summary.added + summary.changed + summary.removed
    if changed:
        tell(
            f"library: built {config.database.name}: {summary.added:,} added, "
            f"{summary.changed:,} changed, {summary.removed:,} removed "
            f"in {summary.seconds:.1f} s"
        )


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise UsageError(f"{host!r} is not an address of this machine. Try 127.0.0.1.") from error
    listening = socket.socket(family, kind, protocol)
    if sys.platform != "win32":
        # Lets a server that was just stopped start again; two at a time stay impossible.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(host, port) from error
        if error.errno == errno.EACCES:
            raise AddressError(
                f"port {port} may only be used by an administrator; "
                "choose one above 1023: library serve --port 8001"
            ) from error
        raise AddressError(
            f"this machine cannot listen at {host} ({error.strerror}); try --host 127.0.0.1"
        ) from error
    return listening


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(
        self, config: uvicorn.Config, url: str, *, open_browser: bool, sign_in_path: str | None
    ) -> None:
        super().__init__(config)
        self._url = url
        self._open = open_browser
        self._sign_in = f"{url.rstrip('/')}{sign_in_path}" if sign_in_path else None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        click.echo(f"The library is at {self._url} (stop with Ctrl-C)")
        if self._sign_in:
            click.echo(f"Sign in, once, as root at {self._sign_in}")
        if self._open:
            webbrowser.open(self._sign_in or self._url)


def _sign_in_path(datasette: Datasette) -> str:
    """Return the address that signs its first visitor in as "root", as `datasette --root` does.

    Datasette 0.65 gives that actor no right to add works, so it gets it here, unless metadata.yml
    says who has it. 1.0 gives it every right.
    """
    if hasattr(datasette, "root_enabled"):
        datasette.root_enabled = True
    else:
        told = datasette._metadata_local.setdefault("permissions", {})  # noqa: SLF001 - where it keeps metadata.yml
        told.setdefault("library-add", {"id": "root"})
    return f"{datasette.urls.path('/-/auth-token')}?token={datasette._root_token}"  # noqa: SLF001 - no public name


async def _serve(
    config: Settings, listening: socket.socket, *, open_browser: bool, sign_in: bool
) -> None:
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - what to show, not what to bind
    datasette = application(config)
    path = _sign_in_path(datasette) if sign_in else None
    await datasette.invoke_startup()
    server = _Server(
        uvicorn.Config(
            datasette.app(), log_level="warning", access_log=False, lifespan="on", workers=1
        ),
        f"http://{shown}:{port}/",
        open_browser=open_browser,
        sign_in_path=path,
    )
    await server.serve(sockets=[listening])
