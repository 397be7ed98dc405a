"""What a record adds to an entry. What the user typed stands; what differs is said.

Each field has a policy: "fill" takes the record's value where the entry has none, "replace" takes
it also where the entry says something else, "never" leaves the field alone. A disagreement that
matters becomes a finding with both values, whatever the policy. Whether entry and record are one
work is decided before, by `same_work.compare`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, cast, get_args

from library.errors import SettingsError
from library.findings import Finding, Severity
from library.judgement.meaning import better_value, same_meaning
from library.work import Contributor, Role, Work

Policy = Literal["fill", "replace", "never"]
Action = Literal["fill", "replace"]

_ROLES: Final[frozenset[str]] = frozenset(get_args(Role))
_ATTRIBUTES: Final = tuple(f.name for f in fields(Work))

KEPT: Final = frozenset({
    "citation_key", "type", "keywords", "annote", "note", "accessed", "extra", "source",
    "references", "status", "license", "container_title_short", "title_short", "archive",
    "archive_collection", "archive_location", "archive_place", "call_number", "dimensions",
    "scale", "medium", "submitted", "available_date", "event_date", "others", "printing_number",
    "number_of_pages",
})  # fmt: skip
"""Fields that are left alone unless a policy or `only` names them: they are the user's own, the
database's (licences), or no part of a citation."""

_NOT_FOR: Final[dict[str, frozenset[str]]] = {
    "publisher": frozenset({"article-journal", "article-magazine", "article-newspaper"}),
    "publisher_place": frozenset({"article-journal", "article-magazine", "article-newspaper"}),
}
"""Fields that a citation of the type never shows; filled only where a policy names them."""

ALIASES: Final[dict[str, str]] = {
    "authors": "author",
    "editors": "editor",
    "year": "issued",
    "date": "issued",
    "journal": "container_title",
    "journaltitle": "container_title",
    "booktitle": "container_title",
    "venue": "container_title",
    "pages": "page",
    "series": "collection_title",
    "address": "publisher_place",
    "location": "publisher_place",
    "institution": "publisher",
    "school": "publisher",
}
"""BibTeX's words for our fields, taken in settings and options."""

# Disagreements that are told: field -> (check, severity, how people call it).
_TOLD: Final[dict[str, tuple[str, Severity, str]]] = {
    "title": ("title-differs", "warning", "title"),
    "issued": ("year-differs", "warning", "year"),
    "page": ("pages-differ", "warning", "pages"),
    "container_title": ("venue-differs", "warning", "venue"),
    "volume": ("volume-differs", "warning", "volume"),
    "doi": ("doi-differs", "error", "DOI"),
}


@dataclass(frozen=True, slots=True)
class Policies:
    """What to do with which field."""

    default: Policy = "fill"
    by_field: Mapping[str, Policy] = field(default_factory=dict)  # by the names of `field_name`
    only: frozenset[str] | None = None  # these fields and no others; None: all

    def of(self, name: str, work_type: str) -> Policy:
        """Return the policy for the field or role `name` of a work of this type."""
        named = self.by_field.get(name)
        if self.only is not None:
            if name not in self.only:
                return "never"
            return named or ("fill" if self.default == "never" else self.default)
        if named is not None:
            return named
        if name in KEPT or work_type in _NOT_FOR.get(name, frozenset()):
            return "never"
        return self.default


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry that gets another value."""

    field: str  # a Work attribute, or a role ("author") for names
    old: Any  # None, () or the entry's value; for a role the contributors in it
    new: Any
    action: Action
    reason: str  # for people: "not stated in the entry"


@dataclass(frozen=True, slots=True)
class Merge:
    """An entry's work with what a record adds to it."""

    work: Work
    changes: tuple[Change, ...] = ()  # in the order of Work's fields, names by role
    findings: tuple[Finding, ...] = ()  # disagreements, with both values


def policies(
    default: str = "fill",
    by_field: Mapping[str, str] | None = None,
    only: Iterable[str] | None = None,
) -> Policies:
    """Return checked policies from what a person wrote; names as in `field_name`.

    Raises:
        SettingsError: a policy or field name is not known.
    """
    checked = {field_name(name): _policy(value) for name, value in (by_field or {}).items()}
    names = None if only is None else frozenset(field_name(name) for name in only)
    return Policies(_policy(default), checked, names)


def field_name(name: str) -> str:
    """Return our name of a field: a Work attribute or a role; BibTeX's words are understood.

    Raises:
        SettingsError: there is no such field.
    """
    bare = name.strip().lower()
    bare = ALIASES.get(bare, bare)
    if bare in _ROLES:
        return bare
    bare = bare.replace("-", "_")
    if bare not in _ATTRIBUTES or bare in {"contributors", "others"}:
        raise SettingsError(
            f"There is no field {name!r} to merge; nothing was changed. Fields are author, editor, "
            f"{', '.join(a for a in _ATTRIBUTES if a not in {'contributors', 'others'})}."
        )
    return bare


def fill(entry_work: Work, record_work: Work, policy: Policies | None = None) -> Merge:
    """Return `entry_work` with what `record_work` adds to it under `policy`.

    Pure; neither work is changed. Findings carry the entry's citation key and no line.
    """
    policy = policy or Policies()
    values: dict[str, Any] = {}
    changes: list[Change] = []
    for name in _ATTRIBUTES:
        if name in {"contributors", "others", "citation_key"}:
            continue
        old, new = getattr(entry_work, name), getattr(record_work, name)
        change = _change(name, old, new, policy.of(name, entry_work.type))
        if change is not None and not _is_redundant(name, record_work, entry_work):
            changes.append(change)
            values[name] = change.new
    names, others, more = _names(entry_work, record_work, policy)
    changes += more
    merged = replace(entry_work, **values, contributors=names, others=others)
    replaced = frozenset(change.field for change in changes if change.action == "replace")
    findings = tuple(_disagreements(entry_work, record_work, replaced))
    return Merge(merged, tuple(changes), findings)


def _change(name: str, old: Any, new: Any, policy: Policy) -> Change | None:  # noqa: ANN401 - a field's own type
    if policy == "never" or new is None or new in ((), frozenset()) or old == new:
        return None
    if old is None or old == ():
        return Change(name, old, new, "fill", "not stated in the entry")
    if policy != "replace":
        return None
    if same_meaning(name, old, new):
        better = better_value(name, old, new)
        if better.side != "b":
            return None
        return Change(name, old, new, "replace", f"the same, {better.reason}")
    return Change(name, old, new, "replace", "the record says otherwise")


def _is_redundant(name: str, record: Work, entry: Work) -> bool:
    """Tell whether an address only repeats the DOI."""
    return name == "url" and "doi.org/" in (record.url or "") and bool(entry.doi or record.doi)


def _names(
    entry: Work, record: Work, policy: Policies
) -> tuple[tuple[Contributor, ...], frozenset[str], list[Change]]:
    """Merge whole lists by role: never one name of a list, for lists are in printed order."""
    people = list(entry.contributors)
    others = set(entry.others)
    changes = []
    for role in dict.fromkeys(c.role for c in record.contributors):
        old = tuple(c for c in entry.contributors if c.role == role)
        new = tuple(c for c in record.contributors if c.role == role)
        change = _names_change(role, old, new, policy.of(role, entry.type))
        if change is None:
            continue
        changes.append(change)
        at = next((i for i, c in enumerate(people) if c.role == role), len(people))
        people = [c for c in people if c.role != role]
        people[at:at] = new
        others = (others - {role}) | (record.others & {role})
    return tuple(people), frozenset(others), changes


def _names_change(
    role: str, old: tuple[Contributor, ...], new: tuple[Contributor, ...], policy: Policy
) -> Change | None:
    if policy == "never" or [c.name for c in old] == [c.name for c in new]:
        return None
    if not old:
        return Change(role, old, new, "fill", "not stated in the entry")
    if policy != "replace":
        return None
    if same_meaning("contributors", old, new):
        better = better_value("contributors", old, new)
        if better.side != "b":
            return None
        return Change(role, old, new, "replace", f"the same, {better.reason}")
    return Change(role, old, new, "replace", "the record says otherwise")


def _disagreements(entry: Work, record: Work, replaced: frozenset[str]) -> Iterable[Finding]:
    for name, (check, severity, called) in _TOLD.items():
        old, new = getattr(entry, name), getattr(record, name)
        if old is None or new is None or _agree(name, entry, record):
            continue
        verb = "are" if called == "pages" else "is"
        here, there = _shown(name, old), _shown(name, new)
        both = f"the {called} {verb} {here!r} here and {there!r} in the record"
        yield _finding(entry, (check, severity), name, both, replaced)
    first, other = _first_author(entry), _first_author(record)
    if first and other and not same_meaning("contributors", (first,), (other,)):
        here, there = first.name.display(), other.name.display()
        both = f"the first author is {here!r} here and {there!r} in the record"
        yield _finding(entry, ("first-author-differs", "warning"), "author", both, replaced)


def _agree(name: str, entry: Work, record: Work) -> bool:
    old, new = getattr(entry, name), getattr(record, name)
    if name == "issued":
        years = {d.year for d in (record.issued, record.available_date, record.original_date) if d}
        return old.year is None or new.year is None or old.year in years
    if name == "container_title" and record.container_title_short:
        return same_meaning(name, old, new) or same_meaning(name, old, record.container_title_short)
    return same_meaning(name, old, new)


def _finding(
    entry: Work, told: tuple[str, Severity], name: str, both: str, replaced: frozenset[str]
) -> Finding:
    end = "the record's was taken, as its policy says" if name in replaced else "yours was kept"
    return Finding(
        check=told[0],
        message=f"{both}; {end}",
        severity=told[1],
        key=entry.citation_key or None,
        field=name,
    )


def _first_author(work: Work) -> Contributor | None:
    return next((c for c in work.contributors if c.role == "author"), None)


def _shown(name: str, value: Any) -> str:  # noqa: ANN401 - a field's own type
    return str(value.year) if name == "issued" else str(value)


def _policy(value: str) -> Policy:
    if value not in get_args(Policy):
        raise SettingsError(
            f"{value!r} is no policy for merging; nothing was changed. Use fill, replace or never."
        )
    return cast("Policy", value)
