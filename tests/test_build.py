"""The build as a whole: what it makes, and that the old database or the new one is always there."""

# ruff: noqa: S311 - made-up data needs no cryptographic chance

import asyncio
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from library.build import Summary, build, watch
from library.errors import UsageError
from library.formats.bibtex.blocks import decode, read_entries
from library.settings import Settings
from library.store import caring, read
from library.store.schema import DatabaseError, connect_reading
from tests.store.contents import check_whole
from tests.store.counts import times
from tests.store.rebuilding import build_again

SEED = Path(__file__).parents[1] / "references.bib"
ONE = "@article{one, title = {First}, year = 2001}\n"
TWO = "@article{two, title = {Second}, year = 2002, ids = {old-two, older}}\n"


@pytest.fixture(name="settings")
def fixture_settings(tmp_path: Path) -> Settings:
    root = tmp_path / "library"
    root.mkdir()
    (root / "references.bib").write_text(ONE + TWO, encoding="utf-8")
    return Settings(root=root)


def _keys(settings: Settings) -> list[str]:
    with closing(connect_reading(settings.database)) as connection:
        rows = connection.execute("SELECT citation_key FROM works ORDER BY position")
        return [row[0] for row in rows]


def _counted(summary: Summary) -> tuple[int, int, int, int, str]:
    return (summary.added, summary.changed, summary.removed, summary.unchanged, summary.way)


def test_the_seed_is_built_whole(tmp_path: Path) -> None:
    shutil.copy(SEED, tmp_path)
    settings = Settings(root=tmp_path)
    summary = build(settings)
    assert summary.added == summary.works == SEED.read_text(encoding="utf-8").count("\n@")
    check_whole(settings.database)
    with closing(connect_reading(settings.database)) as connection:
        kinds = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM keywords")}
        assert kinds >= {"topic", "audience", "form"}
        page = read.work_page(connection, "heal")
        assert page is not None
        assert page.bibtex.startswith("@misc{heal,")


def test_a_build_says_what_it_changed(settings: Settings) -> None:
    assert _counted(build(settings)) == (2, 0, 0, 0, "whole")
    assert _counted(build(settings)) == (0, 0, 0, 2, "nothing")
    settings.bib.write_text(ONE.replace("First", "1st") + TWO, encoding="utf-8")
    assert _counted(build(settings)) == (0, 1, 0, 1, "changes")
    settings.bib.write_text(ONE + "@misc{new, title={x}}\n", encoding="utf-8")
    assert _counted(build(settings)) == (1, 1, 1, 0, "changes")
    assert _counted(build(settings, full=True)) == (0, 0, 0, 2, "whole")
    assert _keys(settings) == ["one", "new"]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_looks_like_an_entry_inside_of_a_long_value_is_none(
    settings: Settings, processes: int
) -> None:
    """The file is read in stretches of 256 kB, whose starts are guessed and then made sure of."""
    quoted = "@article{quoted, title = {Not here}, year = 2001}\n" * 8000
    long = f"@misc{{long, title = {{A list}}, note = {{As in:\n{quoted}}}, year = 2002}}\n"
    few = "".join(f"@book{{b{n}, title = {{Book {n}}}, year = 2003}}\n" for n in range(5))
    broken = "@article{broken, title = {never closed\n"
    text = few + long + few.replace("{b", "{c") + broken + few.replace("{b", "{d")
    settings.bib.write_text('@string{x = "y"}\n' + text, encoding="utf-8")
    build(settings, full=True, processes=processes)
    wanted = [entry.key for entry in read_entries(decode(settings.bib.read_bytes())).entries]
    assert "quoted" not in wanted
    with closing(sqlite3.connect(settings.database)) as connection:
        keys = connection.execute("SELECT citation_key FROM works ORDER BY position").fetchall()
    assert [key for (key,) in keys] == wanted


def test_two_processes_build_what_one_builds(settings: Settings) -> None:
    text = "".join(
        f"@article{{k{n}, title = {{Work {n}}}, author = {{Diaz, H. and W{n}, A}}}}\n\n"
        for n in range(1800)
    )
    settings.bib.write_text(
        '@string{j = "A"}\n' + text + "@book{last, title = j}\n", encoding="utf-8"
    )
    build(settings)
    one = _keys(settings)
    build(settings, full=True, processes=2)
    assert _keys(settings) == one
    check_whole(settings.database)
    assert build(settings).way == "nothing"


def test_an_old_key_leads_to_the_work(settings: Settings) -> None:
    build(settings)
    with closing(connect_reading(settings.database)) as connection:
        assert read.key_of(connection, "older") == read.key_of(connection, "two") == "two"
        assert read.key_of(connection, "nobody") is None


def test_of_two_entries_with_one_key_the_first_counts(settings: Settings) -> None:
    settings.bib.write_text(ONE + TWO + ONE.replace("First", "Third"), encoding="utf-8")
    build(settings)
    with closing(connect_reading(settings.database)) as connection:
        titles = connection.execute("SELECT title FROM works WHERE citation_key = 'one'").fetchall()
        assert titles == [("First",)]
        (finding,) = caring.findings(connection, check="key-twice")
        assert (finding.line, finding.severity) == (3, "error")
    settings.bib.write_text(TWO + ONE.replace("First", "Third"), encoding="utf-8")
    build(settings)
    with closing(connect_reading(settings.database)) as connection:
        assert caring.findings(connection, check="key-twice") == []


def test_a_broken_entry_is_a_finding_and_the_next_is_read(settings: Settings) -> None:
    settings.bib.write_text(
        ONE + "@article{broken, title = {never closed\n\n" + TWO, encoding="utf-8"
    )
    build(settings)
    assert {"one", "two"} <= set(_keys(settings))
    with closing(connect_reading(settings.database)) as connection:
        assert {one.line for one in caring.findings(connection)} & {2, 3}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_a_file_in_another_encoding_is_built(settings: Settings, encoding: str) -> None:
    settings.bib.write_text(ONE.replace("First", "Élan für Öl"), encoding=encoding)
    build(settings)
    settings.bib.write_text(ONE.replace("First", "Élan für Öle"), encoding=encoding)
    build(settings)
    with closing(connect_reading(settings.database)) as connection:
        assert connection.execute("SELECT title FROM works").fetchall() == [("Élan für Öle",)]


def test_a_missing_file_is_said_and_leaves_the_database(settings: Settings) -> None:
    build(settings)
    settings.bib.unlink()
    with pytest.raises(UsageError, match="There is no file"):
        build(settings)
    assert _keys(settings) == ["one", "two"]


def test_an_empty_file_is_an_empty_library(settings: Settings) -> None:
    settings.bib.write_bytes(b"")
    assert build(settings).works == 0
    assert _keys(settings) == []
    settings.bib.write_text(ONE, encoding="utf-8")
    assert build(settings).works == 1


def test_a_damaged_database_is_kept_aside_and_made_again(settings: Settings) -> None:
    build(settings)
    settings.database.write_bytes(b"not a database" * 1000)
    build(settings)
    assert _keys(settings) == ["one", "two"]
    aside = settings.database.with_name("library.db.damaged")
    assert aside.read_bytes().startswith(b"not a database")


def test_a_database_of_a_newer_version_is_refused(settings: Settings) -> None:
    build(settings)
    with closing(sqlite3.connect(settings.database)) as connection:
        connection.execute(
            "UPDATE _sqlite_migrations SET name = 'm999_future' WHERE name = 'm002_indices'"
        )
        connection.commit()
    before = settings.database.read_bytes()
    with pytest.raises(DatabaseError, match="newer version"):
        build(settings)
    assert settings.database.read_bytes() == before


def test_a_locked_database_is_said_with_what_to_do(settings: Settings) -> None:
    """The wait is half a minute; here it is cut short."""
    build(settings)
    settings.bib.write_text(TWO, encoding="utf-8")
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="locked"):
            build(settings, wait=0.2)
        other.execute("ROLLBACK")
    assert _keys(settings) == ["one", "two"]
    build(settings)
    assert _keys(settings) == ["two"]


def test_a_file_saved_during_the_build_is_read_again(settings: Settings) -> None:
    saved: list[bool] = []

    def save(_: str) -> None:
        if not saved:
            saved.append(True)
            settings.bib.write_text(ONE + TWO + "@misc{late, title = {Late}}\n", encoding="utf-8")

    build(settings, progress=save)
    assert saved
    assert _keys(settings) == ["one", "two", "late"]


@pytest.mark.parametrize("full", [True, False])
def test_an_interrupted_build_leaves_the_old_database(settings: Settings, *, full: bool) -> None:
    build(settings)
    settings.bib.write_text(TWO, encoding="utf-8")

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(settings, full=full, progress=interrupt)
    assert _keys(settings) == ["one", "two"]
    check_whole(settings.database)
    assert not list(settings.root.glob("library.db.building*"))
    build(settings)
    assert _keys(settings) == ["two"]


_LIMITED = """
import resource, signal, sys
from pathlib import Path
from library.build import build
from library.errors import UsageError, WorldError
from library.settings import Settings
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    build(Settings(root=Path(sys.argv[1])), full=sys.argv[3] == "full")
except WorldError as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("way", ["full", "changes"])
def test_a_disk_that_takes_no_more_leaves_the_old_database(settings: Settings, way: str) -> None:
    """A limit on file sizes stands for the full disk: a write in the middle fails."""
    build(settings)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] < 0
    settings.bib.write_text(
        ONE + f"@misc{{big, title = {{x}}, abstract = {{{'word ' * 200_000}}}}}\n", encoding="utf-8"
    )
    limit = settings.database.stat().st_size + 4096 if way == "full" else 100_000
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(settings.root), str(limit), way],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "library.db" in done.stdout
    assert _keys(settings) == ["one", "two"]
    check_whole(settings.database)
    build(settings)
    assert _keys(settings) == ["one", "big"]


def test_a_folder_that_cannot_be_written_is_said(settings: Settings) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    settings.root.chmod(0o500)
    try:
        with pytest.raises(DatabaseError, match="writable"):
            build(settings)
    finally:
        settings.root.chmod(0o700)


def test_a_killed_build_leaves_the_old_database_or_the_new(settings: Settings) -> None:
    """With SIGKILL, at a random moment; then the database holds one whole generation."""
    chance = random.Random(6)
    # Forked from a process that has imported all: a kill costs what the build costs.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["__main__", build_again.__module__])
    for number in range(times(12, 100)):
        ready = processes.Event()
        process = processes.Process(target=build_again, args=(settings.root, number * 1000, ready))
        process.start()
        assert ready.wait(60)
        time.sleep(chance.uniform(0.02, 0.5))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        if settings.database.exists():
            check_whole(settings.database)
            with closing(connect_reading(settings.database)) as connection:
                titles = connection.execute("SELECT DISTINCT title FROM works").fetchall()
                assert len(titles) == 1
    build(settings)
    assert len(_keys(settings)) == 300


async def _served(settings: Settings, rebuilds: int) -> None:
    """Rebuild under eight clients; no answer may fail, mix two states, or stay behind."""
    works = 120

    def save(number: int) -> None:
        settings.bib.write_text(
            "".join(f"@misc{{k{i}, title = {{Generation {number}}}}}\n" for i in range(works)),
            encoding="utf-8",
        )

    save(0)
    build(settings)
    site = Datasette([str(settings.database)], settings={"max_returned_rows": 1000})
    done = threading.Event()
    answers = [0]
    path = "/library.json?sql=select+title+from+works&_shape=objects"

    async def titles() -> set[str]:
        answer = await site.client.get(path)
        assert answer.status_code == 200, answer.text
        rows = answer.json()["rows"]
        assert len(rows) == works
        answers[0] += 1
        return {row["title"] for row in rows}

    async def client() -> None:
        while not done.is_set():
            assert len(await titles()) == 1
            page = await site.client.get("/library/works.json?_size=5&_nosuggest=1")
            assert page.status_code == 200, page.text

    async def rebuild() -> None:
        try:
            for number in range(1, rebuilds + 1):
                save(number)
                await asyncio.to_thread(build, settings, full=number % 4 == 0)
                assert await titles() == {f"Generation {number}"}
        finally:
            done.set()

    await asyncio.gather(rebuild(), *(client() for _ in range(8)))
    assert answers[0] > rebuilds


async def test_a_running_site_answers_through_rebuilds(settings: Settings) -> None:
    """No failed and no torn answer, fresh after each."""
    await _served(settings, times(15, 100))


def test_a_watch_builds_after_each_save_and_stops(settings: Settings) -> None:
    built: list[Summary] = []
    stop = threading.Event()
    thread = threading.Thread(
        target=watch, args=(settings, built.append, stop.is_set), kwargs={"interval": 0.02}
    )
    thread.start()
    try:
        _until(lambda: len(built) == 1)
        settings.bib.write_text(TWO, encoding="utf-8")
        _until(lambda: len(built) == 2)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert _keys(settings) == ["two"]


def _until(condition: object) -> None:
    for _ in range(1000):
        if condition():  # type: ignore[operator] # a function
            return
        time.sleep(0.02)
    pytest.fail("it did not happen within twenty seconds")
