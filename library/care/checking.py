"""Everything that is known to be wrong with the library, as findings.

What the reading and the records say stands in library.db since the last build; what happened to a
work after its publication is read off the notices and relations of its record.
"""

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from library.errors import UsageError
from library.findings import SEVERITIES, Finding, Severity
from library.formats.bibtex.blocks import decode, read_entries
from library.settings import Settings
from library.store import caring
from library.store.read import NoticeRow
from library.store.rows import TAKEN_BACK

_CONCERN: Final = frozenset({"expression_of_concern", "expression-of-concern", "concern"})


def check(
    connection: sqlite3.Connection,
    settings: Settings,
    *,
    keys: Collection[str] = (),
    only: Collection[str] = (),
    skip: Collection[str] = (),
    least: Severity = "info",
) -> list[Finding]:
    """Return what is wrong, in the order of the file.

    Args:
        connection: to a library.db that is up to date.
        settings: of the library.
        keys: of the entries to look at; none: all, and what stands between them.
        only: names of checks; none: all.
        skip: names of checks to leave out.
        least: the least severity.

    Raises:
        UsageError: a citation key is not in the library.
    """
    everything = [*caring.all_findings(connection), *_since(connection)]
    is_placed = all(finding.line is not None for finding in everything)
    lines = {} if is_placed and not keys else _lines(settings)
    unknown = [key for key in keys if key not in lines]
    if unknown:
        raise UsageError(f"There is no entry {', '.join(unknown)} in {settings.bib.name}.")
    rank = SEVERITIES.index(least)
    found = [
        _placed(finding, settings.bib.name, lines)
        for finding in everything
        if (not only or finding.check in only)
        and finding.check not in skip
        and (not keys or finding.key in keys)
        and SEVERITIES.index(finding.severity) <= rank
    ]
    return sorted(found, key=lambda one: (one.source, one.line or 0))


def _lines(settings: Settings) -> dict[str, int]:
    """Return the line of every entry, by citation key."""
    reading = read_entries(decode(settings.bib.read_bytes()), settings.bib.name)
    return {entry.key: entry.line for entry in reading.entries}


def _placed(finding: Finding, name: str, lines: dict[str, int]) -> Finding:
    """Return a finding about an entry with the place of the entry, whoever says it."""
    if finding.line is None and finding.key in lines:
        said = "" if finding.source in ("", name) else f" (says {finding.source})"
        return replace(
            finding, source=name, line=lines[finding.key], message=finding.message + said
        )
    return finding


def _since(connection: sqlite3.Connection) -> Iterator[Finding]:
    for key, notice in caring.notices(connection):
        yield _about(key, notice)
    for key, doi, article in caring.published_preprints(connection):
        where = f"in the library as {article}" if article else f"https://doi.org/{doi}"
        yield Finding(
            "preprint-published",
            f"the article of this preprint has appeared: {where}. Cite that, if it says the same",
            "warning",
            key=key,
        )
    for key, cited in caring.retracted_citations(connection):
        yield Finding("cites-retracted", f"it cites {cited}, which was retracted", "info", key=key)


def _about(key: str, notice: NoticeRow) -> Finding:
    told = ", ".join(part for part in (notice.source, notice.date) if part)
    where = f" Read the notice: https://doi.org/{notice.doi}" if notice.doi else ""
    said = f"{notice.label or notice.type}{f' ({told})' if told else ''}.{where}"
    if notice.type in TAKEN_BACK:
        return Finding("retracted", f"this work was retracted: {said}", "error", key=key)
    if notice.type in _CONCERN:
        return Finding("concern", f"there are concerns about this work: {said}", key=key)
    return Finding("corrected", f"this work was corrected: {said}", "info", key=key)
