"""What the whole of a snapshot is asked.

Who cites these works, what is cited with them, what of all that they cite was taken back.

Each question is one or two steps; a step is a statement over the units' files and one that brings
the answers together. Here DuckDB runs the first over all files at once; under Dask each worker runs
the same over its share. Both give the same rows in the same order (a test holds them together).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import distributed
import duckdb
import pyarrow as pa
from distributed.comm.core import CommClosedError

from library.snapshot import layout
from library.snapshot.converting import REFERENCES, WORKS
from library.snapshot.errors import SnapshotError
from library.snapshot.layout import Manifest, Unit

RETRACTIONS: Final = ("retraction", "withdrawal", "removal", "partial_retraction")
"""Crossref's types of notices that take a work back."""

_SHARE: Final = 20  # units in one task of a worker
_MEMORY: Final = "2GB"  # of DuckDB; beyond it goes to disk


@dataclass(frozen=True, slots=True)
class Step:
    """One statement over files, and one over what it gave.

    The first sees `wanted` (a column `doi`), `superseded` (`unit`, `doi`) and the placeholders
    {works} and {references}: the files' rows without superseded ones. It may be run on any share
    of the files, each unit in one share. The second sees `found`, the answers of all shares.
    """

    over_files: str
    together: str


@dataclass(frozen=True, slots=True)
class Citing:
    """A work that cites one of ours."""

    cited_doi: str
    citing_doi: str
    title: str | None
    family: str | None  # of its first author
    year: int | None
    container: str | None
    type: str | None  # Crossref's


@dataclass(frozen=True, slots=True)
class CitedTogether:
    """A work that is cited by the same works as one of ours."""

    doi: str  # ours
    other_doi: str
    times: int  # works that cite both


@dataclass(frozen=True, slots=True)
class Retracted:
    """A work that was taken back and that ours cite, or that is ours."""

    doi: str
    notice_doi: str
    type: str  # of the notice: "retraction", …
    citing: tuple[str, ...]  # works of ours that cite it, by DOI


Ask = Callable[[Step, Sequence[str]], pa.Table]
"""Runs one step for some DOIs; `here` and `under_dask` make one."""

_CITING: Final = Step(
    # The share's references first: few of its works cite one of ours, and only these are read.
    "WITH hits AS"
    " (SELECT r.cited, r.citing FROM {references} r SEMI JOIN wanted w ON r.cited = w.doi)"
    " SELECT h.cited, h.citing, w.title, w.family, w.year, w.container, w.type"
    " FROM {works} w JOIN hits h ON w.doi = h.citing",
    "SELECT DISTINCT * FROM found ORDER BY cited, year DESC NULLS LAST, citing",
)
_TOGETHER: Final = Step(
    "WITH hits AS"
    " (SELECT r.cited, r.citing FROM {references} r SEMI JOIN wanted w ON r.cited = w.doi)"
    " SELECT h.cited AS doi, r.cited AS other, count(*) AS times"
    " FROM {references} r JOIN hits h ON r.citing = h.citing WHERE r.cited <> h.cited"
    " GROUP BY ALL",
    "SELECT doi, other, sum(times)::BIGINT AS times FROM found"
    " GROUP BY ALL HAVING sum(times) > 1 ORDER BY times DESC, doi, other",
)
_CITED: Final = Step(
    "SELECT r.citing, r.cited FROM {references} r SEMI JOIN wanted w ON r.citing = w.doi",
    "SELECT DISTINCT citing, cited FROM found ORDER BY cited, citing",
)
_NOTICES: Final = Step(
    # Said from either side: by the notice ("update-to"), or by the work itself ("updated-by").
    "WITH each AS (SELECT doi, unnest(notices) AS notice FROM {works} WHERE notices IS NOT NULL),"
    " said AS (SELECT CASE WHEN notice.is_target THEN doi ELSE notice.doi END AS target,"
    " CASE WHEN notice.is_target THEN notice.doi ELSE doi END AS said_by, notice.type AS type"
    " FROM each)"
    " SELECT target, said_by, type FROM said SEMI JOIN wanted ON said.target = wanted.doi",
    "SELECT DISTINCT target, said_by, type FROM found ORDER BY target, said_by, type",
)


def citing(ask: Ask, dois: Iterable[str]) -> list[Citing]:
    """Return the works that cite one of `dois`, by cited DOI, the newest first."""
    return [Citing(*row) for row in _rows(ask(_CITING, sorted(set(dois))))]


def cited_together(ask: Ask, dois: Iterable[str], most: int = 100) -> list[CitedTogether]:
    """Return the pairs (one of `dois`, any work) that most works cite both of; at least two do."""
    table = ask(_TOGETHER, sorted(set(dois)))
    return [CitedTogether(*row) for row in _rows(table.slice(0, most))]


def cited(ask: Ask, dois: Iterable[str]) -> list[tuple[str, str]]:
    """Return (citing, cited) of the references of `dois` that have a DOI, by cited DOI."""
    return [(row[0], row[1]) for row in _rows(ask(_CITED, sorted(set(dois))))]


def notices(ask: Ask, dois: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return (work, notice's DOI, type) of the notices on `dois`, of every type."""
    return [(row[0], row[1], row[2]) for row in _rows(ask(_NOTICES, sorted(set(dois))))]


def retracted(ask: Ask, dois: Iterable[str]) -> list[Retracted]:
    """Return what was taken back among `dois` and all that they cite, by DOI."""
    ours = sorted(set(dois))
    citing_ones: dict[str, list[str]] = {doi: [] for doi in ours}
    for one, other in cited(ask, ours):
        citing_ones.setdefault(other, []).append(one)
    return [
        Retracted(doi, by, kind, tuple(sorted(citing_ones[doi])))
        for doi, by, kind in notices(ask, citing_ones)
        if kind.lower().replace("-", "_") in RETRACTIONS
    ]


def here(folder: Path, manifest: Manifest) -> Ask:
    """Return an `Ask` that runs on this machine, over all files at once."""
    units = [unit for unit in manifest.units if unit.works]

    def ask(step: Step, dois: Sequence[str]) -> pa.Table:
        return _together(step, [_over_files(step, *_share(folder, manifest, units), dois)])

    return ask


def under_dask(client: distributed.Client, folder: Path, manifest: Manifest) -> Ask:
    """Return an `Ask` that runs on a cluster whose workers all see `folder`."""
    units = [unit for unit in manifest.units if unit.works]
    shares = [
        _share(folder, manifest, units[start : start + _SHARE])
        for start in range(0, len(units), _SHARE)
    ]

    def ask(step: Step, dois: Sequence[str]) -> pa.Table:
        wanted = client.scatter(list(dois), broadcast=True, hash=False)
        futures = [
            client.submit(_over_files, step, files, old, wanted, pure=False)
            for files, old in shares
        ]
        try:
            return _together(step, client.gather(futures))
        except (distributed.KilledWorker, CommClosedError) as error:
            raise SnapshotError(
                f"The cluster gave no answer ({error}). Nothing was changed; ask again."
            ) from error

    return ask


def _share(
    folder: Path, manifest: Manifest, units: Sequence[Unit]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return (the files of units by kind, the superseded DOIs by the works file they are in)."""
    files = {
        kind: [str(layout.file(folder, kind, unit.name)) for unit in units]
        for kind in ("works", "references")
    }
    old = {
        unit.name: list(manifest.superseded[unit.name])
        for unit in units
        if unit.name in manifest.superseded
    }
    return files, old


def _over_files(
    step: Step,
    files: Mapping[str, Sequence[str]],
    old: Mapping[str, Sequence[str]],
    dois: Sequence[str],
) -> pa.Table:
    """Run the first statement of a step over some units' files."""
    tables = {}
    sources = {}
    for kind, doi, schema in (("works", "doi", WORKS), ("references", "citing", REFERENCES)):
        if not files[kind]:
            sources[kind] = f"no_{kind}"
            tables[sources[kind]] = schema.empty_table()
            continue
        listed = ", ".join(_quoted(path) for path in files[kind])
        source = f"read_parquet([{listed}], filename = true)"
        if old:
            source = (
                f"(SELECT * FROM {source} f"  # noqa: S608 - paths are quoted, names are ours
                " ANTI JOIN superseded s"
                f" ON s.doi = f.{doi} AND s.unit = parse_filename(f.filename, true))"
            )
        sources[kind] = source
    gone = [(unit, doi) for unit, listed_dois in old.items() for doi in listed_dois]
    tables |= {
        "wanted": pa.table({"doi": pa.array(dois, pa.string())}),
        "superseded": pa.table(
            {
                "unit": pa.array([unit for unit, _ in gone], pa.string()),
                "doi": pa.array([doi for _, doi in gone], pa.string()),
            }
        ),
    }
    return _run(step.over_files.format(**sources), tables)


def _together(step: Step, found: Sequence[pa.Table]) -> pa.Table:
    return _run(step.together, {"found": pa.concat_tables(found)})


def _run(statement: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    try:
        with duckdb.connect() as connection:
            connection.execute(f"SET memory_limit = '{_MEMORY}'")
            for name, table in tables.items():
                connection.register(name, table)
            return connection.sql(statement).to_arrow_table()
    except duckdb.Error as error:
        raise SnapshotError(
            f"The snapshot could not be asked ({error}). `library snapshot verify` says whether "
            "its files are whole; nothing was changed."
        ) from error


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
