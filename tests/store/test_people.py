"""Which printed names are one person."""

from collections.abc import Iterable

import pytest

from library.store.forms import block, keyword_parts, name_form, sort_title
from library.store.people import Printed, decide, is_open, shortenings
from library.values.names import Name

A, B = "0000-0002-1825-0097", "0000-0001-5109-3700"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (Name(family="Diaz", given="Hannah J."), "diaz, hannah j"),
        (Name(family="Díaz", given="HJ"), "diaz, h j"),
        (
            Name(family="Beethoven", given="Ludwig", non_dropping_particle="van"),
            "van beethoven, ludwig",
        ),
        (Name(family="King", given="Martin", suffix="Jr."), "king, martin jr"),
        (Name(family="O’Neil", given="Anne-Marie"), "oneil, anne marie"),
        (Name(literal="World Health Organization"), "world health organization"),
        (Name(family="Plato"), "plato"),
        (Name(family="王", given="伟"), "王, 伟"),
        (Name(literal="***"), "***"),
    ],
)
def test_a_name_has_one_normal_form(name: Name, form: str) -> None:
    assert name_form(name) == form


def test_a_block_is_the_family_name_and_the_first_initial() -> None:
    assert block("diaz, hannah j") == block("diaz, h") == "diaz, h"
    assert block("world health organization") == "world health organization"


def test_a_form_may_be_printed_with_names_left_out_or_cut_to_initials() -> None:
    assert shortenings("diaz, hannah j") == {"diaz, hannah", "diaz, h", "diaz, h j"}


def _decided(
    names: Iterable[tuple[str, str | None, frozenset[str]]],
) -> list[str]:
    printed = [Printed(i, 1, form, orcid) for i, (form, orcid, _) in enumerate(names)]
    with_whom = {i: who for i, (_, _, who) in enumerate(names)}
    keys = decide(printed, lambda work, _: with_whom[work])
    return [keys[i, 1] for i in range(len(printed))]


CLAYTON, SIMON = frozenset({"clayton, ellen"}), frozenset({"simon, per"})


def test_names_with_one_orcid_are_one_person() -> None:
    assert _decided([("diaz, hannah", A, CLAYTON), ("diaz, h", A, SIMON)]) == [A, A]


def test_two_orcids_are_never_one_person() -> None:
    assert _decided([("diaz, hannah", A, CLAYTON), ("diaz, hannah", B, CLAYTON)]) == [A, B]


def test_a_full_name_without_orcid_is_the_one_orcid_of_that_name() -> None:
    assert _decided([("diaz, hannah", A, CLAYTON), ("diaz, hannah", None, SIMON)]) == [A, A]


def test_a_full_name_of_two_orcids_stays_by_itself() -> None:
    names = [("wang, wei", A, CLAYTON), ("wang, wei", B, SIMON), ("wang, wei", None, frozenset())]
    assert _decided(names)[2] == "wang, wei"


def test_initials_join_a_full_name_that_shares_a_coauthor() -> None:
    assert (
        _decided([("diaz, hannah", None, CLAYTON), ("diaz, h", None, CLAYTON)])
        == ["diaz, hannah"] * 2
    )


def test_initials_without_a_shared_coauthor_stay_by_themselves() -> None:
    assert _decided([("diaz, hannah", None, CLAYTON), ("diaz, h", None, SIMON)])[1] == "diaz, h"


def test_initials_that_may_be_two_people_join_neither() -> None:
    names = [
        ("diaz, hannah", None, CLAYTON),
        ("diaz, hugo", None, CLAYTON),
        ("diaz, h", None, CLAYTON),
    ]
    assert _decided(names)[2] == "diaz, h"


def test_the_order_of_the_names_does_not_matter() -> None:
    names = [
        ("diaz, hannah j", A, CLAYTON),
        ("diaz, hannah", None, CLAYTON),
        ("diaz, h", None, CLAYTON),
    ]
    forward, backward = _decided(names), _decided(names[::-1])
    assert forward == backward[::-1] == [A, A, A]


def test_a_block_of_one_form_leaves_nothing_open() -> None:
    assert not is_open([("diaz, hannah", None), ("diaz, hannah", None)])
    assert is_open([("diaz, hannah", None), ("diaz, h", None)])


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("topic:Law", ("topic:law", "topic", "Law")),
        ("Topic : human  trafficking", ("topic:human trafficking", "topic", "human trafficking")),
        ("Ethics", ("ethics", "keyword", "Ethics")),
        ("mesh:Ethics", ("mesh:ethics", "keyword", "mesh:Ethics")),
        ("form:", ("form:", "keyword", "form:")),
    ],
)
def test_a_keyword_with_a_known_prefix_is_of_that_kind(
    written: str, parts: tuple[str, ...]
) -> None:
    assert keyword_parts(written) == parts


def test_a_title_sorts_without_its_article_and_accents() -> None:
    assert sort_title("The Élan of Öl") == "elan of ol"
    assert sort_title("Theory") == "theory"
