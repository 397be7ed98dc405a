"""The records that the twins serve: our own fixtures, and real ones where they are here."""

import gzip
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent.parent / "data" / "crossref"

Message = dict[str, Any]


class Works:
    """Crossref messages by DOI, with a full-text index for searches. Safe under threads."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._lock = threading.Lock()
        self._messages: dict[str, Message] = {}
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE works USING fts5"
            "(doi UNINDEXED, text, tokenize = 'unicode61 remove_diacritics 2')"
        )
        self.add(messages)

    def add(self, messages: Iterable[Message]) -> None:
        """Add messages; one with a DOI that is here already takes its place."""
        with self._lock:
            rows = []
            for message in messages:
                doi = message["DOI"].lower()
                if doi in self._messages:
                    self._index.execute("DELETE FROM works WHERE doi = ?", [doi])
                self._messages[doi] = message
                rows.append((doi, _text(message)))
            self._index.executemany("INSERT INTO works (doi, text) VALUES (?, ?)", rows)

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._messages.values()))

    def get(self, doi: str) -> Message | None:
        """Return the message of `doi`, in whatever letter case it is written."""
        return self._messages.get(doi.lower())

    def search(self, text: str, rows: int) -> list[tuple[Message, float]]:
        """Return the best messages for a text, with scores, by plain bm25 of any of its words."""
        words = "".join(character if character.isalnum() else " " for character in text).split()
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        with self._lock:
            found = self._index.execute(
                "SELECT doi, -bm25(works) FROM works WHERE works MATCH ?"
                " ORDER BY bm25(works), doi LIMIT ?",
                [query, rows],
            ).fetchall()
        return [(self._messages[doi], score) for doi, score in found]


@cache
def fixtures() -> tuple[Message, ...]:
    """Return our own messages, from tests/data/crossref: one a file, or {"message": …}."""
    messages = []
    for path in sorted(FIXTURES.glob("*.json")):
        parsed = json.loads(path.read_text(encoding="utf-8"))
        message = parsed.get("message", parsed) if isinstance(parsed, dict) else None
        if isinstance(message, dict) and isinstance(message.get("DOI"), str):
            messages.append(message)
    return tuple(messages)


def corpus(folder: Path) -> Iterator[Message]:
    """Yield the real messages under `folder`/crossref."""
    for path in sorted((folder / "crossref").glob("*.jsonl*")):
        if path.name.startswith("content_negotiated"):
            continue
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                message = json.loads(line)
                if isinstance(message.get("DOI"), str):
                    yield message


def _text(message: Message) -> str:
    """Return the words that a bibliographic reference may hold."""
    parts: list[str] = []
    for name in ("title", "subtitle", "container-title", "short-container-title", "ISSN"):
        parts += [str(value) for value in message.get(name) or []]
    for role in ("author", "editor"):
        for person in message.get(role) or []:
            parts += [str(person.get(part) or "") for part in ("given", "family", "name")]
    for name in ("volume", "issue", "page", "article-number", "publisher"):
        parts.append(str(message.get(name) or ""))
    for name in ("published-print", "published-online", "issued"):
        for date in (message.get(name) or {}).get("date-parts") or []:
            parts += [str(part) for part in date[:1] if part]
    # Half of a surrogate pair is possible in JSON, not in an index.
    return " ".join(parts).encode("utf-8", "replace").decode()
