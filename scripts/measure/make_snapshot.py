"""`python -m measure.make_snapshot N FOLDER`: files like Crossref's public data file."""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from measure.made_snapshot import Form, MadeSnapshot


def write(size: int, files: int, folder: Path, form: Form = "jsonl", seed: int = 1) -> None:
    """Write all files, on all cores; the same bytes however many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(initializer=_begin, initargs=(size, files, seed)) as pool:
        list(pool.map(_write, range(files), [folder] * files, [form] * files))


def main() -> None:
    """Write the files into a new or empty folder."""
    parser = argparse.ArgumentParser(prog="scripts/make_snapshot", description=__doc__)
    parser.add_argument("size", type=int, metavar="N", help="how many records")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a new or empty folder")
    parser.add_argument("--files", type=int, help="how many files  [default: 5,000 records each]")
    parser.add_argument(
        "--form",
        choices=("jsonl", "items"),
        default="jsonl",
        help="jsonl: of 2025 on; items: before  [default: jsonl]",
    )
    parser.add_argument("--seed", type=int, default=1, help="another number, other records")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty; nothing was written")
    files = arguments.files or max(1, arguments.size // 5000)
    write(arguments.size, files, folder, arguments.form, arguments.seed)
    print(f"{arguments.size:,} made-up records are in {files:,} files in {folder}.")


_made: MadeSnapshot


def _begin(size: int, files: int, seed: int) -> None:
    global _made  # noqa: PLW0603 - one a process: its words take a second to make
    _made = MadeSnapshot(size, files, seed)


def _write(file: int, folder: Path, form: Form) -> None:
    _made.write(file, folder, form)


if __name__ == "__main__":
    main()
