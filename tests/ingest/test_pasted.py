"""What a person pasted, taken apart."""

import pytest

from library.ingest import pasted
from library.ingest.adding import Outcome
from library.ingest.pasted import PastedEntry
from library.sources.resolve import Query


def _kinds(text: str) -> list[str]:
    return [
        part.identifier
        if isinstance(part, Query)
        else part.entry.key
        if isinstance(part, PastedEntry)
        else part.text
        if isinstance(part, pasted.CitedLine)
        else f"{part.status}: {part.message}"
        for part in pasted.read(text)
    ]


@pytest.mark.parametrize("text", ["", "\n \n", "# a remark", "\ufeff"])
def test_nothing_asks_for_nothing(text: str) -> None:
    assert pasted.read(text) == []


def test_identifiers_and_entries_may_stand_together_in_any_order() -> None:
    text = (
        "10.1000/a\n@misc{b, title={B}}\n% no\nPMID:12\r\n"
        "@string{s = {S}}\n@book{c, title=s}\n10.1000/d"
    )
    assert _kinds(text) == ["10.1000/a", "b", "12", "c", "10.1000/d"]


def test_an_address_with_an_at_sign_is_no_bibtex() -> None:
    assert _kinds("https://example.org/@article/1") == ["https://example.org/@article/1"]


def test_an_identifier_between_entries_keeps_its_line() -> None:
    parts = pasted.read("@misc{a,\n title={A}}\n\n10.1000/b\n")
    assert [part.line for part in parts if isinstance(part, Query)] == [4]


def test_an_entry_stays_as_written_unless_it_has_macros_or_no_key() -> None:
    text = (
        "@string{j = {J}}\n@article{a, title = {A}, month = feb}\n"
        "@article{b, title = {B}, journal = j}\n@article{, title = {C}}"
    )
    texts = [part.text for part in pasted.read(text) if isinstance(part, PastedEntry)]
    assert texts == ["@article{a, title = {A}, month = feb}", None, None]


def test_what_stands_between_entries_and_is_no_identifier_is_said() -> None:
    (_, second) = pasted.read("@misc{a, title={A}}\nsee also the other one")
    assert isinstance(second, Query)
    assert second.scheme is None
    assert second.reason is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@misc{a, title={never closed", "never closed"),
        ("@misc{a, note={nothing}}", "neither a title nor a name"),
        ("@misc{a, title={A}}\n@misc{a, title={B}}", "stands twice"),
    ],
)
def test_an_entry_that_cannot_be_added_says_why(text: str, message: str) -> None:
    said = [part.message for part in pasted.read(text) if isinstance(part, Outcome)]
    assert len(said) == 1
    assert message in said[0]


def test_a_child_takes_over_from_its_parent_for_the_preview_only() -> None:
    text = "@inbook{c, title={Chapter}, crossref={p}}\n@book{p, title={Parent}, year={2001}}"
    child = pasted.read(text)[0]
    assert isinstance(child, PastedEntry)
    assert child.work.container_title == "Parent"
    assert child.text == "@inbook{c, title={Chapter}, crossref={p}}"


REFERENCES = """\
[1] Doe A. On the leaves of made-up trees, with some
    more words. Ex. 2014;3:1-9.
[2] Roe B. Another work, of which nothing is known, from
    nowhere. Ex. 2015;4:10-19. doi:10.5555/12345678
"""


def test_a_list_of_references_is_taken_apart_by_its_numbers() -> None:
    first, second = pasted.read(REFERENCES)
    assert first == pasted.CitedLine(
        "Doe A. On the leaves of made-up trees, with some more words. Ex. 2014;3:1-9.", 1
    )
    assert isinstance(second, Query)
    assert (second.scheme, second.identifier, second.line) == ("doi", "10.5555/12345678", 3)


def test_blank_lines_part_references_that_are_broken_into_lines() -> None:
    text = (
        "Doe A. On the leaves of made-\nup trees. Ex. 2014;3:1-9.\n\n"
        "Roe B. On the roots of\nmade-up trees. Ex. 2015;3:1-9.\n"
    )
    parts = pasted.read(text)
    assert [(one.text, one.line) for one in parts if isinstance(one, pasted.CitedLine)] == [
        ("Doe A. On the leaves of made-up trees. Ex. 2014;3:1-9.", 1),
        ("Roe B. On the roots of made-up trees. Ex. 2015;3:1-9.", 4),
    ]


def test_references_on_a_line_each_stay_one_a_line() -> None:
    text = "Doe A. On made-up leaves and roots. 2014.\nRoe B. On made-up roots and leaves. 2015."
    assert [part.line for part in pasted.read(text) if isinstance(part, pasted.CitedLine)] == [1, 2]
