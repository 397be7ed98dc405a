"""Snapshots are whole, the same however they came about, and say what was wrong."""

import gzip
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from library.snapshot import layout
from library.snapshot.building import Done, build
from library.snapshot.errors import SnapshotError
from library.snapshot.layout import Manifest, read_manifest
from library.snapshot.verifying import strangers, verify
from tests.running import LIBRARY, library
from tests.snapshot.conftest import MADE, pack

DASK = Path(sys.executable).with_name("dask")
pytestmark = pytest.mark.slow


def _digests(folder: Path) -> dict[str, str]:
    """Return what the snapshot's files hold; parts say when their input was written too."""
    paths = [
        folder / layout.MANIFEST,
        *(p for kind in layout.KINDS for p in (folder / kind).iterdir()),
    ]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def _problems(folder: Path) -> list[str]:
    manifest = read_manifest(folder)
    found = [problem for _, problems in verify(folder, manifest) for problem in problems]
    return [str(one) for one in [*found, *strangers(folder, manifest)]]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of forty files: long enough to be interrupted."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(MADE.files):
        MADE.write(number, folder)
    for number in range(MADE.files, 40):
        first = 10_000 * number
        pack(
            folder / f"{number}.jsonl.gz",
            [
                {"DOI": f"10.9999/{first + n}", "title": [f"Made {n}"], "x": "y" * 3000}
                for n in range(2000)
            ],
        )
    return folder


@pytest.fixture(scope="module")
def undisturbed(many: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the digests of a run that nothing disturbed, on one worker."""
    folder = tmp_path_factory.mktemp("undisturbed")
    build(str(many), folder, workers=1)
    assert _problems(folder) == []
    return _digests(folder)


def test_two_workers_make_what_one_makes(
    many: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    said: list[Done] = []
    built = build(str(many), tmp_path / "out", workers=2, progress=said.append)
    assert _digests(tmp_path / "out") == undisturbed
    assert (said[-1].files, said[-1].of, len(said)) == (40, 40, 40)
    assert said[-1].works == built.manifest.works == MADE.size + 35 * 2000
    assert said[-1].dashboard is not None


def test_a_second_run_has_nothing_to_do(many: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    small = tmp_path / "in"
    small.mkdir()
    shutil.copy(many / "0.jsonl.gz", small)
    build(str(small), folder, workers=1)
    before = {path: path.stat().st_mtime_ns for path in (folder / "works").iterdir()}
    assert build(str(small), folder, workers=1).kept == 1
    assert {path: path.stat().st_mtime_ns for path in (folder / "works").iterdir()} == before


@contextmanager
def _cluster(
    folder: Path, workers: int, dask_version: str | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    """Start a real scheduler and real workers; yield its address and the processes.

    Workers say of themselves that they have `dask_version`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    command = [DASK, "worker", address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
    if dask_version is not None:
        command = [sys.executable, "-c", _OTHER_WORKER, address, dask_version]
    processes = [_start([DASK, "scheduler", *where], folder)]
    processes += [_start(command, folder) for _ in range(workers)]
    try:
        yield address, processes[0], processes[1:]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(command: Sequence[str | Path], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


_OTHER_WORKER = """
import asyncio, sys
from distributed import Worker, versions
real = versions.version
versions.version = lambda name: sys.argv[2] if name == "dask" else real(name)
async def main():
    async with Worker(sys.argv[1], nthreads=1) as worker:
        await worker.finished()
asyncio.run(main())
"""


def _wait_for_parts(folder: Path, count: int) -> None:
    until = time.monotonic() + 60
    while len(list((folder / layout.PARTS).glob("*.json"))) < count:
        assert time.monotonic() < until, "the build does not get on"
        time.sleep(0.02)


def test_a_worker_that_is_killed_and_a_run_that_is_killed_leave_no_trace(
    many: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """A real scheduler and two real workers; one is killed, then everything, then run again."""
    folder = tmp_path / "out"
    with _cluster(tmp_path, 2) as (address, scheduler, workers):
        command = [LIBRARY, "snapshot", "build", many, "--to", folder, "--scheduler", address]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for_parts(folder, 4)
        os.killpg(workers[0].pid, signal.SIGKILL)
        _wait_for_parts(folder, 8)
        for process in (run, scheduler):
            process.kill()
        os.killpg(workers[1].pid, signal.SIGKILL)
        run.wait()
    assert len(list((folder / layout.PARTS).glob("*.json"))) < 40
    assert not (folder / layout.MANIFEST).exists()
    with _cluster(tmp_path, 2) as (address, _, workers):
        command[-1] = address
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for_parts(folder, 15)
        os.killpg(workers[0].pid, signal.SIGKILL)
        assert run.wait(120) == 0
    assert _digests(folder) == undisturbed
    assert _problems(folder) == []


def test_a_scheduler_that_vanishes_is_told_and_the_rest_can_be_done(
    many: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    with _cluster(tmp_path, 1) as (address, scheduler, _):
        command = [LIBRARY, "snapshot", "build", many, "--to", folder, "--scheduler", address]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _wait_for_parts(folder, 3)
        scheduler.kill()
        _, said = run.communicate(timeout=120)
    assert run.returncode == 3, said
    assert "The scheduler has vanished" in said
    assert "of 40 files of this run are done and stay" in said
    assert "Traceback" not in said
    build(str(many), folder, workers=2)
    assert _digests(folder) == undisturbed


def test_no_scheduler_at_an_address_is_said(data_file: Path, tmp_path: Path) -> None:
    done = library(
        *("snapshot", "build", data_file, "--to", tmp_path / "out"),
        *("--scheduler", "tcp://127.0.0.1:9"),
        cwd=tmp_path,
    )
    assert done.returncode == 3
    assert "No scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_with_another_version_is_refused(data_file: Path, tmp_path: Path) -> None:
    with _cluster(tmp_path, 1, dask_version="2020.1.0") as (address, _, _):
        done = library(
            *("snapshot", "build", data_file, "--to", tmp_path / "out", "--scheduler", address),
            cwd=tmp_path,
        )
    assert done.returncode == 2, done.stderr
    assert "The versions differ at tcp://" in done.stderr
    assert "dask 2020.1.0 there, " in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_leaves_what_was_finished(
    many: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    command = [LIBRARY, "snapshot", "build", many, "--to", folder, "--workers", "1"]
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    _wait_for_parts(folder, 3)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "library: stopped. Nothing is half-written." in said
    assert "Traceback" not in said
    done = library("snapshot", "verify", folder, cwd=tmp_path)
    assert done.returncode == 2
    assert "is not finished: run the same" in done.stderr
    build(str(many), folder, workers=2)
    assert _digests(folder) == undisturbed


def test_a_disk_that_takes_no_more_is_told_and_the_rest_can_be_done(
    many: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """A limit on file sizes stands for the full disk: a write in the middle fails."""
    folder = tmp_path / "out"
    script = f"ulimit -f 300; exec {LIBRARY} snapshot build {many} --to {folder} --workers 1"
    done = subprocess.run(["bash", "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert "cannot be written (" in done.stderr
    assert "make room and run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(folder.rglob(f"*{layout.TEMPORARY}"))
    assert not (folder / layout.MANIFEST).exists()
    build(str(many), folder, workers=2)
    assert _digests(folder) == undisturbed


def test_bad_files_are_told_one_by_one_and_the_others_are_taken(tmp_path: Path) -> None:
    source, folder = tmp_path / "in", tmp_path / "out"
    good = [{"DOI": f"10.1000/{n}", "title": [f"Work {n}"]} for n in range(300)]
    pack(source / "0.jsonl.gz", good)
    pack(source / "1.jsonl.gz", [{"DOI": f"10.2000/{n}", "t": str(n * 7919)} for n in range(300)])
    cut = source / "1.jsonl.gz"
    cut.write_bytes(cut.read_bytes()[:-200])
    (source / "2.jsonl.gz").write_bytes(b"")
    (source / "3.jsonl.gz").write_bytes(
        gzip.compress(
            b'{"DOI": "10.3000/a"}\n{"DOI": \n{"a": 1}\n{"DOI": "10.3000/A"}\n' + b"x\n" * 30
        )
    )
    shutil.copy(source / "0.jsonl.gz", source / "4.jsonl.gz")
    done = library("snapshot", "build", source, "--to", folder, "--workers", "1", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    said = done.stderr
    assert "1.jsonl.gz:" in said
    assert "the file is cut off" in said
    assert "2.jsonl.gz: the file holds no record" in said
    assert "3.jsonl.gz:2: the line is not JSON" in said
    assert "3.jsonl.gz:3: the record has no DOI; this record was skipped" in said
    problems = [str(one) for one in read_manifest(folder).problems()]
    assert "3.jsonl.gz: 13 more records were skipped" in problems
    assert "library: 3.jsonl.gz: … and 16 more like these; snapshot.json lists them." in said
    assert "4.jsonl.gz: the file is 0.jsonl.gz once more, byte for byte; it was left out" in said
    manifest = read_manifest(folder)
    assert 301 < manifest.works < 601
    assert [unit.source for unit in manifest.units if not unit.whole] == ["1.jsonl.gz"]
    # Fetched again, only that file is done again.
    pack(source / "1.jsonl.gz", [{"DOI": f"10.2000/{n}", "t": str(n * 7919)} for n in range(300)])
    again = build(str(source), folder, workers=1)
    assert again.kept == 4
    assert again.manifest.works == 601
    assert _problems(folder) == []


def test_verify_finds_every_kind_of_damage(data_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    build(str(data_file), folder, workers=1)
    flipped = layout.file(folder, "records", "0")
    raw = bytearray(flipped.read_bytes())
    raw[len(raw) // 2] ^= 1
    flipped.write_bytes(raw)
    layout.file(folder, "works", "1").unlink()
    with layout.file(folder, "words", "2").open("ab") as stream:
        stream.write(b"more")
    (folder / "works" / "stray.parquet").write_bytes(b"x")
    done = library("snapshot", "verify", folder, "--json", cwd=tmp_path)
    assert done.returncode == 1
    told = {one["place"]: one["message"] for one in json.loads(done.stdout)}
    assert told["records/0.parquet"].startswith("its bytes are not those that were written")
    assert told["works/1.parquet"].startswith("it is missing")
    assert "the manifest says" in told["words/2.parquet"]
    assert told["works/stray.parquet"].startswith("no unit of the manifest")
    assert len(told) == 4


def test_a_folder_of_another_source_is_refused(data_file: Path, tmp_path: Path) -> None:
    pack(tmp_path / "other" / "99.jsonl.gz", [{"DOI": "10.1000/a"}])
    build(str(tmp_path / "other"), tmp_path / "out", workers=1)
    with pytest.raises(SnapshotError, match="it is the snapshot of another one"):
        build(str(data_file), tmp_path / "out", workers=1)


def test_a_data_file_is_read_from_a_web_server(data_file: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        cwd=data_file,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        built = build(f"http://127.0.0.1:{port}/", tmp_path / "out", workers=1)
    finally:
        server.terminate()
        server.wait()
    assert isinstance(built.manifest, Manifest)
    assert built.manifest.works == MADE.size
