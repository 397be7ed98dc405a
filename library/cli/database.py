"""Reading library.db for a command: brought up to date first, where that can be."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from library.build import build
from library.cli.output import tell
from library.errors import WorldError
from library.settings import Settings
from library.store.schema import connect_reading


@contextmanager
def up_to_date(config: Settings) -> Iterator[sqlite3.Connection]:
    """Open library.db as references.bib is now; where it cannot be built, as it was built last.

    Raises:
        WorldError: it can neither be built nor read.
    """
    try:
        build(config)
    except WorldError as error:
        if not config.database.exists():
            raise
        tell(f"library: {error} What follows is the library as it was built last.")
    connection = connect_reading(config.database)
    try:
        yield connection
    finally:
        connection.close()
