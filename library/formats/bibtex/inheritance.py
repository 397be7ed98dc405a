"""What an entry takes over from others: `crossref`, `xdata`, and the members of a @set.

Biber's default rules, with two departures that keep citations right:

* identifiers and comments that belong to the parent alone (its DOI, its abstract) are not taken
  over: the DOI of the proceedings is not the DOI of the paper;
* where biber would let a booktitle be missing because the parent's type is not the one expected
  (@inproceedings in a @book), the parent's title is the booktitle all the same.

Source: biblatex manual, appendix B, default inheritance setup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from library.entry import Entry
from library.findings import Finding
from library.formats.bibtex.names import split_names
from library.formats.bibtex.wordlist import words

_NEVER = words("""
    ids crossref xref xdata entryset entrysubtype execute label options presort related
    relatedoptions relatedstring relatedtype shorthand shorthandintro sortkey sortname sorttitle
    sortyear indextitle indexsorttitle key
    """)
"""What is never taken over by `crossref`, in biber."""

_PARENTS_OWN = words("""
    doi pmid pmcid pmc eprint eprinttype eprintclass archiveprefix primaryclass abstract
    annotation annote file pdf timestamp bibsource biburl owner keywords mrnumber zblnumber
    """)
"""What says something of the parent alone; our departure from biber."""

_TITLES = ("title", "subtitle", "titleaddon")
_SHORT = ("shorttitle",)

_BOOK_PARTS = frozenset(["inbook", "bookinbook", "suppbook"])
_COLLECTION_PARTS = frozenset(["incollection", "inreference", "suppcollection"])
_PROCEEDINGS_PARTS = frozenset(["inproceedings", "conference"])
_PARTS = _BOOK_PARTS | _COLLECTION_PARTS | _PROCEEDINGS_PARTS
_ARTICLES = frozenset(["article", "suppperiodical", "review"])
_WHOLES = frozenset(["book", "collection", "reference", "proceedings"])
_MULTIVOLUME = frozenset(["mvbook", "mvcollection", "mvreference", "mvproceedings"])
_XDATA = re.compile(r"xdata=([^\s,{}]+?)-([A-Za-z]+)(?:-([0-9]{1,4}))?")
_MAX_DEPTH = 50


def inherit(entries: Sequence[Entry], source: str = "") -> tuple[list[Entry], list[Finding]]:
    """Return the entries with what they take over filled in, in their order, and what was odd.

    @xdata entries are containers and are left out; so is nothing else.
    """
    findings: list[Finding] = []
    if not any(_asks(entry) for entry in entries):
        return [entry for entry in entries if entry.type != "xdata"], findings
    family = _Family(entries, source, findings)
    return [family.filled(entry) for entry in entries if entry.type != "xdata"], findings


def _asks(entry: Entry) -> bool:
    fields = entry.fields
    return (
        "crossref" in fields
        or "xdata" in fields
        or entry.type == "set"
        or "xdata=" in "\n".join(fields.values())
    )


class _Family:
    """The entries of a file, found by key."""

    def __init__(self, entries: Sequence[Entry], source: str, findings: list[Finding]) -> None:
        self.source = source
        self.findings = findings
        self.done: dict[int, Entry] = {}
        self.by_key: dict[str, Entry] = {}
        self.by_folded_key: dict[str, Entry] = {}
        for entry in entries:
            self.by_key.setdefault(entry.key, entry)
            self.by_folded_key.setdefault(entry.key.lower(), entry)
        for entry in entries:
            for alias in _keys(entry.fields.get("ids", "")):
                self.by_key.setdefault(alias, entry)

    def filled(self, entry: Entry, above: tuple[int, ...] = ()) -> Entry:
        """Return the entry with all that it takes over; `above` are the entries on the way."""
        if not _asks(entry):
            return entry
        known = self.done.get(id(entry))
        if known is not None:
            return known
        way = (*above, id(entry))
        fields = dict(entry.fields)
        for parent in self.parents(entry, "xdata", _keys(fields.get("xdata", "")), way):
            for name, value in parent.fields.items():
                if name not in {"xdata", "ids"}:
                    fields.setdefault(name, value)
        self.fill_granular(entry, fields, way)
        entry_type = entry.type
        for parent in self.parents(entry, "crossref", [fields.get("crossref", "").strip()], way):
            for name, value in _handed_down(parent, entry_type):
                fields.setdefault(name, value)
        if entry.type == "set":
            members = _keys(fields.get("entryset", "") or fields.get("crossref", ""))
            for parent in self.parents(entry, "entryset", members[:1], way):
                entry_type = parent.type
                for name, value in parent.fields.items():
                    if name not in _NEVER:
                        fields.setdefault(name, value)
        result = replace(entry, type=entry_type, fields=fields)
        self.done[id(entry)] = result
        return result

    def fill_granular(self, entry: Entry, fields: dict[str, str], way: tuple[int, ...]) -> None:
        """Fill fields, or members of lists: "author = {Doe, J. and xdata=houses-editor-2}"."""
        for name, value in entry.fields.items():
            if "xdata=" not in value:
                continue
            members = split_names(value)
            found = [self.member(entry, name, member, way) for member in members]
            if found != members:
                fields[name] = " and ".join(found)

    def member(self, entry: Entry, name: str, member: str, way: tuple[int, ...]) -> str:
        """Return what "xdata=key-field-number" stands for; anything else as it is."""
        match = _XDATA.fullmatch(member)
        if match is None:
            return member
        key, field, number = match.groups()
        for parent in self.parents(entry, name, [key], way):
            value = parent.fields.get(field.lower())
            if value is None or parent.type != "xdata":
                continue
            if number is None:
                return value
            members = split_names(value)
            if 0 < int(number) <= len(members):
                return members[int(number) - 1]
        return member

    def parents(
        self, entry: Entry, field: str, keys: Iterable[str], way: tuple[int, ...]
    ) -> Iterable[Entry]:
        for key in keys:
            if not key:
                continue
            parent = self.by_key.get(key) or self.by_folded_key.get(key.lower())
            if parent is None:
                self.report(
                    entry, field, "missing-parent", f"no entry “{key}” is here to take fields from"
                )
            elif id(parent) in way or len(way) > _MAX_DEPTH:
                self.report(
                    entry, field, "circular-parent",
                    f"“{key}” takes its fields from this entry in turn; nothing was taken over",
                )  # fmt: skip
            else:
                yield self.filled(parent, way)

    def report(self, entry: Entry, field: str, check: str, message: str) -> None:
        self.findings.append(
            Finding(check, message, source=self.source, line=entry.line, key=entry.key, field=field)
        )


def _keys(value: str) -> list[str]:
    return [key.strip() for key in value.split(",") if key.strip()]


def _handed_down(parent: Entry, child_type: str) -> Iterable[tuple[str, str]]:
    """Yield the fields that a child of this type takes over, under the names they have there."""
    renamed = _renamings(parent.type, child_type)
    for name, value in parent.fields.items():
        for target in renamed.get(name, ()):
            yield target, value
    for name, value in parent.fields.items():
        if name in _NEVER or name in _PARENTS_OWN or (name in renamed and name in _TITLES + _SHORT):
            continue
        yield name, value


def _renamings(parent: str, child: str) -> dict[str, tuple[str, ...]]:
    """Return what each title of the parent is called in the child; () is "not taken over"."""
    renamed: dict[str, tuple[str, ...]] = {}
    if parent in _MULTIVOLUME and (child in _WHOLES or child in _PARTS):
        renamed = {title: ("main" + title,) for title in _TITLES}
    elif child in _PARTS and parent not in _PARTS:
        renamed = {title: ("book" + title,) for title in _TITLES}
    elif parent == "periodical" and child in _ARTICLES:
        renamed = {"title": ("journaltitle",), "subtitle": ("journalsubtitle",), "titleaddon": ()}
    if renamed:
        renamed["shorttitle"] = ()
    if parent in {"book", "mvbook"} and child in _BOOK_PARTS:
        renamed["author"] = ("author", "bookauthor")
    return renamed
