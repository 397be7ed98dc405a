"""An entry of arXiv's Atom feed, understood: one preprint.

Source: arXiv API user's manual, section 3.3 (entry metadata).
"""

import re
from typing import Final
from xml.etree import ElementTree as ET

from library.errors import IdentifierError
from library.findings import Finding
from library.formats.reading import RecordReading
from library.values.dates import Date, from_edtf
from library.values.identifiers import normalise_arxiv, normalise_doi
from library.values.markup import from_markup, plain
from library.values.people import in_reading_order
from library.work import Contributor, Relation, Surroundings, Work

SOURCE: Final = "arxiv"
_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_ARXIV: Final = "{http://arxiv.org/schemas/atom}"


def read_record(xml: str) -> RecordReading:
    """Return the preprint that one Atom <entry> describes; of a feed its first entry.

    The date is that of the first version, the id is without version: both stay true when a new
    version comes. The DOI is arXiv's own; one of the published article becomes a relation.
    """
    entry, problem = _entry(xml)
    if entry is None:
        finding = Finding("no-records", problem, "error", SOURCE)
        return RecordReading(Work("", "article", genre="Preprint"), findings=(finding,))
    findings: list[Finding] = []
    identifier, version = _identifier(entry, findings)
    title = from_markup(entry.findtext(f"{_ATOM}title") or "") or None
    if title is None:
        findings.append(
            Finding("no-title", "the record has no title", source=SOURCE, field="title")
        )
    people = tuple(
        Contributor(name, affiliations=_affiliations(author))
        for author in entry.findall(f"{_ATOM}author")
        if (name := in_reading_order(author.findtext(f"{_ATOM}name")))
    )
    work = Work(
        citation_key="",
        type="article",
        genre="Preprint",
        title=title,
        contributors=people,
        issued=_date(entry.findtext(f"{_ATOM}published")),
        publisher="arXiv",
        archive="arXiv" if identifier else None,
        archive_location=identifier,
        version=version,
        doi=f"10.48550/arxiv.{identifier.lower()}" if identifier else None,
        abstract=from_markup(entry.findtext(f"{_ATOM}summary") or "", paragraphs=True) or None,
    )
    return RecordReading(work, Surroundings(relations=_published(entry)), tuple(findings))


def _entry(xml: str) -> tuple[ET.Element | None, str]:
    if "<!" in xml.replace("<![CDATA[", ""):
        return None, "the XML declares entities; it was not read"
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", xml.removeprefix("\ufeff")))  # noqa: S314 - there is no DOCTYPE
    except ET.ParseError as error:
        return None, f"the XML cannot be read: {error}"
    entry = root if root.tag == f"{_ATOM}entry" else root.find(f"{_ATOM}entry")
    return entry, "no entry of arXiv is in this XML"


def _identifier(entry: ET.Element, findings: list[Finding]) -> tuple[str | None, str | None]:
    """Return the id without its version, and the version."""
    stated = (entry.findtext(f"{_ATOM}id") or "").strip()
    try:
        full = normalise_arxiv(stated)
    except IdentifierError as error:
        findings.append(Finding("bad-identifier", f"{error}; it was left out", source=SOURCE))
        return None, None
    identifier, _, version = full.partition("v")
    return identifier, version or None


def _published(entry: ET.Element) -> tuple[Relation, ...]:
    text = entry.findtext(f"{_ARXIV}doi")
    try:
        return (Relation("is-preprint-of", normalise_doi(text)),) if text else ()
    except IdentifierError:
        return ()


def _affiliations(author: ET.Element) -> tuple[str, ...]:
    places = (
        plain(from_markup(place.text or "")) for place in author.findall(f"{_ARXIV}affiliation")
    )
    return tuple(place for place in places if place)


def _date(text: str | None) -> Date | None:
    return from_edtf(text.strip().split("T")[0]) if text else None
