"""CSL-JSON in and out."""

import json
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats import csl_json
from library.formats.csl_own import work_of
from library.formats.csl_variables import DATES, TEXTS
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Role, Work
from library.work_types import WORK_TYPES

FULL = Work(
    citation_key="meyer2019",
    type="chapter",
    title="On <i>E. coli</i> & p < 0.05",
    contributors=(
        Contributor(Name(family="Meyer", given="Anna"), orcid="0000-0002-1825-0097"),
        Contributor(
            Name(family="Berg", given="Jan", non_dropping_particle="van der", suffix="Jr."),
            affiliations=("Example Institute", "Other Institute"),
        ),
        Contributor(
            Name(
                family="Fontaine", given="Jean", dropping_particle="de", non_dropping_particle="La"
            )
        ),
        Contributor(Name(literal="World Example Organization, Committee")),
        Contributor(Name(family="Édouard", given="Ève"), "editor"),
    ),
    others=frozenset({"editor"}),
    issued=Date((2019, 3), (2019, 4)),
    accessed=Date((2020, 5, 4)),
    original_date=Date((1850,), circa=True),
    event_date=Date((2018, 21)),
    container_title="Examples",
    volume="12",
    page="101-110, 115",
    part_number="2",
    license="https://example.org/by",
    doi="10.5555/example.1",
    isbn=("9780306406157", "9780804429573"),
    issn=("0378-5955",),
    pmcid="PMC3531190",
    abstract="One.\n\nTwo.",
    keywords=("topic:x", "a, b"),
    extra=(("eid", "e12"), ("file", "a.pdf")),
)


def test_a_work_comes_back_from_csl_json_as_it_was() -> None:
    assert csl_json.read("".join(csl_json.write([FULL]))).works == [FULL]
    work, findings = csl_json.read_item(csl_json.item(FULL))
    assert work == FULL
    assert findings == []


def test_every_variable_of_a_work_has_its_place() -> None:
    texts = {
        name: f"{name} x" for name in TEXTS if name not in {"doi", "pmid", "pmcid", "language"}
    }
    work = Work(
        citation_key="k",
        type="book",
        **texts,  # type: ignore[arg-type] - the names of text fields
        **{name: Date((2000 + place,)) for place, name in enumerate(DATES)},  # type: ignore[arg-type]
    )
    assert csl_json.read("".join(csl_json.write([work]))).works == [work]


def test_no_field_of_a_work_is_forgotten() -> None:
    elsewhere = {
        "citation_key",
        "type",
        "contributors",
        "others",
        "isbn",
        "issn",
        "keywords",
        "extra",
    }
    assert {field.name for field in fields(Work)} == set(TEXTS) | set(DATES) | elsewhere


def test_the_file_is_an_array_also_when_it_is_empty() -> None:
    assert json.loads("".join(csl_json.write([]))) == []
    assert len(json.loads("".join(csl_json.write([FULL, FULL])))) == 2


def test_writing_takes_no_more_than_one_work_at_a_time() -> None:
    def works() -> Iterator[Work]:
        yield FULL
        raise RuntimeError

    parts = csl_json.write(works())
    assert "meyer2019" in next(parts)


@pytest.mark.corpus
def test_a_file_protects_whole_words_as_citeproc_needs_it() -> None:
    title = 'A Talk in <span class="nocase">T</span>aipei'
    (line,) = json.loads("".join(csl_json.write([replace(FULL, title=title)])))
    assert line["title"] == 'A Talk in <span class="nocase">Taipei</span>'


def test_what_is_written_follows_csls_own_schema(corpora: Path) -> None:
    """The schema's rule is closed: known variables and types only, names in known parts."""
    path = corpora / "csljson/front-matter+commonmeta-py/commonmeta__resources__csl-data.json"
    schema = json.loads(path.read_text(encoding="utf-8"))["items"]["properties"]
    names = {"family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal"}
    for kind in {row.csl for row in WORK_TYPES}:
        item = csl_json.schema_item(Work(citation_key="k", type=kind))
        assert item["type"] in schema["type"]["enum"]
    people = tuple(Contributor(Name(family="A", given="B"), role) for role in csl_json.csl.NAMES)
    work = Work(
        citation_key="k",
        type="book",
        contributors=people,
        **dict.fromkeys(TEXTS, "x"),  # type: ignore[arg-type] - the names of text fields
        **dict.fromkeys(DATES, Date((2000,))),  # type: ignore[arg-type] - the names of dates
    )
    for item in (csl_json.schema_item(work), csl_json.schema_item(FULL)):
        assert set(item) <= set(schema)
        assert all(set(name) <= names for role in csl_json.csl.NAMES for name in item.get(role, ()))


def test_a_variable_that_the_schema_lacks_is_a_line_of_the_note() -> None:
    item = csl_json.schema_item(Work(citation_key="k", type="book", license="cc", note="Own words"))
    assert item["note"] == "license: cc\nOwn words"
    assert csl_json.read_item(item)[0].license == "cc"
    assert csl_json.read_item(item)[0].note == "Own words"


@pytest.mark.parametrize(
    ("note", "field", "value"),
    [
        ("DOI: 10.5555/ABC", "doi", "10.5555/abc"),
        ("{:PMID: 12345}", "pmid", "12345"),
        ("PMCID: PMC12\nmore", "pmcid", "PMC12"),
        ("Original Date: 1850", "original_date", Date((1850,))),
        ("original-title: Ein Titel", "original_title", "Ein Titel"),
        ("ISBN: 0306406152", "isbn", ("9780306406157",)),
        (
            "editor: Meyer || Anna",
            "contributors",
            (Contributor(Name(family="Meyer", given="Anna"), "editor"),),
        ),
    ],
)
def test_variables_in_a_note_fill_what_is_open(note: str, field: str, value: object) -> None:
    work, _ = csl_json.read_item({"type": "book", "id": "k", "note": note})
    assert getattr(work, field) == value


def test_a_note_never_replaces_what_the_item_says() -> None:
    item = {"type": "book", "id": "k", "DOI": "10.5555/a", "note": "doi: 10.5555/A\nRead it: twice"}
    work, _ = csl_json.read_item(item)
    assert (work.doi, work.note) == ("10.5555/a", "Read it: twice")
    work, _ = csl_json.read_item(item | {"note": "DOI: 10.5555/b"})
    assert (work.doi, work.note) == ("10.5555/a", "DOI: 10.5555/b")


def test_an_address_that_is_the_doi_once_more_is_left_out() -> None:
    item = {"type": "book", "id": "k", "DOI": "10.5555/a"}
    assert csl_json.read_item(item | {"URL": "http://dx.doi.org/10.5555/A"})[0].url is None
    assert csl_json.read_item(item | {"URL": "https://example.org/a"})[0].url is not None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            {"family": "van der Berg", "given": "Jan"},
            Name(family="Berg", given="Jan", non_dropping_particle="van der"),
        ),
        ({"family": '"van der Berg"', "given": "Jan"}, Name(family="van der Berg", given="Jan")),
        ({"family": "Li", "given": "Wei", "static-ordering": True}, Name(family="Li", given="Wei")),
        ({"literal": "Group"}, Name(literal="Group")),
        ({"name": "Group"}, Name(literal="Group")),
        ({"given": "Madonna"}, Name(literal="Madonna")),
        ({"family": "Plato"}, Name(family="Plato")),
    ],
)
def test_names_are_read_as_processors_read_them(name: dict[str, object], expected: Name) -> None:
    work, _ = csl_json.read_item({"type": "book", "id": "k", "author": [name]})
    assert work.names() == (expected,)


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("Article_Journal", "article-journal"),
        ("journalArticle", "article-journal"),
        ("legal-case", "legal_case"),
        ("book-chapter", "chapter"),
        ("nonsense", "document"),
        (None, "document"),
    ],
)
def test_a_type_is_a_csl_type_whatever_was_stated(stated: str | None, kind: str) -> None:
    assert csl_json.read_item({"type": stated})[0].type == kind


def test_older_names_of_variables_are_understood() -> None:
    item = {
        "type": "book",
        "id": 7,
        "shortTitle": "S",
        "journalAbbreviation": "J",
        "event": "E",
        "part": 3,
    }
    work, _ = csl_json.read_item(item)
    assert (work.citation_key, work.title_short, work.container_title_short) == ("7", "S", "J")
    assert (work.event_title, work.part_number) == ("E", "3")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('[{"id": "a", "type": "book"}, {"id": "b", "type": "book"}]', ["a", "b"]),
        ('{"id": "a", "type": "book"}', ["a"]),
        ('{"items": [{"id": "a", "type": "book"}]}', ["a"]),
        ('{"a": {"type": "book"}, "b": {"type": "book"}}', ["a", "b"]),
        ('{"id": "a", "type": "book"}\n{"id": "b", "type": "book"}\n', ["a", "b"]),
        ('\ufeff[{"id": "a", "type": "book"}]', ["a"]),
        ("[]", []),
        ("", []),
    ],
)
def test_files_of_every_shape_are_read(text: str, keys: list[str]) -> None:
    reading = csl_json.read(text)
    assert [work.citation_key for work in reading.works] == keys
    assert reading.findings == []


@pytest.mark.parametrize(
    "text", ['[{"id": "a", "type": "book"},\n{"id": "b', "[" * 100_000, "hello", "[1, null, {}]"]
)
def test_a_broken_file_keeps_what_stands_before_and_says_so(text: str) -> None:
    reading = csl_json.read(text, "items.json")
    assert reading.findings
    assert all(finding.source == "items.json" for finding in reading.findings)
    if text.startswith('[{"id": "a"'):
        assert [work.citation_key for work in reading.works] == ["a"]
        assert reading.findings[0].line == 2


names = st.builds(
    Name,
    family=st.just("Meyer"),
    given=st.sampled_from(["Anna", "A. B."]),
    suffix=st.none() | st.just("Jr."),
)
works = st.builds(
    Work,
    citation_key=st.text("abcdef0123456789", min_size=1, max_size=8),
    type=st.sampled_from([row.csl for row in WORK_TYPES]),
    title=st.none() | st.sampled_from(["A title", "<i>x</i> < y & z", "“Quoted”: 5 > 3"]),
    contributors=st.lists(
        st.builds(Contributor, names, st.sampled_from(sorted(csl_json.csl.NAMES))), max_size=4
    ).map(lambda people: tuple(sorted(people, key=lambda person: _place(person.role)))),
    issued=st.none() | st.builds(Date, st.tuples(st.integers(1, 2100), st.integers(1, 12))),
    keywords=st.lists(st.sampled_from(["a", "b c", "d, e"]), unique=True, max_size=3).map(tuple),
)


def _place(role: Role) -> int:
    return csl_json.csl.NAMES.index(role)


@given(st.lists(works, max_size=4))
def test_any_works_come_back_as_they_were(originals: list[Work]) -> None:
    assert csl_json.read("".join(csl_json.write(originals))).works == originals


@given(works)
def test_our_own_items_come_back_without_cleaning(original: Work) -> None:
    assert work_of(csl_json.item(original)) == csl_json.read_item(csl_json.item(original))[0]


def test_a_full_work_comes_back_without_cleaning() -> None:
    assert work_of(csl_json.item(FULL)) == FULL


def test_a_hundred_thousand_works_an_age_are_not_needed_to_write() -> None:
    start = time.process_time()
    sum(len(part) for part in csl_json.write([FULL] * 2000))
    assert time.process_time() - start < 2
