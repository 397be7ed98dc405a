"""EndNote's XML and tagged format, read and written."""

from xml.etree import ElementTree as ET

import pytest

from library.formats import endnote_enw, endnote_xml, ris
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

ARTICLE = Work(
    citation_key="Doe2014",
    type="article-journal",
    title="Made-up studies & <other> things",
    contributors=(
        Contributor(Name(family="Doe", given="Ann B.")),
        Contributor(Name(literal="Institute of Examples")),
    ),
    issued=Date((2014, 4, 3)),
    container_title="Journal of Examples",
    volume="370",
    issue="14",
    page="1282-1283",
    doi="10.1000/abc",
    issn=("0028-0836",),
    keywords=("one", "two, three"),
    abstract="In short.",
)
CHAPTER = Work(
    citation_key="Roe2001",
    type="chapter",
    title="A chapter",
    contributors=(
        Contributor(Name(family="Roe", given="B.")),
        Contributor(Name(family="Poe", given="C."), "editor"),
    ),
    issued=Date((2001,)),
    container_title="The book",
    publisher="Press of Examples",
    publisher_place="Springfield",
    isbn=("9780199206483",),
)


@pytest.mark.parametrize("work", [ARTICLE, CHAPTER], ids=lambda work: work.type)
def test_endnote_xml_gives_back_what_ris_can_hold(work: Work) -> None:
    reading = endnote_xml.read("".join(endnote_xml.write([work])))
    assert reading.findings == []
    (got,) = reading.works
    expected = ris.holdable(work)
    for field in ("type", "title", "contributors", "issued", "container_title", "volume", "issue"):
        assert getattr(got, field) == getattr(expected, field)
    for field in ("page", "doi", "isbn", "issn", "keywords", "abstract", "publisher"):
        assert getattr(got, field) == getattr(expected, field)


@pytest.mark.parametrize("work", [ARTICLE, CHAPTER], ids=lambda work: work.type)
def test_enw_gives_back_what_ris_can_hold(work: Work) -> None:
    (got,) = endnote_enw.read("".join(endnote_enw.write([work]))).works
    expected = ris.holdable(work)
    for field in ("type", "title", "contributors", "container_title", "volume", "issue", "page"):
        assert getattr(got, field) == getattr(expected, field)
    for field in ("doi", "isbn", "issn", "keywords", "abstract", "publisher", "publisher_place"):
        assert getattr(got, field) == getattr(expected, field)


def test_styles_become_markup_and_several_issns_become_several() -> None:
    xml = """<xml><records><record><ref-type name="Journal Article">0</ref-type>
      <titles><title><style face="normal">On </style><style face="italic">E. coli</style></title>
      </titles><isbn>0028-0836&#13;1476-4687</isbn></record></records></xml>"""
    (work,) = endnote_xml.read(xml).works
    assert work.title == "On <i>E. coli</i>"
    assert work.issn == ("0028-0836", "1476-4687")


def test_blanks_around_styles_stay() -> None:
    runs = "<style>Plain </style><style face='bold'>one</style><style face='italic'> two</style>"
    xml = f"<xml><records><record><titles><title>{runs}<style> </style><style>three</style>"
    (work,) = endnote_xml.read(f"{xml}</title></titles></record></records></xml>").works
    assert work.title == "Plain <b>one</b> <i>two</i> three"


def test_a_type_is_told_by_its_name_when_the_number_says_otherwise() -> None:
    xml = (
        '<xml><records><record><ref-type name="Book Section">7</ref-type>'
        "<titles><title>A</title></titles></record></records></xml>"
    )
    assert endnote_xml.read(xml).works[0].type == "chapter"


def test_records_before_broken_xml_are_kept_and_the_line_is_said() -> None:
    xml = (
        '<xml><records>\n<record><ref-type name="Book">6</ref-type>'
        "<titles><title>A</title></titles></record>\n<record><titles>"
    )
    reading = endnote_xml.read(xml)
    assert [work.title for work in reading.works] == ["A"]
    assert [(one.check, one.line) for one in reading.findings] == [("broken-xml", 3)]


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">', '<!ENTITY a SYSTEM "file:///etc/passwd">'],
    ids=["bomb", "external"],
)
def test_entities_are_refused(declaration: str) -> None:
    xml = (
        f"<!DOCTYPE xml [{declaration}]><xml><records><record><titles><title>&a;</title></titles>"
        "</record></records></xml>"
    )
    reading = endnote_xml.read(xml)
    assert reading.works == []
    assert [one.check for one in reading.findings] == ["unsafe-xml"]


def test_hostile_text_cannot_add_elements_or_fields() -> None:
    work = Work("k", "book", title="A</title>\n%0 Map\nTY  - MAP\n<x>&\x00")
    written = "".join(endnote_xml.write([work]))
    assert len(ET.fromstring(written).findall(".//record")) == 1  # noqa: S314 - our own text
    assert len(endnote_enw.read("".join(endnote_enw.write([work]))).works) == 1


def test_enw_records_may_be_parted_by_a_type_or_by_a_blank_line() -> None:
    text = "%0 Book\n%T One\n%0 Book\n%T Two\n\n%T Three\n%J Journal\n"
    works = endnote_enw.read(text).works
    assert [(work.title, work.type) for work in works] == [
        ("One", "book"),
        ("Two", "book"),
        ("Three", "article-journal"),
    ]


def test_no_works_make_a_valid_file() -> None:
    assert ET.fromstring("".join(endnote_xml.write([]))).tag == "xml"  # noqa: S314 - our own text
