"""Who wrote several works together, counted over a whole library.

Needs no database but the list of who is on which work, so that another process may count.
"""

import marshal
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from library.store.columns import MOST, PART, PART_BITS

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

LIMIT: Final = 100
"""Works with more names than this are left out: their pairs say nothing."""

_AT_ONCE: Final = 4_000_000  # pairs that are counted at once: some 100 MB
_HALF: Final = 32  # bits: ids of works and people fit into one number side by side
_LOW: Final = (1 << _HALF) - 1


def derive(packed: bytes) -> bytes:
    """Return what follows from who is on which work, by `marshal`: pairs, columns of authors.

    One task for both: one who sends another while the answer of the first waits may wait for ever.
    """
    return marshal.dumps((count_pairs(packed), author_columns(packed)))


def count_pairs(packed: bytes) -> bytes:
    """Return the pairs of people who share more than one work.

    Args:
        packed: int64, one after the other: the id of a work and of a person on it, a pair for
            each name.

    Returns:
        int64, one after the other: the lower id, the higher id, how many works they share; in the
        order of the ids.
    """
    import numpy as np  # noqa: PLC0415 - a small build does without the tenth of a second it takes

    rows = np.frombuffer(packed, np.int64).reshape(-1, 2)
    works, names = np.unique(rows[:, 0], return_counts=True)
    kept = np.isin(rows[:, 0], works[names <= LIMIT])
    on = _once(rows[kept])
    _, starts, sizes = np.unique(on >> _HALF, return_index=True, return_counts=True)
    people = on & _LOW
    parts = 1 + int((sizes * (sizes - 1) // 2).sum()) // _AT_ONCE
    found = [_shared(people, starts, sizes, part, parts) for part in range(parts)]
    whole = np.concatenate(found)
    return bytes(whole[np.lexsort((whole[:, 1], whole[:, 0]))].tobytes())


def author_columns(packed: bytes) -> list[tuple[bytes, bytes] | None]:
    """Return the column `author` of `columns` for all works.

    Args:
        packed: as `count_pairs` takes it.

    Returns:
        for each part of the works (how many people each has, all their ids), as bytes;
        None for a part in which a work has more than a column can hold.
    """
    import numpy as np  # noqa: PLC0415 - as above

    on = _once(np.frombuffer(packed, np.int64).reshape(-1, 2))
    works, people = on >> _HALF, (on & _LOW).astype(np.int32)
    found: list[tuple[bytes, bytes] | None] = []
    last = int(works[-1]) >> PART_BITS if len(works) else -1
    for first in range(0, (last + 1) << PART_BITS, PART):
        start, end = np.searchsorted(works, (first, first + PART))
        counts = np.bincount(works[start:end] - first, minlength=PART)
        is_held = counts.max() <= MOST
        values = people[start:end].tobytes()
        found.append((counts.astype(np.uint16).tobytes(), values) if is_held else None)
    return found


def _once(rows: "Numbers") -> "Numbers":
    """Return each person once a work, by work and then by person: one number for both."""
    import numpy as np  # noqa: PLC0415 - as above

    return np.unique(rows[:, 0] << _HALF | rows[:, 1])


def _shared(
    people: "Numbers", starts: "Numbers", sizes: "Numbers", part: int, parts: int
) -> "Numbers":
    """Return (lower, higher, works) of the pairs whose lower id falls into this part."""
    import numpy as np  # noqa: PLC0415 - as above

    pairs = []
    for size in np.unique(sizes[sizes > 1]):
        first, second = np.triu_indices(size, 1)
        groups = people[starts[sizes == size][:, None] + np.arange(size)]
        lower, higher = groups[:, first].ravel(), groups[:, second].ravel()
        if parts > 1:
            chosen = lower % parts == part
            lower, higher = lower[chosen], higher[chosen]
        pairs.append(lower << _HALF | higher)
    found, works = np.unique(
        np.concatenate(pairs) if pairs else np.empty(0, np.int64), return_counts=True
    )
    several = works > 1
    return np.stack(
        (found[several] >> _HALF, found[several] & _LOW, works[several].astype(np.int64)), axis=1
    )


def unpacked(packed: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield what `count_pairs` returned, a row of the table coauthors each."""
    numbers = array("q", packed)
    return zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
