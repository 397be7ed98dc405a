"""What changed between two states of a .bib file, as a unified diff; quick on large files."""

import difflib
from collections.abc import Iterator, Sequence

from library.formats.bibtex.blocks import split
from library.formats.bibtex.source import Source

_CONTEXT = 3
_Opcode = tuple[str, int, int, int, int]


def unified_diff(old: Source, new: Source, name: str) -> str:
    """Return the changes from `old` to `new` as a unified diff; "" where there are none.

    Blocks that are the same are found first, so that only changed ones are compared line by line:
    a change in a file of 100,000 entries costs no more than one in a small file, but for reading.
    """
    if old.data == new.data:
        return ""
    old_lines: list[str] = []
    new_lines: list[str] = []
    opcodes: list[_Opcode] = []
    for same, before, after in _runs(_texts(old), _texts(new)):
        first = before.splitlines(keepends=True)
        second = first if same else after.splitlines(keepends=True)
        i, j = len(old_lines), len(new_lines)
        if same:
            opcodes.append(("equal", i, i + len(first), j, j + len(first)))
        else:
            matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
            opcodes += [
                (tag, i + a, i + b, j + c, j + d) for tag, a, b, c, d in matcher.get_opcodes()
            ]
        old_lines += first
        new_lines += second
    out = [f"--- {name}\n", f"+++ {name}\n"]
    for group in _grouped(opcodes):
        out += _hunk(group, old_lines, new_lines)
    return "".join(out)


def _texts(source: Source) -> list[str]:
    """Return the blocks' texts, each with the rest of its last line."""
    texts: list[str] = []
    rest = ""
    for block in split(source):
        text = rest + source.text(block.start, block.end)
        cut = text.rfind("\n") + 1
        rest = text[cut:]
        if cut:
            texts.append(text[:cut])
    return [*texts, rest] if rest else texts


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Yield stretches that are the same in both, and the differing ones between, in order."""
    places: dict[str, list[int]] = {}
    for index in range(len(new) - 1, -1, -1):
        if not new[index].isspace():
            places.setdefault(new[index], []).append(index)
    i = j = 0
    while i < len(old) or j < len(new):
        start = i
        while i < len(old) and j < len(new) and old[i] == new[j]:
            i, j = i + 1, j + 1
        if i > start:
            yield True, "".join(old[start:i]), ""
        next_i, next_j = i, len(new)
        while next_i < len(old):
            found = places.get(old[next_i], [])
            while found and found[-1] < j:
                found.pop()
            if found:
                next_j = found[-1]
                break
            next_i += 1
        if next_i > i or next_j > j:
            yield False, "".join(old[i:next_i]), "".join(new[j:next_j])
        i, j = next_i, next_j


def _grouped(opcodes: Sequence[_Opcode]) -> Iterator[list[_Opcode]]:
    """Yield the opcodes of each hunk, with lines of context."""
    group: list[_Opcode] = []
    for index, (tag, a, b, c, d) in enumerate(opcodes):
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        is_last = index == len(opcodes) - 1
        if group and (b - a > 2 * _CONTEXT or is_last):
            size = min(_CONTEXT, b - a)
            yield [*group, (tag, a, a + size, c, c + size)]
            group = []
        if is_last:
            return
        start = b - _CONTEXT if not group and b - a > _CONTEXT else a
        group.append((tag, start, b, start - b + d, d))
    if group:
        yield group


def _hunk(group: list[_Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    _, first_old, _, first_new, _ = group[0]
    _, _, last_old, _, last_new = group[-1]
    yield f"@@ -{_range(first_old, last_old)} +{_range(first_new, last_new)} @@\n"
    for tag, a, b, c, d in group:
        if tag == "equal":
            yield from _marked(" ", old[a:b])
            continue
        yield from _marked("-", old[a:b])
        yield from _marked("+", new[c:d])


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line
        if not line.endswith("\n"):
            yield "\n" if line.endswith("\r") else "\n\\ No newline at end of file\n"


def _range(start: int, stop: int) -> str:
    size = stop - start
    if size == 1:
        return str(start + 1)
    return f"{start + 1 if size else start},{size}"
