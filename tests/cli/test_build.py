"""`library build`, and what every command says of a library that is not in order."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from library.cli.main import COMMANDS
from tests.cli.conftest import Seed
from tests.running import LIBRARY


def test_a_build_says_what_changed(seed: Seed) -> None:
    assert "26 works: 26 added" in seed.run("build").stdout
    seed.run("edit", "heal", "type=Association")
    assert json.loads(seed.run("build", "--json").stdout)["unchanged"] == 26


def test_a_full_build_reads_everything_again(seed: Seed) -> None:
    seed.run("build")
    assert json.loads(seed.run("build", "--full", "--json").stdout)["way"] == "whole"


def test_a_missing_bib_file_is_said(seed: Seed) -> None:
    seed.bib.unlink()
    done = seed.run("build")
    assert done.returncode == 2
    assert "references.bib" in done.stderr


def test_an_empty_bib_file_is_an_empty_library(seed: Seed) -> None:
    seed.bib.write_bytes(b"")
    assert seed.run("build").stdout.startswith("0 works")


def test_a_bib_file_that_is_not_utf8_is_read(seed: Seed) -> None:
    seed.bib.write_bytes("@misc{a, title = {Café}}\n".encode("latin-1"))
    assert "Café" in seed.run("list").stdout


def test_a_broken_entry_in_the_middle_costs_only_itself(seed: Seed) -> None:
    broken = "@misc{ok1, title = {One}}\n@misc{bad, title = {Two\n@misc{ok2, title = {Three}}\n"
    seed.bib.write_text(broken, encoding="utf-8")
    done = seed.run("build")
    assert done.returncode == 0
    assert "references.bib:2: error: " in done.stderr
    listed = seed.run("list").stdout
    assert "ok1" in listed
    assert "ok2" in listed


def test_of_a_key_that_stands_twice_the_first_counts(seed: Seed) -> None:
    seed.bib.write_text("@misc{a, title={One}}\n@misc{a, title={Two}}\n", encoding="utf-8")
    done = seed.run("build")
    assert "1 works" in done.stdout
    assert "references.bib:2: " in done.stderr
    assert "(a) [key-twice]" in done.stderr


def test_of_many_findings_the_first_are_shown_and_the_rest_counted(seed: Seed) -> None:
    text = "".join(f"@misc{{k{n}, title={{T}}, year={{20x}}}}\n" for n in range(30))
    seed.bib.write_text(text, encoding="utf-8")
    done = seed.run("build")
    assert done.stderr.count("references.bib:") == 20
    assert "and 10 more; the site lists all 30 under Health" in done.stderr


def test_a_wrong_setting_stops_every_command_with_its_line(seed: Seed) -> None:
    text = "title: x\nplugins:\n  library:\n    mailtoo: a@b.example\n"
    (seed.root / "metadata.yml").write_text(text, encoding="utf-8")
    done = seed.run("build")
    assert done.returncode == 2
    assert "metadata.yml:4: there is no setting 'mailtoo'" in done.stderr


def test_outside_a_library_every_command_says_so(seed: Seed) -> None:
    (seed.root / "metadata.yml").unlink()
    done = seed.run("list")
    assert done.returncode == 2
    assert "No library here" in done.stderr


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    done = subprocess.run([LIBRARY, name, "--help"], check=True, capture_output=True, text=True)
    assert f"Example: library {name}" in done.stdout


def test_the_table_of_commands_says_what_the_commands_say() -> None:
    done = subprocess.run([LIBRARY, "--help"], check=True, capture_output=True, text=True)
    for name in COMMANDS:
        assert f"  {name} " in done.stdout


def test_an_unknown_command_is_a_wrong_use() -> None:
    done = subprocess.run([LIBRARY, "publsh"], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_a_reader_that_goes_away_is_no_error(seed: Seed) -> None:
    assert shutil.which("head")
    done = subprocess.run(
        ["bash", "-c", f"{LIBRARY} export | head -c 10"],
        cwd=seed.root,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["list", "export", "show heal", "--help"])
def test_output_that_cannot_be_written_is_said_in_a_sentence(seed: Seed, command: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [LIBRARY, *command.split()],
            check=False,
            cwd=seed.root,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr.startswith("library: the ")
    assert "No space left on device" in done.stderr


def test_ctrl_c_is_said_to_have_left_everything_whole(seed: Seed) -> None:
    with subprocess.Popen(
        [LIBRARY, "build", "--watch"],
        cwd=seed.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("26 works")
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert said.strip() == "library: stopped. Nothing is half-written."
