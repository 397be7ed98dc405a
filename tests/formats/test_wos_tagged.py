"""Web of Science's tagged files, read."""

from library.formats import wos_tagged
from library.formats.detect import detect
from library.values.dates import Date

TEXT = """\ufeffFN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Doe, A
   Roe, BC
AF Doe, Ann
   Roe, Ben C.
TI A made-up study of things that
   are not there
SO JOURNAL OF EXAMPLES
LA English
DE one; two
   words
SN 0028-0836
EI 1476-4687
PD JUL 21
PY 2014
VL 12
IS 3
BP 100
EP 110
DI 10.1000/abc
PM 12345
ER

PT J
AU Poe, C
TI Another
SO JOURNAL OF EXAMPLES
PD JAN-FEB
PY 2015
AR e17
ER

EF
"""


def test_a_record_is_read_with_full_names_and_joined_lines() -> None:
    first, second = wos_tagged.read(TEXT).works
    assert first.title == "A made-up study of things that are not there"
    assert [name.given for name in first.names()] == ["Ann", "Ben C."]
    assert first.issued == Date((2014, 7, 21))
    assert (first.page, first.doi, first.pmid) == ("100-110", "10.1000/abc", "12345")
    assert first.issn == ("0028-0836", "1476-4687")
    assert first.keywords == ("one", "two words")
    assert second.issued == Date((2015,))
    assert second.page == "e17"


def test_a_year_behind_the_month_is_no_day() -> None:
    text = TEXT.replace("PD JAN-FEB", "PD FEB 2015")
    assert wos_tagged.read(text).works[1].issued == Date((2015, 2))


def test_addresses_behind_names_are_left_out_and_other_tags_are_kept() -> None:
    text = TEXT.replace("AU Poe, C", "AU Poe, Carla (nobody@library.example)").replace(
        "AR e17", "AR e17\nUT WOS:000001\nCR A, 2001, J EX"
    )
    work = wos_tagged.read(text).works[1]
    assert work.names()[0].display() == "Carla Poe"
    assert ("wos-ut", "WOS:000001") in work.extra
    assert "wos-cr" not in dict(work.extra)


def test_such_a_file_is_known_by_its_first_lines() -> None:
    assert detect(TEXT) == "wos"


def test_a_file_that_breaks_off_keeps_the_last_record() -> None:
    assert len(wos_tagged.read(TEXT[: TEXT.index("PY 2015")]).works) == 2
