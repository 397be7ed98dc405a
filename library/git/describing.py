"""What changed between two versions of a .bib file, in words."""

from collections.abc import Iterator
from typing import Final

from library.entry import Entry
from library.formats.bibtex.blocks import decode, read_entries
from library.formats.bibtex.latex import decode as without_latex

_MOST_SHOWN: Final = 100


def describe(old: bytes, new: bytes) -> list[str]:
    """Return a line for each entry that was added, removed, or changed, and for each of its fields.

    An entry whose key alone changed is told as that.
    """
    before = {entry.key: entry for entry in read_entries(decode(old)).entries}
    after = {entry.key: entry for entry in read_entries(decode(new)).entries}
    return list(_lines(before, after))


def _lines(before: dict[str, Entry], after: dict[str, Entry]) -> Iterator[str]:
    gone = {key: before[key] for key in before if key not in after}
    for key, entry in after.items():
        if key in before:
            yield from _changes(before[key], entry)
            continue
        renamed = next((old for old, one in gone.items() if _is_renamed(one, entry)), None)
        if renamed is None:
            yield f"+ {key}: {_title(entry)}"
        else:
            del gone[renamed]
            yield f"~ {renamed} is now {key}"
    for key, entry in gone.items():
        yield f"- {key}: {_title(entry)}"


def _is_renamed(old: Entry, new: Entry) -> bool:
    ignored = {"ids"}
    first, second = (
        {name: value for name, value in entry.fields.items() if name not in ignored}
        for entry in (old, new)
    )
    return old.type == new.type and first == second and bool(first)


def _changes(old: Entry, new: Entry) -> Iterator[str]:
    if old.type != new.type:
        yield f"~ {new.key}: {old.type} became {new.type}"
    for name in dict.fromkeys((*old.fields, *new.fields)):
        first, second = old.fields.get(name), new.fields.get(name)
        if first is None and second is not None:
            yield f"~ {new.key}: {name} is “{_shown(second)}”"
        elif second is None and first is not None:
            yield f"~ {new.key}: {name} was “{_shown(first)}”, and is gone"
        elif first is not None and second is not None and first.split() != second.split():
            yield f"~ {new.key}: {name} “{_shown(first)}” → “{_shown(second)}”"


def _title(entry: Entry) -> str:
    title = entry.fields.get("title") or entry.fields.get("author") or f"@{entry.type}"
    return _shown(title)


def _shown(value: str) -> str:
    text = " ".join(without_latex(value, "plain").split()) or " ".join(value.split())
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
