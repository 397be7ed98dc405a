"""A Dask cluster to work on: of this machine's cores, or one that is there and fits.

Source: Dask.distributed's documentation of LocalCluster, Client and `get_versions`.
"""

import logging
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, cast

import dask
import distributed
from distributed.client import VersionsDict

from library.errors import UsageError
from library.snapshot.errors import SnapshotError

_MUST_AGREE: Final = ("python", "dask", "distributed", "pyarrow")
_WAIT: Final = 30  # seconds for a scheduler or a first worker

# A worker's death is told by what it was doing; Dask's own log would fill the terminal with it.
_QUIET: Final = logging.CRITICAL


@contextmanager
def connected(
    scheduler: str | None, workers: int | None, memory: str, folder: Path
) -> Iterator[distributed.Client]:
    """Lend a client of a cluster.

    Args:
        scheduler: its address; None: a cluster of this machine is made, and ended with the block.
        workers: processes of that cluster; None: one a core.
        memory: the most that each may use: "1GB".
        folder: that all workers must see.

    Raises:
        UsageError: `memory` is no amount, or the cluster cannot be used.
        SnapshotError: there is no scheduler at the address, or no worker came.
    """
    # A file is not to blame when its worker was killed from outside, again and again.
    dask.config.set({"distributed.scheduler.allowed-failures": 10})
    # Each of its loggers has a level of its own.
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(_QUIET)
    if scheduler is None:
        with _local(workers, memory) as client:
            yield client
        return
    try:
        client = distributed.Client(scheduler, timeout=_WAIT)
    except (OSError, ValueError) as error:
        raise SnapshotError(
            f"No scheduler answers at {scheduler} ({error}). Nothing was done; start one with "
            "`dask scheduler`, or leave --scheduler out."
        ) from error
    with client:
        _check(client, scheduler, folder)
        yield client


def dashboard(client: distributed.Client) -> str | None:
    """Return the address at which the cluster shows what its workers do, if it does."""
    services = client.scheduler_info().get("services", {})
    return client.dashboard_link if "dashboard" in services else None


@contextmanager
def _local(workers: int | None, memory: str) -> Iterator[distributed.Client]:
    try:
        limit = dask.utils.parse_bytes(memory)
    except ValueError as error:
        raise UsageError(f"{memory!r} is no amount of memory. Write it as 1GB.") from error
    with (
        distributed.LocalCluster(
            n_workers=workers or os.cpu_count() or 1,
            threads_per_worker=1,
            memory_limit=limit,
            dashboard_address="127.0.0.1:0",
            silence_logs=_QUIET,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.register_plugin(_DeafToCtrlC())
        yield client


class _DeafToCtrlC(distributed.WorkerPlugin):
    """Ctrl-C is for this process, which ends its workers in order; they would print a traceback."""

    def setup(self, worker: distributed.Worker) -> None:
        """Let the worker's process ignore the signal."""
        del worker
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _check(client: distributed.Client, scheduler: str, folder: Path) -> None:
    """See that the cluster has workers, our versions, and the folder.

    Raises:
        UsageError: it does not fit.
        SnapshotError: it has no worker.
    """
    try:
        client.wait_for_workers(1, timeout=_WAIT)
    except TimeoutError as error:
        raise SnapshotError(
            f"The scheduler at {scheduler} has no worker. Nothing was done; start some with "
            f"`dask worker {scheduler}`."
        ) from error
    said = cast("VersionsDict", client.get_versions())
    mine = _versions(said["client"])
    for name, other in {"scheduler": said["scheduler"], **said["workers"]}.items():
        theirs = _versions(other)
        differing = [
            f"{package} {theirs[package]} there, {mine[package]} here"
            for package in _MUST_AGREE
            if theirs.get(package) is not None and theirs[package] != mine[package]
        ]
        if differing:
            raise UsageError(
                f"The versions differ at {name}: {'; '.join(differing)}. Install the same on all "
                "machines (the lock in requirements/ names them); nothing was done."
            )
    for name, answer in client.run(_seen, str(folder)).items():
        if answer != version("library"):
            raise UsageError(f"The worker {name} cannot be used: {answer}. Nothing was done.")


def _seen(folder: str) -> str:
    """Return the version of this program on a worker, or what is wrong there."""
    if not Path(folder).is_dir():
        return f"it does not see the folder {folder}, which all must share"
    return version("library")


def _versions(said: Mapping[str, Any]) -> dict[str, Any]:
    packages = dict(said["packages"])
    python = str(packages.get("python", ""))
    packages["python"] = ".".join(python.split(".")[:2])
    return packages
