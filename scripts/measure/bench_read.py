"""Reading a .bib file to works, side by side with what others take for it.

`bench read [FILE.bib]`: default is the ACL file under LIBRARY_CORPORA. Each reader runs in its own
process, one after the other in the same run: ours on the whole file, the slow peers on its first
2,000 entries; compared are entries per second of processor time. The peers are found in the
environment of this Python, or in the one that LIBRARY_PEERS names (a folder with bin/python), and
node's packages in the folder that LIBRARY_NODE_PEERS names (one with node_modules). A peer that is
not there is said to be missing.
"""

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measure.report import Failure, Row

SAMPLE = 2000
RUNS = 3
_ENTRY = re.compile(
    rb"^@(?!comment|string|preamble)[A-Za-z]+[ \t]*[{(]", re.MULTILINE | re.IGNORECASE
)

_OURS = """
import json, resource, sys, time
from pathlib import Path
from library.formats.bibtex.read import read
data = Path(sys.argv[1]).read_bytes()
start = time.process_time()
works = read(data, "bench").works
taken = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([len(works), taken, peak]))
"""
_BIBTEXPARSER = """
import json, sys, time, logging
logging.disable(logging.CRITICAL)
import bibtexparser
from bibtexparser import middlewares as m
source = open(sys.argv[1], encoding="utf-8", errors="replace").read()
passes = [m.NormalizeFieldKeys(), m.ResolveStringReferencesMiddleware(),
          m.RemoveEnclosingMiddleware(), m.SeparateCoAuthors(), m.SplitNameParts(),
          m.LatexDecodingMiddleware()]
start = time.process_time()
library = bibtexparser.parse_string(source, parse_stack=passes)
print(json.dumps([len(library.entries), time.process_time() - start, 0]))
"""
_PYBTEX = """
import json, sys, time
from pybtex.database.input.bibtex import Parser
from pybtex import errors
errors.strict = False
source = open(sys.argv[1], encoding="utf-8", errors="replace").read()
start = time.process_time()
found = Parser().parse_string(source)
print(json.dumps([len(found.entries), time.process_time() - start, 0]))
"""
_PAPIS = """
import json, sys, time, logging
logging.disable(logging.CRITICAL)
from papis.bibtex import bibtex_to_dict
source = open(sys.argv[1], encoding="utf-8", errors="replace").read()
start = time.process_time()
found = bibtex_to_dict(source)
print(json.dumps([len(found), time.process_time() - start, 0]))
"""
_BETTER_BIBTEX = """
import { parse } from '@retorquere/bibtex-parser';
import fs from 'fs';
const source = fs.readFileSync(process.argv[1], 'utf8');
const before = process.cpuUsage();
const found = parse(source, { sentenceCase: false });
const used = process.cpuUsage(before);
console.log(JSON.stringify([found.entries.length, (used.user + used.system) / 1e6, 0]));
"""


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure speed and peak memory on one file."""
    data = _bytes(paths)
    if data is None:
        return [Row("file to works", None, note="LIBRARY_CORPORA is not set")]
    with tempfile.TemporaryDirectory() as folder:
        whole, sample = Path(folder) / "whole.bib", Path(folder) / "sample.bib"
        whole.write_bytes(data)
        sample.write_bytes(_first(data, SAMPLE))
        peers = {
            "bibtexparser + its LaTeX and name passes": _python(_BIBTEXPARSER),
            "papis": _python(_PAPIS),
            "pybtex (LaTeX and names undecoded)": _python(_PYBTEX),
            "Better BibTeX's parser (node)": _node(_BETTER_BIBTEX),
        }
        ours: list[list[float]] = []
        rates: dict[str, list[float]] = {name: [] for name in peers}
        reasons: dict[str, str] = {}
        for _ in range(RUNS):  # in turn, so that a busy machine is busy for all
            ours.append(_measured([sys.executable, "-c", _OURS, str(whole)]))
            for name, command in peers.items():
                if name in reasons:
                    continue
                try:
                    count, taken, _ = _measured([*command, str(sample)] if command else [])
                    rates[name].append(count / taken)
                except (subprocess.SubprocessError, OSError, ValueError) as error:
                    reasons[name] = _why(error)
        return _rows(ours, rates, reasons, len(data), failures)


def _bytes(paths: Sequence[Path]) -> bytes | None:
    if paths:
        return paths[0].read_bytes()
    corpora = os.environ.get("LIBRARY_CORPORA")
    if not corpora:
        return None
    return lzma.decompress((Path(corpora) / "large" / "acl_anthology_rejoined.bib.xz").read_bytes())


def _first(data: bytes, count: int) -> bytes:
    starts = [match.start() for match in _ENTRY.finditer(data)]
    return data[: starts[count]] if len(starts) > count else data


def _python(source: str) -> list[str]:
    peers = os.environ.get("LIBRARY_PEERS")
    python = str(Path(peers) / "bin" / "python") if peers else sys.executable
    return [python, "-c", source]


def _node(source: str) -> list[str]:
    node = shutil.which("node")
    return [node, "--input-type=module", "-e", source] if node else []


def _measured(command: Sequence[str]) -> list[float]:
    """Run one reader and return what it prints: entries, seconds, bytes."""
    if not command:
        raise FileNotFoundError("node is not installed")
    folder = os.environ.get("LIBRARY_NODE_PEERS") if "node" in command[0] else None
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=900, cwd=folder
    )
    numbers: list[float] = json.loads(done.stdout.strip().splitlines()[-1])
    if not numbers[0]:
        raise ValueError("it read no entry of this file")
    return numbers


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in str(error.stderr).strip().splitlines() if line.strip()]
        absent = [line for line in lines if "No module named" in line or "Cannot find" in line]
        return "not installed" if absent else f"it stops at this file: {lines[-1][:120]}"
    return str(error)[:120]


def _rows(
    ours: list[list[float]],
    rates: dict[str, list[float]],
    reasons: dict[str, str],
    size: int,
    failures: list[Failure],
) -> list[Row]:
    count = int(ours[0][0])
    rate = sorted(n / taken for n, taken, _ in ours)[len(ours) // 2]
    peak = max(bytes_ for _, _, bytes_ in ours) / size
    rows = [
        Row("ours: file to works", round(rate), "entries/s", count, "aim 20,000", rate >= 20_000),
        Row("ours: peak memory", peak, "× the file", count, "≤ 8", peak <= 8),
    ]
    for name, found in rates.items():
        if name in reasons or not found:
            rows.append(Row(name, None, "entries/s", note=reasons.get(name, "no result")))
            failures.append(Failure("peer", name, reasons.get(name, "no result")))
            continue
        theirs = sorted(found)[len(found) // 2]
        target = 40 if name.startswith("bibtexparser") else None
        ratio = rate / theirs
        note = f"ours is {ratio:.1f} times as fast"
        rows.append(
            Row(name, round(theirs), "entries/s", SAMPLE, f"ours ≥ {target}×" if target else "",
                ratio >= target if target else None, note)
        )  # fmt: skip
    return rows
