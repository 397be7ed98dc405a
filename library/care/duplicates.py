"""Entries that are one work: found by blocks, judged, and merged so that nothing is lost.

Candidates share a key of `blocking`; the judgement decides over each pair. Of a group one entry is
kept; it takes what the others have beside it, and their citation keys as biblatex's `ids`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from library.bibfile import Patch, RemoveEntry, SetField
from library.entry import Entry
from library.errors import SettingsError
from library.formats.bibtex.vocabulary import FIELD_ALIASES
from library.judgement.blocking import (
    BY_NAME,
    EXACT,
    LARGEST_BLOCK,
    blocking_keys,
    may_be_one,
    title_words,
)
from library.judgement.meaning import better_value, same_meaning
from library.judgement.merge import field_name
from library.judgement.profiles import Profile, profile
from library.judgement.same_work import Verdict, compare_profiles
from library.work import Role, Work

_NAMING: Final = frozenset({"crossref", "xref", "xdata", "related", "entryset"})
_ROLES: Final = frozenset(get_args(Role))
_JOINED: Final = {"keywords": ", ", "note": "; ", "annotation": "; ", "annote": "; "}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two works that are one, and why."""

    first: int  # places in the list that was searched
    second: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one field where the entries of a group do not agree."""

    field: str
    value: str  # as it will stand in the entry
    source: str  # the citation key whose value it is
    reason: str  # for people


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that are one work, with what a merge would do."""

    kept: str  # citation key
    lost: tuple[str, ...]
    why: tuple[str, ...]  # a line for each pair
    decisions: tuple[Decision, ...]
    patches: tuple[Patch, ...]


def pairs(works: Sequence[Work]) -> Iterator[Pair]:
    """Yield the pairs of works that are one, each pair once."""
    profiles: dict[int, Profile] = {}
    for first, second in _candidates(works):
        for one in (first, second):
            if one not in profiles:
                profiles[one] = profile(works[one])
        verdict = compare_profiles(profiles[first], profiles[second])
        if verdict.same:
            yield Pair(first, second, verdict)


def _candidates(works: Sequence[Work]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that are worth the judgement, each once.

    Two works of one author and year are compared only where their titles share words: most authors
    write several works a year.
    """
    blocks: dict[str, list[int]] = {}
    for place, work in enumerate(works):
        for key in blocking_keys(work):
            blocks.setdefault(key, []).append(place)
    words: dict[int, frozenset[str]] = {}
    seen: set[tuple[int, int]] = set()
    for key, places in blocks.items():
        if len(places) < 2 or (len(places) > LARGEST_BLOCK and not key.startswith(EXACT)):  # noqa: PLR2004 - a pair
            continue
        by_name = key.startswith(BY_NAME)
        for place in places if by_name else ():
            if place not in words:
                words[place] = title_words(works[place].title or "")
        for index, first in enumerate(places):
            for second in places[index + 1 :]:
                if by_name and not may_be_one(words[first], words[second]):
                    continue
                if (first, second) not in seen:
                    seen.add((first, second))
                    yield first, second


def groups(works: Sequence[Work], entries: Mapping[str, Entry]) -> list[Group]:
    """Return the groups of entries that are one work, in the order of the file.

    Args:
        works: of the file, in its order; those whose key is not in `entries` are left alone.
        entries: by citation key.
    """
    known = [work for work in works if work.citation_key in entries]
    found = {(pair.first, pair.second): pair for pair in pairs(known)}
    together = _Together()
    for first, second in found:
        together.join(first, second)
    made = []
    for places in together.sets():
        # The entry that says most is kept; of two that say as much, the one that came first.
        kept = max(places, key=lambda place: len(entries[known[place].citation_key].fields))
        # A work that is one with another of the group, but not with the kept one, is left alone.
        joined = {place: found.get((min(kept, place), max(kept, place))) for place in places}
        others = [place for place in places if joined[place] is not None]
        why = tuple(_why(known, pair) for pair in joined.values() if pair is not None)
        made.append(_merged(known[kept], [known[place] for place in others], entries, why))
    return made


def _why(works: Sequence[Work], pair: Pair) -> str:
    said = "; ".join(str(reason) for reason in pair.verdict.reasons if reason.weight > 0)
    return f"{works[pair.first].citation_key} and {works[pair.second].citation_key}: {said}"


class _Together:
    """Sets of places that belong together."""

    def __init__(self) -> None:
        self._root: dict[int, int] = {}

    def _find(self, place: int) -> int:
        while self._root.setdefault(place, place) != place:
            place = self._root[place]
        return place

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self._find(first), self._find(second)))
        self._root[high] = low

    def sets(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for place in sorted(self._root):
            found.setdefault(self._find(place), []).append(place)
        return list(found.values())


def _merged(
    kept: Work, others: Sequence[Work], entries: Mapping[str, Entry], why: tuple[str, ...]
) -> Group:
    target = entries[kept.citation_key]
    values = dict(target.fields)
    decisions: list[Decision] = []
    current = kept
    for other in others:
        entry = entries[other.citation_key]
        for written, value in entry.fields.items():
            name = _held_as(written, values)
            if name == "ids" or value == values.get(name) or _is_in_date(written, other, current):
                continue
            decision = _decided(name, values.get(name), value, current, other)
            if decision.field != name:
                decision = replace(decision, field=_free(decision.field, values))
            values[decision.field] = decision.value
            decisions.append(decision)
            if decision.source == other.citation_key and decision.field == name:
                current = _with(current, other, name)
    keys = [key.strip() for key in values.get("ids", "").split(",") if key.strip()]
    for other in others:
        entry = entries[other.citation_key]
        keys += [
            other.citation_key,
            *(one.strip() for one in entry.fields.get("ids", "").split(",")),
        ]
    values["ids"] = ", ".join(dict.fromkeys(key for key in keys if key and key != target.key))
    patches: list[Patch] = [
        SetField(target.key, name, value)
        for name, value in values.items()
        if value != target.fields.get(name)
    ]
    lost = tuple(work.citation_key for work in others)
    patches += _followers(entries.values(), frozenset(lost), target.key)
    patches += [RemoveEntry(key) for key in lost]
    return Group(target.key, lost, why, tuple(decisions), tuple(patches))


def _held_as(name: str, values: Mapping[str, str]) -> str:
    """Return the name under which the kept entry has a field: `journal` may be `journaltitle`."""
    if name in values:
        return name
    meant = FIELD_ALIASES.get(name, name)
    return next((held for held in values if FIELD_ALIASES.get(held, held) == meant), name)


def _is_in_date(name: str, other: Work, kept: Work) -> bool:
    """Tell whether a field says a part of the date that the kept work has whole."""
    ours, theirs = _single(kept), _single(other)
    length = {"year": 1, "month": 2, "date": len(theirs)}.get(name, 0)
    return bool(length) and len(ours) >= length and ours[:length] == theirs[:length]


def _single(work: Work) -> tuple[int, ...]:
    """Return year, month and day of a date that is exact and no range; else nothing."""
    date = work.issued
    if date is None or date.start is None or date.end or date.open_end or date.circa:
        return ()
    return date.start


def _free(name: str, values: Mapping[str, str]) -> str:
    """Return a field's name, with a number behind it where the entry has the field."""
    number = 1
    while (free := name if number == 1 else f"{name}-{number}") in values:
        number += 1
    return free


def _decided(name: str, held: str | None, new: str, kept: Work, other: Work) -> Decision:
    """Return what the kept entry says in a field after the other's value is known."""
    key = other.citation_key
    if held is None:
        return Decision(name, new, key, "only this entry has it")
    if name in _JOINED:
        joined = _joined(name, held, new)
        return Decision(name, joined, key, "both are kept")
    attribute = _attribute(name)
    ours, theirs = _value(kept, attribute), _value(other, attribute)
    meant = "contributors" if attribute in _ROLES else attribute
    if ours and theirs and same_meaning(meant, ours, theirs):
        better = better_value(meant, ours, theirs)
        if better.side == "b":
            return Decision(name, new, key, f"the same, {better.reason}")
        return Decision(name, held, kept.citation_key, f"the same, {better.reason}")
    # They differ, and nobody here knows who is right: the other value stays, under a name that
    # no style reads.
    return Decision(f"other-{name}", new, key, "they differ: both are kept, look at them")


def _joined(name: str, held: str, new: str) -> str:
    if name != "keywords":
        return held if new in held else f"{held}{_JOINED[name]}{new}"
    separator = ";" if ";" in held else ","
    words = [word.strip() for word in held.split(separator)]
    more = [word.strip() for word in new.split(";" if ";" in new else ",")]
    return f"{separator} ".join(dict.fromkeys(word for word in [*words, *more] if word))


def _attribute(name: str) -> str:
    try:
        return field_name(name)
    except SettingsError:  # a field that no variable holds
        return name


def _value(work: Work, attribute: str) -> Any:  # noqa: ANN401 - a field's own type
    if attribute in _ROLES:
        return tuple(one for one in work.contributors if one.role == attribute)
    return getattr(work, attribute, None)


def _with(work: Work, other: Work, name: str) -> Work:
    attribute = _attribute(name)
    if attribute in _ROLES:
        people = [one for one in work.contributors if one.role != attribute]
        theirs = [one for one in other.contributors if one.role == attribute]
        return replace(work, contributors=(*people, *theirs))
    if attribute in {"contributors", "citation_key", "type"} or not hasattr(work, attribute):
        return work
    return replace(work, **{attribute: getattr(other, attribute)})


def _followers(entries: Iterable[Entry], lost: frozenset[str], kept: str) -> Iterator[Patch]:
    """Yield the patches of entries that name one that goes: as parent, or as a related work."""
    for entry in entries:
        if entry.key in lost:
            continue
        for name in _NAMING & entry.fields.keys():
            named = [key.strip() for key in entry.fields[name].split(",")]
            if lost & set(named):
                now = dict.fromkeys(kept if key in lost else key for key in named)
                yield SetField(entry.key, name, ",".join(key for key in now if key != entry.key))
