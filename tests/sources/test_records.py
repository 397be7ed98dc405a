"""records.db: nothing that was sent is lost, whatever happens to the file or beside it."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from library.sources.records import (
    Freshness,
    Provenance,
    Record,
    Records,
    RecordsError,
    encode,
)


def found(doi: str, body: str = "{}") -> Record:
    """Return a record as Crossref's."""
    return Record("crossref", "doi", doi, "found", "crossref-json", body, agency="crossref")


def test_what_is_put_comes_back_whole_with_its_date(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with Records(path) as records:
        kept = records.put(found("10.5555/x", encode({"title": ["é & <i>ü</i>"]})))
    with Records(path) as records:
        assert records.get("crossref", "doi", "10.5555/x") == kept
        assert records.get("datacite", "doi", "10.5555/x") is None
    age = datetime.now(UTC) - datetime.fromisoformat(kept.fetched_at)
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_many_answers_are_stored_all_or_none(records: Records) -> None:
    broken = Record("crossref", "doi", "10.5555/b", "odd")  # type: ignore[arg-type]
    with pytest.raises(RecordsError):
        records.put_many([found("10.5555/a"), broken])
    assert records.get("crossref", "doi", "10.5555/a") is None
    records.put_many(found(f"10.5555/{number}") for number in range(1000))
    wanted = [f"10.5555/{number}" for number in range(1100)]
    assert len(records.get_many("crossref", "doi", wanted)) == 1000
    assert [record.identifier for record in records.every("crossref")] == sorted(wanted[:1000])


@pytest.mark.parametrize("status", ["error", "not-found", "absent"])
def test_a_record_stays_when_a_later_answer_holds_none(status: str, records: Records) -> None:
    """The later answer is noted beside it, and goes when the record comes again."""
    kept = records.put(found("10.5555/x"))
    records.put(Record("crossref", "doi", "10.5555/x", status, reason="gone"))  # type: ignore[arg-type]
    assert records.get("crossref", "doi", "10.5555/x") == kept
    assert records.failure("crossref", "doi", "10.5555/x") is not None
    records.put(found("10.5555/x", '{"new": 1}'))
    assert records.failure("crossref", "doi", "10.5555/x") is None


def test_an_error_is_noted_and_is_no_answer(records: Records) -> None:
    records.put(Record("crossref", "doi", "10.5555/x", "error", reason="silence"))
    assert records.get("crossref", "doi", "10.5555/x") is None
    reason, date = records.failure("crossref", "doi", "10.5555/x") or ("", "")
    assert reason == "silence"
    assert date.endswith("Z")


def test_all_sources_words_on_one_identifier_come_together(records: Records) -> None:
    records.put(found("10.5555/x"))
    records.put(Record("datacite", "doi", "10.5555/x", "not-found", reason="unknown"))
    said = records.for_identifier("doi", "10.5555/x")
    assert {record.source for record in said} == {"crossref", "datacite"}


@pytest.mark.parametrize(
    ("status", "age", "freshness", "good"),
    [
        ("found", 5000, Freshness(), True),
        ("found", 31, Freshness(max_age=timedelta(days=30)), False),
        ("found", 29, Freshness(max_age=timedelta(days=30)), True),
        ("found", 0, Freshness(refresh=True), False),
        ("not-found", 6, Freshness(), True),
        ("not-found", 8, Freshness(), False),
        ("not-found", 5000, Freshness(not_found_age=None), True),
        ("absent", 0, Freshness(), False),
    ],
)
def test_an_answer_is_good_until_its_age(
    status: str,
    age: int,
    freshness: Freshness,
    good: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    date = (now - timedelta(days=age)).isoformat()
    assert freshness.accepts(status, date, now) is good  # type: ignore[arg-type]


def test_provenance_follows_a_work_to_its_new_key(records: Records) -> None:
    source = Provenance("diaz2014", "doi", "crossref", "2026-11-23T10:00:00Z", "10.5555/x")
    other = Provenance("diaz2014", "year", "crossref", "2026-11-23T10:00:00Z", "2014")
    records.add_provenance([source, other])
    records.add_provenance([Provenance("diaz2014", "year", "datacite", "2026-11-24", "2015")])
    assert [item.source for item in records.provenance("diaz2014")] == ["crossref", "datacite"]
    records.rename_key("diaz2014", "diaz2014confronting")
    assert records.provenance("diaz2014") == []
    assert len(records.provenance()) == 2
    records.remove_key("diaz2014confronting")
    assert records.provenance() == []


def test_a_missing_file_read_only_is_an_empty_store_and_stays_missing(tmp_path: Path) -> None:
    with Records(tmp_path / "none.db", read_only=True) as records:
        assert records.get("crossref", "doi", "10.5555/x") is None
        assert records.provenance() == []
    assert list(tmp_path.iterdir()) == []


def test_a_store_opened_read_only_can_be_read_and_not_written(tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records:
        records.put(found("10.5555/x"))
        with Records(tmp_path / "records.db", read_only=True) as reader:
            assert reader.get("crossref", "doi", "10.5555/x") is not None
            with pytest.raises(RecordsError, match="read-only"):
                reader.put(found("10.5555/y"))


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("content", [b"This is not a database. " * 100, b"SQLite format 3\0" * 99])
def test_a_damaged_store_is_said_so_and_left_alone(
    content: bytes,
    read_only: bool,  # noqa: FBT001 - a test's parameter
    tmp_path: Path,
) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(content)
    with pytest.raises(RecordsError, match=r"damaged.*Move it to another name"):
        Records(path, read_only=read_only)
    assert path.read_bytes() == content


def test_a_store_damaged_in_its_middle_is_said_so_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with Records(path) as records:
        records.put_many(found(f"10.5555/{number}", "x" * 500) for number in range(200))
    content = bytearray(path.read_bytes())
    content[20_000:80_000] = b"\xff" * 60_000
    path.write_bytes(content)
    with pytest.raises(RecordsError, match="damaged"), Records(path) as records:
        list(records.every())


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    Records(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('records', 'm999_from_the_future', '2030-01-01')"
        )
    connection.close()
    for read_only in (False, True):
        with pytest.raises(RecordsError, match=r"newer version.*m999.*Update the program"):
            Records(path, read_only=read_only)


def test_a_folder_that_is_missing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="folder"):
        Records(tmp_path / "none" / "records.db")


def test_a_store_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    Records(path).close()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with Records(path, wait=0.1) as impatient, pytest.raises(RecordsError, match="another process"):
        impatient.put(found("10.5555/x"))
    timer = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    timer.start()
    with Records(path, wait=10) as patient:
        patient.put(found("10.5555/x"))
    timer.join()
    other.close()


WRITER = """
import sys
from pathlib import Path
from library.sources.records import Record, Records
for number in range(12):
    with Records(Path(sys.argv[1])) as records:
        records.put_many(
            Record("crossref", "doi", f"10.5555/{sys.argv[2]}.{number}.{part}", "found", body="{}")
            for part in range(5)
        )
"""


def test_several_processes_can_make_and_fill_one_store(tmp_path: Path) -> None:
    """They start together, on a file that is not there yet."""
    path = tmp_path / "records.db"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(name)]) for name in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    with Records(path) as records:
        assert sum(1 for _ in records.every()) == 4 * 12 * 5


READ_ONLY = """
import os
import sys
from pathlib import Path
from library.sources.records import Record, Records, RecordsError
Records(Path(":memory:")).close()  # imports what is imported late
if os.geteuid() == 0:
    os.setuid(65534)
with Records(Path(sys.argv[1]), read_only=True) as records:
    assert records.get("crossref", "doi", "10.5555/x") is not None
try:
    with Records(Path(sys.argv[1])) as records:
        records.put(Record("crossref", "doi", "10.5555/y", "found", body="{}"))
except RecordsError as error:
    print(error)
"""


def test_in_a_read_only_folder_the_store_can_be_read_and_the_refusal_is_clear(
    tmp_path: Path,
) -> None:
    """As another user where we are root: root may write everywhere."""
    folder = tmp_path / "library"
    folder.mkdir()
    with Records(folder / "records.db") as records:
        records.put(found("10.5555/x"))
    (folder / "records.db").chmod(0o444)
    folder.chmod(0o555)
    for parent in (tmp_path, *tmp_path.parents):
        if os.geteuid() == 0 and parent.stat().st_uid == 0:
            parent.chmod(parent.stat().st_mode | 0o055)
    ran = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder / "records.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    folder.chmod(0o755)
    assert ran.returncode == 0, ran.stderr
    assert "cannot be written" in ran.stdout or "cannot be opened" in ran.stdout


def test_a_full_disk_is_said_so_and_nothing_is_half_stored(tmp_path: Path) -> None:
    """SQLite reports the same error for a database that has reached its size limit."""
    with Records(tmp_path / "records.db") as records:
        records.put(found("10.5555/x"))
        pages = records._db.conn.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001 - no other way to fill a disk
        records._db.conn.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001 - see above
        with pytest.raises(RecordsError, match="disk is full"):
            records.put_many(found(f"10.5555/{number}", "x" * 9000) for number in range(100))
        assert records.get("crossref", "doi", "10.5555/0") is None
        assert records.get("crossref", "doi", "10.5555/x") is not None


def test_many_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    """Each of several threads opens one of its own; none is told that the file is locked."""
    for number in range(20):
        path = tmp_path / f"{number}.db"
        barrier = threading.Barrier(8)

        def opened(path: Path = path, barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            with Records(path) as records:
                records.put(Record("crossref", "doi", f"10.1000/{id(records)}", "not-found"))
                return 1

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda _: opened(), range(8))) == 8
