"""Zotero's cases for its BibTeX import: a .bib file, and the Zotero items it makes of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from library.errors import IdentifierError
from library.formats.bibtex.read import read
from library.values.dates import edtf
from library.values.identifiers import normalise_isbn
from library.work import Work
from library.work_types import WORK_TYPES
from measure.bibtex_pandoc import Compared, straight

_CREATORS = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "container-author": "bookAuthor",
    "collection-editor": "seriesEditor",
    "contributor": "contributor",
}
_CONTAINERS = {
    "bookSection": "bookTitle",
    "conferencePaper": "proceedingsTitle",
    "encyclopediaArticle": "encyclopediaTitle",
    "dictionaryEntry": "dictionaryTitle",
    "webpage": "websiteTitle",
    "blogPost": "blogTitle",
}
_PUBLISHERS = {"thesis": "university", "report": "institution", "film": "distributor"}
_TYPES = {"thesis": "thesisType", "report": "reportType", "manuscript": "manuscriptType"}
_NUMBERS = {"report": "reportNumber", "patent": "patentNumber"}
_LEFT_OUT = frozenset({"itemID", "seeAlso", "attachments", "id"})
"""Zotero's own housekeeping; attached files are no part of a description."""
_ZOTERO_TYPE: dict[str, str] = {}
for _row in WORK_TYPES:
    _ZOTERO_TYPE.setdefault(_row.csl, _row.zotero)


def compared(folder: Path) -> Iterator[Compared]:
    """Yield every field of every item in Zotero's BibTeX cases under `folder`."""
    for bib in sorted(folder.rglob("*.bib")):
        beside = bib.with_name(f"{bib.stem}.expected_zotero.json")
        if not beside.exists():
            continue
        items = json.loads(beside.read_text(encoding="utf-8"))
        works = read(bib.read_bytes(), bib.name).works
        by_key = {work.citation_key: work for work in works}
        for place, item in enumerate(items):
            work = by_key.get(item.get("itemID", ""))
            if work is None and len(works) == len(items):
                work = works[place]
            expected = expected_item(item)
            got = to_zotero(work) if work is not None else {}
            case = f"{bib.stem}:{item.get('itemID', place)}"
            for field in sorted(expected.keys() | got.keys()):
                yield Compared(case, field, expected.get(field), got.get(field), work)


def expected_item(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of one of Zotero's items, in one spelling."""
    out: dict[str, Any] = {}
    for field, value in item.items():
        if field in _LEFT_OUT or value in ("", [], None):
            continue
        if field == "creators":
            out[field] = [_creator(one) for one in value]
        elif field == "tags":
            out[field] = [tag["tag"] if isinstance(tag, dict) else tag for tag in value]
        elif field == "notes":
            out[field] = [re.sub(r"</?p>", "", note["note"]) for note in value]
        elif field == "extra":
            out.update(line.split(": ", 1) for line in value.splitlines() if ": " in line)
        else:
            out[field] = one_spelling(field, str(value))
    return out


def one_spelling(field: str, text: str) -> str:
    """Return a value with what has no meaning evened out: a DOI's case, dashes, hyphens."""
    if field == "DOI":
        return text.lower()
    if field == "pages":
        return re.sub("[–—]", "-", text)
    if field == "ISBN":
        try:
            return normalise_isbn(text)
        except IdentifierError:
            return text
    return straight(text)


def _creator(creator: dict[str, Any]) -> tuple[str, str, str]:
    if "name" in creator or creator.get("fieldMode") == 1:
        name = creator.get("name") or creator.get("lastName", "")
        return creator["creatorType"], straight(name), ""
    names = creator.get("lastName", ""), creator.get("firstName", "")
    return creator["creatorType"], straight(names[0]), straight(names[1])


def to_zotero(work: Work) -> dict[str, Any]:
    """Return the work as a Zotero item: each field where Zotero has it for this type."""
    kind = _ZOTERO_TYPE[work.type]
    values: dict[str, str | None] = {
        "itemType": kind,
        "title": work.title,
        "shortTitle": work.title_short,
        _CONTAINERS.get(kind, "publicationTitle"): work.container_title,
        "journalAbbreviation": work.container_title_short,
        "volume": work.volume,
        "issue": work.issue,
        "pages": work.page,
        "edition": work.edition,
        "series": work.collection_title,
        "seriesNumber": work.collection_number,
        "numPages": work.number_of_pages,
        _NUMBERS.get(kind, "number"): work.number,
        _TYPES.get(kind, "type"): work.genre,
        _PUBLISHERS.get(kind, "publisher"): work.publisher,
        "place": work.publisher_place,
        "url": work.url,
        "DOI": work.doi,
        "ISBN": ", ".join(work.isbn),
        "ISSN": ", ".join(work.issn),
        "language": work.language,
        "abstractNote": work.abstract,
        "date": (edtf(work.issued) or work.issued.literal) if work.issued else None,
        "PMID": work.pmid,
        "PMCID": work.pmcid,
        "event-place": work.event_place,
    }
    if work.archive == "arXiv":
        values["arXiv"] = work.archive_location
    others = {
        "rights": "rights",
        "copyright": "rights",
        "mrnumber": "MR",
        "zmnumber": "Zbl",
        "lccn": "LCCN",
    }
    extra = dict(work.extra)
    values |= {name: extra[field] for field, name in others.items() if field in extra}
    out: dict[str, Any] = {name: straight(text) for name, text in values.items() if text}
    creators = [_our_creator(person) for person in work.contributors]
    if creators:
        out["creators"] = creators
    if work.keywords:
        out["tags"] = list(work.keywords)
    if work.note:
        out["notes"] = [work.note]
    return out


def _our_creator(person: Any) -> tuple[str, str, str]:  # noqa: ANN401 - a Contributor
    name = person.name
    kind = _CREATORS.get(person.role, "contributor")
    if name.literal is not None:
        return kind, straight(name.literal), ""
    family = " ".join(filter(None, (name.non_dropping_particle, name.family)))
    given = " ".join(filter(None, (name.given, name.dropping_particle)))
    return kind, straight(family), straight(", ".join(filter(None, (given, name.suffix))))
