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

_NAMES = {"bibtex": "bib", "csl-json": "csljson"}  # the other formats go by their own names
_CHOICES = ("bibtex", "csl-json", *(name for name in export.FORMATS if name not in _NAMES.values()))


@click.command(
    "export", epilog="Example: library export --search trafficking --format ris -o found.ris"
)
@click.argument("keys", nargs=-1)
@click.option("--search", help="Only works that match this search.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_CHOICES),
    help="[default: by the file's name, else bibtex]",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file  [default: standard output]"
)
@root_option
def export_command(
    config: Settings,
    keys: tuple[str, ...],
    search: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    """Write works for other programs: all, those with these KEYS, or those that a search finds.

    BibTeX is the text of references.bib, as it stands there.
    """
    if keys and search:
        raise UsageError("Give keys or --search, not both.")
    name = _NAMES.get(form or "", form) or _by_ending(output)
    with up_to_date(config) as connection:
        sql, parameters = _statement(connection, keys, search)
        pieces = export.stream(connection, sql, parameters, name)
        if output is None:
            _print(pieces)
        else:
            count = _save(pieces, output)
            tell(f"wrote {output} ({count:,} bytes)")


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
