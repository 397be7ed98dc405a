"""What entries take over from others."""

from library.entry import Entry
from library.formats.bibtex.inheritance import inherit


def entry(kind: str, key: str, **fields: str) -> Entry:
    return Entry(kind, key, fields)


def fields_of(entries: list[Entry], key: str) -> dict[str, str]:
    filled, _ = inherit(entries)
    return next(entry.fields for entry in filled if entry.key == key)


def test_a_part_takes_the_title_of_its_book_as_its_booktitle() -> None:
    book = entry("book", "b", title="Water", subtitle="A Story", author="Ng, Mei", year="1999")
    part = fields_of([entry("inbook", "p", crossref="b", title="Wells"), book], "p")
    assert part == {
        "crossref": "b", "title": "Wells", "booktitle": "Water", "booksubtitle": "A Story",
        "author": "Ng, Mei", "bookauthor": "Ng, Mei", "year": "1999",
    }  # fmt: skip


def test_what_the_child_states_stands() -> None:
    parent = entry("proceedings", "c", title="Rain Days", year="2001", editor="A B")
    child = entry("inproceedings", "p", crossref="c", title="Talk", year="2002")
    found = fields_of([child, parent], "p")
    assert found["year"] == "2002"
    assert found["booktitle"] == "Rain Days"


def test_the_doi_of_the_proceedings_is_not_the_doi_of_the_paper() -> None:
    parent = entry("proceedings", "c", title="Rain Days", doi="10.5555/c", abstract="All talks.")
    found = fields_of([entry("inproceedings", "p", crossref="c", title="Talk"), parent], "p")
    assert "doi" not in found
    assert "abstract" not in found


def test_titles_pass_through_two_generations() -> None:
    entries = [
        entry("inbook", "p", crossref="v", title="Wells"),
        entry("book", "v", crossref="w", title="Water", volume="2"),
        entry("mvbook", "w", title="Elements", shorttitle="El."),
    ]
    part = fields_of(entries, "p")
    assert (part["maintitle"], part["booktitle"], part["volume"]) == ("Elements", "Water", "2")
    assert "shorttitle" not in part


def test_an_article_takes_the_title_of_its_periodical_as_its_journal() -> None:
    issue = entry("periodical", "i", title="Rain", issuetitle="Floods", volume="3")
    found = fields_of([entry("article", "a", crossref="i", title="Dams"), issue], "a")
    assert (found["journaltitle"], found["volume"]) == ("Rain", "3")


def test_xdata_gives_fields_and_is_no_work() -> None:
    entries = [
        entry("xdata", "x", publisher="Harbour Press", xdata="y"),
        entry("xdata", "y", location="Lagos"),
        entry("book", "b", title="Water", xdata="x, nothing"),
    ]
    filled, findings = inherit(entries, "f.bib")
    assert [one.key for one in filled] == ["b"]
    assert filled[0].fields["publisher"] == "Harbour Press"
    assert filled[0].fields["location"] == "Lagos"
    assert [(found.check, found.key, found.field) for found in findings] == [
        ("missing-parent", "b", "xdata")
    ]


def test_xdata_gives_single_members_of_a_list() -> None:
    entries = [
        entry("xdata", "x", author="A One and B Two", publisher="P"),
        entry("book", "b", author="C Three and xdata=x-author-2", publisher="xdata=x-publisher"),
    ]
    found = fields_of(entries, "b")
    assert found["author"] == "C Three and B Two"
    assert found["publisher"] == "P"


def test_a_set_describes_its_first_member() -> None:
    entries = [
        entry("set", "s", entryset="one,two"),
        entry("article", "one", title="First", author="A B"),
        entry("article", "two", title="Second"),
    ]
    filled, _ = inherit(entries)
    assert filled[0].type == "article"
    assert filled[0].fields["title"] == "First"


def test_a_circle_of_parents_ends_in_a_finding() -> None:
    entries = [
        entry("book", "a", crossref="b", title="A"),
        entry("book", "b", crossref="a", title="B"),
        entry("book", "c", crossref="c"),
    ]
    filled, findings = inherit(entries)
    assert [one.fields.get("title") for one in filled] == ["A", "B", None]
    assert {found.check for found in findings} == {"circular-parent"}


def test_a_long_line_of_parents_raises_nothing() -> None:
    entries = [entry("book", f"k{i}", crossref=f"k{i + 1}", year=str(i)) for i in range(3000)]
    filled, _ = inherit(entries)
    assert len(filled) == 3000


def test_a_parent_is_found_by_its_other_keys_and_in_any_case() -> None:
    parent = entry("book", "Water", ids="old, older", title="Water")
    assert fields_of([entry("inbook", "p", crossref="older"), parent], "p")["booktitle"] == "Water"
    assert fields_of([entry("inbook", "p", crossref="WATER"), parent], "p")["booktitle"] == "Water"
