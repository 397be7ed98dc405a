"""`datasette package` and `datasette publish …` over a published folder, with all that is in it."""

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from library.errors import UsageError
from library.publish.folder import INSTALL, MADE_BY_US, REQUIREMENTS, TEMPLATES
from library.publish.texts import setting_arguments
from library.settings import DATABASE_NAME, METADATA_NAME


def split_command(command: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return Datasette's command ("package", or "publish" and a provider) and its options.

    Raises:
        UsageError: it is neither.
    """
    words = {"package": 1, "publish": 2}.get(command[0], 0) if command else 0
    if not words or len(command) < words:
        raise UsageError(
            f"Datasette has no way of publishing called {shlex.join(command[:1])!r}. Nothing was "
            "written: say -- package --tag NAME, or -- publish PROVIDER OPTIONS "
            "(cloudrun, heroku, fly, …)."
        )
    return list(command[:words]), list(command[words:])


def datasette_arguments(folder: Path, command: Sequence[str]) -> list[str]:
    """Return the call of Datasette that packages or publishes `folder`.

    Args:
        folder: as `publish` wrote it.
        command: "package" or "publish PROVIDER", with options of theirs.

    Raises:
        UsageError: it is neither.
    """
    verb, options = split_command(command)
    told = json.loads((folder / MADE_BY_US).read_text(encoding="utf-8"))
    # Datasette copies --plugins-dir to plugins/ in the container, and installs from there.
    return [
        *(sys.executable, "-m", "datasette", *verb, str(folder / DATABASE_NAME)),
        *("--metadata", str(folder / METADATA_NAME), "--template-dir", str(folder / TEMPLATES)),
        *("--plugins-dir", str(folder / INSTALL)),
        *("--install", f"-r plugins/{REQUIREMENTS}", "--install", f"plugins/{told['wheel']}"),
        *("--extra-options", shlex.join(setting_arguments(told["settings"]))),
        *options,
    ]
