"""Who does the jobs of the add page: one thread, started when there is something to do.

A thread of its own, not a task of Datasette's event loop: looking up many works takes minutes, and
a server that is told to stop must not wait for them. What is under way then stays open in
records.db and is begun again at the next start. The thread ends when no job is open.
"""

import atexit
import logging
import threading
import time
from collections.abc import Iterable
from typing import Any, Final

from library import tasks
from library.errors import LibraryError
from library.formats.csl_json import item as csl_item
from library.formats.csl_writing import named
from library.ingest.adding import Outcome
from library.settings import Settings
from library.site import describing
from library.sources.jobs import Item, Job, Jobs, turn
from library.sources.records import Records
from library.values.markup import plain

_log = logging.getLogger("library.adding")

_POLL: Final = 0.5  # seconds between two looks whether another process's turn is over
_NOTE: Final = 0.3  # seconds between two notes of progress
_LAST_WORDS: Final = 10.0  # seconds that the program waits at its end for a write to finish
_A_MOMENT: Final = 0.3  # likewise where nothing is being written
_NAMES_SHOWN: Final = 8


class _StoppedError(Exception):
    """The program ends: leave the job as it is."""


class Worker:
    """Does the open jobs of one library, one after another."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._woken = False
        self._job: Job | None = None  # that is being done
        self._stop = threading.Event()

    def wake(self) -> None:
        """See to it that open jobs are done; returns at once."""
        with self._lock:
            self._woken = True
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="adding", daemon=True)
                atexit.register(self.stop)
                self._thread.start()

    def resume(self) -> None:
        """Take up what an earlier server left undone."""
        if not self.settings.records.exists():
            return
        with Records(self.settings.records) as records:
            has_open = Jobs(records).has_open()
        if has_open:
            self.wake()

    def stop(self) -> None:
        """Stop, and wait until what is being written is written; open jobs stay open."""
        self._stop.set()
        with self._lock:
            thread, job = self._thread, self._job
        if thread is None or thread is threading.current_thread():
            return
        writes = job is not None and job.state == "confirmed"
        thread.join(_LAST_WORDS if writes else _A_MOMENT)
        if thread.is_alive() and job is not None:
            with Records(self.settings.records) as records:
                Jobs(records).give_back(job.id)

    def _run(self) -> None:
        try:
            while self._has_more():
                with Records(self.settings.records) as records, turn(records.path) as mine:
                    jobs = Jobs(records)
                    if mine:
                        self._do_all(jobs)
                    elif jobs.has_open():
                        with self._lock:
                            self._woken = True  # look again: the other process may have ended
                if not mine:
                    self._stop.wait(_POLL)
        except LibraryError:
            _log.exception("the jobs of the add page cannot be read; they are tried again later")
        finally:
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread = None
            atexit.unregister(self.stop)

    def _has_more(self) -> bool:
        with self._lock:
            if self._woken and not self._stop.is_set():
                self._woken = False
                return True
            self._thread = None
            return False

    def _do_all(self, jobs: Jobs) -> None:
        while not self._stop.is_set():
            job = jobs.begin()
            if job is None:
                return
            with self._lock:
                self._job = job
            try:
                self._do(job, jobs)
            except _StoppedError:
                jobs.give_back(job.id)
            except LibraryError as error:
                jobs.fail(job.id, str(error))
            except Exception:  # noqa: BLE001 - the next job shall be done all the same
                _log.exception("job %s of the add page failed", job.id)
                jobs.fail(job.id, _OUR_FAULT)
            finally:
                with self._lock:
                    self._job = None

    def _do(self, job: Job, jobs: Jobs) -> None:
        if job.state == "asked":
            found = tasks.add_pasted(
                self.settings, job.pasted, dry_run=True, progress=self._progress(job, jobs)
            )
            jobs.looked_up(job.id, items(found.outcomes), found.diff)
            return
        chosen = [item.position for item in jobs.items(job.id) if item.chosen]
        added = tasks.add_pasted(
            self.settings, job.pasted, chosen=chosen, progress=self._progress(job, jobs)
        )
        jobs.finished(job.id, items(added.outcomes, chosen), added.diff)

    def _progress(self, job: Job, jobs: Jobs) -> tasks.Progress:
        """Return what notes the progress of `job`, not too often."""
        last = 0.0

        def note(done: int, total: int) -> None:
            nonlocal last
            if self._stop.is_set():
                raise _StoppedError
            if done == total or time.monotonic() - last > _NOTE:
                last = time.monotonic()
                # Counted are the records to be fetched; what needs none is done already.
                jobs.progress(job.id, max(job.total - (total - done), 0))

        return note


_OUR_FAULT: Final = (
    "The program has an error here; the server's log says more. Nothing that was fetched is lost. "
    "Look at the list of works before you try again: what was added is recognised."
)


def items(outcomes: Iterable[Outcome], positions: list[int] | None = None) -> list[Item]:
    """Return outcomes as the items of a job; `positions` are theirs in it, None: from 0."""
    return [
        Item(
            position=position if positions is None else positions[position],
            asked=outcome.query,
            status=outcome.status,
            message=outcome.message,
            key=outcome.key,
            about=about(outcome),
            chosen=positions is not None,
        )
        for position, outcome in enumerate(outcomes)
    ]


def about(outcome: Outcome) -> dict[str, Any]:
    """Return what pages show of an outcome and its work; all texts, "" where not known."""
    told: dict[str, Any] = {
        "title": "",
        "names": "",
        "source": "",
        "doi": "",
        "entry": _entry(outcome) if outcome.status == "added" else "",
        "doubts": [finding.message for finding in outcome.findings],
        "notice": outcome.message.partition("; ")[2] if outcome.status == "added" else "",
    }
    if outcome.work is None:
        return told
    item = csl_item(outcome.work)
    people = item.get("author") or item.get("editor") or []
    names = [describing.name(person) for person in named(people)[:_NAMES_SHOWN]]
    issued = describing.date_parts(item)
    pieces = (
        plain(str(item.get("container-title") or item.get("publisher") or "")),
        str(issued[0]) if issued else "",
        describing.kind(outcome.work.type, item.get("genre")),
    )
    return {
        **told,
        "title": outcome.work.title or "",
        "names": ", ".join(names) + (" and others" if len(people) > len(names) else ""),
        "source": " · ".join(piece for piece in pieces if piece),
        "doi": outcome.work.doi or "",
    }


def _entry(outcome: Outcome) -> str:
    if outcome.text is not None:
        return outcome.text
    lines = [f"@{outcome.entry_type}{{{outcome.key},"]
    lines += [f"  {name:<12} = {{{value}}}," for name, value in outcome.fields.items()]
    return "\n".join([*lines, "}"])
