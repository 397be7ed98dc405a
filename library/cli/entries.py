"""`library list`, `show`, `edit` and `remove`: works one by one."""

import textwrap
from typing import get_args

import click

from library import tasks
from library.cli.database import up_to_date
from library.cli.output import print_json, root_option, say, tell
from library.errors import UsageError
from library.settings import Settings
from library.store import query, read
from library.store.rows import AND_OTHERS

_FIELDS = ("citation_key", "type", "title", "authors", "year", "venue", "doi", "url")


@click.command(
    "list", epilog="Example: library list trafficking --type article-journal --sort year"
)
@click.argument("search", nargs=-1)
@click.option(
    "--type", "types", multiple=True, help="Only works of this CSL type. Repeat for several."
)
@click.option(
    "--keyword", "keywords", multiple=True, help='Only works with this keyword: "topic:law".'
)
@click.option("--year", metavar="YEAR or FROM-TO", help="Only works of these years.")
@click.option(
    "--sort",
    type=click.Choice(get_args(query.Sort)),
    help="The order  [default: relevance in a search, else year]",
)
@click.option("--limit", type=click.IntRange(1), help="At most so many  [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
@root_option
def list_command(
    config: Settings,
    search: tuple[str, ...],
    types: tuple[str, ...],
    keywords: tuple[str, ...],
    year: str | None,
    sort: query.Sort | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List works, all or those that match SEARCH, one a line: key, year, names, title."""
    filters = tuple(
        (name, values) for name, values in (("type", types), ("keyword", keywords)) if values
    )
    first, last = _years(year)
    with up_to_date(config) as connection:
        wanted = query.Search(
            " ".join(search) or None, filters, first, last, sort, size=limit or 1_000_000
        )
        rows = query.find(connection, wanted).rows
    if as_json:
        print_json([{name: getattr(row, name) for name in _FIELDS} for row in rows])
        return
    if not rows:
        tell("No work matches." if search or filters or year else "The library is empty.")
    width = max((len(row.citation_key) for row in rows), default=0)
    for row in rows:
        names = _short(row.authors)
        what = (names and f"{names}: ") + (row.title or "(no title)")
        say(f"{row.citation_key:{width}}  {row.year or '':>4}  {what}")


def _years(text: str | None) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    first, dash, last = text.partition("-")
    try:
        begin = int(first) if first else None
        return begin, (int(last) if last else None) if dash else begin
    except ValueError:
        raise UsageError(f"{text!r} is neither a year nor FROM-TO, as in 2010-2019.") from None


def _short(authors: str | None) -> str:
    first, *others = (authors or "").split("; ")
    if len(others) > 1 or others == [AND_OTHERS]:
        return f"{first} et al."
    return " and ".join((first, *others))


@click.command("show", epilog="Example: library show diaz2014confronting")
@click.argument("key")
@click.option("--bibtex", is_flag=True, help="Print the entry as it stands in references.bib.")
@click.option("--json", "as_json", is_flag=True, help="Print the work as CSL-JSON.")
@root_option
def show_command(
    config: Settings,
    key: str,
    bibtex: bool,
    as_json: bool,
) -> None:
    """Show one work: everything that the library knows of it.

    KEY is its citation key, one it had before, or its DOI.
    """
    with up_to_date(config) as connection:
        now = read.key_of(connection, key) or read.key_of_doi(connection, key.lower())
        page = read.work_page(connection, now) if now else None
    if page is None:
        raise UsageError(f"No work has the key or DOI {key!r}. `library list` shows what there is.")
    if bibtex:
        say(page.bibtex)
    elif as_json:
        print_json(page.csl)
    else:
        _show(page)


def _show(page: read.WorkPage) -> None:
    work = page.work
    people = [
        name.name + ("" if name.role == "author" else f" ({name.role})") for name in page.names
    ]
    say(work.title or "(no title)")
    for label, value in (
        ("key", work.citation_key),
        ("type", work.type_label),
        ("names", "; ".join(people)),
        ("date", work.issued),
        ("venue", work.venue),
        ("volume", work.volume),
        ("issue", work.issue),
        ("pages", work.page),
        ("publisher", work.publisher),
        ("DOI", work.doi and f"https://doi.org/{work.doi}"),
        ("address", work.url),
        ("keywords", ", ".join(key for key, _, _ in page.keywords)),
        ("NOTICES", "; ".join(notice.label or notice.type for notice in page.notices)),
    ):
        if value:
            say(f"{label:>10}  {value}")
    for text in (page.annotation, page.abstract):
        for paragraph in (text or "").split("\n\n"):
            if paragraph:
                say()
                say(textwrap.fill(paragraph, 88, initial_indent="  ", subsequent_indent="  "))


@click.command("edit", epilog="Example: library edit diaz2014confronting volume=168 issue=9")
@click.argument("key")
@click.argument("assignments", nargs=-1, metavar="FIELD=VALUE…")
@click.option("--type", "entry_type", help="Make it an entry of this type.")
@click.option("--dry-run", is_flag=True, help="Show the change, and write nothing.")
@root_option
def edit_command(
    config: Settings,
    key: str,
    assignments: tuple[str, ...],
    entry_type: str | None,
    dry_run: bool,
) -> None:
    """Change fields of one entry of references.bib, and nothing else.

    A value is written as BibTeX has it (LaTeX or Unicode); FIELD= takes the field out.
    """
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{assignment!r} is not FIELD=VALUE. Nothing was changed.")
        values[name.strip()] = value.strip()
    if not values and entry_type is None:
        raise UsageError("Say what to change: library edit KEY FIELD=VALUE. Nothing was changed.")
    done = tasks.edit(config, key, values, entry_type=entry_type, dry_run=dry_run)
    say(done.diff.rstrip() or "Nothing to change: it is so already.")


@click.command("remove", epilog="Example: library remove diaz2014confronting")
@click.argument("keys", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show the change, and write nothing.")
@root_option
def remove_command(config: Settings, keys: tuple[str, ...], dry_run: bool) -> None:
    """Take the entries with these KEYS out of references.bib; git keeps what was there."""
    done = tasks.remove(config, keys, dry_run=dry_run)
    say(done.diff.rstrip())
