"""`library cite`."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import click

from library import citations
from library.cli.database import up_to_date
from library.cli.output import print_json, root_option, say, tell
from library.errors import UsageError, WorldError
from library.settings import Settings
from library.store import query, read


@click.command("cite", epilog="Example: library cite Littenberg2015 --style vancouver")
@click.argument("keys", nargs=-1)
@click.option("--search", help="The works that match this search.")
@click.option(
    "--style",
    default="apa",
    show_default=True,
    metavar="NAME|FILE",
    help="A style's name (apa, vancouver, nature, …) or a .csl file.",
)
@click.option("--locale", metavar="LANGUAGE", help='"de-DE", "fr-FR", …  [default: the style\'s]')
@click.option(
    "--format",
    "form",
    type=click.Choice((*citations.FORMS, "docx")),
    default="text",
    show_default=True,
    help="docx needs --output.",
)
@click.option("--each", is_flag=True, help="Each work alone, in your order: no 2014a and 2014b.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file  [default: standard output]"
)
@click.option("--styles", "list_styles", is_flag=True, help="List the styles' names, and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of the entries.")
@root_option
def cite_command(
    config: Settings,
    keys: tuple[str, ...],
    search: str | None,
    style: str,
    locale: str | None,
    form: str,
    each: bool,
    output: Path | None,
    list_styles: bool,
    as_json: bool,
) -> None:
    """Print works as a bibliography in a citation style.

    The works are those with these KEYS or those that a search finds. Entries come in the order of
    the style; numeric styles number the works in the order of the keys.
    """
    if list_styles:
        for name in citations.names():
            say(name)
        return
    if bool(keys) == bool(search):
        raise UsageError("Say which works to cite: their keys, or --search; not both.")
    items = items_of(config, keys, search)
    if form == "docx":
        if output is None:
            raise UsageError("A Word document needs a file: --output FILE.docx.")
        save(citations.document(items, style, locale), output)
        return
    chosen = next(one for one in citations.FORMS if one == form)
    made = (citations.cite if each else citations.bibliography)(items, style, locale, chosen)
    unprinted = sum(not entry for entry in made)
    if unprinted:
        tell(f"library: the style prints nothing for {unprinted:,} of the works.")
    made = [entry for entry in made if entry]
    if output is not None:
        save(("\n\n".join(made) + "\n").encode(), output)
    elif as_json:
        print_json(made)
    else:
        say(("\n" if form == "text" else "\n\n").join(made))


def items_of(config: Settings, keys: tuple[str, ...], search: str | None) -> list[dict[str, Any]]:
    """Return the works' CSL-JSON, in the order of the keys or of the search; all without either."""
    with up_to_date(config) as connection:
        found = [_key(connection, key) for key in keys] if keys else _found(connection, search)
        stored = read.csl_of(connection, found)
    if not stored:
        raise UsageError("No work matches this search. There is nothing to cite.")
    return [json.loads(text) for text in stored]


def _key(connection: sqlite3.Connection, key: str) -> str:
    now = read.key_of(connection, key)
    if now is None:
        raise UsageError(f"No entry has the key {key!r}. Nothing was cited.")
    return now


def _found(connection: sqlite3.Connection, search: str | None) -> list[str]:
    sql, parameters = query.keys(connection, query.Search(search))
    cursor = connection.execute(f"SELECT citation_key FROM ({sql})", parameters)  # noqa: S608 - our own statement
    return [key for (key,) in cursor]


def save(content: bytes, output: Path) -> None:
    """Write a file whole or not at all, and say so."""
    temporary = output.with_name(f".{output.name}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(output)
    except OSError as error:
        raise WorldError(
            f"{output} could not be written ({error.strerror}). What was there before is as it was."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    tell(f"wrote {output} ({len(content):,} bytes)")
