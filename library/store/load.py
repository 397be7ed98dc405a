"""A library.db from nothing, out of finished rows."""

import marshal
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from library.store import creation, database, derived
from library.store import people as people_rules
from library.store.aside import Aside, here
from library.store.rows import WorkRows, work_rows
from library.store.write import SPACING, Writer, person_overrides
from library.work import Work


@contextmanager
def filling(
    path: Path,
    *,
    generation: int = 1,
    people: Mapping[str, str] | None = None,
    venues: Mapping[str, str] | None = None,
    meta: Mapping[str, str] | None = None,
    progress: Callable[[str], None] | None = None,
    aside: Aside = here,
) -> Iterator[Writer]:
    """Make library.db at `path`, which must not exist, with what is written to the Writer.

    The file is finished when the block is left without an exception. `aside` does what needs no
    database, while the indices and the tables that derive from others are made here.
    """
    overrides = person_overrides(people or {})
    with database.explained(path), closing(creation.create(path)) as connection:
        indices = creation.without_indices(connection)
        writer = Writer(connection, overrides)
        yield writer
        writer.flush()
        blocks = aside(people_rules.open_among, marshal.dumps(writer.printed_forms()))
        for statement in indices:
            connection.execute(statement)
        writer.touched.open_blocks = marshal.loads(blocks())  # noqa: S302 - our own
        derived.refresh(
            connection,
            writer.touched,
            generation,
            people_overrides=overrides,
            venue_overrides=venues or {},
            progress=progress,
            aside=aside,
        )
        counted = derived.counts(connection)
        database.write_meta(
            connection,
            {
                **(meta or {}),
                **counted,
                "identity": uuid.uuid4().hex,
                "generation": str(generation),
                "built_at": database.now(),
                "works": counted["count:works"],
            },
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA analysis_limit = 1000")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")


def fill(path: Path, works: Iterable[WorkRows]) -> None:
    """Make library.db at `path` with `works`, in their order."""
    with filling(path) as writer:
        for place, rows in enumerate(works, 1):
            writer.add(rows, place * SPACING)


def fill_with_works(path: Path, works: Iterable[Work]) -> None:
    """Make library.db at `path` with `works` alone; for tests and measurements."""
    fill(path, (work_rows(work) for work in works))
