"""`library init`."""

import shlex
from pathlib import Path

import click

from library import tasks
from library.cli.import_ import BAD, content
from library.cli.output import print_findings, print_json, say


@click.command("init", epilog='Example: library init sepsis --title "Sepsis in children"')
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option("--title", help="Title of the site  [default: the folder's name]")
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="FILE",
    help="Begin with this file: one .bib becomes references.bib as it is, others are imported.",
)
@click.option("--github", is_flag=True, help="Write workflows and an issue form for GitHub too.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def init_command(
    folder: Path, title: str | None, sources: tuple[str, ...], github: bool, as_json: bool
) -> None:
    """Begin a new library in FOLDER (the one you are in, unless you name another).

    Writes references.bib, metadata.yml, README.md, .gitignore and .gitattributes, and never over
    a file that is there.
    """
    begun = tasks.init(
        folder, title=title, sources=[content(name) for name in sources], github=github
    )
    outcomes = begun.imported.outcomes if begun.imported else ()
    left = [one for one in outcomes if one.status in BAD]
    if as_json:
        print_json(
            {
                "folder": str(begun.root),
                "files": begun.written,
                "works": begun.works,
                "not_imported": [{"record": one.query, "message": one.message} for one in left],
            }
        )
    else:
        for place in begun.written:
            say(f"+ {place}")
        for one in left:
            say(f"! {one.query}: {one.message}")
        held = f" and holds {begun.works:,} work{'s' * (begun.works > 1)}" if begun.works else ""
        say(f"The library is ready{held}. Next:")
        if begun.root != Path.cwd().resolve():
            say(f"  cd {shlex.quote(str(folder))}")
        say("  library add 10.1056/NEJMp1314927     # a DOI, PMID, ISBN, arXiv id or address")
        say("  library serve                        # the site, at http://127.0.0.1:8001")
    print_findings(finding for one in outcomes for finding in one.findings)
    click.get_current_context().exit(1 if left else 0)
