"""What a format's `read` gives back."""

from dataclasses import dataclass, field

from library.findings import Finding
from library.work import Surroundings, Work


@dataclass(slots=True)
class Reading:
    """The works of a file in its order, and what was odd about them."""

    works: list[Work] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RecordReading:
    """One source's record, understood."""

    work: Work  # its citation_key is "" until `judgement.citation_keys` gives it one
    surroundings: Surroundings = field(default_factory=Surroundings)
    findings: tuple[Finding, ...] = ()
