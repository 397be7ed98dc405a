"""`python -m measure bench|conformance NAME [PATH…]`: find the measure, run it, print its table."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from measure.report import Failure, Row, as_json, exit_code, markdown

HERE = Path(__file__).parent


def names(kind: str) -> list[str]:
    """Return the measures of this kind ("bench" or "conformance"), by their module names."""
    return sorted(
        path.stem.removeprefix(f"{kind}_")
        for path in HERE.glob(f"{kind}_*.py")
        if "def run(" in path.read_text(encoding="utf-8")
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench or scripts/conformance")
    parser.add_argument("kind", choices=("bench", "conformance"), help=argparse.SUPPRESS)
    parser.add_argument(
        "name",
        help="bench: {}. conformance: {}.".format(
            ", ".join(names("bench")), ", ".join(names("conformance"))
        ),
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or folders to measure instead of those under LIBRARY_CORPORA",
    )
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    parser.add_argument("--failures", action="store_true", help="list the failing cases")
    return parser.parse_intermixed_args()


def main() -> int:
    """Run one measure; return 0 when every row holds, 1 when one does not, 2 on wrong usage."""
    arguments = _arguments()
    if arguments.name not in names(arguments.kind):
        known = ", ".join(names(arguments.kind))
        print(
            f"There is no {arguments.kind} {arguments.name!r}. There are: {known}.", file=sys.stderr
        )
        return 2
    absent = [path for path in arguments.paths if not path.exists()]
    if absent:
        print(f"{absent[0]} does not exist. Nothing was measured.", file=sys.stderr)
        return 2
    if not arguments.paths and not os.environ.get("LIBRARY_CORPORA"):
        print("LIBRARY_CORPORA is not set: measures that need the corpora say so.", file=sys.stderr)
    module = importlib.import_module(f"measure.{arguments.kind}_{arguments.name}")
    failures: list[Failure] = []
    rows: list[Row] = module.run(arguments.paths, failures)
    print(as_json(rows) if arguments.json else markdown(rows))
    if arguments.failures:
        for failure in failures:
            print(
                f"- {failure.measure}: {failure.case}: {failure.detail}",
                file=sys.stderr if arguments.json else sys.stdout,
            )
    return exit_code(rows)


if __name__ == "__main__":
    sys.exit(main())
