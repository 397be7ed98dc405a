"""What every measuring script prints: rows of one table, as Markdown or JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measure. `holds` is None where there is no target, or where it could not be measured."""

    measure: str
    value: float | int | str | None
    unit: str = ""
    n: int | None = None  # how many cases, runs or files the value stands on
    target: str = ""  # for people: "≥ 99.9 %"
    holds: bool | None = None
    note: str = ""  # why it is missing, what it is a ratio to, …


@dataclass(frozen=True, slots=True)
class Failure:
    """One case that did not come out as it should: what, where, expected and got."""

    measure: str
    case: str
    detail: str = ""


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| measure | value | unit | n | target | holds | note |",
        "|---|---:|---|---:|---|---|---|",
    ]
    for row in rows:
        holds = {True: "yes", False: "**no**", None: "–"}[row.holds]
        value = "–" if row.value is None else _shown(row.value)
        cells = [row.measure, value, row.unit, row.n, row.target, holds, row.note]
        shown = ("" if cell is None else str(cell).replace("|", "\\|") for cell in cells)
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines)


def as_json(rows: Iterable[Row]) -> str:
    """Return the rows as a JSON list of objects."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)


def exit_code(rows: Iterable[Row]) -> int:
    """Return 0 when every row that has a target holds, else 1."""
    return int(any(row.holds is False for row in rows))


def _shown(value: float | str) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else value
