"""Changing what stands in references.bib: `edit` and `remove`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from library.bibfile import BibFile, Patch, RemoveEntry, RemoveField, SetField, SetType
from library.build import Summary, build
from library.settings import Settings
from library.tasks.running import behind_the_file


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a request to change entries."""

    diff: str
    build: Summary | None  # None where nothing was written


def edit(
    settings: Settings,
    key: str,
    values: Mapping[str, str],
    *,
    entry_type: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Give fields of one entry new values; an empty value takes the field out.

    Raises:
        UsageError: no entry has the key, or a name or value cannot stand in a .bib file.
    """
    patches: list[Patch] = [
        SetField(key, name, value) if value else RemoveField(key, name)
        for name, value in values.items()
    ]
    if entry_type is not None:
        patches.append(SetType(key, entry_type))
    return _change(settings, patches, dry_run=dry_run)


def remove(settings: Settings, keys: Sequence[str], *, dry_run: bool = False) -> Changed:
    """Take entries out of references.bib.

    Raises:
        UsageError: no entry has one of the keys; then none is removed.
    """
    return _change(settings, [RemoveEntry(key) for key in keys], dry_run=dry_run)


def _change(settings: Settings, patches: Sequence[Patch], *, dry_run: bool) -> Changed:
    bib = BibFile.open(settings.bib)
    bib.apply(patches)
    diff = bib.diff()
    if dry_run or not bib.save():
        return Changed(diff, None)
    with behind_the_file(settings):
        return Changed(diff, build(settings))
