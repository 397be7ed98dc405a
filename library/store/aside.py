"""What can be worked out beside the database: here, or in another process meanwhile."""

from collections.abc import Callable

Work = Callable[[bytes], bytes]
Aside = Callable[[Work, bytes], Callable[[], bytes]]
"""Begins some work on its input, and returns how to take the result."""


def here(work: Work, packed: bytes) -> Callable[[], bytes]:
    """Do the work in this process, when its result is asked for."""
    return lambda: work(packed)
