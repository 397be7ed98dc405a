"""What programs follow: Atom feeds, the sitemap, robots.txt, and the browser's search field."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from library.site import presenting
from library.site.answers import Answer, Ask, Missing, Plain
from library.site.searching import asked
from library.store import query, read

SITEMAP_SIZE: Final = 40_000
"""Addresses in one file of the sitemap; the protocol allows 50,000."""
FEED_SIZE: Final = 50

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the newest works of a search as an Atom feed (RFC 4287)."""
    wanted = asked(ask)
    search = replace(wanted.search, sort="added", size=FEED_SIZE, offset=0)
    rows = query.find(connection, search).rows
    to = ask.to
    here = to.absolute(to.works(wanted.pairs(sort=None, list=None), "atom"))
    page = to.absolute(to.works(wanted.pairs(sort=None, list=None)))
    state = read.state(connection)
    title = ask.site.title + (f": {wanted.q}" if wanted.q else "")
    entries = [_entry(ask, row, state.built) for row in rows]
    body = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(title)}</title>",
        f"<id>{_text(here)}</id>",
        f"<updated>{_text(state.built)}</updated>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(here)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>',
        f"<author><name>{_text(ask.site.title)}</name></author>",
        *entries,
        "</feed>\n",
    ]
    return Plain("\n".join(body), "application/atom+xml; charset=utf-8")


def _entry(ask: Ask, row: query.ResultRow, built: str) -> str:
    shown = presenting.listed(row)
    address = ask.to.absolute(ask.to.work(shown.citation_key))
    updated = built
    where = " · ".join(part for part in (shown.venue, shown.place, shown.year, shown.kind) if part)
    names = shown.authors or "unknown"
    return (
        f"<entry><title>{_text(shown.title_text)}</title><id>{_text(address)}</id>"
        f'<link rel="alternate" type="text/html" href={quoteattr(address)}/>'
        f"<updated>{_text(updated)}</updated><author><name>{_text(names)}</name></author>"
        f'<summary type="text">{_text(where)}</summary></entry>'
    )


def sitemap_index(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the parts of the sitemap."""
    parts = -(-max(1, read.counts(connection).works) // SITEMAP_SIZE)
    addresses = (ask.to.absolute(ask.to.path(f"sitemap-{part}.xml")) for part in range(parts))
    lines = [f"<sitemap><loc>{_text(address)}</loc></sitemap>" for address in addresses]
    return _xml("sitemapindex", lines)


def sitemap(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with one part of the sitemap: the pages of works, in the order of the library."""
    part = int(ask.parts["part"][:6])
    keys = read.keys_of_part(connection, part * SITEMAP_SIZE, SITEMAP_SIZE)
    pages = [ask.to.home(), *(map(ask.to.path, ("works", "people", "venues", "keywords", "about")))]
    addresses = [*(pages if part == 0 else []), *(ask.to.work(key) for key in keys)]
    if not addresses:
        raise Missing("The sitemap has no such part.")
    return _xml(
        "urlset", [f"<url><loc>{_text(ask.to.absolute(path))}</loc></url>" for path in addresses]
    )


def robots(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with robots.txt: works may be read and indexed; searches and tables need not be."""
    del connection
    to = ask.to
    lines = [
        "User-agent: *",
        *(
            f"Disallow: {to.path(path)}"
            for path in ("works?", "works.", "works/by/", "list", "unapi")
        ),
        f"Disallow: {to.path('library')}",
        f"Allow: {to.path('w/')}",
        f"Sitemap: {to.absolute(to.path('sitemap.xml'))}",
    ]
    return Plain("\n".join(lines) + "\n", "text/plain; charset=utf-8")


def opensearch(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer with the description by which browsers offer our search in their address field."""
    del connection
    template = ask.to.absolute(ask.to.path("works")) + "?q={searchTerms}"
    name = presenting.shortened(ask.site.title, 16)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{_text(name)}</ShortName>\n"
        f"<Description>{_text(ask.site.title)}</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template={quoteattr(template)}/>\n'
        "</OpenSearchDescription>\n"
    )
    return Plain(body, "application/opensearchdescription+xml; charset=utf-8")


def _xml(root: str, lines: Iterable[str]) -> Plain:
    body = "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines,
            f"</{root}>\n",
        ]
    )
    return Plain(body, "application/xml; charset=utf-8")


def _text(value: str) -> str:
    """Return text for XML, without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("\ufffd", value))
