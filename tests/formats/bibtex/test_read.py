"""Entries -> works."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.entry import Entry
from library.formats import csl_json
from library.formats.bibtex.construction import new_work
from library.formats.bibtex.read import read, work_from_entry
from library.formats.bibtex.vocabulary import FIELD_ALIASES, NAME_FIELDS
from library.formats.bibtex.write import entry_text
from library.values.dates import Date
from library.work import Work

DATA = Path(__file__).parents[2] / "data" / "bibtex"


def read_one(source: str) -> Work:
    (work,) = read(source.encode()).works
    return work


def checks(source: str) -> list[str]:
    return [finding.check for finding in read(source.encode()).findings]


@pytest.mark.parametrize("bib", sorted(DATA.glob("*.bib")), ids=lambda path: path.stem)
def test_a_bib_file_reads_as_the_csl_json_beside_it(bib: Path) -> None:
    """To add a case, add two files: name.bib and name.json."""
    works = read(bib.read_bytes(), bib.name).works
    expected = json.loads(bib.with_suffix(".json").read_text(encoding="utf-8"))
    assert [csl_json.item(work) for work in works] == expected


def test_a_quickly_made_work_is_a_work() -> None:
    quick = new_work("k", "book", {"title": "T", "isbn": ("1",)})
    assert quick == Work("k", "book", title="T", isbn=("1",))
    assert hash(quick) == hash(Work("k", "book", title="T", isbn=("1",)))
    assert type(quick) is Work
    with pytest.raises(AttributeError):
        quick.title = "other"  # type: ignore[misc] # that it is frozen is the point


@pytest.mark.parametrize(
    ("entry", "variable", "value"),
    [
        ("@article{k, journal={J}, journaltitle={T}}", "container_title", "T"),
        ("@article{k, number={4}, issue={Spring}}", "issue", "4, Spring"),
        ("@book{k, number={4}, series={S}}", "collection_number", "4"),
        ("@report{k, number={4}}", "number", "4"),
        ("@article{k, pages={12--34, 40}}", "page", "12-34, 40"),
        ("@article{k, pages={1{\\textendash}20}}", "page", "1-20"),
        ("@article{k, eid={e123}}", "page", "e123"),
        ("@book{k, publisher={Simon and Schuster}, year=1990}", "publisher", "Simon and Schuster"),
        ("@book{k, publisher={A and B}, date={1990}}", "publisher", "A; B"),
        ("@book{k, publisher={{A and B}}, date={1990}}", "publisher", "A and B"),
        (
            "@patent{k, location={countryde and countryfr}, date={1990}}",
            "jurisdiction",
            "Germany; France",
        ),
        ("@phdthesis{k, school={Univ}}", "genre", "PhD thesis"),
        ("@techreport{k, type={Memo}}", "genre", "Memo"),
        ("@misc{k, howpublished={\\url{http://a.b/c_d}}}", "url", "http://a.b/c_d"),
        ("@misc{k, howpublished={Self}}", "publisher", "Self"),
        ("@misc{k, note={PMID: 1234567}}", "pmid", "1234567"),
        ("@misc{k, eprint={1234567}, eprinttype={pubmed}}", "pmid", "1234567"),
        ("@misc{k, url={https://doi.org/10.5555/ABC}}", "doi", "10.5555/abc"),
        ("@misc{k, langid={ngerman}}", "language", "de-DE"),
        ("@misc{k, language={en_us}}", "language", "en-US"),
        ("@misc{k, keywords={a, {b, c}, a}}", "keywords", ("a", "b, c")),
        ("@misc{k, keywords={a; b, c}}", "keywords", ("a", "b, c")),
        (
            "@misc{k, isbn={978-3-16-148410-0 (pbk.), 0-306-40615-2}}",
            "isbn",
            ("9783161484100", "9780306406157"),
        ),
        (
            "@article{k, journal={Adv. R.}, fjournal={Advances in Rain}}",
            "container_title_short",
            "Adv. R.",
        ),
        ("@inproceedings{k, location={Oslo}, address={New York}}", "event_place", "Oslo"),
        ("@proceedings{k, booktitle={Rain Days}}", "title", "Rain Days"),
        ("@video{k, series={Webinars}}", "container_title", "Webinars"),
        ("@book{k, title={A}, subtitle={B}, titleaddon={C}}", "title", "A: B. C"),
        ("@book{k, title={Why?}, subtitle={B}}", "title", "Why? B"),
        ("@periodical{k, title={Rain}, issuetitle={Floods}}", "title", "Floods"),
        ("@misc{k, date={Mar 3}, year={2015}}", "issued", Date((2015, 3, 3))),
        (
            "@misc{k, date={27-29}, month=sep, year=1989}",
            "issued",
            Date((1989, 9, 27), (1989, 9, 29)),
        ),
        (
            '@misc{k, month={may # "~2{--}" # jun # "~7"}, year=1989}',
            "issued",
            Date((1989, 5, 2), (1989, 6, 7)),
        ),
        ("@misc{k, month={foo}, year=1989}", "extra", (("month", "foo"),)),
        ("@misc{k, gender={sf}, x-y={a\\_b}}", "extra", (("gender", "sf"), ("x-y", "a\\_b"))),
        ("@misc{k, annote={One.\n\n  Two.}}", "annote", "One.\n\nTwo."),
        ("@misc{k, pubstate={inpress}}", "status", "in press"),
    ],
)
def test_a_field_becomes_its_variable(entry: str, variable: str, value: object) -> None:
    assert getattr(read_one(entry), variable) == value


@pytest.mark.parametrize(
    ("entry", "csl"),
    [
        ("@article{k}", "article-journal"),
        ("@article{k, entrysubtype={magazine}}", "article-magazine"),
        ("@conference{k}", "paper-conference"),
        ("@manual{k}", "book"),
        ("@unpublished{k}", "manuscript"),
        ("@unpublished{k, eventtitle={Rain Days}}", "speech"),
        ("@misc{k, archiveprefix={arXiv}, eprint={2101.00001}}", "article"),
        ("@online{k, archiveprefix={arXiv}, eprint={2101.00001}}", "webpage"),
        ("@software{k}", "software"),
        ("@treaty{k}", "treaty"),
        ("@nonsense{k}", "document"),
    ],
)
def test_an_entry_type_becomes_csls_type(entry: str, csl: str) -> None:
    assert read_one(entry).type == csl


@pytest.mark.parametrize(
    ("entry", "check", "field"),
    [
        ("@misc{k, date={2014-13-01}}", "bad-date", "date"),
        ("@misc{k, month={Smarch}, year={2014}}", "unknown-month", "month"),
        ("@misc{k, author={A, B, C, D}}", "bad-name", "author"),
        ("@misc{k, author={A and and B}}", "bad-name", "author"),
        ("@misc{k, doi={nonsense}}", "bad-doi", "doi"),
        ("@misc{k, isbn={123}}", "bad-isbn", "isbn"),
        ("@misc{k, issn={1234-5678}}", "bad-issn", "issn"),
        ("@misc{k, pmid={P12}}", "bad-pmid", "pmid"),
        ("@misc{k, eprinttype={arxiv}, eprint={AX}}", "bad-arxiv", "eprint"),
        ("@nonsense{k}", "unknown-type", None),
        ("@misc{k, crossref={gone}}", "missing-parent", "crossref"),
    ],
)
def test_what_is_odd_is_found_with_its_key_field_and_line(
    entry: str, check: str, field: str | None
) -> None:
    (finding,) = read(("\n\n" + entry).encode(), "refs.bib").findings
    assert (finding.check, finding.field, finding.key) == (check, field, "k")
    assert (finding.source, finding.line) == ("refs.bib", 3)


def test_a_bad_identifier_is_not_used_and_not_lost() -> None:
    work = read_one("@misc{k, doi={nonsense}}")
    assert work.doi is None
    assert work.extra == (("doi", "nonsense"),)


def test_authors_stand_first_whatever_the_order_of_the_file() -> None:
    work = read_one("@book{k, translator={T, A}, editor={E, B}, author={A, C}}")
    assert [person.role for person in work.contributors] == ["author", "translator", "editor"]


def test_annotations_give_orcid_and_affiliations() -> None:
    work = read_one(
        '@misc{k, author={A, B and C, D}, author+an:orcid={2="0000-0002-1825-0097"},'
        ' author+an:affiliation={1="Univ of A\\symbol{59} B"; 2="C"}, author+an={1=first}}'
    )
    first, second = work.contributors
    assert (first.orcid, first.affiliations) == (None, ("Univ of A; B",))
    assert (second.orcid, second.affiliations) == ("0000-0002-1825-0097", ("C",))
    assert work.extra == (("author+an", "1=first"),)


FIELDS = st.sampled_from(
    sorted(
        {*FIELD_ALIASES, *NAME_FIELDS, "title", "date", "year", "month", "day", "pages", "number",
         "type", "url", "doi", "isbn", "note", "keywords", "series", "langid", "language", "volume",
         "editortype", "entrysubtype", "eprint", "author+an:orcid", "maintitle", "abstract"}
    )
)  # fmt: skip
VALUES = st.text(st.sampled_from("\\{}$&#%_~^`'\"-,;!?=/.: aAzé10and\n"), max_size=25) | st.text(
    max_size=15
)


@given(
    st.dictionaries(FIELDS, VALUES, max_size=8),
    st.sampled_from(["article", "book", "inbook", "misc", "video", "periodical", "zzz"]),
)
def test_no_entry_makes_the_reader_raise_or_the_writer_lose(
    fields: dict[str, str], kind: str
) -> None:
    work, _ = work_from_entry(Entry(kind, "k", fields))
    assert "" not in {getattr(work, name) for name in Work.__slots__ if name != "citation_key"}
    entry_text(work)
    entry_text(work, "bibtex", text="latex")
