"""A process that does nothing but rebuild, to be killed."""

from multiprocessing.synchronize import Event
from pathlib import Path

from library.build import build
from library.settings import Settings


def build_again(root: Path, number: int, ready: Event) -> None:
    """Save a new generation of three hundred works and build it, without end."""
    settings = Settings(root=root)
    ready.set()
    while True:
        number += 1
        text = "".join(f"@misc{{k{i}, title = {{Generation {number}}}}}\n" for i in range(300))
        settings.bib.write_text(text, encoding="utf-8")
        build(settings, full=number % 3 == 0)
