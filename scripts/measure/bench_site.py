"""How quick the site is: pages, weight, exports, many visitors; against stock Datasette's table.

The works are made up, with a fixed chance: as many words, names, venues and keywords as a medical
library has. SIZES (100000, or for instance 100000,1000000 from the environment variable
LIBRARY_BENCH_SIZES) says how many. A library.db given as PATH is measured instead.
"""

import asyncio
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil

from library.site.rendering import STATIC
from library.store.load import fill
from library.store.rows import Origin, WorkRows, work_rows
from library.values.dates import Date
from library.values.names import Name
from library.work import Contributor, Work
from measure.report import Failure, Row

WORDS = (
    *("trafficking", "health", "care", "victims", "screening", "emergency", "physicians", "trauma"),
    *("survivors", "children", "adolescents", "labour", "exploitation", "policy", "nurses", "risk"),
    *("training", "assessment", "community", "intervention", "prevention", "outcomes", "cohort"),
    *("randomised", "qualitative", "review", "mental", "physical", "sexual", "clinical", "public"),
    *("identification", "referral", "reporting", "violence", "migrants", "evidence", "hospital"),
    *("primary", "education", "curriculum", "students", "knowledge", "attitudes", "protocol"),
    *("guideline", "services", "needs"),
)
TYPES = ("article-journal",) * 14 + (
    "chapter",
    "chapter",
    "book",
    "report",
    "paper-conference",
    "thesis",
)
SEARCHES = (
    *("q=screening&type=article-journal", "topic=trauma&year_from=2005&year_to=2015", "type=book"),
    *("q=cohort+nurses", "venue=journal+of+trauma+7&type=article-journal", "sort=cited", "page=7"),
    *("year_from=2012", "q=policy&sort=year", "topic=risk&topic=needs", "q=guideline+hospital"),
    *(
        "audience=nurses",
        "type=report&type=thesis",
        "q=evidence&open_access=1",
        "sort=title",
        "sort=added",
    ),
)


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure the site over made-up libraries, or over the databases given."""
    del failures
    rows: list[Row] = []
    if paths:
        for path in paths:
            rows += _measure(path.resolve().parent, path.stem)
        return rows
    sizes = [int(size) for size in os.environ.get("LIBRARY_BENCH_SIZES", "100000").split(",")]
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="library-bench-") as folder:
            root = Path(folder)
            _make(root, size)
            rows += _measure(root, f"{size:,}", size)
    return rows


def _make(root: Path, size: int) -> None:
    (root / "metadata.yml").write_text(
        "title: Made-up works\ndatabases:\n  library:\n    tables:\n      works:\n"
        "        facets: [type, year, venue]\n        fts_table: works_fts\n        fts_pk: id\n"
    )
    (root / "references.bib").write_text("")
    fill(root / "library.db", _rows(size))


def _rows(size: int) -> Iterator[WorkRows]:
    chance = random.Random(7)
    families = [
        f"{a}{b}"
        for a in ("Al", "Be", "Co", "Da", "El", "Fa", "Go", "Ha", "Ib", "Jo")
        for b in WORDS
    ]
    # As in real abstracts a few words are in most works, and most words in few.
    rare = [
        f"{a}{b}{c}" for a in WORDS[:20] for b in ("al", "or", "is", "um") for c in WORDS[20:50]
    ]
    weights = [1 / (rank + 8) for rank in range(len(rare))]
    for number in range(size):
        words = chance.choices(WORDS, k=chance.randint(6, 14))
        kind = chance.choice(TYPES)
        names = tuple(
            Contributor(
                Name(
                    family=chance.choice(families).capitalize(),
                    given=f"{chance.choice('ABCDEFGHIJKLMNOPRSTW')}.",
                )
            )
            for _ in range(chance.choice((1, 2, 3, 3, 4, 5, 6, 8)))
        )
        work = Work(
            citation_key=f"{names[0].name.family}{number}",
            type=kind,
            title=" ".join(words).capitalize(),
            contributors=names,
            issued=Date(
                start=(min(2026, int(1960 + 66 * chance.random() ** 0.4)), chance.randint(1, 12))
            ),
            container_title=f"Journal of {chance.choice(WORDS)} {chance.randint(1, 40)}",
            volume=str(chance.randint(1, 90)),
            page=f"{number % 900}-{number % 900 + 9}",
            doi=f"10.5555/made.{number}",
            abstract=" ".join(chance.choices(rare, weights, k=80) + chance.choices(WORDS, k=8))
            + "."
            if number % 3
            else None,
            keywords=(
                *(f"topic:{word}" for word in sorted(set(chance.choices(WORDS, k=3)))),
                f"audience:{chance.choice(('nurses', 'physicians', 'students', 'managers'))}",
            ),
        )
        text = (
            f"@article{{{work.citation_key},\n"
            f"  author = {{{' and '.join(one.name.inverted() for one in names)}}},\n"
            f"  title = {{{work.title}}},\n  journal = {{{work.container_title}}},\n"
            f"  abstract = {{{work.abstract or ''}}},\n}}\n"
        )
        yield work_rows(work, origin=Origin(bibtex=text))


@contextmanager
def _served(root: Path, *stock: str) -> Iterator[tuple[int, psutil.Process]]:
    """Run the site, or with `stock` bare Datasette with these arguments, on a free port."""
    code = (
        "import asyncio, sys; from pathlib import Path; from library import settings; "
        "from library.cli import serve; "
        "s = serve._listen('127.0.0.1', 0); "
        "config = settings.load(Path(sys.argv[1])); "
        "asyncio.run(serve._serve(config, s, open_browser=False, sign_in=False))"
    )
    if stock:
        command = [sys.executable, "-m", "datasette", "serve", "--port", "0", *stock]
        stream = "stderr"
    else:
        command = [sys.executable, "-c", code, str(root)]
        stream = "stdout"
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        port = 0
        for line in getattr(process, stream):
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                port = int(found[1])
                break
        if not port:
            raise RuntimeError(f"the server did not start: {process.communicate()[1][-500:]}")
        # What it says from now on is read away, so that it never waits for a reader.
        for pipe in (process.stdout, process.stderr):
            threading.Thread(target=lambda pipe=pipe: [None for _ in pipe], daemon=True).start()
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _get(connection: HTTPConnection, path: str) -> tuple[int, float, bytes]:
    connection.close()  # one left over from before may have been closed at the other end
    connection.connect()
    start = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, (time.perf_counter() - start) * 1000, body


def _times(port: int, addresses: Sequence[str], clients: int = 1) -> list[float]:
    """Return the milliseconds of each address, asked by so many clients at once."""
    taken: list[float] = []
    todo = iter(addresses)
    lock = threading.Lock()

    def client() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                path = next(todo, None)
            if path is None:
                return
            status, milliseconds, _ = _get(connection, path)
            if status != 200:
                raise RuntimeError(f"{path} was answered with {status}")
            with lock:
                taken.append(milliseconds)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def _fresh(count: int) -> list[str]:
    """Return addresses that differ from one another, so that no page is kept from before."""
    years = itertools.cycle(range(1961, 2000))
    made = []
    for number in range(count):
        search = SEARCHES[number % len(SEARCHES)]
        if "year_from" not in search:
            search += f"&year_from={next(years)}"
        made.append(f"/works?{search}&list=x{number}")
    return made


def _measure(root: Path, label: str, size: int | None = None) -> list[Row]:
    table = _Table(label)
    is_huge = (size or 0) > 300_000
    with _served(root) as (port, process):
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        _get(connection, "/works")
        works = _p95(_times(port, _fresh(120)))
        table.add("works page, new address, p95", works, "ms", 120, most=150 if is_huge else 60)
        eight = _p95(_times(port, _fresh(120)[::-1], clients=8))
        table.add("the same, eight clients, p95", eight, "ms", 120)
        kept = _p95(_times(port, ["/works?q=screening"] * 60))
        table.add("works page, seen before, p95", kept, "ms", 60)
        keys = _keys(connection)
        one = _p95(_times(port, [f"/w/{key}" for key in keys]))
        table.add("work page p95", one, "ms", len(keys), most=25)
        table.add("works page with style and script", _weight(connection), "kB", 1, most=120)
        _exports(port, process, table)
        if not is_huge:
            _many(port, table)
    stock = _stock(root)
    table.add("stock Datasette's table page, three facets, p95", stock, "ms", 12)
    table.add("our works page is quicker than that by", stock / works, "×", None, least=3)
    return table.rows


class _Table:
    """Rows about one library."""

    def __init__(self, label: str) -> None:
        self.rows: list[Row] = []
        self._label = label

    def add(
        self,
        measure: str,
        value: float,
        unit: str,
        n: int | None,
        *,
        most: float | None = None,
        least: float | None = None,
        note: str = "",
    ) -> None:
        """Add a row; `most` and `least` are its targets."""
        target, holds = "", None
        if most is not None:
            target, holds = f"≤ {most:,}", value <= most
        elif least is not None:
            target, holds = f"≥ {least:,}", value >= least
        name = f"{measure} ({self._label} works)"
        self.rows.append(Row(name, round(value, 1), unit, n, target, holds, note))


def _keys(connection: HTTPConnection) -> list[str]:
    body = b""
    for page in range(1, 5):
        body += _get(connection, f"/works?sort=title&page={page * 9}")[2]
    return re.findall(r'work-title" dir="auto"><a href="/w/([^"]+)"', body.decode())[:100]


def _weight(connection: HTTPConnection) -> float:
    page = len(_get(connection, "/works?q=screening+health&type=article-journal")[2])
    assets = sum((STATIC / name).stat().st_size for name in ("library.css", "library.js"))
    return (page + assets) / 1000


def _exports(port: int, process: psutil.Process, table: _Table) -> None:
    for name, mark, target in (
        ("bib", b"@article{", 40_000),
        ("ris", b"\nER  -", 15_000),
        ("csljson", b'"id":', 15_000),
    ):
        before = process.memory_info().rss
        most, count, tail = before, 0, b""
        connection = HTTPConnection("127.0.0.1", port, timeout=600)
        start = time.perf_counter()
        connection.request("GET", f"/works.{name}")
        answer = connection.getresponse()
        while piece := answer.read(1 << 18):
            count += (tail + piece).count(mark) - tail.count(mark)
            tail = piece[-32:]
            most = max(most, process.memory_info().rss)
        seconds = time.perf_counter() - start
        table.add(f"export .{name}", count / seconds, "works/s", count, least=target)
        table.add(f"export .{name}, memory growth", (most - before) / 1e6, "MB", 1, most=50)


def _many(
    port: int, table: _Table, visitors: int = 200, seconds: float = 60, pause: float = 10
) -> None:
    """Let many visitors each ask for one of 50 addresses every `pause` seconds."""
    addresses = _fresh(50)

    async def visit(number: int, taken: list[float], wrong: list[int]) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.random() * pause)
        end = time.monotonic() + seconds - pause
        while time.monotonic() < end:
            start = time.perf_counter()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = chance.choice(addresses)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            body = await reader.read(-1)
            writer.close()
            taken.append((time.perf_counter() - start) * 1000)
            if not body.startswith(b"HTTP/1.1 200"):
                wrong.append(int(body[9:12] or 0))
            await asyncio.sleep(pause)

    async def all_visits() -> tuple[list[float], list[int]]:
        taken: list[float] = []
        wrong: list[int] = []
        await asyncio.gather(*(visit(number, taken, wrong) for number in range(visitors)))
        return taken, wrong

    taken, wrong = asyncio.run(all_visits())
    p99 = statistics.quantiles(taken, n=100)[98]
    told = f"answers other than 200: {len(wrong)}"
    table.add("200 visitors, one page each 10 s, p99", p99, "ms", len(taken), most=1000, note=told)
    table.add("wrong answers to them", len(wrong), "", len(taken), most=0)
    table.add("the most it serves, pages seen before", _most(port), "pages/s", 400)


def _most(port: int) -> float:
    addresses = _fresh(50) * 8
    start = time.perf_counter()
    _times(port, addresses, clients=8)
    return len(addresses) / (time.perf_counter() - start)


def _stock(root: Path) -> float:
    """Return the p95 of stock Datasette's table page with facets on type, year and venue."""
    arguments = (str(root / "library.db"), "--plugins-dir", str(root))
    code = root / "without_the_site.py"
    code.write_text(
        "from datasette.plugins import pm\n"
        "for plugin in list(pm.get_plugins()):\n"
        "    if plugin.__name__ == 'library.site.hooks':\n"
        "        pm.unregister(plugin)\n"
    )
    query = "_facet=type&_facet=year&_facet=venue"
    with _served(root, *arguments) as (port, _):
        return _p95(_times(port, [f"/library/works?{query}&_x={n}" for n in range(12)]))
