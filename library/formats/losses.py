"""What a format does not bring back of a work."""

from collections.abc import Mapping
from typing import Final

from library.formats import hayagriva, word_sources
from library.formats.csl_writing import named, schema_item
from library.formats.table import BY_NAME, FileFormat
from library.work import Work

_PLACES: Final[Mapping[str, frozenset[str]]] = {
    "word": word_sources.HELD,
    "hayagriva": hayagriva.HELD,
}
"""Of formats that are written and not read here: the variables that have a place in them."""

_BIBTEX_READER: Final = BY_NAME["bibtex"].read  # of the kinds of BibTeX that are only written
_NOT_TOLD: Final = frozenset({"id", "custom", "type"})


def losses(work: Work, form: FileFormat) -> list[str]:
    """Return the CSL variables of a work that a format loses or changes.

    They are found by writing the work and reading it again, so inline markup that the format has
    no place for counts as a change of its variable; "author (et al.)" is the mark that the list of
    names goes on. Fields of no variable go by their name in BibTeX.
    """
    if form.write is None:
        return []
    item = schema_item(work)
    if form.name in _PLACES:
        after = {name: item[name] for name in _PLACES[form.name] if name in item}
        others: frozenset[str] = frozenset()
        extra: tuple[tuple[str, str], ...] = ()
    else:
        read = form.read or _BIBTEX_READER
        assert read is not None  # noqa: S101 - BibTeX is read
        back = read("".join(form.write([item])), form.label).works
        after = schema_item(back[0]) if back else {}
        others = back[0].others if back else frozenset()
        extra = back[0].extra if back else ()
    told = [
        name
        for name in item
        if name not in _NOT_TOLD and _known(item[name]) != _known(after.get(name))
    ]
    if item["type"] != after.get("type", item["type"]):
        told.append(f"type {item['type']}")
    told += [f"{role} (et al.)" for role in sorted(work.others - others)]
    return told + [name for name, value in work.extra if (name, value) not in extra]


def _known(value: object) -> object:
    """Return a value of an item; of a list of names, those that are known."""
    return (named(value) or None) if isinstance(value, list) else value
