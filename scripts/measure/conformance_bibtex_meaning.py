"""What a .bib file means: equal to what pandoc, Zotero, biber make of it; clean; and kept.

`conformance bibtex_meaning [PATH…]`: .bib files or folders. Without paths: the corpora `bib/` and
`crossref/` under LIBRARY_CORPORA. Cases with an expected result are found by the names of the
files that stand beside them.
"""

import csv
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from library.formats import crossref_json
from library.formats.bibtex.read import read
from library.formats.bibtex.write import entry_text
from library.values.identifiers import normalise_isbn
from library.work import Work
from measure import bibtex_names, bibtex_pandoc, bibtex_zotero
from measure.bibtex_pandoc import Compared
from measure.conformance_crossref import _records
from measure.report import Failure, Row

EXCEPTIONS = Path(__file__).parents[2] / "docs" / "conformance" / "bibtex-exceptions.tsv"
_MATH = re.compile(r"\$[^$]*\\[A-Za-z{}][^$]*\$")
_TEX = re.compile(r"[\\{}$]")
_CSL_TAG = re.compile(r"<[^<>]*>")


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure the files in `paths`, or the whole corpora where none is given."""
    corpora = os.environ.get("LIBRARY_CORPORA")
    roots = list(paths) or ([Path(corpora) / "bib"] if corpora else [])
    if not roots:
        return [Row("fields equal to pandoc's", None, note="LIBRARY_CORPORA is not set")]
    folders = [root for root in roots if root.is_dir()]
    rows = [
        *_judged(
            "fields equal to pandoc's, titles in sentence case as pandoc puts them",
            [c for folder in folders for c in bibtex_pandoc.compared(folder, sentence_case=True)],
            "pandoc", (90, 97), failures,
        ),
        *_judged(
            "fields equal to Zotero's",
            [c for folder in folders for c in bibtex_zotero.compared(folder)],
            "zotero", (85, 97), failures,
        ),
        *_judged(
            "names split as biber and bibtexparser split them",
            [c for folder in folders for c in bibtex_names.compared(folder)],
            "names", (99, 99), failures,
        ),
    ]  # fmt: skip
    asis = [c for folder in folders for c in bibtex_pandoc.compared(folder)]
    if asis:
        share = 100 * sum(c.is_equal for c in asis) / len(asis)
        note = "pandoc puts English titles into sentence case; works keep the file's"
        rows.append(
            Row("fields equal to pandoc's, titles as written", share, "%", len(asis), note=note)
        )
    works = list(_works(roots, failures))
    rows += [_row_clean(works, failures), _row_kept("bib", works, failures)]
    if corpora and not paths:
        rows.append(_row_kept("crossref", list(_crossref(Path(corpora))), failures))
    return rows


# --- Compared with others -------------------------------------------------------------------------


def _judged(
    measure: str,
    cases: list[Compared],
    table: str,
    targets: tuple[int, int],
    failures: list[Failure],
) -> list[Row]:
    """Return the raw share of equal fields, and the share once stated exceptions are taken out."""
    if not cases:
        return [Row(measure, None, note="no cases with expected results here")]
    different = [case for case in cases if not case.is_equal]
    open_ones = [case for case in different if not _excepted(table, case)]
    failures.extend(
        Failure(
            measure, f"{case.case} {case.field}", f"expected {case.expected!r}, got {case.got!r}"
        )
        for case in open_ones
    )
    count = len(cases)
    raw = 100 * (count - len(different)) / count
    judged = 100 * (count - len(open_ones)) / count
    return [
        Row(f"{measure}, raw", raw, "%", count, f"≥ {targets[0]} %", raw >= targets[0]),
        Row(
            f"{measure}, judged", judged, "%", count, f"≥ {targets[1]} %", judged >= targets[1],
            f"{len(different) - len(open_ones)} differences by stated rules: {EXCEPTIONS.name}",
        ),
    ]  # fmt: skip


@lru_cache(maxsize=1)
def _table() -> list[dict[str, str]]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def _excepted(table: str, case: Compared) -> bool:
    """Say whether a rule of the committed table explains the difference."""
    return any(
        fnmatch(f"{table}:{case.case}", row["case"])
        and fnmatch(case.field, row["field"])
        and _RULES[row["rule"]](case)
        for row in _table()
    )


def _letters(text: Any) -> str:  # noqa: ANN401 - any side of a comparison
    """Return the letters and digits alone, in one case: to see whether only the dress differs."""
    return "".join(c for c in _CSL_TAG.sub("", str(text)).casefold() if c.isalnum())


def _isbn(text: str) -> str:
    try:
        return normalise_isbn(text)
    except ValueError:
        return text


def _has(case: Compared, variable: str) -> bool:
    return case.work is not None and bool(getattr(case.work, variable))


def _particles(case: Compared) -> bool:
    """The same names; only which kind of particle a "von" is differs."""

    def merged(people: Any) -> list[dict[str, str]]:  # noqa: ANN401 - any side of a comparison
        return [
            {part.replace("non-dropping", "dropping"): text for part, text in one.items()}
            for one in people or ()
        ]

    return merged(case.expected) == merged(case.got)


def _one_family(case: Compared) -> bool:
    """The same words; only where a "von" ends and the family name starts differs."""
    if not isinstance(case.expected, tuple) or not isinstance(case.got, tuple):
        return False
    (first, von, last, jr), (got_first, got_von, got_last, got_jr) = case.expected, case.got
    words = f"{von} {last}".split() == f"{got_von} {got_last}".split()
    return words and (first, jr) == (got_first, got_jr)


_RULES: dict[str, Callable[[Compared], bool]] = {
    "any": lambda _: True,
    "missing": lambda case: case.expected is None,
    "not-derived": lambda case: case.got is None,
    "same-letters": lambda case: _letters(case.expected) == _letters(case.got),
    "same-isbn": lambda case: _isbn(str(case.expected)) == _isbn(str(case.got)),
    "same-doi": lambda case: str(case.expected).lower() == str(case.got).lower(),
    "eprint": lambda case: case.got is None and _has(case, "archive"),
    "in-archive": lambda case: case.expected is None and _has(case, "archive_location"),
    "part": lambda case: _has(case, "part_number"),
    "volume-title": lambda case: _has(case, "volume_title"),
    "particles": _particles,
    "one-family": _one_family,
}


# --- Clean and kept -------------------------------------------------------------------------------


def _works(roots: Iterable[Path], failures: list[Failure]) -> Iterable[tuple[str, Work]]:
    for root in roots:
        files = [root] if root.is_file() else sorted(root.rglob("*.bib"))
        for path in files:
            try:
                works = read(path.read_bytes(), path.name).works
            except Exception as error:  # noqa: BLE001 - that none escapes is what is measured
                failures.append(Failure("read without an exception", path.name, repr(error)))
                continue
            for work in works:
                yield path.name, work


def _crossref(corpora: Path) -> Iterable[tuple[str, Work]]:
    folder = corpora / "crossref"
    if folder.is_dir():
        for place, (name, record) in enumerate(_records([folder])):
            work = crossref_json.read_record(record).work
            yield name, replace(work, citation_key=f"w{place}")


def _row_clean(works: Sequence[tuple[str, Work]], failures: list[Failure]) -> Row:
    """Count the values of title, venue and names in which TeX is left."""
    measure = "no TeX left in titles, names and venues"
    count, good = 0, 0
    for name, work in works:
        people = [
            text
            for person in work.contributors
            for text in (
                person.name.family,
                person.name.given,
                person.name.literal,
                person.name.non_dropping_particle,
                person.name.suffix,
            )
        ]
        for text in (work.title, work.container_title, *people):
            if not text:
                continue
            count += 1
            if _TEX.search(_MATH.sub("", text)):
                failures.append(Failure(measure, f"{name}:{work.citation_key}", text[:200]))
            else:
                good += 1
    share = 100 * good / count if count else 0.0
    return Row(measure, share, "% of values", count, "≥ 99.8 %", share >= 99.8)


def _row_kept(corpus: str, works: Sequence[tuple[str, Work]], failures: list[Failure]) -> Row:
    """Write each work as biblatex and read it again."""
    measure = f"read(write(work)) = work, biblatex, words: {corpus}"
    good = 0
    for name, work in works:
        again = read(entry_text(work).encode(), name).works
        if again == [work]:
            good += 1
            continue
        lost = [
            one.name
            for one in fields(Work)
            if len(again) != 1 or getattr(again[0], one.name) != getattr(work, one.name)
        ]
        failures.append(Failure(measure, f"{name}:{work.citation_key}", ", ".join(lost)))
    share = 100 * good / len(works) if works else 0.0
    return Row(measure, share, "%", len(works), "100 %", good == len(works) and good > 0)
