"""Processes that work for this one, which is busy itself most of the time.

Python's own pools hand tasks and answers on in threads of the asking process. While that computes,
they get their turns late, and a worker waited for a third of its time. Here nothing stands between
the two but a pipe: tasks are sent ahead, and answers are taken when there is a moment for them.
A pipe holds little: a long task is sent only when the worker has nothing else to answer.
"""

import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, Final

_AHEAD: Final = 10  # tasks that a worker has been sent: it never waits for this process
_SHORT: Final = 1 << 14  # bytes of a task of which a pipe holds `_AHEAD`


class WorkerLostError(Exception):
    """The worker ended before it answered; what it was asked must be done otherwise."""


class Task:
    """What a worker was asked to do."""

    def __init__(self, worker: "_Worker") -> None:
        self._worker = worker
        self.answer: Any = None
        self.error: BaseException | None = None
        self.has_ended = False

    def is_done(self) -> bool:
        """Tell whether there is an answer; waits for nothing."""
        self._worker.take_answers(self, wait=False)
        return self.has_ended

    def result(self) -> Any:  # noqa: ANN401 - what the function returned
        """Return the answer, or raise what the function raised; waits for it.

        Raises:
            WorkerLostError: the worker ended.
        """
        self._worker.take_answers(self, wait=True)
        if self.error is not None:
            raise self.error
        return self.answer


class _Worker:
    def __init__(self, method: str, start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        context = get_context(method)
        ours, theirs = context.Pipe()
        # A forked process has this end too, and must close it: it ends when this end is closed.
        inherited = ours if method == "fork" else None
        self.process = context.Process(  # type: ignore[attr-defined] # every context has it
            target=_serve, args=(theirs, inherited, start, arguments), daemon=True
        )
        self.process.start()
        theirs.close()
        self.pipe = ours
        self.tasks: deque[Task] = deque()  # sent and not answered; answers come in this order
        self.is_lost = False

    def take_answers(self, wanted: Task, *, wait: bool) -> None:
        while not wanted.has_ended and (wait or self.pipe.poll()):
            try:
                answer, error = self.pipe.recv()
            except (EOFError, OSError):
                self.lose()
                return
            task = self.tasks.popleft()
            task.answer, task.error, task.has_ended = answer, error, True

    def lose(self) -> None:
        self.is_lost = True
        for task in self.tasks:
            task.error, task.has_ended = WorkerLostError(), True
        self.tasks.clear()


class Workers:
    """Some processes; each task goes to the one that has least to do."""

    def __init__(self, count: int, start: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401
        """Start `count` processes that call `start(*arguments)` first; open no database before."""
        # A process without threads is forked, which takes no time; one with threads (a running
        # site) must not be.
        forks = sys.platform == "linux" and threading.active_count() == 1
        self._workers = [
            _Worker("fork" if forks else "spawn", start, arguments) for _ in range(count)
        ]

    def has_room(self, left: int = _AHEAD) -> bool:
        """Tell whether a worker should be sent more, of `left` tasks that are still to be done.

        Towards the end it should not: all have to be ready at the same moment.
        """
        most = min(_AHEAD, 1 + left)
        return any(self._flying(worker) < most for worker in self._workers)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Task:  # noqa: ANN401
        """Send a task; function and arguments must be such as `pickle` takes."""
        worker = min(self._workers, key=self._flying)
        packed = ForkingPickler.dumps((function, arguments))
        if worker.tasks and len(packed) > _SHORT:
            # Else it may wait for us to take an answer while we wait for it to take the task.
            worker.take_answers(worker.tasks[-1], wait=True)
        task = Task(worker)
        worker.tasks.append(task)
        try:
            worker.pipe.send_bytes(packed)
        except OSError:
            worker.lose()
        return task

    def stop(self) -> None:
        """End the processes, whatever they are doing."""
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
            worker.process.join()

    @staticmethod
    def _flying(worker: _Worker) -> int:
        if worker.tasks:
            worker.tasks[-1].is_done()  # takes what has come
        return sys.maxsize if worker.is_lost else len(worker.tasks)


@contextmanager
def working(count: int, start: Callable[..., None], *arguments: Any) -> Iterator[Workers | None]:  # noqa: ANN401
    """Start `count` workers, None for none, and end them at the end."""
    workers = Workers(count, start, *arguments) if count > 0 else None
    try:
        yield workers
    finally:
        if workers is not None:
            workers.stop()


def _serve(
    pipe: Connection,
    inherited: Connection | None,
    start: Callable[..., None],
    arguments: tuple[Any, ...],
) -> None:
    """Do what comes through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks ends this one
    if inherited is not None:
        inherited.close()
    start(*arguments)
    with suppress(EOFError, OSError):
        while True:
            function, given = pipe.recv()
            try:
                answer: tuple[Any, BaseException | None] = (function(*given), None)
            except Exception as error:  # noqa: BLE001 - raised where the answer is asked for
                answer = (None, error)
            pipe.send(answer)
