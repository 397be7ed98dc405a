"""A record of DataCite's REST API, understood: its attributes in, a work and its surroundings out.

Source: DataCite Metadata Schema 4.6 and its mapping to JSON; DataCite REST API, "/dois/{id}".
"""

import re
from typing import Any, Final

from library.errors import IdentifierError
from library.formats.crossref_json import with_subtitle
from library.formats.crossref_types import thesis_genre
from library.formats.reading import RecordReading
from library.formats.record import Record
from library.formats.record_values import language_tag, locator, one_identifier, pages
from library.values.dates import Date, from_edtf
from library.values.dates import parse as parse_date
from library.values.identifiers import (
    normalise_arxiv,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmid,
)
from library.values.markup import from_markup, plain
from library.values.names import Name
from library.values.people import organisation, person
from library.work import (
    Contributor,
    Funder,
    License,
    Reference,
    Relation,
    Role,
    Surroundings,
    Work,
)

SOURCE: Final = "datacite"
# resourceTypeGeneral -> (CSL type, genre). Where it says less, `resourceType` is looked at first.
_TYPES: Final[dict[str, tuple[str, str | None]]] = {
    "audiovisual": ("motion_picture", None),
    "award": ("document", None),
    "book": ("book", None),
    "bookchapter": ("chapter", None),
    "collection": ("collection", None),
    "computationalnotebook": ("software", None),
    "conferencepaper": ("paper-conference", None),
    "conferenceproceeding": ("book", None),
    "datapaper": ("article-journal", None),
    "dataset": ("dataset", None),
    "dissertation": ("thesis", None),
    "event": ("event", None),
    "image": ("graphic", None),
    "instrument": ("document", None),
    "interactiveresource": ("webpage", None),
    "journal": ("periodical", None),
    "journalarticle": ("article-journal", None),
    "model": ("software", None),
    "outputmanagementplan": ("report", None),
    "peerreview": ("review", "Peer review"),
    "physicalobject": ("document", None),
    "preprint": ("article", "Preprint"),
    "project": ("document", None),
    "report": ("report", None),
    "service": ("software", None),
    "software": ("software", None),
    "sound": ("song", None),
    "standard": ("standard", None),
    "studyregistration": ("document", None),
    "workflow": ("software", None),
}
# Words of `resourceType` that say more than "Text" or "Other".
_WORDS: Final = (
    (re.compile(r"thesis|dissertation|thèse", re.IGNORECASE), "dissertation"),
    (re.compile(r"preprint|eprint", re.IGNORECASE), "preprint"),
    (re.compile(r"chapter|section", re.IGNORECASE), "bookchapter"),
    (re.compile(r"conference|proceeding", re.IGNORECASE), "conferencepaper"),
    (re.compile(r"report|working.?paper|deliverable", re.IGNORECASE), "report"),
    (re.compile(r"article|journal", re.IGNORECASE), "journalarticle"),
    (re.compile(r"\bbook|monograph", re.IGNORECASE), "book"),
    (re.compile(r"software|code", re.IGNORECASE), "software"),
    (re.compile(r"data", re.IGNORECASE), "dataset"),
)
_BLOG: Final = re.compile(r"blog", re.IGNORECASE)
_SLIDES: Final = re.compile(r"presentation|slides|talk|poster|lecture", re.IGNORECASE)
_ROLES: Final[dict[str, Role]] = {
    "Editor": "editor",
    "Translator": "translator",
    "Producer": "producer",
    "Supervisor": "contributor",
}
_DATES: Final = ("Issued", "Available", "Created", "Submitted", "Updated")


def read_record(attributes: Any) -> RecordReading:  # noqa: ANN401 - parsed JSON of any shape
    """Return the work that DataCite's `attributes` describe; the answer around them will do, too.

    DOIs of arXiv, Zenodo, figshare, universities and many journals outside Crossref come so.
    """
    record = Record(_unwrapped(attributes), SOURCE)
    kind, genre = _type(record)
    container = record.child("container")
    publisher = _publisher(record)
    doi = one_identifier(record, "doi", normalise_doi)
    arxiv = _arxiv(record, doi)
    first, last = container.text("firstPage"), container.text("lastPage")
    related = record.children("relatedIdentifiers")
    work = Work(
        citation_key="",
        type=kind,
        genre=genre,
        title=_title(record),
        contributors=_contributors(record),
        issued=_issued(record),
        available_date=None,
        submitted=_date(record, "Submitted"),
        container_title=_container(record, kind),
        volume=locator(container, "volume"),
        issue=locator(container, "issue"),
        page=pages(f"{first}-{last}" if first and last and last != first else first),
        edition=container.text("edition"),
        publisher=publisher,
        version=_version(record),
        language=language_tag(record.string("language")),
        doi=doi,
        isbn=_related(related, "ISBN", normalise_isbn),
        issn=_related(related, "ISSN", normalise_issn),
        pmid=_alternate(record, "pmid", normalise_pmid),
        abstract=_abstract(record),
        keywords=_keywords(record),
        url=None if doi else record.string("url"),
        original_title=_titled(record, "TranslatedTitle") if kind != "dataset" else None,
        archive="arXiv" if arxiv else None,
        archive_location=arxiv,
    )
    if work.title is None:
        record.find("no-title", "the record has no title", field="titles")
    return RecordReading(work, _surroundings(record, related), tuple(record.findings))


def _unwrapped(data: Any) -> Any:  # noqa: ANN401 - parsed JSON of any shape
    """Return the attributes inside the API's answer."""
    while isinstance(data, dict) and "titles" not in data:
        inner = data.get("data") if "data" in data else data.get("attributes")
        if not isinstance(inner, dict):
            break
        data = inner
    return data


def _type(record: Record) -> tuple[str, str | None]:
    types = record.child("types")
    general = (types.string("resourceTypeGeneral") or "").replace(" ", "").lower()
    own = types.text("resourceType") or ""
    if general in {"text", "other", "audiovisual", ""}:
        if _BLOG.search(own):
            return "post-weblog", None
        if _SLIDES.search(own):
            return "speech", own
        general = next((kind for pattern, kind in _WORDS if pattern.search(own)), general)
    if general == "dissertation":
        return "thesis", thesis_genre(own)
    if general in _TYPES:
        return _TYPES[general]
    if general not in {"text", "other", ""}:
        record.find("unknown-type", f"DataCite's {general!r} is not known; taken for a document")
    return "document", own or None


# --- Titles and text ----------------------------------------------------------------------------


def _title(record: Record) -> str | None:
    entries = record.children("titles")
    main = next((entry.text("title") for entry in entries if "titleType" not in entry), None)
    main = main or next((entry.text("title") for entry in entries), None)
    subtitle = _titled(record, "Subtitle")
    return with_subtitle(main, subtitle) if main and subtitle and subtitle != main else main


def _titled(record: Record, kind: str) -> str | None:
    return next(
        (
            entry.text("title")
            for entry in record.children("titles")
            if entry.string("titleType") == kind
        ),
        None,
    )


def _abstract(record: Record) -> str | None:
    for entry in record.children("descriptions"):
        source = entry.string("description")
        if source and entry.string("descriptionType") in {"Abstract", None}:
            return from_markup(source, paragraphs=True) or None
    return None


def _keywords(record: Record) -> tuple[str, ...]:
    """Return the free keywords; codes of classifications ("FOS: Physics", "math.AG") go."""
    words = []
    for entry in record.children("subjects"):
        text = entry.text("subject")
        if text and "subjectScheme" not in entry and "schemeUri" not in entry:
            words.append(plain(text))
    return tuple(dict.fromkeys(words))


def _version(record: Record) -> str | None:
    stated = record.text("version")
    return re.sub(r"^v(?=\d)", "", stated) if stated else None


# --- People -------------------------------------------------------------------------------------


def _contributors(record: Record) -> tuple[Contributor, ...]:
    found = [
        contributor
        for entry in record.children("creators")
        if (contributor := _contributor(entry, "author"))
    ]
    for entry in record.children("contributors"):
        role = _ROLES.get(entry.string("contributorType") or "")
        if role and (contributor := _contributor(entry, role)):
            found.append(contributor)
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.role)))


_ORDER: Final = ("author", "contributor", "editor", "producer", "translator")


def _contributor(entry: Record, role: Role) -> Contributor | None:
    name = _name(entry)
    if name is None:
        entry.find("no-name", f"one {role} has no name; it was left out", field=role)
        return None
    orcid = None
    for identifier in entry.children("nameIdentifiers"):
        scheme = (identifier.string("nameIdentifierScheme") or "").upper()
        if scheme == "ORCID" or "orcid.org" in (identifier.string("nameIdentifier") or ""):
            orcid = one_identifier(identifier, "nameIdentifier", normalise_orcid)
    return Contributor(name, role, orcid, _affiliations(entry))


def _name(entry: Record) -> Name | None:
    """Return a name: its parts, else "Family, Given" of a person, else the whole."""
    whole = entry.string("name")
    if entry.string("nameType") == "Organizational":
        return organisation(whole or entry.string("familyName"))
    if "familyName" in entry:
        return person(entry.string("familyName"), entry.string("givenName"))
    if whole and entry.string("nameType") == "Personal" and "," in whole:
        family, _, given = whole.partition(",")
        return person(family.strip(), given.strip())
    if (
        whole
        and whole.count(",") == 1
        and re.fullmatch(r"[^\W\d]+(?:[ '’-][^\W\d]+)*, \S.*", whole)
    ):
        family, _, given = whole.partition(", ")
        return person(family, given)
    return organisation(whole)


def _affiliations(entry: Record) -> tuple[str, ...]:
    stated = entry.raw("affiliation")
    if isinstance(stated, list) and stated and isinstance(stated[0], dict):
        texts = [place.text("name") for place in entry.children("affiliation")]
    else:
        texts = list(entry.texts("affiliation"))
    return tuple(dict.fromkeys(plain(text) for text in texts if text))


# --- Dates, venue -------------------------------------------------------------------------------


def _issued(record: Record) -> Date | None:
    """Return the date of issue; its year must agree with the stated publication year."""
    year = record.count("publicationYear")
    if year is None:
        return next((date for kind in _DATES if (date := _date(record, kind))), None)
    for kind in ("Issued", "Available"):
        date = _date(record, kind)
        if date is not None and date.year == year:
            return date
    return Date((year,))


def _date(record: Record, kind: str) -> Date | None:
    for entry in record.children("dates"):
        text = entry.string("date")
        if text and entry.string("dateType") == kind:
            return from_edtf(text.split("T")[0]) or parse_date(text)
    return None


def _publisher(record: Record) -> str | None:
    name = (
        record.child("publisher").text("name")
        if isinstance(record.raw("publisher"), dict)
        else None
    )
    text = name or (record.text("publisher") if isinstance(record.raw("publisher"), str) else None)
    return None if text in {":unav", "(:unav)", ":none", "(:none)"} else text


def _container(record: Record, kind: str) -> str | None:
    """Return the venue. A repository in the publisher's place is no venue of its own."""
    container = record.child("container")
    stated = container.text("title")
    if stated is None:
        stated = next(
            (
                title
                for item in record.children("relatedItems")
                if item.string("relationType") in {"IsPublishedIn", "IsPartOf"}
                for title in [item.child("titles").text("title")]
            ),
            None,
        )
    return stated if kind != "book" else None


# --- Identifiers and surroundings ---------------------------------------------------------------


def _arxiv(record: Record, doi: str | None) -> str | None:
    if doi is None or not doi.startswith("10.48550/arxiv."):
        return None
    for text in (*_alternates(record, "arxiv"), doi):
        try:
            return normalise_arxiv(text)
        except IdentifierError:
            continue
    return None


def _alternates(record: Record, scheme: str) -> list[str]:
    keys = (
        ("identifiers", "identifierType", "identifier"),
        ("alternateIdentifiers", "alternateIdentifierType", "alternateIdentifier"),
    )
    return [
        text
        for key, kind, value in keys
        for entry in record.children(key)
        if (entry.string(kind) or "").lower() == scheme and (text := entry.string(value))
    ]


def _alternate(record: Record, scheme: str, normalise: Any) -> str | None:  # noqa: ANN401 - a normalise_… function
    for text in _alternates(record, scheme):
        try:
            return str(normalise(text))
        except IdentifierError:
            continue
    return None


def _related(related: list[Record], scheme: str, normalise: Any) -> tuple[str, ...]:  # noqa: ANN401 - a normalise_… function
    """Return the ISBN or ISSN of what the work is part of, or is itself."""
    found: dict[str, None] = {}
    for item in related:
        text = item.string("relatedIdentifier")
        relation = item.string("relationType")
        if item.string("relatedIdentifierType") != scheme or text is None:
            continue
        if relation in {"IsPartOf", "IsIdenticalTo", "IsPublishedIn", "IsVariantFormOf"}:
            try:
                found.setdefault(normalise(text))
            except IdentifierError:
                found.setdefault(text.strip())
    return tuple(found)


def _surroundings(record: Record, related: list[Record]) -> Surroundings:
    relations: dict[Relation, None] = {}
    references: list[Reference] = []
    for item in related:
        identifier = item.string("relatedIdentifier")
        scheme = (item.string("relatedIdentifierType") or "").lower()
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", item.string("relationType") or "").lower()
        if identifier is None or scheme in {"isbn", "issn"}:
            continue
        doi = one_identifier(item, "relatedIdentifier", normalise_doi) if scheme == "doi" else None
        if kind in {"references", "cites"} and doi:
            references.append(Reference(position=len(references) + 1, doi=doi))
        elif kind:
            relations.setdefault(Relation(kind, doi or identifier.strip(), scheme or "doi"))
    return Surroundings(
        references=tuple(references),
        funders=_funders(record),
        licenses=_licenses(record),
        relations=tuple(relations),
        cited_by_count=record.count("citationCount"),
    )


def _funders(record: Record) -> tuple[Funder, ...]:
    awards: dict[tuple[str, str | None], list[str]] = {}
    for entry in record.children("fundingReferences"):
        name = entry.text("funderName")
        if name is None:
            continue
        identifier = entry.string("funderIdentifier") or ""
        start = identifier.find("10.13039/")
        doi = identifier[start:].lower() if start >= 0 else None
        awards.setdefault((plain(name), doi), []).extend(entry.texts("awardNumber"))
    return tuple(
        Funder(name, doi, tuple(dict.fromkeys(ids))) for (name, doi), ids in awards.items()
    )


def _licenses(record: Record) -> tuple[License, ...]:
    urls = (entry.string("rightsUri") for entry in record.children("rightsList"))
    return tuple(
        License(url) for url in dict.fromkeys(urls) if url and re.match(r"https?://\S+$", url)
    )
