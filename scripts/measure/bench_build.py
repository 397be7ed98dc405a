"""How quickly references.bib becomes library.db, against the least that SQLite takes, and peers."""

# ruff: noqa: S608 - only names of our own are put into statements

import gc
import json
import lzma
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import bibtexparser
import sqlite_utils
from bibtexparser.middlewares import (
    LatexDecodingMiddleware,
    NormalizeFieldKeys,
    SeparateCoAuthors,
    SplitNameParts,
)

from library.store import creation
from measure.made_library import MadeLibrary
from measure.report import Failure, Row

_RUNS: Final = 3
_PEER_ENTRIES: Final = 2000
_ACL: Final = "large/acl_anthology_rejoined.bib.xz"


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure on `paths` (.bib files), else on the ACL file and on made-up libraries.

    LIBRARY_BENCH_SIZES (10000,100000) says how many works those have; the last is the largest.
    """
    del failures
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in paths or _acl(folder):
            rows += _against_floor_and_peer(path, folder)
        if not paths:
            if not rows:
                rows.append(
                    Row("cold build of the ACL file", None, note="LIBRARY_CORPORA is not set")
                )
            sizes = os.environ.get("LIBRARY_BENCH_SIZES", "10000,100000").split(",")
            rows += _made(folder, [int(size) for size in sizes])
    return rows


def _acl(folder: Path) -> list[Path]:
    corpora = os.environ.get("LIBRARY_CORPORA")
    if not corpora:
        return []
    path = folder / "acl.bib"
    with lzma.open(Path(corpora) / _ACL) as packed, path.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return [path]


def _against_floor_and_peer(bib: Path, folder: Path) -> list[Row]:
    root = _root(folder / bib.stem, bib)
    ours, floors, twos = [], [], []
    work, floor_work = [], []  # CPU seconds: what a busy machine does not change
    works = 0
    for _ in range(_RUNS):
        one = _build(root)
        works = one["works"]
        ours.append(one["seconds"])
        work.append(one["cpu"])
        seconds, used = _floor(root / "library.db", folder / "floor.db")
        floors.append(seconds)
        floor_work.append(used)
        twos.append(_build(root, processes=2)["seconds"])
    ratio = statistics.median(a / b for a, b in zip(ours, floors, strict=True))
    of_two = statistics.median(a / b for a, b in zip(twos, floors, strict=True))
    in_cpu = statistics.median(a / b for a, b in zip(work, floor_work, strict=True))
    gain = statistics.median(a / b for a, b in zip(ours, twos, strict=True))
    peer = _peer_rate(bib, folder / "peer.db")
    faster = works / statistics.median(ours) / peer
    seconds = statistics.median(ours)
    return [
        Row(
            f"cold build of {bib.name}, {works:,} works",
            ratio,
            "× floor",
            _RUNS,
            "≤ 3",
            ratio <= 3,
            f"{seconds:.1f} s against {statistics.median(floors):.1f} s of raw sqlite3",
        ),
        Row(
            "the same in CPU time",
            in_cpu,
            "× floor",
            _RUNS,
            note=f"{statistics.median(work):.1f} s against {statistics.median(floor_work):.1f} s",
        ),
        Row(
            "the same in two processes, as the command does it by itself",
            of_two,
            "× floor",
            _RUNS,
            "≤ 3",
            of_two <= 3,
            f"{statistics.median(twos):.1f} s",
        ),
        Row(
            "the same against bibtexparser, its passes and sqlite-utils' m2m",
            faster,
            "× as fast",
            _PEER_ENTRIES,
            "≥ 20",
            faster >= 20,
            f"{works / seconds:,.0f} against {peer:,.0f} entries/s",
        ),
        Row(
            "two processes against one",
            gain,
            "× as fast",
            _RUNS,
            "≥ 1.5",
            gain >= 1.5,
            f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} busy",
        ),
    ]


def _root(root: Path, bib: Path | None = None) -> Path:
    root.mkdir()
    if bib is not None:
        shutil.copy(bib, root / "references.bib")
    return root


def _build(root: Path, processes: int = 1, *, is_cold: bool = True) -> dict[str, Any]:
    """Build in a process of its own; return what it says, with its peak of anonymous memory."""
    if is_cold:
        for path in root.glob("library.db*"):
            path.unlink()
    command = [sys.executable, "-m", "measure.build_once", str(root), str(processes)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = _Peak(process.pid)
        output, _ = process.communicate()
        peak.stop()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    found: dict[str, Any] = json.loads(output)
    return {**found, "peak": peak.bytes, "command": time.perf_counter() - started}


class _Peak:
    """Watches RssAnon of a process until it ends; Linux only (0 elsewhere)."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._status = Path(f"/proc/{pid}/status")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopped.wait(0.05):
            try:
                text = self._status.read_text()
            except OSError:
                return
            for line in text.splitlines():
                if line.startswith("RssAnon:"):
                    self.bytes = max(self.bytes, int(line.split()[1]) * 1024)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _floor(built: Path, path: Path) -> tuple[float, float]:
    """Return what raw sqlite3 takes for the same rows and indices: seconds, CPU seconds."""
    with closing(sqlite3.connect(built)) as source, _no_collector():
        tables = [
            row[0]
            for row in source.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'works_fts%'"
                " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlite_%'"
            )
        ]
        rows = {table: source.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
        path.unlink(missing_ok=True)
        started, used = time.perf_counter(), time.process_time()
        with closing(creation.create(path)) as target:
            indices = creation.without_indices(target)
            for table, content in rows.items():
                if content:
                    marks = ", ".join("?" * len(content[0]))
                    target.executemany(f'INSERT INTO "{table}" VALUES ({marks})', content)
            for statement in indices:
                target.execute(statement)
            target.execute("INSERT INTO works_fts (works_fts) VALUES ('rebuild')")
            target.execute("COMMIT")
        return time.perf_counter() - started, time.process_time() - used


def _peer_rate(bib: Path, path: Path) -> float:
    """Return entries/s of bibtexparser with its LaTeX and name passes into sqlite-utils."""
    text = bib.read_text(encoding="utf-8", errors="replace")
    cut = text[: _nth_entry(text, _PEER_ENTRIES)]
    path.unlink(missing_ok=True)
    started = time.perf_counter()
    parsed = bibtexparser.parse_string(
        cut,
        append_middleware=[
            NormalizeFieldKeys(),
            SeparateCoAuthors(),
            LatexDecodingMiddleware(),
            SplitNameParts(),
        ],
    )
    db = sqlite_utils.Database(path)
    count = 0
    for entry in parsed.entries:
        fields = {field.key: field.value for field in entry.fields}
        names = [
            " ".join([*name.first, *name.von, *name.last])
            for name in fields.pop("author", []) or []
        ]
        row = {"key": entry.key, "type": entry.entry_type}
        row |= {name: str(fields.get(name, "")) for name in ("title", "year", "booktitle", "doi")}
        table = db.table("works").insert(row, pk="key", replace=True)
        for name in dict.fromkeys(names):
            table.m2m("people", {"name": name}, pk="name")
        count += 1
    db.table("works").enable_fts(["title", "booktitle"])
    return count / (time.perf_counter() - started)


def _nth_entry(text: str, count: int) -> int:
    place = 0
    for _ in range(count + 1):
        place = text.find("\n@", place + 1)
        if place < 0:
            return len(text)
    return place


def _made(folder: Path, sizes: list[int]) -> list[Row]:
    rows: list[Row] = []
    costs: dict[int, float] = {}
    for size in sizes:
        root = _root(folder / f"made{size}")
        MadeLibrary(size).write_bib(root / "references.bib")
        runs = [_build(root) for _ in range(_RUNS if size <= 20_000 else 1)]
        costs[size] = statistics.median(run["seconds"] for run in runs) / size
        peak = max(run["peak"] for run in runs) / 1e9
        limit = 1.5 if size == 1_000_000 else None
        rows.append(
            Row(
                f"anonymous memory, {size:,} made-up works",
                peak,
                "GB at most",
                len(runs),
                "≤ 1.5" if limit else "",
                peak <= limit if limit else None,
                f"{costs[size] * 1e6:.0f} µs a work",
            )
        )
        rows.append(_edit(root, size))
        shutil.rmtree(root)
    small, large = min(sizes), max(sizes)
    if large > small:
        ratio = costs[large] / costs[small]
        is_target = large == 1_000_000
        rows.append(
            Row(
                f"cost of a work at {large:,} against {small:,}",
                ratio,
                "×",
                1,
                "≤ 1.3" if is_target else "",
                ratio <= 1.3 if is_target else None,
            )
        )
    return rows


def _edit(root: Path, size: int) -> Row:
    """Change one field in the middle of the file; time the command that follows."""
    bib = root / "references.bib"
    taken, ways = [], set()
    for number in range(5):
        data = bib.read_bytes()
        place = data.index(b"title        = {", len(data) // 2 + number * 1000) + 16
        bib.write_bytes(data[:place] + b"Edited " + data[place:])
        done = _build(root, is_cold=False)
        taken.append(done["command"])
        ways.add(done["way"])
    seconds = statistics.median(taken)
    is_target = size == 100_000
    return Row(
        f"the command after a one-field edit, {size:,} works",
        seconds,
        "s",
        len(taken),
        "≤ 1" if is_target else "",
        seconds <= 1 if is_target else None,
        f"by {', '.join(sorted(ways))}",
    )
