"""All of Crossref in small: 1,000,000 made-up records in 200 files, built, looked up, asked.

`bench snapshot [FOLDER]`: FOLDER holds a data file that scripts/make_snapshot made of as many
records as LIBRARY_BENCH_SIZES says (default 1000000, 5,000 a file); without it one is made.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from library.snapshot import layout, questions
from library.snapshot.extracting import extract
from library.snapshot.layout import Unit
from library.snapshot.reading import Snapshot
from measure.made_snapshot import MadeSnapshot
from measure.make_snapshot import write
from measure.report import Failure, Row

_RATE, _RATIO, _MEMORY = 6000, 1.6, 600
_LOOK_UP, _BYTES, _CITING = 3.0, 1.2, 10.0
_BUILD = """
import json, sys, time
from pathlib import Path
from library.snapshot.building import build
if __name__ == "__main__":
    times = []
    begun = time.perf_counter()
    build(sys.argv[1], Path(sys.argv[2]), workers=int(sys.argv[3]),
          progress=lambda done: times.append((time.perf_counter(), done.works)))
    whole = time.perf_counter() - begun
    # From the first file's end on: a cluster's start is not a rate.
    (t0, n0), (t1, n1) = times[0], times[-1]
    print(json.dumps([(n1 - n0) / (t1 - t0), whole]))
"""


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure; every part on the same made-up records."""
    del failures
    size = int(os.environ.get("LIBRARY_BENCH_SIZES", "1000000").split(",")[-1])
    files = max(1, size // 5000)
    with tempfile.TemporaryDirectory(prefix="bench-snapshot-") as name:
        folder = Path(name)
        source = Path(paths[0]) if paths else folder / "source"
        if not paths:
            write(size, files, source)
        made = MadeSnapshot(size, files)
        rows = _building(source, folder, size)
        snapshot = Snapshot(folder / "2")
        rows += [_looking_up(snapshot, made), *_asking(snapshot, made, folder)]
        rows.append(_interrupted(source, folder))
        return rows


def _building(source: Path, folder: Path, size: int) -> list[Row]:
    one, whole_one, memory = _built(source, folder / "1", 1)
    two, whole_two, memory_two = _built(source, folder / "2", 2)
    few = folder / "few"
    few.mkdir()
    for path in sorted(source.iterdir())[:10]:
        (few / path.name).symlink_to(path)
    _, _, memory_few = _built(few, folder / "few-out", 1)
    most = max(memory, memory_two)
    packed = sum(path.stat().st_size for path in source.iterdir())
    written = sum(path.stat().st_size for path in (folder / "2").rglob("*.parquet"))
    return [
        Row("build, one worker", int(one), "records/s", size, f"≥ {_RATE:,}", one >= _RATE,
            f"whole command {whole_one:.0f} s"),
        Row("build, two workers", int(two), "records/s", size, "", None,
            f"whole command {whole_two:.0f} s"),
        Row("two workers against one", round(two / one, 2), "×", size, f"≥ {_RATIO}",
            two / one >= _RATIO),
        Row("memory of a worker at its most", int(most), "MB", size, f"≤ {_MEMORY}",
            most <= _MEMORY, f"{memory_few:.0f} MB with 10 files"),
        Row("the same manifest by one worker and by two", "yes" if _same(folder / "1", folder / "2")
            else "no", "", size, "yes", _same(folder / "1", folder / "2")),
        Row("size against the data file's", round(written / packed, 2), "×", size),
    ]  # fmt: skip


def _built(source: Path, folder: Path, workers: int) -> tuple[float, float, float]:
    """Build; return (records/s from the first file on, seconds of all, a worker's most MB)."""
    command = [sys.executable, "-c", _BUILD, str(source), str(folder), str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most = 0.0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        for child in _workers(watched):
            most = max(most, child)
        time.sleep(0.1)
    rate, whole = json.loads(process.stdout.read() if process.stdout else "")
    return rate, whole, most


def _workers(watched: psutil.Process) -> list[float]:
    """Return the resident MB of the workers of a build."""
    try:
        return [child.memory_info().rss / 1e6 for child in watched.children(recursive=True)]
    except psutil.Error:
        return []


def _same(one: Path, other: Path) -> bool:
    return (one / layout.MANIFEST).read_bytes() == (other / layout.MANIFEST).read_bytes()


def _looking_up(snapshot: Snapshot, made: MadeSnapshot) -> Row:
    chance = random.Random(7)
    wanted = sorted({made.doi(n) for n in chance.sample(range(made.size), 10_000)})
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        found = Snapshot(snapshot.folder).look_up(wanted)
        taken.append(time.perf_counter() - begun)
    assert found.keys() == set(wanted)  # noqa: S101 - a wrong answer has no speed
    middle = sorted(taken)[1]
    return Row("look-up of 10,000 DOIs", round(middle, 2), "s", len(found), f"≤ {_LOOK_UP:g}",
               middle <= _LOOK_UP)  # fmt: skip


def _asking(snapshot: Snapshot, made: MadeSnapshot, folder: Path) -> list[Row]:
    chance = random.Random(8)
    ours = [made.doi(n) for n in chance.sample(range(made.size), 1000)]
    ask = questions.here(snapshot.folder, snapshot.manifest)
    begun = time.perf_counter()
    citing = questions.citing(ask, ours)
    taken = time.perf_counter() - begun
    own = snapshot.look_up(ours)
    cited = {other for _, other in questions.cited(ask, own)}
    read, could = _bytes_of(snapshot, ours, cited)
    begun = time.perf_counter()
    done = extract(snapshot, ours, folder / "stick")
    whole = time.perf_counter() - begun
    return [
        Row("forward citations of 1,000 works, DuckDB", round(taken, 2), "s", len(citing),
            f"≤ {_CITING:g}", taken <= _CITING),
        Row("bytes read for works and cited works", round(read / could, 2), "×",
            len(own) + len(cited), f"≤ {_BYTES:g}", read <= _BYTES * could,
            f"of {could / 1e6:,.0f} MB in the files whose range can matter"),
        Row("extract for 1,000 works, whole", round(whole, 1), "s", done.manifest.works),
    ]  # fmt: skip


def _bytes_of(snapshot: Snapshot, ours: list[str], cited: set[str]) -> tuple[int, int]:
    """Return (bytes that two look-ups read, bytes of the files whose range can matter).

    Counted by the kernel in a process of its own: what it asked for by read().
    """
    script = (
        "import json, sys\nfrom pathlib import Path\n"
        "from library.snapshot.reading import Snapshot\n"
        "def said():\n    lines = Path('/proc/self/io').read_text().split()\n"
        "    return int(lines[lines.index('rchar:') + 1])\n"
        "snapshot = Snapshot(Path(sys.argv[1]))\nlists = json.load(sys.stdin)\n"
        "snapshot.look_up(lists[0][:1])\nbegun = said()\n"
        "for dois in lists:\n    snapshot.look_up(dois)\nprint(said() - begun)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(snapshot.folder)],
        input=json.dumps([ours, sorted(cited)]),
        capture_output=True,
        text=True,
        check=True,
    )

    def size(unit: Unit) -> int:
        return sum(int(unit.files[kind]["bytes"]) for kind in ("works", "records"))

    could = sum(
        size(unit)
        for dois in (ours, cited)
        for unit in snapshot.units
        if any(unit.first <= doi <= unit.last for doi in dois)
    )
    return int(done.stdout), could


def _interrupted(source: Path, folder: Path) -> Row:
    """Kill a worker, then everything, then run again; compare with the undisturbed run."""
    out = folder / "killed"
    command = [sys.executable, "-c", _BUILD, str(source), str(out), "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    _wait(out, 10)
    workers = [
        child
        for child in psutil.Process(process.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]
    workers[0].kill()
    _wait(out, 25)
    os.killpg(process.pid, 9)
    process.wait()
    done = len(list((out / layout.PARTS).glob("*.json")))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    same = _same(folder / "1", out)
    return Row("killed at a worker, then whole, then run again: the same manifest",
               "yes" if same else "no", "", done, "yes", same,
               "n: files that were done when everything was killed")  # fmt: skip


def _wait(folder: Path, count: int) -> None:
    while len(list((folder / layout.PARTS).glob("*.json"))) < count:
        time.sleep(0.05)
