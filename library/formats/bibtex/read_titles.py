"""Titles, and the titles of what a work stands in: volumes, books, journals, series, events.

As pandoc's biblatex reader has it: title and subtitle are joined by ": ", an addition by ". ".
"""

from library.formats.bibtex.draft import Draft
from library.formats.bibtex.entry_types import BOOKS, CHAPTERS, RECORDINGS
from library.formats.bibtex.latex import decode, decode_cached
from library.formats.bibtex.vocabulary import SERIES


def read_titles(draft: Draft) -> None:
    """Read every title of the entry."""
    left, values = draft.left, draft.values
    if _MORE_TITLES.isdisjoint(left) and _usual_titles(draft):
        return
    if draft.type == "periodical" and "issuetitle" in left:
        values["title"] = _joined(draft, "issue")
        values["container_title"] = _joined(draft, "")
    elif "maintitle" in left:
        _with_main_title(draft)
    else:
        _plain_title(draft)
    _containers(draft)
    if "series" in left:
        _series(draft)
    for field in [field for field in left if field in _SHORT_AND_OTHER]:
        variable = _SHORT_AND_OTHER[field]
        if field == "shorttitle" and "volume_title" in values and draft.type not in CHAPTERS:
            continue  # it is short for the volume's title
        text = _joined(draft, "event") if field == "eventtitle" else draft.take(field, "title")
        if text:
            values[variable] = text


_SHORT_AND_OTHER = {
    "shorttitle": "title_short",
    "shortjournal": "container_title_short",
    "eventtitle": "event_title",
    "origtitle": "original_title",
    "volume-title": "volume_title",
    "part-title": "part_title",
    "reviewed-title": "reviewed_title",
}


_MORE_TITLES = frozenset(
    {
        f"{prefix}{title}"
        for prefix in ("", "main", "book", "issue", "journal", "event")
        for title in ("subtitle", "titleaddon")
    }
    | {"maintitle", "issuetitle", "series", "fjournal", *_SHORT_AND_OTHER}
)
_CONTAINERS = frozenset({"booktitle", "journaltitle"})


def _containers(draft: Draft) -> None:
    """Read the book or the journal that the work stands in."""
    left, values = draft.left, draft.values
    if "booktitle" in left and draft.type in BOOKS:
        # The title that parts of this book take over; the book's own where it has no other.
        if "title" not in values:
            title = _joined(draft, "book")
            if title:
                values["title"] = title
    elif "booktitle" in left and "container_title" not in values:
        container = _joined(draft, "book")
        if container:
            values["container_title"] = container
    if "fjournal" in left and "journaltitle" in left:
        # MathSciNet: the journal's full name, and its short one.
        left.setdefault("shortjournal", left["journaltitle"])
        left["journaltitle"] = left.pop("fjournal")
    if "journaltitle" in left and "container_title" not in values:
        container = _joined(draft, "journal")
        if container:
            values["container_title"] = container


def _usual_titles(draft: Draft) -> bool:
    """Read what most entries have: a title, in a journal or a book. Say whether that is all."""
    left, values = draft.left, draft.values
    raw = left.pop("title", None)
    title = decode(raw, "title") if raw is not None else None
    if title:
        values["title"] = title
    field = "booktitle" if "booktitle" in left and draft.type not in BOOKS else "journaltitle"
    if field in left:
        container = decode_cached(left.pop(field), "title")
        if container:
            values["container_title"] = container
    return _CONTAINERS.isdisjoint(left)


def _plain_title(draft: Draft) -> None:
    left, values = draft.left, draft.values
    raw = left.pop("title", None)
    title = decode(raw, "title") if raw is not None else None
    if "subtitle" in left:
        subtitle = draft.take("subtitle", "title")
        if title and subtitle:
            values["title_short"] = title
            title = f"{title}{_colon(title)}{subtitle}"
        else:
            title = title or subtitle
    if "titleaddon" in left:
        title = _with_addition(title, draft.take("titleaddon", "title"))
    if title:
        values["title"] = title


def _with_main_title(draft: Draft) -> None:
    """Read a part of a work in volumes: `maintitle` is the whole's title."""
    values = draft.values
    main = _joined(draft, "main")
    if draft.type in CHAPTERS:
        volume = _joined(draft, "book")
        title = _joined(draft, "")
        named = {"title": title, "container_title": main, "volume_title": volume}
    else:
        named = {"title": main, "volume_title": _joined(draft, "")}
    values.update({variable: text for variable, text in named.items() if text})


def _joined(draft: Draft, prefix: str) -> str | None:
    """Return "Title: Subtitle. Addition" of the fields with this prefix."""
    title = draft.take(f"{prefix}title", "title")
    subtitle = draft.take(f"{prefix}subtitle", "title")
    if title and subtitle:
        title = f"{title}{_colon(title)}{subtitle}"
    return _with_addition(title or subtitle, draft.take(f"{prefix}titleaddon", "title"))


def _colon(title: str) -> str:
    return " " if title[-1] in ":?!" else ": "


def _with_addition(title: str | None, addition: str | None) -> str | None:
    if not title or not addition:
        return title or addition
    return f"{title}{' ' if title[-1] in '.?!' else '. '}{addition}"


def _series(draft: Draft) -> None:
    text = draft.take("series", "title")
    if not text:
        return
    text = SERIES.get(text, text)
    # What is broadcast in a series is shown in it, as an article in its journal.
    in_container = draft.type in RECORDINGS and "container_title" not in draft.values
    draft.values["container_title" if in_container else "collection_title"] = text
