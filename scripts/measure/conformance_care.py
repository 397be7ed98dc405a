"""The care of real files: one manner, merges of branches, duplicates, and no false alarms.

`conformance care [FILE.bib…]`: files or folders of .bib files; without paths bib/ under
LIBRARY_CORPORA, and the seed.
"""

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from library.care import manners
from library.care.duplicates import pairs
from library.care.looking import Library
from library.formats.bibtex.blocks import decode, read_entries
from library.formats.bibtex.document import open_document
from library.formats.bibtex.normalise import normalise
from library.formats.bibtex.patch import AppendEntry, Patch, RemoveEntry, RemoveField, SetField
from library.formats.bibtex.read import read
from library.git.merging import merge
from library.work import Work
from measure import damage
from measure.pairs import can_be_told
from measure.report import Failure, Row

_MERGES: int = 500
_ROOT = Path(__file__).parents[2]
_MAKERS = (damage.typist, damage.exporter, damage.index, damage.scan)


def run(paths: Sequence[Path], failures: list[Failure]) -> list[Row]:
    """Measure the files in `paths`, or the corpus."""
    folder = os.environ.get("LIBRARY_CORPORA")
    roots = list(paths) or ([Path(folder) / "bib"] if folder else [])
    if not roots:
        return [Row("care of real files", None, note="LIBRARY_CORPORA is not set")]
    files = [
        path
        for root in roots
        for path in ([root] if root.is_file() else sorted(root.rglob("*.bib")))
    ]
    rows = [_formatted(files, failures), _merged(files, failures), *_duplicates(files, failures)]
    if not paths and folder:
        examples = next(Path(folder).rglob("*biblatex-examples.bib"), None)
        named = filter(None, (examples, _ROOT / "references.bib"))
        rows += [_alarms(path, failures) for path in named]
    return rows


def _share(measure: str, good: int, count: int, target: float, note: str = "") -> Row:
    value = 100 * good / count if count else 0.0
    return Row(measure, value, "%", count, f"≥ {target:g} %", value >= target, note)


def _formatted(files: Sequence[Path], failures: list[Failure]) -> Row:
    measure = "format: twice the same bytes, works as before"
    good = left = 0
    for path in files:
        raw = path.read_bytes()
        once = normalise(raw, sort=True)
        left += len(once.left)
        if normalise(once.content, sort=True).content != once.content:
            failures.append(Failure(measure, path.name, "another file the second time"))
        elif _meaning(raw) != _meaning(once.content):
            failures.append(Failure(measure, path.name, "a work means something else"))
        else:
            good += 1
    return _share(measure, good, len(files), 100, f"{left:,} entries left as they are")


def _meaning(raw: bytes) -> list[str]:
    return sorted(
        repr(
            (
                replace(work, contributors=(), extra=()),
                sorted(map(repr, work.contributors)),
                sorted(work.extra),
            )
        )
        for work in read(raw).works
    )


# --- Merges ---------------------------------------------------------------------------------------


def _merged(files: Sequence[Path], failures: list[Failure]) -> Row:
    measure = "merges: nothing lost, conflicts only where one field differs"
    chance = random.Random(5)
    candidates = [path for path in files if 3_000 < path.stat().st_size < 400_000]
    good = conflicts = by_lines = 0
    for number in range(_MERGES):
        path = chance.choice(candidates)
        base = path.read_bytes()
        try:
            ours, theirs = _edited(base, chance), _edited(base, chance)
        except Exception:  # noqa: BLE001 - the file refuses patches: there is nothing to merge
            good += 1
            continue
        done = merge(base, ours, theirs)
        conflicts += bool(done.conflicts)
        by_lines += done.by_lines
        wrong = "" if done.by_lines else _wrong(base, ours, theirs, done.content, done.conflicts)
        if wrong:
            failures.append(Failure(measure, f"{path.name} ({number})", wrong))
        else:
            good += 1
    note = f"{conflicts} with a conflict, {by_lines} by lines (broken files, keys that stand twice)"
    return _share(measure, good, _MERGES, 100, note)


def _edited(raw: bytes, chance: random.Random) -> bytes:
    keys = [entry.key for entry in read_entries(decode(raw)).entries if entry.key]
    document = open_document(raw)
    patches: list[Patch] = []
    gone: set[str] = set()
    for _ in range(chance.randint(1, 6)):
        key = chance.choice(keys[:8] if chance.random() < 0.5 else keys)
        if key in gone:
            continue
        kind = chance.random()
        if kind < 0.5:
            name = chance.choice(("title", "year", "note", "volume"))
            patches.append(SetField(key, name, f"made up {chance.randrange(5)}"))
        elif kind < 0.65:
            patches.append(RemoveField(key, "pages"))
        elif kind < 0.85:
            new = f"made{chance.randrange(10**9)}"
            patches.append(AppendEntry(text=f"@book{{{new},\n  title = {{Made {new}}},\n}}"))
        else:
            patches.append(RemoveEntry(key))
            gone.add(key)
    return document.patched(patches).source.encode()


def _fields(raw: bytes) -> dict[str, dict[str, str]]:
    return {entry.key: entry.fields for entry in read_entries(decode(raw)).entries}


def _wrong(base: bytes, ours: bytes, theirs: bytes, result: bytes, conflicts: Sequence[str]) -> str:
    before, mine, other = _fields(base), _fields(ours), _fields(theirs)
    if conflicts:
        named = {one.rpartition(": ")[0] for one in conflicts}
        false = [
            key for key in named
            if not before.get(key) != mine.get(key) != other.get(key) != before.get(key)
        ]  # fmt: skip
        text = result.decode(errors="replace")
        lost = [
            key
            for key in mine.keys() | other.keys()
            if key not in text and _is_kept(key, before, mine, other)
        ]
        return f"no conflict: {false}" if false else f"lost: {lost}" if lost else ""
    now = _fields(result)
    for key in before.keys() | mine.keys() | other.keys():
        if not _is_kept(key, before, mine, other):
            continue
        for name in {field for side in (before, mine, other) for field in side.get(key, {})}:
            b, m, o = (side.get(key, {}).get(name) for side in (before, mine, other))
            if now.get(key, {}).get(name) != (m if o == b else o):
                return f"{key}: {name}"
    return ""


def _is_kept(
    key: str, before: Mapping[str, object], mine: Mapping[str, object], other: Mapping[str, object]
) -> bool:
    return key not in before or (key in mine and key in other)


# --- Duplicates -----------------------------------------------------------------------------------


def _duplicates(files: Sequence[Path], failures: list[Failure]) -> Iterator[Row]:
    """Seed duplicates of one work in twenty, damaged as in life, among all works of the files."""
    chance = random.Random(11)
    works: list[Work] = []
    seen: set[str] = set()
    for path in files:
        for work in read(path.read_bytes()).works:
            names = [one.name.family for one in work.contributors]
            told = f"{work.title}{work.year}{names}".casefold()
            if work.title and told not in seen and can_be_told(work):
                seen.add(told)
                works.append(replace(work, citation_key=f"w{len(works)}"))
    works = chance.sample(works, min(len(works), 20_000))
    known = {tuple(sorted((pair.first, pair.second))) for pair in pairs(works)}
    count = len(works)
    twins: dict[int, int] = {}
    for place in chance.sample(range(count), count // 20):
        twin = chance.choice(_MAKERS)(works[place], chance)
        if can_be_told(twin):
            twins[len(works)] = place
            works.append(replace(twin, citation_key=f"twin{place}"))
    said = right = 0
    for pair in pairs(works):
        if pair.second < count:
            continue  # what the real files hold twice themselves is not judged here
        said += 1
        first = twins.get(pair.first, pair.first)
        target = twins[pair.second]
        if first == target or tuple(sorted((first, target))) in known:
            right += first == target
            said -= first != target
        else:
            failures.append(
                Failure(
                    "duplicates: precision",
                    works[pair.second].title or "",
                    str(works[pair.first].title),
                )
            )
    precision = right / max(said, 1)
    recall = right / max(len(twins), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    yield Row("duplicates: precision", 100 * precision, "%", said, "≥ 99.5 %", precision >= 0.995)
    yield Row("duplicates: recall", 100 * recall, "%", len(twins))
    yield Row("duplicates: F1", 100 * f1, "%", len(twins), "≥ 98.5 %", f1 >= 0.985)


def _alarms(path: Path, failures: list[Failure]) -> Row:
    measure = f"errors that check finds in {path.name}"
    raw = path.read_bytes()
    found = [
        *read(raw, path.name).findings,
        *manners.look(Library.of(decode(raw), path.name, "{author}{year}{title}"), manners.names()),
    ]
    errors = [one for one in found if one.severity == "error"]
    failures += [Failure(measure, one.key or "", str(one)) for one in errors]
    told = f"{len(found) - len(errors)} warnings and remarks"
    return Row(measure, len(errors), "", len(read(raw).works), "0", not errors, told)
