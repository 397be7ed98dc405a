"""Rate limits as Crossref states and enforces them."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from .messages import Reply


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests a service lets pass. The defaults let tests run fast."""

    single: int = 1000  # requests for one identifier, in `interval`
    list: int = 1000  # requests for lists, filters and searches
    interval: float = 1.0  # seconds
    concurrency: int = 3  # in flight at once
    enforced: bool = False  # answer 429 to what is too much; else only state the limits
    stated: bool = True  # say the limits in headers
    latency: float = 0.0  # seconds that the service thinks about each request
    pools: bool = False  # "public" for those who leave no mail address: a third of everything


POLITE = Limits(single=10, list=3, concurrency=3, enforced=True, pools=True)
"""Crossref's since December 2025: 10 and 3 a second with a mail address, 5 and 1 without."""


class LimitState:
    """The running count for one service."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.violations: list[str] = []
        self.most_in_flight = 0
        self._starts: defaultdict[str, deque[float]] = defaultdict(deque)
        self._in_flight = 0
        self._lock = threading.Lock()

    def allowed(self, pool: str, headers: Mapping[str, str]) -> tuple[int, int]:
        """Return (requests in one interval, requests at once) for this client."""
        polite = "mailto:" in headers.get("user-agent", "") or not self.limits.pools
        if polite:
            number = self.limits.list if pool == "list" else self.limits.single
            return number, self.limits.concurrency
        return (1 if pool == "list" else 5), 1

    def enter(self, pool: str, headers: Mapping[str, str]) -> Reply | None:
        """Count a request; return a 429 where it is one too many and limits are enforced."""
        number, at_once = self.allowed(pool, headers)
        now = time.monotonic()
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
            starts = self._starts[pool]
            while starts and now - starts[0] >= self.limits.interval:
                starts.popleft()
            too_many = len(starts) >= number
            too_wide = self._in_flight > at_once
            if not (too_many or too_wide):
                starts.append(now)
                return None
            self.violations.append("rate" if too_many else "concurrency")
        return self._refusal() if self.limits.enforced else None

    def leave(self, pool: str) -> None:
        """Count the end of a request."""
        del pool
        with self._lock:
            self._in_flight -= 1

    def headers(self, pool: str, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that state the limits."""
        if not self.limits.stated:
            return {}
        number, at_once = self.allowed(pool, headers)
        return {
            "x-rate-limit-limit": str(number),
            "x-rate-limit-interval": f"{self.limits.interval:g}s",
            "x-concurrency-limit": str(at_once),
            "x-api-pool": "polite" if "mailto:" in headers.get("user-agent", "") else "public",
        }

    def _refusal(self) -> Reply:
        reply = Reply.text("<html><body><h1>429 Too Many Requests</h1></body></html>", 429)
        reply.content_type = "text/html"
        reply.headers["Retry-After"] = "1"
        return reply
