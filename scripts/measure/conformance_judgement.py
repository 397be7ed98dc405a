"""Same work or not: precision, recall and F1 on pairs made from the corpora, or on pairs given.

`conformance judgement [PAIRS.jsonl…]`: files of lines {"a": CSL item, "b": CSL item, "same": true
or false}, optionally with "kind" and "maker", which then get a row of their own. Without paths the
pairs of `scripts/make_pairs` are judged, as they read back from their lines.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from library.judgement.profiles import profile
from library.judgement.same_work import Verdict, compare_profiles
from measure.pairs import Pair, entries, line, make_pairs, read_line, records
from measure.report import Failure, Row

PRECISION = 0.995
RECALL = 0.97
F1 = 0.985
ENOUGH_PAIRS = 5000
PAIRS_A_SECOND = 20_000

Judged = list[tuple[Pair, Verdict]]


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Judge the pairs in `paths`, or those made from the corpora where none is given."""
    if paths:
        rows = []
        for path in _files(paths):
            judged, speed = _judge(read_line(text) for text in _lines(path))
            rows += _rows(judged, speed, path.name, failures)
        return rows
    root = os.environ.get("LIBRARY_CORPORA")
    if not root:
        return [Row("pairs judged", None, note="LIBRARY_CORPORA is not set")]
    rows = []
    total: Judged = []
    for name, works in (("crossref", records(Path(root))), ("bib", entries(Path(root)))):
        judged, speed = _judge(read_line(line(pair)) for pair in make_pairs(works))
        rows += _rows(judged, speed, name, failures)
        total += judged
    enough = len(total) >= ENOUGH_PAIRS
    rows.append(Row("pairs judged", len(total), target=f"≥ {ENOUGH_PAIRS:,}", holds=enough))
    return rows


def _judge(pairs: Iterable[Pair]) -> tuple[Judged, Row]:
    """Return every pair with its verdict, and a row on the speed of comparing profiles."""
    known = list(pairs)
    profiles = [(profile(pair.a), profile(pair.b)) for pair in known]
    start = time.process_time()
    verdicts = [compare_profiles(a, b) for a, b in profiles]
    seconds = time.process_time() - start
    unequal = sum(
        verdict.same != other.same or verdict.weight != other.weight
        for (a, b), verdict in zip(profiles, verdicts, strict=True)
        if (other := compare_profiles(b, a))
    )
    speed = round(len(known) / seconds) if seconds else None
    note = f"verdicts that change when a and b change places: {unequal}"
    row = Row("profiles compared", speed, "pairs/s", len(known), f"≥ {PAIRS_A_SECOND:,}", note=note)
    if unequal:
        row = Row(
            "verdicts that depend on the order", unequal, n=len(known), target="0", holds=False
        )
    return list(zip(known, verdicts, strict=True)), row


def _rows(judged: Judged, speed: Row, name: str, failures: list[Failure]) -> list[Row]:
    rows = _scores(judged, name, has_target=True)
    makers = sorted({pair.maker for pair, _ in judged if pair.maker})
    for maker in makers:
        of_maker = [(pair, verdict) for pair, verdict in judged if pair.maker == maker]
        if any(pair.same for pair, _ in of_maker):
            rows.append(_scores(of_maker, f"{name}, damage by {maker}", has_target=False)[-1])
    wrong: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair, verdict in judged:
        wrong[f"{'same' if pair.same else 'differ'}: {pair.kind}"][0] += 1
        if pair.same != verdict.same:
            wrong[f"{'same' if pair.same else 'differ'}: {pair.kind}"][1] += 1
            failures.append(_failure(pair, verdict, name))
    for kind, (count, errors) in sorted(wrong.items()):
        rows.append(Row(f"{name}: judged wrongly, {kind}", errors, "pairs", count))
    return [*rows, speed]


def _scores(judged: Judged, name: str, *, has_target: bool) -> list[Row]:
    found = sum(verdict.same and pair.same for pair, verdict in judged)
    said = sum(verdict.same for _, verdict in judged)
    true = sum(pair.same for pair, _ in judged)
    precision = found / said if said else 1.0
    recall = found / true if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return [
        Row(
            f"{name}: {measure}",
            round(100 * value, 2),
            "%",
            count,
            f"≥ {100 * target:g} %" if has_target else "",
            value >= target if has_target else None,
        )
        for measure, value, count, target in (
            ("precision", precision, said, PRECISION),
            ("recall", recall, true, RECALL),
            ("F1", f1, len(judged), F1),
        )
    ]


def _failure(pair: Pair, verdict: Verdict, name: str) -> Failure:
    shown = f"{pair.a.title!r} / {pair.b.title!r}"
    should = "one work" if pair.same else "two works"
    return Failure(f"{name}: {pair.kind} {pair.maker}", shown, f"should be {should}\n{verdict}")


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("**/*.jsonl")) if path.is_dir() else (path,)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (text for text in lines if text.strip())
