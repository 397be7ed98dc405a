"""What a Crossref record says around its work: references, funders, licences, links, notices."""

import re

from library.errors import IdentifierError
from library.formats.record import Record
from library.formats.record_values import date_of, one_identifier
from library.values.identifiers import normalise_doi
from library.values.markup import from_markup, plain
from library.work import Funder, License, Link, Notice, Reference, Relation, Surroundings

_SAFE_URL = re.compile(r"https?://\S+$", re.IGNORECASE)


def read_surroundings(record: Record, doi: str | None) -> Surroundings:
    """Return everything around the work; `doi` is its own, in the stored form."""
    return Surroundings(
        references=tuple(
            _reference(item, position)
            for position, item in enumerate(record.children("reference"), 1)
        ),
        funders=_funders(record),
        licenses=_licenses(record),
        links=_links(record),
        relations=_relations(record),
        notices=_notices(record, doi),
        cited_by_count=record.count("is-referenced-by-count"),
    )


def _reference(item: Record, position: int) -> Reference:
    return Reference(
        position=position,
        doi=_quiet_doi(item.string("DOI")),
        text=_plain(item, "unstructured"),
        title=_plain(item, "article-title") or _plain(item, "volume-title"),
        container_title=_plain(item, "journal-title") or _plain(item, "series-title"),
        first_author=_plain(item, "author"),
        year=_year(item),
        volume=_plain(item, "volume"),
        page=_plain(item, "first-page"),
    )


def _year(item: Record) -> str | None:
    """Return the year as stated; "0" states nothing."""
    text = _plain(item, "year")
    return None if text is None or not text.strip("0 ") else text


def _quiet_doi(text: str | None) -> str | None:
    """Return a reference's DOI; a wrong one is dropped without a word: the list is not ours."""
    if text is None:
        return None
    try:
        return normalise_doi(text)
    except IdentifierError:
        return None


def _plain(item: Record, key: str) -> str | None:
    text = item.string(key)
    return plain(from_markup(text)) or None if text else None


def _funders(record: Record) -> tuple[Funder, ...]:
    found: dict[tuple[str, str | None], tuple[str, ...]] = {}
    for item in record.children("funder"):
        name = _plain(item, "name")
        if name is None:
            continue
        stated = (item.string("DOI") or "").rpartition("10.13039/")  # some hold two, one in another
        key = (name, _quiet_doi("".join(stated[1:]) or None))
        awards = (plain(award) for award in item.texts("award"))
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *awards)))
    return tuple(Funder(name, doi, awards) for (name, doi), awards in found.items())


def _licenses(record: Record) -> tuple[License, ...]:
    found: dict[License, None] = {}
    for item in record.children("license"):
        url = item.string("URL")
        if url and _SAFE_URL.match(url.strip()):
            found.setdefault(
                License(url.strip(), date_of(item, "start"), item.string("content-version"))
            )
    return tuple(found)


def _links(record: Record) -> tuple[Link, ...]:
    found: dict[Link, None] = {}
    for item in record.children("link"):
        url = item.string("URL")
        if url and _SAFE_URL.match(url.strip()):
            content_type = item.string("content-type")
            found.setdefault(
                Link(
                    url.strip(),
                    None if content_type == "unspecified" else content_type,
                    item.string("content-version"),
                    item.string("intended-application"),
                )
            )
    return tuple(found)


def _relations(record: Record) -> tuple[Relation, ...]:
    found: dict[Relation, None] = {}
    relations = record.child("relation")
    for kind in relations.keys():  # noqa: SIM118 - not a dict
        for item in relations.children(kind):
            identifier = item.string("id")
            if identifier is None:
                continue
            scheme = (item.string("id-type") or "doi").lower()
            bare = _quiet_doi(identifier) if scheme == "doi" else None
            found.setdefault(Relation(kind, bare or identifier.strip(), scheme))
    return tuple(found)


def _notices(record: Record, doi: str | None) -> tuple[Notice, ...]:
    """Return retractions, corrections, …, of this work (`updated-by`) and by it (`update-to`).

    A record that updates its own DOI was corrected or retracted in place.
    """
    found: dict[tuple[str, str | None, bool], Notice] = {}
    for key, is_about_this in (("updated-by", True), ("update-to", False)):
        for item in record.children(key):
            target = one_identifier(item, "DOI", normalise_doi)
            about = is_about_this or (target is not None and target == doi)
            label = _plain(item, "label")
            kind = (item.string("type") or label or "update").strip().lower().replace(" ", "_")
            notice = Notice(
                type=kind.replace("-", "_"),
                doi=target,
                is_about_this=about,
                label=label,
                source=item.string("source"),
                date=date_of(item, "updated"),
            )
            found.setdefault((notice.type, target, about), notice)
    return tuple(found.values())
