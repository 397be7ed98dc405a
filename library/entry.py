"""What a .bib file says, before anyone asks what it means."""

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["entry", "string", "preamble", "comment", "text", "broken"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a .bib file. The blocks of a file, joined, are the file: no byte is left out.

    Offsets count bytes of the file in its scanned form (see `formats.bibtex.blocks`).
    """

    kind: BlockKind
    start: int  # offset of the first byte
    end: int  # offset behind the last byte
    line: int  # line of the first byte, from 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One "@type{key, field = value, …}" with its values unquoted and its @strings put in.

    Values still hold their LaTeX. Blanks and line ends inside a value are as written.
    """

    type: str  # lower case: "article"
    key: str  # as written; "" where the file has none
    fields: dict[str, str]  # lower-case field name -> value; the order is the file's
    line: int = 1  # line of the "@", from 1
    start: int = 0  # offsets as in Block
    end: int = 0
    quoted: frozenset[str] = field(default_factory=frozenset)  # names of fields with a bare macro
