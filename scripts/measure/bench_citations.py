"""One work's citation as the site makes it: the first time, and again.

`bench citations`: made-up works, each formatted for the first time in each of the styles that the
pages offer, then once more from memory.
"""

import time
from collections.abc import Sequence
from typing import Any

from library import citations
from library.formats import csl_json
from library.site.citing import STYLES
from measure.made_library import MadeLibrary
from measure.report import Failure, Row

_WORKS = 12
_MOST_COLD, _MOST_WARM = 100.0, 5.0


def run(paths: Sequence[object], failures: list[Failure]) -> list[Row]:
    """Measure every offered style; the first citation in a style is the coldest."""
    del paths, failures
    if not citations.available():
        return [Row("citations", None, note="the cite extra is not installed")]
    made = MadeLibrary(1000)
    items = [csl_json.item(made.work(number)) for number in range(_WORKS)]
    citations.cite(items[:1], "bmj")  # pandoc's file comes into memory
    rows = []
    for name, label in STYLES:
        cold, warm = (sorted(_milliseconds(item, name) for item in items) for _ in range(2))
        middle = cold[len(cold) // 2]
        rows += [
            Row(f"{label}, first time", round(middle, 1), "ms", _WORKS, f"≤ {_MOST_COLD:g}",
                middle <= _MOST_COLD, f"most {cold[-1]:.0f} ms"),
            Row(f"{label}, again", round(warm[-1], 2), "ms", _WORKS, f"≤ {_MOST_WARM:g}",
                warm[-1] <= _MOST_WARM),
        ]  # fmt: skip
    return rows


def _milliseconds(item: dict[str, Any], style: str) -> float:
    start = time.perf_counter()
    citations.cite([item], style)
    return (time.perf_counter() - start) * 1000
