"""How quickly the tool is there: --help, the build of the seed, the first page."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from measure.report import Failure, Row
from measure.timing import in_turn, seconds

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(sys.executable).with_name("library")
RUNS = 7


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure on a copy of the seed library; `paths` are not used."""
    del paths, failures
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder)
        for name in ("references.bib", "metadata.yml"):
            shutil.copy(ROOT / name, seed)
        return [_help(), _build(seed), _first_page(seed)]


def _help() -> Row:
    ours, click = in_turn(
        RUNS,
        lambda: seconds([LIBRARY, "--help"]),
        lambda: seconds([sys.executable, "-c", "import click"]),
    )
    note = f"{ours * 1000:.0f} ms against {click * 1000:.0f} ms for `python -c 'import click'`"
    ratio = ours / click
    return Row("library --help", ratio, "× import click", RUNS, "≤ 2.5", ratio <= 2.5, note)


def _build(seed: Path) -> Row:
    def once() -> float:
        for path in seed.glob("library.db*"):
            path.unlink()
        return seconds([LIBRARY, "build", "--root", seed])

    (taken,) = in_turn(RUNS, once)
    return Row("library build of the seed", taken, "s", RUNS, "≤ 1.5", taken <= 1.5)


def _first_page(seed: Path) -> Row:
    def once() -> float:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        started = time.perf_counter()
        server = subprocess.Popen(
            [str(LIBRARY), "serve", "--root", str(seed), "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/", deadline=started + 30)
            return time.perf_counter() - started
        finally:
            server.terminate()
            server.wait(10)

    (taken,) = in_turn(3, once)
    return Row("first page after a second serve", taken, "s", 3, "≤ 4", taken <= 4)


def _wait_for(address: str, deadline: float) -> None:
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - loopback
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError):
            if time.perf_counter() > deadline:
                raise
            time.sleep(0.02)
