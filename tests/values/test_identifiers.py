"""Identifiers: what people paste, and the one form that is stored."""

import string
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.errors import IdentifierError
from library.values.identifiers import (
    find_dois,
    normalise_arxiv,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)

SICI = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/abc", "10.1000/abc"),
        (" https://doi.org/10.1000/ABC ", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("doi:10.1000/abc", "10.1000/abc"),
        ("DOI: 10.1000/abc.", "10.1000/abc"),
        ("doi: https://doi.org/10.1000/abc", "10.1000/abc"),
        ("<https://doi.org/10.1000/abc>", "10.1000/abc"),
        ("(doi:10.1000/abc)", "10.1000/abc"),
        ("https://doi.org/10.1000%2Fabc", "10.1000/abc"),
        ("https://doi.org/10.1000/abc?utm_source=mail&utm_medium=x", "10.1000/abc"),
        ("10.1000.10/123456", "10.1000.10/123456"),
        ("10.1000/\u200babc\u00adde", "10.1000/abcde"),
        ("10.1000/abc(2014)", "10.1000/abc(2014)"),
        ("10.1000/abc(2014))", "10.1000/abc(2014)"),
        (SICI.upper(), SICI),
        (
            "10.1002/(SICI)1097&lt;1661::AID&gt;3.0.CO;2-2",
            "10.1002/(sici)1097<1661::aid>3.0.co;2-2",
        ),
        ("10.1000/ÄB", "10.1000/Äb"),
    ],
)
def test_every_way_of_pasting_a_doi_gives_its_one_form(text: str, doi: str) -> None:
    assert normalise_doi(text) == doi


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.1000",
        "10.1000/",
        "11.1000/abc",
        "10.1/abc",
        "10.1000/a b",
        "abc",
        "https://doi.org/",
        "10.1000/\x00",
    ],
)
def test_what_is_no_doi_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(IdentifierError, match="is not a DOI"):
        normalise_doi(text)


suffixes = st.text(
    string.ascii_letters + string.digits + "-._;()/:<>[]#+%", min_size=1, max_size=40
)


@given(st.integers(1000, 999_999_999), suffixes)
def test_a_doi_in_its_stored_form_stays_as_it_is(registrant: int, suffix: str) -> None:
    try:
        once = normalise_doi(f"10.{registrant}/{suffix}")
    except IdentifierError:
        return
    assert normalise_doi(once) == once
    assert normalise_doi(f"doi:{once}") == once


@given(st.integers(1000, 99_999), st.text(string.ascii_letters + string.digits, min_size=1))
def test_letter_case_makes_no_other_doi(registrant: int, suffix: str) -> None:
    doi = f"10.{registrant}/{suffix}"
    assert normalise_doi(doi.upper()) == normalise_doi(doi.lower())


@given(st.text(max_size=200))
def test_any_text_is_an_identifier_or_is_refused(text: str) -> None:
    for normalise in ALL:
        with suppress(IdentifierError):
            assert normalise(text)


def test_dois_are_found_in_running_text_each_once() -> None:
    text = "See (10.1000/ABC), https://doi.org/10.1000/abc; and “10.1000/x.y”."
    assert find_dois(text) == ["10.1000/abc", "10.1000/x.y"]


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("0-306-40615-2", "9780306406157"),
        ("978-0-306-40615-7", "9780306406157"),
        ("ISBN 978 0 306 40615 7", "9780306406157"),
        ("urn:isbn:9780306406157", "9780306406157"),
        ("080442957x", "9780804429573"),
    ],
)
def test_an_isbn_is_stored_as_thirteen_digits(text: str, isbn: str) -> None:
    assert normalise_isbn(text) == isbn


@given(st.integers(0, 999_999_999))
def test_an_isbn_with_one_wrong_digit_is_refused(number: int) -> None:
    isbn = normalise_isbn("978" + f"{number:09}" + _check(f"978{number:09}"))
    wrong = isbn[:5] + str((int(isbn[5]) + 1) % 10) + isbn[6:]
    with pytest.raises(IdentifierError, match="check digit"):
        normalise_isbn(wrong)


def _check(twelve: str) -> str:
    return str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(twelve)) % 10)


def test_an_issn_has_its_hyphen_and_its_check_digit_checked() -> None:
    assert normalise_issn("03781234"[:4] + "5955") == "0378-5955"
    assert normalise_issn("ISSN 2434-561x") == "2434-561X"
    with pytest.raises(IdentifierError, match="check digit"):
        normalise_issn("0378-5956")


def test_an_orcid_is_bare_and_checked() -> None:
    assert normalise_orcid("https://orcid.org/0000-0002-1825-0097") == "0000-0002-1825-0097"
    assert normalise_orcid("http://orcid.org/000000021694233x") == "0000-0002-1694-233X"
    with pytest.raises(IdentifierError, match="check character"):
        normalise_orcid("0000-0002-1825-0098")


@pytest.mark.parametrize(
    ("normalise", "text", "stored"),
    [
        (normalise_pmid, "PMID: 0012345", "12345"),
        (normalise_pmid, "https://pubmed.ncbi.nlm.nih.gov/12345/?from=x", "12345"),
        (normalise_pmid, "https://europepmc.org/article/MED/12345", "12345"),
        (normalise_pmcid, "PMC3531190", "PMC3531190"),
        (normalise_pmcid, "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3531190/", "PMC3531190"),
        (normalise_pmcid, "pmc3531190.2", "PMC3531190"),
        (normalise_arxiv, "arXiv:2101.00001v2", "2101.00001v2"),
        (normalise_arxiv, "https://arxiv.org/abs/2101.00001?context=cs", "2101.00001"),
        (normalise_arxiv, "https://arxiv.org/pdf/2101.00001v2.pdf", "2101.00001v2"),
        (normalise_arxiv, "https://doi.org/10.48550/arXiv.2101.00001", "2101.00001"),
        (normalise_arxiv, "math.GT/0309136 [math.GT]", "math.GT/0309136"),
    ],
)
def test_other_identifiers_have_one_form_too(
    normalise: Callable[[str], str], text: str, stored: str
) -> None:
    assert normalise(text) == stored


@pytest.mark.parametrize("text", ["12345678901", "0", "PMC", "x"])
def test_what_is_no_pmid_is_refused(text: str) -> None:
    with pytest.raises(IdentifierError, match="is not a PMID"):
        normalise_pmid(text)


ALL: tuple[Callable[[str], str], ...] = (
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmid,
    normalise_pmcid,
    normalise_arxiv,
)
