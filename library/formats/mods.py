"""MODS, the Library of Congress's format for bibliographic records, written and read.

What MODS has an element for stands there; every other variable stands in a typed note, so that it
comes back. Inline markup of titles is lost: MODS has none.

Source: MODS 3.8, user guidelines and schema; MARC relator codes; MARC genre terms.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from library.findings import Finding
from library.formats import csl_json
from library.formats import csl_variables as csl
from library.formats.csl_writing import OTHERS
from library.formats.items import (
    Item,
    date_text,
    items,
    keywords,
    one_line,
    plain_lines,
    several,
    split_name,
    xml_text,
)
from library.formats.reading import Reading
from library.work import Work
from library.work_types import WORK_TYPES

_SPACE: Final = "{http://www.loc.gov/mods/v3}"
_OPENING: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<modsCollection xmlns="http://www.loc.gov/mods/v3" version="3.7">\n'
)
# CSL name variable -> MARC relator code; of the other way round the first counts.
_CODES: Final = {
    "author": "aut",
    "chair": "mod",
    "collection-editor": "pbd",
    "compiler": "com",
    "composer": "cmp",
    "contributor": "ctb",
    "curator": "cur",
    "director": "drt",
    "editor": "edt",
    "guest": "pan",
    "host": "hst",
    "illustrator": "ill",
    "interviewer": "ivr",
    "narrator": "nrt",
    "organizer": "orm",
    "performer": "prf",
    "producer": "pro",
    "recipient": "rcp",
    "script-writer": "aus",
    "series-creator": "cre",
    "translator": "trl",
}
_ROLES: Final = {code: role for role, code in _CODES.items()} | {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "creator": "author",
    "ths": "contributor",
    "dis": "author",
}
_IN_HOST: Final = frozenset({"container-author"})
_MARC_GENRES: Final = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "newspaper",
    "bill": "legislation",
    "book": "book",
    "dataset": "numeric data",
    "entry-dictionary": "dictionary",
    "entry-encyclopedia": "encyclopedia",
    "graphic": "picture",
    "interview": "interview",
    "legal_case": "legal case and case notes",
    "legislation": "legislation",
    "map": "map",
    "motion_picture": "motion picture",
    "paper-conference": "conference publication",
    "patent": "patent",
    "periodical": "periodical",
    "personal_communication": "letter",
    "post-weblog": "web site",
    "regulation": "legislation",
    "report": "technical report",
    "review": "review",
    "song": "sound",
    "speech": "speech",
    "standard": "standard or specification",
    "thesis": "thesis",
    "treaty": "treaty",
    "webpage": "web site",
}
_FROM_MARC: Final = {genre: kind for kind, genre in reversed(_MARC_GENRES.items())} | {
    "theses": "thesis",
    "journal": "article-journal",
    "journal article": "article-journal",
    "instruction": "document",
    "conference paper": "paper-conference",
    "book section": "chapter",
    "book chapter": "chapter",
    "handbook": "book",
    "biography": "book",
    "multivolume monograph": "book",
    "videorecording": "motion_picture",
}
_RESOURCES: Final = {
    "broadcast": "moving image",
    "dataset": "software, multimedia",
    "figure": "still image",
    "graphic": "still image",
    "map": "cartographic",
    "motion_picture": "moving image",
    "musical_score": "notated music",
    "post": "software, multimedia",
    "post-weblog": "software, multimedia",
    "software": "software, multimedia",
    "song": "sound recording",
    "webpage": "software, multimedia",
}
_FROM_RESOURCE: Final = {
    "moving image": "motion_picture",
    "still image": "graphic",
    "cartographic": "map",
    "notated music": "musical_score",
    "software, multimedia": "software",
    "sound recording": "song",
    "sound recording-musical": "song",
    "sound recording-nonmusical": "song",
}
_CSL_TYPES: Final = frozenset(row.csl for row in WORK_TYPES)
_ZOTERO_TYPE: Final = {row.csl: row.zotero for row in reversed(WORK_TYPES) if row.zotero}
_ZOTERO: Final = {row.zotero: row.csl for row in reversed(WORK_TYPES) if row.zotero}
_PARTS: Final = {"volume": "volume", "issue": "issue", "chapter-number": "chapter"}
_DATES: Final = {"accessed": "dateCaptured", "submitted": "dateCreated"}
_OTHER_DATES: Final = {
    "available-date": "available",
    "event-date": "event",
    "original-date": "original",
}
_PLACED: Final = frozenset(
    {"title", "title-short", "original-title", "container-title", "container-title-short"}
    | {"collection-title", "collection-number", "page", "number", "number-of-pages", "edition"}
    | {"publisher", "publisher-place", "genre", "medium", "language", "license", "DOI", "PMID"}
    | {"PMCID", "URL", "abstract", "note", "call-number", "archive", *_PARTS}
)
_NOTED: Final = tuple(name for name in csl.TEXTS.values() if name not in _PLACED)
# CSL variable -> what opens and closes its place.
_TITLES: Final = (
    ("title", "<titleInfo><title>", "</title></titleInfo>"),
    ("title-short", '<titleInfo type="abbreviated"><title>', "</title></titleInfo>"),
    ("original-title", '<titleInfo type="alternative"><title>', "</title></titleInfo>"),
)
_LANGUAGE: Final = (
    (
        "language",
        '<language><languageTerm type="code" authority="rfc5646">',
        "</languageTerm></language>",
    ),
)
_PHYSICAL: Final = (
    ("medium", "<form>", "</form>"),
    ("number-of-pages", '<extent unit="pages">', "</extent>"),
)
_SERIES: Final = (
    ("collection-title", "<title>", "</title>"),
    ("collection-number", "<partNumber>", "</partNumber>"),
)
_LOCATIONS: Final = (
    ("archive", "<physicalLocation>", "</physicalLocation>"),
    ("call-number", "<shelfLocator>", "</shelfLocator>"),
    ("URL", '<url usage="primary display">', "</url>"),
)
_LICENSE: Final = (
    ("license", '<accessCondition type="use and reproduction">', "</accessCondition>"),
)
_WRITTEN_IDENTIFIERS: Final = {"doi": "DOI", "pmid": "PMID", "pmc": "PMCID", "number": "number"}
_IDENTIFIERS: Final = {"doi": "DOI", "pmid": "PMID", "pmc": "PMCID", "pmcid": "PMCID"}


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give a MODS collection, one record at a time; a work may be its CSL-JSON item."""
    yield _OPENING
    yield from map(record, items(works))
    yield "</modsCollection>\n"


def record(item: Item) -> str:
    """Return one CSL-JSON item as a <mods> element."""
    out = ["<mods>"]
    _texts(item, out, _TITLES)
    for role in csl.NAMES:
        if role in item and role not in _IN_HOST:
            out += [_name(name, role) for name in item[role]]
    _genres(item, out)
    out.append(_origin(item))
    _texts(item, out, _LANGUAGE)
    _inside(item, out, "physicalDescription", _PHYSICAL)
    for variable, tag in (("abstract", "abstract"), ("note", "note")):
        if variable in item:
            out.append(f"<{tag}>{xml_text(plain_lines(item[variable]))}</{tag}>")
    out += [
        f'<note type="{variable}">{xml_text(item[variable])}</note>'
        for variable in _NOTED
        if variable in item
    ]
    out += [f"<subject><topic>{xml_text(word)}</topic></subject>" for word in keywords(item)]
    part = _part(item)
    host = _host(item, part)
    out.append(host or part)
    series: list[str] = []
    _inside(item, series, "titleInfo", _SERIES)
    out += [f'<relatedItem type="series">{title}</relatedItem>' for title in series]
    _identifiers(item, out, in_host=bool(host))
    for place in _LOCATIONS:
        _inside(item, out, "location", (place,))
    _texts(item, out, _LICENSE)
    out.append("</mods>\n")
    return "".join(out)


def _texts(item: Item, out: list[str], places: Iterable[tuple[str, str, str]]) -> None:
    """Write the variables that an item has, each between its own opening and closing."""
    out += [
        f"{opening}{xml_text(one_line(item[variable]))}{closing}"
        for variable, opening, closing in places
        if variable in item
    ]


def _inside(item: Item, out: list[str], tag: str, places: Iterable[tuple[str, str, str]]) -> None:
    """Write variables inside one element, where there are any."""
    inner: list[str] = []
    _texts(item, inner, places)
    if inner:
        out.append(f"<{tag}>{''.join(inner)}</{tag}>")


def _genres(item: Item, out: list[str]) -> None:
    kind = item.get("type", "document")
    out.append(f"<typeOfResource>{_RESOURCES.get(kind, 'text')}</typeOfResource>")
    if kind in _ZOTERO_TYPE:
        out.append(f'<genre authority="local">{_ZOTERO_TYPE[kind]}</genre>')
    out.append(f'<genre authority="csl">{xml_text(kind)}</genre>')
    if kind in _MARC_GENRES:
        out.append(f'<genre authority="marcgt">{_MARC_GENRES[kind]}</genre>')
    _texts(item, out, (("genre", "<genre>", "</genre>"),))


def _name(name: Item, role: str) -> str:
    if name.get("literal") == OTHERS:
        inside = "<etal/>"
        opening = "<name>"
    else:
        family, given, suffix = split_name(name)
        if "literal" in name:
            opening, inside = '<name type="corporate">', f"<namePart>{xml_text(family)}</namePart>"
        else:
            opening = '<name type="personal">'
            inside = f'<namePart type="family">{xml_text(family)}</namePart>'
            if given:
                inside += f'<namePart type="given">{xml_text(given)}</namePart>'
            if suffix:
                inside += f'<namePart type="termsOfAddress">{xml_text(suffix)}</namePart>'
    code = _CODES.get(role)
    term = (
        f'<roleTerm type="code" authority="marcrelator">{code}</roleTerm>'
        if code
        else f'<roleTerm type="text">{role}</roleTerm>'
    )
    return f"{opening}{inside}<role>{term}</role></name>"


def _origin(item: Item) -> str:
    out: list[str] = []
    _texts(
        item,
        out,
        (
            ("publisher-place", '<place><placeTerm type="text">', "</placeTerm></place>"),
            ("publisher", "<publisher>", "</publisher>"),
        ),
    )
    issued = date_text(item, "issued")
    if issued:
        coding = "" if "literal" in item["issued"] else ' encoding="edtf"'
        out.append(f'<dateIssued{coding} keyDate="yes">{xml_text(issued)}</dateIssued>')
    for variable, element in _DATES.items():
        if variable in item:
            out.append(f"<{element}>{xml_text(date_text(item, variable))}</{element}>")
    for variable, kind in _OTHER_DATES.items():
        if variable in item:
            date = xml_text(date_text(item, variable))
            out.append(f'<dateOther type="{kind}">{date}</dateOther>')
    _texts(item, out, (("edition", "<edition>", "</edition>"),))
    return f"<originInfo>{''.join(out)}</originInfo>" if out else ""


def _part(item: Item) -> str:
    out = [
        f'<detail type="{kind}"><number>{xml_text(one_line(item[variable]))}</number></detail>'
        for variable, kind in _PARTS.items()
        if variable in item
    ]
    if "page" in item:
        page = one_line(item["page"])
        first, dash, last = page.partition("-")
        if dash and first and last and "," not in page and "-" not in last:
            inside = f"<start>{xml_text(first)}</start><end>{xml_text(last)}</end>"
        else:
            inside = f"<list>{xml_text(page)}</list>"
        out.append(f'<extent unit="pages">{inside}</extent>')
    return f"<part>{''.join(out)}</part>" if out else ""


def _host(item: Item, part: str) -> str:
    out: list[str] = []
    for variable, kind in (
        ("container-title", ""),
        ("container-title-short", ' type="abbreviated"'),
    ):
        if variable in item:
            title = xml_text(one_line(item[variable]))
            out.append(f"<titleInfo{kind}><title>{title}</title></titleInfo>")
    for role in _IN_HOST:
        out += [_name(name, "author") for name in item.get(role, ())]
    if not out:
        return ""
    out.append(part)
    out += [
        f'<identifier type="issn">{xml_text(one)}</identifier>' for one in several(item.get("ISSN"))
    ]
    return f'<relatedItem type="host">{"".join(out)}</relatedItem>'


def _identifiers(item: Item, out: list[str], *, in_host: bool) -> None:
    if item.get("id"):
        out.append(f'<identifier type="citekey">{xml_text(item["id"])}</identifier>')
    for kind, variable in (
        ("doi", "DOI"),
        ("pmid", "PMID"),
        ("pmc", "PMCID"),
        ("number", "number"),
    ):
        if variable in item:
            out.append(f'<identifier type="{kind}">{xml_text(item[variable])}</identifier>')
    for kind in ("ISBN",) if in_host else ("ISBN", "ISSN"):
        out += [
            f'<identifier type="{kind.lower()}">{xml_text(one)}</identifier>'
            for one in several(item.get(kind))
        ]


# --- Reading ------------------------------------------------------------------------------------


def read(text: str, name: str = "MODS") -> Reading:
    """Return the works of a MODS file: a collection, or one record."""
    reading = Reading()
    try:
        depth = 0
        for event, element in iterparse(
            BytesIO(text.lstrip("\ufeff \r\n\t").encode()), events=("start", "end")
        ):
            if element.tag != f"{_SPACE}mods":
                continue
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                work, findings = csl_json.read_item(_item(element))
                reading.works.append(work)
                key = work.citation_key or None
                reading.findings.extend(replace(one, source=name, key=key) for one in findings)
                element.clear()
    except ParseError as error:
        message = "this is no XML from here on; the records before it were kept"
        reading.findings.append(Finding("broken-xml", message, "error", name, error.position[0]))
    except DefusedXmlException:
        message = "the file declares entities, which no library's system writes; it is not read on"
        reading.findings.append(Finding("unsafe-xml", message, "error", name))
    if not reading.works and not reading.findings:
        message = "no <mods> element of MODS 3 was found in the file"
        reading.findings.append(Finding("no-records", message, "error", name))
    return reading


def _item(mods: Element) -> dict[str, Any]:
    host = next((one for one in _all(mods, "relatedItem") if one.get("type") == "host"), None)
    series = next((one for one in _all(mods, "relatedItem") if one.get("type") == "series"), None)
    values: dict[str, Any] = {
        "type": _read_type(mods, host),
        "title": _title(mods, None),
        "title-short": _title(mods, "abbreviated"),
        "original-title": _title(mods, "alternative"),
        "language": _text(mods, "language/languageTerm"),
        "medium": _text(mods, "physicalDescription/form"),
        "abstract": _text(mods, "abstract"),
        "license": _text(mods, "accessCondition"),
        "archive": _text(mods, "location/physicalLocation"),
        "call-number": _text(mods, "location/shelfLocator") or _text(mods, "classification"),
        "URL": _text(mods, "location/url"),
    }
    genres = [one for one in _all(mods, "genre") if not one.get("authority")]
    values["genre"] = next((_own(one) for one in genres if _own(one) not in _FROM_MARC), None)
    extent = _text(mods, "physicalDescription/extent")
    if extent:
        digits = extent.removesuffix("p.").removesuffix("pages").strip()
        values["number-of-pages"] = digits if digits.isdigit() else None
    notes = [one for one in _all(mods, "note") if _own(one)]
    values["note"] = "\n".join(_own(one) for one in notes if one.get("type") not in _NOTED)
    values.update((one.get("type", ""), _own(one)) for one in notes if one.get("type") in _NOTED)
    values["keyword"] = [_own(one) for one in _all(mods, "subject/topic") if _own(one)]
    for place in (mods, host):
        if place is not None:
            _read_origin(place, values)
            _read_part(place, values)
            _read_identifiers(place, values, is_host=place is host)
    if host is not None:
        values["container-title"] = _title(host, None)
        values["container-title-short"] = _title(host, "abbreviated")
    if series is not None:
        values["collection-title"] = _title(series, None)
        values["collection-number"] = _text(series, "titleInfo/partNumber")
    _read_names(mods, host, values)
    return {name: value for name, value in values.items() if value}


def _read_type(mods: Element, host: Element | None) -> str:
    """Return the CSL type: as we wrote it, as Zotero or MARC names it, else by the resource."""
    genres = [(one.get("authority", ""), _own(one)) for one in _all(mods, "genre")]
    if host is not None:
        genres += [("host", _own(one)) for one in _all(host, "genre")]
    for authority, genre in genres:
        if authority == "csl" and genre in _CSL_TYPES:
            return genre
    for authority, genre in genres:
        if authority == "local" and genre in _ZOTERO:
            return _ZOTERO[genre]
    for authority, genre in genres:
        kind = _FROM_MARC.get(genre.lower())
        if kind and not (kind == "book" and host is not None):
            return "article-journal" if authority == "host" and kind == "periodical" else kind
    if host is not None:
        parts = {one.get("type") for one in _all(host, "part/detail")}
        is_journal = "issue" in parts or _text(host, "originInfo/issuance") == "continuing"
        return "article-journal" if is_journal else "chapter"
    kind = _FROM_RESOURCE.get((_text(mods, "typeOfResource") or "").lower())
    if kind:
        return kind
    return "book" if _text(mods, "originInfo/issuance") == "monographic" else "document"


def _read_origin(place: Element, values: dict[str, Any]) -> None:
    for origin in _all(place, "originInfo"):
        for term in _all(origin, "place/placeTerm"):
            if term.get("type") != "code":
                _add(values, "publisher-place", _own(term))
        _add(values, "publisher", _text(origin, "publisher"))
        _add(values, "edition", _text(origin, "edition"))
        for element in ("dateIssued", "copyrightDate", "dateCreated"):
            if element != "dateCreated" or not _text(origin, "dateIssued"):
                _add(values, "issued", _date(_range(origin, element)))
        if _text(origin, "dateIssued"):
            _add(values, "submitted", _date(_text(origin, "dateCreated")))
        _add(values, "accessed", _date(_text(origin, "dateCaptured")))
        for other in _all(origin, "dateOther"):
            for variable, kind in _OTHER_DATES.items():
                if other.get("type") == kind:
                    _add(values, variable, _date(_own(other)))


def _range(origin: Element, element: str) -> str | None:
    points = {one.get("point", ""): _own(one) for one in _all(origin, element)}
    if points.get("start"):
        return f"{points['start']}/{points['end']}" if points.get("end") else points["start"]
    return points.get("")


def _read_part(place: Element, values: dict[str, Any]) -> None:
    for part in _all(place, "part"):
        for detail in _all(part, "detail"):
            for variable, kind in _PARTS.items():
                if detail.get("type") in {kind, variable} or (
                    variable == "issue" and detail.get("type") == "number"
                ):
                    _add(values, variable, _text(detail, "number") or _text(detail, "caption"))
        for extent in _all(part, "extent"):
            if extent.get("unit") in {"page", "pages", None}:
                first, last = _text(extent, "start"), _text(extent, "end")
                both = f"{first}-{last}" if first and last else first
                _add(values, "page", both or _text(extent, "list"))
        _add(values, "issued", _date(_text(part, "date")))


def _read_identifiers(place: Element, values: dict[str, Any], *, is_host: bool) -> None:
    for one in _all(place, "identifier"):
        kind, value = (one.get("type") or "").lower(), _own(one)
        if kind in {"isbn", "issn"}:
            values.setdefault(kind.upper(), []).append(value)
        elif is_host:
            continue
        elif kind in _IDENTIFIERS:
            _add(values, _IDENTIFIERS[kind], value)
        elif kind == "citekey":
            values["id"] = value
        elif kind in {"number", "report number", "patent"}:
            _add(values, "number", value)
        elif kind == "uri" and value.startswith(("http:", "https:")):
            _add(values, "URL", value)


def _read_names(mods: Element, host: Element | None, values: dict[str, Any]) -> None:
    for place, default in ((mods, "author"), (host, "editor")):
        for one in _all(place, "name") if place is not None else ():
            terms = [_own(term) for term in _all(one, "role/roleTerm")]
            role = next((_role(term) for term in terms if _role(term)), None)
            role = role or (default if not terms else "contributor")
            if place is host and role == "author":
                role = "container-author"
            name = _read_name(one)
            if name:
                values.setdefault(role, []).append(name)


def _role(term: str) -> str | None:
    plain = term.strip().lower()
    return _ROLES.get(plain) or (plain if plain in csl.NAMES else None)


def _read_name(one: Element) -> dict[str, str]:
    if one.find(f"{_SPACE}etal") is not None:
        return {"literal": OTHERS}
    parts: dict[str, str] = {}
    for part in _all(one, "namePart"):
        kind = part.get("type") or "whole"
        parts[kind] = f"{parts[kind]} {_own(part)}" if kind in parts else _own(part)
    if parts.get("family"):
        name = {"family": parts["family"], "given": parts.get("given", "")}
        name["suffix"] = parts.get("termsOfAddress", "")
        return {part: text for part, text in name.items() if text}
    whole = parts.get("whole") or parts.get("given") or _text(one, "displayForm") or ""
    family, comma, given = whole.partition(", ")
    if one.get("type") == "personal" and comma:
        return {"family": family, "given": given}
    return {"literal": whole} if whole else {}


def _title(place: Element, kind: str | None) -> str | None:
    for info in _all(place, "titleInfo"):
        if info.get("type") == kind:
            before = _text(info, "nonSort")
            title = " ".join(filter(None, (before, _text(info, "title"))))
            subtitle = _text(info, "subTitle")
            if title and subtitle:
                title = f"{title}: {subtitle}"
            if title:
                return title
    return None


def _all(place: Element, path: str) -> list[Element]:
    return place.findall("/".join(f"{_SPACE}{name}" for name in path.split("/")))


def _text(place: Element, path: str) -> str | None:
    return next((text for one in _all(place, path) if (text := _own(one))), None)


def _own(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _date(text: str | None) -> dict[str, str] | None:
    return {"raw": text} if text else None


def _add(values: dict[str, Any], variable: str, value: Any) -> None:  # noqa: ANN401 - a text or a date
    if value:
        values.setdefault(variable, value)
