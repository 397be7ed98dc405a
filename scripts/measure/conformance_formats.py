"""Reference managers' files: read whole, as expected, and written so that all comes back.

`conformance formats [PATH…]`: files or folders of RIS, nbib, EndNote, Web of Science, CSL-JSON,
MODS or Zotero RDF. Without paths: ris/, endnote/, nbib/ and csljson/ under LIBRARY_CORPORA, with
the results that JabRef (.bib) and Zotero (.expected_zotero.json) expect of them beside; and all
works of bib/ and crossref/ written in each format and read again.
"""

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import bibtexparser
import rispy
from bibtexparser.splitter import Splitter
from defusedxml.ElementTree import fromstring

from library.formats import ris
from library.formats.bibtex.read import read as read_bibtex
from library.formats.csl_writing import item
from library.formats.detect import detect, text_of
from library.formats.items import one_line
from library.formats.medline_text import expanded_pages
from library.formats.table import BY_NAME, FileFormat, writable
from library.values.dates import Date
from library.values.markup import from_markup, plain
from library.work import Work
from measure import conformance_crossref, zotero_items
from measure.bibtex_pandoc import straight
from measure.mods_rules import broken_rule
from measure.report import Failure, Row

EXCEPTIONS: Final = Path(__file__).parents[2] / "docs" / "conformance" / "formats-exceptions.tsv"
_FOLDERS: Final = ("ris", "endnote", "nbib", "csljson")
_NOT_INPUTS: Final = re.compile(
    r"\.bib$|expected_zotero|\.native$|\.(?:pptx|odt|md|cff|no_enw)$|options\.json$|csl-data\.json$"
)
"""Companions, and files that only bear the name: slides with endnotes, a schema, options."""


@dataclass(frozen=True, slots=True)
class Case:
    """One field of one record: what its project expects, and what we read."""

    name: str  # file:record
    source: str  # "jabref", "zotero"
    field: str
    expected: Any
    ours: Any
    item: Mapping[str, Any]  # all that we read of the record, by the same names


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure the files in `paths`, or the whole corpora where none is given."""
    folder = os.environ.get("LIBRARY_CORPORA")
    roots = list(paths) or [Path(folder) / name for name in _FOLDERS if folder]
    if not roots:
        return [Row("files read", None, note="LIBRARY_CORPORA is not set")]
    inputs = [path for root in roots for path in _inputs(root)]
    rows = [_row_read(inputs, failures), *_rows_expected(inputs, failures)]
    works = [work for path in inputs for work in _read(path)]
    if not paths and folder:
        works += list(_corpora(Path(folder)))
    works = [replace(work, citation_key=f"w{place}") for place, work in enumerate(works)]
    return rows + _rows_round_trips(works, failures) + _rows_valid(works, failures)


def _inputs(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return sorted(
        path for path in root.rglob("*") if path.is_file() and not _NOT_INPUTS.search(path.name)
    )


def _read(path: Path) -> list[Work]:
    text = text_of(path.read_bytes())
    form = detect(text)
    read = BY_NAME[form].read if form else None
    return read(text, path.name).works if read else []


def _corpora(folder: Path) -> Iterator[Work]:
    for path in sorted((folder / "bib").rglob("*.bib")):
        yield from read_bibtex(path.read_bytes()).works
    for _, record in conformance_crossref.records([folder / "crossref"]):
        yield conformance_crossref.crossref_json.read_record(record).work


# --- Reading --------------------------------------------------------------------------------------


def _row_read(inputs: Sequence[Path], failures: list[Failure]) -> Row:
    measure = "files read without exception, each record kept or in findings"
    good = 0
    for path in inputs:
        try:
            wrong = _unread(path)
        except Exception as error:  # noqa: BLE001 - that none escapes is what is measured
            wrong = repr(error)
        if wrong:
            failures.append(Failure(measure, path.name, wrong))
        else:
            good += 1
    return Row(measure, 100 * good / len(inputs), "%", len(inputs), "100 %", good == len(inputs))


def _unread(path: Path) -> str:
    """Return why a file is not read whole; "" where it is."""
    text = text_of(path.read_bytes())
    form = detect(text)
    read = BY_NAME[form].read if form else None
    if read is None:
        # Nothing in it can be a record where it has no mark of any format.
        return "its format is not known" if _MARKS.search(text) else ""
    reading = read(text, path.name)
    if form != "ris":
        return "" if reading.works or reading.findings or not text.strip() else "nothing was read"
    starts = len(re.findall(r"^\s*TY  ?-", text.lstrip("\ufeff"), re.MULTILINE))
    lost = sum(one.check == "empty-record" for one in reading.findings)
    kept = len(reading.works) + lost
    return "" if kept >= starts else f"{starts} records begin, {kept} are kept or in findings"


_MARKS: Final = re.compile(r"^(?:TY  -|PMID-|%0 |@\w+\{)", re.MULTILINE)


# --- What their projects expect -------------------------------------------------------------------


def _rows_expected(inputs: Sequence[Path], failures: list[Failure]) -> list[Row]:
    rules = _rules()
    total: Counter[str] = Counter()
    raw: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for path in inputs:
        for case in _cases(path):
            total[case.source] += 1
            same = case.expected == case.ours
            excused = same or _is_excused(rules, case)
            raw[case.source] += same
            judged[case.source] += excused
            if not excused:
                detail = f"{case.field}: expected {case.expected!r}, got {case.ours!r}"
                failures.append(Failure(f"fields equal, {case.source}", case.name, detail))
    if not total:
        return [Row("fields equal to the expected results", None, note="no results beside")]
    count = sum(total.values())
    rows = [
        Row(f"fields equal, {source}", 100 * judged[source] / number, "%", number,
            note=f"raw {100 * raw[source] / number:.1f} %")
        for source, number in total.items()
    ]  # fmt: skip
    for name, good, target in (("raw", raw, 85), ("judged", judged, 95)):
        share = 100 * sum(good.values()) / count
        measure = f"fields equal to the expected results, {name}"
        rows.append(Row(measure, share, "%", count, f"≥ {target} %", share >= target))
    return rows


def _cases(path: Path) -> Iterator[Case]:
    works = _read(path)
    zotero = path.with_name(f"{path.stem}.expected_zotero.json")
    if zotero.exists():
        items = json.loads(zotero.read_text(encoding="utf-8"))
        for place, item in enumerate(items):
            if item.get("itemType") in {"note", "attachment"}:
                continue
            ours = zotero_items.ours(works[place]) if place < len(works) else {}
            for field, value in zotero_items.expected(item).items():
                yield Case(
                    f"{path.name}:{place + 1}", "zotero", field, value, ours.get(field), ours
                )
    jabref = path.with_suffix(".bib")
    if jabref.exists():
        expected = read_bibtex(jabref.read_bytes()).works
        for place, work in enumerate(expected):
            ours = _flat(works[place]) if place < len(works) else {}
            for field, value in _flat(work).items():
                yield Case(
                    f"{path.name}:{place + 1}", "jabref", field, value, ours.get(field), ours
                )


def _flat(work: Work) -> dict[str, Any]:
    """Return the fields of a work that hold something, with what has no meaning evened out."""
    out: dict[str, Any] = {}
    for field in fields(work):
        value = getattr(work, field.name)
        if not value or field.name in {"citation_key", "extra", "others"}:
            continue
        if field.name == "contributors":
            out["names"] = [(one.role, straight(one.name.display())) for one in value]
        elif field.name == "language":
            out[field.name] = value.partition("-")[0]  # "english" of biblatex is "en-US" to us
        elif isinstance(value, Date):
            out[field.name] = value.start or value.literal
        elif isinstance(value, str):
            out[field.name] = straight(plain(one_line(value)))
        else:
            out[field.name] = value
    for name, value in work.extra:
        if name in _KEPT:
            out.setdefault(_KEPT[name], straight(plain(one_line(value))))
    return out


# Fields of JabRef for what no variable of CSL holds: in our works it stands under its tag's name.
_KEPT: Final = {"ris-ad": "publisher_place", "ris-ur": "url", "medline-so": "source"}


def _rules() -> list[dict[str, str]]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def _is_excused(rules: list[dict[str, str]], case: Case) -> bool:
    return any(
        fnmatch(f"{case.source}/{case.name}", rule["case"])
        and rule["field"] in {case.field, "*"}
        and _RULES[rule["rule"]](case)
        for rule in rules
    )


def _letters(value: object) -> str:
    if isinstance(value, list | tuple):
        return "".join(_letters(one) for one in value)
    text = re.sub(r"<[^<>]*>", " ", str(value if value is not None else ""))
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_RULES: dict[str, Callable[[Case], bool]] = {
    "same-letters": lambda case: _letters(case.expected) == _letters(case.ours) != "",
    "labels": lambda case: not re.search(r"\d{3}", str(case.expected)),
    "in-date": lambda case: str(case.item.get("date") or "")[1:5] in str(case.expected),
    "database-address": lambda case: bool(
        re.search(r"ncbi\.nlm\.nih\.gov|<Go to ISI>", str(case.expected))
    ),
    "zoteros-own": lambda case: "no corresponding Zotero field" in str(case.expected),
    "ours-states": lambda case: case.ours in {"book", "chapter"},
    "left-out": lambda case: case.ours is None,
    "doi-address": lambda case: case.ours is None and "doi.org/" in str(case.expected),
    "in-notes": lambda case: _letters(case.expected) in _letters(case.item.get("notes", [])),
    "elsewhere": lambda case: any(
        _letters(case.expected) == _letters(value)
        or (isinstance(value, list) and _letters(case.expected) in map(_letters, value))
        for value in case.item.values()
    ),
    "part": lambda case: (
        bool(_letters(case.ours))
        and (
            _letters(case.ours) in _letters(case.expected)
            or _letters(case.expected) in _letters(case.ours)
        )
    ),
    "initials": lambda case: (
        bool(case.ours)
        and sorted(_initials(one) for one in case.expected)
        == sorted(_initials(one) for one in case.ours)
    ),
    "coarser": lambda case: (
        isinstance(case.ours, tuple)
        and isinstance(case.expected, tuple)
        and (
            case.expected[: len(case.ours)] == case.ours
            or case.ours[: len(case.expected)] == case.expected
        )
    ),
    "type": lambda case: (case.expected, case.ours) in _TYPES_APART,
}
_TYPES_APART: Final = frozenset(
    {("pamphlet", "dataset"), ("pamphlet", "classic"), ("pamphlet", "figure")}
    | {("graphic", "figure"), ("book", "classic"), ("song", "musical_score")}
    | {("report", "standard"), ("article-journal", "article"), ("manuscript", "article")}
    | {("article-magazine", "article-journal"), ("article-journal", "article-magazine")}
    | {("article-journal", "performance"), ("article-journal", "document")}
    | {("manuscript", "pamphlet"), ("manuscript", "bill"), ("article-journal", "paper-conference")}
    | {("legislation", "document"), ("post-weblog", "webpage"), ("article-magazine", "book")}
    | {("manuscript", "article-journal"), ("motion_picture", "broadcast")}
)
"""(Zotero's, ours): types that RIS has and Zotero has not, or that Zotero tells by other means."""


def _initials(name: object) -> str:
    """Return role, family name and first initial of a name in any of the forms compared here."""
    parts = [str(part) for part in name] if isinstance(name, list | tuple) else [str(name)]
    last = parts[1] if len(parts) > 1 else parts[0]
    first = parts[2][:1] if len(parts) > 2 else ""
    return _letters(f"{parts[0]} {last} {first}")


# --- Round trips ----------------------------------------------------------------------------------

# Fields that a format has no place for, or changes by its nature; the rest must come back.
_ALL: Final = frozenset(field.name for field in fields(Work)) - {"citation_key", "extra"}
_HELD: Final[Mapping[str, frozenset[str]]] = {
    "bibtex": _ALL,
    "csl-json": _ALL,
    "csl-yaml": _ALL,
    "mods": _ALL,
    "zotero-rdf": _ALL - {"others"},
    "nbib": frozenset(
        {"title", "issn", "isbn", "volume", "issue", "page", "doi", "pmid", "pmcid", "abstract"}
        | {"edition", "collection_title", "original_title", "keywords"}
    ),
}


def _rows_round_trips(works: list[Work], failures: list[Failure]) -> list[Row]:
    rows = []
    for form in writable():
        if form.read is None:
            continue
        measure = f"Work → {form.label} → Work, what it holds"
        back = _back(form, works)
        held = good = 0
        for work in works:
            after = back.get(work.citation_key)
            for name, before in _holdable(form, work).items():
                held += 1
                now = _holdable(form, after).get(name) if after else None
                if now == before:
                    good += 1
                else:
                    failures.append(
                        Failure(measure, work.citation_key, f"{name}: {before!r} became {now!r}")
                    )
        share = 100 * good / held if held else 0.0
        rows.append(Row(measure, share, "%", held, "≥ 99.9 %", share >= 99.9))
    return rows


def _back(form: FileFormat, works: list[Work]) -> dict[str, Work]:
    """Return the works as they come back, by their key; where a format keeps none, one by one."""
    if form.write is None or form.read is None:
        return {}
    if form.name in _KEYLESS:
        back = {}
        for work in works:
            found = form.read("".join(form.write([item(work)])), form.label).works
            if len(found) == 1:
                back[work.citation_key] = found[0]
        return back
    text = "".join(form.write(item(work) for work in works))
    return {work.citation_key: work for work in form.read(text, form.label).works}


_KEYLESS: Final = frozenset({"ris", "endnote-xml", "enw", "nbib"})


def _holdable(form: FileFormat, work: Work) -> dict[str, Any]:
    """Return the fields of a work that the format holds, in one spelling."""
    if form.name in {"ris", "endnote-xml", "enw"}:
        work = ris.holdable(work)
        names = _ALL - _NOT_IN_ENDNOTE.get(form.name, frozenset())
    else:
        names = _HELD[form.name]
    values = {name: _stated(form, work, name) for name in names}
    return {name: _in_one_spelling(form, name, value) for name, value in values.items() if value}


def _stated(form: FileFormat, work: Work, name: str) -> Any:  # noqa: ANN401 - a field's own type
    """Return what a field says that the format can hold; None where it says nothing of its own."""
    value = getattr(work, name)
    if name == "url" and value:
        # RIS's UR holds addresses, not names of files; the DOI once more is no url of its own.
        is_address = form.name not in _KEYLESS or re.match(r"(?:https?|ftp)://\S+$", value)
        is_doi = work.doi and ("doi.org" in value or work.doi in value.lower())
        return value if is_address and not is_doi else None
    if name == "title_short" and plain(value or "") == plain(work.title or ""):
        return None
    if name == "note" and value:
        # "Call Number: x" is the variable, wherever an item of CSL-JSON is read.
        return "\n".join(line for line in value.split("\n") if not _VARIABLE.match(line))
    return value


def _in_one_spelling(form: FileFormat, name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    if name == "contributors":
        # A name's parts are put together: only CSL and BibTeX tell particles apart.
        return sorted((one.role, _spelled(one.name.display())) for one in value)
    if name == "keywords":
        return tuple(_spelled(word) for word in value)
    if not isinstance(value, str):
        return value
    text = _spelled(expanded_pages(value) or "" if name == "page" else value)
    # NLM has a full stop behind every title.
    return text.rstrip(".") if form.name == "nbib" and name == "title" else text


_VARIABLE: Final = re.compile(r"^\s*[A-Za-z][A-Za-z _-]{1,29}:\s*\S|^doi:", re.IGNORECASE)
_NOT_IN_ENDNOTE: Final = {
    "endnote-xml": frozenset({"type", "archive_location", "collection_number"}),
    "enw": frozenset(
        {"type", "container_title_short", "event_title", "pmcid", "number", "archive_location"}
        | {"collection_number"}
    ),
}


@lru_cache(1 << 18)
def _spelled(text: str) -> str:
    """Return a text without inline markup, with its blanks and quotation marks in one spelling."""
    return re.sub(r"\s+", " ", straight(plain(from_markup(text, paragraphs=True)))).strip()


# --- Valid output ---------------------------------------------------------------------------------


def _rows_valid(works: list[Work], failures: list[Failure]) -> list[Row]:
    rows = []
    for form in writable():
        measure = f"{form.label} is valid"
        if form.write is None or form.name not in _CHECKS:
            continue
        text = "".join(form.write(item(work) for work in works))
        checker, check = _CHECKS[form.name]
        wrong = check(text, len(works))
        if wrong:
            failures.append(Failure(measure, form.name, wrong))
        value = 0 if wrong else 100
        rows.append(Row(measure, value, "%", len(works), "100 %", not wrong, f"by {checker}"))
    return rows


def _by_rispy(text: str, count: int) -> str:
    found = len(rispy.loads(text))
    return "" if found == count else f"rispy finds {found} of {count} records"


def _by_xml(text: str, count: int) -> str:
    root = fromstring(text.encode())
    records = root.iter() if root.tag.endswith("xml") else iter(root)
    found = sum(
        1
        for one in records
        if re.sub(r"^{.*}", "", one.tag) in _RECORDS or root.tag.endswith("RDF")
    )
    return "" if found >= count else f"{found} of {count} records are in the XML"


_RECORDS: Final = frozenset({"mods", "record", "Source"})


def _by_mods(text: str, count: int) -> str:
    return broken_rule(text) or _by_xml(text, count)


def _by_schema(text: str, count: int) -> str:
    from jsonschema import Draft7Validator  # noqa: PLC0415 - slow to import

    folder = os.environ.get("LIBRARY_CORPORA")
    path = next(Path(folder).rglob("*csl-data.json"), None) if folder else None
    items = json.loads(text)
    if len(items) != count:
        return f"{len(items)} of {count} items"
    if path is None:
        return ""
    validator = Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    first = next(validator.iter_errors(items), None)
    return str(first.message)[:300] if first else ""


def _by_bibtexparser(text: str, count: int) -> str:
    library = Splitter(text).split()
    if library.failed_blocks:
        return f"{len(library.failed_blocks)} blocks fail: {library.failed_blocks[0].raw!r:.300}"
    return "" if len(library.entries) == count else f"{len(library.entries)} of {count} entries"


def _by_yaml(text: str, count: int) -> str:
    import yaml  # noqa: PLC0415 - slow to import

    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe one
    found = len(loaded.get("references", loaded))
    return "" if found == count else f"{found} of {count} items"


_CHECKS: Final[Mapping[str, tuple[str, Callable[[str, int], str]]]] = {
    "bibtex": (f"bibtexparser {bibtexparser.__version__}", _by_bibtexparser),
    "bibtex-clean": (f"bibtexparser {bibtexparser.__version__}", _by_bibtexparser),
    "biblatex": (f"bibtexparser {bibtexparser.__version__}", _by_bibtexparser),
    "ris": ("rispy", _by_rispy),
    "zotero-rdf": ("an XML parser", _by_xml),
    "csl-json": ("CSL's schema", _by_schema),
    "csl-yaml": ("PyYAML", _by_yaml),
    "endnote-xml": ("an XML parser", _by_xml),
    "mods": ("the rules of MODS 3.7", _by_mods),
    "word": ("an XML parser", _by_xml),
    "hayagriva": ("PyYAML", _by_yaml),
}
