"""Writing the folder: everything into one beside it, which then takes its place."""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from library.errors import UsageError, WorldError
from library.publish import texts
from library.publish.wheel import pinned, wheel
from library.settings import Settings
from library.store.schema import connect_reading

MADE_BY_US: Final = "library-site.json"
"""Stands in a folder that we wrote, with what is in it; only such a folder is written again."""

REQUIREMENTS: Final = "requirements.txt"
TEMPLATES: Final = "templates"
INSTALL: Final = "install"  # the wheel and what it needs
COUNTS: Final = "inspect-data.json"


@dataclass(frozen=True, slots=True)
class Published:
    """A folder that is ready to go elsewhere."""

    folder: Path
    works: int
    size: int  # bytes, in all


def publish(
    config: Settings, folder: Path, limits: Mapping[str, Any], *, address: str | None = None
) -> Published:
    """Write the site of an up-to-date library.db into `folder`.

    Args:
        config: of the library.
        folder: made anew; one that we wrote before is replaced, at once.
        limits: Datasette's settings, by name.
        address: where the folder will be on the web, for links that need it; None where unknown.

    Raises:
        UsageError: the folder holds something else.
        WorldError: it cannot be written.
    """
    folder = folder.resolve()
    _refuse_others(config, folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as held:
            made = Path(held) / "site"
            made.mkdir()
            works = _fill(config, made, limits, address)
            size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
            _replace(folder, made, Path(held) / "before")
    except OSError as error:
        raise WorldError(
            f"{error.filename or folder} cannot be written ({error.strerror}). "
            f"{folder.name} is as it was."
        ) from error
    return Published(folder, works, size)


def _replace(folder: Path, made: Path, before: Path) -> None:
    there = folder.exists()
    if there:
        folder.rename(before)
    try:
        made.rename(folder)
    except BaseException:
        if there:
            before.rename(folder)
        raise


def _refuse_others(config: Settings, folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder. Nothing was written.")
    if folder == config.root or (any(folder.iterdir()) and not (folder / MADE_BY_US).exists()):
        raise UsageError(
            f"{folder} holds things that `library publish` did not write. Nothing was written: "
            "name a folder that is new or empty, such as site."
        )


def _fill(config: Settings, folder: Path, limits: Mapping[str, Any], address: str | None) -> int:
    database = folder / config.database.name
    works = _copy_compacted(config.database, database)
    if config.metadata.exists():
        shutil.copyfile(config.metadata, folder / config.metadata.name)
    else:
        (folder / config.metadata.name).write_text("{}\n", encoding="utf-8")
    templates = config.root / TEMPLATES
    (folder / TEMPLATES).mkdir()
    if templates.is_dir():
        shutil.copytree(templates, folder / TEMPLATES, dirs_exist_ok=True)
    (folder / INSTALL).mkdir()
    name, data = wheel()
    (folder / INSTALL / name).write_bytes(data)
    _write(folder / INSTALL / REQUIREMENTS, "".join(f"{line}\n" for line in pinned()))
    _write(folder / COUNTS, json.dumps(_inspected(database), indent=1) + "\n")
    shown = texts.Site(config.database.name, config.metadata.name, name, works, dict(limits))
    _write(folder / "Dockerfile", texts.dockerfile(shown))
    _write(folder / "README.md", texts.readme(shown))
    _write(folder / "index.html", texts.lite_page(shown, address))
    _write(folder / ".nojekyll", "")
    told = {"works": works, "settings": dict(limits), "wheel": name}
    _write(folder / MADE_BY_US, json.dumps(told, indent=1) + "\n")
    return works


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _copy_compacted(source: Path, target: Path) -> int:
    """Copy the database as one reader sees it, in one file; return how many works it holds."""
    try:
        with closing(connect_reading(source)) as connection:
            connection.execute("VACUUM INTO ?", [str(target)])
        with closing(sqlite3.connect(target)) as copy:
            # A file that may not be written cannot be in WAL mode: that needs files beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            return int(copy.execute("SELECT count(*) FROM works").fetchone()[0])
    except sqlite3.Error as error:
        raise WorldError(
            f"{source.name} cannot be copied to {target.parent} ({error}). Nothing was written."
        ) from error


def _inspected(database: Path) -> Any:  # noqa: ANN401 - Datasette's own form, passed on
    """Return the tables' counts as Datasette keeps them for a file that does not change."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "datasette", "inspect", str(database)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise WorldError(
            f"Datasette could not count the tables of {database.name}: "
            f"{done.stderr.strip().splitlines()[-1:] or done.returncode}. Nothing was written."
        )
    return json.loads(done.stdout)
