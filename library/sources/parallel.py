"""Several requests at once, in threads that end when the caller leaves."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from library.sources.pacing import StoppedError

Job = TypeVar("Job")
Result = TypeVar("Result")

GRACE = 3.0  # seconds for requests in flight to come back and be stored when a run is stopped


def in_parallel(
    function: Callable[[Job, threading.Event], Result], jobs: Iterable[Job], workers: int
) -> Iterator[tuple[Job, Result | Exception]]:
    """Call `function` on every job, `workers` at a time, and yield what came of it as it comes.

    An exception is yielded in the place of a result. When the caller leaves the loop (also by
    Ctrl-C), no further job is started, the event given to `function` is set, and those that run
    get `GRACE` seconds to end.
    """
    waiting = deque(jobs)
    done: queue.Queue[tuple[Job, Result | Exception]] = queue.Queue()
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                job = waiting.popleft()
            except IndexError:
                return
            try:
                done.put((job, function(job, stop)))
            except StoppedError:
                return
            except Exception as error:  # noqa: BLE001 - handed to the caller, who looks at it
                done.put((job, error))

    total = len(waiting)
    # Daemons: a service that is silent for minutes must not keep the program from ending.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, total))]
    for thread in threads:
        thread.start()
    try:
        for _ in range(total):
            yield done.get()
    finally:
        stop.set()
        deadline = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
