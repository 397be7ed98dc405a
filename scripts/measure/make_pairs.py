"""`python -m measure.make_pairs`: write the pairs of `measure.pairs` as lines of JSON."""

import argparse
import os
import sys
from pathlib import Path

from measure.damage import MAKERS
from measure.pairs import entries, line, make_pairs, records


def main() -> int:
    """Write pairs to standard output; return 2 where there are no corpora."""
    parser = argparse.ArgumentParser(prog="scripts/make_pairs", description=__doc__)
    parser.add_argument(
        "--maker", action="append", choices=tuple(MAKERS), help="damage by these makers only"
    )
    parser.add_argument("--of", choices=("crossref", "bib"), help="from these corpora only")
    arguments = parser.parse_args()
    root = os.environ.get("LIBRARY_CORPORA")
    if not root:
        print("LIBRARY_CORPORA is not set: there is nothing to make pairs of.", file=sys.stderr)
        return 2
    makers = tuple(arguments.maker or MAKERS)
    for name, works_of in (("crossref", records), ("bib", entries)):
        if arguments.of in (None, name):
            for pair in make_pairs(works_of(Path(root)), makers=makers):
                print(line(pair))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
