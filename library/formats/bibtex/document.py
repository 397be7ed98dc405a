"""A .bib file in memory that can be patched: each change as small as it can be.

The file is a chain of its blocks' bytes. A patch rewrites bytes inside one block or relinks the
chain; whatever it does not name stays as it is, byte for byte. Before a change is given out, the
file is scanned again: it must hold the same blocks but for those patched, and each patched entry
must read as it did but for what was asked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from library.entry import BlockKind, Entry
from library.errors import LibraryError
from library.formats.bibtex import edits, style
from library.formats.bibtex.blocks import (
    EntryReading,
    Piece,
    decode,
    read_pieces,
    scan,
    visible_key,
)
from library.formats.bibtex.patch import (
    AppendEntry,
    BrokenEntryError,
    BrokenFileError,
    KeyTakenError,
    MovedFromStringsError,
    MoveEntry,
    NoSuchEntryError,
    Patch,
    RemoveEntry,
    RemoveField,
    RenameKey,
    SetField,
    SetType,
    UnsafePatchError,
)
from library.formats.bibtex.quoting import (
    ValueRefusedError,
    check_field_name,
    check_key,
    check_type,
)
from library.formats.bibtex.source import Source

REFERRING_FIELDS = ("crossref", "xref", "xdata", "related", "entryset")
"""Fields whose values are keys of other entries, one or several with commas between."""

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_NO_ENTRIES = {"", "comment", "preamble", "string"}
_LISTED = re.compile(r"[^,\s]+")


@dataclass(slots=True, eq=False)
class _Node:
    """One block in the chain."""

    kind: BlockKind
    data: bytes
    line: int = 0
    start: int = -1  # offset in the file as it was
    key: str | None = None  # of an entry that was read
    is_plain: bool = False  # an entry that can be patched
    before: "_Node | None" = field(default=None, repr=False)
    after: "_Node | None" = field(default=None, repr=False)
    is_open: bool = False  # a broken block that nothing closes: it takes in what follows
    is_moved: bool = False
    expected: Entry | None = None  # how a patched entry must read


class Document:
    """The content of one .bib file, and what becomes of it under patches."""

    def __init__(self, source: Source) -> None:
        """Read the file's blocks; nothing is ever raised for what stands in them."""
        self.source = source
        self._pieces = list(scan(source))
        self._reading: EntryReading | None = None
        self._newline = _newline_of(source.data)
        self._style: style.Style | None = None
        self._chain: _Chain | None = None

    @property
    def reading(self) -> EntryReading:
        """The entries as they now are."""
        if self._reading is None:
            self._reading = read_pieces(self.source, self._pieces)
        return self._reading

    def text(self, key: str, occurrence: int = 0) -> str:
        """Return the original text of an entry.

        Raises:
            NoSuchEntryError: no entry has the key.
        """
        data = self._linked().find(key, occurrence).data
        return replace(self.source, data=data).text(0, len(data))

    def patched(self, patches: Iterable[Patch]) -> "Document":
        """Return the document with the patches applied, in their order; this one stays.

        Raises:
            UsageError: a patch that makes no sense here (no such key, a value that BibTeX cannot
                hold); RefusedError: one that would do damage. Nothing is changed then.
        """
        chain = _Chain(self.source, self._pieces)
        habits = self._file_style(chain)
        editor = edits.Editor(self.source, habits, self._newline)
        work = _Work(self.source, chain, habits, editor, self.reading)
        for patch in patches:
            work.apply(patch)
        data = chain.data()
        if data == self.source.data:
            return self
        result = Document(replace(self.source, data=data))
        result._style = self._style
        _check(chain, result)
        return result

    @property
    def end_of_entries(self) -> int:
        """Where the last entry ends: new ones are put there."""
        return next((piece.end for piece in reversed(self._pieces) if piece.kind == "entry"), 0)

    def behind(self, patches: Iterable[AppendEntry]) -> bytes:
        """Return what new entries add at `end_of_entries`, as `patched` would write them.

        For entries given by their fields; whether their keys are free is the caller's to know.
        """
        alone = Document(replace(self.source, data=b""))
        alone._newline = self._newline
        alone._style = self._file_style(self._linked())
        data = alone.patched(patches).source.data
        return alone._style.between_entries + data.removesuffix(self._newline)

    def _linked(self) -> "_Chain":
        if self._chain is None:
            self._chain = _Chain(self.source, self._pieces)
        return self._chain

    def _file_style(self, chain: "_Chain") -> style.Style:
        if self._style is None:
            nodes = list(chain)
            entries = [node.data for node in nodes if node.is_plain]
            gaps = (
                node.data
                for node in nodes
                if node.kind == "text"
                and node.data.isspace()
                and node.before
                and node.before.is_plain
                and node.after
                and node.after.is_plain
            )
            self._style = style.of_file(entries, gaps, self._newline)
        return self._style


class _Chain:
    """The blocks of a file, linked; entries are found by their keys."""

    def __init__(self, source: Source, pieces: Sequence[Piece]) -> None:
        self.first = _Node("text", b"")  # a head, so that every block has one before it
        self.last = self.first
        self.by_key: dict[str, list[_Node]] = {}
        data = source.data
        for piece in pieces:
            node = _Node(piece.kind, data[piece.start : piece.end], piece.line, piece.start)
            if piece.plain is not None:
                node.key = visible_key(source.text(*piece.plain.span(2)))
            elif piece.span is not None and piece.kind == "entry":
                node.key = source.text(piece.span.key_start, piece.span.key_end)
            elif piece.odd is not None and piece.odd.type not in _NO_ENTRIES:
                node.key = piece.odd.key or None
            node.is_plain = node.key is not None and piece.odd is None
            node.is_open = piece.odd is not None and piece.odd.problem.end < 0
            self.link(node, self.last)
            if node.key is not None:
                self.by_key.setdefault(node.key, []).append(node)

    def __iter__(self) -> Iterator[_Node]:
        node = self.first.after
        while node is not None:
            yield node
            node = node.after

    def data(self) -> bytes:
        """Return the file."""
        return b"".join(node.data for node in self)

    def find(self, key: str, occurrence: int = 0) -> _Node:
        """Return the entry with this key.

        Raises:
            NoSuchEntryError: there is none.
        """
        nodes = self.by_key.get(key, [])
        if occurrence >= len(nodes):
            lower = key.lower()
            raise NoSuchEntryError(
                key, next((near for near in self.by_key if near.lower() == lower), None)
            )
        return nodes[occurrence]

    def find_plain(self, key: str, occurrence: int = 0) -> _Node:
        """Return the entry with this key, if it can be patched.

        Raises:
            NoSuchEntryError: there is none.
            BrokenEntryError: its parts cannot be told for certain.
        """
        node = self.find(key, occurrence)
        if not node.is_plain:
            raise BrokenEntryError(key, node.line)
        return node

    def link(self, node: _Node, before: _Node) -> None:
        """Put a block behind another."""
        node.before, node.after = before, before.after
        if before.after is not None:
            before.after.before = node
        before.after = node
        if self.last is before:
            self.last = node

    def unlink(self, node: _Node) -> None:
        """Take a block out."""
        if node.before is not None:
            node.before.after = node.after
        if node.after is not None:
            node.after.before = node.before
        if self.last is node and node.before is not None:
            self.last = node.before


@dataclass(slots=True)
class _Work:
    """Applies patches to a chain."""

    source: Source
    chain: _Chain
    habits: style.Style
    editor: edits.Editor
    reading: EntryReading
    _referring: dict[str, list[_Node]] | None = None
    _by_start: dict[int, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in (*self.reading.duplicates, *self.reading.entries):
            self._by_start[entry.start] = entry

    def apply(self, patch: Patch) -> None:
        """Change the chain as one patch asks."""
        if isinstance(patch, SetField):
            self._set_field(patch)
        elif isinstance(patch, RemoveField):
            self._remove_field(patch)
        elif isinstance(patch, RenameKey):
            self._rename(patch)
        elif isinstance(patch, SetType):
            self._set_type(patch)
        elif isinstance(patch, AppendEntry):
            self._append(patch)
        elif isinstance(patch, RemoveEntry):
            self._remove(self.chain.find(patch.key, patch.occurrence))
        else:
            self._move(patch)

    def _set_field(self, patch: SetField) -> None:
        node = self.chain.find_plain(patch.key, patch.occurrence)
        self._put(node, check_field_name(patch.field), patch.value)

    def _put(self, node: _Node, name: str, value: str) -> None:
        entry = self._parsed(node)
        old = self._read(node)
        if old.fields.get(name) == value and name not in old.quoted:
            return
        data, written = self.editor.set_field(entry, name, value)
        fields = {**old.fields, name: written}
        macros = old.quoted - {name}
        if name == "month" and edits.is_month(written):
            macros |= {name}
        node.data = data
        node.expected = replace(old, fields=fields, quoted=macros)

    def _remove_field(self, patch: RemoveField) -> None:
        node = self.chain.find_plain(patch.key, patch.occurrence)
        name = check_field_name(patch.field)
        old = self._read(node)
        if name not in old.fields:
            return
        node.data = edits.remove_field(self._parsed(node), name)
        fields = {other: value for other, value in old.fields.items() if other != name}
        node.expected = replace(old, fields=fields, quoted=old.quoted - {name})

    def _set_type(self, patch: SetType) -> None:
        node = self.chain.find_plain(patch.key, patch.occurrence)
        kind = check_type(patch.type)
        old = self._read(node)
        if kind == old.type:
            return
        span = self._parsed(node).span
        written = node.data[span.type_start : span.type_end].decode("ascii", "replace")
        new = self.habits.types.get(kind) or style.cased(kind, style.case_of([written]))
        if style.case_of([new]) != style.case_of([written]):
            new = style.cased(kind, style.case_of([written]))
        node.data = node.data[: span.type_start] + new.encode() + node.data[span.type_end :]
        node.expected = replace(old, type=kind)

    def _rename(self, patch: RenameKey) -> None:
        node = self.chain.find_plain(patch.key, patch.occurrence)
        new = check_key(patch.new)
        if new == patch.key:
            return
        self._check_free(new)
        old = self._read(node)
        span = self._parsed(node).span
        written = self.editor.encoded("", new)
        if replace(self.source, data=written).text(0, len(written)) != new:
            raise ValueRefusedError(f"the key {new!r}", "the file's encoding lacks a character")
        node.data = node.data[: span.key_start] + written + node.data[span.key_end :]
        node.key = new
        node.expected = replace(old, key=new)
        self.chain.by_key[patch.key].remove(node)
        self.chain.by_key.setdefault(new, []).append(node)
        if patch.follow and not self.chain.by_key[patch.key]:
            self._follow(patch.key, new)

    def _follow(self, old: str, new: str) -> None:
        """Let the entries that name `old` name `new`."""
        if self._referring is None:
            self._referring = {}
            for node in self.chain:
                if node.is_plain and any(name.encode() in node.data for name in REFERRING_FIELDS):
                    for key in _referred(self._read(node)):
                        self._referring.setdefault(key, []).append(node)
        for node in self._referring.pop(old, []):
            entry = self._read(node)
            for name in REFERRING_FIELDS:
                value = entry.fields.get(name, "")
                if old in _LISTED.findall(value):
                    changed = _LISTED.sub(lambda m: new if m[0] == old else m[0], value)
                    self._put(node, name, changed)
            self._referring.setdefault(new, []).append(node)

    def _append(self, patch: AppendEntry) -> None:
        if patch.text is not None:
            data, entry = self._given(patch.text)
        else:
            kind, key = check_type(patch.entry_type), check_key(patch.key)
            data, fields = self.editor.new_entry(kind, key, patch.fields)
            macros = frozenset(
                name for name, value in fields.items() if name == "month" and edits.is_month(value)
            )
            entry = Entry(kind, key, fields, quoted=macros)
        self._check_free(entry.key)
        node = _Node("entry", data, key=entry.key, is_plain=True, expected=entry)
        last = next((n for n in _backwards(self.chain.last) if n.kind in {"entry", "broken"}), None)
        if last is not None and last.is_open:
            last.data += self.habits.between_entries
            self.chain.link(node, last)
        elif last is not None:
            gap = _Node("text", self.habits.between_entries)
            self.chain.link(gap, last)
            self.chain.link(node, gap)
        else:
            self._append_to_no_entry(node)
        self.chain.by_key.setdefault(entry.key, []).append(node)

    def _append_to_no_entry(self, node: _Node) -> None:
        last = self.chain.last
        gap = b""
        if last.data and not last.data.endswith((b"\n", b"\r")):
            gap = self.editor.newline * 2
        elif last.data.strip():
            gap = self.editor.newline
        if gap:
            self.chain.link(_Node("text", gap), last)
        self.chain.link(node, self.chain.last)
        self.chain.link(_Node("text", self.editor.newline), node)

    def _given(self, text: str) -> tuple[bytes, Entry]:
        """Return a whole entry that was given as text.

        Raises:
            ValueRefusedError: the text is not exactly one entry that follows the grammar.
        """
        data = self.editor.encoded("", text.strip())
        source = replace(self.source, data=data)
        pieces = list(scan(source))
        if len(pieces) != 1 or pieces[0].kind != "entry" or pieces[0].odd is not None:
            raise ValueRefusedError("the entry", "the text is not one whole, well-formed entry")
        entry = read_pieces(source, pieces, strings=self.reading.strings).entries[0]
        check_key(entry.key)
        return data, entry

    def _remove(self, node: _Node) -> None:
        after, before = node.after, node.before
        if after is not None and after.kind == "text" and after.data.isspace():
            is_end = after.after is None
            if is_end and before is not None and before.kind == "text" and before.data.isspace():
                self.chain.unlink(before)  # the file ends as it did
            else:
                self.chain.unlink(after)
        elif after is None and before is not None and before.kind == "text":
            before.data = before.data.rstrip(b" \t") if before.data.strip() else b""
        self.chain.unlink(node)
        if node.key is not None:
            self.chain.by_key[node.key].remove(node)

    def _move(self, patch: MoveEntry) -> None:
        if (patch.before is None) == (patch.after is None):
            raise ValueRefusedError(
                f"the place of {patch.key!r}", "exactly one of “before” and “after” must be given"
            )
        node = self.chain.find(patch.key, patch.occurrence)
        target = self.chain.find(patch.before if patch.before is not None else patch.after or "")
        if node is target:
            return
        if node.is_plain:
            node.expected, node.is_moved = self._read(node), True
        self._remove(node)
        gap = _Node("text", self.habits.between_entries)
        if patch.before is not None:
            assert target.before is not None  # noqa: S101 - the chain has a head
            self.chain.link(node, target.before)
            self.chain.link(gap, node)
        else:
            self.chain.link(gap, target)
            self.chain.link(node, gap)
        if node.key is not None:
            self.chain.by_key[node.key].append(node)

    def _check_free(self, key: str) -> None:
        if self.chain.by_key.get(key):
            raise KeyTakenError(key)

    def _parsed(self, node: _Node) -> style.ParsedEntry:
        parsed = style.parse(node.data)
        if parsed is None:
            raise BrokenEntryError(node.key or "", node.line)
        return parsed

    def _read(self, node: _Node) -> Entry:
        return node.expected or self._by_start[node.start]


def _referred(entry: Entry) -> set[str]:
    return {key for name in REFERRING_FIELDS for key in _LISTED.findall(entry.fields.get(name, ""))}


def _backwards(node: "_Node | None") -> Iterator[_Node]:
    while node is not None:
        yield node
        node = node.before


def _entry_of(source: Source, data: bytes) -> Entry:
    part = replace(source, data=data)
    return read_pieces(part, scan(part)).entries[0]


def _check(chain: _Chain, result: Document) -> None:
    """Hold the scanned file against the chain: the same blocks, and entries that read as asked.

    Raises:
        UnsafePatchError: they differ.
        BrokenFileError: they differ, and a broken block is why.
        MovedFromStringsError: an entry was moved away from the @strings that it names.
    """
    data = result.source.data
    found = [piece for piece in result._pieces if piece.kind != "text"]  # noqa: SLF001 - made here
    wanted = [node for node in chain if node.kind != "text"]
    by_start: dict[int, Entry] | None = None
    for node, piece in zip(wanted, found, strict=False):
        if node.data != data[piece.start : piece.end]:
            raise _torn(wanted, f"The block {node.key or node.kind!r}")
        if node.expected is None:
            continue
        if node.expected.quoted:  # macros: what stands before the entry matters
            if by_start is None:
                reading = result.reading
                both = (*reading.duplicates, *reading.entries)
                by_start = {entry.start: entry for entry in both}
            entry = by_start[piece.start]
        else:
            entry = _entry_of(result.source, node.data)
        if entry != replace(node.expected, line=entry.line, start=entry.start, end=entry.end):
            if node.is_moved:
                raise MovedFromStringsError(node.key or "")
            raise UnsafePatchError(f"The entry {node.key!r}")
    if len(wanted) != len(found):
        raise _torn(wanted, "The file")


def _torn(wanted: Sequence[_Node], what: str) -> LibraryError:
    """Return the error for blocks that a change elsewhere would alter."""
    broken = next((node for node in wanted if node.is_open or node.kind == "broken"), None)
    return BrokenFileError(broken.line) if broken is not None else UnsafePatchError(what)


def _newline_of(data: bytes) -> bytes:
    """Return the line end that the file uses most; LF where it has none."""
    counts: dict[bytes, int] = {}
    for match in _LINE_ENDS.finditer(data, 0, 1 << 20):
        counts[match[0]] = counts.get(match[0], 0) + 1
    return max(counts, key=lambda end: counts[end], default=b"\n")


def open_document(raw: bytes) -> Document:
    """Return the document of a file's bytes."""
    return Document(decode(raw))
