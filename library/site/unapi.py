"""unAPI: how reference managers ask for the works of a page.

/unapi lists the formats, /unapi?id=KEY those of one work, /unapi?id=KEY&format=ris gives it.
Source: unAPI specification, revision 1.
"""

import sqlite3
from typing import Final
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from library import export
from library.site.answers import Answer, Ask, Missing, Plain
from library.store import read

FORMATS: Final = (
    # Zotero takes the first that it prefers, whatever the order here: its own RDF, then MODS.
    ("rdf_zotero", "rdf", "application/rdf+xml"),
    ("mods", "mods", "application/mods+xml"),
    ("ris", "ris", "application/x-research-info-systems"),
    ("bibtex", "bib", "application/x-bibtex"),
    ("csljson", "csljson", "application/vnd.citationstyles.csl+json"),
)
"""Name in unAPI, name in `export.FORMATS`, content type."""


def unapi(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer a request of the unAPI protocol."""
    identifier, wanted = ask.one("id"), ask.one("format")
    if not identifier:
        return _formats(None, 200)
    key = find_key(connection, identifier)
    if key is None:
        return Plain("No work has this id.", "text/plain; charset=utf-8", status=404)
    if not wanted:
        return _formats(identifier, 300)
    for name, own, content_type in FORMATS:
        if name == wanted:
            text = one_work(connection, key, own)
            return Plain(text, f"{content_type}; charset=utf-8")
    return Plain("This format is not offered.", "text/plain; charset=utf-8", status=406)


def find_key(connection: sqlite3.Connection, identifier: str) -> str | None:
    """Return the citation key that an id stands for.

    Ids are percent-encoded keys, since Zotero puts them into addresses as they are; programs that
    encode them once more arrive here with the encoded form.
    """
    for candidate in (identifier, unquote(identifier)):
        key = read.key_of(connection, candidate)
        if key is not None:
            return key
    return None


def one_work(connection: sqlite3.Connection, key: str, name: str) -> bytes:
    """Return one work in a format.

    Raises:
        Missing: no work has this key.
    """
    sql, params = export.of_keys([key])
    text = b"".join(export.stream(connection, sql, params, name))
    if not text:
        raise Missing("There is no such work.")
    return text


def _formats(identifier: str | None, status: int) -> Plain:
    about = f" id={quoteattr(identifier)}" if identifier is not None else ""
    lines = [f'<format name="{name}" type="{content_type}"/>' for name, _, content_type in FORMATS]
    body = "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<formats{about}>", *lines, "</formats>\n"]
    )
    return Plain(body, "application/xml; charset=utf-8", status=status)
