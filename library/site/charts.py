"""Works by year as a small bar chart: where each bar stands, and the same in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
"""Years that one bar may stand for."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; x, y, width and height in the chart's own units, y from the top."""

    label: str
    count: int
    href: str
    x: float
    y: float
    width: float
    height: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart of works by year."""

    width: int
    height: int
    step: float  # from the left edge of one bar to that of the next
    first: int
    last: int
    bars: tuple[Bar, ...]
    ends: tuple[str, str]  # the years under the first bar and the last
    summary: str  # for those who do not see it


def by_year(
    counts: Sequence[tuple[int, int]],
    href: Callable[[int, int], str],
    *,
    width: int = 264,
    height: int = 56,
    most_bars: int = 48,
    chosen: tuple[int | None, int | None] = (None, None),
) -> Chart | None:
    """Return the chart of (year, works) pairs in order of years, or None where there are too few.

    Args:
        counts: years with at least one work, ascending.
        href: the address of the works from one year to another.
        width: of the drawing.
        height: of the tallest bar.
        most_bars: more years than these are put together.
        chosen: the years that are chosen already, None for an open end.
    """
    counts = [(year, count) for year, count in counts if count > 0]
    if len(counts) < 2:  # noqa: PLR2004 - one bar says nothing
        return None
    first, last = counts[0][0], counts[-1][0]
    span = next((step for step in STEPS if (last - first) // step < most_bars), STEPS[-1])
    start = first - first % span
    bins = (last - start) // span + 1
    totals = [0] * bins
    for year, count in counts:
        totals[(year - start) // span] += count
    step = width / bins
    most = max(totals)
    gap = min(2.0, step * 0.2)
    bars = []
    for place, count in enumerate(totals):
        if not count:
            continue
        from_year, to_year = start + place * span, start + (place + 1) * span - 1
        tall = max(2.0, height * count / most)
        bars.append(
            Bar(
                label=str(from_year) if span == 1 else f"{from_year}–{to_year}",
                count=count,
                href=href(from_year, to_year),
                x=round(place * step, 2),
                y=round(height - tall, 2),
                width=round(min(step - gap, 48), 2),
                height=round(tall, 2),
                chosen=_chosen(chosen, from_year, to_year),
            )
        )
    return Chart(
        width=width,
        height=height,
        step=round(step, 2),
        first=first,
        last=last,
        bars=tuple(bars),
        ends=(str(start if span > 1 else first), str(last)),
        summary=_summary(counts, first, last),
    )


def _chosen(chosen: tuple[int | None, int | None], from_year: int, to_year: int) -> bool:
    low, high = chosen
    if low is None and high is None:
        return False
    return (low is None or to_year >= low) and (high is None or from_year <= high)


def _summary(counts: Sequence[tuple[int, int]], first: int, last: int) -> str:
    peak, most = max(counts, key=lambda pair: (pair[1], pair[0]))
    works = sum(count for _, count in counts)
    return (
        f"{works:,} works with a known year, from {first} to {last}; the most in {peak}: {most:,}."
    )
