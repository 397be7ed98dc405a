"""Is this work here already? Questions of those who add works, answered from library.db."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from library.formats import csl_json
from library.formats.csl_own import work_of
from library.judgement.citation_keys import TakenKeys
from library.judgement.normal import content_words, fold, tokens
from library.values.markup import plain
from library.work import Work

_TITLE_WORDS: Final = 8  # enough to tell a title, also where one of them has a typo
_SIMILAR: Final = 25  # works that are worth judging
_CHUNK: Final = 500  # values in one statement


def keys_of(connection: sqlite3.Connection, scheme: str, values: Iterable[str]) -> dict[str, str]:
    """Return the citation key of each identifier that a work of the library has."""
    wanted = list(values)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        found.update(
            connection.execute(
                "SELECT identifiers.value, works.citation_key FROM identifiers "  # noqa: S608 - marks only
                "JOIN works ON works.id = identifiers.work_id "
                f"WHERE identifiers.scheme = ? AND identifiers.value IN ({marks})",
                [scheme, *chunk],
            )
        )
    return found


def similar(connection: sqlite3.Connection, work: Work) -> Iterator[Work]:
    """Yield works with words of its title, the likest first: those that may be `work` itself."""
    return like(connection, work.title or "", _TITLE_WORDS)


def like(connection: sqlite3.Connection, text: str, most: int = 60) -> Iterator[Work]:
    """Yield works whose titles have words of `text` (the first `most`), the likest first."""
    words = content_words(tokens(fold(plain(text))))[:most]
    if not words:
        return
    phrase = "title : (" + " OR ".join('"' + word.replace('"', "") + '"' for word in words) + ")"
    rows = connection.execute(
        "SELECT work_details.csl FROM works_fts "
        "JOIN work_details ON work_details.work_id = works_fts.rowid "
        "WHERE works_fts MATCH ? ORDER BY works_fts.rank LIMIT ?",
        (phrase, _SIMILAR),
    )
    for (item,) in rows:
        yield csl_json.read_item(json.loads(item))[0]


def count(connection: sqlite3.Connection) -> int:
    """Return how many works there are."""
    return int(connection.execute("SELECT count(*) FROM works").fetchone()[0])


def all_works(connection: sqlite3.Connection) -> Iterator[Work]:
    """Yield every work as far as the judgement looks at it: without abstract and keywords."""
    rows = connection.execute(
        "SELECT json_remove(csl, '$.abstract', '$.annote', '$.keyword') FROM work_details"
    )
    for (item,) in rows:
        yield work_of(json.loads(item))


def works(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, Work]:
    """Return the works under `keys`; a key that is not here is left out."""
    found: dict[str, Work] = {}
    for key in keys:
        row = connection.execute(
            "SELECT work_details.csl FROM works "
            "JOIN work_details ON work_details.work_id = works.id WHERE citation_key = ?",
            (key,),
        ).fetchone()
        if row is not None:
            found[key] = csl_json.read_item(json.loads(row[0]))[0]
    return found


def taken_keys(connection: sqlite3.Connection) -> TakenKeys:
    """Return the citation keys that a new entry must not have: those in use, and those given up."""
    rows = connection.execute(
        "SELECT citation_key FROM works UNION ALL SELECT old_key FROM key_changes"
    )
    return TakenKeys(key for (key,) in rows)
