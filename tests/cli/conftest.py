"""A scratch copy of the seed library, and the `library` command as a real process on it."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.running import library

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Seed:
    """A folder with the seed library, under git."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def bib(self) -> Path:
        """Its .bib file."""
        return self.root / "references.bib"

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `library` in the folder."""
        return library(*arguments, cwd=self.root, environment=self.environment, stdin=stdin)

    def git_diff(self) -> str:
        """Return what changed since the folder was made."""
        done = subprocess.run(
            ["git", "diff", "--", "references.bib"],
            check=True,
            cwd=self.root,
            capture_output=True,
            text=True,
        )
        return done.stdout


@pytest.fixture
def seed(tmp_path: Path, loopback_environment: Mapping[str, str]) -> Seed:
    """Return the seed library in a folder of its own, pointed at the loopback services."""
    for name in ("references.bib", "metadata.yml", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@library.example"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "start"]):
        subprocess.run(["git", *arguments], check=True, cwd=tmp_path)
    return Seed(tmp_path, loopback_environment)
