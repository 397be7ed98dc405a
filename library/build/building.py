"""One build: decide between the whole and the change, publish, sum up. And again at each save."""

import importlib
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Final, Literal, Protocol

from filelock import FileLock, Timeout

from library.build import changes, history
from library.build.bibtext import BibText
from library.build.reading import VERSION, Context, open_records
from library.errors import WorldError
from library.settings import Event
from library.store import database, derived
from library.store.schema import DatabaseError
from library.store.write import Writer, person_overrides

_TRIES: Final = 5
_TWO_FROM: Final = 9_000_000  # bytes, some 20,000 entries: from here on two processes are quicker
_LOCK_WAIT: Final = 60.0  # seconds for another build to end


class Paths(Protocol):
    """What the build asks of the settings (`library.settings.Settings` has it)."""

    @property
    def bib(self) -> Path:
        """references.bib."""

    @property
    def records(self) -> Path:
        """records.db."""

    @property
    def database(self) -> Path:
        """library.db."""

    @property
    def people(self) -> Mapping[str, str]:
        """Name as printed -> person."""

    @property
    def venues(self) -> Mapping[str, str]:
        """Venue as printed -> venue."""

    @property
    def history(self) -> bool:
        """Whether git's history of the entries is published."""

    @property
    def event(self) -> Event:
        """Which publication event gives year, volume, issue and pages."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build changed."""

    added: int
    changed: int
    removed: int
    unchanged: int
    findings: int  # in the whole library now
    seconds: float
    way: Literal["whole", "changes", "nothing"]

    @property
    def works(self) -> int:
        """How many works there are now."""
        return self.added + self.changed + self.unchanged


def build(
    paths: Paths,
    *,
    full: bool = False,
    processes: int | None = 1,
    progress: Callable[[str], None] | None = None,
    wait: float = database.WAIT,
) -> Summary:
    """Bring library.db up to date with references.bib, records.db and the settings.

    Only what changed is read, unless `full`. A running site sees the old state or the new one.

    Args:
        paths: where the files lie, and what the settings decide.
        full: read everything again.
        processes: how many processes read; None: two above some 20,000 entries, else one.
        progress: told in words what is being done.
        wait: seconds for another process that is writing to the database.

    Raises:
        WorldError: the file cannot be read, or the database not written; it is as it was.
    """
    started = perf_counter()
    lock = FileLock(str(paths.database) + ".lock")
    try:
        with lock.acquire(timeout=_LOCK_WAIT):
            for _ in range(_TRIES):
                with BibText(paths.bib) as text:
                    summary = _build(
                        paths, text, full=full, processes=processes, progress=progress, wait=wait
                    )
                    if text.is_current():
                        break
                # Saved while it was read: what was built is an older state, or a mixture.
                full = False
            else:
                raise WorldError(
                    f"{paths.bib} was written again and again while it was read. The database may "
                    "be behind it; run `library build` when the file is quiet."
                )
    except Timeout as error:
        raise DatabaseError(
            paths.database,
            f"another build has been at work for {_LOCK_WAIT:.0f} seconds",
            "Nothing was changed; run `library build` again when it has ended.",
        ) from error
    except PermissionError as error:
        raise DatabaseError(
            paths.database,
            f"its folder cannot be written ({error.strerror})",
            "Nothing was changed; make the folder writable for you.",
        ) from error
    return replace(summary, seconds=perf_counter() - started)


def _build(
    paths: Paths,
    text: BibText,
    *,
    full: bool,
    processes: int | None,
    progress: Callable[[str], None] | None,
    wait: float,
) -> Summary:
    live = paths.database
    context = Context(paths.bib.name, paths.records, paths.event)
    meta = {"bib": paths.bib.name, "fits": _fits(paths, text), **_records_stamp()}
    old = _old_state(live, wait)
    if not full and old is not None and old.get("fits") == meta["fits"]:
        summary = _change(paths, text, context, meta, progress, wait)
        if summary is not None:
            return summary
    fresh = live.with_name(live.name + ".building")
    _remove(fresh)
    generation = int(old["generation"]) + 1 if old is not None else 1
    # Loaded only now: the build of a change has no need of it, and is over in half a second.
    whole = importlib.import_module("library.build.whole")
    try:
        whole.rebuild(
            text,
            fresh,
            context,
            generation=generation,
            people=paths.people,
            venues=paths.venues,
            meta=meta,
            processes=processes or _usual_processes(text.size),
            progress=progress,
        )
        with closing(sqlite3.connect(fresh)) as connection, connection:
            history.refresh(connection, paths.bib, wanted=paths.history)
        summary = _compared(live if old is not None else None, fresh)
        if old is None and live.exists():
            _keep_aside(live)
        with database.explained(live, wait):
            database.publish(fresh, live, wait)
    finally:
        _remove(fresh)
    return summary


def _usual_processes(size: int) -> int:
    return 2 if size >= _TWO_FROM and (os.cpu_count() or 1) > 1 else 1


def _fits(paths: Paths, text: BibText) -> str:
    """Return what must be the same for the last build's rows to be taken over."""
    facts = (
        VERSION,
        version("library"),
        version("bibtexparser"),
        paths.bib.name,
        paths.event,
        text.encoding,
        sorted(paths.people.items()),
        sorted(paths.venues.items()),
        paths.records.exists(),
    )
    return blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def _old_state(live: Path, wait: float) -> dict[str, str] | None:
    """Return the table meta of the live database; None where it is missing or of no use.

    Raises:
        DatabaseError: it was made by a newer version of this program.
    """
    if not live.exists():
        return None
    try:
        with closing(database.open_writing(live, wait)) as connection:
            lacking, unknown = database.pending_and_unknown(connection)
            if unknown:
                raise DatabaseError(
                    live,
                    f"a newer version of this program made it (it knows {unknown[-1]})",
                    "Nothing was changed. Bring this program up to date, or move the file away "
                    "and run `library build`.",
                )
            if lacking:
                return None
            state = database.read_meta(connection)
            return state if "generation" in state else None
    except sqlite3.DatabaseError as error:
        wrong = database.in_words(live, error, wait)
        if database.is_damaged(error):
            return None
        raise wrong from error


def _keep_aside(live: Path) -> None:
    """Move a damaged or foreign database out of the way; nothing is deleted."""
    aside = live.with_name(live.name + ".damaged")
    for suffix in ("-wal", "-shm"):
        Path(str(live) + suffix).unlink(missing_ok=True)
    live.replace(aside)


def _remove(fresh: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(str(fresh) + suffix).unlink(missing_ok=True)


def _records_stamp() -> dict[str, str]:
    """Return from when on the next build looks for new records.

    A record is dated just before it is written, and dates count in seconds: so a little earlier.
    """
    moment = datetime.now(UTC) - timedelta(seconds=2)
    return {"records_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _change(  # noqa: PLR0917 - what `_build` has, in its order
    paths: Paths,
    text: BibText,
    context: Context,
    meta: dict[str, str],
    progress: Callable[[str], None] | None,
    wait: float,
) -> Summary | None:
    """Write only what changed; None where the whole is to be built."""
    overrides = person_overrides(paths.people)
    with (
        database.explained(paths.database, wait),
        closing(database.open_writing(paths.database, wait)) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")
        try:
            old = database.read_meta(connection)
            dois, keys = _changed_records(paths.records, old.get("records_at", ""))
            writer = Writer(connection, overrides)
            try:
                counted = changes.update(
                    text, connection, writer, context, changed_dois=dois, changed_keys=keys
                )
            except changes.TooMuch:
                connection.execute("ROLLBACK")
                return None
            writer.flush()
            history.refresh(connection, paths.bib, wanted=paths.history)
            way: Literal["changes", "nothing"] = (
                "changes" if connection.total_changes else "nothing"
            )
            if way == "changes":
                generation = int(old["generation"]) + 1
                derived.refresh(
                    connection,
                    writer.touched,
                    generation,
                    people_overrides=overrides,
                    venue_overrides=paths.venues,
                    progress=progress,
                )
                meta |= {"generation": str(generation), "built_at": database.now()}
                counts = derived.counts(connection)
                meta |= {**counts, "works": counts["count:works"]}
                database.write_meta(connection, meta)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        now = database.read_meta(connection)
        if way == "changes":
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    works = int(now["works"])
    return Summary(
        counted.added,
        counted.changed,
        counted.removed,
        works - counted.added - counted.changed,
        sum(int(value) for name, value in now.items() if name.startswith("count:findings:")),
        0.0,
        way,
    )


def _changed_records(path: Path, since: str) -> tuple[set[str], set[str]]:
    records = open_records(path)
    if records is None:
        return set(), set()
    with records:
        return records.changed_since(since)


def _compared(live: Path | None, fresh: Path) -> Summary:
    """Return what `fresh` has that `live` has not, and the other way round."""
    with closing(sqlite3.connect(fresh)) as connection:

        def number(statement: str) -> int:
            return int(connection.execute(statement).fetchone()[0])

        works = number("SELECT count(*) FROM works")
        findings = number("SELECT count(*) FROM findings")
        if live is None:
            return Summary(works, 0, 0, 0, findings, 0.0, "whole")
        connection.execute("ATTACH ? AS old", [str(live)])
        both = number("SELECT count(*) FROM works JOIN old.works USING (citation_key)")
        changed = number(
            "SELECT count(*) FROM works AS a JOIN old.works AS b USING (citation_key)"
            " JOIN work_details AS c ON c.work_id = a.id"
            " JOIN old.work_details AS d ON d.work_id = b.id WHERE c.bibtex != d.bibtex"
        )
        removed = number("SELECT count(*) FROM old.works") - both
    return Summary(works - both, changed, removed, both - changed, findings, 0.0, "whole")


def watch(
    paths: Paths,
    built: Callable[[Summary], None],
    stopped: Callable[[], bool] = lambda: False,
    failed: Callable[[WorldError], None] | None = None,
    interval: float = 0.5,
) -> None:
    """Build now, and again whenever references.bib or records.db was saved.

    Args:
        paths: as for `build`.
        interval: seconds between two looks.
        built: called after each build that changed something, and after the first.
        stopped: asked every `interval` seconds; True ends the watch.
        failed: called when the world fails; without it the error ends the watch.
    """
    last: tuple[object, ...] = ()
    is_first = True
    while not stopped():
        now = tuple(_mark(path) for path in (paths.bib, paths.records))
        if now != last:
            last = now
            try:
                summary = build(paths)
            except WorldError as error:
                if failed is None:
                    raise
                failed(error)
            else:
                if is_first or summary.way != "nothing":
                    built(summary)
                is_first = False
        time.sleep(interval)


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
