"""What can be wrong with the data: never an exception, always a value that can be listed."""

from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

Severity = Literal["error", "warning", "info"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""From the gravest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect of the data: where it is, what it is, and what was done about it."""

    check: str  # the check's short name, kebab-case: "unknown-string"
    message: str  # a sentence for people: what is wrong, and what was done with the value
    severity: Severity = "warning"
    source: str = ""  # the file as the user named it ("references.bib"), or a source's name
    line: int | None = None  # from 1, in `source`
    key: str | None = None  # citation key, where the defect belongs to one entry
    field: str | None = None  # field name in lower case, where it belongs to one field

    def __str__(self) -> str:
        """Return "file:line: severity: message [check]", the form editors and CI can jump to."""
        place = self.source + (f":{self.line}" if self.line is not None else "")
        who = f" ({self.key})" if self.key else ""
        return f"{place + ': ' if place else ''}{self.severity}: {self.message}{who} [{self.check}]"

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the finding as plain values, for JSON."""
        return asdict(self)
