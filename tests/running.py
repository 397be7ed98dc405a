"""The `library` command as a real process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LIBRARY = Path(sys.executable).with_name("library")


def library(
    *arguments: str | Path,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run `library` in a folder, with `environment` put over this process's own."""
    return subprocess.run(
        [LIBRARY, *arguments],
        check=False,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
