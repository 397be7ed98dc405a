"""Databases' own tagged formats: Ovid's and RefWorks'."""

import pytest

from library.formats import ovid_tagged, refworks_tagged
from library.formats.detect import detect
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

OVID = """\
<1. >
VN  - Ovid Technologies
DB  - Journals@Ovid
AN  - 00000000-201404000-00001.
AU  - Doe, Ann B. MD, MPH 1,2
AU  - Roe, Ben [Reprint Author; E-mail: nobody@library.example]
TI  - On the leaves of made-up trees.  [Article]
SO  - Journal of Examples April 2014;3(4):1-9
AB  - In short.
KW  - leaves;  trees
LG  - English.
IS  - 0378-5955
DI  - 10.5555/example.1

<2. >
VN  - Ovid Technologies
TI  - Manners of roots
ED  - Poe, Carla;  Moe, Dan
SO  - Behaviour of Roots. Vol.43(5), Sep 2015, pp. 623-634.
YR  - 2015

<3. >
DB  - Books@Ovid
TI  - The book of leaves
PT  - Text/Reference
PU  - Press of Examples
IB  - 9780306406157
YR  - 2016
"""
REFWORKS = """\
RT Book, Section
SR Electronic(1)
ID 206
A1 Doe,Ann
T1 A chapter
T2 The book of leaves
A2 Poe,Carla
YR 2002
FD Feb
VO 1
SP 101
OP 123
K1 leaves
SN 0306406152 (paperback)
LA English
RT Journal Article
A1 Roe,Ben
T1 On roots
JF Journal of Examples
YR 2003
"""


def test_ovids_records_are_read() -> None:
    assert detect(OVID) == "ovid"
    article, manners, book = ovid_tagged.read(OVID, "f").works
    assert article == Work(
        citation_key="",
        type="article-journal",
        title="On the leaves of made-up trees",
        contributors=(
            Contributor(Name(family="Doe", given="Ann B.")),
            Contributor(Name(family="Roe", given="Ben")),
        ),
        issued=Date((2014, 4)),
        container_title="Journal of Examples",
        volume="3",
        issue="4",
        page="1-9",
        abstract="In short.",
        keywords=("leaves", "trees"),
        language="en",
        issn=("0378-5955",),
        doi="10.5555/example.1",
        extra=(
            ("ovid-vn", "Ovid Technologies"),
            ("ris-db", "Journals@Ovid"),
            ("ris-an", "00000000-201404000-00001"),
        ),
    )
    assert (manners.container_title, manners.volume, manners.issue) == (
        "Behaviour of Roots",
        "43",
        "5",
    )
    assert (manners.page, manners.issued) == ("623-634", Date((2015, 9)))
    assert [one.role for one in manners.contributors] == ["editor", "editor"]
    assert (book.type, book.publisher, book.isbn) == (
        "book",
        "Press of Examples",
        ("9780306406157",),
    )


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Forest Made Up. 201(2-3):327-334, November 15, 2004.",
         ("Forest Made Up", "201", "2-3", "327-334", Date((2004, 11, 15)))),
        ("Made-up Affairs, 2013(1): 3-28.", ("Made-up Affairs", None, "1", "3-28", Date((2013,)))),
        ("Lakes. 2007 15 June; 433-441.", ("Lakes", None, None, "433-441", Date((2007, 6, 15)))),
        ("Gazette of Patents. 1288(3), Nov. 16, 2004.",
         ("Gazette of Patents", "1288", "3", None, Date((2004, 11, 16)))),
    ],
)  # fmt: skip
def test_the_place_in_the_journal_is_read_in_every_manner(
    source: str, place: tuple[str | Date | None, ...]
) -> None:
    (work,) = ovid_tagged.read(f"<1. >\nTI  - On lakes\nSO  - {source}\n", "f").works
    assert (work.container_title, work.volume, work.issue, work.page, work.issued) == place


def test_the_book_of_a_chapter_is_told_from_its_editors() -> None:
    text = (
        "<1. >\nTI  - A chapter\nBT  - Leaves\nPT  - Book Chapter\n"
        "SO  - Poe, Carla M. [Editor, Reprint Author], Moe, Dan [Editor]. Ways of leaves.:371-397,"
        " 2004. Series Information: Trees\n"
    )
    (work,) = ovid_tagged.read(text.replace("BT  - Leaves\n", ""), "f").works
    assert (work.container_title, work.page, work.issued) == (
        "Ways of leaves",
        "371-397",
        Date((2004,)),
    )
    assert [(one.role, one.name.family) for one in work.contributors] == [
        ("editor", "Poe"),
        ("editor", "Moe"),
    ]


def test_refworks_records_are_read() -> None:
    assert detect(REFWORKS) == "refworks"
    chapter, article = refworks_tagged.read(REFWORKS, "f").works
    assert (chapter.type, chapter.container_title) == ("chapter", "The book of leaves")
    assert (chapter.page, chapter.volume, chapter.language) == ("101-123", "1", "en")
    assert chapter.issued == Date((2002, 2))
    assert [(one.role, one.name.family) for one in chapter.contributors] == [
        ("author", "Doe"),
        ("editor", "Poe"),
    ]
    assert (article.type, article.container_title, article.year) == (
        "article-journal",
        "Journal of Examples",
        2003,
    )
