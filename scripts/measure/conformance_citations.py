"""Formatted citations beside the CSL test suite and beside what citeproc-js makes of real works.

`scripts/conformance citations` runs the suite's bibliography cases. With ITEMS.json (a list of
CSL-JSON items) and REFERENCE-FOLDER (STYLE.json: {"solo": {id: text or HTML}}) it compares these
works instead, style by style.
"""

import html
import json
import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from library import citations
from library.citations import engine
from library.citations.errors import CitationError
from measure.report import Failure, Row

LEAST_CASES: Final = 184
LEAST_AGREEMENT: Final = 93.0
_TAG: Final = re.compile(r"<[^>]*>")
_DASHES: Final = re.compile("[‐‑‒–—―−]")
_NUMBER: Final = re.compile(r"^(?:\[\d+\]|\(\d+\)|\d+\.)\s*")
_SECTION: Final = re.compile(r">>=+ ([A-Z0-9-]+) =+>>\n(.*?)\n?<<=+ \1 =+<<", re.DOTALL)
_LOCALE: Final = re.compile(r'<style[^>]*\bdefault-locale="([^"]+)"')


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Compare; see the module."""
    if not citations.available():
        return [Row("citations", None, note="the cite extra is not installed")]
    folders = [path for path in paths if path.is_dir()]
    items = [path for path in paths if path.is_file()]
    if items and folders:
        return list(_agreement(items[0], folders[0], failures))
    corpora = os.environ.get("LIBRARY_CORPORA")
    suite = folders[0] if folders else Path(corpora, "csl", "test-suite") if corpora else None
    if suite is None or not suite.is_dir():
        return [Row("CSL test suite, bibliography cases", None, note="the corpus is absent")]
    return [_suite(suite, failures)]


def _suite(folder: Path, failures: list[Failure]) -> Row:
    cases = [
        (path.stem, sections)
        for path in sorted(folder.rglob("*.txt"))
        if "RESULT" in (sections := _sections(path))
        and sections.get("MODE", "").strip() == "bibliography"
        and path.parent.name not in {"experiments", "off-spec"}
    ]
    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(_formatted, (sections for _, sections in cases)))
    good = 0
    for (name, sections), text in zip(cases, got, strict=True):
        expected = _bare(sections["RESULT"])
        if "".join(expected.split()) == "".join(_bare(text).split()):
            good += 1
        else:
            detail = f"expected {' '.join(expected.split())!r}, got {_bare(text)!r}"
            failures.append(Failure("CSL test suite", name, detail))
    return Row(
        "CSL test suite, bibliography cases",
        good,
        "cases",
        len(cases),
        f"≥ {LEAST_CASES}",
        good >= LEAST_CASES,
        "tags and white space ignored",
    )


def _sections(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return {match[1]: match[2] for match in _SECTION.finditer(text)}


def _formatted(sections: dict[str, str]) -> str:
    items: list[dict[str, Any]] = json.loads(sections["INPUT"])
    if "CITATIONS" in sections:
        cited = _cited(json.loads(sections["CITATIONS"]))
        items = [item for item in items if item["id"] in cited]
    locale = _LOCALE.search(sections["CSL"])
    style = citations.Style("case", "case", locale[1] if locale else None, sections["CSL"].encode())
    try:
        return "\n".join(entry for _, entry in engine.run(items, style, None, alone=False))
    except CitationError as error:
        return str(error)


def _cited(steps: list[Any]) -> set[str]:
    """Return the ids that are cited when all steps are done; a later step replaces a citation."""
    last = {
        step[0]["citationID"]: {one["id"] for one in step[0]["citationItems"]} for step in steps
    }
    return set().union(*last.values())


def _agreement(items: Path, folder: Path, failures: list[Failure]) -> Iterable[Row]:
    works = json.loads(items.read_text(encoding="utf-8"))
    shares = []
    for path in sorted(folder.glob("*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))["solo"]
        compared = [work for work in works if str(work["id"]) in expected]
        if not compared:
            continue
        got = citations.cite(compared, path.stem, "en-US", "text")
        good = 0
        for work, text in zip(compared, got, strict=True):
            wanted = _unified(expected[str(work["id"])])
            if wanted == _unified(text):
                good += 1
            else:
                detail = f"expected {wanted!r}, got {_unified(text)!r}"
                failures.append(Failure(path.stem, str(work["id"]), detail))
        shares.append(100 * good / len(compared))
        yield Row(f"{path.stem}: same as citeproc-js", shares[-1], "%", len(compared))
    if shares:
        mean = sum(shares) / len(shares)
        holds = mean >= LEAST_AGREEMENT
        note = "plain text; white space and dashes unified, numbers left out"
        yield Row("mean of the styles", mean, "%", len(shares), "≥ 93 %", holds, note)


def _bare(text: str) -> str:
    return html.unescape(_TAG.sub("", text))


def _unified(text: str) -> str:
    """Return text to compare; an entry's number depends on the list, not on the work."""
    return _NUMBER.sub("", " ".join(_DASHES.sub("-", _bare(text)).split()))
