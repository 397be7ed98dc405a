"""The people and organisations of an entry, in their roles."""

import re
from functools import lru_cache

from library.errors import IdentifierError
from library.formats.bibtex.draft import Draft
from library.formats.bibtex.latex import decode
from library.formats.bibtex.names import read_names
from library.formats.bibtex.vocabulary import EDITOR_TYPES, NAME_FIELDS
from library.values.identifiers import normalise_orcid
from library.values.names import Name
from library.work import Contributor, Role

_ANNOTATION = re.compile(r"(.+)\+an:(orcid|affiliation[0-9]*)")
_ANNOTATED = re.compile(r"\s*([0-9]+)\s*=\s*\"([^\"]*)\"\s*")
_EDITORS = frozenset({"editor", "editora", "editorb", "editorc"})

Annotations = dict[tuple[str, int], dict[str, str]]


@lru_cache(maxsize=20_000)
def _contributors(raw: str, role: Role) -> tuple[tuple[Contributor, ...], bool, tuple[str, ...]]:
    """The contributors in one field: (contributors, whether others are meant, problems)."""
    found = read_names(raw)
    return tuple(_contributor(name, role) for name in found.names), found.others, found.problems


@lru_cache(maxsize=50_000)
def _contributor(name: Name, role: Role) -> Contributor:
    return Contributor(name, role)


def read_people(draft: Draft) -> None:
    """Read every list of names; authors first, the other roles in the order of the file."""
    left = draft.left
    fields = [field for field in left if field in NAME_FIELDS]
    if not fields:
        return
    people: tuple[Contributor, ...] = ()
    others: set[Role] = set()
    annotations = _annotations(draft) if any("+an:" in field for field in left) else None
    for field in sorted(fields, key=lambda field: field != "author"):
        raw = left.pop(field)
        role = _role(draft, field)
        found, is_open, problems = _contributors(raw, role)
        for problem in problems:
            draft.find("bad-name", problem, field)
        if annotations:
            found = _annotated(found, field, annotations)
        people = people + found if people else found
        if is_open:
            others.add(role)
    if people:
        draft.values["contributors"] = people
    if others:
        draft.values["others"] = frozenset(others)


def _role(draft: Draft, field: str) -> Role:
    role: Role = NAME_FIELDS[field]  # type: ignore[assignment] # the table holds roles only
    if field not in _EDITORS:
        return role
    kind = draft.left.get(f"{field}type", "").strip().lower()
    if kind in EDITOR_TYPES:
        del draft.left[f"{field}type"]
        role = EDITOR_TYPES[kind]  # type: ignore[assignment] # the same
    return role


def _annotations(draft: Draft) -> Annotations:
    """Read "author+an:orcid = {1="0000-…"; 2="…"}": who of the list has which ORCID iD."""
    found: Annotations = {}
    for field in [field for field in draft.left if "+an:" in field]:
        match = _ANNOTATION.fullmatch(field)
        if match is None:
            continue
        about, kind = match.groups()
        parts = [_ANNOTATED.fullmatch(part) for part in draft.left[field].split(";")]
        if None in parts or about not in NAME_FIELDS:
            draft.find("bad-annotation", "is no list of annotations that we understand", field)
            continue
        del draft.left[field]
        for part in parts:
            if part is not None:
                found.setdefault((about, int(part[1])), {})[kind] = decode(part[2])
    return found


def _annotated(
    people: tuple[Contributor, ...], field: str, annotations: Annotations
) -> tuple[Contributor, ...]:
    result = []
    for number, person in enumerate(people, start=1):
        facts = annotations.get((field, number))
        if facts:
            affiliations = tuple(
                text for kind, text in sorted(facts.items(), key=_by_number) if kind != "orcid"
            )
            result.append(Contributor(person.name, person.role, _orcid(facts), affiliations))
        else:
            result.append(person)
    return tuple(result)


def _by_number(item: tuple[str, str]) -> int:
    return int(item[0].removeprefix("affiliation").removeprefix("orcid") or 0)


def _orcid(facts: dict[str, str]) -> str | None:
    try:
        return normalise_orcid(facts["orcid"])
    except (KeyError, IdentifierError):
        return None
