"""What of a record is looked for."""

import json
from pathlib import Path

import pytest

from library.snapshot.columns import Notice, columns, keys


def test_a_records_columns() -> None:
    found = columns(
        {
            "DOI": " 10.1000/ABC ",
            "title": ["", "The  <i>Title</i>"],
            "author": [{"family": "Wang", "given": "W."}, {"family": "Li"}],
            "issued": {"date-parts": [[2014, 3]]},
            "type": "journal-article",
            "container-title": ["Journal of Tests"],
            "indexed": {"date-time": "2026-03-01T08:15:00Z"},
            "update-to": [{"DOI": "10.1000/OLD", "type": "retraction"}],
            "updated-by": [{"DOI": "10.1000/new", "type": "correction"}],
            "reference": [
                {"DOI": "10.1000/X"},
                {"DOI": "https://doi.org/10.1000/y"},
                {"unstructured": "no DOI"},
                {"DOI": "10.1000/x"},
                {"DOI": "not one"},
            ],
        }
    )
    assert found is not None
    assert found.doi == "10.1000/abc"
    assert found.title == "The <i>Title</i>"
    assert (found.family, found.year, found.container) == ("Wang", 2014, "Journal of Tests")
    assert found.indexed == "2026-03-01T08:15:00Z"
    assert found.notices == (
        Notice("10.1000/old", "retraction", is_target=False),
        Notice("10.1000/new", "correction", is_target=True),
    )
    assert found.cited == ("10.1000/x", "10.1000/y")


@pytest.mark.parametrize("record", [{}, {"DOI": None}, {"DOI": "  "}, {"DOI": 5}])
def test_a_record_without_a_doi_has_none(record: dict[str, object]) -> None:
    assert columns(record) is None


def test_values_of_the_wrong_kind_are_taken_for_missing() -> None:
    odd = {
        "DOI": "10.1000/a",
        "title": {"a": 1},
        "author": ["x"],
        "issued": {"date-parts": [[None]]},
        "published": {"date-parts": []},
        "update-to": "x",
        "reference": [None, {"DOI": 3}],
        "container-title": None,
        "indexed": 5,
    }
    found = columns(odd)
    assert found is not None
    assert (found.title, found.family, found.year, found.cited) == (None, None, None, ())


def test_keys_are_shared_by_titles_that_differ_in_form_only() -> None:
    one = keys("Über die <i>Größe</i> of a Trial: methods &amp; results", "Müller")
    other = keys("uber die GROSSE of a trial — Methods, results", "van der Muller")
    assert one == other


def test_a_title_with_another_name_shares_the_keys_of_its_words() -> None:
    title = "Identification of victims in emergency departments"
    assert len(keys(title, "Wang") & keys(title, "Li")) == 3
    assert keys(title, "Wang") & keys(title, None)


def test_scripts_without_spaces_have_keys() -> None:
    assert keys("人身売買", None)
    assert keys("人身売買", None) == keys("人身売買", None)


def test_every_real_record_has_columns(corpora: Path) -> None:
    lines = (corpora / "crossref" / "works.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    found = [columns(record.get("message", record)) for record in records]
    assert all(found)
    assert sum(one is not None and one.year is not None for one in found) > 0.98 * len(found)
