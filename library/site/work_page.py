"""The page of one work: everything that is known of it and around it."""

import re
import sqlite3
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from markupsafe import Markup

from library.errors import IdentifierError
from library.export import FORMATS
from library.formats.csl_writing import OTHERS
from library.site import citing, describing, presenting, unapi
from library.site.addresses import Addresses, doi_url, safe_url
from library.site.answers import Answer, Ask, Missing, Page, Plain, Redirect
from library.site.plain_citation import plain_citation
from library.site.presenting import Link
from library.site.rendering import rich
from library.site.work_facts import date_of, facts
from library.store import read
from library.store.read import WorkPage
from library.values.identifiers import normalise_doi

NAMES_SHOWN: Final = 60
PROSE_SHOWN: Final = 12_000
"""Characters of an abstract that stand on the page at once; the rest is folded away."""
PROSE_MOST: Final = 60_000
"""Characters of a text that a page carries at all; beyond, the exports have it whole."""

_TOLD: Final = frozenset({"bib", "ris", "csljson", "rdf"})  # in the page's head
_EXTENSION: Final = re.compile(rf"\.({'|'.join(FORMATS)})$")
_ROLES: Final = {
    "author": "",
    "editor": "editor",
    "translator": "translator",
    "container-author": "author of the book",
    "collection-editor": "editor of the series",
}
_RETRACTIONS: Final = frozenset(("retraction", "removal", "withdrawal", "partial_retraction"))
_MEANINGS: Final = {
    "retraction": "This work has been retracted: do not rely on it.",
    "partial_retraction": "A part of this work has been retracted.",
    "removal": "This work has been removed by its publisher.",
    "withdrawal": "This work has been withdrawn.",
    "expression_of_concern": "Doubts about this work have been published.",
    "correction": "A correction of this work has been published.",
    "erratum": "An erratum of this work has been published.",
    "corrigendum": "A corrigendum of this work has been published.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the page shows it."""

    label: str
    meaning: str
    bad: bool
    date: str | None
    href: str | None
    link: str


@dataclass(frozen=True, slots=True)
class Person:
    """One name at the head of the page."""

    name: str
    href: str
    orcid: str | None


@dataclass(frozen=True, slots=True)
class Names:
    """The names in one role."""

    label: str  # "" for authors
    people: list[Person]
    more: str  # "and 12 more", "and others"


@dataclass(frozen=True, slots=True)
class Reference:
    """One line of the list of references."""

    position: int
    text: str
    href: str | None
    doi: str | None


def work(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer /w/<key>; with an extension, with the work in that format."""
    asked_key = unquote(ask.parts["key"])
    key = read.key_of(connection, asked_key)
    if key is None:
        extension = _EXTENSION.search(asked_key)
        bare = asked_key[: extension.start()] if extension else None
        key = read.key_of(connection, bare) if bare else None
        if extension and key is not None:
            return _file(connection, key, extension.group(1))
        raise Missing("No work of this library has this citation key.")
    if key != asked_key:
        return Redirect(ask.to.work(key), permanent=True)
    page = read.work_page(connection, key)
    if page is None:
        raise Missing("No work of this library has this citation key.")
    return Page("work.html", _context(page, ask))


def by_doi(connection: sqlite3.Connection, ask: Ask) -> Answer:
    """Answer /doi/<DOI>: lead to the work with this DOI."""
    asked_doi = unquote(ask.parts["doi"])
    extension = _EXTENSION.search(asked_doi)
    candidates = [asked_doi, asked_doi[: extension.start()]] if extension else [asked_doi]
    for candidate in candidates:
        try:
            key = read.key_of_doi(connection, normalise_doi(candidate))
        except IdentifierError:
            continue
        if key is not None:
            ending = extension.group(1) if extension and candidate != asked_doi else ""
            return Redirect(ask.to.work(key, ending))
    raise Missing("No work of this library has this DOI.")


def _file(connection: sqlite3.Connection, key: str, name: str) -> Plain:
    chosen = FORMATS[name]
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", key)[:80] or "work"
    headers = {
        "content-disposition": f'attachment; filename="{stem}.{chosen.file_ending}"',
        "content-security-policy": "default-src 'none'; sandbox",
    }
    charset = "" if name.endswith("json") else "; charset=utf-8"
    return Plain(unapi.one_work(connection, key, name), chosen.content_type + charset, headers)


def _context(page: WorkPage, ask: Ask) -> dict[str, object]:
    row, item, to = page.work, page.csl, ask.to
    pdf = next(
        (
            url
            for url, content_type, _ in page.links
            if "pdf" in (content_type or "") and safe_url(url)
        ),
        None,
    )
    address = to.absolute(to.work(row.citation_key))
    abstract, abstract_rest = _prose(page.abstract)
    annotation, _ = _prose(page.annotation)
    title = row.title_markup or row.title or ""
    return {
        "work": presenting.listed(row),
        "title": rich(title) or row.citation_key,
        "title_text": presenting.shortened(row.title or row.citation_key, 200),
        "kind": describing.kind(row.type, str(item.get("genre") or "")),
        "canonical": address,
        "tags": describing.highwire(item, pdf),
        "social": describing.open_graph(item, address, ask.site.title),
        "json_ld": describing.json_ld(item, address),
        "unapi": presenting.listed(row).unapi,
        "notices": _notices(page, to),
        "names": _names(page, to),
        "published": _published(page, to),
        "abstract": abstract,
        "abstract_rest": abstract_rest,
        "annotation": annotation,
        "keywords": _keywords(page, to),
        "references": _references(page, to),
        "references_note": _references_note(page),
        "elsewhere": [
            Reference(
                number,
                _reference_text(one.first_author, one.year, one.title, one.container_title),
                None,
                one.doi,
            )
            for number, one in enumerate(page.elsewhere, 1)
        ],
        "elsewhere_count": page.elsewhere_count,
        "cited_by": [presenting.listed(other) for other in page.cited_by],
        "related": [presenting.listed(other.work) for other in page.related],
        "findings": page.findings[:100],
        "bibtex": page.bibtex[:PROSE_MOST],
        "provenance": [
            {"field": name, "source": source, "date": date}
            for name, source, date in page.provenance
        ],
        "history": [
            {
                "date": one["date"][:10],
                "author": one["author"],
                "summary": presenting.shortened(one["summary"], 200),
            }
            for one in page.history
        ],
        "links": _links(page, pdf),
        "citation": presenting.shortened(plain_citation(item), 3000),
        "styles": citing.offered(),
        "downloads": _downloads(row.citation_key, to),
        "list_address": to.list_of([row.citation_key]),
        "facts": facts(page, to),
    }


def _prose(text: str | None) -> tuple[list[str], list[str]]:
    """Return the paragraphs of a text: those that stand on the page, and those folded away."""
    shown: list[str] = []
    folded: list[str] = []
    length = 0
    for paragraph in (text or "")[:PROSE_MOST].split("\n\n"):
        if not paragraph.strip():
            continue
        (shown if length < PROSE_SHOWN else folded).append(paragraph)
        length += len(paragraph)
    if text and len(text) > PROSE_MOST:
        folded.append("… The text goes on; the downloads have it whole.")
    return shown, folded


def _notices(page: WorkPage, to: Addresses) -> list[Notice]:
    notices = []
    for one in page.notices:
        bad = one.type in _RETRACTIONS
        label = one.label or one.type.replace("_", " ").capitalize()
        if one.is_about_this:
            meaning = _MEANINGS.get(one.type, "There is a notice about this work.")
        else:
            bad, meaning = False, "This is itself a notice about another work."
        href = to.doi(one.doi) if one.doi and not one.is_about_this else None
        if one.doi and one.is_about_this:
            href = doi_url(one.doi)
        link = "The notice" if one.is_about_this else "The work"
        notices.append(Notice(label, meaning, bad, one.date, href, link))
    if page.work.is_retracted and not any(one.bad for one in notices):
        notices.append(
            Notice("Retraction", _MEANINGS["retraction"], bad=True, date=None, href=None, link="")
        )
    return sorted(notices, key=lambda one: not one.bad)


def _names(page: WorkPage, to: Addresses) -> list[Names]:
    by_role: dict[str, list[read.PrintedName]] = {}
    for one in page.names:
        by_role.setdefault(one.role, []).append(one)
    groups = []
    for role in sorted(by_role, key=lambda role: (role != "author", role != "editor")):
        people = by_role[role]
        label = _ROLES.get(role, role.replace("-", " "))
        if label and len(people) > 1 and " " not in label:
            label += "s"
        more = len(people) - NAMES_SHOWN
        goes_on = {"literal": OTHERS} in (page.csl.get(role) or ())
        groups.append(
            Names(
                label,
                [
                    Person(one.name, to.of("person", one.person_key), one.orcid)
                    for one in people[:NAMES_SHOWN]
                ],
                f"and {more:,} more" if more > 0 else "and others" if goes_on else "",
            )
        )
    return groups


def _published(page: WorkPage, to: Addresses) -> Markup:
    row, item = page.work, page.csl
    pieces: list[Markup | str] = []
    if row.venue:
        name = Markup("<cite>{}</cite>").format(rich(str(item.get("container-title") or row.venue)))
        if row.venue_key:
            name = Markup('<a href="{}">{}</a>').format(to.of("venue", row.venue_key), name)
        where = presenting.place(row.volume, row.issue, row.page)
        pieces.append(name + (f" {where}" if where else ""))
    elif row.publisher:
        pieces.append(row.publisher)
    if row.issued or row.year is not None:
        pieces.append(date_of(page))
    return Markup(" · ").join(pieces)


def _keywords(page: WorkPage, to: Addresses) -> list[dict[str, object]]:
    headings = {"topic": "Topics", "audience": "Written for", "form": "Form"}
    grouped: dict[str, list[Link]] = {}
    for key, kind, label in page.keywords[:300]:
        heading = headings.get(kind, "Others")
        grouped.setdefault(heading, []).append(
            Link(presenting.shortened(label, 200), to.of("keyword", key))
        )
    return [
        {"label": heading, "chips": grouped[heading]}
        for heading in ("Topics", "Written for", "Form", "Others")
        if heading in grouped
    ]


def _references(page: WorkPage, to: Addresses) -> list[Reference]:
    shown = []
    for one in page.references:
        if one.work is not None:
            text = _reference_text(one.work.authors, one.work.year, one.work.title, one.work.venue)
            shown.append(Reference(one.position, text, to.work(one.work.citation_key), None))
        else:
            text = one.text or _reference_text(
                one.first_author, one.year, one.title, one.container_title
            )
            shown.append(
                Reference(one.position, presenting.shortened(text, 400) or "–", None, one.doi)
            )
    return shown


def _reference_text(
    names: str | None, year: str | int | None, title: str | None, venue: str | None
) -> str:
    known = presenting.names(names, 4)
    pieces = [f"{known} ({year})" if known and year else known or (f"({year})" if year else "")]
    pieces += [title or "", venue or ""]
    return ". ".join(piece.rstrip(".") for piece in pieces if piece)


def _references_note(page: WorkPage) -> str:
    here = sum(1 for one in page.references if one.work is not None)
    total = presenting.count_of(len(page.references), one="reference", many="references")
    return f"{total}, {here:,} of them in this library."


def _links(page: WorkPage, pdf: str | None) -> list[Link]:
    row = page.work
    ids = dict(page.identifiers)
    links = []
    if pdf:
        links.append(Link("Open the PDF", pdf))
    if row.doi:
        links.append(Link("At the publisher", doi_url(row.doi)))
    if "pmcid" in ids:
        links.append(
            Link("In PubMed Central", f"https://www.ncbi.nlm.nih.gov/pmc/articles/{ids['pmcid']}/")
        )
    if "pmid" in ids:
        links.append(Link("In PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{ids['pmid']}/"))
    if "arxiv" in ids:
        links.append(Link("On arXiv", f"https://arxiv.org/abs/{ids['arxiv']}"))
    url = safe_url(row.url)
    if url and not (row.doi and "doi.org/" in url):
        links.append(Link("Open the web page", url))
    return [link for link in links if safe_url(link.href)]


def _downloads(key: str, to: Addresses) -> list[Link]:
    return [
        Link(form.label, to.work(key, name), type=form.content_type if name in _TOLD else "")
        for name, form in FORMATS.items()
        if name not in {"csv", "json"}
    ]
