"""Lists of names by BibTeX's and biber's rules, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.formats.bibtex.names import (
    NameList,
    Parts,
    read_name,
    read_names,
    split_name,
    split_names,
    write_name,
    write_names,
)
from library.values.names import Name


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("A One and B Two", ["A One", "B Two"]),
        ("A One AND\n  B Two", ["A One", "B Two"]),
        ("{Rain and Sons} and B Two", ["{Rain and Sons}", "B Two"]),
        ("Anderson, Al and Brandt, B", ["Anderson, Al", "Brandt, B"]),
        ("A One~and B Two", ["A One~and B Two"]),
        ("and A One", ["and A One"]),
        (r"M{\"u}ller, A and B", [r"M{\"u}ller, A", "B"]),
        ("A One and and B", ["A One", "", "B"]),
        ("", []),
    ],
)
def test_a_list_is_split_at_each_and_outside_of_braces(raw: str, names: list[str]) -> None:
    assert split_names(raw) == names


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("AA BB", Parts("AA", "", "BB", "")),
        ("AA", Parts("", "", "AA", "")),
        ("AA bb CC", Parts("AA", "bb", "CC", "")),
        ("AA bb CC dd EE", Parts("AA", "bb CC dd", "EE", "")),
        ("bb CC, AA", Parts("AA", "bb", "CC", "")),
        ("bb CC, XX, AA", Parts("AA", "bb", "CC", "XX")),
        ("Van de Graaff, R. J.", Parts("R. J.", "", "Van de Graaff", "")),
        ("Jean de la Fontaine", Parts("Jean", "de la", "Fontaine", "")),
        (r"Paul {\'e}mile Victor", Parts("Paul", r"{\'e}mile", "Victor", "")),
        (r"Paul {\'E}mile Victor", Parts(r"Paul {\'E}mile", "", "Victor", "")),
        (r"A \v{S}mith Low", Parts(r"A \v{S}mith", "", "Low", "")),
        ("A {bb} CC", Parts("A {bb}", "", "CC", "")),
        ("A {b}B cc dd", Parts("A {b}B", "cc", "dd", "")),
    ],
)
def test_a_name_is_split_into_first_von_last_and_jr(raw: str, parts: Parts) -> None:
    assert split_name(raw) == (parts, None)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (r"M{\"u}ller, J{\"o}rg", Name(family="Müller", given="Jörg")),
        ("{World Health Organization}", Name(literal="World Health Organization")),
        ("{{Rain and Sons, Inc.}}", Name(literal="Rain and Sons, Inc.")),
        (r"{\'E}.~Zola", Name(family="Zola", given="É.")),
        (r"Roger P.{\,}G. van Gompel", Name("Gompel", "Roger P. G.", "van")),
        ("Aristotle", Name(family="Aristotle")),
        (
            "given=Ludwig, prefix=van, family=Beethoven, useprefix=false",
            Name("Beethoven", "Ludwig", dropping_particle="van"),
        ),
        ('"family={Rain, Inc.}"', Name(family="Rain, Inc.")),
        ("Pimentel, Jr. ,Joseph J.", Name("Pimentel", "Joseph J.", suffix="Jr.")),
    ],
)
def test_a_name_is_read_as_csl_has_it(raw: str, name: Name) -> None:
    assert read_name(raw) == (name, None)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("A, B, C, D", "too many commas"),
        ("Smith,", "given name is missing"),
        (", John", "family name is missing"),
    ],
)
def test_an_odd_name_is_read_and_said_to_be_odd(raw: str, said: str) -> None:
    name, problem = read_name(raw)
    assert name is not None
    assert said in str(problem)


@pytest.mark.parametrize("ending", ["others", "et al.", "{others}"])
def test_others_are_no_name(ending: str) -> None:
    found = read_names(f"A One and {ending}")
    assert found == NameList((Name(family="One", given="A"),), others=True)
    assert write_names(found.names, others=True) == "One, A and others"


WORD = st.text(st.sampled_from("aAbBzÉé{}\\,&~-'= and"), max_size=12).map(
    lambda text: " ".join(text.split()) or None
)
NAMES = st.builds(
    Name, family=WORD.filter(bool), given=WORD, non_dropping_particle=WORD, suffix=WORD
) | st.builds(Name, literal=WORD.filter(bool))


@given(NAMES, st.sampled_from(["unicode", "latex"]))
def test_every_name_is_read_back_as_it_was_written(name: Name, form: str) -> None:
    written = write_name(name, "biblatex", form)
    if name.literal and name.literal.lower() in {"others", "et al"}:
        return
    assert read_names(written) == NameList((name,))


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_list_is_read_back_as_it_was_written(names: list[Name]) -> None:
    assert read_names(write_names(names)).names == tuple(names)


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_raise(raw: str) -> None:
    read_names(raw)
