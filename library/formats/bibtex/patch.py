"""What can be asked of a .bib file: each patch is one change, and changes nothing else."""

import dataclasses
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

from library.errors import LibraryError, RefusedError, UsageError


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a field a value; where the entry lacks the field, add it in the file's usual place."""

    key: str
    field: str  # letter case does not count
    value: str  # the text between the delimiters: LaTeX or Unicode, braces balanced
    _: KW_ONLY
    occurrence: int = 0  # which of several entries with one key, from 0


@dataclass(frozen=True, slots=True)
class RemoveField:
    """Take a field out, each time it stands in the entry; no change where the entry lacks it."""

    key: str
    field: str
    _: KW_ONLY
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give an entry another key.

    Entries that name it (crossref, xref, xdata, related, entryset) follow, else they would lose
    what they inherit; `follow=False` leaves them.
    """

    key: str
    new: str
    follow: bool = True
    _: KW_ONLY
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class SetType:
    """Make an entry one of another type."""

    key: str
    type: str  # letter case does not count
    _: KW_ONLY
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class AppendEntry:
    """Add an entry behind the last one.

    Either `text`, one whole entry that is put in as it is written, or a type, a key and fields,
    which are written as the file writes its own.
    """

    text: str | None = None
    entry_type: str = ""
    key: str = ""
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)  # as in SetField


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    """Take an entry out, with the blank lines behind it."""

    key: str
    _: KW_ONLY
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class MoveEntry:
    """Put an entry before or behind another one."""

    key: str
    before: str | None = None  # a key; exactly one of the two is given
    after: str | None = None
    _: KW_ONLY
    occurrence: int = 0


Patch = SetField | RemoveField | RenameKey | SetType | AppendEntry | RemoveEntry | MoveEntry


class NoSuchEntryError(UsageError):
    """No entry has the key; nothing was changed."""

    def __init__(self, key: str, near: str | None = None) -> None:
        """Name the `key`, and one that is like it where there is one."""
        hint = f" There is {near!r}: letter case counts." if near else ""
        super().__init__(f"No entry has the key {key!r}.{hint} Nothing was changed.")
        self.key = key


class KeyTakenError(RefusedError):
    """Another entry has the key; nothing was changed."""

    def __init__(self, key: str) -> None:
        """Name the `key`."""
        super().__init__(
            f"An entry with the key {key!r} is there already. Nothing was changed; choose another "
            "key or change that entry."
        )
        self.key = key


class BrokenEntryError(RefusedError):
    """The entry is not written as BibTeX asks, so a change could hit the wrong bytes."""

    def __init__(self, key: str, line: int) -> None:
        """Name the `key` and the `line` where the entry starts."""
        super().__init__(
            f"The entry {key!r} in line {line} does not follow BibTeX's grammar, so it was not "
            "touched. Nothing was changed; `library build` says what is wrong with it."
        )
        self.key = key
        self.line = line


class BrokenFileError(RefusedError):
    """A broken block elsewhere would take in other bytes after the change."""

    def __init__(self, line: int) -> None:
        """Name the `line` where the broken block starts."""
        super().__init__(
            f"The block in line {line} is broken so that this change would alter how it reads, or "
            "how the entries behind it do. Nothing was changed; mend that block first "
            "(`library build` says what is wrong with it)."
        )
        self.line = line


class MovedFromStringsError(RefusedError):
    """An @string that the entry names is defined, or means something else, at the new place."""

    def __init__(self, key: str) -> None:
        """Name the `key`."""
        super().__init__(
            f"The entry {key!r} cannot stand there: @strings that it names mean something else in "
            "that place. Nothing was changed; move it behind its @strings."
        )
        self.key = key


class UnsafePatchError(LibraryError):
    """The changed file would not read back as asked. A safety net: nothing was changed."""

    def __init__(self, what: str) -> None:
        """Say `what` did not come out."""
        super().__init__(
            f"{what} does not read back as it was meant. Nothing was changed. This is a defect of "
            "the program: please report it with the entry."
        )
