"""Pairs of coauthors, counted beside the database."""

from array import array
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.store import coauthors
from library.store.columns import MOST, PART

Rows = list[tuple[int, int]]  # (work, person)


def counted(rows: Rows) -> list[tuple[int, int, int]]:
    packed = array("q", [number for row in rows for number in row]).tobytes()
    return list(coauthors.unpacked(coauthors.count_pairs(packed)))


def by_hand(rows: Rows) -> list[tuple[int, int, int]]:
    names = Counter(work for work, _ in rows)
    people: dict[int, set[int]] = {}
    for work, person in rows:
        if names[work] <= coauthors.LIMIT:
            people.setdefault(work, set()).add(person)
    pairs = Counter(pair for on in people.values() for pair in combinations(sorted(on), 2))
    return sorted((*pair, works) for pair, works in pairs.items() if works > 1)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 6)), max_size=60))
def test_pairs_are_counted_as_by_hand(rows: Rows) -> None:
    assert counted(rows) == by_hand(rows)


def test_pairs_are_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(work, work * step % 17 + 1) for work in range(40) for step in range(1, 7)]
    whole = counted(rows)
    assert whole == by_hand(rows) != []
    monkeypatch.setattr(coauthors, "_AT_ONCE", 50)
    assert counted(rows) == whole


def test_works_of_very_many_names_say_nothing() -> None:
    crowd = [(work, person) for work in (1, 2) for person in range(coauthors.LIMIT + 1)]
    assert counted([*crowd, (3, 1), (3, 2), (4, 1), (4, 2)]) == [(1, 2, 2)]


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 9)), max_size=60))
def test_who_is_on_each_work_stands_in_its_part(rows: Rows) -> None:
    packed = array("q", [number for row in rows for number in row]).tobytes()
    found: set[tuple[int, int]] = set()
    for part, known in enumerate(coauthors.author_columns(packed)):
        assert known is not None
        counts, people = array("H", known[0]), iter(array("i", known[1]))
        assert len(counts) == PART
        for place, count in enumerate(counts):
            found.update((part * PART + place, next(people)) for _ in range(count))
        assert next(people, None) is None
    assert found == set(rows)


def test_a_part_with_a_work_of_too_many_people_is_left_to_the_tables() -> None:
    rows = [(1, person) for person in range(MOST + 1)] + [(PART + 1, 7)]
    packed = array("q", [number for row in rows for number in row]).tobytes()
    first, second = coauthors.author_columns(packed)
    assert first is None
    assert second is not None
    assert array("i", second[1]).tolist() == [7]
