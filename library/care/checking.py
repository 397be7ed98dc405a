"""Everything that is known to be wrong with the library, as findings.

What the reading and the records say stands in library.db since the last build; what happened to a
work after its publication is read off the notices and relations of its record.
"""

import difflib
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from library.care import manners
from library.care.looking import Library
from library.care.missing_dois import missing_dois
from library.care.registry import CHECKS
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
    more: Collection[Finding] = (),
) -> list[Finding]:
    """Return what is wrong, in the order of the file.

    Args:
        connection: to a library.db that is up to date.
        settings: of the library.
        keys: of the entries to look at; none: all, and what stands between them.
        only: names of checks; none: all.
        skip: names of checks to leave out.
        least: the least severity.
        more: what was found out elsewhere: addresses that are dead.

    Raises:
        UsageError: a citation key is not in the library.
    """
    rules = Rules.of(settings, only, skip)
    everything = [*caring.all_findings(connection), *_since(connection)]
    everything += [replace(finding, source=settings.bib.name) for finding in more]
    rank = SEVERITIES.index(least)
    wanted = frozenset(
        name
        for name in rules.wanted & {*manners.names(), "missing-doi"}
        # What would not be told need not be looked for.
        if SEVERITIES.index(rules.severities.get(name, CHECKS[name].severity)) <= rank
    )
    lines: dict[str, int] = {}
    if wanted and settings.bib.exists():
        source = decode(settings.bib.read_bytes())
        look = Library.of(source, settings.bib.name, settings.key_pattern)
        lines = {entry.key: entry.line for entry in look.entries}
        everything += manners.look(look, wanted - {"missing-doi"})
        if "missing-doi" in wanted:
            everything += missing_dois(look, settings.records)
    if not lines and (keys or any(finding.line is None for finding in everything)):
        lines = _lines(settings)
    unknown = [key for key in keys if key not in lines]
    if unknown:
        raise UsageError(f"There is no entry {', '.join(unknown)} in {settings.bib.name}.")
    judged = (rules.judged(finding) for finding in everything)
    found = [
        _placed(finding, settings.bib.name, lines)
        for finding in judged
        if finding is not None
        and (not keys or finding.key in keys)
        and SEVERITIES.index(finding.severity) <= rank
    ]
    return sorted(found, key=lambda one: (one.source, one.line or 0))


@dataclass(frozen=True, slots=True)
class Rules:
    """Which checks are made, how grave each is, and what is waived for which entry."""

    wanted: frozenset[str]
    severities: Mapping[str, Severity]
    waived: frozenset[tuple[str, str]]  # (citation key, check)

    @classmethod
    def of(cls, settings: Settings, only: Collection[str], skip: Collection[str]) -> "Rules":
        """Return the rules of the settings and of one request.

        Raises:
            UsageError: a name is no check, or a severity none.
        """
        waivers = [
            (key, *(part.strip() for part in one.partition(":")[::2]))
            for key, text in settings.waived.items()
            for one in _WAIVERS.split(text)
            if one.strip()
        ]
        named = {*only, *skip, *settings.checks, *(check for _, check, _ in waivers)}
        unknown = sorted(named - CHECKS.keys())
        if unknown:
            near = difflib.get_close_matches(unknown[0], CHECKS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(
                f"There is no check {unknown[0]!r}.{hint} docs/reference/checks.md lists them."
            )
        wrong = [
            (name, value)
            for name, value in settings.checks.items()
            if value not in (*SEVERITIES, "off")
        ]
        if wrong:
            raise UsageError(
                f"{settings.metadata.name}: the check {wrong[0][0]} is {wrong[0][1]!r}; it can be "
                f"{', '.join(SEVERITIES)} or off."
            )
        bare = [(key, check) for key, check, reason in waivers if not reason]
        if bare:
            raise UsageError(
                f"{settings.metadata.name}: the waiver of {bare[0][1]} for {bare[0][0]} has no "
                f'reason. Write it behind the name: "{bare[0][1]}: why it is right so".'
            )
        off = {name for name, value in settings.checks.items() if value == "off"}
        usual = CHECKS.keys() - {name for name in _OPT_IN if name not in settings.checks}
        severities = {
            name: cast("Severity", value)
            for name, value in settings.checks.items()
            if name not in off
        }
        wanted = frozenset(only or usual - off) - frozenset(skip)
        return cls(wanted, severities, frozenset((key, check) for key, check, _ in waivers))

    def judged(self, finding: Finding) -> Finding | None:
        """Return a finding as grave as the rules say; None where it is not wanted."""
        if finding.check in CHECKS and finding.check not in self.wanted:
            return None
        if (finding.key or "", finding.check) in self.waived:
            return None
        severity = self.severities.get(finding.check)
        return replace(finding, severity=severity) if severity else finding


_WAIVERS: Final = re.compile(r";\s*(?=[a-z-]+:)")  # a reason may hold semicolons
_OPT_IN: Final = frozenset({"key-pattern"})


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
