"""Databases of made-up libraries with references, made once and kept in the temporary folder."""

import tempfile
from hashlib import blake2b
from pathlib import Path

from library.store import migrations
from library.store.load import filling
from library.store.rows import work_rows
from library.store.write import SPACING
from measure import made_library
from measure.made_library import MadeLibrary


def database(size: int, references: int = 30) -> Path:
    """Return a library.db of `size` works with about `references` references each."""
    texts = [Path(module.__file__ or "").read_bytes() for module in (migrations, made_library)]
    stamp = blake2b(b"".join(texts), digest_size=6).hexdigest()
    folder = Path(tempfile.gettempdir()) / "library-bench" / f"{size}-{references}-{stamp}"
    path = folder / "library.db"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "building.db"
    fresh.unlink(missing_ok=True)
    made = MadeLibrary(size)
    with filling(fresh) as writer:
        for number in range(size):
            rows = work_rows(made.work(number), made.surroundings(number, references))
            writer.add(rows, (number + 1) * SPACING)
    fresh.replace(path)
    return path
