"""PubMed's records: the XML of its efetch service, and the tagged text (nbib) it lets people save.

Source: NLM, PubMed DTD (pubmed_250101.dtd) with its element descriptions; NLM, "MEDLINE®/PubMed®
Data Element (Field) Descriptions".
"""

import re
from collections.abc import Iterator
from typing import Final, Literal
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from library.errors import IdentifierError
from library.findings import Finding
from library.formats.medline_text import (
    expanded_pages,
    given_with_dots,
    journal_in_title_case,
    medline_date,
    read_text,
    without_full_stop,
)
from library.formats.reading import Reading, RecordReading
from library.formats.record_values import language_tag, pages
from library.values.dates import Date, checked, month_number
from library.values.identifiers import (
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)
from library.values.markup import from_markup, plain
from library.values.names import Name
from library.values.people import organisation, person
from library.work import Contributor, Funder, Notice, Reference, Role, Surroundings, Work

__all__ = ["read", "read_record", "read_text"]

SOURCE: Final = "pubmed"
_NOTICES: Final = {
    "RetractionIn": ("retraction", True),
    "RetractionOf": ("retraction", False),
    "PartialRetractionIn": ("partial_retraction", True),
    "PartialRetractionOf": ("partial_retraction", False),
    "ErratumIn": ("erratum", True),
    "ErratumFor": ("erratum", False),
    "CorrectedandRepublishedIn": ("correction", True),
    "CorrectedandRepublishedFrom": ("correction", False),
    "RetractedandRepublishedIn": ("retraction", True),
    "RetractedandRepublishedFrom": ("retraction", False),
    "ExpressionOfConcernIn": ("expression_of_concern", True),
    "ExpressionOfConcernFor": ("expression_of_concern", False),
    "UpdateIn": ("new_version", True),
    "UpdateOf": ("new_version", False),
}
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^\[>]*(\[)?[^>]*>")
_NORMALISE: Final = {
    "doi": normalise_doi,
    "pmid": normalise_pmid,
    "pmcid": normalise_pmcid,
    "isbn": normalise_isbn,
    "issn": normalise_issn,
    "orcid": normalise_orcid,
}


def read_record(
    xml: str, *, event: Literal["print", "online", "earliest"] = "print"
) -> RecordReading:
    """Return the work that one record of PubMed describes.

    Args:
        xml: a <PubmedArticle> or <PubmedBookArticle>, or a set of which the first is taken.
        event: as for Crossref's records: the printed issue's date, or the one online.
    """
    findings: list[Finding] = []
    found = next(_articles(xml, SOURCE, findings), None)
    if found is None:
        findings.append(
            Finding("no-records", "no record of PubMed is in this XML", "error", SOURCE)
        )
        return RecordReading(Work("", "document"), findings=tuple(findings))
    reading = _book(found) if found.tag == "PubmedBookArticle" else _article(found, event)
    return RecordReading(reading.work, reading.surroundings, (*findings, *reading.findings))


def read(text: str, name: str = "PubMed") -> Reading:
    """Return the works of a file saved from PubMed: XML, or tagged text (nbib, MEDLINE)."""
    if not text.lstrip("\ufeff \r\n\t").startswith("<"):
        return read_text(text, name)
    reading = Reading()
    for found in _articles(text, name, reading.findings):
        one = _book(found) if found.tag == "PubmedBookArticle" else _article(found, "print")
        reading.works.append(one.work)
        reading.findings.extend(one.findings)
    return reading


def _articles(xml: str, name: str, findings: list[Finding]) -> Iterator[ET.Element]:
    """Yield the records of a set. A document that declares entities is refused, not expanded."""
    text = xml.lstrip("\ufeff \r\n\t")
    declared = _DOCTYPE.search(text)
    if "<!ENTITY" in text or (declared is not None and declared.group(1)):
        findings.append(
            Finding("hostile-xml", "the XML declares entities; it was not read", "error", name)
        )
        return
    text = re.sub(r"^<\?xml[^>]*\?>", "", _DOCTYPE.sub("", text, count=1))
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a DOCTYPE there is nothing to expand
    except ET.ParseError as error:
        line = error.position[0]
        findings.append(
            Finding("broken-xml", f"the XML cannot be read: {error}", "error", name, line)
        )
        return
    if root.tag in {"PubmedArticle", "PubmedBookArticle", "MedlineCitation"}:
        yield root
        return
    yield from (
        child for child in root.iter() if child.tag in {"PubmedArticle", "PubmedBookArticle"}
    )


# --- Articles -----------------------------------------------------------------------------------


def _article(record: ET.Element, event: str) -> RecordReading:
    citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
    citation = citation if citation is not None else ET.Element("MedlineCitation")
    article = citation.find("Article")
    article = article if article is not None else ET.Element("Article")
    journal = article.find("Journal")
    journal = journal if journal is not None else ET.Element("Journal")
    findings: list[Finding] = []
    title, original = _titles(article)
    printed = _date(journal.find("JournalIssue/PubDate"))
    online = _date(article.find("ArticleDate"))
    issued = (online if event == "online" else printed) or printed or online
    if event == "earliest" and printed and online and (online.start or ()) < (printed.start or ()):
        issued = online
    kinds = {_text(kind) for kind in article.iter("PublicationType")}
    people, others = _people(article, findings)
    language = language_tag(_text(article.find("Language")))
    full = journal_in_title_case(_marked(journal.find("Title")), language)
    short = _text(journal.find("ISOAbbreviation")) or _text(
        citation.find("MedlineJournalInfo/MedlineTA")
    )
    issn = [_text(journal.find("ISSN")), _text(citation.find("MedlineJournalInfo/ISSNLinking"))]
    is_preprint = "Preprint" in kinds
    pmid = _identifier("pmid", _text(citation.find("PMID")), findings)
    if title is None:
        findings.append(
            Finding("no-title", "the record has no title", source=SOURCE, field="title")
        )
    work = Work(
        citation_key="",
        type="article" if is_preprint else "article-journal",
        genre="Preprint" if is_preprint else None,
        title=title,
        original_title=original,
        contributors=people,
        others=others,
        issued=issued,
        available_date=online if event == "print" and online and issued != online else None,
        container_title=full or short,
        container_title_short=short if short != full else None,
        volume=_text(journal.find("JournalIssue/Volume")),
        issue=_text(journal.find("JournalIssue/Issue")),
        page=_pages(article),
        doi=_identifier("doi", _doi(record, article), findings),
        pmid=pmid,
        pmcid=_identifier("pmcid", _article_id(record, "pmc"), findings),
        issn=_all("issn", issn),
        language=language,
        abstract=_abstract(article.find("Abstract")),
        keywords=_keywords(citation),
    )
    return RecordReading(work, _surroundings(record, citation, article), tuple(findings))


def _titles(article: ET.Element) -> tuple[str | None, str | None]:
    """Return title and original title. NLM puts translated titles in brackets."""
    title = _marked(article.find("ArticleTitle"))
    vernacular = _marked(article.find("VernacularTitle"))
    if title is not None:
        title = without_full_stop(title)
        if title.startswith("[") and title.endswith("]") and "]" not in title[1:-1]:
            title = without_full_stop(title[1:-1])
    original = without_full_stop(vernacular) if vernacular else None
    return title or original, original if title and original != title else None


def _pages(article: ET.Element) -> str | None:
    stated = _text(article.find("Pagination/MedlinePgn"))
    start, end = (_text(article.find(f"Pagination/{name}")) for name in ("StartPage", "EndPage"))
    if stated is None and start:
        stated = f"{start}-{end}" if end and end != start else start
    if stated is None:  # a publisher's id as short as that is the article's number
        ids = (
            _text(place) for place in article.iter("ELocationID") if place.get("EIdType") == "pii"
        )
        return next((text for text in ids if text and re.fullmatch(r"\w{1,9}", text)), None)
    return expanded_pages(pages(stated))


def _doi(record: ET.Element, article: ET.Element) -> str | None:
    stated = (
        _text(place) for place in article.iter("ELocationID") if place.get("EIdType") == "doi"
    )
    return next(filter(None, stated), None) or _article_id(record, "doi")


def _article_id(record: ET.Element, kind: str) -> str | None:
    """Return an identifier of the record itself, not of what it cites."""
    for path in (
        "PubmedData/ArticleIdList/ArticleId",
        "BookDocument/ArticleIdList/ArticleId",
        "PubmedBookData/ArticleIdList/ArticleId",
    ):
        for place in record.findall(path):
            if place.get("IdType") == kind and (text := _text(place)):
                return text
    return None


def _surroundings(record: ET.Element, citation: ET.Element, article: ET.Element) -> Surroundings:
    references = tuple(
        Reference(
            position=position,
            text=_text(item.find("Citation")),
            doi=next(
                (
                    found
                    for place in item.iter("ArticleId")
                    if place.get("IdType") == "doi" and (found := _quiet("doi", _text(place)))
                ),
                None,
            ),
        )
        for position, item in enumerate(record.iter("Reference"), 1)
    )
    awards: dict[str, list[str]] = {}
    for grant in article.iter("Grant"):
        if agency := _text(grant.find("Agency")):
            awards.setdefault(agency, []).extend(filter(None, [_text(grant.find("GrantID"))]))
    funders = tuple(Funder(name, None, tuple(dict.fromkeys(ids))) for name, ids in awards.items())
    return Surroundings(references=references, funders=funders, notices=tuple(_notices(citation)))


def _notices(citation: ET.Element) -> Iterator[Notice]:
    for item in citation.iter("CommentsCorrections"):
        kind = _NOTICES.get(item.get("RefType", ""))
        if kind is None:
            continue
        source = _text(item.find("RefSource")) or ""
        found = re.search(r"\bdoi:\s*(10\.\S+)", source, re.IGNORECASE)
        yield Notice(
            type=kind[0],
            doi=_quiet("doi", found.group(1) if found else None),
            is_about_this=kind[1],
            label=source or None,
            source=SOURCE,
        )


# --- Books --------------------------------------------------------------------------------------


def _book(record: ET.Element) -> RecordReading:
    """A chapter or a whole book of the NCBI Bookshelf."""
    document = record.find("BookDocument")
    document = document if document is not None else ET.Element("BookDocument")
    book = document.find("Book")
    book = book if book is not None else ET.Element("Book")
    findings: list[Finding] = []
    title = _marked(document.find("ArticleTitle"))
    book_title = _marked(book.find("BookTitle"))
    people, others = _people(document, findings, whole_lists=True)
    of_book, _ = _people(book, findings, whole_lists=True)
    is_part = title is not None
    role: Role = "container-author" if is_part else "author"
    more = tuple(
        Contributor(
            one.name, role if one.role == "author" else one.role, one.orcid, one.affiliations
        )
        for one in of_book
    )
    known = {one.name for one in people}
    work = Work(
        citation_key="",
        type="chapter" if is_part else "book",
        title=without_full_stop(title or book_title or "") or None,
        contributors=tuple(
            sorted(
                (*people, *(one for one in more if one.name not in known)),
                key=lambda one: one.role,  # "author" comes first
            )
        ),
        others=others,
        issued=_date(book.find("PubDate")) or _date(document.find("ContributionDate")),
        container_title=without_full_stop(book_title) if is_part and book_title else None,
        collection_title=_marked(book.find("CollectionTitle")),
        volume=_text(book.find("Volume")),
        edition=_text(book.find("Edition")),
        number=_text(book.find("ReportNumber")),
        publisher=_text(book.find("Publisher/PublisherName")),
        publisher_place=_text(book.find("Publisher/PublisherLocation")),
        page=_pages(document),
        doi=_identifier("doi", _article_id(record, "doi"), findings),
        pmid=_identifier("pmid", _text(document.find("PMID")), findings),
        isbn=_all("isbn", [_text(place) for place in book.iter("Isbn")]),
        language=language_tag(_text(document.find("Language"))),
        abstract=_abstract(document.find("Abstract")),
        keywords=_keywords(document),
    )
    if work.title is None:
        findings.append(
            Finding("no-title", "the record has no title", source=SOURCE, field="title")
        )
    return RecordReading(work, findings=tuple(findings))


# --- Pieces -------------------------------------------------------------------------------------


def _people(
    holder: ET.Element, findings: list[Finding], *, whole_lists: bool = False
) -> tuple[tuple[Contributor, ...], frozenset[str]]:
    found: list[Contributor] = []
    others: set[str] = set()
    for group in holder.findall("AuthorList"):
        role: Role = "editor" if whole_lists and group.get("Type") == "editors" else "author"
        for entry in group.findall("Author"):
            name = _name(entry)
            if name is None:
                findings.append(
                    Finding(
                        "no-name",
                        f"one {role} has no name; it was left out",
                        source=SOURCE,
                        field=role,
                    )
                )
                continue
            orcid = next(
                (
                    _text(place)
                    for place in entry.findall("Identifier")
                    if place.get("Source") == "ORCID"
                ),
                None,
            )
            places = (_text(place) for place in entry.iter("Affiliation"))
            found.append(
                Contributor(
                    name,
                    role,
                    _identifier("orcid", orcid, findings),
                    tuple(dict.fromkeys(filter(None, places))),
                )
            )
        if group.get("CompleteYN") == "N":
            others.add(role)
    return tuple(found), frozenset(others)


def _name(entry: ET.Element) -> Name | None:
    if (group := _text(entry.find("CollectiveName"))) is not None:
        return organisation(group)
    given = _text(entry.find("ForeName")) or _text(entry.find("Initials"))
    suffix = _text(entry.find("Suffix"))
    return person(_text(entry.find("LastName")), given_with_dots(given), suffix)


def _date(place: ET.Element | None) -> Date | None:
    """Return year, month (a name or a number), day or season; else what MedlineDate says."""
    if place is None:
        return None
    words = _text(place.find("MedlineDate"))
    if words is not None:
        return medline_date(words)
    stated = _text(place.find("Year"))
    if stated is None or not stated.isdecimal():
        return None
    month = month_number(_text(place.find("Month")) or _text(place.find("Season")) or "")
    day = _text(place.find("Day"))
    parts = checked(int(stated), month, int(day) if day and day.isdecimal() and month else None)
    return Date(parts or (int(stated),))


def _abstract(place: ET.Element | None) -> str | None:
    """Return the abstract; its labelled parts are paragraphs: "METHODS: …"."""
    if place is None:
        return None
    out = []
    for part in place.findall("AbstractText"):
        text = from_markup(_inner(part), paragraphs=True)
        label = (part.get("Label") or "").strip()
        if text and label and label.upper() != "UNLABELLED":
            text = f"{label}: {text}"
        if text:
            out.append(text)
    return "\n\n".join(out) or None


def _keywords(citation: ET.Element) -> tuple[str, ...]:
    words = (_text(word) for word in citation.iter("Keyword"))
    return tuple(dict.fromkeys(word.rstrip(".") for word in words if word))


def _inner(place: ET.Element) -> str:
    """Return what stands inside an element, with its markup."""
    return escape(place.text or "") + "".join(
        ET.tostring(child, encoding="unicode") for child in place
    )


def _marked(place: ET.Element | None) -> str | None:
    return from_markup(_inner(place)) or None if place is not None else None


def _text(place: ET.Element | None) -> str | None:
    marked = _marked(place)
    return plain(marked) or None if marked else None


def _identifier(kind: str, text: str | None, findings: list[Finding]) -> str | None:
    if text is None:
        return None
    try:
        return _NORMALISE[kind](text)
    except IdentifierError as error:
        findings.append(
            Finding("bad-identifier", f"{error}; it was left out", source=SOURCE, field=kind)
        )
        return None


def _quiet(kind: str, text: str | None) -> str | None:
    return _identifier(kind, text, [])


def _all(kind: str, texts: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_quiet(kind, text) or text for text in texts if text))
