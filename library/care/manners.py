"""What is wrong with entries as entries: missing fields, capitals, markup, names of venues.

These look at the file alone; nothing is asked for, and no record is read.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from library.bibfile import Patch, SetField
from library.care.duplicates import pairs
from library.care.looking import Library
from library.care.registry import CHECKS
from library.entry import Entry
from library.errors import IdentifierError
from library.findings import Finding
from library.formats.bibtex.read import without_collector
from library.judgement.citation_keys import base_key
from library.values.identifiers import normalise_doi
from library.values.markup import plain

# biblatex 3.20, blx-dm.def: what each type must have; "a|b" is one of the two. Fields that an
# entry takes over from its parent count.
_DATE: Final = "date|year"
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "article": ("author|editor", "title", "journaltitle|journal", _DATE),
    "book": ("author|editor", "title", _DATE),
    "mvbook": ("author|editor", "title", _DATE),
    "inbook": ("author", "title", "booktitle|crossref", _DATE),
    "incollection": ("author", "title", "booktitle|crossref", _DATE),
    "inproceedings": ("author", "title", "booktitle|crossref|eventtitle", _DATE),
    "conference": ("author", "title", "booktitle|crossref|eventtitle", _DATE),
    "inreference": ("author|title", "title", "booktitle|crossref", _DATE),
    "collection": ("editor", "title", _DATE),
    "proceedings": ("title", _DATE),
    "report": ("author|editor|institution", "title", "institution|publisher|type", _DATE),
    "techreport": ("author|editor|institution", "title", "institution", _DATE),
    "thesis": ("author", "title", "institution|school", _DATE),
    "phdthesis": ("author", "title", "institution|school", _DATE),
    "mastersthesis": ("author", "title", "institution|school", _DATE),
    "patent": ("author", "title", "number", _DATE),
    "manual": ("title",),
    "online": ("title", "url|doi|eprint"),
    "dataset": ("author|editor|title", "title"),
    "unpublished": ("author|editor", "title"),
}
_ACRONYM: Final = re.compile(r"(?<![\w{\\])[A-Z]{2,}[A-Z0-9]*\b(?![^{}]*\})")
_MARKUP: Final = re.compile(
    r"</?[a-z]+(?::[a-z]+)?(?: [^<>]*)?>|&(?:lt|gt|amp|#\d+|[a-z]{3,8});", re.IGNORECASE
)
_OURS: Final = re.compile(r"</?(?:i|b|sub|sup)>", re.IGNORECASE)
_RANGE: Final = re.compile(r"^\s*([A-Za-z]?\d+)\s*[-–—]\s*([A-Za-z]?\d+)\s*$")
_DEFINED: Final = re.compile(
    r"^[ \t]*@string\s*[{(]\s*([\w:.+/-]+)\s*=", re.IGNORECASE | re.MULTILINE
)
_USED: Final = re.compile(r"[=#]\s*([A-Za-z][\w:.+/-]*)\s*(?=[#,}\)\n])")
_MANY_LETTERS: Final = 12


def look(library: Library, wanted: frozenset[str]) -> list[Finding]:
    """Return what the checks of these names find in the file."""
    with without_collector():
        return [
            replace(finding, source=library.name)
            for check, function in _FUNCTIONS.items()
            if check in wanted
            for finding in function(library)
        ]


def names() -> frozenset[str]:
    """Return the names of the checks that look at the file alone."""
    return frozenset(_FUNCTIONS)


def fixes(entries: Sequence[Entry], wanted: frozenset[str]) -> list[Patch]:
    """Return the patches that mend what can be mended without changing what a value means."""
    patches: list[Patch] = []
    for entry in entries:
        if not entry.key:
            continue
        doi = _bare_doi(entry)
        if "doi-address" in wanted and doi is not None:
            patches.append(SetField(entry.key, "doi", doi))
        pages = _RANGE.match(entry.fields.get("pages", ""))
        if "page-dash" in wanted and pages is not None:
            patches.append(SetField(entry.key, "pages", f"{pages[1]}--{pages[2]}"))
    return patches


def _find(entry: Entry, check: str, message: str, field: str | None = None) -> Finding:
    return Finding(check, message, CHECKS[check].severity, "", entry.line, entry.key, field)


def _missing(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        held = entry.fields
        if "crossref" in held or "xdata" in held:
            continue
        for field in _REQUIRED.get(entry.type, ()):
            if not any(held.get(name, "").strip() for name in field.split("|")):
                wanted = " or ".join(field.split("|"))
                yield _find(
                    entry, "missing-field", f"@{entry.type} has no {wanted}", field.split("|")[0]
                )


def _capitals(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        work = library.works.get(entry.key)
        letters = [one for one in plain(work.title or "") if one.isalpha()] if work else []
        words = len(plain(work.title or "").split()) if work else 0
        if len(letters) >= _MANY_LETTERS and words > 1 and all(one.isupper() for one in letters):
            yield _find(entry, "title-in-capitals", "the title is in capitals throughout", "title")


def _acronyms(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        title = entry.fields.get("title", "")
        if not any(one.islower() for one in title):
            continue
        found = list(dict.fromkeys(_ACRONYM.findall(title)))
        if found and "{" + title + "}" != title:
            shown = ", ".join(found[:5])
            message = f"{shown} without braces: BibTeX may print it small"
            yield _find(entry, "unprotected-acronym", message, "title")


def _markup(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        for field in ("title", "journal", "journaltitle", "booktitle", "author"):
            found = _MARKUP.search(_OURS.sub("", entry.fields.get(field, "")))
            if found is not None:
                yield _find(entry, "leftover-markup", f"{found[0]!r} stands in {field}", field)


def _doi_addresses(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        doi = _bare_doi(entry)
        if doi is not None:
            yield _find(
                entry, "doi-address", f"the field holds an address; the DOI is {doi}", "doi"
            )


def _bare_doi(entry: Entry) -> str | None:
    """Return the DOI of a field that holds its address; None where the field is as it should be."""
    stated = entry.fields.get("doi", "").strip()
    if not re.match(r"(?:https?:|doi:|dx\.|doi\.org)", stated, re.IGNORECASE):
        return None
    bare = re.sub(
        r"^(?:https?://)?(?:dx\.)?(?:doi\.org/)?(?:doi:\s*)?", "", stated, flags=re.IGNORECASE
    )
    try:
        return bare if normalise_doi(bare) == normalise_doi(stated) else None
    except IdentifierError:
        return None


def _dashes(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        pages = entry.fields.get("pages", "")
        if _RANGE.match(pages):
            yield _find(
                entry, "page-dash", f"“{pages.strip()}” is a range: two hyphens in BibTeX", "pages"
            )


def _strings(library: Library) -> Iterator[Finding]:
    text = library.source.text(0, len(library.source.data))
    if _DEFINED.search(text) is None:
        return
    used = {name.lower() for name in _USED.findall(text)}
    for match in _DEFINED.finditer(text):
        if match[1].lower() not in used:
            line = text.count("\n", 0, match.start()) + 1
            message = f"no entry uses the @string {match[1]}"
            yield Finding("unused-string", message, CHECKS["unused-string"].severity, "", line)


def _venues(library: Library) -> Iterator[Finding]:
    """Tell where one ISSN stands with two names."""
    by_issn: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in library.entries:
        work = library.works.get(entry.key)
        if work is None or not work.container_title:
            continue
        for issn in work.issn:
            by_issn[issn][plain(work.container_title)].append(entry)
    told: set[str] = set()
    for written in by_issn.values():
        if len({" ".join(name.casefold().split()) for name in written}) < 2:  # noqa: PLR2004 - two names
            continue
        usual = max(written, key=lambda name: (len(written[name]), len(name)))
        for name, entries in written.items():
            for entry in entries if name != usual else ():
                if entry.key not in told:
                    told.add(entry.key)
                    yield _find(
                        entry,
                        "venue-names",
                        f"“{name}” is “{usual}” elsewhere in the library",
                        "journal",
                    )


def _patterns(library: Library) -> Iterator[Finding]:
    for entry in library.entries:
        work = library.works.get(entry.key)
        if work is None or "keypinned" in entry.fields:
            continue
        base = base_key(work, library.key_pattern)
        if not entry.key.startswith(base):
            yield _find(entry, "key-pattern", f"the pattern makes {base}: library keys")


def _duplicates(library: Library) -> Iterator[Finding]:
    works = list(library.works.values())
    entries = {entry.key: entry for entry in library.entries}
    for pair in pairs(works):
        first, second = works[pair.first], works[pair.second]
        entry = entries.get(second.citation_key)
        if entry is not None:
            yield _find(
                entry, "duplicate", f"it is the same work as {first.citation_key}: library dedupe"
            )


_FUNCTIONS: Final[Mapping[str, Callable[[Library], Iterator[Finding]]]] = {
    "missing-field": _missing,
    "title-in-capitals": _capitals,
    "unprotected-acronym": _acronyms,
    "leftover-markup": _markup,
    "doi-address": _doi_addresses,
    "page-dash": _dashes,
    "unused-string": _strings,
    "venue-names": _venues,
    "key-pattern": _patterns,
    "duplicate": _duplicates,
}
