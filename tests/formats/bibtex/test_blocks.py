"""Blocks and entries of .bib files."""

from library.formats.bibtex.blocks import EntryReading, decode, read_entries, split


def read(text: str) -> EntryReading:
    return read_entries(decode(text.encode()), "t.bib")


def test_an_entry_is_read_with_its_strings_put_in() -> None:
    reading = read(
        '@string{acm = "ACM"}\n@Article{k1,\n Title = {A {B}},\n publisher = acm # " Press",\n month = jan}\n'
    )
    (entry,) = reading.entries
    assert (entry.type, entry.key, entry.line) == ("article", "k1", 2)
    assert entry.fields == {"title": "A {B}", "publisher": "ACM Press", "month": "jan"}
    assert entry.quoted == {"publisher", "month"}
    assert reading.findings == []


def test_every_byte_stands_in_exactly_one_block() -> None:
    data = b"free @ text\n@a{k, t = {x}}\n\n@comment{y}@b{k2, broken\n@c{k3,}\n"
    source = decode(data)
    assert b"".join(source.data[block.start : block.end] for block in split(source)) == data


def test_the_entry_behind_a_broken_one_is_read() -> None:
    reading = read("@a{one, title = {never closed,\n year = 2000\n}\n@b{two, title = {x}}\n")
    assert [entry.key for entry in reading.entries] == ["one", "two"]
    assert [finding.check for finding in reading.findings][0] == "unbalanced-braces"
