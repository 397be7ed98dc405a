"""Small libraries made of Works, for the tests of the store."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from library.store.load import filling
from library.store.rows import work_rows
from library.store.schema import connect_reading
from library.store.write import SPACING
from library.work import Surroundings, Work

Make = Callable[..., sqlite3.Connection]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """Return a function: works (or pairs of work and surroundings) -> an open library.db."""
    opened: list[sqlite3.Connection] = []

    def make(
        works: Iterable[Work | tuple[Work, Surroundings]], **options: object
    ) -> sqlite3.Connection:
        path = tmp_path / f"made{len(opened)}.db"
        with filling(path, **options) as writer:  # type: ignore[arg-type] # the options of filling
            for place, one in enumerate(works, 1):
                work, around = one if isinstance(one, tuple) else (one, Surroundings())
                writer.add(work_rows(work, around), place * SPACING)
        opened.append(connect_reading(path))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()
