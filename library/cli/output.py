"""What every command shares: the --root option, printing safely, progress on a terminal."""

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import click

from library import settings
from library.findings import Finding
from library.settings import Settings, Source

F = TypeVar("F", bound=Callable[..., Any])

_SOURCE: Final = "library.source"  # in click's context

# C0 and C1 controls (but tab and line feed), and the marks that turn the direction of text:
# titles from outside must not drive a terminal.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """Return `text` with characters that could drive a terminal made visible ("␛")."""
    return _UNSAFE.sub(lambda match: _visible(match.group()), text)


def _visible(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"  # noqa: PLR2004 - U+2400: control pictures


def say(text: str = "") -> None:
    """Print one line of results on standard output."""
    click.echo(safe(text))


def tell(text: str) -> None:
    """Print one line about the run on standard error."""
    click.echo(safe(text), err=True)


def print_json(value: object) -> None:
    """Print `value` as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_findings(findings: Iterable[Finding], most: int = 20) -> None:
    """Print findings on standard error: all of them, or the first `most` and how many remain."""
    shown = list(findings)
    for finding in shown[:most]:
        tell(str(finding))
    if len(shown) > most:
        tell(f"… and {len(shown) - most:,} more findings; the site lists them all under Health.")


def root_option(command: F) -> F:
    """Give a command the --root option, and hand it `settings` in its place."""
    return click.option(
        "--root",
        "config",
        type=click.Path(path_type=Path),
        callback=_load,
        help="The library's folder  [default: the nearest one above that holds metadata.yml]",
    )(command)


def source_option(command: F) -> F:
    """Give a command the --source option; `config` says what was chosen. Above @root_option."""
    return click.option(
        "--source",
        type=click.Choice(get_args(Source)),
        callback=_choose_source,
        expose_value=False,
        help="services: Crossref and others; snapshot: no network  [default: metadata.yml's]",
    )(command)


def _choose_source(ctx: click.Context, param: click.Parameter, value: Source | None) -> None:
    # Kept for _load, which makes the settings: click calls them in either order.
    del param
    if value is not None:
        ctx.meta[_SOURCE] = value
        if isinstance(ctx.params.get("config"), Settings):
            ctx.params["config"] = replace(ctx.params["config"], source=value)


def _load(ctx: click.Context, param: click.Parameter, value: Path | None) -> Settings | None:
    del param
    if ctx.resilient_parsing:
        return None
    loaded = settings.load(settings.find_root(value))
    for warning in loaded.warnings:
        tell(f"library: {warning}")
    chosen: Source | None = ctx.meta.get(_SOURCE)
    return loaded if chosen is None else replace(loaded, source=chosen)


class Progress:
    """A line that counts on a terminal, and is silent in a pipe."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._shows = sys.stderr.isatty()
        self._width = 0

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show that `done` of `total` are done."""
        if not self._shows:
            return
        text = f"{self._label}: {done:,}" + (f" of {total:,}" if total else "")
        text += f", {note}" if note else ""
        click.echo("\r" + text.ljust(self._width), nl=False, err=True)
        self._width = len(text)

    def close(self) -> None:
        """Take the line away."""
        if self._shows and self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)
            self._width = 0


class Stages:
    """A line that names the stage of a long run on a terminal, and is silent in a pipe."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()

    def __call__(self, stage: str) -> None:
        """Show the stage in place of the one before."""
        if self._shows:
            click.echo(f"\r\x1b[K{safe(stage)}", nl=False, err=True)

    def close(self) -> None:
        """Take the line away."""
        if self._shows:
            click.echo("\r\x1b[K", nl=False, err=True)
