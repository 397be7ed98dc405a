"""`library add`: by identifiers, or by hand."""

import sys
from pathlib import Path

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
from library.errors import UsageError
from library.ingest.adding import Outcome
from library.settings import Settings
from library.values.identifiers import normalise_doi

_TEMPLATE = """\
% Describe the work, save, and leave the editor. An entry without a title is not added.
% Take the type that fits: article, book, incollection, inproceedings, report, thesis, online,
% video, booklet, dataset, software, misc.
@misc{,
  author       = {},
  title        = {},
  date         = {},
  url          = {},
  urldate      = {},
  annotation   = {},
  keywords     = {},
}
"""

# Worst first: the exit code is that of the worst line.
_CODES = {"error": 3, "not-understood": 2, "not-found": 1, "refused": 1, "present": 1, "added": 0}
_MARKS = {"added": "+", "present": "="}


@click.command("add", epilog="Example: library add 10.1056/NEJMp1314927 PMID:25048654")
@click.argument("identifiers", nargs=-1)
@click.option(
    "--from",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Read identifiers from a file, one or several a line.",
)
@click.option(
    "--type",
    "entry_type",
    metavar="TYPE",
    help="Add a work by hand, of this BibTeX or biblatex type.",
)
@click.option("--title", help="Its title.")
@click.option(
    "--author",
    "authors",
    multiple=True,
    metavar="NAME",
    help='"Family, Given"; an organisation in braces: "{WHO}". Repeat for several.',
)
@click.option("--date", help="Its date: 2014, 2014-07 or 2014-07-21.")
@click.option("--doi", help="Its DOI.")
@click.option("--url", help="Its address.")
@click.option(
    "--field",
    "others",
    multiple=True,
    metavar="NAME=VALUE",
    help="Any other field. Repeat for several.",
)
@click.option("--key", help="Its citation key  [default: made from name, year and title]")
@click.option(
    "--edit", "editor", is_flag=True, help="Describe the work in your editor, on a template."
)
@click.option(
    "--anyway", is_flag=True, help="Add by hand also what seems to be in the library already."
)
@click.option("--refresh", is_flag=True, help="Ask again for records that are stored.")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and add nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a line asked for.")
@source_option
@root_option
def add_command(
    config: Settings,
    identifiers: tuple[str, ...],
    files: tuple[Path, ...],
    editor: bool,
    refresh: bool,
    dry_run: bool,
    anyway: bool,
    as_json: bool,
    **described: str | tuple[str, ...] | None,
) -> None:
    """Add works to references.bib.

    IDENTIFIERS are DOIs, PMIDs, PMCIDs, ISBNs, arXiv ids or addresses of publishers' pages; "-"
    reads them from standard input. Each work's record is fetched (Crossref first), judged, and
    appended as one clean entry. What is in the library already is refused, with its key.

    Works without an identifier are added by hand: --type and --title, or --edit.
    """
    by_hand = bool(described.get("entry_type")) or editor
    if by_hand and (identifiers or files):
        raise UsageError("Give identifiers, or describe one work with --type or --edit; not both.")
    if editor:
        done = _from_editor(config, dry_run=dry_run, anyway=anyway)
    elif by_hand:
        done = tasks.add_entry(
            config,
            str(described["entry_type"]),
            _fields(described),
            key=_text(described["key"]),
            dry_run=dry_run,
            anyway=anyway,
        )
    else:
        _refuse_description(described)
        progress = Progress("records")
        try:
            done = tasks.add(
                config,
                _pasted(identifiers, files),
                dry_run=dry_run,
                refresh=refresh,
                progress=progress,
            )
        finally:
            progress.close()
    _print(done, dry_run=dry_run, as_json=as_json)
    code = max((_CODES[outcome.status] for outcome in done.outcomes), default=0)
    click.get_current_context().exit(code)


def _text(value: str | tuple[str, ...] | None) -> str | None:
    return value if isinstance(value, str) else None


def _pasted(identifiers: tuple[str, ...], files: tuple[Path, ...]) -> str:
    """Return everything that was given as one text, a line each."""
    lines = [_stdin() if identifier == "-" else identifier for identifier in identifiers]
    for path in files:
        try:
            lines.append(_stdin() if str(path) == "-" else _decoded(path.read_bytes()))
        except OSError as error:
            raise UsageError(
                f"{path} cannot be read ({error.strerror}). Nothing was added."
            ) from error
    if not lines:
        raise UsageError(
            "Say what to add: identifiers (library add 10.1056/NEJMp1314927), a file of them "
            "(--from FILE), or a work by hand (--type report --title …, or --edit)."
        )
    return "\n".join(lines)


def _stdin() -> str:
    # Python has no standard input where the shell closed it: `library add - <&-`.
    if sys.stdin is None:
        raise UsageError("There is no standard input to read. Nothing was added.")
    return _decoded(sys.stdin.buffer.read())


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8-sig", errors="replace")


def _refuse_description(described: dict[str, str | tuple[str, ...] | None]) -> None:
    given = [name for name, value in described.items() if value]
    if given:
        names = ", ".join(
            f"--{'field' if name == 'others' else name.rstrip('s') if name == 'authors' else name}"
            for name in given
        )
        raise UsageError(
            f"{names} describe a work by hand; that needs --type too, and no identifiers."
        )


def _fields(described: dict[str, str | tuple[str, ...] | None]) -> dict[str, str]:
    """Return the fields of an entry in the order in which they are usually written."""
    if not described["title"]:
        raise UsageError("A work needs a title: --title …. Nothing was added.")
    fields = {}
    if described["authors"]:
        fields["author"] = " and ".join(described["authors"])
    if described["doi"]:
        normalise_doi(str(described["doi"]))  # says what is wrong with it
    for name in ("title", "date", "doi", "url"):
        if described[name]:
            fields[name] = str(described[name])
    for pair in described["others"] or ():
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{pair!r} is not NAME=VALUE. Nothing was added.")
        fields[name.strip().lower()] = value.strip()
    return fields


def _from_editor(config: Settings, *, dry_run: bool, anyway: bool) -> tasks.Added:
    written = click.edit(_TEMPLATE, extension=".bib")
    if written is None or written == _TEMPLATE:
        tell("library: nothing was written in the editor, so nothing was added.")
        return tasks.Added((), "")
    return tasks.add_text(config, written, dry_run=dry_run, anyway=anyway)


def _print(done: tasks.Added, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json([_plain(outcome) for outcome in done.outcomes])
    else:
        for outcome in done.outcomes:
            mark = _MARKS.get(outcome.status, "!")
            key = f"{outcome.key}  " if outcome.key and outcome.status == "added" else ""
            say(f"{mark} {outcome.query}: {key}{_message(outcome, dry_run=dry_run)}")
        if dry_run and done.diff:
            say()
            say(done.diff.rstrip())
    print_findings(finding for outcome in done.outcomes for finding in outcome.findings)
    if not dry_run and not as_json and done.diff:
        count = sum(outcome.status == "added" for outcome in done.outcomes)
        tell(f"references.bib has {count:,} new {'entry' if count == 1 else 'entries'}.")


def _message(outcome: Outcome, *, dry_run: bool) -> str:
    if outcome.status == "added" and dry_run:
        return outcome.message.replace("added", "would be added", 1)
    return outcome.message


def _plain(outcome: Outcome) -> dict[str, object]:
    return {
        "query": outcome.query,
        "status": outcome.status,
        "key": outcome.key,
        "doi": outcome.work.doi if outcome.work else None,
        "title": outcome.work.title if outcome.work else None,
        "message": outcome.message,
        "findings": [finding.as_dict() for finding in outcome.findings],
    }
