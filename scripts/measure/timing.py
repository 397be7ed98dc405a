"""Whole processes, timed from outside: medians over several runs, peers in turn."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def seconds(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    may_fail: bool = False,
) -> float:
    """Return the wall seconds of one run of `command`; its output is thrown away.

    `may_fail`: a command that ends with 1 where it finds something has done its work.

    Raises:
        subprocess.CalledProcessError: the command failed, so that no time of it means anything.
    """
    started = time.perf_counter()
    subprocess.run(
        [str(part) for part in command],
        check=not may_fail,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
    )
    return time.perf_counter() - started


def in_turn(runs: int, *measures: Callable[[], float]) -> list[float]:
    """Run the measures in turn (A B A B …), `runs` times after a warm-up; return their medians."""
    for measure in measures:
        measure()
    taken = [[measure() for measure in measures] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]
