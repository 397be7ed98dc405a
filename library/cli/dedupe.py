"""`library dedupe`."""

import click

from library import tasks
from library.cli.output import print_json, root_option, say, tell
from library.errors import UsageError
from library.settings import Settings


@click.command("dedupe", epilog="Example: library dedupe --apply")
@click.argument("keys", nargs=-1)
@click.option("--apply", is_flag=True, help="Merge them in references.bib.")
@click.option(
    "--apart",
    multiple=True,
    metavar="KEY,KEY",
    help="These two are not one work: leave the group alone.",
)
@click.option("--diff", "show_diff", is_flag=True, help="Show what merging changes in the file.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of the groups.")
@root_option
def dedupe_command(
    config: Settings,
    keys: tuple[str, ...],
    apart: tuple[str, ...],
    *,
    apply: bool,
    show_diff: bool,
    as_json: bool,
) -> None:
    r"""Find entries that are one work, and merge them with --apply.

    Of each group the fullest entry is kept. It takes the better value of each field, fields that
    only another entry has, and the other keys as `ids`, so that old addresses and \cite commands
    are understood (see library rekey). Values that differ are both kept, the other one as
    `other-FIELD`. Chapters and their book, parts, editions, translations, preprints, corrections
    stay apart. With KEYS, only their groups.

    Ends with 1 where duplicates were found and not merged.
    """
    pairs = [frozenset(part.strip() for part in pair.split(",")) for pair in apart]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - a pair
        raise UsageError("--apart takes two citation keys: --apart doe2014a,doe2014b.")
    done = tasks.dedupe(config, keys=keys, apart=pairs, apply=apply)
    if as_json:
        print_json(
            [
                {
                    "kept": group.kept,
                    "lost": list(group.lost),
                    "why": list(group.why),
                    "fields": [
                        {
                            "field": one.field,
                            "value": one.value,
                            "from": one.source,
                            "reason": one.reason,
                        }
                        for one in group.decisions
                    ],
                }
                for group in done.groups
            ]
        )
    else:
        for group in done.groups:
            say(f"{group.kept} = {', '.join(group.lost)}")
            for reason in group.why:
                say(f"  {reason}")
            for one in group.decisions:
                say(f"  {one.field}: {one.value}  (from {one.source}: {one.reason})")
    if show_diff and done.diff:
        say(done.diff.rstrip())
    count = len(done.groups)
    lost = sum(len(group.lost) for group in done.groups)
    if not count:
        tell("No two entries are the same work.")
    elif apply:
        tell(f"merged {_entries(lost)} into {count:,}; their keys are kept as ids.")
    else:
        tell(f"{_entries(lost)} could be merged into {count:,}: library dedupe --apply.")
    click.get_current_context().exit(1 if count and not apply else 0)


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"
