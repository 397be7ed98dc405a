"""Every command in the README and the guides is run, and prints what the page shows."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pages import checks, cli, formats, settings

from tests.docs.console import matches, run, steps

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if steps(page)], ids=lambda page: page.stem
)
def test_each_command_prints_what_the_page_shows(
    page: Path, tmp_path: Path, loopback_environment: Mapping[str, str]
) -> None:
    for name in ("references.bib", "metadata.yml", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    _commit_everything(tmp_path)
    programs = str(Path(sys.executable).parent)
    environment = {
        **loopback_environment,
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "COLUMNS": "100",
        **_IDENTITY,
    }
    for step in steps(page):
        printed = run(step, tmp_path, environment)
        assert matches(step.expected, printed), (
            f"{page.name}:{step.line}: $ {step.command}\n"
            f"--- the page shows\n{step.expected}\n--- it prints\n{printed}"
        )


_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test"), ("EMAIL", "test@library.example"))
}


def _commit_everything(folder: Path) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@library.example"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "start"]):
        subprocess.run(["git", *arguments], check=True, cwd=folder)


def test_an_ellipsis_stands_for_anything() -> None:
    assert matches("a … c\n…\nend", "a b c\nx\ny\nend")
    assert matches("…", "")
    assert not matches("a", "b")


def test_the_pages_that_are_written_by_a_script_are_up_to_date() -> None:
    for made in (checks, cli, formats, settings):
        assert (ROOT / made.PATH).read_text(encoding="utf-8") == made.page()
