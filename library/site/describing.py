"""What machines read on our pages: Highwire and Open Graph tags, JSON-LD, COinS.

A work page carries Highwire tags and no COinS, since reference managers would prefer the poorer
COinS. Lists carry COinS, for those that do not know unAPI.

Sources: Google Scholar, "Inclusion guidelines for webmasters" (Highwire Press tags); schema.org;
the Open Graph protocol; OpenURL COinS (NISO Z39.88-2004, formats journal, book and dissertation).
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from library.formats.csl_writing import named
from library.site.addresses import doi_url, safe_url
from library.store.query import ResultRow
from library.store.rows import AND_OTHERS
from library.values.markup import plain
from library.work_types import WORK_TYPES

Item = Mapping[str, Any]
"""One work as CSL-JSON."""

_SCHEMA_ORG: Final = {row.csl: row.schema_org for row in reversed(WORK_TYPES)}
_LABEL: Final = {row.csl: row.label for row in reversed(WORK_TYPES)}
_CONTAINER_TAG: Final = {
    "article-journal": "citation_journal_title",
    "article-magazine": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
    "review": "citation_journal_title",
    "review-book": "citation_journal_title",
    "chapter": "citation_inbook_title",
    "entry": "citation_inbook_title",
    "entry-dictionary": "citation_inbook_title",
    "entry-encyclopedia": "citation_inbook_title",
    "paper-conference": "citation_conference_title",
}
_PUBLISHER_TAG: Final = {
    "thesis": "citation_dissertation_institution",
    "report": "citation_technical_report_institution",
}
MOST_TEXT: Final = 500
"""Characters of one text in a COinS, which repeats what the list shows anyway."""
MOST_TITLE: Final = 3000
"""Characters of a title in tags that repeat it; on the page and in exports it stands whole."""
MOST_NAMES: Final = 400
"""Names in the tags of one page: more would make a page that nobody reads heavier by megabytes."""


def kind(csl_type: str, genre: str | None = None) -> str:
    """Return what a type is called for people; a work's own word for its genre goes first."""
    if genre:
        return genre
    return _LABEL.get(csl_type) or csl_type.replace("-", " ").replace("_", " ").capitalize()


def name(person: Item, *, inverted: bool = False) -> str:
    """Return a CSL name in reading order, or with `inverted` with the family name first."""
    if person.get("literal"):
        return str(person["literal"])
    family = " ".join(
        str(person[part]) for part in ("non-dropping-particle", "family") if person.get(part)
    )
    given = " ".join(
        str(person[part]) for part in ("given", "dropping-particle") if person.get(part)
    )
    suffix = str(person.get("suffix") or "")
    if inverted:
        return ", ".join(part for part in (family, given, suffix) if part)
    return " ".join(
        str(person[part])
        for part in ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
        if person.get(part)
    )


def date_parts(item: Item, variable: str = "issued") -> tuple[int, ...]:
    """Return the (first) date of a variable as numbers; seasons are left out."""
    dates = (item.get(variable) or {}).get("date-parts") or [[]]
    parts = [int(part) for part in dates[0] if str(part).lstrip("-").isdigit()]
    if len(parts) > 1 and not 1 <= parts[1] <= 12:  # noqa: PLR2004 - months
        parts = parts[:1]
    return tuple(parts[:3])


def highwire(item: Item, pdf_url: str | None = None) -> list[tuple[str, str]]:
    """Return the `citation_…` tags of a work, as (name, content), in their usual order."""
    tags = [("citation_title", _title(item))]
    tags += [
        ("citation_author", name(person, inverted=True))
        for person in named(item.get("author", ()))[:MOST_NAMES]
    ]
    tags += [
        ("citation_editor", name(person, inverted=True))
        for person in named(item.get("editor", ()))[:MOST_NAMES]
    ]
    issued = date_parts(item)
    if issued:
        tags.append(("citation_publication_date", "/".join(f"{part:02d}" for part in issued)))
    csl_type = str(item.get("type") or "")
    container = plain(str(item.get("container-title") or ""))
    if container:
        tags.append((_CONTAINER_TAG.get(csl_type, "citation_journal_title"), container))
    tags.append(("citation_journal_abbrev", plain(str(item.get("container-title-short") or ""))))
    first, _, last = str(item.get("page") or "").partition("-")
    tags += [
        ("citation_volume", str(item.get("volume") or "")),
        ("citation_issue", str(item.get("issue") or "")),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_doi", str(item.get("DOI") or "")),
        ("citation_pmid", str(item.get("PMID") or "")),
        (_PUBLISHER_TAG.get(csl_type, "citation_publisher"), str(item.get("publisher") or "")),
        ("citation_language", str(item.get("language") or "")),
    ]
    if csl_type == "report":
        tags.append(("citation_technical_report_number", str(item.get("number") or "")))
    tags += [("citation_issn", value) for value in several(item.get("ISSN"))]
    tags += [("citation_isbn", value) for value in several(item.get("ISBN"))]
    tags += [
        ("citation_abstract", plain(str(item.get("abstract") or ""))[:5000]),
        ("citation_pdf_url", pdf_url or ""),
    ]
    return [(tag, content) for tag, content in tags if content]


def _title(item: Item) -> str:
    return plain(str(item.get("title") or ""))[:MOST_TITLE]


def several(value: object) -> list[str]:
    """Return the values of ISBN or ISSN, which CSL-JSON joins by blanks."""
    if isinstance(value, (list, tuple)):
        return [str(part) for part in value]
    return str(value or "").replace(",", " ").split()


def open_graph(item: Item, address: str, site_title: str) -> list[tuple[str, str]]:
    """Return the tags that make a shared link show the work's title and first sentences."""
    text = plain(str(item.get("abstract") or item.get("annote") or "")[:5000])
    described = text if len(text) <= 300 else text[:297].rsplit(" ", 1)[0] + "…"  # noqa: PLR2004 - what previews show
    tags = [
        ("og:type", "article"),
        ("og:title", _title(item)[:300]),
        ("og:url", address),
        ("og:site_name", site_title),
        ("og:description", described),
    ]
    return [(tag, content) for tag, content in tags if content]


def json_ld(item: Item, address: str) -> Markup:
    """Return a work as schema.org JSON-LD, safe inside a <script> element."""
    issued = date_parts(item)
    container = plain(str(item.get("container-title") or ""))
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_ORG.get(str(item.get("type")), "CreativeWork"),
        "@id": address,
        "url": address,
        "name": _title(item),
        "author": [_agent(person) for person in named(item.get("author", ()))[:MOST_NAMES]],
        "editor": [_agent(person) for person in named(item.get("editor", ()))[:MOST_NAMES]],
        "datePublished": "-".join(f"{part:02d}" for part in issued),
        "isPartOf": {"@type": "CreativeWork", "name": container} if container else None,
        "volumeNumber": item.get("volume"),
        "pagination": item.get("page"),
        "publisher": {"@type": "Organization", "name": item["publisher"]}
        if item.get("publisher")
        else None,
        "inLanguage": item.get("language"),
        "sameAs": [doi_url(item["DOI"])] if item.get("DOI") else None,
        "abstract": plain(str(item.get("abstract") or ""))[:5000],
    }
    return script_json({key: value for key, value in about.items() if value})


def _agent(person: Item) -> dict[str, Any]:
    if person.get("literal"):
        return {"@type": "Organization", "name": person["literal"]}
    agent = {
        "@type": "Person",
        "name": name(person),
        "givenName": person.get("given"),
        "familyName": person.get("family"),
    }
    return {key: value for key, value in agent.items() if value}


def script_json(value: object) -> Markup:
    """Return a value as JSON that may stand in a <script>: no "<", ">" or "&" in it."""
    text = json.dumps(value, ensure_ascii=False)
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 - nothing of HTML is left in it


_COINS_FORMAT: Final = {
    "article-journal": ("journal", "article"),
    "article-magazine": ("journal", "article"),
    "article-newspaper": ("journal", "article"),
    "paper-conference": ("journal", "proceeding"),
    "book": ("book", "book"),
    "chapter": ("book", "bookitem"),
    "report": ("book", "report"),
    "thesis": ("dissertation", "dissertation"),
}


def coins(row: ResultRow) -> str:
    """Return a work of a list as an OpenURL context object, for a COinS span."""
    family, genre = _COINS_FORMAT.get(row.type, ("dc", ""))
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{family}"),
        ("rft_id", f"info:doi/{row.doi}" if row.doi else ""),
    ]
    title = (row.title or "")[:MOST_TEXT]
    if family == "dc":
        pairs += [("rft.type", kind(row.type)), ("rft.title", title)]
    else:
        pairs.append(("rft.genre", genre))
        pairs += _coins_titles(title, row.venue or "", family, genre)
        pairs += [("rft.volume", row.volume or ""), ("rft.issue", row.issue or "")]
        pairs += [("rft.pages", row.page or "")]
    pairs.append(("rft.date", row.issued or str(row.year or "")))
    names = (row.authors or "").split("; ", 9)[:8]
    person = "rft.creator" if family == "dc" else "rft.au"
    pairs += [(person, part[:MOST_TEXT]) for part in names if part != AND_OTHERS]
    return urlencode([(key, value) for key, value in pairs if value])


def _coins_titles(title: str, venue: str, family: str, genre: str) -> list[tuple[str, str]]:
    if family == "journal":
        return [("rft.atitle", title), ("rft.jtitle", venue)]
    if genre == "bookitem":
        return [("rft.atitle", title), ("rft.btitle", venue)]
    return [("rft.title" if family == "dissertation" else "rft.btitle", title)]


def pdf_of(links: list[Mapping[str, Any]]) -> str | None:
    """Return the first link that is a PDF and may be linked to."""
    for link in links:
        if "pdf" in str(link.get("content_type") or "") or str(link["url"]).lower().endswith(
            ".pdf"
        ):
            return safe_url(link["url"])
    return None
