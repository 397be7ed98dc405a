"""Two versions of a .bib file that grew from one, merged."""

import random
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from library.cli.main import cli
from library.errors import WorldError
from library.formats.bibtex.blocks import decode, read_entries
from library.formats.bibtex.document import open_document
from library.formats.bibtex.patch import AppendEntry, Patch, RemoveEntry, RemoveField, SetField
from library.git.describing import describe
from library.git.merging import merge

BASE = """% ours
@string{jex = "Journal of Examples"}

@article{doe2014,
  author  = {Doe, Ann},
  title   = "Leaves",
  journal = jex,
  year    = 2014,
}

@book{roe2001,
  author = {Roe, Ben},
  title  = {Roots},
}

@misc{moe1999, title = {Stems}, year = {1999}}
"""


def changed(*patches: Patch, base: str = BASE) -> bytes:
    return open_document(base.encode()).patched(patches).source.encode()


def fields(content: bytes) -> dict[str, dict[str, str]]:
    return {entry.key: entry.fields for entry in read_entries(decode(content)).entries}


def test_entries_of_both_sides_are_merged() -> None:
    ours = changed(AppendEntry(text="@book{ours2020,\n  title = {Ours},\n}"))
    theirs = changed(AppendEntry(text="@book{theirs2020,\n  title = {Theirs},\n}"))
    done = merge(BASE.encode(), ours, theirs)
    assert done.conflicts == ()
    assert {"ours2020", "theirs2020", "doe2014", "roe2001", "moe1999"} == set(fields(done.content))
    assert done.content.startswith(b"% ours\n@string{jex")


def test_fields_of_one_entry_are_merged_as_they_were_written() -> None:
    ours = changed(SetField("doe2014", "volume", "3"))
    theirs = changed(
        SetField("doe2014", "title", "Leaves and Trees"), RemoveField("doe2014", "year")
    )
    done = merge(BASE.encode(), ours, theirs)
    assert done.conflicts == ()
    text = done.content.decode()
    assert 'title   = "Leaves and Trees",' in text
    assert "journal = jex," in text
    assert "year" not in fields(done.content)["doe2014"]
    assert fields(done.content)["doe2014"]["volume"] == "3"


def test_a_conflict_is_on_the_field_alone() -> None:
    ours = changed(SetField("doe2014", "title", "Leaves I"), SetField("doe2014", "volume", "3"))
    theirs = changed(SetField("doe2014", "title", "Leaves II"), SetField("roe2001", "year", "2001"))
    done = merge(BASE.encode(), ours, theirs)
    assert done.conflicts == ("doe2014: title",)
    assert (
        "<<<<<<< ours\n"
        '  title   = "Leaves I",\n'
        "=======\n"
        '  title   = "Leaves II",\n'
        ">>>>>>> theirs\n"
        "  journal = jex,\n"
    ) in done.content.decode()
    assert "year   = {2001}" in done.content.decode()


def test_removed_here_and_changed_there_is_a_conflict_that_loses_nothing() -> None:
    ours = changed(RemoveEntry("roe2001"))
    theirs = changed(SetField("roe2001", "year", "2001"))
    done = merge(BASE.encode(), ours, theirs)
    assert done.conflicts == ("roe2001: changed on one side, removed on the other",)
    assert "=======\n@book{roe2001," in done.content.decode()
    back = merge(BASE.encode(), theirs, ours)
    assert "<<<<<<< ours\n@book{roe2001," in back.content.decode()


def test_removed_on_one_side_is_removed() -> None:
    done = merge(
        BASE.encode(), changed(SetField("doe2014", "volume", "3")), changed(RemoveEntry("roe2001"))
    )
    assert done.conflicts == ()
    assert set(fields(done.content)) == {"doe2014", "moe1999"}


def test_what_stands_between_entries_comes_from_the_side_that_changed_it() -> None:
    ours = changed(SetField("doe2014", "volume", "3"))
    theirs = BASE.replace("% ours\n", "% theirs\n% more\n").encode()
    done = merge(BASE.encode(), ours, theirs)
    assert not done.by_lines
    assert done.content.startswith(b"% theirs\n% more\n")
    assert fields(done.content)["doe2014"]["volume"] == "3"


@pytest.mark.parametrize(
    "broken",
    [
        BASE.replace("@misc{moe1999", "@misc{doe2014"),  # a key twice
        BASE.replace("year = {1999}}", "year = {1999}"),  # no end
        BASE.replace("% ours", "% something else"),
    ],
)
def test_what_cannot_be_told_apart_is_merged_by_lines(broken: str) -> None:
    ours = BASE.replace("% ours", "% nobody's").encode()
    done = merge(BASE.encode(), ours, broken.encode())
    assert done.by_lines
    assert b"Roots" in done.content


def test_encodings_stay(tmp_path: Path) -> None:
    base = BASE.replace("Leaves", "Blätter").encode("cp1252")
    theirs = BASE.replace("Leaves", "Blätter und Bäume").encode("cp1252")
    done = merge(base, base, theirs)
    assert done.content == theirs
    chinese = merge(base, theirs, BASE.replace("Leaves", "Blätter").replace("Roots", "根").encode())
    assert chinese.by_lines or "根".encode() in chinese.content
    del tmp_path


def test_what_git_cannot_merge_by_lines_is_left_alone() -> None:
    ours, theirs = (BASE.replace("% ours", word).encode("utf-16") for word in ("% a", "% b"))
    with pytest.raises(WorldError, match="Nothing was changed"):
        merge(BASE.encode("utf-16"), ours, theirs)


def random_edits(base: str, chance: random.Random) -> list[Patch]:
    entries = read_entries(decode(base.encode())).entries
    patches: list[Patch] = []
    for _ in range(chance.randint(1, 4)):
        entry = chance.choice(entries)
        if any(isinstance(one, RemoveEntry) and one.key == entry.key for one in patches):
            continue
        kind = chance.randrange(4)
        if kind == 0:
            patches.append(
                SetField(
                    entry.key, chance.choice(["title", "year", "note"]), f"v{chance.randrange(9)}"
                )
            )
        elif kind == 1 and len(entry.fields) > 1:
            patches.append(RemoveField(entry.key, chance.choice(list(entry.fields))))
        elif kind == 2:
            key = f"new{chance.randrange(10**6)}"
            patches.append(AppendEntry(text=f"@book{{{key},\n  title = {{{key}}},\n}}"))
        else:
            patches.append(RemoveEntry(entry.key))
    return patches


@pytest.mark.parametrize("seed", range(120))
def test_random_edits_lose_no_entry_and_conflict_only_where_one_field_differs(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same edits at each run
    ours, theirs = (changed(*random_edits(BASE, chance)) for _ in range(2))
    done = merge(BASE.encode(), ours, theirs)
    base, mine, other = fields(BASE.encode()), fields(ours), fields(theirs)
    if done.conflicts:
        for key in {one.partition(":")[0] for one in done.conflicts}:
            assert mine.get(key) != base.get(key) != other.get(key) != mine.get(key)
        return
    result = fields(done.content)
    for key in base.keys() | mine.keys() | other.keys():
        for name in {n for side in (base, mine, other) for n in side.get(key, {})}:
            b, m, o = (side.get(key, {}).get(name) for side in (base, mine, other))
            wanted = m if o == b else o
            if key in result or wanted is not None:
                is_gone = key in base and (key not in mine or key not in other)
                assert is_gone or result[key].get(name) == wanted, (key, name)


def test_differences_are_told_in_words() -> None:
    new = changed(
        SetField("doe2014", "title", "Leaves and {T}rees"),
        RemoveEntry("moe1999"),
        AppendEntry(text="@book{new, title = {N\\'eu}}"),
    )
    assert describe(BASE.encode(), new) == [
        "~ doe2014: title “Leaves” → “Leaves and Trees”",
        "+ new: Néu",
        "- moe1999: Stems",
    ]
    assert describe(BASE.encode(), BASE.replace("roe2001", "roe").encode()) == [
        "~ roe2001 is now roe"
    ]


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@library.example"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_git_merges_two_branches_by_the_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scratch repository: two branches add, edit and merge; a diff in words; a conflict."""
    programs = Path(__file__).resolve().parents[2] / ".venv" / "bin"
    monkeypatch.setenv("PATH", f"{programs}:/usr/local/bin:/usr/bin:/bin")
    (tmp_path / "metadata.yml").write_text("title: Examples\n")
    bib = tmp_path / "references.bib"
    bib.write_text(BASE)
    (tmp_path / ".gitattributes").write_text("*.bib diff=bibtex\n")
    git(tmp_path, "init", "-qb", "main")
    done = CliRunner().invoke(cli, ["git", "install", "--root", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / ".gitattributes").read_text() == "*.bib merge=library diff=library\n"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "base")
    git(tmp_path, "checkout", "-qb", "theirs")
    bib.write_bytes(
        changed(
            SetField("doe2014", "title", "Leaves and Trees"),
            AppendEntry(text="@book{b, title={B}}"),
        )
    )
    git(tmp_path, "commit", "-qam", "theirs")
    git(tmp_path, "checkout", "-q", "main")
    bib.write_bytes(
        changed(SetField("doe2014", "volume", "3"), AppendEntry(text="@book{a, title={A}}"))
    )
    said = git(tmp_path, "diff").stdout
    assert "~ doe2014: volume is “3”" in said
    assert "+ a: A" in said
    git(tmp_path, "commit", "-qam", "ours")
    merged = git(tmp_path, "merge", "theirs", "-m", "both")
    assert merged.returncode == 0, merged.stdout + merged.stderr
    held = fields(bib.read_bytes())
    assert (held["doe2014"]["title"], held["doe2014"]["volume"]) == ("Leaves and Trees", "3")
    assert {"a", "b"} <= held.keys()
    git(tmp_path, "checkout", "-qb", "other")
    now = bib.read_text()
    bib.write_bytes(changed(SetField("roe2001", "title", "Roots I"), base=now))
    git(tmp_path, "commit", "-qam", "one")
    git(tmp_path, "checkout", "-q", "main")
    bib.write_bytes(changed(SetField("roe2001", "title", "Roots II"), base=now))
    git(tmp_path, "commit", "-qam", "two")
    conflict = git(tmp_path, "merge", "other", "-m", "both")
    assert conflict.returncode == 1
    assert bib.read_text().count("<<<<<<<") == 1
    assert "UU references.bib" in git(tmp_path, "status", "--short").stdout


def test_outside_of_a_repository_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "metadata.yml").write_text("title: Examples\n")
    done = CliRunner().invoke(cli, ["git", "install", "--root", str(tmp_path)])
    assert "in no git repository" in str(done.exception)
