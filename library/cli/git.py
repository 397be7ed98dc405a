"""`library git`: what git calls, and the command that tells it to."""

from pathlib import Path

import click

from library.cli.output import root_option, say, tell
from library.errors import UsageError
from library.git.describing import describe
from library.git.installing import install
from library.git.merging import merge
from library.settings import Settings

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("git", epilog="Example: library git install")
def git_command() -> None:
    """Let git merge .bib files by entries and fields, and say differences in words."""


@git_command.command("install", epilog="Example: library git install")
@root_option
def install_command(config: Settings) -> None:
    """Set git up in the library's repository; each clone does this once."""
    for line in install(config.root):
        tell(line)


@git_command.command("merge", epilog="Example: library git merge base.bib ours.bib theirs.bib")
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
@click.option("-L", "labels", multiple=True, help="What the two sides are called; given twice.")
def merge_command(base: Path, ours: Path, theirs: Path, labels: tuple[str, ...]) -> None:
    """Merge THEIRS into OURS, which both grew from BASE; git calls this.

    OURS is written. Ends with 1 where a conflict is left in it, on the fields that both sides gave
    other values.
    """
    names = (*labels, "ours", "theirs")[: 2 if len(labels) > 1 else None]
    done = merge(base.read_bytes(), ours.read_bytes(), theirs.read_bytes(), (names[0], names[-1]))
    ours.write_bytes(done.content)
    if done.by_lines:
        tell("library: merged by lines: what stands between the entries differs too.")
    for one in done.conflicts:
        tell(f"library: conflict in {one}")
    click.get_current_context().exit(1 if done.conflicts else 0)


@git_command.command("diff", epilog="Example: library git diff old.bib new.bib")
@click.argument("files", nargs=-1)
def diff_command(files: tuple[str, ...]) -> None:
    """Say what changed between two .bib files; git calls this with its seven arguments.

    "+" an entry that was added, "-" removed, "~" changed, with the field and its values.
    """
    # git: path old-file old-hex old-mode new-file new-hex new-mode [new-path similarity]
    if len(files) >= 7:  # noqa: PLR2004 - git's arguments
        name, old, new = files[0], files[1], files[4]
    elif len(files) == 2:  # noqa: PLR2004 - two files
        name, old, new = files[1], *files
    else:
        raise UsageError("Give two files: library git diff old.bib new.bib")
    lines = describe(_content(old), _content(new))
    if lines:
        say(name)
    for line in lines:
        say(f"  {line}")


def _content(name: str) -> bytes:
    """Return a file's bytes; /dev/null, for a file that is new or gone, has none."""
    try:
        return b"" if name in {"/dev/null", "nul"} else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}).") from error
