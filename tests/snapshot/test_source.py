"""The files of a data file, whole and broken."""

import gzip
import json
from pathlib import Path

import pytest

from library.errors import UsageError
from library.snapshot.errors import SnapshotError
from library.snapshot.source import Problems, inputs, records

ONE = {"DOI": "10.1000/a", "title": ["Ä first"]}
TWO = {"DOI": "10.1000/b", "title": ["A [second] {one}"]}


def _lines(*records: object) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def _read(path: Path) -> tuple[list[tuple[int, dict[str, object]]], Problems]:
    problems = Problems(path.name)
    with path.open("rb") as stream:
        found = [(place, record) for place, _, record in records(stream, path.name, problems)]
    return found, problems


def test_json_lines_give_their_records_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "0.jsonl.gz"
    path.write_bytes(gzip.compress(_lines(ONE) + b"\n" + _lines(TWO)))
    assert _read(path) == ([(1, ONE), (3, TWO)], [])


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_an_object_of_items_gives_the_same_records(
    tmp_path: Path, separators: tuple[str, str]
) -> None:
    path = tmp_path / "0.json.gz"
    path.write_bytes(
        gzip.compress(json.dumps({"items": [ONE, TWO]}, separators=separators).encode())
    )
    assert _read(path) == ([(1, ONE), (2, TWO)], [])


def test_the_bytes_of_a_record_are_those_of_the_file(tmp_path: Path) -> None:
    raw = b'{"DOI": "10.1000/a",  "x":1.50}'
    for name, content in (("a.jsonl.gz", raw + b"\n"), ("a.json.gz", b'{"items": [' + raw + b"]}")):
        path = tmp_path / name
        path.write_bytes(gzip.compress(content))
        with path.open("rb") as stream:
            assert [bytes_ for _, bytes_, _ in records(stream, name, Problems(name))] == [raw]


def test_a_broken_line_is_told_with_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "7.jsonl.gz"
    path.write_bytes(gzip.compress(_lines(ONE) + b'{"DOI": "10.1\n[1]\n' + _lines(TWO)))
    found, problems = _read(path)
    assert [place for place, _ in found] == [1, 4]
    assert problems.skipped == 2
    assert str(problems[0]).startswith("7.jsonl.gz:2: the line is not JSON (")
    assert str(problems[0]).endswith("; this record was skipped")
    assert str(problems[1]).startswith("7.jsonl.gz:3: the line holds no record")


@pytest.mark.parametrize("name", ["7.jsonl.gz", "7.json.gz"])
def test_a_file_that_is_cut_off_gives_what_stands_before_and_says_so(
    tmp_path: Path, name: str
) -> None:
    many = [{"DOI": f"10.1000/{number}", "title": [str(number * 7919)]} for number in range(500)]
    whole = _lines(*many) if "jsonl" in name else json.dumps({"items": many}).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(whole)[:-400])
    found, problems = _read(path)
    assert 0 < len(found) < 500
    assert not problems.whole
    assert "cut off" in str(problems[-1])
    assert "Fetch the file again" in str(problems[-1])


@pytest.mark.parametrize("name", ["7.jsonl.gz", "7.json.gz"])
@pytest.mark.parametrize("content", [b"this is no gzip", b"\x1f\x8b\x08\x00damaged"])
def test_what_is_not_gzip_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found, problems = _read(path)
    assert found == []
    assert not problems.whole


def test_a_file_without_items_is_told(tmp_path: Path) -> None:
    path = tmp_path / "7.json.gz"
    path.write_bytes(gzip.compress(b'{"message": "not found"}'))
    assert str(_read(path)[1][0]).startswith("7.json.gz:1: the file has no list")


def test_files_come_in_the_order_of_their_numbers_from_all_folders(tmp_path: Path) -> None:
    for name in ("10.jsonl.gz", "2.jsonl.gz", "sub/1.jsonl.gz", "notes.txt", "2.jsonl.gz.part"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    found = inputs(str(tmp_path))
    assert [one.name for one in found] == ["2.jsonl.gz", "10.jsonl.gz", "sub/1.jsonl.gz"]
    assert [one.unit for one in found] == ["2", "10", "sub%2F1"]


def test_a_folder_without_such_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(UsageError, match="holds no file of Crossref's public data file"):
        inputs(str(tmp_path))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises((UsageError, SnapshotError), match="Nothing was done|nothing was done"):
        inputs(str(tmp_path / "none"))


def test_an_unknown_protocol_and_a_dead_server_are_said() -> None:
    for address in ("ftpx://nowhere/", "http://127.0.0.1:9/"):
        with pytest.raises((UsageError, SnapshotError), match="othing was done"):
            inputs(address)


def test_one_file_in_two_forms_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0.json.gz").write_bytes(b"")
    (tmp_path / "0.jsonl.gz").write_bytes(b"")
    with pytest.raises(UsageError, match="the same file in two forms"):
        inputs(str(tmp_path))
