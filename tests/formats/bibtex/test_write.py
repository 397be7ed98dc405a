"""Works -> entries."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats.bibtex.protection import words_to_protect
from library.formats.bibtex.read import read
from library.formats.bibtex.write import entry_text, entry_type, fields, write
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work
from library.work_types import WORK_TYPES

DATA = Path(__file__).parents[2] / "data" / "bibtex"

ARTICLE = Work(
    "ng2001",
    "article-journal",
    title="Dams and DNA in <i>Salmo</i>: 5% & more",
    contributors=(
        Contributor(Name("Ng", "Mei"), orcid="0000-0002-1825-0097", affiliations=("A; B", "C “D”")),
        Contributor(Name(literal="Rain and Sons")),
        Contributor(Name("Roe", "Jo"), "director"),
    ),
    others=frozenset({"author"}),
    issued=Date((2001, 5)),
    container_title="Rain",
    volume="3",
    issue="2",
    page="10-20",
    doi="10.5555/abc_1",
    publisher="Simon and Schuster",
    language="en-GB",
    keywords=("dams", "rivers, lakes"),
    extra=(("file", ":a\\_b.pdf:PDF"),),
)


def again(work: Work) -> Work:
    (read_back,) = read(entry_text(work).encode()).works
    return read_back


def test_a_work_is_written_as_biblatex() -> None:
    assert entry_text(ARTICLE) == (
        "@article{ng2001,\n"
        "  author       = {Ng, Mei and {Rain and Sons} and others},\n"
        '  author+an:orcid = {1="0000-0002-1825-0097"},\n'
        '  author+an:affiliation = {1="A\\symbol{59} B"},\n'
        '  author+an:affiliation2 = {1="C “D”"},\n'
        "  editor       = {Roe, Jo},\n"
        "  editortype   = {director},\n"
        "  title        = {Dams and {{DNA}} in \\emph{Salmo}: 5\\% \\& more},\n"
        "  journaltitle = {Rain},\n"
        "  volume       = {3},\n"
        "  number       = {2},\n"
        "  pages        = {10--20},\n"
        "  date         = {2001-05},\n"
        "  publisher    = {{Simon and Schuster}},\n"
        "  doi          = {10.5555/abc_1},\n"
        "  langid       = {british},\n"
        "  keywords     = {dams, {rivers, lakes}},\n"
        "  file         = {:a\\_b.pdf:PDF},\n"
        "}\n"
    )
    assert again(ARTICLE) == ARTICLE


def test_bibtexs_dialect_uses_bibtexs_fields() -> None:
    written = fields(ARTICLE, "bibtex")
    assert (written["journal"], written["year"], written["month"]) == ("Rain", "2001", "may")
    assert "date" not in written
    assert "month        = may," in entry_text(ARTICLE, "bibtex")
    thesis = Work("k", "thesis", genre="Master’s thesis", publisher="Univ", publisher_place="Oslo")
    assert entry_type(thesis, "bibtex") == "mastersthesis"
    assert fields(thesis, "bibtex") == {"school": "Univ", "address": "Oslo"}


@pytest.mark.parametrize(
    ("protect", "written"),
    [
        ("none", "The DNA of Moby Dick"),
        ("words", "The {{DNA}} of {Moby Dick}"),
        ("title", "{The DNA of {Moby Dick}}"),
    ],
)
def test_titles_are_protected_as_the_policy_says(protect: str, written: str) -> None:
    work = Work("k", "book", title='The DNA of <span class="nocase">Moby Dick</span>')
    assert fields(work, protect=protect)["title"] == written  # type: ignore[arg-type] # a policy


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("The role of DNA in McDonald's iPods", ["DNA", "McDonald's", "iPods"]),
        ("Human trafficking in India: The state of things", ["India"]),
        ("Human Trafficking in India: The State of Things", []),
        ("Vitamin D and type I error", ["D", "I"]),
        ("A NEW HOPE", []),
        ("DNA", []),
        ("", []),
    ],
)
def test_acronyms_and_names_are_the_words_to_protect(title: str, words: list[str]) -> None:
    assert [title[start:end] for start, end in words_to_protect(title)] == words


def test_latex_is_written_where_it_is_asked_for() -> None:
    work = Work("k", "book", title="Über α", contributors=(Contributor(Name("Žižek", "É.")),))
    assert fields(work, text="latex") == {
        "author": r"{\v{Z}}i{\v{z}}ek, {\'E}.",
        "title": r"{\"U}ber {\ensuremath{\alpha}}",
    }
    assert fields(work)["title"] == "Über α"


HOSTILE = "}{ @article{x, title = \\{% # $a_b^c~ \"quoted\" \\end \\\\ <i> & `` '' -- "


@pytest.mark.parametrize("text", ["unicode", "latex"])
@pytest.mark.parametrize("dialect", ["biblatex", "bibtex"])
def test_hostile_metadata_breaks_no_entry(dialect: str, text: str) -> None:
    hostile = " ".join(HOSTILE.split())
    work = Work(
        "k", "article-journal", title=hostile, container_title=hostile, publisher=hostile,
        note=hostile, abstract=f"One.\n\n@book{{evil, {hostile}", url="http://a.b/}{",
        doi="10.5555/}{",
        contributors=(Contributor(Name(hostile, hostile)), Contributor(Name(literal=hostile))),
        keywords=(hostile,), archive_location=hostile, archive="arXiv",
        extra=(("ris-ad", "Street} 1"), ("ris-db", "x}, author = {Evil"), ("custom", hostile)),
    )  # fmt: skip
    source = entry_text(work, dialect, text=text)  # type: ignore[arg-type] # names of both
    found = read(f"{source}\n@misc{{next, title={{Next}}}}\n".encode()).works
    assert [one.citation_key for one in found] == ["k", "next"]
    assert found[0].title == hostile
    assert found[0].note == hostile
    assert found[0].contributors[1].name.literal == hostile


def test_every_type_of_work_reads_back_as_it_was_written() -> None:
    for row in WORK_TYPES:
        work = Work(
            "k", row.csl, title="T", container_title="C", genre=row.genre or None, number="1"
        )
        assert again(work) == work
        event = Work(
            "k", row.csl, event_title="E", collection_title="S", collection_number="2", issue="3"
        )
        assert again(event) == event


def test_several_works_stand_an_empty_line_apart() -> None:
    works = [Work("a", "book"), Work("b", "book")]
    assert "".join(write(works)) == "@book{a,\n}\n\n@book{b,\n}\n"


@pytest.mark.parametrize("bib", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_every_case_reads_back_as_it_was_written(bib: Path) -> None:
    for work in read(bib.read_bytes()).works:
        assert again(work) == work


TITLES = st.lists(
    st.sampled_from(["DNA", "of", "India", "the", "A", "McX:", "{", "$x$", "--", "–", "é"]),
    min_size=1,
    max_size=7,
).map(" ".join)
OPTIONAL = st.none() | TITLES


@given(
    st.sampled_from(sorted({row.csl for row in WORK_TYPES})),
    st.fixed_dictionaries(
        dict.fromkeys(
            (
                "title", "container_title", "collection_title", "volume_title", "title_short",
                "publisher", "publisher_place", "issue", "collection_number", "volume", "edition",
                "event_title", "event_place", "section", "medium", "archive", "archive_location",
                "status", "call_number", "jurisdiction", "note", "part_title", "reviewed_title",
            ),
            OPTIONAL,
        )
    ),
)  # fmt: skip
def test_every_work_reads_back_as_it_was_written(csl: str, values: dict[str, str | None]) -> None:
    work = Work("k", csl, **{name: text for name, text in values.items() if text})  # type: ignore[arg-type] # texts
    expected = read(entry_text(work).encode()).works
    assert expected == [work]


@pytest.mark.corpus
def test_works_of_real_files_read_back_as_they_were_written(corpora: Path) -> None:
    files = sorted((corpora / "bib").rglob("*.bib"))
    works = [work for path in files[::15] for work in read(path.read_bytes(), path.name).works[:40]]
    assert len(works) > 200
    assert [
        work.citation_key for work in works if read(entry_text(work).encode()).works != [work]
    ] == []
