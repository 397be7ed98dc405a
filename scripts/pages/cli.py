"""docs/reference/cli.md: the help of every command, as the command prints it."""

from pathlib import Path

import click

from library.cli.main import COMMANDS, cli

PATH = Path("docs/reference/cli.md")
_WIDTH = 88


def _help(command: click.Command, name: str) -> str:
    context = click.Context(
        command,
        info_name=name,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],  # as the group passes them on
    )
    return command.get_help(context).rstrip()


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [
        "# Commands",
        "",
        "Written by `scripts/reference`; do not edit.",
        "",
        "```text",
        _help(cli, "library"),
        "```",
    ]
    for name in sorted(COMMANDS):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None  # noqa: S101 - the names come from the same table
        parts += ["", f"## library {name}", "", "```text", _help(command, f"library {name}"), "```"]
    return "\n".join(parts) + "\n"
