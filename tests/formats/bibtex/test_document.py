"""Patches to a .bib file: the smallest change, in the file's own style."""

import lzma
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.errors import LibraryError, RefusedError, UsageError
from library.formats.bibtex.difference import unified_diff
from library.formats.bibtex.document import Document, open_document
from library.formats.bibtex.patch import (
    AppendEntry,
    BrokenEntryError,
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
)
from library.formats.bibtex.quoting import ValueRefusedError

BRACES = """% my library

@article{one,
  author    = {Doe, Jane},
  title     = {A {Title}},
  journal   = {Journal of X},
  year      = 2000,
  doi       = {10.1000/one}
}

@book{two,
  author    = {Roe, Richard},
  title     = {B},
  publisher = {P},
  year      = 2001
}
"""


def patched(text: str, *patches: Patch, encoding: str = "utf-8") -> str:
    return open_document(text.encode(encoding)).patched(patches).source.encode().decode(encoding)


def change(text: str, *patches: Patch) -> list[str]:
    """Return the lines that go and come."""
    document = open_document(text.encode())
    diff = unified_diff(document.source, document.patched(patches).source, "t.bib")
    return [line for line in diff.splitlines()[2:] if line[:1] in {"+", "-"}]


# Fields


def test_a_changed_value_changes_its_line_only() -> None:
    assert change(BRACES, SetField("one", "Year", "1999")) == [
        "-  year      = 2000,",
        "+  year      = 1999,",
    ]
    assert change(BRACES, SetField("two", "author", "Moe, Max")) == [
        "-  author    = {Roe, Richard},",
        "+  author    = {Moe, Max},",
    ]


def test_a_value_that_stands_there_already_changes_nothing() -> None:
    document = open_document(BRACES.encode())
    assert document.patched([SetField("one", "title", "A {Title}")]) is document


def test_a_new_field_is_written_and_placed_as_its_neighbours_are() -> None:
    assert change(BRACES, SetField("two", "doi", "10.1000/two")) == [
        "-  year      = 2001",
        "+  year      = 2001,",
        "+  doi       = {10.1000/two}",
    ]
    assert change(BRACES, SetField("two", "journal", "X")) == ["+  journal   = {X},"]
    assert change(BRACES, SetField("one", "volume", "12")) == ["+  volume    = 12,"]


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ('@a{k,\n\tTitle = "x",\n\tYear = "2000",\n}', '+\tDoi = "d",'),
        ("@A{k,\n  TITLE = {x},\n  YEAR = {2000},\n}", "+  DOI = {d},"),
        ("@a{k,\n  title={x},\n  year={2000},\n}", "+  doi={d},"),
        ("@a{k,\n  title =  {x},\n  year =   {2000},\n}", "+  doi =    {d},"),
        ("@a{k,\n  title       = {x},\n  year        = {2000},\n}", "+  doi         = {d},"),
        ("@a{k\n , title = {x}\n , year = {2000}\n }", "+ , doi = {d}"),
        ("@a{k,\n title = {x}, % a comment\n year = {2000} % another\n}", "+ doi = {d}"),
    ],
)
def test_a_new_field_follows_the_entrys_own_style(entry: str, line: str) -> None:
    assert line in change(entry, SetField("k", "doi", "d"))


def test_a_new_field_in_an_entry_on_one_line_stays_on_it() -> None:
    text = "@a{k, title={x}, year=2000}\n"
    assert patched(text, SetField("k", "doi", "d")) == "@a{k, title={x}, year=2000, doi={d}}\n"


@pytest.mark.parametrize("entry", ["@a{k}", "@a{k,}", "@a{k,\n}", "@a{ k ,\n\n}"])
def test_an_entry_without_fields_gets_its_first(entry: str) -> None:
    document = open_document(entry.encode()).patched([SetField("k", "doi", "d")])
    assert [found.fields for found in document.reading.entries] == [{"doi": "d"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay_what_they_are(end: str) -> None:
    text = BRACES.replace("\n", end)
    found = patched(
        text,
        SetField("two", "doi", "d"),
        AppendEntry(entry_type="misc", key="new", fields={"note": "a\nb"}),
    )
    assert found.replace(end, "").count("\n") == 0
    assert found.replace(end, "").count("\r") == 0


def test_a_field_that_is_removed_takes_its_line_along() -> None:
    assert change(BRACES, RemoveField("one", "journal")) == ["-  journal   = {Journal of X},"]
    assert change(BRACES, RemoveField("one", "author")) == ["-  author    = {Doe, Jane},"]
    assert change(BRACES, RemoveField("one", "doi")) == [
        "-  year      = 2000,",
        "-  doi       = {10.1000/one}",
        "+  year      = 2000",
    ]
    assert change(BRACES, RemoveField("one", "absent")) == []


def test_a_field_that_stands_twice_is_removed_twice_and_set_where_it_counts() -> None:
    text = "@a{k, t={1}, u={x}, T={2}, v={y}}"
    assert patched(text, RemoveField("k", "t")) == "@a{k, u={x}, v={y}}"
    assert patched("@a{k,t={},\n  t={},\n}", RemoveField("k", "t")) == "@a{k,\n}"
    assert patched(text, SetField("k", "t", "3")) == "@a{k, t={1}, u={x}, T={3}, v={y}}"


def test_the_only_field_can_be_removed() -> None:
    assert patched("@a{k,\n  t = {1},\n}\n", RemoveField("k", "t")) == "@a{k,\n}\n"


def test_a_month_is_written_as_its_macro() -> None:
    assert change(BRACES, SetField("one", "month", "Feb")) == ["+  month     = feb,"]
    found = patched("@a{k,\n  month = jan,\n}", SetField("k", "month", "feb"))
    assert found == "@a{k,\n  month = feb,\n}"


def test_a_value_that_was_a_macro_gets_delimiters() -> None:
    text = '@string{acm = "ACM"}\n@a{k, publisher = acm # " Press"}\n'
    assert "@a{k, publisher = {X}}" in patched(text, SetField("k", "publisher", "X"))


# What a value may not do


@pytest.mark.parametrize(
    "value", ["a } b", "a { b", "}{", "a \\{ b", "a \\} b", "\x00", "a\x1b[31m", "{" * 9]
)
def test_a_value_that_would_break_the_file_is_refused(value: str) -> None:
    document = open_document(BRACES.encode())
    with pytest.raises(ValueRefusedError, match=r"(?s)value of note was not written: .*Nothing"):
        document.patched([SetField("one", "note", value)])
    with pytest.raises(ValueRefusedError):
        document.patched([AppendEntry(entry_type="misc", key="n", fields={"note": value})])


@pytest.mark.parametrize(
    "value",
    [
        'a "quoted" word',
        "a, b = {c}",
        "@article{x, y = {z}}",
        "100% # \\ ~",
        "a\n@b{c,\n d = {e}}\nf",
    ],
)
@pytest.mark.parametrize("quote", ["{%s}", '"%s"'])
def test_a_hostile_value_that_balances_is_written_safely(value: str, quote: str) -> None:
    text = f"@a{{k,\n  t = {quote % 'x'},\n  u = {quote % 'y'}\n}}\n\n@b{{next,}}\n"
    document = open_document(text.encode()).patched([SetField("k", "t", value)])
    assert [entry.key for entry in document.reading.entries] == ["k", "next"]
    assert document.reading.entries[0].fields == {"t": value, "u": "y"}


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a{", "1st", 'a"', "a,b"])
def test_a_name_that_is_no_field_name_is_refused(name: str) -> None:
    with pytest.raises(ValueRefusedError):
        open_document(BRACES.encode()).patched([SetField("one", name, "x")])


@pytest.mark.parametrize("key", ["", "a b", "a,b", "a{b", "a%b", "a\\b", "a#b", "a\u200bb"])
def test_a_key_that_latex_could_not_cite_is_refused(key: str) -> None:
    with pytest.raises(ValueRefusedError):
        open_document(BRACES.encode()).patched([RenameKey("one", key)])


# Encodings


def test_what_the_encoding_lacks_is_written_as_latex() -> None:
    text = "@a{k,\n  t = {Zoë}\n}\n"
    found = patched(text, SetField("k", "t", "Zoë Żółw – “x”"), encoding="cp1252")
    assert found == "@a{k,\n  t = {Zoë {\\.Z}ó{\\l}w – “x”}\n}\n"
    with pytest.raises(ValueRefusedError, match="Convert the file to UTF-8"):
        patched(text, SetField("k", "t", "表"), encoding="cp1252")


def test_utf_16_stays_utf_16() -> None:
    raw = "\ufeff@a{k,\n  t = {x}\n}\n".encode("utf-16-le")
    document = open_document(raw).patched([SetField("k", "t", "Żółw")])
    assert document.source.encode() == raw.replace(
        "{x}".encode("utf-16-le"), "{Żółw}".encode("utf-16-le")
    )


def test_stray_bytes_elsewhere_stay() -> None:
    raw = "@a{k, t = {Żółw ë}}\n".encode() + b"@b{l, t = {Zo\xeb}}\n"
    document = open_document(raw).patched([SetField("k", "u", "ö")])
    assert document.source.encode().endswith(b"@b{l, t = {Zo\xeb}}\n")


# Entries


def test_an_entry_is_appended_in_the_files_style_before_jabrefs_metadata() -> None:
    text = BRACES + "\n@Comment{jabref-meta: databaseType:bibtex;}\n"
    patch = AppendEntry(
        entry_type="article",
        key="three",
        fields={"author": "A", "title": "T", "year": "2020", "month": "jan"},
    )
    assert patched(text, patch) == BRACES + (
        "\n@article{three,\n  author    = {A},\n  title     = {T},\n  year      = 2020,\n"
        "  month     = jan\n}\n\n@Comment{jabref-meta: databaseType:bibtex;}\n"
    )


def test_an_entry_given_as_text_is_put_in_as_it_is() -> None:
    text = "@Misc{x,\n note={as it is} }"
    assert patched(BRACES, AppendEntry(text)) == BRACES + "\n" + text + "\n"
    for bad in ("", "no entry", text + text, "@a{k, t = {x}", "@a{k t}", "@comment{x}"):
        with pytest.raises(ValueRefusedError):
            patched(BRACES, AppendEntry(bad))


@pytest.mark.parametrize("text", ["", "% only a comment", "% only a comment\n", "\n"])
def test_an_entry_is_appended_to_a_file_without_any(text: str) -> None:
    patch = AppendEntry(entry_type="misc", key="new", fields={"title": "x"})
    found = patched(text, patch)
    assert found.startswith(text)
    assert found.endswith("@misc{new,\n  title = {x},\n}\n")


def test_a_removed_entry_leaves_no_gap() -> None:
    without_one = BRACES.replace(BRACES[BRACES.index("@article") : BRACES.index("@book")], "")
    assert patched(BRACES, RemoveEntry("one")) == without_one
    assert patched(BRACES, RemoveEntry("two")) == BRACES[: BRACES.index("\n@book")]


def test_an_entry_can_be_moved_either_way() -> None:
    head, one, two = BRACES.split("\n\n")
    moved = f"{head}\n\n{two.strip()}\n\n{one}\n"
    assert patched(BRACES, MoveEntry("two", before="one")) == moved
    assert patched(BRACES, MoveEntry("one", after="two")) == moved
    with pytest.raises(UsageError):
        patched(BRACES, MoveEntry("one"))


def test_an_entry_is_not_moved_away_from_its_strings() -> None:
    text = "@a{k, t={x}}\n\n@string{s = {S}}\n\n@b{l, t = s}\n"
    with pytest.raises(MovedFromStringsError):
        patched(text, MoveEntry("l", before="k"))
    assert patched(text, MoveEntry("k", after="l")).index("@a") > text.index("@string")


def test_a_type_keeps_the_files_letter_case() -> None:
    assert change(BRACES, SetType("one", "Online")) == ["-@article{one,", "+@online{one,"]
    assert patched("@ARTICLE{k,}", SetType("k", "book")) == "@BOOK{k,}"
    assert patched("@Article{k,}", SetType("k", "book")) == "@Book{k,}"


def test_a_renamed_entry_is_followed_by_those_that_name_it() -> None:
    text = "@book{old, title={x}}\n@inbook{c, crossref = {old}, related = {a, old,b}, note={old}}\n"
    assert patched(text, RenameKey("old", "new")) == text.replace("{old,", "{new,").replace(
        "crossref = {old}", "crossref = {new}"
    ).replace("a, old,b", "a, new,b")
    assert patched(text, RenameKey("old", "new", follow=False)).count("old") == 3
    with pytest.raises(KeyTakenError):
        patched(text, RenameKey("old", "c"))


def test_entries_with_one_key_are_told_apart_by_their_occurrence() -> None:
    text = "@a{k, t={1}}\n@a{k, t={2}}\n"
    assert patched(text, RemoveEntry("k", occurrence=1)) == "@a{k, t={1}}\n"
    assert patched(text, RenameKey("k", "l", occurrence=1)) == "@a{k, t={1}}\n@a{l, t={2}}\n"
    assert open_document(text.encode()).text("k", 1) == "@a{k, t={2}}"


def test_many_patches_to_one_entry_build_on_each_other() -> None:
    found = patched(
        "@a{k, t={1}}\n",
        SetField("k", "u", "2"),
        SetField("k", "u", "3"),
        RenameKey("k", "l"),
        SetField("l", "v", "4"),
        RemoveField("l", "t"),
        SetType("l", "book"),
    )
    assert found == "@book{l, u={3}, v={4}}\n"


# Refusals change nothing


def test_a_refused_patch_takes_the_others_with_it() -> None:
    document = open_document(BRACES.encode())
    with pytest.raises(NoSuchEntryError, match="There is 'one'"):
        document.patched([SetField("one", "year", "1"), SetField("ONE", "year", "2")])
    assert document.source.encode() == BRACES.encode()


def test_a_broken_entry_is_not_touched_but_can_go() -> None:
    text = "@a{k, t = {x} u = {y}}\n\n@b{l, t = {z}}\n"
    with pytest.raises(BrokenEntryError, match="line 1"):
        patched(text, SetField("k", "t", "y"))
    assert patched(text, RemoveEntry("k")) == "@b{l, t = {z}}\n"
    assert "t = {new}" in patched(text, SetField("l", "t", "new"))


def test_an_entry_that_escaped_braces_tear_apart_can_be_patched() -> None:
    text = "@a{k,\n t = {{HOMO\\}: x}},\n year = {2000},\n}\n"
    assert change(text, SetField("k", "year", "2001")) == ["- year = {2000},", "+ year = {2001},"]


def test_an_entry_is_appended_behind_a_block_that_never_ends() -> None:
    found = patched("@a{k, t = {x\n", AppendEntry(entry_type="misc", key="new", fields={"t": "y"}))
    assert [entry.key for entry in open_document(found.encode()).reading.entries] == ["k", "new"]


# Chance

VALUES = st.text(st.sampled_from('ab {}"\\%@#=,\n~é–'), max_size=12)
NAMES = st.sampled_from(["title", "year", "doi", "x-y", "MONTH"])
PATCHES = st.one_of(
    st.builds(SetField, st.just("one"), NAMES, VALUES),
    st.builds(RemoveField, st.just("one"), NAMES),
    st.builds(RenameKey, st.just("one"), VALUES),
    st.builds(SetType, st.just("one"), VALUES),
    st.builds(AppendEntry, VALUES),
    st.builds(AppendEntry, st.none(), NAMES, VALUES, st.dictionaries(NAMES, VALUES)),
)


@given(
    st.text(st.sampled_from('@abk{}"=,# \n%\\'), max_size=40),
    st.lists(PATCHES, max_size=3),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_a_patch_is_applied_exactly_or_refused(
    text: str, patches: list[Patch], encoding: str
) -> None:
    """`patched` holds its own result against what was asked, and fails with another error."""
    document = open_document((text + "\n\n" + BRACES).encode(encoding))
    try:
        result = document.patched(patches)
    except (UsageError, RefusedError):
        return
    assert isinstance(result, Document)


@pytest.mark.corpus
def test_random_patches_of_real_files_change_their_span_only(corpora: Path) -> None:
    """`scripts/conformance bibtex` does this for every file."""
    files = sorted((corpora / "bib").glob("*/*.bib"))
    chance = random.Random(3)  # noqa: S311 - a sample needs no secret
    for path in chance.sample(files, min(len(files), 60)):
        document = open_document(path.read_bytes())
        for entry in [entry for entry in document.reading.entries if entry.key][:3]:
            for patch in (
                SetField(entry.key, "doi", "10.1000/x"),
                SetField(entry.key, "title", 'A "new" Zoë'),
                RemoveField(entry.key, "year"),
            ):
                try:
                    after = document.patched([patch]).source.data
                except BrokenEntryError:
                    continue
                before = document.source.data
                assert after[: entry.start] == before[: entry.start], (path, patch)
                assert after.endswith(before[entry.end :]), (path, patch)


@pytest.mark.corpus
def test_a_diff_of_a_large_file_is_quick_and_small(corpora: Path) -> None:
    raw = lzma.decompress((corpora / "large" / "acl_anthology_rejoined.bib.xz").read_bytes())
    document = open_document(raw[:3_000_000])
    keys = [entry.key for entry in document.reading.entries]
    after = document.patched([SetField(key, "note", "x") for key in (keys[5], keys[-5])])
    lines = unified_diff(document.source, after.source, "acl.bib").splitlines()
    added = [line for line in lines[2:] if line.startswith("+")]
    assert [line.split()[1] for line in added] == ["note", "note"]
    assert len(lines) < 40


def test_every_error_of_a_patch_is_one_of_ours() -> None:
    for error in (BrokenEntryError, KeyTakenError, MovedFromStringsError, NoSuchEntryError):
        assert issubclass(error, LibraryError)
