"""A record of the Crossref REST API, understood: one message in, a work and its surroundings out.

What is decided here, and why: docs/decisions/crossref-events.md and crossref-cleaning.md.

Source: Crossref REST API, "works" (api_format), and what its records hold in truth.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from library.formats import crossref_types
from library.formats.crossref_surroundings import read_surroundings
from library.formats.reading import RecordReading
from library.formats.record import Record
from library.formats.record_values import (
    date_of,
    identifiers,
    language_tag,
    locator,
    one_identifier,
    pages,
    range_of,
)
from library.values.dates import Date
from library.values.identifiers import (
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
)
from library.values.markup import from_markup, plain
from library.values.names import Name
from library.values.people import organisation, person
from library.work import Contributor, Role, Work

Event = Literal["print", "online", "earliest"]
"""Which publication's date a work is given where print and online appearance differ."""

SOURCE = "crossref"
_ROLES: tuple[Role, ...] = ("author", "chair", "editor", "translator")
_PART_TYPES = frozenset(
    {"chapter", "entry", "entry-encyclopedia", "entry-dictionary", "paper-conference"}
)
_SERIES_HOLDERS = frozenset({"book", "report", "thesis", "standard"})
_SERIES_WORDS = re.compile(
    r"\b(?:lecture notes|series|library|studies in|communications in|advances in"
    r"|springer proceedings|progress in|topics in|methods in|ifip|contributions to|colloquia)\b",
    re.IGNORECASE,
)
_STEM = 6  # letters by which words are held to be the same
_REPEATED = 0.75
_OTHERS = re.compile(r"^(?:(?:and )?others|et\.? al\.?)$", re.IGNORECASE)


def read_record(message: Any, *, event: Event = "print") -> RecordReading:  # noqa: ANN401 - parsed JSON of any shape
    """Return the work that a Crossref message describes, and what it says around it.

    Args:
        message: the "message" of `/works/{doi}`, one of the items of `/works`, or the whole
            answer around a message. Of any shape: what cannot be read becomes a finding.
        event: the publication that gives the date. "print": the printed one, else the issue's,
            else the earliest; "online": the one online, else the earliest; "earliest".
    """
    record = Record(_unwrapped(message), SOURCE)
    kind, genre = _type(record)
    issued, available = _dates(record, event)
    contributors, others = _contributors(record)
    work = Work(
        citation_key="",
        type=kind,
        title=_title(record),
        contributors=contributors,
        others=others,
        issued=issued,
        available_date=available,
        genre=genre,
        doi=one_identifier(record, "DOI", normalise_doi),
        isbn=identifiers(record, ("ISBN",), "isbn-type", normalise_isbn),
        issn=identifiers(record, ("ISSN",), "issn-type", normalise_issn),
        language=language_tag(record.string("language")),
        abstract=_abstract(record),
        part_number=record.text("part-number"),
        edition=record.text("edition-number") or record.text("edition"),
        version=_version(record),
    )
    work = _with_place_in_venue(work, record)
    work = _with_publisher(_with_event(work, record), record)
    _note_oddities(work, record)
    return RecordReading(work, read_surroundings(record, work.doi), tuple(record.findings))


def _unwrapped(message: Any) -> Any:  # noqa: ANN401 - parsed JSON of any shape
    """Return the record inside the API's envelope, where there is one."""
    if (
        isinstance(message, dict)
        and "DOI" not in message
        and isinstance(message.get("message"), dict)
    ):
        inner = message["message"]
        items = inner.get("items")
        return items[0] if isinstance(items, list) and len(items) == 1 else inner
    return message


# --- Kind ---------------------------------------------------------------------------------------


def _type(record: Record) -> tuple[str, str | None]:
    """Return CSL type and genre."""
    stated = record.string("type")
    if stated in {"posted-content", "preprint"}:
        subtype = record.string("subtype") or ("preprint" if stated == "preprint" else None)
        kind, genre = crossref_types.posted_type(subtype)
        return kind, genre or (_degree(record) if kind == "thesis" else None)
    found = crossref_types.csl_type(stated)
    if found == "review":
        return found, crossref_types.review_genre(record.child("review").string("type"))
    if found == "thesis":
        return found, _degree(record)
    if found is not None:
        return _other_in_book(record) if stated == "other" else found, None
    guess = _guessed_type(record)
    record.find(
        "unknown-type",
        f"Crossref calls this work {stated!r}, which we do not know; it is taken for {guess!r}"
        if stated
        else f"the record states no type; it is taken for {guess!r}",
        field="type",
    )
    return guess, None


def _degree(record: Record) -> str | None:
    return crossref_types.thesis_genre(record.text("degree"))


def _other_in_book(record: Record) -> str:
    return "chapter" if "ISBN" in record and "container-title" in record else "document"


def _guessed_type(record: Record) -> str:
    if "ISSN" in record and "container-title" in record:
        return "article-journal"
    if "ISBN" in record:
        return "chapter" if "container-title" in record else "book"
    return "document"


# --- Title and text -----------------------------------------------------------------------------


def _title(record: Record) -> str | None:
    titles = record.texts("title")
    if not titles:
        return next(iter(record.texts("original-title")), None)
    title = titles[0]
    for subtitle in record.texts("subtitle")[:1]:
        if _is_running_head(subtitle, title):
            record.find(
                "running-head",
                f"the subtitle {subtitle!r} only says the title again; it was left out",
                field="subtitle",
                severity="info",
            )
        else:
            title = with_subtitle(title, subtitle)
    if len(titles) > 1:
        record.find(
            "several-titles",
            f"the record has {len(titles)} titles; the first was taken, not {titles[1]!r}",
            field="title",
            severity="info",
        )
    return title


def with_subtitle(title: str, subtitle: str) -> str:
    """Return title and subtitle joined by ": "; a subtitle that the title holds is left out."""
    if _letters(subtitle) and _letters(subtitle) in _letters(title):
        return title
    if title.endswith((":", "—", "–")):
        return f"{title.rstrip()} {subtitle}"
    if title.endswith(("?", "!", "…")):
        return f"{title} {subtitle}"
    return f"{title.rstrip(' .')}: {subtitle}"


def _is_running_head(subtitle: str, title: str) -> bool:
    """Tell whether a "subtitle" is the short title that stands at the top of printed pages.

    Several publishers send it so. It is taken for one when it is in capitals and the title is
    not, or when its words, three at least, nearly all stand in the title already.
    """
    if subtitle.isupper() and not title.isupper() and " " in subtitle:
        return True
    known = {word[:_STEM] for word in re.findall(r"\w{4,}", plain(title).casefold())}
    words = [word[:_STEM] for word in re.findall(r"\w{4,}", plain(subtitle).casefold())]
    repeated = sum(word in known for word in words)
    return len(words) > 2 and repeated >= _REPEATED * len(words)  # noqa: PLR2004 - "three at least"


def _letters(text: str) -> str:
    return "".join(character for character in plain(text).casefold() if character.isalnum())


def _original_title(record: Record, title: str | None) -> str | None:
    original = next(iter(record.texts("original-title")), None)
    return original if original and title and _letters(original) != _letters(title) else None


def _abstract(record: Record) -> str | None:
    for key in ("abstract", "description"):
        if source := record.string(key):
            return from_markup(source, paragraphs=True) or None
    return None


def _version(record: Record) -> str | None:
    stated = (
        record.child("version").text("version") if isinstance(record.raw("version"), dict) else None
    )
    return re.sub(r"^v(?=\d)", "", stated) if stated else None


# --- People -------------------------------------------------------------------------------------


def _contributors(record: Record) -> tuple[tuple[Contributor, ...], frozenset[str]]:
    found: list[Contributor] = []
    others = set()
    for role in _ROLES:
        people = _in_sequence(record.children(role))
        for entry in people:
            if _is_others(entry):
                others.add(role)
            elif contributor := _contributor(entry, role):
                found.append(contributor)
    return tuple(found), frozenset(others)


def _in_sequence(people: list[Record]) -> list[Record]:
    """Return the people with the one marked "first" in front; else as the record has them."""
    first = [entry for entry in people if entry.raw("sequence") == "first"]
    if len(first) != 1 or people[0] is first[0]:
        return people
    return first + [entry for entry in people if entry is not first[0]]


def _is_others(entry: Record) -> bool:
    text = entry.string("name") or entry.string("family")
    return text is not None and "given" not in entry and _OTHERS.match(text.strip()) is not None


def _contributor(entry: Record, role: Role) -> Contributor | None:
    name = _name(entry)
    if name is None:
        entry.find("no-name", f"one {role} has no name; it was left out", field=role)
        return None
    return Contributor(
        name,
        role,
        orcid=one_identifier(entry, "ORCID", normalise_orcid),
        affiliations=_affiliations(entry),
    )


def _name(entry: Record) -> Name | None:
    if "family" in entry or "given" in entry:
        return person(entry.string("family"), entry.string("given"), entry.string("suffix"))
    return organisation(entry.string("name") or entry.string("literal"))


def _affiliations(entry: Record) -> tuple[str, ...]:
    stated = entry.raw("affiliation")
    if isinstance(stated, str) or (
        isinstance(stated, list) and stated and isinstance(stated[0], str)
    ):
        return tuple(plain(text) for text in entry.texts("affiliation"))
    found = []
    for place in entry.children("affiliation"):
        parts = [*place.texts("department"), place.text("name"), *place.texts("place")]
        text = plain(", ".join(part for part in parts if part and part.strip("-–. ")))
        if text and text not in found:
            found.append(text)
    return tuple(found)


# --- Dates --------------------------------------------------------------------------------------

_FALLBACK_DATES = (
    "issued",
    "published",
    "published-print",
    "published-online",
    "published-other",
    "posted",
    "approved",
    "content-created",
    "content-updated",
)


def _dates(record: Record, event: Event) -> tuple[Date | None, Date | None]:
    """Return when the work was issued, and when it was first online where that is another date."""
    issue = record.child("journal-issue")
    printed = date_of(record, "published-print") or date_of(issue, "published-print")
    online = date_of(record, "published-online")
    first = next((date for key in _FALLBACK_DATES if (date := date_of(record, key))), None)
    if event == "print":
        issued = printed or first
    elif event == "online":
        issued = online or first
    else:
        issued = _earliest(date for date in (first, printed, online) if date)
    if issued is None:
        record.find(
            "no-date", "the record does not say when the work was published", field="issued"
        )
    available = online if online and issued and online.start != issued.start else None
    return issued, available if event == "print" else None


def _earliest(dates: Iterable[Date]) -> Date | None:
    known = [date for date in dates if date.start]
    return min(known, key=lambda date: (*(date.start or ()), 13, 32)[:3], default=None)


# --- Venue, publisher, event --------------------------------------------------------------------


def _with_place_in_venue(work: Work, record: Record) -> Work:
    """Add the container, the series, and the place in it."""
    container, short, series = _containers(record, work.type)
    volume, issue = locator(record, "volume"), locator(record, "issue")
    if issue is None:
        issue = locator(record.child("journal-issue"), "issue")
    page = pages(record.string("page"))
    article = locator(record, "article-number")
    extra = (
        (("eid", article),) if article and page and _letters(article) not in _letters(page) else ()
    )
    in_series = work.type in _SERIES_HOLDERS and series is not None
    return replace(
        work,
        container_title=container,
        container_title_short=short,
        collection_title=series,
        collection_number=volume if in_series else None,
        volume=None if in_series else volume,
        issue=issue,
        page=page or article,
        number=record.text("report-number"),
        original_title=_original_title(record, work.title),
        extra=extra,
    )


def _containers(record: Record, kind: str) -> tuple[str | None, str | None, str | None]:
    """Return (container, its short form, series)."""
    titles = record.texts("container-title")
    shorts = record.texts("short-container-title")
    short = shorts[0] if shorts else None
    if kind == "article" and not titles:
        archive = record.child("institution").text("name")
        return archive, None, None
    if not titles:
        return None, short if kind not in _SERIES_HOLDERS else None, None
    if kind in _SERIES_HOLDERS:
        return None, None, titles[0]
    if kind in _PART_TYPES:
        container, series = _book_and_series(titles)
        return container, short if short not in (None, container, series) else None, series
    container = titles[0]
    if len(titles) > 1:
        container, abbreviation = _full_and_short(titles[0], titles[1])
        short = short or abbreviation
        if abbreviation is None:
            record.find(
                "several-venues",
                f"the record names {len(titles)} venues; the first was taken, not {titles[1]!r}",
                field="container-title",
                severity="info",
            )
    return container, short if short != container else None, None


def _book_and_series(titles: tuple[str, ...]) -> tuple[str, str | None]:
    """Tell a book from the series it stands in: newer records name the series first."""
    if len(titles) == 1:
        return titles[0], None
    first, second = titles[0], titles[1]
    if _SERIES_WORDS.search(second) and not _SERIES_WORDS.search(first):
        return first, second
    return second, first


def _full_and_short(first: str, second: str) -> tuple[str, str | None]:
    """Return (full, short) of a journal's two titles; short is None where neither shortens."""
    short, full = sorted((first, second), key=lambda title: (len(title), title.count(".") == 0))
    words = re.findall(r"\w+", plain(full).casefold())
    at = 0
    for piece in re.findall(r"\w+", plain(short).casefold()):
        start = piece[:2]
        while at < len(words) and not words[at].startswith(start[:1]):
            at += 1
        if at == len(words):
            return first, None
        at += 1
    return full, short


def _with_publisher(work: Work, record: Record) -> Work:
    institution = record.child("institution")
    body = institution.text("name")
    place = record.text("publisher-location") or _real_place(institution)
    publisher = record.text("publisher")
    if work.type in {"thesis", "report"} and body:
        publisher = body
    return replace(
        work,
        publisher=publisher,
        publisher_place=place,
        authority=record.child("standards-body").text("name"),
    )


def _real_place(institution: Record) -> str | None:
    return ", ".join(part for part in institution.texts("place") if part.strip("-–. ")) or None


def _with_event(work: Work, record: Record) -> Work:
    event = record.child("event")
    return replace(
        work,
        event_title=event.text("name"),
        event_place=event.text("location"),
        event_date=range_of(event, "start", "end"),
    )


# --- What a person should look at ---------------------------------------------------------------


def _note_oddities(work: Work, record: Record) -> None:
    if work.title is None:
        record.find("no-title", "the record has no title", field="title")
    elif "\ufffd" in work.title:
        record.find(
            "lost-characters", "characters of the title were lost at the source", field="title"
        )
    elif _is_in_capitals(work.title):
        record.find(
            "title-in-capitals",
            "the title is in capitals; which words need them cannot be known, so it was left",
            field="title",
            severity="info",
        )
    if work.doi is None and "DOI" not in record:
        record.find("no-doi", "the record has no DOI", field="DOI")


def _is_in_capitals(title: str) -> bool:
    text = plain(title)
    return text.isupper() and len(re.findall(r"[^\W\d_]{4,}", text)) > 1
