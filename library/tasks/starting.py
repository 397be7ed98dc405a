"""Beginning a new library: `init`."""

from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from library import settings
from library.build import build
from library.errors import UsageError, WorldError
from library.starter import starting_files
from library.tasks.adding import Added, import_files

_BIB_ENDING = ".bib"


@dataclass(frozen=True, slots=True)
class Begun:
    """A new library, and what became of the files it began with."""

    root: Path
    written: tuple[str, ...]  # places in the folder
    works: int  # how many it holds
    imported: Added | None  # None where there was nothing to import


def init(
    folder: Path,
    *,
    title: str | None = None,
    sources: Sequence[tuple[str, bytes | mmap]] = (),
    github: bool = False,
) -> Begun:
    """Make a library in `folder`, which may hold other files already; none is changed.

    Args:
        folder: made where it is missing.
        title: of the site; None takes the folder's name.
        sources: (name for people, content) of files to begin with. One .bib file alone becomes
            references.bib as it is, byte for byte; others are imported.
        github: whether GitHub's workflows and issue form are written too.

    Raises:
        UsageError: one of the files is there already, or the folder is none; nothing was written.
        WorldError: the folder cannot be written to.
    """
    root = folder.resolve()
    files = {
        place: text.encode()
        for place, text in starting_files(title or _titled(root.name), github=github).items()
    }
    taken_over = len(sources) == 1 and sources[0][0].lower().endswith(_BIB_ENDING)
    if taken_over:
        files[settings.BIB_NAME] = sources[0][1][:]
    _refuse_to_overwrite(root, files)
    _write(root, files)
    config = settings.load(root)
    imported = import_files(config, sources) if sources and not taken_over else None
    return Begun(root, tuple(files), build(config).works, imported)


def _titled(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split())
    return (words[:1].upper() + words[1:]) or "Library"


def _refuse_to_overwrite(root: Path, files: dict[str, bytes]) -> None:
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file, not a folder. Nothing was written.")
    there = [place for place in files if (root / place).exists()]
    if there:
        raise UsageError(
            f"{root} holds {', '.join(there)} already. Nothing was written: choose another folder, "
            "or move these away first."
        )


def _write(root: Path, files: dict[str, bytes]) -> None:
    written: list[Path] = []
    try:
        for place, content in files.items():
            path = root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                written.append(path)
                stream.write(content)
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise WorldError(
                f"{error.filename or root} cannot be written ({error.strerror}). "
                "What was written of the new library was taken away again."
            ) from error
        raise
