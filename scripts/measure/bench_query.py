"""How quickly a library answers: facets, ranked search, canned queries."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from library.store import arrays, canned, query
from library.store.query import Search
from library.store.schema import connect_reading
from measure.made_database import database
from measure.made_library import EVERYWHERE
from measure.report import Failure, Row
from measure.stock import StockDatasette

_FACETS: Final = ("type", "year", "venue", "author", "keyword")
_QUERIES: Final = Path(__file__).with_name("queries.txt")
_TARGETS: Final = {
    # size: facets over a filter, facets over a search, ranked search (ms)
    100_000: (30, 60, 20),
    1_000_000: (120, 250, 100),
}


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure on made-up libraries of LIBRARY_BENCH_SIZES works (10000,100000), or on `paths`."""
    sizes = [int(one) for one in os.environ.get("LIBRARY_BENCH_SIZES", "10000,100000").split(",")]
    rows: list[Row] = []
    for path in paths or [database(size) for size in sizes]:
        rows += _measure(path, failures)
    return rows


def _measure(path: Path, failures: list[Failure]) -> list[Row]:
    with closing(connect_reading(path)) as connection, StockDatasette(path) as stock:
        works = connection.execute("SELECT count(*) FROM works").fetchone()[0]
        by_filter, by_search, ranked = _TARGETS.get(works, (None, None, None))
        columns = arrays.load(connection)

        def facets(search: Search) -> None:
            columns.forget()  # no answer from what an earlier question left behind
            query.facets(connection, search, _FACETS)

        years = (2013, 2014, 2015, 2016)
        filters = [
            Search(filters=(("type", ("article-journal",)),), year_from=y, year_to=y + 9)
            for y in years
        ]
        rows = [
            _row(
                f"five facets, articles of ten years, {works:,} works",
                _times(lambda i: facets(filters[i % len(filters)]), 60),
                by_filter,
                stock.table("type=article-journal&year__gte=2013&year__lte=2022"),
                f"{_share(connection, filters[0], works)} of the works",
            ),
            _row(
                f"five facets, a search, {works:,} works",
                _times(lambda _: facets(Search(text=EVERYWHERE)), 40),
                by_search,
                stock.table(f"_search={EVERYWHERE}"),
                f"{_share(connection, Search(text=EVERYWHERE), works)} of the works",
            ),
        ]
        queries = _QUERIES.read_text(encoding="utf-8").splitlines()

        def search(index: int) -> None:
            columns.forget()
            query.find(connection, Search(text=queries[index % len(queries)]))

        times = _times(search, 2 * len(queries))
        slow = sorted(zip(times, queries * 2, strict=True), reverse=True)[:10]
        failures += [
            Failure("ranked search", text, f"{seconds * 1000:.1f} ms") for seconds, text in slow
        ]
        rows.append(
            _row(
                f"ranked search, 200 queries, {works:,} works",
                times,
                ranked,
                statistics.median(stock.table(f"_search={text}") for text in queries[::20]),
                "stock Datasette does not rank",
            )
        )
        unfiltered = _times(lambda _: query.facets(connection, Search(), _FACETS), 30)
        rows.append(_row(f"five facets, all works, {works:,} works", unfiltered, None, None, ""))
        for one in canned.QUERIES:
            parameters = canned.example(connection, one)
            taken = _times(
                lambda _, o=one, p=parameters: connection.execute(o.sql, p).fetchall(), 7
            )
            limit = 100 if works == 100_000 else None
            rows.append(_row(f"canned query {one.name}, {works:,} works", taken, limit, None, ""))
        return rows


def _times(ask: Callable[[int], None], count: int) -> list[float]:
    """Return the seconds of each call, after a warm-up of ten."""
    for index in range(10):
        ask(index)
    taken = []
    for index in range(count):
        started = time.perf_counter()
        ask(index)
        taken.append(time.perf_counter() - started)
    return taken


def _row(
    measure: str, times: list[float], limit: int | None, stock: float | None, note: str
) -> Row:
    p95 = sorted(times)[int(len(times) * 0.95)] * 1000
    notes = [f"p50 {statistics.median(times) * 1000:.1f} ms", note]
    if stock is not None:
        notes.append(f"stock Datasette {stock * 1000:.0f} ms, {stock * 1000 / p95:.0f}× as long")
    return Row(
        measure,
        p95,
        "ms p95",
        len(times),
        f"≤ {limit}" if limit else "",
        p95 <= limit if limit else None,
        "; ".join(part for part in notes if part),
    )


def _share(connection: object, search: Search, works: int) -> str:
    found = query.find(
        connection, Search(search.text, search.filters, search.year_from, search.year_to, "year")
    )  # type: ignore[arg-type] # a connection
    return f"{100 * found.total / works:.0f} %"
