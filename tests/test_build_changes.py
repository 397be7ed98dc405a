"""A build that reads only what changed gives what a build of the whole gives."""

# ruff: noqa: S311 - made-up data needs no cryptographic chance

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from library.build import build
from library.settings import Settings
from library.sources.records import Record, Records, encode
from library.sources.snapshot import citing_record
from library.work import CitingWork
from tests.store.contents import check_whole, contents
from tests.store.counts import times
from tests.store.edits import FAMILIES, TITLES, bibliography, edit


def _record(chance: random.Random, number: int) -> Record:
    """Return a record of the made-up DOI 10.1000/number that cites others."""
    message = {
        "DOI": f"10.1000/{number}",
        "type": "journal-article",
        "title": ["A review of health"],
        "reference": [
            {"key": str(i), "DOI": f"10.1000/{chance.randint(1, 60)}", "article-title": "x"}
            for i in range(chance.randint(0, 6))
        ]
        # Without a DOI: found by title, names and year, as the entries of `edits` have them.
        + [
            {
                "key": f"t{i}",
                "article-title": chance.choice(TITLES),
                "author": chance.choice(FAMILIES),
                "year": chance.choice(["2003", "1999", "2014"]),
            }
            for i in range(chance.randint(0, 8))
        ],
        "is-referenced-by-count": chance.randint(0, 50),
        "license": [
            {"URL": "https://creativecommons.org/licenses/by/4.0/", "content-version": "vor"}
        ],
        "funder": [{"name": chance.choice(["Wellcome Trust", "NIH", "nih"])}],
    }
    return Record("crossref", "doi", f"10.1000/{number}", "found", "crossref-json", encode(message))


def _citing(chance: random.Random, number: int) -> Record:
    """Return who cites the made-up DOI, of a snapshot that is older than every build."""
    works = [
        CitingWork(f"10.1000/{chance.randint(1, 90)}", "A later work", "Li", 2020)
        for _ in range(chance.randint(0, 5))
    ]
    return citing_record(f"10.1000/{number}", works, "2025-01-01T00:00:00Z")


def _sequence(seed: int, folder: Path) -> int:
    """Edit and build; return how many references were found by their titles at the end."""
    chance = random.Random(seed)
    live = folder / "live"
    live.mkdir()
    settings = Settings(root=live, people={"W. Wang": "Wang, Wei"} if seed % 2 else {})
    sizes = [3, 12, 30] if seed < 24 and seed % 8 else [3, 40, 260]  # quick ones first
    parts = bibliography(chance, chance.choice(sizes))
    line_end = chance.choice(["\n", "\n", "\r\n"])

    def save() -> None:
        settings.bib.write_text(
            "".join(parts).replace("\n", line_end), encoding="utf-8", newline=""
        )

    with Records(settings.records) as records:
        records.put_many([_record(chance, number) for number in range(1, 30)])
    save()
    build(settings)
    ways = []
    for _ in range(4):
        if chance.random() < 0.15:
            with Records(settings.records) as records:
                records.put(_record(chance, chance.randint(1, 40)))
                records.put(_citing(chance, chance.randint(1, 40)))
        edit(chance, parts)
        save()
        ways.append(build(settings).way)
    check_whole(settings.database)
    changed = contents(settings.database)
    with closing(sqlite3.connect(settings.database)) as connection:
        found = connection.execute("SELECT count(*) FROM citations WHERE matched_by = 'title'")
        by_title = int(found.fetchone()[0])
    build(settings, full=True)
    whole = contents(settings.database)
    for table, rows in whole.items():
        assert changed[table] == rows, f"seed {seed}: {table} differs after {ways}"
    return by_title


@pytest.mark.parametrize("seed", range(times(25, 200)))
def test_changes_give_the_same_content_as_the_whole(seed: int, tmp_path: Path) -> None:
    """Every table, every facet, row by row, ids replaced by keys."""
    _sequence(seed, tmp_path)


def test_the_sequences_have_references_that_are_found_by_title(tmp_path: Path) -> None:
    assert _sequence(27, tmp_path) > 0
