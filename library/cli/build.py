"""`library build`."""

from contextlib import closing
from dataclasses import asdict
from typing import cast

import click

from library.build import Summary, build, watch
from library.cli.output import Stages, print_findings, print_json, root_option, say, tell
from library.errors import UsageError, WorldError
from library.findings import Finding, Severity
from library.settings import Settings
from library.store import caring
from library.store.schema import connect_reading

_SHOWN = 20  # findings; the site lists them all


@click.command("build", epilog="Example: library build --full")
@click.option("--full", is_flag=True, help="Make library.db from nothing, not from what changed.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=None,
    show_default="2 above some 20,000 entries, else 1",
    help="Processes that read entries when all is read.",
)
@click.option("--watch", "watches", is_flag=True, help="Build again at each save, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@root_option
def build_command(
    config: Settings,
    full: bool,
    processes: int | None,
    watches: bool,
    as_json: bool,
) -> None:
    """Bring library.db up to date with references.bib.

    Only what changed is read again. A running site shows the new state at once.
    """
    if watches:
        if full or as_json:
            raise UsageError("--watch builds only what changes; leave --full and --json away.")
        watch(config, _say, failed=_tell)
        return
    stages = Stages()
    try:
        done = build(config, full=full, processes=processes, progress=stages)
    finally:
        stages.close()
    if as_json:
        print_json(asdict(done))
    else:
        _say(done)
        _tell_findings(config, done.findings)


def _say(done: Summary) -> None:
    say(
        f"{done.works:,} works: {done.added:,} added, {done.changed:,} changed, "
        f"{done.removed:,} removed, {done.unchanged:,} unchanged ({done.seconds:.1f} s)"
    )


def _tell_findings(config: Settings, count: int) -> None:
    """Say the gravest findings, each with its file and line, and how many more there are."""
    if not count:
        return
    with closing(connect_reading(config.database)) as connection:
        rows = caring.findings(connection, size=_SHOWN)
    print_findings(
        Finding(
            row.check,
            row.message,
            cast("Severity", row.severity),
            row.source,
            row.line,
            row.citation_key,
        )
        for row in rows
    )
    if count > len(rows):
        tell(f"… and {count - len(rows):,} more; the site lists all {count:,} under Health.")


def _tell(error: WorldError) -> None:
    tell(f"library: {error}")
