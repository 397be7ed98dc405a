"""A library.db from nothing, out of finished rows."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

from library.findings import Finding
from library.store import database, derived
from library.store.rows import WorkRows, work_rows
from library.store.write import SPACING, Writer, person_overrides
from library.work import Work


def fill(
    path: Path,
    works: Iterable[tuple[WorkRows, list[Finding]]],
    *,
    generation: int = 1,
    people: Mapping[str, str] | None = None,
    venues: Mapping[str, str] | None = None,
    meta: Mapping[str, str] | None = None,
    finish: Callable[[Writer], None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> int:
    """Make library.db at `path` (which must not exist) with `works`, in their order.

    Returns:
        How many works there are.
    """
    overrides = person_overrides(people or {})
    with closing(database.create(path)) as connection:
        indices = database.without_indices(connection)
        writer = Writer(connection, overrides)
        count = 0
        for count, (rows, findings) in enumerate(works, 1):
            work_id = writer.add(rows, count * SPACING)
            writer.add_findings((finding, work_id) for finding in findings)
        if finish:
            finish(writer)
        writer.flush()
        for statement in indices:
            connection.execute(statement)
        derived.refresh(connection, writer.touched, generation, overrides, venues or {}, progress)
        database.write_meta(
            connection,
            {
                **(meta or {}),
                **derived.counts(connection),
                "identity": uuid.uuid4().hex,
                "generation": str(generation),
                "built_at": database.now(),
                "works": str(count),
            },
        )
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")
    return count


def fill_with_works(path: Path, works: Iterable[Work]) -> int:
    """Make library.db at `path` with `works` alone; for tests and measurements."""
    return fill(path, ((work_rows(work), []) for work in works))
