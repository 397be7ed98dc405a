"""The people and organisations of an entry, in their roles."""

import re

from library.errors import IdentifierError
from library.formats.bibtex.construction import new_contributor
from library.formats.bibtex.draft import Draft
from library.formats.bibtex.latex import decode
from library.formats.bibtex.names import OTHERS, read_name, split_names
from library.formats.bibtex.vocabulary import EDITOR_TYPES, NAME_FIELDS
from library.values.identifiers import normalise_orcid
from library.work import Contributor, Role

_ANNOTATION = re.compile(r"(.+)\+an:(orcid|affiliation[0-9]*)")
_ANNOTATED = re.compile(r"\s*([0-9]+)\s*=\s*\"([^\"]*)\"\s*")
_EDITORS = frozenset({"editor", "editora", "editorb", "editorc"})

_USUAL = ("author", "editor")
_RARE = frozenset(NAME_FIELDS).difference(_USUAL) | {"editortype"}
_MOST = 250_000  # names remembered while a large file is read
_KEPT = 20_000  # and after it

Annotations = dict[tuple[str, int], dict[str, str]]


class _Known(dict[str, Contributor | None]):
    """Names met before: as written -> contributor, where nothing was odd about it."""

    def __init__(self, role: Role) -> None:
        super().__init__()
        self.role = role
        self.problems: list[str] = []  # of the names read since someone emptied it

    def __missing__(self, written: str) -> Contributor | None:
        name, problem = read_name(written)
        if problem is not None:
            self.problems.append(problem)
        if name is None:
            return None
        person = new_contributor(name, self.role)
        if problem is None and not (name.literal and name.literal.lower() in OTHERS):
            if len(self) >= _MOST:
                self.clear()
            self[written] = person
        return person


_known: dict[Role, _Known] = {}


def _contributors(raw: str, role: Role) -> tuple[tuple[Contributor, ...], bool, list[str]]:
    """Return the contributors in one field, whether others are meant, and what is odd."""
    names = split_names(raw)
    is_open = bool(names) and names[-1].lower() in OTHERS
    if is_open:
        names.pop()
    known = _known.get(role)
    if known is None:
        known = _known[role] = _Known(role)
    found = [known[written] for written in names]
    problems = known.problems
    if problems:
        known.problems = []
    people = tuple([person for person in found if person is not None])
    last = people[-1].name.literal if people else None
    if last is not None and last.lower() in OTHERS:
        people = people[:-1]
        is_open = True
    return people, is_open, problems


def forget() -> None:
    """Let go of the names of a large file once it is read; a small file's are kept at hand."""
    for known in _known.values():
        if len(known) > _KEPT:
            known.clear()


def read_people(draft: Draft) -> None:
    """Read every list of names; authors first, the other roles in the order of the file."""
    left = draft.left
    fields = [field for field in _USUAL if field in left]
    if not _RARE.isdisjoint(left):
        fields = sorted((field for field in left if field in NAME_FIELDS), key=_authors_first)
    if not fields:
        return
    people: tuple[Contributor, ...] = ()
    others: set[Role] = set()
    annotations = _annotations(draft) if "+an:" in " ".join(left) else None
    for field in fields:
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


def _authors_first(field: str) -> bool:
    return field != "author"


def _role(draft: Draft, field: str) -> Role:
    role: Role = NAME_FIELDS[field]
    if field not in _EDITORS:
        return role
    kind = draft.left.get(f"{field}type", "").strip().lower()
    if kind in EDITOR_TYPES:
        del draft.left[f"{field}type"]
        role = EDITOR_TYPES[kind]
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
