"""`library export`."""

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from library import export
from library.cli.database import up_to_date
from library.cli.output import root_option, safe, tell
from library.errors import UsageError, WorldError
from library.settings import Settings
from library.store import query, read

_BY_ADDRESS = {address: name for name, address in export.NAMES.items()}


class _FormatName(click.Choice[str]):
    """A format's name; the one that addresses have for it is understood too."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(_BY_ADDRESS.get(value, value), param, ctx)


@click.command(
    "export", epilog="Example: library export --search trafficking --format ris -o found.ris"
)
@click.argument("keys", nargs=-1)
@click.option("--search", help="Only works that match this search.")
@click.option(
    "--format",
    "form",
    type=_FormatName(list(export.NAMES)),
    help="[default: by the file's name, else bibtex]",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file  [default: standard output]"
)
@click.option("--report", is_flag=True, help="Also say what the format cannot hold.")
@root_option
def export_command(
    config: Settings,
    keys: tuple[str, ...],
    search: str | None,
    form: str | None,
    output: Path | None,
    *,
    report: bool,
) -> None:
    """Write works for other programs: all, those with these KEYS, or those that a search finds.

    BibTeX is the text of references.bib, as it stands there. docs/reference/formats.md says which
    programs take which format.
    """
    if keys and search:
        raise UsageError("Give keys or --search, not both.")
    name = export.NAMES.get(form or "", form) or _by_ending(output)
    with up_to_date(config) as connection:
        sql, parameters = _statement(connection, keys, search)
        pieces = export.stream(connection, sql, parameters, name)
        if output is None:
            _print(pieces)
        else:
            count = _save(pieces, output)
            tell(f"wrote {output} ({count:,} bytes)")
        if report:
            _report(export.losses(connection, sql, parameters, name), name)


def _by_ending(output: Path | None) -> str:
    if output is not None:
        for form in export.FORMATS.values():
            if output.name.endswith((f".{form.file_ending}", f".{form.name}")):
                return form.name
    return "bib"


def _statement(
    connection: sqlite3.Connection, keys: tuple[str, ...], search: str | None
) -> tuple[str, Sequence[object]]:
    if not keys:
        return query.keys(connection, query.Search(search))
    now = {key: read.key_of(connection, key) for key in keys}
    absent = [key for key, current in now.items() if current is None]
    if absent:
        raise UsageError(f"No entry has the key {absent[0]!r}. Nothing was written.")
    marks = ", ".join("(?)" for _ in keys)
    return f"SELECT column1 AS citation_key FROM (VALUES {marks})", list(now.values())  # noqa: S608 - marks only


def _report(losses: dict[str, list[str]], name: str) -> None:
    """Say what was lost, the most frequent first; to standard error, where no export is."""
    label = export.FORMATS[name].label
    if name in {"csv", "json"}:
        tell(f"{label} is a table: it holds {', '.join(export.COLUMNS)}, and nothing else.")
        return
    if not losses:
        tell(f"{label} holds everything that these works have.")
        return
    tell(f"{label} does not bring back:")
    for variable, keys in sorted(losses.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        more = f" and {len(keys) - 3:,} more" if len(keys) > 3 else ""  # noqa: PLR2004 - three are shown
        works = "work" if len(keys) == 1 else "works"
        tell(f"  {variable}: {len(keys):,} {works} ({', '.join(keys[:3])}{more})")


def _print(pieces: Iterator[bytes]) -> None:
    """Write to standard output: as it is into a pipe or file, made harmless on a terminal."""
    try:
        for piece in pieces:
            if sys.stdout.isatty():
                sys.stdout.write(safe(piece.decode()))
            else:
                sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # the reader has gone: no failure
    except OSError as error:
        raise WorldError(
            f"the export could not be written to standard output ({error.strerror}): "
            "what was written of it is not whole."
        ) from error


def _save(pieces: Iterator[bytes], output: Path) -> int:
    """Write the file whole or not at all; return its size in bytes."""
    temporary = output.with_name(f".{output.name}.part")
    count = 0
    try:
        with temporary.open("wb") as stream:
            for piece in pieces:
                count += stream.write(piece)
        temporary.replace(output)
    except OSError as error:
        raise WorldError(
            f"{output} could not be written ({error.strerror}). What was there before is as it was."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return count
