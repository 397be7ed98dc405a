"""Which printed names are one person, where the names alone leave it open.

A name with an ORCID iD is that person. A name without one is the person of its normal form, with
two exceptions, both decided inside a block (the same family name and first initial):

1. One ORCID iD, and no other, is printed with exactly the same full name: it is that person.
2. A shorter form ("Diaz, H", "Diaz, Hannah" beside "Diaz, Hannah J") joins a longer one that
   agrees with it when there is only one such person in the library, and when the two have a
   coauthor in common. Two ORCID iDs are never joined.
"""

import marshal
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

from library.store.forms import block

Form = tuple[str, str | None]  # normal form of a printed name, ORCID iD
_VARIED: Final = 3  # given names that are tried both in full and as an initial


@dataclass(frozen=True, slots=True)
class Printed:
    """One name on one work."""

    work_id: int
    position: int
    form: str
    orcid: str | None
    fixed: str | None = None  # the person's key, where the user decided it


def given_words(form: str) -> list[str]:
    """Return the given names of a normal form: "diaz, hannah j" gives ["hannah", "j"]."""
    return form.partition(", ")[2].split()


@lru_cache(maxsize=1 << 16)
def shortenings(form: str) -> frozenset[str]:
    """Return the forms that `form` may be printed as with names left out or cut to initials.

    "diaz, hannah j" gives "diaz, hannah", "diaz, h" and "diaz, h j".
    """
    family, _, given = form.partition(", ")
    words = given.split()
    found: set[str] = set()
    stems = [""]
    for word in words[:_VARIED]:
        stems = [f"{stem} {part}" for stem in stems for part in {word, word[0]}]
        found.update(stems)
    for count in range(_VARIED + 1, len(words) + 1):
        rest = words[_VARIED:count]
        found.update(f"{stem} {' '.join(rest)}" for stem in stems)
        found.update(f"{stem} {' '.join(word[0] for word in rest)}" for stem in stems)
    return frozenset(f"{family},{stem}" for stem in found) - {form}


def is_open(names: Iterable[Form]) -> bool:
    """Tell whether the names (form, ORCID iD) of a block leave anything to decide."""
    distinct = set(names)
    forms = {form for form, _ in distinct}
    if len(forms) < len(distinct):
        return True  # one form with and without an ORCID iD, or with two
    return len(forms) > 1 and any(not forms.isdisjoint(shortenings(form)) for form in forms)


def decide(
    names: list[Printed], coauthors: Callable[[int, str], frozenset[str]]
) -> dict[tuple[int, int], str]:
    """Return the person's key of each name of one block, by (work, position).

    Args:
        names: every name of the block in the library; their order does not matter.
        coauthors: (work, own form) -> normal forms of the other names on that work.
    """
    keys: dict[tuple[int, int], str] = {}
    orcids: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if name.orcid:
            orcids[name.form].add(name.orcid)
    for name in names:
        known = orcids.get(name.form, set())
        first = given_words(name.form)[:1]
        is_full = bool(first) and len(first[0]) > 1
        key = name.fixed or name.orcid
        if key is None:
            key = next(iter(known)) if len(known) == 1 and is_full else name.form
        keys[name.work_id, name.position] = key
    forms = sorted({name.form for name in names}, key=lambda form: (-len(form), form))
    by_form: dict[str, list[Printed]] = defaultdict(list)
    for name in names:
        by_form[name.form].append(name)
    fuller: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        for short in shortenings(form):
            if short in by_form:
                fuller[short].append(form)
    # Longer forms are settled first: what "Diaz, H" may join is then known.
    for form in forms:
        candidates = [name for other in fuller[form] for name in by_form[other]]
        candidates += [name for name in by_form[form] if name.orcid]
        _join(by_form[form], candidates, keys, coauthors)
    return keys


def _join(
    names: list[Printed],
    fuller: list[Printed],
    keys: dict[tuple[int, int], str],
    coauthors: Callable[[int, str], frozenset[str]],
) -> None:
    """Join `names` (of one form) to the one person among `fuller`, where that is clear."""
    people = {keys[name.work_id, name.position] for name in fuller}
    free = [
        name
        for name in names
        if not (name.orcid or name.fixed) and keys[name.work_id, name.position] == name.form
    ]
    if len(people) != 1 or not free:
        return
    person = next(iter(people))
    context = frozenset().union(*(coauthors(name.work_id, name.form) for name in fuller))
    for name in free:
        if context & coauthors(name.work_id, name.form):
            keys[name.work_id, name.position] = person


def open_among(packed: bytes) -> bytes:
    """Return the blocks in which names leave anything to decide; list in and out by `marshal`.

    Args:
        packed: every (form, ORCID iD) of a library, as `Form`.
    """
    names: list[Form] = marshal.loads(packed)  # noqa: S302 - our own
    names.sort(key=lambda name: (name[0], name[1] or ""))
    blocks = groupby(names, key=lambda one: block(one[0]))
    return marshal.dumps([name for name, group in blocks if is_open(group)])


def open_blocks(connection: sqlite3.Connection, blocks: Iterable[str]) -> Iterator[str]:
    """Yield those of the blocks in which something is to be decided."""
    for name in blocks:
        if is_open(
            connection.execute(
                "SELECT DISTINCT normal_name, orcid FROM contributions"
                " WHERE normal_name >= ? AND normal_name < ?",
                span(name),
            )
        ):
            yield name


def span(name: str) -> tuple[str, str]:
    """Return the half-open range of normal forms in the block `name`."""
    if ", " not in name:
        return name, name + "\x00"
    return name, name + "\U0010ffff"
