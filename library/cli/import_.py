"""`library import`."""

import os
import sys
from mmap import ACCESS_READ, mmap
from pathlib import Path

import click

from library import tasks
from library.cli.output import Progress, print_findings, print_json, root_option, say, tell
from library.errors import UsageError
from library.settings import Settings

_MARKS = {"added": "+", "present": "="}
BAD = frozenset({"refused", "not-found", "not-understood", "error"})
STDIN = "standard input"


@click.command("import", epilog="Example: library import Zotero.ris savedrecs.nbib --dry-run")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and add nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one object a record.")
@root_option
def import_command(config: Settings, files: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Add the works of a reference manager's FILE to references.bib ("-": standard input).

    BibTeX and biblatex, RIS, PubMed (nbib, XML), EndNote (XML, .enw), Web of Science, CSL-JSON,
    CSL-YAML, MODS, Zotero RDF and plain lists of references or identifiers are told apart by what
    the file holds (docs/reference/formats.md). Only lists are looked up, at Crossref; a reference
    is taken for a work whose title, first author and year stand in it. Entries of a .bib file go
    over as they are written. A work that is in the library already is named with its key and is
    not added again; nothing of it is changed.
    """
    progress = Progress("records")
    try:
        named = [content(name) for name in files]
        done = tasks.import_files(config, named, dry_run=dry_run, progress=progress)
    finally:
        progress.close()
    if as_json:
        print_json(
            [
                {
                    "record": one.query,
                    "status": one.status,
                    "key": one.key,
                    "message": one.message,
                    "findings": [finding.as_dict() for finding in one.findings],
                }
                for one in done.outcomes
            ]
        )
    else:
        for one in done.outcomes:
            key = f"{one.key}  " if one.key and one.status == "added" else ""
            message = one.message.replace("added", "would be added", 1) if dry_run else one.message
            say(f"{_MARKS.get(one.status, '!')} {one.query}: {key}{message}")
        if dry_run and done.diff:
            say()
            say(done.diff.rstrip())
    print_findings(finding for one in done.outcomes for finding in one.findings)
    _summarise(done, dry_run=dry_run)
    bad = any(one.status in BAD for one in done.outcomes)
    click.get_current_context().exit(1 if bad else 0)


def content(name: str) -> tuple[str, bytes | mmap]:
    """Return a file's name for people and what is in it, mapped; "-" is standard input, read whole.

    Raises:
        UsageError: it cannot be read.
    """
    if name == "-":
        return STDIN, sys.stdin.buffer.read()
    try:
        with Path(name).open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            is_mapped = size > 0 and Path(name).is_file()  # not a pipe, nor what has no length
            raw = mmap(stream.fileno(), 0, access=ACCESS_READ) if is_mapped else stream.read()
            return Path(name).name, raw
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}). Nothing was added.") from error


def _summarise(done: tasks.Added, *, dry_run: bool) -> None:
    added = sum(one.status == "added" for one in done.outcomes)
    present = sum(one.status == "present" for one in done.outcomes)
    left = len(done.outcomes) - added - present
    word = "would be added" if dry_run else "added"
    tell(f"{added:,} {word}, {present:,} in the library already, {left:,} not imported.")
