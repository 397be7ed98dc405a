"""What checks look at: the file's entries, and the works that they describe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from library.entry import Entry
from library.formats.bibtex.blocks import Source, read_entries
from library.formats.bibtex.read import from_entries, without_collector
from library.work import Work


@dataclass(frozen=True, slots=True)
class Library:
    """A file that was read once for all checks."""

    source: Source
    name: str  # of the file, for messages
    entries: Sequence[Entry]
    works: Mapping[str, Work]  # by citation key
    key_pattern: str

    @classmethod
    def of(cls, source: Source, name: str, key_pattern: str) -> "Library":
        """Read a file."""
        with without_collector():
            entries = read_entries(source, name).entries
            works = from_entries(list(entries), name).works
        return cls(source, name, entries, {work.citation_key: work for work in works}, key_pattern)
