"""Dates as bibliographies have them: partial, ranges, uncertain, or only words."""

from dataclasses import dataclass

DateParts = tuple[int] | tuple[int, int] | tuple[int, int, int]
"""(year,), (year, month) or (year, month, day); year 0 is 1 BC, months 21 to 24 are the
seasons spring to winter (EDTF, ISO 8601-2)."""


@dataclass(frozen=True, slots=True)
class Date:
    """One date or a range of dates. `literal` alone is a date that could not be understood."""

    start: DateParts | None = None  # None with `end`: open start
    end: DateParts | None = None  # None: a single date, unless `open_end`
    open_end: bool = False  # "2014/..": goes on
    circa: bool = False  # "2014~" or "2014?": approximate or uncertain
    literal: str | None = None  # "forthcoming"

    @property
    def year(self) -> int | None:
        """The year the date starts in, else the one it ends in; None where only words are known."""
        parts = self.start or self.end
        return parts[0] if parts else None
