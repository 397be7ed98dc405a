"""Merging entries that are one work: `dedupe`."""

from collections.abc import Collection
from dataclasses import dataclass

from library.bibfile import BibFile
from library.build import Summary, build
from library.care.duplicates import Group, groups
from library.formats.bibtex.read import read
from library.settings import Settings
from library.tasks.running import behind_the_file


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """The groups that were found, and what merging them changes."""

    groups: tuple[Group, ...]
    diff: str
    build: Summary | None  # None where nothing was written


def dedupe(
    settings: Settings,
    *,
    keys: Collection[str] = (),
    apart: Collection[frozenset[str]] = (),
    apply: bool = False,
) -> Deduplicated:
    """Find the entries that are one work, and merge them with `apply`.

    Args:
        settings: of the library.
        keys: groups in which one of these is; none: all.
        apart: pairs of citation keys that are two works, whatever they look like.
        apply: write; otherwise nothing is changed.

    Raises:
        LibraryError: the file or the database cannot be used; nothing was changed.
    """
    bib = BibFile.open(settings.bib)
    entries = {entry.key: entry for entry in bib.entries if entry.key}
    works = read(bib.content(), settings.bib.name).works
    found = [
        group
        for group in groups(works, entries)
        if (not keys or set(keys) & {group.kept, *group.lost})
        and not any(pair <= {group.kept, *group.lost} for pair in apart)
    ]
    for group in found:
        bib.apply(group.patches)
    diff = bib.diff()
    if not apply or not bib.save():
        return Deduplicated(tuple(found), diff, None)
    with behind_the_file(settings):
        return Deduplicated(tuple(found), diff, build(settings))
