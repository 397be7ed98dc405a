"""`library check`."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import click

from library import tasks
from library.care.checking import check
from library.care.reporting import annotation, sarif
from library.cli.database import up_to_date
from library.cli.output import Progress, print_json, root_option, say, source_option, tell
from library.findings import SEVERITIES, Finding, Severity
from library.settings import Settings


def _names(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> frozenset[str]:
    del ctx, param
    return frozenset(name.strip() for part in value for name in part.split(",") if name.strip())


@click.command("check", epilog="Example: library check --only retracted,concern")
@click.argument("keys", nargs=-1)
@click.option("--only", multiple=True, callback=_names, metavar="CHECK", help="These checks alone.")
@click.option("--skip", multiple=True, callback=_names, metavar="CHECK", help="Not these checks.")
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="The least severity that is told, and that counts for the exit code.",
)
@click.option("--fix", is_flag=True, help="First mend what can be mended safely.")
@click.option("--refresh", is_flag=True, help="First ask the sources what changed since.")
@click.option("--links", is_flag=True, help="Ask whether addresses lead somewhere: dead, moved.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="json: one list; github: annotations of a workflow; sarif: for code scanning.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@source_option
@root_option
def check_command(
    config: Settings,
    keys: tuple[str, ...],
    only: frozenset[str],
    skip: frozenset[str],
    severity: str,
    fix: bool,
    refresh: bool,
    links: bool,
    style: str,
    as_json: bool,
) -> None:
    """Say what is wrong with the library, or with the entries KEYS.

    What the file and the stored records tell: syntax, dates, names and identifiers that cannot be,
    DOIs of other works, disagreements with records; works that were retracted, corrected or are of
    concern, and preprints whose article has appeared; missing fields, capitals, markup, duplicates.
    docs/reference/checks.md lists the checks. Which are made, how grave each is and what is waived
    for an entry stands in metadata.yml (checks, waived). Without --refresh and --links
    nothing is asked for.

    Ends with 1 where something was found.
    """
    if fix:
        diff = tasks.fix(config, only, skip)
        if diff:
            say(diff.rstrip())
    if refresh:
        progress = Progress("Records")
        try:
            done = tasks.refresh(config, progress)
        finally:
            progress.close()
        tell(f"Records: {done.new:,} of {done.asked:,} are new or changed.")
    more = _links(config) if links else []
    with up_to_date(config) as connection:
        found = check(
            connection,
            config,
            keys=keys,
            only=only,
            skip=skip,
            least=cast("Severity", severity),
            more=more,
        )
    if as_json or style == "json":
        print_json([finding.as_dict() for finding in found])
    elif style == "sarif":
        print_json(sarif(found, _folder(config)))
    elif style == "github":
        for finding in found:
            say(annotation(finding, _folder(config)))
    else:
        for finding in found:
            say(str(finding))
        tell(_summary(found))
    click.get_current_context().exit(1 if found else 0)


def _links(config: Settings) -> list[Finding]:
    progress = Progress("Addresses")
    try:
        found = tasks.links(config, progress)
    finally:
        progress.close()
    return found


def _summary(found: Iterable[Finding]) -> str:
    counts = Counter(finding.severity for finding in found)
    told = [
        f"{counts[name]:,} {name}{'s' * (counts[name] != 1 and name != 'info')}"
        for name in SEVERITIES
        if counts[name]
    ]
    return f"{', '.join(told)}." if told else "Nothing was found."


def _folder(config: Settings) -> str:
    """Return the library's folder as seen from here, where the repository's root is."""
    return Path(os.path.relpath(config.root)).as_posix()
