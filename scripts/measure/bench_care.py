"""The care of a large library: duplicates found and merged in memory, and `library check`.

`bench care`: made-up libraries of 10,000 and 100,000 works (LIBRARY_BENCH_SIZES) of which one in
twenty stands there twice, the second time damaged as in life; then the whole command `check` on the
largest.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure.made_library import MadeLibrary
from measure.report import Failure, Row
from measure.timing import seconds

_DEDUPE = """
import json, random, resource, sys, time
from dataclasses import replace
from library.care.duplicates import pairs
from measure import damage
from measure.made_library import MadeLibrary
size = int(sys.argv[1])
made = MadeLibrary(size)
chance = random.Random(3)
works = [made.work(n) for n in range(size - size // 21)]
twins = {}
makers = (damage.typist, damage.exporter, damage.index, damage.scan)
for n in chance.sample(range(len(works)), size // 21):
    twins[len(works)] = n
    twin = chance.choice(makers)(works[n], chance)
    works.append(replace(twin, citation_key=f"twin{n}"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
found = {(pair.first, pair.second) for pair in pairs(works)}
taken = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
right = sum(twins.get(second) == first for first, second in found)
print(json.dumps([taken, peak / 1024, right, len(found), len(twins)]))
"""
_MOST_SECONDS, _MOST_MB, _MOST_COST = 20.0, 1000.0, 1.5
_MOST_CHECK = 15.0


def run(paths: Sequence[object], failures: list[Failure]) -> list[Row]:
    """Measure each size in a process of its own."""
    del paths, failures
    sizes = [int(one) for one in os.environ.get("LIBRARY_BENCH_SIZES", "10000,100000").split(",")]
    results = {size: _result(size) for size in sizes}
    rows = []
    for size, (taken, peak, right, said, true) in results.items():
        precision, recall = right / max(said, 1), right / max(true, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        told = f"precision {precision:.4f}, recall {recall:.4f} on what it was damaged from"
        rows += [
            Row(f"duplicates of {size:,} works", round(taken, 2), "s", size, f"≤ {_MOST_SECONDS:g}",
                taken <= _MOST_SECONDS),
            Row(f"the same, memory at its most, {size:,} works", int(peak), "MB", size,
                f"≤ {_MOST_MB:,.0f}", peak <= _MOST_MB, "the works themselves included"),
            Row(f"the same, F1, {size:,} works", round(f1, 4), "", true, "", None, told),
        ]  # fmt: skip
    if len(sizes) > 1:
        small, large = min(sizes), max(sizes)
        cost = (results[large][0] / large) / (results[small][0] / small)
        rows.append(
            Row(f"cost of a work at {large:,} against {small:,}", round(cost, 2), "×", large,
                f"≤ {_MOST_COST}", cost <= _MOST_COST)
        )  # fmt: skip
    return [*rows, _check(max(sizes))]


def _result(size: int) -> Any:  # noqa: ANN401 - five numbers
    done = subprocess.run(
        [sys.executable, "-c", _DEDUPE, str(size)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _check(size: int) -> Row:
    code = "from library.cli.main import main; main()"
    with tempfile.TemporaryDirectory(prefix="library-care-") as folder:
        root = Path(folder)
        (root / "metadata.yml").write_text("title: Made-up works\n")
        MadeLibrary(size).write_bib(root / "references.bib")
        library = [sys.executable, "-c", code]
        seconds([*library, "build", "--root", str(root)])
        command = [*library, "check", "--root", str(root)]
        taken = sorted(seconds(command, may_fail=True) for _ in range(3))[1]
    measure = f"check of {size:,} works, the whole command"
    target = f"≤ {_MOST_CHECK:g}"
    return Row(measure, round(taken, 2), "s", 3, target, taken <= _MOST_CHECK, "after a build")
