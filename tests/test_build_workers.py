"""The processes that read for the build: what becomes of their tasks, and of them."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from library.build import build, stretches
from library.build.workers import WorkerLostError, working
from library.settings import Settings


def _greet(folder: str) -> None:
    Path(folder, str(os.getpid())).write_text("here")


def _double(number: int) -> int:
    return 2 * number


def _again(packed: bytes) -> bytes:
    return packed


def _fail() -> None:
    msg = "said by the worker"
    raise ValueError(msg)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_tasks_are_answered_in_any_order_of_asking(tmp_path: Path) -> None:
    with working(2, _greet, str(tmp_path)) as workers:
        assert workers is not None
        tasks = [workers.submit(_double, number) for number in range(30)]
        assert tasks[-1].result() == 58
        assert [task.result() for task in tasks] == list(range(0, 60, 2))
        assert workers.has_room()
    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert len(pids) == 2
    assert not any(map(_is_there, pids))


def test_long_tasks_and_long_answers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with working(1, _greet, str(tmp_path)) as workers:
        assert workers is not None
        long = b"x" * 3_000_000
        tasks = [workers.submit(_again, long) for _ in range(3)]
        assert [task.result() == long for task in tasks] == [True] * 3


def test_beside_threads_workers_are_spawned(tmp_path: Path) -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        with working(1, _greet, str(tmp_path)) as workers:
            assert workers is not None
            assert workers.submit(_double, 4).result() == 8
    finally:
        ended.set()
        thread.join()


def test_no_workers_are_none(tmp_path: Path) -> None:
    with working(0, _greet, str(tmp_path)) as workers:
        assert workers is None


def test_what_a_worker_raises_is_raised_where_its_answer_is_taken(tmp_path: Path) -> None:
    with working(1, _greet, str(tmp_path)) as workers:
        assert workers is not None
        failing, good = workers.submit(_fail), workers.submit(_double, 2)
        with pytest.raises(ValueError, match="said by the worker"):
            failing.result()
        assert good.result() == 4


def test_a_worker_that_is_killed_is_told_of_and_no_other_waits_for_it(tmp_path: Path) -> None:
    with working(1, _greet, str(tmp_path)) as workers:
        assert workers is not None
        workers.submit(_end)
        task = workers.submit(_double, 2)
        with pytest.raises(WorkerLostError):
            task.result()
        with pytest.raises(WorkerLostError):
            workers.submit(_double, 3).result()
        assert not workers.has_room()


def test_a_worker_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:  # the process that asks: it dies without a word
        with working(1, _greet, str(tmp_path)) as workers:
            assert workers is not None
            workers.submit(_double, 1).result()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    (worker,) = [int(path.name) for path in tmp_path.iterdir()]
    for _ in range(100):
        if not _is_there(worker):
            break
        time.sleep(0.1)
    assert not _is_there(worker)


def test_a_build_whose_worker_is_killed_reads_the_rest_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [f"@misc{{k{number},\n  title = {{Nr. {number}}},\n}}\n" for number in range(2000)]
    (tmp_path / "references.bib").write_text("\n".join(entries))
    monkeypatch.setattr(stretches, "_SIZE", 2000)
    whole = stretches._work  # noqa: SLF001 - a worker is to die in the midst of it

    def dying(start: int, end: int, line: int, strings: dict[str, str]) -> object:
        if start > 40_000:
            _end()
        return whole(start, end, line, strings)

    monkeypatch.setattr(stretches, "_work", dying)
    dying.__module__, dying.__qualname__ = stretches.__name__, "_work"
    summary = build(Settings(root=tmp_path), full=True, processes=2)
    assert summary.works == 2000
