"""The workflows' own shell lines, run as GitHub runs them: bash, in a clone, with `gh` on the path.

Only what needs GitHub is stood in for: its actions (`uses:`), pip's package, and `gh`, which writes
down what it was called with.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from library.starter import starting_files

FILES = starting_files("Demo", github=True)
WORKFLOWS = sorted(place for place in FILES if place.startswith(".github/workflows/"))
RETRACTED = """@article{falsum2019,
  title = {A Trial That Was Never Run},
  author = {Falsum, Vera},
  journaltitle = {Journal of Invented Medicine},
  date = {2019-01},
  doi = {10.5555/loopback.retracted},
}
"""
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_CALLS"
while [ $# -gt 0 ]; do
  if [ "$1" = --body-file ]; then cat "$2" >> "$GH_CALLS"; fi
  shift
done
"""


@dataclass(frozen=True)
class Clone:
    """A user's library in a clone, with the repository that it came from."""

    root: Path
    environment: Mapping[str, str]

    def run(self, workflow: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Run the shell lines of a workflow's only job, one step after the other."""
        (job,) = yaml.safe_load(FILES[f".github/workflows/library-{workflow}.yml"])["jobs"].values()
        done = None
        for step in job["steps"]:
            if "run" not in step or step["name"] == "Install":
                continue
            assert "${{" not in step["run"], "strangers' text would become shell"
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                check=False,
                cwd=self.root,
                env={**os.environ, **self.environment, **values},
                capture_output=True,
                text=True,
                timeout=60,
            )
            if done.returncode:
                return done
        assert done is not None
        return done

    def told(self) -> str:
        """Return what `gh` was called with, and the texts it was given."""
        calls = Path(self.environment["GH_CALLS"])
        return calls.read_text() if calls.exists() else ""


@pytest.fixture
def clone(tmp_path: Path, loopback_environment: Mapping[str, str]) -> Clone:
    """Return a clone of a new library."""
    root, origin, programs = tmp_path / "clone", tmp_path / "origin.git", tmp_path / "bin"
    for place, text in FILES.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@library.example"]
    subprocess.run(["git", "init", "-q", "--bare", origin], check=True)
    for arguments in (
        ["init", "-qb", "main"],
        ["add", "."],
        [*identity, "commit", "-qm", "start"],
        ["remote", "add", "origin", str(origin)],
        ["push", "-q", "origin", "main"],
    ):
        subprocess.run(["git", *arguments], check=True, cwd=root)
    temporary = tmp_path / "runner"
    temporary.mkdir()
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return Clone(
        root,
        {
            **loopback_environment,
            "PATH": path,
            "RUNNER_TEMP": str(temporary),
            "GH_CALLS": str(tmp_path / "gh-calls.txt"),
        },
    )


@pytest.mark.parametrize("place", WORKFLOWS)
def test_a_workflow_may_do_no_more_than_it_says(place: str) -> None:
    workflow: dict[Any, Any] = yaml.safe_load(FILES[place])
    assert workflow["permissions"]["contents"] in ("read", "write")
    assert workflow["env"]["LIBRARY_PACKAGE"]
    assert len(workflow["jobs"]) == 1


def test_the_issue_form_gives_what_the_workflow_reads() -> None:
    form = yaml.safe_load(FILES[".github/ISSUE_TEMPLATE/add-work.yml"])
    assert form["labels"] == ["add-work"]
    assert "add-work" in FILES[".github/workflows/library-add.yml"]


def test_an_issue_with_a_doi_becomes_a_branch_with_one_entry_and_a_pull_request(
    clone: Clone,
) -> None:
    body = "### Identifiers\r\n\r\n10.1001/jamapediatrics.2017.2391\r\n$(touch hacked)\r\n"
    done = clone.run("add", IDENTIFIERS=body, ISSUE="7", RUN="99")
    assert done.returncode == 0, done.stderr
    assert not (clone.root / "hacked").exists()
    diff = subprocess.run(
        ["git", "diff", "--numstat", "origin/main", "origin/add-works-7"],
        check=True,
        cwd=clone.root,
        capture_output=True,
        text=True,
    )
    (line,) = diff.stdout.splitlines()
    assert line.split()[1:] == ["0", "references.bib"]
    assert "pr create --head add-works-7" in clone.told()
    assert "sandy2017influenza" in clone.told()
    assert "Closes #7" in clone.told()


def test_an_issue_with_nothing_to_add_is_answered(clone: Clone) -> None:
    done = clone.run("add", IDENTIFIERS="### Identifiers\n\nhello", ISSUE="8", RUN="99")
    assert done.returncode == 0, done.stderr
    assert "issue comment 8" in clone.told()
    assert "pr create" not in clone.told()


def test_the_published_folder_stands_where_the_next_step_takes_it(clone: Clone) -> None:
    done = clone.run("publish")
    assert done.returncode == 0, done.stderr
    assert (clone.root / "site" / "index.html").exists()
    assert shutil.which("library", path=clone.environment["PATH"])


def test_a_pull_request_with_a_mistake_is_annotated_and_fails(clone: Clone) -> None:
    bib = clone.root / "references.bib"
    bib.write_text(
        bib.read_text() + "@book{a, author = {Doe, A.}, title = {Leaves}, year = {2001}}\n"
    )
    assert clone.run("check").returncode == 0
    bib.write_text(bib.read_text() + "@book{b, title = {Roots}, isbn = {978-0-306-40615-8}}\n")
    done = clone.run("check")
    assert done.returncode == 1
    assert "::warning file=references.bib,line=4" in done.stdout


def test_the_weekly_look_opens_one_issue_and_none_where_nothing_is_new(clone: Clone) -> None:
    bib = clone.root / "references.bib"
    assert clone.run("watch").returncode == 0
    assert "issue create" not in clone.told()
    bib.write_text(bib.read_text() + RETRACTED)
    done = clone.run("watch")
    assert done.returncode == 0, done.stderr
    assert "issue create --title Notices about works of this library" in clone.told()
    assert "[retracted]" in clone.told()
