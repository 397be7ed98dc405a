"""From a Work and its surroundings to the rows of library.db, as plain tuples.

Plain tuples, because worker processes send them to the one process that writes. Nothing here
knows a surrogate id: rows name people, venues, keywords and funders by their natural keys.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from library.formats import csl_json
from library.store.forms import keyword_parts, name_form, plain_words, sort_title
from library.values.dates import edtf
from library.values.markup import plain
from library.values.names import Name
from library.work import Surroundings, Work

Row = tuple[Any, ...]

WORK_COLUMNS: Final = (
    *("citation_key", "type", "title", "authors", "year", "issued", "venue", "volume", "issue"),
    *("page", "publisher", "doi", "url", "language", "is_open_access", "is_retracted"),
    *("has_abstract", "cited_by", "references_count", "added", "sort_title"),
)
"""The columns of `works` that a work alone decides, in the order of `WorkRows.work`."""

DETAIL_COLUMNS: Final = (
    *("abstract", "note", "annotation", "other_names", "keywords", "title_markup", "csl", "bibtex"),
)

AND_OTHERS: Final = "et al."
"""Stands in `works.authors` behind the names of a list that ends in "and others"."""

_SERIALS: Final = frozenset(
    ("article", "article-journal", "article-magazine", "article-newspaper", "periodical", "review")
)
TAKEN_BACK: Final = frozenset(("retraction", "removal", "withdrawal", "retracted"))
"""Types of notices by which a work is no longer to be relied on."""

_OPEN: Final = ("creativecommons.org/licenses/", "creativecommons.org/publicdomain/")
_ADDED_FIELDS: Final = ("date-added", "dateadded", "creationdate", "timestamp")
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
).encode
_EMPTY: Final = Surroundings()


class WorkRows(NamedTuple):
    """Every row of one work. Lists are in the order of their `position` columns."""

    work: Row  # WORK_COLUMNS
    details: Row  # DETAIL_COLUMNS
    contributions: list[Row]  # role, name, orcid, affiliation, form, is_organisation
    venue: Row | None  # name, abbreviation, issn ("; " between; "" for none)
    keywords: list[Row]  # key, kind, label, as written
    identifiers: list[Row]  # scheme, value
    citations: list[Row]  # doi, year, first_author, title, container_title, text, title_key
    notices: list[Row]  # type, label, doi, is_about_this, source, date
    funders: list[Row]  # key, name, doi, awards
    licenses: list[Row]  # url, start, content_version
    links: list[Row]  # url, content_type, content_version, intended_application
    relations: list[Row]  # type, scheme, value
    provenance: list[Row]  # field, source, date
    aliases: list[str]  # other citation keys
    citing: list[Row]  # doi, title, first_author, year, container_title, type


@dataclass(frozen=True, slots=True)
class Origin:
    """What the build knows of a work besides the work itself."""

    bibtex: str = ""  # the entry's text, as it stands in the file
    provenance: tuple[tuple[str, str, str], ...] = ()  # field, source, date


def work_rows(
    work: Work, surroundings: Surroundings = _EMPTY, origin: Origin | None = None
) -> WorkRows:
    """Return all rows of `work`."""
    origin = origin or Origin()
    extra = dict(work.extra)
    names, contributions, other_names = _contributions(work)
    keywords = _keywords(work)
    identifiers = _identifiers(work, extra)
    title = plain(work.title) if work.title else None
    venue = work.container_title or work.collection_title
    venue_name = plain(venue) if venue else None
    abstract = plain(work.abstract) if work.abstract else None
    notices = [
        (n.type, n.label, n.doi, int(n.is_about_this), n.source, edtf(n.date) if n.date else None)
        for n in surroundings.notices
    ]
    item = csl_json.item(work)
    return WorkRows(
        work=(
            work.citation_key,
            work.type,
            title,
            names,
            work.year,
            edtf(work.issued) if work.issued else None,
            venue_name,
            work.volume,
            work.issue,
            work.page,
            work.publisher,
            work.doi,
            work.url,
            work.language,
            _open_access(work, surroundings),
            int(any(n.is_about_this and n.type in TAKEN_BACK for n in surroundings.notices)),
            int(abstract is not None),
            surroundings.cited_by_count,
            len(surroundings.references),
            _added(extra),
            sort_title(title) if title else None,
        ),
        details=(
            abstract,
            work.note,
            work.annote,
            other_names,
            "; ".join(row[2] for row in keywords) or None,
            work.title if work.title != title else None,
            _encode(item),
            origin.bibtex,
        ),
        contributions=contributions,
        venue=_venue(work, venue_name),
        keywords=keywords,
        identifiers=identifiers,
        citations=[
            (
                *(r.doi, r.year, r.first_author, r.title, r.container_title, r.text),
                sort_title(r.title) if r.title and not r.doi else None,
            )
            for r in surroundings.references
        ],
        notices=notices,
        funders=[
            (f.doi or plain_words(f.name) or f.name, f.name, f.doi, "; ".join(f.awards) or None)
            for f in surroundings.funders
        ],
        licenses=[
            (one.url, edtf(one.start) if one.start else None, one.content_version)
            for one in surroundings.licenses
        ],
        links=[
            (one.url, one.content_type, one.content_version, one.intended_application)
            for one in surroundings.links
        ],
        relations=[(one.type, one.id_type, one.id) for one in surroundings.relations],
        provenance=list(origin.provenance),
        aliases=[key for key in _aliases(extra) if key != work.citation_key],
        citing=[
            (one.doi, one.title, one.first_author, one.year, one.container_title, one.type)
            for one in surroundings.citing
        ],
    )


@lru_cache(maxsize=1 << 17)
def _name(name: Name) -> tuple[str, str, int]:
    """Return the name in reading order, its normal form, and whether it is an organisation's."""
    return name.display(), name_form(name), int(name.literal is not None)


def _contributions(work: Work) -> tuple[str | None, list[Row], str | None]:
    """Return the names for lists, the rows, and the names in other roles."""
    people = work.contributors
    if not people:
        return None, [], None
    rows: list[Row] = []
    main: list[str] = []
    others: list[str] = []
    shown = people[0].role
    if shown != "author":
        roles = {person.role for person in people}
        shown = "author" if "author" in roles else "editor" if "editor" in roles else shown
    for person in people:
        name, form, is_organisation = _name(person.name)
        role = person.role
        (main if role == shown else others).append(name)
        affiliation = "; ".join(person.affiliations) if person.affiliations else None
        rows.append((role, name, person.orcid, affiliation, form, is_organisation))
    if shown in work.others:
        main.append(AND_OTHERS)
    return "; ".join(main), rows, "; ".join(others) if others else None


def _keywords(work: Work) -> list[Row]:
    seen: dict[str, Row] = {}
    for written in work.keywords:
        key, kind, label = keyword_parts(written)
        if key:
            seen.setdefault(key, (key, kind, label, written))
    return list(seen.values())


def _identifiers(work: Work, extra: dict[str, str]) -> list[Row]:
    found: dict[Row, None] = {}
    singles = (("doi", work.doi), ("pmid", work.pmid), ("pmcid", work.pmcid), ("url", work.url))
    for scheme, value in singles:
        if value:
            found[(scheme, value)] = None
    for value in work.isbn:
        found[("isbn", value)] = None
    for value in work.issn:
        found[("issn", value)] = None
    archive = (extra.get("eprinttype") or extra.get("archiveprefix") or "").lower()
    if archive == "arxiv" and extra.get("eprint"):
        found[("arxiv", extra["eprint"])] = None
    return list(found)


def _venue(work: Work, name: str | None) -> Row | None:
    if name is None:
        return None
    # The ISSN of a paper in a volume of a series is the series' own: it would join all volumes.
    is_serial = work.type in _SERIALS or not work.container_title
    short = plain(work.container_title_short) if work.container_title_short else ""
    return (name, short if short != name else "", "; ".join(sorted(work.issn)) if is_serial else "")


def _open_access(work: Work, surroundings: Surroundings) -> int | None:
    urls = [one.url for one in surroundings.licenses if one.content_version != "tdm"]
    if work.license:
        urls.append(work.license)
    return 1 if any(part in url for url in urls for part in _OPEN) else None


def _added(extra: dict[str, str]) -> str | None:
    """Return the day an entry was made, where a reference manager noted it: "2014-03-20"."""
    for name in [name for name in _ADDED_FIELDS if name in extra]:
        day = extra[name][:10].replace("/", "-").replace(".", "-")
        year, _, rest = day.partition("-")
        month, _, number = rest.partition("-")
        if len(year) == 4 and (year + month + number).isdigit() and len(day) == 10:  # noqa: PLR2004
            return day
    return None


def _aliases(extra: dict[str, str]) -> list[str]:
    return [key for key in (part.strip() for part in extra.get("ids", "").split(",")) if key]
