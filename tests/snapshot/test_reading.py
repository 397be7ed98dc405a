"""Records by DOI, and candidates by the words of a title."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from library.snapshot import layout, questions
from library.snapshot.building import build
from library.snapshot.errors import NoSnapshotError, SnapshotError
from library.snapshot.layout import Manifest
from library.snapshot.reading import Snapshot, Wanted
from tests.snapshot.conftest import MADE, converted, pack


def test_every_record_is_found_by_its_doi(
    snapshot: Snapshot, records: dict[str, dict[str, Any]]
) -> None:
    found = snapshot.look_up([*records, "10.1000/none", "10.9999/zzz", ""])
    assert {doi: json.loads(raw) for doi, raw in found.items()} == records


def test_a_work_is_first_among_the_candidates_for_its_title_and_name(
    snapshot: Snapshot, records: dict[str, dict[str, Any]]
) -> None:
    chosen = random.Random(1).sample(sorted(records), 300)  # noqa: S311
    wanted = [
        Wanted(records[doi]["title"][0], records[doi]["author"][0]["family"]) for doi in chosen
    ]
    assert [dois[0] for dois in snapshot.find(wanted)] == chosen


def test_a_work_is_among_the_candidates_without_a_name_and_with_words_missing(
    snapshot: Snapshot, records: dict[str, dict[str, Any]]
) -> None:
    chosen = random.Random(2).sample(sorted(records), 300)  # noqa: S311
    halves = [" ".join(records[doi]["title"][0].split()[:-1]) for doi in chosen]
    found = snapshot.find([Wanted(title, None) for title in halves])
    assert sum(doi in dois for doi, dois in zip(chosen, found, strict=True)) >= 295


def test_a_title_that_says_nothing_has_no_candidates(snapshot: Snapshot) -> None:
    assert snapshot.find(
        [Wanted(None, None), Wanted("of the", None), Wanted("qqqq zzzz", "x")]
    ) == [
        [],
        [],
        [],
    ]


def test_an_empty_snapshot_answers(tmp_path: Path) -> None:
    layout.make_folders(tmp_path)
    layout.write_manifest(tmp_path, Manifest("", ()))
    empty = Snapshot(tmp_path)
    assert empty.look_up(["10.1000/a"]) == {}
    assert empty.find([Wanted("A title of a work", "Wang")]) == [[]]
    assert questions.citing(questions.here(tmp_path, empty.manifest), ["10.1000/a"]) == []


def test_of_two_records_of_one_doi_the_newer_is_given(tmp_path: Path) -> None:
    """Files whose ranges overlap, and a DOI that stands in both."""
    source, folder = tmp_path / "source", tmp_path / "snapshot"
    old = {"indexed": {"date-time": "2025-01-01T00:00:00Z"}}
    new = {"indexed": {"date-time": "2026-01-01T00:00:00Z"}}
    pack(
        source / "0.jsonl.gz",
        [
            {"DOI": "10.1000/a", "title": ["Apples and pears"], **old},
            {"DOI": "10.1000/x", "title": ["Old form"], "reference": [{"DOI": "10.1000/a"}], **old},
            {"DOI": "10.1000/z", "title": ["Zebras at night"], **old},
        ],
    )
    pack(
        source / "1.jsonl.gz",
        [
            {"DOI": "10.1000/b", "title": ["Berries"], **new},
            {"DOI": "10.1000/X", "title": ["New form"], **new},
        ],
    )
    built = build(str(source), folder, workers=1).manifest
    assert built.superseded == {"0": ("10.1000/x",)}
    assert built.works == 4
    snapshot = Snapshot(folder)
    found = snapshot.look_up(["10.1000/a", "10.1000/b", "10.1000/x", "10.1000/z"])
    assert len(found) == 4
    assert json.loads(found["10.1000/x"])["title"] == ["New form"]
    assert snapshot.find([Wanted("Old form", None)]) == [[]]
    assert snapshot.find([Wanted("New form", None)]) == [["10.1000/x"]]


def test_a_lookup_reads_few_bytes(snapshot: Snapshot) -> None:
    """Only units whose range can hold a DOI are opened: the others may be gone."""
    unit = next(one for one in snapshot.manifest.units if one.first <= MADE.doi(10) <= one.last)
    away = [one for one in snapshot.manifest.units if one is not unit]
    hidden = [(layout.file(snapshot.folder, "works", one.name)) for one in away]
    for path in hidden:
        path.rename(path.with_suffix(".away"))
    try:
        assert set(snapshot.look_up([MADE.doi(10)])) == {MADE.doi(10)}
        with pytest.raises(SnapshotError, match="library snapshot verify"):
            snapshot.look_up([MADE.doi(2400)])
    finally:
        for path in hidden:
            path.with_suffix(".away").rename(path)


def test_a_folder_without_a_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshotError, match=r"holds no snapshot \(snapshot.json is missing\)"):
        Snapshot(tmp_path)


def test_a_snapshot_that_is_not_finished_is_refused(data_file: Path, tmp_path: Path) -> None:
    converted(data_file, tmp_path)
    with pytest.raises(NoSnapshotError, match="is not finished: run the same"):
        Snapshot(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"format": 0}', "Build it again into an empty folder"),
        ('{"format": 99}', "Update this program"),
        ("[]", "Build it again"),
        ('{"format": ', "cannot be read"),
    ],
)
def test_a_snapshot_of_another_format_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "snapshot.json").write_text(content)
    with pytest.raises(NoSnapshotError, match=said):
        Snapshot(tmp_path)
