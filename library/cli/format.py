"""`library format`."""

import click

from library import tasks
from library.cli.output import root_option, say, tell
from library.settings import Settings


@click.command("format", epilog="Example: library format --check")
@click.option("--check", is_flag=True, help="Change nothing; end with 1 where something would.")
@click.option("--sort", is_flag=True, help="Also put entries in the order of their keys.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what changes.")
@root_option
def format_command(config: Settings, *, check: bool, sort: bool, show_diff: bool) -> None:
    """Write every entry of references.bib in one manner; it is never done unasked.

    A field a line, aligned, in the usual order, names in small letters, ranges of pages with two
    hyphens, months as macros, an empty line between entries. No value changes its meaning: an entry
    that would mean something else afterwards, or that has comments between its fields, is left as
    it is. Comments, @strings and text between entries stay. Done twice, it is the same file.
    """
    done = tasks.reformat(config, sort=sort, check=check)
    if show_diff and done.diff:
        say(done.diff.rstrip())
    name = config.bib.name
    if not done.diff:
        tell(f"{name} is in that manner already.")
    else:
        tell(f"{name} would change: library format." if check else f"{name} is in one manner now.")
    if done.left:
        more = f" and {len(done.left) - 5:,} more" if len(done.left) > 5 else ""  # noqa: PLR2004 - five are named
        tell(f"left as they are: {', '.join(done.left[:5])}{more}.")
    click.get_current_context().exit(1 if check and done.diff else 0)
