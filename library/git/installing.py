"""Telling git to merge and to compare .bib files by this program."""

import subprocess
from pathlib import Path
from typing import Final

from library.errors import UsageError, WorldError

ATTRIBUTES: Final = "*.bib merge=library diff=library"
_CONFIG: Final = {
    "merge.library.name": "entries and fields of a .bib file",
    "merge.library.driver": "library git merge %O %A %B",
    "diff.library.command": "library git diff",
}


def install(folder: Path) -> list[str]:
    """Write the drivers into the repository's configuration; return what was done, for people.

    The attributes go into `.gitattributes`, which belongs to the repository and is for everybody;
    the configuration is everybody's own, so each clone runs this once.

    Raises:
        UsageError: the folder is in no git repository.
        WorldError: git is not installed, or a file cannot be written.
    """
    top = Path(_git(folder, "rev-parse", "--show-toplevel"))
    for name, value in _CONFIG.items():
        _git(folder, "config", name, value)
    done = ["git merges and compares .bib files by library here (git config)"]
    path = top / ".gitattributes"
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = [line for line in text.splitlines() if line.strip() != "*.bib diff=bibtex"]
        if ATTRIBUTES not in lines:
            path.write_text("\n".join([*lines, ATTRIBUTES]) + "\n", encoding="utf-8")
            done.append(f"wrote {path.name}; commit it, so that others have it too")
    except OSError as error:
        raise WorldError(f"{path} could not be written ({error.strerror}).") from error
    return done


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git, with our own arguments
            ["git", *arguments],  # noqa: S607 - wherever the user has it
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise WorldError("git is not installed. Nothing was changed.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise UsageError(
            f"{folder} is in no git repository ({said[0] if said else 'git failed'}). "
            "Begin one: git init"
        )
    return done.stdout.strip()
