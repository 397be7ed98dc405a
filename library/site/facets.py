"""Facets on Datasette's own page of the table `works`, over what a column cannot hold.

A work has many authors and many keywords. `?_facet_linked=author` counts them, `?_author=KEY` and
`?_keyword=KEY` filter by them; in metadata.yml a facet is written `linked: author`.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.filters import FilterArguments
from datasette.utils import path_with_added_args, path_with_removed_args
from datasette.utils.asgi import Request

from library.site import compat

TABLE: Final = "works"

# facet -> (link table, its column, table of the values, label column)
_LINKED: Final = {
    "author": ("contributions", "person_id", "people", "name"),
    "keyword": ("work_keywords", "keyword_id", "keywords", "label"),
}
_UNFILTERED: Final = re.compile(r"\bfrom\s+\[?works\]?\s*$", re.IGNORECASE)


class LinkedFacet(Facet):  # type: ignore[misc] # Datasette ships no types
    """Counts values that lie in a table of their own, joined to works by a third."""

    type = "linked"

    async def suggest(self) -> list[dict[str, Any]]:
        """Suggest nothing: metadata.yml names the facets that make sense."""
        return []

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the counted values of each facet asked for, and the names of those too slow."""
        if self.table != TABLE or self.database != compat.DATABASE:
            return [], []
        results, timed_out = [], []
        for asked in self.get_configs():
            name = asked["config"].get("column") or asked["config"].get("simple")
            if name not in _LINKED:
                continue
            try:
                results.append(await self._counted(name, hideable=asked["source"] != "metadata"))
            except QueryInterrupted:
                timed_out.append(name)
        return results, timed_out

    async def _counted(self, name: str, *, hideable: bool) -> dict[str, Any]:
        size = self.get_facet_size()
        rows = await self.ds.execute(
            self.database,
            _statement(name, self.sql, size + 1),
            self.params,
            truncate=False,
            custom_time_limit=self.ds.setting("facet_time_limit_ms"),
        )
        chosen = set(self.request.args.getlist(f"_{name}"))
        return {
            "name": name,
            "type": self.type,
            "hideable": hideable,
            "toggle_url": self.ds.urls.path(
                path_with_removed_args(self.request, {f"_facet_{self.type}": name})
            ),
            "results": [self._value(name, row, chosen) for row in rows.rows[:size]],
            "truncated": len(rows.rows) > size,
        }

    def _value(self, name: str, row: Any, chosen: set[str]) -> dict[str, Any]:  # noqa: ANN401 - a row of sqlite3
        selected = row["value"] in chosen
        change: Callable[..., str] = path_with_removed_args if selected else path_with_added_args
        path = change(self.request, {f"_{name}": row["value"]})
        return {
            "value": row["value"],
            "label": row["label"],
            "count": row["n"],
            "toggle_url": self.ds.absolute_url(self.request, self.ds.urls.path(path)),
            "selected": selected,
        }


def _statement(name: str, sql: str, size: int) -> str:
    """Return the SQL that counts a facet's values over the works that `sql` selects."""
    links, column, values, label = _LINKED[name]
    if _UNFILTERED.search(sql):
        # The counts over the whole library are kept.
        return (
            f"select key as value, {label} as label, works as n from {values} "  # noqa: S608 - names from the table above
            f"where works > 0 order by works desc, label limit {size}"
        )
    return (
        f"select {values}.key as value, {values}.{label} as label, counted.n as n from ("  # noqa: S608 - as above, around Datasette's own statement
        f"select {column} as linked, count(distinct work_id) as n from {links} "
        f"where work_id in (select id from ({sql})) group by {column} order by n desc limit {size}"
        f") as counted join {values} on {values}.id = counted.linked order by n desc, label"
    )


def filters(request: Request, database: str, table: str) -> FilterArguments | None:
    """Return the conditions behind `?_author=` and `?_keyword=` on the table works."""
    if database != compat.DATABASE or table != TABLE:
        return None
    clauses: list[str] = []
    params: dict[str, str] = {}
    told: list[str] = []
    for name, (links, column, values, _) in _LINKED.items():
        for value in request.args.getlist(f"_{name}"):
            param = f"linked_{len(params)}"
            clauses.append(
                f"id in (select work_id from {links} where {column} in "  # noqa: S608 - names from the table above
                f"(select id from {values} where key = :{param}))"
            )
            params[param] = value
            told.append(f'{name} is "{value}"')
    return FilterArguments(clauses, params, told)
