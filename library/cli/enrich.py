"""`library enrich` and `library match`: what a source could add to the entries that are there."""

from typing import get_args

import click

from library import tasks
from library.cli.output import (
    Progress,
    print_findings,
    print_json,
    root_option,
    say,
    source_option,
    tell,
)
from library.ingest.proposals import Proposal
from library.judgement.merge import Policy
from library.settings import Settings

_CODES = {"error": 3, "refused": 1}


@click.command("enrich", epilog="Example: library enrich diaz2014confronting --only abstract,issue")
@click.argument("keys", nargs=-1)
@click.option("--only", metavar="FIELD,…", help="Look at these fields only.")
@click.option(
    "--policy",
    type=click.Choice(get_args(Policy)),
    help="For fields that metadata.yml does not name  [default: fill]",
)
@click.option(
    "--apply", "applies", is_flag=True, help="Write the changes; otherwise they are only shown."
)
@click.option("--refresh", is_flag=True, help="Ask again for records that are stored.")
@click.option("--json", "as_json", is_flag=True, help="Print one object an entry.")
@source_option
@root_option
def enrich_command(
    config: Settings,
    keys: tuple[str, ...],
    only: str | None,
    policy: str | None,
    applies: bool,
    refresh: bool,
    as_json: bool,
) -> None:
    """Show what Crossref and others can add to entries with a DOI.

    KEYS are citation keys; without any, all entries with a DOI are looked at. Gaps are filled, what
    you typed stands, and where the record says otherwise you are told both. A record that describes
    another work is refused. Nothing is written without --apply.
    """
    progress = Progress("records")
    try:
        done = tasks.enrich(
            config,
            keys,
            only=[name.strip() for name in (only or "").split(",") if name.strip()],
            policy=policy,
            apply=applies,
            refresh=refresh,
            progress=progress,
        )
    finally:
        progress.close()
    _print(done, as_json=as_json)


@click.command("match", epilog="Example: library match --apply")
@click.argument("keys", nargs=-1)
@click.option(
    "--apply", "applies", is_flag=True, help="Write the DOIs; otherwise they are only shown."
)
@click.option("--refresh", is_flag=True, help="Search again for what was searched for before.")
@click.option("--json", "as_json", is_flag=True, help="Print one object an entry.")
@source_option
@root_option
def match_command(
    config: Settings, keys: tuple[str, ...], applies: bool, refresh: bool, as_json: bool
) -> None:
    """Find the DOIs of entries that have none.

    KEYS are citation keys; without any, all entries without a DOI are looked at. An answer is
    taken only when title, names, year and place say beyond doubt that it is the same work; of two
    that fit alike, none is. Nothing is written without --apply.
    """
    progress = Progress("searches")
    try:
        done = tasks.match(config, keys, apply=applies, refresh=refresh, progress=progress)
    finally:
        progress.close()
    _print(done, as_json=as_json)


def _print(done: tasks.Proposed, *, as_json: bool) -> None:
    findings = [finding for proposal in done.proposals for finding in proposal.findings]
    if as_json:
        print_json([_plain(proposal) for proposal in done.proposals])
    else:
        if done.diff:
            say(done.diff.rstrip())
            say()
        for proposal in done.proposals:
            score = "" if proposal.score is None else f" [{proposal.score:.2f}]"
            say(f"{proposal.key}: {proposal.message}{score}")
            for reason in proposal.reasons:
                say(f"  {reason}")
        print_findings(findings)
        _say_what_is_written(done)
    codes = [_CODES.get(proposal.status, 0) for proposal in done.proposals]
    click.get_current_context().exit(max([*codes, int(bool(findings))]))


def _say_what_is_written(done: tasks.Proposed) -> None:
    if done.diff and done.build is None:
        tell("Nothing was written; --apply writes it.")
    elif done.diff:
        tell("references.bib is changed as shown; git keeps what was there.")


def _plain(proposal: Proposal) -> dict[str, object]:
    return {
        "key": proposal.key,
        "status": proposal.status,
        "message": proposal.message,
        "score": proposal.score,
        "reasons": list(proposal.reasons),
        "changes": {patch.field: patch.value for patch in proposal.patches},
        "findings": [finding.as_dict() for finding in proposal.findings],
    }
