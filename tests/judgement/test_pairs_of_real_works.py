"""The numbers of `scripts/conformance judgement`, on a sample that is quick to judge."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from measure import conformance_judgement, conformance_match
from measure.pairs import Pair, line, make_pairs, read_line, records

from library.judgement.same_work import compare
from tests.judgement.making import work


@pytest.mark.corpus
def test_pairs_made_of_real_records_are_judged_well_enough(corpora: Path) -> None:
    works = records(corpora)[::9]
    told = [(pair.same, compare(pair.a, pair.b).same) for pair in make_pairs(works)]
    assert len(told) > 1200
    said = [truth for truth, verdict in told if verdict]
    true = [verdict for truth, verdict in told if truth]
    assert sum(said) / len(said) >= 0.995
    assert sum(true) / len(true) >= 0.97


@pytest.mark.corpus
def test_pairs_are_the_same_every_time(corpora: Path) -> None:
    works = records(corpora)[:60]
    assert [line(p) for p in make_pairs(works)] == [line(p) for p in make_pairs(works)]


@pytest.mark.corpus
def test_entries_find_their_records_again(corpora: Path, tmp_path: Path) -> None:
    some = tmp_path / "some.jsonl"
    lines = (corpora / "crossref" / "works.jsonl").read_text(encoding="utf-8").splitlines()
    some.write_text("\n".join(lines[:400]), encoding="utf-8")
    rows = conformance_match.run([some], [])
    assert all(row.holds for row in rows), rows


def test_pairs_of_a_file_are_judged_and_counted(tmp_path: Path) -> None:
    one = work("Recognising trafficked patients in camps", doi="10.5555/1")
    other = work("Bone density in runners", ("Quist, Zoe",))
    given = tmp_path / "pairs.jsonl"
    pairs = [Pair(one, one, same=True, kind="made"), Pair(one, other, same=False, kind="made")]
    plain = [json.loads(line(pair)) for pair in pairs]
    for pair in plain:
        del pair["kind"], pair["maker"]
    given.write_text("\n".join(json.dumps(pair) for pair in plain), encoding="utf-8")
    rows = {row.measure: row for row in conformance_judgement.run([given], [])}
    assert rows["pairs.jsonl: precision"].value == 100
    assert rows["pairs.jsonl: recall"].value == 100
    assert read_line(json.dumps(plain[0])).a.doi == "10.5555/1"


def test_a_pair_judged_wrongly_is_listed(tmp_path: Path) -> None:
    one = work("Recognising trafficked patients in camps")
    given = tmp_path / "pairs.jsonl"
    given.write_text(line(Pair(one, one, same=False, kind="made")), encoding="utf-8")
    failures: list[conformance_judgement.Failure] = []
    rows = {row.measure: row for row in conformance_judgement.run([given], failures)}
    assert rows["pairs.jsonl: precision"].holds is False
    assert "should be two works" in failures[0].detail
