"""Random .bib files, and what must be true of reading and patching any of them."""

import argparse
import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.errors import RefusedError, UsageError
from library.formats.bibtex.blocks import decode, read_entries, read_pieces, scan, split
from library.formats.bibtex.document import Document
from library.formats.bibtex.patch import Patch, RemoveEntry, RemoveField, RenameKey, SetField

_SIGNS = '@{}()",=#%\\ \n\r\tab1é\x00'
_NAMES = st.sampled_from(["title", "YEAR", "author", "x", "été", "", "1"])
_INSIDE = st.text(_SIGNS, max_size=12)
_VALUES = st.one_of(
    _INSIDE.map(lambda text: "{" + text + "}"),
    _INSIDE.map(lambda text: '"' + text + '"'),
    st.sampled_from(["2000", "jan", "acm", '"a" # acm', "{{deep} {{er}}}", "", "{\\}", '{"}']),
)
_FIELDS = st.tuples(
    _NAMES,
    st.sampled_from(["=", " = ", "", "==", "\n=\r\n"]),
    _VALUES,
    st.sampled_from([",", ",\n  ", "", " ", ",,", ", % note\n"]),
).map("".join)
_BLOCKS = st.tuples(
    st.sampled_from(["@", "\n@", "\n  @", " @ ", "% @", "\r@"]),
    st.sampled_from(["article", "comment", "string", "preamble", "", "Ärtikel", "a b"]),
    st.sampled_from(["{", "(", "", " {", "\n{", "{{"]),
    st.sampled_from(["key,", "key, ", "", ",", "a key,", "key", "schlüssel,"]),
    st.lists(_FIELDS, max_size=4).map("".join),
    st.sampled_from(["}", "\n}\n", ")", "", "}}", "}\n\n"]),
).map("".join)

BIB_TEXTS = st.lists(st.one_of(_BLOCKS, st.text(_SIGNS, max_size=8)), max_size=5).map("".join)
"""Mostly sound parts of .bib files, badly put together."""

BIB_BYTES = st.one_of(
    st.builds(
        lambda text, codec: text.encode(codec, "replace"),
        BIB_TEXTS,
        st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be", "latin-1"]),
    ),
    st.builds(lambda text, stray: text.encode() + stray, BIB_TEXTS, st.binary(max_size=6)),
)
"""The same in the encodings that .bib files come in, with stray bytes."""


def check_bytes(raw: bytes) -> None:
    """Read, split and patch a file.

    Raises:
        AssertionError: bytes were lost or counted twice, a block hangs on what stands before it, or
            a patch changed more than was asked.
    """
    source = decode(raw)
    _hold(source.encode() == raw, "the bytes come back")
    blocks = split(source)
    edges = [0, *(block.end for block in blocks)]
    _hold([block.start for block in blocks] == edges[:-1], "the blocks join")
    _hold(edges[-1] == len(source.data), "the blocks reach the end")
    _hold(all(block.end > block.start for block in blocks), "no block is empty")
    reading = read_entries(source)
    spans = {(block.start, block.end) for block in blocks if block.kind != "text"}
    for entry in (*reading.entries, *reading.duplicates):
        _hold((entry.start, entry.end) in spans, "an entry is a block")
    for index, block in enumerate(blocks):
        _hold(
            split(source, block.start, block.line) == blocks[index:],
            "a block does not hang on what stands before it",
        )
    again = read_pieces(source, scan(source))
    _hold(again.entries == reading.entries, "one reading is like another")
    _check_patches(Document(source))


def _check_patches(document: Document) -> None:
    for entry in document.reading.entries[:3]:
        patches: list[Patch] = [
            SetField(entry.key, "note", "a {new} “note”"),
            RemoveField(entry.key, "title"),
            RenameKey(entry.key, "another"),
            RemoveEntry(entry.key),
        ]
        for patch in patches:
            try:
                after = document.patched([patch]).source.data
            except (UsageError, RefusedError):
                continue
            before = document.source.data
            _hold(after[: entry.start].startswith(before[: entry.start].rstrip()), "what is before")
            _hold(after.endswith(before[entry.end :].lstrip()), "what is behind")


def _hold(is_true: bool, what: str) -> None:  # noqa: FBT001 - an assertion that -O leaves in
    if not is_true:
        raise AssertionError(what)


def main() -> int:
    """Fuzz for the seconds that the command line gives; return 1 with the smallest failing case."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    checked = 0

    @settings(
        max_examples=2_000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(BIB_BYTES)
    def fuzz(raw: bytes) -> None:
        nonlocal checked
        checked += 1
        check_bytes(raw)

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fuzz()
        print(f"{checked:,} files read and patched, no defect", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
