"""`library serve` as a person meets it: a real process on a real port."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from library.cli.serve import DATASETTE_SETTINGS, known_settings

DATA = Path(__file__).parents[1] / "data" / "site"
LIBRARY = [sys.executable, "-c", "from library.cli.main import main; main()"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of an invented library that was never built."""
    shutil.copy(DATA / "library.bib", tmp_path / "references.bib")
    shutil.copy(DATA / "metadata.yml", tmp_path / "metadata.yml")
    return tmp_path


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the server; give the address that it prints."""
    command = [*LIBRARY, "serve", "--port", "0", "--root", str(folder), *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, process.communicate(timeout=10)
        yield found[0], process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def read(address: str) -> str:
    """Return the text of a page."""
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


def test_it_builds_what_is_missing_says_where_it_is_and_leaves_quietly(folder: Path) -> None:
    with serving(folder) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        assert "16 works" in read(address + "works")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=15)
    assert process.returncode in (0, 130)
    assert "Traceback" not in error
    assert out == ""
    assert re.fullmatch(r"library: built library\.db: 16 added, .*\n", error), error


def test_a_second_start_answers_within_four_seconds(folder: Path) -> None:
    with serving(folder):
        pass
    start = time.monotonic()
    with serving(folder) as (address, _):
        read(address)
        assert time.monotonic() - start < 4


def test_a_port_in_use_is_said_in_one_sentence_with_what_to_do(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [*LIBRARY, "serve", "--port", str(port), "--root", str(folder)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 3
    assert f"port {port} on 127.0.0.1 is in use" in ended.stderr
    assert "--port" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_an_address_of_another_machine_is_refused(folder: Path) -> None:
    command = [*LIBRARY, "serve", "--host", "no.such.host.invalid", "--root", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "is not an address of this machine" in ended.stderr


def test_what_is_built_while_it_runs_is_seen_without_a_restart(folder: Path) -> None:
    with serving(folder) as (address, _):
        assert "16 works" in read(address + "works")
        bib = folder / "references.bib"
        bib.write_text(
            bib.read_text() + "\n@book{fresh2026, title = {Fresh Leaves}, year = 2026}\n"
        )
        build = [*LIBRARY, "build", "--root", str(folder)]
        subprocess.run(build, check=True, capture_output=True, timeout=60)
        assert "17 works" in read(address + "works")
        assert "Fresh Leaves" in read(address + "w/fresh2026")


def test_a_stale_database_is_brought_up_to_date_at_the_start(folder: Path) -> None:
    with serving(folder):
        pass
    bib = folder / "references.bib"
    bib.write_text(bib.read_text() + "\n@book{fresh2026, title = {Fresh Leaves}, year = 2026}\n")
    with serving(folder) as (address, _):
        assert "17 works" in read(address + "works")


def test_every_setting_is_one_that_datasette_knows_and_has_its_reason() -> None:
    known = known_settings()
    for name, (value, reason) in DATASETTE_SETTINGS.items():
        assert name in known
        assert value != known[name], f"{name} is Datasette's default anyway"
        assert reason
