"""`scripts/conformance bibtex [PATH…]`: real .bib files, read, patched and held against others."""

import importlib
import importlib.util
import json
import lzma
import os
import random
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from library.entry import Entry
from library.errors import LibraryError, RefusedError
from library.formats.bibtex.blocks import decode, read_entries, split
from library.formats.bibtex.document import Document
from library.formats.bibtex.patch import (
    AppendEntry,
    MoveEntry,
    Patch,
    RemoveEntry,
    RemoveField,
    RenameKey,
    SetField,
    SetType,
)
from library.formats.bibtex.source import Source
from measure.bibtex_differences import compare_with_bibtexparser
from measure.report import Failure, Row

PATCHES_A_FILE = 20
_VALUES = ("10.1000/abc", "2020", "A {B}raced value", "Zoë & sons", "1--9", 'a "quoted" word')
_FIELDS = ("doi", "note", "year", "volume", "title", "publisher", "x-remark")
_GAP = 40  # blank bytes that may go with an entry
_MEANING = "measure.conformance_bibtex_meaning"


@dataclass(frozen=True, slots=True)
class Case:
    """One .bib file."""

    name: str
    raw: bytes
    counted: int | None = None  # its entries, as INDEX.tsv has them


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Return the table; every case that does not hold is put into `failures`."""
    cases = list(_cases(paths))
    if not cases:
        return [Row("BibTeX files", None, note="no .bib files: set LIBRARY_CORPORA or give paths")]
    rows = [
        _round_trip(cases, failures),
        *_patches(cases, failures),
        *_entries(cases, failures),
        *compare_with_bibtexparser([(case.name, case.raw) for case in cases], failures),
    ]
    if importlib.util.find_spec(_MEANING) is not None:
        rows += importlib.import_module(_MEANING).run(paths, failures)
    return rows


def _cases(paths: Sequence[Path]) -> Iterator[Case]:
    """Yield the .bib files under `paths`, by default those of the corpora."""
    corpora = os.environ.get("LIBRARY_CORPORA")
    folder = Path(corpora) if corpora else None
    roots = list(paths)
    if not roots and folder is not None:
        roots = [folder / "bib", *sorted(folder.glob("large/*.bib.xz"))]
    counts = _index(folder / "bib") if folder is not None else {}
    for root in roots:
        files = sorted(root.rglob("*.bib")) if root.is_dir() else [root]
        for path in files:
            raw = path.read_bytes()
            if path.suffix == ".xz":
                raw = lzma.decompress(raw)
            yield Case(f"{path.parent.name}/{path.name}", raw, counts.get(path.resolve()))


def _index(folder: Path) -> dict[Path, int]:
    """Return the number of entries of each file that INDEX.tsv counts."""
    table = folder / "INDEX.tsv"
    if not table.exists():
        return {}
    lines = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    heads = lines[0]
    rows = [dict(zip(heads, line, strict=False)) for line in lines[1:]]
    return {
        (folder / row["repo"] / row["file"]).resolve(): int(row["entries"])
        for row in rows
        if row["kind"] == "bib" and row["entries"]
    }


def _row(measure: str, good: int, n: int, target: float | None, note: str = "") -> Row:
    share = 100 * good / n if n else None
    holds = None if target is None or share is None else share >= target
    shown = "" if target is None else f"≥ {target:g} %"
    return Row(measure, share, "%", n, shown, holds, note)


def _round_trip(cases: Sequence[Case], failures: list[Failure]) -> Row:
    measure = "reading and saving gives the same bytes"
    good = 0
    for case in cases:
        source = decode(case.raw)
        blocks = split(source)
        edges = [0, *(block.end for block in blocks)]
        joined = b"".join(source.data[block.start : block.end] for block in blocks)
        whole = joined == source.data and all(
            block.start == edge for block, edge in zip(blocks, edges, strict=False)
        )
        if whole and Document(source).source.encode() == case.raw:
            good += 1
        else:
            failures.append(Failure(measure, case.name))
    return _row(measure, good, len(cases), 100)


# Patches


def _patches(cases: Sequence[Case], failures: list[Failure]) -> list[Row]:
    """Apply random patches one by one, and hold the file before against the file after."""
    measure = "a random patch changes only its span and reads back so"
    good = total = refused = 0
    for case in cases:
        chance = random.Random(case.name)
        document = Document(decode(case.raw))
        for _ in range(PATCHES_A_FILE):
            patch = _random_patch(document, chance)
            if patch is None:
                continue
            try:
                reason = _wrong(document, patch)
            except RefusedError:
                refused += 1
                continue
            except LibraryError as error:
                reason = f"{type(error).__name__}: {error}"
            total += 1
            if reason:
                failures.append(Failure(measure, case.name, f"{patch}: {reason}"))
            else:
                good += 1
    note = f"{refused} refused: the entry does not follow the grammar"
    return [_row(measure, good, total, 100, note)]


def _random_patch(document: Document, chance: random.Random) -> Patch | None:
    entries = [
        entry
        for entry in document.reading.entries
        if entry.key and all(other.key != entry.key for other in document.reading.duplicates)
    ]
    if not entries:
        return AppendEntry(entry_type="misc", key="patch:new", fields={"title": "A title"})
    entry, other = chance.choice(entries), chance.choice(entries)
    kinds = ["set", "add", "remove", "rename", "type", "append", "drop", "move"]
    kind = chance.choice(kinds if other is not entry else kinds[:-1])
    value = chance.choice(_VALUES)
    before = chance.random() < 0.5
    made: dict[str, Patch] = {
        "set": SetField(entry.key, chance.choice([*entry.fields] or ["note"]), value),
        "add": SetField(entry.key, chance.choice(_FIELDS), value),
        "remove": RemoveField(entry.key, chance.choice([*entry.fields, "absent"])),
        "rename": RenameKey(entry.key, "patch:renamed", follow=False),
        "type": SetType(entry.key, chance.choice(["book", "misc", "online"])),
        "append": AppendEntry(
            entry_type="article",
            key="patch:new",
            fields={"author": "Doe, Jane", "title": value, "year": "2021"},
        ),
        "drop": RemoveEntry(entry.key),
        "move": MoveEntry(
            entry.key, before=other.key if before else None, after=None if before else other.key
        ),
    }
    return made[kind]


def _wrong(document: Document, patch: Patch) -> str:
    """Return what a patch did that it should not, or "" where it did what was asked."""
    after = document.patched([patch])
    old, new = document.source.data, after.source.data
    reading = read_entries(decode(after.source.encode()))
    found = [_said(entry) for entry in reading.entries]
    entries = document.reading.entries
    wanted = [_said(entry) for entry in _expected(entries, patch, document.source)]
    if found != wanted:
        strange = [entry for entry in found if entry not in wanted][:1]
        missing = [entry for entry in wanted if entry not in found][:1]
        return f"reads {strange}, not {missing}"
    if isinstance(patch, AppendEntry | MoveEntry):
        more = int(isinstance(patch, AppendEntry))
        return (
            "" if _has_all_blocks(document.source, after.source, more) else "other blocks changed"
        )
    if old == new:
        return ""
    entry = next(entry for entry in entries if entry.key == patch.key)
    start, end = _changed(old, new)
    if isinstance(patch, RemoveEntry):
        gap = len(old) - len(new) - (entry.end - entry.start)
        return (
            ""
            if 0 <= gap <= 40 and old[:start] + old[start + len(old) - len(new) :] == new
            else "more than the entry went"
        )
    if start < entry.start or end > entry.end:
        return f"bytes {start}–{end} changed, the entry is {entry.start}–{entry.end}"
    return ""


def _said(entry: Entry) -> tuple[str, str, frozenset[tuple[str, str]]]:
    return entry.type, entry.key, frozenset(entry.fields.items())


def _expected(entries: Sequence[Entry], patch: Patch, source: Source) -> list[Entry]:
    """Return the entries as they should read after a patch."""
    if isinstance(patch, AppendEntry):
        fields = {name: _written(value, source) for name, value in patch.fields.items()}
        new = Entry(patch.entry_type, patch.key, fields)
        return _with_appended(entries, new)
    place = next(i for i, entry in enumerate(entries) if entry.key == patch.key)
    entry = entries[place]
    rest = [*entries[:place], *entries[place + 1 :]]
    if isinstance(patch, RemoveEntry):
        return rest
    if isinstance(patch, MoveEntry):
        target = patch.before or patch.after
        index = next(i for i, other in enumerate(rest) if other.key == target)
        index += patch.after is not None
        return [*rest[:index], entry, *rest[index:]]
    fields = dict(entry.fields)
    if isinstance(patch, SetField):
        fields[patch.field] = _written(patch.value, source)
        entry = replace(entry, fields=fields)
    elif isinstance(patch, RemoveField):
        fields.pop(patch.field, None)
        entry = replace(entry, fields=fields)
    elif isinstance(patch, RenameKey):
        entry = replace(entry, key=patch.new)
    else:
        entry = replace(entry, type=patch.type)
    return [*entries[:place], entry, *entries[place + 1 :]]


def _with_appended(entries: Sequence[Entry], new: Entry) -> list[Entry]:
    return [*entries, new]


def _written(value: str, source: Source) -> str:
    """Return a value as the file's encoding can hold it."""
    return value if source.can_hold(value) else value.replace("ë", r"{\"e}")


def _changed(old: bytes, new: bytes) -> tuple[int, int]:
    """Return the stretch of `old` that is not the same in `new`."""
    start = _shared(old, new)
    limit = min(len(old), len(new)) - start
    end = _shared(old[::-1][:limit], new[::-1][:limit])
    return start, len(old) - end


def _shared(first: bytes, second: bytes) -> int:
    """Return how many bytes at the start of both are the same."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _has_all_blocks(old: Source, new: Source, more: int) -> bool:
    """Say whether `new` holds every block of `old`, and `more` blocks beyond."""
    before, text_before = _inventory(old)
    after, text_after = _inventory(new)
    return not before - after and (after - before).total() == more and text_before == text_after


def _inventory(source: Source) -> tuple[Counter[bytes], bytes]:
    """Return the blocks, and the text between them without blanks."""
    blocks: Counter[bytes] = Counter()
    text: list[bytes] = []
    for block in split(source):
        data = source.data[block.start : block.end]
        if block.kind == "text":
            text += data.split()
        else:
            blocks[data.strip()] += 1  # one that nothing closes takes in the blanks behind it
    return blocks, b"".join(text)


# Entries, held against others


def _entries(cases: Sequence[Case], failures: list[Failure]) -> list[Row]:
    """Count the entries read, of those that biber's parser accepts, and of INDEX.tsv's counts."""
    theirs = _btparse(cases, failures)
    has_theirs = any(row.value is not None for row in theirs)
    measure = "entries read, of those that INDEX.tsv counts"
    good = total = 0
    for case in cases:
        if case.counted is None:
            continue
        reading = read_entries(decode(case.raw))
        ours = len(reading.entries) + len(reading.duplicates)
        total += case.counted
        good += min(ours, case.counted)
        if ours < case.counted:
            failures.append(Failure(measure, case.name, f"{ours} of {case.counted}"))
    note = "its pattern counts some entries inside comments; biber's parser is the yardstick"
    row = _row(measure, good, total, None if has_theirs else 99.9, note if has_theirs else "")
    return [*theirs, row]


def _btparse(cases: Sequence[Case], failures: list[Failure]) -> list[Row]:
    """Compare with btparse, the parser that biber reads with, entry by entry."""
    measure = "entries read, of those that biber's parser accepts"
    values = "values equal to those that biber's parser reads"
    perl = shutil.which("perl")
    probe = [perl or "perl", "-MText::BibTeX", "-MJSON::PP", "-e", "1"]
    if perl is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        return [Row(measure, None, note="perl's Text::BibTeX (biber's parser) is not installed")]
    read = accepted = equal = compared = 0
    for case, theirs in _btparse_readings(perl, cases):
        source = decode(case.raw)
        reading = read_entries(source)
        ours: dict[str, list[Entry]] = {}
        everything = sorted([*reading.entries, *reading.duplicates], key=lambda entry: entry.start)
        torn = {finding.key for finding in reading.findings if finding.check == "escaped-braces"}
        for entry in everything:
            ours.setdefault(entry.key, []).append(entry)
        for _, _, raw_key, raw_fields in theirs:
            accepted += 1
            key = _text(source, raw_key)
            if not ours.get(key):
                failures.append(Failure(measure, case.name, key))
                continue
            read += 1
            entry = ours[key].pop(0)
            if key in torn:
                continue  # read otherwise on purpose, and said so
            for name, value in raw_fields.items():
                if _text(source, name) in entry.quoted:
                    continue  # an undefined macro: they drop it, we keep its name
                compared += 1
                got = entry.fields.get(_text(source, name), "")
                if _blanks(_text(source, value or "")) == _blanks(got):
                    equal += 1
                else:
                    failures.append(Failure(values, case.name, f"{key} {name}: {got!r}"))
    note = "Text::BibTeX on the same bytes"
    return [
        _row(measure, read, accepted, 99.9, note),
        _row(values, equal, compared, 99.9, "without fields that hold an undefined macro"),
    ]


def _btparse_readings(
    perl: str, cases: Sequence[Case]
) -> Iterator[tuple[Case, list[tuple[int, str, str, dict[str, str | None]]]]]:
    with tempfile.TemporaryDirectory() as folder:
        named: dict[str, Case] = {}
        for index, case in enumerate(cases):
            path = Path(folder) / f"{index}.bib"
            path.write_bytes(decode(case.raw).data)
            named[str(path)] = case
        script = Path(__file__).with_name("btparse.pl")
        with subprocess.Popen(
            [perl, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="latin-1",
        ) as process:
            if process.stdin is None or process.stdout is None:
                return
            process.stdin.write("".join(f"{path}\n" for path in named))
            process.stdin.close()
            for line in process.stdout:
                found = json.loads(line)
                yield named[found["path"]], found["entries"]


def _text(source: Source, value: str) -> str:
    raw = value.encode("latin-1")
    return replace(source, data=raw).text(0, len(raw))


def _blanks(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).split())
