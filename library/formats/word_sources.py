"""Word's list of sources (Sources.xml), written: what "Manage Sources … Browse" opens.

Source: ECMA-376, part 1, 22.6 (Bibliography).
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from library.formats.items import Item, items, one_line, people, several, split_name, xml_text
from library.values.dates import from_csl
from library.work import Work

_OPENING: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<b:Sources SelectedStyle="" '
    'xmlns:b="http://schemas.openxmlformats.org/officeDocument/2006/bibliography" '
    'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/bibliography">\n'
)
_TYPES: Final = {
    "article": "Report",
    "article-journal": "JournalArticle",
    "article-magazine": "ArticleInAPeriodical",
    "article-newspaper": "ArticleInAPeriodical",
    "bill": "Case",
    "book": "Book",
    "broadcast": "Film",
    "chapter": "BookSection",
    "classic": "Book",
    "entry": "BookSection",
    "entry-dictionary": "BookSection",
    "entry-encyclopedia": "BookSection",
    "figure": "Art",
    "graphic": "Art",
    "interview": "Interview",
    "legal_case": "Case",
    "legislation": "Case",
    "motion_picture": "Film",
    "pamphlet": "Report",
    "paper-conference": "ConferenceProceedings",
    "patent": "Patent",
    "performance": "Performance",
    "post": "InternetSite",
    "post-weblog": "InternetSite",
    "report": "Report",
    "review": "JournalArticle",
    "review-book": "JournalArticle",
    "song": "SoundRecording",
    "standard": "Report",
    "thesis": "Report",
    "webpage": "InternetSite",
}
_CONTAINER: Final = {
    "JournalArticle": "JournalName",
    "ArticleInAPeriodical": "PeriodicalTitle",
    "BookSection": "BookTitle",
    "ConferenceProceedings": "BookTitle",
    "InternetSite": "InternetSiteTitle",
    "Film": "BroadcastTitle",
    "SoundRecording": "AlbumTitle",
    "Misc": "PublicationTitle",
    "Report": "PublicationTitle",
    "Case": "Reporter",
}
_PUBLISHER: Final = {"Report": "Institution", "Art": "Institution", "Film": "Distributor"}
_ROLES: Final = {
    "author": "Author",
    "editor": "Editor",
    "translator": "Translator",
    "container-author": "BookAuthor",
    "compiler": "Compiler",
    "composer": "Composer",
    "director": "Director",
    "interviewer": "Interviewer",
    "performer": "Performer",
    "producer": "ProducerName",
    "script-writer": "Writer",
}
_AUTHORS: Final = {"Art": "Artist", "Patent": "Inventor", "Interview": "Interviewee"}
_TEXTS: Final = (
    ("title-short", "ShortTitle"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("page", "Pages"),
    ("edition", "Edition"),
    ("number-of-volumes", "NumberVolumes"),
    ("chapter-number", "ChapterNumber"),
    ("event-title", "ConferenceName"),
    ("publisher-place", "City"),
    ("medium", "Medium"),
    ("authority", "Court"),
    ("version", "Version"),
    ("DOI", "DOI"),
    ("URL", "URL"),
    ("note", "Comments"),
)

HELD: Final = frozenset(
    {"type", "title", "issued", "accessed", "container-title", "publisher", "genre", "number"}
    | {"ISBN", "ISSN"}
    | set(_ROLES)
    | {variable for variable, _ in _TEXTS}
)
"""The CSL variables that have a place in some type of source."""


def write(works: Iterable[Work | Mapping[str, Any]]) -> Iterator[str]:
    """Give a Sources.xml, one source at a time; a work may be its CSL-JSON item."""
    yield _OPENING
    yield from map(record, items(works))
    yield "</b:Sources>\n"


def record(item: Item) -> str:
    """Return one CSL-JSON item as a <b:Source>."""
    kind = _TYPES.get(item.get("type", ""), "Misc")
    key = str(item.get("id", ""))
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest().upper()
    guid = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))
    out = [
        (
            f"<b:Tag>{xml_text(key)}</b:Tag><b:SourceType>{kind}</b:SourceType>"
            f"<b:Guid>{{{guid}}}</b:Guid>"
        )
    ]
    if "title" in item:
        name = "CaseNumber" if kind == "Case" and "number" in item else ""
        out.append(_element("Title", item["title"]))
        out += [_element(name, item["number"])] if name else []
    out += _dates(item)
    out.append(_authors(item, kind))
    container = _CONTAINER.get(kind)
    if container and "container-title" in item:
        out.append(_element(container, item["container-title"]))
    if "publisher" in item:
        out.append(_element(_PUBLISHER.get(kind, "Publisher"), item["publisher"]))
    if "genre" in item and kind == "Report":
        name = "ThesisType"
        out.append(_element(name, item["genre"]))
    if "number" in item and kind == "Patent":
        out.append(_element("PatentNumber", item["number"]))
    numbers = [*several(item.get("ISBN")), *several(item.get("ISSN"))]
    if numbers:
        out.append(_element("StandardNumber", ", ".join(numbers)))
    elif "number" in item and kind not in {"Patent", "Case"}:
        out.append(_element("StandardNumber", item["number"]))
    out += [_element(name, item[variable]) for variable, name in _TEXTS if variable in item]
    return f"<b:Source>{''.join(out)}</b:Source>\n"


def _element(name: str, value: object) -> str:
    return f"<b:{name}>{xml_text(one_line(value))}</b:{name}>"


def _dates(item: Item) -> Iterator[str]:
    for variable, ending in (("issued", ""), ("accessed", "Accessed")):
        date = from_csl(item[variable]) if item.get(variable) else None
        parts = date.start or date.end if date else None
        if parts:
            for name, part in zip(("Year", "Month", "Day"), parts, strict=False):
                # A season has no number in Word.
                if name != "Month" or part <= 12:  # noqa: PLR2004 - months
                    yield _element(f"{name}{ending}", part)
        elif date and date.literal and variable == "issued":
            yield _element("Year", date.literal)


def _authors(item: Item, kind: str) -> str:
    out = []
    for role, name in _ROLES.items():
        persons = people(item, role)
        if not persons:
            continue
        tag = _AUTHORS.get(kind, name) if role == "author" else name
        # Word takes one organisation or several persons, not both: an organisation among
        # persons is a person with a family name alone.
        if len(persons) == 1 and "literal" in persons[0]:
            inside = f"<b:Corporate>{xml_text(one_line(persons[0]['literal']))}</b:Corporate>"
        else:
            inside = f"<b:NameList>{''.join(map(_person, persons))}</b:NameList>"
        out.append(f"<b:{tag}>{inside}</b:{tag}>")
    return f"<b:Author>{''.join(out)}</b:Author>" if out else ""


def _person(person: Item) -> str:
    family, given, suffix = split_name(person)
    last = f"{family}, {suffix}" if suffix else family
    first = f"<b:First>{xml_text(given)}</b:First>" if given else ""
    return f"<b:Person><b:Last>{xml_text(last)}</b:Last>{first}</b:Person>"
