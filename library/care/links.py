"""Addresses in entries that are dead or have moved."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from library.findings import Finding, Severity
from library.sources.links import Link

_SECURE: Final = "https"


def findings(links: Iterable[Link], entries: Mapping[str, list[tuple[str, int]]]) -> list[Finding]:
    """Return what is wrong with addresses.

    Args:
        links: what came of asking.
        entries: address -> (citation key, line) of the entries that have it.
    """
    found = []
    for link in links:
        for key, line in entries.get(link.url, ()):
            finding = _finding(link, key, line)
            if finding is not None:
                found.append(finding)
    return found


def _finding(link: Link, key: str, line: int) -> Finding | None:
    if link.state == "dead":
        message = (
            f"{link.url} leads nowhere ({link.detail}); find where it is now, or an archive's copy"
        )
        return Finding("dead-link", message, "warning", line=line, key=key, field="url")
    if link.state == "moved" and link.target is not None:
        message = f"{link.url} has moved for good to {link.target}"
        severity: Severity = "info" if _is_secured(link.url, link.target) else "warning"
        return Finding("moved-link", message, severity, line=line, key=key, field="url")
    return None


def _is_secured(old: str, new: str) -> bool:
    """Tell whether only the protocol changed, or a "/" or "www." with it."""
    before, after = urlsplit(old), urlsplit(new)

    def host(name: str) -> str:
        return name.lower().removeprefix("www.")

    return (
        after.scheme == _SECURE
        and host(before.netloc) == host(after.netloc)
        and before.path.rstrip("/") == after.path.rstrip("/")
        and before.query == after.query
    )
