"""Dates: EDTF, people's own ways, CSL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.values.dates import (
    Date,
    checked,
    edtf,
    from_csl,
    from_edtf,
    from_year_and_month,
    month_number,
    parse,
    to_csl,
)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2014", Date((2014,))),
        ("2014-05-31", Date((2014, 5, 31))),
        ("1999-10-14/2010-01-23", Date((1999, 10, 14), (2010, 1, 23))),
        ("2014/..", Date((2014,), open_end=True)),
        ("2014/", Date((2014,), open_end=True)),
        ("../1970", Date(None, (1970,))),
        ("1998/unknown", Date((1998,))),
        ("1850~", Date((1850,), circa=True)),
        ("1850?/1860", Date((1850,), (1860,), circa=True)),
        ("2001-21", Date((2001, 21))),
        ("-0043-03-15", Date((-43, 3, 15))),
        ("0000", Date((0,))),
        ("199X", Date((1990,), (1999,))),
        ("1999-XX", Date((1999,))),
        ("y-123456789", Date((-123456789,))),
        ("2013-07-29T10:00:00Z", Date((2013, 7, 29))),
        ("2014-02-30", None),
        ("2014-13", None),
        ("2014-5x", None),
        ("forthcoming", None),
        ("/", None),
        ("", None),
    ],
)
def test_edtf_is_read_as_iso_8601_2_has_it(text: str, date: Date | None) -> None:
    assert from_edtf(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("12 March 2004", Date((2004, 3, 12))),
        ("2004 Mar 12", Date((2004, 3, 12))),
        ("2004 Spring", Date((2004, 21))),
        ("March 12, 2004", Date((2004, 3, 12))),
        ("12. Mai 2004", Date((2004, 5, 12))),
        ("März 2004", Date((2004, 3))),
        ("2004/03/12", Date((2004, 3, 12))),
        ("c. 1850", Date((1850,), circa=True)),
        ("[1999?]", Date((1999,), circa=True)),
        ("c1999", Date((1999,))),
        ("1994--1998", Date((1994,), (1998,))),
        ("2013/14", Date((2013,), (2014,))),
        ("3/4/2005", None),
        ("1998-1994", None),
        ("n.d.", None),
    ],
)
def test_a_date_is_read_as_people_write_it_if_it_has_one_reading(
    text: str, date: Date | None
) -> None:
    assert parse(text) == date


@pytest.mark.parametrize(
    ("year", "month", "day", "date"),
    [
        ("1999", "aug", None, Date((1999, 8))),
        ("1999", "août", None, Date((1999, 8))),
        ("1999", "августа", None, Date((1999, 8))),
        ("1999", "8", "31", Date((1999, 8, 31))),
        ("1999", "10~jan".replace("~", "\u00a0"), None, Date((1999, 1, 10))),
        ("1999", "jan # feb".replace(" # ", "/"), None, Date((1999, 1), (1999, 2))),
        ("1999", "March 3--5", None, Date((1999, 3, 3), (1999, 3, 5))),
        ("1999", "3--5 mai", None, Date((1999, 5, 3), (1999, 5, 5))),
        ("1999", "Dec--Jan", None, Date((1999, 12), (2000, 1))),
        ("1999", "spring", None, Date((1999, 21))),
        ("1999", "Brumaire", None, Date((1999,))),
        ("1999", "/", None, Date((1999,))),
        ("1999", "feb 30", None, Date((1999,))),
        ("in press", "may", None, Date(literal="in press")),
    ],
)
def test_year_and_month_are_read_in_any_language(
    year: str, month: str, day: str | None, date: Date
) -> None:
    assert from_year_and_month(year, month, day) == date


def test_a_month_has_many_names() -> None:
    assert {month_number(name) for name in ("Mar.", "MÄRZ", "mars", "3", "3月", "марта")} == {3}
    assert [month_number(name) for name in ("21", "13", "x", "²")] == [21, None, None, None]


@pytest.mark.parametrize(
    ("csl", "date"),
    [
        ({"date-parts": [["2004", "3"]]}, Date((2004, 3))),
        ({"date-parts": [[None]]}, None),
        ({"date-parts": [[2004, 3, 0]]}, Date((2004, 3))),
        ({"date-parts": [[2004, 99]]}, Date((2004,))),
        ({"date-parts": [[2004], [0]]}, Date((2004,), open_end=True)),
        ({"date-parts": [[2004]], "season": "winter"}, Date((2004, 24))),
        ({"date-parts": [[2004]], "circa": 1}, Date((2004,), circa=True)),
        ({"raw": "3 May 2004"}, Date((2004, 5, 3))),
        ({"raw": "soon"}, Date(literal="soon")),
        ({"literal": " in  press "}, Date(literal="in press")),
        ({}, None),
        ({"date-parts": "2004"}, None),
    ],
)
def test_a_csl_date_is_read_however_partial(csl: dict[str, object], date: Date | None) -> None:
    assert from_csl(csl) == date


PARTS = st.tuples(st.integers(-9999, 9999), st.integers(1, 12), st.integers(1, 31)).map(
    lambda parts: checked(*parts) or parts[:2]
) | st.tuples(st.integers(1, 9999), st.integers(21, 24))


@given(PARTS, st.none() | PARTS, st.booleans(), st.booleans())
def test_every_date_is_read_back_from_edtf(
    start: tuple[int, int],
    end: tuple[int, int] | None,
    is_open: bool,  # noqa: FBT001 - hypothesis gives them
    circa: bool,  # noqa: FBT001 - hypothesis gives them
) -> None:
    date = Date(start, end, open_end=is_open and end is None, circa=circa)
    assert from_edtf(edtf(date) or "") == date


@given(PARTS, st.booleans())
def test_every_single_date_is_read_back_from_csl(start: tuple[int, int], circa: bool) -> None:  # noqa: FBT001 - as above
    date = Date(start, circa=circa)
    if start[0]:
        assert from_csl(to_csl(date)) == date


@given(st.text(max_size=30))
def test_no_text_makes_a_reader_raise(text: str) -> None:
    parse(text)
    from_year_and_month("1999", text)
    from_year_and_month(text, text, text)
