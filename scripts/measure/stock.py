"""Stock Datasette on the same database: its default settings, without our plugin."""

import asyncio
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from datasette.app import Datasette
from datasette.database import Database

_NAME: Final = "stock"
_RUNS: Final = 3
_FACETS: Final = "_facet=type&_facet=year&_facet=venue_id"  # author and keyword: it has none


class StockDatasette:
    """Answers for the page of the table works, timed in process."""

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.new_event_loop()
        search = {"fts_table": "works_fts", "fts_pk": "id"}
        self._app = Datasette(metadata={"databases": {_NAME: {"tables": {"works": search}}}})
        # Under a name of its own: our plugin acts on the database `library` alone.
        self._app.add_database(Database(self._app, path=str(path), is_mutable=True), name=_NAME)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.close()

    def table(self, arguments: str) -> float:
        """Return the median seconds of the JSON of one table page with its facets."""
        address = f"/{_NAME}/works.json?{_FACETS}&{quote(arguments, safe='=&_')}"
        taken = []
        for _ in range(_RUNS):
            started = time.perf_counter()
            self._loop.run_until_complete(self._app.client.get(address))
            taken.append(time.perf_counter() - started)
        return sorted(taken)[_RUNS // 2]
