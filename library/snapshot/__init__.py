"""All of Crossref on your own disks: built from its public data file, asked without a network.

    source      the files of a data file, wherever they lie, record by record
    columns     what of a record is looked for: the columns, the references, the title's words
    converting  one input file -> one unit: four Parquet files and its part of the manifest
    building    all units, on Dask; goes on where it was interrupted
    layout      where things stand in the folder, and the manifest
    verifying   whether everything stands there as the manifest says
    reading     records by DOI, candidates by title words
    questions   what the whole is asked, by DuckDB here or under Dask
    extracting  the part of a snapshot that one library needs, as a snapshot

Needs the extra `snapshot`; a module of this package is loaded only where a snapshot is asked for.
"""

from importlib.util import find_spec

from library.snapshot.errors import SnapshotExtraMissingError

for _package in ("dask", "distributed", "duckdb", "fsspec", "orjson", "pyarrow"):
    if find_spec(_package) is None:
        raise SnapshotExtraMissingError(_package)
