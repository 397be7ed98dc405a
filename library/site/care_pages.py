"""Pages for those who look after the library: what is missing, what is wrong, what it is."""

import sqlite3
from typing import Final

from library.site import presenting
from library.site.answers import Answer, Ask, BadQuestion, Page
from library.store import caring, query, read
from library.store.query import Search

MISSING_SHOWN: Final = 50
FINDINGS_SHOWN: Final = 20
"""Findings of one check on the page; the table has all."""


def missing(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the works that ours cite and that are not here."""
    text = ask.one("page") or "1"
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 1000):  # noqa: PLR2004 - pages that anyone reads
        raise BadQuestion("There is no such page; the table missing_works has all rows.")
    page = int(text)
    found = caring.missing_works(connection, (page - 1) * MISSING_SHOWN, MISSING_SHOWN + 1)
    here = ask.to.path("missing")
    context = {
        "rows": [
            {
                "doi": one.doi,
                "count": one.cited_by_here,
                "text": _described(one),
            }
            for one in found[:MISSING_SHOWN]
        ],
        "previous": f"{here}?page={page - 1}" if page > 1 else None,
        "next": f"{here}?page={page + 1}" if len(found) > MISSING_SHOWN else None,
    }
    return Page("missing-works.html", context)


def _described(one: caring.MissingWork) -> str:
    who = one.first_author or ""
    when = f"({one.year})" if one.year else ""
    pieces = (" ".join(part for part in (who, when) if part), one.title, one.container_title)
    return presenting.shortened(". ".join(piece for piece in pieces if piece), 300)


def health(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with findings, retractions, and articles without a DOI."""
    to = ask.to
    counted = read.counts(connection)
    groups = []
    for severity, check, count in caring.findings_by_check(connection)[:60]:
        rows = caring.findings(connection, severity=severity, check=check, size=FINDINGS_SHOWN)
        groups.append(
            {
                "check": check,
                "severity": severity,
                "count": count,
                "rows": [_finding(ask, one) for one in rows],
                "more": to.table("findings", (("check", check), ("severity", severity)))
                if count > len(rows)
                else None,
            }
        )
    without = counted.works - counted.with_doi
    errors, warnings = counted.findings["error"], counted.findings["warning"]
    context = {
        "tiles": [
            _tile(_named("error", errors), errors, "#findings", alarm=True),
            _tile(_named("warning", warnings), warnings, "#findings"),
            _tile("retracted", counted.retracted, to.where(retracted=1), alarm=True),
            _tile("without a DOI", without, to.table("works_without_a_doi")),
            _tile(
                _named("missing work", counted.missing_works),
                counted.missing_works,
                to.path("missing"),
            ),
        ],
        "groups": groups,
        "retracted": [presenting.listed(row) for row in caring.retracted(connection)],
        "citing": [
            (presenting.listed(citing), presenting.listed(cited))
            for citing, cited in caring.citing_retracted(connection)
        ],
    }
    return Page("health.html", context)


def _named(thing: str, count: int) -> str:
    return thing if count == 1 else f"{thing}s"


def _tile(label: str, count: int, href: str, *, alarm: bool = False) -> dict[str, object]:
    return {
        "label": label,
        "count": count,
        "href": href if count else "",
        "alarm": alarm and count > 0,
    }


def _finding(ask: Ask, one: read.FindingRow) -> dict[str, object]:
    place = one.source + (f":{one.line}" if one.line is not None else "")
    return {
        "key": one.citation_key,
        "href": ask.to.work(one.citation_key) if one.citation_key else None,
        "message": presenting.shortened(one.message, 600),
        "place": place,
    }


def about(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with what the library is, how it is searched, and what can be taken away."""
    to = ask.to
    counted = read.counts(connection)
    counts = (
        ("Works", counted.works),
        ("of them with a DOI", counted.with_doi),
        ("of them with an abstract", counted.with_abstract),
        ("of them in open access, as far as is known", counted.open_access),
        ("of them retracted", counted.retracted),
        ("People and organisations", counted.people),
        ("Venues", counted.venues),
        ("Keywords", counted.keywords),
        ("References between works", counted.citations),
    )
    some = query.find(connection, Search(size=1)).rows
    examples = [to.works((), "bib"), to.works([("open_access", "1")], "csljson")]
    examples += [to.work(row.citation_key, "ris") for row in some]
    context = {
        "counts": [{"label": label, "count": count} for label, count in counts],
        "examples": [{"href": href} for href in examples],
    }
    return Page("about.html", context)
