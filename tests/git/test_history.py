"""Who added an entry and who edited it last, told by real repositories."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from library.build import build
from library.git.history import history, state
from library.settings import Settings
from tests.running import library
from tests.store.contents import contents

ONE = "@article{one,\n  title = {Growth},\n  date = {2019},\n}\n"
TWO = "@book{two,\n  title = {Roots},\n}\n"


def commit(folder: Path, who: str, when: str, message: str) -> None:
    """Commit everything as somebody, at a time."""
    date = f"{when}T12:00:00+00:00"
    identity = {
        "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": "who@library.example",
        "GIT_COMMITTER_NAME": who, "GIT_COMMITTER_EMAIL": "who@library.example",
        "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
    }  # fmt: skip
    for arguments in (["add", "-A"], ["commit", "-qm", message]):
        subprocess.run(["git", *arguments], check=True, cwd=folder, env=identity)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository in which two people added an entry each, and one edited the other's."""
    subprocess.run(["git", "init", "-q"], check=True, cwd=tmp_path)
    (tmp_path / ".gitignore").write_text("library.db*\n")
    (tmp_path / "metadata.yml").write_text("title: T\nplugins: {library: {history: true}}\n")
    bib = tmp_path / "references.bib"
    bib.write_text(ONE)
    commit(tmp_path, "Ann Alder", "2024-01-01", "Add growth")
    bib.write_text(ONE + "\n" + TWO)
    commit(tmp_path, "Ben Birch", "2024-02-01", "Add roots")
    bib.write_text(ONE.replace("2019", "2020") + "\n" + TWO)
    commit(tmp_path, "Ben Birch", "2024-03-01", "Mend the year of growth")
    return tmp_path


def _rows(root: Path) -> list[tuple[str, str | None, str | None, str | None, str | None]]:
    with closing(sqlite3.connect(root / "library.db")) as connection:
        return connection.execute(
            "SELECT citation_key, added_at, added_by, edited_at, edited_by FROM work_history"
            " JOIN works ON works.id = work_id ORDER BY citation_key"
        ).fetchall()


def test_an_entry_knows_who_added_and_who_edited_it(root: Path) -> None:
    found = history(root / "references.bib")
    one, two = found["one"], found["two"]
    assert one.added is not None
    assert one.edited is not None
    assert (one.added.author, one.added.date) == ("Ann Alder", "2024-01-01T12:00:00Z")
    assert (one.edited.author, one.edited.date) == ("Ben Birch", "2024-03-01T12:00:00Z")
    assert [commit.summary for commit in one.commits] == ["Mend the year of growth", "Add growth"]
    assert [commit.lines for commit in one.commits] == [1, 3]
    assert two.added == two.edited


def test_what_is_not_committed_is_nobodys_yet(root: Path) -> None:
    bib = root / "references.bib"
    bib.write_text(bib.read_text().replace("Roots", "Roots and Leaves") + "@misc{new, title={N}}\n")
    found = history(bib)
    assert (found["new"].added, found["new"].edited, found["new"].commits) == (None, None, ())
    assert found["two"].added is not None
    assert found["two"].edited is None


def test_a_shallow_clone_does_not_take_its_edge_for_the_beginning(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shallow = tmp_path_factory.mktemp("shallow") / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", root.as_uri(), str(shallow)], check=True)
    found = history(shallow / "references.bib")
    assert found["one"].added is None
    assert found["two"].commits == ()


def test_no_repository_no_commit_and_an_unknown_file_tell_nothing(tmp_path: Path) -> None:
    bib = tmp_path / "references.bib"
    bib.write_text(ONE)
    assert (state(bib), history(bib)) == (None, {})
    subprocess.run(["git", "init", "-q"], check=True, cwd=tmp_path)
    assert (state(bib), history(bib)) == (None, {})


def test_a_detached_head_tells_the_same(root: Path) -> None:
    before = history(root / "references.bib")
    subprocess.run(["git", "checkout", "-q", "--detach"], check=True, cwd=root)
    assert history(root / "references.bib") == before


def test_the_database_has_it_where_it_is_asked_for_and_follows_each_commit(root: Path) -> None:
    settings = Settings(root=root, history=True)
    build(settings)
    one = ("one", "2024-01-01T12:00:00Z", "Ann Alder", "2024-03-01T12:00:00Z", "Ben Birch")
    two = ("two", "2024-02-01T12:00:00Z", "Ben Birch", "2024-02-01T12:00:00Z", "Ben Birch")
    assert _rows(root) == [one, two]
    assert build(settings).way == "nothing"
    bib = root / "references.bib"
    bib.write_text(bib.read_text().replace("Roots", "Roots and Leaves"))
    assert build(settings).way == "changes"
    assert _rows(root) == [one, (*two[:3], None, None)]
    commit(root, "Cleo Cedar", "2024-04-01", "More of roots")
    assert build(settings).way == "changes"
    assert _rows(root) == [one, (*two[:3], "2024-04-01T12:00:00Z", "Cleo Cedar")]
    changed = contents(settings.database)
    build(settings, full=True)
    assert contents(settings.database) == changed
    build(Settings(root=root))
    assert _rows(root) == []


def test_the_command_obeys_the_setting(root: Path) -> None:
    assert library("build", cwd=root).returncode == 0
    assert len(_rows(root)) == 2
    (root / "metadata.yml").write_text("title: T\nplugins: {library: {history: maybe}}\n")
    done = library("build", cwd=root)
    assert done.returncode == 2
    assert "the setting 'history' must be true or false" in done.stderr
