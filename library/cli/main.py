"""The `library` command: a table of commands, loaded one at a time.

A command's module is imported only when it is called, so that `library --help` is instant.
"""

import importlib
import sys
from typing import Final

import click

from library.errors import LibraryError, WorldError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    # name: (module, one line of help)
    "add": ("library.cli.add", "Add works by DOI, PMID, ISBN, arXiv id or URL, or by hand."),
    "build": ("library.cli.build", "Bring library.db up to date with references.bib."),
    "check": ("library.cli.check", "Say what is wrong with the library."),
    "cite": ("library.cli.cite", "Print works as a bibliography in any citation style."),
    "dedupe": ("library.cli.dedupe", "Find entries that are one work, and merge them."),
    "edit": ("library.cli.entries", "Change fields of one entry, and nothing else."),
    "enrich": ("library.cli.enrich", "Show, or apply, what Crossref can add to your entries."),
    "export": ("library.cli.export", "Write works for other programs, in fifteen formats."),
    "format": ("library.cli.format", "Write every entry in one manner."),
    "git": ("library.cli.git", "Let git merge .bib files by entries, and compare them."),
    "import": ("library.cli.import_", "Add the works of a reference manager's file."),
    "init": ("library.cli.init", "Begin a new library in a folder."),
    "keys": ("library.cli.keys", "Show, make, pin and change citation keys."),
    "list": ("library.cli.entries", "List works, all or those that match a search."),
    "match": ("library.cli.enrich", "Find the DOIs of entries that have none."),
    "publish": ("library.cli.publish", "Write the site to a folder, for a container or the web."),
    "reading-list": ("library.cli.reading_list", "Make a reading list: a page, Word or PDF."),
    "rekey": ("library.cli.keys", "Bring the keys in documents up to date."),
    "remove": ("library.cli.entries", "Take entries out of references.bib."),
    "serve": ("library.cli.serve", "Serve the library on the web."),
    "snapshot": ("library.cli.snapshot", "Keep all of Crossref on your own disks, and ask it."),
    "show": ("library.cli.entries", "Show one work."),
}

INTERRUPTED: Final = 130  # what a shell expects after Ctrl-C


class _Commands(click.Group):
    """The table above as a click group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        assert isinstance(command, click.Command)  # noqa: S101 - a slip in the table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="library", prog_name="library")
def cli() -> None:
    """Keep a research library as a BibTeX file, and publish it.

    The library is the folder that holds metadata.yml and references.bib; commands work from
    anywhere inside it (or name it with --root or LIBRARY_ROOT).

    Example: library add 10.1056/NEJMp1314927
    """


def main() -> None:
    """Run the command line; every error we raise on purpose is a sentence and an exit code."""
    try:
        code = cli(standalone_mode=False)
    except click.exceptions.Exit as leave:
        code = leave.exit_code
    except (click.Abort, KeyboardInterrupt):  # click makes the first of the second
        click.echo("\nlibrary: stopped. Nothing is half-written.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except LibraryError as error:
        click.echo(f"library: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (`library list | head`): nobody is left to tell.
        sys.stderr.close()
        code = 0
    except OSError as error:
        # What a command can say better is a LibraryError; what is left is our own output.
        click.echo(f"library: {_world(error)}", err=True)
        code = WorldError.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _world(error: OSError) -> str:
    what = error.strerror or str(error) or type(error).__name__
    where = f"{error.filename}: {what}" if error.filename else f"the output was cut off ({what})"
    return (
        f"{where}. The library's files are whole, and what was done before this stays done; "
        "`git diff` shows it."
    )
