"""Every format, written and read: works a second, and how memory grows.

`bench formats`: 100,000 made-up works (LIBRARY_BENCH_SIZES), as they come out of the database, are
written in each format as an export writes them, each in a process of its own; RIS, nbib, CSL-JSON
and EndNote XML are read again. rispy reads and writes the same RIS in the same run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from library.formats.table import writable
from measure.report import Failure, Row

_WRITE = """
import itertools, json, resource, sys, time
from library.formats import csl_json
from library.formats.table import BY_NAME
from measure.made_library import MadeLibrary
size, name = int(sys.argv[1]), sys.argv[2]
made = MadeLibrary(size)
texts = [json.dumps(csl_json.item(made.work(n)), ensure_ascii=False) for n in range(2000)]
# As many as wanted, from two thousand: it is the writing that is measured.
items = (json.loads(text) for text in itertools.islice(itertools.cycle(texts), size))
write = BY_NAME[name].write
list(write(json.loads(text) for text in texts[:50]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
total = sum(len(piece) for piece in write(items))
taken = time.process_time() - start
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
print(json.dumps([size / taken, grown, total]))
"""
_READ = """
import json, sys, time
from library.formats import csl_json
from library.formats.table import BY_NAME
from measure.made_library import MadeLibrary
size, name = int(sys.argv[1]), sys.argv[2]
made = MadeLibrary(size)
form = BY_NAME[name]
text = "".join(form.write(csl_json.item(made.work(n)) for n in range(size)))
start = time.process_time()
works = form.read(text, "bench").works
assert len(works) == size, len(works)
print(json.dumps([size / (time.process_time() - start), 0, len(text)]))
"""
_RISPY = """
import json, sys, time
import rispy
from library.formats import csl_json, ris
from measure.made_library import MadeLibrary
size, what = int(sys.argv[1]), sys.argv[2]
made = MadeLibrary(size)
text = "".join(ris.write(csl_json.item(made.work(n)) for n in range(size)))
start = time.process_time()
entries = rispy.loads(text)
if what == "write":
    start = time.process_time()
    rispy.dumps(entries)
print(json.dumps([size / (time.process_time() - start), 0, len(text)]))
"""
_LEAST_WRITTEN, _LEAST_READ, _MOST_GROWN = 15_000, 5_000, 50
_READ_BACK = ("ris", "nbib", "csl-json", "endnote-xml", "mods", "zotero-rdf")
_AIMED = frozenset({"ris", "nbib", "csl-json", "endnote-xml"})


def run(paths: Sequence[object], failures: list[Failure]) -> list[Row]:
    """Measure each format in a process of its own, one after the other."""
    del paths, failures
    size = int(os.environ.get("LIBRARY_BENCH_SIZES", "100000").split(",")[0])
    peer_writes = _result(_RISPY, 5_000, "write")[0]
    peer_reads = _result(_RISPY, 5_000, "read")[0]
    rows = []
    for form in writable():
        if form.name == "bibtex":
            continue  # an export gives the entries as they stand: `bench site`
        speed, grown, _ = _result(_WRITE, size, form.name)
        note = f"memory grows by {grown:.0f} MB"
        if form.name == "ris":
            note += f"; {speed / peer_writes:.1f} times rispy"
        holds = speed >= _LEAST_WRITTEN and grown <= _MOST_GROWN
        target = f"≥ {_LEAST_WRITTEN:,}"
        rows.append(Row(f"write {form.label}", int(speed), "works/s", size, target, holds, note))
    for name in _READ_BACK:
        speed = _result(_READ, 20_000, name)[0]
        note = f"{speed / peer_reads:.1f} times rispy" if name == "ris" else ""
        aim = name in _AIMED
        least = f"≥ {_LEAST_READ:,}" if aim else ""
        holds = speed >= _LEAST_READ if aim else None
        rows.append(Row(f"read {name}", int(speed), "records/s", 20_000, least, holds, note))
    return rows


def _result(code: str, size: int, name: str) -> Any:  # noqa: ANN401 - three numbers
    done = subprocess.run(
        [sys.executable, "-c", code, str(size), name], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)
