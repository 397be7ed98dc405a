"""Crossref records: read whole, left clean, equal to what others make of them, and kept in formats.

`conformance crossref [FILE.jsonl…]`: files of records, one a line, also gzipped, JSON answers of
the API, or folders that hold them. Without paths: the corpus `crossref/` under LIBRARY_CORPORA.
"""

import csv
import gzip
import html
import importlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from library.formats import crossref_json, csl_json, ris
from library.formats.reading import RecordReading
from library.values.elements import KNOWN
from library.work import Work
from measure.crossref_pairs import Case, cases
from measure.report import Failure, Row

EXCEPTIONS = Path(__file__).parents[2] / "docs" / "conformance" / "crossref-exceptions.tsv"
_RECORD_FILES = ("works.jsonl", "works_2015.jsonl.gz", "dump_slice.jsonl.gz")
_CSL_TAG = re.compile(
    r'<(?:/?(?:i|b|sub|sup)|/span|span style="font-variant:small-caps;"|span class="nocase")>'
)
_TAG = re.compile(r"</?(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)(?:\s[^<>]*)?/?>")
_DIRT = {
    "entity": re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]{1,31});", re.IGNORECASE),
    "control character": re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff]"),
    "doubled space": re.compile(r"\s\s"),
    "outer space": re.compile(r"^\s|\s$"),
}


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure the records in `paths`, or the whole corpus where none is given."""
    roots = list(paths) or _default_roots()
    if not roots:
        return [Row("records read", None, note="LIBRARY_CORPORA is not set")]
    found = list(records(roots))
    readings = [_read(name, record, failures) for name, record in found]
    works = [
        replace(reading.work, citation_key=f"w{place}")
        for place, reading in enumerate(readings)
        if reading is not None
    ]
    by_doi = {
        reading.work.doi: record
        for (_, record), reading in zip(found, readings, strict=True)
        if reading is not None and reading.work.doi
    }
    rows = [_row_read(readings), _row_clean(works, failures)]
    rows += _rows_pairs(roots, by_doi, failures)
    rows += _rows_round_trips(works, failures)
    return rows


# --- Reading --------------------------------------------------------------------------------------


def _default_roots() -> list[Path]:
    folder = os.environ.get("LIBRARY_CORPORA")
    return [Path(folder) / "crossref"] if folder else []


def records(roots: Iterable[Path]) -> Iterator[tuple[str, Any]]:
    """Yield (file:line, record)."""
    for root in roots:
        files = [root] if root.is_file() else _record_files(root)
        for path in files:
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="utf-8") as stream:
                yield from _of_file(path, stream.read())


def _record_files(folder: Path) -> list[Path]:
    known = [folder / name for name in _RECORD_FILES if (folder / name).exists()]
    return known or sorted(
        path
        for pattern in ("*.jsonl", "*.jsonl.gz")
        for path in folder.rglob(pattern)
        if "content_negotiated" not in path.name
    )


def _of_file(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    if ".jsonl" not in path.name:
        data = json.loads(text)
        message = data.get("message", data) if isinstance(data, dict) else data
        items = message.get("items", [message]) if isinstance(message, dict) else message
        for place, item in enumerate(items, 1):
            yield f"{path.name}:{place}", item
        return
    for line, one in enumerate(text.splitlines(), 1):
        if one.strip():
            record = json.loads(one)
            inner = record.get("message") if isinstance(record, dict) else None
            yield (
                f"{path.name}:{line}",
                inner if isinstance(inner, dict) and "DOI" in inner else record,
            )


def _read(name: str, record: object, failures: list[Failure]) -> RecordReading | None:
    try:
        reading = crossref_json.read_record(record)
    except Exception as error:  # noqa: BLE001 - that none escapes is what is measured
        failures.append(Failure("records read", name, repr(error)))
        return None
    stated = record.get("title") or [] if isinstance(record, dict) else []
    texts = [stated] if isinstance(stated, str) else stated
    if not reading.work.type or (
        any(str(text).strip() for text in texts) and not reading.work.title
    ):
        failures.append(Failure("records read", name, "no type, or a title was lost"))
        return None
    return reading


def _row_read(readings: list[RecordReading | None]) -> Row:
    good = sum(reading is not None for reading in readings)
    share = 100 * good / len(readings) if readings else 0.0
    return Row(
        "records read, with a type and their title",
        share,
        "%",
        len(readings),
        "100 %",
        good == len(readings) and good > 0,
    )


def _row_clean(works: list[Work], failures: list[Failure]) -> Row:
    count = 0
    for work in works:
        for field, text in _texts(work):
            for what in _dirt(text, is_name=field == "name"):
                count += 1
                failures.append(
                    Failure("left unclean", work.doi or "", f"{what} in {field}: {text}")
                )
    return Row(
        "markup, entities, control characters, doubled spaces left",
        count,
        "",
        len(works),
        "0",
        count == 0,
    )


def _texts(work: Work) -> Iterator[tuple[str, str]]:
    for field in (
        "title",
        "container_title",
        "container_title_short",
        "collection_title",
        "publisher",
    ):
        if text := getattr(work, field):
            yield field, text
    for person in work.contributors:
        for part in fields(person.name):
            if text := getattr(person.name, part.name):
                yield "name", text


def _dirt(text: str, *, is_name: bool) -> Iterator[str]:
    bare = text if is_name else _CSL_TAG.sub("", text)
    if any(match.group(1).lower() in KNOWN for match in _TAG.finditer(bare)):
        yield "markup"
    for what, pattern in _DIRT.items():
        if pattern.search(bare):
            yield what


# --- What others make of the same records ---------------------------------------------------------


def _rows_pairs(
    roots: Iterable[Path], records: Mapping[str, Any], failures: list[Failure]
) -> list[Row]:
    rules = _rules()
    total: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for root in roots:
        for case in cases(root, records) if root.is_dir() else ():
            source = case.name.split("/")[0]
            for field, expected in case.expected.items():
                total[source] += 1
                same = case.ours.get(field) == expected
                excused = same or _is_excused(rules, case, field)
                raw[source] += same
                judged[source] += excused
                if not excused:
                    detail = f"{field}: expected {expected!r}, got {case.ours.get(field)!r}"
                    failures.append(Failure("fields equal", case.name, detail))
    if not total:
        return [Row("fields equal to the expected results", None, note="no pairs here")]
    rows = [
        _share(
            f"fields equal, {source}",
            judged[source],
            total[source],
            note=_raw(raw[source], total[source]),
        )
        for source in total
    ]
    count = sum(total.values())
    rows.append(_share("fields equal to the expected results, raw", sum(raw.values()), count, 85))
    rows.append(
        _share("fields equal to the expected results, judged", sum(judged.values()), count, 97)
    )
    return rows


def _raw(same: int, count: int) -> str:
    return f"raw {100 * same / count:.1f} %"


def _share(measure: str, good: int, count: int, target: float | None = None, note: str = "") -> Row:
    share = 100 * good / count
    holds = None if target is None else share >= target
    return Row(measure, share, "%", count, f"≥ {target} %" if target else "", holds, note)


def _rules() -> list[dict[str, str]]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def _is_excused(rules: list[dict[str, str]], case: Case, field: str) -> bool:
    return any(
        fnmatch(case.name, rule["case"])
        and rule["field"] == field
        and _RULES[rule["rule"]](case, field)
        for rule in rules
    )


def _letters(value: object) -> str:
    """Return letters and digits alone, without tags and entities; by other means than ours."""
    if isinstance(value, list):
        return "|".join(_letters(one) for one in value)
    text = re.sub(r"<[^<>]*>", " ", html.unescape(html.unescape(str(value))))
    return "".join(character for character in text.casefold() if character.isalnum())


def _by_event(case: Case, field: str) -> bool:
    expected = case.expected[field]
    events: tuple[crossref_json.Event, ...] = ("online", "earliest")
    return any(_date_by(case, event)[: len(expected)] == expected for event in events)


def _date_by(case: Case, event: crossref_json.Event) -> list[int]:
    work = crossref_json.read_record(case.record, event=event).work
    return list(work.issued.start or ()) if work.issued else []


def _is_part(case: Case, field: str) -> bool:
    ours, expected = case.ours.get(field) or [], case.expected[field]
    return bool(ours[: len(expected)] == expected)


def _is_running_head(case: Case, field: str) -> bool:
    ours, expected = _letters(case.ours.get(field, "")), _letters(case.expected[field])
    subtitles = case.record.get("subtitle") or []
    return expected.startswith(ours) and expected[len(ours) :] in [
        _letters(text) for text in subtitles
    ]


_RULES: dict[str, Callable[[Case, str], bool]] = {
    "doi-address": lambda case, field: field not in case.ours and "doi" in case.ours,
    "event": _by_event,
    "coarser": _is_part,
    "same-letters": lambda case, field: (
        _letters(case.ours.get(field, "")) == _letters(case.expected[field]) != ""
    ),
    "capitals": lambda case, field: (
        [name.casefold() for name in case.ours.get(field, [])]
        == [name.casefold() for name in case.expected[field]]
    ),
    "one-of": lambda case, field: set(case.expected[field]) <= set(case.ours.get(field, [])),
    "same-as-container": lambda case, _: (
        case.expected["container-short"] == case.ours.get("container")
    ),
    "dashes": lambda case, field: (
        re.sub("[–—]", "-", str(case.expected[field])) == case.ours.get(field)
    ),
    "article-number": lambda case, field: (
        not case.expected[field] and "article-number" in case.record
    ),
    "book-and-series": lambda case, _: (
        case.ours.get("series") == case.expected["container"]
        and len(case.record.get("container-title") or []) > 1
    ),
    "subtitle": lambda case, field: (
        _letters(case.ours.get(field, "")).startswith(_letters(case.expected[field]))
        and bool(case.record.get("subtitle"))
    ),
    "running-head": _is_running_head,
    "abstract-heading": lambda case, field: (
        _letters(case.expected[field]).removeprefix("abstract")
        == _letters(case.ours.get(field, "")).removeprefix("abstract")
        != ""
    ),
    "thesis-genre": lambda case, _: (
        case.record.get("type") == "dissertation"
        and case.ours.get("genre") in {"PhD thesis", "Master’s thesis"}
    ),
    "invented": lambda case, field: (
        case.expected[field] in (["Anonymous Reviewer"], "[No title found]")
        and not case.record.get(field)
    ),
    "event-place": lambda case, _: (
        case.expected["place"] == (case.record.get("event") or {}).get("location")
    ),
    "zotero-type": lambda case, field: (
        (case.expected[field], case.record.get("type"))
        in {("post-weblog", "posted-content"), ("manuscript", "peer-review")}
    ),
}


# --- Round trips ----------------------------------------------------------------------------------


def _rows_round_trips(works: list[Work], failures: list[Failure]) -> list[Row]:
    rows = [_row_entry(works, failures)]
    read = csl_json.read("".join(csl_json.write(works))).works
    rows.append(_row_same("Work → CSL-JSON → Work", works, read, failures, lambda work: work))
    text = "".join(ris.write(works))
    rows.append(
        _row_same(
            "Work → RIS → Work, what RIS holds", works, ris.read(text).works, failures, ris.holdable
        )
    )
    return rows


def _row_entry(works: list[Work], failures: list[Failure]) -> Row:
    """Work → BibTeX entry → Work, where the room for BibTeX is there."""
    measure = "Work → entry → Work"
    try:
        reader = importlib.import_module("library.formats.bibtex.read")
        writer = importlib.import_module("library.formats.bibtex.write")
    except ImportError as error:
        return Row(measure, None, note=f"not measured: {error}")
    text = "".join(writer.write(works, "biblatex"))
    read = reader.read(text.encode("utf-8")).works
    return _row_same(measure, works, read, failures, lambda work: work)


def _row_same(
    measure: str,
    works: list[Work],
    read: list[Work],
    failures: list[Failure],
    holdable: Callable[[Work], Work],
) -> Row:
    by_key = {work.citation_key: work for work in read}
    same = 0
    for work in works:
        before, after = holdable(work), by_key.get(work.citation_key)
        if after is not None and holdable(after) == before:
            same += 1
            continue
        failures.append(Failure(measure, work.doi or work.citation_key, _difference(before, after)))
    share = 100 * same / len(works) if works else 0.0
    return Row(measure, share, "%", len(works), "100 %", same == len(works))


def _difference(before: Work, after: Work | None) -> str:
    if after is None:
        return "the work is gone"
    return "; ".join(
        f"{field.name}: {getattr(before, field.name)!r} became {getattr(after, field.name)!r}"
        for field in fields(before)
        if getattr(before, field.name) != getattr(after, field.name)
    )
