"""What can be wrong with records.db, in words for the person at the keyboard."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from library.errors import WorldError


class RecordsError(WorldError):
    """`path` cannot be used as the store of records."""

    def __init__(self, path: Path, cause: str, remedy: str) -> None:
        super().__init__(f"{path}: {cause}. {remedy}")
        self.path = path


_KNOWN: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (
        lambda said: "locked" in said or "busy" in said,
        "another process has been writing to it all the time",
        "Nothing of this step was stored; run the same command again when that one has ended.",
    ),
    (
        lambda said: "readonly" in said or "read-only" in said,
        "it cannot be written (read-only file or folder)",
        "Nothing was stored. Make the file and its folder writable.",
    ),
    (
        lambda said: "unable to open" in said,
        "it cannot be opened (missing folder, or no permission)",
        "Nothing was stored. Check that the folder exists and is writable.",
    ),
    (
        lambda said: "full" in said,
        "the disk is full",
        "Nothing of this step was stored; make room and run the same command again.",
    ),
    (
        lambda said: "not a database" in said or "malformed" in said or "no such table" in said,
        "it is damaged, or no records.db at all",
        (
            "Move it to another name and run the same command again: a new one is made and "
            "records are fetched again. What is lost with it are dates, provenance and open jobs; "
            "no entry is lost. `sqlite3 FILE .recover` may save more."
        ),
    ),
)


def in_words(path: Path, error: sqlite3.Error) -> RecordsError:
    """Return what SQLite's error means for the data, and what to do."""
    said = str(error).lower()
    for applies, cause, remedy in _KNOWN:
        if applies(said):
            return RecordsError(path, cause, remedy)
    return RecordsError(path, f"the database says: {error}", "Nothing of this step was stored.")
