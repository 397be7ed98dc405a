"""`match`: entries without their DOI and with damage, searched for among all records.

Twenty answers of the loopback Crossref's search (plain FTS5, bm25) are judged for each entry.
`conformance match [FILE.jsonl…]` takes files of Crossref messages, one a line, in place of those
under LIBRARY_CORPORA.
"""

import gzip
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from library.formats import crossref_json
from library.judgement.match import choose, query_text
from library.judgement.same_work import compare
from library.work import Work
from measure.damage import MAKERS
from measure.pairs import SEED, can_be_told
from measure.report import Failure, Row

sys.path.insert(0, str(Path(__file__).parents[2]))  # the loopback services stand with the tests
from tests.loopback.works import Message, Works, corpus

PRECISION = 0.995
RECALL = 0.95
ENTRIES = 2000
ANSWERS = 20
ABSENT = 300  # entries whose record is taken out of the index: any answer is wrong


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Match damaged entries against the records in `paths`, or those of the corpora."""
    root = os.environ.get("LIBRARY_CORPORA")
    if not paths and not root:
        return [Row("entries matched", None, note="LIBRARY_CORPORA is not set")]
    messages = list(_messages(paths)) if paths else list(corpus(Path(root or "")))
    works = {m["DOI"].lower(): crossref_json.read_record(m).work for m in messages}
    told = [doi for doi, work in works.items() if can_be_told(work)]
    random.Random(SEED).shuffle(told)
    sought, absent = told[:ENTRIES], set(told[ENTRIES : ENTRIES + ABSENT])
    index = Works(m for m in messages if m["DOI"].lower() not in absent)
    chosen = [(doi, _match(works[doi], index, works)) for doi in (*sought, *absent)]
    return _rows(chosen, absent, works, failures)


def _match(work: Work, index: Works, works: dict[str, Work]) -> tuple[str | None, bool]:
    """Return the DOI that is chosen for the damaged work, and whether its own was an answer."""
    chance = random.Random(f"{SEED}:match:{work.doi}")
    maker = chance.choice(tuple(MAKERS))
    entry = replace(MAKERS[maker](work, chance), doi=None, url=None, pmid=None, pmcid=None)
    answers = [message["DOI"].lower() for message, _ in index.search(query_text(entry), ANSWERS)]
    choice = choose(entry, [works[doi] for doi in answers])
    return (None if choice.index is None else answers[choice.index]), work.doi in answers


def _rows(
    chosen: list[tuple[str, tuple[str | None, bool]]],
    absent: set[str],
    works: dict[str, Work],
    failures: list[Failure],
) -> list[Row]:
    right = proposed = offered = 0
    for doi, (found, was_offered) in chosen:
        offered += was_offered
        proposed += found is not None
        right += found is not None and _is_right(doi, found, works)
        if found is not None and not _is_right(doi, found, works):
            detail = f"took {found}\n{compare(works[doi], works[found])}"
            failures.append(Failure("match: another work taken", doi, detail))
        elif found is None and was_offered:
            failures.append(Failure("match: none taken", doi, works[doi].title or ""))
    sought = len(chosen) - len(absent)
    precision, recall = right / max(1, proposed), right / max(1, sought)
    there = f"{offered} of them among the answers: recall cannot exceed that"
    gone = f"counts {len(absent)} entries whose record is not there: any answer is wrong"
    precise, found_again = precision >= PRECISION, recall >= RECALL
    return [
        Row(
            "match: precision", round(100 * precision, 2), "%", proposed, "≥ 99.5 %", precise, gone
        ),
        Row("match: recall", round(100 * recall, 2), "%", sought, "≥ 95 %", found_again, there),
    ]


def _is_right(doi: str, found: str, works: dict[str, Work]) -> bool:
    """Tell whether the record found is the work's own, or the same work registered twice."""
    if doi == found:
        return True
    a, b = works[doi], works[found]
    place = (a.title or "").lower() == (b.title or "").lower() and a.volume == b.volume
    return (
        place and (a.page or "").split("-")[0] == (b.page or "").split("-")[0] and a.year == b.year
    )


def _messages(paths: Sequence[Path]) -> Iterator[Message]:
    for path in paths:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for text in lines:
                message = json.loads(text)
                message = message.get("message", message)
                if isinstance(message, dict) and isinstance(message.get("DOI"), str):
                    yield message
