"""`library reading-list`."""

from pathlib import Path
from typing import cast

import click

from library.citations import reading_list
from library.citations.reading_list import By, Form, ReadingList
from library.cli.cite import items_of, save
from library.cli.output import root_option
from library.errors import UsageError
from library.settings import Settings

_FORMS = {".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf"}


@click.command(
    "reading-list", epilog="Example: library reading-list --search minors --by year -o minors.pdf"
)
@click.argument("keys", nargs=-1)
@click.option("--search", help="The works that match this search.")
@click.option("--title", default="Reading list", show_default=True, help="Its heading.")
@click.option(
    "--style", default="apa", show_default=True, metavar="NAME|FILE", help="As in library cite."
)
@click.option("--locale", metavar="LANGUAGE", help="As in library cite.")
@click.option(
    "--by",
    type=click.Choice(["year", "keyword", "type"]),
    help="Group the works; under keywords, a work stands under each of its own.",
)
@click.option("--no-annotations", is_flag=True, help="Leave out your notes about the works.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="A file that ends in .html, .docx or .pdf.",
)
@root_option
def reading_list_command(
    config: Settings,
    keys: tuple[str, ...],
    search: str | None,
    title: str,
    style: str,
    locale: str | None,
    by: str | None,
    output: Path,
    *,
    no_annotations: bool,
) -> None:
    """Make a reading list of works as a page, a Word document or a PDF.

    The works are those with these KEYS, those that a search finds, or else all. Annotations are
    the field `annotation` (`annote`) of the entries.
    """
    form = _FORMS.get(output.suffix.lower())
    if form is None:
        raise UsageError(f"{output.name} ends in none of .html, .docx and .pdf.")
    wanted = ReadingList(
        title, style, locale, cast("By | None", by), annotations=not no_annotations
    )
    items = items_of(config, keys, search)
    save(reading_list.make(items, wanted, cast("Form", form)), output)
