"""`python -m measure.make_library N FOLDER`: a made-up library of N works, to try things on."""

import argparse
from pathlib import Path

from measure.made_library import MadeLibrary


def main() -> None:
    """Write references.bib and metadata.yml."""
    parser = argparse.ArgumentParser(prog="scripts/make_library", description=__doc__)
    parser.add_argument("size", type=int, metavar="N", help="how many works")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a new or empty folder")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"{folder} is not empty; nothing was written")
    MadeLibrary(arguments.size).write_bib(folder / "references.bib")
    (folder / "metadata.yml").write_text("title: A made-up library\n", encoding="utf-8")
    print(f"{arguments.size:,} made-up works are in {folder / 'references.bib'}.")


if __name__ == "__main__":
    main()
