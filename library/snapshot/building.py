"""All input files -> a snapshot, on Dask: a cluster of this machine's cores, or one that is there.

Each file is converted by itself. What a run finished stays; the next run does the rest.

Source: Dask.distributed's documentation of futures, LocalCluster and versions.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import distributed
import duckdb
from dask.base import tokenize
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError
from filelock import FileLock, Timeout

from library.snapshot import layout
from library.snapshot.clusters import connected, dashboard
from library.snapshot.converting import Failure, convert, finished, mark_finished
from library.snapshot.errors import SnapshotError
from library.snapshot.layout import Manifest, Problem, Unit
from library.snapshot.source import Input, inputs

RETRIES: Final = 3  # of a file whose worker died


@dataclass(frozen=True, slots=True)
class Done:
    """How far a build has come."""

    files: int  # finished, those of earlier runs too
    of: int
    works: int  # of this run
    dashboard: str | None  # where Dask shows what its workers do


Progress = Callable[[Done], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a build."""

    manifest: Manifest
    kept: int  # units that an earlier run had finished


def build(
    source: str,
    folder: Path,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    memory: str = "1GB",
    options: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Built:
    """Build or finish the snapshot of the data file at `source` in `folder`.

    Args:
        source: a folder or URL; see `source.inputs`.
        folder: of the snapshot; on a cluster, one that every worker sees under this name.
        scheduler: of a cluster that is there ("tcp://…"); None: one of this machine's cores.
        workers: of this machine's cluster; None: one a core.
        memory: the most that each of these may use.
        options: for fsspec.
        progress: called when a file is finished.

    Raises:
        UsageError: `source` holds no such file, or `folder` what is not of this source.
        SnapshotError: the disk is full, the cluster vanished or its versions differ; what was
            finished stays.
    """
    found = inputs(source, options)
    folder = folder.resolve()
    layout.make_folders(folder)
    with _alone(folder):
        layout.clean(folder)
        _refuse_others(folder, found)
        units = {one.unit: unit for one in found if (unit := finished(one, folder))}
        kept = len(units)
        left = [one for one in found if one.unit not in units]
        missing: list[Problem] = []
        if left:
            with connected(scheduler, workers, memory, folder) as client:
                # Unfinished work makes an older manifest false.
                (folder / layout.MANIFEST).unlink(missing_ok=True)
                works, shown = 0, dashboard(client)
                for done in _converted(client, left, folder):
                    if isinstance(done, Failure):
                        missing.append(_missing(done))
                    else:
                        units[done.name] = done
                        works += done.works
                    if progress is not None:
                        progress(Done(len(units), len(found), works, shown))
        return Built(_finish(folder, found, units, missing), kept)


def _converted(
    client: distributed.Client, left: Sequence[Input], folder: Path
) -> Iterator[Unit | Failure]:
    """Yield what came of each file, as it comes."""
    names = [f"convert-{one.unit}-{tokenize(one, str(folder))}" for one in left]
    futures = client.map(convert, left, folder=str(folder), key=names, retries=RETRIES, pure=False)
    by_key = {future.key: one for future, one in zip(futures, left, strict=True)}
    kept = f"{{}} of {len(left):,} files of this run are done and stay; "
    for done, future in enumerate(distributed.as_completed(futures)):
        try:
            result = future.result()
        except distributed.KilledWorker:
            name = by_key[future.key].name
            result = Failure(name, "its worker died at it several times", is_disk=False)
        except (OSError, FutureCancelledError, CommClosedError) as error:
            raise SnapshotError(
                f"The scheduler has vanished. {kept.format(done)}"
                "run the same command again, it does the rest."
            ) from error
        if isinstance(result, Failure) and result.is_disk:
            client.cancel(futures)
            raise SnapshotError(
                f"{folder} cannot be written ({result.message}). {kept.format(done)}"
                "make room and run the same command again, it does the rest."
            )
        future.release()
        yield result


def _missing(failure: Failure) -> Problem:
    said = f"{failure.message}; the file is not in the snapshot. Run the same command again"
    return Problem(failure.name, said)


def _finish(
    folder: Path, found: Sequence[Input], units: dict[str, Unit], missing: Sequence[Problem]
) -> Manifest:
    """Write the manifest of the units that are there."""
    first: dict[str, Unit] = {}
    whole: list[Unit] = []
    for one in found:
        unit = units.get(one.unit)
        if unit is None:
            continue
        twin = first.setdefault(unit.source_sha256, unit)
        if twin.name != unit.name:
            unit = _left_out(one, unit, twin, folder)
        whole.append(unit)
    ordered = layout.ordered(whole)
    date = max((unit.newest for unit in ordered), default="")
    manifest = Manifest(date, ordered, _superseded(folder, ordered), tuple(sorted(missing)))
    layout.write_manifest(folder, manifest)
    return manifest


def _left_out(one: Input, unit: Unit, twin: Unit, folder: Path) -> Unit:
    """Take the files of a unit away whose input is another's, byte for byte."""
    if unit.same_as == twin.name:
        return unit
    said = f"the file is {twin.source} once more, byte for byte; it was left out"
    without = replace(
        unit,
        works=0,
        references=0,
        first="",
        last="",
        files={},
        problems=(Problem(unit.source, said),),
        same_as=twin.name,
    )
    mark_finished(one, without, folder)
    for kind in unit.files:
        layout.file(folder, kind, unit.name).unlink(missing_ok=True)
    return without


def _superseded(folder: Path, units: Sequence[Unit]) -> dict[str, tuple[str, ...]]:
    """Return, by unit, the DOIs whose newer record stands in another unit.

    Only units whose ranges overlap are looked at: in a sorted data file, none.
    """
    overlapping = [unit for unit in _overlapping(units) if unit.works]
    if not overlapping:
        return {}
    paths = [str(layout.file(folder, "works", unit.name)) for unit in overlapping]
    names = {path: unit.name for path, unit in zip(paths, overlapping, strict=True)}
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute("SET temp_directory = ?", [str(folder / layout.PARTS)])
        rows = connection.execute(
            "WITH twice AS (SELECT doi FROM read_parquet($paths) GROUP BY doi HAVING count(*) > 1),"
            " each AS (SELECT filename, doi, row_number() OVER ("
            "   PARTITION BY doi ORDER BY indexed DESC, filename) AS place"
            "   FROM read_parquet($paths, filename = true) SEMI JOIN twice USING (doi))"
            " SELECT filename, doi FROM each WHERE place > 1 ORDER BY filename, doi",
            {"paths": paths},
        ).fetchall()
    found: dict[str, list[str]] = {}
    for path, doi in rows:
        found.setdefault(names[path], []).append(doi)
    return {name: tuple(dois) for name, dois in sorted(found.items())}


def _overlapping(units: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units (by first DOI) whose range meets that of another."""
    given: set[str] = set()
    furthest: Unit | None = None
    for unit in units:
        if furthest is not None and unit.first <= furthest.last:
            for one in (furthest, unit):
                if one.name not in given:
                    given.add(one.name)
                    yield one
        if furthest is None or unit.last > furthest.last:
            furthest = unit


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two builds into one would take each other's files for left-overs."""
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise SnapshotError(
            f"Another build is writing to {folder}. Wait for it; nothing was done."
        ) from error


def _refuse_others(folder: Path, found: Sequence[Input]) -> None:
    known = {one.unit for one in found}
    for path in sorted((folder / layout.PARTS).glob("*.json")):
        if path.stem not in known:
            raise SnapshotError(
                f"{folder} holds {path.stem}, which is not in this source: it is the snapshot of "
                "another one. Build into an empty folder; nothing was done."
            )
