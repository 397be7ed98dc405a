"""Runs what the documentation shows: each `$ command` of a ```console block, in order.

A line that is only "…" stands for any number of lines, and "…" within a line for any text. The
commands of one page share one scratch library, so a page reads as a session.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One command and what the page says it prints (standard output, then standard error)."""

    line: int
    command: str
    expected: str


def steps(page: Path) -> list[Step]:
    """Return the commands of a page in order."""
    return list(_steps(page.read_text(encoding="utf-8")))


def _steps(text: str) -> Iterator[Step]:
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        command, expected, line = "", [], first
        for number, content in enumerate(block.group(1).splitlines(), start=first):
            if content.startswith("$ "):
                if command:
                    yield Step(line, command, "\n".join(expected))
                command, expected, line = content[2:], [], number
            elif content.startswith("> "):
                command += "\n" + content[2:]
            else:
                expected.append(content)
        if command:
            yield Step(line, command, "\n".join(expected))


def run(step: Step, folder: Path, environment: Mapping[str, str]) -> str:
    """Run one step in `folder` as a shell would; return what it prints."""
    done = subprocess.run(
        ["bash", "-c", step.command],
        check=False,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return "\n".join(part.rstrip() for part in (done.stdout, done.stderr) if part.strip())


def matches(expected: str, printed: str) -> bool:
    """Return whether `printed` is what the page shows, "…" standing for anything."""
    wanted = "\n".join(line.rstrip() for line in expected.strip().splitlines())
    got = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    lines = [
        r"(?:[^\n]*\n)*?(?:[^\n]*)"
        if line == "…"
        else "[^\n]*".join(map(re.escape, line.split("…")))
        for line in wanted.split("\n")
    ]
    return re.fullmatch("\n".join(lines), got) is not None
