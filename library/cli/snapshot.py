"""`library snapshot`: all of Crossref from its public data file, on your own disks."""

from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

import click

from library.cli.output import Progress, print_json, root_option, say, tell
from library.errors import UsageError
from library.settings import Settings
from library.snapshot import questions
from library.snapshot.building import Done, build
from library.snapshot.layout import Manifest, Problem, read_manifest
from library.snapshot.verifying import strangers, verify
from library.tasks import snapshotting
from library.values.identifiers import normalise_doi

_FOLDER = click.Path(path_type=Path, file_okay=False)
_SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Of a Dask cluster that is there (tcp://…)  [default: this machine's cores]",
)
_MOST_TOLD, _MOST_FILES = 5, 50  # problems of one file that are told, and files


@click.group("snapshot", epilog="Example: library snapshot build crossref-2026 --to snapshot")
def snapshot_command() -> None:
    """Keep all of Crossref, or your part of it, on your own disks.

    Made from Crossref's public data file. Name the folder in metadata.yml (snapshot: FOLDER under
    plugins: library) or LIBRARY_SNAPSHOT; then `library enrich`, `add`, `match` and `check
    --refresh` take --source snapshot and need no network.
    """


@snapshot_command.command(
    "build", epilog="Example: library snapshot build crossref-2026 --to snapshot --workers 4"
)
@click.argument("source")
@click.option("--to", "folder", type=_FOLDER, required=True, help="The snapshot's folder.")
@_SCHEDULER
@click.option("--workers", type=click.IntRange(1), help="Processes here  [default: one a core]")
@click.option(
    "--memory", default="1GB", show_default=True, help="The most that each process may use."
)
def build_command(
    source: str, folder: Path, scheduler: str | None, workers: int | None, memory: str
) -> None:
    """Build a snapshot from Crossref's public data file, or go on where a run was interrupted.

    SOURCE is the folder or the URL (https://…, s3://…; the requester pays) of its files: .jsonl.gz
    of 2025 on, or .json.gz before. A file that was done and has not changed is not done again.

    Ends with 1 where something in the files could not be taken.
    """
    shown = _Rate()
    try:
        built = build(
            source, folder, scheduler=scheduler, workers=workers, memory=memory, progress=shown
        )
    finally:
        shown.close()
    manifest = built.manifest
    if built.kept:
        tell(f"{built.kept:,} of {len(manifest.units):,} files were done before.")
    problems = manifest.problems()
    _tell_problems(problems)
    _say_what_it_is(folder, manifest)
    click.get_current_context().exit(1 if problems else 0)


@snapshot_command.command("verify", epilog="Example: library snapshot verify snapshot")
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as one list.")
def verify_command(folder: Path, as_json: bool) -> None:
    """Read a snapshot through, and say whether every byte is as it was written.

    Ends with 1 where something is not.
    """
    manifest = read_manifest(folder)
    progress = Progress("files")
    problems = []
    try:
        for number, (_, found) in enumerate(verify(folder, manifest), 1):
            problems += found
            progress(number, len(manifest.units))
    finally:
        progress.close()
    problems += [*strangers(folder, manifest), *manifest.missing]
    if as_json:
        print_json([asdict(problem) for problem in problems])
    else:
        _tell_problems(problems)
        if not problems:
            _say_what_it_is(folder, manifest)
    click.get_current_context().exit(1 if problems else 0)


@snapshot_command.command(
    "extract", epilog="Example: library snapshot extract --from snapshot --to stick"
)
@click.option(
    "--for",
    "bib",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The .bib file it is for  [default: the library's]",
)
@click.option("--from", "folder", type=_FOLDER, help="The snapshot  [default: the library's]")
@click.option("--to", type=_FOLDER, required=True, help="A new folder.")
@root_option
def extract_command(config: Settings, bib: Path | None, folder: Path | None, to: Path) -> None:
    """Take along what one library needs of a snapshot: a small snapshot, for a stick.

    Its works, the works that they cite and that cite them, and the notices on any of these.
    """
    done = snapshotting.take_along(folder or config.snapshot_folder, bib or config.bib, to)
    say(
        f"{to}: {done.own:,} works of the library, {done.cited:,} that they cite, "
        f"{done.citing:,} that cite them, {done.notices:,} notices; Crossref's of "
        f"{done.manifest.date[:10]}."
    )


@snapshot_command.command("ask", epilog="Example: library snapshot ask citing --keep")
@click.argument("question", type=click.Choice(["citing", "together", "retracted"]))
@click.argument("dois", nargs=-1)
@click.option("--from", "folder", type=_FOLDER, help="The snapshot  [default: the library's]")
@_SCHEDULER
@click.option("--keep", is_flag=True, help="citing: publish the answer, as the view citing_works.")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="together: pairs."
)
@click.option("--json", "as_json", is_flag=True, help="Print one object an answer.")
@root_option
def ask_command(
    config: Settings,
    question: str,
    dois: tuple[str, ...],
    folder: Path | None,
    scheduler: str | None,
    keep: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Ask the whole of Crossref about DOIS, or about every work of the library.

    citing: which works cite them. together: which works are cited by the same works most.
    retracted: which of them, and of all that they cite, were taken back.
    """
    if keep and (question != "citing" or dois):
        raise UsageError(
            "--keep is for `ask citing` about the whole library: leave the DOIs out. "
            "Nothing was done."
        )
    place = folder or config.snapshot_folder
    asked = [normalise_doi(doi) for doi in dois] or snapshotting.own_dois(config.bib)
    found: list[Any]
    with snapshotting.asking(place, scheduler) as ask:
        if question == "citing":
            found = list(questions.citing(ask, asked))
        elif question == "together":
            found = list(questions.cited_together(ask, asked, limit))
        else:
            found = list(questions.retracted(ask, asked))
    if as_json:
        print_json([asdict(one) for one in found])
    elif not keep:
        for one in found:
            say(_line(one))
    if keep:
        summary = snapshotting.keep_citing(config, place, found)
        tell(
            f"{len(found):,} citations are kept in records.db and published as citing_works "
            f"({summary.works:,} works in the library)."
        )
    elif not found:
        tell("Nothing was found.")


class _Rate:
    """A line on a terminal: files done, records a second, time left; and where Dask shows more."""

    def __init__(self) -> None:
        self._progress = Progress("files")
        self._start = monotonic()
        self._first: Done | None = None

    def __call__(self, done: Done) -> None:
        if self._first is None:
            self._first = done
            if done.dashboard:
                tell(f"Dask shows its work at {done.dashboard}")
        taken = max(monotonic() - self._start, 1e-6)
        files = done.files - self._first.files + 1
        rate = f"{done.works / taken:,.0f} records/s"
        left = taken / files * (done.of - done.files)
        self._progress(done.files, done.of, f"{rate}, {_time(left)} left")

    def close(self) -> None:
        """Take the line away."""
        self._progress.close()


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"  # noqa: PLR2004 - two hours


def _tell_problems(problems: list[Problem]) -> None:
    """Tell the first few of each file, so that one bad file does not hide another."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.place.partition(":")[0], []).append(problem)
    for name, found in list(by_file.items())[:_MOST_FILES]:
        for problem in found[:_MOST_TOLD]:
            tell(f"library: {problem}.")
        if len(found) > _MOST_TOLD:
            more = len(found) - _MOST_TOLD
            tell(f"library: {name}: … and {more:,} more like these; snapshot.json lists them.")
    if len(by_file) > _MOST_FILES:
        tell(f"… and {len(by_file) - _MOST_FILES:,} more files; snapshot.json lists them.")


def _say_what_it_is(folder: Path, manifest: Manifest) -> None:
    say(
        f"{folder}: {manifest.works:,} works and {manifest.references:,} references, "
        f"Crossref's until {manifest.date[:10] or 'no known day'}."
    )


def _line(one: Any) -> str:  # noqa: ANN401 - an answer of any question
    match one:
        case questions.Citing():
            said = " ".join(
                str(part) for part in (one.family, one.year, one.title, one.container) if part
            )
            return f"{one.cited_doi} <- {one.citing_doi}  {said}"
        case questions.CitedTogether():
            return f"{one.times:,}  {one.doi} with {one.other_doi}"
    cited = f", cited by {', '.join(one.citing)}" if one.citing else ""
    return f"{one.doi}: {one.type} {one.notice_doi}{cited}"
