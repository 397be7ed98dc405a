"""Bringing references.bib into one manner: `format`."""

from dataclasses import dataclass

from library.bibfile import BibFile
from library.build import build
from library.formats.bibtex.normalise import normalise
from library.settings import Settings
from library.tasks.running import behind_the_file


@dataclass(frozen=True, slots=True)
class Formatted:
    """What bringing the file into one manner changes."""

    diff: str  # "" where the file is in that manner already
    left: tuple[str, ...]  # entries that could not be taken apart safely, and stay as they are


def reformat(settings: Settings, *, sort: bool = False, check: bool = False) -> Formatted:
    """Write every entry of references.bib in one manner; no value changes its meaning.

    Args:
        settings: of the library.
        sort: also put entries in the order of their keys.
        check: change nothing.

    Raises:
        LibraryError: the file cannot be read or written; it is as it was.
    """
    bib = BibFile.open(settings.bib)
    if check:
        made = normalise(bib.content(), sort=sort)
        bib.rewrite(made.content)
        return Formatted(bib.diff(), made.left)
    with bib.locked():
        made = normalise(bib.content(), sort=sort)
        bib.rewrite(made.content)
        diff = bib.diff()
        bib.save()
    if diff:
        with behind_the_file(settings):
            build(settings)
    return Formatted(diff, made.left)
