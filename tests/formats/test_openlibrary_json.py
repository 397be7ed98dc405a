"""Open Library's records. All records here are made up."""

from hypothesis import given
from hypothesis import strategies as st

from library.formats.openlibrary_json import read_record
from library.values.dates import Date
from library.values.names import Name

BOOK = {
    "title": "An invented handbook",
    "subtitle": "with a subtitle",
    "authors": [{"name": "Herta Handbuch"}, {"name": "Institute of Things"}],
    "number_of_pages": 312,
    "identifiers": {"isbn_13": ["978-0-306-40615-7"], "isbn_10": ["0306406152"]},
    "publishers": [{"name": "Example Press"}],
    "publish_places": [{"name": "Utrecht"}],
    "publish_date": "March 1999",
}


def test_a_book_is_read_whole() -> None:
    work = read_record(BOOK).work
    assert (work.type, work.title) == ("book", "An invented handbook: with a subtitle")
    assert work.names() == (
        Name(family="Handbuch", given="Herta"),
        Name(literal="Institute of Things"),
    )
    assert (work.publisher, work.publisher_place) == ("Example Press", "Utrecht")
    assert (work.number_of_pages, work.isbn) == ("312", ("9780306406157",))
    assert work.issued == Date((1999, 3))


values = st.recursive(st.none() | st.integers() | st.text(max_size=6), st.lists, max_leaves=4)


@given(values | st.dictionaries(st.sampled_from(sorted(BOOK)), values))
def test_a_record_of_any_shape_is_read_without_an_exception(data: object) -> None:
    assert read_record(data).work.type == "book"
