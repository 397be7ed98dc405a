"""Blocks and entries of .bib files: what is read, and what is said about what is odd."""

import time

import pytest

from library.formats.bibtex.blocks import (
    EntryReading,
    decode,
    read_entries,
    read_pieces,
    scan,
    split,
)


def read(text: str) -> EntryReading:
    return read_entries(decode(text.encode()), "t.bib")


def keys(text: str) -> list[str]:
    return [entry.key for entry in read(text).entries]


def checks(text: str) -> list[str]:
    return [finding.check for finding in read(text).findings]


def fields(text: str) -> dict[str, str]:
    (entry,) = read(text).entries
    return entry.fields


@pytest.mark.parametrize(
    "written",
    [
        " a = {1},\n b = {2},\n c = {3},\n",
        " a = {1} ,\n b = {2},\n c = {3},\n",
        " a = {1},\n b = {2}, c = {3},\n",
        " a = {1},b = {2} , c = {3}\n",
        " a = {1},\r\n b = {2},\r\n c = {3},\r\n",
        " a = {1}\n ,b = {2}\n ,c = {3}\n",
        " A={1},\nB = {2},\n\n\tc\t= {3},",
    ],
)
def test_fields_are_told_apart_however_commas_and_lines_stand(written: str) -> None:
    assert fields("@a{k,\n" + written + "}\n") == {"a": "1", "b": "2", "c": "3"}


@pytest.mark.parametrize("value", ["{x},\n", "x {y},\n b = {z}", "{},\n{}", "{{x},\n {y},\n}"])
def test_what_looks_like_the_end_of_a_field_stays_in_its_value(value: str) -> None:
    assert fields("@a{k,\n a = {" + value + "},\n c = {3},\n}\n") == {"a": value, "c": "3"}


def test_an_entry_is_read_with_its_strings_put_in() -> None:
    reading = read(
        '@string{acm = "ACM"}\n@Article{k1,\n Title = {A {B}},\n'
        ' publisher = acm # " Press",\n month = jan}\n'
    )
    (entry,) = reading.entries
    assert (entry.type, entry.key, entry.line) == ("article", "k1", 2)
    assert entry.fields == {"title": "A {B}", "publisher": "ACM Press", "month": "jan"}
    assert entry.quoted == {"publisher", "month"}
    assert reading.strings == {"acm": "ACM"}
    assert reading.findings == []


def test_a_string_counts_from_where_it_is_defined() -> None:
    reading = read("@a{k1, t = x}@string{x = {one}}@a{k2, t = X}@string{x = {two}}@a{k3, t = x}")
    assert [entry.fields["t"] for entry in reading.entries] == ["x", "one", "two"]
    assert [finding.check for finding in reading.findings] == ["unknown-string"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{a}", "a"),
        ('"a"', "a"),
        ('"a {"} b"', 'a {"} b'),
        ("{}", ""),
        ("1999", "1999"),
        ("may", "may"),
        ('"1" # "~" # may', "1~may"),
        ("{a, b = c}", "a, b = c"),
        ("{a \\{b\\} c}", "a \\{b\\} c"),
        ("{" * 50 + "x" + "}" * 50, "{" * 49 + "x" + "}" * 49),
        ("{a\n  b}", "a\n  b"),
    ],
)
@pytest.mark.parametrize("shape", ["@a{k, t = %s}", "@a{k, t = %s,}", "@a(k, t = %s)"])
def test_a_value_is_read_without_its_delimiters(written: str, value: str, shape: str) -> None:
    assert fields(shape % written) == {"t": value}


def test_percent_comments_out_the_rest_of_a_line_as_in_biber() -> None:
    assert fields("@a{k, % first\n t = {a % b}, % second\n % u = {no},\n v = {c}}") == {
        "t": "a % b",
        "v": "c",
    }
    assert keys("% @a{no, t={x}}\ntext % @a{no2, t={x}}\n100%@a{yes, t={x}}") == ["yes"]


def test_an_entry_in_a_comment_is_not_read() -> None:
    assert keys("@comment{ @a{no, t={x}} }\n@a{yes, t={x}}") == ["yes"]
    assert keys("@Comment{jabref-meta: groupstree:\n0 AllEntriesGroup:;\n}\n@a{yes,}") == ["yes"]


def test_text_with_an_at_sign_is_text() -> None:
    text = "Write to me@home.org (or me@work{now}).\n\n@a{k, t={x}}\n"
    assert [block.kind for block in split(decode(text.encode()))] == ["text", "entry", "text"]
    assert checks(text) == []


def test_the_first_entry_with_a_key_counts_as_in_biber() -> None:
    reading = read("@a{k, t={1}}\n@a{k, t={2}}\n@a{K, t={3}}\n")
    assert [(entry.key, entry.fields["t"]) for entry in reading.entries] == [("k", "1"), ("K", "3")]
    assert [entry.fields["t"] for entry in reading.duplicates] == ["2"]
    twice, case = reading.findings
    assert (twice.check, twice.severity, twice.line, twice.key) == ("key-twice", "error", 2, "k")
    assert (case.check, case.line, case.key) == ("key-case", 3, "K")
    assert str(twice).startswith("t.bib:2: error: the key stands already in line 1")


def test_of_a_field_that_stands_twice_the_last_counts_as_in_biber() -> None:
    for text in ("@a{k, t={1}, T={2}, }", "@a{k, t=1, t={2}}", '@a{k, % c\n t="1", t={2}}'):
        assert fields(text) == {"t": "2"}
        assert checks(text) == ["field-twice"]


# What is odd


def test_what_is_left_of_a_torn_entry_is_read_as_it_was_meant() -> None:
    r"""BibTeX counts the brace in "\}", closes the entry there, and drops the author."""
    text = "@a{k,\n t = {{HOMO\\}-x},\n a = {Doe}}\n}\n" + "@b{next, t = {y}}"
    assert read(text).entries[0].fields.keys() >= {"t"}
    torn = "@a{k,\n t = {{HOMO\\}: Twitte}},\n author = {Doe},\n}\n@b{next, t = {y}}\n"
    reading = read(torn)
    assert reading.entries[0].fields == {"t": "{HOMO\\}: Twitte}", "author": "Doe"}
    assert reading.entries[1].key == "next"
    assert [finding.check for finding in reading.findings] == ["escaped-braces"]


def test_an_escaped_quote_does_not_end_a_value() -> None:
    assert fields('@a{k, t = "G\\"odel", u = {b}}') == {"t": 'G\\"odel', "u": "b"}
    assert checks('@a{k, t = "G\\"odel"}') == ["escaped-braces"]


def test_fields_behind_an_entry_closed_too_early_are_reported() -> None:
    reading = read("@a{k, t = {x}},\n year = {2000}\n}\n@b{next,}")
    assert [entry.key for entry in reading.entries] == ["k", "next"]
    (finding,) = reading.findings
    assert (finding.check, finding.key, finding.line) == ("stray-fields", "k", 1)


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        ("@a{one, title = {never closed,\n year = 2000\n}", "unbalanced-braces"),
        ('@a{one, title = "never closed,\n year = 2000\n}', "unbalanced-quotes"),
        ("@a{one, title = {x} year = 2000}", "missing-comma"),
        ("@a{one,\n title = {x}\n year = {2000}}", "missing-comma"),
        ("@a{one, title = , year = 2000}", "missing-value"),
        ("@a{one, title}", "bad-field"),
        ("@a{one title = {x}}", "bad-key"),
        ("@a{one", "unbalanced-braces"),
        ("@string{s = }", "missing-value"),
        ("@comment{never closed", "unbalanced-braces"),
        ("@preamble{nothing", "unbalanced-braces"),
        ("@{one, title = {x}}", "missing-type"),
    ],
)
def test_the_entry_behind_a_broken_block_is_read(broken: str, check: str) -> None:
    text = f"@a{{zero, t={{0}}}}\n{broken}\n\n@b{{two, title = {{y}}}}\n"
    found = keys(text)
    assert (found[0], found[-1]) == ("zero", "two")
    finding = next(finding for finding in read(text).findings if finding.check == check)
    assert finding.severity == "error"
    assert finding.line is not None
    assert finding.line >= 2
    source = decode(text.encode())
    assert b"".join(source.data[b.start : b.end] for b in split(source)) == text.encode()


def test_a_missing_comma_costs_no_field() -> None:
    assert fields("@a{k,\n title = {x}\n year = {2000},\n doi = {y}\n}") == {
        "title": "x",
        "year": "2000",
        "doi": "y",
    }


def test_a_value_without_an_end_is_cut_before_the_next_field() -> None:
    text = "@a{k,\n title = {x {y,\n year = {2000},\n}\n\n@b{next,}"
    reading = read(text)
    assert reading.entries[0].fields == {"title": "x {y}", "year": "2000"}
    assert [finding.check for finding in reading.findings] == ["unbalanced-braces", "cut-value"]


def test_entries_are_not_swallowed_by_two_errors_that_cancel_out() -> None:
    """A brace too few in `one` and a brace too many further down pair, for BibTeX."""
    text = (
        "@a{one,\n title = {x,\n year = {2000},\n}\n\n@b{two, t = {y}}\n\n"
        "@b{three, t = {z}}\n}\n}\n@b{four,}"
    )
    assert keys(text) == ["one", "two", "three", "four"]


def test_an_entry_quoted_in_a_value_belongs_to_the_value() -> None:
    text = "@a{k, note = {Write it so:\n@article{x, t = {y}}\nand no other way}, year = 2000}\n"
    assert list(fields(text)) == ["note", "year"]


def test_a_key_may_be_missing() -> None:
    for text in ("@a{, t={x}}", "@a{t={x}}", "@a{\n t = {x}\n}"):
        (entry,) = read(text).entries
        assert (entry.key, entry.fields) == ("", {"t": "x"})
        assert checks(text) == ["missing-key"]


def test_bibtexparser_reads_what_the_grammar_refuses() -> None:
    """Without it these keys would end at their first blank."""
    reading = read("@a{a key, t = {x}}\n@a{b key\tof, t = {y}}")
    assert [entry.key for entry in reading.entries] == ["a key", "b key\tof"]
    assert [finding.message.rpartition("; ")[2] for finding in reading.findings] == [
        "it was read all the same"
    ] * 2


def test_a_field_that_bibtexparser_would_swallow_is_read() -> None:
    r"""It reads "a\\, year = 2000" as one value, and says nothing."""
    assert fields("@a{k, title = a\\\\, year = 2000}")["year"] == "2000"


def test_no_break_spaces_do_not_become_part_of_names() -> None:
    assert fields("@a{k,\n\u00a0\u00a0title = {x},\n\u00a0year = 2000}") == {
        "title": "x",
        "year": "2000",
    }


def test_undecodable_bytes_are_read_as_windows_1252_and_reported() -> None:
    raw = "@a{k, t = {Żółw i Zoë}}\n".encode() + b"@a{l, t = {Zo\xeb}}\n"
    reading = read_entries(decode(raw))
    assert [entry.fields["t"] for entry in reading.entries] == ["Żółw i Zoë", "Zoë"]
    assert [(f.check, f.key) for f in reading.findings] == [("undecodable-bytes", "l")]


# Lines, blocks, incremental reading


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    text = end.join(["text", "@a{k,", " t={x}", "}", "", "@b{l bad, t={x}}", "@c{m,}"])
    assert [entry.line for entry in read(text).entries] == [2, 6, 7]


def test_a_file_can_be_read_from_any_block_on() -> None:
    text = "@string{s={S}}\n@a{one, t={x}}\ntext @\n@a{two, t=s}\n@b{bad, t={x\n@c{three, t=s}\n"
    source = decode(text.encode())
    blocks = split(source)
    reading = read_entries(source)
    for index, block in enumerate(blocks):
        assert split(source, block.start, block.line) == blocks[index:]
        again = read_pieces(source, scan(source, block.start, block.line), strings=reading.strings)
        assert again.entries == [e for e in reading.entries if e.start >= block.start]


@pytest.mark.parametrize(
    "unit",
    [
        "@a{k, t = {",
        "\n@a{k, t = {",
        '\n@a{k, t = "',
        "\n@a{k, t = {}, ",
        "\n@a{k x}",
        "@a{k x}",
        "x@a{",
        "@a(",
        "\n@a(k, t = (",
        "{",
        "}",
        '"',
        "@",
        "%@a{",
        ",%@a{k",
        "\\{",
        "\n@comment{",
        "\n@a{k, t = {x}},\n y = {",
        "\n@a{k,\n t = {\n u = {\n v = ",
        "@a{k,#",
        "\n@{",
    ],
)
@pytest.mark.parametrize("tail", ["", "}"])
def test_broken_braces_do_not_make_reading_quadratic(unit: str, tail: str) -> None:
    """In proportion it takes about a second, by the square minutes: nothing noise could confuse."""
    raw = (unit * 16_000 + tail * 16_000).encode()
    started = time.process_time()
    read_entries(decode(raw))
    assert time.process_time() - started < 10


def test_a_field_of_ten_megabytes_is_read() -> None:
    value = "x {y} " * 1_700_000
    assert len(fields("@a{k, t = {" + value + "}}")["t"]) == len(value)
    deep = "{" * 200_000 + "}" * 200_000
    assert fields("@a{k, t = {" + deep + "}}") == {"t": deep}
