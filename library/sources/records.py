"""records.db: what each source sent, raw, with its date; and where each value came from.

A store, not a cache: what a source sent is written here before anyone reads it, and nothing that
stands here is asked for again unless a person wants it newer.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sqlite_utils import Database, Migrations

from library.sources.store_errors import RecordsError, in_words

__all__ = [
    "Freshness",
    "Provenance",
    "Record",
    "Records",
    "RecordsError",
    "Status",
    "encode",
]

Status = Literal["found", "not-found", "absent", "error"]
"""What came of asking one source for one identifier.

found: it sent a record. not-found: it said that it has none. absent: a batch came back without it,
and it is still to be asked for by itself. error: no usable answer; it will be asked again.
"""

migrations = Migrations("records")


@dataclass(frozen=True, slots=True)
class Record:
    """One source's answer about one identifier, raw."""

    source: str  # "crossref", "datacite", "doi.org", "pubmed", "arxiv", "openlibrary", …
    scheme: str  # "doi", "pmid", "pmcid", "arxiv", "isbn", "url", "query"
    identifier: str  # as it was asked for, in the form that `values.identifiers` stores
    status: Status
    format: str = ""  # what `body` is: "crossref-json", "csl-json", "pubmed-xml", …
    body: str | None = None  # the record as the source sent it, where it sent one
    agency: str | None = None  # who registered the DOI: "crossref", "datacite", …
    alias_of: str | None = None  # the DOI the record stands under, where that is another one
    etag: str | None = None
    reason: str | None = None  # for people: why there is no record
    fetched_at: str = ""  # UTC: "2026-11-23T18:40:00Z"; the store fills it in

    def json(self) -> Any:  # noqa: ANN401 - whatever the source sent
        """Return the body, parsed. Only for formats that end in "json"."""
        if self.body is None:
            msg = f"{self.identifier} has no record from {self.source} ({self.status})"
            raise ValueError(msg)
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one value of one work came from."""

    citation_key: str
    field: str  # of the entry, in lower case
    source: str  # as in Record
    date: str  # of the record: "2026-11-23T18:40:00Z"
    value: str = ""  # as it was written; another value in the file today is the user's own


@dataclass(frozen=True, slots=True)
class Freshness:
    """When an answer that is already here is good enough."""

    refresh: bool = False  # ask again for everything
    max_age: timedelta | None = None  # of a record; None: for ever
    not_found_age: timedelta | None = timedelta(days=7)  # a new DOI takes days to be registered

    def accepts(self, status: Status, fetched_at: str, now: datetime) -> bool:
        """Tell whether an answer with this status and date need not be asked for again."""
        if self.refresh or status in {"absent", "error"}:
            return False
        limit = self.max_age if status == "found" else self.not_found_age
        return limit is None or now - datetime.fromisoformat(fetched_at) <= limit


@migrations()
def m001_answers(db: Database) -> None:
    """What each source said, one row an identifier: the newest answer that holds something."""
    db.execute(
        """
        CREATE TABLE answers (
            source TEXT NOT NULL,
            scheme TEXT NOT NULL,
            identifier TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('found', 'not-found', 'absent')),
            format TEXT NOT NULL,
            body TEXT,
            agency TEXT,
            alias_of TEXT,
            etag TEXT,
            reason TEXT,
            fetched_at TEXT NOT NULL,
            PRIMARY KEY (source, scheme, identifier)
        )
        """
    )
    db.execute("CREATE INDEX answers_by_identifier ON answers (scheme, identifier)")


@migrations()
def m002_failures(db: Database) -> None:
    """The last time that a source gave no usable answer; goes when it gives one."""
    db.execute(
        """
        CREATE TABLE failures (
            source TEXT NOT NULL,
            scheme TEXT NOT NULL,
            identifier TEXT NOT NULL,
            reason TEXT NOT NULL,
            failed_at TEXT NOT NULL,
            PRIMARY KEY (source, scheme, identifier)
        )
        """
    )


@migrations()
def m003_provenance(db: Database) -> None:
    """Where each value of a work came from, where it was not the user."""
    db.execute(
        """
        CREATE TABLE provenance (
            citation_key TEXT NOT NULL,
            field TEXT NOT NULL,
            source TEXT NOT NULL,
            date TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (citation_key, field)
        )
        """
    )


@migrations()
def m004_jobs(db: Database) -> None:
    """What people asked for on the page of the site where works are added; see jobs.py."""
    db.execute(
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            actor TEXT NOT NULL,
            pasted TEXT NOT NULL,
            state TEXT NOT NULL CHECK (
                state IN ('asked', 'looked-up', 'confirmed', 'done', 'failed', 'dropped')
            ),
            created_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            begun INTEGER NOT NULL DEFAULT 0,
            done INTEGER NOT NULL DEFAULT 0,
            total INTEGER NOT NULL DEFAULT 0,
            message TEXT NOT NULL DEFAULT '',
            diff TEXT NOT NULL DEFAULT ''
        )
        """
    )
    db.execute("CREATE INDEX jobs_by_state ON jobs (state, created_at)")
    db.execute("CREATE INDEX jobs_by_actor ON jobs (actor, created_at)")
    db.execute(
        """
        CREATE TABLE job_items (
            job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            asked TEXT NOT NULL,
            status TEXT NOT NULL,
            message TEXT NOT NULL,
            citation_key TEXT,
            about TEXT NOT NULL,
            chosen INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (job, position)
        )
        """
    )


@migrations()
def m005_stored(db: Database) -> None:
    """When an answer came here: a snapshot's is older than that; NULL: when it was fetched."""
    db.execute("ALTER TABLE answers ADD COLUMN stored_at TEXT")


_COLUMNS = ", ".join(column.name for column in fields(Record))
_MARKS = ", ".join("?" for _ in fields(Record))
_CHUNK = 300  # values in one statement: below every SQLite's limit


class Records:
    """An open records.db. Safe under threads and under several processes.

    Args:
        path: the file; made, with its tables, where it is missing.
        read_only: open what is there, write nothing; a missing file is an empty store.
        wait: seconds to wait for another process that is writing.

    Raises:
        RecordsError: the file is no records.db, is newer than this program, or cannot be used.
    """

    def __init__(self, path: Path, *, read_only: bool = False, wait: float = 30.0) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._explained():
            self._db = _open(path, read_only=read_only, wait=wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.conn.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for reading, one thread at a time; errors come as RecordsError."""
        with self._explained():
            yield self._db.conn

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection inside one write transaction: all of it is stored, or none."""
        with self._writing():
            yield self._db.conn

    def get(self, source: str, scheme: str, identifier: str) -> Record | None:
        """Return the answer that is stored, or None where the source was never asked."""
        return self.get_many(source, scheme, [identifier]).get(identifier)

    def get_many(self, source: str, scheme: str, identifiers: Iterable[str]) -> dict[str, Record]:
        """Return the answers that are stored, by identifier."""
        rows = self._rows(_COLUMNS, source, scheme, identifiers)
        return {row[2]: Record(*row) for row in rows}

    def statuses(
        self, source: str, scheme: str, identifiers: Iterable[str]
    ) -> dict[str, tuple[Status, str]]:
        """Return (status, date) of the answers that are stored, by identifier; no bodies."""
        rows = self._rows("identifier, status, fetched_at", source, scheme, identifiers)
        return {row[0]: (row[1], row[2]) for row in rows}

    def dates_of_found(
        self, source: str, scheme: str, identifiers: Iterable[str]
    ) -> dict[str, str]:
        """Return the dates of the records that are stored under their own identifiers."""
        rows = self._rows("identifier, status, fetched_at, alias_of", source, scheme, identifiers)
        return {row[0]: row[2] for row in rows if row[1] == "found" and row[3] is None}

    def _rows(
        self, columns: str, source: str, scheme: str, identifiers: Iterable[str]
    ) -> Iterator[tuple[Any, ...]]:
        wanted = list(dict.fromkeys(identifiers))
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ", ".join("?" for _ in chunk)
            with self._explained():
                rows = self._db.conn.execute(
                    f"SELECT {columns} FROM answers"  # noqa: S608 - our own names only
                    f" WHERE source = ? AND scheme = ? AND identifier IN ({marks})",
                    [source, scheme, *chunk],
                ).fetchall()
            yield from rows

    def for_identifier(self, scheme: str, identifier: str) -> list[Record]:
        """Return what all sources said about one identifier, newest first."""
        with self._explained():
            rows = self._db.conn.execute(
                f"SELECT {_COLUMNS} FROM answers"  # noqa: S608 - our own names only
                " WHERE scheme = ? AND identifier = ? ORDER BY fetched_at DESC, source",
                [scheme, identifier],
            )
            return [Record(*row) for row in rows]

    def every(self, source: str | None = None, status: Status = "found") -> Iterator[Record]:
        """Yield the stored answers with `status`, of one source or of all, by identifier."""
        last = ("", "", "")
        while True:
            with self._explained():
                rows = self._db.conn.execute(
                    f"SELECT {_COLUMNS} FROM answers"  # noqa: S608 - our own names only
                    " WHERE status = ? AND (? IS NULL OR source = ?)"
                    " AND (source, scheme, identifier) > (?, ?, ?)"
                    " ORDER BY source, scheme, identifier LIMIT ?",
                    [status, source, source, *last, _CHUNK],
                ).fetchall()
            for row in rows:
                yield Record(*row)
            if len(rows) < _CHUNK:
                return
            last = rows[-1][:3]

    def put(self, record: Record) -> Record:
        """Store one answer; see `put_many`."""
        return self.put_many([record])[0]

    def put_many(self, records: Iterable[Record]) -> list[Record]:
        """Store answers, all or none, and return them with their date.

        A record that was found once is never lost: an error or "not found" that comes later is
        noted beside it (`failure`), and the record stays.
        """
        now = _stamp(datetime.now(UTC))
        dated = [_dated(record, now) for record in records]
        with self._writing():
            for record in dated:
                self._store(record, None if record.fetched_at == now else now)
        return dated

    def failure(self, source: str, scheme: str, identifier: str) -> tuple[str, str] | None:
        """Return (reason, date) of the last failure, where no good answer came after it."""
        with self._explained():
            row = self._db.conn.execute(
                "SELECT reason, failed_at FROM failures"
                " WHERE source = ? AND scheme = ? AND identifier = ?",
                [source, scheme, identifier],
            ).fetchone()
        return (row[0], row[1]) if row else None

    def add_provenance(self, items: Iterable[Provenance]) -> None:
        """Note where values came from; a newer note on the same field takes the older's place."""
        with self._writing():
            self._db.conn.executemany(
                "INSERT OR REPLACE INTO provenance (citation_key, field, source, date, value)"
                " VALUES (?, ?, ?, ?, ?)",
                [astuple(item) for item in items],
            )

    def provenance(self, citation_key: str | None = None) -> list[Provenance]:
        """Return where the values of one work, or of all, came from."""
        with self._explained():
            rows = self._db.conn.execute(
                "SELECT citation_key, field, source, date, value FROM provenance"
                " WHERE ? IS NULL OR citation_key = ? ORDER BY citation_key, field",
                [citation_key, citation_key],
            )
            return [Provenance(*row) for row in rows]

    def changed_since(self, moment: str) -> tuple[set[str], set[str]]:
        """Return the DOIs with an answer, and the citation keys with provenance, from `moment` on.

        What is from that very second is given too.
        """
        with self._explained():
            # A file that was never written since it has the column's migration lacks it.
            is_dated = "stored_at" in {column.name for column in self._db["answers"].columns}
            stored = "coalesce(stored_at, fetched_at)" if is_dated else "fetched_at"
            dois = self._db.conn.execute(
                "SELECT DISTINCT identifier FROM answers"  # noqa: S608 - our own names only
                f" WHERE scheme IN ('doi', 'citing') AND {stored} >= ?",
                [moment],
            )
            keys = self._db.conn.execute(
                "SELECT DISTINCT citation_key FROM provenance WHERE date >= ?", [moment]
            )
            return {row[0] for row in dois}, {row[0] for row in keys}

    def rename_key(self, old: str, new: str) -> None:
        """Let the provenance of a work follow its new citation key."""
        with self._writing():
            self._db.conn.execute(
                "UPDATE OR REPLACE provenance SET citation_key = ? WHERE citation_key = ?",
                [new, old],
            )

    def remove_key(self, citation_key: str) -> None:
        """Forget the provenance of a work that was removed; the records stay."""
        with self._writing():
            self._db.conn.execute("DELETE FROM provenance WHERE citation_key = ?", [citation_key])

    def _store(self, record: Record, stored_at: str | None) -> None:
        """Write one answer inside the open transaction."""
        place = (record.source, record.scheme, record.identifier)
        old = self._db.conn.execute(
            "SELECT status FROM answers WHERE source = ? AND scheme = ? AND identifier = ?", place
        ).fetchone()
        has_record = old is not None and old[0] == "found"
        if record.status == "error" or (has_record and record.status != "found"):
            reason = record.reason or f"asked again: {record.status}"
            self._db.conn.execute(
                "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?)",
                [*place, reason, record.fetched_at],
            )
            return
        self._db.conn.execute(
            f"INSERT OR REPLACE INTO answers ({_COLUMNS}, stored_at)"  # noqa: S608 - ours
            f" VALUES ({_MARKS}, ?)",
            [*astuple(record), stored_at],
        )
        self._db.conn.execute(
            "DELETE FROM failures WHERE source = ? AND scheme = ? AND identifier = ?", place
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold one write transaction: all of it is stored, or none."""
        with self._explained():
            # IMMEDIATE takes the write lock at once: a transaction that starts by reading could
            # not wait for another process's write and would fail with "database is locked".
            self._db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.conn.rollback()
                raise
            self._db.conn.commit()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in words for people what SQLite says in its own; one thread at a time."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise in_words(self.path, error) from error


def encode(message: object) -> str:
    """Return parsed JSON as text that a database can hold, characters as they are."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only its escape can be stored
        return json.dumps(message, separators=(",", ":"))
    return text


def _dated(record: Record, now: str) -> Record:
    return record if record.fetched_at else replace(record, fetched_at=now)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _open(path: Path, *, read_only: bool, wait: float) -> Database:
    if read_only:
        return _open_to_read(path, wait)
    connection = sqlite3.connect(path, timeout=wait, check_same_thread=False, isolation_level=None)
    try:
        _enter_wal(connection, wait)
        connection.execute("PRAGMA synchronous = FULL")  # what was fetched survives a power cut
        db = Database(connection)
        _migrate(path, db)
    except BaseException:
        connection.close()
        raise
    return db


def _enter_wal(connection: sqlite3.Connection, wait: float) -> None:
    """Put the file into WAL mode, once; it stays there.

    SQLite does not wait here as it does elsewhere: where two open a new file at the same moment,
    the second is told at once that it is locked.
    """
    deadline = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _open_to_read(path: Path, wait: float) -> Database:
    """Open what is there; in a folder that cannot be written, without WAL's helper files."""
    if not path.exists():
        empty = Database(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))
        migrations.apply(empty)
        return empty
    address = path.resolve().as_uri()
    failure: sqlite3.Error | None = None
    for mode in ("?mode=ro", "?immutable=1"):
        connection = sqlite3.connect(
            address + mode, uri=True, timeout=wait, check_same_thread=False, isolation_level=None
        )
        try:
            connection.execute("SELECT 1 FROM answers LIMIT 1")
            db = Database(connection)
            _refuse_newer(path, db)
        except sqlite3.OperationalError as error:
            connection.close()
            # WAL's helper files cannot be made in a read-only folder; SQLite says it in two ways.
            read_only_folder = "unable to open" in str(error) or "readonly" in str(error)
            if not read_only_folder or _has_unwritten_pages(path):
                raise
            failure = error
        except BaseException:
            connection.close()
            raise
        else:
            return db
    raise failure or sqlite3.OperationalError("unable to open database file")


def _has_unwritten_pages(path: Path) -> bool:
    """Tell whether a file beside the database holds what an immutable reading would miss."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _migrate(path: Path, db: Database) -> None:
    """Bring the tables up to date, once, whatever other processes do at the same time."""
    _refuse_newer(path, db)
    if not migrations.pending(db):
        return
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.commit()


def _refuse_newer(path: Path, db: Database) -> None:
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - no public list
    newer = [done.name for done in migrations.applied(db) if done.name not in known]
    if newer:
        raise RecordsError(
            path,
            f"it was written by a newer version of this program ({newer[-1]} is not known here)",
            "Update the program; nothing was changed",
        )
