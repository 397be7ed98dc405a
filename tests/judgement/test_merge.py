# ruff: noqa: E501 - a case is one line
from dataclasses import replace

import pytest

from library.errors import SettingsError
from library.judgement.meaning import better_value, same_meaning
from library.judgement.merge import Policies, field_name, fill, policies
from library.values.dates import Date
from library.work import Work
from tests.judgement.making import person, work

ENTRY = work(
    "Recognising trafficked patients",
    ("Rivera, A.", "Okafor, B."),
    key="rivera2014",
    container_title="J. Emerg. Nurs.",
    page="1282-3",
    note="read twice",
)
RECORD = work(
    "Recognising trafficked patients: a study",
    ("Rivera, Alma", "Okafor, Ben"),
    container_title="Journal of Emergency Nursing",
    volume="41",
    page="1282–1283",
    doi="10.5555/jen.1",
    url="https://doi.org/10.5555/jen.1",
    publisher="Harbour Press",
    abstract="Words.",
    license="https://example.org/licence",
    keywords=("nursing",),
)


def test_a_record_fills_gaps_and_touches_nothing_else() -> None:
    merge = fill(ENTRY, RECORD)
    assert [(c.field, c.new, c.action) for c in merge.changes] == [
        ("volume", "41", "fill"),
        ("doi", "10.5555/jen.1", "fill"),
        ("abstract", "Words.", "fill"),
    ]
    assert merge.work == replace(ENTRY, volume="41", doi="10.5555/jen.1", abstract="Words.")
    assert merge.findings == ()


def test_only_the_fields_asked_for_are_filled() -> None:
    assert [c.field for c in fill(ENTRY, RECORD, policies(only=["doi"])).changes] == ["doi"]
    asked = fill(ENTRY, RECORD, policies(only=["keywords", "publisher"]))
    assert [c.field for c in asked.changes] == ["publisher", "keywords"]


def test_replacing_takes_the_better_form_of_what_means_the_same() -> None:
    merge = fill(ENTRY, RECORD, policies("replace"))
    changed = {c.field: c.new for c in merge.changes if c.action == "replace"}
    assert changed["title"] == "Recognising trafficked patients: a study"
    assert changed["container_title"] == "Journal of Emergency Nursing"
    assert changed["page"] == "1282–1283"
    assert [c.name.given for c in changed["author"]] == ["Alma", "Ben"]
    assert merge.findings == ()
    assert merge.work.note == "read twice"


def test_replacing_never_takes_the_poorer_form() -> None:
    merge = fill(RECORD, ENTRY, policies("replace"))
    assert merge.changes == ()


def test_a_field_can_be_left_alone() -> None:
    merge = fill(ENTRY, RECORD, policies("fill", {"abstract": "never", "year": "never"}))
    assert [c.field for c in merge.changes] == ["volume", "doi"]


@pytest.mark.parametrize(
    ("other", "check"),
    [
        (replace(RECORD, issued=Date((2011,))), "year-differs"),
        (replace(RECORD, title="Bone density in runners"), "title-differs"),
        (replace(RECORD, page="77-81"), "pages-differ"),
        (replace(RECORD, container_title="Bone Reports"), "venue-differs"),
        (replace(RECORD, contributors=(person("Quist, Zoe"),)), "first-author-differs"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_disagreement_is_told_with_both_values_and_yours_stands(other: Work, check: str) -> None:
    merge = fill(ENTRY, other)
    (finding,) = merge.findings
    assert finding.check == check
    assert finding.key == "rivera2014"
    assert finding.message.endswith("yours was kept")
    unchanged = fill(ENTRY, other).work
    assert (unchanged.title, unchanged.issued, unchanged.page, unchanged.contributors) == (
        ENTRY.title, ENTRY.issued, ENTRY.page, ENTRY.contributors,
    )  # fmt: skip


def test_a_disagreement_that_a_policy_settles_says_so() -> None:
    merge = fill(ENTRY, replace(RECORD, issued=Date((2011,))), policies("replace"))
    assert merge.work.year == 2011
    assert "the record's was taken" in merge.findings[0].message


def test_a_list_of_names_is_filled_whole_or_not_at_all() -> None:
    nameless = replace(ENTRY, contributors=())
    merge = fill(nameless, RECORD)
    assert merge.work.contributors == RECORD.contributors
    assert fill(ENTRY, replace(RECORD, contributors=(*RECORD.contributors, person("Moreau, Dina", "editor")))).changes[-1].field == "editor"  # fmt: skip


def test_unknown_fields_and_policies_are_named() -> None:
    assert field_name("journal") == "container_title"
    assert field_name("Authors") == "author"
    with pytest.raises(SettingsError, match="no field 'colour'"):
        field_name("colour")
    with pytest.raises(SettingsError, match="no policy"):
        policies("overwrite")
    assert Policies().of("title", "book") == "fill"


@pytest.mark.parametrize(
    ("field", "a", "b"),
    [
        ("title", "Care: a study", "CARE: A STUDY"),
        ("title", "Caring for young people: a study", "Caring for young people"),
        ("container_title", "J. Emerg. Nurs.", "Journal of Emergency Nursing"),
        ("page", "1282-3", "1282--1283"),
        ("page", "S12", "S12-S19"),
        ("volume", "Vol. 041", "41"),
        ("issued", Date((2014,)), Date((2014, 3, 1))),
        ("contributors", (person("Rivera, A."),), (person("Rivera, Alma"),)),
        ("isbn", ("1", "2"), ("2", "1")),
    ],
)
def test_forms_of_one_value_mean_the_same(field: str, a: object, b: object) -> None:
    assert same_meaning(field, a, b)
    assert same_meaning(field, b, a)


@pytest.mark.parametrize(
    ("field", "a", "b"),
    [
        ("title", "Care I", "Care II"),
        ("container_title", "Physical Review B", "Physical Review D"),
        ("page", "12-19", "112-119"),
        ("volume", "41", "42"),
        ("issued", Date((2014,)), Date((2015,))),
        ("contributors", (person("Rivera, A."),), (person("Quist, Z."),)),
    ],
)
def test_other_values_do_not(field: str, a: object, b: object) -> None:
    assert not same_meaning(field, a, b)


@pytest.mark.parametrize(
    ("field", "a", "b", "side", "reason"),
    [
        ("title", "CARE FOR THE YOUNG", "Care for the young", "b", "not in capitals"),
        ("title", "Caring for young people", "Caring for young people: a study", "b", "longer"),
        ("title", "Caf{\\'e} life", "Café life", "b", "without markup left over"),
        ("title", "Cafe life", "Café life", "b", "with its accents"),
        ("container_title", "J. Emerg. Nurs.", "Journal of Emergency Nursing", "b", "in full"),
        ("contributors", (person("Rivera, A."),), (person("Rivera, Alma"),), "b", "fuller names"),
        ("issued", Date((2014,)), Date((2014, 3)), "b", "more exact"),
        ("page", "12", "12-19", "b", "a range"),
        ("doi", "not one", "10.5555/x", "b", "a valid DOI"),
        ("abstract", "Short.", "Short. And long.", "b", "longer"),
        ("keywords", ("a",), ("b", "a"), "both", "all of both"),
        ("volume", None, "41", "b", "the only one"),
        ("volume", "41", "42", "a", "the first"),
    ],
)
def test_the_better_value_is_chosen_and_says_why(
    field: str, a: object, b: object, side: str, reason: str
) -> None:
    better = better_value(field, a, b)
    assert (better.side, better.reason) == (side, reason)
    if side == "b":
        assert better_value(field, b, a).value == b
