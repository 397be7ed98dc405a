"""Citation keys: made by the pattern, pinned, changed; and documents brought up to date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from library.bibfile import BibFile, Patch, RemoveField, RenameKey, SetField
from library.build import Summary, build
from library.care.citing_commands import rekeyed
from library.entry import Entry
from library.errors import UsageError, WorldError
from library.formats.bibtex.read import read
from library.judgement.citation_keys import TakenKeys, base_key, make_key
from library.settings import Settings
from library.tasks.running import behind_the_file

PINNED = "keypinned"
"""The field that keeps an entry's key from being made anew."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """Keys that change, and what that changes in the file."""

    keys: tuple[tuple[str, str], ...]  # (old, new)
    diff: str
    build: Summary | None = None  # None where nothing was written


def by_pattern(settings: Settings, keys: Collection[str] = ()) -> list[tuple[str, str, bool]]:
    """Return (key, the key that the pattern makes, whether it is pinned) of the entries.

    A key that the pattern makes with a letter behind it to tell it apart counts as made.

    Raises:
        UsageError: no entry has one of `keys`.
    """
    bib = BibFile.open(settings.bib)
    entries = _entries(bib, keys)
    taken = TakenKeys(bib.keys)
    found = []
    for work in read(bib.content(), settings.bib.name).works:
        entry = entries.get(work.citation_key)
        if entry is None:
            continue
        base = base_key(work, settings.key_pattern)
        fits = entry.key.startswith(base) and len(entry.key) - len(base) <= 2  # noqa: PLR2004 - "", "b", "aa"
        new = entry.key if fits else make_key(work, taken, settings.key_pattern)
        if not fits:
            taken.add(new)
        found.append((entry.key, new, PINNED in entry.fields))
    return found


def rename(
    settings: Settings, changes: Sequence[tuple[str, str]], *, apply: bool = False
) -> Rekeyed:
    """Give entries other keys; the old ones stay known as `ids`, and cross-references follow.

    Raises:
        UsageError: there is no such entry, or a new key is taken; then none is changed.
    """
    bib = BibFile.open(settings.bib)
    entries = _entries(bib, [old for old, _ in changes])
    patches: list[Patch] = []
    for old, new in changes:
        if old == new:
            continue
        held = [key.strip() for key in entries[old].fields.get("ids", "").split(",")]
        known = dict.fromkeys(key for key in (*held, old) if key and key != new)
        patches += [SetField(old, "ids", ", ".join(known)), RenameKey(old, new)]
    bib.apply(patches)
    return _saved(settings, bib, tuple(changes), apply=apply)


def pin(settings: Settings, keys: Sequence[str], *, pinned: bool = True) -> Rekeyed:
    """Keep the keys of entries from being made anew by the pattern, or let go of them.

    Raises:
        UsageError: no entry has one of the keys; then none is changed.
    """
    bib = BibFile.open(settings.bib)
    _entries(bib, keys)
    bib.apply(SetField(key, PINNED, "true") if pinned else RemoveField(key, PINNED) for key in keys)
    return _saved(settings, bib, (), apply=True)


def old_keys(settings: Settings) -> dict[str, str]:
    """Return the keys that entries had before: old key -> key now."""
    bib = BibFile.open(settings.bib)
    return {
        old: entry.key
        for entry in bib.entries
        for old in (key.strip() for key in entry.fields.get("ids", "").split(","))
        if old and old != entry.key
    }


def rekey(settings: Settings, files: Sequence[Path], *, apply: bool = False) -> dict[Path, int]:
    """Put the keys of now into documents; return the files that change, with how many lines do.

    Raises:
        UsageError: a file cannot be read as text; then none is changed.
        WorldError: a file cannot be written; it is as it was.
    """
    keys = old_keys(settings)
    changed: dict[Path, tuple[str, str, int]] = {}
    for path in files:
        text, encoding = _document(path)
        new = rekeyed(text, keys, markdown=path.suffix.lower() in {".md", ".qmd", ".rmd"})
        if new != text:
            lines = zip(text.split("\n"), new.split("\n"), strict=True)
            changed[path] = (new, encoding, sum(old != now for old, now in lines))
    for path, (text, encoding, _) in changed.items() if apply else ():
        _write(path, text.encode(encoding))
    return {path: count for path, (_, _, count) in changed.items()}


def _entries(bib: BibFile, keys: Collection[str]) -> dict[str, Entry]:
    entries = {entry.key: entry for entry in bib.entries if entry.key}
    absent = [key for key in keys if key not in entries]
    if absent:
        raise UsageError(f"No entry has the key {absent[0]!r}. Nothing was changed.")
    return {key: entries[key] for key in keys} if keys else entries


def _saved(
    settings: Settings, bib: BibFile, changes: tuple[tuple[str, str], ...], *, apply: bool
) -> Rekeyed:
    diff = bib.diff()
    if not apply or not bib.save():
        return Rekeyed(changes, diff)
    with behind_the_file(settings):
        return Rekeyed(changes, diff, build(settings))


def _document(path: Path) -> tuple[str, str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}). Nothing was changed."
        ) from error
    for encoding in ("utf-8", "latin-1"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path} is no text. Nothing was changed.")


def _write(path: Path, raw: bytes) -> None:
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(raw)
        temporary.replace(path)
    except OSError as error:
        raise WorldError(
            f"{path} could not be written ({error.strerror}); it is as it was."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
