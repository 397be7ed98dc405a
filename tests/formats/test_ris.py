"""RIS in and out."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats import csl_json, ris
from library.formats.csl_writing import item
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Role, Work
from library.work_types import WORK_TYPES

ARTICLE = Work(
    citation_key="meyer2019",
    type="article-journal",
    title="A title",
    contributors=(
        Contributor(Name(family="Berg", given="Jan", non_dropping_particle="van der")),
        Contributor(Name(family="King", given="Martin", suffix="Jr.")),
        Contributor(Name(literal="World Example Organization, Committee")),
        Contributor(Name(literal="Smith J")),
        Contributor(Name(family="Édouard", given="Ève"), "editor"),
    ),
    issued=Date((2019, 3, 14)),
    container_title="Journal of Examples",
    container_title_short="J. Ex.",
    volume="12",
    issue="3",
    page="101-110",
    doi="10.5555/example.1",
    pmid="12345",
    pmcid="PMC3531190",
    issn=("0378-5955", "2434-561X"),
    abstract="One. Two.",
    keywords=("a", "b c"),
    language="en",
)


def read_one(text: str) -> Work:
    works = ris.read(text).works
    assert len(works) == 1
    return works[0]


def test_an_article_is_written_with_the_tags_that_others_read() -> None:
    assert ris.record(csl_json.item(ARTICLE)).splitlines() == [
        "TY  - JOUR",
        "ID  - meyer2019",
        "AU  - van der Berg, Jan",
        "AU  - King, Martin, Jr.",
        "AU  - World Example Organization, Committee,",
        "AU  - Smith J,",
        "A2  - Édouard, Ève",
        "PY  - 2019",
        "DA  - 2019/03/14/",
        "TI  - A title",
        "T2  - Journal of Examples",
        "J2  - J. Ex.",
        "VL  - 12",
        "IS  - 3",
        "LA  - en",
        "DO  - 10.5555/example.1",
        "C2  - PMC3531190",
        "AB  - One. Two.",
        "AN  - 12345",
        "DB  - PubMed",
        "SP  - 101",
        "EP  - 110",
        "SN  - 0378-5955",
        "SN  - 2434-561X",
        "KW  - a",
        "KW  - b c",
        "ER  - ",
        "",
    ]


def test_what_ris_holds_comes_back_as_it_was() -> None:
    assert ris.holdable(ARTICLE) == ARTICLE
    assert ris.read("".join(ris.write([ARTICLE]))).works == [ARTICLE]


HOSTILE = "line\nTY  - BOOK\r\nER  - \n<script>alert(1)</script>"


@pytest.mark.parametrize(
    "field", ["title", "abstract", "note", "publisher", "container_title", "volume"]
)
def test_no_value_can_forge_a_tag(field: str) -> None:
    work = Work(citation_key="k", type="article-journal", **{field: HOSTILE})  # type: ignore[arg-type]
    text = "".join(ris.write([work, ARTICLE]))
    assert text.count("\nER  -") == 2
    assert [work.type for work in ris.read(text).works] == ["article-journal"] * 2


safe = st.text("abcdéßøж漢﨑字9", min_size=2, max_size=10)
works = st.builds(
    Work,
    citation_key=st.text("abc123", min_size=1, max_size=6),
    type=st.sampled_from([row.csl for row in WORK_TYPES]),
    title=safe.map(lambda word: f"A {word} title"),
    contributors=st.lists(
        st.builds(
            Contributor,
            st.builds(Name, family=st.just("Meyer"), given=st.just("Anna B."))
            | st.builds(Name, literal=safe.map(lambda word: f"The {word} Group, Inc.")),
        ),
        max_size=3,
    ).map(tuple),
    issued=st.none() | st.builds(Date, st.tuples(st.integers(1000, 2100), st.integers(1, 12))),
    volume=st.none() | st.just("12"),
    page=st.none() | st.sampled_from(["1-5", "e12", "5, 7-9", "5-5"]),
    doi=st.none() | st.just("10.5555/abc"),
)


@given(works)
def test_any_work_comes_back_as_far_as_ris_holds_it(work: Work) -> None:
    again = read_one("".join(ris.write([work])))
    assert ris.holdable(again) == ris.holdable(work)


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        ("TY  - JOUR\nT1  - Old\nJF  - Full\nJA  - F.\nN2  - Abs", "container_title", "Full"),
        ("TY  - JOUR\nT1  - Old\nJO  - J Ex", "container_title", "J Ex"),
        ("TY  - JOUR\nTI  - x\nT2  - Full\nJO  - F. J.", "container_title_short", "F. J."),
        ("TY  - JOUR\nTI  - x\nN2  - Abs", "abstract", "Abs"),
        ("TY  - JOUR\nTI  - x\nPY  - 2017/03/04/Spring", "issued", Date((2017, 3, 4))),
        ("TY  - JOUR\nTI  - x\nY1  - 2017///", "issued", Date((2017,))),
        ("TY  - JOUR\nTI  - x\nPY  - 2017\nDA  - 2017/05", "issued", Date((2017, 5))),
        ("TY  - JOUR\nTI  - x\nPY  - 2017\nDA  - 1999/01/01", "issued", Date((2017,))),
        ("TY  - JOUR\nTI  - x\nY1  - 2017/01\nDA  - 1999/01/01", "issued", Date((1999, 1, 1))),
        ("TY  - JOUR\nTI  - x\nT2  - F\nJF  - F\nJO  - S", "container_title_short", "S"),
        ("TY  - JOUR\nTI  - x\nPY  - 2017\nDA  - Mar 5", "issued", Date((2017, 3, 5))),
        ("TY  - JOUR\nTI  - x\nSP  - 12\nEP  - 18", "page", "12-18"),
        ("TY  - JOUR\nTI  - x\nSP  - 12-18\nEP  - 18", "page", "12-18"),
        ("TY  - JOUR\nTI  - x\nSP  - 12\nEP  - 12", "page", "12"),
        ("TY  - JOUR\nTI  - x\nC7  - e12", "page", "e12"),
        ("TY  - BOOK\nTI  - x\nSP  - 310 p.", "number_of_pages", "310"),
        ("TY  - BOOK\nTI  - x\nT2  - A Series", "collection_title", "A Series"),
        ("TY  - BOOK\nBT  - Title", "title", "Title"),
        ("TY  - CHAP\nTI  - x\nBT  - Book", "container_title", "Book"),
        ("TY  - CPAPER\nTI  - x\nC3  - Proc\nT2  - Conf", "event_title", "Conf"),
        ("TY  - CONF\nTI  - x\nT2  - Proc", "container_title", "Proc"),
        ("TY  - RPRT\nTI  - x\nM1  - TR-7\nM3  - Technical report", "number", "TR-7"),
        (
            "TY  - JOUR\nTI  - x\nSN  - 0378-5955 (Print); 2434-561X",
            "issn",
            ("0378-5955", "2434-561X"),
        ),
        ("TY  - BOOK\nTI  - x\nSN  - 0-306-40615-2", "isbn", ("9780306406157",)),
        ("TY  - JOUR\nTI  - x\nUR  - https://doi.org/10.5555/A", "doi", "10.5555/a"),
        ("TY  - JOUR\nTI  - x\nUR  - https://example.org/1", "url", "https://example.org/1"),
        ("TY  - JOUR\nTI  - x\nM3  - doi: 10.5555/A", "doi", "10.5555/a"),
        ("TY  - JOUR\nTI  - x\nAN  - 12345\nDB  - MEDLINE", "pmid", "12345"),
        ("TY  - JOUR\nTI  - x\nKW  - a; b\nKW  - c\nd", "keywords", ("a", "b", "c", "d")),
        ("TY  - JOUR\nTI  - x\nN1  - x\nN1  - note", "note", "note"),
        ("TY  - JOUR\nTI  - x\nXX  - kept", "extra", (("ris-xx", "kept"),)),
        (
            "TY  - JOUR\nTI  - x\nDB  - Scopus\nAN  - 2-s2.0",
            "extra",
            (("ris-db", "Scopus"), ("ris-an", "2-s2.0")),
        ),
        ("TY  - JOUR\nTI  - x\nUR  - ask the desk", "extra", (("ris-ur", "ask the desk"),)),
        ("TY  - JOUR\nTI  - x\nUR  - //example.org/1", "url", "https://example.org/1"),
        ("TY  - JOUR\nTI  - x\nL1  - /home/me/a.pdf", "extra", ()),
        ("TY  - BOOK\nTI  - x\nAV  - Shelf 3", "archive_location", "Shelf 3"),
        (
            "TY  - JOUR\nTI  - x\nPY  - in print\nDA  - soon",
            "issued",
            Date(literal="in print soon"),
        ),
        ("TY  - JOUR\nTI  - x\nSN  - 1234-567", "issn", ("1234-567",)),
        ("TY  - COMP\nTI  - x\nET  - 2.1", "version", "2.1"),
        ("TY  - HEAR\nTI  - x\nT3  - Senate\nT2  - Health", "authority", "Senate"),
        ("TY  - MAP\nTI  - x\nC1  - 1:5000", "scale", "1:5000"),
        (
            "TY  - BOOK\nN1  - Record ID: 7\nTI  - x\nN1  - Call Number: Q 1\nN1  - Notes: Read",
            "call_number",
            "Q 1",
        ),
        (
            "TY  - BOOK\nN1  - Record ID: 7\nTI  - x\nN1  - Call Number: Q 1\nN1  - Notes: Read",
            "note",
            "Read",
        ),
        ("TY  - BOOK\nTI  - x\nN1  - Call Number: Q 1", "note", "Call Number: Q 1"),
    ],
)
def test_the_dialects_tags_are_understood(lines: str, field: str, value: object) -> None:
    assert getattr(read_one(f"{lines}\nER  - \n"), field) == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Meyer, Anna B.", Name(family="Meyer", given="Anna B.")),
        ("van der Berg, Jan", Name(family="Berg", given="Jan", non_dropping_particle="van der")),
        ("King, Martin, Jr.", Name(family="King", given="Martin", suffix="Jr.")),
        ("Meyer AB", Name(family="Meyer", given="AB")),
        ("World Example Organization", Name(literal="World Example Organization")),
        ("Group, Inc.,", Name(literal="Group, Inc.")),
        (",", None),
    ],
)
def test_a_name_is_read_by_its_commas(text: str, name: Name | None) -> None:
    assert ris.read(f"TY  - JOUR\nTI  - x\nAU  - {text}\nER  - \n").works[0].names() == (
        (name,) if name else ()
    )


def _roles(work: Work) -> dict[str, str]:
    people = {person.role: person.name.display() for person in work.contributors}
    assert people.pop("translator") == "H G"
    return dict(people)


def test_roles_follow_the_type() -> None:
    lines = "TI  - x\nAU  - A, B\nA2  - C, D\nA3  - E, F\nA4  - G, H\nER  - \n"
    chapter, book, edited = ris.read(
        "".join(f"TY  - {kind}\n{lines}" for kind in ("CHAP", "BOOK", "EDBOOK"))
    ).works
    assert _roles(chapter) == {"author": "B A", "editor": "D C", "collection-editor": "F E"}
    assert _roles(book) == {"author": "B A", "collection-editor": "D C", "editor": "F E"}
    assert "author" not in {person.role for person in edited.contributors}


@pytest.mark.parametrize(
    ("kind", "tag", "role"),
    [
        ("MPCT", "AU", "director"),
        ("MPCT", "A3", "producer"),
        ("PCOMM", "A2", "recipient"),
        ("RPRT", "A2", "collection-editor"),
        ("THES", "A3", "contributor"),
        ("MUSIC", "AU", "composer"),
    ],
)
def test_some_types_have_roles_of_their_own(kind: str, tag: str, role: Role) -> None:
    work = read_one(f"TY  - {kind}\nTI  - x\n{tag}  - A, B\nER  - \n")
    assert [person.role for person in work.contributors] == [role]
    assert f"\n{tag}  - A, B\n" in ris.record(item(work))


def test_the_authors_of_a_film_are_written_where_its_directors_stand() -> None:
    film = Work("k", "motion_picture", title="x", contributors=(Contributor(Name("A", "B")),))
    assert ris.holdable(film).contributors == (Contributor(Name("A", "B"), "director"),)
    assert read_one("".join(ris.write([film]))).names("director") == (Name("A", "B"),)


def test_what_a_file_brought_under_tags_of_its_own_goes_out_under_them() -> None:
    work = read_one("TY  - JOUR\nTI  - x\nDB  - Scopus\nAN  - 2-s2.0\nUR  - the desk\nER  - \n")
    assert read_one("".join(ris.write([work]))).extra == work.extra
    forged = replace(work, extra=(("ris-ad", "a\nTY  - BOOK"), ("ris-er", "x"), ("ad", "y")))
    written = "".join(ris.write([forged]))
    assert "\nAD  - a TY - BOOK\n" in written
    assert written.count("ER  -") == 1


def test_authors_under_the_old_and_the_new_tag_keep_their_order() -> None:
    work = read_one("TY  - JOUR\nTI  - x\nA1  - A, B\nAU  - C, D\nA1  - E, F\nER  - \n")
    assert [name.family for name in work.names()] == ["A", "C", "E"]


def test_values_go_on_over_lines_and_files_may_be_sloppy() -> None:
    text = "Provider: Example\n\nTY - JOUR\nTI - A long\ntitle\nAB - One.\n\nTwo.\nER -\n"
    text = text.replace("\n", "\r\n")
    work = read_one("\ufeff" + text)
    assert (work.title, work.abstract) == ("A long title", "One.\n\nTwo.")


def test_text_that_looks_like_a_loose_tag_stays_text() -> None:
    work = read_one("TY  - JOUR\nTI  - x\nAB  - Rising\nCO - carbon monoxide\nER  - \n")
    assert work.abstract == "Rising CO - carbon monoxide"


def test_a_record_without_end_type_or_content_is_kept_or_said() -> None:
    reading = ris.read(
        "TY  - JOUR\nTI  - a\nTY  - XYZ\nTI  - b\nER  - \nTY  - JOUR\nER  - \n", "f.ris"
    )
    assert [work.title for work in reading.works] == ["a", "b"]
    assert [finding.check for finding in reading.findings] == [
        "no-end",
        "unknown-type",
        "empty-record",
    ]
    assert all(finding.source == "f.ris" and finding.line for finding in reading.findings)


def test_a_file_that_is_no_ris_is_said_to_be_none() -> None:
    reading = ris.read("hello\nworld", "f.ris")
    assert reading.works == []
    assert [finding.check for finding in reading.findings] == ["no-records"]


@pytest.mark.corpus
def test_every_record_of_real_files_is_kept(corpora: Path) -> None:
    for path in sorted((corpora / "ris").rglob("*.ris")):
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
        reading = ris.read(text, path.name)
        lost = [finding for finding in reading.findings if finding.check == "empty-record"]
        starts = sum(line.lstrip("\ufeff ")[:2] == "TY" for line in text.splitlines())
        assert len(reading.works) + len(lost) == starts, path.name
