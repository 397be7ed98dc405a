"""What the whole is asked: by hand, by DuckDB here, and by the workers of a cluster."""

from pathlib import Path
from typing import Any

import pytest

from library.errors import UsageError
from library.snapshot import questions
from library.snapshot.building import build
from library.snapshot.clusters import connected
from library.snapshot.columns import columns
from library.snapshot.extracting import extract
from library.snapshot.questions import Ask, Retracted
from library.snapshot.reading import Snapshot
from tests.snapshot.conftest import MADE, pack

OURS = [MADE.doi(number) for number in (0, 3, 500, 995, 1200, 1201, 2000, 2499)]


@pytest.fixture(scope="module")
def here(snapshot: Snapshot) -> Ask:
    """Return DuckDB on this machine."""
    return questions.here(snapshot.folder, snapshot.manifest)


@pytest.fixture(scope="module")
def cited_by(records: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Return citing DOI -> cited DOIs, by hand."""
    return {doi: set(found.cited) for doi, one in records.items() if (found := columns(one))}


def test_citing_works_are_those_whose_references_name_ours(
    here: Ask, cited_by: dict[str, set[str]], records: dict[str, dict[str, Any]]
) -> None:
    found = questions.citing(here, OURS)
    expected = {(ours, doi) for doi, cited in cited_by.items() for ours in cited & set(OURS)}
    assert {(one.cited_doi, one.citing_doi) for one in found} == expected
    assert len(found) == len(expected) > 100
    first = found[0]
    assert first.title == records[first.citing_doi]["title"][0]
    assert first.year == records[first.citing_doi]["issued"]["date-parts"][0][0]
    years = [one.year for one in found if one.cited_doi == first.cited_doi]
    assert years == sorted(years, key=lambda year: -(year or 0))


def test_works_cited_together_are_counted_by_the_works_that_cite_both(
    here: Ask, cited_by: dict[str, set[str]]
) -> None:
    found = questions.cited_together(here, OURS, 50)
    for one in found:
        both = sum({one.doi, one.other_doi} <= cited for cited in cited_by.values())
        assert one.times == both
    times = [one.times for one in found]
    assert times == sorted(times, reverse=True)
    assert len(found) == 50


def test_retractions_among_all_that_is_cited_are_found(
    here: Ask, cited_by: dict[str, set[str]], records: dict[str, dict[str, Any]]
) -> None:
    citing = [doi for doi, cited in cited_by.items() if MADE.doi(995) in cited]
    assert citing
    found = questions.retracted(here, [*citing, MADE.doi(1992)])
    assert Retracted(MADE.doi(995), MADE.doi(996), "retraction", tuple(sorted(citing))) in found
    assert any(one.doi == MADE.doi(1992) for one in found)
    assert "updated-by" in records[MADE.doi(995)]


def test_nothing_is_found_about_a_work_that_is_not_there(here: Ask) -> None:
    assert questions.citing(here, ["10.1000/none'; --"]) == []
    assert questions.retracted(here, []) == []


@pytest.mark.slow
def test_a_cluster_gives_the_same_rows_as_this_machine(here: Ask, snapshot: Snapshot) -> None:
    with connected(None, 2, "1GB", snapshot.folder) as client:
        there = questions.under_dask(client, snapshot.folder, snapshot.manifest)
        for question in (
            questions.citing,
            questions.cited,
            questions.cited_together,
            questions.notices,
            questions.retracted,
        ):
            assert question(there, OURS) == question(here, OURS)


def test_an_extract_answers_for_its_library_as_the_whole_does(
    here: Ask, snapshot: Snapshot, tmp_path: Path
) -> None:
    done = extract(snapshot, OURS, tmp_path / "stick")
    small = Snapshot(tmp_path / "stick")
    assert done.own == len(OURS)
    assert small.date == snapshot.date
    asked = questions.here(small.folder, small.manifest)
    for question in (questions.citing, questions.cited, questions.retracted):
        assert question(asked, OURS) == question(here, OURS)
    wanted = {doi for pair in questions.cited(here, OURS) for doi in pair}
    assert small.look_up(wanted) == snapshot.look_up(wanted)
    with pytest.raises(UsageError, match="is not empty"):
        extract(snapshot, OURS, tmp_path / "stick")


def test_superseded_records_answer_nothing(tmp_path: Path) -> None:
    cites = {"reference": [{"DOI": "10.1000/a"}]}
    pack(
        tmp_path / "in" / "0.jsonl.gz",
        [
            {"DOI": "10.1000/a", "indexed": {"date-time": "2025-01-01T00:00:00Z"}},
            {"DOI": "10.1000/x", "indexed": {"date-time": "2025-01-01T00:00:00Z"}, **cites},
        ],
    )
    pack(
        tmp_path / "in" / "1.jsonl.gz",
        [{"DOI": "10.1000/x", "indexed": {"date-time": "2026-01-01T00:00:00Z"}}],
    )
    manifest = build(str(tmp_path / "in"), tmp_path / "out", workers=1).manifest
    assert questions.citing(questions.here(tmp_path / "out", manifest), ["10.1000/a"]) == []
