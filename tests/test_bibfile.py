"""references.bib under our care: locked, saved in one step, never overwritten."""

import os
import stat
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from library.bibfile import (
    AppendEntry,
    BibFile,
    BibFileError,
    KeyTakenError,
    LockedError,
    MissingFileError,
    NoSuchEntryError,
    RemoveEntry,
    SetField,
)
from library.errors import UsageError, WorldError

TEXT = "@article{one,\n  title = {A},\n  year = {2000}\n}\n\n@book{two,\n  title = {B}\n}\n"
NEEDS_A_USER = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    path = tmp_path / "references.bib"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_what_is_not_changed_is_not_written(bib: Path) -> None:
    before = bib.stat()
    file = BibFile.open(bib)
    file.apply([SetField("one", "title", "A")])
    assert (file.is_changed, file.diff(), file.save()) == (False, "", False)
    assert bib.stat() == before
    assert file.keys == ["one", "two"]
    assert file.text("two") == "@book{two,\n  title = {B}\n}"


def test_a_save_writes_the_patches_and_keeps_the_mode(bib: Path) -> None:
    bib.chmod(0o640)
    file = BibFile.open(bib)
    file.apply([SetField("one", "year", "2001")])
    assert file.diff() == (
        "--- references.bib\n+++ references.bib\n@@ -1,6 +1,6 @@\n @article{one,\n"
        "   title = {A},\n-  year = {2000}\n+  year = {2001}\n }\n \n @book{two,\n"
    )
    assert file.save()
    assert bib.read_text(encoding="utf-8") == TEXT.replace("2000", "2001")
    assert stat.S_IMODE(bib.stat().st_mode) == 0o640
    assert not file.is_changed
    assert not file.save()


def test_only_the_lock_is_left_beside_the_file_and_git_ignores_it(bib: Path) -> None:
    file = BibFile.open(bib)
    file.apply([SetField("one", "year", "2001")])
    file.save()
    assert {path.name for path in bib.parent.iterdir()} <= {
        "references.bib",
        ".references.bib.lock",
    }


def test_a_file_that_changed_meanwhile_is_read_again_and_not_overwritten(bib: Path) -> None:
    file = BibFile.open(bib)
    file.apply([SetField("one", "year", "2001"), AppendEntry("@misc{new, note = {x}}")])
    bib.write_text("% a note\n" + TEXT.replace("{B}", "{Changed}"), encoding="utf-8")
    assert file.save()
    now = bib.read_text(encoding="utf-8")
    assert now == "% a note\n" + TEXT.replace("{B}", "{Changed}").replace("2000", "2001") + (
        "\n@misc{new, note = {x}}\n"
    )


def test_a_patch_that_no_longer_fits_writes_nothing(bib: Path) -> None:
    file = BibFile.open(bib)
    file.apply([SetField("one", "year", "2001")])
    bib.write_text("@book{two, title = {B}}\n", encoding="utf-8")
    with pytest.raises(NoSuchEntryError):
        file.save()
    assert bib.read_text(encoding="utf-8") == "@book{two, title = {B}}\n"


def test_a_patch_that_somebody_made_already_is_not_written_twice(bib: Path) -> None:
    file = BibFile.open(bib)
    file.apply([SetField("one", "year", "2001")])
    bib.write_text(TEXT.replace("2000", "2001"), encoding="utf-8")
    assert not file.save()


@pytest.mark.parametrize("raw", [b"", b"@misc{a,\n  title = {A},\n}\n% the end\n", b"% a word"])
@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_very_many_entries_are_written_as_if_at_once(
    bib: Path, raw: bytes, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    patches = [
        AppendEntry(entry_type="misc", key=f"k{number}", fields={"title": f"Nr. {number}"})
        for number in range(10)
    ]
    given = [AppendEntry(text="@misc{given,\n  title = {As given}\n}"), *patches]
    bib.write_bytes(raw)
    whole = BibFile.open(bib)
    whole.apply(given)
    monkeypatch.setattr("library.bibfile._AT_ONCE", at_once)
    file = BibFile.open(bib)
    file.extend(given)
    assert file.save()
    assert bib.read_bytes() == whole.content()
    again = BibFile.open(bib)
    with pytest.raises(KeyTakenError):
        again.extend([*(replace(one, key=f"n{one.key}") for one in patches), patches[0]])
    assert bib.read_bytes() == whole.content()


def test_a_key_that_somebody_took_meanwhile_is_not_written_twice(
    bib: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("library.bibfile._AT_ONCE", 1)
    file = BibFile.open(bib)
    file.extend(AppendEntry(entry_type="misc", key=key, fields={"title": key}) for key in "xyz")
    bib.write_bytes(bib.read_bytes() + b"\n@misc{z, title = {Theirs}}\n")
    with pytest.raises(KeyTakenError):
        file.save()
    assert b"Theirs" in bib.read_bytes()


def test_many_writers_lose_nothing(bib: Path) -> None:
    def add(number: int) -> None:
        file = BibFile.open(bib)
        file.apply([AppendEntry(entry_type="misc", key=f"key{number}", fields={"note": "x"})])
        file.save()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(BibFile.open(bib).keys) == sorted(
        ["one", "two", *(f"key{number}" for number in range(12))]
    )


def test_writers_in_other_processes_lose_nothing(bib: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from library.bibfile import AppendEntry, BibFile
        for number in range(5):
            file = BibFile.open(sys.argv[1])
            key = f"p{sys.argv[2]}n{number}"
            file.apply([AppendEntry(entry_type="misc", key=key, fields={"note": "x"})])
            file.save()
    """)
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(bib), str(number)])
        for number in range(3)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert len(BibFile.open(bib).keys) == 2 + 3 * 5


def test_a_lock_held_elsewhere_is_waited_for_and_then_reported(bib: Path) -> None:
    file = BibFile.open(bib)
    with (
        FileLock(bib.with_name(".references.bib.lock")),
        pytest.raises(LockedError, match="Another process is writing"),
        file.locked(0.05),
    ):
        pass
    with file.locked() as held:
        held.apply([SetField("one", "year", "1")])
        assert held.save()


def test_a_symbolic_link_stays_one(bib: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.bib"
    link.parent.mkdir()
    link.symlink_to(bib)
    file = BibFile.open(link)
    file.apply([SetField("one", "year", "2001")])
    assert file.save()
    assert link.is_symlink()
    assert "2001" in bib.read_text(encoding="utf-8")


def test_a_missing_file_is_a_usage_error_unless_it_is_to_be_made(tmp_path: Path) -> None:
    path = tmp_path / "new.bib"
    with pytest.raises(MissingFileError, match="There is no file"):
        BibFile.open(path)
    file = BibFile.open(path, create=True)
    file.apply([AppendEntry(entry_type="misc", key="k", fields={"title": "x"})])
    assert not path.exists()
    assert file.save()
    assert path.read_text(encoding="utf-8") == "@misc{k,\n  title = {x},\n}\n"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_a_file_that_went_away_is_not_made_again(bib: Path) -> None:
    file = BibFile.open(bib)
    file.apply([RemoveEntry("one")])
    bib.unlink()
    with pytest.raises(BibFileError, match="is gone since it was read"):
        file.save()
    assert not bib.exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BibFileError, match="cannot be read"):
        BibFile.open(tmp_path)


@NEEDS_A_USER
def test_a_read_only_folder_is_reported(bib: Path) -> None:
    file = BibFile.open(bib)
    file.apply([SetField("one", "year", "2001")])
    bib.parent.chmod(0o555)
    try:
        with pytest.raises(BibFileError, match="right to write"):
            file.save()
    finally:
        bib.parent.chmod(0o755)
    assert bib.read_text(encoding="utf-8") == TEXT


def test_a_full_disk_leaves_the_old_file_whole(bib: Path) -> None:
    """A limit on the size of files stands for the full disk: the kernel refuses the write."""
    script = textwrap.dedent("""
        import resource, signal, sys
        from library.bibfile import BibFile, BibFileError, SetField
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        file = BibFile.open(sys.argv[1])
        file.apply([SetField("one", "note", "x" * 100_000)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            file.save()
        except BibFileError as error:
            print(error)
            sys.exit(7)
    """)
    done = subprocess.run(
        [sys.executable, "-c", script, str(bib)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 7, done.stderr
    assert "could not be written" in done.stdout
    assert "The file is as it was" in done.stdout
    assert bib.read_text(encoding="utf-8") == TEXT
    assert [
        path.name for path in bib.parent.iterdir() if path.suffix not in {".bib", ".lock"}
    ] == []


def test_errors_of_the_world_and_of_usage_have_their_exit_codes() -> None:
    assert issubclass(BibFileError, WorldError)
    assert issubclass(MissingFileError, UsageError)
