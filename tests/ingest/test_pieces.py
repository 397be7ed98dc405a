"""Large files, cut into pieces of whole records: the pieces hold what the file holds."""

import json

import pytest

from library.formats.csl_writing import item
from library.formats.table import BY_NAME
from library.ingest.pieces import Piece, pieces
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work

WORKS = [
    Work(
        f"k{number}",
        "article-journal",
        title=f"Study no. {number} of “things” {{and}} more",
        contributors=(Contributor(Name("Meyer", f"Ann {number}")),),
        issued=Date((2000 + number % 20,)),
        container_title="Journal of Examples",
        doi=f"10.5555/ex.{number}",
        pmid=str(1000 + number),
        abstract="In short: é.\n\nAnd at length.",
    )
    for number in range(40)
]
FORMS = ("ris", "enw", "nbib", "endnote-xml", "mods", "csl-json", "csl-yaml", "zotero-rdf")
WOS = "FN Made-up Database\nVR 1.0\n" + "".join(
    f"PT J\nAU Meyer, Ann\nTI Study {number}\nSO EXAMPLES\nPY 2001\nER\n\n" for number in range(40)
)
PUBMED = (
    '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "x.dtd">\n'
    "<PubmedArticleSet>\n"
    + "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>T {number}"
        "</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
        for number in range(1, 41)
    )
    + "</PubmedArticleSet>\n"
)


def written(form: str) -> str:
    if form in {"wos", "pubmed-xml"}:
        return WOS if form == "wos" else PUBMED
    write = BY_NAME[form].write
    assert write is not None
    return "".join(write(map(item, WORKS)))


def works(piece: Piece) -> list[Work]:
    assert piece.form is not None
    read = BY_NAME[piece.form].read
    assert read is not None
    reading = read(piece.text, "f")
    assert not [one for one in reading.findings if one.severity == "error"]
    return reading.works


@pytest.mark.parametrize("form", [*FORMS, "wos", "pubmed-xml"])
@pytest.mark.parametrize("size", [1, 700, 5000, 1 << 20])
def test_pieces_hold_what_the_file_holds(form: str, size: int) -> None:
    raw = written(form).encode()
    found = list(pieces(raw, size))
    assert [work for one in found for work in works(one)] == works(Piece(form, raw.decode()))  # type: ignore[arg-type]
    assert {one.form for one in found} == {form}
    assert (len(found) > 1) == (size < len(raw) and form != "zotero-rdf")


def test_a_piece_knows_the_line_on_which_it_begins() -> None:
    text = written("ris")
    lines = text.splitlines()
    for one in pieces(text.encode(), 2000):
        first = one.text.splitlines()[0]
        assert lines[one.line] == first == "TY  - JOUR"


def test_each_piece_has_its_own_encoding() -> None:
    record = "TY  - JOUR\nTI  - Études\nER  - \n"
    raw = (record * 20).encode() + (record * 20).encode("cp1252")
    assert {w.title for one in pieces(raw, 300) for w in works(one)} == {"Études"}
    wide = (record * 20).encode("utf-16")
    assert [w.title for one in pieces(wide, 300) for w in works(one)] == ["Études"] * 20


@pytest.mark.parametrize("broken", ['{"id": "x", "title": ', "nonsense"])
def test_json_that_breaks_off_keeps_what_stands_before(broken: str) -> None:
    text = json.dumps([item(work) for work in WORKS])[:-1] + f", {broken}"
    found = list(pieces(text.encode(), 1500))
    read = BY_NAME["csl-json"].read
    assert read is not None
    readings = [read(one.text, "f") for one in found]
    assert sum(len(one.works) for one in readings) == len(WORKS)
    assert [one.check for one in readings[-1].findings] != []


def test_xml_that_breaks_off_keeps_what_stands_before() -> None:
    text = written("endnote-xml")
    cut = text[: text.rindex("<titles>")]
    read = BY_NAME["endnote-xml"].read
    assert read is not None
    readings = [read(one.text, "f") for one in pieces(cut.encode(), 3000)]
    assert sum(len(one.works) for one in readings) == len(WORKS) - 1
    assert [one.check for one in readings[-1].findings] == ["broken-xml"]
