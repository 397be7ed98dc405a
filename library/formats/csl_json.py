"""CSL-JSON, read and written: what pandoc, Zotero and every citation processor speak.

An item's variables are a Work's fields; what a Work holds beyond CSL (ORCID iDs, affiliations,
fields of no variable) stands in `custom` and comes back from there.

Source: CSL 1.0.2 specification, appendices III and IV, and its csl-data.json; citeproc-js manual,
"cheater syntax" in notes.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from library.findings import Finding
from library.formats import csl_variables as csl
from library.formats.crossref_json import with_subtitle
from library.formats.crossref_types import csl_type
from library.formats.csl_writing import CONTRIBUTORS, OTHERS, item, schema_item, write
from library.formats.reading import Reading
from library.formats.record import Record
from library.formats.record_values import identifiers, language_tag, one_identifier, pages
from library.values.dates import Date, from_csl, from_edtf
from library.values.dates import parse as parse_date
from library.values.identifiers import (
    find_dois,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)
from library.values.markup import from_markup, plain
from library.values.names import Name
from library.values.people import split_particle
from library.work import Contributor, Role, Work
from library.work_types import WORK_TYPES

__all__ = ["csl", "item", "read", "read_item", "schema_item", "write"]

SOURCE = "CSL-JSON"
_TYPES = frozenset(row.csl for row in WORK_TYPES)
_ZOTERO_TYPES = {row.zotero.lower(): row.csl for row in reversed(WORK_TYPES) if row.zotero}
_IDENTIFIERS = {
    "doi": normalise_doi,
    "pmid": normalise_pmid,
    "pmcid": normalise_pmcid,
}
_FIELD_OF = {variable: field for field, variable in csl.TEXTS.items()}
_DATE_OF = {variable: field for field, variable in csl.DATES.items()}
_ROLES = frozenset(csl.NAMES)
_PLACES = {role: place for place, role in enumerate(csl.NAMES)}
_CHEATER = re.compile(r"^\s*\{?:?\s*([A-Za-z][A-Za-z _-]{1,29}?)\s*:\s*(\S.*?)\s*\}?\s*$")
_BLANKS = re.compile(r"[\s,]*")
_NAME_PARTS = ("family", "given", "suffix", "dropping-particle", "non-dropping-particle")
_IN_CUSTOM = csl.NAMES_NOT_IN_SCHEMA | {CONTRIBUTORS}
_FROM_CROSSREF = frozenset({"archive", "license", "source"})
_KNOWN = frozenset(_FIELD_OF) | frozenset(_DATE_OF) | _ROLES | {"ISBN", "ISSN", "keyword"}
# Lines that begin with these words are rather the note's own text ("References: …").
_NEVER_IN_NOTES = frozenset(
    {"note", "title", "keyword", "references", "abstract", "annote", "source", "section"}
)
# How a variable may be called in a line of a note: in lower case, with "-" for blanks.
_CHEATS = {
    **{name.lower().replace("_", "-"): name for name in _KNOWN - _NEVER_IN_NOTES},
    "original-publication-date": "original-date",
    "event": "event-title",
}


# --- Reading ------------------------------------------------------------------------------------


def read(text: str, name: str = SOURCE) -> Reading:
    """Return the works of a CSL-JSON file.

    Also read: one item alone, {"items": […]} and {"references": […]}, an object of items by their
    ids, and one item a line. Where the JSON breaks off, what came before is kept and the line is
    in a finding.
    """
    reading = Reading()
    for data in _items(text.removeprefix("\ufeff"), name, reading.findings):
        work, findings = read_item(data)
        reading.works.append(work)
        key = work.citation_key or None
        reading.findings.extend(replace(found, source=name, key=key) for found in findings)
    return reading


def read_item(data: Any) -> tuple[Work, list[Finding]]:  # noqa: ANN401 - parsed JSON of any shape
    """Return the work that one CSL-JSON item describes, and what was odd about it.

    Variables written as lines of `note` ("DOI: 10.1000/abc") fill what the item leaves open.
    """
    record = Record(_with_aliases(data), SOURCE)
    values = _texts(record)
    values.update(
        (field, date)
        for field, variable in csl.DATES.items()
        if variable in record and (date := _date(record, variable)) is not None
    )
    contributors, others = _contributors(record)
    values["isbn"] = identifiers(record, ("ISBN",), "isbn-type", normalise_isbn)
    values["issn"] = identifiers(record, ("ISSN",), "issn-type", normalise_issn)
    note, cheats = _split_note(record.string("note"))
    people, kept = _fill_in(values, cheats, {person.role for person in contributors})
    note = "\n".join([*kept, note] if note else kept)
    if note:
        values["note"] = from_markup(note, paragraphs=True)
    if people:
        contributors = tuple(sorted(contributors + people, key=lambda one: _PLACES[one.role]))
    _drop_doi_address(values)
    work = Work(
        citation_key=record.string("id") or record.string("citation-key") or "",
        type=_type(record),
        contributors=contributors,
        others=others,
        keywords=_keywords(record),
        extra=_extra(record),
        **values,
    )
    return work, record.findings


def _items(text: str, name: str, findings: list[Finding]) -> Iterator[Any]:
    """Yield the items of a file one by one."""
    decoder = json.JSONDecoder()
    at = _next(text, 0)
    is_list = text[at : at + 1] == "["
    at = _next(text, at + 1) if is_list else at
    while at < len(text) and text[at] != "]":
        try:
            data, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, getattr(error, "pos", at)) + 1
            findings.append(
                Finding(
                    "broken-json",
                    "this is no JSON from here on; what stands before was kept",
                    severity="error",
                    source=name,
                    line=line,
                )
            )
            return
        yield from [data] if is_list else _inside(data)
        at = _next(text, at)


def _next(text: str, at: int) -> int:
    """Return the place of the next thing after blanks and commas."""
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _inside(data: Any) -> list[Any]:  # noqa: ANN401 - parsed JSON of any shape
    if not isinstance(data, dict):
        return data if isinstance(data, list) else [data]
    for key in ("items", "references"):
        if isinstance(data.get(key), list):
            return list(data[key])
    if data and "type" not in data and all(isinstance(value, dict) for value in data.values()):
        return [{"id": key, **value} for key, value in data.items()]
    return [data]


def _with_aliases(data: Any) -> Any:  # noqa: ANN401 - parsed JSON of any shape
    """Give older and foreign variables their present names; a present one is never replaced."""
    if not isinstance(data, dict):
        return data
    known = dict(data)
    for old, new in csl.ALIASES.items():
        if old in known and known.get(new) in (None, "", []):
            known[new] = known.pop(old)
    custom = known.get("custom")
    for role in csl.NAMES_NOT_IN_SCHEMA:
        if isinstance(custom, dict) and isinstance(custom.get(role), list):
            known.setdefault(role, custom[role])
    event = known.get("event-title")
    if isinstance(event, dict):
        known["event-title"] = event.get("name")
        known.setdefault("event-place", event.get("location"))
    return known


def _type(record: Record) -> str:
    stated = (record.string("type") or "").strip()
    name = stated.lower()
    for candidate in (name, name.replace("_", "-"), name.replace("-", "_")):
        if candidate in _TYPES:
            return candidate
    found = _ZOTERO_TYPES.get(name) or csl_type(name)
    if found is None:
        found = "document"
        record.find(
            "unknown-type",
            f"{stated!r} is no CSL type; the item is taken for a document"
            if stated
            else "the item states no type; it is taken for a document",
            field="type",
        )
    return found


def _texts(record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable in record.keys():  # noqa: SIM118 - not a dict
        field = _FIELD_OF.get(variable, "note")
        if field != "note" and (text := _text(record, field, variable)) is not None:
            values[field] = text
    if "title" in values:
        for subtitle in record.texts("subtitle")[:1]:
            values["title"] = with_subtitle(values["title"], subtitle)
    return values


def _text(record: Record, field: str, variable: str) -> str | None:
    value = record.raw(variable)
    if isinstance(value, dict):
        return record.child(variable).text("name")  # {"name": "DataCite"} for a publisher
    if field in _FROM_CROSSREF and (not isinstance(value, str) or "reference-count" in record):
        return None  # Crossref's own CSL-JSON means something else by these
    if field in _IDENTIFIERS:
        return one_identifier(record, variable, _IDENTIFIERS[field])
    source = record.string(variable)
    return _text_of(field, source) if source is not None else None


def _text_of(field: str, source: str) -> str | None:
    if field == "page":
        return pages(source)
    if field == "language":
        return language_tag(source) or plain(from_markup(source))
    if field == "url":
        return source.strip().replace("\\/", "/")  # JSON escaped twice
    text = from_markup(source, paragraphs=field in csl.PARAGRAPHS)
    return (text if field in csl.MARKED_UP else plain(text)) or None


def _drop_doi_address(values: dict[str, Any]) -> None:
    """Leave out an address that only says the work's DOI once more."""
    url, doi = values.get("url"), values.get("doi")
    if url and doi and "doi.org" in url and find_dois(unquote(url).replace("\\", "")) == [doi]:
        del values["url"]


def _date(record: Record, variable: str) -> Date | None:
    value = record.raw(variable)
    if isinstance(value, dict):
        date = from_csl(value)
        return date if date is not None or "edtf" not in value else from_edtf(str(value["edtf"]))
    if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
        return parse_date(str(value)) or Date(literal=" ".join(str(value).split()))
    return None


def _contributors(record: Record) -> tuple[tuple[Contributor, ...], frozenset[str]]:
    known = _known_people(record)
    found: list[Contributor] = []
    others = set()
    for role in csl.NAMES:
        place = 0
        for entry in record.children(role) if role in record else ():
            if entry.string("literal") == OTHERS and "family" not in entry:
                others.add(role)
            elif (name := _name(entry)) is not None:
                orcid, affiliations = known.get((role, place), (None, ()))
                found.append(
                    Contributor(
                        name,
                        role,
                        orcid or one_identifier(entry, "ORCID", normalise_orcid),
                        affiliations or _affiliations(entry),
                    )
                )
                place += 1
            else:
                record.find("no-name", f"one {role} has no name; it was left out", field=role)
    return tuple(found), frozenset(others)


def _known_people(record: Record) -> dict[tuple[str, int], tuple[str | None, tuple[str, ...]]]:
    """Return what `custom` keeps of people: (role, place) -> (ORCID iD, affiliations)."""
    custom = record.raw("custom")
    if not isinstance(custom, dict) or not isinstance(custom.get(CONTRIBUTORS), list):
        return {}
    return {
        (entry.string("role") or "", entry.count("place") or 0): (
            one_identifier(entry, "orcid", normalise_orcid),
            entry.strings("affiliations"),
        )
        for entry in Record(custom, SOURCE, record.findings).children(CONTRIBUTORS)
    }


def _name(entry: Record) -> Name | None:
    """Return one name; particles inside the family name are split off as citeproc-js does."""
    literal = None
    if "literal" in entry or "name" in entry:
        literal = entry.text("literal") or entry.text("name")
    if literal:
        return Name(literal=plain(literal))
    parts = {
        part: plain(text)
        for part in _NAME_PARTS
        if part in entry and (text := entry.text(part)) is not None
    }
    family = parts.get("family")
    if family is None:
        given = parts.get("given")
        return Name(literal=given) if given else None
    particle = parts.get("non-dropping-particle")
    if particle is None and "given" in parts:
        if family.startswith('"') and family.endswith('"') and len(family) > 2:  # noqa: PLR2004 - two quotes
            family = family[1:-1]
        elif entry.raw("parse-names") is not False:
            particle, family = split_particle(family)
    return Name(
        family=family,
        given=parts.get("given"),
        non_dropping_particle=particle,
        dropping_particle=parts.get("dropping-particle"),
        suffix=parts.get("suffix"),
    )


def _affiliations(entry: Record) -> tuple[str, ...]:
    if not isinstance(entry.raw("affiliation"), list):
        return ()
    places = [place.text("name") for place in entry.children("affiliation")]
    return tuple(dict.fromkeys(plain(place) for place in places if place))


def _keywords(record: Record) -> tuple[str, ...]:
    stated = record.raw("keyword")
    if isinstance(stated, str):
        words = re.split(r";" if ";" in stated else r",", stated)
    else:
        words = list(record.strings("keyword") or record.strings("categories"))
    cleaned = (plain(from_markup(word)) for word in words)
    return tuple(dict.fromkeys(word for word in cleaned if word))


def _extra(record: Record) -> tuple[tuple[str, str], ...]:
    """Return what no variable holds: the entries of `custom`, and variables we do not know."""
    found: dict[str, str] = {}
    custom = record.raw("custom")
    for key, value in custom.items() if isinstance(custom, dict) else ():
        if key not in _IN_CUSTOM and value not in (None, ""):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            found.setdefault(str(key).lower(), text)
    for key in record.keys():  # noqa: SIM118 - not a dict
        if key in _KNOWN or key in csl.IGNORED:
            continue
        record.find("unknown-variable", f"{key!r} is no CSL variable", field=key, severity="info")
        value = record.raw(key)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            found.setdefault(key.lower(), str(value))
    return tuple(found.items())


# --- Notes --------------------------------------------------------------------------------------


def _split_note(note: str | None) -> tuple[str, list[tuple[str, str, str]]]:
    """Return a note's own text, and the (variable, value, whole line) of the lines in it."""
    kept, cheats = [], []
    for line in (note or "").splitlines():
        match = _CHEATER.match(line)
        name = re.sub(r"[\s_]+", "-", match.group(1).lower()) if match else ""
        variable = _CHEATS.get(name)
        if match and variable:
            cheats.append((variable, match.group(2), line))
        else:
            kept.append(line)
    return "\n".join(kept).strip(), cheats


def _fill_in(
    values: dict[str, Any], cheats: list[tuple[str, str, str]], roles: set[Role]
) -> tuple[tuple[Contributor, ...], list[str]]:
    """Put a note's variables where the item has none.

    Returns the names in roles that the item lacks, and the lines that say something else than
    the item does: they stay in the note.
    """
    people: list[Contributor] = []
    kept = []
    for variable, text, line in cheats:
        source = Record({variable: text}, SOURCE)
        if variable in _ROLES:
            if variable in roles:
                kept.append(line)
                continue
            family, bars, given = (part.strip() for part in text.partition("||"))
            name = Name(family=family, given=given or None) if bars else Name(literal=text)
            people.append(Contributor(name, variable))
            continue
        field, value = _variable(source, variable)
        if value in (None, ()):
            kept.append(line)
        elif values.get(field) in (None, ()):
            values[field] = value
        elif values[field] != value:
            kept.append(line)
    return tuple(people), kept


def _variable(source: Record, variable: str) -> tuple[str, Any]:
    """Return the field of a Work that a variable belongs to, and its value there."""
    if variable in _FIELD_OF:
        return _FIELD_OF[variable], _text(source, _FIELD_OF[variable], variable)
    if variable in _DATE_OF:
        return _DATE_OF[variable], _date(source, variable)
    normalise = normalise_isbn if variable == "ISBN" else normalise_issn
    return variable.lower(), identifiers(source, (variable,), "", normalise)
