"""A record of Open Library, understood: one edition of a book.

Source: Open Library, "Books API" (jscmd=data).
"""

from typing import Any, Final

from library.formats.crossref_json import with_subtitle
from library.formats.reading import RecordReading
from library.formats.record import Record
from library.formats.record_values import identifiers
from library.values.dates import Date
from library.values.dates import parse as parse_date
from library.values.identifiers import normalise_isbn
from library.values.markup import plain
from library.values.people import in_reading_order
from library.work import Contributor, Work

SOURCE: Final = "openlibrary"


def read_record(data: Any) -> RecordReading:  # noqa: ANN401 - parsed JSON of any shape
    """Return the book that one record describes; its subjects are the crowd's and are left out."""
    record = Record(data, SOURCE)
    title, subtitle = record.text("title"), record.text("subtitle")
    numbers = record.child("identifiers")
    people = [
        Contributor(name)
        for entry in record.children("authors")
        if (name := in_reading_order(entry.string("name")))
    ]
    work = Work(
        citation_key="",
        type="book",
        title=with_subtitle(title, subtitle) if title and subtitle else title,
        contributors=tuple(people),
        issued=_date(record.string("publish_date")),
        publisher=_names(record, "publishers"),
        publisher_place=_names(record, "publish_places"),
        number_of_pages=str(count) if (count := record.count("number_of_pages")) else None,
        isbn=identifiers(numbers, ("isbn_13", "isbn_10"), "", normalise_isbn),
    )
    if work.title is None:
        record.find("no-title", "the record has no title", field="title")
    return RecordReading(work, findings=tuple(record.findings))


def _names(record: Record, key: str) -> str | None:
    names = (entry.text("name") for entry in record.children(key))
    return next((plain(name) for name in names if name), None)


def _date(text: str | None) -> Date | None:
    if text is None:
        return None
    return parse_date(text) or Date(literal=" ".join(text.split()))
