"""An entry on its way to a Work: what is not yet understood, and what is already known."""

from typing import Any

from library.entry import Entry
from library.findings import Finding, Severity
from library.formats.bibtex.latex import decode
from library.formats.bibtex.latex_reader import Manner
from library.formats.bibtex.vocabulary import FIELD_ALIASES

_ALIASES = frozenset(FIELD_ALIASES)


class Draft:
    """`left` holds the fields that no one has taken yet; what stays there becomes `Work.extra`."""

    __slots__ = ("entry", "findings", "left", "source", "type", "values")

    def __init__(self, entry: Entry, source: str) -> None:
        self.entry = entry
        self.type = entry.type
        self.source = source
        self.left: dict[str, str] = dict(entry.fields)
        self.values: dict[str, Any] = {}  # Work's fields
        self.findings: list[Finding] = []
        left = self.left
        if not _ALIASES.isdisjoint(left):
            self.rename_aliases()

    def rename_aliases(self) -> None:
        """Give fields the names that biblatex has for them."""
        left = self.left
        for alias in [alias for alias in left if alias in FIELD_ALIASES]:
            name = FIELD_ALIASES[alias]
            value = left[alias]
            if name not in left:
                left[name] = left.pop(alias)
            elif left[name] == value:
                del left[alias]

    def take(self, field: str, manner: Manner = "plain") -> str | None:
        """Return the field's text and count it as understood; None where it says nothing."""
        raw = self.left.pop(field, None)
        return (decode(raw, manner) or None) if raw is not None else None

    def find(
        self, check: str, message: str, field: str | None = None, severity: Severity = "warning"
    ) -> None:
        """Note what is odd about the entry."""
        entry = self.entry
        self.findings.append(
            Finding(check, message, severity, self.source, entry.line, entry.key, field)
        )
