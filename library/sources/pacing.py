"""How fast a service may be asked: its limits as its answers state them, and waiting in turn.

One `Limiter` belongs to one `http.Client`. Requests of all threads pass through it, so that a
service sees one queue from us, whatever the number of threads.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from library.sources.errors import BlockedError, BusyError, NoAnswerError

# Requests are spread evenly, a little wider than the limit asks: two that leave exactly one
# interval apart may arrive closer together than that.
MARGIN = 1.025
SLOWER = 1.25  # times the distance between requests, with each refusal
SLOWEST = 16.0  # times the distance that the limit asks, at most
RECOVERY = 0.9  # by which each good answer shortens the distance again
DOWN_AFTER = 3  # requests in a row, each tried several times, before a service counts as down
DOWN_SECONDS = 60.0  # for so long a service that is down is not asked at all
_POLL = 0.1  # seconds between looks at the stop flag while waiting


class StoppedError(Exception):
    """The run was stopped (Ctrl-C, or the caller left the loop) while a request waited."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one pool of a service may be asked until its answers say otherwise."""

    service: str  # as people know it: "Crossref". Its pools share `concurrency`
    pool: str = "all"  # requests that the service counts apart: "single", "list"
    limit: int = 1  # so many requests …
    interval: float = 1.0  # … in so many seconds
    concurrency: int = 1  # requests in flight at once
    stop_on_403: bool = True  # an API's 403 means that we are blocked; a web page's does not


@dataclass(slots=True)
class _Pool:
    spacing: float  # seconds between the starts of two requests
    last_start: float = float("-inf")
    slowdown: float = 1.0  # > 1 after a 429, back to 1 with good answers

    @property
    def next_start(self) -> float:
        """When the next request may start, on the monotonic clock."""
        return self.last_start + self.spacing * self.slowdown


@dataclass(slots=True)
class _Service:
    name: str
    concurrency: int
    in_flight: int = 0
    paused_until: float = 0.0
    failures: int = 0  # requests in a row that gave no answer
    down_until: float = 0.0
    blocked: str | None = None  # what the service said with its 403
    pools: dict[str, _Pool] = field(default_factory=dict)


class Limiter:
    """Lets requests start when their service's limits allow it. Safe under threads.

    Args:
        patience: seconds that a request is willing to wait because a service asked for a pause.
    """

    def __init__(self, patience: float = 300.0) -> None:
        self._patience = patience
        self._changed = threading.Condition()
        self._services: dict[tuple[str, str], _Service] = {}

    @contextmanager
    def turn(
        self, origin: str, pace: Pace, stop: threading.Event | None = None
    ) -> Iterator[Callable[[], None]]:
        """Wait until a request to `origin` may start; hold its place while it runs.

        Gives a function to be called when the request has left: the distance to the next counts
        from there, since a busy machine may take a while between permission and departure.

        Raises:
            BlockedError: the service refused us before.
            BusyError: the service asked for a longer pause than we have patience for.
            NoAnswerError: the service counts as down.
            StoppedError: `stop` was set while waiting.
        """
        service, pool = self._places(origin, pace)
        with self._changed:
            while True:
                if stop is not None and stop.is_set():
                    raise StoppedError
                _refuse_lost_cause(service)
                now = time.monotonic()
                if service.paused_until - now > self._patience:
                    raise BusyError(service.name, service.paused_until - now)
                ready = max(pool.next_start, service.paused_until)
                if now >= ready and service.in_flight < service.concurrency:
                    break
                wait = ready - now if now < ready else _POLL
                self._changed.wait(min(wait, _POLL) if stop is not None else wait)
            service.in_flight += 1
            pool.last_start = now

        def left() -> None:
            pool.last_start = max(pool.last_start, time.monotonic())

        try:
            yield left
        finally:
            with self._changed:
                service.in_flight -= 1
                self._changed.notify_all()

    def learn(self, origin: str, pace: Pace, headers: Mapping[str, str]) -> None:
        """Take over the limits that an answer states; what it does not state stays."""
        service, pool = self._places(origin, pace)
        limits = _numbers(headers.get("x-rate-limit-limit"))
        intervals = _numbers(headers.get("x-rate-limit-interval"))
        concurrency = _numbers(headers.get("x-concurrency-limit"))
        with self._changed:
            if limits and intervals:
                pool.spacing = max(intervals) / min(limits) * MARGIN
            if concurrency and min(concurrency) >= 1:
                service.concurrency = int(min(concurrency))
            self._changed.notify_all()

    def succeeded(self, origin: str, pace: Pace) -> None:
        """Note a good answer: the service is up, and the pace may recover."""
        service, pool = self._places(origin, pace)
        with self._changed:
            service.failures = 0
            pool.slowdown = max(1.0, pool.slowdown * RECOVERY)

    def slow_down(self, origin: str, pace: Pace, seconds: float) -> None:
        """Note a 429 or 503: nobody asks this service for `seconds`, then everybody slower."""
        service, pool = self._places(origin, pace)
        with self._changed:
            service.paused_until = max(service.paused_until, time.monotonic() + seconds)
            pool.slowdown = min(SLOWEST, pool.slowdown * SLOWER)

    def failed(self, origin: str, pace: Pace) -> None:
        """Note that a request was given up. After `DOWN_AFTER` in a row the service is down."""
        service, _ = self._places(origin, pace)
        with self._changed:
            service.failures += 1
            if service.failures >= DOWN_AFTER:
                service.down_until = time.monotonic() + DOWN_SECONDS
            self._changed.notify_all()

    def block(self, origin: str, pace: Pace, detail: str) -> None:
        """Note a 403: this service is not asked again by this client."""
        service, _ = self._places(origin, pace)
        with self._changed:
            service.blocked = detail
            self._changed.notify_all()

    def distance(self, origin: str, pace: Pace) -> float:
        """Return the seconds that are kept between two requests of a pool now."""
        _, pool = self._places(origin, pace)
        return pool.spacing * pool.slowdown

    def _places(self, origin: str, pace: Pace) -> tuple[_Service, _Pool]:
        with self._changed:
            service = self._services.setdefault(
                (origin, pace.service), _Service(pace.service, pace.concurrency)
            )
            spacing = pace.interval / pace.limit * MARGIN
            return service, service.pools.setdefault(pace.pool, _Pool(spacing))


def _refuse_lost_cause(service: _Service) -> None:
    if service.blocked is not None:
        raise BlockedError(service.name, service.blocked)
    if service.down_until > time.monotonic():
        raise NoAnswerError(
            service.name, f"it failed {service.failures} times in a row and is left in peace"
        )


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for; None where it says nothing usable.

    Both forms are read: "120" and "Wed, 21 Oct 2026 07:28:00 GMT". A time that is past gives 0.
    `now` is the service's own time (its Date header), so that a wrong clock here does no harm.

    Source: RFC 9110, section 10.2.3.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = http_date(text)
    if until is None:
        return None
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def http_date(text: str | None) -> datetime | None:
    """Return the moment that a header names, or None where it names none."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def backoff(attempt: int, base: float, longest: float) -> float:
    """Return the seconds to wait after the `attempt`-th failure (from 1): doubling, with jitter.

    Half of the wait is left to chance, so that several who failed together do not return together.
    """
    full = min(longest, base * 2.0 ** min(attempt - 1, 30))
    return full * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards no secret


def _numbers(text: str | None) -> list[float]:
    """Return the positive numbers in a header: "50", "1s", and Crossref's own "50, 50"."""
    values = []
    for part in (text or "").split(","):
        try:
            value = float(part.strip().removesuffix("s"))
        except ValueError:
            continue
        if 0 < value < 1e6:  # noqa: PLR2004 - more is no limit at all
            values.append(value)
    return values
