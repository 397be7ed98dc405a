"""docs/reference/formats.md: every format, made from the table that the commands use."""

from pathlib import Path
from typing import Final

from library.formats.table import FILE_FORMATS

PATH: Final = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"

_HEAD: Final = """\
# The formats

Made by `scripts/reference` from `library/formats/table.py`; do not edit.

`library import FILE…` finds the format of a file by what it holds, not by its name. `library export
--format NAME` writes it; so does every list and work of the site, at the ending given under
"address" (`/works.ris?q=trafficking`, `/w/KEY.rdf`). `--report` says what a format cannot hold of
the works that are exported. CSV and JSON are tables for spreadsheets and programs, and are only
written.

| name | format | in | out | address | file | for |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    rows = [
        f"| `{one.name}` | {one.label} | {'yes' if one.read else '–'} |"
        f" {'yes' if one.write else '–'} | {f'`.{one.address}`' if one.address else '–'} |"
        f" `.{one.ending}` | {one.use} |"
        for one in FILE_FORMATS
    ]
    rows += [
        "| `csv` | CSV | – | yes | `.csv` | `.csv` | spreadsheets |",
        "| `json` | JSON | – | yes | `.json` | `.json` | programs |",
    ]
    return _HEAD + "\n".join(rows) + "\n"
